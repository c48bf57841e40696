//! Words for contrasts, a mean against a number, shares, components, forecasts and moving windows.

use super::Story;
use super::results::{Kind, Results, grouped, human, number, write};
use super::slots::Fact;
use crate::builtin::intent::{
    Aggregate, Contrast, End, Forecast, Intent, OneSample, Proportion, Rolling, Side, Window,
};
use crate::builtin::labels;

fn p_told(story: &mut Story, p: f64, intent: &Intent) -> String {
    let text = write(p, Kind::P, "p-value", &intent.wishes);
    let bare = text.trim_start_matches("< ").to_owned();
    story.fact(Fact::number("p value", bare).exact(p));
    if text.starts_with('<') { format!("p {text}") } else { format!("p = {text}") }
}

/// The words a verdict may be asked by, when the test looks one way.
fn side_words(side: Side) -> &'static str {
    match side {
        Side::Both => "",
        Side::Greater => "higher more greater larger longer better older above bigger faster",
        Side::Less => "lower fewer less smaller shorter worse younger below cheaper slower",
    }
}

/// One number for two sets of rows.
pub(super) fn contrast(story: &mut Story, results: &Results<'_>, intent: &Intent, task: &Contrast) {
    let (Some(one), Some(two)) = (results.number("first value"), results.number("second value")) else { return };
    let label = labels::measure(&task.measure);
    let percent = task.measure.aggregate == Aggregate::Rate;
    let counted = matches!(task.measure.aggregate, Aggregate::Count | Aggregate::Distinct);
    let kind = match () {
        () if percent => Kind::Percent,
        () if counted => Kind::Count,
        () => Kind::Value,
    };
    let value = |v: f64| write(v, kind, &label, &intent.wishes);
    let name = |text: &str| text.split('|').next().unwrap_or(text).trim().to_owned();
    let (a, b) = (name(&task.first.0), name(&task.second.0));
    let unit = if percent { " %" } else { "" };
    story.headline = format!(
        "The {} is {}{unit} for {a} and {}{unit} for {b}.",
        label.trim_end_matches(" (%)"),
        value(one),
        value(two)
    );
    let difference = results.number("difference").unwrap_or(f64::NAN);
    let points = if percent { " percentage points" } else { "" };
    story.finding(format!("Difference: {}{points}.", value(difference)));
    let change = results.number(if task.forward {
        "change from the first to the second (%)"
    } else {
        "change from the second to the first (%)"
    });
    let share = |v: f64| write(v, Kind::Percent, "change percent", &intent.wishes);
    let signed = if task.forward { -difference } else { difference };
    story.fact(
        Fact::number("difference | gap points below above more less by higher lower", value(signed)).exact(signed),
    );
    if let Some(ratio) = results.number("ratio") {
        let text = write(ratio, Kind::Value, "ratio", &intent.wishes);
        story.finding(format!("Ratio: {text}."));
        story.fact(Fact::number("ratio | times factor", text).exact(ratio));
    }
    if let Some(change) = change {
        story.finding(format!(
            "Change {}: {} %.",
            if task.forward { format!("from {a} to {b}") } else { format!("of {a} against {b}") },
            share(change)
        ));
        story.fact(
            Fact::number(
                "change percent (%) | growth uplift lift increase decrease difference relative differ rate",
                share(change),
            )
            .exact(change),
        );
    }
    let words = |text: &str| text.replace('|', " ");
    let side = |name: &str, v: f64| Fact::number(&format!("{label} | {}", words(name)), value(v)).exact(v);
    let (mut first, mut second) = (side(&task.first.0, one), side(&task.second.0, two));
    first.distinguish(&words(&task.first.0), &words(&task.second.0));
    second.distinguish(&words(&task.second.0), &words(&task.first.0));
    story.fact(first);
    story.fact(second);
    story.fact(Fact::name("name higher highest larger | which", if one >= two { a } else { b }));
    if let Some(n) = results.number("rows used") {
        story.n(n);
    }
}

