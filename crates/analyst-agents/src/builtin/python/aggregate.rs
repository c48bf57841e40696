//! Numbers over all rows or by group.

use super::charts::{self, Drawn};
use super::prepare::{keys, mask, working_copy};
use super::script::{Script, column, quote, quote_list};
use crate::builtin::intent::{Aggregate, Aggregation, End, Group, Intent, Measure, OrderBy, Quantity};
use crate::builtin::labels;
use crate::builtin::schema::{Role, Schema};
use crate::builtin::wishes::ChartKind;

/// Writes an aggregation.
pub(super) fn write(script: &mut Script, intent: &Intent, task: &Aggregation, schema: &Schema) {
    let mut numbers: Vec<&str> = task.measures.iter().filter(|m| !counts_only(m)).filter_map(quantity_column).collect();
    for measure in &task.measures {
        if let Quantity::Weighted(name, weight) = &measure.quantity {
            numbers.extend([name.as_str(), weight.as_str()]);
        }
    }
    numbers.extend(task.groups.iter().filter(|g| matches!(g, Group::Bins(..))).map(Group::column));
    working_copy(script, intent, schema, &numbers);
    if task.groups.is_empty() { overall(script, intent, task, schema) } else { grouped(script, intent, task, schema) }
}

/// Whether the values themselves do not matter, only that they are there.
fn counts_only(measure: &Measure) -> bool {
    matches!(measure.aggregate, Aggregate::Count | Aggregate::Distinct | Aggregate::Mode)
}

fn quantity_column(measure: &Measure) -> Option<&str> {
    match &measure.quantity {
        Quantity::Column(name) => Some(name),
        _ => None,
    }
}

/// The aggregate of a Series, in pandas.
pub(super) fn of_series(aggregate: Aggregate, series: &str) -> String {
    match aggregate {
        Aggregate::Count => format!("int({series}.count())"),
        Aggregate::Distinct => format!("int({series}.nunique())"),
        Aggregate::Sum => format!("{series}.sum()"),
        Aggregate::Mean => format!("{series}.mean()"),
        Aggregate::Median => format!("{series}.median()"),
        Aggregate::Min => format!("{series}.min()"),
        Aggregate::Max => format!("{series}.max()"),
        Aggregate::Std => format!("{series}.std()"),
        Aggregate::Variance => format!("{series}.var()"),
        Aggregate::PopulationStd => format!("{series}.std(ddof=0)"),
        Aggregate::PopulationVariance => format!("{series}.var(ddof=0)"),
        Aggregate::Range => format!("{series}.max() - {series}.min()"),
        Aggregate::Mode => format!("{series}.mode().iloc[0]"),
        Aggregate::Skewness => format!("{series}.skew()"),
        Aggregate::Kurtosis => format!("{series}.kurt()"),
        Aggregate::Iqr => format!("{series}.quantile(0.75) - {series}.quantile(0.25)"),
        Aggregate::Variation => format!("{series}.std() / {series}.mean()"),
        Aggregate::Autocorrelation => format!("autocorrelation({series})"),
        Aggregate::Shifted => format!("{series}.autocorr()"),
        Aggregate::Quantile(level) => format!("{series}.quantile({level})"),
        Aggregate::Rate => format!("{series}.mean() * 100"),
    }
}

