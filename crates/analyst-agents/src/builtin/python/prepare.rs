//! The working copy: columns as the analysis needs them, defined quantities, conditions, group keys.

use analyst_types::ColumnType;

use super::preparation;
use super::script::{Script, column, literal, quote};
use crate::builtin::bins::{Bins, Range};
use crate::builtin::intent::{Condition, Group, Intent, OutlierRule, Preparation};
use crate::builtin::labels;
use crate::builtin::periods::{Grain, Period, whole_years};
use crate::builtin::schema::{Field, Schema, TimeForm};

/// Writes the working copy `data` with everything the conditions and `numbers` need.
pub(super) fn working_copy(script: &mut Script, intent: &Intent, schema: &Schema, numbers: &[&str]) {
    script.import("import pandas as pd");
    script.line("# Work on a copy; the dataset itself stays as it is.");
    script.line("data = df.copy()");
    let mut needed: Vec<&str> = Vec::new();
    for derived in &intent.derived {
        needed.extend(derived.formula.columns());
    }
    needed.extend(numbers);
    for condition in &intent.conditions {
        needed.extend(compared(condition));
    }
    needed.extend(preparation::numbers(&intent.prepare));
    for step in &intent.prepare {
        if let Preparation::Cases { cases, .. } = step {
            needed.extend(cases.iter().flat_map(|(c, _)| compared(c)));
        }
    }
    let mut done: Vec<&str> = Vec::new();
    for name in needed {
        if !done.contains(&name) {
            done.push(name);
            if let Some(field) = schema.named(name) {
                as_number(script, field);
            }
        }
    }
    // A quantity may be computed from what is prepared, and what is prepared from a quantity.
    let made = preparation::made(&intent.prepare);
    let changes = intent.prepare.iter().any(|p| matches!(p, Preparation::Change { .. }));
    let later = intent.prepare.iter().any(|p| matches!(p, Preparation::Fill { .. } | Preparation::DropDuplicates))
        || intent.derived.iter().any(|d| d.formula.columns().iter().any(|c| made.contains(c)));
    let first = changes && !intent.conditions.is_empty();
    if first {
        conditions(script, &intent.conditions);
    }
    if later {
        preparation::write(script, &intent.prepare);
    }
    for derived in &intent.derived {
        script.comment(&format!("{}, row by row", derived.name));
        script.line(format!("{} = {}", column(&derived.name), derived.formula.write(&|name| column(name))));
    }
    if !later {
        preparation::write(script, &intent.prepare);
    }
    if !first {
        conditions(script, &intent.conditions);
    }
}

/// Columns that are compared with numbers.
pub(super) fn compared(condition: &Condition) -> Vec<&str> {
    match condition {
        Condition::Compare(name, ..) | Condition::Typical(name, _) => vec![name],
        Condition::Columns(a, _, b) => vec![a, b],
        Condition::Not(inner) => compared(inner),
        Condition::Any(parts) | Condition::All(parts) => parts.iter().flat_map(compared).collect(),
        _ => Vec::new(),
    }
}

/// Makes a column numeric where its type or its missing values could stand in the way.
fn as_number(script: &mut Script, field: &Field) {
    if field.formula.is_some() {
        return;
    }
    let here = column(&field.name);
    match (&field.yes, field.kind) {
        (Some(yes), kind) if !kind.is_numeric() => {
            script.line(format!(
                "{here} = ({here} == {}).where({here}.notna()).astype(\"float\")  # yes = 1, no = 0",
                literal(yes)
            ));
        }
        (_, ColumnType::Duration) => script.line(format!("{here} = pd.to_timedelta({here}).dt.total_seconds()")),
        (_, kind) if kind.is_numeric() || kind == ColumnType::Boolean => {
            script.line(format!("{here} = pd.to_numeric({here}, errors=\"coerce\").astype(\"float\")"));
        }
        _ => {}
    }
}

/// The text of a column read as time.
pub(super) fn as_time(name: &str, form: TimeForm) -> String {
    let here = column(name);
    match form {
        TimeForm::Native => format!("pd.to_datetime({here}, errors=\"coerce\")"),
        TimeForm::Text => format!("pd.to_datetime({here}, errors=\"coerce\", format=\"mixed\")"),
        TimeForm::Year => {
            format!("pd.to_datetime({here}.astype(\"Int64\").astype(\"string\"), errors=\"coerce\", format=\"%Y\")")
        }
    }
}

