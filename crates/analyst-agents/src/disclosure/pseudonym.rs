//! Stand-ins for texts that stay on this computer: the model sees `⟦t1⟧`, the person reads the text itself.

use std::sync::{Mutex, OnceLock, PoisonError};

use regex::{Captures, Regex};

/// The texts of one run that have a stand-in, by their number less one.
#[derive(Debug, Default)]
pub(super) struct Pseudonyms {
    texts: Mutex<Vec<String>>,
}

impl Pseudonyms {
    /// The stand-in of a text: always the same for the same text.
    pub fn stand_in(&self, text: &str) -> String {
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        let at = texts.iter().position(|known| known == text).unwrap_or_else(|| {
            texts.push(text.to_owned());
            texts.len() - 1
        });
        format!("⟦t{}⟧", at + 1)
    }

    /// The text with its stand-ins replaced. Models copy brackets freely; `[t1]` is understood, too.
    pub fn restored(&self, text: &str) -> String {
        static STAND_IN: OnceLock<Regex> = OnceLock::new();
        let stand_in = STAND_IN.get_or_init(|| {
            Regex::new(r"(?:⟦|\[{1,2})\s*t(\d{1,6})\s*(?:⟧|\]{1,2})").expect("BUG: the pattern is a literal")
        });
        let texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        let restored = stand_in.replace_all(text, |found: &Captures| {
            let number: usize = found[1].parse().unwrap_or_default();
            let known = number.checked_sub(1).and_then(|at| texts.get(at));
            known.map_or_else(|| found[0].to_owned(), |text| as_prose(text))
        });
        restored.into_owned()
    }
}

/// A cell's text as prose: nothing in it may act as Markdown or HTML.
fn as_prose(text: &str) -> String {
    let mut prose = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => prose.push(' '),
            '[' | ']' | '<' | '|' | '`' | '\\' => prose.extend(['\\', c]),
            c => prose.push(c),
        }
    }
    prose
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_ins_are_stable_and_come_back_as_plain_text() {
        let pseudonyms = Pseudonyms::default();
        assert_eq!(pseudonyms.stand_in("Ann"), "⟦t1⟧");
        assert_eq!(pseudonyms.stand_in("[x](http://a) <b>"), "⟦t2⟧");
        assert_eq!(pseudonyms.stand_in("Ann"), "⟦t1⟧");
        assert_eq!(pseudonyms.restored("⟦t1⟧, [t1], [[ t1 ]] and ⟦t9⟧"), "Ann, Ann, Ann and ⟦t9⟧");
        assert_eq!(pseudonyms.restored("⟦t2⟧"), "\\[x\\](http://a) \\<b>");
    }
}
