//! A number over time: each period, its change against the one before, the best and the worst.

use super::aggregate::of_series;
use super::prepare::{as_time, mask, period_code, working_copy};
use super::script::{Script, column, quote};
use crate::builtin::intent::{Aggregate, Intent, Quantity, Trend};
use crate::builtin::labels;
use crate::builtin::periods::Grain;
use crate::builtin::schema::Schema;
use crate::builtin::wishes::ChartKind;

/// Writes a trend.
pub(super) fn write(script: &mut Script, intent: &Intent, task: &Trend, schema: &Schema) {
    let numbers: Vec<&str> = match &task.measure.quantity {
        Quantity::Column(name) if task.measure.aggregate != Aggregate::Count => vec![name],
        _ => Vec::new(),
    };
    working_copy(script, intent, schema, &numbers);
    let label = labels::measure(&task.measure);
    let (ql, grain) = (quote(&label), task.grain.name());
    script.comment(&format!("{label} by {grain}"));
    script.line(format!("when = {}", as_time(&task.column, task.form)));
    script.metric("rows without a date", "int(when.isna().sum())");
    script.line("data = data[when.notna()].copy()");
    script.line(format!("data[\"period\"] = when.dropna().dt.to_period(\"{}\")", period_code(task.grain)));
    if let Some(split) = &task.split {
        split_lines(script, task, split, &label);
        return;
    }
    let values = match &task.measure.quantity {
        Quantity::Rows | Quantity::Weighted(..) => "data.groupby(\"period\").size()".to_owned(),
        Quantity::Holds(condition) => {
            script.line(format!("data[\"_holds\"] = ({}).astype(\"float\")", mask(condition)));
            "data.groupby(\"period\")[\"_holds\"].mean() * 100".to_owned()
        }
        Quantity::Column(name) => {
            let series = format!("data.groupby(\"period\")[{}]", quote(name));
            match task.measure.aggregate {
                Aggregate::Count => format!("{series}.count()"),
                Aggregate::Distinct => format!("{series}.nunique()"),
                other => of_series(other, &series),
            }
        }
    };
    script.line(format!("values = {values}"));
    script.comment("Every period of the span, also those without rows");
    script.line(
        "values = values.reindex(pd.period_range(values.index.min(), values.index.max(), freq=values.index.freq))",
    );
    if matches!(task.measure.aggregate, Aggregate::Count | Aggregate::Sum | Aggregate::Distinct) {
        script.line("values = values.fillna(0)");
    }
    if task.cumulative {
        script.line("values = values.cumsum()");
    }
    script
        .line(format!("result = pd.DataFrame({{\"{grain}\": {}, {ql}: values.to_numpy()}})", period_names(task.grain)));
    script.line(format!("result[\"change (%)\"] = result[{ql}].pct_change(fill_method=None).replace([float(\"inf\"), float(\"-inf\")], float(\"nan\")) * 100"));
    findings(script, &label, grain);
    let title = title(task, intent);
    script.line(format!("table(result, {})", quote(&title)));
    draw(script, intent, &label, grain, &title);
}

/// Title of the table and the chart.
pub(in super::super) fn title(task: &Trend, intent: &Intent) -> String {
    let label = labels::measure(&task.measure);
    let running = if task.cumulative { "cumulative " } else { "" };
    let mut title = format!("{running}{label} by {}{}", task.grain.name(), labels::conditions(&intent.conditions));
    if let Some(first) = title.get(..1).map(str::to_uppercase) {
        title.replace_range(..1, &first);
    }
    title
}

fn period_names(grain: Grain) -> &'static str {
    match grain {
        Grain::Week => "values.index.start_time.strftime(\"%Y-%m-%d\")",
        Grain::Quarter => "values.index.astype(\"str\").str.replace(\"Q\", \"-Q\")",
        _ => "values.index.astype(\"str\")",
    }
}

