//! Filters: conditions on columns, as one bit per row.

use analyst_types::{FilterTest, RowFilter};
use polars::prelude::PlHashSet;
use serde_json::Value;

use super::bits::Bits;
use super::operand::{self, Range};
use super::table::{Cells, Kind, StoredColumn, Table};
use super::wording::Wording;
use crate::DataError;

/// The rows that pass all filters; `None` when there is nothing to pass.
pub(crate) fn passing(table: &Table, filters: &[RowFilter]) -> Result<Option<Bits>, DataError> {
    let mut passing: Option<Bits> = None;
    for filter in filters {
        let bits = one(table, filter)?;
        match &mut passing {
            Some(all) => all.and(&bits),
            None => passing = Some(bits),
        }
    }
    Ok(passing)
}

fn one(table: &Table, filter: &RowFilter) -> Result<Bits, DataError> {
    use FilterTest as T;
    let column = table.column(&filter.column)?;
    let n_rows = table.n_rows();
    check_count(filter)?;
    match filter.test {
        T::IsMissing => return Ok(Bits::from_test(n_rows, |row| column.is_missing(row))),
        T::IsPresent => return Ok(Bits::from_test(n_rows, |row| !column.is_missing(row))),
        T::Contains | T::StartsWith | T::EndsWith => return by_wording(column, filter, n_rows),
        _ => {}
    }
    match column.cells() {
        Cells::Boolean(values) => by_truth(column, filter, n_rows, |row| values.value(row)),
        Cells::Float(values) => by_real_number(column, filter, n_rows, values.values()),
        Cells::Integer(values) => {
            let values = values.values();
            by_whole_number(column, filter, n_rows, |row| values[row])
        }
        Cells::Date(values) => {
            let values = values.values();
            by_whole_number(column, filter, n_rows, |row| i64::from(values[row]))
        }
        Cells::Text(texts) => by_text(column, filter, n_rows, |row| texts.get(row)),
    }
}

fn check_count(filter: &RowFilter) -> Result<(), DataError> {
    use FilterTest as T;
    let n_values = filter.values.len();
    let (fits, wanted) = match filter.test {
        T::IsMissing | T::IsPresent => (n_values == 0, "no value"),
        T::In | T::NotIn => (true, "any number of values"),
        T::Between => (n_values == 2, "two values"),
        _ => (n_values == 1, "one value"),
    };
    let message = format!("A filter of this kind takes {wanted}; {n_values} were given for {:?}.", filter.column);
    if fits { Ok(()) } else { Err(DataError::BadOption { message }) }
}

/// Rows with a value that passes; for the tests that say "not", also those without one.
fn decide(column: &StoredColumn, test: FilterTest, n_rows: usize, passes: impl Fn(usize) -> bool + Sync) -> Bits {
    let negated = matches!(test, FilterTest::NotEquals | FilterTest::NotIn);
    match (column.validity(), negated) {
        (None, false) => Bits::from_test(n_rows, passes),
        (None, true) => Bits::from_test(n_rows, |row| !passes(row)),
        (Some(valid), false) => Bits::from_test(n_rows, |row| valid.get_bit(row) && passes(row)),
        (Some(valid), true) => Bits::from_test(n_rows, |row| !(valid.get_bit(row) && passes(row))),
    }
}

/// All that ordered values can be asked, as ranges: each value may itself be one.
fn ranges<T: Copy>(test: FilterTest, values: &[Range<T>], least: T, most: T, step: Step<T>) -> Vec<Range<T>> {
    use FilterTest as F;
    let between = |first, last| vec![Range { first, last }];
    match (test, values) {
        (F::LessThan, [value]) => (step.down)(value.first).map_or(Vec::new(), |last| between(least, last)),
        (F::AtMost, [value]) => between(least, value.last),
        (F::GreaterThan, [value]) => (step.up)(value.last).map_or(Vec::new(), |first| between(first, most)),
        (F::AtLeast, [value]) => between(value.first, most),
        (F::Between, [from, to]) => between(from.first, to.last),
        (_, values) => values.to_vec(),
    }
}

/// The next smaller and the next greater value, where there is one.
struct Step<T> {
    down: fn(T) -> Option<T>,
    up: fn(T) -> Option<T>,
}

fn within<T: PartialOrd + Copy>(ranges: &[Range<T>], value: T) -> bool {
    // Sorted and apart for many, any order for few: a handful is searched one after the other.
    if ranges.len() <= 8 {
        return ranges.iter().any(|range| range.first <= value && value <= range.last);
    }
    let at = ranges.partition_point(|range| range.last < value);
    ranges.get(at).is_some_and(|range| range.first <= value && value <= range.last)
}