fn conditions(script: &mut Script, list: &[Condition]) {
    if list.is_empty() {
        return;
    }
    script.comment(&format!("Only rows{}", labels::conditions(list)));
    for condition in list {
        let typical = matches!(condition, Condition::Typical(..));
        if typical {
            script.line("before = len(data)");
        }
        script.line(format!("data = data[{}]", mask(condition)));
        if typical {
            script.metric("rows removed as outliers", "before - len(data)");
        }
    }
    script.line("data = data.copy()");
}

/// A condition as a mask over `data`.
pub(super) fn mask(condition: &Condition) -> String {
    match condition {
        Condition::Compare(name, op, value) => format!("{} {} {value}", column(name), python_operator(*op)),
        Condition::In { column: name, values, negated } => {
            let here = column(name);
            let list = values.iter().map(literal).collect::<Vec<_>>().join(", ");
            match (values.len(), *negated) {
                (1, false) => format!("{here} == {list}"),
                (_, false) => format!("{here}.isin([{list}])"),
                // Rows without a value are not known to differ.
                (_, true) => format!("{here}.notna() & ~{here}.isin([{list}])"),
            }
        }
        Condition::Missing(name) => format!("{}.isna()", column(name)),
        Condition::Known(name) => format!("{}.notna()", column(name)),
        Condition::During(name, form, period) => during(name, *form, period),
        Condition::Text { column: name, how, text, negated } => {
            let tail = if *how == "contains" { ", regex=False" } else { "" };
            let found = format!(
                "{}.astype(\"string\").str.casefold().str.{how}({}{tail}).fillna(False)",
                column(name),
                quote(&text.to_lowercase())
            );
            if *negated { format!("~{found}") } else { found }
        }
        Condition::Typical(name, rule) => typical(name, *rule),
        Condition::Any(parts) => parts.iter().map(|p| format!("({})", mask(p))).collect::<Vec<_>>().join(" | "),
        Condition::All(parts) => parts.iter().map(|p| format!("({})", mask(p))).collect::<Vec<_>>().join(" & "),
        Condition::Not(inner) => format!("~({})", mask(inner)),
        Condition::Columns(a, op, b) => format!("{} {} {}", column(a), python_operator(*op), column(b)),
        Condition::Head(n) => format!("data.index.isin(data.index[:{n}])"),
    }
}

fn python_operator(op: char) -> &'static str {
    match op {
        '>' => ">",
        '<' => "<",
        '≥' => ">=",
        '≤' => "<=",
        '≠' => "!=",
        _ => "==",
    }
}

fn typical(name: &str, rule: OutlierRule) -> String {
    let here = column(name);
    match rule {
        OutlierRule::Iqr(k) => {
            let q = |level: &str| format!("{here}.quantile({level})");
            let (low, high) = (q("0.25"), q("0.75"));
            format!("{here}.between({low} - {k} * ({high} - {low}), {high} + {k} * ({high} - {low}))")
        }
        OutlierRule::ZScore(k) => format!("(({here} - {here}.mean()) / {here}.std()).abs() <= {k}"),
    }
}

fn during(name: &str, form: TimeForm, period: &Period) -> String {
    if let (TimeForm::Year, Some((from, to))) = (form, whole_years(period)) {
        let here = column(name);
        return match (from, to) {
            (Some(from), Some(to)) if to == from + 1 => format!("{here} == {from}"),
            (Some(from), Some(to)) => format!("({here} >= {from}) & ({here} < {to})"),
            (Some(from), None) => format!("{here} >= {from}"),
            (None, Some(to)) => format!("{here} < {to}"),
            (None, None) => format!("{here}.notna()"),
        };
    }
    let time = as_time(name, form);
    match period {
        Period::Span(from, to) => {
            let from = from.map(|d| format!("({time} >= \"{d}\")"));
            let to = to.map(|d| format!("({time} < \"{d}\")"));
            let both: Vec<String> = from.into_iter().chain(to).collect();
            if both.is_empty() { format!("{time}.notna()") } else { both.join(" & ") }
        }
        Period::Weekdays(days) => {
            let list = days.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
            format!("{time}.dt.dayofweek.isin([{list}])")
        }
        Period::Months(months) => {
            let list = months.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
            format!("{time}.dt.month.isin([{list}])")
        }
        Period::Latest { n, grain, skip } => {
            let code = period_code(*grain);
            let of_rows = format!("{time}.dt.to_period(\"{code}\")");
            let last = format!("{of_rows}.max()");
            format!("({of_rows} > {last} - {}) & ({of_rows} <= {last} - {skip})", n + skip)
        }
    }
}

