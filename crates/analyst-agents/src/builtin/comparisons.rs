//! Comparisons with numbers: “over 30”, “at least 5 units”, “between 10 and 20”, “older than 60”, “a negative balance”.

use serde_json::Value;

use super::concept::Concept;
use super::filters::Having;
use super::intent::Condition;
use super::lexicon::ENGLISH;
use super::linking::What;
use super::reading::Reading;

pub(super) fn comparator(reading: &Reading, i: usize) -> Option<char> {
    Some(match &reading.items.get(i)?.what {
        What::Concept(Concept::Over) | What::Symbol('>') => '>',
        What::Concept(Concept::Under) | What::Symbol('<') => '<',
        What::Concept(Concept::AtLeast) | What::Symbol('≥') => '≥',
        What::Concept(Concept::AtMost) | What::Symbol('≤') => '≤',
        What::Concept(Concept::Equals) | What::Symbol('=') => '=',
        _ => return None,
    })
}

pub(super) fn comparisons(reading: &mut Reading, conditions: &mut Vec<Condition>) -> Having {
    let mut having = None;
    let mut last_column: Option<usize> = None;
    let mut last_end = usize::MAX;
    signs(reading, conditions);
    let mut i = 0;
    while i < reading.items.len() {
        let Some(found) = (!reading.used[i]).then(|| comparison_at(reading, i)).flatten() else {
            i += 1;
            continue;
        };
        let subject = subject_of(reading, &found).or_else(|| {
            let near = last_end != usize::MAX && found.start.saturating_sub(last_end) <= 3;
            last_column.filter(|_| near)
        });
        match subject {
            Some(column) if checks_aggregate(reading, &found, column) => {
                reading.threshold = found.bounds.first().copied();
                reading.used[found.start..found.end].fill(true);
            }
            Some(column) => {
                let name = reading.name(column);
                let built: Vec<Condition> =
                    found.bounds.iter().map(|(op, n)| Condition::Compare(name.clone(), *op, *n)).collect();
                let alternative =
                    last_column == Some(column) && reading.text_before(found.start) == "or" && !conditions.is_empty();
                if alternative && let Some(previous) = conditions.pop() {
                    conditions.push(Condition::Any(vec![previous, built[0].clone()]));
                } else {
                    conditions.extend(built);
                }
                last_column = Some(column);
                spend(reading, &found, column);
            }
            None if reading.items.get(found.end).is_some_and(|_| reading.is_entity(found.end)) => {
                having = found.bounds.first().copied();
                reading.used[found.start..=found.end].fill(true);
            }
            None => {}
        }
        last_end = found.end;
        i = found.end.max(i + 1);
    }
    having
}

/// “a negative balance”, “balance is positive”.
fn signs(reading: &mut Reading, conditions: &mut Vec<Condition>) {
    for i in 0..reading.items.len() {
        let op = match reading.free_concept(i) {
            Some(Concept::Negative) => '<',
            Some(Concept::Positive) => '>',
            _ => continue,
        };
        let near = [reading.next_solid(i + 1, 2), reading.previous_solid(i, 3)];
        let numeric = |at: &usize| reading.field(*at).is_some_and(|f| f.is_numeric()) && !reading.used[*at];
        let Some(at) = near.into_iter().flatten().find(numeric) else { continue };
        let name = reading.field(at).map(|f| f.name.clone()).unwrap_or_default();
        conditions.push(Condition::Compare(name, op, 0.0));
        reading.used[i] = true;
        reading.used[at] = true;
    }
}

/// “Is the average salary of the sales department greater than 58000?” asks about the average, not about rows.
fn checks_aggregate(reading: &Reading, found: &Comparison, column: usize) -> bool {
    let asks = matches!(reading.text(0), "is" | "are" | "was" | "were" | "does" | "did");
    let Some(at) = (0..found.start).find(|i| reading.column(*i) == Some(column)) else { return false };
    let aggregate =
        |i: usize| matches!(reading.concept(i), Some(Concept::Mean | Concept::Sum | Concept::Median | Concept::Std));
    asks && (at.saturating_sub(3)..at).any(aggregate)
}

struct Comparison {
    start: usize,
    end: usize,
    bounds: Vec<(char, f64)>,
}

fn spend(reading: &mut Reading, found: &Comparison, column: usize) {
    reading.used[found.start..found.end].fill(true);
    let from = found.start.saturating_sub(5);
    // The nearest mention before or after belongs to the comparison.
    let before = (from..found.start).rev().find(|j| reading.free_column(*j) == Some(column));
    let after = (found.end..reading.items.len().min(found.end + 3)).find(|j| reading.free_column(*j) == Some(column));
    if let Some(at) = before.or(after) {
        reading.used[at] = true;
    }
}

