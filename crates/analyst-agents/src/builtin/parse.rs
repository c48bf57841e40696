//! From a question to an [`Intent`]: links the words, reads wishes, definitions, conditions, order, groups and
//! measures, in this order, and then chooses the task. A pure function of the question and the schema.

use super::bins;
use super::concept::Concept;
use super::contrasts;
use super::coverage;
use super::curves;
use super::expression;
use super::filters::{self, Having};
use super::groups::{self, Groups};
use super::intent::{Condition, Derived, Intent, Measure, OutlierRule, Preparation, Task, Unlinked};
use super::lexicon::ENGLISH;
use super::link_check;
use super::linking::{What, nearest_names};
use super::measures;
use super::order::{self, Ordering};
use super::pieces;
use super::preparation;
use super::reading::Reading;
use super::schema::{Field, Schema};
use super::specials;
use super::tasks;
use super::wishes::{self, Wishes};

/// Everything read from a question before the task is chosen.
#[derive(Debug)]
pub(super) struct Parts {
    /// The question, with what has been used.
    pub(super) reading: Reading,
    /// How the answer is to look.
    pub(super) wishes: Wishes,
    /// Which rows.
    pub(super) conditions: Vec<Condition>,
    /// A bound on the number of rows of a group.
    pub(super) having: Having,
    /// Order and ends.
    pub(super) ordering: Ordering,
    /// Groups.
    pub(super) groups: Groups,
    /// Numbers.
    pub(super) measures: Vec<Measure>,
    /// Defined quantities.
    pub(super) derived: Vec<Derived>,
    /// Choices a person should know of.
    pub(super) notes: Vec<String>,
    /// Places that conditions and order have used.
    pub(super) spent: Vec<bool>,
}

impl Parts {
    /// Columns the question is about: named, and not only in a condition or an order.
    pub(super) fn subjects(&self) -> Vec<usize> {
        let mut found = Vec::new();
        for i in 0..self.reading.items.len() {
            if let Some(column) = self.reading.column(i).filter(|_| !self.spent[i])
                && !found.contains(&column)
            {
                found.push(column);
            }
        }
        found
    }

    /// Subjects with numbers.
    pub(super) fn numeric_subjects(&self) -> Vec<usize> {
        let numeric = |c: &usize| self.reading.schema.field(*c).is_numeric();
        self.subjects().into_iter().filter(numeric).collect()
    }

    /// The field of a column.
    pub(super) fn field(&self, column: usize) -> &Field {
        self.reading.schema.field(column)
    }

    /// Names of columns.
    pub(super) fn names(&self, columns: &[usize]) -> Vec<String> {
        columns.iter().map(|c| self.reading.name(*c)).collect()
    }

    /// Whether any of the ideas occurs.
    pub(super) fn has_any(&self, concepts: &[Concept]) -> bool {
        self.reading.has_any(concepts)
    }
}

/// Understands a question as one piece of work; of several, the first.
pub(super) fn parse(question: &str, schema: &Schema) -> Intent {
    parse_all(question, schema).swap_remove(0)
}