/// A mean against a number, or its interval.
pub(super) fn one_sample(story: &mut Story, results: &Results<'_>, intent: &Intent, task: &OneSample) {
    let Some(mean) = results.number("mean") else { return };
    let value = |v: f64| write(v, Kind::Value, &format!("mean {}", task.column), &intent.wishes);
    let (low, high) = (
        results.number("interval of the mean, low").unwrap_or(f64::NAN),
        results.number("interval of the mean, high").unwrap_or(f64::NAN),
    );
    let level = human((1.0 - intent.wishes.alpha) * 100.0);
    let interval = format!("{level} % confidence interval {} to {}", value(low), value(high));
    match (task.against, results.number("p-value")) {
        (Some(against), Some(p)) => {
            let significant = results.text("significant").as_deref() == Some("yes");
            let told = p_told(story, p, intent);
            let verb = match (significant, task.side) {
                (true, Side::Both) => "differs significantly from",
                (true, Side::Greater) => "is significantly greater than",
                (true, Side::Less) => "is significantly less than",
                (false, _) => "does not differ significantly from",
            };
            story.headline =
                format!("The mean of {} ({}) {verb} {} ({told}).", task.column, value(mean), human(against));
            if let Some(t) = results.number("t") {
                story.fact(Fact::number("t statistic", write(t, Kind::Value, "t statistic", &intent.wishes)).exact(t));
            }
            story.fact(
                Fact::verdict("significant difference reject hypothesis", significant).or_words(side_words(task.side)),
            );
            if let Some(d) = results.number("Cohen's d") {
                story.finding(format!("Effect size: Cohen's d = {d:.2}."));
            }
            story.note(format!(
                "Test: one-sample t-test, {}, significance level {}.",
                sided(task.side),
                intent.wishes.alpha
            ));
            story.finding(format!("The {interval}."));
        }
        _ => {
            story.headline = format!("The mean of {} is {}, {interval}.", task.column, value(mean));
            story.note(
                "Student's t interval; it assumes independent rows and, in small samples, roughly normal values."
                    .to_owned(),
            );
        }
    }
    story.fact(Fact::number(&format!("mean {}", task.column), value(mean)).exact(mean));
    story.fact(Fact::number("lower low bound interval | limit ci confidence", value(low)).exact(low));
    story.fact(Fact::number("upper high bound interval | limit ci confidence", value(high)).exact(high));
    story.missing(results, &task.column);
    if let Some(n) = results.number("rows used") {
        story.n(n);
    }
}

fn sided(side: Side) -> &'static str {
    if side == Side::Both { "two-sided" } else { "one-sided" }
}

/// Shares of rows.
pub(super) fn proportion(story: &mut Story, results: &Results<'_>, intent: &Intent, task: &Proportion) {
    let Some(p) = results.number("p-value") else { return };
    let significant = results.text("significant").as_deref() == Some("yes");
    let told = p_told(story, p, intent);
    let percent = |v: f64| write(v, Kind::Percent, "share percent rate", &intent.wishes);
    let test = results.text("test").unwrap_or_default();
    let holds = labels::condition(&task.holds);
    match &task.group {
        Some((_, order)) => {
            let shares: Vec<f64> = results
                .table(&["group", "n", "share (%)"])
                .map(|t| t.rows.iter().filter_map(|r| r.get(3).and_then(number)).collect())
                .unwrap_or_default();
            let listed: Vec<String> =
                order.iter().zip(&shares).map(|(g, s)| format!("{g} {} %", percent(*s))).collect();
            let verb = match (significant, task.side) {
                (true, Side::Greater) => "is significantly higher in the first group",
                (true, Side::Less) => "is significantly lower in the first group",
                (true, Side::Both) => "differs significantly between the groups",
                (false, _) => "does not differ significantly between the groups",
            };
            story.headline = format!("The share of rows {holds} {verb}: {} ({told}).", listed.join(", "));
            for (group, share) in order.iter().zip(&shares) {
                story
                    .fact(Fact::number(&format!("{group} share (%) | rate proportion"), percent(*share)).exact(*share));
            }
            if let Some(z) = results.number("z") {
                story.finding(format!("Test statistic: z = {}.", human(z)));
                story.fact(Fact::number("z statistic", write(z, Kind::Value, "z statistic", &intent.wishes)).exact(z));
            }
            if let Some(d) = results.number("difference of shares (percentage points)") {
                story.finding(format!("Difference: {} percentage points.", percent(d)));
            }
        }
        None => {
            let share = results.number("share (%)").unwrap_or(f64::NAN);
            let against = human(task.against.unwrap_or(0.5) * 100.0);
            let verb = if significant { "differs significantly" } else { "does not differ significantly" };
            story.headline =
                format!("The share of rows {holds} ({} %) {verb} from {against} % ({told}).", percent(share));
            story.fact(Fact::number("share (%) | rate proportion", percent(share)).exact(share));
        }
    }
    story.fact(Fact::verdict("significant difference reject hypothesis", significant).or_words(side_words(task.side)));
    story.note(format!("Test: {test}, {}, significance level {}.", sided(task.side), intent.wishes.alpha));
    story.note("A difference between groups is an association, not yet a cause.".to_owned());
    if let Some(n) = results.number("rows used") {
        story.n(n);
    }
}

