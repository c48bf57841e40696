//! Questions how a number goes over time.

use super::aggregations::{leftover_numbers, measures_or_default};
use super::concept::Concept;
use super::intent::{Group, Task, Trend};
use super::parse::Parts;
use super::periods::Grain;
use super::schema::{Role, TimeForm};
use super::wishes::ChartKind;

pub(super) fn trend(parts: &mut Parts) -> Option<Task> {
    // “which year had the most, and what share was it”: a share is one of the whole.
    if super::aggregations::asks_share(parts) && parts.ordering.extreme.is_some() {
        return None;
    }
    let words = parts.has_any(&[Concept::Trend, Concept::Previous, Concept::Cumulative]);
    let grown = parts.reading.has(Concept::Growth);
    let time_group = parts.groups.list.iter().position(|g| match g {
        Group::Time(_, _, grain) => !grain.is_cyclic(),
        Group::Column(name) => parts.reading.schema.named(name).is_some_and(|f| f.role == Role::Time),
        Group::Bins(..) => false,
    });
    let others = parts.groups.list.len() - usize::from(time_group.is_some());
    let line = matches!(parts.wishes.chart, None | Some(ChartKind::Line | ChartKind::Area));
    let by_time = time_group.is_some()
        && others <= 1
        && line
        && parts.measures.len() <= 1
        && parts.ordering.order.is_none()
        && parts.ordering.limit.is_none();
    let drawn = parts.wishes.chart == Some(ChartKind::Line)
        && parts.subjects().iter().any(|c| parts.field(*c).role == Role::Time)
        && !parts.measures.is_empty();
    if !(words
        || by_time
        || drawn
        || (grown
            && (parts.reading.has(Concept::First)
                || time_group.is_some()
                || parts.groups.grain.is_some()
                || parts.measures.len() + leftover_numbers(parts).len() == 1)))
        || !line
        || others > 1
    {
        return None;
    }
    let (column, form, grain) = match time_group.map(|i| parts.groups.list[i].clone()) {
        Some(Group::Time(name, form, grain)) => (name, form, Some(grain)),
        Some(group) => {
            let field = parts.reading.schema.named(group.column())?;
            (field.name.clone(), field.time?, None)
        }
        None => {
            let named = parts
                .subjects()
                .into_iter()
                .find(|c| parts.field(*c).time.is_some() && parts.field(*c).role == Role::Time);
            let field = parts.field(named.or_else(|| parts.reading.schema.time_field())?);
            (field.name.clone(), field.time?, parts.groups.grain)
        }
    };
    parts
        .reading
        .schema
        .fields
        .iter()
        .position(|f| f.name == column)
        .into_iter()
        .for_each(|c| parts.reading.spend_column(c));
    let grain = match (form, grain) {
        (TimeForm::Year, _) => Grain::Year,
        (_, Some(grain)) => grain,
        _ if grown && parts.reading.has(Concept::First) && parts.reading.has(Concept::Day) => Grain::Day,
        _ => fitting_grain(parts, &column),
    };
    let split = parts.groups.list.iter().find_map(|g| match g {
        Group::Column(name) if *name != column => Some(name.clone()),
        _ => None,
    });
    let measure = measures_or_default(parts).into_iter().next()?;
    let extreme = parts.ordering.extreme.map(|(end, _)| end);
    let cumulative = parts.reading.has(Concept::Cumulative);
    Some(Task::Trend(Trend { measure, column, form, grain, split, extreme, cumulative }))
}

/// Between about ten and a few dozen points make a readable line.
pub(super) fn fitting_grain(parts: &Parts, column: &str) -> Grain {
    let bounds = parts.reading.schema.named(column).map(|f| f.bounds.clone());
    let day = |v: &serde_json::Value| {
        v.as_str().and_then(|s| s.get(..10)).and_then(|s| chrono::NaiveDate::parse_from_str(s, "%Y-%m-%d").ok())
    };
    let span = bounds.and_then(|(low, high)| Some((day(&high)? - day(&low)?).num_days()));
    match span {
        Some(days) if days <= 2 => Grain::Hour,
        Some(days) if days <= 62 => Grain::Day,
        Some(days) if days > 3700 => Grain::Year,
        _ => Grain::Month,
    }
}
