//! Reads JSON as RFC 8259 has it, and nothing else; numbers keep their digits until their column is known.

use std::borrow::Cow;

use crate::DataError;
use crate::source::Watch;

/// A value that still refers to the text.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Json<'t> {
    Null,
    Bool(bool),
    /// As it is written.
    Number(&'t str),
    String(Cow<'t, str>),
    /// With its text, which is what a table shows.
    Array(Vec<Json<'t>>, &'t str),
    Object(Vec<(Cow<'t, str>, Json<'t>)>),
}

/// Beyond this depth a document is an attack or a mistake, and no table.
const MAX_DEPTH: usize = 64;
const CANCEL_EVERY: usize = 1 << 14;

/// Steps through a text.
pub(super) struct Scanner<'t> {
    text: &'t str,
    at: usize,
    cancel: &'t dyn Watch,
    n_values: usize,
}

impl<'t> Scanner<'t> {
    /// At the beginning of `text`.
    pub fn new(text: &'t str, cancel: &'t dyn Watch) -> Self {
        Self { text, at: 0, cancel, n_values: 0 }
    }

    /// The next sign that is no blank.
    pub fn peek(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.text.as_bytes().get(self.at) {
            self.at += 1;
        }
        self.text.as_bytes().get(self.at).copied()
    }

    /// Steps over `sign` if it is next.
    pub fn take(&mut self, sign: u8) -> bool {
        let is_next = self.peek() == Some(sign);
        self.at += usize::from(is_next);
        is_next
    }

    /// The rest holds nothing more.
    pub fn expect_end(&mut self) -> Result<(), DataError> {
        if self.peek().is_none() { Ok(()) } else { self.fail("there is more after the end of the document") }
    }

    /// Whether a line break stands between here and the next value.
    pub fn at_new_line(&self) -> bool {
        let rest = self.text[self.at..].bytes();
        rest.take_while(u8::is_ascii_whitespace).any(|byte| byte == b'\n')
    }

    /// Line of the current place, counted from 1.
    pub fn line(&self) -> u64 {
        self.text.as_bytes()[..self.at].iter().filter(|&&byte| byte == b'\n').count() as u64 + 1
    }

    /// An error that names the place.
    pub fn fail<T>(&self, what: &str) -> Result<T, DataError> {
        let line_start = self.text[..self.at].rfind('\n').map_or(0, |at| at + 1);
        let column = self.text[line_start..self.at].chars().count() + 1;
        Err(DataError::unreadable(format!(
            "This is no valid JSON: {what} (line {}, column {column}). It may be cut short or edited by hand.",
            self.line()
        )))
    }

