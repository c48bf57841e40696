//! SQL for the intents that one SELECT can answer; used when Python is not there. The columns of the result carry the
//! same names as the metrics of the Python code, so that the narration reads either.

use analyst_types::ChartSpec;

use super::bins::Bins;
use super::intent::{
    Aggregate, Aggregation, Condition, End, Group, Intent, Measure, OrderBy, Quantity, RowList, Task, Trend,
};
use super::labels;
use super::periods::{Grain, Period, whole_years};
use super::schema::{Schema, TimeForm};
use super::wishes::ChartKind;

/// A SELECT and how to draw its result.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Query {
    /// The SELECT.
    pub(super) text: String,
    /// How to draw it.
    pub(super) chart: Option<ChartSpec>,
}

/// The SELECT for an intent; `None` when it needs Python.
pub(super) fn write(intent: &Intent, schema: &Schema) -> Option<Query> {
    // A SELECT prepares nothing, and it names no place in an order.
    let ranked = matches!(&intent.task, Task::Aggregate(a) if a.nth.is_some())
        || matches!(&intent.task, Task::Rows(r) if r.nth.is_some());
    if !intent.prepare.is_empty() || intent.tag.is_some() || ranked {
        return None;
    }
    let writer = Writer { intent, schema };
    match &intent.task {
        Task::Aggregate(task) => writer.aggregation(task),
        Task::Trend(task) => writer.trend(task),
        Task::Rows(task) => writer.rows(task),
        Task::Missing(columns, _) => Some(writer.missing(columns)),
        Task::Describe(columns) => writer.describe(columns),
        _ => None,
    }
}

struct Writer<'a> {
    intent: &'a Intent,
    schema: &'a Schema,
}

/// A quoted name.
fn name(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A quoted text.
fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

fn literal(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(s) => text(s),
        serde_json::Value::Bool(b) => b.to_string().to_uppercase(),
        other => other.to_string(),
    }
}

