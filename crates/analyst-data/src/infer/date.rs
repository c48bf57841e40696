//! Dates, moments and times of day as people write them.
//!
//! [`scan`] takes a text apart; whether `03/04/2024` is in March or in April is decided over a whole column
//! (see [`DateOrder`]). The calendar is the proleptic Gregorian one; years from 1 to 9999.

use super::calendar::{month_named, without_weekday};

/// Which of the first two numbers is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DateOrder {
    /// 31.12.2024
    Dmy,
    /// 12/31/2024
    Mdy,
    /// 2024-12-31
    Ymd,
}

impl DateOrder {
    /// As [`analyst_types::Format`] names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dmy => "dmy",
            Self::Mdy => "mdy",
            Self::Ymd => "ymd",
        }
    }
}

/// A date, perhaps with a time, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parts {
    /// The date's numbers.
    pub date: DateParts,
    /// Microseconds since midnight; absent when there is only a date.
    pub micros: Option<i64>,
    /// Minutes east of UTC, where it is told.
    pub offset_minutes: Option<i32>,
}

/// The numbers of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DateParts {
    /// Year, month and day are known by their form.
    Known { year: i32, month: u32, day: u32 },
    /// Two numbers of which one is the day, and a year.
    Open { first: u32, second: u32, year: i32, separator: u8 },
}

pub(super) const MICROS_PER_SECOND: i64 = 1_000_000;
/// Microseconds of a day.
pub(crate) const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;
/// Two-digit years from here on are of the last century (as POSIX has it).
const LAST_CENTURY_FROM: i32 = 69;
const LONGEST_DATE: usize = 48;

/// Takes `text` (trimmed) apart. `None` when it is no valid date in any order.
pub(crate) fn scan(text: &str) -> Option<Parts> {
    let bytes = text.as_bytes();
    if bytes.len() < 6 || bytes.len() > LONGEST_DATE {
        return None;
    }
    let (date, length) = if bytes[0].is_ascii_digit() {
        numeric_date(bytes).or_else(|| named_date(text)).or_else(|| cjk_date(text)).or_else(|| basic_date(bytes))?
    } else {
        let rest = without_weekday(text);
        let skipped = text.len() - rest.len();
        let found = if skipped > 0 && rest.as_bytes().first().is_some_and(u8::is_ascii_digit) {
            numeric_date(rest.as_bytes()).or_else(|| named_date(rest))
        } else {
            named_date(rest)
        };
        found.map(|(date, length)| (date, length + skipped))?
    };
    if length == bytes.len() {
        return Some(Parts { date, micros: None, offset_minutes: None });
    }
    let rest = match &text[length..] {
        rest if rest.starts_with(['T', 't', ' ']) => &rest[1..],
        rest if rest.starts_with(", ") => &rest[2..],
        _ => return None,
    };
    let (micros, offset_minutes) = time_of_day(rest.trim_start())?;
    Some(Parts { date, micros: Some(micros), offset_minutes })
}

impl Parts {
    /// Days since 1970-01-01 under `order`; `None` when there is no such day.
    pub fn days(&self, order: DateOrder) -> Option<i32> {
        let (year, month, day) = match (self.date, order) {
            (DateParts::Known { year, month, day }, _) => (year, month, day),
            (DateParts::Open { first, second, year, .. }, DateOrder::Dmy) => (year, second, first),
            (DateParts::Open { first, second, year, .. }, DateOrder::Mdy) => (year, first, second),
            (DateParts::Open { .. }, DateOrder::Ymd) => return None,
        };
        days_from_civil(year, month, day)
    }

    /// Microseconds since 1970-01-01, in UTC where an offset is told.
    pub fn micros(&self, order: DateOrder) -> Option<i64> {
        let offset = i64::from(self.offset_minutes.unwrap_or(0)) * 60 * MICROS_PER_SECOND;
        Some(i64::from(self.days(order)?) * MICROS_PER_DAY + self.micros.unwrap_or(0) - offset)
    }
}

/// The day's number since 1970-01-01.
pub(crate) fn days_from_civil(year: i32, month: u32, day: u32) -> Option<i32> {
    if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || day < 1 || day > days_of_month(year, month) {
        return None;
    }
    // Counted from 1 March, so that the leap day is the last of its year.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month as i32 + 9) % 12) + 2) / 5 + day as i32 - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

/// Year, month and day of a day's number.
pub(crate) fn civil_from_days(days: i32) -> (i32, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * month_from_march + 2) / 5 + 1) as u32;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 } as u32;
    (year_of_era + era * 400 + i32::from(month <= 2), month, day)
}

