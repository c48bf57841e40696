//! Spans of time in words: “2024”, “March 2024”, “Q1 2023”, “2024-03-15”, “last month”, “the last 6 months”.
//!
//! Relative spans count back from the latest date of the data, never from today: a file does not grow while it lies.

use chrono::{Datelike, Months, NaiveDate};

use super::concept::Concept;
use super::lexicon::ENGLISH;
use super::linking::What;
use super::reading::Reading;

/// How fine time is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grain {
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
    Weekday,
    MonthOfYear,
}

impl Grain {
    /// The grain an idea names.
    pub(super) fn of(concept: Concept) -> Option<Self> {
        Some(match concept {
            Concept::Hour => Self::Hour,
            Concept::Day => Self::Day,
            Concept::Week => Self::Week,
            Concept::Month => Self::Month,
            Concept::Quarter => Self::Quarter,
            Concept::Year => Self::Year,
            Concept::Weekday => Self::Weekday,
            Concept::MonthOfYear => Self::MonthOfYear,
            _ => return None,
        })
    }

    /// For people.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
            Self::Weekday => "weekday",
            Self::MonthOfYear => "month of the year",
        }
    }

    /// Whether its values come round again.
    pub(super) fn is_cyclic(self) -> bool {
        matches!(self, Self::Weekday | Self::MonthOfYear | Self::Hour)
    }
}

/// A span of time.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Period {
    /// From a day (inclusive) to a day (exclusive); either may be open.
    Span(Option<NaiveDate>, Option<NaiveDate>),
    /// The `n` last whole units of the data; `skip` of them are left out at the end.
    Latest {
        /// How many.
        n: u32,
        /// Of what.
        grain: Grain,
        /// How many of the latest are left out.
        skip: u32,
    },
    /// These months of every year.
    Months(Vec<u32>),
    /// These days of every week, Monday is 0.
    Weekdays(Vec<u32>),
}

/// What was found: the span and where it ends in the question.
pub(super) struct Found {
    /// The span.
    pub(super) period: Period,
    /// First place.
    pub(super) start: usize,
    /// Place after the last.
    pub(super) end: usize,
}

/// The span of time named exactly at `i`, without “before” or “since”.
pub(super) fn at(reading: &Reading, i: usize) -> Option<Found> {
    let found = |period, end| Some(Found { period, start: i, end });
    if reading.items[i].what == What::Date {
        return found(iso(&reading.items[i].text)?, i + 1);
    }
    if let Some((period, end)) = month_at(reading, i).or_else(|| quarter_at(reading, i)) {
        return found(period, end);
    }
    if matches!(reading.text(i), "weekend" | "weekends") {
        return found(Period::Weekdays(vec![5, 6]), i + 1);
    }
    let grouped = matches!(reading.text_before(i), "by" | "per" | "of" | "the" | "across" | "each" | "different");
    if matches!(reading.text(i), "weekdays" | "workdays" | "working days") && !grouped {
        return found(Period::Weekdays(vec![0, 1, 2, 3, 4]), i + 1);
    }
    if let Some((period, end)) = half_at(reading, i) {
        return found(period, end);
    }
    if let Some(day) = ENGLISH.weekdays.get(reading.text(i)) {
        return found(Period::Weekdays(vec![*day]), i + 1);
    }
    if let Some(year) = year_at(reading, i) {
        return found(span_of_year(year)?, i + 1);
    }
    relative_at(reading, i)
}

/// A whole number that can be a year.
pub(super) fn year_at(reading: &Reading, i: usize) -> Option<i32> {
    let value = reading.number(i)?;
    let plain = reading.text(i).len() == 4 && reading.text(i).chars().all(|c| c.is_ascii_digit());
    (plain && (1800.0..=2100.0).contains(&value)).then_some(value as i32)
}

fn iso(text: &str) -> Option<Period> {
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Some(Period::Span(Some(day), day.succ_opt()));
    }
    let (year, month) = text.split_once('-')?;
    span_of_months(year.parse().ok()?, month.parse().ok()?, 1)
}

fn span_of_year(year: i32) -> Option<Period> {
    span_of_months(year, 1, 12)
}

fn span_of_months(year: i32, month: u32, n: u32) -> Option<Period> {
    let from = NaiveDate::from_ymd_opt(year, month, 1)?;
    Some(Period::Span(Some(from), from.checked_add_months(Months::new(n))))
}

/// “March 2024”, “March 5, 2024”, “5 March 2024”, “in March”.
fn month_at(reading: &Reading, i: usize) -> Option<(Period, usize)> {
    let (at, day_before) = match reading.number(i) {
        Some(day) if (1.0..=31.0).contains(&day) => (i + 1, Some(day as u32)),
        Some(_) => return None,
        None => (i, None),
    };
    let word = reading.items.get(at).filter(|x| matches!(x.what, What::Word))?;
    let month = *ENGLISH.months.get(&word.text)?;
    let mut next = at + 1;
    let mut day = day_before;
    if day.is_none()
        && let Some(n) = reading.number(next).filter(|n| (1.0..=31.0).contains(n))
        && year_at(reading, next).is_none()
    {
        day = Some(n as u32);
        next += 1;
    }
    if reading.symbol(next) == Some(',') && year_at(reading, next + 1).is_some() {
        next += 1;
    }
    let year = year_at(reading, next);
    match (year, day) {
        (Some(year), Some(day)) => {
            let date = NaiveDate::from_ymd_opt(year, month, day)?;
            Some((Period::Span(Some(date), date.succ_opt()), next + 1))
        }
        (Some(year), None) => Some((span_of_months(year, month, 1)?, next + 1)),
        // Without a year, a month's name needs “in” or “during” before it: “may” is also a verb.
        (None, None) if matches!(reading.text_before(i), "in" | "during" | "for" | "of" | "every" | "and" | "or") => {
            Some((Period::Months(vec![month]), at + 1))
        }
        _ => None,
    }
}

