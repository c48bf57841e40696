//! Numbers in prose: which they are, how precise, and which digits are no claim at all (code, list numbering, dates,
//! names that hold digits).

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

use super::mask::masked;
use super::spelled::spelled;

/// A number said in prose.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Number {
    /// As it stands: `29.2 %`, `1,204`, `1.2M`.
    pub text: String,
    /// What it can mean, most likely first: `1,234` is 1234, or 1.234 in other countries.
    pub readings: Vec<Reading>,
    /// `%` or percentage points.
    pub is_percent: bool,
    /// Percentage points, which are a difference.
    pub is_points: bool,
    /// Whether a minus or plus stands before it.
    pub is_signed: bool,
    /// `<` or `≤` stands before it: an upper bound, as for p-values.
    pub is_upper_bound: bool,
    /// How it is written.
    pub kind: Kind,
    /// Where it stands.
    pub start: usize,
}

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Digits,
    /// A count in words: “three”.
    Count,
    /// “twice”, “four times as”; with digits it is [`Kind::Digits`].
    Multiple,
    /// “a third of”.
    Fraction,
}

/// One meaning of a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reading {
    pub value: f64,
    /// Half a unit of the last digit given: what rounds to this number lies within.
    pub tolerance: f64,
    /// How far a value may lie below, by the words before it: nothing for “over 80”.
    pub below: f64,
    /// How far a value may lie above: nothing for “nearly 80”.
    pub above: f64,
}

impl Reading {
    /// Whether `value`, rounded as this number is, gives it.
    pub fn holds(&self, value: f64) -> bool {
        // The addend forgives what floating point does to a half.
        let forgiven = (self.value.abs() + self.tolerance) * 1e-9;
        let (magnitude, sign) = (self.value.abs(), if self.value < 0.0 { -1.0 } else { 1.0 });
        (magnitude - self.below - forgiven..=magnitude + self.above + forgiven).contains(&(value * sign))
    }

    /// The same in units a hundred times smaller.
    pub fn hundredfold(self) -> Self {
        let Self { value, tolerance, below, above } = self;
        Self { value: value * 100.0, tolerance: tolerance * 100.0, below: below * 100.0, above: above * 100.0 }
    }
}

impl Number {
    /// The most likely meaning.
    pub fn value(&self) -> f64 {
        self.readings[0].value
    }

    /// Where it ends.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Where it stands.
    pub fn range(&self) -> Range<usize> {
        self.start..self.end()
    }

    /// A whole number that could be a year.
    pub fn year(&self) -> Option<i32> {
        let plain = self.text.len() == 4 && self.text.bytes().all(|b| b.is_ascii_digit());
        self.text.parse().ok().filter(|year| plain && (1800..=2100).contains(year))
    }
}

/// The numbers of a text. Digits within one of `labels` (names from the data) are part of that name.
pub(super) fn numbers(text: &str, labels: &[String]) -> Vec<Number> {
    let masked = masked(text, labels);
    let mut found: Vec<Number> = Vec::new();
    let mut end = 0;
    let mut at = 0;
    while let Some(core) = core().find_at(&masked, at) {
        at = core.end();
        // The 10 of `2 × 10^3` belongs to the number before it.
        if core.start() < end {
            continue;
        }
        if let Some(next) = number(text, &masked, core.range()) {
            end = next.end();
            found.push(next);
        } else if is_within_name(&masked[..core.start()]) {
            // `p95 977.3` is a name and a number, not 95,977.3.
            let digits = core.as_str().bytes().take_while(u8::is_ascii_digit).count();
            at = if core.as_str()[digits..].starts_with(' ') { core.start() + digits } else { at };
        }
    }
    for spelled in spelled(text, &masked) {
        if !found
            .iter()
            .any(|known| known.start < spelled.end() && spelled.start < known.end() && spelled.kind != Kind::Fraction)
        {
            found.retain(|known| known.end() <= spelled.start || spelled.end() <= known.start);
            found.push(spelled);
        }
    }
    found.sort_by_key(|number| number.start);
    found
}

