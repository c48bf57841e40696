//! Which of the old encodings a text is in, when its bytes are not UTF-8.
//!
//! A detector trained on the web proposes one. It knows neither Mac Roman nor the code page of DOS, and with few letters
//! it may be wrong: so the letters of every candidate are looked at as a person would (do they stand in words, in one
//! script, small after small?), and when another candidate looks as good, its name is told.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    Encoding, GB18030, GBK, IBM866, ISO_8859_2, ISO_8859_15, KOI8_R, MACINTOSH, WINDOWS_1250, WINDOWS_1251,
    WINDOWS_1252, WINDOWS_1253, WINDOWS_1254, WINDOWS_1257,
};

/// How bytes become letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Charset {
    /// One of the web's encodings.
    Web(&'static Encoding),
    /// Code page 850: DOS in Western Europe.
    Dos,
}

/// The upper half of code page 850.
const DOS_LETTERS: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─\
    ┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";

const DETECTION_BYTES: usize = 1 << 20;
const SAMPLE_BYTES: usize = 64 << 10;
/// With more letters than this the detector is not mistaken.
const FEW_LETTERS: usize = 40;
/// So much better must one look that the detector does not know.
const CLEARLY_BETTER: f64 = 0.3;
const AS_GOOD: f64 = 0.1;

impl Charset {
    /// By a person's word for it.
    pub fn named(label: &str) -> Option<Self> {
        match label {
            "ibm850" | "cp850" | "850" | "dos" => Some(Self::Dos),
            "macroman" | "mac-roman" | "mac_roman" => Some(Self::Web(MACINTOSH)),
            "gb2312" | "gbk" | "cp936" => Some(Self::Web(GB18030)),
            "cp932" => Encoding::for_label(b"shift_jis").map(Self::Web),
            _ => {
                let windows = label.strip_prefix("cp").map(|page| format!("windows-{page}"));
                let found = Encoding::for_label(label.as_bytes());
                found.or_else(|| Encoding::for_label(windows?.as_bytes())).map(Self::Web)
            }
        }
    }

    /// The name for recipes, in lower case.
    pub fn name(self) -> String {
        match self {
            Self::Web(encoding) => encoding.name().to_lowercase(),
            Self::Dos => "ibm850".to_owned(),
        }
    }

    /// The text, and whether some bytes had no meaning.
    pub fn decode(self, bytes: &[u8]) -> (String, bool) {
        match self {
            Self::Web(encoding) => {
                let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
                (text.into_owned(), had_errors)
            }
            Self::Dos => {
                let upper: Vec<char> = DOS_LETTERS.chars().collect();
                let letter =
                    |&byte: &u8| if byte.is_ascii() { char::from(byte) } else { upper[usize::from(byte) - 128] };
                (bytes.iter().map(letter).collect(), false)
            }
        }
    }
}

/// The charset that is likely, and another that is nearly as likely and reads some letters differently.
pub(crate) fn guess(bytes: &[u8]) -> (Charset, Option<Charset>) {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&bytes[..bytes.len().min(DETECTION_BYTES)], false);
    // Beyond the first part only bytes outside ASCII can tell anything: one window where they begin.
    if let Some(at) = bytes.iter().skip(DETECTION_BYTES).position(|byte| !byte.is_ascii()) {
        let start = DETECTION_BYTES + at;
        detector.feed(&bytes[start..bytes.len().min(start + DETECTION_BYTES)], false);
    }
    detector.feed(&[], true);
    let proposed = detector.guess(None, Utf8Detection::Deny);
    let proposed = if proposed == GBK { GB18030 } else { proposed };
    let sample = sample(bytes);
    let mut best = Charset::Web(proposed);
    let (mut text, had_errors) = best.decode(&sample);
    let mut looks = if had_errors { -1.0 } else { plausibility(&text) };
    let n_letters = sample.iter().filter(|byte| !byte.is_ascii()).count();
    if !proposed.is_single_byte() {
        return (best, None);
    }
    // One letter alone says nothing against the detector.
    const ENOUGH_LETTERS: usize = 3;
    let candidates = [Charset::Web(MACINTOSH), Charset::Dos, Charset::Web(WINDOWS_1252)];
    for candidate in candidates.into_iter().filter(|_| n_letters >= ENOUGH_LETTERS) {
        let (other, _) = candidate.decode(&sample);
        let its_looks = plausibility(&other);
        if its_looks > looks + CLEARLY_BETTER {
            (best, text, looks) = (candidate, other, its_looks);
        }
    }
    let others = [
        WINDOWS_1252,
        WINDOWS_1250,
        WINDOWS_1251,
        ISO_8859_2,
        ISO_8859_15,
        KOI8_R,
        IBM866,
        WINDOWS_1253,
        WINDOWS_1254,
        WINDOWS_1257,
        MACINTOSH,
    ];
    let others = others.into_iter().map(Charset::Web).chain([Charset::Dos]).filter(|other| *other != best);
    let mut alternative: Option<(Charset, f64)> = None;
    for other in others.filter(|_| n_letters < FEW_LETTERS) {
        let (its_text, had_errors) = other.decode(&sample);
        let its_looks = plausibility(&its_text);
        let is_better = alternative.is_none_or(|(_, best)| its_looks > best);
        if !had_errors && its_text != text && its_looks + AS_GOOD >= looks && is_better {
            alternative = Some((other, its_looks));
        }
    }
    (best, alternative.map(|(other, _)| other))
}

