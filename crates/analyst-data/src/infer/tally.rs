//! What a whole column holds: counts of everything its cells could be, and the first line of each kind.

use super::boolean::Words;
use super::date::{self, DateOrder, DateParts, Parts};
use super::duration;
use super::missing::{self, Missing};
use super::number::{self, Group, Marks};
use crate::grid::Cell;

/// How text cells may be read. Formats that declare types leave less to guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TextPolicy {
    /// Texts may be numbers, booleans, times and dates in any order.
    pub anything: bool,
    /// Tokens such as `n/a` mean "no value".
    pub missing_tokens: bool,
}

impl TextPolicy {
    /// Delimited text: everything is text, so everything is guessed.
    pub const GUESS: Self = Self { anything: true, missing_tokens: true };
    /// JSON: texts stay texts, except for ISO dates.
    pub const DECLARED: Self = Self { anything: false, missing_tokens: false };
}

/// Which of a kind of cells there are: how many, and where the first ones stand.
#[derive(Debug, Clone, Default)]
pub(crate) struct Count {
    /// How many.
    pub n: u64,
    /// The lines of the first ones.
    pub lines: Vec<u64>,
    /// The first one, shortened.
    pub example: String,
}

/// Rows named in a warning.
pub(crate) const MAX_LINES: usize = 5;
const LONGEST_EXAMPLE: usize = 40;

impl Count {
    /// Counts one.
    pub fn add(&mut self, line: u64, text: &str) {
        self.n += 1;
        if self.lines.len() < MAX_LINES {
            self.lines.push(line);
            if self.example.is_empty() {
                self.example = text.chars().take(LONGEST_EXAMPLE).collect();
            }
        }
    }

    /// Takes in what was counted further down, where lines were counted from `lines_before`.
    pub fn merge(&mut self, later: Self, lines_before: u64) {
        self.n += later.n;
        let room = MAX_LINES - self.lines.len().min(MAX_LINES);
        if room > 0 && self.example.is_empty() {
            self.example = later.example;
        }
        self.lines.extend(later.lines.into_iter().take(room).map(|line| line + lines_before));
    }
}

/// Everything counted over one column.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    /// Cells that are certainly missing.
    pub missing: u64,
    /// Texts that mean "no value" wherever they stand, such as `n/a`.
    pub tokens: Count,
    /// Texts that mean "no value" among numbers and dates.
    pub soft_tokens: Count,
    /// Texts that are nothing but text.
    pub text: Count,
    /// Short texts in capitals: codes.
    pub codes: u64,
    /// Cells the file itself declares as numbers or the like, not text.
    pub declared: u64,

    /// Whole numbers without marks.
    pub whole: Count,
    /// Real numbers whose marks fit any decimal mark: exponents, declared floats.
    pub real: Count,
    /// Numbers with a decimal point, or thousands commas.
    pub point: Count,
    /// Numbers with a decimal comma, or thousands points.
    pub comma: Count,
    /// Of `point` and `comma`: those that have a decimal mark, so are not whole.
    pub fractions: u64,
    /// `1.234`
    pub ambiguous_point: Count,
    /// `1,234`
    pub ambiguous_comma: Count,
    /// Thousands marks seen: comma, dot, space, apostrophe.
    pub groups: [u64; 4],
    /// Numbers with `%`.
    pub percent: Count,
    /// Numbers with a currency.
    pub currency: Count,
    /// The different currencies, as indices into [`number::CURRENCIES`].
    pub currencies: Vec<u8>,
    /// `007`
    pub leading_zero: Count,
    /// `+491711234567`
    pub telephone: Count,
    /// Whole numbers beyond `i64`.
    pub big: Count,
    /// Numbers beyond `f64`.
    pub overflow: Count,
    /// Smallest and greatest whole number.
    pub int_range: Option<(i64, i64)>,

    /// The different words, as far as they may be yes and no.
    pub words: Words,
    /// true and false
    pub bools: Count,
    /// Times of day.
    pub times: Count,
    /// Spans of time.
    pub durations: Count,
    /// Dates whose form leaves no doubt.
    pub known_dates: Count,
    /// Dates that are possible only as day, month, year.
    pub only_dmy: Count,
    /// Dates that are possible only as month, day, year.
    pub only_mdy: Count,
    /// Dates that are possible both ways (and differ).
    pub either_order: Count,
    /// Dates with the same day and month.
    pub same_order: Count,
    /// Of the dates: those with a time of day.
    pub with_time: u64,
    /// Of the dates: those with a UTC offset.
    pub with_offset: u64,
    /// Neighbours that rise, read as day-month and as month-day.
    pub rising: [u64; 2],
    /// Open dates by separator: dot, slash, dash.
    pub separators: [u64; 3],
    first_open: Option<[i32; 2]>,
    last_open: Option<[i32; 2]>,
    /// Formulas that failed.
    pub errors: Count,
    /// Nested lists, as JSON text.
    pub cells: u64,
}

