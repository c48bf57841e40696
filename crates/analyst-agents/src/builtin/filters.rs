//! Which rows a question is about: comparisons, values, missing values, flags, spans of time, text.

use serde_json::Value;

use super::comparisons::{comparator, comparisons};
use super::concept::Concept;
use super::intent::Condition;
use super::linking::What;
use super::periods::{self, Period};
use super::reading::Reading;
use super::schema::Role;

/// A comparison of the number of rows in a group: `regions with more than 10 orders`.
pub(super) type Having = Option<(char, f64)>;

/// Reads all conditions but flags, and marks their words.
pub(super) fn read(reading: &mut Reading) -> (Vec<Condition>, Having) {
    let mut conditions = Vec::new();
    first_rows(reading, &mut conditions);
    columns(reading, &mut conditions);
    missing(reading, &mut conditions);
    times(reading, &mut conditions);
    let having = comparisons(reading, &mut conditions);
    texts(reading, &mut conditions);
    codes(reading, &mut conditions);
    values(reading, &mut conditions);
    (conditions, having)
}

/// “home goals greater than away goals”, “closed higher than it opened”: a column against a column.
fn columns(reading: &mut Reading, conditions: &mut Vec<Condition>) {
    for i in 0..reading.items.len() {
        let Some(op) = comparator(reading, i).filter(|_| !reading.used[i]) else { continue };
        let numeric = |j: &usize| reading.field(*j).is_some_and(|f| f.is_numeric()) && !reading.used[*j];
        let Some(a) = reading.previous_solid(i, 3).filter(numeric) else { continue };
        let mut next = i + 1;
        while matches!(reading.text(next), "it" | "its" | "the" | "than" | "=" | "they" | "to") {
            next += 1;
        }
        let Some(b) = Some(next).filter(|j| *j < reading.items.len()).filter(numeric) else { continue };
        if reading.column(a) == reading.column(b) {
            continue;
        }
        let equal = reading.symbol(i + 1) == Some('=');
        let op = match (op, equal) {
            ('>', true) => '≥',
            ('<', true) => '≤',
            _ => op,
        };
        conditions.push(Condition::Columns(
            reading.field(a).map_or(String::new(), |f| f.name.clone()),
            op,
            reading.field(b).map_or(String::new(), |f| f.name.clone()),
        ));
        reading.used[a..=b].fill(true);
    }
}

