//! Which character separates fields, and which one quotes them.
//!
//! Every candidate splits three windows of the file. The winner gives rows of equal width whose cells look like
//! numbers, dates or words (the idea of van den Burg, Nazábal and Sutton, "Wrangling messy CSV files", 2019).

use super::prepared::with_unit;
use super::told::Separator;
use crate::format::csv::tokens::{Tokens, tokenize};
use crate::infer::{date, missing, number};

/// How fields are separated and quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// Between fields; ASCII.
    pub delimiter: u8,
    /// Around fields; zero when quotes mean nothing.
    pub quote: u8,
    /// A backslash before a quote makes it a letter (otherwise quotes are doubled).
    pub backslash: bool,
    /// Blanks after a delimiter do not belong to the field.
    pub skip_blanks: bool,
    /// Lines end with CR alone.
    pub cr_only: bool,
}

/// The signs that separate fields in nearly all files.
pub(crate) const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Those that do now and then; each must split every line alike to be believed.
const RARE_SIGNS: [u8; 9] = [b':', b'^', b'~', b'!', b'&', b'*', 0x01, 0x1e, 0x1f];
/// Separators of several signs.
const RARE_TEXTS: [&str; 12] = ["||", ";;", "::", "~~", "^^", "|~|", "~|~", "@@", "##", "<>", "§", "¦"];
const HEAD_BYTES: usize = 64 << 10;
const WINDOW_BYTES: usize = 16 << 10;
const MAX_ROWS: usize = 400;
/// Rows of one column are consistent with any delimiter that does not occur: worth little.
const ONE_COLUMN_SCORE: f64 = 0.01;
/// A rare separator is a guess that needs better reasons.
const RARE_PRIOR: f64 = 0.85;
/// A score at which a rare separator is beyond doubt.
pub(crate) const RARE_WINS: f64 = 0.4;

/// How well a dialect fits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fit {
    /// The dialect.
    pub dialect: Dialect,
    /// Evenness times cleanness, from 0 to 1.
    pub score: f64,
    /// Fields of most rows.
    pub width: usize,
    /// Share of rows with that many.
    pub share: f64,
    /// Share of cells that look whole.
    pub clean: f64,
}

impl Fit {
    /// Nothing else needs to be tried.
    pub fn is_certain(&self) -> bool {
        self.width > 1 && self.share >= 0.9 && self.clean >= 0.8
    }
}

/// Guesses the dialect among the usual ones; quotes that a person named are kept.
pub(crate) fn sniff_fit(text: &str, delimiters: &[u8], quote: Option<u8>) -> Fit {
    let cr_only = has_only_cr(text);
    let windows = windows(text, cr_only);
    let mut best: Option<Fit> = None;
    for &delimiter in delimiters {
        let quotes: &[u8] = match quote {
            Some(b'"') => b"\"",
            Some(b'\'') => b"'",
            Some(_) => &[0],
            None => b"\"'",
        };
        for &quote_tried in quotes {
            if quote.is_none() && quote_tried == b'\'' && !quotes_fields(text_of(&windows), delimiter, quote_tried) {
                continue;
            }
            let dialect = Dialect { delimiter, quote: quote_tried, backslash: false, skip_blanks: false, cr_only };
            let fit = Fit::of(&windows, dialect);
            if best.is_none_or(|best| fit.score > best.score) {
                best = Some(fit);
            }
        }
    }
    let mut fit = best.expect("BUG: there is always a delimiter to try");
    fit.dialect.backslash = escapes_with_backslash(text_of(&windows), fit.dialect);
    fit.dialect.skip_blanks = blanks_after_delimiters(text_of(&windows), fit.dialect);
    fit
}

