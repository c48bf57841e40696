//! Questions for a model: what is explained or predicted, from what.

use super::concept::Concept;
use super::intent::{Model, ModelKind, Task};
use super::linking::What;
use super::parse::Parts;
use super::schema::Role;

/// Columns a model uses at most when the question names none.
const MANY_FEATURES: usize = 15;
/// A category with more values than this tells a model about rows, not about kinds.
const MANY_KINDS: u64 = 20;

/// A regression or a predictive model, when one is asked for.
pub(super) fn choose(parts: &mut Parts) -> Option<Task> {
    let regression = parts.reading.has(Concept::Regression);
    let predict = parts.reading.has_free(Concept::Predict) || parts.has_any(&[Concept::Importance]);
    let explain = parts.reading.has(Concept::Explain);
    let formula = parts.reading.items.iter().any(|i| i.text == "~");
    let effect = parts.reading.items.iter().any(|i| matches!(i.text.as_str(), "effect of" | "impact of"));
    let numbers = parts.numeric_subjects().len();
    if !(regression || predict || explain || formula || (effect && numbers >= 2)) {
        return None;
    }
    let (target, features) = sides(parts)?;
    let features = if features.is_empty() { all_features(parts, target) } else { features };
    if features.is_empty() {
        return None;
    }
    let kind = kind(parts);
    let model = Model {
        target: parts.reading.name(target),
        features: parts.names(&features),
        degree: degree(parts).unwrap_or(1),
        kind,
        test_share: test_share(parts),
        seed: seed(parts),
        focus: focus(parts),
        settings: settings(parts),
    };
    let split = parts.has_any(&[Concept::Train]);
    let numeric = parts.field(target).is_numeric() && parts.field(target).role != Role::Flag;
    let learns = !matches!(kind, ModelKind::Auto | ModelKind::Linear) || split || (predict && !regression) || !numeric;
    Some(if learns && !formula { Task::Predict(model) } else { Task::Regression(model) })
}

/// “the coefficient of x”, “the effect of x”.
fn focus(parts: &Parts) -> Option<String> {
    let reading = &parts.reading;
    let at = (0..reading.items.len()).find(|i| {
        matches!(reading.text(*i), "coefficient" | "slope" | "coefficients" | "p value" | "effect of" | "estimate")
    })?;
    (at + 1..at + 4)
        .take_while(|j| {
            reading
                .items
                .get(*j)
                .is_some_and(|x| matches!(x.what, What::Column(_)) || reading.is_filler(*j) || x.text == "for")
        })
        .find_map(|j| reading.column(j))
        .map(|c| reading.name(c))
}

/// “max_depth 3”, “100 trees”, “a decision tree with random_state 0”.
fn settings(parts: &Parts) -> Vec<(&'static str, u32)> {
    let reading = &parts.reading;
    let mut list = Vec::new();
    let after = |i: usize| (i + 1..i + 4).find_map(|j| reading.number(j)).filter(|n| *n >= 0.0 && n.fract() == 0.0);
    for i in 0..reading.items.len() {
        match reading.text(i) {
            "depth" => {
                if let Some(n) = after(i).or_else(|| i.checked_sub(2).and_then(|j| reading.number(j))) {
                    list.push(("max_depth", n as u32));
                }
            }
            "trees" | "estimators" => {
                if let Some(n) = i.checked_sub(1).and_then(|j| reading.number(j)).or_else(|| after(i)) {
                    list.push(("n_estimators", n as u32));
                }
            }
            _ => {}
        }
    }
    list
}

fn kind(parts: &Parts) -> ModelKind {
    let said = |words: &[&str]| parts.reading.items.iter().any(|i| words.contains(&i.text.as_str()));
    if said(&["logistic regression", "logistic"]) {
        ModelKind::Logistic
    } else if said(&["random forest"]) {
        ModelKind::Forest
    } else if said(&["decision tree"]) {
        ModelKind::Tree
    } else if said(&["gradient boosting"]) {
        ModelKind::Boosting
    } else if parts.reading.has(Concept::Regression) {
        ModelKind::Linear
    } else {
        ModelKind::Auto
    }
}