impl Writer<'_> {
    /// A column, or the formula of a defined quantity.
    fn column(&self, column: &str) -> String {
        match self.intent.derived.iter().find(|d| d.name == column) {
            Some(derived) => format!("({})", derived.formula.write(&|c| name(c)).replace("**", "^")),
            None => name(column),
        }
    }

    fn source(&self) -> Option<String> {
        let parts: Option<Vec<String>> = self.intent.conditions.iter().map(|c| self.condition(c)).collect();
        let parts = parts?;
        let filter = if parts.is_empty() { String::new() } else { format!("\nWHERE {}", parts.join("\n  AND ")) };
        Some(format!("FROM {}{filter}", name(&self.schema.name)))
    }

    fn condition(&self, condition: &Condition) -> Option<String> {
        Some(match condition {
            Condition::Compare(column, op, value) => {
                let op = match op {
                    '≥' => ">=",
                    '≤' => "<=",
                    '≠' => "<>",
                    '>' => ">",
                    '<' => "<",
                    _ => "=",
                };
                format!("{} {op} {value}", self.column(column))
            }
            Condition::In { column, values, negated } => {
                let list = values.iter().map(literal).collect::<Vec<_>>().join(", ");
                format!("{} {}IN ({list})", name(column), if *negated { "NOT " } else { "" })
            }
            Condition::Missing(column) => format!("{} IS NULL", name(column)),
            Condition::Known(column) => format!("{} IS NOT NULL", name(column)),
            Condition::During(column, form, period) => during(column, *form, period)?,
            Condition::Text { column, how, text: part, negated } => {
                let pattern = match *how {
                    "startswith" => format!("{part}%"),
                    "endswith" => format!("%{part}"),
                    _ => format!("%{part}%"),
                };
                format!("{} {}ILIKE {}", name(column), if *negated { "NOT " } else { "" }, text(&pattern))
            }
            Condition::Any(parts) => {
                let parts: Option<Vec<String>> = parts.iter().map(|p| self.condition(p)).collect();
                format!("({})", parts?.join(" OR "))
            }
            Condition::All(parts) => {
                let parts: Option<Vec<String>> = parts.iter().map(|p| self.condition(p)).collect();
                format!("({})", parts?.join(" AND "))
            }
            Condition::Not(inner) => format!("NOT ({})", self.condition(inner)?),
            Condition::Columns(a, op, b) => {
                let op = match op {
                    '≥' => ">=",
                    '≤' => "<=",
                    '≠' => "<>",
                    '>' => ">",
                    '<' => "<",
                    _ => "=",
                };
                format!("{} {op} {}", self.column(a), self.column(b))
            }
            Condition::Typical(..) | Condition::Head(_) => return None,
        })
    }

    fn measure(&self, measure: &Measure) -> Option<String> {
        let column = match &measure.quantity {
            Quantity::Rows => return Some("COUNT(*)".to_owned()),
            Quantity::Holds(condition) => {
                return Some(format!("AVG(CASE WHEN {} THEN 1.0 ELSE 0.0 END) * 100", self.condition(condition)?));
            }
            Quantity::Weighted(value, weight) => {
                let (value, weight) = (self.column(value), self.column(weight));
                return Some(format!("SUM({value} * {weight}) / SUM({weight})"));
            }
            Quantity::Column(column) => self.column(column),
        };
        Some(match measure.aggregate {
            Aggregate::Count => format!("COUNT({column})"),
            Aggregate::Distinct => format!("COUNT(DISTINCT {column})"),
            Aggregate::Sum => format!("SUM({column})"),
            Aggregate::Mean => format!("AVG({column})"),
            Aggregate::Median => format!("MEDIAN({column})"),
            Aggregate::Min => format!("MIN({column})"),
            Aggregate::Max => format!("MAX({column})"),
            Aggregate::Std => format!("STDDEV({column})"),
            Aggregate::Variance => format!("VARIANCE({column})"),
            Aggregate::Range => format!("MAX({column}) - MIN({column})"),
            Aggregate::Iqr => format!("QUANTILE_CONT({column}, 0.75) - QUANTILE_CONT({column}, 0.25)"),
            Aggregate::Quantile(level) => format!("QUANTILE_CONT({column}, {level})"),
            Aggregate::Variation => format!("STDDEV({column}) / AVG({column})"),
            Aggregate::Rate => self.rate(measure)?,
            Aggregate::Mode
            | Aggregate::Skewness
            | Aggregate::Kurtosis
            | Aggregate::Autocorrelation
            | Aggregate::Shifted
            | Aggregate::PopulationStd
            | Aggregate::PopulationVariance => return None,
        })
    }

    fn rate(&self, measure: &Measure) -> Option<String> {
        let Quantity::Column(column) = &measure.quantity else { return None };
        let yes = self.schema.named(column)?.yes.clone()?;
        Some(format!(
            "AVG(CASE WHEN {0} = {1} THEN 1.0 WHEN {0} IS NOT NULL THEN 0.0 END) * 100",
            name(column),
            literal(&yes)
        ))
    }

    fn key(&self, group: &Group) -> Option<String> {
        match group {
            Group::Column(column) => Some(name(column)),
            Group::Time(column, form, grain) => time_key(column, *form, *grain),
            Group::Bins(column, Bins::Ranges(list)) => {
                let column = self.column(column);
                let cases = list.iter().map(|r| {
                    let low = r.low.map(|low| format!("{column} >= {low}"));
                    let high = r.high.map(|high| format!("{column} {} {high}", if r.closed { "<=" } else { "<" }));
                    let both: Vec<String> = low.into_iter().chain(high).collect();
                    format!("WHEN {} THEN {}", both.join(" AND "), text(&r.label))
                });
                Some(format!("CASE {} END", cases.collect::<Vec<_>>().join(" ")))
            }
            Group::Bins(..) => None,
        }
    }

    fn aggregation(&self, task: &Aggregation) -> Option<Query> {
        let numbers: Option<Vec<String>> = task
            .measures
            .iter()
            .map(|m| Some(format!("{} AS {}", self.measure(m)?, name(&labels::measure(m)))))
            .collect();
        let numbers = numbers?;
        if task.groups.is_empty() {
            let text = format!("SELECT COUNT(*) AS \"rows used\",\n  {}\n{}", numbers.join(",\n  "), self.source()?);
            return Some(Query { text, chart: None });
        }
        let label = labels::measure(&task.measures[0]);
        let keys: Option<Vec<String>> =
            task.groups.iter().map(|g| Some(format!("{} AS {}", self.key(g)?, name(&labels::key(g))))).collect();
        let keys = keys?;
        let groups: Vec<String> = task.groups.iter().map(|g| name(&labels::key(g))).collect();
        let inner = format!(
            "SELECT {},\n  {}\n{}\nGROUP BY {}",
            keys.join(", "),
            numbers.join(",\n  "),
            self.source()?,
            groups.join(", ")
        );
        let having = task.having.map(|(op, n)| {
            format!(
                " AND \"number of rows\" {} {n}",
                if op == '≥' {
                    ">="
                } else if op == '<' {
                    "<"
                } else {
                    ">"
                }
            )
        });
        let having = having.filter(|_| task.measures.iter().any(|m| m.quantity == Quantity::Rows)).unwrap_or_default();
        let share = if task.share {
            format!(", {0} * 100.0 / SUM({0}) OVER () AS \"share (%)\"", name(&label))
        } else {
            String::new()
        };
        let order = match task.order {
            Some(o) if o.by == OrderBy::Group => format!("{} {}", groups[0], if o.descending { "DESC" } else { "ASC" }),
            Some(o) => format!("{} {}, {}", name(&label), if o.descending { "DESC" } else { "ASC" }, groups[0]),
            None if task.extreme == Some(End::Lowest) => format!("{} ASC, {}", name(&label), groups[0]),
            None if matches!(task.groups[0], Group::Time(..) | Group::Bins(..)) && task.extreme.is_none() => {
                groups[0].clone()
            }
            None => format!("{} DESC, {}", name(&label), groups[0]),
        };
        let limit = task.limit.map(|n| format!("\nLIMIT {n}")).unwrap_or_default();
        let text = format!(
            "SELECT *{share}\nFROM (\n{}\n) AS grouped\nWHERE {} IS NOT NULL{having}\nORDER BY {order}{limit}",
            indent(&inner),
            groups[0]
        );
        let chart = self.chart(
            &labels::key(&task.groups[0]),
            &label,
            task.groups.get(1).map(labels::key),
            &super::python::aggregation_title(task, self.intent),
            "bar",
        );
        Some(Query { text, chart: Some(chart) })
    }

    fn chart(&self, x: &str, y: &str, color: Option<String>, title: &str, default: &str) -> ChartSpec {
        let kind = match self.intent.wishes.chart {
            Some(ChartKind::Pie) => "pie",
            Some(ChartKind::Line | ChartKind::Area) => "line",
            Some(ChartKind::Scatter) => "scatter",
            Some(ChartKind::Bar | ChartKind::StackedBar | ChartKind::GroupedBar | ChartKind::Histogram) => "bar",
            _ => default,
        };
        ChartSpec { kind: kind.to_owned(), x: x.to_owned(), y: Some(y.to_owned()), color, title: title.to_owned() }
    }

    fn trend(&self, task: &Trend) -> Option<Query> {
        if task.cumulative || task.split.is_some() {
            return None;
        }
        let label = labels::measure(&task.measure);
        let grain = task.grain.name();
        let key = if task.form == TimeForm::Year {
            name(&task.column)
        } else {
            time_key(&task.column, task.form, task.grain)?
        };
        let inner = format!(
            "SELECT {key} AS {},\n  {} AS {}\n{}\nGROUP BY {}",
            name(grain),
            self.measure(&task.measure)?,
            name(&label),
            self.source()?,
            name(grain)
        );
        let text = format!(
            "SELECT *\nFROM (\n{}\n) AS grouped\nWHERE {} IS NOT NULL\nORDER BY {}",
            indent(&inner),
            name(grain),
            name(grain)
        );
        let chart = self.chart(grain, &label, None, &super::python::trend_title(task, self.intent), "line");
        Some(Query { text, chart: Some(chart) })
    }

    fn rows(&self, task: &RowList) -> Option<Query> {
        let mut columns: Vec<String> =
            task.columns.iter().map(|c| format!("{} AS {}", self.column(c), name(c))).collect();
        if columns.is_empty() {
            columns.push("*".to_owned());
        }
        let mut source = self.source()?;
        if let Some(by) = &task.by {
            let joint = if self.intent.conditions.is_empty() { "\nWHERE" } else { "\n  AND" };
            source.push_str(&format!(
                "{joint} {} IS NOT NULL\nORDER BY {} {}",
                self.column(by),
                self.column(by),
                if task.descending { "DESC" } else { "ASC" }
            ));
        }
        Some(Query { text: format!("SELECT {}\n{source}\nLIMIT {}", columns.join(", "), task.limit), chart: None })
    }

    fn missing(&self, columns: &[String]) -> Query {
        let all: Vec<String> = if columns.is_empty() {
            self.schema.fields.iter().filter(|f| f.formula.is_none()).map(|f| f.name.clone()).collect()
        } else {
            columns.to_vec()
        };
        let counts: Vec<String> =
            all.iter().map(|c| format!("COUNT(*) - COUNT({}) AS {}", name(c), name(&format!("missing {c}")))).collect();
        Query {
            text: format!(
                "SELECT COUNT(*) AS \"number of rows\",\n  {}\nFROM {}",
                counts.join(",\n  "),
                name(&self.schema.name)
            ),
            chart: None,
        }
    }

    fn describe(&self, columns: &[String]) -> Option<Query> {
        let chosen = self
            .schema
            .fields
            .iter()
            .filter(|f| f.is_numeric() && f.formula.is_none() && (columns.is_empty() || columns.contains(&f.name)));
        let mut parts = vec!["COUNT(*) AS \"number of rows\"".to_owned()];
        for field in chosen.take(8) {
            let (q, n) = (name(&field.name), &field.name);
            for (label, call) in [
                ("mean", "AVG"),
                ("median", "MEDIAN"),
                ("minimum", "MIN"),
                ("maximum", "MAX"),
                ("standard deviation of", "STDDEV"),
            ] {
                parts.push(format!("{call}({q}) AS {}", name(&format!("{label} {n}"))));
            }
        }
        Some(Query { text: format!("SELECT {}\n{}", parts.join(",\n  "), self.source()?), chart: None })
    }
}

