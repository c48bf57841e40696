//! A text made ready for splitting: its dialect is known, and what no single sign separates is rewritten so that one does.
//!
//! Plain delimited text is left as it is. Tables drawn with lines, columns of fixed width, separators of several signs
//! and mixed line ends are rewritten line by line; the numbers of the file's lines are kept.

use std::borrow::Cow;

use analyst_types::{DataWarning, FileKind, Format, Severity};

use super::columns;
use super::dialect::{self, Dialect, Fit};
use super::ruled::{self, Ruled};
use super::told::{Separator, Told};

/// Separates the fields of rewritten lines.
const UNIT: char = '\u{1f}';
const HEAD_BYTES: usize = 64 << 10;

/// The text and how to split it.
#[derive(Debug)]
pub(crate) struct Prepared<'t> {
    /// What to split.
    pub text: Cow<'t, str>,
    /// How.
    pub dialect: Dialect,
    /// What to say.
    pub warnings: Vec<DataWarning>,
    /// What separates the fields of the file itself; nothing in a file of one column.
    pub separator: Option<Separator>,
    /// Lines of the file before the text.
    skipped_lines: u64,
    /// For each line of the text its line in the file, where lines were left out.
    lines: Option<Vec<u32>>,
}

impl Prepared<'_> {
    /// The line of the file for a line of the text, both counted from 1.
    pub fn line(&self, line: u64) -> u64 {
        let line = match &self.lines {
            Some(lines) => lines.get(line as usize - 1).map_or(line, |&line| u64::from(line)),
            None => line,
        };
        line + self.skipped_lines
    }

    /// Lines of the file before the text.
    pub fn skipped_lines(&self) -> u64 {
        self.skipped_lines
    }

    /// The comma separates nothing, so it may be a decimal mark.
    pub fn comma_is_free(&self) -> bool {
        self.separator != Some(Separator::Sign(b','))
    }

    /// Writes the dialect into a recipe.
    pub fn describe(&self, format: &mut Format) {
        format.kind = FileKind::Csv;
        format.delimiter = match &self.separator {
            None => None,
            Some(Separator::Sign(sign)) => Some(char::from(*sign).to_string()),
            Some(Separator::Text(text)) => Some(text.clone()),
            Some(Separator::Fixed(starts)) => {
                format.kind = FileKind::FixedWidth;
                format.column_starts.clone_from(starts);
                None
            }
        };
        let quote = self.dialect.quote;
        format.quote = Some(if quote == 0 { String::new() } else { char::from(quote).to_string() });
        format.escape = self.dialect.backslash.then(|| "\\".to_owned());
    }
}

/// Finds the dialect of `text`, as far as nobody told it, and rewrites the text where that is needed. Everything is
/// decided by `sample`, which begins as the text does and is all of it when that is short: a text that is never in
/// memory as a whole is then read by the same decisions.
pub(crate) fn prepare<'t>(text: &'t str, sample: &str, told: &Told<'_>) -> Prepared<'t> {
    let line = dialect::separator_line(sample);
    let skipped = line.map_or(0, |(_, length)| length);
    let separator = told.separator.clone().or(line.map(|(sign, _)| Separator::Sign(sign)));
    let n_lone = n_lone_line_ends(&sample[skipped..]);
    let (text, sample) = (with_one_line_end(&text[skipped..], n_lone), with_one_line_end(&sample[skipped..], n_lone));
    let head = head_of(&sample);
    let (rewritten, separator) = match (unwrapped(&text, head), without_fields_mark(&text, head)) {
        (Some(text), _) => (unwrapped(&sample, head).map(|sample| (text, sample)), separator),
        (None, Some(text)) => {
            let sample = without_fields_mark(&sample, head);
            (sample.map(|sample| (text, sample)), separator.or(Some(Separator::Sign(b' '))))
        }
        (None, None) => (None, separator),
    };
    let mut prepared = match (rewritten, text) {
        (Some((text, sample)), _) => prepare_lines(&text, &sample, separator, told).into_owned(),
        (None, Cow::Borrowed(text)) => prepare_lines(text, &sample, separator, told),
        (None, Cow::Owned(text)) => prepare_lines(&text, &sample, separator, told).into_owned(),
    };
    prepared.skipped_lines = u64::from(line.is_some());
    prepared.warnings.extend(mixed_line_ends(n_lone));
    prepared
}

