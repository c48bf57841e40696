//! Contrasts, a mean against a number, shares, principal components, forecasts and moving windows.

use super::aggregate::of_series;
use super::charts;
use super::prepare::{as_time, mask, period_code, working_copy};
use super::script::{Script, column, quote, quote_list};
use crate::builtin::intent::{
    Aggregate, Condition, Contrast, Forecast, Intent, Measure, Method, OneSample, Proportion, Quantity, Rolling, Side,
    Window,
};
use crate::builtin::labels;
use crate::builtin::schema::Schema;

fn alternative(side: Side) -> &'static str {
    match side {
        Side::Both => "two-sided",
        Side::Greater => "greater",
        Side::Less => "less",
    }
}

/// Columns a measure needs as numbers.
fn numbers(measure: &Measure) -> Vec<&str> {
    match &measure.quantity {
        Quantity::Column(name)
            if !matches!(measure.aggregate, Aggregate::Count | Aggregate::Distinct | Aggregate::Mode) =>
        {
            vec![name]
        }
        _ => Vec::new(),
    }
}

/// Writes a contrast.
pub(super) fn contrast(script: &mut Script, intent: &Intent, task: &Contrast, schema: &Schema) {
    let mut needed = numbers(&task.measure);
    for condition in task.first.1.iter().chain(&task.second.1) {
        needed.extend(super::prepare::compared(condition));
    }
    working_copy(script, intent, schema, &needed);
    script.comment("The two sets of rows");
    let all = |list: &[Condition]| list.iter().map(|c| format!("({})", mask(c))).collect::<Vec<_>>().join(" & ");
    script.line(format!("first = data[{}]", all(&task.first.1)));
    script.line(format!("second = data[{}]", all(&task.second.1)));
    let value = |frame: &str| match &task.measure.quantity {
        Quantity::Column(name) => of_series(task.measure.aggregate, &format!("{frame}[{}]", quote(name))),
        _ => format!("len({frame})"),
    };
    script.line(format!("one, two = {}, {}", value("first"), value("second")));
    script.metric("rows used", "len(first) + len(second)");
    script.metric("rows of the first", "len(first)");
    script.metric("rows of the second", "len(second)");
    script.metric("first value", "one");
    script.metric("second value", "two");
    script.metric("difference", "one - two");
    script.metric("ratio", "one / two if two else None");
    script.metric("change from the first to the second (%)", "(two / one - 1) * 100 if one else None");
    script.metric("change from the second to the first (%)", "(one / two - 1) * 100 if two else None");
}

/// Writes a test of a mean, or its interval.
pub(super) fn one_sample(script: &mut Script, intent: &Intent, task: &OneSample, schema: &Schema) {
    working_copy(script, intent, schema, &[&task.column]);
    script.import("from scipy import stats");
    script.line(format!("values = {}.dropna()", column(&task.column)));
    script.line(format!("alpha = {}", intent.wishes.alpha));
    script.metric("rows used", "len(values)");
    script.metric(&format!("missing {}", task.column), "len(data) - len(values)");
    script.metric("mean", "values.mean()");
    script.metric("standard deviation", "values.std()");
    script.line("low, high = stats.t.interval(1 - alpha, len(values) - 1, loc=values.mean(), scale=stats.sem(values))");
    script.metric("interval of the mean, low", "low");
    script.metric("interval of the mean, high", "high");
    if let Some(against) = task.against {
        script.comment(&format!("The mean against {against}"));
        script
            .line(format!("result = stats.ttest_1samp(values, {against}, alternative=\"{}\")", alternative(task.side)));
        script.metric("test", "\"one-sample t-test\"");
        script.metric("t", "result.statistic");
        script.metric("degrees of freedom", "result.df");
        script.metric("p-value", "result.pvalue");
        script.metric("significant", "\"yes\" if result.pvalue < alpha else \"no\"");
        script.metric("Cohen's d", &format!("(values.mean() - {against}) / values.std()"));
    }
    let title = format!("Distribution of {}{}", task.column, labels::conditions(&intent.conditions));
    charts::histogram(script, "data", &task.column, &title);
}

