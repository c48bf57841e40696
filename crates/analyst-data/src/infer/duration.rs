//! Spans of time as people write them, which may be longer than a day.

use super::date::{MICROS_PER_SECOND, fraction, number_at, two_digits};

/// `36:00:05`, `-0:30:00`, `1 day 02:03:04`: microseconds of a span of time that is no time of day.
pub(crate) fn scan(text: &str) -> Option<i64> {
    const LONGEST: usize = 32;
    if !(5..=LONGEST).contains(&text.len()) || !text.contains(':') {
        return None;
    }
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (days, clock) = match text.split_once(' ') {
        Some((days, rest)) => {
            let clock = ["days ", "day ", "d "].iter().find_map(|word| rest.strip_prefix(word))?;
            (
                days.parse::<i64>().ok().filter(|days| (0..1_000_000).contains(days))?,
                clock.trim_start_matches(['+', ' ']),
            )
        }
        None => (0, text),
    };
    let bytes = clock.as_bytes();
    let (hours, at) = number_at(bytes, 0)?;
    if bytes.get(at) != Some(&b':') || at > 6 {
        return None;
    }
    let (minutes, at) = two_digits(bytes, at + 1).filter(|(minutes, _)| *minutes < 60)?;
    if bytes.get(at) != Some(&b':') {
        return None;
    }
    let (seconds, mut end) = two_digits(bytes, at + 1).filter(|(seconds, _)| *seconds < 60)?;
    let mut micros = 0;
    if matches!(bytes.get(end), Some(b'.' | b',')) {
        (micros, end) = fraction(bytes, end + 1)?;
    }
    let total =
        (days * 86_400 + i64::from(hours) * 3600 + i64::from(minutes * 60 + seconds)) * MICROS_PER_SECOND + micros;
    (end == bytes.len()).then_some(if negative { -total } else { total })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_time_may_be_longer_than_a_day() {
        const HOUR: i64 = 3600 * MICROS_PER_SECOND;
        assert_eq!(scan("36:00:00"), Some(36 * HOUR));
        assert_eq!(scan("-1:00:00"), Some(-HOUR));
        assert_eq!(scan("1 day 02:00:00"), Some(26 * HOUR));
        assert_eq!(scan("2 days 00:00:00.5"), Some(48 * HOUR + 500_000));
        assert_eq!(scan("36:70:00"), None);
        assert_eq!(scan("10:30"), None);
        assert_eq!(scan("a:10:10"), None);
    }
}
