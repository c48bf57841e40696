//! Words for overviews, distributions, missing values, outliers, duplicates and columns drawn as they are.

use super::Story;
use super::results::{Kind, Results, grouped, human, number, plain, write};
use super::slots::Fact;
use crate::builtin::intent::{Intent, OutlierRule, Points};
use crate::builtin::schema::Schema;

/// The table or some columns.
pub(super) fn describe(story: &mut Story, results: &Results<'_>, intent: &Intent, columns: &[String], schema: &Schema) {
    let count = |name: &str| results.number(name).unwrap_or(0.0);
    let (rows, width, missing) = (count("number of rows"), count("number of columns"), count("missing values"));
    let width = if width > 0.0 { width } else { schema.fields.len() as f64 };
    let gaps = if results.value("missing values").is_some() {
        format!("; {} values are missing", grouped(missing, 0))
    } else {
        String::new()
    };
    story.headline = format!("{} has {} rows and {} columns{gaps}.", schema.name, grouped(rows, 0), grouped(width, 0));
    story.fact(Fact::number("number rows records observations count", grouped(rows, 0)));
    story.fact(Fact::number("number columns variables features", grouped(width, 0)));
    story.fact(Fact::number("missing values null", grouped(missing, 0)));
    if let [one] = columns
        && let Some(mean) = results.number(&format!("mean {one}"))
    {
        let get = |label: &str| {
            results
                .number(&format!("{label} {one}"))
                .map(|v| write(v, Kind::Value, &format!("{label} {one}"), &intent.wishes))
        };
        story.headline = format!(
            "{one}: mean {}, median {}, from {} to {}.",
            write(mean, Kind::Value, one, &intent.wishes),
            get("median").unwrap_or_default(),
            get("minimum").unwrap_or_default(),
            get("maximum").unwrap_or_default()
        );
        for label in ["mean", "median", "minimum", "maximum", "standard deviation of"] {
            if let Some(text) = get(label) {
                story.fact(Fact::number(&format!("{label} {one}"), text));
            }
        }
        if let Some(text) = get("standard deviation of") {
            story.finding(format!("Standard deviation: {text}."));
        }
    } else if let Some(table) = results.table(&["column", "mean", "median"]) {
        for row in table.rows.iter().take(3) {
            let at = |i: usize| row.get(i).and_then(number).map(human).unwrap_or_default();
            story.finding(format!(
                "{}: mean {}, median {}, from {} to {}.",
                plain(&row[0]),
                at(3),
                at(6),
                at(5),
                at(7)
            ));
        }
    }
    let twice = count("duplicate rows");
    if twice > 0.0 {
        story.note(format!("{} rows occur more than once.", grouped(twice, 0)));
    }
    story.n(rows);
}

/// How the values of columns spread.
pub(super) fn distribution(story: &mut Story, results: &Results<'_>, intent: &Intent, columns: &[String]) {
    for (i, name) in columns.iter().enumerate() {
        let get = |label: &str| results.number(&format!("{label} {name}"));
        let text = |label: &str| {
            get(label).map(|v| write(v, Kind::Value, &format!("{label} {name}"), &intent.wishes)).unwrap_or_default()
        };
        let skew = get("skewness of").unwrap_or(0.0);
        let shape = match skew {
            s if s > 1.0 => "strongly skewed to the right",
            s if s > 0.5 => "skewed to the right",
            s if s < -1.0 => "strongly skewed to the left",
            s if s < -0.5 => "skewed to the left",
            _ => "roughly symmetric",
        };
        let line = format!(
            "{name} is {shape}: mean {}, median {}, skewness {}.",
            text("mean"),
            text("median"),
            text("skewness of")
        );
        if i == 0 {
            story.headline = line;
        } else {
            story.finding(line);
        }
        story.finding(format!(
            "{name}: half of the values lie between {} and {}, all between {} and {}.",
            text("lower quartile of"),
            text("upper quartile of"),
            text("minimum"),
            text("maximum")
        ));
        for label in [
            "mean",
            "median",
            "standard deviation of",
            "minimum",
            "maximum",
            "lower quartile of",
            "upper quartile of",
            "skewness of",
            "excess kurtosis of",
        ] {
            let also = match label {
                "lower quartile of" => "q1 first 25 percentile",
                "upper quartile of" => "q3 third 75 percentile",
                "median" => "q2 second",
                _ => "",
            };
            let fact = Fact::number(&format!("{label} {name}"), text(label)).or_words(also);
            story.fact(if let Some(v) = get(label) { fact.exact(v) } else { fact });
        }
        if let Some(n) = get("n of") {
            story.n(n);
        }
        story.missing(results, name);
    }
}

