//! Dates that stayed text, that are written in two orders, or that have not come yet.

use analyst_types::{DataWarning, Severity};

use super::naming::has_word;
use super::sample::{self, texts};
use super::{Look, warning};
use crate::infer::date::{self, DateOrder, MICROS_PER_DAY};
use crate::rows::table::{Cells, Kind, StoredColumn};

/// A text column is one of dates when so many of its values are.
const MOSTLY: f64 = 0.9;
const MIN_VALUES: usize = 5;
/// Names of days that lie ahead as a matter of course.
const AHEAD: &[&str] = &[
    "due",
    "expiry",
    "expires",
    "expiration",
    "exp",
    "valid",
    "until",
    "end",
    "ends",
    "to",
    "planned",
    "plan",
    "target",
    "deadline",
    "delivery",
    "departure",
    "arrival",
    "maturity",
    "scheduled",
    "schedule",
    "next",
    "renewal",
    "forecast",
    "eta",
    "checkout",
    "checkin",
    "appointment",
    "event",
    "ende",
    "bis",
    "faellig",
    "fällig",
    "ablauf",
    "termin",
    "booking",
    "start",
    "stay",
    "travel",
    "return",
];

pub(super) fn find(look: &Look<'_>) -> Vec<DataWarning> {
    look.table
        .columns()
        .iter()
        .filter_map(|column| in_texts(look, column).or_else(|| in_the_future(look, column)))
        .collect()
}

fn in_texts(look: &Look<'_>, column: &StoredColumn) -> Option<DataWarning> {
    let (mut n, mut n_dates, mut n_first, mut n_second) = (0usize, 0usize, 0usize, 0usize);
    for (_, text) in texts(column, look.n_rows())? {
        n += 1;
        if let Some((dmy, mdy)) = orders(text) {
            n_dates += 1;
            n_first += usize::from(dmy && !mdy);
            n_second += usize::from(mdy && !dmy);
        }
        if n == 20 && n_dates * 2 < n {
            return None;
        }
    }
    if n < MIN_VALUES || (n_dates as f64) < MOSTLY * n as f64 {
        return None;
    }
    let name = &column.name;
    if n_first > 0 && n_second > 0 {
        let texts = sample::all(column)?;
        let rare = if n_first < n_second { (true, false) } else { (false, true) };
        let rows = look.rows_where(|row| !column.is_missing(row) && orders(texts.get(row)) == Some(rare));
        let message = format!("{name:?} writes some dates with the day first and some with the month first.");
        let fix = "Find out where the rows come from, and read each part in its own order.";
        let told = warning("mixed_date_orders", message, fix, vec![name.clone()], rows);
        return Some(DataWarning { severity: Severity::Question, ..told });
    }
    let texts = sample::all(column)?;
    let rows = look.rows_where(|row| !column.is_missing(row) && orders(texts.get(row)).is_none());
    let message = format!("{name:?} holds dates but was read as text; {} of its cells are none.", rows.count);
    let fix = "Read the column as dates: then it sorts and groups by time.";
    Some(warning("dates_as_text", message, fix, vec![name.clone()], rows))
}

/// Whether the text is a date with the day first, and whether it is one with the month first.
fn orders(text: &str) -> Option<(bool, bool)> {
    let text = text.trim();
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let parts = date::scan(text)?;
    let (dmy, mdy) = (parts.days(DateOrder::Dmy).is_some(), parts.days(DateOrder::Mdy).is_some());
    (dmy || mdy).then_some((dmy, mdy))
}

/// A few days that lie ahead, in a column of what has happened.
fn in_the_future(look: &Look<'_>, column: &StoredColumn) -> Option<DataWarning> {
    /// Dates this far ahead are sentinels, which have a warning of their own.
    const YEARS_AHEAD: i64 = 200 * 365;
    let day: Box<dyn Fn(usize) -> i64 + '_> = match (column.kind(), column.cells()) {
        (Kind::Date, Cells::Date(values)) => Box::new(move |row| i64::from(values.value(row))),
        (Kind::Moment, Cells::Integer(values)) => Box::new(move |row| values.value(row).div_euclid(MICROS_PER_DAY)),
        _ => return None,
    };
    if has_word(&column.name, AHEAD) {
        return None;
    }
    let tomorrow = look.today + 1;
    let is_ahead = |row: usize| !column.is_missing(row) && day(row) > tomorrow && day(row) < look.today + YEARS_AHEAD;
    let rows = look.rows_where(is_ahead);
    let n_values = (look.n_rows() - column.nulls()) as u64;
    let message = format!("{:?}: {} dates lie in the future.", column.name, rows.count);
    let fix = "Check the year and the order of day and month in these rows.";
    (rows.count > 0 && rows.count * 10 <= n_values)
        .then(|| warning("future_dates", message, fix, vec![column.name.clone()], rows))
}
