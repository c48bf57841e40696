//! A dataset as a model sees it: the schema in words, with as many facts as the level allows.

use std::fmt::Write as _;

use analyst_types::{ColumnProfile, Shown, TopValue};
use serde::Serialize;
use serde_json::Value;

use super::personal::{is_personal, without_personal};
use super::quote::{cell, quoted, short};
use super::vocabulary::FREQUENT_ROWS;
use super::{Disclosure, Level, Thrift};
use crate::DatasetContext;

/// Columns that are described; more would drown the question.
const MAX_COLUMNS: usize = 150;
/// Rows shown at the level “samples”.
const MAX_SAMPLE_ROWS: usize = 5;
/// Frequent values shown of a column.
const MAX_FREQUENT: usize = 8;
/// Values of a column shown to a model on this computer.
const MAX_VALUES: usize = 30;

/// What may be shown of a dataset.
#[derive(Debug, Serialize)]
pub(super) struct DatasetView {
    name: String,
    rows: String,
    columns: Vec<String>,
    n_more_columns: usize,
    notes: Vec<String>,
    sample_header: String,
    sample: Vec<String>,
    #[serde(skip)]
    named: Vec<String>,
}

impl DatasetView {
    /// For the ledger.
    pub(super) fn shown(&self) -> Shown {
        let rows = u32::try_from(self.sample.len()).unwrap_or(u32::MAX);
        Shown { dataset: self.name.clone(), columns: self.named.clone(), rows }
    }
}

impl Disclosure {
    pub(super) fn datasets(&self, datasets: &[DatasetContext], question: &str) -> Vec<DatasetView> {
        datasets.iter().map(|dataset| self.dataset(dataset, question)).collect()
    }

    fn dataset(&self, dataset: &DatasetContext, question: &str) -> DatasetView {
        let profile = &dataset.profile;
        let shown = relevant(dataset, question, self.room(MAX_COLUMNS));
        let samples = self.level >= Level::Samples && self.thrift == Thrift::None;
        let rows = if samples { self.sample(dataset, &shown) } else { Vec::new() };
        let header = if rows.is_empty() { String::new() } else { names(dataset, &shown) };
        DatasetView {
            name: dataset.name.clone(),
            rows: if self.level == Level::Schema { bucket(profile.rows) } else { profile.rows.to_string() },
            columns: shown.iter().map(|at| self.column(dataset, &profile.columns[*at])).collect(),
            n_more_columns: profile.columns.len() - shown.len(),
            notes: self.notes(dataset),
            sample_header: header,
            sample: rows,
            named: shown.iter().map(|at| profile.columns[*at].name.clone()).collect(),
        }
    }

    fn column(&self, dataset: &DatasetContext, column: &ColumnProfile) -> String {
        let rows = dataset.profile.rows.max(1);
        let kind = serde_json::to_value(column.kind).ok();
        let mut line = format!("{}: {}", quoted(&column.name), kind.as_ref().and_then(Value::as_str).unwrap_or("text"));
        if column.nulls > 0 {
            let _ = write!(line, "; {} missing", percent(column.nulls, rows));
        }
        if self.level == Level::Schema {
            let _ = write!(line, "; {} distinct", distinct_bucket(column.distinct, rows - column.nulls.min(rows)));
            return line;
        }
        let _ = write!(line, "; {} distinct", column.distinct);
        if column.kind.is_numeric() || column.kind.is_temporal() {
            let _ = write!(line, "; from {} to {}", cell(&column.min), cell(&column.max));
        }
        if let (Some(mean), Some(std)) = (column.mean, column.std) {
            let _ = write!(line, "; mean {}, standard deviation {}", short(mean), short(std));
        }
        if let Some(q) = column.quantiles {
            let _ = write!(line, "; quartiles {}, {}, {}", short(q.p25), short(q.p50), short(q.p75));
        }
        if self.thrift == Thrift::None {
            self.values(dataset, column, &mut line);
        }
        line
    }