/// pandas' code of a period.
pub(super) fn period_code(grain: Grain) -> &'static str {
    match grain {
        Grain::Hour => "h",
        Grain::Day => "D",
        Grain::Week => "W",
        Grain::Quarter => "Q",
        Grain::Year => "Y",
        Grain::Month | Grain::Weekday | Grain::MonthOfYear => "M",
    }
}

/// Adds the key columns of the groups to `data`; tells their names.
pub(super) fn keys(script: &mut Script, groups: &[Group], schema: &Schema) -> Vec<String> {
    for group in groups {
        let key = column(&labels::key(group));
        match group {
            Group::Column(name) => {
                // Whole numbers with gaps come as 3.0; as keys they are 3.
                let whole = schema.named(name).is_some_and(|f| f.kind == ColumnType::Integer);
                if whole {
                    script
                        .line(format!("{key} = pd.to_numeric({}, errors=\"coerce\").astype(\"Int64\")", column(name)));
                }
            }
            Group::Bins(name, bins) => cut(script, &key, name, bins),
            Group::Time(name, form, grain) => time_key(script, &key, &as_time(name, *form), *grain),
        }
    }
    groups.iter().map(labels::key).collect()
}

fn time_key(script: &mut Script, key: &str, time: &str, grain: Grain) {
    let line = match grain {
        Grain::Day => format!("{key} = {time}.dt.strftime(\"%Y-%m-%d\")"),
        Grain::Week => format!("{key} = {time}.dt.strftime(\"%G-W%V\")"),
        Grain::Month => format!("{key} = {time}.dt.strftime(\"%Y-%m\")"),
        Grain::Quarter => format!("{key} = {time}.dt.to_period(\"Q\").astype(\"string\").str.replace(\"Q\", \"-Q\")"),
        Grain::Year => format!("{key} = {time}.dt.strftime(\"%Y\")"),
        Grain::Hour => format!("{key} = {time}.dt.hour.astype(\"Int64\")"),
        Grain::Weekday => {
            script.line("weekdays = [\"Mon\", \"Tue\", \"Wed\", \"Thur\", \"Fri\", \"Sat\", \"Sun\"]");
            format!(
                "{key} = pd.Categorical({time}.dt.dayofweek.map(dict(enumerate(weekdays))), categories=weekdays, ordered=True)"
            )
        }
        Grain::MonthOfYear => {
            script.line("months = [\"Jan\", \"Feb\", \"Mar\", \"Apr\", \"May\", \"Jun\", \"Jul\", \"Aug\", \"Sep\", \"Oct\", \"Nov\", \"Dec\"]");
            format!(
                "{key} = pd.Categorical({time}.dt.month.map(dict(enumerate(months, start=1))), categories=months, ordered=True)"
            )
        }
    };
    script.line(line);
}

fn cut(script: &mut Script, key: &str, name: &str, bins: &Bins) {
    let here = column(name);
    match bins {
        Bins::Ranges(list) => ranges(script, key, &here, list),
        Bins::Equal(n) => {
            script.line(format!("{key} = pd.cut({here}, {n}).astype(\"string\")\n{}", interval_order(key, &here, n)))
        }
        Bins::Quantiles(n) => {
            script.line(format!("{key} = pd.qcut({here}, {n}, duplicates=\"drop\")"));
        }
        Bins::Width(width) => {
            script.line(format!("{key} = ({here} // {width} * {width}).astype(\"Int64\")  # lower bound of each range"))
        }
    }
}

/// Intervals stay in the order of their numbers.
fn interval_order(key: &str, here: &str, n: &u32) -> String {
    format!(
        "{key} = pd.Categorical({key}, categories=[str(i) for i in pd.cut({here}, {n}).cat.categories], ordered=True)"
    )
}

/// Writes named ranges of a column as a key.
pub(super) fn ranges(script: &mut Script, key: &str, here: &str, list: &[Range]) {
    script.import("import numpy as np");
    let names = list.iter().map(|r| quote(&r.label)).collect::<Vec<_>>().join(", ");
    script.line(format!("ranges = [{names}]"));
    script.line("belongs = [");
    for range in list {
        let low = range.low.map(|low| {
            if range.label.starts_with("over ") { format!("({here} > {low})") } else { format!("({here} >= {low})") }
        });
        let high = range.high.map(|high| format!("({here} {} {high})", if range.closed { "<=" } else { "<" }));
        let both: Vec<String> = low.into_iter().chain(high).collect();
        script.line(format!("    {},", both.join(" & ")));
    }
    script.line("]");
    script.line(format!(
        "{key} = pd.Categorical(np.select(belongs, ranges, default=None), categories=ranges, ordered=True)"
    ));
}
