//! The values a run computed, each with the place it can be looked up at.

use std::collections::HashSet;
use std::sync::Arc;

use analyst_types::{ArtifactContent, ArtifactId, TableData};
use serde_json::Value;

use super::clause::{LabelId, Labels};
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
    /// Labels of rows, to see what a number is said of.
    pub(super) named: Labels,
    /// The labels of each row that has any.
    pub(super) rows: Vec<Vec<LabelId>>,
    /// Names of metrics; made when first needed.
    metric_names: Option<u32>,
    /// What things are called that have numbers in their names.
    pub(super) names: Vec<String>,
    /// What the rows of tables are, to count them by.
    pub(super) kinds: Vec<RowKind>,
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
    /// The row it stands in, as an index into [`Evidence::rows`].
    pub row: Option<usize>,
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
    pub members: Vec<Member>,
    /// The column they are of, and all columns beside it.
    pub column: Option<(String, Arc<[String]>)>,
    /// Whether the members are all there is, so that their sum is a total.
    pub is_whole: bool,
}

/// What the rows of a table are: “regions”.
#[derive(Debug)]
pub(super) struct RowKind {
    pub plural: String,
    pub n: u64,
}

/// A value of a group.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub name: String,
    pub value: f64,
    pub row: Option<usize>,
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
        self.groups.push(Group { source, artifact: None, members: metrics, column: None, is_whole: false });
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

    fn add_metric(&mut self, name: &str, value: &Value, id: Option<ArtifactId>) -> Option<Member> {
        self.add_label(name);
        if name.contains(|c: char| c.is_ascii_digit()) {
            self.names.push(name.to_owned());
        }
        let row = self.row_of_metric(name);
        let source = format!("metric “{name}”");
        match value {
            Value::String(text) => {
                self.add_label(text);
                for number in numbers(text, &[]) {
                    self.push_in(row, number.value(), name.to_owned(), source.clone(), id, Rank::Metric);
                }
                None
            }
            other => {
                let value = other.as_f64()?;
                self.push_in(row, value, name.to_owned(), source, id, Rank::Metric);
                Some(Member { name: name.to_owned(), value, row })
            }
        }
    }

    fn add_table(&mut self, title: &str, table: &TableData, id: Option<ArtifactId>) {
        let name = if title.is_empty() { "table".to_owned() } else { format!("table “{title}”") };
        self.push(table.n_rows as f64, format!("rows {title}"), format!("rows of {name}"), id, Rank::Count);
        table.columns.iter().for_each(|column| self.add_label(&column.name));
        let room = MAX_CELLS / table.columns.len().max(1);
        let keys = self.keys(table);
        self.count_kinds(table, &keys);
        let first_row = self.rows.len();
        for (at, row) in table.rows.iter().take(room).enumerate() {
            let key = key(row);
            let labels = keys.iter().filter_map(|key| self.named.add(key.family, &key.text(row)?)).collect();
            self.rows.push(labels);
            for (column, value) in table.columns.iter().zip(row) {
                let source = || format!("{name} row {}, column {}", table.offset + at as u64 + 1, column.name);
                self.add_cell(value, &column.name, &key, source, id, first_row + at);
            }
        }
        self.add_columns(&name, table, id, first_row);
    }

    /// The columns that say what a row is about: texts and dates, years, and numbers that only tell rows apart.
    fn keys(&mut self, table: &TableData) -> Vec<Key> {
        let texts = |at: usize| table.rows.iter().any(|row| row.get(at).is_some_and(Value::is_string));
        let mut keys = Vec::new();
        for (at, column) in table.columns.iter().enumerate() {
            let is_year = is_year_column(&column.name);
            let numbering = at == 0 && !texts(at) && tells_rows_apart(table) && !(1..table.columns.len()).any(texts);
            if texts(at) || is_year || numbering {
                let first = table.rows.first().and_then(|row| row.get(at)).and_then(Value::as_str).unwrap_or_default();
                let is_date = first.len() >= 7 && first.as_bytes()[..4].iter().all(u8::is_ascii_digit);
                let prefix = if numbering && !is_year { format!("{} ", column.name) } else { String::new() };
                keys.push(Key { at, prefix, family: self.named.family(is_year || is_date) });
            }
        }
        keys
    }

    /// Remembers how many there are of what a column holds.
    fn count_kinds(&mut self, table: &TableData, keys: &[Key]) {
        for key in keys.iter().filter(|key| key.prefix.is_empty()) {
            let name = table.columns[key.at].name.to_lowercase();
            let Some(noun) = name.rsplit(|c: char| !c.is_alphanumeric()).next().filter(|noun| noun.len() > 2) else {
                continue;
            };
            self.kinds.push(RowKind { plural: plural(noun), n: table.n_rows });
        }
    }

    fn row_of_metric(&mut self, name: &str) -> Option<usize> {
        if name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).count() < 2 {
            return None;
        }
        let family = *self.metric_names.get_or_insert_with(|| self.named.family_of_names());
        let label = self.named.add(family, name)?;
        self.rows.push(vec![label]);
        Some(self.rows.len() - 1)
    }

    fn add_cell(
        &mut self,
        value: &Value,
        column: &str,
        key: &str,
        source: impl Fn() -> String,
        id: Option<ArtifactId>,
        row: usize,
    ) {
        let label = format!("{column} {key}");
        match value {
            Value::String(text) => {
                self.add_label(text);
                self.add_years(value, value);
                // A key or code that is all digits, and integers too long for JSON numbers.
                if let Ok(number) = text.trim().parse::<f64>() {
                    self.push_in(Some(row), number, label, source(), id, Rank::Table);
                }
            }
            other => {
                let Some(number) = other.as_f64() else { return };
                if is_year_column(column) && number.fract() == 0.0 {
                    self.years.insert(number as i32);
                }
                self.push_in(Some(row), number, label, source(), id, Rank::Table);
            }
        }
    }

    fn add_columns(&mut self, name: &str, table: &TableData, id: Option<ArtifactId>, first_row: usize) {
        if table.rows.len() > MAX_ARITHMETIC_ROWS {
            return;
        }
        let columns: Arc<[String]> = table.columns.iter().map(|column| column.name.clone()).collect();
        let has_total = table.rows.iter().any(|row| is_total(&key(row)));
        let is_whole = table.rows.len() as u64 == table.n_rows && !has_total;
        for (at, column) in table.columns.iter().enumerate() {
            let member = |(number, row): (usize, &Vec<Value>)| {
                Some(Member { name: key(row), value: row.get(at)?.as_f64()?, row: Some(first_row + number) })
            };
            let rows = table.rows.iter().enumerate().filter(|(_, row)| !is_total(&key(row)));
            let members: Vec<_> = rows.filter_map(member).collect();
            let is_whole = is_whole && !is_year_column(&column.name);
            let source = format!("{name}, column {}", column.name);
            let column = Some((column.name.clone(), Arc::clone(&columns)));
            self.groups.push(Group { source, artifact: id, members, column, is_whole });
        }
        for (at, row) in table.rows.iter().enumerate() {
            let cells = table.columns.iter().zip(row);
            let cells = cells.filter(|(column, _)| !is_year_column(&column.name));
            let member = |(column, value): (&analyst_types::Column, &Value)| {
                Some(Member { name: column.name.clone(), value: value.as_f64()?, row: Some(first_row + at) })
            };
            let members: Vec<_> = cells.filter_map(member).collect();
            let source = format!("{name}, row {}", at + 1);
            self.groups.push(Group { source, artifact: id, members, column: None, is_whole: false });
        }
    }

    fn add_text(&mut self, text: &str, source: &str, id: Option<ArtifactId>, rank: Rank) {
        let text = &text[..text.floor_char_boundary(MAX_TEXT_BYTES)];
        // Lines with one number each are names and values; with several, rows of a table.
        let (names, rows) = (self.named.family_of_names(), self.named.family(false));
        let mut columns: Vec<Vec<Member>> = Vec::new();
        let (mut width, mut header) = (0, "");
        for line in text.lines() {
            let found = numbers(line, &[]);
            if found.len() != width {
                self.add_printed(header, source, id, std::mem::take(&mut columns));
                width = found.len();
            }
            let Some(first) = found.first() else {
                header = line;
                continue;
            };
            let label = line[..first.start].trim_matches(|c: char| !c.is_alphanumeric());
            let family = if found.len() == 1 { names } else { rows };
            let row = self.printed_label(family, label).map(|label| {
                self.rows.push(vec![label]);
                self.rows.len() - 1
            });
            columns.resize_with(found.len(), Vec::new);
            for (number, column) in found.iter().zip(&mut columns) {
                self.push_in(row, number.value(), line[..number.start].to_owned(), source.to_owned(), id, rank);
                column.push(Member { name: label.to_owned(), value: number.value(), row });
            }
        }
        self.add_printed(header, source, id, columns);
    }

    /// What a printed line is about, if it is short enough to be a name.
    fn printed_label(&mut self, family: u32, label: &str) -> Option<LabelId> {
        let n_words = label.split_whitespace().count();
        let is_name = (1..=4).contains(&n_words) && !label.contains(|c: char| c.is_ascii_digit());
        if is_name { self.named.add(family, label) } else { None }
    }

    /// Lines with as many numbers each are a table.
    fn add_printed(&mut self, header: &str, source: &str, artifact: Option<ArtifactId>, columns: Vec<Vec<Member>>) {
        let n_rows = columns.first().map_or(0, Vec::len);
        if let Some(kind) = header.split_whitespace().next().filter(|_| n_rows > 1 && columns.len() > 1) {
            self.kinds.push(RowKind { plural: plural(kind), n: n_rows as u64 });
        }
        for members in columns.into_iter().filter(|members| (2..=MAX_ARITHMETIC_ROWS).contains(&members.len())) {
            self.groups.push(Group { source: source.to_owned(), artifact, members, column: None, is_whole: true });
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
        self.push_in(None, value, label, source, artifact, rank);
    }

    fn push_in(
        &mut self,
        row: Option<usize>,
        value: f64,
        label: String,
        source: String,
        artifact: Option<ArtifactId>,
        rank: Rank,
    ) {
        if value.is_finite() {
            self.values.push(Sourced { value, label, source, artifact, rank, row });
        }
    }

    /// The labels of a row.
    pub(super) fn labels_of(&self, row: Option<usize>) -> &[LabelId] {
        row.and_then(|row| self.rows.get(row)).map_or(&[], Vec::as_slice)
    }
}

