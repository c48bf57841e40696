//! Numbers in prose: which they are, how precise, and which digits are no claim at all (code, list numbering, dates,
//! names that hold digits).

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

/// A number said in prose.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Number {
    /// As it stands: `29.2 %`, `1,204`, `1.2M`.
    pub text: String,
    /// What it can mean, most likely first: `1,234` is 1234, or 1.234 in other countries.
    pub readings: Vec<Reading>,
    /// `%` or percentage points.
    pub is_percent: bool,
    /// Whether a minus or plus stands before it.
    pub is_signed: bool,
    /// `<` or `≤` stands before it: an upper bound, as for p-values.
    pub is_upper_bound: bool,
    /// The sentence it stands in.
    pub sentence: Range<usize>,
    /// Where it stands.
    pub start: usize,
}

/// One meaning of a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reading {
    pub value: f64,
    /// Half a unit of the last digit given: what rounds to this number lies within.
    pub tolerance: f64,
}

impl Reading {
    /// Whether `value`, rounded as this number is, gives it.
    pub fn holds(&self, value: f64) -> bool {
        // The addend forgives what floating point does to a half.
        (self.value - value).abs() <= self.tolerance + (self.value.abs() + self.tolerance) * 1e-9
    }
}

impl Number {
    /// The most likely meaning.
    pub fn value(&self) -> f64 {
        self.readings[0].value
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
    for core in core().find_iter(&masked) {
        // The 10 of `2 × 10^3` belongs to the number before it.
        let next = if core.start() < end { None } else { number(text, &masked, core.range()) };
        if let Some(next) = next {
            end = next.start + next.text.len();
            found.push(next);
        }
    }
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
            | \d+",
        )
    })
}

