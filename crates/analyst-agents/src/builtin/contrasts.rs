//! One number for two sets of rows, held against each other: “the difference between the median fare of first-class and
//! third-class passengers”, “from the first half of 2022 to the first half of 2023”, “with 7 or more versus 5 or less”.
//!
//! Both sides are read as conditions of their own; what only one side says and the other does not contradict goes for
//! both. When the sides do not clearly speak of the same column, it is no contrast.

use super::concept::Concept as C;
use super::filters;
use super::intent::{Aggregate, Condition, Contrast, Measure, Quantity, Task};
use super::linking::What;
use super::parse::Parts;
use super::reading::Reading;
use super::schema::Role;

/// A contrast, with the conditions of both sides taken out of the parts.
pub(super) fn contrast(whole: &Reading, parts: &mut Parts) -> Option<Task> {
    if parts.has_any(&[
        C::TTest,
        C::Welch,
        C::MannWhitney,
        C::Significant,
        C::Anova,
        C::Kruskal,
        C::ChiSquare,
        C::Fisher,
        C::Levene,
        C::Correlation,
        C::Regression,
        C::Predict,
        C::Kolmogorov,
        C::Paired,
        C::Wilcoxon,
    ]) || parts.wishes.plot
    {
        return None;
    }
    // What is computed from both sides; without it, values of one column are groups as ever.
    let computed = whole.has_any(&[C::RatioOf, C::Growth])
        || whole.has(C::Differ) && !whole.items.iter().any(|x| x.text == "different")
        || whole.items.iter().any(|x| matches!(x.text.as_str(), "uplift" | "lift" | "gap" | "difference"));
    let measure = measure(parts)?;
    let (at, first, second) = split(whole, computed)?;
    let (first, second, mut shared) = sides(whole, at, first, second)?;
    // “the conversion rate of A and B”: the rate's own column keeps no rows out.
    if let Quantity::Column(name) = &measure.quantity {
        shared.retain(|c| !about(c).contains(&name.as_str()));
    }
    parts.conditions = shared;
    parts.groups.list.clear();
    for i in 0..parts.reading.items.len() {
        if matches!(parts.reading.items[i].what, What::Value { .. }) {
            parts.reading.used[i] = true;
        }
    }
    let over = whole.items.iter().any(|x| x.text == "over");
    let growth = whole.has(C::Growth) && !whole.items.iter().any(|x| matches!(x.text.as_str(), "uplift" | "lift"));
    let back = whole.items[at].text == "than" || over && !growth;
    let forward = growth && !back;
    Some(Task::Contrast(Contrast { measure, first, second, forward }))
}

/// The one number both sides are about.
fn measure(parts: &mut Parts) -> Option<Measure> {
    let mut real: Vec<Measure> = parts.measures.iter().filter(|m| m.quantity != Quantity::Rows).cloned().collect();
    if real.is_empty() && parts.measures.iter().any(|m| m.quantity == Quantity::Rows) {
        real = vec![Measure { aggregate: Aggregate::Count, quantity: Quantity::Rows }];
    }
    if real.is_empty() {
        let left = super::aggregations::leftover_numbers(parts);
        if let [only] = left.as_slice() {
            let name = parts.reading.name(*only);
            let field = parts.field(*only);
            let aggregate = match () {
                () if field.yes.is_some() => Aggregate::Rate,
                () if field.is_additive() => Aggregate::Sum,
                () => Aggregate::Mean,
            };
            real.push(Measure { aggregate, quantity: Quantity::Column(name) });
        }
    }
    match real.as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    }
}

type Side = Vec<Condition>;

/// The place between the two sides, with the conditions of each.
fn split(whole: &Reading, computed: bool) -> Option<(usize, Side, Side)> {
    let strong = |i: usize| {
        matches!(whole.text(i), "versus" | "vs" | "compared with" | "compared to" | "than" | "over" | "to" | "against")
            || matches!(whole.concept(i), Some(C::Compare | C::To))
    };
    let weak = |i: usize| matches!(whole.text(i), "and" | "from" | "as well as");
    let places = (1..whole.items.len().saturating_sub(1)).filter(|i| strong(*i));
    let places: Vec<usize> = places.chain((1..whole.items.len().saturating_sub(1)).filter(|i| weak(*i))).collect();
    for at in places {
        if !strong(at) && !computed {
            continue;
        }
        let (from, to) = (whole.sentence_start(at), whole.sentence_end(at));
        let first = conditions(whole, from, at);
        let mut second = conditions(whole, at + 1, to);
        if first.is_empty() {
            continue;
        }
        let negated = (at + 1..to).any(|j| {
            matches!(whole.concept(j), Some(C::Not)) || matches!(whole.text(j), "others" | "rest" | "other" | "off")
        });
        if second.is_empty() && negated && first.len() == 1 {
            second = vec![opposite(&first[0])];
        }
        if second.is_empty() {
            // “quality of 7 or higher versus 5 or lower”: the column is named once.
            if let Some(column) = (from..at).rev().find(|j| {
                whole.field(*j).is_some_and(|f| f.is_numeric())
                    && first.iter().any(|c| {
                        format!("{c:?}").contains(&format!("{:?}", whole.field(*j).map_or("", |f| f.name.as_str())))
                    })
            }) {
                let mut part = whole.part(at, to);
                part.items[0] = whole.items[column].clone();
                part.used[0] = false;
                second = filters::read(&mut part).0;
            }
        }
        if second.is_empty() || !comparable(&first, &second) || !computed && plain_values(&first, &second) {
            continue;
        }
        return Some((at, first, second));
    }
    None
}

