//! Questions whether groups differ: which number, which groups, which test.

use analyst_types::ColumnType;

use super::concept::Concept;
use super::intent::{Aggregate, Comparison, Condition, DifferenceTest, Group, Quantity, Side, Task};
use super::lexicon::ENGLISH;
use super::linking::What;
use super::parse::Parts;
use super::schema::Role;
use super::specials;
use super::wishes::ChartKind;

const TESTS: [(Concept, DifferenceTest); 12] = [
    (Concept::Kolmogorov, DifferenceTest::Kolmogorov),
    (Concept::Paired, DifferenceTest::Paired),
    (Concept::Welch, DifferenceTest::Welch),
    (Concept::MannWhitney, DifferenceTest::MannWhitney),
    (Concept::Wilcoxon, DifferenceTest::Wilcoxon),
    (Concept::WelchAnova, DifferenceTest::WelchAnova),
    (Concept::Kruskal, DifferenceTest::Kruskal),
    (Concept::Levene, DifferenceTest::Levene),
    (Concept::Anova, DifferenceTest::Anova),
    (Concept::Student, DifferenceTest::Student),
    (Concept::TTest, DifferenceTest::Welch),
    (Concept::Tukey, DifferenceTest::Anova),
];

/// Two sets of categories, and whether they depend on each other.
pub(super) fn association(parts: &mut Parts) -> Option<Task> {
    let asked = parts.has_any(&[Concept::ChiSquare, Concept::Fisher]);
    let related = parts.has_any(&[Concept::Relationship, Concept::Correlation, Concept::Differ, Concept::Significant]);
    if !asked && !related {
        return None;
    }
    let discrete = |c: &usize| {
        let f = parts.field(*c);
        f.is_groupable() || (asked && f.distinct <= 20)
    };
    let mut categories: Vec<usize> = parts.subjects().into_iter().filter(discrete).collect();
    let numeric = parts.subjects().into_iter().filter(|c| parts.field(*c).role == Role::Measure).count();
    for group in &parts.groups.list {
        let index = parts.reading.schema.fields.iter().position(|f| f.name == group.column())?;
        if !categories.contains(&index) && discrete(&index) {
            categories.push(index);
        }
    }
    // “did the churn differ between basic and pro plans”
    for condition in &parts.conditions {
        if let Condition::In { column, values, negated: false } = condition
            && values.len() >= 2
            && let Some(index) = parts.reading.schema.fields.iter().position(|f| f.name == *column)
            && !categories.contains(&index)
        {
            categories.push(index);
        }
    }
    if categories.len() < 2 || (numeric > 0 && !asked) {
        return None;
    }
    let name = |c: usize| parts.reading.name(c);
    Some(Task::Association {
        rows: name(categories[0]),
        columns: name(categories[1]),
        exact: parts.reading.has(Concept::Fisher),
    })
}

/// A number compared between groups.
pub(super) fn comparison(parts: &mut Parts) -> Option<Task> {
    let named = TESTS.into_iter().find(|(concept, _)| parts.reading.has(*concept)).map(|(_, test)| test);
    let words = parts.has_any(&[Concept::Compare, Concept::Differ, Concept::Significant]);
    let contrast = is_contrast(parts);
    let words = words || contrast;
    let correlated = parts.has_any(&[
        Concept::Correlation,
        Concept::Pearson,
        Concept::Spearman,
        Concept::Regression,
        Concept::Kendall,
    ]);
    // A box for each group is a comparison, drawn.
    let boxes = matches!(parts.wishes.chart, Some(ChartKind::Box | ChartKind::Violin));
    let words = words || boxes || (parts.reading.has(Concept::Distribution) && !parts.groups.list.is_empty());
    let test = named.or((words && !correlated).then_some(DifferenceTest::Auto))?;
    let summed = parts.measures.iter().any(|m| {
        matches!(m.aggregate, Aggregate::Sum | Aggregate::Count | Aggregate::Rate) && m.quantity != Quantity::Rows
    });
    if named.is_none() && summed && !parts.reading.has(Concept::Significant) {
        return None;
    }
    let drawn = parts.wishes.chart.is_some() && !boxes && named.is_none() && !parts.reading.has(Concept::Significant);
    if drawn || parts.ordering.extreme.is_some() && named.is_none() && !contrast {
        return None;
    }
    let pairs = matches!(test, DifferenceTest::Paired | DifferenceTest::Wilcoxon);
    let several = parts.numeric_subjects().into_iter().filter(|c| parts.field(*c).role == Role::Measure).count() == 2;
    let group = if pairs && several { None } else { group_of(parts) };
    let numbers: Vec<usize> = parts
        .numeric_subjects()
        .into_iter()
        .filter(|c| group.as_ref().is_none_or(|g| g.column() != parts.field(*c).name))
        .collect();
    let measures: Vec<usize> = numbers.iter().copied().filter(|c| parts.field(*c).role != Role::Flag).collect();
    let median = parts.measures.iter().any(|m| m.aggregate == Aggregate::Median);
    let two_columns = || {
        let (first, second) = (*measures.first()?, *measures.get(1)?);
        let group = Group::Column(parts.reading.name(second));
        Some(Comparison {
            column: parts.reading.name(first),
            group,
            test,
            other_column: true,
            median,
            side: Side::Both,
            order: Vec::new(),
        })
    };
    if let Some(group) = group {
        let column = *measures.first().or(numbers.first())?;
        let order = order_of(parts, &group);
        let side = if order.len() == 2 { specials::side(&parts.reading) } else { Side::Both };
        parts.conditions.retain(|c| !is_group_of_two(c, group.column()));
        return Some(Task::Compare(Comparison {
            column: parts.reading.name(column),
            group,
            test,
            other_column: false,
            median,
            side,
            order,
        }));
    }
    (named.is_some() || parts.reading.has(Concept::Significant)).then(two_columns).flatten().map(Task::Compare)
}

