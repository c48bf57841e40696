//! Any table, written in any format and read back as anybody's file is: the same names, types and values. Each format
//! is asked for what it promises to keep; what it cannot keep is the subject of `notes`.

use analyst_types::ReadOptions;
use polars::prelude::*;
use proptest::prelude::*;
use tokio_util::sync::CancellationToken;

use super::Target;
use crate::format::{self, Opened};
use crate::source::Source;

const MICROS_PER_DAY: i64 = 86_400_000_000;

/// What a format promises to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Promise {
    /// Every type and every value.
    Everything,
    /// Booleans, whole and real numbers, days, moments and text.
    Json,
    /// The same, of text only what cannot be taken for anything else.
    Text,
    /// What a spreadsheet has: 53 bits of numbers, milliseconds, times and spans.
    Sheet,
}

fn column(promise: Promise, n_rows: usize) -> BoxedStrategy<Column> {
    let name = "".to_owned();
    let many = move |series: Vec<Option<AnyValue<'static>>>, dtype: DataType| {
        let values: Vec<AnyValue<'static>> = series.into_iter().map(|value| value.unwrap_or(AnyValue::Null)).collect();
        Series::from_any_values_and_dtype(name.as_str().into(), &values, &dtype, true).unwrap().into_column()
    };
    // The first value is never missing: of a column without values no text format knows the type.
    let cells = move |value: BoxedStrategy<AnyValue<'static>>, dtype: DataType| {
        let many = many.clone();
        (value.clone(), prop::collection::vec(prop::option::of(value), n_rows - 1))
            .prop_map(move |(first, rest)| many(std::iter::once(Some(first)).chain(rest).collect(), dtype.clone()))
            .boxed()
    };
    let integers = match promise {
        Promise::Sheet => (-(1i64 << 53)..=(1i64 << 53)).boxed(),
        _ => any::<i64>().boxed(),
    };
    // Whole real numbers alone would be whole numbers in a sheet.
    let reals = match promise {
        Promise::Sheet | Promise::Text => (-1_000_000i64..1_000_000).prop_map(|n| n as f64 + 0.5).boxed(),
        _ => (-1e300f64..1e300).boxed(),
    };
    let days = match promise {
        Promise::Everything => any::<i16>().prop_map(i32::from).boxed(),
        // From 1901 to 2099.
        _ => (-25_000i32..47_000).boxed(),
    };
    let moments = match promise {
        Promise::Everything => (-(1i64 << 50)..(1i64 << 50)).boxed(),
        Promise::Json | Promise::Text => (-25_000i64..47_000, 1..86_400i64)
            .prop_map(|(day, second)| day * MICROS_PER_DAY + second * 1_000_000)
            .boxed(),
        Promise::Sheet => {
            (-25_000i64..47_000, 1..86_400_000i64).prop_map(|(day, milli)| day * MICROS_PER_DAY + milli * 1000).boxed()
        }
    };
    let texts = match promise {
        Promise::Everything => any::<String>().boxed(),
        Promise::Json => "[a-zA-Zäß€😀\"\\\\\n\t,;= -]{0,12}x".boxed(),
        Promise::Text | Promise::Sheet => "[b-d]{3}[a-zäß€😀,;:\"' ]{0,8}[xyz]{2}".boxed(),
    };
    let moment_type = DataType::Datetime(TimeUnit::Microseconds, None);
    let mut kinds = vec![
        cells(any::<bool>().prop_map(AnyValue::Boolean).boxed(), DataType::Boolean),
        cells(integers.prop_map(AnyValue::Int64).boxed(), DataType::Int64),
        cells(reals.prop_map(AnyValue::Float64).boxed(), DataType::Float64),
        cells(days.prop_map(AnyValue::Date).boxed(), DataType::Date),
        cells(moments.prop_map(|m| AnyValue::Datetime(m, TimeUnit::Microseconds, None)).boxed(), moment_type),
        cells(texts.prop_map(|text: String| AnyValue::StringOwned(text.into())).boxed(), DataType::String),
    ];
    if promise == Promise::Everything || promise == Promise::Sheet {
        let times = (0..86_400i64).prop_map(|second| AnyValue::Time(second * 1_000_000_000)).boxed();
        let spans = (86_400..10_000_000i64).prop_map(|s| AnyValue::Duration(s * 1_000_000, TimeUnit::Microseconds));
        kinds.push(cells(times, DataType::Time));
        kinds.push(cells(spans.boxed(), DataType::Duration(TimeUnit::Microseconds)));
    }
    proptest::strategy::Union::new(kinds).boxed()
}

/// A key of whole numbers, so that every row has a value and the names stand over something typed, and some columns.
fn table(promise: Promise) -> impl Strategy<Value = DataFrame> {
    (2usize..24).prop_flat_map(move |n_rows| {
        let columns = prop::collection::vec((column(promise, n_rows), "[a-w]{4,8}"), 1..5);
        columns.prop_map(move |columns| {
            let mut all = vec![Column::new("key_0".into(), (0..n_rows as i64).map(|n| n * 7 + 3).collect::<Vec<_>>())];
            for (index, (column, name)) in columns.into_iter().enumerate() {
                all.push(column.with_name(format!("{name}_{}", index + 1).into()));
            }
            DataFrame::new(n_rows, all).unwrap()
        })
    })
}

fn returns(mut frame: DataFrame, extension: &str) {
    let target = Target::of(std::path::Path::new(&format!("t.{extension}"))).unwrap();
    let mut bytes = Vec::new();
    assert!(target.write(&mut frame, &mut bytes).is_ok());
    let source = Source::unpacked(&format!("t.{extension}"), bytes.clone()).unwrap();
    let shown = || String::from_utf8_lossy(&bytes[..bytes.len().min(2000)]).into_owned();
    let Opened { mut tables, .. } =
        format::read(source, &ReadOptions::default(), &CancellationToken::new()).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(tables.len(), 1);
    let back = tables.remove(0).frame;
    assert_eq!(back.schema(), frame.schema(), "{frame:?}\n{}", shown());
    assert!(back.equals_missing(&frame), "before {frame:?}\nafter {back:?}\n{}", shown());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn parquet_keeps_everything(frame in table(Promise::Everything)) {
        returns(frame, "parquet");
    }

    #[test]
    fn arrow_keeps_everything(frame in table(Promise::Everything)) {
        returns(frame, "arrow");
    }

    #[test]
    fn json_keeps_numbers_moments_and_text(frame in table(Promise::Json)) {
        returns(frame.clone(), "ndjson");
        returns(frame, "json");
    }

    #[test]
    fn delimited_text_keeps_what_it_can_write(frame in table(Promise::Text)) {
        returns(frame.clone(), "csv");
        returns(frame, "tsv");
    }

    #[test]
    fn a_workbook_keeps_what_a_sheet_has(frame in table(Promise::Sheet)) {
        returns(frame, "xlsx");
    }
}