fn findings(script: &mut Script, label: &str, grain: &str) {
    let ql = quote(label);
    script.comment("What the answer tells");
    script.metric("rows used", "len(data)");
    script.metric("number of periods", "len(result)");
    script.line(format!("known = result.dropna(subset=[{ql}])"));
    script.line("if len(known):");
    script.line(format!("    best = known.loc[known[{ql}].idxmax()]\n    worst = known.loc[known[{ql}].idxmin()]\n    first, last = known.iloc[0], known.iloc[-1]"));
    let mut metric = |name: &str, expression: &str| script.line(format!("    metric({}, {expression})", quote(name)));
    metric(&labels::top_group(grain, label), &format!("best[\"{grain}\"]"));
    metric(&labels::highest(label), &format!("best[{ql}]"));
    metric(&format!("change in the highest {grain} (%)"), "best[\"change (%)\"]");
    metric(&labels::bottom_group(grain, label), &format!("worst[\"{grain}\"]"));
    metric(&labels::lowest(label), &format!("worst[{ql}]"));
    metric(&format!("change in the lowest {grain} (%)"), "worst[\"change (%)\"]");
    metric(&format!("first {grain}"), &format!("first[\"{grain}\"]"));
    metric(&format!("{label} in the first {grain}"), &format!("first[{ql}]"));
    metric(&format!("last {grain}"), &format!("last[\"{grain}\"]"));
    metric(&format!("{label} in the last {grain}"), &format!("last[{ql}]"));
    metric(&format!("change in the last {grain} (%)"), "last[\"change (%)\"]");
    metric("change from first to last (%)", &format!("(last[{ql}] / first[{ql}] - 1) * 100 if first[{ql}] else None"));
    metric(&format!("mean {label} per {grain}"), &format!("known[{ql}].mean()"));
    script.line(format!("if len(known) >= 3:\n    metric(\"trend slope per {grain}\", pd.Series(range(len(known))).cov(known[{ql}].reset_index(drop=True).astype(\"float\")) / pd.Series(range(len(known))).var())"));
}

fn draw(script: &mut Script, intent: &Intent, label: &str, grain: &str, title: &str) {
    script.import("import plotly.express as px");
    let (ql, qt) = (quote(label), quote(title));
    let kind = if intent.wishes.chart == Some(ChartKind::Area) { "area" } else { "line" };
    script.line("");
    script.line(format!("fig = px.{kind}(result, x=\"{grain}\", y={ql}, title={qt}, markers=True)"));
    script.line(format!("show(fig, {qt})"));
}

/// One line for each value of a column.
fn split_lines(script: &mut Script, task: &Trend, split: &str, label: &str) {
    script.import("import plotly.express as px");
    let (ql, qs, grain) = (quote(label), quote(split), task.grain.name());
    let values = match &task.measure.quantity {
        Quantity::Column(name) => {
            let series = format!("groups[{}]", quote(name));
            match task.measure.aggregate {
                Aggregate::Count => format!("{series}.count()"),
                other => of_series(other, &series),
            }
        }
        _ => "groups.size()".to_owned(),
    };
    script.line(format!("groups = data.groupby([\"period\", {qs}], observed=True)"));
    script.line(format!("result = pd.DataFrame({{{ql}: {values}}}).reset_index()"));
    script.line(format!("result.insert(0, \"{grain}\", result.pop(\"period\").astype(\"str\"))"));
    script.metric("rows used", "len(data)");
    script.metric("number of periods", &format!("result[\"{grain}\"].nunique()"));
    script.line(format!("best = result.loc[result[{ql}].idxmax()]"));
    script.metric(&labels::top_group(grain, label), &format!("best[\"{grain}\"]"));
    script.metric(&labels::top_group(split, label), &format!("str(best[{qs}])"));
    script.metric(&labels::highest(label), &format!("best[{ql}]"));
    let title = format!("{label} by {grain} and {split}");
    let qt = quote(&title);
    script.line(format!("table(result, {qt})"));
    script.line(format!("fig = px.line(result, x=\"{grain}\", y={ql}, color={qs}, title={qt}, markers=True)"));
    script.line(format!("show(fig, {qt})"));
    let _ = column;
}
