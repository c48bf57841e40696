//! Words for yes and no.
//!
//! `true` and `false` are booleans wherever they stand. Words such as `yes` or `N` are only when a column holds both of
//! a pair and nothing else: a column of nothing but `Y` may be a code. `0` and `1` are numbers unless a person says so.

/// Pairs of words, the one for yes first, in lower case.
const PAIRS: &[(&str, &str)] = &[
    ("yes", "no"),
    ("y", "n"),
    ("t", "f"),
    ("ja", "nein"),
    ("j", "n"),
    ("oui", "non"),
    ("sí", "no"),
    ("si", "no"),
    ("sì", "no"),
    ("sim", "não"),
    ("sim", "nao"),
    ("ja", "nee"),
    ("ja", "nej"),
    ("tak", "nie"),
    ("да", "нет"),
    ("はい", "いいえ"),
    ("是", "否"),
    ("wahr", "falsch"),
    ("vrai", "faux"),
    ("verdadero", "falso"),
    ("verdadeiro", "falso"),
    ("vero", "falso"),
    ("on", "off"),
    ("true", "false"),
];
const LONGEST_WORD: usize = 12;

/// The value of a word, whichever pair it is of.
pub(crate) fn read(text: &str) -> Option<bool> {
    let word = lower(text)?;
    PAIRS.iter().find_map(|&(yes, no)| (word == yes).then_some(true).or((word == no).then_some(false)))
}

fn lower(text: &str) -> Option<String> {
    (text.len() <= LONGEST_WORD).then(|| text.to_lowercase())
}

/// The different words of a column, as long as there are at most two.
#[derive(Debug, Clone, Default)]
pub(crate) struct Words {
    seen: [Option<String>; 2],
    /// Another word came, or one that is too long.
    is_more: bool,
}

impl Words {
    /// Takes a word in.
    pub fn add(&mut self, text: &str) {
        if self.is_more {
            return;
        }
        if self.seen.iter().flatten().any(|seen| seen == text) {
            return;
        }
        let Some(word) = lower(text) else {
            self.is_more = true;
            return;
        };
        if self.seen.iter().flatten().any(|seen| *seen == word) {
            return;
        }
        match self.seen.iter_mut().find(|seen| seen.is_none()) {
            Some(free) => *free = Some(word),
            None => self.is_more = true,
        }
    }

    /// Takes in the words of a part that was read by itself.
    pub fn merge(&mut self, other: &Self) {
        self.is_more |= other.is_more;
        other.seen.iter().flatten().for_each(|word| self.add(word));
    }

    /// Both words of one pair, and nothing else.
    pub fn are_pair(&self) -> bool {
        let [Some(one), Some(other)] = &self.seen else { return false };
        let (one, other) = (one.as_str(), other.as_str());
        !self.is_more && PAIRS.iter().any(|&(yes, no)| (one, other) == (yes, no) || (one, other) == (no, yes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_words_of_a_pair_make_booleans() {
        let pair = |words: &[&str]| {
            let mut seen = Words::default();
            words.iter().for_each(|word| seen.add(word));
            seen.are_pair()
        };
        assert!(pair(&["Yes", "no", "YES"]));
        assert!(pair(&["Nein", "Ja"]));
        assert!(pair(&["да", "Нет"]));
        assert!(!pair(&["Y", "Y"]));
        assert!(!pair(&["yes", "no", "maybe"]));
        assert!(!pair(&["yes", "nein"]));
        assert!(!pair(&["M", "F"]));
    }

    #[test]
    fn words_of_parts_are_put_together() {
        let words = |list: &[&str]| {
            let mut seen = Words::default();
            list.iter().for_each(|word| seen.add(word));
            seen
        };
        let mut all = words(&["yes"]);
        all.merge(&words(&["no", "yes"]));
        assert!(all.are_pair());
        all.merge(&words(&["perhaps"]));
        assert!(!all.are_pair());
    }

    #[test]
    fn every_word_has_one_value() {
        for (yes, no) in PAIRS {
            assert_eq!((read(yes), read(&no.to_uppercase())), (Some(true), Some(false)), "{yes} {no}");
        }
        assert_eq!(read("maybe"), None);
    }
}
