//! Splits text into rows of fields without copying: every field is a place in the text.
//!
//! Refuses nothing. A quote that never closes is taken as a letter, and told; quotes after a closing quote are
//! letters too. Blank lines are no rows, but the row after one remembers the gap.

use std::borrow::Cow;

use crate::sniff::dialect::Dialect;

/// A field's place: start and length in bytes. The top bits of the length say how it is quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Field {
    start: u32,
    length: u32,
}

/// The field holds doubled quotes or escapes that must be resolved.
const ESCAPED: u32 = 1 << 31;
const LENGTH: u32 = !ESCAPED;

/// The rows of a text.
#[derive(Debug)]
pub(crate) struct Tokens<'t> {
    text: &'t str,
    dialect: Dialect,
    fields: Vec<Field>,
    /// Where each row's fields begin in `fields`; one more than there are rows.
    starts: Vec<u32>,
    /// Line of each row, counted from 1.
    lines: Vec<u32>,
    /// Rows with blank lines before them, ascending.
    gaps: Vec<u32>,
    /// Lines where a quote opens that never closes.
    pub unclosed: Vec<u64>,
    /// The text was longer than this structure can address, or reading was stopped.
    pub truncated: bool,
}

/// Beyond this many quotes that never close, a quote must close on its own line.
const MAX_UNCLOSED: usize = 3;

/// Splits at most `max_rows` rows.
pub(crate) fn tokenize(text: &str, dialect: Dialect, max_rows: usize) -> Tokens<'_> {
    tokenize_while(text, dialect, max_rows, &mut || true)
}

/// Splits while `go_on`, asked every few thousand rows, says so.
pub(crate) fn tokenize_while<'t>(
    text: &'t str,
    dialect: Dialect,
    max_rows: usize,
    go_on: &mut dyn FnMut() -> bool,
) -> Tokens<'t> {
    let mut reader = Reader {
        bytes: text.as_bytes(),
        at: 0,
        line: 1,
        newline: if dialect.cr_only { b'\r' } else { b'\n' },
        tokens: Tokens {
            text,
            dialect,
            fields: Vec::with_capacity(text.len().min(1 << 30) / 8),
            starts: vec![0],
            lines: Vec::new(),
            gaps: Vec::new(),
            unclosed: Vec::new(),
            truncated: false,
        },
    };
    const ASK_EVERY: usize = 1 << 14;
    let mut gap = false;
    while reader.at < reader.bytes.len() {
        if reader.tokens.lines.len() >= max_rows || reader.tokens.fields.len() >= u32::MAX as usize - (1 << 20) {
            reader.tokens.truncated = true;
            break;
        }
        if reader.tokens.lines.len() % ASK_EVERY == ASK_EVERY - 1 && !go_on() {
            reader.tokens.truncated = true;
            break;
        }
        if reader.skip_blank_line() {
            gap = true;
            continue;
        }
        if gap {
            reader.tokens.gaps.push(reader.tokens.lines.len() as u32);
            gap = false;
        }
        reader.read_row();
    }
    reader.tokens
}

struct Reader<'t> {
    bytes: &'t [u8],
    at: usize,
    line: u32,
    newline: u8,
    tokens: Tokens<'t>,
}

