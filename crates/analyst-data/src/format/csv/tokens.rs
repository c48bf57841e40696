//! Splits text into rows of fields without copying: every field is a place in the text.
//!
//! Refuses nothing. A quote that never closes is taken as a letter, and told; quotes after a closing quote are
//! letters too. Blank lines are no rows, but the row after one remembers the gap.

use std::borrow::Cow;

use crate::sniff::dialect::Dialect;

/// A field's place: start and length in bytes. The top bits of the length say how it is quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Field {
    start: u32,
    length: u32,
}

impl Field {
    /// The same field in a text where everything stands elsewhere.
    pub fn moved(self, from: u32, to: u32) -> Self {
        Self { start: self.start - from + to, ..self }
    }

    /// The field's text, its quotes resolved; `scratch` holds it when it is not written as it is meant.
    pub fn text<'s>(self, text: &'s str, dialect: Dialect, scratch: &'s mut String) -> &'s str {
        let raw = self.raw(text);
        if self.length & ESCAPED == 0 {
            return raw;
        }
        scratch.clear();
        unescape(raw, dialect, scratch);
        scratch
    }

    /// The same, on its own.
    pub fn cow(self, text: &str, dialect: Dialect) -> Cow<'_, str> {
        let raw = self.raw(text);
        if self.length & ESCAPED == 0 {
            return Cow::Borrowed(raw);
        }
        let mut resolved = String::with_capacity(raw.len());
        unescape(raw, dialect, &mut resolved);
        Cow::Owned(resolved)
    }

    fn raw(self, text: &str) -> &str {
        let start = self.start as usize;
        &text[start..start + (self.length & LENGTH) as usize]
    }
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
    /// Where each row begins in the text.
    row_starts: Vec<u32>,
    /// Line of each row, counted from 1.
    lines: Vec<u32>,
    /// Rows with blank lines before them, ascending.
    gaps: Vec<u32>,
    /// Lines where a quote opens that never closes.
    pub unclosed: Vec<u64>,
    /// The text was longer than this structure can address, or reading was stopped.
    pub truncated: bool,
    /// Where the row after the last one begins.
    pub end: usize,
    /// Line ends passed.
    pub n_lines: u32,
    /// Blank lines stand after the last row.
    pub gap_after: bool,
    /// Something in it would be read otherwise after quotes that never close.
    pub depends_on_unclosed: bool,
}

/// A stretch of a longer text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    /// Rows that begin here or later belong to the next part.
    pub until: usize,
    /// The text ends where the file does.
    pub is_last: bool,
    /// Quotes before this part that never close.
    pub unclosed_before: usize,
}

/// A quoted field with line breaks that is longer than this is a quote that was never closed.
const LONGEST_QUOTED: usize = 16 << 20;

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
    let part = Part { until: usize::MAX, is_last: true, unclosed_before: 0 };
    let mut reader = Reader::new(text, dialect, part);
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
    reader.finish(gap)
}

/// Splits the rows that begin in a part of a longer text, which must begin where a row does. `None` when the last of
/// them may go on beyond `text`.
pub(crate) fn tokenize_part<'t>(text: &'t str, dialect: Dialect, part: Part) -> Option<Tokens<'t>> {
    let mut reader = Reader::new(text, dialect, part);
    let end = part.until.min(text.len());
    let mut gap = false;
    while reader.at < end {
        if reader.skip_blank_line() {
            gap = true;
        } else {
            if gap {
                reader.tokens.gaps.push(reader.tokens.lines.len() as u32);
                gap = false;
            }
            reader.read_row();
        }
        if !part.is_last && (reader.ran_out || reader.at >= text.len()) {
            return None;
        }
    }
    Some(reader.finish(gap))
}

struct Reader<'t> {
    bytes: &'t [u8],
    at: usize,
    line: u32,
    newline: u8,
    unclosed_before: usize,
    /// A quote was looked for up to the end of the text.
    ran_out: bool,
    tokens: Tokens<'t>,
}