fn indent(text: &str) -> String {
    text.lines().map(|l| format!("  {l}")).collect::<Vec<_>>().join("\n")
}

fn time_key(column: &str, form: TimeForm, grain: Grain) -> Option<String> {
    if form != TimeForm::Native {
        return None;
    }
    let column = name(column);
    Some(match grain {
        Grain::Day => format!("STRFTIME({column}, '%Y-%m-%d')"),
        Grain::Week => format!("STRFTIME({column}, '%G-W%V')"),
        Grain::Month => format!("STRFTIME({column}, '%Y-%m')"),
        Grain::Year => format!("STRFTIME({column}, '%Y')"),
        Grain::Quarter => {
            format!("STRFTIME({column}, '%Y') || '-Q' || CAST(EXTRACT(QUARTER FROM {column}) AS VARCHAR)")
        }
        Grain::Weekday => format!("STRFTIME({column}, '%a')"),
        Grain::MonthOfYear => format!("STRFTIME({column}, '%b')"),
        Grain::Hour => format!("EXTRACT(HOUR FROM {column})"),
    })
}

fn during(column: &str, form: TimeForm, period: &Period) -> Option<String> {
    let q = name(column);
    if let (TimeForm::Year, Some((from, to))) = (form, whole_years(period)) {
        let parts: Vec<String> =
            from.map(|y| format!("{q} >= {y}")).into_iter().chain(to.map(|y| format!("{q} < {y}"))).collect();
        return Some(parts.join(" AND "));
    }
    if form != TimeForm::Native {
        return None;
    }
    match period {
        Period::Span(from, to) => {
            let from = from.map(|d| format!("{q} >= CAST('{d}' AS DATE)"));
            let to = to.map(|d| format!("{q} < CAST('{d}' AS DATE)"));
            Some(from.into_iter().chain(to).collect::<Vec<_>>().join(" AND "))
        }
        Period::Months(list) => {
            let list = list.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
            Some(format!("EXTRACT(MONTH FROM {q}) IN ({list})"))
        }
        Period::Latest { .. } | Period::Weekdays(_) => None,
    }
}