fn by_whole_number(
    column: &StoredColumn,
    filter: &RowFilter,
    n_rows: usize,
    value: impl Fn(usize) -> i64 + Sync,
) -> Result<Bits, DataError> {
    let wanted: Vec<Range<i64>> =
        filter.values.iter().map(|value| operand::whole(column, value)).collect::<Result<_, _>>()?;
    let step = Step { down: |value: i64| value.checked_sub(1), up: |value: i64| value.checked_add(1) };
    let mut ranges = ranges(filter.test, &wanted, i64::MIN, i64::MAX, step);
    ranges.retain(|range| range.first <= range.last);
    ranges.sort_unstable_by_key(|range| range.first);
    // A day and a moment of it overlap.
    ranges.dedup_by(|next, kept| {
        let overlap = next.first <= kept.last;
        kept.last = if overlap { kept.last.max(next.last) } else { kept.last };
        overlap
    });
    Ok(decide(column, filter.test, n_rows, |row| within(&ranges, value(row))))
}

fn by_real_number(column: &StoredColumn, filter: &RowFilter, n_rows: usize, values: &[f64]) -> Result<Bits, DataError> {
    let one = |value: &Value| operand::float(column, value).map(|at| Range { first: at, last: at });
    let wanted: Vec<Range<f64>> = filter.values.iter().map(one).collect::<Result<_, _>>()?;
    let step = Step { down: |value: f64| Some(value.next_down()), up: |value: f64| Some(value.next_up()) };
    let mut ranges = ranges(filter.test, &wanted, f64::NEG_INFINITY, f64::INFINITY, step);
    ranges.sort_unstable_by(|a, b| a.last.total_cmp(&b.last));
    Ok(decide(column, filter.test, n_rows, |row| within(&ranges, values[row])))
}

fn by_truth(
    column: &StoredColumn,
    filter: &RowFilter,
    n_rows: usize,
    value: impl Fn(usize) -> bool + Sync,
) -> Result<Bits, DataError> {
    use FilterTest as T;
    if !matches!(filter.test, T::Equals | T::NotEquals | T::In | T::NotIn) {
        let message = format!("{:?} holds true and false, which have no order: ask for one of them.", column.name);
        return Err(DataError::BadOption { message });
    }
    let wanted: Vec<bool> =
        filter.values.iter().map(|value| operand::boolean(column, value)).collect::<Result<_, _>>()?;
    Ok(decide(column, filter.test, n_rows, |row| wanted.contains(&value(row))))
}

fn by_text<'t>(
    column: &StoredColumn,
    filter: &RowFilter,
    n_rows: usize,
    text: impl Fn(usize) -> &'t str + Sync,
) -> Result<Bits, DataError> {
    use FilterTest as T;
    let wanted: Vec<String> =
        filter.values.iter().map(|value| operand::text(column, value)).collect::<Result<_, _>>()?;
    let test = filter.test;
    let decide = |passes: &(dyn Fn(&str) -> bool + Sync)| decide(column, test, n_rows, |row| passes(text(row)));
    Ok(match (test, wanted.as_slice()) {
        (T::LessThan, [bound]) => decide(&|text| text < bound.as_str()),
        (T::AtMost, [bound]) => decide(&|text| text <= bound.as_str()),
        (T::GreaterThan, [bound]) => decide(&|text| text > bound.as_str()),
        (T::AtLeast, [bound]) => decide(&|text| text >= bound.as_str()),
        (T::Between, [from, to]) => decide(&|text| from.as_str() <= text && text <= to.as_str()),
        (_, [one]) => decide(&|text| text == one),
        (_, many) => {
            let many: PlHashSet<&str> = many.iter().map(String::as_str).collect();
            decide(&|text| many.contains(text))
        }
    })
}

fn by_wording(column: &StoredColumn, filter: &RowFilter, n_rows: usize) -> Result<Bits, DataError> {
    let wanted = operand::text(column, &filter.values[0])?;
    let wording = Wording::new(&wanted, filter.test);
    if column.kind() != Kind::Text && !wording.may_stand_in(column.kind()) {
        return Ok(Bits::from_test(n_rows, |_| false));
    }
    Ok(Bits::from_test(n_rows, |row| wording.stands_in(column, row)))
}

#[cfg(test)]
mod tests {
    use polars::prelude::*;
    use serde_json::json;

    use super::*;

