//! How the answer is to look: decimals, percentages, significance level, chart, and named slots such as `@mean[value]`.

use std::sync::LazyLock;

use regex::Regex;

use super::concept::Concept;
use super::linking::What;
use super::reading::Reading;

/// Charts that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChartKind {
    Bar,
    StackedBar,
    GroupedBar,
    Line,
    Area,
    Pie,
    Scatter,
    Histogram,
    Box,
    Violin,
    Heatmap,
}

/// A named place of the answer: `@mean_price[value]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slot {
    /// Its name.
    pub(super) name: String,
    /// What stands in the brackets.
    pub(super) hint: String,
}

/// How the answer is to look.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wishes {
    /// Decimals, with the words they were asked for (`p-value to 4 decimals`), in order.
    pub(super) decimals: Vec<(Vec<String>, u8)>,
    /// Percentages are asked for.
    pub(super) percent: bool,
    /// Yes or no is asked for.
    pub(super) yes_no: bool,
    /// Significance level.
    pub(super) alpha: f64,
    /// The chart asked for.
    pub(super) chart: Option<ChartKind>,
    /// Some chart is asked for.
    pub(super) plot: bool,
    /// Named places of the answer.
    pub(super) slots: Vec<Slot>,
    /// How a month is written: `YYYY-MM` is ours anyway.
    pub(super) p_value: bool,
    /// The question leans to one side (“independent”, “the same”, “fewer”), so that a two-sided verdict is no yes or no.
    pub(super) inverted: bool,
    /// The number is to be held against a bound: “is the mean over 50?”.
    pub(super) threshold: Option<(char, f64)>,
}

impl Default for Wishes {
    fn default() -> Self {
        Self {
            decimals: Vec::new(),
            percent: false,
            yes_no: false,
            alpha: 0.05,
            chart: None,
            plot: false,
            slots: Vec::new(),
            p_value: false,
            inverted: false,
            threshold: None,
        }
    }
}

/// Words that ask for one side of what a test looks at.
const LEANING: [&str; 22] = [
    "independent",
    "same",
    "equal",
    "fewer",
    "less",
    "lower",
    "more",
    "higher",
    "greater",
    "larger",
    "smaller",
    "better",
    "worse",
    "longer",
    "shorter",
    "older",
    "younger",
    "bigger",
    "cheaper",
    "faster",
    "slower",
    "identical",
];

static SLOT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"@([A-Za-z]\w*)\s*\[([^\]]*)\]").expect("BUG: the slot pattern is valid"));
/// “(month index 0, 1, 2, …)” says how time is counted, which is how it is counted anyway.
static INDEX_NOTE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\([^)]*\bindex\s+[01],[^)]*\)").expect("BUG: the index pattern is valid"));
static MENTION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"@[A-Za-z]\w*").expect("BUG: the mention pattern is valid"));

/// Takes slots and @mentions out of a question: what is asked, what explains the slots, and the slots.
pub(super) fn take_slots(question: &str) -> (String, String, Vec<Slot>) {
    let question = question.replace("i.e.", "that is").replace("e.g.", "for example").replace("vs.", "vs");
    let question = &INDEX_NOTE.replace_all(&question, " ");
    let slots = SLOT.captures_iter(question);
    let slots: Vec<Slot> = slots.map(|c| Slot { name: c[1].to_owned(), hint: c[2].trim().to_owned() }).collect();
    let marked = SLOT.replace_all(question, "\u{1}");
    let mut asked = String::new();
    let mut explained = String::new();
    let mut rest = marked.as_ref();
    // From a slot to the end of its sentence the text only says how the slot is to be filled.
    while let Some(at) = rest.find('\u{1}') {
        asked.push_str(&rest[..at]);
        let tail = &rest[at..];
        let end = tail.find(". ").map(|e| e + 1).into_iter().chain(tail.find('\n')).min().unwrap_or(tail.len());
        explained.push_str(&tail[..end].replace('\u{1}', " "));
        explained.push_str(" . ");
        asked.push_str(" . ");
        rest = &tail[end..];
    }
    asked.push_str(rest);
    (MENTION.replace_all(&asked, " ").into_owned(), explained, slots)
}