/// The best of the rare separators, where one splits all lines alike.
pub(crate) fn sniff_rare(text: &str, head: &str, quote: Option<u8>) -> Option<(Separator, Fit)> {
    let lines: Vec<&str> = head.lines().filter(|line| !line.trim().is_empty()).take(MAX_ROWS).collect();
    let occurs = |sign: &str| {
        let n = lines.iter().filter(|line| line.contains(sign)).count();
        n >= 2 && n * 10 >= lines.len() * 7
    };
    let is_one_value = |line: &&&str| is_value(line.trim());
    if lines.iter().filter(is_one_value).count() * 2 > lines.len() {
        return None;
    }
    let mut best: Option<(Separator, Fit)> = None;
    let mut consider = |separator: Separator, mut fit: Fit| {
        fit.score *= RARE_PRIOR;
        let is_even = fit.width > 1 && fit.share >= 0.75;
        if is_even && best.as_ref().is_none_or(|(_, best)| fit.score > best.score) {
            best = Some((separator, fit));
        }
    };
    for sign in RARE_SIGNS.into_iter().filter(|&sign| occurs(&char::from(sign).to_string())) {
        consider(Separator::Sign(sign), sniff_fit(text, &[sign], quote));
    }
    for sign in RARE_TEXTS.into_iter().filter(|sign| occurs(sign)) {
        let rewritten = with_unit(head, sign, quote.unwrap_or(b'"'));
        consider(Separator::Text(sign.to_owned()), sniff_fit(&rewritten, &[0x1f], quote));
    }
    best
}

/// The line `sep=;` that Excel writes and reads: the delimiter and the length of the line.
pub(crate) fn separator_line(text: &str) -> Option<(u8, usize)> {
    let line = text.lines().next()?;
    let rest = line.get(..4).filter(|start| start.eq_ignore_ascii_case("sep=")).map(|_| &line[4..])?;
    let delimiter = *rest.as_bytes().first().filter(|_| rest.len() == 1)?;
    let length = text.find('\n').map_or(text.len(), |at| at + 1);
    delimiter.is_ascii_punctuation().then_some((delimiter, length)).or((delimiter == b'\t').then_some((b'\t', length)))
}

fn text_of<'a>(windows: &[&'a str]) -> &'a str {
    windows.first().copied().unwrap_or_default()
}

fn has_only_cr(text: &str) -> bool {
    let head = &text.as_bytes()[..text.len().min(HEAD_BYTES * 16)];
    !head.contains(&b'\n') && head.contains(&b'\r')
}

/// Head, middle and tail, each cut at line ends where there are some.
fn windows(text: &str, cr_only: bool) -> Vec<&str> {
    let end_of_line = if cr_only { '\r' } else { '\n' };
    let boundary = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at += 1;
        }
        at
    };
    let cut = |start: usize, length: usize, from_line_start: bool| {
        let end = boundary((start + length).min(text.len()));
        let mut window = &text[boundary(start)..end];
        if from_line_start {
            window = window.find(end_of_line).map_or("", |at| &window[at + 1..]);
        }
        if end < text.len() {
            window = window.rfind(end_of_line).map_or(window, |at| &window[..=at]);
        }
        window
    };
    let mut windows = vec![cut(0, HEAD_BYTES, false)];
    if text.len() > HEAD_BYTES * 2 {
        windows.push(cut(text.len() / 2, WINDOW_BYTES, true));
        windows.push(cut(text.len() - WINDOW_BYTES, WINDOW_BYTES, true));
    }
    windows
}

impl Fit {
    /// Splits the windows and counts.
    pub fn of(windows: &[&str], dialect: Dialect) -> Self {
        let tokens: Vec<Tokens<'_>> = windows.iter().map(|window| tokenize(window, dialect, MAX_ROWS)).collect();
        let mut widths: Vec<(usize, usize)> = Vec::new();
        let (mut cells, mut clean) = (0usize, 0usize);
        for tokens in &tokens {
            for row in 0..tokens.n_rows() {
                let width = tokens.width(row);
                match widths.iter_mut().find(|(w, _)| *w == width) {
                    Some((_, n)) => *n += 1,
                    None => widths.push((width, 1)),
                }
                for column in 0..width {
                    cells += 1;
                    clean += usize::from(is_clean(&tokens.text(row, column), dialect.delimiter));
                }
            }
        }
        let rows: usize = widths.iter().map(|(_, n)| n).sum();
        if cells == 0 || rows == 0 {
            return Self { dialect, score: 0.0, width: 1, share: 0.0, clean: 0.0 };
        }
        let pattern: f64 = widths
            .iter()
            .map(|&(width, n)| {
                let gain = ((width - 1) as f64 / width as f64).max(ONE_COLUMN_SCORE);
                // Squared: two hundred rows of one width say more than a hundred of each of two.
                n as f64 * n as f64 / rows as f64 * gain
            })
            .sum::<f64>()
            / rows as f64;
        let (width, n) = widths.iter().copied().max_by_key(|&(width, n)| (n, width)).unwrap_or((1, 0));
        let clean = (clean as f64 / cells as f64).max(1e-6);
        Self { dialect, score: pattern * clean, width, share: n as f64 / rows as f64, clean }
    }
}

