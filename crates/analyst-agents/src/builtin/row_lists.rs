//! Questions for single rows: “which order has the highest price”, “top 5 employees by salary”, “list all …”.

use super::aggregations::leftover_numbers;
use super::concept::Concept;
use super::intent::{Aggregate, End, Group, Quantity, RowList, Task};
use super::parse::Parts;
use super::schema::Role;

/// Rows shown when a list is asked for without a number.
const LISTED_ROWS: usize = 20;

/// Single rows: “which order has the highest price”, “top 5 employees by salary”, “list all …”.
pub(super) fn row_list(parts: &mut Parts) -> Option<Task> {
    let reading = &parts.reading;
    let listed = reading.has_free(Concept::ShowRows)
        && (reading.items.iter().enumerate().any(|(i, _)| reading.is_entity(i)) || parts.measures.is_empty());
    let unique = |name: &str| {
        reading
            .schema
            .named(name)
            .is_some_and(|f| f.distinct + f.nulls >= reading.schema.rows && f.role != Role::Measure)
    };
    let labelled: Vec<String> = parts
        .groups
        .list
        .iter()
        .filter(|g| matches!(g, Group::Column(n) if unique(n)))
        .map(|g| g.column().to_owned())
        .collect();
    let only_labels = labelled.len() == parts.groups.list.len();
    let aggregated = parts.measures.iter().any(|m| !matches!(m.aggregate, Aggregate::Max | Aggregate::Min));
    if !only_labels || (aggregated && labelled.is_empty()) || parts.wishes.chart.is_some() {
        return None;
    }
    let free = leftover_numbers(parts);
    let measured = parts.measures.iter().find_map(|m| match &m.quantity {
        Quantity::Column(name) => Some(name.clone()),
        _ => None,
    });
    let by = parts
        .ordering
        .adjective
        .or(parts.ordering.column)
        .or(free.first().copied())
        .map(|c| reading.name(c))
        .or(measured);
    let entity = (0..reading.items.len()).any(|i| reading.is_entity(i));
    let asked: Vec<String> = parts
        .subjects()
        .into_iter()
        .filter(|c| !parts.field(*c).is_numeric() || parts.field(*c).role == Role::Id)
        .map(|c| reading.name(c))
        .collect();
    let who = reading.items.iter().any(|i| matches!(i.text.as_str(), "who" | "which" | "whose"));
    let alone = reading.items.iter().any(|i| i.text == "who");
    let ended = parts.ordering.extreme.is_some() || parts.ordering.limit.is_some();
    let opening =
        parts.ordering.limit.is_some() && by.is_none() && parts.measures.is_empty() && reading.has(Concept::Rows);
    let listed = listed || opening;
    let single =
        ended && by.is_some() && (parts.ordering.limit.is_some() || !asked.is_empty() || (who && entity) || alone);
    if !single && !listed {
        return None;
    }
    if aggregated && !labelled.is_empty() && !ended {
        return None;
    }
    let end = parts.ordering.extreme.map(|(end, _)| end);
    let descending = parts.ordering.order.map_or(end != Some(End::Lowest), |o| o.descending);
    let limit = parts.ordering.limit.unwrap_or(if single { 1 } else { LISTED_ROWS });
    let mut columns: Vec<String> = labelled.clone();
    for column in parts.subjects() {
        let name = reading.name(column);
        if !columns.contains(&name) {
            columns.push(name);
        }
    }
    if let Some(by) = &by
        && !columns.contains(by)
    {
        columns.push(by.clone());
    }
    let mut asked = asked;
    if asked.is_empty() && single {
        let label = |role: Role| reading.schema.with_role(role).into_iter().next();
        asked.extend(label(Role::Label).or_else(|| label(Role::Id)).map(|c| reading.name(c)));
    }
    for name in &asked {
        if !columns.is_empty() && !columns.contains(name) {
            columns.insert(0, name.clone());
        }
    }
    let bare = columns.len() <= 1 && labelled.is_empty();
    Some(Task::Rows(RowList {
        by,
        descending,
        limit,
        columns: if bare { Vec::new() } else { columns },
        asked,
        nth: parts.ordering.nth,
    }))
}
