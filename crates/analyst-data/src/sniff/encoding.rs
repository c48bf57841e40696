//! From bytes to text: byte order marks first, then UTF-16 by its zeros, then strict UTF-8, then a guess.

use analyst_types::{DataWarning, Severity};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE};

use super::charset::{self, Charset};
use crate::DataError;

/// Text, and the encoding it was in.
#[derive(Debug)]
pub(crate) struct Decoded {
    /// The text, without a byte order mark.
    pub text: String,
    /// WHATWG name in lower case.
    pub encoding: String,
    /// What to say.
    pub warnings: Vec<DataWarning>,
}

const PROBE_BYTES: usize = 64 << 10;

/// Decodes the file; `label` is a person's word for the encoding.
pub(crate) fn decode(bytes: Vec<u8>, label: Option<&str>) -> Result<Decoded, DataError> {
    if let Some(label) = label {
        return decode_as_told(bytes, label);
    }
    if let Some((skip, encoding)) = byte_order_mark(&bytes) {
        return decode_marked(bytes, skip, encoding);
    }
    if let Some(encoding) = utf16_by_zeros(&bytes) {
        return decode_marked(bytes, 0, encoding);
    }
    match String::from_utf8(bytes) {
        Ok(text) if has_japanese_escapes(&text) => Ok(decode_with(ISO_2022_JP, text.as_bytes())),
        Ok(text) => Ok(clean("utf-8", text, Vec::new())),
        Err(error) => Ok(decode_by_guess(error.into_bytes())),
    }
}

fn byte_order_mark(bytes: &[u8]) -> Option<(usize, &'static str)> {
    match bytes {
        [0xEF, 0xBB, 0xBF, ..] => Some((3, "utf-8")),
        [0xFF, 0xFE, 0, 0, ..] => Some((4, "utf-32le")),
        [0, 0, 0xFE, 0xFF, ..] => Some((4, "utf-32be")),
        [0xFF, 0xFE, ..] => Some((2, "utf-16le")),
        [0xFE, 0xFF, ..] => Some((2, "utf-16be")),
        _ => None,
    }
}

/// Even text of other scripts has digits, separators and ends of lines, whose upper bytes are zero in UTF-16 and UTF-32.
fn utf16_by_zeros(bytes: &[u8]) -> Option<&'static str> {
    let probe = &bytes[..bytes.len().min(PROBE_BYTES) & !3];
    if probe.len() < 4 {
        let zeros = bytes.iter().filter(|&&byte| byte == 0).count();
        return (zeros > 0 && bytes.len() == 2).then_some(if bytes[0] == 0 { "utf-16be" } else { "utf-16le" });
    }
    let quarter = probe.len() / 4;
    let zeros = |offset: usize| probe.iter().skip(offset).step_by(4).filter(|&&byte| byte == 0).count();
    let at = [zeros(0), zeros(1), zeros(2), zeros(3)];
    let many = |n: usize| n * 10 > quarter * 9;
    if many(at[2]) && many(at[3]) && at[0] * 10 < quarter {
        return Some("utf-32le");
    }
    if many(at[0]) && many(at[1]) && at[3] * 10 < quarter {
        return Some("utf-32be");
    }
    let (even, odd, half) = (at[0] + at[2], at[1] + at[3], quarter * 2);
    // Some NULs in a file of single bytes stand anywhere; those of UTF-16 stand on one side only.
    let is_text = |encoding: &'static Encoding| {
        let (text, had_errors) = encoding.decode_without_bom_handling(probe);
        let n_controls = text.chars().filter(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')).count();
        !had_errors && n_controls * 50 <= text.chars().count()
    };
    if odd * 10 > half * 2 && even * 20 < odd && is_text(UTF_16LE) {
        Some("utf-16le")
    } else if even * 10 > half * 2 && odd * 20 < even && is_text(UTF_16BE) {
        Some("utf-16be")
    } else {
        None
    }
}

/// ISO-2022-JP is ASCII with escapes.
fn has_japanese_escapes(text: &str) -> bool {
    text.contains('\u{1b}') && (text.contains("\u{1b}$B") || text.contains("\u{1b}$@"))
}

fn decode_marked(mut bytes: Vec<u8>, skip: usize, name: &'static str) -> Result<Decoded, DataError> {
    if name == "utf-8" {
        bytes.drain(..skip);
        return Ok(match String::from_utf8(bytes) {
            Ok(text) => clean(name, text, Vec::new()),
            Err(error) => {
                let (text, warning) = mend(error.as_bytes());
                clean(name, text, warning.into_iter().collect())
            }
        });
    }
    if let Some(big_endian) = name.strip_prefix("utf-32") {
        return decode_utf32(&bytes[skip..], name, big_endian == "be");
    }
    let encoding = if name == "utf-16le" { UTF_16LE } else { UTF_16BE };
    Ok(decode_with(encoding, &bytes[skip..]))
}