    fn values(&self, dataset: &DatasetContext, column: &ColumnProfile, line: &mut String) {
        let all = dataset.values.get(&column.name).filter(|values| values.len() <= MAX_VALUES);
        if let (Level::Everything, Some(values)) = (self.level, all) {
            let values: Vec<String> = values.iter().map(|value| cell(&Value::from(value.as_str()))).collect();
            let _ = write!(line, "; values {}", values.join(", "));
            return;
        }
        let counted = |(text, count): (String, u64)| format!("{} ({count})", quoted(&text));
        let frequent: Vec<String> = frequent(column).take(MAX_FREQUENT).map(counted).collect();
        if !frequent.is_empty() && !column.kind.is_numeric() {
            let _ = write!(line, "; frequent {}", frequent.join(", "));
        }
    }

    fn sample(&self, dataset: &DatasetContext, shown: &[usize]) -> Vec<String> {
        let rows = dataset.sample.rows.iter().take(MAX_SAMPLE_ROWS);
        rows.map(|row| {
            let cells = shown.iter().filter_map(|at| row.get(*at)).map(cell);
            let line = format!("[{}]", cells.collect::<Vec<_>>().join(", "));
            if self.level == Level::Everything { line } else { without_personal(&line) }
        })
        .collect()
    }

    /// What is wrong with the data. The sentences may quote cells, so below “samples” only their kind is told.
    fn notes(&self, dataset: &DatasetContext) -> Vec<String> {
        let warnings = dataset.profile.warnings.iter().take(10);
        warnings
            .map(|warning| {
                let columns: Vec<String> = warning.columns.iter().take(5).map(|name| quoted(name)).collect();
                let told = if self.level >= Level::Samples { &warning.message } else { &warning.code };
                if columns.is_empty() { quoted(told) } else { format!("{} in {}", quoted(told), columns.join(", ")) }
            })
            .collect()
    }
}

/// The texts of a column that at least ten rows share.
pub(super) fn frequent(column: &ColumnProfile) -> impl Iterator<Item = (String, u64)> + '_ {
    column.top.iter().filter(|top| top.count >= FREQUENT_ROWS).filter_map(|top: &TopValue| {
        let text = match &top.value {
            Value::String(text) => text.clone(),
            Value::Null | Value::Array(_) | Value::Object(_) => return None,
            other => other.to_string(),
        };
        (!is_personal(&text) && text.chars().count() <= 80).then_some((text, top.count))
    })
}

fn names(dataset: &DatasetContext, shown: &[usize]) -> String {
    let names: Vec<String> = shown.iter().map(|at| quoted(&dataset.profile.columns[*at].name)).collect();
    format!("[{}]", names.join(", "))
}

/// Which columns to describe when there are too many: those the question names, then the first ones.
fn relevant(dataset: &DatasetContext, question: &str, room: usize) -> Vec<usize> {
    let columns = &dataset.profile.columns;
    let question = question.to_lowercase();
    let named = |at: &usize| {
        let name = columns[*at].name.to_lowercase();
        !name.is_empty() && (question.contains(&name) || question.contains(&name.replace('_', " ")))
    };
    let (mut shown, others): (Vec<usize>, Vec<usize>) = (0..columns.len()).partition(named);
    shown.truncate(room);
    shown.extend(others.into_iter().take(room - shown.len()));
    shown.sort_unstable();
    shown
}

fn percent(part: u64, whole: u64) -> String {
    match part as f64 * 100.0 / whole as f64 {
        share if share < 1.0 => "under 1 %".to_owned(),
        share => format!("{share:.0} %"),
    }
}

/// A count as its order of magnitude.
fn bucket(count: u64) -> String {
    match count {
        0 => "no".to_owned(),
        1..10 => "under 10".to_owned(),
        _ => {
            let low = 10u64.pow(count.ilog10());
            format!("{low} to {}", low.saturating_mul(10))
        }
    }
}

fn distinct_bucket(distinct: u64, present: u64) -> &'static str {
    match distinct {
        _ if present > 20 && distinct == present => "all",
        0 => "no",
        1 => "one",
        2 => "two",
        3..=10 => "3 to 10",
        11..=100 => "11 to 100",
        101..=1000 => "101 to 1000",
        _ => "over 1000",
    }
}
