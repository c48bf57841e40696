//! A curve with unknown parameters, fitted by least squares.

use super::charts;
use super::prepare::working_copy;
use super::script::{Script, quote, quote_list};
use crate::builtin::curves::Curve;
use crate::builtin::intent::Intent;
use crate::builtin::schema::Schema;

/// Writes the fit.
pub(super) fn write(script: &mut Script, intent: &Intent, curve: &Curve, schema: &Schema) {
    let features = curve.formula.columns();
    let used: Vec<&str> = features.iter().chain(std::iter::once(&curve.target)).map(String::as_str).collect();
    working_copy(script, intent, schema, &used);
    script.import("import numpy as np");
    script.import("from scipy.optimize import curve_fit");
    let all: Vec<String> = features.iter().cloned().chain(std::iter::once(curve.target.clone())).collect();
    script.comment("Complete rows only");
    script.line(format!("rows = data[{}].dropna()", quote_list(&all)));
    script.metric("rows used", "len(rows)");
    script.metric("rows left out", "len(data) - len(rows)");
    script.comment("The curve and where the search for its parameters starts");
    let names: Vec<&str> = curve.parameters.iter().map(|(n, _)| n.as_str()).collect();
    let starts: Vec<String> = curve.parameters.iter().map(|(_, v)| format!("{v}")).collect();
    script.line(format!(
        "def curve(rows, {}):\n    return {}",
        names.join(", "),
        curve.formula.write(&|c| format!("rows[{}]", quote(c)))
    ));
    script.line(format!("y = rows[{}]", quote(&curve.target)));
    script.line(format!(
        "found, covariance = curve_fit(curve, rows, y, p0=[{}], maxfev=100000, ftol=1e-15, xtol=1e-15, gtol=1e-15)",
        starts.join(", ")
    ));
    script.line("errors = np.sqrt(np.diag(covariance))");
    script.line("fitted = curve(rows, *found)");
    script.line("residuals = y - fitted");
    for (i, name) in names.iter().enumerate() {
        script.metric(name, &format!("found[{i}]"));
        script.metric(&format!("standard error of {name}"), &format!("errors[{i}]"));
    }
    script.metric("residual sum of squares", "(residuals ** 2).sum()");
    script.metric(
        "residual standard deviation",
        &format!("((residuals ** 2).sum() / (len(rows) - {})) ** 0.5", names.len()),
    );
    script.metric("R squared", "1 - (residuals ** 2).sum() / ((y - y.mean()) ** 2).sum()");
    let list: Vec<String> = names.iter().map(|n| quote(n)).collect();
    script.line(format!(
        "table(pd.DataFrame({{\"parameter\": [{}], \"value\": found, \"standard error\": errors}}), \"Parameters\")",
        list.join(", ")
    ));
    if let [x] = features.as_slice() {
        let title = format!("{} against {x}, with the fitted curve", curve.target);
        let (qx, qt) = (quote(x), quote(&title));
        script.import("import plotly.express as px");
        script.line(format!("fig = px.scatter(rows, x={qx}, y={}, title={qt}, opacity=0.6)", quote(&curve.target)));
        script.line(format!("ordered = rows.assign(fitted=fitted).sort_values({qx})"));
        script.line(format!(
            "fig.add_scatter(x=ordered[{qx}], y=ordered[\"fitted\"], mode=\"lines\", name=\"fitted\")\nshow(fig, {qt})"
        ));
    } else {
        script.line("drawn = pd.DataFrame({\"fitted\": fitted, \"observed\": y})");
        charts::points(
            script,
            "drawn",
            "fitted",
            "observed",
            &format!("{}: observed against fitted", curve.target),
            Some(("1", "0")),
        );
    }
}
