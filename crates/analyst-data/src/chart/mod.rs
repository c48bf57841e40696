//! Draws a table as a Plotly figure: the columns are named, the rest follows from their types.
//!
//! A chart says only what the rows say. Bars begin at zero. Rows of the same place are added up, as stacking would show
//! them. Of many categories the largest are shown and the others summed up as "other", never dropped silently.

mod series;

use analyst_types::ChartSpec;
use plotly::common::{Marker, Mode, Title};
use plotly::layout::{Axis, AxisType, BarMode, RangeMode};
use plotly::{Bar, BoxPlot, HeatMap, Histogram, Layout, Pie, Scatter, Trace};
use polars::prelude::*;
use serde_json::{Value, json};

use self::series::{Group, Points, group, sum_by};
use crate::value::nearest;
use crate::{DataError, dtype};

/// Categories on an axis, slices of a pie, series of a colour.
const MAX_CATEGORIES: usize = 30;
/// Points of a scatter plot; more are thinned out evenly, and the title says so.
const MAX_POINTS: usize = 20_000;
const KINDS: &[&str] = &["bar", "line", "scatter", "histogram", "box", "pie", "heatmap"];

/// Draws `frame` as `spec` says: a figure `{data, layout}`.
pub fn draw(frame: &DataFrame, spec: &ChartSpec) -> Result<Value, DataError> {
    let kind = spec.kind.trim().to_lowercase();
    if frame.height() == 0 {
        return refuse("The result has no rows, so there is nothing to draw.");
    }
    let columns = Columns::of(frame, spec)?;
    let mut layout = Layout::new().title(Title::with_text(shown(&spec.title)));
    let traces = match kind.as_str() {
        "bar" => bars(&columns, &mut layout)?,
        "line" => lines(&columns, &mut layout)?,
        "scatter" => scatter(&columns, &mut layout, &spec.title)?,
        "histogram" => histogram(&columns, &mut layout)?,
        "box" => boxes(&columns, &mut layout)?,
        "pie" => pie(&columns)?,
        "heatmap" => heatmap(&columns, &mut layout)?,
        _ => return refuse(format!("There is no chart {:?}. Use one of: {}.", spec.kind, KINDS.join(", "))),
    };
    let data: Vec<Value> =
        traces.iter().map(|trace| serde_json::from_str(&trace.to_json())).collect::<Result<_, _>>().map_err(failed)?;
    Ok(json!({ "data": data, "layout": serde_json::to_value(&layout).map_err(failed)? }))
}

fn refuse<T>(message: impl Into<String>) -> Result<T, DataError> {
    Err(DataError::Chart { message: message.into() })
}

fn failed(error: serde_json::Error) -> DataError {
    DataError::Chart { message: format!("The chart could not be drawn: {error}") }
}

/// Text as Plotly shall show it: it takes `<…>` for markup.
fn shown(text: &str) -> String {
    text.replace('<', "&lt;")
}

/// The columns of a chart, by their part in it.
struct Columns<'f> {
    x: &'f Series,
    y: Option<&'f Series>,
    color: Option<&'f Series>,
}

type Traces = Vec<Box<dyn Trace>>;

impl<'f> Columns<'f> {
    fn of(frame: &'f DataFrame, spec: &ChartSpec) -> Result<Self, DataError> {
        let find = |name: &str| {
            let names = || frame.get_column_names().into_iter().map(ToString::to_string).collect::<Vec<_>>();
            let exact = frame.column(name).ok();
            let column =
                exact.or_else(|| frame.columns().iter().find(|column| column.name().eq_ignore_ascii_case(name)));
            column
                .map(Column::as_materialized_series)
                .ok_or_else(|| DataError::NoSuchColumn { column: name.to_owned(), nearest: nearest(name, &names()) })
        };
        let optional =
            |name: &Option<String>| name.as_deref().filter(|name| !name.trim().is_empty()).map(find).transpose();
        Ok(Self { x: find(&spec.x)?, y: optional(&spec.y)?, color: optional(&spec.color)? })
    }

    fn y_name(&self) -> String {
        self.y.map_or_else(|| "count".to_owned(), |y| y.name().to_string())
    }

    /// The values of y, or one per row to be counted.
    fn heights(&self) -> Result<Vec<Option<f64>>, DataError> {
        match self.y {
            None => Ok(vec![Some(1.0); self.x.len()]),
            Some(y) => numbers(y),
        }
    }
}

