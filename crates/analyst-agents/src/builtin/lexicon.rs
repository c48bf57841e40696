//! The words the built-in analyst knows. They are data: `lexicon/en.json` now, another language is another file.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

use super::concept::Concept;
use super::tokens::split_words;

/// The file as it is written.
#[derive(Debug, Deserialize)]
struct Source {
    concepts: BTreeMap<Concept, Vec<String>>,
    stopwords: Vec<String>,
    numbers: BTreeMap<String, f64>,
    months: BTreeMap<String, u32>,
    weekdays: BTreeMap<String, u32>,
    synonyms: Vec<Vec<String>>,
    adjectives: BTreeMap<String, Adjective>,
    additive: Vec<String>,
    entities: Vec<String>,
    positive: Vec<String>,
    value_synonyms: BTreeMap<String, Vec<String>>,
    time_names: Vec<String>,
    id_names: Vec<String>,
    unit_words: Vec<String>,
    comparatives: Vec<String>,
    neutral: Vec<String>,
}

/// A word that names a column by what it says of it: “oldest” is about age.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Adjective {
    /// Which end of the column it means.
    pub(super) order: Concept,
    /// Words of the columns it may be about, best first.
    pub(super) columns: Vec<String>,
}

/// All words of one language, ready to be looked up.
#[derive(Debug)]
pub(super) struct Lexicon {
    phrases: HashMap<Vec<String>, Concept>,
    longest_phrase: usize,
    stopwords: HashSet<String>,
    /// Number words.
    pub(super) numbers: BTreeMap<String, f64>,
    /// Month names, 1 to 12.
    pub(super) months: BTreeMap<String, u32>,
    /// Day names, Monday is 0.
    pub(super) weekdays: BTreeMap<String, u32>,
    synonyms: HashMap<String, usize>,
    adjectives: BTreeMap<String, Adjective>,
    additive: HashSet<String>,
    entities: HashSet<String>,
    positive: HashSet<String>,
    value_synonyms: BTreeMap<String, Vec<String>>,
    time_names: HashSet<String>,
    id_names: HashSet<String>,
    unit_words: HashSet<String>,
    comparatives: HashSet<String>,
    neutral: HashSet<String>,
    neutral_stems: HashSet<String>,
}

/// English.
pub(super) static ENGLISH: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::parse(include_str!("lexicon/en.json")));

impl Lexicon {
    fn parse(json: &str) -> Self {
        let source: Source = serde_json::from_str(json).expect("BUG: the compiled-in lexicon is valid");
        let mut phrases = HashMap::new();
        for (concept, list) in source.concepts {
            for phrase in list {
                phrases.entry(split_words(&phrase)).or_insert(concept);
            }
        }
        let synonyms = source.synonyms.iter().enumerate();
        Self {
            longest_phrase: phrases.keys().map(Vec::len).max().unwrap_or(1),
            phrases,
            stopwords: source.stopwords.into_iter().collect(),
            numbers: source.numbers,
            months: source.months,
            weekdays: source.weekdays,
            synonyms: synonyms.flat_map(|(i, group)| group.iter().map(move |w| (w.clone(), i))).collect(),
            adjectives: source.adjectives,
            additive: source.additive.into_iter().collect(),
            entities: source.entities.into_iter().collect(),
            positive: source.positive.into_iter().collect(),
            value_synonyms: source.value_synonyms,
            time_names: source.time_names.into_iter().collect(),
            id_names: source.id_names.into_iter().collect(),
            unit_words: source.unit_words.into_iter().collect(),
            comparatives: source.comparatives.into_iter().collect(),
            neutral_stems: source.neutral.iter().filter(|w| w.len() > 4).map(|w| stem(w)).collect(),
            neutral: source.neutral.into_iter().collect(),
        }
    }

    /// The longest phrase at the start of `words`, with the number of words it takes.
    pub(super) fn phrase(&self, words: &[&str]) -> Option<(Concept, usize)> {
        (1..=self.longest_phrase.min(words.len())).rev().find_map(|n| {
            let key: Vec<String> = words[..n].iter().map(|w| (*w).to_owned()).collect();
            self.phrases.get(&key).map(|concept| (*concept, n))
        })
    }

