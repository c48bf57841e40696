//! The values a run computed, each with the place it can be looked up at.

use std::collections::HashSet;

use analyst_types::{ArtifactContent, ArtifactId, TableData};
use serde_json::Value;

use super::number::numbers;
use crate::{DatasetContext, StepOutcome};

/// Cells of one table that are looked at.
const MAX_CELLS: usize = 20_000;
/// Printed text that is looked at.
const MAX_TEXT_BYTES: usize = 64 << 10;
/// Points of one chart that are looked at.
const MAX_POINTS: usize = 5_000;
/// Rows up to which cells of a table may be added, subtracted and divided.
const MAX_ARITHMETIC_ROWS: usize = 24;
/// Names that are kept to recognise digits that belong to them.
const MAX_LABELS: usize = 5_000;

/// Everything a number of the answer can rest on.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    pub(super) values: Vec<Sourced>,
    /// Values that belong together, so that arithmetic between them makes sense.
    pub(super) groups: Vec<Group>,
    /// Names with digits in them: digits there are no claims.
    pub(super) labels: Vec<String>,
    known_labels: HashSet<String>,
    /// Years that the data are labelled with.
    pub(super) years: HashSet<i32>,
    pub(super) question: String,
}

/// A value with its place.
#[derive(Debug, Clone)]
pub(super) struct Sourced {
    pub value: f64,
    /// Words that say what it is.
    pub label: String,
    /// For people: `metric “mean price”`.
    pub source: String,
    pub artifact: Option<ArtifactId>,
    pub rank: Rank,
}

/// Where a value is looked for first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Metric,
    Table,
    Text,
    Printed,
    Chart,
    Count,
    Profile,
}

/// Values between which arithmetic makes sense: the metrics of a run, a column, a row.
#[derive(Debug)]
pub(super) struct Group {
    /// `table “sales”, column revenue`.
    pub source: String,
    pub artifact: Option<ArtifactId>,
    pub members: Vec<(String, f64)>,
    /// Whether the members are all there is, so that their sum is a total.
    pub is_whole: bool,
}

impl Evidence {
    /// What can be known without running code: the datasets' profiles, and the question itself.
    pub fn of_datasets(question: &str, datasets: &[DatasetContext]) -> Self {
        let mut evidence = Self { question: question.to_owned(), ..Self::default() };
        datasets.iter().for_each(|dataset| evidence.add_dataset(dataset));
        evidence
    }

    /// Adds what a step printed and showed. `artifacts` are the ids of its artifacts, in order.
    pub fn add_step(&mut self, step: &StepOutcome, artifacts: &[ArtifactId]) {
        let mut metrics = Vec::new();
        for (at, (title, content)) in step.artifacts.iter().enumerate() {
            let id = artifacts.get(at).copied();
            match content {
                ArtifactContent::Metric { name, value } => metrics.extend(self.add_metric(name, value, id)),
                ArtifactContent::Table(table) => self.add_table(title, table, id),
                ArtifactContent::Text { text } => self.add_text(text, &format!("text “{title}”"), id, Rank::Text),
                ArtifactContent::Chart { figure } => self.add_chart(title, figure, id),
                ArtifactContent::Image { .. } => {}
            }
        }
        self.add_text(&step.stdout, "printed output", None, Rank::Printed);
        let source = "metrics".to_owned();
        self.groups.push(Group { source, artifact: None, members: metrics, is_whole: false });
    }

    fn add_dataset(&mut self, dataset: &DatasetContext) {
        let profile = &dataset.profile;
        let name = &dataset.name;
        self.add_label(name);
        self.add_label(&dataset.file_name);
        self.push(profile.rows as f64, format!("rows {name}"), format!("rows of {name}"), None, Rank::Count);
        let n_columns = profile.columns.len() as f64;
        self.push(n_columns, format!("columns {name}"), format!("columns of {name}"), None, Rank::Count);
        for column in &profile.columns {
            self.add_label(&column.name);
            dataset.values.get(&column.name).into_iter().flatten().for_each(|value| self.add_label(value));
            if column.kind.is_temporal() {
                self.add_years(&column.min, &column.max);
            }
            let facts = [
                ("missing", Some(column.nulls as f64)),
                ("distinct", Some(column.distinct as f64)),
                ("smallest", column.min.as_f64().filter(|_| column.kind.is_numeric())),
                ("greatest", column.max.as_f64().filter(|_| column.kind.is_numeric())),
                ("mean", column.mean),
                ("standard deviation", column.std),
                ("median", column.quantiles.map(|q| q.p50)),
                ("lower quartile", column.quantiles.map(|q| q.p25)),
                ("upper quartile", column.quantiles.map(|q| q.p75)),
            ];
            for (fact, value) in facts.into_iter().filter_map(|(fact, value)| value.map(|value| (fact, value))) {
                let source = format!("profile of {name}, column {}, {fact}", column.name);
                self.push(value, format!("{} {fact}", column.name), source, None, Rank::Profile);
            }
        }
    }

    fn add_metric(&mut self, name: &str, value: &Value, id: Option<ArtifactId>) -> Option<(String, f64)> {
        self.add_label(name);
        let source = format!("metric “{name}”");
        match value {
            Value::String(text) => {
                self.add_label(text);
                for number in numbers(text, &[]) {
                    self.push(number.value(), name.to_owned(), source.clone(), id, Rank::Metric);
                }
                None
            }
            other => {
                let value = other.as_f64()?;
                self.push(value, name.to_owned(), source, id, Rank::Metric);
                Some((name.to_owned(), value))
            }
        }
    }

