//! Words for comparisons, correlations, associations and tests of normality: what was found, how large, how sure,
//! under which assumptions. An association is never called a cause.

use super::Story;
use super::results::{Kind, Results, column_of, grouped, human, number, plain, write};
use super::slots::Fact;
use crate::builtin::intent::Group;
use crate::builtin::intent::{Comparison, Correlation, Intent, Side};
use crate::builtin::labels;
use crate::builtin::schema::Schema;

fn p_text(p: f64, intent: &Intent) -> String {
    let text = write(p, Kind::P, "p-value", &intent.wishes);
    if text.starts_with('<') { format!("p {text}") } else { format!("p = {text}") }
}

fn p_fact(story: &mut Story, p: f64, intent: &Intent) {
    let text = write(p, Kind::P, "p-value", &intent.wishes);
    let text = if text.starts_with('<') { format!("{p:.3e}") } else { text };
    story.fact(Fact::number("p value", text).exact(p));
}

fn level(intent: &Intent) -> String {
    format!("{}", intent.wishes.alpha)
}

/// Confidence that goes with the significance level, in percent.
fn confidence(intent: &Intent) -> String {
    human((100.0 - intent.wishes.alpha * 100.0 * 1.0).max(0.0))
}

/// Cohen's and others' rules of thumb for size.
fn size_word(value: f64, steps: [f64; 3]) -> &'static str {
    let size = value.abs();
    match steps.iter().filter(|s| size >= **s).count() {
        0 => "negligible",
        1 => "small",
        2 => "medium",
        _ => "large",
    }
}

/// Whether groups differ.
pub(super) fn comparison(
    story: &mut Story,
    results: &Results<'_>,
    intent: &Intent,
    task: &Comparison,
    schema: &Schema,
) {
    let Some(p) = results.number("p-value") else { return };
    let test = results.text("test").unwrap_or_default();
    let significant = results.text("significant").as_deref() == Some("yes");
    let value = |v: f64| write(v, Kind::Value, &format!("mean {}", task.column), &intent.wishes);
    let groups = group_rows(results);
    let name = |text: &str| match &task.group {
        Group::Column(column)
            if !task.other_column && schema.named(column).is_some_and(|f| f.yes.is_some() || f.is_numeric()) =>
        {
            format!("{column} = {}", text.trim_end_matches(".0"))
        }
        _ => text.to_owned(),
    };
    let ranks = test.contains("Mann") || test.contains("Kruskal") || task.median || test.contains("Wilcoxon");
    let word = match () {
        () if test.contains("Kolmogorov") => "the distribution of",
        () if test.contains("Levene") => "the variance of",
        () if ranks => "median",
        () => "mean",
    };
    let verdict = if significant { "Yes" } else { "No" };
    // “Do they order fewer?” is not answered by “they differ”: the means below say which way.
    let decided = !intent.wishes.inverted || task.side != Side::Both;
    let lead = if story.is_yes_no && decided { format!("{verdict}: ") } else { String::new() };
    let differs = if significant { "differs significantly" } else { "does not differ significantly" };
    story.headline = match (task.side, task.order.as_slice()) {
        (Side::Greater | Side::Less, [first, second]) => {
            let way = if task.side == Side::Greater { "greater" } else { "less" };
            let verb = if significant { "is significantly" } else { "is not significantly" };
            format!(
                "{lead}{word} {} {verb} {way} for {} than for {} ({}, one-sided).",
                task.column,
                name(first),
                name(second),
                p_text(p, intent)
            )
        }
        _ => format!("{lead}{word} {} {differs} between the groups ({}).", task.column, p_text(p, intent)),
    };
    if lead.is_empty() {
        story.headline = capital(&story.headline);
    }
    let way = match task.side {
        Side::Both => "",
        Side::Greater => "higher more greater larger longer better older above bigger faster",
        Side::Less => "lower fewer less smaller shorter worse younger below cheaper slower",
    };
    story.fact(Fact::verdict("significant difference reject hypothesis", significant).or_words(way));
    p_fact(story, p, intent);
    let listed: Vec<String> = groups
        .iter()
        .take(8)
        .map(|g| {
            format!("{} {} (n = {})", name(&g.name), value(if ranks { g.median } else { g.mean }), grouped(g.n, 0))
        })
        .collect();
    if !listed.is_empty() {
        story.finding(format!("{}: {}.", if ranks { "Medians" } else { "Means" }, listed.join(", ")));
    }
    for g in &groups {
        group_facts(story, task, &g.name, g, schema, &value);
    }
    effect(story, results, intent, &value);
    if let Some(pairs) = results.number("pairs that differ") {
        story.finding(format!("{} of the pairs differ after correction for the number of pairs.", grouped(pairs, 0)));
    }
    let sided = if task.side == Side::Both { "two-sided" } else { "one-sided" };
    story.note(format!("Test: {test}, {sided}, significance level {}.", level(intent)));
    assumptions(story, &test);
    if let Some(n) = results.number("rows used") {
        story.n(n);
    }
    story.missing(results, &task.column);
    story.note("A difference between groups is an association, not yet a cause.".to_owned());
}

