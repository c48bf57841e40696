//! From the values of all stretches to one stored table.

use std::path::{Path, PathBuf};

use analyst_types::{Column, ColumnType};

use super::Read;
use super::columns::{Segment, stored_type};
use super::pass::{Facts, Values};
use crate::DataError;
use crate::source::{Watch, check};
use crate::store::bits::Bits;
use crate::store::{ColumnShape, ColumnWriter, Part, StoredType, assemble};

/// Names and types, as people think of them.
pub(super) fn columns_of(shapes: &[ColumnShape]) -> Vec<Column> {
    let kind = |kind| match kind {
        StoredType::Boolean => ColumnType::Boolean,
        StoredType::Integer => ColumnType::Integer,
        StoredType::Float => ColumnType::Float,
        StoredType::Date => ColumnType::Date,
        StoredType::Datetime => ColumnType::Datetime,
        StoredType::Time => ColumnType::Time,
        StoredType::Duration => ColumnType::Duration,
        StoredType::Text => ColumnType::Text,
    };
    shapes.iter().map(|shape| Column { name: shape.name.clone(), kind: kind(shape.kind) }).collect()
}

/// Writes the table; gives its fingerprint, its place, and the shapes of its columns.
pub(super) fn store(
    dir: &Path,
    names: &[&str],
    columns: &[Read],
    facts: &[Facts],
    n_rows: u64,
    watch: &dyn Watch,
) -> Result<(String, PathBuf, Vec<ColumnShape>), DataError> {
    let shape = |(read, name): (&Read, &&str)| {
        let segments = || facts[read.reading].values.iter().map(|values| values.segments[read.column]);
        let kind = stored_type(read.kind);
        ColumnShape {
            name: (*name).to_owned(),
            kind,
            nulls: segments().map(|segment| segment.nulls as u64).sum(),
            text_bytes: match kind {
                StoredType::Text => segments().map(|segment| segment.value_bytes as u64).sum(),
                _ => 0,
            },
        }
    };
    let shapes: Vec<ColumnShape> = columns.iter().zip(names).map(shape).collect();
    let (fingerprint, path) = assemble(dir, n_rows, &shapes, &|column, out| {
        let read = &columns[column];
        let pieces = Pieces { values: &facts[read.reading].values, column: read.column, watch };
        pieces.write(&shapes[column], out)
    })?;
    Ok((fingerprint, path, shapes))
}

/// The values of one column, stretch by stretch.
struct Pieces<'p> {
    values: &'p [Values],
    column: usize,
    watch: &'p dyn Watch,
}

/// Bits are given away when there are so many bytes of them.
const FULL_BYTES: usize = 64 << 10;

impl Pieces<'_> {
    fn write(&self, shape: &ColumnShape, out: &mut ColumnWriter<'_>) -> Result<(), DataError> {
        let mut buffer = Vec::new();
        if shape.nulls > 0 {
            let ends = |values: &Values| if shape.kind == StoredType::Text { values.n_rows * 4 } else { 0 };
            self.bits(Part::Validity, &mut buffer, out, |segment, values| {
                (segment.nulls > 0).then(|| segment.at + segment.value_bytes + ends(values))
            })?;
        }
        match shape.kind {
            StoredType::Boolean => self.bits(Part::Values, &mut buffer, out, |segment, _| Some(segment.at)),
            StoredType::Text => {
                self.offsets(&mut buffer, out)?;
                self.bytes(&mut buffer, out)
            }
            _ => self.bytes(&mut buffer, out),
        }
    }

    fn each(&self, mut each: impl FnMut(&Values, Segment) -> Result<(), DataError>) -> Result<(), DataError> {
        for values in self.values {
            check(self.watch)?;
            each(values, values.segments[self.column])?;
        }
        Ok(())
    }

    fn bytes(&self, buffer: &mut Vec<u8>, out: &mut ColumnWriter<'_>) -> Result<(), DataError> {
        self.each(|values, segment| {
            values.place.read(segment.at, segment.value_bytes, buffer, &mut |bytes| out.put(Part::Values, bytes))
        })
    }

    fn offsets(&self, buffer: &mut Vec<u8>, out: &mut ColumnWriter<'_>) -> Result<(), DataError> {
        let mut before = 0i64;
        let mut block = Vec::new();
        out.put(Part::Offsets, &before.to_le_bytes())?;
        self.each(|values, segment| {
            values.place.read(segment.at + segment.value_bytes, values.n_rows * 4, buffer, &mut |ends| {
                block.clear();
                for end in ends.chunks_exact(4) {
                    let end = u32::from_le_bytes([end[0], end[1], end[2], end[3]]);
                    block.extend_from_slice(&(before + i64::from(end)).to_le_bytes());
                }
                out.put(Part::Offsets, &block)
            })?;
            before += segment.value_bytes as i64;
            Ok(())
        })
    }

    /// Bits of every stretch; ones where `at` says that there are none.
    fn bits(
        &self,
        part: Part,
        buffer: &mut Vec<u8>,
        out: &mut ColumnWriter<'_>,
        at: impl Fn(Segment, &Values) -> Option<usize>,
    ) -> Result<(), DataError> {
        let mut bits = Bits::default();
        self.each(|values, segment| {
            match at(segment, values) {
                Some(at) => values.place.read(at, values.n_rows.div_ceil(8), buffer, &mut |bytes| {
                    bits.extend(bytes, values.n_rows);
                    Ok(())
                })?,
                None => bits.extend_ones(values.n_rows),
            }
            if bits.bytes().len() > FULL_BYTES { out.put(part, &bits.take_full()) } else { Ok(()) }
        })?;
        out.put(part, bits.bytes())
    }
}