/// Values of the same column on both sides: groups, unless something is computed from them.
fn plain_values(first: &Side, second: &Side) -> bool {
    let values = |list: &Side| list.iter().any(|c| matches!(c, Condition::In { .. }));
    let other = |list: &Side| list.iter().any(|c| !matches!(c, Condition::In { .. }));
    values(first) && values(second) && !(other(first) && other(second))
}

/// The conditions of a stretch of the question, flags included.
fn conditions(whole: &Reading, from: usize, to: usize) -> Side {
    let mut part = whole.part(from, to);
    // “from 2021 to 2022” names two years, not one without an end.
    for item in part.items.iter_mut().filter(|x| matches!(x.text.as_str(), "from" | "to" | "until")) {
        item.what = What::Word;
        item.text = "in".to_owned();
    }
    let (mut list, having) = filters::read(&mut part);
    if having.is_some() {
        return Vec::new();
    }
    filters::flags(&mut part, &mut list);
    list
}

fn opposite(condition: &Condition) -> Condition {
    match condition {
        Condition::In { column, values, negated } => {
            Condition::In { column: column.clone(), values: values.clone(), negated: !negated }
        }
        other => Condition::Not(Box::new(other.clone())),
    }
}

/// The columns a condition is about.
fn about(condition: &Condition) -> Vec<&str> {
    match condition {
        Condition::Compare(name, ..)
        | Condition::Missing(name)
        | Condition::Known(name)
        | Condition::During(name, ..)
        | Condition::Typical(name, _) => vec![name],
        Condition::In { column, .. } | Condition::Text { column, .. } => vec![column],
        Condition::Columns(a, _, b) => vec![a, b],
        Condition::Head(_) => Vec::new(),
        Condition::Not(inner) => about(inner),
        Condition::Any(list) | Condition::All(list) => list.iter().flat_map(about).collect(),
    }
}

fn comparable(first: &Side, second: &Side) -> bool {
    first.iter().any(|a| second.iter().any(|b| a != b && about(a) == about(b)))
}

type Named = (String, Vec<Condition>);

/// What is only one side's goes for both; the rest tells them apart.
fn sides(whole: &Reading, at: usize, first: Side, second: Side) -> Option<(Named, Named, Vec<Condition>)> {
    let (mut one, mut two, mut shared) = (Vec::new(), Vec::new(), Vec::new());
    for condition in &first {
        if second.iter().any(|b| about(b) == about(condition)) {
            one.push(condition.clone())
        } else {
            shared.push(condition.clone())
        }
    }
    for condition in &second {
        if first.iter().any(|a| about(a) == about(condition)) {
            two.push(condition.clone())
        } else {
            shared.push(condition.clone())
        }
    }
    one.retain(|c| {
        !two.contains(c) || {
            shared.push(c.clone());
            false
        }
    });
    two.retain(|c| !shared.contains(c));
    if one.is_empty() || two.is_empty() {
        return None;
    }
    let (from, to) = (whole.sentence_start(at), whole.sentence_end(at));
    Some(((label(&one, whole, from, at), one), (label(&two, whole, at + 1, to), two), shared))
}

/// What a side is called: the values, or the words of the question.
fn label(side: &Side, whole: &Reading, from: usize, to: usize) -> String {
    let values: Vec<String> = side
        .iter()
        .filter_map(|c| match c {
            Condition::In { values, negated: false, .. } => {
                Some(values.iter().map(super::labels::plain).collect::<Vec<_>>().join(" "))
            }
            _ => None,
        })
        .collect();
    let words: Vec<&str> = (from..to)
        .filter(|i| {
            matches!(whole.items[*i].what, What::Word | What::Number(_) | What::Value { .. } | What::Date)
                || whole.field(*i).is_some_and(|f| f.role == Role::Flag)
                || matches!(
                    whole.concept(*i),
                    Some(C::AtLeast | C::AtMost | C::Over | C::Under | C::Not | C::Weekday | C::First | C::Last)
                )
        })
        .map(|i| whole.text(i))
        .filter(|w| !super::lexicon::ENGLISH.is_stopword(w) || *w == "not")
        .collect();
    let quarters: Vec<&str> = [("first", "q1"), ("second", "q2"), ("third", "q3"), ("fourth", "q4")]
        .into_iter()
        .filter(|(word, _)| words.contains(word))
        .map(|(_, short)| short)
        .collect();
    let ends: &[&str] = match (from..to)
        .find_map(|i| whole.concept(i).filter(|c| matches!(c, C::AtLeast | C::Over | C::AtMost | C::Under)))
    {
        Some(C::AtLeast | C::Over) => &["high", "higher", "upper", "above"],
        Some(_) => &["low", "lower", "below"],
        None => &[],
    };
    let words: Vec<&str> = words.into_iter().chain(quarters).chain(ends.iter().copied()).collect();
    let told = super::labels::conditions(side);
    let told = told.trim().trim_start_matches("with ");
    format!("{} {} | {}", values.join(" "), told, words.join(" "))
}
