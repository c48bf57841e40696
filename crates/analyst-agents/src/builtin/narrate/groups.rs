//! Words for aggregates, trends and single rows.

use analyst_types::TableData;

use super::Story;
use super::results::{Kind, Results, column_of, grouped, number, plain, write};
use super::slots::Fact;
use crate::builtin::intent::{Aggregate, Aggregation, End, Group, Intent, Measure, Quantity, RowList, Trend};
use crate::builtin::labels;
use crate::builtin::schema::Schema;

/// Groups that are all named in the answer.
const ALL_NAMED: usize = 8;

fn kind_of(measure: &Measure) -> Kind {
    match measure.aggregate {
        Aggregate::Count | Aggregate::Distinct => Kind::Count,
        Aggregate::Rate => Kind::Percent,
        _ => Kind::Value,
    }
}

/// A measure's value as text, with its percent sign.
fn said(value: f64, measure: &Measure, intent: &Intent) -> String {
    let label = labels::measure(measure);
    let kind = kind_of(measure);
    let text = write(value, kind, &label, &intent.wishes);
    if kind == Kind::Percent { format!("{text} %") } else { text }
}

/// Other names of a measure.
fn synonyms(measure: &Measure) -> &'static str {
    match measure.aggregate {
        Aggregate::Iqr => "iqr",
        Aggregate::Variation => "cv coefficient variation",
        Aggregate::Std => "std sd stdev",
        Aggregate::Quantile(q) if (q - 0.25).abs() < 1e-9 => "q1 first lower quartile 25 percentile",
        Aggregate::Quantile(q) if (q - 0.75).abs() < 1e-9 => "q3 third upper quartile 75 percentile",
        Aggregate::Quantile(q) if (q - 0.9).abs() < 1e-9 => "p90 90th percentile",
        Aggregate::Quantile(q) if (q - 0.95).abs() < 1e-9 => "p95 95th percentile",
        Aggregate::Quantile(_) => "percentile quantile",
        Aggregate::Distinct => "distinct unique count",
        Aggregate::Count => "count total rows",
        Aggregate::Rate => "percentage share proportion",
        Aggregate::Autocorrelation | Aggregate::Shifted => "acf lag autocorrelation",
        Aggregate::Mode => "mode",
        _ => "",
    }
}

fn bare(label: &str) -> String {
    label.trim_end_matches(" (%)").to_owned()
}

/// Numbers over all rows, or by group.
pub(super) fn aggregation(
    story: &mut Story,
    results: &Results<'_>,
    intent: &Intent,
    task: &Aggregation,
    schema: &Schema,
) {
    if task.groups.is_empty() {
        overall(story, results, intent, task, schema)
    } else {
        by_group(story, results, intent, task, schema)
    }
}

fn overall(story: &mut Story, results: &Results<'_>, intent: &Intent, task: &Aggregation, schema: &Schema) {
    let rows = results.number("rows used").unwrap_or(0.0);
    let filter = labels::conditions(&intent.conditions);
    let mut parts = Vec::new();
    for measure in &task.measures {
        let label = labels::measure(measure);
        let Some(value) = results.value(&label) else { continue };
        let name = bare(&label);
        let text = number(value).map_or_else(|| plain(value), |v| said(v, measure, intent));
        if number(value).is_some() {
            let fact = Fact::number(&label, text.trim_end_matches(" %").to_owned());
            story.fact(if let Some(v) = number(value) { fact.exact(v) } else { fact }.or_words(synonyms(measure)));
        } else {
            story.fact(Fact::name(&label, text.clone()));
        }
        parts.push((name, text, measure));
        if let (Aggregate::Mode, Quantity::Column(column)) = (measure.aggregate, &measure.quantity)
            && let Some(n) = results.number(&format!("rows with the most frequent {column}"))
        {
            story.finding(format!("It occurs in {} rows.", grouped(n, 0)));
            story.fact(Fact::number("count | number rows times frequency occurrences", grouped(n, 0)));
        }
    }
    match parts.as_slice() {
        [] => story.headline = "There is no row to compute this from.".to_owned(),
        [(_, text, measure)] if measure.quantity == Quantity::Rows => {
            let rows = if text == "1" { "row" } else { "rows" };
            story.headline =
                if filter.is_empty() { format!("There are {text} {rows}.") } else { format!("{text} {rows}{filter}.") };
            if !filter.is_empty() && schema.rows > 0 {
                story.note(format!("The dataset has {} rows in all.", grouped(schema.rows as f64, 0)));
            }
        }
        [(name, text, measure)] => {
            let held = intent.wishes.threshold.zip(results.number(&labels::measure(measure)));
            let lead = held.map(|((op, bound), value)| if holds(op, value, bound) { "Yes: the" } else { "No: the" });
            story.headline = format!("{} {name}{filter} is {text}.", lead.unwrap_or("The"));
            if let Some(((op, bound), value)) = held {
                story.fact(Fact::verdict("verdict answer greater less holds", holds(op, value, bound)));
            }
            if let (Quantity::Holds(_), Some(n)) = (&measure.quantity, results.number("rows counted")) {
                story.finding(format!("That is {} of {} rows{filter}.", grouped(n, 0), grouped(rows, 0)));
            }
        }
        several => {
            let list: Vec<String> = several.iter().map(|(name, text, _)| format!("{name} {text}")).collect();
            story.headline = format!("{}.", capital(&list.join(", ")));
        }
    }
    base_notes(story, results, intent, task);
}