impl Reader<'_> {
    /// Skips a line of nothing but blanks.
    fn skip_blank_line(&mut self) -> bool {
        let mut end = self.at;
        let delimiter = self.tokens.dialect.delimiter;
        while let Some(&byte) = self.bytes.get(end) {
            if byte == self.newline {
                self.at = end + 1;
                self.line += 1;
                return true;
            }
            let blank = byte == b' ' || byte == b'\r' || byte == b'\t';
            if !blank || byte == delimiter {
                return false;
            }
            end += 1;
        }
        self.at = end;
        true
    }

    fn read_row(&mut self) {
        self.tokens.lines.push(self.line);
        loop {
            let more = self.read_field();
            if !more {
                break;
            }
        }
        self.tokens.starts.push(self.tokens.fields.len() as u32);
    }

    /// Reads a field and the mark after it; tells whether another field of this row follows.
    fn read_field(&mut self) -> bool {
        let dialect = self.tokens.dialect;
        if dialect.skip_blanks {
            while self.bytes.get(self.at) == Some(&b' ') {
                self.at += 1;
            }
        }
        if dialect.quote != 0
            && self.bytes.get(self.at) == Some(&dialect.quote)
            && let Some(more) = self.read_quoted()
        {
            return more;
        }
        self.read_plain(self.at)
    }

    fn read_plain(&mut self, start: usize) -> bool {
        let (delimiter, newline) = (self.tokens.dialect.delimiter, self.newline);
        let bytes = self.bytes;
        let mut at = self.at;
        while at < bytes.len() && bytes[at] != delimiter && bytes[at] != newline {
            at += 1;
        }
        let end = if at > start && newline == b'\n' && bytes[at - 1] == b'\r' && bytes.get(at) != Some(&delimiter) {
            at - 1
        } else {
            at
        };
        self.push(start, end, false);
        self.finish_field(at)
    }

    /// Steps over the mark at `at`.
    fn finish_field(&mut self, at: usize) -> bool {
        let more = self.bytes.get(at) == Some(&self.tokens.dialect.delimiter);
        if !more {
            self.line += u32::from(at < self.bytes.len());
        }
        self.at = (at + 1).min(self.bytes.len());
        // A delimiter as the very last byte still has an empty field after it.
        if more && at + 1 == self.bytes.len() {
            self.push(at + 1, at + 1, false);
            return false;
        }
        more
    }

    /// Reads a field that begins with a quote. `None` when the quote never closes.
    fn read_quoted(&mut self) -> Option<bool> {
        let Dialect { quote, backslash, delimiter, .. } = self.tokens.dialect;
        let bytes = self.bytes;
        let one_line = self.tokens.unclosed.len() >= MAX_UNCLOSED;
        let start = self.at + 1;
        let mut at = start;
        let mut escaped = false;
        let mut newlines = 0;
        while at < bytes.len() {
            let byte = bytes[at];
            if byte == quote {
                let next = bytes.get(at + 1).copied();
                if next == Some(quote) {
                    escaped = true;
                    at += 2;
                    continue;
                }
                let after = self.skip_trailing_blanks(at + 1);
                let closes = bytes.get(after).is_none_or(|&b| b == delimiter || b == self.newline);
                if closes {
                    self.push(start, at, escaped);
                    self.line += newlines;
                    return Some(self.finish_field(after));
                }
                // A quote that opens a field further down: the one before was never closed.
                let opens = bytes[at - 1] == delimiter || bytes[at - 1] == self.newline;
                if opens && newlines > 0 {
                    break;
                }
                // Any other quote within a quoted field is a letter.
                escaped = true;
            } else if backslash && byte == b'\\' && at + 1 < bytes.len() {
                escaped = true;
                at += 1;
                newlines += u32::from(bytes[at] == self.newline);
            } else if byte == self.newline {
                if one_line {
                    return None;
                }
                newlines += 1;
            }
            at += 1;
        }
        if !one_line {
            self.tokens.unclosed.push(u64::from(self.line));
        }
        None
    }

    /// Blanks between a closing quote and the mark after it.
    fn skip_trailing_blanks(&self, mut at: usize) -> usize {
        let delimiter = self.tokens.dialect.delimiter;
        while let Some(&byte) = self.bytes.get(at) {
            if !matches!(byte, b' ' | b'\r') || byte == delimiter || byte == self.newline {
                break;
            }
            at += 1;
        }
        at
    }

    fn push(&mut self, start: usize, end: usize, escaped: bool) {
        let flag = if escaped { ESCAPED } else { 0 };
        self.tokens.fields.push(Field { start: start as u32, length: (end - start) as u32 & LENGTH | flag });
    }
}

