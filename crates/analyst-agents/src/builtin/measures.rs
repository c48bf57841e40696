//! Which numbers are asked: “average unit price”, “number of orders”, “mean and median of age”, “churn rate”.

use super::concept::Concept;
use super::intent::{Aggregate, Measure, Quantity};
use super::linking::What;
use super::reading::Reading;
use super::schema::Role;

/// The aggregate an idea names.
fn aggregate_of(concept: Concept) -> Option<Aggregate> {
    Some(match concept {
        Concept::Count => Aggregate::Count,
        Concept::Distinct => Aggregate::Distinct,
        Concept::Sum => Aggregate::Sum,
        Concept::Mean => Aggregate::Mean,
        Concept::Median => Aggregate::Median,
        Concept::Minimum => Aggregate::Min,
        Concept::Maximum => Aggregate::Max,
        Concept::Std => Aggregate::Std,
        Concept::Variance => Aggregate::Variance,
        Concept::Range => Aggregate::Range,
        Concept::Mode => Aggregate::Mode,
        Concept::Skewness => Aggregate::Skewness,
        Concept::Kurtosis => Aggregate::Kurtosis,
        Concept::Iqr => Aggregate::Iqr,
        Concept::Variation => Aggregate::Variation,
        Concept::Autocorrelation => Aggregate::Autocorrelation,
        Concept::Rate => Aggregate::Rate,
        _ => return None,
    })
}

/// Reads the measures and marks their words.
pub(super) fn read(reading: &mut Reading) -> Vec<Measure> {
    let mut measures: Vec<Measure> = distance_of_ends(reading).into_iter().chain(weighted(reading)).collect();
    let mut pending: Vec<Aggregate> = Vec::new();
    let mut i = 0;
    while i < reading.items.len() {
        if reading.ends_sentence(i) {
            settle_back(reading, &mut measures, &mut pending, i);
        }
        let both = matches!(reading.text(i), "first" | "lower")
            && reading.text(i + 1) == "and"
            && matches!(reading.text(i + 2), "third" | "upper")
            && reading.concept(i + 3) == Some(Concept::Quartiles);
        if both && !reading.used[i] {
            pending.push(Aggregate::Quantile(0.25));
            reading.used[i..i + 3].fill(true);
            i += 3;
            reading.items[i - 1].text = "third".to_owned();
            continue;
        }
        // “the 10th and 90th percentile”
        let pair = (i + 1..i + 6).find(|j| reading.concept(*j) == Some(Concept::Percentile));
        if let (Some(n), Some(at)) = (reading.number(i).filter(|_| !reading.used[i]), pair)
            && (i + 1..at).any(|j| reading.text(j) == "and" || reading.concept(j) == Some(Concept::And))
            && (i + 1..at).any(|j| reading.number(j).is_some())
        {
            pending.push(Aggregate::Quantile(if n > 1.0 { n / 100.0 } else { n }));
            let end = (i + 1..at).find(|j| reading.number(*j).is_some()).unwrap_or(at);
            reading.used[i..end].fill(true);
            i = end;
            continue;
        }
        let percentile = percentile_at(reading, i);
        let aggregate = percentile.or_else(|| reading.free_concept(i).and_then(aggregate_of));
        let Some(aggregate) = aggregate else {
            i += 1;
            continue;
        };
        let shifted = aggregate == Aggregate::Autocorrelation
            && (reading.has(Concept::Pearson)
                || reading.items.iter().any(|x| matches!(x.text.as_str(), "shifted" | "itself" | "pandas")));
        let population = matches!(aggregate, Aggregate::Std | Aggregate::Variance)
            && (reading.items.iter().any(|x| x.text == "population")
                || reading.items.windows(3).any(|w| w[0].text.starts_with("divid") && w[2].text == "n")
                || reading.items.windows(2).any(|w| w[0].text.starts_with("divide") && w[1].text == "n"));
        let aggregate = match aggregate {
            _ if shifted => Aggregate::Shifted,
            Aggregate::Std if population => Aggregate::PopulationStd,
            Aggregate::Variance if population => Aggregate::PopulationVariance,
            other => other,
        };
        reading.used[i] = true;
        if aggregate == Aggregate::Rate {
            rate(reading, &mut measures, i);
            i += 1;
            continue;
        }
        pending.push(aggregate);
        match target(reading, i + 1, aggregate) {
            Target::Columns(list) => {
                // The “number of” in “median number of units” counts nothing.
                let first = list.first().copied().unwrap_or(i);
                for between in i + 1..first {
                    reading.used[between] |= matches!(reading.concept(between), Some(Concept::Count | Concept::Sum));
                }
                for at in list {
                    settle(reading, &mut measures, &pending, at);
                }
                pending.clear();
            }
            Target::Rows if pending.iter().all(|a| *a == Aggregate::Count) => {
                pending.clear();
                push(&mut measures, Measure { aggregate: Aggregate::Count, quantity: Quantity::Rows });
            }
            Target::More => {}
            Target::Rows | Target::Nothing => {
                settle_back(reading, &mut measures, &mut pending, i);
            }
        }
        i += 1;
    }
    let end = reading.items.len();
    settle_back(reading, &mut measures, &mut pending, end);
    measures
}