fn core() -> &'static Regex {
    static CORE: OnceLock<Regex> = OnceLock::new();
    CORE.get_or_init(|| {
        pattern(
            r"(?x)
            \d{1,3}(?:,\d{3})+\b(?:\.\d+)?            # 1,234.5
            | \d{1,3}(?:\.\d{3})+,\d+                 # 1.234,5
            | \d{1,3}(?:\.\d{3}){2,}\b                # 1.234.567
            | \d{1,3}(?:[\x20\u{a0}\u{202f}\u{2009}'’]\d{3})+\b(?:[.,]\d+)?   # 1 234,5
            | \d+[.,]\d+
            | \d+
            | \.\d+                                   # .01",
        )
    })
}

fn number(text: &str, masked: &str, core: Range<usize>) -> Option<Number> {
    let before = &masked[..core.start];
    let after = &masked[core.end..];
    if is_within_name(before) || is_version(after) {
        return None;
    }
    if masked[core.clone()].starts_with('.') && before.ends_with(|c: char| c.is_alphanumeric() || c == ')') {
        return None;
    }
    let (exponent, exponent_len) = exponent(after);
    let after = &after[exponent_len..];
    let mut suffix = suffix(after)?;
    if suffix.len == 0 && is_million(before, after) {
        suffix = Suffix { len: 1, scale: 1e6, is_percent: false, is_points: false };
    } else if suffix.len == 0 {
        suffix = of_range(before, after).map_or(suffix, |of_range| Suffix { len: 0, ..of_range });
    }
    if !suffix.is_percent && suffix.len == 0 && is_length_of_list(before, &masked[core.clone()]) {
        return None;
    }
    let (sign_len, is_negative) = sign(before);
    let scale = suffix.scale * 10f64.powi(exponent) * if is_negative { -1.0 } else { 1.0 };
    let readings = readings(&masked[core.clone()]);
    let exactly = readings.iter().skip(1).map(|(digits, decimals)| reading(digits, *decimals, scale, ""));
    // `1.2m` without a currency may be metres or millions.
    let millions = readings.first().filter(|_| suffix.len == 0 && is_bare_m(after));
    let millions = millions.map(|(digits, decimals)| reading(digits, *decimals, scale * 1e6, before));
    let first = readings.first().map(|(digits, decimals)| reading(digits, *decimals, scale, before));
    let readings = first.into_iter().chain(exactly).chain(millions);
    let range = core.start - sign_len..core.end + exponent_len + suffix.len;
    Some(Number {
        text: text[range.clone()].trim().to_owned(),
        readings: readings.collect::<Option<Vec<_>>>()?,
        is_percent: suffix.is_percent,
        is_points: suffix.is_points,
        is_signed: sign_len > 0,
        is_upper_bound: is_upper_bound(before),
        kind: Kind::Digits,
        start: range.start,
    })
}

/// What a range says once, at its end: `€0.99–1.54 million`, `from 12 to 15 %`.
fn of_range(before: &str, after: &str) -> Option<Suffix> {
    static RANGE: OnceLock<Regex> = OnceLock::new();
    let range = RANGE.get_or_init(|| pattern(r"^\s?(?:–|—|-|to|bis)\s?[$€£]?(?:\d[\d.,]*\d|\d)"));
    // “fell from 80,000 to 12 %” is no range of percentages.
    let found = range.find(after)?;
    let worded = found.as_str().contains("to") && before.trim_end().to_lowercase().ends_with("from");
    suffix(&after[found.end()..]).filter(|suffix| suffix.len > 0 && (!worded || suffix.is_percent))
}

/// “the top 3”: how long a list is made, not what was found.
fn is_length_of_list(before: &str, core: &str) -> bool {
    static LISTS: OnceLock<Regex> = OnceLock::new();
    let lists = LISTS.get_or_init(|| pattern(r"(?i)\b(?:top|bottom|first|last|next|best|worst)[\s-]$"));
    core.len() <= 2 && lists.is_match(before)
}

/// `€1.2m`; without a currency an m is a metre.
fn is_million(before: &str, after: &str) -> bool {
    before.ends_with(['$', '€', '£', '¥']) && is_bare_m(after)
}

fn is_bare_m(after: &str) -> bool {
    let mut chars = after.chars();
    chars.next() == Some('m') && !chars.next().is_some_and(char::is_alphanumeric)
}

fn is_upper_bound(before: &str) -> bool {
    static BOUND: OnceLock<Regex> = OnceLock::new();
    BOUND.get_or_init(|| pattern(r"(?i)(?:[<≤]|\b(?:below|under|less than|smaller than|unter))\s*$")).is_match(before)
}

/// `Q3`, `COVID-19`, and the `.1` of `2.3.1`.
fn is_within_name(before: &str) -> bool {
    let mut chars = before.chars().rev();
    match (chars.next(), chars.next()) {
        (Some('-'), Some(c)) => c.is_alphabetic(),
        (Some('.'), Some(c)) => c.is_ascii_digit(),
        (Some(c), _) => c.is_alphabetic() || matches!(c, '_' | '#'),
        (None, _) => false,
    }
}

/// `.1` after `2.3`.
fn is_version(after: &str) -> bool {
    let mut chars = after.chars();
    chars.next() == Some('.') && chars.next().is_some_and(|c| c.is_ascii_digit())
}

/// Digits with a point as decimal mark, and how many of them are decimals.
fn readings(core: &str) -> Vec<(String, usize)> {
    let plain = |text: &str, decimal: Option<char>| {
        let (whole, fraction) = match decimal.and_then(|mark| text.rsplit_once(mark)) {
            Some((whole, fraction)) => (whole, fraction),
            None => (text, ""),
        };
        let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
        (format!("{whole}.{fraction}"), fraction.len())
    };
    let marks: Vec<char> = core.chars().filter(|c| !c.is_ascii_digit()).collect();
    let decimals = core.rsplit(['.', ',']).next().map_or(0, str::len);
    let leads_with_zero = core.starts_with('0');
    match marks.as_slice() {
        [] => vec![plain(core, None)],
        [','] if decimals == 3 && !leads_with_zero => vec![plain(core, None), plain(core, Some(','))],
        ['.'] if decimals == 3 && !leads_with_zero => vec![plain(core, Some('.')), plain(core, None)],
        [mark @ (',' | '.')] => vec![plain(core, Some(*mark))],
        [first, .., last @ (',' | '.')] if first != last => vec![plain(core, Some(*last))],
        _ => vec![plain(core, None)],
    }
}

/// How many of a whole number's last zeros are rounding: all when words say so (“about 1,200”); from five digits on
/// those after the third (12,300 may be 12,345, but 1,200 is 1,200).
fn rounded_zeros(digits: &str, round: bool) -> usize {
    const EXACT_DIGITS: usize = 4;
    const LEADING_DIGITS: usize = 3;
    let zeros = digits.len() - digits.trim_end_matches('0').len();
    match digits.len() {
        _ if zeros == digits.len() => 0,
        _ if round => zeros,
        0..=EXACT_DIGITS => 0,
        len => zeros.min(len - LEADING_DIGITS),
    }
}

fn reading(digits: &str, decimals: usize, scale: f64, before: &str) -> Option<Reading> {
    let round = is_rounded_in_words(before);
    let mantissa: f64 = digits.parse().ok()?;
    let unit = if decimals > 0 {
        10f64.powi(-i32::try_from(decimals).ok()?)
    } else {
        10f64.powi(i32::try_from(rounded_zeros(digits.trim_end_matches('.'), round)).ok()?)
    };
    let (value, unit) = (mantissa * scale, unit * scale.abs());
    let (below, above) = bounds(before, value, 0.5 * unit, unit);
    Some(Reading { value, tolerance: 0.5 * unit, below, above })
}

/// How far below and above a value may lie, by the words before the number: “over 80” may be 84 and not 79.
pub(super) fn bounds(before: &str, value: f64, tolerance: f64, unit: f64) -> (f64, f64) {
    /// How far beyond a bound a value is still what is meant.
    const REACH: f64 = 0.25;
    static OVER: OnceLock<Regex> = OnceLock::new();
    static UNDER: OnceLock<Regex> = OnceLock::new();
    static NEARLY: OnceLock<Regex> = OnceLock::new();
    let end = r"\s+[-−+$€£]*$";
    let over = OVER.get_or_init(|| {
        pattern(&format!(r"(?i)\b(?:over|more than|above|at least|exceeds?|exceeding|über|mehr als|mindestens){end}"))
    });
    let under = UNDER
        .get_or_init(|| pattern(&format!(r"(?i)\b(?:under|less than|below|at most|unter|weniger als|höchstens){end}")));
    let nearly = NEARLY.get_or_init(|| pattern(&format!(r"(?i)\b(?:nearly|almost|just under|fast|knapp){end}")));
    let from = before.floor_char_boundary(before.len().saturating_sub(40));
    let before = &before[from..];
    let reach = unit.max(value.abs() * REACH);
    match () {
        // “nearly 80” is also said of what rounds to it from above, by little.
        () if nearly.is_match(before) => (unit.max(value.abs() * 0.06), 0.1 * tolerance),
        () if over.is_match(before) => (0.0, reach),
        () if under.is_match(before) => (reach, 0.0),
        () => (tolerance, tolerance),
    }
}

/// Whether a word before the number says that it is not exact.
fn is_rounded_in_words(before: &str) -> bool {
    let words = "about|around|roughly|approximately|approx\\.?|circa|ca\\.?|nearly|almost|over|more than|less than|\
                 just under|just over|some|rund|etwa|knapp|gut|ungefähr|über|fast";
    static WORDS: OnceLock<Regex> = OnceLock::new();
    let words = WORDS.get_or_init(|| pattern(&format!(r"(?i)(?:\b(?:{words})\s+|[~≈]\s*)[-−+$€£]*$")));
    let from = before.floor_char_boundary(before.len().saturating_sub(40));
    words.is_match(&before[from..])
}

/// The exponent after the digits, and its length.
fn exponent(after: &str) -> (i32, usize) {
    static EXPONENT: OnceLock<Regex> = OnceLock::new();
    let exponents = EXPONENT.get_or_init(|| {
        pattern(r"^(?:[eE]([-+−]?\d{1,3})\b|\s?[×x·*]\s?10(?:\^|\*\*)\{?([-+−]?\d{1,3})\}?|\s?[×x·*]\s?10([⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}))")
    });
    let Some(found) = exponents.captures(after) else { return (0, 0) };
    let digits = found.iter().skip(1).flatten().next().map_or("", |group| group.as_str());
    let digits: String = digits.chars().map(plain_digit).filter(|c| *c != '+').collect();
    (digits.parse().unwrap_or(0), found[0].len())
}

fn plain_digit(c: char) -> char {
    const SUPERSCRIPTS: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹";
    match c {
        '−' | '⁻' => '-',
        '⁺' => '+',
        c => SUPERSCRIPTS.chars().zip('0'..='9').find(|(high, _)| *high == c).map_or(c, |(_, digit)| digit),
    }
}

/// What follows the digits and belongs to the number.
struct Suffix {
    len: usize,
    scale: f64,
    is_percent: bool,
    is_points: bool,
}

/// `None` when what follows makes the digits part of a name: `1st`, `3D`, `5-fold`.
fn suffix(after: &str) -> Option<Suffix> {
    static PERCENT: OnceLock<Regex> = OnceLock::new();
    static SCALES: OnceLock<Regex> = OnceLock::new();
    static NAMES: OnceLock<Regex> = OnceLock::new();
    static COMPOUNDS: OnceLock<Regex> = OnceLock::new();
    let percent = PERCENT.get_or_init(|| {
        pattern(r"^[\x20\u{a0}\u{202f}-]?(?:%-points?\b|%|(?i:per ?cent\b|prozentpunkten?\b|prozent\b|percentage[- ]points?\b|p\.?p\.?\b|%[- ]?points?\b|prozentpunkte?\b))")
    });
    let scales = SCALES.get_or_init(|| {
        pattern(
            r"^(?:(k|K)\b|(M)\b|(B)\b|[\x20\u{a0}\u{202f}-]?(?i:(thousand|tsd\.?)|(millions?|mio\.?|mn|millionen)|(billions?|bn|mrd\.?|milliarden))\b)",
        )
    });
    let names = NAMES.get_or_init(|| pattern(r"^(?:st|nd|rd|th|D|d)\b"));
    let compounds = COMPOUNDS.get_or_init(|| pattern(r"^-\p{L}{2,}"));
    if names.is_match(after) {
        return None;
    }
    if let Some(found) = percent.find(after) {
        let said = found.as_str().to_lowercase();
        let is_points = said.contains("point") || said.contains("punkt") || said.contains("pp") || said.contains("p.p");
        return Some(Suffix { len: found.end(), scale: 1.0, is_percent: true, is_points });
    }
    let Some(found) = scales.captures(after) else {
        return (!compounds.is_match(after)).then_some(Suffix {
            len: 0,
            scale: 1.0,
            is_percent: false,
            is_points: false,
        });
    };
    let scale = match found.iter().skip(1).position(|group| group.is_some()) {
        Some(0 | 3) => 1e3,
        Some(1 | 4) => 1e6,
        _ => 1e9,
    };
    Some(Suffix { len: found[0].len(), scale, is_percent: false, is_points: false })
}

/// The length of a sign (with a currency between) before the digits, and whether it is a minus.
fn sign(before: &str) -> (usize, bool) {
    let bare = before.trim_end_matches(['$', '€', '£', '¥']);
    let Some(sign) = bare.chars().next_back().filter(|c| matches!(c, '-' | '−' | '+')) else { return (0, false) };
    let rest = &bare[..bare.len() - sign.len_utf8()];
    // A hyphen after a word or a number joins or gives a range.
    if rest.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '%' | ')' | ']' | '-')) {
        return (0, false);
    }
    (before.len() - rest.len(), sign != '+')
}