fn is_value(text: &str) -> bool {
    number::scan(text).is_some() || date::scan(text).is_some() || date::scan_time(text).is_some()
}

/// A cell that looks whole: a number, a date, a word or a sentence, without the marks that separate fields.
fn is_clean(text: &str, delimiter: u8) -> bool {
    let text = text.trim();
    if missing::lookup(text) != missing::Missing::No || is_value(text) {
        return true;
    }
    let strange = |c: char| matches!(c, ';' | '\t' | '|') && c as u32 != u32::from(delimiter);
    let word =
        !text.contains(strange) && text.chars().next().is_some_and(|c| c.is_alphanumeric() || c == '#' || c == '@');
    // A comma without a blank after it is what separates fields, not clauses.
    word && !text.as_bytes().windows(2).any(|pair| pair[0] == b',' && pair[1] != b' ')
}

/// A quote opens fields and closes them, several times.
fn quotes_fields(text: &str, delimiter: u8, quote: u8) -> bool {
    let bytes = text.as_bytes();
    let edge = |byte: Option<&u8>| byte.is_none_or(|&b| b == delimiter || b == b'\n' || b == b'\r');
    let mut opened = 0;
    let mut closed = 0;
    for (at, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte == quote) {
        opened += usize::from(at == 0 || edge(bytes.get(at - 1)));
        closed += usize::from(edge(bytes.get(at + 1)));
    }
    opened >= 2 && closed >= 2
}

/// No other delimiter splits anything, blanks split all rows alike, and half of what they split are numbers: sentences
/// do not look like that.
pub(crate) fn is_split_by_blanks(text: &str, best: Dialect) -> bool {
    let is_one_column = |tokens: &Tokens<'_>| (0..tokens.n_rows()).all(|row| tokens.width(row) == 1);
    if !is_one_column(&tokenize(text, best, MAX_ROWS)) {
        return false;
    }
    let tokens = tokenize(text, Dialect { delimiter: b' ', ..best }, MAX_ROWS);
    if tokens.n_rows() < 2 {
        return false;
    }
    let width = tokens.width(1);
    // The first row may lack a name for the first column.
    let is_even = (1..tokens.n_rows()).all(|row| tokens.width(row) == width)
        && (0..=1).contains(&(width - tokens.width(0).min(width)));
    let cells = (1..tokens.n_rows()).flat_map(|row| (0..width).map(move |column| (row, column)));
    let n_numbers = cells.filter(|&(row, column)| number::scan(tokens.text(row, column).trim()).is_some()).count();
    width > 1 && is_even && tokens.width(0) <= width && n_numbers * 2 >= (tokens.n_rows() - 1) * width
}

/// Every line has the same number of words, set apart by one blank or several, and half of them are numbers.
pub(crate) fn runs_of_blanks(head: &str) -> bool {
    let lines: Vec<Vec<&str>> = head
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .filter(|words| !words.is_empty())
        .take(MAX_ROWS)
        .collect();
    let has_runs = head.lines().take(MAX_ROWS).any(|line| line.trim().contains("  ") || line.starts_with(' '));
    let Some(second) = lines.get(1).filter(|_| has_runs && lines.len() > 2) else { return false };
    let width = second.len();
    let is_even = lines[1..].iter().all(|words| words.len() == width)
        && (width.saturating_sub(1)..=width).contains(&lines[0].len());
    let n_numbers = lines[1..].iter().flatten().filter(|word| is_value(word)).count();
    width > 1 && is_even && n_numbers * 2 >= (lines.len() - 1) * width
}

/// Most lines hold no delimiter, and where it stands a blank follows: it is a sign of the sentences.
pub(crate) fn is_one_column(head: &str, dialect: Dialect) -> bool {
    let sign = char::from(dialect.delimiter);
    let (mut n, mut n_with, mut in_words) = (0usize, 0usize, true);
    for line in head.lines().filter(|line| !line.trim().is_empty()).take(MAX_ROWS) {
        n += 1;
        n_with += usize::from(line.contains(sign));
        in_words &= line.match_indices(sign).all(|(at, _)| line[at + 1..].starts_with(' '));
    }
    n > 2 && n_with > 0 && n_with * 2 < n && in_words && !head.contains('"')
}