fn days_of_month(year: i32, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The number at `at`, and where it ends. At most nine digits.
pub(super) fn number_at(bytes: &[u8], at: usize) -> Option<(u32, usize)> {
    let mut end = at;
    let mut value = 0u32;
    while end < bytes.len() && bytes[end].is_ascii_digit() && end - at < 9 {
        value = value * 10 + u32::from(bytes[end] - b'0');
        end += 1;
    }
    (end > at).then_some((value, end))
}

fn numeric_date(bytes: &[u8]) -> Option<(DateParts, usize)> {
    let (first, first_end) = number_at(bytes, 0)?;
    let separator = *bytes.get(first_end)?;
    if !matches!(separator, b'-' | b'/' | b'.') {
        return None;
    }
    // `1. 2. 2024`, as it is written in Czech and on paper.
    let skip = |at: usize| at + usize::from(separator == b'.' && bytes.get(at) == Some(&b' '));
    let second_start = skip(first_end + 1);
    let (second, second_end) = number_at(bytes, second_start)?;
    if bytes.get(second_end) != Some(&separator) {
        return None;
    }
    let third_start = skip(second_end + 1);
    let (third, end) = number_at(bytes, third_start)?;
    let lengths = (first_end, second_end - second_start, end - third_start);
    match lengths {
        (4, 1..=2, 1..=2) => {
            days_from_civil(first as i32, second, third)?;
            Some((DateParts::Known { year: first as i32, month: second, day: third }, end))
        }
        (1..=2, 1..=2, 4) => open_date(first, second, third as i32, separator).map(|date| (date, end)),
        // 1.2.10 is a version more often than a day: two-digit years after dots want two-digit days and months.
        (1..=2, 1..=2, 2) if separator != b'.' || (lengths.0 == 2 && lengths.1 == 2) => {
            open_date(first, second, full_year(third as i32), separator).map(|date| (date, end))
        }
        _ => None,
    }
}

/// `2024年3月5日`
fn cjk_date(text: &str) -> Option<(DateParts, usize)> {
    let (year, rest) = text.split_once('年')?;
    let (month, rest) = rest.split_once('月')?;
    let (day, rest) = rest.split_once('日')?;
    let (year, month, day) = (year.parse().ok().filter(|_| year.len() == 4)?, month.parse().ok()?, day.parse().ok()?);
    days_from_civil(year, month, day)?;
    Some((DateParts::Known { year, month, day }, text.len() - rest.len()))
}

/// `20240305T101500Z`: only with a time, because eight digits alone are a number.
fn basic_date(bytes: &[u8]) -> Option<(DateParts, usize)> {
    const LENGTH: usize = 8;
    let (digits, end) = number_at(bytes, 0)?;
    if end != LENGTH || !matches!(bytes.get(LENGTH), Some(b'T' | b't')) {
        return None;
    }
    let (year, month, day) = ((digits / 10_000) as i32, digits / 100 % 100, digits % 100);
    days_from_civil(year, month, day)?;
    Some((DateParts::Known { year, month, day }, LENGTH))
}

fn open_date(first: u32, second: u32, year: i32, separator: u8) -> Option<DateParts> {
    let possible = days_from_civil(year, first, second).is_some() || days_from_civil(year, second, first).is_some();
    possible.then_some(DateParts::Open { first, second, year, separator })
}

fn full_year(two_digits: i32) -> i32 {
    if two_digits >= LAST_CENTURY_FROM { 1900 + two_digits } else { 2000 + two_digits }
}

/// `1 Mar 2024`, `Mar 1, 2024`, `01-Mar-24`, `1. März 2024`.
fn named_date(text: &str) -> Option<(DateParts, usize)> {
    let mut words: [(&str, usize); 3] = [("", 0); 3];
    let mut n = 0;
    let mut at = 0;
    for part in text.split_inclusive([' ', '-', '/', ',']) {
        at += part.len();
        let word = part.trim_end_matches([' ', '-', '/', ',']);
        // `5 de março de 2024`
        if word.is_empty() || word == "de" || word == "of" {
            continue;
        }
        words[n] = (word, at - (part.len() - word.len()));
        n += 1;
        if n == 3 {
            break;
        }
    }
    let [(a, _), (b, _), (c, end)] = words;
    if n < 3 || c.len() < 2 {
        return None;
    }
    // The last word may carry the time after a `T`; such forms are not written with names of months.
    let number = |word: &str| {
        word.trim_end_matches(['.', ',']).trim_end_matches(['s', 't', 'n', 'd', 'r', 'h']).parse::<u32>().ok()
    };
    let (year, month, day) = if let Some(month) = month_named(b) {
        match (number(a)?, number(c)?) {
            (year, day) if a.len() == 4 => (year as i32, month, day),
            (day, year) => (year_of(c, year)?, month, day),
        }
    } else {
        (year_of(c, number(c)?)?, month_named(a)?, number(b)?)
    };
    days_from_civil(year, month, day)?;
    Some((DateParts::Known { year, month, day }, end))
}

fn year_of(word: &str, value: u32) -> Option<i32> {
    match word.len() {
        4 => Some(value as i32),
        2 => Some(full_year(value as i32)),
        _ => None,
    }
}

/// `13:45`, `13:45:30.250`, `1:45 pm`, each perhaps with `Z`, `UTC` or `+01:00`: microseconds and minutes of offset.
fn time_of_day(text: &str) -> Option<(i64, Option<i32>)> {
    let bytes = text.as_bytes();
    let (mut hour, at) = number_at(bytes, 0)?;
    if at == 6 {
        let (micros, end) = (i64::from(hour % 100), at);
        let (hours, minutes) = (hour / 10_000, hour / 100 % 100);
        let is_sound = hours < 24 && minutes < 60 && micros < 60;
        let total = (i64::from(hours * 3600 + minutes * 60) + micros) * MICROS_PER_SECOND;
        // Only after a date: `101500` alone is a number, and is never asked for here.
        return if is_sound { Some((total, zone(text[end..].trim())?)) } else { None };
    }
    if at > 2 || bytes.get(at) != Some(&b':') {
        return None;
    }
    let (minute, mut end) = two_digits(bytes, at + 1)?;
    let (mut second, mut micros) = (0, 0);
    if bytes.get(end) == Some(&b':') {
        (second, end) = two_digits(bytes, end + 1)?;
        if matches!(bytes.get(end), Some(b'.' | b',')) {
            (micros, end) = fraction(bytes, end + 1)?;
        }
    }
    let rest = text[end..].trim();
    let (half, rest) = half_of_day(rest);
    if let Some(afternoon) = half {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + if afternoon { 12 } else { 0 };
    }
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let total = i64::from(hour * 3600 + minute * 60 + second) * MICROS_PER_SECOND + micros;
    Some((total, zone(rest)?))
}

pub(super) fn two_digits(bytes: &[u8], at: usize) -> Option<(u32, usize)> {
    number_at(bytes, at).filter(|(_, end)| end - at == 2)
}

pub(super) fn fraction(bytes: &[u8], at: usize) -> Option<(i64, usize)> {
    let mut end = at;
    let mut micros = 0;
    while end < bytes.len() && bytes[end].is_ascii_digit() {
        if end - at < 6 {
            micros = micros * 10 + i64::from(bytes[end] - b'0');
        }
        end += 1;
    }
    let missing = 6usize.saturating_sub(end - at) as u32;
    (end > at).then_some((micros * 10i64.pow(missing), end))
}

fn half_of_day(text: &str) -> (Option<bool>, &str) {
    for (mark, afternoon) in [("am", false), ("pm", true), ("a.m.", false), ("p.m.", true)] {
        if text.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark)) {
            return (Some(afternoon), text[mark.len()..].trim_start());
        }
    }
    (None, text)
}

