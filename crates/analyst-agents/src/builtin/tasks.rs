//! Which task a question is, from its ideas and from what has been read of it. The order of the checks matters:
//! special before general.

use super::concept::Concept;
use super::intent::{
    Aggregate, Aggregation, Coefficient, Condition, Correlation, End, Group, Measure, NormalityTest, Points, Quantity,
    RowList, Talk, Task, Trend, Unlinked,
};
use super::lexicon::ENGLISH;
use super::linking::{What, nearest_names};
use super::models;
use super::parse::{Parts, outlier_rule};
use super::periods::Grain;
use super::reading::Reading;
use super::schema::{Role, TimeForm};
use super::tests_of_difference;
use super::wishes::ChartKind;

/// Rows shown when a list is asked for without a number.
const LISTED_ROWS: usize = 20;
/// Columns that are drawn or correlated at once.
const MANY_COLUMNS: usize = 12;

/// Small talk, or nothing about data at all.
pub(super) fn talk(reading: &Reading) -> Option<Talk> {
    let about_data = reading.items.iter().any(|i| matches!(i.what, What::Column(_) | What::Value { .. }));
    let said = |concept| reading.has(concept);
    if about_data && !said(Concept::Abilities) && !said(Concept::Identity) {
        return None;
    }
    let short = reading.items.len() <= 6;
    let found = [
        (Concept::Identity, Talk::Identity),
        (Concept::Abilities, Talk::Abilities),
        (Concept::Smalltalk, Talk::Other),
        (Concept::Thanks, Talk::Thanks),
        (Concept::Bye, Talk::Bye),
        (Concept::Hello, Talk::Hello),
    ];
    let hit = found.into_iter().find(|(concept, _)| said(*concept));
    match hit {
        Some((Concept::Thanks | Concept::Bye | Concept::Hello, talk)) if short && !about_data => Some(talk),
        Some((Concept::Identity | Concept::Abilities | Concept::Smalltalk, talk)) if !about_data => Some(talk),
        _ => {
            let content = reading.items.iter().enumerate().any(|(i, item)| match &item.what {
                What::Concept(c) => !matches!(
                    c,
                    Concept::Where
                        | Concept::On
                        | Concept::Which
                        | Concept::Hello
                        | Concept::And
                        | Concept::IsThere
                        | Concept::Not
                        | Concept::To
                        | Concept::Names
                        | Concept::As
                ),
                What::Word => reading.schema.is_entity(&item.text) && i > 0,
                _ => false,
            });
            (!content && !about_data).then_some(Talk::Other)
        }
    }
}

/// Tasks whose words would otherwise be taken for conditions.
pub(super) fn before_conditions(reading: &mut Reading) -> Option<Task> {
    if reading.has_free(Concept::Duplicate) {
        return Some(Task::Duplicates);
    }
    let at = reading.find_free(Concept::Missing)?;
    let columns = reading.columns();
    let text = reading.text(at).to_owned();
    let values_word = text.contains("value")
        || text.contains("data")
        || text == "nulls"
        || text == "blanks"
        || text == "missingness"
        || text == "completeness";
    let per_column = reading.has(Concept::Columns)
        && reading.items.iter().any(|i| i.text.starts_with("column") || i.text.starts_with("variable"));
    // “how many orders have no region” is a count; “how many missing values are there (in …)” is not.
    let computes = reading.has_any(&[Concept::Mean, Concept::Median, Concept::Correlation, Concept::Trend]);
    let about_rows = reading.has(Concept::Rows) && columns.is_empty();
    ((values_word || columns.is_empty() || per_column || about_rows) && !computes).then(|| {
        let names = columns.iter().map(|c| reading.name(*c)).collect();
        Task::Missing(names)
    })
}