impl Prepared<'_> {
    fn into_owned(self) -> Prepared<'static> {
        Prepared { text: Cow::Owned(self.text.into_owned()), ..self }
    }
}

fn prepare_lines<'t>(text: &'t str, sample: &str, separator: Option<Separator>, told: &Told<'_>) -> Prepared<'t> {
    let head = head_of(sample);
    match separator {
        None => prepare_by_guess(text, sample, head, told),
        Some(Separator::Sign(b'|')) if ruled::find(head).is_some() => {
            rewrite_ruled(text, ruled::find(head).expect("BUG: it was found a moment ago"))
        }
        Some(Separator::Sign(b' ')) if dialect::runs_of_blanks(head) => rewrite_runs(text),
        Some(Separator::Sign(sign)) => {
            plain(text, dialect::sniff_fit(sample, &[sign], told.quote).dialect, Separator::Sign(sign))
        }
        Some(Separator::Text(sign)) => rewrite_text(text, sample, sign, told),
        Some(Separator::Fixed(starts)) => {
            let starts = if starts.is_empty() { columns::find(head).unwrap_or_else(|| vec![0]) } else { starts };
            rewrite_fixed(text, head, starts)
        }
    }
}

fn prepare_by_guess<'t>(text: &'t str, sample: &str, head: &str, told: &Told<'_>) -> Prepared<'t> {
    if let Some(ruled) = ruled::find(head) {
        return rewrite_ruled(text, ruled);
    }
    let usual = dialect::sniff_fit(sample, &dialect::DELIMITERS, told.quote);
    if let Some(sign) = doubled(head, usual.dialect).or_else(|| between_blanks(head, usual.dialect)) {
        return rewrite_text(text, sample, sign, told);
    }
    if usual.is_certain() || head.lines().take(3).count() < 2 {
        return plain(text, usual.dialect, Separator::Sign(usual.dialect.delimiter));
    }
    let rare = dialect::sniff_rare(sample, head, told.quote);
    let rare_score = rare.as_ref().map_or(0.0, |(_, fit)| fit.score);
    let fixed = columns::find(head).map(|starts| (fixed_score(head, &starts), starts));
    let fixed_score = fixed.as_ref().map_or(0.0, |(score, _)| *score);
    let best = usual.score.max(rare_score).max(fixed_score);
    if let Some((_, starts)) = fixed.filter(|(score, _)| *score >= best && *score > usual.score * 1.05) {
        return rewrite_fixed(text, head, starts);
    }
    if dialect::runs_of_blanks(head) && usual.width == 1 && rare_score < dialect::RARE_WINS {
        return rewrite_runs(text);
    }
    match rare {
        Some((Separator::Text(sign), fit)) if fit.score > usual.score => rewrite_text(text, sample, sign, told),
        Some((separator, fit)) if fit.score > usual.score => plain(text, fit.dialect, separator),
        _ if dialect::is_split_by_blanks(head, usual.dialect) => {
            plain(text, Dialect { delimiter: b' ', ..usual.dialect }, Separator::Sign(b' '))
        }
        _ if dialect::is_one_column(head, usual.dialect) => {
            let dialect = Dialect { delimiter: UNIT as u8, ..usual.dialect };
            Prepared { separator: None, ..plain(text, dialect, Separator::Sign(UNIT as u8)) }
        }
        _ => plain(text, usual.dialect, Separator::Sign(usual.dialect.delimiter)),
    }
}