/// Understands a question that may ask for several things, each a piece of work; at least one.
pub(super) fn parse_all(question: &str, schema: &Schema) -> Vec<Intent> {
    let (text, explained, slots) = wishes::take_slots(question);
    let mut reading = Reading::new(&text, schema.clone());
    spend_ties(&mut reading);
    let mut explained = Reading::new(&explained, schema.clone());
    let wishes = wishes::read(&mut reading, &mut explained, slots);
    with_and_without(&mut reading);
    all_of_them(&mut reading);
    let prepare = preparation::read(&mut reading);
    spend_ignore_missing(&mut reading);
    let derived = definitions(&mut reading);
    let empty = |task, derived, wishes| Intent {
        task,
        derived,
        conditions: Vec::new(),
        wishes,
        notes: Vec::new(),
        prepare: Vec::new(),
        tag: None,
    };
    if prepare.is_empty()
        && let Some(talk) = tasks::talk(&reading)
    {
        return vec![empty(Task::Talk(talk), derived, wishes)];
    }
    if let Some(curve) = curves::find(&text, schema) {
        return vec![empty(Task::Fit(curve), Vec::new(), wishes)];
    }
    let begun = Begun { wishes, derived, prepare };
    if let Some(both) = before_and_after(&reading, &begun) {
        return both;
    }
    let mut first: Option<(Intent, Vec<String>)> = None;
    for segments in pieces::ways(&reading) {
        let read: Vec<(Intent, Vec<String>)> =
            segments.iter().map(|(from, to)| intent_of(reading.part(*from, *to), &begun)).collect();
        let clear = read
            .iter()
            .all(|(intent, gaps)| gaps.is_empty() && !matches!(intent.task, Task::Unclear(_) | Task::Talk(_)));
        if clear {
            return read.into_iter().map(|(intent, _)| intent).collect();
        }
        if segments.len() == 1 || first.is_none() {
            first = read.into_iter().next();
        }
    }
    let (mut intent, gaps) = first.unwrap_or_else(|| intent_of(reading, &begun));
    refuse(&mut intent, gaps, schema);
    vec![intent]
}

/// “All tickers.” as a sentence restricts nothing and groups nothing.
fn all_of_them(reading: &mut Reading) {
    for i in 0..reading.items.len() {
        let (from, to) = (reading.sentence_start(i), reading.sentence_end(i));
        let short =
            from > 0 && to - from <= 3 && matches!(reading.text(from), "all" | "both" | "for all" | "across all");
        if short && reading.column(i).is_some() {
            for j in from..to {
                reading.used[j] = true;
                reading.items[j].what = What::Word;
                reading.items[j].text = "the".to_owned();
            }
        }
    }
}

/// “with and without overtime”, “with overtime and without overtime”: both groups.
fn with_and_without(reading: &mut Reading) {
    for i in 0..reading.items.len() {
        let Some(out) = (i + 1..i + 6).find(|j| reading.text(*j) == "without") else { continue };
        if !reading.text(i).starts_with("with") || reading.text(i) == "without" {
            continue;
        }
        let joint = (i + 1..out).any(|j| {
            matches!(reading.text(j), "and" | "or" | "versus" | "vs") || reading.concept(j) == Some(Concept::And)
        });
        let first = (i + 1..out).find_map(|j| reading.column(j));
        let Some(second) = (out + 1..out + 4).find(|j| reading.column(*j).is_some()) else { continue };
        if !joint || first.is_some_and(|c| Some(c) != reading.column(second)) {
            continue;
        }
        for j in i..second {
            reading.used[j] = true;
            reading.items[j].what = What::Word;
            reading.items[j].text = "the".to_owned();
        }
        reading.used[second - 1] = false;
        reading.items[second - 1].what = What::Concept(Concept::Per);
        reading.items[second - 1].text = "by".to_owned();
        return;
    }
}

/// What the whole question has said before its pieces are read.
struct Begun {
    wishes: Wishes,
    derived: Vec<Derived>,
    prepare: Vec<Preparation>,
}

/// “the variance before and after”: the same, without and with what is prepared.
fn before_and_after(reading: &Reading, begun: &Begun) -> Option<Vec<Intent>> {
    let both = (0..reading.items.len())
        .any(|i| reading.text(i) == "before" && (i + 1..i + 4).any(|j| reading.text(j) == "after"));
    if !both || begun.prepare.is_empty() {
        return None;
    }
    let (mut after, gaps) = intent_of(reading.clone(), begun);
    after.tag = Some("after".to_owned());
    if !matches!(after.task, Task::Aggregate(_))
        || gaps.iter().any(|g| !matches!(g.to_lowercase().as_str(), "before" | "after"))
    {
        return None;
    }
    let mut before = after.clone();
    before.prepare.clear();
    before.tag = Some("before".to_owned());
    Some(vec![before, after])
}