    /// Reads one value.
    pub fn value(&mut self) -> Result<Json<'t>, DataError> {
        self.value_at(0)
    }

    fn value_at(&mut self, depth: usize) -> Result<Json<'t>, DataError> {
        self.n_values += 1;
        if self.n_values.is_multiple_of(CANCEL_EVERY) && self.cancel.is_cancelled() {
            return Err(DataError::Cancelled);
        }
        if depth > MAX_DEPTH {
            return self.fail("it is nested too deeply");
        }
        match self.peek() {
            None => self.fail("it ends too early"),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => Ok(Json::String(self.string()?)),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => self.word("null", Json::Null),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => self.fail("a value was expected"),
        }
    }

    fn word(&mut self, word: &str, value: Json<'t>) -> Result<Json<'t>, DataError> {
        if self.text[self.at..].starts_with(word) {
            self.at += word.len();
            return Ok(value);
        }
        self.fail("a value was expected")
    }

    fn object(&mut self, depth: usize) -> Result<Json<'t>, DataError> {
        self.take(b'{');
        let mut fields = Vec::new();
        if self.take(b'}') {
            return Ok(Json::Object(fields));
        }
        loop {
            if self.peek() != Some(b'"') {
                return self.fail("a name in quotes was expected");
            }
            let key = self.string()?;
            if !self.take(b':') {
                return self.fail("a colon was expected");
            }
            fields.push((key, self.value_at(depth + 1)?));
            if self.take(b'}') {
                return Ok(Json::Object(fields));
            }
            if !self.take(b',') {
                return self.fail("a comma or } was expected");
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Json<'t>, DataError> {
        let start = self.at;
        self.take(b'[');
        let mut items = Vec::new();
        if self.take(b']') {
            return Ok(Json::Array(items, &self.text[start..self.at]));
        }
        loop {
            items.push(self.value_at(depth + 1)?);
            if self.take(b']') {
                return Ok(Json::Array(items, &self.text[start..self.at]));
            }
            if !self.take(b',') {
                return self.fail("a comma or ] was expected");
            }
        }
    }

    fn number(&mut self) -> Result<Json<'t>, DataError> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut at = start + usize::from(bytes[start] == b'-');
        let digits = |mut at: usize| {
            let first = at;
            while bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
            (at > first).then_some(at)
        };
        let first = at;
        let Some(end) = digits(at) else { return self.fail("a digit was expected") };
        if bytes[first] == b'0' && end > first + 1 {
            return self.fail("a number may not begin with 0");
        }
        at = end;
        if bytes.get(at) == Some(&b'.') {
            let Some(end) = digits(at + 1) else { return self.fail("a digit was expected") };
            at = end;
        }
        if let Some(b'e' | b'E') = bytes.get(at) {
            at += 1;
            at += usize::from(matches!(bytes.get(at), Some(b'+' | b'-')));
            let Some(end) = digits(at) else { return self.fail("a digit was expected") };
            at = end;
        }
        self.at = at;
        Ok(Json::Number(&self.text[start..at]))
    }

    fn string(&mut self) -> Result<Cow<'t, str>, DataError> {
        let bytes = self.text.as_bytes();
        let start = self.at + 1;
        let mut at = start;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'"' => {
                    self.at = at + 1;
                    return Ok(Cow::Borrowed(&self.text[start..at]));
                }
                b'\\' => return self.string_with_escapes(start, at),
                0..=0x1F => break,
                _ => at += 1,
            }
        }
        self.at = at;
        self.fail("a text does not end")
    }

    fn string_with_escapes(&mut self, start: usize, first: usize) -> Result<Cow<'t, str>, DataError> {
        let bytes = self.text.as_bytes();
        let mut text = self.text[start..first].to_owned();
        let mut at = first;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'"' => {
                    self.at = at + 1;
                    return Ok(Cow::Owned(text));
                }
                b'\\' => {
                    self.at = at;
                    at = self.escape(at + 1, &mut text)?;
                }
                0..=0x1F => break,
                _ => {
                    let from = at;
                    while bytes.get(at).is_some_and(|&b| !matches!(b, b'"' | b'\\' | 0..=0x1F)) {
                        at += 1;
                    }
                    text.push_str(&self.text[from..at]);
                }
            }
        }
        self.at = at;
        self.fail("a text does not end")
    }

    fn escape(&mut self, at: usize, text: &mut String) -> Result<usize, DataError> {
        let letter = match self.text.as_bytes().get(at) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{C}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(at + 1, text),
            _ => return self.fail("an unknown escape"),
        };
        text.push(letter);
        Ok(at + 1)
    }

    /// Four hex digits, or two times four for a letter beyond the basic plane. Half a pair becomes U+FFFD.
    fn unicode(&mut self, at: usize, text: &mut String) -> Result<usize, DataError> {
        let hex = |at: usize| {
            let digits = self.text.as_bytes().get(at..at + 4).filter(|d| d.iter().all(u8::is_ascii_hexdigit))?;
            u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
        };
        let Some(unit) = hex(at) else { return self.fail("four hexadecimal digits were expected") };
        let next = at + 4;
        if (0xD800..0xDC00).contains(&unit)
            && self.text.as_bytes().get(next..next + 2) == Some(b"\\u")
            && let Some(low) = hex(next + 2).filter(|low| (0xDC00..0xE000).contains(low))
        {
            let value = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
            text.push(char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER));
            return Ok(next + 6);
        }
        text.push(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
        Ok(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio_util::sync::CancellationToken;

    fn is_valid(text: &str) -> bool {
        let cancel = CancellationToken::new();
        let mut scanner = Scanner::new(text, &cancel);
        scanner.value().is_ok() && scanner.expect_end().is_ok()
    }

    #[test]
    fn exactly_json_is_accepted() {
        let good = [
            "{}",
            "[]",
            " [1, -0, 0.5, 1e5, 1E-5, 123456789012345678901234567890] ",
            "\"\\u00e9\\ud83d\\ude00\\n\"",
            "null",
            "[[[[]]]]",
            "{\"a\":{\"b\":[true,false]}}",
            "\"\\ud800\"",
            "1e400",
        ];
        let bad = [
            "",
            "{",
            "[1,]",
            "{\"a\":1,}",
            "{a:1}",
            "[01]",
            "[1.]",
            "[.5]",
            "[+1]",
            "[NaN]",
            "['a']",
            "\"a",
            "\"\t\"",
            "\"\\x\"",
            "\"\\u12\"",
            "[1] 2",
            "{\"a\" 1}",
            "tru",
            "[1 2]",
            "-",
            "[1e]",
            "]",
        ];
        for text in good {
            assert!(is_valid(text), "{text:?}");
        }
        for text in bad {
            assert!(!is_valid(text), "{text:?}");
        }
        assert!(!is_valid(&"[".repeat(100_000)));
    }

    #[test]
    fn escapes_are_resolved() {
        let cancel = CancellationToken::new();
        let value = Scanner::new("\"a\\u00e9\\ud83d\\ude00\\\"b\"", &cancel).value().unwrap();
        assert_eq!(value, Json::String(Cow::Owned("aé😀\"b".to_owned())));
    }
}
