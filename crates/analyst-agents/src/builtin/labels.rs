//! What numbers are called: the same names in metrics, tables, charts and in the prose that reads them back.

use serde_json::Value;

use super::bins::Bins;
use super::intent::{Aggregate, Condition, Fill, Group, Measure, OutlierRule, Preparation, Quantity, Scaling};
use super::periods;

/// Name of a measure: `mean Unit Price`, `number of rows`.
pub(super) fn measure(measure: &Measure) -> String {
    match &measure.quantity {
        Quantity::Rows => "number of rows".to_owned(),
        Quantity::Holds(condition) => format!("share of rows {} (%)", self::condition(condition)),
        Quantity::Weighted(name, weight) => format!("mean {name} weighted by {weight}"),
        Quantity::Column(name) => match measure.aggregate {
            Aggregate::Rate => format!("{name} rate (%)"),
            Aggregate::Quantile(level) => format!("{} % quantile of {name}", round2(level * 100.0)),
            Aggregate::Count => format!("number of {name}"),
            Aggregate::Distinct => format!("number of different {name}"),
            other => format!("{} {name}", aggregate(other)),
        },
    }
}

/// Name of an aggregate.
pub(super) fn aggregate(aggregate: Aggregate) -> &'static str {
    match aggregate {
        Aggregate::Count => "number",
        Aggregate::Distinct => "number of different",
        Aggregate::Sum => "total",
        Aggregate::Mean => "mean",
        Aggregate::Median => "median",
        Aggregate::Min => "minimum",
        Aggregate::Max => "maximum",
        Aggregate::Std => "standard deviation of",
        Aggregate::Variance => "variance of",
        Aggregate::PopulationStd => "population standard deviation of",
        Aggregate::PopulationVariance => "population variance of",
        Aggregate::Range => "range of",
        Aggregate::Mode => "most frequent",
        Aggregate::Skewness => "skewness of",
        Aggregate::Kurtosis => "excess kurtosis of",
        Aggregate::Iqr => "interquartile range of",
        Aggregate::Variation => "coefficient of variation of",
        Aggregate::Autocorrelation => "lag-1 autocorrelation of",
        Aggregate::Shifted => "correlation with itself one row later of",
        Aggregate::Quantile(_) => "quantile of",
        Aggregate::Rate => "rate of",
    }
}

