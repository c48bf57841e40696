//! What is done to the working copy first, one comment and a line or two for each.

use super::prepare::mask;
use super::script::{Script, column, literal, quote, quote_list};
use crate::builtin::intent::{Bound, Fill, Preparation, Scaling};
use crate::builtin::labels;

/// Columns that have to be numbers for the preparations.
pub(super) fn numbers(steps: &[Preparation]) -> Vec<&str> {
    let mut names = Vec::new();
    for step in steps {
        match step {
            Preparation::Fill { columns, with: Fill::Mean | Fill::Median | Fill::Linear, .. }
            | Preparation::Scale { columns, .. }
            | Preparation::RowMean { columns, .. } => names.extend(columns.iter().map(String::as_str)),
            Preparation::Clip { column, .. }
            | Preparation::Apply { column, .. }
            | Preparation::Bands { column, .. }
            | Preparation::Change { column, .. } => names.push(column.as_str()),
            _ => {}
        }
    }
    names
}

/// Columns that the preparations make.
pub(super) fn made(steps: &[Preparation]) -> Vec<&str> {
    steps
        .iter()
        .filter_map(|step| match step {
            Preparation::Length { into, .. }
            | Preparation::Title { into, .. }
            | Preparation::Days { into, .. }
            | Preparation::Cases { into, .. }
            | Preparation::Bands { into, .. }
            | Preparation::RowMean { into, .. }
            | Preparation::Change { into, .. } => Some(into.as_str()),
            _ => None,
        })
        .collect()
}

/// Writes the preparations.
pub(super) fn write(script: &mut Script, steps: &[Preparation]) {
    for step in steps {
        let told = labels::preparation(step);
        let mut chars = told.chars();
        let told: String = chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default();
        script.comment(&told);
        one(script, step);
    }
}

fn one(script: &mut Script, step: &Preparation) {
    match step {
        Preparation::Fill { columns, with, by } => {
            for name in columns {
                fill(script, name, with, by.as_deref());
            }
        }
        Preparation::DropMissing(columns) => {
            script.line("before = len(data)");
            script.line(match columns.as_slice() {
                [] => "data = data.dropna().copy()".to_owned(),
                names => format!("data = data.dropna(subset={}).copy()", quote_list(names)),
            });
            script.metric("rows dropped", "before - len(data)");
        }
        Preparation::DropDuplicates => {
            script.line("before = len(data)\ndata = data.drop_duplicates().copy()");
            script.metric("rows dropped", "before - len(data)");
        }
        Preparation::Clip { column: name, low, high } => {
            let here = column(name);
            let bound = |b: &Bound| match b {
                Bound::Value(v) => format!("{v}"),
                Bound::Quantile(q) => format!("{here}.quantile({q})"),
            };
            let low = low.as_ref().map(|b| format!("lower={}", bound(b)));
            let high = high.as_ref().map(|b| format!("upper={}", bound(b)));
            let both: Vec<String> = low.into_iter().chain(high).collect();
            script.line(format!("{here} = {here}.clip({})", both.join(", ")));
        }
        Preparation::Scale { columns, how } => {
            for name in columns {
                let here = column(name);
                script.line(match how {
                    Scaling::MinMax => format!("{here} = ({here} - {here}.min()) / ({here}.max() - {here}.min())"),
                    Scaling::ZScore => format!("{here} = ({here} - {here}.mean()) / {here}.std()"),
                });
            }
        }
        Preparation::Apply { column: name, function } => {
            script.import("import numpy as np");
            let here = column(name);
            let positive = function.starts_with("log") && *function != "log1p";
            let values = if positive { format!("{here}.where({here} > 0)") } else { here.clone() };
            script.line(format!("{here} = np.{function}({values})"));
        }
        Preparation::Length { column: name, words, into } => {
            let here = column(name);
            let length = if *words { ".str.split().str.len()" } else { ".str.len()" };
            script.line(format!(
                "{} = {here}.astype(\"string\"){length}.astype(\"Float64\").astype(\"float\")",
                column(into)
            ));
        }
        Preparation::Title { column: name, into } => {
            script.line(format!(
                "{} = {}.astype(\"string\").str.extract(r\",\\s*([^.,]+)\\.\")[0].str.strip()",
                column(into),
                column(name)
            ));
        }
        Preparation::Days { from, to, unit_secs, into } => {
            let time = |(name, form): &(String, crate::builtin::schema::TimeForm)| super::prepare::as_time(name, *form);
            script.line(format!("{} = ({} - {}).dt.total_seconds() / {unit_secs}", column(into), time(to), time(from)));
        }
        Preparation::Cases { cases, otherwise, into } => {
            script.import("import numpy as np");
            let value = |text: &str| if text.parse::<f64>().is_ok() { text.to_owned() } else { quote(text) };
            let conditions: Vec<String> = cases.iter().map(|(c, _)| format!("({})", mask(c))).collect();
            let values: Vec<String> = cases.iter().map(|(_, v)| value(v)).collect();
            let numbers = cases.iter().all(|(_, v)| v.parse::<f64>().is_ok());
            let default = otherwise.as_deref().map_or(if numbers { "np.nan" } else { "None" }.to_owned(), value);
            script.line(format!(
                "{} = np.select([{}], [{}], default={default})",
                column(into),
                conditions.join(", "),
                values.join(", ")
            ));
        }
        Preparation::Bands { column: name, bands, into } => {
            super::prepare::ranges(script, &column(into), &column(name), bands);
        }
        Preparation::RowMean { columns, into } => {
            script.line(format!("{} = data[{}].mean(axis=1, skipna=False)", column(into), quote_list(columns)));
        }
        Preparation::Change { column: name, time, percent, into } => {
            // Conditions have been applied: the row before is one of the same kind.
            let change = if *percent { "pct_change(fill_method=None) * 100" } else { "diff()" };
            script.line(format!("data = data.sort_values({}, kind=\"stable\")", quote(time)));
            script.line(format!("{} = {}.{change}", column(into), column(name)));
        }
    }
}

fn fill(script: &mut Script, name: &str, with: &Fill, by: Option<&str>) {
    let here = column(name);
    let groups = by.map(|by| format!("data.groupby({}, observed=True)[{}]", quote(by), quote(name)));
    let statistic = |call: &str| match &groups {
        Some(groups) => format!("{here}.fillna({groups}.transform(\"{call}\"))"),
        None => format!("{here}.fillna({here}.{call}())"),
    };
    let filled = match with {
        Fill::Mean => statistic("mean"),
        Fill::Median => statistic("median"),
        Fill::Mode => format!("{here}.fillna({here}.mode().iloc[0])"),
        Fill::Forward => format!("{here}.ffill()"),
        Fill::Backward => format!("{here}.bfill()"),
        Fill::Linear => format!("{here}.interpolate()"),
        Fill::Value(value) => format!("{here}.fillna({})", literal(value)),
    };
    script.line(format!("filled_gaps = int({here}.isna().sum())"));
    script.line(format!("{here} = {filled}"));
    script.metric(&format!("gaps filled in {name}"), "filled_gaps");
}
