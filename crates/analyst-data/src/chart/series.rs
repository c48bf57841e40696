//! From rows to the points of a chart: grouped, summed, cut to what an eye can tell apart.

use std::collections::HashMap;

use polars::prelude::*;
use serde_json::Value;

use crate::value::to_json;

/// Places and heights.
#[derive(Debug, Clone, Default)]
pub(super) struct Points {
    pub x: Vec<Value>,
    pub y: Vec<Option<f64>>,
}

impl Points {
    /// By x, numbers as numbers and dates as ISO text.
    pub fn sort(&mut self) {
        let mut pairs: Vec<(Value, Option<f64>)> = self.x.drain(..).zip(self.y.drain(..)).collect();
        pairs.sort_by(|a, b| match (a.0.as_f64(), b.0.as_f64()) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            _ => a.0.as_str().cmp(&b.0.as_str()),
        });
        (self.x, self.y) = pairs.into_iter().unzip();
    }
}

/// Points of one colour. The name is empty when there is only one.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub name: String,
    pub points: Points,
}

const OTHER: &str = "other";
const MISSING: &str = "(missing)";

/// Every row's value as a number into the list of different ones.
struct Codes {
    codes: Vec<usize>,
    values: Vec<Value>,
}

impl Codes {
    fn of(series: &Series) -> Self {
        let mut by_text: HashMap<String, usize> = HashMap::new();
        let mut values = Vec::new();
        let codes = series
            .iter()
            .map(|value| {
                let value = match to_json(&value) {
                    Value::Null => Value::from(MISSING),
                    other => other,
                };
                *by_text.entry(value.to_string()).or_insert_with(|| {
                    values.push(value);
                    values.len() - 1
                })
            })
            .collect();
        Self { codes, values }
    }

    /// Leaves the `max - 1` largest by `weights` and makes one of the rest, which comes last.
    fn cut(&mut self, weights: &[f64], max: usize) {
        if self.values.len() <= max {
            return;
        }
        let mut order: Vec<usize> = (0..self.values.len()).collect();
        order.sort_by(|&a, &b| weights[b].total_cmp(&weights[a]));
        let mut kept: Vec<usize> = order[..max - 1].to_vec();
        kept.sort_unstable();
        let mut new_codes = vec![max - 1; self.values.len()];
        for (new, &old) in kept.iter().enumerate() {
            new_codes[old] = new;
        }
        self.codes.iter_mut().for_each(|code| *code = new_codes[*code]);
        self.values = kept.into_iter().map(|old| self.values[old].clone()).collect();
        self.values.push(Value::from(OTHER));
    }

    fn weights(&self, heights: &[Option<f64>]) -> Vec<f64> {
        let mut weights = vec![0.0; self.values.len()];
        for (code, height) in self.codes.iter().zip(heights) {
            weights[*code] += height.unwrap_or(0.0).abs();
        }
        weights
    }

    fn name(&self, code: usize) -> String {
        match &self.values[code] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }
}

/// Numbers and dates lie on an axis of their own and are never cut to categories.
fn is_category(series: &Series) -> bool {
    matches!(series.dtype(), DataType::String | DataType::Boolean)
}

fn add(sum: &mut Option<f64>, value: Option<f64>) {
    if let Some(value) = value {
        *sum = Some(sum.unwrap_or(0.0) + value);
    }
}

/// Heights summed by place.
pub(super) fn sum_by(x: &Series, heights: &[Option<f64>], max: usize) -> Points {
    let mut places = Codes::of(x);
    places.cut(&places.weights(heights), max);
    sum_places(&places, heights)
}

fn sum_places(places: &Codes, heights: &[Option<f64>]) -> Points {
    let mut sums = vec![None; places.values.len()];
    for (code, height) in places.codes.iter().zip(heights) {
        add(&mut sums[*code], *height);
    }
    Points { x: places.values.clone(), y: sums }
}