impl Tally {
    /// Takes one cell in.
    pub fn add(&mut self, cell: &Cell<'_>, line: u64, policy: TextPolicy) {
        self.cells += 1;
        match cell {
            Cell::Missing => self.missing += 1,
            Cell::Text(text) => self.add_text(text, line, policy),
            Cell::Error(text) => self.errors.add(line, text),
            typed => self.add_typed(typed, line),
        }
    }

    fn add_typed(&mut self, cell: &Cell<'_>, line: u64) {
        self.declared += 1;
        match cell {
            Cell::Int(value) => self.add_int(*value, line, ""),
            Cell::Float(value) if value.is_nan() => {
                self.declared -= 1;
                self.missing += 1;
            }
            Cell::Float(_) => self.real.add(line, ""),
            Cell::BigNumber(text) if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') => {
                self.whole.add(line, text);
                self.big.add(line, text);
            }
            Cell::BigNumber(text) => {
                self.real.add(line, text);
                self.overflow.add(line, text);
            }
            Cell::Bool(value) => self.bools.add(line, if *value { "true" } else { "false" }),
            Cell::Date(_) => self.known_dates.add(line, ""),
            Cell::Datetime(_) => {
                self.known_dates.add(line, "");
                self.with_time += 1;
            }
            Cell::Time(_) => self.times.add(line, ""),
            Cell::Duration(_) => self.durations.add(line, "duration"),
            Cell::Missing | Cell::Text(_) | Cell::Error(_) => {}
        }
    }

    fn add_int(&mut self, value: i64, line: u64, text: &str) {
        self.whole.add(line, text);
        let (low, high) = self.int_range.unwrap_or((value, value));
        self.int_range = Some((low.min(value), high.max(value)));
    }

    fn add_text(&mut self, text: &str, line: u64, policy: TextPolicy) {
        let trimmed = trimmed(text);
        if trimmed.is_empty() {
            self.missing += 1;
            return;
        }
        if policy.missing_tokens {
            match missing::lookup(trimmed) {
                Missing::No => {}
                Missing::Always => {
                    self.missing += 1;
                    return self.tokens.add(line, trimmed);
                }
                Missing::AmongValues => return self.soft_tokens.add(line, trimmed),
            }
        }
        if !may_be_value(trimmed) || is_worded(trimmed) {
            return self.add_plain_text(trimmed, line);
        }
        if policy.anything {
            // Dates first where the marks stand as in dates: they would cost a number's closest look otherwise.
            if has_marks_of_date(trimmed.as_bytes())
                && let Some(parts) = date::scan(trimmed)
            {
                return self.add_date(parts, trimmed, line);
            }
            if let Some(shape) = number::scan(trimmed) {
                return self.add_number(trimmed, shape, line);
            }
            if trimmed.eq_ignore_ascii_case("true") || trimmed.eq_ignore_ascii_case("false") {
                return self.bools.add(line, trimmed);
            }
            if is_infinity(trimmed) {
                return self.real.add(line, trimmed);
            }
            if date::scan_time(trimmed).is_some() {
                return self.times.add(line, trimmed);
            }
            if duration::scan(trimmed).is_some() {
                return self.durations.add(line, trimmed);
            }
        }
        match date::scan(trimmed) {
            Some(parts) if policy.anything || is_iso(trimmed, &parts) => self.add_date(parts, trimmed, line),
            _ => self.add_plain_text(trimmed, line),
        }
    }

    fn add_plain_text(&mut self, text: &str, line: u64) {
        self.text.add(line, text);
        self.words.add(text);
        if (2..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase()) {
            self.codes += 1;
        }
    }

    fn add_number(&mut self, text: &str, shape: number::Shape, line: u64) {
        if shape.percent {
            self.percent.add(line, text);
        }
        if let Some(currency) = shape.currency {
            self.currency.add(line, text);
            if !self.currencies.contains(&currency) {
                self.currencies.push(currency);
            }
        }
        if shape.leading_zero {
            self.leading_zero.add(line, text);
        }
        if shape.telephone {
            self.telephone.add(line, text);
        }
        let decimal_mark = match shape.marks {
            Marks::Decimal(Some(b','), _) => b',',
            _ => b'.',
        };
        match number::parse_scanned(text, &shape, decimal_mark) {
            Some(number::Number::TooBig) => self.big.add(line, text),
            Some(number::Number::Overflow) => self.overflow.add(line, text),
            Some(number::Number::Int(value)) if shape.marks == Marks::Whole => return self.add_int(value, line, text),
            _ => {}
        }
        let group = |tally: &mut Self, group: Group| {
            if group != Group::None {
                tally.groups[group as usize - 1] += 1;
            }
        };
        match shape.marks {
            Marks::Whole => self.whole.add(line, text),
            Marks::Ambiguous(b',') => self.ambiguous_comma.add(line, text),
            Marks::Ambiguous(_) => self.ambiguous_point.add(line, text),
            Marks::Grouped(kind) => {
                group(self, kind);
                match kind {
                    Group::Comma => self.point.add(line, text),
                    Group::Dot => self.comma.add(line, text),
                    _ => self.whole.add(line, text),
                }
            }
            Marks::Decimal(None, _) => self.real.add(line, text),
            Marks::Decimal(Some(mark), kind) => {
                group(self, kind);
                self.fractions += 1;
                if mark == b',' { self.comma.add(line, text) } else { self.point.add(line, text) }
            }
        }
    }

    fn add_date(&mut self, parts: Parts, text: &str, line: u64) {
        self.with_time += u64::from(parts.micros.is_some());
        self.with_offset += u64::from(parts.offset_minutes.is_some());
        let DateParts::Open { first, second, separator, .. } = parts.date else {
            return self.known_dates.add(line, text);
        };
        self.separators[match separator {
            b'.' => 0,
            b'/' => 1,
            _ => 2,
        }] += 1;
        match (parts.days(DateOrder::Dmy), parts.days(DateOrder::Mdy)) {
            (Some(_), None) => self.only_dmy.add(line, text),
            (None, Some(_)) => self.only_mdy.add(line, text),
            (Some(dmy), Some(mdy)) => {
                self.note_rise([dmy, mdy]);
                self.last_open = Some([dmy, mdy]);
                self.first_open = self.first_open.or(self.last_open);
                if first == second { self.same_order.add(line, text) } else { self.either_order.add(line, text) }
            }
            (None, None) => self.add_plain_text(text, line),
        }
    }

    fn note_rise(&mut self, next: [i32; 2]) {
        if let Some(last) = self.last_open {
            self.rising[0] += u64::from(next[0] >= last[0]);
            self.rising[1] += u64::from(next[1] >= last[1]);
        }
    }

    /// Takes one cell in of which only the count matters any more: nothing there.
    pub fn add_missing(&mut self) {
        self.cells += 1;
        self.missing += 1;
    }

    /// Takes a whole number in that is written plainly: digits, perhaps a minus, no leading zero.
    pub fn add_plain_int(&mut self, value: i64, line: u64, text: &str) {
        self.cells += 1;
        self.add_int(value, line, text);
    }

    /// Takes a number in that is written plainly with a decimal point that cannot be anything else.
    pub fn add_plain_decimal(&mut self, line: u64, text: &str) {
        self.cells += 1;
        self.fractions += 1;
        self.point.add(line, text);
    }

    /// Takes a `true` or `false` in.
    pub fn add_plain_bool(&mut self, line: u64, text: &str) {
        self.cells += 1;
        self.bools.add(line, text);
    }

    /// Takes a day in that is written as in ISO 8601, perhaps with a time of day without an offset.
    pub fn add_iso(&mut self, line: u64, text: &str, with_time: bool) {
        self.cells += 1;
        self.with_time += u64::from(with_time);
        self.known_dates.add(line, text);
    }

    /// Takes in what was counted over the cells that follow, whose lines were counted from `lines_before`.
    pub fn merge(&mut self, later: Self, lines_before: u64) {
        macro_rules! add {
            ($($number:ident),*) => { $(self.$number += later.$number;)* };
        }
        macro_rules! merge {
            ($($count:ident),*) => { $(self.$count.merge(later.$count, lines_before);)* };
        }
        add!(missing, codes, declared, fractions, with_time, with_offset, cells);
        merge!(tokens, soft_tokens, text, whole, real, point, comma, ambiguous_point, ambiguous_comma, percent);
        merge!(currency, leading_zero, telephone, big, overflow, bools, times, durations, known_dates, only_dmy);
        merge!(only_mdy, either_order, same_order, errors);
        self.words.merge(&later.words);
        self.groups.iter_mut().zip(later.groups).for_each(|(n, more)| *n += more);
        self.separators.iter_mut().zip(later.separators).for_each(|(n, more)| *n += more);
        for currency in later.currencies {
            if !self.currencies.contains(&currency) {
                self.currencies.push(currency);
            }
        }
        self.int_range = match (self.int_range, later.int_range) {
            (Some((low, high)), Some((lower, higher))) => Some((low.min(lower), high.max(higher))),
            (one, other) => one.or(other),
        };
        if let Some(first) = later.first_open {
            self.note_rise(first);
        }
        self.rising.iter_mut().zip(later.rising).for_each(|(n, more)| *n += more);
        self.first_open = self.first_open.or(later.first_open);
        self.last_open = later.last_open.or(self.last_open);
    }

    /// Cells that are not blank, whatever they mean.
    pub fn filled(&self) -> u64 {
        self.cells - (self.missing - self.tokens.n)
    }

    /// No text of the column is read differently under another decimal mark.
    pub fn is_free_of_marks(&self) -> bool {
        self.point.n + self.comma.n + self.ambiguous_point.n + self.ambiguous_comma.n == 0
    }

    /// No date of the column is read differently in another order of day and month.
    pub fn is_free_of_order(&self) -> bool {
        self.separators == [0; 3]
    }

    /// Numbers of every kind.
    pub fn numbers(&self) -> u64 {
        self.whole.n + self.real.n + self.point.n + self.comma.n + self.ambiguous_point.n + self.ambiguous_comma.n
    }

    /// Dates and moments of every kind.
    pub fn dates(&self) -> u64 {
        self.known_dates.n + self.only_dmy.n + self.only_mdy.n + self.either_order.n + self.same_order.n
    }

    /// Cells that hold a value if tokens of the careful kind do not.
    pub fn values(&self) -> u64 {
        self.cells - self.missing - self.soft_tokens.n - self.errors.n
    }
}

