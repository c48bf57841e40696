//! Which rows a question is about: comparisons, values, missing values, flags, spans of time, text.

use serde_json::Value;

use super::concept::Concept;
use super::intent::Condition;
use super::lexicon::ENGLISH;
use super::linking::What;
use super::periods::{self, Period};
use super::reading::Reading;
use super::schema::Role;

/// A comparison of the number of rows in a group: `regions with more than 10 orders`.
pub(super) type Having = Option<(char, f64)>;

/// Reads all conditions but flags, and marks their words.
pub(super) fn read(reading: &mut Reading) -> (Vec<Condition>, Having) {
    let mut conditions = Vec::new();
    missing(reading, &mut conditions);
    times(reading, &mut conditions);
    let having = comparisons(reading, &mut conditions);
    texts(reading, &mut conditions);
    codes(reading, &mut conditions);
    values(reading, &mut conditions);
    (conditions, having)
}

/// “with no region”, “without a region”, “region is missing”, “with a known region”.
fn missing(reading: &mut Reading, conditions: &mut Vec<Condition>) {
    for i in 0..reading.items.len() {
        let Some(column) = reading.free_column(i) else { continue };
        let name = reading.name(column);
        // “without a loan” is about the answer no, where there is one.
        let answered = reading.field(i).is_some_and(|f| f.yes.is_some() && f.nulls == 0);
        let before = reading.previous_solid(i, 4);
        let after = reading.next_solid(i + 1, 4);
        let near = |at: Option<usize>, concept| at.filter(|j| reading.free_concept(*j) == Some(concept));
        if let Some(at) = near(before, Concept::Known).or(near(after, Concept::Known)) {
            conditions.push(Condition::Known(name));
            reading.used[at] = true;
            reading.used[i] = true;
        } else if let Some(at) = near(before, Concept::No).filter(|_| !answered) {
            conditions.push(Condition::Missing(name));
            reading.used[at] = true;
            reading.used[i] = true;
        } else if let Some(at) =
            near(before, Concept::Except).filter(|at| i - at <= 2 && reading.text(*at) == "without" && !answered)
        {
            conditions.push(Condition::Missing(name));
            reading.used[at] = true;
            reading.used[i] = true;
        } else if let Some(at) = near(after, Concept::Missing).or(near(before, Concept::Missing)) {
            let negated = (at.saturating_sub(2)..at).any(|j| reading.concept(j) == Some(Concept::Not));
            conditions.push(if negated { Condition::Known(name) } else { Condition::Missing(name) });
            reading.used[at] = true;
            reading.used[i] = true;
        }
    }
}

fn times(reading: &mut Reading, conditions: &mut Vec<Condition>) {
    let mut i = 0;
    while i < reading.items.len() {
        let Some(found) = (!reading.used[i]).then(|| periods::at(reading, i)).flatten() else {
            i += 1;
            continue;
        };
        let Some(column) = time_column(reading, &found) else {
            i += 1;
            continue;
        };
        let (period, start, end) = bounded(reading, found);
        let field = reading.schema.field(column);
        if let Some(form) = field.time {
            conditions.push(Condition::During(field.name.clone(), form, period));
            reading.used[start..end].fill(true);
            // “between”, “in”, and the time column's own name belong to it.
            for j in start.saturating_sub(3)..start {
                let own = reading.column(j) == Some(column);
                if own
                    || matches!(
                        reading.concept(j),
                        Some(Concept::Between | Concept::Before | Concept::After | Concept::Time)
                    )
                {
                    reading.used[j] = true;
                }
            }
        }
        i = end.max(i + 1);
    }
}

/// The time column a span is about; `None` when a bare number is rather a count.
fn time_column(reading: &Reading, found: &periods::Found) -> Option<usize> {
    let i = found.start;
    let bare = found.end == i + 1 && reading.number(i).is_some();
    let near = (i.saturating_sub(4)..i)
        .rev()
        .find_map(|j| reading.column(j).filter(|c| reading.schema.field(*c).time.is_some()));
    if bare {
        let numeric_subject = reading
            .previous_solid(i, 3)
            .and_then(|j| reading.field(j))
            .is_some_and(|f| f.is_numeric() && f.time.is_none());
        let measured = reading
            .items
            .get(i + 1)
            .is_some_and(|x| matches!(x.what, What::Column(_)) && near.is_none() && !reading.ends_clause(i + 1))
            && !matches!(reading.text_before(i), "in" | "since" | "of" | "for" | "during");
        let more = matches!(
            reading.previous_solid(i, 2).and_then(|j| reading.concept(j)),
            Some(Concept::Over | Concept::Under | Concept::AtLeast | Concept::AtMost)
        );
        if numeric_subject || measured || (more && near.is_none()) {
            return None;
        }
    }
    near.or_else(|| reading.schema.time_field())
}