/// The groups in the order the question names them; a flag's yes stands for “those who did”.
fn order_of(parts: &Parts, group: &Group) -> Vec<String> {
    let Group::Column(name) = group else { return Vec::new() };
    let Some(field) = parts.reading.schema.named(name) else { return Vec::new() };
    let mut order: Vec<String> = Vec::new();
    for item in &parts.reading.items {
        if let What::Value { column, value } = &item.what
            && parts.reading.schema.field(*column).name == *name
            && !order.contains(value)
        {
            order.push(value.clone());
        }
    }
    if order.is_empty()
        && let Some(yes) = &field.yes
    {
        order.push(super::labels::plain(yes));
    }
    if order.len() == 1 && field.distinct == 2 {
        let known: Vec<String> = match field.values.is_empty() {
            true => vec!["0".to_owned(), "1".to_owned()],
            false => field.values.clone(),
        };
        order.extend(known.into_iter().find(|v| *v != order[0]));
        // “… than guests”: what is named after “than” comes second.
        let items = &parts.reading.items;
        let than = items.iter().position(|x| x.text.split(' ').any(|w| w == "than"));
        let named = items.iter().position(|x| matches!(&x.what, What::Value { value, .. } if *value == order[0]));
        if matches!((than, named), (Some(than), Some(named)) if named > than) {
            order.reverse();
        }
    }
    order
}

/// A condition that keeps one side only would leave nothing to compare.
/// “Do members spend more than guests?”: two values of a column, held against each other.
fn is_contrast(parts: &Parts) -> bool {
    let reading = &parts.reading;
    let words = (0..reading.items.len()).flat_map(|i| reading.text(i).split(' '));
    let mut after = words.skip_while(|word| !ENGLISH.is_comparative(word));
    let two_values = |c: &Condition| matches!(c, Condition::In { values, negated: false, .. } if values.len() == 2);
    let counted = parts.measures.iter().all(|m| m.quantity == Quantity::Rows);
    counted && after.any(|word| word == "than") && parts.conditions.iter().any(two_values)
}

fn is_group_of_two(condition: &Condition, group: &str) -> bool {
    matches!(condition, Condition::In { column, values, .. } if column == group && values.len() < 2)
}

/// What makes the groups: said with “by”, or values compared, or a flag, or a category named.
fn group_of(parts: &Parts) -> Option<Group> {
    let made = parts.groups.list.iter().find(|g| match g {
        Group::Column(name) => parts.reading.schema.named(name).is_some_and(|f| f.distinct <= 60),
        _ => true,
    });
    if let Some(group) = made {
        return Some(group.clone());
    }
    let valued = parts.conditions.iter().find_map(|c| match c {
        Condition::In { column, values, negated: false } if values.len() >= 2 => Some(column.clone()),
        _ => None,
    });
    if let Some(column) = valued {
        return Some(Group::Column(column));
    }
    let subjects = parts.subjects();
    let flag = subjects.iter().copied().find(|c| parts.field(*c).yes.is_some());
    let category = subjects.iter().copied().find(|c| parts.field(*c).role == Role::Category);
    let single = parts.conditions.iter().find_map(|c| match c {
        Condition::In { column, .. } => Some(column.clone()),
        _ => None,
    });

    // Groups may be coded as numbers: whole ones, and the fewest of them.
    let coded = || {
        let codes = subjects
            .iter()
            .copied()
            .filter(|c| parts.field(*c).is_numeric() && parts.field(*c).distinct <= 12 && subjects.len() > 1);
        codes.min_by_key(|c| (parts.field(*c).kind != ColumnType::Integer, parts.field(*c).distinct))
    };
    category
        .or(flag)
        .map(|c| parts.reading.name(c))
        .or(single)
        .or_else(|| coded().map(|c| parts.reading.name(c)))
        .map(Group::Column)
}