/// Chooses the task.
pub(super) fn choose(parts: &mut Parts) -> Task {
    cluster(parts)
        .or_else(|| normality(parts))
        .or_else(|| outliers(parts))
        .or_else(|| tests_of_difference::association(parts))
        .or_else(|| tests_of_difference::comparison(parts))
        .or_else(|| models::choose(parts))
        .or_else(|| scatter_points(parts))
        .or_else(|| correlation(parts))
        .or_else(|| {
            super::filters::flags_left(parts);
            trend(parts)
        })
        .or_else(|| distribution(parts))
        .or_else(|| share_of_condition(parts))
        .or_else(|| row_list(parts))
        .or_else(|| aggregation(parts))
        .or_else(|| bar_points(parts))
        .or_else(|| describe(parts))
        .unwrap_or_else(|| Task::Unclear(Vec::new()))
}

fn cluster(parts: &Parts) -> Option<Task> {
    let at = parts.reading.find_free(Concept::Cluster)?;
    let text = parts.reading.text(at);
    let explicit = text.contains("cluster") || text.contains("means") || text.contains("similar");
    // “by segment” speaks of a column in other words, not of clustering.
    if !explicit && !(parts.subjects().is_empty() || matches!(text, "segment" | "segmentation")) {
        return None;
    }
    let reading = &parts.reading;
    let near = |at: usize| (at.saturating_sub(2)..reading.items.len().min(at + 3)).find_map(|j| reading.number(j));
    let places = (0..reading.items.len()).filter(|i| reading.concept(*i) == Some(Concept::Cluster) || reading.text(*i) == "k");
    let k = places.filter_map(near).find(|n| (2.0..=20.0).contains(n));
    let named: Vec<usize> = parts.numeric_subjects();
    let columns = if named.len() >= 2 { named } else { reading.schema.with_role(Role::Measure) };
    let columns: Vec<usize> = columns.into_iter().take(MANY_COLUMNS).collect();
    (!columns.is_empty()).then(|| Task::Cluster { columns: parts.names(&columns), k: k.map(|n| n as u32) })
}

fn normality(parts: &Parts) -> Option<Task> {
    let tests = [
        (Concept::Shapiro, NormalityTest::Shapiro),
        (Concept::Kolmogorov, NormalityTest::Kolmogorov),
        (Concept::Anderson, NormalityTest::Anderson),
        (Concept::Jarque, NormalityTest::Jarque),
        (Concept::Dagostino, NormalityTest::Dagostino),
    ];
    let named = tests.into_iter().find(|(concept, _)| parts.reading.has(*concept)).map(|(_, test)| test);
    let other = [Concept::TTest, Concept::Welch, Concept::MannWhitney, Concept::Anova, Concept::Correlation];
    let asked = parts.reading.has(Concept::Normality) && !parts.has_any(&other);
    if named.is_none() && !asked {
        return None;
    }
    let column = *parts.numeric_subjects().first()?;
    Some(Task::Normality(parts.reading.name(column), named.unwrap_or(NormalityTest::Shapiro)))
}

fn outliers(parts: &Parts) -> Option<Task> {
    parts.reading.find_free(Concept::Outlier)?;
    let named = parts.numeric_subjects();
    let columns = if named.is_empty() { parts.reading.schema.with_role(Role::Measure) } else { named };
    (!columns.is_empty()).then(|| Task::Outliers(parts.names(&columns), outlier_rule(&parts.reading)))
}

/// A scatter plot of two columns as they are.
fn scatter_points(parts: &Parts) -> Option<Task> {
    let aggregated = parts.measures.iter().any(|m| m.quantity != Quantity::Rows);
    if parts.wishes.chart != Some(ChartKind::Scatter) || aggregated || parts.has_any(&[Concept::Correlation]) {
        return None;
    }
    let all = parts.subjects();
    let mut numeric: Vec<usize> = all.iter().copied().filter(|c| parts.field(*c).is_numeric()).collect();
    if numeric.len() < 2 {
        numeric =
            all.iter().copied().filter(|c| parts.field(*c).is_numeric() || parts.field(*c).time.is_some()).collect();
    }
    if numeric.len() < 2 && all.len() == 2 {
        numeric.clone_from(&all);
    }
    let (first, second) = (*numeric.first()?, *numeric.get(1)?);
    // What identifies or comes first in time stands on the x axis.
    let by_nature = |c: usize| matches!(parts.field(c).role, Role::Id | Role::Time);
    let swap = by_nature(second) && !by_nature(first);
    let (x, y) = if swap { (second, first) } else { (first, second) };
    let color = all.into_iter().find(|c| parts.field(*c).is_groupable() && *c != x && *c != y);
    Some(Task::Points(Points {
        x: parts.reading.name(x),
        y: parts.reading.name(y),
        color: color.map(|c| parts.reading.name(c)),
        order: None,
    }))
}

