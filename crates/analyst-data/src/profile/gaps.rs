//! Gaps of a time axis: which hours, days, weeks, months, quarters or years no row has.

use analyst_types::DateGaps;

use crate::infer::date::{MICROS_PER_DAY, civil_from_days, day_text, days_from_civil, moment_text};

const MICROS_PER_HOUR: i64 = MICROS_PER_DAY / 24;
/// With fewer different values, nothing can be said of a step.
const MIN_VALUES: usize = 5;
/// Named at most.
const MAX_NAMED: usize = 5;
/// Different values that are looked at; a finer axis has no gaps a person would want to read.
pub(super) const MAX_VALUES: usize = 200_000;

/// Of different days in their order.
pub(super) fn of_days(days: &[i64]) -> Option<DateGaps> {
    if days.len() < MIN_VALUES || days.len() > MAX_VALUES {
        return None;
    }
    let civil: Vec<(i32, u32, u32)> = days.iter().map(|&day| civil_from_days(day as i32)).collect();
    let (_, _, first_day) = civil[0];
    let is_last_of_month = |day: i64| civil_from_days(day as i32 + 1).2 == 1;
    let is_monthly = civil.iter().all(|date| date.2 == first_day) || days.iter().all(|&day| is_last_of_month(day));
    if is_monthly {
        let months: Vec<i64> =
            civil.iter().map(|(year, month, _)| i64::from(*year) * 12 + i64::from(*month) - 1).collect();
        let at_the_end = first_day > 28;
        let shown = |month: i64| month_text(month, first_day, at_the_end);
        let together = |step: i64| months.iter().all(|month| (month - months[0]) % step == 0);
        let (step, name) = match () {
            () if together(12) => (12, "year"),
            () if together(3) => (3, "quarter"),
            () => (1, "month"),
        };
        return missing(&months, step, name, |_| true, shown);
    }
    let shown = |day: i64| day_text(day as i32);
    if days.iter().all(|day| (day - days[0]) % 7 == 0) {
        return missing(days, 7, "week", |_| true, shown);
    }
    // 1970-01-01 was a Thursday. Where no weekend occurs, none is missing.
    let is_weekend = |day: i64| matches!((day + 3).rem_euclid(7), 5 | 6);
    let only_weekdays = days.len() > 10 && !days.iter().any(|&day| is_weekend(day));
    missing(days, 1, "day", |day| !(only_weekdays && is_weekend(day)), shown)
}

/// Of different moments (microseconds) in their order.
pub(super) fn of_moments(moments: &[i64]) -> Option<DateGaps> {
    if moments.len() < MIN_VALUES || moments.len() > MAX_VALUES {
        return None;
    }
    if moments.iter().all(|moment| (moment - moments[0]) % MICROS_PER_DAY == 0) {
        let days: Vec<i64> = moments.iter().map(|moment| moment.div_euclid(MICROS_PER_DAY)).collect();
        return of_days(&days);
    }
    let is_hourly = moments.iter().all(|moment| (moment - moments[0]) % MICROS_PER_HOUR == 0);
    is_hourly.then(|| missing(moments, MICROS_PER_HOUR, "hour", |_| true, moment_text)).flatten()
}

fn month_text(month: i64, day: u32, at_the_end: bool) -> String {
    let (year, of_year) = (month.div_euclid(12) as i32, month.rem_euclid(12) as u32 + 1);
    let last = (28..=31).rev().find_map(|day| days_from_civil(year, of_year, day));
    let wanted = if at_the_end { last } else { days_from_civil(year, of_year, day).or(last) };
    day_text(wanted.unwrap_or_default())
}

/// The steps between the first and the last that do not occur; `None` where more than half are missing, for then the
/// values do not follow the step.
fn missing(
    values: &[i64],
    step: i64,
    name: &str,
    counts: impl Fn(i64) -> bool,
    shown: impl Fn(i64) -> String,
) -> Option<DateGaps> {
    let n_steps = (values.last()? - values.first()?) / step;
    if n_steps as usize >= values.len() * 4 {
        return None;
    }
    let mut n_missing = 0u64;
    let mut first = Vec::new();
    for pair in values.windows(2) {
        let mut at = pair[0] + step;
        while at < pair[1] {
            if counts(at) {
                n_missing += 1;
                if first.len() < MAX_NAMED {
                    first.push(shown(at));
                }
            }
            at += step;
        }
    }
    (n_missing < values.len() as u64).then(|| DateGaps { step: name.to_owned(), missing: n_missing, first })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(texts: &[&str]) -> Vec<i64> {
        let day = |text: &str| {
            let parts: Vec<u32> = text.split('-').map(|part| part.parse().unwrap()).collect();
            i64::from(days_from_civil(parts[0] as i32, parts[1], parts[2]).unwrap())
        };
        texts.iter().map(|text| day(text)).collect()
    }

    fn told(gaps: Option<DateGaps>) -> Option<(String, u64, Vec<String>)> {
        gaps.map(|gaps| (gaps.step, gaps.missing, gaps.first))
    }

    #[test]
    fn the_step_is_found_and_what_is_left_out() {
        let start = days(&["2024-01-01"])[0];
        let daily: Vec<i64> = (start..start + 30).filter(|day| *day != start + 9).collect();
        assert_eq!(told(of_days(&daily)), Some(("day".into(), 1, vec!["2024-01-10".into()])));
        let weekdays: Vec<i64> = (start..start + 30).filter(|day| (day - start) % 7 < 5).collect();
        assert_eq!(told(of_days(&weekdays)), Some(("day".into(), 0, vec![])));
        let ends = days(&["2024-01-31", "2024-02-29", "2024-04-30", "2024-05-31", "2024-06-30", "2024-07-31"]);
        assert_eq!(told(of_days(&ends)), Some(("month".into(), 1, vec!["2024-03-31".into()])));
        let quarters = days(&["2023-01-01", "2023-04-01", "2023-10-01", "2024-01-01", "2024-04-01"]);
        assert_eq!(told(of_days(&quarters)), Some(("quarter".into(), 1, vec!["2023-07-01".into()])));
        let years = days(&["2018-07-01", "2019-07-01", "2021-07-01", "2022-07-01", "2023-07-01"]);
        assert_eq!(told(of_days(&years)), Some(("year".into(), 1, vec!["2020-07-01".into()])));
        let weeks: Vec<i64> = (0..9).filter(|at| *at != 4).map(|at| start + at * 7).collect();
        assert_eq!(told(of_days(&weeks)), Some(("week".into(), 1, vec!["2024-01-29".into()])));
        let hours: Vec<i64> = (0..48).filter(|at| *at != 5).map(|at| at * MICROS_PER_HOUR).collect();
        assert_eq!(told(of_moments(&hours)), Some(("hour".into(), 1, vec!["1970-01-01T05:00:00".into()])));
    }

    #[test]
    fn scattered_values_follow_no_step() {
        let scattered: Vec<i64> = (0..40).map(|at| at * at * 13 + at).collect();
        assert_eq!(of_days(&scattered), None);
        assert_eq!(of_days(&[1, 2, 3]), None);
        assert_eq!(of_moments(&[1, 7_000_000, 9_000_001, 12_000_000, 13_000_000, 20_000_000]), None);
    }
}
