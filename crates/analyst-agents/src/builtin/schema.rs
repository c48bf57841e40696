//! A dataset as the parser sees it: columns with their words, what each is good for, and the values it is known to hold.

use std::sync::LazyLock;

use analyst_types::{ColumnProfile, ColumnType};
use regex::Regex;
use serde_json::Value;

use super::expression::Expr;
use super::lexicon::ENGLISH;
use super::tokens::{split_words, squeeze};
use crate::DatasetContext;

/// What a column is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Numbers to compute with.
    Measure,
    /// Few values, to group and filter by.
    Category,
    /// Two values that mean yes and no.
    Flag,
    /// Lies on a time axis.
    Time,
    /// A number or code for each row or thing.
    Id,
    /// Text that is (nearly) different in each row.
    Label,
}

/// How a column that can be read as time is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimeForm {
    /// As dates.
    Native,
    /// As text that looks like dates.
    Text,
    /// As whole numbers of years.
    Year,
}

/// A column, or a quantity the question defines.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    /// As in the dataset; for a derived one, as in the question.
    pub(super) name: String,
    /// Its words, in lower case.
    pub(super) words: Vec<String>,
    /// Its letters and digits only.
    pub(super) squeezed: String,
    /// Its type.
    pub(super) kind: ColumnType,
    /// What it is good for.
    pub(super) role: Role,
    /// How it can be read as time, if it can.
    pub(super) time: Option<TimeForm>,
    /// Missing values.
    pub(super) nulls: u64,
    /// Different values.
    pub(super) distinct: u64,
    /// Known values as text, if there are not too many.
    pub(super) values: Vec<String>,
    /// The same, letters and digits only, and without a plural ending.
    pub(super) forms: Vec<(String, String)>,
    /// Smallest and greatest value, as the profile has them.
    pub(super) bounds: (Value, Value),
    /// The value of a flag that means yes; JSON, as in the data.
    pub(super) yes: Option<Value>,
    /// How it is computed, when the question defines it.
    pub(super) formula: Option<Expr>,
}

/// All columns of one dataset.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Schema {
    /// Table name in SQL.
    pub(super) name: String,
    /// Words of the dataset's and the file's name: what one row may be called.
    pub(super) entity_words: Vec<String>,
    /// Number of rows.
    pub(super) rows: u64,
    /// Columns, then derived quantities.
    pub(super) fields: Vec<Field>,
}

static DATE_TEXT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d{1,2}:\d{2}.*)?$|^[A-Z][a-z]{2,8} \d{1,2}, \d{4}$|^\d{1,2} [A-Z][a-z]{2,8} \d{4}$")
        .expect("BUG: the date pattern is valid")
});

/// Numbers of years lie between these.
const YEARS: std::ops::RangeInclusive<i64> = 1000..=2300;

impl Schema {
    /// From what is known of a dataset.
    pub(super) fn of(dataset: &DatasetContext) -> Self {
        let profile = &dataset.profile;
        let fields = profile.columns.iter().map(|column| {
            let values = dataset.values.get(&column.name).map_or(&[][..], Vec::as_slice);
            Field::of(column, values, profile.rows)
        });
        let stem = dataset.file_name.rsplit_once('.').map_or(dataset.file_name.as_str(), |(stem, _)| stem);
        let mut entity_words = split_words(&dataset.name);
        entity_words.extend(split_words(stem));
        Self { name: dataset.name.clone(), entity_words, rows: profile.rows, fields: fields.collect() }
    }

    /// A field by its index.
    pub(super) fn field(&self, index: usize) -> &Field {
        &self.fields[index]
    }

    /// A field by its name.
    pub(super) fn named(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Indices of the fields with this role.
    pub(super) fn with_role(&self, role: Role) -> Vec<usize> {
        (0..self.fields.len()).filter(|i| self.fields[*i].role == role).collect()
    }

    /// The column that tells when: the first real date, else text dates, else years.
    pub(super) fn time_field(&self) -> Option<usize> {
        self.with_role(Role::Time).into_iter().min_by_key(|i| self.fields[*i].time.map(|form| form as u8))
    }

    /// Whether a key is called so: “invoice” of “InvoiceNo”.
    pub(super) fn is_keyed(&self, word: &str) -> bool {
        let called = |f: &Field| {
            let named =
                f.words.iter().any(|w| w.len() > 3 && !ENGLISH.names_id(w) && super::lexicon::same_word(w, word));
            let key = f.role == Role::Id || f.words.last().is_some_and(|w| ENGLISH.names_id(w));
            key && named
        };
        self.fields.iter().any(called)
    }

    /// Whether the word is what one row is called here.
    pub(super) fn is_entity(&self, word: &str) -> bool {
        ENGLISH.is_entity(word)
            || self.is_keyed(word)
            || self.entity_words.iter().any(|w| super::lexicon::same_word(w, word))
    }
}

impl Field {
    fn of(column: &ColumnProfile, values: &[String], rows: u64) -> Self {
        let words = split_words(&column.name);
        let time = time_form(column, values);
        let yes = yes_value(column, values);
        let role = role_of(column, &words, time, yes.is_some(), rows);
        let known = if values.is_empty() { top_texts(column) } else { values.to_vec() };
        Self {
            name: column.name.clone(),
            squeezed: squeeze(&column.name),
            words,
            kind: column.kind,
            role,
            time,
            nulls: column.nulls,
            distinct: column.distinct,
            forms: forms_of(&known),
            values: known,
            bounds: (column.min.clone(), column.max.clone()),
            yes,
            formula: None,
        }
    }

