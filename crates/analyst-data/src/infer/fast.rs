//! The plain forms of values, read straight from their bytes: what nearly all cells of a large file are.
//!
//! Each function takes only the form it names and says `None` to everything else, which then goes the long way
//! through [`super::number`] and [`super::date`]. What it does take it reads as the long way does.

use super::date::MICROS_PER_DAY;
use super::date::days_from_civil;

/// Digits that fit `i64` whatever they are.
const SAFE_DIGITS: usize = 18;

/// `0`, `42`, `-7`: no leading zero, at most eighteen digits.
#[inline]
pub(crate) fn integer(bytes: &[u8]) -> Option<i64> {
    let (negative, digits) = match bytes {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > SAFE_DIGITS || (digits[0] == b'0' && digits.len() > 1) {
        return None;
    }
    let mut value = 0i64;
    for &byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + i64::from(digit);
    }
    Some(if negative { -value } else { value })
}

/// Powers of ten that a double holds exactly.
const EXACT_POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];
const EXACT_MANTISSA: u64 = 1 << 53;

/// `-12.5` and the like, with a point that can only be a decimal one: not three digits after one to three.
#[inline]
pub(crate) fn decimal(bytes: &[u8]) -> Option<f64> {
    let (negative, rest) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    if rest.len() > SAFE_DIGITS || rest.len() < 3 {
        return None;
    }
    let mut mantissa = 0u64;
    let mut point = usize::MAX;
    for (at, &byte) in rest.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit <= 9 {
            mantissa = mantissa * 10 + u64::from(digit);
        } else if byte == b'.' && point == usize::MAX {
            point = at;
        } else {
            return None;
        }
    }
    if point == usize::MAX || point == 0 || point + 1 == rest.len() || mantissa >= EXACT_MANTISSA {
        return None;
    }
    let after = rest.len() - point - 1;
    if after == 3 && point <= 3 && rest[0] != b'0' {
        return None;
    }
    // Both are exact, so the one division rounds as reading the text would.
    let value = mantissa as f64 / EXACT_POWERS[after];
    Some(if negative { -value } else { value })
}

#[inline]
fn two(bytes: &[u8], at: usize) -> Option<u32> {
    let (tens, ones) = (bytes[at].wrapping_sub(b'0'), bytes[at + 1].wrapping_sub(b'0'));
    (tens <= 9 && ones <= 9).then(|| u32::from(tens) * 10 + u32::from(ones))
}

/// `2024-03-01`, exactly.
#[inline]
pub(crate) fn iso_day(bytes: &[u8]) -> Option<i32> {
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let year = two(bytes, 0)? * 100 + two(bytes, 2)?;
    days_from_civil(year as i32, two(bytes, 5)?, two(bytes, 8)?)
}

/// `2024-03-01 12:30:00` or with a `T`, without fractions and offsets.
#[inline]
pub(crate) fn iso_moment(bytes: &[u8]) -> Option<i64> {
    if bytes.len() != 19 || !matches!(bytes[10], b' ' | b'T') || bytes[13] != b':' || bytes[16] != b':' {
        return None;
    }
    let days = iso_day(&bytes[..10])?;
    let (hour, minute, second) = (two(bytes, 11)?, two(bytes, 14)?, two(bytes, 17)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = i64::from(hour * 3600 + minute * 60 + second);
    Some(i64::from(days) * MICROS_PER_DAY + seconds * 1_000_000)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::infer::date;
    use crate::infer::date::DateOrder;
    use crate::infer::number::{self, Marks, Number};

    proptest! {
        #[test]
        fn plain_forms_are_read_as_the_long_way_reads_them(text in "-?[0-9]{0,12}[.,:T -]?[0-9]{0,8}") {
            if let Some(value) = integer(text.as_bytes()) {
                prop_assert_eq!(number::parse(&text, b'.'), Some(Number::Int(value)));
                prop_assert!(!number::scan(&text).unwrap().leading_zero);
            }
            if let Some(value) = decimal(text.as_bytes()) {
                prop_assert_eq!(number::parse(&text, b'.'), Some(Number::Float(value)));
                prop_assert!(matches!(number::scan(&text).unwrap().marks, Marks::Decimal(Some(b'.'), _)));
            }
        }

        #[test]
        fn days_and_moments_are_read_as_the_long_way_reads_them(
            text in "[0-9]{4}-[01][0-9]-[0-3][0-9]([ T][0-2][0-9]:[0-6][0-9]:[0-6][0-9])?"
        ) {
            let long = date::scan(&text);
            if text.len() == 10 {
                prop_assert_eq!(iso_day(text.as_bytes()), long.and_then(|parts| parts.days(DateOrder::Ymd)));
            } else {
                prop_assert_eq!(iso_moment(text.as_bytes()), long.and_then(|parts| parts.micros(DateOrder::Ymd)));
            }
        }
    }
}