/// The intent of a piece, and the words of it that left no mark.
fn intent_of(mut reading: Reading, begun: &Begun) -> (Intent, Vec<String>) {
    let whole = reading.clone();
    let mut wishes = begun.wishes.clone();
    let early = tasks::before_conditions(&mut reading);
    let bins = bins::read(&mut reading);
    let (mut conditions, having) = if early.is_some() { (Vec::new(), None) } else { filters::read(&mut reading) };
    wishes.threshold = reading.threshold;
    typical(&mut reading, &mut conditions);
    let ordering = order::read(&mut reading);
    let spent = reading.used.clone();
    let groups = groups::read(&mut reading, bins, &ordering);
    let measures = measures::read(&mut reading);
    let (notes, derived) = (Vec::new(), begun.derived.clone());
    let mut parts = Parts { reading, wishes, conditions, having, ordering, groups, measures, derived, notes, spent };
    let mut task = early
        .or_else(|| specials::choose(&mut parts))
        .or_else(|| contrasts::contrast(&whole, &mut parts))
        .unwrap_or_else(|| tasks::choose(&mut parts));
    link_check::check_links(&parts, &mut task);
    let mut intent = Intent {
        task,
        derived: parts.derived,
        conditions: parts.conditions,
        wishes: parts.wishes,
        notes: parts.notes,
        prepare: begun.prepare.clone(),
        tag: None,
    };
    let mut gaps = match intent.task {
        Task::Unclear(_) | Task::Talk(_) => Vec::new(),
        _ => coverage::gaps(&parts.reading, &intent),
    };
    // A chart is looked at: a word that only describes it is told, not refused.
    if intent.wishes.plot && intent.wishes.slots.is_empty() {
        let told = std::mem::take(&mut gaps);
        if !told.is_empty() {
            intent.notes.push(format!("Not used from the question: {}.", told.join(", ")));
        }
    }
    (intent, gaps)
}

/// An intent with gaps computes nothing; it says what was not understood.
fn refuse(intent: &mut Intent, gaps: Vec<String>, schema: &Schema) {
    if gaps.is_empty() {
        return;
    }
    let unlinked = gaps.into_iter().map(|word| Unlinked { nearest: nearest_names(&word, schema), word });
    intent.task = Task::Unclear(unlinked.collect());
}

/// “If several tie, give the first in the alphabet”: that is what we do anyway.
fn spend_ties(reading: &mut Reading) {
    for i in 0..reading.items.len() {
        if reading.concept(i) == Some(Concept::Ties) {
            let (from, to) = (reading.sentence_start(i), reading.sentence_end(i));
            reading.used[from..to].fill(true);
            for j in from..to {
                reading.items[j].what = What::Word;
                reading.items[j].text = "the".to_owned();
            }
        }
    }
}

/// “Ignore missing ages”, “leave out unknown ages”: missing values never count in a statistic.
fn spend_ignore_missing(reading: &mut Reading) {
    for i in 0..reading.items.len() {
        let leave = matches!(
            reading.text(i),
            "ignore"
                | "ignoring"
                | "drop"
                | "dropping"
                | "remove"
                | "removing"
                | "skip"
                | "exclude"
                | "excluding"
                | "omit"
                | "leave"
                | "disregard"
                | "discard"
        );
        let missing = (i + 1..i + 6).find(|j| reading.concept(*j) == Some(Concept::Missing));
        let start_end = match (reading.concept(i), leave || reading.concept(i) == Some(Concept::Except), missing) {
            (Some(Concept::IgnoreMissing), ..) => Some(i),
            (_, true, Some(at))
                if (i + 1..at).all(|j| {
                    reading.is_filler(j)
                        || reading.is_entity(j)
                        || reading.text(j) == "out"
                        || reading.concept(j) == Some(Concept::No)
                }) =>
            {
                Some(at)
            }
            _ => None,
        };
        let Some(at) = start_end else { continue };
        let mut end = at + 1;
        while end < reading.items.len()
            && !reading.ends_clause(end)
            && end < at + 6
            && !matches!(reading.text(end), "and" | "then" | "before" | "when")
        {
            end += 1;
        }
        for j in i..end {
            reading.used[j] = true;
            reading.items[j].what = What::Word;
            reading.items[j].text = "the".to_owned();
        }
    }
}