/// Writes a test of shares.
pub(super) fn proportion(script: &mut Script, intent: &Intent, task: &Proportion, schema: &Schema) {
    working_copy(script, intent, schema, &super::prepare::compared(&task.holds));
    script.line(format!("alpha = {}", intent.wishes.alpha));
    script.line(format!("holds = {}", mask(&task.holds)));
    match &task.group {
        Some((group, order)) => {
            script.import("from statsmodels.stats.proportion import proportions_ztest, proportion_confint");
            script.comment("How many of each group");
            let literal = |v: &String| {
                let number = schema.named(group).is_some_and(|f| f.is_numeric()) && v.parse::<f64>().is_ok();
                if number { v.clone() } else { quote(v) }
            };
            for (name, value) in ["first", "second"].into_iter().zip(order) {
                script.line(format!("{name} = holds[{} == {}]", column(group), literal(value)));
            }
            script.line("table(pd.DataFrame({\"group\": ");
            script.line(format!("    {}, \"n\": [len(first), len(second)], \"rows counted\": [int(first.sum()), int(second.sum())], \"share (%)\": [first.mean() * 100, second.mean() * 100]}}), \"Shares\")", quote_list(order)));
            script.comment("Two-proportion z-test");
            let side = match task.side {
                Side::Both => "two-sided",
                Side::Greater => "larger",
                Side::Less => "smaller",
            };
            script.line(format!("z, p = proportions_ztest([first.sum(), second.sum()], [len(first), len(second)], alternative=\"{side}\")"));
            script.metric("rows used", "len(first) + len(second)");
            script.metric("test", "\"two-proportion z-test\"");
            script.metric("z", "z");
            script.metric("difference of shares (percentage points)", "(first.mean() - second.mean()) * 100");
        }
        None => {
            script.import("from scipy import stats");
            let against = task.against.unwrap_or(0.5);
            script.comment("Exact binomial test");
            script.line(format!(
                "p = stats.binomtest(int(holds.sum()), len(holds), {against}, alternative=\"{}\").pvalue",
                alternative(task.side)
            ));
            script.metric("rows used", "len(holds)");
            script.metric("rows counted", "int(holds.sum())");
            script.metric("share (%)", "holds.mean() * 100");
            script.metric("test", "\"binomial test\"");
        }
    }
    script.metric("p-value", "p");
    script.metric("significance level", "alpha");
    script.metric("significant", "\"yes\" if p < alpha else \"no\"");
}

/// Writes principal components.
pub(super) fn components(script: &mut Script, intent: &Intent, columns: &[String], schema: &Schema) {
    let names: Vec<&str> = columns.iter().map(String::as_str).collect();
    working_copy(script, intent, schema, &names);
    script.import("import numpy as np");
    script.import("import plotly.express as px");
    script.comment("Complete rows, every column with mean 0 and standard deviation 1");
    script.line(format!("rows = data[{}].dropna()", quote_list(columns)));
    script.line("scaled = (rows - rows.mean()) / rows.std(ddof=0)");
    script.line("_, singular, axes = np.linalg.svd(scaled.to_numpy(), full_matrices=False)");
    script.line("share = singular ** 2 / (singular ** 2).sum() * 100");
    script.metric("rows used", "len(rows)");
    script.metric("rows left out", "len(data) - len(rows)");
    script.line("for number, part in enumerate(share[:6], start=1):\n    metric(f\"variance explained by component {number} (%)\", part)");
    script.metric("variance explained by the first two components (%)", "share[:2].sum()");
    script.metric("components for 90 % of the variance", "int((share.cumsum() < 90 - 1e-9).sum() + 1)");
    script.line("loadings = pd.DataFrame(axes.T, columns=[f\"component {k}\" for k in range(1, len(share) + 1)])\nloadings.insert(0, \"column\", rows.columns)");
    script.line("metric(\"column with the largest loading on component 1\", loadings.loc[loadings[\"component 1\"].abs().idxmax(), \"column\"])");
    script.line("table(loadings, \"Loadings\")");
    script.line("drawn = pd.DataFrame({\"component\": [str(k) for k in range(1, len(share) + 1)], \"variance explained (%)\": share})");
    script.line("fig = px.bar(drawn, x=\"component\", y=\"variance explained (%)\", title=\"Variance explained by each component\")\nshow(fig, \"Variance explained by each component\")");
}