/// A column that says what its row is about.
struct Key {
    at: usize,
    /// The column's name where its values are mere numbers: `cluster 1`.
    prefix: String,
    family: u32,
}

impl Key {
    fn text(&self, row: &[Value]) -> Option<String> {
        let text = match row.get(self.at)? {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        Some(format!("{}{text}", self.prefix))
    }
}

/// Whether the first column only numbers the rows: small whole numbers, each once.
fn tells_rows_apart(table: &TableData) -> bool {
    const MAX_NUMBER: u64 = 100;
    let numbers: Vec<_> = table.rows.iter().filter_map(|row| row.first().and_then(Value::as_u64)).collect();
    let distinct: HashSet<_> = numbers.iter().collect();
    table.rows.len() > 1 && distinct.len() == table.rows.len() && numbers.iter().all(|number| *number <= MAX_NUMBER)
}

fn plural(noun: &str) -> String {
    let noun = noun.to_lowercase();
    match noun.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{noun}s"),
    }
}

fn is_total(key: &str) -> bool {
    ["total", "sum", "all", "overall", "gesamt", "summe"].contains(&key.trim().to_lowercase().as_str())
}

/// What a row is about: its texts.
fn key(row: &[Value]) -> String {
    row.iter().filter_map(Value::as_str).take(3).collect::<Vec<_>>().join(" ")
}

fn is_year_column(name: &str) -> bool {
    let name = name.to_lowercase();
    ["year", "jahr", "année", "año"].iter().any(|word| name.contains(word))
}