fn correlation(parts: &Parts) -> Option<Task> {
    let coefficients = [Concept::Spearman, Concept::Kendall, Concept::Pearson];
    let asked = parts.has_any(&[Concept::Correlation, Concept::Heatmap]) || parts.has_any(&coefficients);
    let numeric: Vec<usize> = parts.numeric_subjects();
    let related =
        parts.has_any(&[Concept::Relationship, Concept::Scatter]) && numeric.len() >= 2 && parts.measures.is_empty();
    if !asked && !related {
        return None;
    }
    let coefficient = if parts.reading.has(Concept::Spearman) {
        Coefficient::Spearman
    } else if parts.reading.has(Concept::Kendall) {
        Coefficient::Kendall
    } else {
        Coefficient::Pearson
    };
    let of_all = || {
        let schema = &parts.reading.schema;
        let measures = (0..schema.fields.len()).filter(|i| {
            let f = schema.field(*i);
            f.is_numeric() && !matches!(f.role, Role::Id)
        });
        measures.take(MANY_COLUMNS + 8).collect::<Vec<_>>()
    };
    let ranked = parts.ordering.extreme.is_some() || parts.has_any(&[Concept::Columns]);
    let (columns, target) = match numeric.len() {
        0 => (of_all(), None),
        1 => (of_all(), Some(numeric[0])),
        2 if ranked && parts.reading.text(parts.reading.items.len().saturating_sub(1)) == "others" => (of_all(), None),
        _ => (numeric, None),
    };
    if columns.len() < 2 {
        return None;
    }
    let target = target.map(|c| parts.reading.name(c));
    Some(Task::Correlation(Correlation { columns: parts.names(&columns), coefficient, target }))
}

