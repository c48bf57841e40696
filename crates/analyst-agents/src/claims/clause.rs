//! What a number is said of: the row labels named in its own clause, as far as the prose decides it.
//!
//! A right number under the wrong label is a wrong number. So a value of a labelled row counts only where no other
//! label of the same kind is named in its place. Where the prose leaves it open, any label of the sentence will do.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

use super::number::pattern;

/// Labels that are kept; more are names of records rather than of groups.
const MAX_LABELS: usize = 5_000;
/// Words that are labels of rows and everyday words at once: as labels they prove nothing.
const EVERYDAY: [&str; 28] = [
    "a", "i", "no", "yes", "all", "other", "others", "total", "sum", "mean", "true", "false", "none", "in", "to", "at",
    "on", "is", "it", "may", "unknown", "overall", "count", "average", "or", "and", "ja", "nein",
];
/// Words of lists of labels.
const LIST_WORDS: [&str; 14] =
    ["both", "between", "the", "in", "for", "of", "and", "und", "from", "together", "neither", "either", "with", "s"];

/// A label of rows, as an index into [`Labels`].
pub(super) type LabelId = u32;

/// Labels of rows; those of one column of one table are a family.
#[derive(Debug, Default)]
pub(super) struct Labels {
    /// The family of each label.
    families: Vec<u32>,
    known: HashMap<(u32, String), LabelId>,
    /// Spellings by their first word.
    spellings: HashMap<String, Vec<(Vec<String>, LabelId)>>,
    n_families: u32,
    timely: HashSet<u32>,
    /// Families whose labels speak of their own clause only.
    narrow: HashSet<u32>,
}

/// A label found in prose. Several labels may be meant: a quarter means its months.
#[derive(Debug, Clone)]
pub(super) struct Mention {
    pub range: Range<usize>,
    pub labels: Vec<LabelId>,
}

impl Labels {
    pub fn family(&mut self, is_time: bool) -> u32 {
        self.n_families += 1;
        if is_time {
            self.timely.insert(self.n_families);
        }
        self.n_families
    }

    /// A family of names rather than of labels: they say nothing of the clauses after them.
    pub fn family_of_names(&mut self) -> u32 {
        let family = self.family(false);
        self.narrow.insert(family);
        family
    }

    /// Whether a label binds beyond its own clause.
    pub fn is_narrow(&self, label: LabelId) -> bool {
        self.narrow.contains(&self.family_of(label))
    }

    pub fn family_of(&self, label: LabelId) -> u32 {
        self.families[label as usize]
    }

    /// Whether the labels of a family follow each other in time.
    pub fn is_time(&self, label: LabelId) -> bool {
        self.timely.contains(&self.family_of(label))
    }

    /// The label written so, if it can be recognised in prose.
    pub fn add(&mut self, family: u32, text: &str) -> Option<LabelId> {
        if let Some(known) = self.known.get(&(family, text.to_owned())) {
            return Some(*known);
        }
        let words: Vec<String> = tokens(text).into_iter().map(|(_, word)| word).collect();
        let tells = match words.as_slice() {
            [] => false,
            [one] if one.bytes().all(|b| b.is_ascii_digit()) => one.len() == 4,
            [one] => one.chars().count() > 1 && !EVERYDAY.contains(&one.as_str()),
            many => many.len() <= 8,
        };
        if !tells || self.families.len() >= MAX_LABELS {
            return None;
        }
        let id = LabelId::try_from(self.families.len()).ok()?;
        self.families.push(family);
        self.known.insert((family, text.to_owned()), id);
        for spelling in in_words_of_the_calendar(text) {
            self.spell(id, tokens(&spelling).into_iter().map(|(_, word)| word).collect());
        }
        self.spell(id, words);
        Some(id)
    }

    fn spell(&mut self, id: LabelId, words: Vec<String>) {
        let Some(first) = words.first().cloned() else { return };
        self.spellings.entry(first).or_default().push((words, id));
    }