/// Applies “before”, “since”, “between … and …” to a span.
fn bounded(reading: &Reading, found: periods::Found) -> (Period, usize, usize) {
    let Period::Span(from, to) = found.period else { return (found.period, found.start, found.end) };
    let start = found.start;
    let before = (start.saturating_sub(2)..start).rev().find(|j| {
        !reading.is_filler(*j) || matches!(reading.text(*j), "from" | "since" | "until" | "after" | "before")
    });
    let word = before.map_or("", |j| reading.text(j));
    let concept = before.and_then(|j| reading.concept(j));
    let joined = matches!(reading.text(found.end), "and" | "to" | "through" | "until" | "-");
    if joined
        && (concept == Some(Concept::Between) || word == "from" || reading.text(found.end) != "and")
        && let Some(second) = reading.items.get(found.end + 1).and_then(|_| periods::at(reading, found.end + 1))
        && let Period::Span(_, last) = second.period
    {
        return (Period::Span(from, last), before.unwrap_or(start), second.end);
    }
    // “or later”, “onwards” after the span.
    let later = matches!(reading.text(found.end), "onward" | "onwards")
        || reading.text(found.end) == "or" && reading.text(found.end + 1) == "later";
    let first = before.unwrap_or(start);
    match (concept, word) {
        (_, "since" | "from" | "starting") => (Period::Span(from, None), first, found.end),
        (_, "until" | "till" | "to") => (Period::Span(None, to), first, found.end),
        (Some(Concept::After | Concept::Over), _) => (Period::Span(to, None), first, found.end),
        (Some(Concept::Before | Concept::Under), _) => (Period::Span(None, from), first, found.end),
        (Some(Concept::AtLeast), _) => (Period::Span(from, None), first, found.end),
        _ if later => (Period::Span(from, None), start, found.end + 1),
        _ => (Period::Span(from, to), start, found.end),
    }
}

fn comparator(reading: &Reading, i: usize) -> Option<char> {
    Some(match &reading.items.get(i)?.what {
        What::Concept(Concept::Over) | What::Symbol('>') => '>',
        What::Concept(Concept::Under) | What::Symbol('<') => '<',
        What::Concept(Concept::AtLeast) | What::Symbol('≥') => '≥',
        What::Concept(Concept::AtMost) | What::Symbol('≤') => '≤',
        What::Concept(Concept::Equals) | What::Symbol('=') => '=',
        _ => return None,
    })
}

