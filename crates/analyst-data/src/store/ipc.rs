//! The frame around the values in an Arrow IPC file: schema, one record batch, footer.
//!
//! Written here and not by a library, because a library wants all values in memory at once; ours are written to their
//! places one column after the other.

use polars_arrow_format::ipc::planus::Builder;
use polars_arrow_format::ipc::{
    Block, Bool, Buffer, Date, DateUnit, Duration, Endianness, Field, FieldNode, FloatingPoint, Footer, Int, LargeUtf8,
    Message, MessageHeader, MetadataVersion, Precision, RecordBatch, Schema, Time, TimeUnit, Timestamp, Type,
};

/// The types of stored columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StoredType {
    Boolean,
    Integer,
    Float,
    /// Days since 1970-01-01, 32 bits.
    Date,
    /// Microseconds since 1970-01-01.
    Datetime,
    /// Nanoseconds since midnight.
    Time,
    /// Microseconds.
    Duration,
    Text,
}

impl StoredType {
    /// How the fingerprint names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Boolean => "bool",
            Self::Integer => "i64",
            Self::Float => "f64",
            Self::Date => "date",
            Self::Datetime => "datetime[us]",
            Self::Time => "time",
            Self::Duration => "duration[us]",
            Self::Text => "str",
        }
    }

    /// Bytes of one value; `None` for bits and for text.
    pub fn width(self) -> Option<u64> {
        match self {
            Self::Boolean | Self::Text => None,
            Self::Date => Some(4),
            _ => Some(8),
        }
    }

    fn arrow(self) -> Type {
        match self {
            Self::Boolean => Type::Bool(Box::new(Bool {})),
            Self::Integer => Type::Int(Box::new(Int { bit_width: 64, is_signed: true })),
            Self::Float => Type::FloatingPoint(Box::new(FloatingPoint { precision: Precision::Double })),
            Self::Date => Type::Date(Box::new(Date { unit: DateUnit::Day })),
            Self::Datetime => Type::Timestamp(Box::new(Timestamp { unit: TimeUnit::Microsecond, timezone: None })),
            Self::Time => Type::Time(Box::new(Time { unit: TimeUnit::Nanosecond, bit_width: 64 })),
            Self::Duration => Type::Duration(Box::new(Duration { unit: TimeUnit::Microsecond })),
            Self::Text => Type::LargeUtf8(Box::new(LargeUtf8 {})),
        }
    }
}

/// What must be known of a column before its values are written.
#[derive(Debug, Clone)]
pub(crate) struct ColumnShape {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: StoredType,
    /// Number of missing values.
    pub nulls: u64,
    /// Bytes of all its text.
    pub text_bytes: u64,
}

/// The parts of a column's values, in the order in which they stand in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// One bit per row; absent when no value is missing.
    Validity,
    /// Where each text begins; one more than there are rows.
    Offsets,
    /// The values.
    Values,
}

/// Where everything stands in a file.
pub(crate) struct Plan {
    /// What comes before the values.
    pub head: Vec<u8>,
    /// What comes after them.
    pub tail: Vec<u8>,
    /// Where `tail` stands.
    pub tail_at: u64,
    /// Of every column the parts, with place and length in the file.
    pub parts: Vec<Vec<(Part, u64, u64)>>,
}

const MAGIC: &[u8] = b"ARROW1";
const CONTINUATION: [u8; 4] = [0xFF; 4];
/// What the format recommends, so that values can be used where they are mapped.
const ALIGNMENT: u64 = 64;

fn aligned(length: u64, to: u64) -> u64 {
    length.div_ceil(to) * to
}

impl Plan {
    /// Lays out a file of `n_rows` rows.
    pub fn of(n_rows: u64, columns: &[ColumnShape]) -> Self {
        let schema = || Schema {
            endianness: Endianness::Little,
            fields: Some(columns.iter().map(field).collect()),
            custom_metadata: None,
            features: None,
        };
        let mut head = MAGIC.to_vec();
        head.resize(8, 0);
        push_message(&mut head, MessageHeader::Schema(Box::new(schema())), 0, 8);
        let (mut buffers, mut relative, mut body) = (Vec::new(), Vec::new(), 0u64);
        for column in columns {
            let mut parts = Vec::new();
            for (part, length) in lengths(n_rows, column) {
                buffers.push(Buffer { offset: body as i64, length: length as i64 });
                parts.push((part, body, length));
                body += aligned(length, ALIGNMENT);
            }
            relative.push(parts);
        }
        let nodes = columns.iter().map(|c| FieldNode { length: n_rows as i64, null_count: c.nulls as i64 }).collect();
        let batch = RecordBatch {
            length: n_rows as i64,
            nodes: Some(nodes),
            buffers: Some(buffers),
            compression: None,
            variadic_buffer_counts: None,
        };
        let batch_at = head.len();
        push_message(&mut head, MessageHeader::RecordBatch(Box::new(batch)), body, ALIGNMENT);
        let block = Block {
            offset: batch_at as i64,
            meta_data_length: (head.len() - batch_at) as i32,
            body_length: body as i64,
        };
        let body_at = head.len() as u64;
        let place = |parts: Vec<(Part, u64, u64)>| {
            parts.into_iter().map(|(part, at, length)| (part, body_at + at, length)).collect()
        };
        let parts = relative.into_iter().map(place).collect();
        Self { head, tail: tail(schema(), block), tail_at: body_at + body, parts }
    }
}

/// The lengths of a column's parts. A part that is left out has no bytes but still a place.
fn lengths(n_rows: u64, column: &ColumnShape) -> Vec<(Part, u64)> {
    let bits = n_rows.div_ceil(8);
    let mut parts = vec![(Part::Validity, if column.nulls > 0 { bits } else { 0 })];
    match column.kind {
        StoredType::Text => {
            parts.push((Part::Offsets, (n_rows + 1) * 8));
            parts.push((Part::Values, column.text_bytes));
        }
        kind => parts.push((Part::Values, kind.width().map_or(bits, |width| width * n_rows))),
    }
    parts
}

fn field(column: &ColumnShape) -> Field {
    Field {
        name: Some(column.name.clone()),
        nullable: true,
        type_: Some(column.kind.arrow()),
        dictionary: None,
        children: Some(Vec::new()),
        custom_metadata: None,
    }
}

fn push_message(out: &mut Vec<u8>, header: MessageHeader, body_length: u64, align: u64) {
    let message = Message {
        version: MetadataVersion::V5,
        header: Some(header),
        body_length: body_length as i64,
        custom_metadata: None,
    };
    let mut builder = Builder::new();
    let bytes = builder.finish(&message, None);
    let end = aligned((out.len() + 8 + bytes.len()) as u64, align) as usize;
    let length = (end - out.len() - 8) as i32;
    out.extend_from_slice(&CONTINUATION);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(bytes);
    out.resize(end, 0);
}

fn tail(schema: Schema, block: Block) -> Vec<u8> {
    let footer = Footer {
        version: MetadataVersion::V5,
        schema: Some(Box::new(schema)),
        dictionaries: Some(Vec::new()),
        record_batches: Some(vec![block]),
        custom_metadata: None,
    };
    let mut out = CONTINUATION.to_vec();
    out.extend_from_slice(&[0; 4]);
    let mut builder = Builder::new();
    let bytes = builder.finish(&footer, None);
    out.extend_from_slice(bytes);
    out.extend_from_slice(&(bytes.len() as i32).to_le_bytes());
    out.extend_from_slice(MAGIC);
    out
}