    /// A quantity that the question defines.
    pub(super) fn derived(name: &str, formula: Expr) -> Self {
        Self {
            name: name.to_owned(),
            words: split_words(name),
            squeezed: squeeze(name),
            kind: ColumnType::Float,
            role: Role::Measure,
            time: None,
            nulls: 0,
            distinct: u64::MAX,
            values: Vec::new(),
            forms: Vec::new(),
            bounds: (Value::Null, Value::Null),
            yes: None,
            formula: Some(formula),
        }
    }

    /// Whether arithmetic makes sense.
    pub(super) fn is_numeric(&self) -> bool {
        self.kind.is_numeric()
    }

    /// Whether it has few enough values to group by.
    pub(super) fn is_groupable(&self) -> bool {
        matches!(self.role, Role::Category | Role::Flag)
    }

    /// Whether sums of it mean something.
    pub(super) fn is_additive(&self) -> bool {
        let averaged = ["price", "rate", "unit price", "average", "mean", "per", "percent", "score", "age"];
        !self.words.iter().any(|w| averaged.contains(&w.as_str())) && self.words.iter().any(|w| ENGLISH.is_additive(w))
    }
}

/// Values as they are looked for.
pub(super) fn forms_of(values: &[String]) -> Vec<(String, String)> {
    let forms = |value: &String| {
        let squeezed = squeeze(value);
        let single = super::lexicon::singular(&squeezed);
        (squeezed, single)
    };
    values.iter().map(forms).collect()
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

fn top_texts(column: &ColumnProfile) -> Vec<String> {
    match column.kind {
        ColumnType::Text | ColumnType::Categorical => {
            column.top.iter().filter_map(|t| t.value.as_str().map(str::to_owned)).collect()
        }
        _ => Vec::new(),
    }
}

fn time_form(column: &ColumnProfile, values: &[String]) -> Option<TimeForm> {
    match column.kind {
        kind if kind.is_temporal() => Some(TimeForm::Native),
        ColumnType::Text | ColumnType::Categorical => {
            let top = top_texts(column);
            let seen: Vec<&str> = values.iter().take(50).chain(top.iter()).map(|v| v.trim()).collect();
            let dates = seen.iter().filter(|v| DATE_TEXT.is_match(v)).count();
            (dates > 0 && dates * 10 >= seen.len() * 8).then_some(TimeForm::Text)
        }
        ColumnType::Integer => {
            let bounds = (number(&column.min)?, number(&column.max)?);
            let inside = |v: f64| YEARS.contains(&(v as i64));
            (inside(bounds.0) && inside(bounds.1)).then_some(TimeForm::Year)
        }
        _ => None,
    }
}

/// The value of a two-valued column that means yes.
fn yes_value(column: &ColumnProfile, values: &[String]) -> Option<Value> {
    if column.kind == ColumnType::Boolean {
        return Some(Value::Bool(true));
    }
    if column.distinct == 0 || column.distinct > 2 {
        return None;
    }
    if column.kind.is_numeric() {
        let binary = number(&column.min).is_some_and(|v| v == 0.0) && number(&column.max).is_some_and(|v| v == 1.0);
        return binary.then(|| Value::from(1));
    }
    let known = if values.is_empty() { top_texts(column) } else { values.to_vec() };
    let yes = known.iter().find(|v| ENGLISH.is_positive(&v.to_lowercase()))?;
    Some(Value::String(yes.clone()))
}

fn role_of(column: &ColumnProfile, words: &[String], time: Option<TimeForm>, flag: bool, rows: u64) -> Role {
    let filled = rows.saturating_sub(column.nulls);
    let all_different = column.distinct == filled && filled > 1;
    let id_name = words.last().is_some_and(|w| ENGLISH.names_id(w)) || words.first().is_some_and(|w| w == "id");
    let named_time = words.iter().any(|w| ENGLISH.names_time(w));
    match column.kind {
        _ if matches!(time, Some(TimeForm::Native | TimeForm::Text)) => Role::Time,
        _ if time == Some(TimeForm::Year) && named_time => Role::Time,
        _ if flag => Role::Flag,
        kind if kind.is_numeric() && id_name => Role::Id,
        kind if kind.is_numeric() => Role::Measure,
        ColumnType::Duration => Role::Measure,
        _ if all_different && id_name && filled > 20 => Role::Id,
        _ if all_different && filled > 12 || column.distinct > 500 => Role::Label,
        _ => Role::Category,
    }
}