    /// Words that carry no meaning of their own.
    pub(super) fn is_stopword(&self, word: &str) -> bool {
        self.stopwords.contains(word)
    }

    /// Whether two words are the same but for number, ending, or by the synonym groups.
    pub(super) fn alike(&self, a: &str, b: &str) -> bool {
        same_word(a, b) || self.synonym_group(a).is_some_and(|group| self.synonym_group(b) == Some(group))
    }

    fn synonym_group(&self, word: &str) -> Option<usize> {
        self.synonyms.get(word).or_else(|| self.synonyms.get(singular(word).as_str())).copied()
    }

    /// What an adjective such as “oldest” says.
    pub(super) fn adjective(&self, word: &str) -> Option<&Adjective> {
        self.adjectives.get(word)
    }

    /// Whether quantities of this name are summed rather than averaged.
    pub(super) fn is_additive(&self, word: &str) -> bool {
        self.additive.contains(word)
    }

    /// Words for what one row is about.
    pub(super) fn is_entity(&self, word: &str) -> bool {
        self.entities.contains(word)
    }

    /// Values of two-valued columns that mean yes.
    pub(super) fn is_positive(&self, value: &str) -> bool {
        self.positive.contains(value)
    }

    /// How a word such as “women” may be written as a value.
    pub(super) fn value_forms(&self, word: &str) -> &[String] {
        self.value_synonyms.get(word).map_or(&[], Vec::as_slice)
    }

    /// Words of column names that hold years.
    pub(super) fn names_time(&self, word: &str) -> bool {
        self.time_names.contains(word)
    }

    /// Words of column names that hold identifiers.
    pub(super) fn names_id(&self, word: &str) -> bool {
        self.id_names.contains(word)
    }

    /// Words that hold one thing against another: “more … than”.
    pub(super) fn is_comparative(&self, word: &str) -> bool {
        self.comparatives.contains(word)
    }

    /// Words of analysts' talk that change nothing of what is asked.
    pub(super) fn is_neutral(&self, word: &str) -> bool {
        self.neutral.contains(word) || word.len() > 4 && self.neutral_stems.contains(&stem(word))
    }

    /// Units that may follow a number.
    pub(super) fn is_unit(&self, word: &str) -> bool {
        self.unit_words.contains(word)
    }
}

/// A word without its plural ending.
pub(super) fn singular(word: &str) -> String {
    let cut = |n: usize, ending: &str| format!("{}{ending}", &word[..word.len() - n]);
    match word {
        w if !w.is_ascii() || w.len() < 3 => w.to_owned(),
        w if w.ends_with("ies") && w.len() > 4 => cut(3, "y"),
        w if ["sses", "shes", "ches", "xes", "zes"].iter().any(|e| w.ends_with(e)) => cut(2, ""),
        w if w.ends_with('s') && !w.ends_with("ss") && !w.ends_with("us") && !w.ends_with("is") => cut(1, ""),
        w => w.to_owned(),
    }
}

/// Equal but for number or a verb's ending: `churned` and `churn`, `sales` and `sale`.
pub(super) fn same_word(a: &str, b: &str) -> bool {
    a == b
        || singular(a) == singular(b)
        || (a.len() > 4 && b.len() > 4 && (stem(a) == stem(b) || nominal(a, b) || nominal(b, a)))
}

/// “readmission” and “readmitted”, “conversion” and “converted”: a noun of what was done.
fn nominal(noun: &str, verb: &str) -> bool {
    let noun_root = ["ission", "sion", "tion"].iter().find_map(|e| noun.strip_suffix(e));
    let verb_root = ["itted", "tted", "ted", "ded", "ed"].iter().find_map(|e| verb.strip_suffix(e));
    let verb_root = if noun.ends_with("ission") { verb.strip_suffix("itted") } else { verb_root };
    matches!((noun_root, verb_root), (Some(a), Some(b)) if a.len() >= 3 && a == b)
}

fn stem(word: &str) -> String {
    let mut base = singular(word);
    for endings in [&["ation", "ly", "ing", "ed", "ment", "or", "er", "al"][..], &["e", "y"]] {
        let ending = endings.iter().find(|e| base.is_ascii() && base.ends_with(**e) && base.len() - e.len() >= 4);
        base.truncate(base.len() - ending.map_or(0, |e| e.len()));
    }
    base
}