fn number(text: &str, masked: &str, core: Range<usize>) -> Option<Number> {
    let before = &masked[..core.start];
    let after = &masked[core.end..];
    if is_within_name(before) || is_version(after) {
        return None;
    }
    let (exponent, exponent_len) = exponent(after);
    let after = &after[exponent_len..];
    let suffix = suffix(after)?;
    let (sign_len, is_negative) = sign(before);
    let scale = suffix.scale * 10f64.powi(exponent) * if is_negative { -1.0 } else { 1.0 };
    let round = is_rounded_in_words(before);
    let readings = readings(&masked[core.clone()]);
    let readings = readings.into_iter().map(|(digits, decimals)| reading(&digits, decimals, scale, round));
    let range = core.start - sign_len..core.end + exponent_len + suffix.len;
    Some(Number {
        text: text[range.clone()].trim().to_owned(),
        readings: readings.collect::<Option<Vec<_>>>()?,
        is_percent: suffix.is_percent,
        is_signed: sign_len > 0,
        is_upper_bound: before.trim_end().ends_with(['<', '≤']),
        sentence: sentence(text, range.start),
        start: range.start,
    })
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

fn reading(digits: &str, decimals: usize, scale: f64, round: bool) -> Option<Reading> {
    let mantissa: f64 = digits.parse().ok()?;
    let unit = if decimals > 0 {
        10f64.powi(-i32::try_from(decimals).ok()?)
    } else {
        10f64.powi(i32::try_from(rounded_zeros(digits.trim_end_matches('.'), round)).ok()?)
    };
    Some(Reading { value: mantissa * scale, tolerance: 0.5 * unit * scale.abs() })
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
}

/// `None` when what follows makes the digits part of a name: `1st`, `3D`, `5-fold`.
fn suffix(after: &str) -> Option<Suffix> {
    static PERCENT: OnceLock<Regex> = OnceLock::new();
    static SCALES: OnceLock<Regex> = OnceLock::new();
    static NAMES: OnceLock<Regex> = OnceLock::new();
    static COMPOUNDS: OnceLock<Regex> = OnceLock::new();
    let percent = PERCENT.get_or_init(|| {
        pattern(r"^[\x20\u{a0}\u{202f}-]?(?:%|(?i:per ?cent\b|prozent\w*|percentage[- ]points?\b|p\.?p\.?\b))")
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
        return Some(Suffix { len: found.end(), scale: 1.0, is_percent: true });
    }
    let Some(found) = scales.captures(after) else {
        return (!compounds.is_match(after)).then_some(Suffix { len: 0, scale: 1.0, is_percent: false });
    };
    let scale = match found.iter().skip(1).position(|group| group.is_some()) {
        Some(0 | 3) => 1e3,
        Some(1 | 4) => 1e6,
        _ => 1e9,
    };
    Some(Suffix { len: found[0].len(), scale, is_percent: false })
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

fn sentence(text: &str, at: usize) -> Range<usize> {
    static ENDS: OnceLock<Regex> = OnceLock::new();
    let ends = ENDS.get_or_init(|| pattern(r"[.!?:;]\s|\n"));
    let start = ends.find_iter(&text[..at]).last().map_or(0, |end| end.end());
    let end = ends.find_at(text, at).map_or(text.len(), |end| end.start());
    start..end
}

/// What stands for digits that are no claim. It is no digit, no letter and no space, so it joins nothing.
const MASK: &str = "\u{1}";

/// The text with every digit hidden that is no claim; positions stay.
fn masked(text: &str, labels: &[String]) -> String {
    let mut masked = text.to_owned();
    for shape in no_claims() {
        let ranges: Vec<Range<usize>> = shape
            .captures_iter(&masked)
            .filter_map(|found| found.get(1).or_else(|| found.get(0)).map(|group| group.range()))
            .collect();
        ranges.into_iter().for_each(|range| mask(&mut masked, range));
    }
    let lower = masked.to_lowercase();
    // Lower-casing moves positions in rare alphabets; names are then only found as they are.
    let haystack = if lower.len() == masked.len() { lower } else { masked.clone() };
    for label in labels {
        let needle = label.to_lowercase();
        let ranges: Vec<Range<usize>> = haystack
            .match_indices(needle.as_str())
            .map(|(at, found)| at..at + found.len())
            .filter(|range| stands_alone(&haystack, range))
            .collect();
        ranges.into_iter().for_each(|range| mask(&mut masked, range));
    }
    masked
}

fn mask(text: &mut String, range: Range<usize>) {
    // Lower-casing may have moved characters against each other.
    if text.is_char_boundary(range.start) && text.is_char_boundary(range.end) {
        let len = range.len();
        text.replace_range(range, &MASK.repeat(len));
    }
}

fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    !text[..range.start].ends_with(char::is_alphanumeric) && !text[range.end..].starts_with(char::is_alphanumeric)
}

/// Digits that are no claim; the first group, if any, is what is hidden.
fn no_claims() -> &'static [Regex] {
    static SHAPES: OnceLock<Vec<Regex>> = OnceLock::new();
    SHAPES.get_or_init(|| {
        let months = "(?i:jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|märz|apr(?:il)?|may|mai|june?|juni|july?|juli|\
                      aug(?:ust)?|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?)";
        [
            r"(?s)```.*?(?:```|\z)".to_owned(),
            r"`[^`\n]*`".to_owned(),
            r"\]\([^)\s]*\)".to_owned(),
            r"https?://\S+".to_owned(),
            r"(?m)^\s*(?:>\s*)?(\d{1,3}[.)])\s".to_owned(),
            r"(?m)^#{1,6}\s+(\d{1,3}(?:\.\d{1,3})*[.)]?)\s".to_owned(),
            r"(?i)\b(?:figure|fig\.|table|chart|step|section|part|abbildung|tabelle|schritt|teil)\s+(\d{1,3})\b".to_owned(),
            r"\b\d{4}-\d{2}(?:-\d{2})?(?:[T ]\d{1,2}:\d{2}(?::\d{2})?)?\b".to_owned(),
            r"\b\d{1,2}:\d{2}(?::\d{2})?\b".to_owned(),
            r"\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b".to_owned(),
            r"\b(?i:q[1-4])[\s/-]?\d{4}\b|\b\d{4}[\s/-]?(?i:q[1-4])\b".to_owned(),
            format!(r"\b(?:\d{{1,2}}(?:st|nd|rd|th|\.)?\s+)?{months}\.?\s+\d{{4}}\b"),
            format!(r"\b{months}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}}\b)?"),
            format!(r"\b\d{{1,2}}(?:st|nd|rd|th|\.)?\s+{months}\b"),
            // How sure an interval is, is chosen, not found.
            r"(?i)\b((?:80|90|95|99(?:[.,]9)?)\s?(?:%|percent|prozent))[\s-]+(?:ci\b|confidence|credible|prediction|interval|bootstrap|konfidenz|vertrauens)"
                .to_owned(),
            r"(?i)\b(?:ci|confidence|konfidenz\w*)\W{1,3}((?:80|90|95|99)\s?%)".to_owned(),
            r"(?i)\b(?:95|90|99)-?(?:%-?)?(?:ki|konfidenzintervall)\b".to_owned(),
            r"(?i)(?:α|\balpha|\bsignificance level|\bsignifikanzniveau)\s*(?:=|of|von)?\s*(\d[\d.,]*\s?%?)".to_owned(),
            r"(?i)\b(\d[\d.,]*(?:\s?%)?)[\s-]+(?:significance[\s-]+)?level\b".to_owned(),
        ]
        .iter()
        .map(|shape| pattern(shape))
        .collect()
    })
}

fn pattern(pattern: &str) -> Regex {
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
        assert_eq!(found[2].sentence, 18..25);
    }
}