/// The delimiter twice, when it never stands alone.
fn doubled(head: &str, dialect: Dialect) -> Option<String> {
    // Twice a comma or a semicolon is an empty column.
    let sign = Some(char::from(dialect.delimiter)).filter(|&sign| sign == '|')?;
    let twice = [sign, sign].iter().collect::<String>();
    let mut lines = head.lines().filter(|line| line.contains(sign)).take(50).peekable();
    lines.peek()?;
    let never_alone = |line: &str| !line.replace(&twice, "").contains(sign);
    lines.all(never_alone).then_some(twice)
}

/// The delimiter with a blank on either side, when it always has them.
fn between_blanks(head: &str, dialect: Dialect) -> Option<String> {
    let sign = char::from(dialect.delimiter);
    let padded = format!(" {sign} ");
    if sign == ' ' || sign == '\t' || !head.contains(&padded) {
        return None;
    }
    let always = |line: &str| line.matches(sign).count() == line.matches(&padded).count();
    head.lines().take(200).all(always).then_some(padded)
}

fn plain(text: &str, dialect: Dialect, separator: Separator) -> Prepared<'_> {
    let separator = Some(separator);
    Prepared { text: Cow::Borrowed(text), dialect, warnings: Vec::new(), separator, skipped_lines: 0, lines: None }
}

/// How well columns of fixed width fit, on the scale of [`Fit`].
fn fixed_score(head: &str, starts: &[u32]) -> f64 {
    let text = rewrite_fixed(head, head, starts.to_vec());
    Fit::of(&[&text.text], text.dialect).score
}

fn rewritten(text: String, separator: Separator, lines: Option<Vec<u32>>, quote: u8) -> Prepared<'static> {
    let dialect = Dialect { delimiter: UNIT as u8, quote, backslash: false, skip_blanks: false, cr_only: false };
    let separator = Some(separator);
    Prepared { text: Cow::Owned(text), dialect, warnings: Vec::new(), separator, skipped_lines: 0, lines }
}

fn rewrite_ruled(text: &str, ruled: Ruled) -> Prepared<'static> {
    let (mut out, mut lines) = (String::with_capacity(text.len()), Vec::new());
    for (n, line) in text.lines().enumerate() {
        let Some(cells) = ruled::cells(line, ruled) else { continue };
        lines.push(n as u32 + 1);
        push_line(&mut out, cells.iter().map(String::as_str));
    }
    rewritten(out, Separator::Sign(b'|'), Some(lines), 0)
}

fn rewrite_fixed(text: &str, head: &str, starts: Vec<u32>) -> Prepared<'static> {
    let keeps_prose = columns::cut_between_words(head, &starts);
    let (mut out, mut lines) = (String::with_capacity(text.len()), Vec::new());
    for (n, line) in text.lines().enumerate() {
        if ruled::is_rule(line) {
            continue;
        }
        lines.push(n as u32 + 1);
        push_line(&mut out, columns::cells(line, &starts, keeps_prose).into_iter());
    }
    rewritten(out, Separator::Fixed(starts), Some(lines), 0)
}

fn rewrite_runs(text: &str) -> Prepared<'static> {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        push_line(&mut out, line.split_whitespace());
    }
    rewritten(out, Separator::Sign(b' '), None, 0)
}

fn push_line<'c>(out: &mut String, cells: impl Iterator<Item = &'c str>) {
    for (n, cell) in cells.enumerate() {
        if n > 0 {
            out.push(UNIT);
        }
        if cell.contains(UNIT) { out.push_str(&cell.replace(UNIT, " ")) } else { out.push_str(cell) }
    }
    out.push('\n');
}