fn numbers(series: &Series) -> Result<Vec<Option<f64>>, DataError> {
    let is_number = dtype::column_type(series.dtype()).is_numeric() || series.dtype() == &DataType::Boolean;
    let values = is_number.then(|| series.cast(&DataType::Float64).ok()).flatten();
    match values.as_ref().and_then(|values| values.f64().ok()) {
        Some(values) => Ok(values.iter().map(|value| value.filter(|value| value.is_finite())).collect()),
        None => refuse(format!(
            "{:?} does not hold numbers, which this chart needs. Choose another column or convert it.",
            series.name()
        )),
    }
}

/// Names the axes by their columns.
fn name_axes(layout: &mut Layout, x: &str, y: &str, x_type: Option<AxisType>, from_zero: bool) {
    let mut x_axis = Axis::new().title(Title::with_text(shown(x)));
    if let Some(kind) = x_type {
        x_axis = x_axis.type_(kind);
    }
    let mut y_axis = Axis::new().title(Title::with_text(shown(y)));
    if from_zero {
        y_axis = y_axis.range_mode(RangeMode::ToZero);
    }
    *layout = layout.clone().x_axis(x_axis).y_axis(y_axis);
}

/// Texts are categories even where they look like numbers.
fn axis_type(series: &Series) -> Option<AxisType> {
    match series.dtype() {
        DataType::String | DataType::Boolean => Some(AxisType::Category),
        DataType::Date | DataType::Datetime(..) => Some(AxisType::Date),
        _ => None,
    }
}

/// One series per value of the colour, in order of appearance; the places of x summed up.
fn summed(columns: &Columns<'_>) -> Result<Vec<Group>, DataError> {
    let heights = columns.heights()?;
    Ok(group(columns.x, &heights, columns.color, MAX_CATEGORIES))
}

fn bars(columns: &Columns<'_>, layout: &mut Layout) -> Result<Traces, DataError> {
    let series = summed(columns)?;
    name_axes(layout, columns.x.name(), &columns.y_name(), axis_type(columns.x), true);
    *layout = layout.clone().show_legend(series.len() > 1).bar_mode(BarMode::Group);
    Ok(series
        .into_iter()
        .map(|Group { name, points }| {
            let bar = Bar::new(points.x, points.y);
            let bar: Box<dyn Trace> = if name.is_empty() { bar } else { bar.name(shown(&name)) };
            bar
        })
        .collect())
}

fn lines(columns: &Columns<'_>, layout: &mut Layout) -> Result<Traces, DataError> {
    let mut series = summed(columns)?;
    if !matches!(columns.x.dtype(), DataType::String | DataType::Boolean) {
        series.iter_mut().for_each(|series| series.points.sort());
    }
    name_axes(layout, columns.x.name(), &columns.y_name(), axis_type(columns.x), false);
    *layout = layout.clone().show_legend(series.len() > 1);
    const FEW_POINTS: usize = 60;
    Ok(series
        .into_iter()
        .map(|Group { name, points }| {
            let mode = if points.x.len() <= FEW_POINTS { Mode::LinesMarkers } else { Mode::Lines };
            let line = Scatter::new(points.x, points.y).mode(mode);
            let line: Box<dyn Trace> = if name.is_empty() { line } else { line.name(shown(&name)) };
            line
        })
        .collect())
}

fn scatter(columns: &Columns<'_>, layout: &mut Layout, title: &str) -> Result<Traces, DataError> {
    let Some(y) = columns.y else { return refuse("A scatter plot needs a column for y.") };
    let heights = numbers(y)?;
    let n_rows = columns.x.len();
    let step = n_rows.div_ceil(MAX_POINTS).max(1);
    if step > 1 {
        let text = format!("{title} ({} of {n_rows} points)", n_rows.div_ceil(step));
        *layout = layout.clone().title(Title::with_text(shown(&text)));
    }
    let series = series::split(columns.x, &heights, columns.color, MAX_CATEGORIES, step);
    name_axes(layout, columns.x.name(), y.name(), axis_type(columns.x), false);
    *layout = layout.clone().show_legend(series.len() > 1);
    Ok(series
        .into_iter()
        .map(|Group { name, points }| {
            let dots = Scatter::new(points.x, points.y).mode(Mode::Markers).marker(Marker::new().opacity(0.7));
            let dots: Box<dyn Trace> = if name.is_empty() { dots } else { dots.name(shown(&name)) };
            dots
        })
        .collect())
}

