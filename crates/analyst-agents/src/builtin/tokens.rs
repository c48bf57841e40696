//! A question as words, numbers, quoted names and symbols, each with its place in the text.

use std::sync::LazyLock;

use regex::Regex;

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    /// Letters, and digits after letters.
    Word,
    /// A number, thousands marks removed.
    Number(f64),
    /// `2024-03` or `2024-03-15`.
    Date,
    /// What stands between quotation marks; a name or value as the person writes it.
    Quoted,
    /// Anything else that is not space; one of a kind: `-` for every dash, `*` for every multiplication sign.
    Symbol(char),
}

/// A piece of a question.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    /// What it is.
    pub(super) kind: TokenKind,
    /// In lower case, without quotation marks.
    pub(super) text: String,
    /// As typed, without quotation marks.
    pub(super) raw: String,
    /// Whether it follows the token before without a space, as in `unit_price`.
    pub(super) glued: bool,
}

static PIECE: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = concat!(
        r#"(?P<quoted>"[^"]{1,80}"|“[^”]{1,80}”|`[^`]{1,80}`|«[^»]{1,80}»|'[^'\s][^']{0,60}'|‘[^’]{1,60}’)"#,
        r"|(?P<date>\b[12]\d{3}-[01]\d(?:-[0-3]\d)?\b)",
        r"|(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:e[+-]?\d+\b)?|\.\d+)(?P<scale>(?:k|bn|million|thousand|billion)\b)?",
        r"|(?P<word>\p{L}[\p{L}\p{N}]*(?:['’]\p{L}+)?)",
        r"|(?P<symbol>[^\s\p{L}\p{N}])",
    );
    Regex::new(&format!("(?i){pattern}")).expect("BUG: the token pattern is valid")
});

/// Splits a question.
pub(super) fn tokenize(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut last_end = usize::MAX;
    let mut joiner = None;
    for found in PIECE.captures_iter(text) {
        let whole = found.get(0).expect("BUG: group 0 always exists");
        let mut glued = whole.start() == last_end;
        last_end = whole.end();
        let symbol = found.name("symbol").and_then(|s| s.as_str().chars().next());
        // A quotation mark may be an apostrophe after a word: then it opens nothing.
        if let Some(mark) = symbol.filter(|s| matches!(s, '_' | '-' | '‑')) {
            let after = text[whole.end()..].chars().next();
            let before = tokens.last().is_some_and(|t: &Token| t.kind == TokenKind::Word);
            let inside = glued && before && after.is_some_and(|c| c.is_alphanumeric());
            if mark == '_' || (inside && after.is_some_and(char::is_alphabetic)) {
                joiner = Some(whole.end());
                continue;
            }
        }
        glued |= joiner.take() == Some(whole.start());
        push(&mut tokens, &found, glued);
    }
    tokens
}

fn push(tokens: &mut Vec<Token>, found: &regex::Captures<'_>, glued: bool) {
    let raw = found.get(0).map_or("", |m| m.as_str());
    let token = |kind, raw: &str, glued| Token { kind, text: raw.to_lowercase(), raw: raw.to_owned(), glued };
    if found.name("quoted").is_some() {
        let inner = raw.trim_matches(['"', '“', '”', '`', '«', '»', '\'', '‘', '’']);
        tokens.push(token(TokenKind::Quoted, inner, false));
    } else if found.name("date").is_some() {
        tokens.push(token(TokenKind::Date, raw, glued));
    } else if let Some(number) = found.name("number") {
        let value: f64 = number.as_str().replace(',', "").parse().unwrap_or(f64::NAN);
        let scale = match found.name("scale").map(|s| s.as_str().to_lowercase()).as_deref() {
            Some("k" | "thousand") => 1e3,
            Some("million") => 1e6,
            Some("bn" | "billion") => 1e9,
            _ => 1.0,
        };
        tokens.push(token(TokenKind::Number(value * scale), raw, glued));
    } else if found.name("word").is_some() {
        push_word(tokens, raw, glued);
    } else if let Some(symbol) = raw.chars().next() {
        tokens.push(token(TokenKind::Symbol(plain(symbol)), raw, glued));
    }
}

/// A word, cut where a small letter meets a capital, without its possessive, and with `n't` as a word of its own.
fn push_word(tokens: &mut Vec<Token>, raw: &str, glued: bool) {
    let lower = raw.to_lowercase().replace('’', "'");
    let (base, negated) = match lower.strip_suffix("n't") {
        Some(_) => (&raw[..raw.char_indices().rev().nth(2).map_or(0, |(i, _)| i)], true),
        None => (raw.split(['\'', '’']).next().unwrap_or(raw), false),
    };
    let mut first = glued;
    for part in camel_parts(base) {
        tokens.push(Token { kind: TokenKind::Word, text: part.to_lowercase(), raw: part.to_owned(), glued: first });
        first = true;
    }
    if negated {
        tokens.push(Token { kind: TokenKind::Word, text: "not".to_owned(), raw: "not".to_owned(), glued: false });
    }
}

fn camel_parts(word: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (i, c) in word.char_indices() {
        if before.is_some_and(char::is_lowercase) && c.is_uppercase() {
            parts.push(&word[start..i]);
            start = i;
        }
        before = Some(c);
    }
    parts.push(&word[start..]);
    parts.retain(|part| !part.is_empty());
    parts
}

fn plain(symbol: char) -> char {
    match symbol {
        '−' | '–' | '—' | '‐' | '‑' => '-',
        '×' | '·' | '∗' | '⋅' => '*',
        '÷' => '/',
        '≥' => '≥',
        '≤' => '≤',
        other => other,
    }
}

/// The words of a name or phrase, in lower case: `Unit_Price`, `unit price` and `UnitPrice` are alike.
pub(super) fn split_words(text: &str) -> Vec<String> {
    tokenize(text)
        .into_iter()
        .flat_map(|t| match t.kind {
            TokenKind::Symbol(_) => Vec::new(),
            TokenKind::Quoted => split_words(&t.text),
            _ => vec![t.text],
        })
        .collect()
}

/// Only the letters and digits, in lower case.
pub(super) fn squeeze(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[&str]) {
        let texts: Vec<String> = tokenize(text).into_iter().map(|t| t.text).collect();
        assert_eq!(texts, expect, "{text}");
    }

    #[test]
    fn names_numbers_and_symbols_are_told_apart() {
        check("UnitPrice, unit_price", &["unit", "price", ",", "unit", "price"]);
        check("Welch's t-test isn't", &["welch", "t", "test", "is", "not"]);
        check("18-29, 60+", &["18", "-", "29", ",", "60", "+"]);
        check("in 2024-03 over 1,250.5 or 10k", &["in", "2024-03", "over", "1,250.5", "or", "10k"]);
        check("the column 'Fare (USD)'", &["the", "column", "fare (usd)"]);
    }
}
