//! Charts: the asked kind, else the right one. Axes are named, bars start at zero.

use super::script::{Script, quote};
use crate::builtin::wishes::ChartKind;

/// Categories a bar chart shows before the rest becomes one bar, unless bars were asked for.
const MANY_BARS: usize = 20;
/// Categories shown when a bar chart was asked for.
const ALL_BARS: usize = 200;

/// A table drawn by its first columns.
#[derive(Debug, Clone, Copy)]
pub(super) struct Drawn<'a> {
    /// Variable of the table.
    pub(super) table: &'a str,
    /// Column across.
    pub(super) x: &'a str,
    /// Column up.
    pub(super) y: &'a str,
    /// Column that makes colours.
    pub(super) color: Option<&'a str>,
    /// Above the chart.
    pub(super) title: &'a str,
    /// Whether the values across have an order of their own.
    pub(super) ordered: bool,
}

/// Draws groups with their numbers.
pub(super) fn groups(script: &mut Script, drawn: Drawn<'_>, wish: Option<ChartKind>) {
    script.import("import plotly.express as px");
    let Drawn { table, x, y, color, title, ordered } = drawn;
    let (qx, qy, qt) = (quote(x), quote(y), quote(title));
    let by_color = color.map(|c| format!(", color={}", quote(c))).unwrap_or_default();
    match wish {
        Some(ChartKind::Pie) => script.line(format!("fig = px.pie({table}, names={qx}, values={qy}, title={qt})")),
        Some(ChartKind::Line) => {
            script.line(format!("fig = px.line({table}, x={qx}, y={qy}{by_color}, title={qt}, markers=True)"))
        }
        Some(ChartKind::Area) => script.line(format!("fig = px.area({table}, x={qx}, y={qy}{by_color}, title={qt})")),
        Some(ChartKind::Scatter) => {
            script.line(format!("fig = px.scatter({table}, x={qx}, y={qy}{by_color}, title={qt})"))
        }
        Some(ChartKind::Heatmap) if color.is_some() => {
            let c = quote(color.unwrap_or_default());
            script.line(format!(
                "fig = px.imshow({table}.pivot(index={c}, columns={qx}, values={qy}), title={qt}, aspect=\"auto\")"
            ));
        }
        _ => bars(script, drawn, wish, &by_color),
    }
    let _ = ordered;
    script.line(format!("show(fig, {qt})"));
}

fn bars(script: &mut Script, drawn: Drawn<'_>, wish: Option<ChartKind>, by_color: &str) {
    let Drawn { table, x, y, color, title, ordered } = drawn;
    let (qx, qy, qt) = (quote(x), quote(y), quote(title));
    let limit = if wish.is_some() { ALL_BARS } else { MANY_BARS };
    let mode = match (color, wish) {
        (Some(_), Some(ChartKind::StackedBar)) => ", barmode=\"stack\"",
        (Some(_), _) => ", barmode=\"group\"",
        _ => "",
    };
    let shown = if color.is_none() && !ordered {
        script.line(format!("shown = {table}.head({limit})  # the largest first; the table has all"));
        "shown"
    } else {
        table
    };
    script.line(format!("fig = px.bar({shown}, x={qx}, y={qy}{by_color}{mode}, title={qt})"));
    script.line("fig.update_xaxes(type=\"category\")");
    script.line("fig.update_yaxes(rangemode=\"tozero\")");
}

/// A histogram of a column.
pub(super) fn histogram(script: &mut Script, table: &str, x: &str, title: &str) {
    script.import("import plotly.express as px");
    let (qx, qt) = (quote(x), quote(title));
    script.line(format!("fig = px.histogram({table}, x={qx}, title={qt})"));
    script.line("fig.update_yaxes(title=\"number of rows\")");
    script.line(format!("show(fig, {qt})"));
}

/// A box for each group of a column.
pub(super) fn boxes(script: &mut Script, table: &str, x: Option<&str>, y: &str, title: &str, violin: bool) {
    script.import("import plotly.express as px");
    let (qy, qt) = (quote(y), quote(title));
    let x = x.map(|x| format!(", x={}", quote(x))).unwrap_or_default();
    let (kind, points) = if violin { ("violin", ", box=True") } else { ("box", "") };
    script.line(format!("fig = px.{kind}({table}{x}, y={qy}, title={qt}{points})"));
    script.line(format!("show(fig, {qt})"));
}

/// Points of two columns, with the line of least squares when `line` holds slope and intercept.
pub(super) fn points(script: &mut Script, table: &str, x: &str, y: &str, title: &str, line: Option<(&str, &str)>) {
    script.import("import plotly.express as px");
    let (qx, qy, qt) = (quote(x), quote(y), quote(title));
    script.line(format!("fig = px.scatter({table}, x={qx}, y={qy}, title={qt}, opacity=0.6)"));
    if let Some((slope, intercept)) = line {
        script.line(format!("ends = [{table}[{qx}].min(), {table}[{qx}].max()]"));
        script.line(format!("fig.add_scatter(x=ends, y=[{intercept} + {slope} * e for e in ends], mode=\"lines\", name=\"least squares\")"));
    }
    script.line(format!("show(fig, {qt})"));
}