fn histogram(columns: &Columns<'_>, layout: &mut Layout) -> Result<Traces, DataError> {
    if !dtype::column_type(columns.x.dtype()).is_numeric() {
        return bars(&Columns { y: None, ..*columns }, layout);
    }
    let values = numbers(columns.x)?;
    name_axes(layout, columns.x.name(), "count", None, true);
    let series = series::split_values(&values, columns.color, MAX_CATEGORIES);
    *layout = layout.clone().show_legend(series.len() > 1).bar_mode(BarMode::Overlay);
    let n_series = series.len();
    let (edges, width) = series::bins(&values);
    Ok(series
        .into_iter()
        .map(|(name, values)| {
            if values.len() > MAX_POINTS {
                // Too many to send one by one: counted here.
                let counts = series::count(&values, &edges, width);
                let centres: Vec<f64> = edges.iter().map(|edge| edge + width / 2.0).collect();
                let bar = Bar::new(centres, counts);
                let bar: Box<dyn Trace> = if name.is_empty() { bar } else { bar.name(shown(&name)) };
                return bar;
            }
            let bars = Histogram::new(values).opacity(if n_series > 1 { 0.6 } else { 1.0 });
            let bars: Box<dyn Trace> = if name.is_empty() { bars } else { bars.name(shown(&name)) };
            bars
        })
        .collect())
}

fn boxes(columns: &Columns<'_>, layout: &mut Layout) -> Result<Traces, DataError> {
    // Without y the one column is the one whose distribution is shown.
    let (values, categories) = match columns.y {
        Some(y) => (numbers(y)?, Some(columns.x)),
        None => (numbers(columns.x)?, None),
    };
    let by = columns.color.or(categories);
    let y_name = columns.y.unwrap_or(columns.x).name().to_string();
    name_axes(layout, categories.map_or("", |x| x.name()), &y_name, None, false);
    let series = series::split_values(&values, by, MAX_CATEGORIES);
    *layout = layout.clone().show_legend(false);
    Ok(series
        .into_iter()
        .map(|(name, values)| {
            let step = values.len().div_ceil(MAX_POINTS).max(1);
            let values: Vec<f64> = if step > 1 { thinned_keeping_order_statistics(values, step) } else { values };
            let trace = BoxPlot::new(values);
            let trace: Box<dyn Trace> = if name.is_empty() { trace } else { trace.name(shown(&name)) };
            trace
        })
        .collect())
}

/// Every `step`-th of the sorted values and both ends: the quartiles stay where they are.
fn thinned_keeping_order_statistics(mut values: Vec<f64>, step: usize) -> Vec<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let last = values.len() - 1;
    values
        .into_iter()
        .enumerate()
        .filter(|(index, _)| index % step == 0 || *index == last)
        .map(|(_, value)| value)
        .collect()
}

fn pie(columns: &Columns<'_>) -> Result<Traces, DataError> {
    let heights = columns.heights()?;
    let Points { x, y } = sum_by(columns.x, &heights, MAX_CATEGORIES);
    if y.iter().flatten().any(|value| *value < 0.0) {
        return refuse("A pie cannot show negative values. Use a bar chart.");
    }
    let labels: Vec<String> = x.iter().map(|label| shown(label.as_str().unwrap_or(&label.to_string()))).collect();
    let values: Vec<f64> = y.into_iter().map(Option::unwrap_or_default).collect();
    Ok(vec![Pie::new(values).labels(labels)])
}