fn holds(op: char, value: f64, bound: f64) -> bool {
    match op {
        '>' => value > bound,
        '<' => value < bound,
        '≥' => value >= bound,
        '≤' => value <= bound,
        _ => (value - bound).abs() < 1e-12,
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

fn base_notes(story: &mut Story, results: &Results<'_>, _intent: &Intent, task: &Aggregation) {
    if let Some(n) = results.number("rows removed as outliers") {
        story.finding(format!("{} rows are left out as outliers.", grouped(n, 0)));
        story.fact(Fact::number("removed | outliers rows number count dropped", grouped(n, 0)).exact(n));
    }
    if let Some(n) = results.number("rows dropped") {
        story.fact(Fact::number("dropped | rows removed number count", grouped(n, 0)).exact(n));
    }
    if let Some(n) = results.number("rows used") {
        story.n(n);
    }
    for measure in &task.measures {
        if let Quantity::Column(name) = &measure.quantity {
            story.missing(results, name);
        }
    }
}

fn by_group(story: &mut Story, results: &Results<'_>, intent: &Intent, task: &Aggregation, schema: &Schema) {
    let measure = &task.measures[0];
    let label = labels::measure(measure);
    let key = task.groups.iter().map(labels::key).collect::<Vec<_>>().join(" / ");
    let title_columns: Vec<String> =
        task.groups.iter().map(labels::key).chain(std::iter::once(label.clone())).collect();
    let columns: Vec<&str> = title_columns.iter().map(String::as_str).collect();
    let table = results.table(&columns);
    let top = results.text(&labels::top_group(&key, &label)).zip(results.number(&labels::highest(&label)));
    let bottom = results.text(&labels::bottom_group(&key, &label)).zip(results.number(&labels::lowest(&label)));
    let (Some((top_name, top_value)), Some((bottom_name, bottom_value))) = (top, bottom) else {
        story.headline = "No group has any row to compute this from.".to_owned();
        return;
    };
    let name = |text: &str| group_name(text, &task.groups, schema);
    let lowest = task.extreme == Some(End::Lowest);
    let (answer, value) = if lowest { (&bottom_name, bottom_value) } else { (&top_name, top_value) };
    let at_place = results.text("group at the place asked").zip(results.number("value at the place asked"));
    let (answer, value) = at_place.as_ref().filter(|_| task.nth.is_some()).map_or((answer, value), |(n, v)| (n, *v));
    let group_words = task.groups.iter().map(labels::group).collect::<Vec<_>>().join(" and ");
    let end = if lowest { "lowest" } else { "highest" };
    let share_name = if lowest { "share of the lowest (%)" } else { "share of the highest (%)" };
    let share = results.number(share_name);
    let value_text = said(value, measure, intent);
    let n_groups = results.number("number of groups").unwrap_or(0.0) as usize;
    if let Some(focus) = &task.focus {
        focus_story(story, table, intent, task, focus);
    } else if task.extreme.is_some() && task.limit.is_none_or(|n| n == 1) {
        let tail = share
            .map(|s| format!(", {} % of the whole", write(s, Kind::Percent, "share percentage", &intent.wishes)))
            .unwrap_or_default();
        let place = task.nth.map(|n| format!("{n}. ")).unwrap_or_default();
        story.headline = format!("{} has the {place}{end} {}: {value_text}{tail}.", name(answer), bare(&label));
    } else if let Some(limit) = task.limit {
        let list = table.map(|t| row_list(t, task, intent, schema, limit)).unwrap_or_default();
        story.headline = format!("{} {}: {}.", capital(end), bare(&label), list.join(", "));
    } else if n_groups <= ALL_NAMED && task.groups.len() == 1 {
        let list = table.map(|t| row_list(t, task, intent, schema, ALL_NAMED)).unwrap_or_default();
        story.headline = format!("{} by {group_words}: {}.", capital(&bare(&label)), list.join(", "));
    } else {
        story.headline = format!("{} is highest for {}: {value_text}.", capital(&bare(&label)), name(&top_name));
    }
    facts(story, table, intent, task, (&group_words, answer, &value_text), share, end);
    spread_findings(story, results, task, (&top_name, top_value), (&bottom_name, bottom_value), intent, schema);
    base_notes(story, results, intent, task);
    for group in &task.groups {
        if let Some(n) = results.number(&format!("rows without {}", group.column())).filter(|n| *n > 0.0) {
            let why = if matches!(group, Group::Bins(..)) {
                "outside the ranges or without a value"
            } else {
                "without a value"
            };
            story.note(
                format!("{} rows are left out: {} is {why}.", grouped(n, 0), group.column())
                    .replace("is without a value", "is missing"),
            );
        }
    }
}

/// A group in prose; a flag's 1 is “Churned = 1”.
fn group_name(text: &str, groups: &[Group], schema: &Schema) -> String {
    match groups {
        [Group::Column(column)] if schema.named(column).is_some_and(|f| f.yes.is_some() || f.is_numeric()) => {
            format!("{column} = {text}")
        }
        _ => text.to_owned(),
    }
}

/// “North 17,209.25 (29.2 %)” for the first rows.
fn row_list(table: &TableData, task: &Aggregation, intent: &Intent, schema: &Schema, limit: usize) -> Vec<String> {
    let measure = &task.measures[0];
    let Some(at) = column_of(table, &labels::measure(measure)) else { return Vec::new() };
    let share = column_of(table, "share (%)");
    let keys: Vec<usize> = task.groups.iter().filter_map(|g| column_of(table, &labels::key(g))).collect();
    let row_text = |row: &Vec<serde_json::Value>| {
        let key = keys.iter().map(|k| plain(&row[*k])).collect::<Vec<_>>().join(" / ");
        let value = number(&row[at]).map_or_else(|| "none".to_owned(), |v| said(v, measure, intent));
        let share = share
            .and_then(|s| number(&row[s]))
            .map(|s| format!(", {} %", write(s, Kind::Percent, "share percentage", &intent.wishes)));
        format!("{} ({value}{})", group_name(&key, &task.groups, schema), share.unwrap_or_default())
    };
    table.rows.iter().take(limit).map(row_text).collect()
}

fn focus_story(story: &mut Story, table: Option<&TableData>, intent: &Intent, task: &Aggregation, focus: &str) {
    let label = labels::measure(&task.measures[0]);
    let row = table.and_then(|t| {
        let key = column_of(t, &labels::key(&task.groups[0]))?;
        let row = t.rows.iter().find(|r| plain(&r[key]) == focus)?;
        Some((number(&row[column_of(t, &label)?])?, number(&row[column_of(t, "share (%)")?])?))
    });
    match row {
        Some((value, share)) => {
            let share = write(share, Kind::Percent, "share percentage", &intent.wishes);
            story.headline =
                format!("{focus} has {share} % of the {}: {}.", bare(&label), said(value, &task.measures[0], intent));
            story.fact(Fact::number("share percentage (%)", share));
            story.fact(Fact::number(&label, said(value, &task.measures[0], intent)));
        }
        None => story.headline = format!("{focus} does not occur in these rows."),
    }
}

fn facts(
    story: &mut Story,
    table: Option<&TableData>,
    intent: &Intent,
    task: &Aggregation,
    answer: (&str, &str, &str),
    share: Option<f64>,
    end: &str,
) {
    let (group_words, name, value) = answer;
    let ended = task.extreme.is_some() || task.limit == Some(1);
    if ended {
        name_facts(story, task, group_words, end, name);
        story.fact(ended_fact(table, task, end, value));
        if let Some(share) = share {
            story.fact(
                Fact::number("share percentage (%)", write(share, Kind::Percent, "share percentage", &intent.wishes))
                    .exact(share),
            );
        }
    }
    let Some(table) = table else { return };
    let ended = ended || task.nth.is_some();
    let keys: Vec<usize> = task.groups.iter().filter_map(|g| column_of(table, &labels::key(g))).collect();
    for (i, row) in table.rows.iter().take(60).enumerate() {
        let key = keys.iter().map(|k| plain(&row[*k])).collect::<Vec<_>>().join(" ");
        let place = places(i);
        for measure in &task.measures {
            let label = labels::measure(measure);
            let Some(value) = column_of(table, &label).and_then(|c| number(&row[c])) else { continue };
            let mut text = said(value, measure, intent);
            if text.ends_with(" %") {
                text.truncate(text.len() - 2);
            }
            story.fact(
                Fact::number(&format!("{key} {label} | {}", flag_words(task, &key)), text.clone())
                    .exact(value)
                    .or_words(synonyms(measure)),
            );
            if task.limit.is_some() || matches!(task.groups[0], Group::Bins(..)) {
                story.fact(Fact::number(&format!("{place} {label} | {key} {}", synonyms(measure)), text).exact(value));
            }
        }
        if task.limit.is_some() {
            story.fact(Fact::name(&format!("{place} | {group_words}"), key));
        }
    }
    if !ended {
        let first = story.facts.len();
        name_facts(story, task, group_words, end, name);
        story.fact(ended_fact(Some(table), task, end, value));
        let told = story.facts.split_off(first);
        story.facts.extend(told.into_iter().map(Fact::weak));
    }
    pair_facts(story, table, task, intent);
}

/// How the first, second, … of a list may be asked for.
fn places(i: usize) -> String {
    let word =
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"].get(i).copied().unwrap_or("");
    let n = i + 1;
    format!("{word} bin{n} group{n} top{n} rank{n} q{n} c{n}")
}

/// A flag's yes and no in words.
fn flag_words(task: &Aggregation, key: &str) -> String {
    let Group::Column(column) = &task.groups[0] else { return String::new() };
    match key.to_lowercase().as_str() {
        "1" | "yes" | "true" | "1.0" => column.clone(),
        "0" | "no" | "false" | "0.0" => format!("no not non {column}"),
        _ => String::new(),
    }
}

/// The group at an end, whole and by its parts.
fn name_facts(story: &mut Story, task: &Aggregation, group_words: &str, end: &str, name: &str) {
    if task.groups.len() > 1 {
        for (group, part) in task.groups.iter().zip(name.split(" / ")) {
            story.fact(Fact::name(&format!("{} | {end} best top name", labels::group(group)), part.to_owned()));
        }
        return;
    }
    let time = if matches!(task.groups[0], Group::Time(..)) { "date when period" } else { "" };
    story.fact(Fact::name(
        &format!("{group_words} | {end} best top name largest most {time} {}", task.groups[0].column()),
        name.to_owned(),
    ));
}

fn ended_fact(table: Option<&TableData>, task: &Aggregation, end: &str, value: &str) -> Fact {
    let measure = &task.measures[0];
    let label = labels::measure(measure);
    let raw = table.and_then(|t| {
        let values = t.rows.iter().filter_map(|r| number(&r[column_of(t, &label)?]));
        let pick = if end == "lowest" { values.reduce(f64::min) } else { values.reduce(f64::max) };
        pick.filter(|_| task.nth.is_none())
    });
    let fact =
        Fact::number(&format!("{label} | {end} max min maximum minimum"), value.trim_end_matches(" %").to_owned());
    let fact = fact.or_words(synonyms(measure));
    raw.map_or(fact.clone(), |v| fact.exact(v))
}

/// Two groups: what lies between them.
fn pair_facts(story: &mut Story, table: &TableData, task: &Aggregation, intent: &Intent) {
    let measure = &task.measures[0];
    let label = labels::measure(measure);
    let Some(at) = column_of(table, &label) else { return };
    let values: Vec<f64> = table.rows.iter().filter_map(|r| number(&r[at])).collect();
    let [a, b] = values.as_slice() else { return };
    let (high, low) = (a.max(*b), a.min(*b));
    let text = |v: f64| write(v, kind_of(measure), &label, &intent.wishes);
    story.fact(Fact::number("difference | gap by", text(high - low)).exact(high - low));
    if low != 0.0 {
        story.fact(Fact::number("ratio | times", text(high / low)).exact(high / low));
    }
}

fn spread_findings(
    story: &mut Story,
    results: &Results<'_>,
    task: &Aggregation,
    top: (&str, f64),
    bottom: (&str, f64),
    intent: &Intent,
    schema: &Schema,
) {
    let measure = &task.measures[0];
    let label = bare(&labels::measure(measure));
    let name = |text: &str| group_name(text, &task.groups, schema);
    let ties = results.number("groups tied at the top").unwrap_or(1.0);
    if ties > 1.0 && task.extreme == Some(End::Highest) {
        story.note(format!("{} groups tie at the top; the first in order is named.", grouped(ties, 0)));
    }
    if top.0 != bottom.0 {
        story.finding(format!(
            "The {label} goes from {} ({}) to {} ({}).",
            said(bottom.1, measure, intent),
            name(bottom.0),
            said(top.1, measure, intent),
            name(top.0)
        ));
    }
    if task.share
        && let Some(whole) = results.number(&format!("whole {}", labels::measure(measure)))
    {
        story.finding(format!("All groups together: {}.", said(whole, measure, intent)));
    }
    for second in task.measures.iter().skip(1) {
        story.finding(format!("The table also gives the {} of each group.", bare(&labels::measure(second))));
    }
}

/// A number over time.
pub(super) fn trend(story: &mut Story, results: &Results<'_>, intent: &Intent, task: &Trend) {
    let label = labels::measure(&task.measure);
    let grain = task.grain.name();
    let measure = &task.measure;
    let end = |text: String, value: String| results.text(&text).zip(results.number(&value));
    let top = end(labels::top_group(grain, &label), labels::highest(&label));
    let Some((top_period, top_value)) = top else {
        story.headline = "There is no dated row to follow over time.".to_owned();
        return;
    };
    let percent = |v: f64| write(v, Kind::Percent, "change percent", &intent.wishes);
    let signed = |v: f64| {
        let text = percent(v.abs());
        if v < 0.0 { format!("fell by {text} %") } else { format!("rose by {text} %") }
    };
    let bottom = end(labels::bottom_group(grain, &label), labels::lowest(&label));
    let first = end(format!("first {grain}"), format!("{label} in the first {grain}"));
    let last = end(format!("last {grain}"), format!("{label} in the last {grain}"));
    let overall = results.number("change from first to last (%)");
    let lowest = task.extreme == Some(End::Lowest);
    let name = bare(&label);
    let change_of = |which: &str| results.number(&format!("change in the {which} {grain} (%)"));
    match (task.extreme, &bottom, &first, &last, overall) {
        (Some(which), ..) => {
            let (period, value, word) = match (which, &bottom) {
                (End::Lowest, Some((period, value))) => (period, *value, "lowest"),
                _ => (&top_period, top_value, "highest"),
            };
            story.headline = format!("The {name} was {word} in {period}: {}.", said(value, measure, intent));
            story.fact(Fact::name(
                &format!("{grain} | {word} best top name month period date day when {}", task.column),
                period.clone(),
            ));
            story.fact(
                Fact::number(&format!("{label} | {word} value maximum minimum"), said(value, measure, intent))
                    .exact(value)
                    .or_words(synonyms(measure)),
            );
            if let Some(change) = change_of(word) {
                story.finding(format!("Against the {grain} before it {}.", signed(change)));
                story.fact(Fact::number("change percent growth (%)", percent(change)).exact(change));
            }
        }
        (None, _, Some((from, a)), Some((to, b)), Some(change)) => {
            story.headline = format!(
                "From {from} to {to} the {name} {}: {} to {}.",
                signed(change),
                said(*a, measure, intent),
                said(*b, measure, intent)
            );
            story.fact(
                Fact::number("change (%) | percent growth first last increase decrease", percent(change)).exact(change),
            );
        }
        _ => story.headline = format!("The {name} was highest in {top_period}: {}.", said(top_value, measure, intent)),
    }
    if let Some((period, value)) = &bottom {
        if lowest || task.extreme.is_none() {
            story.finding(format!("Highest: {top_period} with {}.", said(top_value, measure, intent)));
        }
        if !lowest {
            story.finding(format!("Lowest: {period} with {}.", said(*value, measure, intent)));
        }
    }
    if let (Some((period, value)), Some(change)) = (&last, change_of("last")) {
        story.finding(format!("The last {grain}, {period}, {} to {}.", signed(change), said(*value, measure, intent)));
        story.note(format!("The first and the last {grain} may be incomplete."));
    }
    if let Some(n) = results.number("rows used") {
        story.n(n);
    }
    if let Some(n) = results.number("rows without a date").filter(|n| *n > 0.0) {
        story.note(format!("{} rows have no date and are left out.", grouped(n, 0)));
    }
    if let Some(slope) = results.number(&format!("trend slope per {grain}")) {
        story.fact(Fact::number("slope trend", super::results::human(slope)).exact(slope));
    }
    table_facts(story, results, grain, &label, measure, intent);
}

fn table_facts(story: &mut Story, results: &Results<'_>, grain: &str, label: &str, measure: &Measure, intent: &Intent) {
    let Some(table) = results.table(&[grain, label]) else { return };
    let (Some(key), Some(value)) = (column_of(table, grain), column_of(table, label)) else { return };
    for row in table.rows.iter().take(60) {
        if let Some(v) = number(&row[value]) {
            let when = plain(&row[key]);
            let named = when.trim_start_matches("20");
            story.fact(
                Fact::number(&format!("{when} {label} | y{when} {grain}{when} {named}"), said(v, measure, intent))
                    .exact(v),
            );
        }
    }
}

/// Single rows.
pub(super) fn rows(story: &mut Story, results: &Results<'_>, intent: &Intent, task: &RowList) {
    let end = if task.descending { "highest" } else { "lowest" };
    let found = results.number("rows found").unwrap_or(0.0);
    let filter = labels::conditions(&intent.conditions);
    let shown = results.tables.last().map_or(0, |(_, t)| t.rows.len());
    match &task.by {
        Some(by) => {
            let value = results.value(&format!("{end} {by}"));
            let Some(value) = value else {
                story.headline = format!("No row{filter} has a value of {by}.");
                return;
            };
            let text = number(value).map_or_else(|| plain(value), |v| write(v, Kind::Value, by, &intent.wishes));
            let who: Vec<String> =
                task.asked.iter().filter_map(|name| results.text(&format!("{name} with the {end} {by}"))).collect();
            story.headline = match (who.is_empty(), task.limit) {
                (true, 1) => format!("The {end} {by}{filter} is {text}."),
                (false, 1) => format!("{} has the {end} {by}{filter}: {text}.", who.join(", ")),
                (true, n) => format!("The {} rows with the {end} {by} begin at {text}.", n.min(shown)),
                (false, n) => {
                    format!("{} leads the {} rows with the {end} {by}: {text}.", who.join(", "), n.min(shown))
                }
            };
            for (name, value) in task.asked.iter().zip(&who) {
                story.fact(Fact::name(&format!("{name} name {end} top"), value.clone()));
            }
            let is_number = number(value).is_some();
            story.fact(if is_number {
                let fact = Fact::number(&format!("{by} | {end} value maximum minimum"), text);
                if let Some(v) = number(value) { fact.exact(v) } else { fact }
            } else {
                Fact::name(&format!("{end} {by}"), text)
            });
        }
        None => story.headline = format!("{} of {} rows{filter}.", grouped(shown as f64, 0), grouped(found, 0)),
    }
    story.n(found);
    if let (Some(by), Some((_, t))) = (&task.by, results.tables.last())
        && let Some(at) = column_of(t, by)
    {
        let key = task.asked.iter().find_map(|a| column_of(t, a));
        for (i, row) in t.rows.iter().take(8).enumerate().filter(|_| shown > 1) {
            let place = places(i);
            let text = number(&row[at]).map_or_else(|| plain(&row[at]), |v| write(v, Kind::Value, by, &intent.wishes));
            let fact = Fact::number(&format!("{place} {by}"), text);
            story.fact(if let Some(v) = number(&row[at]) { fact.exact(v) } else { fact });
            if let Some(k) = key {
                story.fact(Fact::name(&format!("{place} | name"), plain(&row[k])));
            }
        }
    }
    if let (Some(by), true) = (&task.by, shown > 1) {
        let listed = results.tables.last().and_then(|(_, t)| {
            let at = column_of(t, by)?;
            let key = task.asked.iter().find_map(|a| column_of(t, a));
            let texts: Vec<String> = t
                .rows
                .iter()
                .take(10)
                .map(|r| {
                    let value =
                        number(&r[at]).map_or_else(|| plain(&r[at]), |v| write(v, Kind::Value, by, &intent.wishes));
                    key.map_or_else(|| value.clone(), |k| format!("{} ({value})", plain(&r[k])))
                })
                .collect();
            Some(texts)
        });
        if let Some(texts) = listed.filter(|t| !t.is_empty()) {
            story.finding(format!("In order: {}.", texts.join(", ")));
        }
    }
}