    /// The labels named in a text, longest first where they overlap.
    pub fn mentions(&self, text: &str) -> Vec<Mention> {
        let tokens = tokens(text);
        let mut found = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            let Some((len, labels)) = self.longest(&tokens[at..]) else {
                at += 1;
                continue;
            };
            found.push(Mention { range: tokens[at].0.start..tokens[at + len - 1].0.end, labels });
            at += len;
        }
        found
    }

    fn longest(&self, tokens: &[(Range<usize>, String)]) -> Option<(usize, Vec<LabelId>)> {
        let spellings = self.spellings.get(&tokens.first()?.1)?;
        let fits = |words: &[String]| {
            words.len() <= tokens.len() && words.iter().zip(tokens).all(|(word, (_, token))| word == token)
        };
        let fitting: Vec<_> = spellings.iter().filter(|(words, _)| fits(words)).collect();
        let len = fitting.iter().map(|(words, _)| words.len()).max()?;
        let labels = fitting.iter().filter(|(words, _)| words.len() == len).map(|(_, id)| *id).collect();
        Some((len, labels))
    }
}

/// `2023-04` as people write it: April 2023, and the quarter it belongs to.
fn in_words_of_the_calendar(text: &str) -> Vec<String> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    static MONTH: OnceLock<Regex> = OnceLock::new();
    static QUARTER: OnceLock<Regex> = OnceLock::new();
    let month = MONTH.get_or_init(|| pattern(r"^(\d{4})-(\d{2})(?:-01(?:[T ]00:00:00)?)?$"));
    let quarter = QUARTER.get_or_init(|| pattern(r"^(?:(\d{4})[-/ ]?Q([1-4])|Q([1-4])[-/ ]?(\d{4}))$"));
    if let Some(found) = month.captures(text) {
        let Some(at) = found[2].parse::<usize>().ok().filter(|at| (1..=12).contains(at)) else { return Vec::new() };
        let (year, name) = (&found[1], MONTHS[at - 1]);
        let mut spellings = vec![format!("{name} {year}"), format!("{} {year}", &name[..3])];
        spellings.push(format!("q{} {year}", (at - 1) / 3 + 1));
        if name != "may" && name != "march" {
            spellings.push(name.to_owned());
        }
        return spellings;
    }
    let Some(found) = quarter.captures(text) else { return Vec::new() };
    let part = |one: usize, other: usize| found.get(one).or_else(|| found.get(other)).map_or("", |part| part.as_str());
    let (year, number) = (part(1, 4), part(2, 3));
    vec![format!("q{number} {year}"), format!("{year} q{number}")]
}

/// The words of a text in lower case, with their places.
fn tokens(text: &str) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (c.is_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                found.push((from..at, text[from..at].to_lowercase()));
                start = None;
            }
            _ => {}
        }
    }
    found
}

/// The sentence or line a place is in. A point within a label or an abbreviation ends nothing.
pub(super) fn unit(text: &str, at: usize, mentions: &[Mention]) -> Range<usize> {
    static ENDS: OnceLock<Regex> = OnceLock::new();
    static ABBREVIATIONS: OnceLock<Regex> = OnceLock::new();
    let ends = ENDS.get_or_init(|| pattern(r"[.!?]\s|\n"));
    let abbreviations = ABBREVIATIONS
        .get_or_init(|| pattern(r"(?i)\b(?:i\.e|e\.g|z\.b|d\.h|no|nr|vs|ca|mio|mrd|tsd|approx|avg|st|dr|resp|incl)$"));
    let is_end = |found: &regex::Match<'_>| {
        let inside = mentions.iter().any(|m| m.range.start < found.start() && found.start() < m.range.end);
        let from = text.floor_char_boundary(found.start().saturating_sub(12));
        found.as_str() == "\n" || !(inside || abbreviations.is_match(&text[from..found.start()]))
    };
    let (mut start, mut end) = (0, text.len());
    for found in ends.find_iter(text).filter(is_end) {
        if found.end() <= at {
            start = found.end();
        } else if found.start() >= at {
            end = found.start();
            break;
        }
    }
    start..end
}

/// The labels a number is said of.
pub(super) struct Binding<'a> {
    text: &'a str,
    unit: Range<usize>,
    mentions: Vec<&'a Mention>,
    /// Places of the numbers of the unit.
    numbers: Vec<Range<usize>>,
    clauses: Vec<Range<usize>>,
}