/// A backslash before a quote within a field; at a field's end it is the end of a path.
fn escapes_with_backslash(text: &str, dialect: Dialect) -> bool {
    let Dialect { quote, delimiter, .. } = dialect;
    let bytes = text.as_bytes();
    let (mut escaped, mut doubled) = (0usize, 0usize);
    for at in 1..bytes.len() {
        if bytes[at] != quote || quote == 0 {
            continue;
        }
        let ends_field = bytes.get(at + 1).is_none_or(|&next| next == delimiter || next == b'\n' || next == b'\r');
        escaped += usize::from(bytes[at - 1] == b'\\' && !ends_field);
        let opens = at < 2 || bytes[at - 2] == delimiter || bytes[at - 2] == b'\n';
        doubled += usize::from(bytes[at - 1] == quote && !opens && !ends_field);
    }
    escaped > doubled
}

fn blanks_after_delimiters(text: &str, dialect: Dialect) -> bool {
    if matches!(dialect.delimiter, b' ' | b'\t') {
        return false;
    }
    let tokens = tokenize(text, dialect, MAX_ROWS);
    let (mut fields, mut blank_first) = (0, 0);
    for row in 0..tokens.n_rows() {
        for column in 1..tokens.width(row) {
            let text = tokens.text(row, column);
            if !text.is_empty() {
                fields += 1;
                blank_first += usize::from(text.starts_with(' '));
            }
        }
    }
    fields > 0 && blank_first == fields
}

#[cfg(test)]
mod tests {
    use super::super::prepared::prepare;
    use super::super::told::Told;
    use super::*;

    fn sniff(text: &str) -> Dialect {
        prepare(text, text, &Told::default()).dialect
    }

    #[test]
    fn delimiters_and_quotes_are_found() {
        let cases: &[(&str, u8, u8)] = &[
            ("a,b,c\n1,2,3\n4,5,6\n", b',', b'"'),
            ("a;b\n1,5;2,5\n3,5;4,5\n", b';', b'"'),
            ("a\tb\n1, 2\t3\n", b'\t', b'"'),
            ("a|b|c\nx, y|2|3\n", b'|', b'"'),
            ("name,note\nAnn,\"a;b;c\"\nBob,\"d;e;f\"\n", b',', b'"'),
            ("a;b\n\"x,y,z\";1\n\"u,v,w\";2\n", b';', b'"'),
            ("a,b\n'x, y',1\n'u, v',2\n", b',', b'\''),
            ("text\nhello world\nit's fine\n", b',', b'"'),
            (
                "Kontoauszug\nvon, bis\n\nTag;Betrag;Text\n01.03.2024;-1.234,50;Miete\n04.03.2024;2.000,00;Lohn\n",
                b';',
                b'"',
            ),
            ("a b c\n1 2 3\n4 5 6\n", b' ', b'"'),
            ("x y\n\"p\" 1 2\n\"q\" 3 4\n", b' ', b'"'),
            ("note\nroom 101\nroom 102\nhall\n", b',', b'"'),
        ];
        for (text, delimiter, quote) in cases {
            let dialect = sniff(text);
            assert_eq!((dialect.delimiter, dialect.quote), (*delimiter, *quote), "{text:?}");
        }
    }

    #[test]
    fn habits_of_writers_are_noticed() {
        assert!(sniff("a, b, c\n1, 2, 3\n").skip_blanks);
        assert!(sniff("a,b\n\"say \\\"hi\\\"\",1\n\"\\\"x\\\"\",2\n").backslash);
        assert!(sniff("a,b\r1,2\r").cr_only);
        assert!(!sniff("a,b\r\n1,2\r\n").cr_only);
        assert_eq!(separator_line("sep=;\na;b\n"), Some((b';', 6)));
        assert_eq!(separator_line("a;b\n"), None);
        assert_eq!(sniff_fit("a b,c\n1 2,3\n", b" ", None).dialect.delimiter, b' ');
        assert!(!sniff("a,b\n\"C:\\dir\\\",1\n\"D:\\\",2\n").backslash);
    }
}