/// “without outliers”, “after removing outliers”: a condition, when something else is asked.
fn typical(reading: &mut Reading, conditions: &mut Vec<Condition>) {
    let Some(at) = reading.find_free(Concept::Outlier) else { return };
    let removed = (at.saturating_sub(3)..at).any(|j| {
        matches!(reading.concept(j), Some(Concept::Except))
            || matches!(
                reading.text(j),
                "remove" | "removing" | "removed" | "drop" | "dropping" | "ignoring" | "filtering"
            )
    });
    let asked = reading.has_any(&[Concept::Mean, Concept::Median, Concept::Std, Concept::Correlation, Concept::Sum]);
    if !removed || !asked {
        return;
    }
    let column =
        (0..reading.items.len()).find_map(|i| reading.column(i).filter(|c| reading.schema.field(*c).is_numeric()));
    if let Some(column) = column {
        conditions.push(Condition::Typical(reading.name(column), outlier_rule(reading)));
        reading.used[at] = true;
    }
}

/// IQR with 1.5 unless z-scores are spoken of; the number that stands near.
pub(super) fn outlier_rule(reading: &Reading) -> OutlierRule {
    let number_near = |at: usize, ok: fn(f64) -> bool| {
        (at.saturating_sub(4)..reading.items.len().min(at + 6)).find_map(|j| reading.number(j).filter(|n| ok(*n)))
    };
    if let Some(at) = reading.find(Concept::ZScore) {
        return OutlierRule::ZScore(number_near(at, |n| (1.0..=10.0).contains(&n)).unwrap_or(3.0));
    }
    if let Some(at) = reading.find(Concept::Std)
        && let Some(n) = number_near(at, |n| (1.0..=10.0).contains(&n))
    {
        return OutlierRule::ZScore(n);
    }
    let at = reading.find(Concept::IqrRule).or_else(|| reading.find(Concept::Iqr));
    OutlierRule::Iqr(at.and_then(|at| number_near(at, |n| (0.5..=5.0).contains(&n))).unwrap_or(1.5))
}

/// Expressions over columns become quantities with a name; their words are used up.
fn definitions(reading: &mut Reading) -> Vec<Derived> {
    let mut derived: Vec<Derived> = Vec::new();
    let mut from = 0;
    while let Some(found) = expression::find(&reading.items, &reading.schema, from) {
        from = found.end;
        if reading.used[found.start..found.end].iter().any(|u| *u) {
            continue;
        }
        let again = |text: &str| (found.end..reading.items.len()).any(|i| reading.text(i) == text);
        let named = name_before(reading, found.start);
        let ratio = reading.concept(found.start) == Some(Concept::RatioOf) && again("ratio");
        let named = named.or_else(|| ratio.then(|| "ratio".to_owned()));
        let name = named.unwrap_or_else(|| plain_name(&found.formula));
        reading.used[found.start..found.end].fill(true);
        defined_words(reading, found.start);
        if let Some(before) =
            found.start.checked_sub(2).filter(|b| reading.text(*b) == name && reading.symbol(b + 1) == Some('='))
        {
            reading.items[before].what = What::Word;
        }
        for i in found.start..found.end {
            if reading.column(i).is_some() {
                reading.items[i].what = What::Word;
            }
        }
        let at = found.start;
        if let Some(known) = derived.iter().find(|d| d.formula == found.formula) {
            let index = reading.schema.fields.iter().position(|f| f.name == known.name);
            if let Some(index) = index {
                reading.items[at].what = What::Column(index);
                reading.used[at] = false;
            }
            continue;
        }
        let index = reading.define(Field::derived(&name, found.formula.clone()));
        // “price per bedroom (price divided by bedrooms)” is that quantity, not one for each number of bedrooms.
        if let expression::Expr::Binary('/', ..) = &found.formula {
            for i in 1..found.start.saturating_sub(1) {
                let part =
                    |j: usize| reading.field(j).is_some_and(|f| found.formula.columns().contains(&f.name.as_str()));
                if matches!(reading.text(i), "per" | "by") && part(i - 1) && part(i + 1) {
                    reading.items[i - 1].what = What::Column(index);
                    reading.items[i + 1].what = What::Word;
                    reading.used[i..i + 2].fill(true);
                }
            }
        }
        // “shots per match (home shots plus away shots)”: the brackets say what the name before them is.
        let bracketed =
            found.start > 0 && reading.symbol(found.start - 1) == Some('(') || reading.symbol(found.start) == Some('(');
        if bracketed {
            for i in reading.sentence_start(found.start)..found.start {
                let part = reading.field(i).is_some_and(|f| found.formula.columns().contains(&f.name.as_str()));
                if part && !reading.items[i].whole {
                    reading.items[i].what = What::Column(index);
                }
            }
        }
        let named_elsewhere = (0..reading.items.len()).any(|i| reading.column(i) == Some(index));
        if !named_elsewhere {
            reading.items[at].what = What::Column(index);
            reading.used[at] = false;
        }
        derived.push(Derived { name, formula: found.formula });
    }
    derived.extend(together(reading).or_else(|| both_sides(reading)));
    derived
}

