//! From bytes to text: byte order marks first, then UTF-16 by its zeros, then strict UTF-8, then a guess.

use analyst_types::DataWarning;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

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

const DETECTION_BYTES: usize = 1 << 20;
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

/// Western text in UTF-16 has a zero in every second byte.
fn utf16_by_zeros(bytes: &[u8]) -> Option<&'static str> {
    let probe = &bytes[..bytes.len().min(PROBE_BYTES) & !1];
    if probe.len() < 4 {
        return None;
    }
    let zeros = |offset: usize| probe.iter().skip(offset).step_by(2).filter(|&&byte| byte == 0).count();
    let (even, odd, half) = (zeros(0), zeros(1), probe.len() / 2);
    if odd * 10 > half * 7 && even * 20 < half {
        Some("utf-16le")
    } else if even * 10 > half * 7 && odd * 20 < half {
        Some("utf-16be")
    } else {
        None
    }
}

fn decode_marked(mut bytes: Vec<u8>, skip: usize, name: &'static str) -> Result<Decoded, DataError> {
    if name == "utf-8" {
        bytes.drain(..skip);
        return Ok(match String::from_utf8(bytes) {
            Ok(text) => clean(name, text, Vec::new()),
            Err(error) => {
                let (text, _) = UTF_8.decode_without_bom_handling(error.as_bytes());
                clean(name, text.into_owned(), vec![invalid_bytes(name)])
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
    let warnings = if had_errors { vec![invalid_bytes(&name)] } else { Vec::new() };
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
    let Some(encoding) = Encoding::for_label(lower.as_bytes()) else {
        return Err(DataError::BadOption {
            message: format!("{label:?} is not a known encoding. Use a name such as utf-8, windows-1252 or utf-16le."),
        });
    };
    let skip = match byte_order_mark(&bytes) {
        // `utf-16` alone leaves the byte order to the mark.
        Some((skip, name)) if name.starts_with("utf-16") && lower.starts_with("utf-16") => {
            return decode_marked(bytes, skip, name);
        }
        Some((skip, name)) if encoding.name().eq_ignore_ascii_case(name) => skip,
        _ => 0,
    };
    if encoding == UTF_8 && std::str::from_utf8(&bytes[skip..]).is_err() {
        let message = "the file is not valid UTF-8. Leave the encoding out, or try windows-1252.".to_owned();
        return Err(DataError::BadEncoding { message });
    }
    Ok(decode_with(encoding, &bytes[skip..]))
}

fn decode_by_guess(bytes: Vec<u8>) -> Decoded {
    if is_nearly_utf8(&bytes) {
        let (text, _) = UTF_8.decode_without_bom_handling(&bytes);
        return clean("utf-8", text.into_owned(), vec![invalid_bytes("utf-8")]);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&bytes[..bytes.len().min(DETECTION_BYTES)], false);
    // Beyond the first part only bytes outside ASCII can tell anything: one window where they begin.
    if let Some(at) = bytes.iter().skip(DETECTION_BYTES).position(|byte| !byte.is_ascii()) {
        let start = DETECTION_BYTES + at;
        detector.feed(&bytes[start..bytes.len().min(start + DETECTION_BYTES)], false);
    }
    detector.feed(&[], true);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    let mut decoded = decode_with(encoding, &bytes);
    let message = format!(
        "The file does not say how its letters are encoded; {} was guessed. If letters look wrong, open it again with \
         another encoding.",
        decoded.encoding
    );
    decoded.warnings.push(about_file("encoding_guessed", message));
    decoded
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
    let text = if text.contains('\0') {
        warnings.push(about_file("nul_bytes", "The file holds NUL characters; they were left out.".into()));
        text.replace('\0', "")
    } else {
        text
    };
    Decoded { text, encoding: encoding.to_owned(), warnings }
}

fn invalid_bytes(encoding: &str) -> DataWarning {
    let message = format!("Some bytes are not valid {encoding}; they are shown as \u{FFFD}.");
    about_file("invalid_bytes", message)
}

/// A warning about the file as a whole.
pub(crate) fn about_file(code: &str, message: String) -> DataWarning {
    DataWarning { code: code.into(), message, columns: Vec::new(), rows: Vec::new(), ..DataWarning::default() }
}

/// Bytes that no text has: many control characters.
pub(crate) fn is_binary(bytes: &[u8]) -> bool {
    if byte_order_mark(bytes).is_some() || utf16_by_zeros(bytes).is_some() {
        return false;
    }
    let probe = &bytes[..bytes.len().min(PROBE_BYTES)];
    let is_control = |byte: &&u8| matches!(**byte, 0..=8 | 14..=26 | 28..=31 | 127);
    probe.iter().filter(is_control).count() * 50 > probe.len()
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