/// Writes a forecast with its error on a part of the past that it has not seen.
pub(super) fn forecast(script: &mut Script, intent: &Intent, task: &Forecast, schema: &Schema) {
    working_copy(script, intent, schema, &numbers(&task.measure));
    script.import("import numpy as np");
    script.import("import plotly.graph_objects as go");
    let grain = task.grain.name();
    let code = period_code(task.grain);
    script.comment(&format!("{} by {grain}, without gaps", labels::measure(&task.measure)));
    script.line(format!("when = {}", as_time(&task.column, task.form)));
    script.line(format!("data = data[when.notna()].assign(period=when.dropna().dt.to_period(\"{code}\"))"));
    let values = match &task.measure.quantity {
        Quantity::Column(name) => {
            of_series(task.measure.aggregate, &format!("data.groupby(\"period\")[{}]", quote(name)))
        }
        _ => "data.groupby(\"period\").size()".to_owned(),
    };
    script.line(format!("values = {values}"));
    script.line("values = values.reindex(pd.period_range(values.index.min(), values.index.max(), freq=values.index.freq)).astype(\"float\").interpolate()");
    let season = task.season.unwrap_or(match task.grain {
        crate::builtin::periods::Grain::Month => 12,
        crate::builtin::periods::Grain::Quarter => 4,
        crate::builtin::periods::Grain::Week => 52,
        crate::builtin::periods::Grain::Day => 7,
        crate::builtin::periods::Grain::Hour => 24,
        _ => 1,
    });
    script.line(format!("season, horizon = {season}, {}", task.horizon));
    let (name, body) = match task.method {
        Method::Naive => ("the last value", "    return np.repeat(past.iloc[-1], n)"),
        Method::SeasonalNaive => (
            "the value of the season before",
            "    return np.array([past.iloc[len(past) - season + k % season] for k in range(n)])",
        ),
        Method::Mean => ("the mean of the past", "    return np.repeat(past.mean(), n)"),
        Method::Linear => (
            "a straight line",
            "    slope, start = np.polyfit(np.arange(len(past)), past.to_numpy(), 1)\n    return start + slope * (len(past) + np.arange(n))",
        ),
        Method::Smoothing => {
            script.import("from statsmodels.tsa.holtwinters import ExponentialSmoothing");
            (
                "exponential smoothing",
                "    seasonal = \"add\" if season > 1 and len(past) >= 2 * season + 4 else None\n    model = ExponentialSmoothing(past.to_numpy(), trend=\"add\" if len(past) >= 10 else None, seasonal=seasonal, seasonal_periods=season if seasonal else None, initialization_method=\"estimated\")\n    return model.fit().forecast(n)",
            )
        }
        Method::Arima(..) => {
            script.import("from statsmodels.tsa.arima.model import ARIMA");
            ("ARIMA", "    return ARIMA(past.to_numpy(), order=order).fit().forecast(n)")
        }
    };
    if let Method::Arima(p, d, q) = task.method {
        script.line(format!("order = ({p}, {d}, {q})"));
    }
    script.comment(&format!("Forecast by {name}"));
    script.line(format!("def ahead(past, n):\n{body}"));
    script.line("predicted = ahead(values, horizon)");
    script.line("future = pd.period_range(values.index[-1] + 1, periods=horizon, freq=values.index.freq)");
    script.metric("method", &quote(name));
    script.metric("rows used", "len(data)");
    script.metric("number of periods", "len(values)");
    script.line("for number, (period, value) in enumerate(zip(future, predicted), start=1):\n    metric(f\"forecast {number}\", float(value))\n    metric(f\"forecast {number} is for\", str(period))");
    script.comment("How far off it would have been on the last part of the past");
    script.line("held = min(horizon, len(values) // 4)\nif held >= 1 and len(values) - held > season:\n    error = np.abs(ahead(values.iloc[:-held], held) - values.iloc[-held:].to_numpy())\n    metric(\"mean absolute error on held-out periods\", error.mean())\n    metric(\"held-out periods\", held)");
    let title = quote(&format!("Forecast of {}", labels::measure(&task.measure)));
    script.line(format!(
        "table(pd.DataFrame({{{}: future.astype(\"str\"), \"forecast\": predicted}}), {title})",
        quote(grain)
    ));
    script.line("fig = go.Figure([go.Scatter(x=values.index.astype(\"str\"), y=values.to_numpy(), name=\"past\", mode=\"lines\"), go.Scatter(x=future.astype(\"str\"), y=predicted, name=\"forecast\", mode=\"lines+markers\")])");
    script.line(format!(
        "fig.update_layout(title={title}, xaxis_title={}, yaxis_title={})\nshow(fig, {title})",
        quote(grain),
        quote(&labels::measure(&task.measure))
    ));
}

