//! Words for clusters, regressions, fitted curves and predictive models.

use super::Story;
use super::results::{Kind, Results, asked_decimals, grouped, human, number, plain, write};
use super::slots::Fact;
use crate::builtin::curves::Curve;
use crate::builtin::intent::{Intent, Model};

/// Groups of similar rows.
pub(super) fn clusters(story: &mut Story, results: &Results<'_>, columns: &[String]) {
    let (Some(k), Some(score)) = (results.number("number of clusters"), results.number("silhouette")) else { return };
    story.headline = format!("The rows fall into {} clusters (silhouette {:.2}).", grouped(k, 0), score);
    story.fact(Fact::number("number clusters k", grouped(k, 0)));
    story.fact(Fact::number("silhouette | score", format!("{score:.2}")).exact(score));
    for which in ["largest", "smallest"] {
        if let Some(n) = results.number(&format!("{which} cluster")) {
            story.fact(Fact::number(&format!("{which} | cluster size rows number count"), grouped(n, 0)).exact(n));
        }
    }
    if let Some(table) = results.table(&["cluster", "n"]) {
        for row in table.rows.iter().take(3) {
            let means: Vec<String> = columns
                .iter()
                .take(3)
                .enumerate()
                .filter_map(|(i, c)| Some(format!("{c} {}", human(number(row.get(i + 2)?)?))))
                .collect();
            story.finding(format!(
                "Cluster {}: {} rows, on average {}.",
                plain(&row[0]),
                row.get(1).map(plain).unwrap_or_default(),
                means.join(", ")
            ));
        }
    }
    let strength = if score < 0.25 {
        "The clusters overlap widely: take them as a rough sorting."
    } else {
        "Clusters describe these rows; they prove no kinds."
    };
    story.note(strength.to_owned());
    story.note("k-means on columns brought to the same scale, with a fixed random state.".to_owned());
    if let Some(n) = results.number("rows used") {
        story.n(n);
    }
    if let Some(n) = results.number("rows left out").filter(|n| *n > 0.0) {
        story.note(format!("{} incomplete rows are left out.", grouped(n, 0)));
    }
}

/// Ordinary least squares.
pub(super) fn regression(story: &mut Story, results: &Results<'_>, intent: &Intent, model: &Model) {
    let Some(r2) = results.number("R squared") else { return };
    let value = |v: f64, about: &str| write(v, Kind::Value, about, &intent.wishes);
    let p = results.number("p-value");
    let coefficients: Vec<(&str, f64)> = results
        .metrics
        .iter()
        .filter_map(|(n, v)| Some((n.as_str().strip_prefix("coefficient of ")?, number(v)?)))
        .collect();
    story.headline = match coefficients.as_slice() {
        [(name, slope)] => format!(
            "{} changes by {} for each unit of {name} (R² = {}).",
            model.target,
            value(*slope, "coefficient slope"),
            value(r2, "R squared")
        ),
        _ => format!("The model explains {} of the variance of {} (R²).", value(r2, "R squared"), model.target),
    };
    story.fact(Fact::number("R squared | r2 determination", value(r2, "R squared")).exact(r2));
    if let Some(focus) = &model.focus
        && let Some((_, v)) = coefficients.iter().find(|(name, _)| name == focus)
    {
        story.fact(
            Fact::number(&format!("coefficient | slope effect estimate {focus}"), value(*v, "coefficient slope"))
                .exact(*v),
        );
        if let Some(p) = results.number(&format!("p-value of {focus}")) {
            let text = write(p, Kind::P, "p-value", &intent.wishes).trim_start_matches("< ").to_owned();
            story.fact(Fact::number(&format!("p value | {focus}"), text).exact(p));
        }
    }
    for (name, v) in coefficients.iter().take(12) {
        story.fact(Fact::number(&format!("coefficient {name} | slope"), value(*v, "coefficient slope")).exact(*v));
        if let Some(p) = results.number(&format!("p-value of {name}")) {
            let text = write(p, Kind::P, "p-value", &intent.wishes).trim_start_matches("< ").to_owned();
            story.fact(Fact::number(&format!("p value {name}"), text).exact(p));
        }
    }
    if let Some(b) = results.number("intercept") {
        story.finding(format!("Intercept: {}.", value(b, "intercept")));
        story.fact(Fact::number("intercept | constant", value(b, "intercept")).exact(b));
    }
    if coefficients.len() > 1 {
        let list: Vec<String> =
            coefficients.iter().take(6).map(|(name, v)| format!("{name} {}", value(*v, "coefficient"))).collect();
        story.finding(format!("Coefficients: {}.", list.join(", ")));
    }
    if let Some(p) = p {
        let text = write(p, Kind::P, "p-value", &intent.wishes);
        let text = if text.starts_with('<') { format!("p {text}") } else { format!("p = {text}") };
        story.finding(format!(
            "As a whole the model is {}significant ({text}).",
            if p < intent.wishes.alpha { "" } else { "not " }
        ));
        story.fact(Fact::number(
            "p value",
            write(p, Kind::P, "p-value", &intent.wishes).trim_start_matches("< ").to_owned(),
        ));
        story.fact(Fact::verdict("significant relationship", p < intent.wishes.alpha));
    }
    for (metric, words) in [
        ("adjusted R squared", "adjusted R squared"),
        ("root mean squared error", "root mean squared error | rmse"),
        ("mean absolute error", "mean absolute error | mae"),
        ("residual standard deviation", "residual standard deviation"),
        ("F", "F statistic"),
    ] {
        if let Some(v) = results.number(metric) {
            story.fact(Fact::number(words, value(v, metric)).exact(v));
        }
    }
    if let Some(n) = results.number("rows used") {
        story.n(n);
    }
    if let Some(n) = results.number("rows left out").filter(|n| *n > 0.0) {
        story.note(format!("{} incomplete rows are left out.", grouped(n, 0)));
    }
    if results.number("condition number").is_some_and(|c| c > 30.0) {
        story.note("Some features move together (collinearity): single coefficients are unsure.".to_owned());
    }
    story.note("Ordinary least squares: assumes a straight relation, independent rows and even scatter; coefficients are associations, not causes.".to_owned());
}

