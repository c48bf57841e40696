//! A stored table as it lies in its file: columns of plain Arrow arrays, mapped into memory and read only where asked.
//!
//! Polars itself would build a view for every text of the table when it maps a file; for ten million rows that is
//! hundreds of megabytes and a second, for a page of fifty. So the arrays are taken as they are. Only files of our own
//! store may come here (a mapped file is not checked); what is not stored plainly is read by [`store::read_arrow`].

use std::fs::File;
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use analyst_types::{Column as ColumnInfo, ColumnType};
use memmap2::Mmap;
use polars::prelude::{DataFrame, DataType, Series, TimeUnit};
use polars_arrow::array::{Array, BooleanArray, PrimitiveArray, Utf8Array, Utf8ViewArray};
use polars_arrow::bitmap::Bitmap;
use polars_arrow::datatypes::{ArrowDataType, TimeUnit as ArrowUnit};
use polars_arrow::io::ipc::read::{Dictionaries, read_file_metadata};
use polars_arrow::mmap::mmap_unchecked;
use serde_json::Value;

use crate::infer::date;
use crate::value::{nearest, to_json};
use crate::{DataError, dtype, store};

/// A table in one piece.
#[derive(Clone)]
pub(crate) struct Table {
    columns: Vec<StoredColumn>,
    n_rows: usize,
}

/// A column: its name, what its values are, and the values.
#[derive(Clone)]
pub(crate) struct StoredColumn {
    /// As in the file.
    pub name: String,
    kind: Kind,
    array: Box<dyn Array>,
}

/// What the values are underneath.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// true and false
    Boolean,
    /// 64-bit whole numbers
    Integer,
    /// 64-bit real numbers
    Float,
    /// days since 1970-01-01
    Date,
    /// microseconds since 1970-01-01
    Moment,
    /// nanoseconds since midnight
    Time,
    /// microseconds
    Span,
    /// UTF-8
    Text,
}

impl Kind {
    /// As a person thinks of it.
    pub fn column_type(self) -> ColumnType {
        match self {
            Self::Boolean => ColumnType::Boolean,
            Self::Integer => ColumnType::Integer,
            Self::Float => ColumnType::Float,
            Self::Date => ColumnType::Date,
            Self::Moment => ColumnType::Datetime,
            Self::Time => ColumnType::Time,
            Self::Span => ColumnType::Duration,
            Self::Text => ColumnType::Text,
        }
    }

    fn of(dtype: &DataType) -> Option<Self> {
        Some(match dtype {
            DataType::Boolean => Self::Boolean,
            DataType::Int64 => Self::Integer,
            DataType::Float64 => Self::Float,
            DataType::Date => Self::Date,
            DataType::Datetime(TimeUnit::Microseconds, None) => Self::Moment,
            DataType::Time => Self::Time,
            DataType::Duration(TimeUnit::Microseconds) => Self::Span,
            DataType::String => Self::Text,
            _ => return None,
        })
    }

    fn of_arrow(dtype: &ArrowDataType) -> Option<Self> {
        Some(match dtype {
            ArrowDataType::Boolean => Self::Boolean,
            ArrowDataType::Int64 => Self::Integer,
            ArrowDataType::Float64 => Self::Float,
            ArrowDataType::Date32 => Self::Date,
            ArrowDataType::Timestamp(ArrowUnit::Microsecond, None) => Self::Moment,
            ArrowDataType::Time64(ArrowUnit::Nanosecond) => Self::Time,
            ArrowDataType::Duration(ArrowUnit::Microsecond) => Self::Span,
            ArrowDataType::LargeUtf8 | ArrowDataType::Utf8View => Self::Text,
            _ => return None,
        })
    }
}