impl<'t> Tokens<'t> {
    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.lines.len()
    }

    /// Number of fields of all rows.
    pub fn n_fields(&self) -> usize {
        self.fields.len()
    }

    /// Number of fields of a row.
    pub fn width(&self, row: usize) -> usize {
        (self.starts[row + 1] - self.starts[row]) as usize
    }

    /// The row's line in the text, counted from 1.
    pub fn line(&self, row: usize) -> u64 {
        u64::from(self.lines[row])
    }

    /// Blank lines stand before this row.
    pub fn gap_before(&self, row: usize) -> bool {
        self.gaps.binary_search(&(row as u32)).is_ok()
    }

    /// A field's text, its quotes resolved; empty beyond the row's width.
    pub fn text(&self, row: usize, column: usize) -> Cow<'t, str> {
        let at = self.starts[row] as usize + column;
        if at >= self.starts[row + 1] as usize {
            return Cow::Borrowed("");
        }
        let field = self.fields[at];
        let start = field.start as usize;
        let raw = &self.text[start..start + (field.length & LENGTH) as usize];
        if field.length & ESCAPED == 0 { Cow::Borrowed(raw) } else { Cow::Owned(self.unescape(raw)) }
    }

    fn unescape(&self, raw: &str) -> String {
        let quote = char::from(self.dialect.quote);
        let mut text = String::with_capacity(raw.len());
        let mut letters = raw.chars().peekable();
        while let Some(letter) = letters.next() {
            if letter == quote && letters.peek() == Some(&quote) {
                letters.next();
            } else if self.dialect.backslash && letter == '\\' {
                match letters.peek() {
                    Some(&next) if next == quote || next == '\\' => {
                        text.push(next);
                        letters.next();
                        continue;
                    }
                    _ => {}
                }
            }
            text.push(letter);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Dialect =
        Dialect { delimiter: b',', quote: b'"', backslash: false, skip_blanks: false, cr_only: false };

    fn rows(text: &str, dialect: Dialect) -> Vec<Vec<String>> {
        let tokens = tokenize(text, dialect, usize::MAX);
        let row = |row| (0..tokens.width(row)).map(|column| tokens.text(row, column).into_owned()).collect();
        (0..tokens.n_rows()).map(row).collect()
    }

    #[test]
    fn fields_are_split_as_written() {
        let cr = Dialect { cr_only: true, ..PLAIN };
        let backslash = Dialect { backslash: true, ..PLAIN };
        let blanks = Dialect { skip_blanks: true, ..PLAIN };
        let cases: &[(&str, Dialect, &[&[&str]])] = &[
            ("a,b\n1,2\n", PLAIN, &[&["a", "b"], &["1", "2"]]),
            ("a,b\r\n1,2", PLAIN, &[&["a", "b"], &["1", "2"]]),
            ("a,b\r1,2\r", cr, &[&["a", "b"], &["1", "2"]]),
            ("a,\n,b\n", PLAIN, &[&["a", ""], &["", "b"]]),
            ("a,", PLAIN, &[&["a", ""]]),
            ("\"a,b\",\"c\"\"d\"\n", PLAIN, &[&["a,b", "c\"d"]]),
            ("\"a\nb\",c\nd,e\n", PLAIN, &[&["a\nb", "c"], &["d", "e"]]),
            ("\"a\r\nb\",c\r\n", PLAIN, &[&["a\r\nb", "c"]]),
            ("\"a\" ,b\n", PLAIN, &[&["a", "b"]]),
            ("\"a\"b,c\"\n", PLAIN, &[&["a\"b,c"]]),
            ("6\" pipe,x\n", PLAIN, &[&["6\" pipe", "x"]]),
            ("\"never closed,x\n1,2\n", PLAIN, &[&["\"never closed", "x"], &["1", "2"]]),
            ("\"\",\"\"\n", PLAIN, &[&["", ""]]),
            ("\n\na\n\n", PLAIN, &[&["a"]]),
            ("\"a\\\"b\",c\n", backslash, &[&["a\"b", "c"]]),
            ("a, \"b, c\", d\n", blanks, &[&["a", "b, c", "d"]]),
            ("ä,ö\n", PLAIN, &[&["ä", "ö"]]),
            ("", PLAIN, &[]),
        ];
        for (text, dialect, expected) in cases {
            assert_eq!(rows(text, *dialect), *expected, "{text:?}");
        }
    }

    #[test]
    fn lines_gaps_and_unclosed_quotes_are_remembered() {
        let tokens = tokenize("a\n\"x\ny\"\n\nb\n\"c\n", PLAIN, usize::MAX);
        let lines: Vec<u64> = (0..tokens.n_rows()).map(|row| tokens.line(row)).collect();
        assert_eq!(lines, [1, 2, 5, 6]);
        assert!(tokens.gap_before(2) && !tokens.gap_before(1));
        assert_eq!(tokens.unclosed, [6]);
    }

    #[test]
    fn many_unclosed_quotes_do_not_make_reading_slow() {
        let text = "\"a,b\n".repeat(20_001);
        let tokens = tokenize(&text, PLAIN, usize::MAX);
        assert!(tokens.n_rows() > 10_000);
    }
}
