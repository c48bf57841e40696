//! How columns move together: correlation of a pair, a matrix, or against a target; association of categories.

use super::charts;
use super::prepare::working_copy;
use super::script::{Script, column, quote, quote_list};
use crate::builtin::intent::{Coefficient, Correlation, Intent};
use crate::builtin::labels;
use crate::builtin::schema::Schema;

/// Writes a correlation.
pub(super) fn correlation(script: &mut Script, intent: &Intent, task: &Correlation, schema: &Schema) {
    let names: Vec<&str> = task.columns.iter().map(String::as_str).collect();
    working_copy(script, intent, schema, &names);
    match (&task.target, names.len()) {
        (Some(target), _) => against(script, task, target),
        (None, 2) => pair(script, intent, task),
        _ => matrix(script, task),
    }
}

fn function(coefficient: Coefficient) -> (&'static str, &'static str, &'static str) {
    match coefficient {
        Coefficient::Pearson => ("pearsonr", "Pearson correlation", "pearson"),
        Coefficient::Spearman => ("spearmanr", "Spearman rank correlation", "spearman"),
        Coefficient::Kendall => ("kendalltau", "Kendall's tau", "kendall"),
    }
}

fn pair(script: &mut Script, intent: &Intent, task: &Correlation) {
    let (a, b) = (&task.columns[0], &task.columns[1]);
    let (call, name, _) = function(task.coefficient);
    script.import("from scipy import stats");
    script.comment("Rows that have both values");
    script.line(format!("pairs = data[{}].dropna()", quote_list(&task.columns)));
    script.metric("rows used", "len(pairs)");
    script.metric("rows left out", "len(data) - len(pairs)");
    script.line(format!("x, y = pairs[{}], pairs[{}]", quote(a), quote(b)));
    script.comment(name);
    script.line(format!("result = stats.{call}(x, y)"));
    script.line("r, p = result.statistic, result.pvalue");
    script.metric("test", &quote(name));
    script.metric("correlation", "r");
    script.metric("p-value", "p");
    if task.coefficient == Coefficient::Pearson {
        script.line(format!("interval = result.confidence_interval({})", 1.0 - intent.wishes.alpha));
        script.metric("interval of the correlation, low", "interval.low");
        script.metric("interval of the correlation, high", "interval.high");
        script.metric("r squared", "r ** 2");
        script.metric("Spearman rank correlation", "stats.spearmanr(x, y).statistic");
    }
    script.metric("significance level", &format!("{}", intent.wishes.alpha));
    script.metric("significant", &format!("\"yes\" if p < {} else \"no\"", intent.wishes.alpha));
    script.comment("The pairs, with the line of least squares");
    script.line("slope = x.cov(y) / x.var()\nintercept = y.mean() - slope * x.mean()");
    let title = format!("{b} against {a}{}", labels::conditions(&intent.conditions));
    charts::points(script, "pairs", a, b, &title, Some(("slope", "intercept")));
}

fn matrix(script: &mut Script, task: &Correlation) {
    let (_, name, method) = function(task.coefficient);
    script.import("import plotly.express as px");
    script.comment(&format!("{name} of every pair, each over the rows that have both values"));
    script.line(format!("columns = {}", quote_list(&task.columns)));
    script.line(format!("matrix = data[columns].corr(method=\"{method}\")"));
    script.line("pairs = pd.DataFrame([");
    script.line("    {\"column A\": a, \"column B\": b, \"correlation\": matrix.loc[a, b], \"n\": int(data[[a, b]].dropna().shape[0])}");
    script.line("    for i, a in enumerate(columns) for b in columns[i + 1:]\n]).dropna()");
    script.line("pairs = pairs.sort_values(\"correlation\", key=lambda c: c.abs(), ascending=False, kind=\"stable\").reset_index(drop=True)");
    script.metric("rows used", "len(data)");
    script.metric("number of columns", "len(columns)");
    script.line("if len(pairs):\n    strongest, weakest = pairs.iloc[0], pairs.iloc[-1]");
    script.line("    metric(\"strongest pair\", strongest[\"column A\"] + \" and \" + strongest[\"column B\"])");
    script.line("    metric(\"strongest correlation\", strongest[\"correlation\"])");
    script.line("    metric(\"weakest pair\", weakest[\"column A\"] + \" and \" + weakest[\"column B\"])");
    script.line("    metric(\"weakest correlation\", weakest[\"correlation\"])");
    script.line(format!("table(pairs, {})", quote(&format!("{name}, strongest first"))));
    let title = quote(&format!("{name} of {} columns", task.columns.len()));
    script.line(format!(
        "fig = px.imshow(matrix, zmin=-1, zmax=1, color_continuous_scale=\"RdBu_r\", text_auto=\".2f\", title={title})"
    ));
    script.line(format!("show(fig, {title})"));
}