/// “Q1 2024”, “Q1”, “first quarter of 2024”.
fn quarter_at(reading: &Reading, i: usize) -> Option<(Period, usize)> {
    let (quarter, mut next) = match reading.text(i) {
        "q1" => (1, i + 1),
        "q2" => (2, i + 1),
        "q3" => (3, i + 1),
        "q4" => (4, i + 1),
        ordinal => {
            let n = ["first", "second", "third", "fourth"].iter().position(|o| *o == ordinal)?;
            (reading.concept(i + 1) == Some(Concept::Quarter)).then_some((n as u32 + 1, i + 2))?
        }
    };
    if matches!(reading.text(next), "of" | "in" | "/") && year_at(reading, next + 1).is_some() {
        next += 1;
    }
    let month = quarter * 3 - 2;
    match year_at(reading, next) {
        Some(year) => Some((span_of_months(year, month, 3)?, next + 1)),
        None => Some((Period::Months((month..month + 3).collect()), next)),
    }
}

/// “the first half of 2022”.
fn half_at(reading: &Reading, i: usize) -> Option<(Period, usize)> {
    let month = match reading.text(i) {
        "first" => 1,
        "second" => 7,
        _ => return None,
    };
    if reading.text(i + 1) != "half" {
        return None;
    }
    let at = if matches!(reading.text(i + 2), "of" | "in") { i + 3 } else { i + 2 };
    Some((span_of_months(year_at(reading, at)?, month, 6)?, at + 1))
}

/// “last month”, “the last 6 months”, “this year”, “previous quarter”.
fn relative_at(reading: &Reading, i: usize) -> Option<Found> {
    let concept = reading.concept(i)?;
    // “from the first to the last month” names both ends, not the last month alone.
    if (i.saturating_sub(4)..i).any(|j| reading.text(j) == "first") {
        return None;
    }
    let (counted, at) = match reading.number(i + 1) {
        Some(n) if (1.0..=1000.0).contains(&n) => (Some(n as u32), i + 2),
        _ => (None, i + 1),
    };
    let grain = reading.concept(at).and_then(Grain::of).filter(|g| !g.is_cyclic())?;
    let text = reading.text(i);
    let (n, skip) = match concept {
        Concept::Last => (counted.unwrap_or(1), u32::from(text == "previous" && counted.is_none())),
        Concept::This if counted.is_none() => (1, 0),
        _ => return None,
    };
    Some(Found { period: Period::Latest { n, grain, skip }, start: i, end: at + 1 })
}

/// The year, when a span is exactly one.
pub(super) fn whole_years(period: &Period) -> Option<(Option<i32>, Option<i32>)> {
    let Period::Span(from, to) = period else { return None };
    let start = |d: &NaiveDate| (d.ordinal() == 1).then(|| d.year());
    let from = match from {
        Some(day) => Some(start(day)?),
        None => None,
    };
    let to = match to {
        Some(day) => Some(start(day)?),
        None => None,
    };
    Some((from, to))
}

/// For people: `2024`, `March 2024`, `the last 6 months of the data`.
pub(super) fn describe(period: &Period) -> String {
    match period {
        Period::Span(Some(from), Some(to)) => {
            let next_month = from.checked_add_months(Months::new(1));
            if whole_years(period) == Some((Some(from.year()), Some(from.year() + 1))) {
                format!("in {}", from.year())
            } else if from.day() == 1 && next_month == Some(*to) {
                format!("in {}", from.format("%Y-%m"))
            } else if from.succ_opt() == Some(*to) {
                format!("on {from}")
            } else {
                format!("from {from} to {}", to.pred_opt().unwrap_or(*to))
            }
        }
        Period::Span(Some(from), None) => format!("from {from} on"),
        Period::Span(None, Some(to)) => format!("before {to}"),
        Period::Span(None, None) => "at any time".to_owned(),
        Period::Latest { n, grain, skip } => {
            let unit = grain.name();
            let s = if *n == 1 { "" } else { "s" };
            let count = if *n == 1 { String::new() } else { format!("{n} ") };
            let which = if *skip == 0 { "last" } else { "last but one" };
            format!("in the {which} {count}{unit}{s} of the data")
        }
        Period::Weekdays(days) => {
            let names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
            let list: Vec<&str> = days.iter().filter_map(|d| names.get(*d as usize).copied()).collect();
            format!("on a {}", list.join(" or "))
        }
        Period::Months(months) => {
            let name =
                |m: &u32| NaiveDate::from_ymd_opt(2000, *m, 1).map_or(String::new(), |d| d.format("%B").to_string());
            format!("in {}", months.iter().map(name).collect::<Vec<_>>().join(", "))
        }
    }
}