/// Writes a window that moves over time.
pub(super) fn rolling(script: &mut Script, intent: &Intent, task: &Rolling, schema: &Schema) {
    working_copy(script, intent, schema, &[&task.column]);
    script.import("import plotly.express as px");
    script.comment("In order of time");
    script.line(format!("when = {}", as_time(&task.time, task.form)));
    script.line("data = data[when.notna()].assign(when=when.dropna()).sort_values(\"when\", kind=\"stable\")");
    match task.grain {
        Some(grain) => {
            script.line(format!(
                "values = data.groupby(data[\"when\"].dt.to_period(\"{}\"))[{}].sum(min_count=1)",
                period_code(grain),
                quote(&task.column)
            ));
            script.line("names = values.index.astype(\"str\")");
        }
        None => {
            script.line(format!("values = data[{}].reset_index(drop=True)", quote(&task.column)));
            script.line("names = data[\"when\"].astype(\"str\").str.slice(0, 19).str.replace(\" 00:00:00\", \"\", regex=False).to_numpy()");
        }
    }
    let (name, expression) = match task.window {
        Window::Mean(n) => {
            (format!("moving average of {} over {n}", task.column), format!("values.rolling({n}).mean()"))
        }
        Window::Step => (format!("change of {}", task.column), "values.diff()".to_owned()),
        Window::StepPercent => {
            (format!("change of {} (%)", task.column), "values.pct_change(fill_method=None) * 100".to_owned())
        }
    };
    script.line(format!(
        "result = pd.DataFrame({{\"when\": names, {}: {}.to_numpy()}})",
        quote(&name),
        format_args!("({expression})")
    ));
    script.line(format!("known = result.dropna(subset=[{}])", quote(&name)));
    script.metric("rows used", "len(data)");
    script.line("if len(known):");
    let q = quote(&name);
    script.line(format!(
        "    best, worst, last = known.loc[known[{q}].idxmax()], known.loc[known[{q}].idxmin()], known.iloc[-1]"
    ));
    for (label, row) in [("highest", "best"), ("lowest", "worst"), ("last", "last")] {
        script.line(format!(
            "    metric(\"{label} value\", {row}[{q}])\n    metric(\"{label} when\", str({row}[\"when\"]))"
        ));
    }
    let title = quote(&format!("{name}{}", labels::conditions(&intent.conditions)));
    script.line(format!("table(result, {title})"));
    script.line(format!("fig = px.line(result, x=\"when\", y={q}, title={title})\nshow(fig, {title})"));
}