impl<'a> Binding<'a> {
    pub fn new(text: &'a str, unit: Range<usize>, mentions: &'a [Mention], numbers: &[Range<usize>]) -> Self {
        let within = |range: &Range<usize>| unit.start <= range.start && range.end <= unit.end;
        let mentions: Vec<&Mention> = mentions.iter().filter(|mention| within(&mention.range)).collect();
        let numbers = numbers.iter().filter(|range| within(range)).cloned().collect::<Vec<_>>();
        let clauses = clauses(text, &unit, &mentions, &numbers);
        Self { text, unit, mentions, numbers, clauses }
    }

    /// The labels of the number at `range`, or none where the prose names none.
    pub fn labels(&self, range: &Range<usize>, labels: &Labels) -> HashSet<LabelId> {
        let bound = self.in_order(range).or_else(|| self.beside(range)).unwrap_or_else(|| self.of_clause(range));
        let own = self.clauses.iter().find(|clause| clause.contains(&range.start));
        let is_own = |mention: &Mention| own.is_some_and(|own| own.contains(&mention.range.start));
        let bound = bound.into_iter().flat_map(|mention| mention.labels.iter().map(move |label| (mention, *label)));
        bound.filter(|(mention, label)| is_own(mention) || !labels.is_narrow(*label)).map(|(_, label)| label).collect()
    }

    /// All labels of the sentence, in order.
    pub fn all(&self) -> Vec<(usize, LabelId)> {
        let all = self.mentions.iter().flat_map(|m| m.labels.iter().map(|label| (m.range.start, *label)));
        all.collect()
    }

    pub fn sentence(&self) -> &'a str {
        &self.text[self.unit.clone()]
    }

    /// The clause of a place, in lower case.
    pub fn clause(&self, at: usize) -> &'a str {
        let clause = self.clauses.iter().find(|clause| clause.contains(&at));
        &self.text[clause.cloned().unwrap_or_else(|| self.unit.clone())]
    }

    /// “A, B and C made 1, 2 and 3 respectively.”
    fn in_order(&self, range: &Range<usize>) -> Option<Vec<&'a Mention>> {
        let said = self.sentence().to_lowercase();
        let in_order = ["respectively", "in that order", "beziehungsweise"].iter().any(|word| said.contains(word));
        if !in_order || self.mentions.len() != self.numbers.len() {
            return None;
        }
        let at = self.numbers.iter().position(|number| number == range)?;
        Some(vec![self.mentions[at]])
    }

    /// `North (5)`, `5 (North)`.
    fn beside(&self, range: &Range<usize>) -> Option<Vec<&'a Mention>> {
        let bare = |c: char| c.is_whitespace() || matches!(c, '*' | '_' | '"' | '`' | '”' | '“' | '\'');
        let before =
            self.text[self.unit.start..range.start].trim_end_matches(|c: char| bare(c) || c == '$' || c == '€');
        if let Some(outside) = before.strip_suffix('(') {
            let end = self.unit.start + outside.trim_end_matches(bare).len();
            let held = self.clauses.iter().find(|clause| clause.contains(&range.start)).cloned().unwrap_or(0..0);
            let named_within = self.mentions.iter().any(|m| m.range.start >= held.start && m.range.end <= held.end);
            if let Some(mention) = self.mentions.iter().find(|mention| mention.range.end == end && !named_within) {
                return Some(vec![*mention]);
            }
        }
        let after = &self.text[range.end..self.unit.end];
        let inside = after.trim_start_matches(bare).strip_prefix('(')?;
        let start = self.unit.end - inside.trim_start_matches(bare).len();
        let mention = self.mentions.iter().find(|mention| mention.range.start == start)?;
        let rest = self.text[mention.range.end..self.unit.end].trim_start_matches(bare);
        rest.starts_with(')').then(|| vec![*mention])
    }

    fn of_clause(&self, range: &Range<usize>) -> Vec<&'a Mention> {
        let Some(at) = self.clauses.iter().position(|clause| clause.contains(&range.start)) else {
            return self.mentions.clone();
        };
        let own = self.with_list_before(at);
        if !own.is_empty() || speaks_of_another(&self.text[self.clauses[at].clone()]) {
            return own;
        }
        for before in (0..at).rev() {
            let found = self.with_list_before(before);
            let gap = &self.text[self.clauses[before].end.saturating_sub(1)..self.clauses[before + 1].start];
            if gap.contains(':') && !self.introduces_one(before, &found) {
                return Vec::new();
            }
            if !found.is_empty() {
                return found;
            }
        }
        (at + 1..self.clauses.len())
            .map(|after| self.mentions_of(after))
            .find(|found| !found.is_empty())
            .unwrap_or_default()
    }

    /// Whether what stands before a colon says of one label what comes after it.
    fn introduces_one(&self, clause: usize, found: &[&Mention]) -> bool {
        let said = self.text[self.clauses[clause].clone()].to_lowercase();
        let compares = ["that of", "than"].iter().any(|word| self.sentence().to_lowercase().contains(word));
        found.len() <= 1 && !(compares || said.contains("that of"))
    }

    fn mentions_of(&self, clause: usize) -> Vec<&'a Mention> {
        let clause = &self.clauses[clause];
        self.mentions.iter().filter(|m| clause.start <= m.range.start && m.range.end <= clause.end).copied().collect()
    }

    /// A clause's labels, and those of the list that leads to it: “A, B and C lead with …”.
    fn with_list_before(&self, clause: usize) -> Vec<&'a Mention> {
        let mut found = self.mentions_of(clause);
        if found.is_empty() {
            return found;
        }
        for before in (0..clause).rev().take_while(|before| self.is_list_item(*before)) {
            found.extend(self.mentions_of(before));
        }
        found
    }

    fn is_list_item(&self, clause: usize) -> bool {
        let range = &self.clauses[clause];
        let mentions = self.mentions_of(clause);
        let mut words = tokens(&self.text[range.clone()]).into_iter();
        !mentions.is_empty()
            && words.all(|(place, word)| {
                let place = place.start + range.start..place.end + range.start;
                let labelled = mentions.iter().any(|m| m.range.start <= place.start && place.end <= m.range.end);
                labelled || LIST_WORDS.contains(&word.as_str())
            })
    }
}