fn rewrite_text(text: &str, sample: &str, sign: String, told: &Told<'_>) -> Prepared<'static> {
    let quote = told.quote.unwrap_or(b'"');
    let out = with_unit(text, &sign, quote);
    let fit = dialect::sniff_fit(&with_unit(sample, &sign, quote), &[UNIT as u8], told.quote);
    Prepared { dialect: fit.dialect, ..rewritten(out, Separator::Text(sign), None, 0) }
}

/// The text with `sign` replaced by one byte, except within quotes that open a field.
pub(crate) fn with_unit(text: &str, sign: &str, quote: u8) -> String {
    let quote = char::from(quote);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut field_begins = true;
    while !rest.is_empty() {
        if field_begins && rest.starts_with(quote) && quote != '\0' {
            let length = quoted_length(rest, sign, quote).unwrap_or(1);
            out.push_str(&rest[..length]);
            rest = &rest[length..];
            field_begins = false;
            continue;
        }
        let end = rest.find(|c| c == '\n' || sign.starts_with(c)).unwrap_or(rest.len());
        out.push_str(&rest[..end]);
        rest = &rest[end..];
        if let Some(after) = rest.strip_prefix(sign) {
            out.push(UNIT);
            rest = after;
            field_begins = true;
        } else if let Some(letter) = rest.chars().next() {
            field_begins = letter == '\n';
            out.push(if letter == UNIT { ' ' } else { letter });
            rest = &rest[letter.len_utf8()..];
        }
    }
    out
}

/// The length of a quoted field with its quotes; `None` when it never closes properly.
fn quoted_length(text: &str, sign: &str, quote: char) -> Option<usize> {
    let mut at = 1;
    while let Some(found) = text[at..].find(quote) {
        let after = at + found + 1;
        let rest = &text[after..];
        if rest.starts_with(quote) {
            at = after + 1;
            continue;
        }
        if rest.is_empty() || rest.starts_with(sign) || rest.starts_with(['\n', '\r']) {
            return Some(after);
        }
        at = after;
    }
    None
}

/// Lines that are each one quoted field with separators in it: something quoted the whole file once more.
fn unwrapped(text: &str, head: &str) -> Option<String> {
    let mut lines = head.lines().map(str::trim_end).filter(|line| !line.is_empty()).take(200).peekable();
    let inner = |line: &str| -> Option<String> {
        let inner = line.strip_prefix('"')?.strip_suffix('"')?;
        let single = inner.replace("\"\"", "\u{1f}");
        (!single.contains('"')).then(|| single.replace('\u{1f}', "\""))
    };
    let first = inner(lines.peek()?)?;
    let sign = [';', '\t', '|', ','].into_iter().find(|&sign| first.matches(sign).count() > 1)?;
    let count = first.matches(sign).count();
    let mut n = 0;
    for line in lines {
        let line = inner(line)?;
        let is_prose = line.match_indices(sign).any(|(at, _)| line[at + 1..].starts_with(' '));
        if line.matches(sign).count() < count || is_prose {
            return None;
        }
        n += 1;
    }
    (n > 1).then(|| text.lines().map(|line| inner(line.trim_end()).unwrap_or_else(|| line.to_owned()) + "\n").collect())
}

/// Logs of web servers name their columns in a remark: `#Fields: date time …`.
fn without_fields_mark(text: &str, head: &str) -> Option<String> {
    const MARK: &str = "#Fields: ";
    let at = if text.starts_with(MARK) { 0 } else { head.find(&format!("\n{MARK}"))? + 1 };
    Some(format!("{}{}", &text[..at], &text[at + MARK.len()..]))
}

/// How many lines of the beginning end with CR among others that end with LF.
fn n_lone_line_ends(sample: &str) -> u64 {
    let head = head_of(sample).as_bytes();
    if !head.contains(&b'\n') && !sample.contains('\n') {
        return 0;
    }
    // A quoted field may hold a CR; only ends of lines count, which have a field's end before them outside quotes.
    let (mut n_lone, mut in_quotes) = (0u64, false);
    for (at, &byte) in head.iter().enumerate() {
        in_quotes ^= byte == b'"';
        n_lone += u64::from(
            byte == b'\r' && !in_quotes && head.get(at + 1).is_some_and(|&next| next != b'\n' && next != b'\r'),
        );
    }
    n_lone
}

/// Gives lines that end with CR the LF that the others have.
fn with_one_line_end(text: &str, n_lone: u64) -> Cow<'_, str> {
    if n_lone == 0 {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut in_quotes = false;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        in_quotes ^= letter == '"';
        let is_lone = letter == '\r' && !in_quotes && letters.peek().is_some_and(|&next| next != '\n' && next != '\r');
        out.push(if is_lone { '\n' } else { letter });
    }
    Cow::Owned(out)
}