/// “the difference between the highest and the lowest price” is the range.
fn distance_of_ends(reading: &mut Reading) -> Option<Measure> {
    let both = |a, b| reading.has(a) && reading.has(b);
    let ends = both(Concept::Highest, Concept::Lowest) || both(Concept::Maximum, Concept::Minimum);
    let at = reading.find(Concept::Differ).filter(|_| ends)?;
    let mut numeric = (at..reading.items.len()).filter(|i| reading.field(*i).is_some_and(|f| f.is_numeric()));
    let (only, None) = (numeric.next()?, numeric.next()) else { return None };
    drop(numeric);
    let name = reading.field(only)?.name.clone();
    reading.used[at..=only].fill(true);
    Some(Measure { aggregate: Aggregate::Range, quantity: Quantity::Column(name) })
}

/// “the average price weighted by quantity”.
fn weighted(reading: &mut Reading) -> Option<Measure> {
    let at = (0..reading.items.len()).find(|i| matches!(reading.text(*i), "weighted" | "weighting"))?;
    let mean = (0..reading.items.len()).find(|i| reading.free_concept(*i) == Some(Concept::Mean))?;
    let numeric = |j: &usize| reading.free_column(*j).is_some() && reading.field(*j).is_some_and(|f| f.is_numeric());
    let by = (at + 1..at + 4).find(|j| matches!(reading.text(*j), "by" | "with"))?;
    let weight = (by + 1..reading.sentence_end(at)).find(numeric)?;
    let value = (mean..reading.sentence_end(mean)).find(|j| *j != weight && numeric(j))?;
    let name = |j: usize| reading.field(j).map_or_else(String::new, |f| f.name.clone());
    let quantity = Quantity::Weighted(name(value), name(weight));
    for j in [at, mean, by, weight, value] {
        reading.used[j] = true;
    }
    Some(Measure { aggregate: Aggregate::Mean, quantity })
}

enum Target {
    /// These places hold the columns.
    Columns(Vec<usize>),
    /// The rows are counted.
    Rows,
    /// Another aggregate follows and shares the column.
    More,
    /// Nothing suitable follows.
    Nothing,
}

/// What follows an aggregate.
fn target(reading: &Reading, from: usize, aggregate: Aggregate) -> Target {
    let mut at = from;
    while at < reading.items.len() && at < from + 7 {
        if let Some(_column) = reading.column(at) {
            if reading.used[at] {
                return if aggregate == Aggregate::Count { Target::Rows } else { Target::Nothing };
            }
            return Target::Columns(list_from(reading, at));
        }
        if let Some(concept) = reading.concept(at) {
            match concept {
                // “median number of units”, “average total price”
                Concept::Count | Concept::Sum if aggregate != Aggregate::Count && !reading.used[at] => {}
                Concept::Distinct if aggregate == Aggregate::Count => return Target::More,
                c if aggregate_of(c).is_some() => return Target::More,
                Concept::And => {}
                Concept::Rows | Concept::Dataset if aggregate == Aggregate::Count => return Target::Rows,
                Concept::As
                | Concept::Columns
                | Concept::Where
                | Concept::On
                | Concept::Dataset
                | Concept::Rows
                | Concept::Highest
                | Concept::Lowest => {}
                _ if aggregate == Aggregate::Count => return Target::Rows,
                _ => return Target::Nothing,
            }
        } else {
            match &reading.items[at].what {
                What::Symbol(',') => {}
                What::Symbol('(') => {}
                What::Word if reading.is_entity(at) && aggregate == Aggregate::Count => {
                    return column_of_entity(reading, at);
                }
                What::Word => {}
                What::Value { .. } => {}
                _ => return if aggregate == Aggregate::Count { Target::Rows } else { Target::Nothing },
            }
        }
        at += 1;
    }
    if aggregate == Aggregate::Count { Target::Rows } else { Target::Nothing }
}

/// “number of faculty members” counts rows even when a column comes later.
fn column_of_entity(reading: &Reading, at: usize) -> Target {
    match reading.free_column(at + 1) {
        Some(column) if reading.schema.field(column).role == Role::Id => Target::Rows,
        _ => Target::Rows,
    }
}

/// A list of columns: “price, units and age”.
fn list_from(reading: &Reading, first: usize) -> Vec<usize> {
    let mut list = vec![first];
    let numeric = |i: usize| reading.field(i).is_some_and(|f| f.is_numeric());
    let mut at = first;
    loop {
        let mut next = at + 1;
        while reading.symbol(next) == Some(',') || matches!(reading.text(next), "and" | "&" | "the" | "as well as") {
            next += 1;
        }
        let joined = next > at + 1;
        if !joined || reading.free_column(next).is_none() || !numeric(next) || !numeric(first) {
            return list;
        }
        list.push(next);
        at = next;
    }
}