/// Target and features by the words between them.
fn sides(parts: &Parts) -> Option<(usize, Vec<usize>)> {
    let reading = &parts.reading;
    let places: Vec<(usize, usize)> = (0..reading.items.len())
        .filter(|i| !parts.spent[*i])
        .filter_map(|i| reading.column(i).map(|c| (i, c)))
        .collect();
    let columns = parts.subjects();
    let first = *columns.first()?;
    if columns.len() == 1 {
        return Some((first, Vec::new()));
    }
    let rest = |target: usize| columns.iter().copied().filter(|c| *c != target).collect::<Vec<_>>();
    let said = |i: usize, words: &[&str]| words.contains(&reading.text(i));
    // “y ~ x1 + x2”
    if let Some(at) = (0..reading.items.len()).find(|i| reading.text(*i) == "~") {
        let target = places.iter().rev().find(|(i, _)| *i < at)?.1;
        return Some((target, rest(target)));
    }
    // “… as the target”, “the dependent variable y”
    for i in 0..reading.items.len() {
        let word = reading.text(i);
        if matches!(word, "target" | "response" | "outcome") || word == "dependent" && reading.text_before(i) != "in" {
            let before = places.iter().rev().find(|(p, _)| *p < i && i - p <= 4);
            let after = places.iter().find(|(p, _)| *p > i && p - i <= 5);
            if let Some((_, target)) = before.filter(|(p, _)| (*p..i).any(|k| said(k, &["as"]))).or(after).or(before) {
                return Some((*target, rest(*target)));
            }
        }
    }
    // “effect of x on y”, “how does x affect y”
    let effect = (0..reading.items.len()).find(|i| {
        matches!(
            reading.text(*i),
            "effect of"
                | "impact of"
                | "affect"
                | "affects"
                | "influence"
                | "influences"
                | "influence of"
                | "effect"
                | "impact"
                | "drives"
                | "drive"
                | "explains"
                | "explain"
                | "determine"
                | "determines"
        )
    });
    if let Some(at) = effect {
        let on = (at..reading.items.len()).find(|i| reading.text(*i) == "on");
        let of_words = reading.text(at).ends_with("of") || matches!(reading.text(at), "effect" | "impact");
        let place = if of_words { on.unwrap_or(at) } else { at };
        if let Some((_, target)) = places.iter().find(|(i, _)| *i > place) {
            return Some((*target, rest(*target)));
        }
    }
    // “predict y from x”, “regress y on x”, “regression of y on x”
    let predicted = (0..reading.items.len()).find(|i| {
        matches!(
            reading.text(*i),
            "predict"
                | "predicting"
                | "prediction"
                | "regress"
                | "explaining"
                | "classify"
                | "forecast"
                | "model for"
                | "model to predict"
                | "predictors of"
                | "estimate"
        )
    });
    if let Some(at) = predicted
        && let Some((_, target)) = places.iter().find(|(i, _)| *i > at)
    {
        return Some((*target, rest(*target)));
    }
    // “using x”, “from x”, “on x”, “with x as predictor”: what stands before is the target.
    let splitter = (0..reading.items.len()).find(|i| {
        said(
            *i,
            &[
                "on",
                "from",
                "using",
                "based on",
                "by",
                "against",
                "depends on",
                "depend on",
                "as a function of",
                "depending on",
            ],
        ) && places.iter().any(|(p, _)| p < i)
            && places.iter().any(|(p, _)| p > i)
    });
    if let Some(at) = splitter {
        let target = places.iter().rev().find(|(i, _)| *i < at)?.1;
        return Some((target, rest(target)));
    }
    let led = (0..reading.items.len())
        .find(|i| said(*i, &["using", "based on", "from"]) && places.iter().all(|(p, _)| p > i));
    if led.is_some() {
        let last = places.last()?.1;
        return Some((last, rest(last)));
    }
    // “between x and y”: y is explained by x.
    let last = *columns.last()?;
    if reading.has(Concept::Between) || reading.items.iter().any(|i| i.text.contains("between")) {
        return Some((last, rest(last)));
    }
    Some((first, rest(first)))
}

/// What may explain the target: numbers and small categories that identify nothing.
fn all_features(parts: &Parts, target: usize) -> Vec<usize> {
    let schema = &parts.reading.schema;
    (0..schema.fields.len())
        .filter(|i| *i != target)
        .filter(|i| {
            let f = schema.field(*i);
            match f.role {
                Role::Measure | Role::Flag => f.formula.is_none(),
                Role::Category => f.distinct <= MANY_KINDS && f.distinct > 1,
                _ => false,
            }
        })
        .take(MANY_FEATURES)
        .collect()
}

/// “degree 3”, “quadratic”, “cubic”, “5th degree polynomial”.
fn degree(parts: &Parts) -> Option<u32> {
    let reading = &parts.reading;
    for i in 0..reading.items.len() {
        match reading.text(i) {
            "quadratic" => return Some(2),
            "cubic" => return Some(3),
            "quartic" => return Some(4),
            "degree" | "order" if reading.items.iter().any(|x| x.text.starts_with("polynom")) => {
                let near = (i.saturating_sub(3)..reading.items.len().min(i + 4)).filter_map(|j| reading.number(j));
                if let Some(n) = near.into_iter().find(|n| (1.0..=12.0).contains(n) && n.fract() == 0.0) {
                    return Some(n as u32);
                }
            }
            _ => {}
        }
    }
    None
}

/// “test size of 0.2”, “80/20”, “70% training and 30% test”.
fn test_share(parts: &Parts) -> Option<f64> {
    let reading = &parts.reading;
    let at = reading.find(Concept::Train)?;
    let numbers: Vec<f64> =
        (at.saturating_sub(4)..reading.items.len().min(at + 14)).filter_map(|j| reading.number(j)).collect();
    let share = numbers.iter().copied().find(|n| *n > 0.0 && *n < 0.5).or_else(|| {
        let percent = numbers.iter().copied().filter(|n| (5.0..=50.0).contains(n)).min_by(f64::total_cmp);
        percent.map(|n| n / 100.0)
    });
    share.or_else(|| numbers.iter().copied().find(|n| (0.5..1.0).contains(n)).map(|n| 1.0 - n))
}

fn seed(parts: &Parts) -> Option<u32> {
    let reading = &parts.reading;
    let at = (0..reading.items.len())
        .find(|i| matches!(reading.text(*i), "random state" | "random seed" | "seed" | "random_state"))?;
    (at + 1..at + 5).find_map(|j| reading.number(j)).filter(|n| *n >= 0.0 && n.fract() == 0.0).map(|n| n as u32)
}