/// The values of a column, by what they are. Dates, moments, times and spans are whole numbers.
#[derive(Clone, Copy)]
pub(crate) enum Cells<'t> {
    /// true and false
    Boolean(&'t BooleanArray),
    /// 64-bit whole numbers: also moments, times and spans
    Integer(&'t PrimitiveArray<i64>),
    /// real numbers
    Float(&'t PrimitiveArray<f64>),
    /// days
    Date(&'t PrimitiveArray<i32>),
    /// texts
    Text(Texts<'t>),
}

/// Texts, as the file holds them or as Polars does.
#[derive(Clone, Copy)]
pub(crate) enum Texts<'t> {
    /// bytes behind each other
    Stored(&'t Utf8Array<i64>),
    /// Polars' views
    Views(&'t Utf8ViewArray),
}

impl<'t> Texts<'t> {
    /// The text of a row; meaningless (but safe) where the row has none.
    #[inline]
    pub fn get(self, row: usize) -> &'t str {
        match self {
            Self::Stored(array) => array.value(row),
            Self::Views(array) => array.value(row),
        }
    }

    /// Whether every text is known to be ASCII.
    pub fn is_ascii(self) -> bool {
        match self {
            Self::Stored(array) => {
                let (from, to) = (*array.offsets().first() as usize, *array.offsets().last() as usize);
                array.values()[from..to].is_ascii()
            }
            Self::Views(_) => false,
        }
    }
}

impl Table {
    /// Maps a file of our store.
    pub fn map(path: &Path) -> Result<Self, DataError> {
        if let Some(table) = crate::panics::caught("the stored table", || mapped(path))? {
            return Ok(table);
        }
        Self::of_frame(&store::read_arrow(path)?)
    }

    /// The table of a frame; its values are shared where they are plain and in one piece.
    pub fn of_frame(frame: &DataFrame) -> Result<Self, DataError> {
        let is_plain = frame.columns().iter().all(|column| Kind::of(column.dtype()).is_some());
        let plain;
        let frame = if is_plain {
            frame
        } else {
            plain = dtype::to_plain_types(frame.clone(), &mut Vec::new())?;
            &plain
        };
        let columns = frame.columns().iter().map(|column| stored(column.as_materialized_series())).collect();
        Ok(Self { columns, n_rows: frame.height() })
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// All columns in their order.
    pub fn columns(&self) -> &[StoredColumn] {
        &self.columns
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Result<&StoredColumn, DataError> {
        self.columns.iter().find(|column| column.name == name).ok_or_else(|| {
            let names: Vec<String> = self.columns.iter().map(|column| column.name.clone()).collect();
            DataError::NoSuchColumn { column: name.to_owned(), nearest: nearest(name, &names) }
        })
    }

    /// Names and types.
    pub fn infos(&self) -> Vec<ColumnInfo> {
        self.columns.iter().map(|c| ColumnInfo { name: c.name.clone(), kind: c.kind.column_type() }).collect()
    }

    /// Its first `n` rows.
    pub fn head(&self, n: usize) -> Self {
        let n_rows = n.min(self.n_rows);
        let columns = self.columns.iter().map(|c| StoredColumn { array: c.array.sliced(0, n_rows), ..c.clone() });
        Self { columns: columns.collect(), n_rows }
    }
}

fn mapped(path: &Path) -> Result<Option<Table>, DataError> {
    let file = File::open(path).map_err(|error| DataError::io("read", path, error))?;
    let damaged = |error| DataError::unreadable(format!("The stored table is damaged: {error}"));
    // SAFETY: files of the store are written under another name, put in place whole and never changed after that.
    let map = Arc::new(unsafe { Mmap::map(&file) }.map_err(|error| DataError::io("read", path, error))?);
    let metadata = read_file_metadata(&mut Cursor::new(&map[..])).map_err(damaged)?;
    let kinds: Option<Vec<Kind>> = metadata.schema.iter_values().map(|field| Kind::of_arrow(&field.dtype)).collect();
    let Some(kinds) = kinds else { return Ok(None) };
    if metadata.blocks.len() != 1 {
        return Ok(None);
    }
    // SAFETY: as above; the bytes are those that our own writer made.
    let Ok(batch) = (unsafe { mmap_unchecked(&metadata, &Dictionaries::default(), map, 0) }) else { return Ok(None) };
    let n_rows = batch.len();
    let names = metadata.schema.iter_values().map(|field| field.name.to_string());
    let columns = names.zip(kinds).zip(batch.into_arrays());
    let columns = columns.map(|((name, kind), array)| StoredColumn { name, kind, array }).collect();
    Ok(Some(Table { columns, n_rows }))
}

fn stored(series: &Series) -> StoredColumn {
    let kind = Kind::of(series.dtype()).expect("BUG: plain types only");
    let series = series.rechunk();
    let physical = series.to_physical_repr();
    StoredColumn { name: series.name().to_string(), kind, array: physical.chunks()[0].clone() }
}

impl StoredColumn {
    /// What its values are.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Number of missing values.
    pub fn nulls(&self) -> usize {
        self.array.null_count()
    }

    /// Which rows have a value; `None` when all have one.
    pub fn validity(&self) -> Option<&Bitmap> {
        self.array.validity().filter(|bits| bits.unset_bits() > 0)
    }

    /// Whether the row has no value.
    #[inline]
    pub fn is_missing(&self, row: usize) -> bool {
        self.array.is_null(row)
    }

    /// Its values.
    pub fn cells(&self) -> Cells<'_> {
        let any = self.array.as_any();
        let cells = match self.kind {
            Kind::Boolean => any.downcast_ref().map(Cells::Boolean),
            Kind::Float => any.downcast_ref().map(Cells::Float),
            Kind::Date => any.downcast_ref().map(Cells::Date),
            Kind::Integer | Kind::Moment | Kind::Time | Kind::Span => any.downcast_ref().map(Cells::Integer),
            Kind::Text => any
                .downcast_ref()
                .map(|array| Cells::Text(Texts::Stored(array)))
                .or_else(|| any.downcast_ref().map(|array| Cells::Text(Texts::Views(array)))),
        };
        cells.expect("BUG: the kind was taken from the array's type")
    }

    /// A value as JSON; dates as ISO 8601 text.
    pub fn json(&self, row: usize) -> Value {
        if self.is_missing(row) {
            return Value::Null;
        }
        match self.cells() {
            Cells::Boolean(values) => Value::Bool(values.value(row)),
            Cells::Float(values) => crate::value::float(values.value(row)),
            Cells::Date(values) => Value::String(date::day_text(values.value(row))),
            Cells::Integer(values) => self.kind.json_of(values.value(row)),
            Cells::Text(texts) => Value::String(texts.get(row).to_owned()),
        }
    }
}

impl Kind {
    /// A whole number underneath, as JSON.
    pub fn json_of(self, value: i64) -> Value {
        use polars::prelude::AnyValue;
        match self {
            Self::Date => Value::String(date::day_text(i32::try_from(value).unwrap_or_default())),
            Self::Moment => Value::String(date::moment_text(value)),
            Self::Time => to_json(&AnyValue::Time(value)),
            Self::Span => to_json(&AnyValue::Duration(value, TimeUnit::Microseconds)),
            _ => to_json(&AnyValue::Int64(value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_mapped_table_is_the_table_that_was_stored() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.arrow");
        let days = Series::new("day".into(), [Some(0i32), None, Some(19_000)]).cast(&DataType::Date).unwrap();
        let moments = Series::new("at".into(), [Some(1_500_000i64), None, Some(0)])
            .cast(&DataType::Datetime(TimeUnit::Microseconds, None))
            .unwrap();
        let mut frame = df!(
            "n" => [Some(1i64), None, Some(1 << 60)], "x" => [Some(0.5), None, Some(-1.0)],
            "ok" => [Some(true), None, Some(false)], "t" => [Some("ä"), None, Some("")],
        )
        .unwrap();
        frame.with_column(days.into_column()).unwrap();
        frame.with_column(moments.into_column()).unwrap();
        store::write_arrow(&mut frame, &path).unwrap();
        let expected: Vec<Vec<Value>> = crate::value::table_data(&frame, 0, 3).rows;
        for table in [mapped(&path).unwrap().unwrap(), Table::of_frame(&frame).unwrap()] {
            assert_eq!(table.infos(), dtype::columns_of(&frame));
            let rows: Vec<Vec<Value>> =
                (0..3).map(|row| table.columns().iter().map(|column| column.json(row)).collect()).collect();
            assert_eq!(rows, expected);
        }
        let head = Table::map(&path).unwrap().head(2);
        assert_eq!((head.n_rows(), head.column("t").unwrap().nulls()), (2, 1));
        assert_eq!(head.column("n").unwrap().json(0), json!(1));
    }

    #[test]
    fn another_programs_arrow_file_is_read_too() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.arrow");
        let mut frame = df!("n" => [1i32, 2], "t" => ["a", "b"]).unwrap();
        frame.vstack_mut(&frame.clone()).unwrap();
        let file = File::create(&path).unwrap();
        IpcWriter::new(file)
            .with_compression(Some(IpcCompression::ZSTD(Default::default())))
            .finish(&mut frame)
            .unwrap();
        let table = Table::map(&path).unwrap();
        assert_eq!((table.n_rows(), table.column("n").unwrap().json(3)), (4, json!(2)));
        assert!(matches!(table.column("m"), Err(DataError::NoSuchColumn { .. })));
    }
}