fn settle(reading: &mut Reading, measures: &mut Vec<Measure>, pending: &[Aggregate], at: usize) {
    let Some(column) = reading.column(at) else { return };
    let distinct = pending.contains(&Aggregate::Distinct);
    for aggregate in pending {
        if let Some(measure) = measure_of(reading, *aggregate, column, distinct) {
            push(measures, measure);
        }
    }
    // A category that is counted may still make the groups: it is not spent.
    let counted = pending.iter().all(|a| *a == Aggregate::Count) && !reading.schema.field(column).is_numeric();
    if !counted {
        reading.used[at] = true;
    }
}

fn measure_of(reading: &Reading, aggregate: Aggregate, column: usize, distinct: bool) -> Option<Measure> {
    let field = reading.schema.field(column);
    let name = || Quantity::Column(field.name.clone());
    let of = |aggregate, quantity| Some(Measure { aggregate, quantity });
    match aggregate {
        Aggregate::Count if distinct => None,
        // “how many units were sold” adds them up; “how many ages” makes no such sense.
        Aggregate::Count if field.role == Role::Measure && field.is_additive() => of(Aggregate::Sum, name()),
        Aggregate::Count if field.role == Role::Id && field.nulls == 0 => of(Aggregate::Count, Quantity::Rows),
        Aggregate::Count => of(Aggregate::Count, name()),
        Aggregate::Mean if field.yes.is_some() => of(Aggregate::Rate, name()),
        Aggregate::Sum if field.yes.is_some() => of(Aggregate::Count, Quantity::Rows),
        other if field.is_numeric() || matches!(other, Aggregate::Distinct | Aggregate::Mode) => of(other, name()),
        Aggregate::Min | Aggregate::Max if field.time.is_some() => of(aggregate, name()),
        Aggregate::Sum => of(Aggregate::Count, name()),
        _ => None,
    }
}

/// An aggregate after its column: “unit price average”, “what is the price on average”.
fn settle_back(reading: &mut Reading, measures: &mut Vec<Measure>, pending: &mut Vec<Aggregate>, end: usize) {
    if pending.is_empty() {
        return;
    }
    let start = reading.sentence_start(end.saturating_sub(1));
    let at = (start..end.min(reading.items.len()))
        .rev()
        .find(|i| reading.free_column(*i).is_some_and(|c| reading.schema.field(c).is_numeric()));
    if let Some(at) = at {
        settle(reading, measures, pending, at);
        pending.clear();
    } else if pending.iter().all(|a| matches!(a, Aggregate::Count | Aggregate::Sum)) {
        push(measures, Measure { aggregate: Aggregate::Count, quantity: Quantity::Rows });
        pending.clear();
    } else if let Some(last) =
        measures.iter().rev().find(|m| matches!(m.quantity, Quantity::Column(_))).map(|m| m.quantity.clone())
    {
        // “What is the mean of x? Also give the median.”
        for aggregate in pending.drain(..) {
            push(measures, Measure { aggregate, quantity: last.clone() });
        }
    }
}

/// “churn rate”, “rate of churn”.
fn rate(reading: &mut Reading, measures: &mut Vec<Measure>, i: usize) {
    let before = i.checked_sub(1);
    let after = reading.next_solid(i + 1, 3);
    let flag = |at: &usize| reading.column(*at).is_some_and(|c| reading.schema.field(c).yes.is_some());
    if let Some(at) = before.filter(flag).or(after.filter(flag)) {
        let name = reading.field(at).map(|f| f.name.clone()).unwrap_or_default();
        reading.used[at] = true;
        push(measures, Measure { aggregate: Aggregate::Rate, quantity: Quantity::Column(name) });
    }
}

/// “90th percentile”, “percentile 90”, “0.9 quantile”, “first quartile”.
fn percentile_at(reading: &mut Reading, i: usize) -> Option<Aggregate> {
    let concept = reading.free_concept(i)?;
    if concept == Concept::Quartiles {
        let ordinal = reading.text_before(i).to_owned();
        let level = match ordinal.as_str() {
            "first" | "lower" => 0.25,
            "second" => 0.5,
            "third" | "upper" => 0.75,
            _ => match reading.text(i + 1) {
                "1" => 0.25,
                "3" => 0.75,
                _ => return None,
            },
        };
        return Some(Aggregate::Quantile(level));
    }
    if concept != Concept::Percentile {
        return None;
    }
    let near = [i.checked_sub(1), i.checked_sub(2), Some(i + 1)];
    let at = near.into_iter().flatten().find(|j| reading.number(*j).is_some())?;
    let n = reading.number(at)?;
    reading.used[at..=i.max(at)].fill(true);
    Some(Aggregate::Quantile(if n > 1.0 { n / 100.0 } else { n }))
}

fn push(measures: &mut Vec<Measure>, measure: Measure) {
    if !measures.contains(&measure) {
        measures.push(measure);
    }
}