fn against(script: &mut Script, task: &Correlation, target: &str) {
    let (call, name, _) = function(task.coefficient);
    script.import("from scipy import stats");
    script.import("import plotly.express as px");
    let others: Vec<String> = task.columns.iter().filter(|c| *c != target).cloned().collect();
    script.comment(&format!("{name} of each column with {target}, over the rows that have both values"));
    script.line("found = []");
    script.line(format!("for name in {}:", quote_list(&others)));
    script.line(format!("    both = data[[name, {}]].dropna()", quote(target)));
    script.line("    if len(both) < 3 or both[name].nunique() < 2:\n        continue");
    script.line(format!("    r = stats.{call}(both[name], both[{}])", quote(target)));
    script.line(
        "    found.append({\"column\": name, \"correlation\": r.statistic, \"p-value\": r.pvalue, \"n\": len(both)})",
    );
    script.line("result = pd.DataFrame(found).sort_values(\"correlation\", key=lambda c: c.abs(), ascending=False, kind=\"stable\").reset_index(drop=True)");
    script.metric("rows used", "len(data)");
    script.metric("number of columns", "len(result)");
    script.metric("column with the strongest correlation", "result.iloc[0][\"column\"]");
    script.metric("strongest correlation", "result.iloc[0][\"correlation\"]");
    script.metric("p-value", "result.iloc[0][\"p-value\"]");
    let title = quote(&format!("{name} with {target}"));
    script.line(format!("table(result, {title})"));
    script.line(format!("fig = px.bar(result, x=\"column\", y=\"correlation\", title={title})"));
    script.line(format!("show(fig, {title})"));
}

/// Writes a test of independence.
pub(super) fn association(
    script: &mut Script,
    intent: &Intent,
    rows: &str,
    columns: &str,
    exact: bool,
    schema: &Schema,
) {
    working_copy(script, intent, schema, &[]);
    script.import("from scipy import stats");
    script.import("import plotly.express as px");
    script.comment("How often each combination occurs");
    script.line(format!("counts = pd.crosstab({}, {})", column(rows), column(columns)));
    script.line("n = int(counts.to_numpy().sum())");
    script.metric("rows used", "n");
    script.metric("rows left out", "len(data) - n");
    script.comment("Chi-squared test of independence; Fisher's exact test for a small 2 × 2 table");
    script.line("result = stats.chi2_contingency(counts)");
    script.line("small = (result.expected_freq < 5).any()");
    script.line(format!("exact = counts.shape == (2, 2) and ({} or small)", if exact { "True" } else { "False" }));
    script.line("p = stats.fisher_exact(counts).pvalue if exact else result.pvalue");
    script.metric("test", "\"Fisher's exact test\" if exact else \"chi-squared test of independence\"");
    script.metric("chi-squared", "result.statistic");
    script.metric("degrees of freedom", "result.dof");
    script.metric("p-value", "p");
    script.metric("Cramér's V", "(stats.chi2_contingency(counts, correction=False).statistic / n / (min(counts.shape) - 1)) ** 0.5 if min(counts.shape) > 1 else None");
    script.metric("smallest expected count", "result.expected_freq.min()");
    script.metric("significance level", &format!("{}", intent.wishes.alpha));
    script.metric("significant", &format!("\"yes\" if p < {} else \"no\"", intent.wishes.alpha));
    script.line("shares = counts.div(counts.sum(axis=1), axis=0) * 100");
    let title = format!("{columns} by {rows}{}", labels::conditions(&intent.conditions));
    script.line(format!("table(counts.reset_index(), {})", quote(&format!("{title}, rows"))));
    script.line(format!("table(shares.reset_index(), {})", quote(&format!("{title}, percent of each {rows}"))));
    script.line(format!(
        "drawn = shares.reset_index().melt(id_vars={}, var_name={}, value_name=\"percent\")",
        quote(rows),
        quote(columns)
    ));
    script.line(format!("drawn[{c}] = drawn[{c}].astype(\"string\")", c = quote(columns)));
    script.line(format!(
        "fig = px.bar(drawn, x={}, y=\"percent\", color={}, title={})\nfig.update_xaxes(type=\"category\")",
        quote(rows),
        quote(columns),
        quote(&title)
    ));
    script.line(format!("show(fig, {})", quote(&title)));
}