/// Measures, or what stands for them: leftover numbers summed or averaged, else the rows counted.
fn measures_or_default(parts: &mut Parts) -> Vec<Measure> {
    let real: Vec<Measure> = parts.measures.iter().filter(|m| m.quantity != Quantity::Rows).cloned().collect();
    if !parts.measures.is_empty()
        && !(real.is_empty()
            && leftover_numbers(parts).first().is_some_and(|c| parts.field(*c).role == Role::Measure)
            && only_total(parts))
    {
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

fn leftover_numbers(parts: &Parts) -> Vec<usize> {
    let grouped: Vec<&str> = parts.groups.list.iter().map(Group::column).collect();
    let free = parts.reading.free_columns();
    free.into_iter()
        .filter(|c| {
            let f = parts.field(*c);
            let number = f.is_numeric() && f.role != Role::Id && (f.role != Role::Time);
            number && !grouped.contains(&f.name.as_str())
        })
        .collect()
}

fn trend(parts: &mut Parts) -> Option<Task> {
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
            && (time_group.is_some()
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
fn fitting_grain(parts: &Parts, column: &str) -> Grain {
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

fn distribution(parts: &mut Parts) -> Option<Task> {
    let asked = parts.has_any(&[Concept::Distribution, Concept::Quartiles])
        || matches!(parts.wishes.chart, Some(ChartKind::Histogram | ChartKind::Box | ChartKind::Violin));
    if !asked || !parts.groups.list.is_empty() {
        return None;
    }
    let subjects = parts.subjects();
    let numeric: Vec<usize> = subjects
        .iter()
        .copied()
        .filter(|c| parts.field(*c).is_numeric() && parts.field(*c).role != Role::Flag)
        .collect();
    if !numeric.is_empty() {
        return Some(Task::Distribution(parts.names(&numeric)));
    }
    if let Some(column) = subjects.into_iter().find(|c| parts.field(*c).role != Role::Measure) {
        let name = parts.reading.name(column);
        parts.groups.list.push(Group::Column(name));
        return None;
    }
    let all = parts.reading.schema.with_role(Role::Measure);
    (!all.is_empty()).then(|| Task::Distribution(parts.names(&all[..all.len().min(MANY_COLUMNS)])))
}

/// Whether a share is asked for, not only a way to write numbers.
fn asks_share(parts: &Parts) -> bool {
    let phrase = |text: &str| {
        text.contains("what perc")
            || text.ends_with(" of") && text.contains("perc")
            || text.starts_with("percentage") && !text.contains("points")
    };
    parts.reading.has(Concept::Share)
        || parts.reading.items.iter().any(|i| matches!(i.what, What::Concept(Concept::Percent)) && phrase(&i.text))
}

/// “what percentage of orders are from North”, “what share of customers churned”.
fn share_of_condition(parts: &mut Parts) -> Option<Task> {
    if !asks_share(parts) || parts.ordering.extreme.is_some() {
        return None;
    }
    let counted = parts.measures.iter().all(|m| m.quantity == Quantity::Rows);
    let by_kind = parts.measures.iter().any(|m| m.aggregate == Aggregate::Count && m.quantity != Quantity::Rows);
    if by_kind || parts.wishes.chart == Some(ChartKind::Pie) {
        return None;
    }
    if counted && leftover_numbers(parts).is_empty() {
        let condition = parts.conditions.pop()?;
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

/// Single rows: “which order has the highest price”, “top 5 employees by salary”, “list all …”.
fn row_list(parts: &mut Parts) -> Option<Task> {
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
    let ended = parts.ordering.extreme.is_some() || parts.ordering.limit.is_some();
    let opening = parts.ordering.limit.is_some() && by.is_none() && parts.measures.is_empty() && reading.has(Concept::Rows);
    let listed = listed || opening;
    let single = ended && by.is_some() && (parts.ordering.limit.is_some() || !asked.is_empty() || (who && entity));
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
    Some(Task::Rows(RowList { by, descending, limit, columns: if bare { Vec::new() } else { columns }, asked }))
}

fn aggregation(parts: &mut Parts) -> Option<Task> {
    let mut groups = parts.groups.list.clone();
    let mut share = asks_share(parts);
    let has_time_points = bar_points_possible(parts);
    // A category that is counted, or stands beside a measure, makes the groups.
    if groups.is_empty() {
        groups.extend(implied_group(parts, share));
    }
    let two_values = parts.conditions.iter().find_map(|c| match c {
        Condition::In { column, values, negated: false }
            if values.len() >= 2 && (parts.has_any(&[Concept::Compare, Concept::Differ]) || parts.reading.items.iter().any(|i| i.text == "than")) =>
        {
            Some(column.clone())
        }
        _ => None,
    });
    if let (Some(column), true) = (two_values, groups.is_empty()) {
        groups.push(Group::Column(column));
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
        if !flag_rate && !(countable || derived || counting) || has_time_points {
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
        groups,
    }
}

fn bar_points_possible(parts: &Parts) -> bool {
    parts.wishes.plot
        && parts.measures.is_empty()
        && parts.groups.list.is_empty()
        && parts.subjects().len() == 2
        && !asks_share(parts)
        && leftover_numbers(parts).len() == 1
}

/// A chart of two columns as they are: names across, numbers up.
fn bar_points(parts: &mut Parts) -> Option<Task> {
    if !parts.wishes.plot {
        return None;
    }
    let subjects = parts.subjects();
    let y = subjects
        .iter()
        .copied()
        .find(|c| parts.field(*c).role == Role::Measure)
        .or_else(|| subjects.iter().copied().find(|c| parts.field(*c).is_numeric()))?;
    let x = subjects.iter().copied().find(|c| *c != y)?;
    let (x, y) = (parts.reading.name(x), parts.reading.name(y));
    let order = parts.ordering.order.map(|mut o| {
        if parts.ordering.column.is_some_and(|c| parts.reading.name(c) == y) {
            o.by = super::intent::OrderBy::Measure;
        }
        o
    });
    Some(Task::Points(Points { x, y, color: None, order }))
}

fn describe(parts: &mut Parts) -> Option<Task> {
    let subjects = parts.subjects();
    if !subjects.is_empty() {
        let numeric: Vec<usize> = subjects.iter().copied().filter(|c| parts.field(*c).is_numeric()).collect();
        if parts.wishes.plot && !numeric.is_empty() {
            return Some(Task::Distribution(parts.names(&numeric)));
        }
        return Some(Task::Describe(parts.names(&subjects)));
    }
    let asked = parts.has_any(&[Concept::Describe, Concept::Columns, Concept::Dataset, Concept::Rows]);
    asked.then(|| Task::Describe(Vec::new()))
}

/// Refuses to answer beside the point: an aggregate, a group or a value that names nothing in the data.
pub(super) fn check_links(parts: &Parts, task: &mut Task) {
    if matches!(task, Task::Talk(_)) {
        return;
    }
    let reading = &parts.reading;
    let mut unlinked = Vec::new();
    for i in 0..reading.items.len() {
        let Some(at) = suspicious_after(parts, i, task) else { continue };
        let word = reading.items[at].raw.clone();
        let nearest = nearest_names(&word, &reading.schema);
        let entry = Unlinked { word, nearest };
        if !unlinked.contains(&entry) {
            unlinked.push(entry);
        }
    }
    if !unlinked.is_empty() || matches!(task, Task::Unclear(_)) {
        *task = Task::Unclear(unlinked);
    }
}

/// The place of a word that should have been a name.
fn suspicious_after(parts: &Parts, i: usize, task: &Task) -> Option<usize> {
    let reading = &parts.reading;
    let unknown = |at: usize| {
        reading.items.get(at).is_some_and(|x| {
            matches!(x.what, What::Word)
                && !reading.used[at]
                && !ENGLISH.is_stopword(&x.text)
                && !reading.schema.is_entity(&x.text)
                && x.text.len() > 2
                && !x.text.ends_with("ing")
                && !ENGLISH.months.contains_key(&x.text)
        })
    };
    let mut at = i + 1;
    while matches!(reading.text(at), "the" | "a" | "an" | "of" | "each" | "all" | "every" | "our" | "my" | "their") {
        at += 1;
    }
    let ends = |at: usize| {
        at + 1 >= reading.items.len()
            || reading.ends_clause(at + 1)
            || !matches!(reading.items[at + 1].what, What::Column(_))
    };
    match reading.concept(i) {
        Some(Concept::Mean | Concept::Sum | Concept::Median | Concept::Std | Concept::Maximum | Concept::Minimum) => {
            let answered = parts.measures.iter().any(|m| matches!(m.quantity, Quantity::Column(_)));
            let counted = matches!(task, Task::Aggregate(a) if a.measures.iter().all(|m| m.aggregate == Aggregate::Count))
                || matches!(task, Task::Unclear(_) | Task::Describe(_) | Task::Trend(_) | Task::Rows(_));
            (unknown(at) && ends(at) && counted && !answered).then_some(at)
        }
        Some(Concept::Per) => {
            let grouping = matches!(
                reading.text(i),
                "by" | "per"
                    | "for each"
                    | "across"
                    | "grouped by"
                    | "group by"
                    | "broken down by"
                    | "in each"
                    | "for every"
                    | "split by"
            );
            let lacking = parts.groups.list.is_empty()
                && !matches!(task, Task::Regression(_) | Task::Predict(_) | Task::Correlation(_) | Task::Points(_));
            (grouping && lacking && unknown(at) && ends(at)).then_some(at)
        }
        _ => {
            let preposition = matches!(reading.text(i), "in" | "for" | "from" | "of");
            let first_sentence = reading.sentence_start(i) == 0;
            let capital = reading.items.get(at).is_some_and(|x| x.raw.chars().next().is_some_and(char::is_uppercase));
            let tool = (at..at + 3).any(|j| {
                matches!(reading.text(j), "library" | "module" | "package" | "function" | "python" | "method" | "test")
            });
            (preposition && first_sentence && capital && !tool && unknown(at)).then_some(at)
        }
    }
}
