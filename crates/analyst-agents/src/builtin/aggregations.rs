//! Questions for numbers over all rows or by group: which measures, which groups, which share.

use super::concept::Concept;
use super::intent::{Aggregate, Aggregation, Condition, End, Group, Measure, Quantity, Task};
use super::linking::What;
use super::parse::Parts;
use super::periods::Grain;
use super::schema::{Role, TimeForm};
use super::wishes::ChartKind;

/// Measures, or what stands for them: leftover numbers summed or averaged, else the rows counted.
pub(super) fn measures_or_default(parts: &mut Parts) -> Vec<Measure> {
    let real: Vec<Measure> = parts.measures.iter().filter(|m| m.quantity != Quantity::Rows).cloned().collect();
    let only_rows = real.is_empty()
        && leftover_numbers(parts).first().is_some_and(|c| parts.field(*c).role == Role::Measure)
        && only_total(parts);
    if !parts.measures.is_empty() && !only_rows {
        return parts.measures.clone();
    }
    let left = leftover_numbers(parts);
    let rate = parts.reading.has_any(&[Concept::Rate]);
    if left.is_empty() {
        let _ = rate;
        return vec![Measure { aggregate: Aggregate::Count, quantity: Quantity::Rows }];
    }
    let mut measures = Vec::new();
    for column in left.into_iter().take(3) {
        let field = parts.field(column);
        let (name, additive, flag) = (
            field.name.clone(),
            field.is_additive() || field.formula.is_some() && !looks_averaged(&field.words),
            field.yes.is_some(),
        );
        let aggregate = match (flag, additive) {
            (true, _) => Aggregate::Rate,
            (_, true) => Aggregate::Sum,
            _ => Aggregate::Mean,
        };
        let word = if aggregate == Aggregate::Sum { "summed" } else { "averaged" };
        if !flag {
            parts.notes.push(format!("{name} is {word}: the question does not say how to combine it."));
        }
        measures.push(Measure { aggregate, quantity: Quantity::Column(name) });
    }
    measures
}

fn only_total(parts: &Parts) -> bool {
    // “total” and “overall” before a number's name mean its sum, which measures have read already.
    parts.reading.items.iter().all(|i| !matches!(i.what, What::Concept(Concept::Count)))
}

fn looks_averaged(words: &[String]) -> bool {
    words.iter().any(|w| {
        matches!(
            w.as_str(),
            "rate" | "ratio" | "per" | "average" | "mean" | "price" | "score" | "density" | "share" | "margin"
        )
    })
}

pub(super) fn leftover_numbers(parts: &Parts) -> Vec<usize> {
    let grouped: Vec<&str> = parts.groups.list.iter().map(Group::column).collect();
    let free = parts.reading.free_columns();
    free.into_iter()
        .filter(|c| {
            let f = parts.field(*c);
            // “flights” of “flight_number” are what is counted.
            let key = f.words.last().is_some_and(|w| super::lexicon::ENGLISH.names_id(w));
            let called = parts
                .reading
                .items
                .iter()
                .any(|x| x.what == What::Column(*c) && !parts.reading.schema.is_entity(&x.text));
            let number = f.is_numeric() && f.role != Role::Id && (f.role != Role::Time) && (!key || called);
            number && !grouped.contains(&f.name.as_str())
        })
        .collect()
}

/// Whether a share is asked for, not only a way to write numbers.
pub(super) fn asks_share(parts: &Parts) -> bool {
    let phrase = |text: &str| {
        text.contains("what perc")
            || text.ends_with(" of") && text.contains("perc")
            || text.starts_with("percentage") && !text.contains("points")
    };
    parts.reading.has(Concept::Share)
        || parts.reading.items.iter().any(|i| matches!(i.what, What::Concept(Concept::Percent)) && phrase(&i.text))
}