fn overall(script: &mut Script, intent: &Intent, task: &Aggregation, schema: &Schema) {
    if task.measures.iter().any(|m| m.aggregate == Aggregate::Autocorrelation) {
        script.comment("Lag-1 autocorrelation about the common mean");
        script.line("def autocorrelation(values):\n    deviations = (values.dropna() - values.mean()).to_numpy()\n    return (deviations[1:] * deviations[:-1]).sum() / (deviations ** 2).sum()");
    }
    script.comment("The numbers asked for");
    script.metric("rows used", "len(data)");
    let mut told: Vec<&str> = Vec::new();
    for measure in &task.measures {
        let label = labels::measure(measure);
        match &measure.quantity {
            Quantity::Rows => script.metric(&label, "len(data)"),
            Quantity::Holds(condition) => {
                script.line(format!("holds = {}", mask(condition)));
                script.metric("rows counted", "int(holds.sum())");
                script.metric(&label, "holds.mean() * 100");
            }
            Quantity::Weighted(name, weight) => {
                script.line(format!("known = data.dropna(subset=[{}, {}])", quote(name), quote(weight)));
                script.metric(
                    &label,
                    &format!("(known[{n}] * known[{w}]).sum() / known[{w}].sum()", n = quote(name), w = quote(weight)),
                );
            }
            Quantity::Column(name) => {
                let ends = matches!(measure.aggregate, Aggregate::Min | Aggregate::Max);
                let time = ends && schema.named(name).is_some_and(|f| f.time.is_some() && !f.is_numeric());
                let series =
                    if time { format!("pd.to_datetime({}, errors=\"coerce\")", column(name)) } else { column(name) };
                let value = of_series(measure.aggregate, &series);
                script.metric(&label, &if time { format!("str(({value}).date())") } else { value });
                if measure.aggregate == Aggregate::Mode {
                    script.metric(
                        &format!("rows with the most frequent {name}"),
                        &format!("int({series}.value_counts().iloc[0])"),
                    );
                }
                if !told.contains(&name.as_str()) {
                    told.push(name);
                    script.metric(&format!("missing {name}"), &format!("int({}.isna().sum())", column(name)));
                }
            }
        }
    }
    picture(script, intent, task, schema);
}

/// One number alone is seen best among the values it comes from.
fn picture(script: &mut Script, intent: &Intent, task: &Aggregation, schema: &Schema) {
    let Some(Measure { quantity: Quantity::Column(name), aggregate }) = task.measures.first() else { return };
    let numeric = schema.named(name).is_some_and(|f| f.is_numeric() && f.role == Role::Measure);
    if numeric && !matches!(aggregate, Aggregate::Count | Aggregate::Distinct) {
        script.comment("The values behind the numbers");
        charts::histogram(
            script,
            "data",
            name,
            &format!("Distribution of {name}{}", labels::conditions(&intent.conditions)),
        );
    }
}

/// A measure of the groups, in pandas.
fn of_groups(measure: &Measure) -> String {
    let Quantity::Column(name) = &measure.quantity else {
        return match &measure.quantity {
            Quantity::Holds(_) => "groups[\"_holds\"].mean() * 100".to_owned(),
            Quantity::Weighted(name, weight) => format!(
                "groups[[{n}, {w}]].apply(lambda g: (g[{n}] * g[{w}]).sum() / g[{w}].where(g[{n}].notna()).sum())",
                n = quote(name),
                w = quote(weight)
            ),
            _ => "groups.size()".to_owned(),
        };
    };
    let series = format!("groups[{}]", quote(name));
    match measure.aggregate {
        Aggregate::Count => format!("{series}.count()"),
        Aggregate::Distinct => format!("{series}.nunique()"),
        Aggregate::Mode => format!("{series}.agg(lambda s: s.mode().iloc[0] if s.notna().any() else None)"),
        Aggregate::Kurtosis => format!("{series}.apply(pd.Series.kurt)"),
        Aggregate::Autocorrelation | Aggregate::Shifted => format!("{series}.apply(lambda s: s.autocorr())"),
        other => of_series(other, &series),
    }
}

fn grouped(script: &mut Script, intent: &Intent, task: &Aggregation, schema: &Schema) {
    script.comment(&format!("Groups by {}", task.groups.iter().map(labels::group).collect::<Vec<_>>().join(" and ")));
    let keys = keys(script, &task.groups, schema);
    for measure in &task.measures {
        if let Quantity::Holds(condition) = &measure.quantity {
            script.line(format!("data[\"_holds\"] = ({}).astype(\"float\")", mask(condition)));
        }
    }
    let cyclic = task
        .groups
        .iter()
        .any(|g| matches!(g, Group::Bins(..)) || matches!(g, Group::Time(_, _, grain) if grain.is_cyclic()));
    let by = if keys.len() == 1 { quote(&keys[0]) } else { quote_list(&keys) };
    script.line(format!(
        "groups = data.groupby({by}, observed={})",
        if cyclic && keys.len() == 1 { "False" } else { "True" }
    ));
    script.line("result = pd.DataFrame({");
    for measure in &task.measures {
        script.line(format!("    {}: {},", quote(&labels::measure(measure)), of_groups(measure)));
    }
    if !task.measures.iter().any(|m| m.quantity == Quantity::Rows) {
        script.line("    \"rows\": groups.size(),");
    }
    script.line("}).reset_index()");
    having_share_order(script, task, &keys, schema);
    results(script, intent, task, &keys, schema);
}