    fn add_table(&mut self, title: &str, table: &TableData, id: Option<ArtifactId>) {
        let name = if title.is_empty() { "table".to_owned() } else { format!("table “{title}”") };
        self.push(table.n_rows as f64, format!("rows {title}"), format!("rows of {name}"), id, Rank::Count);
        table.columns.iter().for_each(|column| self.add_label(&column.name));
        let room = MAX_CELLS / table.columns.len().max(1);
        for (at, row) in table.rows.iter().take(room).enumerate() {
            let key = key(row);
            for (column, value) in table.columns.iter().zip(row) {
                let source = || format!("{name} row {}, column {}", table.offset + at as u64 + 1, column.name);
                self.add_cell(value, &column.name, &key, source, id);
            }
        }
        self.add_columns(&name, table, id);
    }

    fn add_cell(
        &mut self,
        value: &Value,
        column: &str,
        key: &str,
        source: impl Fn() -> String,
        id: Option<ArtifactId>,
    ) {
        let label = format!("{column} {key}");
        match value {
            Value::String(text) => {
                self.add_label(text);
                self.add_years(value, value);
                // A key or code that is all digits, and integers too long for JSON numbers.
                if let Ok(number) = text.trim().parse::<f64>() {
                    self.push(number, label, source(), id, Rank::Table);
                }
            }
            other => {
                let Some(number) = other.as_f64() else { return };
                if is_year_column(column) && number.fract() == 0.0 {
                    self.years.insert(number as i32);
                }
                self.push(number, label, source(), id, Rank::Table);
            }
        }
    }

    fn add_columns(&mut self, name: &str, table: &TableData, id: Option<ArtifactId>) {
        if table.rows.len() > MAX_ARITHMETIC_ROWS {
            return;
        }
        let is_whole = table.rows.len() as u64 == table.n_rows;
        for (at, column) in table.columns.iter().enumerate() {
            let member = |row: &Vec<Value>| Some((key(row), row.get(at)?.as_f64()?));
            let members: Vec<_> = table.rows.iter().filter_map(member).collect();
            let source = format!("{name}, column {}", column.name);
            self.groups.push(Group { source, artifact: id, members, is_whole });
        }
        for (at, row) in table.rows.iter().enumerate() {
            let cells = table.columns.iter().zip(row);
            let members: Vec<_> = cells.filter_map(|(c, value)| Some((c.name.clone(), value.as_f64()?))).collect();
            let source = format!("{name}, row {}", at + 1);
            self.groups.push(Group { source, artifact: id, members, is_whole: false });
        }
    }

    fn add_text(&mut self, text: &str, source: &str, id: Option<ArtifactId>, rank: Rank) {
        let text = &text[..text.floor_char_boundary(MAX_TEXT_BYTES)];
        for line in text.lines().filter(|line| line.contains(|c: char| c.is_ascii_digit())) {
            for number in numbers(line, &[]) {
                let label = line[..number.start].to_owned();
                self.push(number.value(), label, source.to_owned(), id, rank);
            }
        }
    }

    fn add_chart(&mut self, title: &str, figure: &Value, id: Option<ArtifactId>) {
        let traces = figure.get("data").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let source = format!("chart “{title}”");
        for trace in traces {
            let series = trace.get("name").and_then(Value::as_str).unwrap_or_default();
            for axis in ["x", "y", "z", "values"] {
                let points = trace.get(axis).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
                for point in points.iter().take(MAX_POINTS) {
                    match point.as_f64() {
                        Some(value) => self.push(value, series.to_owned(), source.clone(), id, Rank::Chart),
                        None => self.add_years(point, point),
                    }
                }
            }
        }
    }

    /// Years from the first to the last of two dates written as ISO 8601.
    fn add_years(&mut self, first: &Value, last: &Value) {
        let year = |value: &Value| {
            let text = value.as_str()?;
            let is_date = text.len() == 4 || text.as_bytes().get(4) == Some(&b'-');
            text.get(..4).filter(|_| is_date)?.parse::<i32>().ok()
        };
        if let (Some(first), Some(last)) = (year(first), year(last)) {
            self.years.extend((first..=last).take(400));
        }
    }

    /// Remembers a name whose digits are no claims. Names that are numbers as a whole stay claims.
    fn add_label(&mut self, label: &str) {
        let named = label.chars().any(char::is_alphabetic) && label.chars().any(|c| c.is_ascii_digit());
        if named && self.labels.len() < MAX_LABELS && self.known_labels.insert(label.to_owned()) {
            self.labels.push(label.to_owned());
        }
    }

    fn push(&mut self, value: f64, label: String, source: String, artifact: Option<ArtifactId>, rank: Rank) {
        if value.is_finite() {
            self.values.push(Sourced { value, label, source, artifact, rank });
        }
    }
}

/// What a row is about: its texts.
fn key(row: &[Value]) -> String {
    row.iter().filter_map(Value::as_str).take(3).collect::<Vec<_>>().join(" ")
}

fn is_year_column(name: &str) -> bool {
    let name = name.to_lowercase();
    ["year", "jahr", "année", "año"].iter().any(|word| name.contains(word))
}