/// What stands before a definition in its sentence only describes it: its words need no mark of their own.
fn defined_words(reading: &mut Reading, start: usize) {
    for i in reading.sentence_start(start)..start {
        let grain = reading.concept(i).and_then(super::periods::Grain::of).is_some();
        if matches!(reading.items[i].what, What::Word) {
            let word = reading.items[i].text.clone();
            reading.defined.push(word);
        } else if grain {
            reading.used[i] = true;
        }
    }
}

/// “home and away cards together”: the sum of what is joined.
fn together(reading: &mut Reading) -> Option<Derived> {
    let at = (0..reading.items.len())
        .find(|i| matches!(reading.text(*i), "together" | "combined" | "added up") && !reading.used[*i])?;
    let from = reading.sentence_start(at).max(at.saturating_sub(7));
    let places: Vec<usize> =
        (from..at).filter(|i| reading.field(*i).is_some_and(|f| f.is_numeric()) && !reading.used[*i]).collect();
    let [a, b] = places.as_slice() else { return None };
    let (a, b) = (*a, *b);
    let joined = (a + 1..b).any(|j| reading.concept(j) == Some(Concept::And) || reading.text(j) == "and");
    if !joined || reading.column(a) == reading.column(b) {
        return None;
    }
    let side =
        |i: usize| Box::new(expression::Expr::Column(reading.field(i).map_or_else(String::new, |f| f.name.clone())));
    let formula = expression::Expr::Binary('+', side(a), side(b));
    // “cards per match (home and away cards together)”: one part named before stands for both.
    let name = plain_name(&formula);
    let (first, second) = (reading.column(a), reading.column(b));
    let field = Field::derived(&name, formula.clone());
    let index = reading.define(field);
    let mut placed = false;
    for i in 0..reading.items.len() {
        if reading.column(i).is_some() && (reading.column(i) == first || reading.column(i) == second) {
            reading.items[i].what = if placed || (a..=at).contains(&i) && places.first().is_some_and(|p| *p != i) {
                What::Word
            } else {
                What::Column(index)
            };
            if reading.items[i].what == What::Word {
                reading.used[i] = true;
            } else {
                placed = true;
            }
        }
    }
    reading.used[at] = true;
    Some(Derived { name, formula })
}