/// One series per colour, heights summed by place.
pub(super) fn group(x: &Series, heights: &[Option<f64>], color: Option<&Series>, max: usize) -> Vec<Group> {
    let mut places = Codes::of(x);
    if is_category(x) {
        places.cut(&places.weights(heights), max);
    }
    let Some(color) = color else {
        return vec![Group { name: String::new(), points: sum_places(&places, heights) }];
    };
    let mut colors = Codes::of(color);
    colors.cut(&colors.weights(heights), max);
    let mut sums: Vec<HashMap<usize, Option<f64>>> = vec![HashMap::new(); colors.values.len()];
    for ((place, color), height) in places.codes.iter().zip(&colors.codes).zip(heights) {
        add(sums[*color].entry(*place).or_default(), *height);
    }
    sums.into_iter()
        .enumerate()
        .map(|(code, sums)| {
            let mut cells: Vec<(usize, Option<f64>)> = sums.into_iter().collect();
            cells.sort_unstable_by_key(|(place, _)| *place);
            let points = Points {
                x: cells.iter().map(|(place, _)| places.values[*place].clone()).collect(),
                y: cells.iter().map(|(_, sum)| *sum).collect(),
            };
            Group { name: colors.name(code), points }
        })
        .collect()
}

/// One series per colour, every `step`-th row a point.
pub(super) fn split(
    x: &Series,
    heights: &[Option<f64>],
    color: Option<&Series>,
    max: usize,
    step: usize,
) -> Vec<Group> {
    let colors = color.map(|color| {
        let mut colors = Codes::of(color);
        colors.cut(&colors.weights(&vec![Some(1.0); heights.len()]), max);
        colors
    });
    let n_series = colors.as_ref().map_or(1, |colors| colors.values.len());
    let mut points = vec![Points::default(); n_series];
    for (row, (value, height)) in x.iter().zip(heights).enumerate().step_by(step) {
        let value = to_json(&value);
        if value.is_null() || height.is_none() {
            continue;
        }
        let series = colors.as_ref().map_or(0, |colors| colors.codes[row]);
        points[series].x.push(value);
        points[series].y.push(*height);
    }
    let name = |code: usize| colors.as_ref().map_or_else(String::new, |colors| colors.name(code));
    let all = points.into_iter().enumerate().map(|(code, points)| Group { name: name(code), points });
    all.filter(|series| n_series == 1 || !series.points.x.is_empty()).collect()
}

/// The values of each group, missing ones left out.
pub(super) fn split_values(values: &[Option<f64>], by: Option<&Series>, max: usize) -> Vec<(String, Vec<f64>)> {
    let Some(by) = by else {
        return vec![(String::new(), values.iter().flatten().copied().collect())];
    };
    let mut groups = Codes::of(by);
    groups.cut(&groups.weights(&vec![Some(1.0); values.len()]), max);
    let mut split = vec![Vec::new(); groups.values.len()];
    for (code, value) in groups.codes.iter().zip(values) {
        split[*code].extend(*value);
    }
    split.into_iter().enumerate().map(|(code, values)| (groups.name(code), values)).collect()
}

/// Left edges of bins over all values, and their width (Freedman and Diaconis' rule, at most 200 bins).
pub(super) fn bins(values: &[Option<f64>]) -> (Vec<f64>, f64) {
    let mut sorted: Vec<f64> = values.iter().flatten().copied().collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let (Some(&low), Some(&high)) = (sorted.first(), sorted.last()) else { return (vec![0.0], 1.0) };
    let spread = sorted[sorted.len() * 3 / 4] - sorted[sorted.len() / 4];
    let wanted = 2.0 * spread / (sorted.len() as f64).cbrt();
    let n = if wanted > 0.0 { ((high - low) / wanted).ceil().clamp(1.0, 200.0) } else { 1.0 };
    let width = if high > low { (high - low) / n } else { 1.0 };
    ((0..n as usize).map(|bin| low + width * bin as f64).collect(), width)
}

/// How many values lie in each bin.
pub(super) fn count(values: &[f64], edges: &[f64], width: f64) -> Vec<u64> {
    let mut counts = vec![0; edges.len()];
    for value in values {
        let bin = ((value - edges[0]) / width).floor().max(0.0) as usize;
        counts[bin.min(edges.len() - 1)] += 1;
    }
    counts
}

/// Places of both axes and the sums where they cross.
pub(super) fn cross(
    x: &Series,
    y: &Series,
    values: &[Option<f64>],
    max: usize,
) -> (Vec<Value>, Vec<Value>, Vec<Vec<Option<f64>>>) {
    let mut columns = Codes::of(x);
    let mut rows = Codes::of(y);
    for (codes, series) in [(&mut columns, x), (&mut rows, y)] {
        if is_category(series) {
            codes.cut(&codes.weights(values), max);
        }
    }
    let mut sums = vec![vec![None; columns.values.len()]; rows.values.len()];
    for ((row, column), value) in rows.codes.iter().zip(&columns.codes).zip(values) {
        add(&mut sums[*row][*column], *value);
    }
    (columns.values, rows.values, sums)
}