fn decode_utf32(bytes: &[u8], name: &str, big_endian: bool) -> Result<Decoded, DataError> {
    let mut text = String::with_capacity(bytes.len() / 4);
    for unit in bytes.chunks_exact(4) {
        let unit = [unit[0], unit[1], unit[2], unit[3]];
        let value = if big_endian { u32::from_be_bytes(unit) } else { u32::from_le_bytes(unit) };
        text.push(char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    Ok(clean(name, text, Vec::new()))
}

fn decode_with(encoding: &'static Encoding, bytes: &[u8]) -> Decoded {
    let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
    let name = encoding.name().to_lowercase();
    let n = text.matches(char::REPLACEMENT_CHARACTER).count() as u64;
    let warnings = if had_errors { vec![invalid_bytes(&name, n)] } else { Vec::new() };
    clean(&name, text.into_owned(), warnings)
}

fn decode_as_told(bytes: Vec<u8>, label: &str) -> Result<Decoded, DataError> {
    let lower = label.trim().to_lowercase();
    if lower.starts_with("utf-32") || lower.starts_with("utf32") {
        let skip = byte_order_mark(&bytes).filter(|(_, name)| name.starts_with("utf-32")).map_or(0, |(skip, _)| skip);
        let name =
            if lower.ends_with("be") || bytes.starts_with(&[0, 0, 0xFE, 0xFF]) { "utf-32be" } else { "utf-32le" };
        return decode_marked(bytes, skip, name);
    }
    let Some(charset) = Charset::named(&lower) else {
        return Err(DataError::BadOption {
            message: format!("{label:?} is not a known encoding. Use a name such as utf-8, windows-1252 or utf-16le."),
        });
    };
    let Charset::Web(encoding) = charset else {
        let (text, _) = charset.decode(&bytes);
        return Ok(clean(&charset.name(), text, Vec::new()));
    };
    let skip = match byte_order_mark(&bytes) {
        // `utf-16` alone leaves the byte order to the mark.
        Some((skip, name)) if name.starts_with("utf-16") && lower.starts_with("utf-16") => {
            return decode_marked(bytes, skip, name);
        }
        Some((skip, name)) if encoding.name().eq_ignore_ascii_case(name) => skip,
        _ => 0,
    };
    if encoding == UTF_8 && is_nearly_utf8(&bytes[skip..]) && std::str::from_utf8(&bytes[skip..]).is_err() {
        let (text, warning) = mend(&bytes[skip..]);
        return Ok(clean("utf-8", text, warning.into_iter().collect()));
    }
    if encoding == UTF_8 && std::str::from_utf8(&bytes[skip..]).is_err() {
        let message = "the file is not valid UTF-8. Leave the encoding out, or try windows-1252.".to_owned();
        return Err(DataError::BadEncoding { message });
    }
    let mut decoded = decode_with(encoding, &bytes[skip..]);
    if decoded.encoding == "shift_jis" {
        decoded.text = with_yen(decoded.text);
    }
    Ok(decoded)
}

/// In Shift_JIS the byte of the backslash is shown as a yen sign, and before digits it is one.
#[derive(Debug)]
pub(crate) struct Yen {
    before: char,
    is_held: bool,
}

impl Default for Yen {
    fn default() -> Self {
        Self { before: ' ', is_held: false }
    }
}

impl Yen {
    /// Reads on. A backslash at the end waits for what follows.
    pub fn read(&mut self, text: &str, is_last: bool, out: &mut String) {
        for letter in text.chars() {
            if std::mem::take(&mut self.is_held) {
                out.push(if letter.is_ascii_digit() { '¥' } else { '\\' });
            }
            self.is_held = letter == '\\' && !self.before.is_alphanumeric();
            if !self.is_held {
                out.push(letter);
            }
            self.before = letter;
        }
        if is_last && std::mem::take(&mut self.is_held) {
            out.push('\\');
        }
    }
}

fn with_yen(text: String) -> String {
    if !text.contains('\\') {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    Yen::default().read(&text, true, &mut out);
    out
}

fn decode_by_guess(bytes: Vec<u8>) -> Decoded {
    if is_nearly_utf8(&bytes) {
        let (text, warning) = mend(&bytes);
        return clean("utf-8", text, warning.into_iter().collect());
    }
    let (charset, alternative) = charset::guess(&bytes);
    let (mut text, had_errors) = charset.decode(&bytes);
    let name = charset.name();
    if name == "shift_jis" {
        text = with_yen(text);
    }
    let mut warnings = Vec::new();
    if had_errors {
        warnings.push(invalid_bytes(&name, text.matches(char::REPLACEMENT_CHARACTER).count() as u64));
    }
    let message = match alternative {
        Some(other) => format!(
            "The file does not say how its letters are encoded; {name} was guessed, but {} is possible too.",
            other.name()
        ),
        None => format!("The file does not say how its letters are encoded; {name} was guessed."),
    };
    let other =
        alternative.map_or_else(|| "another encoding".to_owned(), |other| format!("--encoding {}", other.name()));
    warnings.push(DataWarning {
        severity: if alternative.is_some() { Severity::Question } else { Severity::Info },
        fix: Some(format!("If letters look wrong, open it again with {other}.")),
        ..about_file("encoding_guessed", message)
    });
    clean(&name, text, warnings)
}

/// Decodes UTF-8 with broken places. A lone byte beside letters is one that another program wrote in Windows-1252.
#[derive(Debug)]
pub(crate) struct Mender {
    /// The last byte of the whole text.
    last: Option<u8>,
    line: u64,
    n_read: u64,
    n_lost: u64,
    rows: Vec<u64>,
}

impl Mender {
    /// For a text that ends with this byte.
    pub fn new(last: Option<u8>) -> Self {
        Self { last, line: 1, n_read: 0, n_lost: 0, rows: Vec::new() }
    }

    /// Reads on; returns how many of the bytes were read. A letter that is cut at the end waits for the rest of it.
    pub fn read(&mut self, bytes: &[u8], is_last: bool, out: &mut String) -> usize {
        let mut n_bytes = 0;
        for chunk in bytes.utf8_chunks() {
            out.push_str(chunk.valid());
            n_bytes += chunk.valid().len();
            self.line += memchr::memchr_iter(b'\n', chunk.valid().as_bytes()).count() as u64;
            let broken = chunk.invalid();
            let is_cut = || std::str::from_utf8(broken).is_err_and(|error| error.error_len().is_none());
            if broken.is_empty() || (!is_last && n_bytes + broken.len() == bytes.len() && is_cut()) {
                continue;
            }
            n_bytes += broken.len();
            if self.rows.len() < 5 && self.rows.last() != Some(&self.line) {
                self.rows.push(self.line);
            }
            let letter = encoding_rs::WINDOWS_1252.decode_without_bom_handling(broken).0;
            let is_letter = broken.len() == 1 && letter.chars().all(char::is_alphabetic);
            if is_letter && self.last != Some(broken[0]) {
                out.push_str(&letter);
                self.n_read += 1;
            } else {
                out.push(char::REPLACEMENT_CHARACTER);
                self.n_lost += 1;
            }
        }
        n_bytes
    }

    /// What to say, if there was anything to mend.
    pub fn warning(self) -> Option<DataWarning> {
        let message = match (self.n_read, self.n_lost) {
            (0, 0) => return None,
            (read, 0) => format!("{read} places are not valid utf-8; they were read as Windows-1252."),
            (0, lost) => format!("{lost} places are not valid utf-8; they are shown as \u{FFFD}."),
            (read, lost) => format!(
                "{read} places are not valid utf-8 and were read as Windows-1252, {lost} others are shown as \u{FFFD}."
            ),
        };
        let fix = Some("Look at these lines; if most letters are wrong, name the encoding.".to_owned());
        let count = Some(self.n_read + self.n_lost);
        Some(DataWarning { rows: self.rows, count, fix, ..about_file("invalid_bytes", message) })
    }
}

fn mend(bytes: &[u8]) -> (String, Option<DataWarning>) {
    let mut text = String::with_capacity(bytes.len());
    let mut mender = Mender::new(bytes.last().copied());
    mender.read(bytes, true, &mut text);
    (text, mender.warning())
}

/// UTF-8 with a few broken places: cut in the middle of a letter, or patched together.
fn is_nearly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
        if bad > 1000 && good < bad {
            return false;
        }
    }
    good >= bad * 10
}

fn clean(encoding: &str, text: String, mut warnings: Vec<DataWarning>) -> Decoded {
    let mut text = text;
    let n_nul = memchr::memchr_iter(0, text.as_bytes()).count() as u64;
    warnings.extend(nul_bytes(n_nul));
    if n_nul > 0 {
        text = text.replace('\0', "");
    }
    // Files put one behind the other keep their byte order marks.
    if text.contains(INNER_MARK) {
        text = text.replace(INNER_MARK, "");
        warnings.push(inner_marks());
    }
    Decoded { text, encoding: encoding.to_owned(), warnings }
}

/// A byte order mark that stands within the text.
pub(crate) const INNER_MARK: char = '\u{feff}';

pub(crate) fn inner_marks() -> DataWarning {
    let message = "Byte order marks within the text were left out.".to_owned();
    DataWarning { severity: Severity::Info, ..about_file("byte_order_marks", message) }
}

pub(crate) fn nul_bytes(n: u64) -> Option<DataWarning> {
    let message = format!("The file holds {n} NUL characters; they were left out.");
    (n > 0).then(|| DataWarning { count: Some(n), ..about_file("nul_bytes", message) })
}

pub(crate) fn invalid_bytes(encoding: &str, n: u64) -> DataWarning {
    let message = format!("{n} places are not valid {encoding}; they are shown as \u{FFFD}.");
    let fix = Some("If letters look wrong, name another encoding.".to_owned());
    DataWarning { count: Some(n), fix, ..about_file("invalid_bytes", message) }
}

/// The length of the byte order mark that a text in this encoding begins with.
pub(crate) fn mark_length(bytes: &[u8], encoding: &str) -> usize {
    byte_order_mark(bytes).filter(|(_, name)| *name == encoding).map_or(0, |(length, _)| length)
}

/// A warning about the file as a whole.
pub(crate) fn about_file(code: &str, message: String) -> DataWarning {
    DataWarning::new(code, message)
}

/// Bytes that no text has: many control characters.
pub(crate) fn is_binary(bytes: &[u8]) -> bool {
    if byte_order_mark(bytes).is_some() || utf16_by_zeros(bytes).is_some() {
        return false;
    }
    let probe = &bytes[..bytes.len().min(PROBE_BYTES)];
    let is_control = |byte: &&u8| matches!(**byte, 0 | 2..=8 | 14..=26 | 28..=29 | 127);
    // A few of them are an accident that is told; see [`clean`].
    const FEW: usize = 4;
    let n_controls = probe.iter().filter(is_control).count();
    n_controls > FEW && n_controls * 50 > probe.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], label: Option<&str>, encoding: &str, text: &str) {
        let decoded = decode(bytes.to_vec(), label).unwrap();
        assert_eq!((decoded.encoding.as_str(), decoded.text.as_str()), (encoding, text));
    }

    #[test]
    fn text_is_decoded_by_mark_by_zeros_by_validity_and_by_guess() {
        let utf16le: Vec<u8> = "a,ü\n1,€\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let utf16be: Vec<u8> = "a,ü\n1,€\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let utf32le: Vec<u8> = "\u{feff}a,ü".chars().flat_map(|c| (c as u32).to_le_bytes()).collect();
        let utf32be: Vec<u8> = "\u{feff}a,ü".chars().flat_map(|c| (c as u32).to_be_bytes()).collect();
        check(b"\xEF\xBB\xBFa,b", None, "utf-8", "a,b");
        check("a,ü".as_bytes(), None, "utf-8", "a,ü");
        check(&[&[0xFF, 0xFE], &utf16le[..]].concat(), None, "utf-16le", "a,ü\n1,€\n");
        check(&[&[0xFE, 0xFF], &utf16be[..]].concat(), None, "utf-16be", "a,ü\n1,€\n");
        check(&utf16le, None, "utf-16le", "a,ü\n1,€\n");
        check(&utf16be, None, "utf-16be", "a,ü\n1,€\n");
        check(&utf32le, None, "utf-32le", "a,ü");
        check(&utf32be, None, "utf-32be", "a,ü");
        check(
            b"name;ort\nM\xFCller;K\xF6ln\nJos\xE9;Orl\xE9ans\n",
            None,
            "windows-1252",
            "name;ort\nMüller;Köln\nJosé;Orléans\n",
        );
        check(b"a\xE9", Some("latin1"), "windows-1252", "aé");
        check("ü".as_bytes(), Some("windows-1252"), "windows-1252", "Ã¼");
        check(&utf16le, Some("utf-16le"), "utf-16le", "a,ü\n1,€\n");
    }

    #[test]
    fn a_broken_place_in_utf8_does_not_make_it_another_encoding() {
        let mut bytes = "größer, schöner, weiter für über müde süß Öl Äpfel Übung ".repeat(3).into_bytes();
        bytes.push(0xC3);
        let decoded = decode(bytes, None).unwrap();
        assert_eq!(decoded.encoding, "utf-8");
        assert_eq!(decoded.warnings[0].code, "invalid_bytes");
    }

    #[test]
    fn wrong_labels_are_refused_with_advice() {
        assert!(decode(b"a".to_vec(), Some("klingon")).is_err());
        assert!(decode(b"a\xE9".to_vec(), Some("utf-8")).is_err());
    }

    #[test]
    fn binary_is_told_from_text() {
        assert!(is_binary(&[0, 1, 2, 3, 4, 200, 201, 0, 0, 7]));
        assert!(!is_binary("täglich,1\n".as_bytes()));
    }
}