/// Numbers, dates and times hold a digit and are short; what else is no text is a word such as `true` or `inf`.
/// Most texts are told by this alone.
fn may_be_value(text: &str) -> bool {
    const LONGEST_WORD: usize = 9;
    const LONGEST_VALUE: usize = 64;
    if text.len() > LONGEST_VALUE {
        return false;
    }
    if text.bytes().any(|byte| byte.is_ascii_digit()) {
        return true;
    }
    let first = text.as_bytes().first().map_or(0, u8::to_ascii_lowercase);
    text.len() <= LONGEST_WORD && matches!(first, b't' | b'f' | b'i' | b'-' | b'+')
}

/// `C12345`, `room 7`: begins with a letter, but neither with a currency nor with a month and two more words.
/// The long way would come to the same, at ten times the cost.
fn is_worded(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_separator = |byte: &u8| matches!(byte, b' ' | b'-' | b'/' | b',');
    if !bytes.first().is_some_and(u8::is_ascii_alphabetic) || bytes.iter().all(|byte| !byte.is_ascii_digit()) {
        return false;
    }
    let first_word = bytes.iter().take_while(|byte| !is_separator(byte));
    let has_digit = first_word.into_iter().any(u8::is_ascii_digit);
    // `Mar 5, 2024`, or `Mo 05.03.2024`, whose date has points.
    let n_separators = bytes.iter().filter(|byte| is_separator(byte)).take(2).count();
    let is_date = !has_digit && (n_separators == 2 || (n_separators == 1 && bytes.contains(&b'.')));
    let has_currency = || {
        let first = bytes[0];
        number::CURRENCIES.iter().any(|sign| sign.as_bytes()[0] == first && text.starts_with(sign))
    };
    !is_date && !has_currency()
}