/// “what percentage of orders are from North”, “what share of customers churned”.
pub(super) fn share_of_condition(parts: &mut Parts) -> Option<Task> {
    if !asks_share(parts) || parts.ordering.extreme.is_some() {
        return None;
    }
    let counted = parts.measures.iter().all(|m| m.quantity == Quantity::Rows);
    let by_kind = parts.measures.iter().any(|m| m.aggregate == Aggregate::Count && m.quantity != Quantity::Rows);
    if by_kind || parts.wishes.chart == Some(ChartKind::Pie) {
        return None;
    }
    if counted && leftover_numbers(parts).is_empty() {
        let condition = match in_brackets(parts) {
            Some(all) => all,
            None => last_said(parts)?,
        };
        let measure = Measure { aggregate: Aggregate::Rate, quantity: Quantity::Holds(Box::new(condition)) };
        let groups = parts.groups.list.clone();
        return Some(Task::Aggregate(finish(parts, vec![measure], groups, false)));
    }
    // “what share of the revenue comes from North”
    let at = parts
        .conditions
        .iter()
        .rposition(|c| matches!(c, Condition::In { values, negated: false, .. } if values.len() == 1))?;
    if !parts.groups.list.is_empty() {
        return None;
    }
    let Condition::In { column, values, .. } = parts.conditions.remove(at) else { return None };
    let measures = measures_or_default(parts);
    let mut task = finish(parts, measures, vec![Group::Column(column)], true);
    task.focus = values.first().and_then(|v| v.as_str().map(str::to_owned).or_else(|| Some(v.to_string())));
    Some(Task::Aggregate(task))
}

pub(super) fn aggregation(parts: &mut Parts) -> Option<Task> {
    let mut groups = parts.groups.list.clone();
    let mut share = asks_share(parts);
    if groups.is_empty()
        && let Some(task) = commonest_pair(parts)
    {
        return Some(task);
    }
    let has_time_points = bar_points_possible(parts);
    // A category that is counted, or stands beside a measure, makes the groups.
    if groups.is_empty() {
        groups.extend(implied_group(parts, share));
    }
    let two_values = parts.conditions.iter().find_map(|c| match c {
        Condition::In { column, values, negated: false }
            if values.len() >= 2
                && (slots_name(parts, values)
                    || parts.ordering.extreme.is_some()
                    || parts.has_any(&[Concept::Compare, Concept::Differ, Concept::RatioOf])
                    || parts.reading.items.iter().any(|i| i.text == "than")) =>
        {
            Some(column.clone())
        }
        _ => None,
    });
    if let (Some(column), true) = (two_values, groups.is_empty()) {
        groups.push(Group::Column(column));
    }
    // “the highest share of cancelled flights”: how many of each group's flights are, not whose they are.
    let counted = parts.measures.iter().all(|m| m.quantity == Quantity::Rows) && leftover_numbers(parts).is_empty();
    if share && counted && !groups.is_empty() && parts.ordering.extreme.is_some() {
        let is_flag = |c: &Condition| matches!(c, Condition::In { column, .. } if parts.reading.schema.named(column).is_some_and(|f| f.yes.is_some()));
        if let Some(at) = parts.conditions.iter().rposition(is_flag) {
            let condition = parts.conditions.remove(at);
            let measure = Measure { aggregate: Aggregate::Rate, quantity: Quantity::Holds(Box::new(condition)) };
            return Some(Task::Aggregate(finish(parts, vec![measure], groups, false)));
        }
    }
    let flag_rate = share && parts.reading.free_columns().iter().any(|c| parts.field(*c).yes.is_some());
    if groups.is_empty() && parts.measures.is_empty() {
        // “highest price” without a group is the maximum.
        if let (Some((end, _)), Some(column)) =
            (parts.ordering.extreme, parts.ordering.adjective.or(leftover_numbers(parts).first().copied()))
        {
            let aggregate = if end == End::Highest { Aggregate::Max } else { Aggregate::Min };
            let measure = Measure { aggregate, quantity: Quantity::Column(parts.reading.name(column)) };
            parts.ordering.extreme = None;
            return Some(Task::Aggregate(finish(parts, vec![measure], groups, false)));
        }
        let countable = !parts.conditions.is_empty() && parts.subjects().is_empty();
        let derived = !parts.derived.is_empty();
        let counting = parts.having.is_some();
        let countable = countable || derived || counting;
        if (!flag_rate && !countable) || has_time_points {
            return None;
        }
    }
    if groups.is_empty() && parts.measures.iter().all(|m| m.quantity == Quantity::Rows) && has_time_points {
        return None;
    }
    if let (Some(column), true) = (parts.ordering.adjective, parts.measures.is_empty()) {
        let quantity = Quantity::Column(parts.reading.name(column));
        let aggregate = if parts.field(column).is_additive() { Aggregate::Sum } else { Aggregate::Mean };
        parts.measures.push(Measure { aggregate, quantity });
    }
    let mut measures = measures_or_default(parts);
    share &= !measures.iter().any(|m| m.aggregate == Aggregate::Rate);
    unify(&mut measures, &groups);
    extreme_of_average(parts, &mut measures, &groups);
    Some(Task::Aggregate(finish(parts, measures, groups, share)))
}