fn comparisons(reading: &mut Reading, conditions: &mut Vec<Condition>) -> Having {
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
        && matches!(reading.items[at].what, What::Word)
        && (ENGLISH.is_unit(reading.text(at)) || reading.text(at) == "of")
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

/// “names containing ‘an’”.
fn texts(reading: &mut Reading, conditions: &mut Vec<Condition>) {
    for i in 0..reading.items.len() {
        let how = match reading.free_concept(i) {
            Some(Concept::Contains) => "contains",
            Some(Concept::StartsWith) => "startswith",
            Some(Concept::EndsWith) => "endswith",
            _ => continue,
        };
        let Some(text_at) = (i + 1..reading.items.len().min(i + 4)).find(|j| {
            reading.items[*j].what == What::Quoted
                || matches!(reading.items[*j].what, What::Value { .. })
                || reading.text(i) != "like"
                    && reading.items[*j].raw.chars().next().is_some_and(char::is_uppercase)
                    && matches!(reading.items[*j].what, What::Word)
        }) else {
            continue;
        };
        let Some(column_at) =
            (i.saturating_sub(5)..i).rev().find(|j| reading.field(*j).is_some_and(|f| !f.is_numeric()))
        else {
            continue;
        };
        let negated = (column_at..i).any(|j| reading.concept(j) == Some(Concept::Not));
        let text = reading.items[text_at].raw.clone();
        let column = reading.field(column_at).map(|f| f.name.clone()).unwrap_or_default();
        conditions.push(Condition::Text { column, how, text, negated });
        for at in [i, text_at, column_at] {
            reading.used[at] = true;
        }
    }
}

/// A number right after a column of few numbers names one of them: “class 3”, “cylinders = 4”.
fn codes(reading: &mut Reading, conditions: &mut Vec<Condition>) {
    for i in 0..reading.items.len() {
        let Some(column) = reading.free_column(i) else { continue };
        let field = reading.schema.field(column);
        if !field.is_numeric() || field.distinct > 60 {
            continue;
        }
        let mut at = i + 1;
        let mut negated = false;
        while at < reading.items.len()
            && at < i + 4
            && (matches!(reading.text(at), "is" | "of" | "was" | "are" | "equals")
                || reading.symbol(at) == Some('=')
                || reading.concept(at) == Some(Concept::Not))
        {
            negated |= reading.concept(at) == Some(Concept::Not);
            at += 1;
        }
        let Some(value) = reading.number(at).filter(|_| at < reading.used.len() && !reading.used[at]) else { continue };
        let counted = reading.followed_by_decimals(at) || matches!(reading.symbol(at + 1), Some('-' | '+' | '*' | '/'));
        if counted || periods::year_at(reading, at).is_some() && field.role != Role::Time && field.time.is_none() {
            continue;
        }
        let name = field.name.clone();
        conditions.push(Condition::Compare(name, if negated { '≠' } else { '=' }, value));
        reading.used[i..=at].fill(true);
    }
}

/// Values of columns, joined where they are of the same column.
fn values(reading: &mut Reading, conditions: &mut Vec<Condition>) {
    let mut i = 0;
    while i < reading.items.len() {
        let What::Value { column, value } = reading.items[i].what.clone() else {
            i += 1;
            continue;
        };
        if reading.used[i] {
            i += 1;
            continue;
        }
        let negated = is_negated(reading, i, column);
        let mut list = vec![value];
        let mut end = i + 1;
        while let Some((at, next)) = next_value(reading, end, column) {
            list.push(next);
            end = at + 1;
        }
        reading.used[i..end].fill(true);
        // The column's own name next to its value adds nothing.
        for j in i.saturating_sub(3)..(end + 1).min(reading.items.len()) {
            let apart = (j.min(i)..j.max(i)).any(|k| reading.concept(k) == Some(Concept::Per));
            if reading.column(j) == Some(column) && !apart && !is_grouped(reading, j) {
                reading.used[j] = true;
            }
        }
        add_values(reading, conditions, column, list, negated);
        i = end;
    }
}

/// Whether “by”, “per” or “each” stands right before.
fn is_grouped(reading: &Reading, i: usize) -> bool {
    i > 0 && (reading.concept(i - 1) == Some(Concept::Per) || matches!(reading.text(i - 1), "which" | "what"))
}

fn next_value(reading: &Reading, end: usize, column: usize) -> Option<(usize, String)> {
    let at = (end..end + 4).find(|j| {
        let joins = matches!(
            reading.text(*j),
            "and"
                | "or"
                | ","
                | "the"
                | "with"
                | "&"
                | "/"
                | "vs"
                | "versus"
                | "to"
                | "from"
                | "in"
                | "nor"
                | "those"
                | "of"
        ) || matches!(reading.concept(*j), Some(Concept::Compare | Concept::And | Concept::Or));
        !joins
    })?;
    match reading.items.get(at).map(|item| &item.what) {
        Some(What::Value { column: other, value }) if *other == column && at > end => Some((at, value.clone())),
        _ => None,
    }
}

fn is_negated(reading: &Reading, i: usize, column: usize) -> bool {
    let from = reading.sentence_start(i).max(i.saturating_sub(4));
    (from..i)
        .rev()
        .take_while(|j| {
            reading.is_filler(*j)
                || reading.column(*j) == Some(column)
                || matches!(reading.concept(*j), Some(Concept::Not | Concept::Except))
                || reading.symbol(*j) == Some('=')
                || reading.symbol(*j) == Some('!')
                || reading.is_entity(*j)
        })
        .any(|j| matches!(reading.concept(j), Some(Concept::Not | Concept::Except)) || reading.symbol(j) == Some('!'))
}

fn add_values(reading: &Reading, conditions: &mut Vec<Condition>, column: usize, list: Vec<String>, negated: bool) {
    let name = reading.name(column);
    for condition in conditions.iter_mut() {
        if let Condition::In { column, values, negated: same } = condition
            && *column == name
            && *same == negated
        {
            values.extend(list.iter().cloned().map(Value::String));
            values.dedup();
            return;
        }
    }
    conditions.push(Condition::In { column: name, values: list.into_iter().map(Value::String).collect(), negated });
}

/// The flags that no group and no measure took.
pub(super) fn flags_left(parts: &mut super::parse::Parts) {
    let share = parts.wishes.percent || parts.reading.has_any(&[Concept::Share, Concept::Rate]);
    let nothing_else = parts.measures.is_empty() && parts.groups.list.is_empty();
    if parts.wishes.plot && nothing_else {
        return;
    }
    if !(share && parts.reading.has_any(&[Concept::Rate])) {
        flags(&mut parts.reading, &mut parts.conditions);
    }
}

/// Flags left over in the question are conditions: “customers who churned”, “not churned”.
fn flags(reading: &mut Reading, conditions: &mut Vec<Condition>) {
    for i in 0..reading.items.len() {
        let Some(column) = reading.free_column(i) else { continue };
        let field = reading.schema.field(column);
        let Some(yes) = field.yes.clone() else { continue };
        let negated =
            (i.saturating_sub(3)..i).any(|j| matches!(reading.concept(j), Some(Concept::Not | Concept::Except | Concept::No)));
        let said = (i + 1..i + 4).find(|j| matches!(reading.text(*j), "yes" | "true" | "no" | "false"));
        let negative = negated || said.is_some_and(|j| matches!(reading.text(j), "no" | "false"));
        conditions.push(Condition::In { column: field.name.clone(), values: vec![yes], negated: negative });
        reading.used[i] = true;
    }
}