fn mixed_line_ends(n_lone: u64) -> Option<DataWarning> {
    let message = "Lines end in different ways (CR and LF); each was taken as the end of a line.";
    (n_lone > 0).then(|| DataWarning {
        severity: Severity::Info,
        count: Some(n_lone),
        ..DataWarning::new("mixed_line_ends", message)
    })
}

fn head_of(text: &str) -> &str {
    let mut end = text.len().min(HEAD_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    if end < text.len() { text[..end].rfind(['\n', '\r']).map_or(&text[..end], |at| &text[..=at]) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(text: &str) -> (Separator, String) {
        let prepared = prepare(text, text, &Told::default());
        (prepared.separator.clone().unwrap(), prepared.text.replace(UNIT, "¦"))
    }

    #[test]
    fn what_no_single_sign_separates_is_rewritten() {
        let cases: &[(&str, Separator, &str)] = &[
            ("a||b||c\n1||2||3\n4||5||6\n", Separator::Text("||".into()), "a¦b¦c\n1¦2¦3\n4¦5¦6\n"),
            ("| a | b |\n|---|---|\n| 1 | x y |\n", Separator::Sign(b'|'), "a¦b\n1¦x y\n"),
            (
                "Name      Age  City\nAnn Lee    33  New York\nBob         4  Rome\n",
                Separator::Fixed(vec![0, 10, 15]),
                "Name¦Age¦City\nAnn Lee¦33¦New York\nBob¦4¦Rome\n",
            ),
            ("x   y z\n1 2   3\n10  20 30\n", Separator::Sign(b' '), "x¦y¦z\n1¦2¦3\n10¦20¦30\n"),
            ("a,b\n1,2\n", Separator::Sign(b','), "a,b\n1,2\n"),
            ("a^b^c\n1^2^3\n4^5^6\n", Separator::Sign(b'^'), "a^b^c\n1^2^3\n4^5^6\n"),
        ];
        for (text, separator, expected) in cases {
            assert_eq!(prepared(text), (separator.clone(), (*expected).to_owned()), "{text:?}");
        }
    }

    #[test]
    fn separators_within_quotes_stay() {
        assert_eq!(with_unit("a||\"b||c\"||d\n\"x\"||y", "||", b'"').replace(UNIT, "¦"), "a¦\"b||c\"¦d\n\"x\"¦y");
    }

    #[test]
    fn lines_keep_their_numbers() {
        let text = "+--+--+\n| a| b|\n+--+--+\n| 1| 2|\n+--+--+\n";
        let prepared = prepare(text, text, &Told::default());
        assert_eq!((prepared.line(1), prepared.line(2)), (2, 4));
        let named = "sep=;\na;b\n1;2\n";
        assert_eq!(prepare(named, named, &Told::default()).line(1), 2);
    }

    #[test]
    fn mixed_line_ends_become_one() {
        let prepared = prepare("a,b\r1,2\n3,4\r\n5,6\n", "a,b\r1,2\n3,4\r\n5,6\n", &Told::default());
        assert_eq!(prepared.text, "a,b\n1,2\n3,4\r\n5,6\n");
        assert_eq!(prepared.warnings[0].code, "mixed_line_ends");
    }
}