/// Reads the wishes and marks their words as used.
pub(super) fn read(reading: &mut Reading, explained: &mut Reading, slots: Vec<Slot>) -> Wishes {
    let mut wishes = Wishes { slots, ..Wishes::default() };
    decimals(reading, &mut wishes);
    decimals(explained, &mut wishes);
    deviations(reading);
    bare_decimals(reading, &mut wishes);
    alpha(reading, &mut wishes);
    level_in_percent(reading, &mut wishes);
    chart(reading, &mut wishes);
    wishes.percent = reading.has(Concept::Percent) || reading.items.iter().any(|i| i.what == What::Symbol('%'));
    wishes.yes_no = reading.has(Concept::YesNo) || wishes.slots.iter().any(|s| s.hint.to_lowercase().contains("yes"));
    wishes.inverted = reading.items.iter().any(|item| item.text.split(' ').any(|word| LEANING.contains(&word)));
    wishes.p_value = reading.has(Concept::PValue);
    wishes
}

/// “two decimals”, “to 4 decimal places”, “rounded to 2”, with the words before them.
fn decimals(reading: &mut Reading, wishes: &mut Wishes) {
    for i in 0..reading.items.len() {
        let (number_at, end) = match reading.concept(i) {
            Some(Concept::Decimals) => match (1..=2).find(|d| *d <= i && reading.number(i - d).is_some()) {
                Some(d) => (i - d, i + 1),
                None => continue,
            },
            Some(Concept::IntegerWish) if reading.has(Concept::Round) || reading.text_before(i) == "an" => {
                if reading.has(Concept::Round) {
                    wishes.decimals.push((Vec::new(), 0));
                }
                reading.used[i] = true;
                continue;
            }
            Some(Concept::Round) => match (1..=3).find(|d| reading.number(i + d).is_some()) {
                Some(d) if !reading.followed_by_decimals(i + d) => (i + d, i + d + 1),
                _ => continue,
            },
            _ => continue,
        };
        let Some(n) = reading.number(number_at).filter(|n| (0.0..=15.0).contains(n)) else { continue };
        let from = (0..number_at).rev().find(|j| reading.ends_clause(*j)).map_or(0, |j| j + 1);
        let mut words: Vec<String> =
            (from..number_at).flat_map(|j| super::tokens::split_words(&reading.items[j].text)).collect();
        words.retain(|w| {
            (!super::lexicon::ENGLISH.is_stopword(w) || matches!(w.as_str(), "statistic" | "score"))
                && !matches!(w.as_str(), "round" | "rounded" | "rounding" | "decimals")
        });
        wishes.decimals.push((words, n as u8));
        let first = (from..number_at).find(|j| reading.concept(*j) == Some(Concept::Round)).unwrap_or(number_at);
        reading.used[first..end].fill(true);
        reading.spend_clause_words(from, number_at);
    }
}

/// “Use the sample standard deviation.” is how it is computed anyway, and asks for no number of its own.
fn deviations(reading: &mut Reading) {
    for i in 0..reading.items.len() {
        if !matches!(reading.concept(i), Some(Concept::Std | Concept::Variance)) {
            continue;
        }
        let (from, to) = (reading.sentence_start(i), reading.sentence_end(i));
        let sample = (from..i).any(|j| matches!(reading.text(j), "sample" | "samples") || reading.text(j) == "pooled");
        let other =
            (from..to).any(|j| reading.column(j).is_some() || matches!(reading.concept(j), Some(Concept::Which)));
        if from > 0 && sample && !other {
            reading.used[i] = true;
            reading.items[i].what = What::Word;
            reading.items[i].text = "the".to_owned();
        }
    }
}

/// “means to 2 decimals, p-value to 4”: the second number is one of decimals, too.
fn bare_decimals(reading: &mut Reading, wishes: &mut Wishes) {
    for i in 1..reading.items.len() {
        let to = reading.text(i - 1) == "to" || reading.concept(i - 1) == Some(Concept::To);
        let Some(n) = reading.number(i).filter(|n| (0.0..=10.0).contains(n) && n.fract() == 0.0) else { continue };
        let (from, end) = (reading.sentence_start(i), reading.sentence_end(i));
        let near = (from..end).any(|j| reading.concept(j) == Some(Concept::Decimals));
        if !to || !near || reading.used[i] || reading.followed_by_decimals(i) || wishes.decimals.is_empty() {
            continue;
        }
        let start =
            (from..i).rev().find(|j| reading.ends_clause(*j) || reading.text(*j) == "and").map_or(from, |j| j + 1);
        let words: Vec<String> = (start..i - 1)
            .flat_map(|j| super::tokens::split_words(&reading.items[j].text))
            .filter(|w| !super::lexicon::ENGLISH.is_stopword(w) || w == "statistic")
            .collect();
        if words.is_empty() || words.len() > 4 {
            continue;
        }
        wishes.decimals.push((words, n as u8));
        reading.used[start..=i].fill(true);
    }
}