/// A predictive model.
pub(super) fn predict(story: &mut Story, results: &Results<'_>, intent: &Intent, model: &Model) {
    let value = |v: f64, about: &str| write(v, Kind::Value, about, &intent.wishes);
    let name = results.text("model").unwrap_or_default();
    let accuracy = results.number("accuracy").or_else(|| results.number("accuracy, cross-validated"));
    let r2 = results.number("R squared on test rows").or_else(|| results.number("R squared, cross-validated"));
    if let Some(a) = accuracy {
        story.headline = format!("A {name} predicts {} with accuracy {}.", model.target, value(a, "accuracy"));
        story.fact(Fact::number("accuracy | score", value(a, "accuracy")).exact(a));
        if let Some(b) = results.number("baseline accuracy") {
            let verdict = if a > b { "better than" } else { "no better than" };
            story.finding(format!(
                "That is {verdict} always guessing the most frequent value ({}).",
                value(b, "accuracy")
            ));
        }
    } else if let Some(r) = r2 {
        story.headline = if r > 0.0 {
            format!("A {name} predicts {} with R² = {}.", model.target, value(r, "R squared"))
        } else {
            format!(
                "A {name} predicts {} no better than guessing the mean (R² = {}).",
                model.target,
                value(r, "R squared")
            )
        };
        story.fact(Fact::number("R squared | r2 score", value(r, "R squared")).exact(r));
        let error =
            results.number("mean absolute error").or_else(|| results.number("mean absolute error, cross-validated"));
        if let Some((e, b)) = error.zip(results.number("baseline mean absolute error")) {
            story.finding(format!(
                "Mean absolute error {}, against {} when guessing the mean.",
                value(e, "error"),
                value(b, "error")
            ));
            story.fact(Fact::number("mean absolute error | mae", value(e, "error")).exact(e));
        }
    }
    for (metric, words) in [
        ("mean squared error", "mean squared error | mse"),
        ("root mean squared error", "root mean squared error | rmse"),
        ("F1 (macro)", "f1 | score"),
        ("F1 (macro), cross-validated", "f1 | score"),
    ] {
        if let Some(v) = results.number(metric) {
            story.fact(Fact::number(words, value(v, metric)).exact(v));
        }
    }
    if let Some(feature) = results.text("most important feature") {
        story.finding(format!("What matters most is {feature}."));
        story.fact(Fact::name("most important feature name", feature));
    }
    let how = if results.number("test rows").is_some() {
        "Scored on rows the model had not seen."
    } else {
        "Scored by five-fold cross-validation."
    };
    story.note(how.to_owned());
    story.note("A feature that predicts need not cause.".to_owned());
    if let Some(n) = results.number("rows used") {
        story.n(n);
    }
}

/// A curve with unknown parameters.
pub(super) fn curve(story: &mut Story, results: &Results<'_>, intent: &Intent, curve: &Curve) {
    let value = |v: f64, about: &str| {
        let asked = asked_decimals(Kind::Value, about, &intent.wishes);
        asked.map_or_else(|| significant(v), |n| grouped(v, usize::from(n)))
    };
    let found: Vec<(&str, f64)> =
        curve.parameters.iter().filter_map(|(n, _)| Some((n.as_str(), results.number(n)?))).collect();
    if found.is_empty() {
        return;
    }
    let list: Vec<String> = found.iter().map(|(n, v)| format!("{n} = {}", value(*v, n))).collect();
    story.headline = format!("The best curve has {}.", list.join(", "));
    for (name, v) in found {
        story.fact(Fact::number(&format!("{name} parameter"), value(v, name)));
    }
    for (metric, words) in [
        ("residual sum of squares", "residual sum of squares rss"),
        ("residual standard deviation", "residual standard deviation"),
        ("R squared", "R squared r2"),
    ] {
        if let Some(v) = results.number(metric) {
            let mut chars = metric.chars();
            let capital: String = chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default();
            story.finding(format!("{capital}: {}.", value(v, metric)));
            story.fact(Fact::number(words, value(v, metric)).exact(v));
        }
    }
    if let Some(n) = results.number("rows used") {
        story.n(n);
    }
    story.note("Fitted by least squares from the starting values; another start may end elsewhere.".to_owned());
}

/// Eight significant digits, as fitted parameters are compared by.
fn significant(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 {
        return "0".to_owned();
    }
    if !(1e-4..1e9).contains(&size) {
        return format!("{value:.7e}");
    }
    let decimals = (7 - size.log10().floor() as i32).clamp(0, 12) as usize;
    grouped(value, decimals)
}