/// Without blanks at the ends; most texts have none, which two bytes show.
pub(crate) fn trimmed(text: &str) -> &str {
    let is_solid = |byte: Option<&u8>| byte.is_some_and(|byte| (b'!'..=b'~').contains(byte));
    if is_solid(text.as_bytes().first()) && is_solid(text.as_bytes().last()) { text } else { text.trim() }
}

/// `2024-…`, `31.1…` and the like, with two marks that are the same.
fn has_marks_of_date(bytes: &[u8]) -> bool {
    let is_mark = |at: usize| matches!(bytes[at], b'-' | b'/' | b'.');
    if bytes.len() < 6 || !bytes[0].is_ascii_digit() {
        return false;
    }
    let Some(first) = [1, 2, 4].into_iter().find(|&at| is_mark(at)) else { return false };
    [first + 2, first + 3].into_iter().any(|at| at < bytes.len() && bytes[at] == bytes[first])
}

/// `inf`, `-Infinity`.
pub(crate) fn is_infinity(text: &str) -> bool {
    let word = text.strip_prefix(['-', '+']).unwrap_or(text);
    word.eq_ignore_ascii_case("inf") || word.eq_ignore_ascii_case("infinity")
}

fn is_iso(text: &str, parts: &Parts) -> bool {
    matches!(parts.date, DateParts::Known { .. })
        && text.as_bytes().get(4) == Some(&b'-')
        && text.as_bytes()[..4].iter().all(u8::is_ascii_digit)
        && text.as_bytes().get(7) == Some(&b'-')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXTS: &[&str] = &[
        "",
        "1",
        "-5",
        "007",
        "1.5",
        "1,5",
        "1.234",
        "1,234",
        "1,234.5",
        "5%",
        "$3",
        "€4",
        "n/a",
        "NA",
        "-",
        "abc",
        "AB",
        "true",
        "12:30",
        "2024-01-02",
        "2024-01-02 03:04",
        "03/04/2024",
        "13/04/2024",
        "04/13/2024",
        "05/05/2024",
        "+491711234567",
        "9999999999999999999",
        "1e400",
        "inf",
        "Mar 1, 2024",
        "2024-01-02T03:04:05Z",
        "1.2.2024",
    ];

    proptest! {
        #[test]
        fn what_is_taken_for_words_at_a_glance_is_no_value(
            text in "[A-Za-zäµ€$(+-]{0,5}[0-9]{0,3}[ /,.:-]{0,1}[A-Za-z0-9äé]{0,4}[ ,-]{0,1}[0-9]{0,4}"
        ) {
            if !text.is_empty() && (!may_be_value(&text) || is_worded(&text)) {
                prop_assert!(number::scan(&text).is_none(), "{:?} is a number", text);
                prop_assert!(date::scan(&text).is_none() && date::scan_time(&text).is_none(), "{:?} is a date", text);
                prop_assert!(!is_infinity(&text));
            }
        }

        /// However a column is cut, its parts count together what the whole counts.
        #[test]
        fn parts_count_together_what_the_whole_counts(
            picks in prop::collection::vec(0..TEXTS.len(), 0..40),
            cuts in prop::collection::vec(0usize..40, 0..4),
        ) {
            let count = |range: std::ops::Range<usize>| {
                let mut tally = Tally::default();
                for (at, &pick) in picks[range].iter().enumerate() {
                    let cell = if pick == 0 { Cell::Missing } else { Cell::Text(TEXTS[pick].into()) };
                    tally.add(&cell, at as u64 + 1, TextPolicy::GUESS);
                }
                tally
            };
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(picks.len())).collect();
            cuts.extend([0, picks.len()]);
            cuts.sort_unstable();
            let mut merged = Tally::default();
            for pair in cuts.windows(2) {
                merged.merge(count(pair[0]..pair[1]), pair[0] as u64);
            }
            prop_assert_eq!(format!("{merged:?}"), format!("{:?}", count(0..picks.len())));
        }
    }
}
