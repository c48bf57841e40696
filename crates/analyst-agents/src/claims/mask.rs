//! Digits that are no claim: code, addresses, list numbering, dates, conventions, and names that hold digits.

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

use super::number::pattern;

/// What stands for digits that are no claim. It is no digit, no letter and no space, so it joins nothing.
const MASK: &str = "\u{1}";

/// The text with every digit hidden that is no claim; positions stay.
pub(super) fn masked(text: &str, labels: &[String]) -> String {
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
            r#"["“]\p{L}[^"”\n]{0,60}["”]"#.to_owned(),
            r"\b(?:random_state|random_seed|seed|n_splits|n_estimators|max_depth|test_size|n_init|cv)\s?=\s?[\d.]+".to_owned(),
            r"https?://\S+".to_owned(),
            r"(?m)^\s*(?:>\s*)?(\d{1,3}[.)])\s".to_owned(),
            r"(?m)^#{1,6}\s+(\d{1,3}(?:\.\d{1,3})*[.)]?)\s".to_owned(),
            r"(?i)\b(?:figure|fig\.|table|chart|step|section|part|abbildung|tabelle|schritt|teil)\s+(\d{1,3})\b".to_owned(),
            r"\b\d{4}-\d{2}(?:-\d{2})?(?:[T ]\d{1,2}:\d{2}(?::\d{2})?)?\b".to_owned(),
            r"\b(?:1[89]|20)\d0s\b".to_owned(),
            // The degrees of freedom beside a test's name.
            r"(?i)\b(?:f|t|z|chi2|chi-squared|χ²|χ2|h|u)\s?\((\d+(?:\.\d+)?(?:,\s?\d+(?:\.\d+)?)?)\)".to_owned(),
            r"(?i)\b\d{1,2}\s?(?:am|pm|a\.m\.|p\.m\.|o['’]clock|uhr)\b".to_owned(),
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