struct GroupRow {
    name: String,
    n: f64,
    mean: f64,
    median: f64,
    std: f64,
}

fn group_rows(results: &Results<'_>) -> Vec<GroupRow> {
    let Some(table) = results.table(&["group", "n", "mean", "median", "standard deviation"]) else { return Vec::new() };
    let at = |row: &[serde_json::Value], name: &str| {
        column_of(table, name).and_then(|c| number(&row[c])).unwrap_or(f64::NAN)
    };
    let key = column_of(table, "group").unwrap_or(0);
    table
        .rows
        .iter()
        .map(|r| GroupRow {
            name: plain(&r[key]),
            n: at(r, "n"),
            mean: at(r, "mean"),
            median: at(r, "median"),
            std: at(r, "standard deviation"),
        })
        .collect()
}

/// A flag's groups are asked for as “churned” and “other”.
fn group_facts(
    story: &mut Story,
    task: &Comparison,
    name: &str,
    g: &GroupRow,
    schema: &Schema,
    value: &dyn Fn(f64) -> String,
) {
    let mut words = name.to_owned();
    if let Group::Column(column) = &task.group
        && let Some(field) = schema.named(column).filter(|_| !task.other_column)
        && let Some(yes) = &field.yes
    {
        let positive = labels::plain(yes) == name.trim_end_matches(".0") || name.eq_ignore_ascii_case("true");
        words = if positive { format!("{column} yes") } else { "other not no non rest remaining".to_owned() };
    }
    let column = &task.column;
    story.fact(Fact::number(&format!("mean {words} | {column}"), value(g.mean)).exact(g.mean));
    story.fact(Fact::number(&format!("median {words} | {column}"), value(g.median)).exact(g.median));
    story.fact(Fact::number(&format!("standard deviation {words} | {column}"), value(g.std)).exact(g.std));
    story.fact(Fact::number(&format!("n count {words} | number"), grouped(g.n, 0)).exact(g.n));
}

fn effect(story: &mut Story, results: &Results<'_>, intent: &Intent, value: &dyn Fn(f64) -> String) {
    if let Some(difference) = results.number("difference of means") {
        let interval =
            results.number("interval of the difference, low").zip(results.number("interval of the difference, high"));
        let between = interval.map(|(low, high)| {
            format!(", {} % confidence interval {} to {}", confidence(intent), value(low), value(high))
        });
        if between.is_some() {
            story.finding(format!("Difference of means: {}{}.", value(difference), between.unwrap_or_default()));
        }
        story.fact(Fact::number("difference | means", value(difference)).exact(difference));
    }
    if let Some(d) = results.number("Cohen's d") {
        story.finding(format!("Effect size: Cohen's d = {:.2} ({}).", d, size_word(d, [0.2, 0.5, 0.8])));
        story.fact(Fact::number("d | cohen cohens effect size", format!("{d:.2}")).exact(d));
    }
    if let Some(r) = results.number("rank-biserial correlation") {
        story.finding(format!("Effect size: rank-biserial correlation {:.2} ({}).", r, size_word(r, [0.1, 0.3, 0.5])));
    }
    if let Some(eta) = results.number("eta squared") {
        story.finding(format!("Effect size: η² = {:.3} ({}).", eta, size_word(eta, [0.01, 0.06, 0.14])));
        story.fact(Fact::number("eta squared | effect size", format!("{eta:.3}")).exact(eta));
    }
    for letter in ["t", "U", "F", "H", "W", "D"] {
        if let Some(statistic) = results.number(letter) {
            let text = write(statistic, Kind::Value, &format!("{letter} statistic"), &intent.wishes);
            story.finding(format!("Test statistic: {letter} = {text}."));
            story.fact(Fact::number(&format!("{letter} statistic"), text).exact(statistic));
        }
    }
}

fn assumptions(story: &mut Story, test: &str) {
    let text = if test.contains("Welch") {
        "Welch's test does not assume equal variances; it assumes independent rows and, in small groups, roughly normal values."
    } else if test.contains("Student") || test.contains("ANOVA") {
        "The test assumes independent rows, equal variances and, in small groups, roughly normal values."
    } else if test.contains("Mann") || test.contains("Kruskal") {
        "The test uses ranks: it assumes independent rows and no particular distribution."
    } else if test.contains("paired") || test.contains("Wilcoxon") {
        "The test compares pairs: rows with both values."
    } else {
        return;
    };
    story.note(text.to_owned());
}