/// “at the 1% level”, “at the 5 % significance level”.
fn level_in_percent(reading: &mut Reading, wishes: &mut Wishes) {
    for i in 0..reading.items.len() {
        let Some(n) = reading.number(i).filter(|n| *n > 0.0 && *n <= 20.0) else { continue };
        let percent = reading.symbol(i + 1) == Some('%') || reading.concept(i + 1) == Some(Concept::Percent);
        let level = |j: usize| {
            reading.text(j) == "level" || matches!(reading.concept(j), Some(Concept::Alpha | Concept::Significant))
        };
        if percent && level(i + 2) {
            wishes.alpha = n / 100.0;
            reading.used[i..i + 3].fill(true);
        }
    }
}

fn alpha(reading: &mut Reading, wishes: &mut Wishes) {
    for i in 0..reading.items.len() {
        let (at, value) = match reading.concept(i) {
            Some(concept @ (Concept::Alpha | Concept::PValue)) => {
                // “p-value to 4 decimals” sets no level; “p < 0.05” does.
                let compared = (i + 1..i + 4).any(|j| {
                    matches!(reading.symbol(j), Some('<' | '>')) || reading.concept(j) == Some(Concept::Under)
                });
                if concept == Concept::PValue && !compared {
                    continue;
                }
                let Some(at) = (i + 1..reading.items.len().min(i + 6)).find(|j| reading.number(*j).is_some()) else {
                    if let Some(at) =
                        (1..=3).filter(|d| *d <= i).map(|d| i - d).find(|j| reading.number(*j).is_some_and(|n| n < 1.0))
                    {
                        wishes.alpha = reading.number(at).unwrap_or(0.05);
                        reading.used[at..=i].fill(true);
                    }
                    continue;
                };
                (at, reading.number(at).unwrap_or(0.05))
            }
            Some(Concept::Confidence) => {
                let near = (i.saturating_sub(3)..reading.items.len().min(i + 4))
                    .find(|j| reading.number(*j).is_some_and(|n| (80.0..100.0).contains(&n)));
                let Some(at) = near else { continue };
                let level = reading.number(at).unwrap_or(95.0);
                reading.used[at.min(i)..=at.max(i)].fill(true);
                wishes.alpha = 1.0 - level / 100.0;
                continue;
            }
            _ => continue,
        };
        let percent = reading.items.get(at + 1).is_some_and(|x| x.what == What::Symbol('%'));
        let value = if percent || value >= 1.0 { value / 100.0 } else { value };
        if value > 0.0 && value <= 0.5 && at - i < 5 {
            wishes.alpha = value;
            reading.used[i..=at].fill(true);
        }
    }
}

fn chart(reading: &mut Reading, wishes: &mut Wishes) {
    for i in 0..reading.items.len() {
        let Some(concept) = reading.concept(i) else { continue };
        let kind = match concept {
            Concept::Bar => ChartKind::Bar,
            Concept::Stacked => ChartKind::StackedBar,
            Concept::GroupedBar => ChartKind::GroupedBar,
            Concept::Line => ChartKind::Line,
            Concept::Area => ChartKind::Area,
            Concept::Pie => ChartKind::Pie,
            Concept::Scatter => ChartKind::Scatter,
            Concept::Histogram => ChartKind::Histogram,
            Concept::Box => ChartKind::Box,
            Concept::Violin => ChartKind::Violin,
            Concept::Heatmap => ChartKind::Heatmap,
            Concept::Plot => {
                wishes.plot = true;
                reading.used[i] = true;
                continue;
            }
            _ => continue,
        };
        // “sort the bars” speaks of a chart already asked for.
        if wishes.chart.is_none() && !(concept == Concept::Bar && reading.near_sort(i)) {
            wishes.chart = Some(kind);
        }
        wishes.plot = true;
        reading.used[i] = true;
    }
}