/// “the first 168 rows”, where something is computed of them.
fn first_rows(reading: &mut Reading, conditions: &mut Vec<Condition>) {
    let computes = reading.has_any(&[Concept::Mean, Concept::Sum, Concept::Median, Concept::Cumulative, Concept::Std]);
    for i in 0..reading.items.len() {
        let rows = |j: usize| reading.concept(j) == Some(Concept::Rows);
        if computes
            && reading.text(i) == "first"
            && !reading.used[i]
            && rows(i + 2)
            && let Some(n) = reading.number(i + 1).filter(|n| *n >= 1.0)
        {
            conditions.push(Condition::Head(n as u64));
            reading.used[i..i + 3].fill(true);
            // “the first week (first 168 rows)”: the same said twice.
            for j in i.saturating_sub(8)..i {
                let unit = matches!(reading.text(j), "first" | "week" | "day" | "month" | "data");
                reading.used[j] |= unit;
            }
        }
    }
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
        if let Some(op) = zero_or_not(reading, i) {
            conditions.push(Condition::Compare(name, op, 0.0));
            reading.used[i.saturating_sub(1)..=i].fill(true);
            continue;
        }
        let near = |at: Option<usize>, concept| at.filter(|j| reading.free_concept(*j) == Some(concept));
        if let Some(at) = near(before, Concept::Known).or(near(after, Concept::Known)
            .filter(|at| reading.next_solid(at + 1, 2).is_none_or(|j| reading.column(j).is_none())))
        {
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

/// “with no discount” is a discount of zero where none is missing and some are zero; “have a discount” is the rest.
fn zero_or_not(reading: &Reading, i: usize) -> Option<char> {
    let field = reading.field(i)?;
    let counts = reading.has_any(&[Concept::Count, Concept::Share, Concept::Percent, Concept::Mean, Concept::Sum]);
    let zero = field.is_numeric() && field.yes.is_none() && field.nulls == 0 && field.bounds.0.as_f64() == Some(0.0);
    if !zero || !counts || reading.next_solid(i + 1, 3).is_some_and(|j| comparator(reading, j).is_some()) {
        return None;
    }
    let (one, two) = (reading.text_before(i), if i > 1 { reading.text(i - 2) } else { "" });
    let owns = |t: &str| matches!(t, "have" | "has" | "had" | "with" | "having" | "got");
    match (one, two) {
        ("no" | "without" | "zero", _) => Some('='),
        ("a" | "an", "without") => Some('='),
        ("a" | "an" | "any" | "some", owner) if owns(owner) => Some('>'),
        ("with a" | "with an", _) => Some('>'),
        _ => None,
    }
}

fn times(reading: &mut Reading, conditions: &mut Vec<Condition>) {
    let mut i = 0;
    while i < reading.items.len() {
        let Some(found) = (!reading.used[i]).then(|| periods::at(reading, i)).flatten() else {
            i += 1;
            continue;
        };
        // “Give 2022 and 2023” names what is to be told, not which rows count.
        let (from, to) = (reading.sentence_start(i), reading.sentence_end(i));
        let told = from > 0
            && (from..to).all(|j| {
                reading.is_filler(j)
                    || reading.number(j).is_some()
                    || matches!(reading.text(j), "give" | "report" | "state" | "and" | ",")
                    || reading.concept(j) == Some(Concept::And)
                    || reading.symbol(j) == Some(',')
            });
        if told {
            reading.used[from..to].fill(true);
            i = to;
            continue;
        }
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
            .is_some_and(|f| f.is_numeric() && f.time.is_none())
            && !matches!(reading.text_before(i), "in" | "since" | "during" | "until" | "before" | "after" | "from");
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
    // “on or after”: the day itself belongs to it.
    let on_or = first >= 2 && reading.text(first - 1) == "or" && reading.text(first - 2) == "on";
    match (concept, word) {
        (Some(Concept::After), _) if on_or => return (Period::Span(from, None), first - 2, found.end),
        (Some(Concept::Before), _) if on_or => return (Period::Span(None, to), first - 2, found.end),
        _ => {}
    }
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
        // “third class”, “second-class”.
        let ordinal = ["first", "second", "third", "fourth", "fifth"].iter().position(|o| *o == reading.text_before(i));
        if let (Some(place), false) = (ordinal, i > 0 && reading.used[i - 1])
            && let (Some(low), Some(high)) = (field.bounds.0.as_f64(), field.bounds.1.as_f64())
            && (low..=high).contains(&(place as f64 + 1.0))
            && field.distinct <= 12
        {
            conditions.push(Condition::Compare(field.name.clone(), '=', place as f64 + 1.0));
            reading.used[i - 1..=i].fill(true);
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
                || reading.text(*j) == "by"
                || matches!(reading.items[*j].what, What::Word) && super::lexicon::ENGLISH.is_neutral(reading.text(*j))
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
            for value in list.iter().cloned().map(Value::String) {
                if !values.contains(&value) {
                    values.push(value);
                }
            }
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
pub(super) fn flags(reading: &mut Reading, conditions: &mut Vec<Condition>) {
    for i in 0..reading.items.len() {
        let Some(column) = reading.free_column(i) else { continue };
        let field = reading.schema.field(column);
        let Some(yes) = field.yes.clone() else { continue };
        let negated = (i.saturating_sub(3)..i)
            .any(|j| matches!(reading.concept(j), Some(Concept::Not | Concept::Except | Concept::No)));
        let linked = matches!(reading.text(i + 1), "is" | "=" | ":" | "equals" | "was" | "are")
            || reading.symbol(i + 1) == Some('=');
        let near = if linked { i + 2 } else { i + 1 };
        let said = Some(near).filter(|j| matches!(reading.text(*j), "yes" | "true" | "no" | "false"));
        let negative = negated || said.is_some_and(|j| matches!(reading.text(j), "no" | "false"));
        conditions.push(Condition::In { column: field.name.clone(), values: vec![yes], negated: negative });
        reading.used[i] = true;
    }
}
