//! How files write "no value".

/// Tokens that mean "no value" wherever they stand.
const ALWAYS: &[&str] = &[
    "null", "nan", "n/a", "#n/a", "<na>", "\\n", "nil", "#null!", "#div/0!", "#value!", "#ref!", "#name?", "#num!",
    "#nv", "#wert!", "#bezug!", "#zahl!", "(null)", "[null]", "<null>", "(blank)", "(leer)",
];
/// Tokens that mean "no value" among numbers and dates, but may be words in a text column.
const AMONG_VALUES: &[&str] = &[
    "na", "none", "-", "--", "---", "–", "—", ".", "..", "...", "?", "missing", "k.a.", "k. a.", "nd", "n.d.", "n.a.",
    ":", "s/d",
];
/// Those of [`AMONG_VALUES`] that mean "no value" in a text column as well.
const IN_TEXT: &[&str] = &["na", "-", "--", "---", "–", "—"];
const LONGEST_TOKEN: usize = 8;

/// What a text says about there being a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// It is a value.
    No,
    /// It is none, wherever it stands.
    Always,
    /// It is none among numbers and dates; among texts see [`is_missing_in_text`].
    AmongValues,
}

/// Whether any token begins with this byte; nearly all values are told by that alone.
fn begins_token(byte: u8) -> bool {
    matches!(
        byte,
        b'n' | b'N'
            | b'#'
            | b'<'
            | b'\\'
            | b'-'
            | b'.'
            | b'?'
            | b'm'
            | b'M'
            | b'k'
            | b'K'
            | b'('
            | b'['
            | b':'
            | b's'
            | b'S'
            | 0xE2
    )
}

/// Looks a trimmed text up.
pub(crate) fn lookup(text: &str) -> Missing {
    if text.is_empty() {
        return Missing::Always;
    }
    if text.len() > LONGEST_TOKEN || !begins_token(text.as_bytes()[0]) {
        return Missing::No;
    }
    let among = |tokens: &[&str]| tokens.iter().any(|token| token.eq_ignore_ascii_case(text));
    if among(ALWAYS) {
        Missing::Always
    } else if among(AMONG_VALUES) {
        Missing::AmongValues
    } else {
        Missing::No
    }
}

/// Whether a token of the careful kind is no value in a column of texts. `NA` is one among names, but a code
/// (Namibia, sodium) among codes.
pub(crate) fn is_missing_in_text(text: &str, among_codes: bool) -> bool {
    if text.eq_ignore_ascii_case("na") {
        return !among_codes && text != "Na" && text != "na";
    }
    IN_TEXT.contains(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_token_begins_as_tokens_do() {
        for token in ALWAYS.iter().chain(AMONG_VALUES) {
            assert!(begins_token(token.as_bytes()[0]) && token.len() <= LONGEST_TOKEN, "{token:?}");
        }
    }

    #[test]
    fn tokens_are_taken_as_missing_with_care() {
        for token in ["", "null", "NULL", "NaN", "n/a", "N/A", "#N/A", "#DIV/0!", "\\N"] {
            assert_eq!(lookup(token), Missing::Always, "{token:?}");
        }
        for token in ["NA", "-", "?", "None", "."] {
            assert_eq!(lookup(token), Missing::AmongValues, "{token:?}");
        }
        for token in ["0", "Nancy", "no", "nothing at all", "-1"] {
            assert_eq!(lookup(token), Missing::No, "{token:?}");
        }
        assert!(is_missing_in_text("NA", false));
        assert!(!is_missing_in_text("NA", true));
        assert!(is_missing_in_text("-", true));
        assert!(!is_missing_in_text("None", false));
    }
}