/// “cards (home and away together)”, “the total number of goals per match” where there are home goals and away goals:
/// their sum.
fn both_sides(reading: &mut Reading) -> Option<Derived> {
    let at = (0..reading.items.len()).find(|i| {
        matches!(reading.text(*i), "together" | "combined") || reading.text(*i).starts_with("total number")
    })?;
    let measure = super::schema::Role::Measure;
    let place = (0..reading.items.len()).find(|i| {
        !reading.items[*i].whole && !reading.used[*i] && reading.field(*i).is_some_and(|f| f.role == measure)
    })?;
    let words = super::tokens::split_words(reading.text(place));
    let fits = |f: &Field| {
        f.role == measure
            && f.words.len() == words.len() + 1
            && words.iter().all(|w| f.words.iter().any(|own| ENGLISH.alike(own, w)))
    };
    let sides: Vec<usize> = (0..reading.schema.fields.len()).filter(|c| fits(reading.schema.field(*c))).collect();
    let [a, b] = sides.as_slice() else { return None };
    let (a, b) = (*a, *b);
    let side = |c: usize| Box::new(expression::Expr::Column(reading.name(c)));
    let formula = expression::Expr::Binary('+', side(a), side(b));
    let name = plain_name(&formula);
    let parts: Vec<String> = [a, b].iter().flat_map(|c| reading.schema.field(*c).words.clone()).collect();
    let index = reading.define(Field::derived(&name, formula.clone()));
    reading.items[place].what = What::Column(index);
    for i in 0..reading.items.len() {
        let own = i != place
            && (matches!(reading.column(i), Some(c) if c == a || c == b) || parts.iter().any(|w| w == reading.text(i)));
        if own || i == at && !reading.text(i).starts_with("total") {
            reading.items[i].what = What::Word;
            reading.used[i] = true;
        }
    }
    Some(Derived { name, formula })
}

fn plain_name(formula: &expression::Expr) -> String {
    formula.write(&|name| name.to_owned())
}

/// The name a quantity is given: “revenue of each order as …”, “revenue (…)”, “revenue = …”, “a column 'Total' by …”.
fn name_before(reading: &Reading, start: usize) -> Option<String> {
    let from = reading.sentence_start(start);
    let quoted = (from..start).rev().find(|i| reading.items[*i].what == What::Quoted);
    if let Some(at) = quoted {
        return Some(reading.items[at].raw.clone());
    }
    let mut end = start;
    while end > from
        && (matches!(reading.symbol(end - 1), Some('(' | '=' | ':'))
            || reading.is_filler(end - 1)
            || matches!(reading.concept(end - 1), Some(Concept::As | Concept::Equals))
            || reading.text(end - 1) == "as")
    {
        end -= 1;
    }
    let bracketed = reading.symbol(start) == Some('(');
    let linked = start > 0 && (end < start || bracketed);
    if !linked {
        return None;
    }
    // “the daily range as high − low”: a word with a meaning of its own may name it.
    if end > from
        && end < start
        && matches!(
            reading.items[end - 1].what,
            What::Concept(
                Concept::Range
                    | Concept::Sum
                    | Concept::Rate
                    | Concept::RatioOf
                    | Concept::Growth
                    | Concept::Mean
                    | Concept::Differ
            )
        )
        && !reading.text(end - 1).contains(' ')
        && (end..start).any(|i| reading.text(i) == "as" || reading.concept(i) == Some(Concept::As))
    {
        return Some(reading.items[end - 1].raw.to_lowercase());
    }
    // “total = a * b”: even a word with another meaning is a name there.
    if end > from
        && end < start
        && reading.symbol(start - 1) == Some('=')
        && matches!(reading.items[end - 1].what, What::Concept(_))
        && !reading.text(end - 1).contains(' ')
    {
        return Some(reading.items[end - 1].raw.to_lowercase());
    }
    let is_name = |i: &usize| {
        matches!(reading.items[*i].what, What::Word)
            && !ENGLISH.is_stopword(reading.text(*i))
            && !reading.schema.is_entity(reading.text(*i))
            && !reading.text(*i).ends_with("ing")
    };
    // Words just before, over “of each order”.
    let mut at = end;
    while at > from {
        let i = at - 1;
        if is_name(&i) {
            // “FamilySize” was cut where a capital begins.
            let capital = |j: usize| reading.items[j].raw.chars().next().is_some_and(char::is_uppercase);
            if i > from && capital(i) && is_name(&(i - 1)) && capital(i - 1) {
                return Some(format!("{}{}", reading.items[i - 1].raw, reading.items[i].raw));
            }
            return Some(reading.items[i].raw.to_lowercase());
        }
        let skippable = reading.is_filler(i)
            || reading.symbol(i) == Some(',')
            || reading.is_entity(i)
            || matches!(reading.concept(i), Some(Concept::Per | Concept::Rows));
        if !skippable {
            return None;
        }
        at -= 1;
    }
    None
}