    fn table() -> Table {
        let days = Series::new("day".into(), [Some(19_722i32), None, Some(19_723), Some(19_754)]);
        let moments = Series::new("at".into(), [19_722i64, 19_722, 19_723, 0].map(|day| day * 86_400_000_000 + 1));
        let mut frame = df!(
            "n" => [Some(1i64), None, Some(3), Some(1 << 60)], "x" => [Some(0.5), Some(-1.5), None, Some(7.0)],
            "ok" => [Some(true), None, Some(false), Some(true)], "t" => [Some("Alpha"), Some("beta"), None, Some("")],
        )
        .unwrap();
        frame.with_column(days.cast(&DataType::Date).unwrap().into_column()).unwrap();
        let moments = moments.cast(&DataType::Datetime(TimeUnit::Microseconds, None)).unwrap();
        frame.with_column(moments.into_column()).unwrap();
        Table::of_frame(&frame).unwrap()
    }

    fn rows(column: &str, test: FilterTest, values: Value) -> Result<Vec<u32>, DataError> {
        let values = values.as_array().cloned().unwrap_or_default();
        let filter = RowFilter { column: column.to_owned(), test, values };
        Ok(passing(&table(), &[filter])?.unwrap().rows())
    }

    #[test]
    fn each_test_passes_the_rows_it_describes() {
        use FilterTest::*;
        let cases: Vec<(&str, FilterTest, Value, &[u32])> = vec![
            ("n", Equals, json!([3]), &[2]),
            ("n", Equals, json!(["1152921504606846976"]), &[3]),
            ("n", NotEquals, json!([3]), &[0, 1, 3]),
            ("n", LessThan, json!([2.5]), &[0]),
            ("n", AtMost, json!([3]), &[0, 2]),
            ("n", GreaterThan, json!([2.5]), &[2, 3]),
            ("n", Equals, json!([2.5]), &[]),
            ("n", In, json!([1, 3, 2.5]), &[0, 2]),
            ("n", In, json!((0..20).collect::<Vec<i32>>()), &[0, 2]),
            ("n", NotIn, json!([1, 3]), &[1, 3]),
            ("n", Contains, json!(["15"]), &[3]),
            ("n", IsMissing, json!([]), &[1]),
            ("x", LessThan, json!([0.5]), &[1]),
            ("x", AtLeast, json!([0.5]), &[0, 3]),
            ("x", Between, json!([-2, 0.5]), &[0, 1]),
            ("x", NotEquals, json!([7]), &[0, 1, 2]),
            ("ok", Equals, json!([true]), &[0, 3]),
            ("ok", NotIn, json!([true]), &[1, 2]),
            ("t", Equals, json!(["beta"]), &[1]),
            ("t", GreaterThan, json!(["Beta"]), &[1]),
            ("t", Contains, json!(["ALPH"]), &[0]),
            ("t", In, json!(["", "Alpha"]), &[0, 3]),
            ("t", IsPresent, json!([]), &[0, 1, 3]),
            ("day", Equals, json!(["2024-01-01"]), &[2]),
            ("day", Between, json!(["2023-12-31", "2024-01-31"]), &[0, 2]),
            ("day", StartsWith, json!(["2024-"]), &[2, 3]),
            ("at", Equals, json!(["2023-12-31"]), &[0, 1]),
            ("at", AtMost, json!(["2023-12-31"]), &[0, 1, 3]),
            ("at", GreaterThan, json!(["2023-12-31"]), &[2]),
            ("at", LessThan, json!(["2023-12-31T00:00:00"]), &[3]),
        ];
        for (column, test, values, expected) in cases {
            assert_eq!(rows(column, test, values.clone()).unwrap(), expected, "{column} {test:?} {values}");
        }
    }

    #[test]
    fn what_does_not_fit_is_told() {
        use FilterTest::*;
        for (column, test, values) in [
            ("n", Equals, json!(["many"])),
            ("day", Equals, json!([5])),
            ("day", Equals, json!(["2024-01-01T10:00:00"])),
            ("ok", LessThan, json!([true])),
            ("x", Between, json!([1])),
            ("t", Equals, json!([null])),
        ] {
            let error = rows(column, test, values).unwrap_err();
            assert!(matches!(&error, DataError::BadOption { message } if message.contains(column)), "{error}");
        }
        assert!(matches!(rows("m", IsMissing, json!([])), Err(DataError::NoSuchColumn { .. })));
    }

    #[test]
    fn rows_must_pass_all_filters() {
        let filter = |column: &str, test, value: Value| RowFilter { column: column.into(), test, values: vec![value] };
        let filters = [filter("x", FilterTest::AtLeast, json!(0)), filter("ok", FilterTest::Equals, json!(true))];
        assert_eq!(passing(&table(), &filters).unwrap().unwrap().rows(), [0, 3]);
        assert!(passing(&table(), &[]).unwrap().is_none());
    }
}
