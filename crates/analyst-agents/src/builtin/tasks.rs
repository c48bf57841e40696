//! Which task a question is, from its ideas and from what has been read of it. The order of the checks matters:
//! special before general.

use super::aggregations::{aggregation, share_of_condition};
use super::concept::Concept;
use super::intent::{Coefficient, Correlation, Group, NormalityTest, OrderBy, Points, Quantity, Talk, Task};
use super::linking::What;
use super::models;
use super::parse::{Parts, outlier_rule};
use super::reading::Reading;
use super::row_lists::row_list;
use super::schema::Role;
use super::tests_of_difference;
use super::trends::trend;
use super::wishes::ChartKind;

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
    let percent = |i: &super::linking::Item| i.text.split(' ').any(|w| w.starts_with("percent"));
    let share = (reading.has_any(&[Concept::Percent, Concept::Share]) || reading.items.iter().any(percent))
        && !columns.is_empty()
        && columns.len() <= 3;
    let of_column = share && !reading.has_any(&[Concept::Rate, Concept::Sum]) && reading.column(at + 1).is_none();
    ((values_word || columns.is_empty() || per_column || about_rows || of_column) && !computes).then(|| {
        let names = columns.iter().map(|c| reading.name(*c)).collect();
        let rows_counted = about_rows && reading.has(Concept::Count);
        Task::Missing(names, rows_counted)
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
    let meant = parts.subjects().is_empty() || matches!(text, "segment" | "segmentation");
    if !explicit && !meant {
        return None;
    }
    let reading = &parts.reading;
    let near = |at: usize| (at.saturating_sub(2)..reading.items.len().min(at + 3)).find_map(|j| reading.number(j));
    let places =
        (0..reading.items.len()).filter(|i| reading.concept(*i) == Some(Concept::Cluster) || reading.text(*i) == "k");
    let counted = (0..reading.items.len()).filter(|i| {
        matches!(reading.text(i + 1), "groups" | "clusters" | "segments" | "cluster")
            || reading.concept(i + 1) == Some(Concept::Cluster)
    });
    let counted = counted.filter_map(|i| reading.number(i)).find(|n| (2.0..=20.0).contains(n));
    let k = counted.or_else(|| places.filter_map(near).find(|n| (2.0..=20.0).contains(n)));
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
    let two_samples =
        parts.conditions.iter().any(|c| matches!(c, super::intent::Condition::In { values, .. } if values.len() == 2))
            || !parts.groups.list.is_empty() && parts.reading.items.iter().any(|x| x.text.contains("two sample"));
    if named == Some(NormalityTest::Kolmogorov) && two_samples && !parts.reading.has(Concept::Normality) {
        return None;
    }
    let other = [Concept::TTest, Concept::Welch, Concept::MannWhitney, Concept::Anova, Concept::Correlation];
    let asked = parts.reading.has(Concept::Normality) && !parts.has_any(&other);
    if named.is_none() && !asked {
        return None;
    }
    let column = *parts.numeric_subjects().first()?;
    Some(Task::Normality(parts.reading.name(column), named.unwrap_or(NormalityTest::Shapiro)))
}

fn outliers(parts: &Parts) -> Option<Task> {
    let far =
        parts.reading.has(Concept::ZScore) && parts.reading.has(Concept::Count) && parts.numeric_subjects().len() == 1;
    if !far {
        parts.reading.find_free(Concept::Outlier)?;
    }
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
    if parts.reading.has(Concept::Autocorrelation) {
        return None;
    }
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
            o.by = OrderBy::Measure;
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