fn count_column(task: &Aggregation) -> &'static str {
    if task.measures.iter().any(|m| m.quantity == Quantity::Rows) { "number of rows" } else { "rows" }
}

fn having_share_order(script: &mut Script, task: &Aggregation, keys: &[String], schema: &Schema) {
    let label = labels::measure(&task.measures[0]);
    let ql = quote(&label);
    if let Some((op, n)) = task.having {
        let op = match op {
            '≥' => ">=",
            '≤' => "<=",
            '<' => "<",
            '=' => "==",
            _ => ">",
        };
        script.comment("Only groups of the size asked for");
        script.line(format!("result = result[result[{}] {op} {n}].copy()", quote(count_column(task))));
    }
    if task.share {
        script.comment("Each group's share of the whole");
        script.line(format!("total = result[{ql}].sum()"));
        script.line(format!("result[\"share (%)\"] = result[{ql}] / total * 100"));
    }
    let natural = natural_order(&task.groups, schema);
    let first_key = quote(&keys[0]);
    let (by, ascending) = match task.order {
        Some(order) if order.by == OrderBy::Group => {
            (format!("[{first_key}]"), format!("[{}]", python_bool(!order.descending)))
        }
        Some(order) => (format!("[{ql}, {first_key}]"), format!("[{}, True]", python_bool(!order.descending))),
        None if task.extreme == Some(End::Lowest) => (format!("[{ql}, {first_key}]"), "[True, True]".to_owned()),
        None if natural && task.limit.is_none() && task.extreme.is_none() || keys.len() > 1 && task.limit.is_none() => {
            (quote_list(keys), "True".to_owned())
        }
        None => (format!("[{ql}, {first_key}]"), "[False, True]".to_owned()),
    };
    script.line(format!(
        "result = result.sort_values({by}, ascending={ascending}, kind=\"stable\").reset_index(drop=True)"
    ));
}

fn python_bool(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}

/// Whether the groups have an order of their own, such as months or ages.
fn natural_order(groups: &[Group], schema: &Schema) -> bool {
    match &groups[0] {
        Group::Column(name) => {
            schema.named(name).is_some_and(|f| f.role == Role::Time || (f.is_numeric() && f.distinct > 2))
        }
        _ => true,
    }
}