/// The first `one` or `other` from `at` on; the length when there is none.
#[inline]
fn find_mark(bytes: &[u8], mut at: usize, one: u8, other: u8) -> usize {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = LOW << 7;
    let (ones, others) = (LOW * u64::from(one), LOW * u64::from(other));
    // Eight bytes at a time: a byte that equals the mark becomes zero, and a zero borrows from its highest bit.
    while let Some(&word) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(word);
        let (x, y) = (word ^ ones, word ^ others);
        let hit = ((x.wrapping_sub(LOW) & !x) | (y.wrapping_sub(LOW) & !y)) & HIGH;
        if hit != 0 {
            return at + hit.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while at < bytes.len() && bytes[at] != one && bytes[at] != other {
        at += 1;
    }
    at
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, dialect: Dialect, part: Part) -> Self {
        Reader {
            bytes: text.as_bytes(),
            at: 0,
            line: 1,
            newline: if dialect.cr_only { b'\r' } else { b'\n' },
            unclosed_before: part.unclosed_before,
            ran_out: false,
            tokens: Tokens {
                text,
                dialect,
                fields: Vec::with_capacity(text.len().min(1 << 30) / 8),
                starts: vec![0],
                row_starts: Vec::new(),
                lines: Vec::new(),
                gaps: Vec::new(),
                unclosed: Vec::new(),
                truncated: false,
                end: 0,
                n_lines: 0,
                gap_after: false,
                depends_on_unclosed: false,
            },
        }
    }

    fn finish(self, gap_after: bool) -> Tokens<'t> {
        Tokens { end: self.at, n_lines: self.line - 1, gap_after, ..self.tokens }
    }

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
        self.tokens.row_starts.push(self.at as u32);
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
        let at = find_mark(bytes, self.at, delimiter, newline);
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
        let one_line = self.unclosed_before + self.tokens.unclosed.len() >= MAX_UNCLOSED;
        let start = self.at + 1;
        let mut at = start;
        let mut escaped = false;
        let mut newlines = 0;
        loop {
            if !backslash {
                at = find_mark(bytes, at, quote, self.newline);
            }
            let Some(&byte) = bytes.get(at) else {
                self.ran_out = true;
                break;
            };
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
                    self.tokens.depends_on_unclosed |= newlines > 0;
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
                    self.tokens.depends_on_unclosed = true;
                    return None;
                }
                if at - start > LONGEST_QUOTED {
                    break;
                }
                newlines += 1;
            }
            at += 1;
        }
        self.tokens.depends_on_unclosed = true;
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
        self.fields[at].cow(self.text, self.dialect)
    }

    /// The fields of a row.
    pub fn fields(&self, row: usize) -> &[Field] {
        &self.fields[self.starts[row] as usize..self.starts[row + 1] as usize]
    }

    /// Where a row begins in the text.
    pub fn start(&self, row: usize) -> usize {
        self.row_starts[row] as usize
    }

    /// Where a row ends, its line end and blank lines after it included.
    pub fn end_of(&self, row: usize) -> usize {
        self.row_starts.get(row + 1).map_or(self.end, |&next| next as usize)
    }

    /// The text that was split.
    pub fn whole(&self) -> &'t str {
        self.text
    }
}

fn unescape(raw: &str, dialect: Dialect, text: &mut String) {
    let quote = char::from(dialect.quote);
    let mut letters = raw.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == quote && letters.peek() == Some(&quote) {
            letters.next();
        } else if dialect.backslash && letter == '\\' {
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
    fn a_text_in_parts_has_the_rows_of_the_whole() {
        let text = "a,b\n\"x\n,y\",2\n\n3,\"4\"\"\"\r\n5,\"open\n6,7\n";
        let whole: Vec<Vec<String>> = rows(text, PLAIN);
        for until in 1..text.len() {
            let (mut at, mut found, mut unclosed_before) = (0, Vec::new(), 0);
            while at < text.len() {
                let part = Part { until, is_last: true, unclosed_before };
                let tokens = tokenize_part(&text[at..], PLAIN, part).unwrap();
                let row = |row| (0..tokens.width(row)).map(|column| tokens.text(row, column).into_owned()).collect();
                found.extend((0..tokens.n_rows()).map(row).collect::<Vec<Vec<String>>>());
                unclosed_before += tokens.unclosed.len();
                at += tokens.end;
            }
            assert_eq!(found, whole, "parts of {until}");
        }
        let cut = Part { until: 5, is_last: false, unclosed_before: 0 };
        assert!(tokenize_part(&text[..8], PLAIN, cut).is_none());
    }

    #[test]
    fn many_unclosed_quotes_do_not_make_reading_slow() {
        let text = "\"a,b\n".repeat(20_001);
        let tokens = tokenize(&text, PLAIN, usize::MAX);
        assert!(tokens.n_rows() > 10_000);
    }
}