/// How columns move together.
pub(super) fn correlation(story: &mut Story, results: &Results<'_>, intent: &Intent, task: &Correlation) {
    if let Some(target) = &task.target {
        let (Some(column), Some(r)) =
            (results.text("column with the strongest correlation"), results.number("strongest correlation"))
        else {
            return;
        };
        let text = write(r, Kind::Value, "correlation coefficient", &intent.wishes);
        story.headline = format!("{column} correlates most strongly with {target}: {text}.");
        story.fact(Fact::name("column | strongest highest variable feature name", column));
        story.fact(Fact::number("correlation r | strongest highest coefficient", text).exact(r));
        if let Some(table) = results.table(&["column", "correlation", "p-value"]) {
            for (i, row) in table.rows.iter().take(6).enumerate() {
                let place = ["first", "second", "third", "fourth", "fifth", "sixth"][i];
                if let [name, value, ..] = row.as_slice() {
                    story.fact(Fact::name(&format!("{place} | {} top{}", i + 1, i + 1), plain(name)));
                    if let Some(v) = number(value) {
                        let text = write(v, Kind::Value, "correlation coefficient", &intent.wishes);
                        story.fact(Fact::number(&format!("correlation {} | {place}", plain(name)), text).exact(v));
                    }
                }
            }
        }
        if let Some(p) = results.number("p-value") {
            story.finding(format!(
                "For that pair {}, before any correction for the number of pairs.",
                p_text(p, intent)
            ));
            p_fact(story, p, intent);
        }
        matrix_notes(story, results);
        return;
    }
    if let Some(pair) = results.text("strongest pair") {
        let r = results.number("strongest correlation").unwrap_or(f64::NAN);
        let text = write(r, Kind::Value, "correlation coefficient", &intent.wishes);
        story.headline = format!("The strongest correlation is between {pair}: {text}.");
        for (place, name) in ["first", "second"].into_iter().zip(pair.split(" and ")) {
            story.fact(Fact::name(
                &format!("{place} | column variable {}", if place == "first" { "1 a" } else { "2 b" }),
                name.to_owned(),
            ));
        }
        story.fact(Fact::name("strongest pair | columns variables names", pair));
        story.fact(Fact::number("correlation r | strongest highest coefficient", text).exact(r));
        if let Some((weak, w)) = results.text("weakest pair").zip(results.number("weakest correlation")) {
            story.finding(format!(
                "The weakest is between {weak}: {}.",
                write(w, Kind::Value, "correlation coefficient", &intent.wishes)
            ));
        }
        pair_facts(story, results, intent);
        matrix_notes(story, results);
        return;
    }
    pair(story, results, intent, task);
}

fn pair_facts(story: &mut Story, results: &Results<'_>, intent: &Intent) {
    let Some(table) = results.table(&["column A", "column B", "correlation"]) else { return };
    for row in table.rows.iter().take(40) {
        if let Some(r) = row.get(2).and_then(number) {
            let about = format!("correlation {} {}", plain(&row[0]), plain(&row[1]));
            story.fact(Fact::number(&about, write(r, Kind::Value, "correlation coefficient", &intent.wishes)).exact(r));
        }
    }
}

fn matrix_notes(story: &mut Story, results: &Results<'_>) {
    if let Some(n) = results.number("rows used") {
        story.n(n);
    }
    story.note("With many pairs, some look strong by chance; correlation is association, not cause.".to_owned());
}

fn pair(story: &mut Story, results: &Results<'_>, intent: &Intent, task: &Correlation) {
    let (Some(r), Some(p)) = (results.number("correlation"), results.number("p-value")) else { return };
    let significant = results.text("significant").as_deref() == Some("yes");
    let text = write(r, Kind::Value, "correlation coefficient", &intent.wishes);
    let (a, b) = (&task.columns[0], &task.columns[1]);
    let strength =
        size_word(r, [0.1, 0.3, 0.5]).replace("small", "weak").replace("medium", "moderate").replace("large", "strong");
    let direction = if r < 0.0 { "negative" } else { "positive" };
    let lead = if story.is_yes_no { if significant { "Yes: " } else { "No: " } } else { "" };
    let found = if significant { format!("a {strength} {direction}") } else { "no significant".to_owned() };
    story.headline = format!("{lead}{a} and {b} show {found} correlation (r = {text}, {}).", p_text(p, intent));
    story.fact(Fact::number("correlation r | coefficient rho tau pearson spearman kendall", text).exact(r));
    p_fact(story, p, intent);
    story.fact(Fact::verdict("significant relationship correlation linear", significant));
    if let Some((low, high)) =
        results.number("interval of the correlation, low").zip(results.number("interval of the correlation, high"))
    {
        let number = |v: f64| write(v, Kind::Value, "correlation coefficient", &intent.wishes);
        story.finding(format!("{} % confidence interval: {} to {}.", confidence(intent), number(low), number(high)));
    }
    if let Some(share) = results.number("r squared") {
        story.finding(format!("The two share {:.3} of their variance (r²).", share));
    }
    if let Some(rho) = results.number("Spearman rank correlation") {
        story.finding(format!("By ranks (Spearman) it is {:.3}.", rho));
    }
    let test = results.text("test").unwrap_or_default();
    story.note(format!("{test}, two-sided, significance level {}.", level(intent)));
    if let Some(n) = results.number("rows used") {
        story.n(n);
    }
    if let Some(n) = results.number("rows left out").filter(|n| *n > 0.0) {
        story.note(format!("{} rows lack one of the two values and are left out.", grouped(n, 0)));
    }
    story.note("Correlation is association, not cause; Pearson's r sees straight lines only.".to_owned());
}