fn results(script: &mut Script, intent: &Intent, task: &Aggregation, keys: &[String], schema: &Schema) {
    let label = labels::measure(&task.measures[0]);
    let ql = quote(&label);
    let key = task.groups.iter().map(labels::key).collect::<Vec<_>>().join(" / ");
    script.comment("What the answer tells");
    script.metric("rows used", "len(data)");
    for group in &task.groups {
        script.metric(
            &format!("rows without {}", group.column()),
            &format!("int({}.isna().sum())", column(&labels::key(group))),
        );
    }
    script.metric("number of groups", "len(result)");
    if task.share {
        script.metric(&format!("whole {label}"), "total");
    }
    script.line(format!(
        "ranked = result.dropna(subset=[{ql}]).sort_values([{ql}, {}], ascending=[False, True], kind=\"stable\")",
        quote(&keys[0])
    ));
    let name_of = |row: &str| {
        let parts: Vec<String> = keys.iter().map(|k| format!("str({row}[{}].iloc[0])", quote(k))).collect();
        parts.join(" + \" / \" + ")
    };
    script.line("if len(ranked):");
    script.line(format!(
        "    reverse = ranked.sort_values([{ql}, {}], ascending=[True, True], kind=\"stable\")
    best, worst = ranked.iloc[0], reverse.iloc[0]",
        quote(&keys[0])
    ));
    let mut metric =
        |name: String, expression: String| script.line(format!("    metric({}, {expression})", quote(&name)));
    metric(labels::top_group(&key, &label), name_of("ranked"));
    metric(labels::highest(&label), format!("best[{ql}]"));
    if task.share {
        metric("share of the highest (%)".to_owned(), "best[\"share (%)\"]".to_owned());
    }
    metric(labels::bottom_group(&key, &label), name_of("reverse"));
    metric(labels::lowest(&label), format!("worst[{ql}]"));
    if task.share {
        metric("share of the lowest (%)".to_owned(), "worst[\"share (%)\"]".to_owned());
    }
    if let Some(nth) = task.nth {
        let lowest = task.extreme == Some(End::Lowest);
        script.line(format!("order = {}\nif len(order) >= {nth}:", if lowest { "reverse" } else { "ranked" }));
        let parts: Vec<String> = keys.iter().map(|k| format!("str(order[{}].iloc[{}])", quote(k), nth - 1)).collect();
        script.line(format!("    metric(\"group at the place asked\", {})", parts.join(" + \" / \" + ")));
        script.line(format!("    metric(\"value at the place asked\", order[{ql}].iloc[{}])", nth - 1));
        script.line("if len(ranked):");
    }
    let mut metric =
        |name: String, expression: String| script.line(format!("    metric({}, {expression})", quote(&name)));
    metric("groups tied at the top".to_owned(), format!("int((ranked[{ql}] == best[{ql}]).sum())"));
    let title = title(task, intent);
    if let Some(limit) = task.limit {
        script.line(format!("result = result.head({limit})"));
    }
    script.line(format!("table(result, {})", quote(&title)));
    draw(script, intent, task, keys, &label, &title, schema);
}

/// Title of the table and the chart.
pub(in super::super) fn title(task: &Aggregation, intent: &Intent) -> String {
    let numbers = task.measures.iter().map(labels::measure).collect::<Vec<_>>().join(", ");
    let groups = task.groups.iter().map(labels::group).collect::<Vec<_>>().join(" and ");
    let mut title = format!("{numbers} by {groups}{}", labels::conditions(&intent.conditions));
    if let Some(first) = title.get(..1).map(str::to_uppercase) {
        title.replace_range(..1, &first);
    }
    title
}

fn draw(
    script: &mut Script,
    intent: &Intent,
    task: &Aggregation,
    keys: &[String],
    label: &str,
    title: &str,
    schema: &Schema,
) {
    let wish = intent.wishes.chart;
    let ordered = natural_order(&task.groups, schema);
    let color = keys.get(1).map(String::as_str);
    if task.measures.len() == 2 && wish == Some(ChartKind::Scatter) {
        let second = labels::measure(&task.measures[1]);
        script.line("");
        charts::points(script, "result", label, &second, title, None);
        return;
    }
    if task.measures[0].aggregate == Aggregate::Mode {
        return;
    }
    let time = task.groups.iter().any(|g| match g {
        Group::Time(_, _, grain) => !grain.is_cyclic(),
        Group::Column(name) => schema.named(name).is_some_and(|f| f.role == Role::Time),
        Group::Bins(..) => false,
    });
    let proportion = intent.wishes.chart.is_none()
        && task.share
        && task.limit.is_none()
        && keys.len() == 1
        && !task.measures.is_empty()
        && task.extreme.is_none()
        && task.focus.is_none();
    let kind = match wish {
        Some(ChartKind::Histogram | ChartKind::Box | ChartKind::Violin) => Some(ChartKind::Bar),
        None if time && task.order.is_none() && task.limit.is_none() => Some(ChartKind::Line),
        None if proportion => Some(ChartKind::Pie),
        other => other,
    };
    script.line("");
    charts::groups(script, Drawn { table: "result", x: &keys[0], y: label, color, title, ordered }, kind);
}
