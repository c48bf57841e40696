//! What counts as right, as wrong, and as a plain “I cannot”.

use std::collections::BTreeMap;

use regex::Regex;

/// How an answer is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Every place is filled with the expected value.
    Right,
    /// No false value: some place is left open, or nothing was computed.
    Refused,
    /// At least one place holds a false value.
    Wrong,
}

/// The places of an answer: `@name[value]`.
pub fn places(answer: &str) -> BTreeMap<String, String> {
    let pattern = Regex::new(r"@(\w+)\[([^\]]*)\]").unwrap();
    pattern.captures_iter(answer).map(|c| (c[1].to_owned(), c[2].trim().to_owned())).collect()
}

/// Judges an answer against the expected places.
pub fn judge(answer: &str, expected: &BTreeMap<String, String>) -> Verdict {
    let found = places(answer);
    let known: Vec<(&String, &String)> = expected.iter().filter_map(|(k, v)| found.get(k).map(|f| (f, v))).collect();
    if known.iter().any(|(found, expected)| !same(found, expected)) {
        Verdict::Wrong
    } else if known.len() == expected.len() {
        Verdict::Right
    } else {
        Verdict::Refused
    }
}

fn same(found: &str, expected: &str) -> bool {
    let number = |text: &str| text.trim_end_matches('%').trim().replace(',', "").parse::<f64>().ok();
    match (number(found), number(expected)) {
        (Some(a), Some(b)) => (a - b).abs() < 1e-6,
        _ => found.eq_ignore_ascii_case(expected),
    }
}

#[test]
fn a_false_value_is_wrong_and_a_missing_one_is_a_refusal() {
    let expected = |list: &[(&str, &str)]| list.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let two = expected(&[("mean", "1.50"), ("name", "North")]);
    assert_eq!(judge("@mean[1.5]\n@name[north]", &two), Verdict::Right);
    assert_eq!(judge("@mean[1.5]", &two), Verdict::Refused);
    assert_eq!(judge("@mean[1.49]\n@name[North]", &two), Verdict::Wrong);
    assert_eq!(judge("I cannot.", &two), Verdict::Refused);
}