/// Principal components.
pub(super) fn components(story: &mut Story, results: &Results<'_>, intent: &Intent, columns: &[String]) {
    let share = |k: usize| results.number(&format!("variance explained by component {k} (%)"));
    let Some(first) = share(1) else { return };
    let percent = |v: f64| write(v, Kind::Percent, "variance explained share percent", &intent.wishes);
    story.headline =
        format!("The first of {} components explains {} % of the variance.", columns.len(), percent(first));
    for k in 1..=6 {
        if let Some(v) = share(k) {
            let ordinal = ["first", "second", "third", "fourth", "fifth", "sixth"][k - 1];
            story.fact(
                Fact::number(
                    &format!("explained variance component (%) | pc{k} {ordinal} share ratio {k}"),
                    percent(v),
                )
                .exact(v),
            );
        }
    }
    if let Some(v) = results.number("variance explained by the first two components (%)") {
        story.finding(format!("The first two together: {} %.", percent(v)));
        story.fact(
            Fact::number("first two components together cumulative (%) | explained variance", percent(v)).exact(v),
        );
    }
    if let Some(n) = results.number("components for 90 % of the variance") {
        story.finding(format!("{} components hold 90 % of the variance.", grouped(n, 0)));
    }
    if let Some(name) = results.text("column with the largest loading on component 1") {
        story.finding(format!("{name} weighs most on the first component."));
    }
    story
        .note("Columns are brought to mean 0 and standard deviation 1 first; incomplete rows are left out.".to_owned());
    if let Some(n) = results.number("rows used") {
        story.n(n);
    }
}

/// What comes next.
pub(super) fn forecast(story: &mut Story, results: &Results<'_>, intent: &Intent, task: &Forecast) {
    let label = labels::measure(&task.measure);
    let mut listed = Vec::new();
    for k in 1..=task.horizon.min(60) {
        let Some(v) = results.number(&format!("forecast {k}")) else { continue };
        let when = results.text(&format!("forecast {k} is for")).unwrap_or_default();
        let text = write(v, Kind::Value, &label, &intent.wishes);
        listed.push(format!("{when} {text}"));
        let grain = task.grain.name();
        let initial = &grain[..1];
        story.fact(
            Fact::number(
                &format!("forecast {k} | {when} {initial}{k} {grain}{k} f{k} step{k} h{k} prediction next"),
                text,
            )
            .exact(v),
        );
    }
    if listed.is_empty() {
        return;
    }
    let method = results.text("method").unwrap_or_default();
    story.headline =
        format!("Forecast of the {label}: {}.", listed.iter().take(12).cloned().collect::<Vec<_>>().join(", "));
    if let (Some(error), Some(n)) =
        (results.number("mean absolute error on held-out periods"), results.number("held-out periods"))
    {
        story.finding(format!(
            "On the last {} periods, held back, it was off by {} on average.",
            grouped(n, 0),
            human(error)
        ));
    }
    story.note(format!("Method: {method}. A forecast carries the past on; it knows nothing of what may change."));
    if let Some(n) = results.number("rows used") {
        story.n(n);
    }
}

/// A window that moves over time.
pub(super) fn rolling(story: &mut Story, results: &Results<'_>, intent: &Intent, task: &Rolling) {
    let percent = task.window == Window::StepPercent;
    let kind = if percent { Kind::Percent } else { Kind::Value };
    let (name, words) = match task.window {
        Window::Mean(n) => (
            format!("moving average of {} over {n}", task.column),
            format!("moving average | sma ma rolling mean sma{n} ma{n}"),
        ),
        Window::Step | Window::StepPercent => {
            (format!("change of {}", task.column), "change | drop rise step".to_owned())
        }
    };
    let value = |v: f64| write(v, kind, &name, &intent.wishes);
    let get = |which: &str| results.number(&format!("{which} value")).zip(results.text(&format!("{which} when")));
    let which = match task.extreme {
        Some(End::Highest) => "highest",
        Some(End::Lowest) => "lowest",
        None => "last",
    };
    let Some((v, when)) = get(which) else { return };
    let unit = if percent { " %" } else { "" };
    let step = matches!(task.window, Window::Step | Window::StepPercent);
    story.headline = if step {
        let verb = if v < 0.0 { "drop" } else { "rise" };
        format!("The largest {verb} of {} was {}{unit}, in {when}.", task.column, value(v.abs()))
    } else {
        format!("The {which} {name} is {} ({when}).", value(v))
    };
    let told = if step { v.abs() } else { v };
    let about = format!("{which} {words} maximum minimum max min{}", if percent { " (%)" } else { "" });
    story.fact(Fact::number(&about, value(told)).exact(told));
    story.fact(Fact::name("when | month date day period year week quarter time name", when));
    for other in ["highest", "lowest", "last"] {
        if let Some((v, when)) = get(other).filter(|_| other != which) {
            story.finding(format!("{}: {} ({when}).", super::relations::capital(other), value(v)));
        }
    }
    if let Some(n) = results.number("rows used") {
        story.n(n);
    }
}