/// What is missing.
pub(super) fn missing(story: &mut Story, results: &Results<'_>, intent: &Intent, columns: &[String], by_row: bool) {
    let rows = results.number("number of rows").unwrap_or(0.0);
    let total = results.number("missing values").unwrap_or(0.0);
    let most = results.text("column with the most missing values").zip(results.number("missing in that column"));
    match columns {
        [] if by_row && results.value("rows with missing values").is_some() => {
            let n = grouped(results.number("rows with missing values").unwrap_or(0.0), 0);
            story.headline = format!("{n} of {} rows have at least one missing value.", grouped(rows, 0));
            story.fact(Fact::number("rows | missing values number count incomplete", n));
        }
        [] if total == 0.0 => story.headline = "No value is missing.".to_owned(),
        [] => {
            let width = results.number("columns with missing values").unwrap_or(0.0);
            story.headline = format!("{} values are missing, in {} columns.", grouped(total, 0), grouped(width, 0));
            if let Some((name, n)) = &most {
                let share = results
                    .number("share of that column (%)")
                    .map(|s| format!(" ({} %)", write(s, Kind::Percent, "share percentage", &intent.wishes)))
                    .unwrap_or_default();
                story.finding(format!("{name} has the most: {}{share}.", grouped(*n, 0)));
            }
            if let Some(n) = results.number("complete rows") {
                story.finding(format!("{} of {} rows are complete.", grouped(n, 0), grouped(rows, 0)));
            }
            if let Some(n) = results.number("rows with missing values") {
                story.finding(format!("{} rows have at least one missing value.", grouped(n, 0)));
                story.fact(Fact::number("rows | missing values incomplete", grouped(n, 0)));
            }
        }
        named => {
            let one = |name: &String| {
                let n = results.number(&format!("missing {name}")).unwrap_or(0.0);
                let share = results.number(&format!("share of rows without {name} (%)")).unwrap_or(0.0);
                (n, write(share, Kind::Percent, "share percentage", &intent.wishes))
            };
            let list: Vec<String> =
                named.iter().map(|name| format!("{} of {name} ({} %)", grouped(one(name).0, 0), one(name).1)).collect();
            story.headline = format!("Missing: {}.", list.join(", "));
            for name in named {
                story.fact(Fact::number(&format!("missing | number values {name} count"), grouped(one(name).0, 0)));
                story.fact(Fact::number(&format!("missing share (%) | percentage {name}"), one(name).1));
            }
        }
    }
    if let Some((name, n)) = most {
        story.fact(Fact::name("column | most missing name variable highest", name));
        story.fact(Fact::number("missing | most number in column count values", grouped(n, 0)));
    }
    story.fact(Fact::number("total missing | values number all", grouped(total, 0)));
    story.n(rows);
}

/// Unusual values.
pub(super) fn outliers(
    story: &mut Story,
    results: &Results<'_>,
    intent: &Intent,
    columns: &[String],
    rule: OutlierRule,
) {
    let told = match rule {
        OutlierRule::Iqr(k) => {
            format!("IQR rule: beyond the quartiles by more than {} times their distance.", human(k))
        }
        OutlierRule::ZScore(k) => format!("z-scores: more than {} standard deviations from the mean.", human(k)),
    };
    if let [name] = columns {
        let n = results.number(&format!("outliers in {name}")).unwrap_or(0.0);
        let share = results
            .number(&format!("share of outliers in {name} (%)"))
            .map(|s| write(s, Kind::Percent, "share percentage", &intent.wishes))
            .unwrap_or_default();
        let values = if n == 1.0 { "outlier" } else { "outliers" };
        story.headline = format!("{name} has {} {values} ({share} % of its values).", grouped(n, 0));
        story.fact(Fact::number("outliers | number count", grouped(n, 0)));
        story.fact(Fact::number("share (%) | percentage outliers", share));
        let bound = |label: &str| {
            results.number(label).map(|v| write(v, Kind::Value, label, &intent.wishes)).unwrap_or_default()
        };
        story.finding(format!("Usual values lie between {} and {}.", bound("lower bound"), bound("upper bound")));
        story.fact(Fact::number("lower bound limit", bound("lower bound")));
        story.fact(Fact::number("upper bound limit", bound("upper bound")));
        let side = |label: &str| results.number(label).map(|v| grouped(v, 0)).unwrap_or_default();
        story.finding(format!("{} lie below, {} above.", side("below the lower bound"), side("above the upper bound")));
        story.missing(results, name);
    } else if let Some((name, n)) =
        results.text("column with the most outliers").zip(results.number("outliers in that column"))
    {
        let all = results.number("outliers in all").unwrap_or(0.0);
        story.headline = format!("{} outliers in all; {name} has the most: {}.", grouped(all, 0), grouped(n, 0));
        story.fact(Fact::name("column most outliers name", name));
        story.fact(Fact::number("outliers number", grouped(n, 0)));
    }
    story.note(told);
    story.note("An outlier is unusual, not necessarily wrong.".to_owned());
    if let Some(n) = results.number("rows used") {
        story.n(n);
    }
}

/// Rows that occur twice.
pub(super) fn duplicates(story: &mut Story, results: &Results<'_>) {
    let n = results.number("duplicate rows").unwrap_or(0.0);
    story.headline = match n {
        0.0 => "No row occurs twice.".to_owned(),
        1.0 => "1 row repeats an earlier one.".to_owned(),
        n => format!("{} rows repeat an earlier one.", grouped(n, 0)),
    };
    story.fact(Fact::number("duplicate | rows number count duplicates", grouped(n, 0)));
    if let Some(n) = results.number("number of rows") {
        story.n(n);
    }
}

/// Columns drawn as they are.
pub(super) fn points(story: &mut Story, results: &Results<'_>, task: &Points) {
    let n = results.number("rows used").unwrap_or(0.0);
    story.headline = format!("The chart shows {} against {} for {} rows.", task.y, task.x, grouped(n, 0));
    if let Some(r) = results.number("correlation") {
        story.finding(format!("Their correlation is {} (association, not cause).", human(r)));
        story.fact(Fact::number("correlation r", human(r)));
    }
    story.n(n);
    if let Some(n) = results.number("rows left out").filter(|n| *n > 0.0) {
        story.note(format!("{} rows lack one of the two values and are left out.", grouped(n, 0)));
    }
}