fn round2(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// Name of the column a group makes in tables.
pub(super) fn key(group: &Group) -> String {
    match group {
        Group::Column(name) => name.clone(),
        Group::Bins(name, _) => format!("{name} group"),
        Group::Time(name, _, grain) => format!("{name} ({})", grain.name()),
    }
}

/// A group in prose: `Region`, `month`.
pub(super) fn group(group: &Group) -> String {
    match group {
        Group::Column(name) => name.clone(),
        Group::Bins(name, Bins::Ranges(_)) => format!("{name} group"),
        Group::Bins(name, _) => format!("range of {name}"),
        Group::Time(_, _, grain) => grain.name().to_owned(),
    }
}

/// A condition in prose: `with Region = North`.
pub(super) fn condition(condition: &Condition) -> String {
    match condition {
        Condition::Compare(column, op, value) => format!("with {column} {op} {value}"),
        Condition::In { column, values, negated } => {
            let sign = if *negated { "≠" } else { "=" };
            let list: Vec<String> = values.iter().map(plain).collect();
            format!("with {column} {sign} {}", list.join(if *negated { " and " } else { " or " }))
        }
        Condition::Missing(column) => format!("without {column}"),
        Condition::Known(column) => format!("with a known {column}"),
        Condition::During(_, _, period) => periods::describe(period),
        Condition::Text { column, how, text, negated } => {
            let verb = match (*how, *negated) {
                ("contains", false) => "containing",
                ("contains", true) => "not containing",
                ("startswith", false) => "beginning with",
                ("startswith", true) => "not beginning with",
                (_, false) => "ending with",
                (_, true) => "not ending with",
            };
            format!("with {column} {verb} “{text}”")
        }
        Condition::Typical(column, OutlierRule::Iqr(_)) => format!("without outliers of {column} (IQR rule)"),
        Condition::Typical(column, OutlierRule::ZScore(_)) => format!("without outliers of {column} (z-scores)"),
        Condition::Any(parts) => parts.iter().map(self::condition).collect::<Vec<_>>().join(" or "),
        Condition::All(parts) => parts.iter().map(self::condition).collect::<Vec<_>>().join(" and "),
        Condition::Not(inner) => format!("not {}", self::condition(inner)),
        Condition::Columns(a, op, b) => format!("with {a} {op} {b}"),
        Condition::Head(n) => format!("among the first {n} rows"),
    }
}

/// All conditions in prose, with a space before; empty when there are none.
pub(super) fn conditions(list: &[Condition]) -> String {
    if list.is_empty() {
        return String::new();
    }
    format!(" {}", list.iter().map(condition).collect::<Vec<_>>().join(" and "))
}

/// What is prepared, as a sentence.
pub(super) fn preparations(list: &[Preparation]) -> String {
    let told: Vec<String> = list.iter().map(preparation).collect();
    format!("Prepares the data: {}.", told.join("; "))
}

/// One preparation in words.
pub(super) fn preparation(step: &Preparation) -> String {
    match step {
        Preparation::Fill { columns, with, by } => {
            let with = match with {
                Fill::Mean => "the mean".to_owned(),
                Fill::Median => "the median".to_owned(),
                Fill::Mode => "the most frequent value".to_owned(),
                Fill::Forward => "the value before".to_owned(),
                Fill::Backward => "the value after".to_owned(),
                Fill::Linear => "values between the neighbours".to_owned(),
                Fill::Value(value) => plain(value),
            };
            let by = by.as_ref().map(|by| format!(" of the same {by}")).unwrap_or_default();
            format!("gaps of {} filled with {with}{by}", columns.join(", "))
        }
        Preparation::DropMissing(columns) if columns.is_empty() => "rows with a gap left out".to_owned(),
        Preparation::DropMissing(columns) => format!("rows without {} left out", columns.join(" or ")),
        Preparation::DropDuplicates => "repeated rows left out".to_owned(),
        Preparation::Clip { column, .. } => format!("{column} clipped"),
        Preparation::Scale { columns, how } => {
            let how = if *how == Scaling::MinMax { "from 0 to 1" } else { "to mean 0 and standard deviation 1" };
            format!("{} brought to scale ({how})", columns.join(", "))
        }
        Preparation::Apply { column, function } => format!("{function} of {column} in its place"),
        Preparation::Length { column, words, .. } => {
            format!("number of {} of {column}", if *words { "words" } else { "characters" })
        }
        Preparation::Title { column, .. } => format!("title taken from {column}"),
        Preparation::Days { from, to, into, .. } => format!("{into} as the time from {} to {}", from.0, to.0),
        Preparation::Cases { into, .. } => format!("{into} by cases"),
        Preparation::Bands { column, bands, .. } => format!("{column} in {} ranges", bands.len()),
        Preparation::RowMean { columns, into } => format!("{into} as the mean of {}", columns.join(", ")),
        Preparation::Change { column, into, .. } => format!("{into} as the change of {column} against the row before"),
    }
}

/// A JSON value as plain text.
pub(super) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Metric names that code writes and narration reads.
pub(super) fn top_group(key: &str, label: &str) -> String {
    format!("{key} with the highest {label}")
}

/// See [`top_group`].
pub(super) fn bottom_group(key: &str, label: &str) -> String {
    format!("{key} with the lowest {label}")
}

/// See [`top_group`].
pub(super) fn highest(label: &str) -> String {
    format!("highest {label}")
}

/// See [`top_group`].
pub(super) fn lowest(label: &str) -> String {
    format!("lowest {label}")
}