pub(super) fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("BUG: the pattern is a literal")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, f64, f64)]) {
        let found = numbers(text, &["Store 12".to_owned(), "price 2019".to_owned()]);
        let found: Vec<_> = found
            .iter()
            .map(|number| (number.text.as_str(), number.value(), (number.readings[0].tolerance * 1e9).round() / 1e9))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn numbers_are_read_in_every_usual_notation() {
        check("the mean is 19.26.", &[("19.26", 19.26, 0.005)]);
        check(
            "1,234.5 and 1 234,5 and 1.234,5",
            &[("1,234.5", 1234.5, 0.05), ("1 234,5", 1234.5, 0.05), ("1.234,5", 1234.5, 0.05)],
        );
        check(
            "1,204 rows, 12,300, 1,200",
            &[("1,204", 1204.0, 0.5), ("12,300", 12_300.0, 50.0), ("1,200", 1200.0, 0.5)],
        );
        check(
            "12.5 %, 29% and 3 percentage points",
            &[("12.5 %", 12.5, 0.05), ("29%", 29.0, 0.5), ("3 percentage points", 3.0, 0.5)],
        );
        check(
            "1.2k, 3.4M, 5 million and $2.1bn",
            &[("1.2k", 1200.0, 50.0), ("3.4M", 3.4e6, 5e4), ("5 million", 5e6, 5e5), ("2.1bn", 2.1e9, 5e7)],
        );
        check(
            "p < 0.001, -3.2, −4 and 3–5",
            &[("0.001", 0.001, 0.0005), ("-3.2", -3.2, 0.05), ("−4", -4.0, 0.5), ("3", 3.0, 0.5), ("5", 5.0, 0.5)],
        );
        check(
            "1.5e3, 2 × 10^2 and 3×10⁻²",
            &[("1.5e3", 1500.0, 50.0), ("2 × 10^2", 200.0, 50.0), ("3×10⁻²", 0.03, 0.005)],
        );
        check("about 1,200 and ~30", &[("1,200", 1200.0, 50.0), ("30", 30.0, 5.0)]);
        check("-$5.00 (n=40)", &[("-$5.00", -5.0, 0.005), ("40", 40.0, 0.5)]);
    }

    #[test]
    fn digits_that_are_no_claim_are_passed_over() {
        let texts = [
            "`df[3]` and ```\nx = 4\n```",
            "1. first\n2. second\n  3) third",
            "## 2. Results",
            "see Figure 1 and table 2",
            "on 2024-03-15 at 12:30, 3/4/2024, March 2024, 5 May, June 3, 2021, Q3 2023",
            "Store 12 and the price 2019",
            "Q3, H1, x2, A17, COVID-19",
            "the 95 % confidence interval, the 99% CI and the 95th percentile",
            "pandas 2.3.1 and 3D",
            "5-fold cross-validation over a 12-month window",
            "at the 5 % level, a significance level of 0.05, α = 0.01",
        ];
        texts.into_iter().for_each(|text| check(text, &[]));
    }

    #[test]
    fn no_text_is_too_strange() {
        let palette: Vec<char> = "0123456789.,-−+%‰$€ \u{a0}\u{202f}'’eE×^⁻²kMxİẞß_`#|*[]()<≤…\n日".chars().collect();
        let mut seed = 1u64;
        for _ in 0..5_000 {
            let text: String = (0..24)
                .map(|_| {
                    seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    palette[(seed >> 33) as usize % palette.len()]
                })
                .collect();
            for number in numbers(&text, &["İ1".to_owned(), "ß".to_owned()]) {
                assert!(text[number.start..].starts_with(number.text.as_str()), "{text:?}: {number:?}");
                assert!(number.readings.iter().all(|reading| reading.tolerance >= 0.0), "{number:?}");
            }
        }
    }

    #[test]
    fn an_ambiguous_mark_has_both_readings() {
        let readings = |text: &str| numbers(text, &[])[0].readings.iter().map(|r| r.value).collect::<Vec<_>>();
        assert_eq!(readings("1,234"), [1234.0, 1.234]);
        assert_eq!(readings("1.234"), [1.234, 1234.0]);
        assert_eq!(readings("0.125"), [0.125]);
        assert_eq!(readings("12,5"), [12.5]);
    }

    #[test]
    fn years_and_sentences_are_known() {
        let found = numbers("In 2019 it was 5. Then 7!", &[]);
        assert_eq!(found.iter().map(Number::year).collect::<Vec<_>>(), [Some(2019), None, None]);
        assert_eq!(found[2].range(), 23..24);
    }
}