/// The lines that hold something beyond ASCII.
fn sample(bytes: &[u8]) -> Vec<u8> {
    let mut sample = Vec::new();
    for line in bytes.split(|&byte| byte == b'\n' || byte == b'\r').filter(|line| !line.is_ascii()) {
        sample.extend_from_slice(&line[..line.len().min(SAMPLE_BYTES)]);
        sample.push(b'\n');
        if sample.len() >= SAMPLE_BYTES {
            break;
        }
    }
    sample
}

/// Letters that languages in Latin script use often.
const COMMON: &str = "äöüßéèêàâçñóáíúôîûëïœæøåãõòùìğışčšžřěůýąęłńśźżćőűășțđ";

/// How much the signs beyond ASCII look like writing, from -1 to 1.
fn plausibility(text: &str) -> f64 {
    let letters: Vec<char> = text.chars().collect();
    let (mut sum, mut n) = (0.0, 0.0f64);
    for (at, &letter) in letters.iter().enumerate().filter(|(_, letter)| !letter.is_ascii()) {
        n += 1.0;
        let before = at.checked_sub(1).map_or(' ', |at| letters[at]);
        let after = letters.get(at + 1).copied().unwrap_or(' ');
        sum += looks(letter, before, after);
    }
    sum / n.max(1.0)
}

fn looks(letter: char, before: char, after: char) -> f64 {
    if letter == char::REPLACEMENT_CHARACTER || letter.is_control() || ('\u{2500}'..='\u{259f}').contains(&letter) {
        return -1.0;
    }
    if !letter.is_alphabetic() {
        let in_word = before.is_alphabetic() && after.is_alphabetic() && !matches!(letter, '’' | '·');
        let usual = matches!(
            letter,
            '€' | '£'
                | '°'
                | '§'
                | '–'
                | '—'
                | '“'
                | '”'
                | '„'
                | '’'
                | '‘'
                | '«'
                | '»'
                | '²'
                | '³'
                | 'µ'
                | '\u{a0}'
                | '№'
                | '½'
                | '…'
        );
        return if in_word {
            -1.0
        } else if usual {
            0.7
        } else {
            -0.3
        };
    }
    let is_latin = |c: char| c.is_ascii_alphabetic() || ('\u{c0}'..='\u{24f}').contains(&c);
    let mixes = [before, after].into_iter().any(|c| c.is_alphabetic() && is_latin(c) != is_latin(letter));
    // A capital after a small letter stands in no word.
    let is_odd_capital = letter.is_uppercase() && before.is_lowercase();
    if mixes || is_odd_capital {
        return -1.0;
    }
    // Accents stand among plain letters; one beside the other is rare in Latin script.
    let is_accented = |c: char| !c.is_ascii() && is_latin(c);
    if is_latin(letter) && (is_accented(before) || is_accented(after)) {
        return 0.2;
    }
    let small = letter.to_lowercase().next().unwrap_or(letter);
    let is_common = !is_latin(letter) || COMMON.contains(small);
    let stands_in_word = before.is_alphabetic() || after.is_alphabetic();
    match (is_common, stands_in_word) {
        (true, true) => 1.0,
        (true, false) | (false, true) => 0.3,
        (false, false) => -0.2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_encodings_are_told_apart() {
        let german = "Stadt;Straße\nMünchen;Königsallee\nKöln;Süßer Weg\nNürnberg;Äußere Großweidenmühle\n";
        let russian = "Город;Улица\nМосква;Тверская\nСанкт-Петербург;Невский проспект\nКазань;Баумана\n";
        let encode = |encoding: &'static Encoding, text: &str| encoding.encode(text).0.into_owned();
        let dos = |text: &str| -> Vec<u8> {
            let upper: Vec<char> = DOS_LETTERS.chars().collect();
            text.chars()
                .map(|c| if c.is_ascii() { c as u8 } else { 128 + upper.iter().position(|&u| u == c).unwrap() as u8 })
                .collect()
        };
        let mac = |text: &str| -> Vec<u8> {
            (0..text.chars().count())
                .map(|at| text.chars().nth(at).unwrap())
                .map(|c| {
                    (0..=255u8).find(|&byte| MACINTOSH.decode_without_bom_handling(&[byte]).0.starts_with(c)).unwrap()
                })
                .collect()
        };
        let cases = [
            (encode(WINDOWS_1252, german), Charset::Web(WINDOWS_1252)),
            (mac(german), Charset::Web(MACINTOSH)),
            (dos(german), Charset::Dos),
            (encode(WINDOWS_1251, russian), Charset::Web(WINDOWS_1251)),
            (encode(KOI8_R, russian), Charset::Web(KOI8_R)),
            (encode(IBM866, russian), Charset::Web(IBM866)),
        ];
        for (bytes, expected) in cases {
            let (found, _) = guess(&bytes);
            let looks =
                if expected == Charset::Web(KOI8_R) { found.name().starts_with("koi8") } else { found == expected };
            assert!(looks, "{found:?} for {expected:?}");
        }
    }

    #[test]
    fn another_reading_that_looks_as_good_is_told() {
        let (found, alternative) = guess(b"name\np\xE8re\n");
        assert!(alternative.is_some(), "{found:?}");
    }
}