/// The pieces of a sentence that say one thing each; never cut within a label or a number.
fn clauses(text: &str, unit: &Range<usize>, mentions: &[&Mention], numbers: &[Range<usize>]) -> Vec<Range<usize>> {
    static CUTS: OnceLock<Regex> = OnceLock::new();
    let cuts = CUTS.get_or_init(|| {
        pattern(
            r"(?i)[,;]\s|:\s|\s[–—-]\s|[()]|\s(?:and|und|but|aber|while|whereas|während|than|als|versus|vs\.?|against|gegen|to|compared\s+(?:with|to))\s",
        )
    });
    let mut clauses = Vec::new();
    let mut start = unit.start;
    for cut in cuts.find_iter(&text[unit.clone()]) {
        let cut = cut.start() + unit.start..cut.end() + unit.start;
        let inside = |range: &Range<usize>| range.start < cut.end && cut.start < range.end;
        // `North: 5` is one clause.
        let bare = |range: Range<usize>| !text[range].contains(char::is_alphanumeric);
        let is_label = |m: &&&Mention| start <= m.range.start && m.range.end <= cut.start;
        let labels_only = text[cut.clone()].starts_with(':')
            && mentions.iter().filter(is_label).any(|m| bare(start..m.range.start) && bare(m.range.end..cut.start));
        if labels_only || mentions.iter().any(|m| inside(&m.range)) || numbers.iter().any(inside) {
            continue;
        }
        clauses.push(start..cut.start);
        start = cut.end;
    }
    clauses.push(start..unit.end);
    clauses
}

/// Whether a clause without a label brings in its own: “the runner-up has 5”.
fn speaks_of_another(clause: &str) -> bool {
    static OTHERS: OnceLock<Regex> = OnceLock::new();
    let others = OTHERS.get_or_init(|| {
        pattern(
            r"(?i)\b(?:runner-up|second|third|next|last|lowest|smallest|weakest|worst|highest|largest|best|greatest|top|bottom|others?|rest|remaining|all|each|overall|average|mean|total|everybody|everyone|range)\b",
        )
    });
    others.is_match(&clause.to_lowercase().replace("on average", ""))
}