/// Whether categories depend on each other.
pub(super) fn association(story: &mut Story, results: &Results<'_>, intent: &Intent, rows: &str, columns: &str) {
    let Some(p) = results.number("p-value") else { return };
    let significant = results.text("significant").as_deref() == Some("yes");
    // “Is a independent of b?” is answered by “depend on each other” the other way round.
    let lead = if story.is_yes_no && !intent.wishes.inverted { if significant { "Yes: " } else { "No: " } } else { "" };
    let verb = if significant { "depend on each other" } else { "show no significant dependence" };
    story.headline = format!("{lead}{rows} and {columns} {verb} ({}).", p_text(p, intent));
    story.fact(Fact::verdict("significant association relationship dependent difference", significant));
    p_fact(story, p, intent);
    if let Some(chi) = results.number("chi-squared") {
        let text = write(chi, Kind::Value, "chi-squared statistic", &intent.wishes);
        let df = results.number("degrees of freedom").unwrap_or(0.0);
        story.finding(format!("χ² = {text} with {} degrees of freedom.", grouped(df, 0)));
        story.fact(Fact::number("chi squared | statistic chi2 chi square", text).exact(chi));
        story.fact(Fact::number("degrees freedom df dof", grouped(df, 0)));
    }
    if let Some(v) = results.number("Cramér's V") {
        story.finding(format!("Effect size: Cramér's V = {:.3} ({}).", v, size_word(v, [0.1, 0.3, 0.5])));
        story.fact(Fact::number("cramers v | effect size cramer", format!("{v:.3}")).exact(v));
    }
    story.note(format!("Test: {}, significance level {}.", results.text("test").unwrap_or_default(), level(intent)));
    if let Some(small) = results.number("smallest expected count").filter(|s| *s < 5.0) {
        story.note(format!("The smallest expected count is {:.2}: below 5, so the chi-squared test is rough.", small));
    }
    if let Some(n) = results.number("rows used") {
        story.n(n);
    }
    if let Some(n) = results.number("rows left out").filter(|n| *n > 0.0) {
        story.note(format!("{} rows lack one of the two values and are left out.", grouped(n, 0)));
    }
    story.note("Dependence is association, not cause.".to_owned());
}

/// Whether values are normally distributed.
pub(super) fn normality(story: &mut Story, results: &Results<'_>, intent: &Intent, column: &str) {
    let Some(p) = results.number("p-value") else { return };
    let normal = results.text("normal").as_deref() == Some("yes");
    let lead = if story.is_yes_no { if normal { "Yes: " } else { "No: " } } else { "" };
    let verb =
        if normal { "does not depart significantly from a normal distribution" } else { "is not normally distributed" };
    story.headline = format!("{lead}{column} {verb} ({}).", p_text(p, intent));
    story.fact(Fact::verdict("normal normality distribution", normal));
    p_fact(story, p, intent);
    for letter in ["W", "D", "JB", "K squared", "A squared"] {
        if let Some(statistic) = results.number(letter) {
            let text = write(statistic, Kind::Value, "test statistic", &intent.wishes);
            story.finding(format!("Test statistic: {letter} = {text}."));
            story.fact(Fact::number(&format!("statistic {letter} | test"), text).exact(statistic));
        }
    }
    for name in ["skewness", "excess kurtosis"] {
        if let Some(v) = results.number(name) {
            story.finding(format!("{}: {}.", capital(name), human(v)));
            story.fact(Fact::number(name, write(v, Kind::Value, name, &intent.wishes)).exact(v));
        }
    }
    story.note(format!("Test: {}, significance level {}.", results.text("test").unwrap_or_default(), level(intent)));
    if let Some(n) = results.number("rows used") {
        story.n(n);
        if n > 1000.0 {
            story.note(
                "With this many values even small departures become significant; look at the histogram.".to_owned(),
            );
        }
    }
    story.missing(results, column);
}

/// With a capital first letter.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}