fn heatmap(columns: &Columns<'_>, layout: &mut Layout) -> Result<Traces, DataError> {
    let Some(y) = columns.y else { return refuse("A heatmap needs a column for y.") };
    let values = match columns.color {
        Some(color) => numbers(color)?,
        None => vec![Some(1.0); columns.x.len()],
    };
    let (x, y_values, z) = series::cross(columns.x, y, &values, MAX_CATEGORIES);
    name_axes(layout, columns.x.name(), y.name(), axis_type(columns.x), false);
    Ok(vec![HeatMap::new(x, y_values, z)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(kind: &str, x: &str, y: Option<&str>, color: Option<&str>) -> ChartSpec {
        ChartSpec {
            kind: kind.into(),
            x: x.into(),
            y: y.map(str::to_owned),
            color: color.map(str::to_owned),
            title: "T <b>".into(),
        }
    }

    fn table() -> DataFrame {
        let mut frame = df!(
            "region" => ["N", "S", "N", "W"],
            "year" => ["2022", "2022", "2023", "2023"],
            "amount" => [Some(10i64), Some(20), Some(5), None],
            "x" => [1.0, 2.0, 3.0, 4.0],
        )
        .unwrap();
        let days = Series::new("day".into(), [19_724i32, 19_723, 19_725, 19_726]).cast(&DataType::Date).unwrap();
        frame.with_column(days.into_column()).unwrap();
        frame
    }

    #[test]
    fn each_kind_is_drawn_with_titles_and_names() {
        let cases = [
            (spec("bar", "region", Some("amount"), None), "bar", 1),
            (spec("bar", "region", Some("amount"), Some("year")), "bar", 2),
            (spec("line", "day", Some("amount"), None), "scatter", 1),
            (spec("scatter", "x", Some("amount"), Some("region")), "scatter", 2),
            (spec("histogram", "x", None, None), "histogram", 1),
            (spec("histogram", "region", None, None), "bar", 1),
            (spec("box", "region", Some("x"), None), "box", 3),
            (spec("pie", "region", Some("amount"), None), "pie", 1),
            (spec("heatmap", "region", Some("year"), Some("amount")), "heatmap", 1),
        ];
        for (spec, kind, n_traces) in cases {
            let figure = draw(&table(), &spec).unwrap();
            assert_eq!(figure["data"].as_array().unwrap().len(), n_traces, "{spec:?}");
            assert_eq!(figure["data"][0]["type"], kind, "{spec:?}");
            assert_eq!(figure["layout"]["title"]["text"], "T &lt;b>", "{spec:?}");
            if kind != "pie" {
                assert!(figure["layout"]["yaxis"]["title"]["text"].is_string(), "{spec:?}");
            }
        }
    }

    #[test]
    fn bars_add_up_begin_at_zero_and_keep_what_is_missing_out() {
        let figure = draw(&table(), &spec("bar", "region", Some("amount"), None)).unwrap();
        assert_eq!(figure["data"][0]["x"], json!(["N", "S", "W"]));
        assert_eq!(figure["data"][0]["y"], json!([15.0, 20.0, null]));
        assert_eq!(figure["layout"]["yaxis"]["rangemode"], "tozero");
        assert_eq!(figure["layout"]["xaxis"]["title"]["text"], "region");
    }

    #[test]
    fn lines_run_along_time() {
        let figure = draw(&table(), &spec("line", "day", Some("x"), None)).unwrap();
        assert_eq!(figure["data"][0]["x"], json!(["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04"]));
        assert_eq!(figure["data"][0]["y"], json!([2.0, 1.0, 3.0, 4.0]));
    }

    #[test]
    fn many_categories_become_the_largest_and_other() {
        let names: Vec<String> = (0..100).map(|n| format!("c{n:02}")).collect();
        let values: Vec<i64> = (0..100).collect();
        let frame = df!("c" => names, "v" => values).unwrap();
        for kind in ["bar", "pie"] {
            let figure = draw(&frame, &spec(kind, "c", Some("v"), None)).unwrap();
            let (labels, heights) = if kind == "bar" { ("x", "y") } else { ("labels", "values") };
            let labels = figure["data"][0][labels].as_array().unwrap();
            assert_eq!(labels.len(), MAX_CATEGORIES);
            assert_eq!(labels[MAX_CATEGORIES - 1], "other");
            let total: f64 = figure["data"][0][heights].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).sum();
            assert_eq!(total, 4950.0);
        }
    }

    #[test]
    fn impossible_charts_are_refused_with_advice() {
        let refused = |spec: ChartSpec| draw(&table(), &spec).unwrap_err().to_string();
        assert!(refused(spec("radar", "x", None, None)).contains("heatmap"));
        assert!(refused(spec("bar", "regoin", None, None)).contains("region"));
        assert!(refused(spec("bar", "region", Some("year"), None)).contains("numbers"));
        assert!(refused(spec("scatter", "x", None, None)).contains("y"));
        assert!(draw(&table().head(Some(0)), &spec("bar", "region", None, None)).is_err());
        let negative = df!("a" => ["p", "q"], "b" => [1i64, -1]).unwrap();
        assert!(draw(&negative, &spec("pie", "a", Some("b"), None)).unwrap_err().to_string().contains("negative"));
    }
}
