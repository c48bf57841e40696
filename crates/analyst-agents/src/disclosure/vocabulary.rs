//! Which words of a result may leave the computer below the level “samples”.
//!
//! A result is text and numbers that code made, and code may print any cell. Nobody can list all cells, so the
//! question is turned round: a word is shown only when it cannot have come from a cell alone, because it stands in
//! the schema, in the question, in the code (which the model wrote itself), among the frequent categories, or in the
//! vocabulary of the libraries.

use std::collections::HashSet;
use std::sync::OnceLock;

use super::Level;
use crate::DatasetContext;

/// A category may be shown when at least this many rows have it.
pub(super) const FREQUENT_ROWS: u64 = 10;
/// A whole number with more digits may be a telephone, account or card number.
const MAX_DIGITS: usize = 10;
/// What stands for a word that is not shown.
const HIDDEN: &str = "…";

/// The words that may be shown.
#[derive(Debug, Clone, Default)]
pub(super) struct Vocabulary {
    everything: bool,
    words: HashSet<String>,
    texts: HashSet<String>,
}

impl Vocabulary {
    /// The words that the datasets' own description gives at a level.
    pub fn new(level: Level, datasets: &[DatasetContext]) -> Self {
        let mut vocabulary = Self { everything: level >= Level::Samples, ..Self::default() };
        for dataset in datasets {
            vocabulary.learn(&dataset.name);
            for column in &dataset.profile.columns {
                vocabulary.learn(&column.name);
                if level >= Level::Statistics {
                    super::dataset::frequent(column).for_each(|(text, _)| vocabulary.learn(&text));
                }
            }
        }
        vocabulary
    }

    /// Every word of a text may be shown from now on.
    pub fn learn(&mut self, text: &str) {
        self.words.extend(words(text).map(|word| word.text.to_lowercase()));
        self.texts.insert(text.trim().to_lowercase());
    }

    /// Whether a text may be shown as it is.
    pub fn admits(&self, text: &str) -> bool {
        self.everything
            || self.texts.contains(&text.trim().to_lowercase())
            || words(text).all(|word| self.admits_word(&word, true))
    }

    /// The lines that may be shown, and how many were left out.
    pub fn admitted_lines<'a>(&self, text: &'a str) -> (Vec<&'a str>, usize) {
        let (shown, hidden): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| self.admits(line));
        (shown, hidden.len())
    }

    /// The sentences that may be shown.
    pub fn admitted_sentences(&self, text: &str) -> String {
        let sentences = text.split_inclusive(['.', '\n', '!', '?']).filter(|sentence| self.admits(sentence));
        sentences.collect::<String>().trim().to_owned()
    }

    /// The text with everything hidden that may not be shown; with `numbers` false also numbers that are not known.
    pub fn masked(&self, text: &str, numbers: bool) -> String {
        if self.everything {
            return text.to_owned();
        }
        let mut shown = String::with_capacity(text.len());
        let mut from = 0;
        for word in words(text).filter(|word| !self.admits_word(word, numbers)) {
            shown.push_str(&text[from..word.start]);
            shown.push_str(HIDDEN);
            from = word.start + word.text.len();
        }
        shown.push_str(&text[from..]);
        shown
    }

    fn admits_word(&self, word: &Word, numbers: bool) -> bool {
        let lower = word.text.to_lowercase();
        if self.words.contains(&lower) {
            return true;
        }
        if lower.starts_with(|c: char| c.is_ascii_digit()) {
            let mantissa = lower.strip_suffix('e').unwrap_or(&lower);
            let digits = mantissa.chars().all(|c| c.is_ascii_digit());
            return numbers && digits && (word.after_point || mantissa.len() <= MAX_DIGITS);
        }
        common().contains(lower.as_str())
            || (lower.contains('_') && lower.split('_').all(|part| self.admits_part(part)))
    }

    fn admits_part(&self, part: &str) -> bool {
        part.is_empty() || self.words.contains(part) || common().contains(part)
    }
}

/// The vocabulary of the libraries.
fn common() -> &'static HashSet<&'static str> {
    static WORDS: OnceLock<HashSet<&'static str>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let lines = include_str!("vocabulary.txt").lines().filter(|line| !line.starts_with('#'));
        lines.flat_map(str::split_whitespace).collect()
    })
}

/// Letters, digits and underscores that stand together.
struct Word<'a> {
    text: &'a str,
    start: usize,
    after_point: bool,
}

fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let start = from + text[from..].find(is_word)?;
        let end = text[start..].find(|c| !is_word(c)).map_or(text.len(), |len| start + len);
        from = end;
        Some(Word { text: &text[start..end], start, after_point: text[..start].ends_with('.') })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary() -> Vocabulary {
        let mut vocabulary = Vocabulary::default();
        vocabulary.learn("unit price");
        vocabulary.learn("Müller & Söhne");
        vocabulary
    }

    #[test]
    fn a_text_passes_only_when_every_word_is_known() {
        let cases = [
            ("mean unit price: 19.26", true),
            ("mean_price 1.5e-05", true),
            ("MEAN of Price", true),
            ("müller & söhne", true),
            ("mean of Quxlandia", false),
            ("total 12345678901", false),
            ("0.123456789012345", true),
            ("A17", false),
            ("2024-01-31", true),
            ("", true),
        ];
        for (text, expected) in cases {
            assert_eq!(vocabulary().admits(text), expected, "{text}");
        }
    }

    #[test]
    fn masking_hides_only_the_unknown() {
        let cases = [
            ("could not convert string to float: 'Quxlandia'", true, "could not convert string to float: '…'"),
            ("invalid literal for int: '4711'", false, "invalid literal for int: '…'"),
            ("rows 12", true, "rows 12"),
            ("price_qux", true, "…"),
        ];
        for (text, numbers, expected) in cases {
            assert_eq!(vocabulary().masked(text, numbers), expected);
        }
    }

    #[test]
    fn printed_lines_with_cells_are_left_out() {
        let printed = "mean price 5.5\n0  Quxlandia 7\ncount 12";
        assert_eq!(vocabulary().admitted_lines(printed), (vec!["mean price 5.5", "count 12"], 1));
        assert_eq!(vocabulary().admitted_sentences("The mean is 5. Quxlandia leads."), "The mean is 5.");
    }
}