/// A comparator with its number, or a range: `over 30`, `30 or more`, `between 10 and 20`, `> 5`.
fn comparison_at(reading: &Reading, i: usize) -> Option<Comparison> {
    let amount = |at: usize| {
        let at = (at..at + 3).find(|j| {
            !matches!(reading.symbol(*j), Some('$' | '€' | '£'))
                && !matches!(reading.text(*j), "the" | "a" | "an" | "to" | "of")
        })?;
        let negative = reading.symbol(at) == Some('-');
        let at = at + usize::from(negative);
        let value = reading.number(at)?;
        let percent = reading.symbol(at + 1) == Some('%');
        Some((if negative { -value } else { value }, at + 1 + usize::from(percent)))
    };
    if reading.concept(i) == Some(Concept::Between) || (reading.text(i) == "from" && reading.number(i + 1).is_some()) {
        let years = super::periods::year_at(reading, i + 1).is_some() && reading.schema.time_field().is_some();
        if years && reading.text(i) == "from" {
            return None;
        }
        let (low, next) = amount(i + 1)?;
        let joined = matches!(reading.text(next), "and" | "to" | "-");
        let (high, end) = joined.then(|| amount(next + 1)).flatten()?;
        return Some(Comparison { start: i, end, bounds: vec![('≥', low), ('≤', high)] });
    }
    if let Some(value) = reading.number(i)
        && let Some(op @ ('≥' | '≤')) = comparator(reading, i + 1)
        && matches!(reading.items[i + 1].what, What::Concept(_))
    {
        return Some(Comparison { start: i, end: i + 2, bounds: vec![(op, value)] });
    }
    let op = comparator(reading, i)?;
    // “more than 3 standard deviations from the mean” bounds no column.
    if (i + 1..i + 4).any(|j| matches!(reading.concept(j), Some(Concept::ZScore | Concept::Std))) {
        return None;
    }
    // `>=` comes as two symbols.
    let two = reading.symbol(i + 1) == Some('=') && matches!(op, '<' | '>' | '=');
    let op = match (op, two) {
        ('>', true) => '≥',
        ('<', true) => '≤',
        (op, _) => op,
    };
    let unequal =
        op == '=' && i > 0 && (reading.symbol(i - 1) == Some('!') || reading.concept(i - 1) == Some(Concept::Not));
    let (value, end) = amount(i + 1 + usize::from(two))?;
    let negated = i > 0 && reading.concept(i - 1) == Some(Concept::Not);
    let op = match op {
        _ if unequal => '≠',
        '>' if negated => '≤',
        '<' if negated => '≥',
        op => op,
    };
    Some(Comparison { start: i - usize::from(negated), end, bounds: vec![(op, value)] })
}

/// The column a comparison is about.
fn subject_of(reading: &Reading, found: &Comparison) -> Option<usize> {
    let numeric = |j: usize| {
        reading.column(j).filter(|c| {
            let f = reading.schema.field(*c);
            f.is_numeric()
        })
    };
    // “more than 5 units”, “over 30 years of age”
    let mut at = found.end;
    while at < reading.items.len()
        && at < found.end + 2
        && (matches!(reading.items[at].what, What::Word)
            || matches!(reading.concept(at), Some(Concept::Where | Concept::On)))
        && (ENGLISH.is_unit(reading.text(at)) || matches!(reading.text(at), "of" | "on" | "in" | "for"))
    {
        at += 1;
    }
    let after = (at < reading.items.len() && !reading.used[at]).then(|| numeric(at)).flatten();
    let start = reading.sentence_start(found.start).max(found.start.saturating_sub(6));
    let direct = (start..found.start)
        .rev()
        .take_while(|j| {
            reading.is_filler(*j)
                || numeric(*j).is_some()
                || matches!(reading.concept(*j), Some(Concept::Not | Concept::Per))
        })
        .find_map(numeric);
    let word = reading.text(found.start).split(' ').find(|w| *w != "is" && *w != "are").unwrap_or("");
    if let Some(column) = adjective_column(reading, word) {
        return Some(column);
    }
    if let Some(column) = direct.or(after) {
        return Some(column);
    }
    let before = (start..found.start).rev().filter(|j| !reading.used[*j]).find_map(numeric);
    let entity_follows = reading.items.get(found.end).is_some_and(|_| reading.is_entity(found.end));
    let bound = found.bounds.first().map_or(0.0, |b| b.1);
    // “men in sales over 40” is about their age, not about a salary of 40.
    let implausible = before.is_some_and(|c| !can_hold(reading, c, bound));
    if before.is_none() || implausible {
        let age = reading.schema.fields.iter().position(|f| f.is_numeric() && f.words.iter().any(|w| w == "age"));
        let old = age.filter(|c| (5.0..=110.0).contains(&bound) && can_hold(reading, *c, bound) && !entity_follows);
        if old.is_some() {
            return old;
        }
    }
    before.filter(|_| !entity_follows)
}

/// Whether a number lies within what a column holds.
fn can_hold(reading: &Reading, column: usize, value: f64) -> bool {
    let (low, high) = &reading.schema.field(column).bounds;
    let within = |bound: &Value, ok: fn(f64, f64) -> bool| bound.as_f64().is_none_or(|b| ok(value, b));
    within(low, |v, b| v >= b) && within(high, |v, b| v <= b)
}

/// The column an adjective such as “older” or “cheapest” is about.
pub(super) fn adjective_column(reading: &Reading, word: &str) -> Option<usize> {
    let adjective = ENGLISH.adjective(word)?;
    adjective.columns.iter().find_map(|name| {
        reading.schema.fields.iter().position(|f| f.is_numeric() && f.words.iter().any(|w| ENGLISH.alike(w, name)))
    })
}