fn zone(text: &str) -> Option<Option<i32>> {
    if text.is_empty() {
        return Some(None);
    }
    if ["z", "utc", "gmt"].iter().any(|name| text.eq_ignore_ascii_case(name)) {
        return Some(Some(0));
    }
    let bytes = text.as_bytes();
    let sign = match bytes[0] {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = match bytes.len() {
        3 => (two_digits(bytes, 1)?.0, 0),
        5 => {
            let (both, _) = number_at(bytes, 1).filter(|(_, end)| *end == 5)?;
            (both / 100, both % 100)
        }
        6 if bytes[3] == b':' => (two_digits(&bytes[..3], 1)?.0, two_digits(bytes, 4)?.0),
        _ => return None,
    };
    (hours <= 14 && minutes < 60).then_some(Some(sign * (hours * 60 + minutes) as i32))
}

/// A time of day alone: nanoseconds since midnight.
pub(crate) fn scan_time(text: &str) -> Option<i64> {
    if !(4..=20).contains(&text.len()) {
        return None;
    }
    if text.as_bytes().iter().take(3).all(u8::is_ascii_digit) {
        return None;
    }
    match time_of_day(text)? {
        (micros, None) => Some(micros * 1000),
        _ => None,
    }
}

/// `20240131` as a day's number, for years from 1900 to 2099.
pub(crate) fn days_of_digits(value: i64) -> Option<i32> {
    let (year, month, day) = (value / 10_000, value / 100 % 100, value % 100);
    (1900..2100).contains(&year).then(|| days_from_civil(year as i32, month as u32, day as u32)).flatten()
}

/// ISO 8601 text of a day.
pub(crate) fn day_text(days: i32) -> String {
    let (year, month, day) = civil_from_days(days);
    format!("{year:04}-{month:02}-{day:02}")
}

/// ISO 8601 text of a moment, without an offset; fractions only where there are some.
pub(crate) fn moment_text(micros: i64) -> String {
    let days = micros.div_euclid(MICROS_PER_DAY) as i32;
    format!("{}T{}", day_text(days), time_text(micros.rem_euclid(MICROS_PER_DAY) * 1000))
}

/// ISO 8601 text of a time of day given in nanoseconds.
pub(crate) fn time_text(nanos: i64) -> String {
    let seconds = nanos / 1_000_000_000;
    let mut text = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    let fraction = nanos % 1_000_000_000;
    if fraction > 0 {
        text.push_str(format!(".{fraction:09}").trim_end_matches('0'));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_civil_dates_are_inverse() {
        for days in (-719_162..2_932_896).step_by(97) {
            let (year, month, day) = civil_from_days(days);
            assert_eq!(days_from_civil(year, month, day), Some(days));
        }
        assert_eq!(days_from_civil(1970, 1, 1), Some(0));
        assert_eq!(days_from_civil(2024, 2, 29), Some(19_782));
        assert_eq!(days_from_civil(2023, 2, 29), None);
    }

    #[test]
    fn dates_are_read_in_the_order_of_their_column() {
        use DateOrder::{Dmy, Mdy, Ymd};
        let cases: &[(&str, DateOrder, Option<&str>)] = &[
            ("2024-03-05", Ymd, Some("2024-03-05T00:00:00")),
            ("2024/3/5", Ymd, Some("2024-03-05T00:00:00")),
            ("05.03.2024", Dmy, Some("2024-03-05T00:00:00")),
            ("03/05/2024", Mdy, Some("2024-03-05T00:00:00")),
            ("03/05/2024", Dmy, Some("2024-05-03T00:00:00")),
            ("31/12/99", Dmy, Some("1999-12-31T00:00:00")),
            ("01.02.68", Dmy, Some("2068-02-01T00:00:00")),
            ("1 Mar 2024", Ymd, Some("2024-03-01T00:00:00")),
            ("Mar 1, 2024", Ymd, Some("2024-03-01T00:00:00")),
            ("March 1st, 2024", Ymd, Some("2024-03-01T00:00:00")),
            ("01-Mar-24", Ymd, Some("2024-03-01T00:00:00")),
            ("2024-Mar-01", Ymd, Some("2024-03-01T00:00:00")),
            ("1. März 2024", Ymd, Some("2024-03-01T00:00:00")),
            ("2024-03-05T06:07:08", Ymd, Some("2024-03-05T06:07:08")),
            ("2024-03-05 06:07", Ymd, Some("2024-03-05T06:07:00")),
            ("2024-03-05T06:07:08.25Z", Ymd, Some("2024-03-05T06:07:08.25")),
            ("2024-03-05T00:30:00+01:00", Ymd, Some("2024-03-04T23:30:00")),
            ("2024-03-05 06:07:08 UTC", Ymd, Some("2024-03-05T06:07:08")),
            ("03/05/2024 1:05 PM", Mdy, Some("2024-03-05T13:05:00")),
            ("03/05/2024 12:05 am", Mdy, Some("2024-03-05T00:05:00")),
            ("Mar 1, 2024 13:00", Ymd, Some("2024-03-01T13:00:00")),
            ("2024年3月5日", Ymd, Some("2024-03-05T00:00:00")),
            ("20240305T101500Z", Ymd, Some("2024-03-05T10:15:00")),
            ("Tue, 5 Mar 2024 10:00:00 GMT", Ymd, Some("2024-03-05T10:00:00")),
            ("5. 3. 2024", Dmy, Some("2024-03-05T00:00:00")),
            ("Di, 05.03.2024", Dmy, Some("2024-03-05T00:00:00")),
            ("5 de março de 2024", Ymd, Some("2024-03-05T00:00:00")),
            ("5 марта 2024", Ymd, Some("2024-03-05T00:00:00")),
            ("25/12/2024", Mdy, None),
            ("2024-13-01", Ymd, None),
            ("2024-02-30", Ymd, None),
            ("1.2.10", Dmy, None),
            ("2024-03", Ymd, None),
            ("12:30", Ymd, None),
            ("2024-03-05X", Ymd, None),
            ("2024-03-05 25:00", Ymd, None),
            ("hello world x", Ymd, None),
        ];
        for (text, order, expected) in cases {
            let read = scan(text).and_then(|parts| parts.micros(*order)).map(moment_text);
            assert_eq!(read.as_deref(), *expected, "{text:?}");
        }
    }

    #[test]
    fn times_of_day_stand_alone() {
        assert_eq!(scan_time("13:45").map(time_text).as_deref(), Some("13:45:00"));
        assert_eq!(scan_time("1:45:30 pm").map(time_text).as_deref(), Some("13:45:30"));
        assert_eq!(scan_time("25:00"), None);
        assert_eq!(scan_time("1:2"), None);
        assert_eq!(scan_time("101500"), None);
    }
}