/// “which plan has the highest price”: the mean decides, and the greatest single value is told as well.
fn extreme_of_average(parts: &Parts, measures: &mut Vec<Measure>, groups: &[Group]) {
    let defaulted = parts.measures.is_empty();
    if let ([Measure { aggregate: Aggregate::Mean, quantity }], Some((end, _)), true, false) =
        (measures.as_slice(), parts.ordering.extreme, defaulted, groups.is_empty())
    {
        let aggregate = if end == End::Highest { Aggregate::Max } else { Aggregate::Min };
        let second = Measure { aggregate, quantity: quantity.clone() };
        measures.push(second);
    }
}

/// Counting a column by itself is counting rows; without groups a counted category means its different values.
fn unify(measures: &mut Vec<Measure>, groups: &[Group]) {
    let grouped: Vec<&str> = groups.iter().map(Group::column).collect();
    for measure in measures.iter_mut() {
        if let (Aggregate::Count, Quantity::Column(name)) = (measure.aggregate, &measure.quantity)
            && grouped.contains(&name.as_str())
        {
            measure.quantity = Quantity::Rows;
        }
    }
    measures.dedup();
    if measures.len() > 1 && measures.iter().any(|m| m.quantity != Quantity::Rows) {
        // “show plan and the average price for each plan” names no count.
        let counts = measures.iter().filter(|m| m.quantity == Quantity::Rows).count();
        if counts > 1 {
            measures.dedup_by(|a, b| a == b);
        }
    }
}

/// The group that is meant without “by”: a counted category with a chart or a share, or a category beside a measure.
fn implied_group(parts: &mut Parts, share: bool) -> Option<Group> {
    let counted = parts.measures.iter().find_map(|m| match (&m.aggregate, &m.quantity) {
        (Aggregate::Count, Quantity::Column(name)) => Some(name.clone()),
        _ => None,
    });
    let drawn = parts.wishes.plot || share;
    if let Some(name) = counted.filter(|_| drawn) {
        let field = parts.reading.schema.named(&name)?;
        let group = field.role != Role::Id && field.role != Role::Measure;
        if group {
            return Some(time_or_column(parts, &name));
        }
    }
    let free: Vec<usize> = parts
        .reading
        .free_columns()
        .into_iter()
        .filter(|c| matches!(parts.field(*c).role, Role::Category | Role::Label) || parts.field(*c).role == Role::Time)
        .collect();
    let column = *free.first()?;
    let name = parts.reading.name(column);
    let counted_itself = parts.measures.iter().any(|m| m.quantity == Quantity::Column(name.clone()));
    if counted_itself && !drawn {
        // “how many regions are there”
        for measure in &mut parts.measures {
            if measure.quantity == Quantity::Column(name.clone()) && measure.aggregate == Aggregate::Count {
                measure.aggregate = Aggregate::Distinct;
            }
        }
        return None;
    }
    let raw = parts.measures.is_empty() && !drawn && leftover_numbers(parts).is_empty();
    let distinct = parts.measures.iter().any(|m| matches!(m.aggregate, Aggregate::Mode | Aggregate::Distinct));
    let points = parts.measures.is_empty() && drawn && !leftover_numbers(parts).is_empty() && !share;
    (!raw && !distinct && !points).then(|| time_or_column(parts, &name))
}

fn time_or_column(parts: &Parts, name: &str) -> Group {
    let field = parts.reading.schema.named(name);
    match field.and_then(|f| f.time.map(|form| (f, form))) {
        Some((field, form)) if form != TimeForm::Year && field.distinct > 7 => {
            Group::Time(name.to_owned(), form, parts.groups.grain.unwrap_or(Grain::Weekday))
        }
        _ => Group::Column(name.to_owned()),
    }
}

