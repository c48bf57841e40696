//! What a run found: its metrics and tables, as the narration reads them.

use analyst_types::{ArtifactContent, TableData};
use serde_json::Value;

use crate::builtin::lexicon::same_word;
use crate::builtin::tokens::split_words;
use crate::builtin::wishes::Wishes;

/// Metrics and tables of all steps, in the order shown.
#[derive(Debug, Default)]
pub(super) struct Results<'a> {
    /// Name and value.
    pub(super) metrics: Vec<(String, Value)>,
    /// Title and rows.
    pub(super) tables: Vec<(&'a str, &'a TableData)>,
}

impl<'a> Results<'a> {
    /// From the artifacts of a run.
    pub(super) fn of(artifacts: impl Iterator<Item = &'a (String, ArtifactContent)>) -> Self {
        let mut results = Self::default();
        for (title, content) in artifacts {
            match content {
                ArtifactContent::Metric { name, value } => results.metrics.push((name.clone(), value.clone())),
                ArtifactContent::Table(table) => results.tables.push((title, table)),
                _ => {}
            }
        }
        results
    }

    /// A metric by its name; the last one wins.
    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.metrics.iter().rev().find(|(n, _)| n == name).map(|(_, v)| v).filter(|v| !v.is_null())
    }

    /// A metric as a number.
    pub(super) fn number(&self, name: &str) -> Option<f64> {
        number(self.value(name)?)
    }

    /// A metric as text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.value(name).map(plain)
    }

    /// The first table with all of these columns.
    pub(super) fn table(&self, columns: &[&str]) -> Option<&'a TableData> {
        let has = |t: &TableData| columns.iter().all(|c| t.columns.iter().any(|x| x.name == *c));
        self.tables.iter().map(|(_, t)| *t).find(|t| has(t))
    }
}

/// A column of a table by its name.
pub(super) fn column_of(table: &TableData, name: &str) -> Option<usize> {
    table.columns.iter().position(|c| c.name == name)
}

/// A JSON value as a number.
pub(super) fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str().and_then(|s| s.parse().ok()))
}

/// A JSON value as plain text; whole numbers without a decimal point.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(n) => match n.as_f64() {
            Some(v) if v.fract() == 0.0 && v.abs() < 1e15 => format!("{v:.0}"),
            Some(v) => human(v),
            None => n.to_string(),
        },
        Value::Bool(true) => "true".to_owned(),
        Value::Bool(false) => "false".to_owned(),
        other => other.to_string(),
    }
}

/// What a number is about, which decides its precision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Whole things.
    Count,
    /// Any number.
    Value,
    /// In percent.
    Percent,
    /// A probability of a test.
    P,
}

/// Writes a number in the precision asked for, else in one that people read easily.
pub(super) fn write(value: f64, kind: Kind, about: &str, wishes: &Wishes) -> String {
    if let Some(decimals) = asked_decimals(kind, about, wishes) {
        return if kind == Kind::Count { grouped(value, 0) } else { grouped(value, usize::from(decimals)) };
    }
    match kind {
        Kind::Count => grouped(value, 0),
        Kind::P if value < 0.0001 => "< 0.0001".to_owned(),
        Kind::P => format!("{value:.4}"),
        Kind::Percent => grouped(value, 1),
        Kind::Value => human(value),
    }
}

/// The decimals asked for in words about this number, or for all numbers.
pub(super) fn asked_decimals(kind: Kind, about: &str, wishes: &Wishes) -> Option<u8> {
    let words = split_words(about);
    let percent = kind == Kind::Percent;
    let about_this = |list: &[String]| {
        list.iter().any(|w| {
            words.iter().any(|x| same_word(x, w))
                || percent && matches!(w.as_str(), "percent" | "percentage" | "percentages" | "share" | "rate" | "pct")
                || kind == Kind::P && matches!(w.as_str(), "p" | "pvalue")
                || kind == Kind::Value
                    && matches!(w.as_str(), "coefficient" | "statistic")
                    && words.iter().any(|x| x == "correlation" || x == "coefficient" || x.len() == 1)
        })
    };
    if let Some((_, n)) = wishes.decimals.iter().find(|(w, _)| !w.is_empty() && about_this(w)) {
        return Some(*n);
    }
    let general = wishes.decimals.iter().find(|(w, _)| {
        w.is_empty()
            || w.iter().all(|x| {
                matches!(
                    x.as_str(),
                    "answer" | "result" | "results" | "number" | "numbers" | "value" | "values" | "final"
                )
            })
    });
    match (general, wishes.decimals.as_slice(), kind) {
        (Some((_, n)), _, _) => Some(*n),
        (None, [(w, n)], Kind::Value | Kind::Percent) if !w.iter().any(|x| x == "p") => Some(*n),
        (None, [_, _, ..], Kind::Value) => {
            let plain = |w: &[String]| {
                !w.iter().any(|x| matches!(x.as_str(), "p" | "percent" | "percentage" | "share" | "rate" | "change"))
            };
            wishes.decimals.iter().find(|(w, _)| plain(w)).map(|(_, n)| *n)
        }
        _ => None,
    }
}

/// Easily read: whole numbers whole, two decimals, more for small numbers.
pub(super) fn human(value: f64) -> String {
    let size = value.abs();
    if value.fract() == 0.0 && size < 1e15 {
        grouped(value, 0)
    } else if size >= 1e15 || (size > 0.0 && size < 1e-4) {
        format!("{value:.3e}")
    } else if size >= 1.0 {
        grouped(value, 2)
    } else if size >= 0.1 {
        grouped(value, 3)
    } else {
        grouped(value, 4)
    }
}

/// Fixed decimals, with a comma between thousands from ten thousand on.
pub(super) fn grouped(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    // Rounding may leave a minus before zero.
    let text = if text.trim_start_matches('-').chars().all(|c| matches!(c, '0' | '.')) {
        text.trim_start_matches('-').to_owned()
    } else {
        text
    };
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |d| ("-", d));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.len() < 5 {
        return text;
    }
    let mut out = String::new();
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(c);
    }
    let point = if fraction.is_empty() { String::new() } else { format!(".{fraction}") };
    format!("{sign}{out}{point}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_easily() {
        let check = |value: f64, text: &str| assert_eq!(human(value), text);
        check(480.0, "480");
        check(17209.2547, "17,209.25");
        check(19.264, "19.26");
        check(0.1445, "0.144");
        check(-0.06661, "-0.0666");
        check(0.000_012, "1.200e-5");
        assert_eq!(grouped(-0.001, 2), "0.00");
    }
}