fn finish(parts: &Parts, measures: Vec<Measure>, groups: Vec<Group>, share: bool) -> Aggregation {
    let grouped = !groups.is_empty();
    Aggregation {
        measures,
        order: parts.ordering.order.filter(|_| grouped),
        limit: parts.ordering.limit.filter(|_| grouped),
        extreme: parts.ordering.extreme.map(|(end, _)| end).filter(|_| grouped),
        share: share && grouped,
        having: parts.having,
        focus: None,
        nth: parts.ordering.nth.filter(|_| grouped),
        groups,
    }
}

/// “the most common route (origin and destination)”: the pair that most rows share.
fn commonest_pair(parts: &mut Parts) -> Option<Task> {
    let common = parts.measures.iter().any(|m| m.aggregate == Aggregate::Mode) || parts.reading.has(Concept::Mode);
    let mut names: Vec<String> = parts
        .measures
        .iter()
        .filter_map(|m| match (&m.aggregate, &m.quantity) {
            (Aggregate::Mode, Quantity::Column(name)) => Some(name.clone()),
            _ => None,
        })
        .collect();
    for column in parts.reading.free_columns() {
        let name = parts.reading.name(column);
        if parts.field(column).is_groupable() && !names.contains(&name) {
            names.push(name);
        }
    }
    if !common || names.len() != 2 {
        return None;
    }
    let groups: Vec<Group> = names.into_iter().map(Group::Column).collect();
    let measure = Measure { aggregate: Aggregate::Count, quantity: Quantity::Rows };
    let mut task = finish(parts, vec![measure], groups, false);
    task.extreme = Some(End::Highest);
    Some(Task::Aggregate(task))
}

/// The condition said last is the one whose share is asked for: “of students with standard lunch scored at least 70”.
fn last_said(parts: &mut Parts) -> Option<Condition> {
    let reading = &parts.reading;
    let place = |condition: &Condition| {
        let column =
            |name: &str| (0..reading.items.len()).rev().find(|i| reading.field(*i).is_some_and(|f| f.name == name));
        match condition {
            Condition::Compare(name, _, value) => (0..reading.items.len())
                .rev()
                .find(|i| reading.number(*i) == Some(value.abs()))
                .or_else(|| column(name)),
            Condition::In { column: name, values, .. } => {
                let said = |i: &usize| matches!(&reading.items[*i].what, What::Value { value, .. } if values.iter().any(|v| super::labels::plain(v) == *value));
                (0..reading.items.len()).rev().find(said).or_else(|| column(name))
            }
            Condition::Missing(name) | Condition::Text { column: name, .. } => column(name),
            Condition::Columns(_, _, name) => column(name),
            _ => Some(0),
        }
    };
    let places: Vec<usize> = parts.conditions.iter().map(|c| place(c).unwrap_or(0)).collect();
    let at = (0..places.len()).max_by_key(|i| (places[*i], *i))?;
    Some(parts.conditions.remove(at))
}

/// “alone (SibSp = 0 and Parch = 0)”: what one pair of brackets says together is one condition.
fn in_brackets(parts: &mut Parts) -> Option<Condition> {
    let reading = &parts.reading;
    let open = (0..reading.items.len()).find(|i| reading.symbol(*i) == Some('('))?;
    let close = (open..reading.items.len()).find(|i| reading.symbol(*i) == Some(')'))?;
    let names: Vec<String> = (open..close).filter_map(|i| reading.column(i)).map(|c| reading.name(c)).collect();
    let inside = |c: &Condition| matches!(c, Condition::Compare(name, ..) | Condition::In { column: name, .. } if names.contains(name));
    let (all, rest): (Vec<Condition>, Vec<Condition>) = parts.conditions.iter().cloned().partition(inside);
    if all.len() < 2 {
        return None;
    }
    parts.conditions = rest;
    Some(Condition::All(all))
}

/// Whether the places of the answer are called like these values: then each is wanted by itself.
fn slots_name(parts: &Parts, values: &[serde_json::Value]) -> bool {
    let squeeze = super::tokens::squeeze;
    values.iter().all(|v| {
        let value = squeeze(&super::labels::plain(v));
        parts.wishes.slots.iter().any(|s| squeeze(&s.name).contains(&value))
    })
}

pub(super) fn bar_points_possible(parts: &Parts) -> bool {
    parts.wishes.plot
        && parts.measures.is_empty()
        && parts.groups.list.is_empty()
        && parts.subjects().len() == 2
        && !asks_share(parts)
        && leftover_numbers(parts).len() == 1
}
