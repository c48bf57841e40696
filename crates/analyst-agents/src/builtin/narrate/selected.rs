//! The results of a SELECT: one table and no metrics. What the narration reads as metrics is looked up in its rows.

use analyst_types::TableData;
use serde_json::{Value, json};

use super::results::{Results, column_of, number, plain};
use crate::builtin::intent::{Intent, Task};
use crate::builtin::labels;

/// Adds what the rows say, when code left no metric.
pub(super) fn complete(results: &mut Results<'_>, intent: &Intent) {
    let (true, Some((_, table))) = (results.metrics.is_empty(), results.tables.first().copied()) else { return };
    let mut found: Vec<(String, Value)> = Vec::new();
    match &intent.task {
        Task::Aggregate(task) if !task.groups.is_empty() => {
            let label = labels::measure(&task.measures[0]);
            let keys: Vec<String> = task.groups.iter().map(labels::key).collect();
            ends(&mut found, table, &keys, &keys.join(" / "), &label);
            found.push(("number of groups".to_owned(), json!(table.rows.len())));
        }
        Task::Trend(task) => {
            let (grain, label) = (task.grain.name().to_owned(), labels::measure(&task.measure));
            ends(&mut found, table, std::slice::from_ref(&grain), &grain, &label);
            found.push(("number of periods".to_owned(), json!(table.rows.len())));
        }
        Task::Rows(task) => {
            let end = if task.descending { "highest" } else { "lowest" };
            found.push(("rows found".to_owned(), json!(table.n_rows.max(table.rows.len() as u64))));
            if let (Some(by), Some(first)) = (&task.by, table.rows.first()) {
                let cell = |name: &str| column_of(table, name).map(|c| first[c].clone());
                found.extend(cell(by).map(|v| (format!("{end} {by}"), v)));
                found.extend(task.asked.iter().filter_map(|a| Some((format!("{a} with the {end} {by}"), cell(a)?))));
            }
        }
        _ => {
            if let [row] = table.rows.as_slice() {
                found.extend(table.columns.iter().zip(row).map(|(c, v)| (c.name.clone(), v.clone())));
            }
            gaps(&mut found, intent);
        }
    }
    results.metrics = found;
}

/// The rows with the greatest and the least value.
fn ends(found: &mut Vec<(String, Value)>, table: &TableData, keys: &[String], key: &str, label: &str) {
    let Some(value) = column_of(table, label) else { return };
    let columns: Vec<usize> = keys.iter().filter_map(|k| column_of(table, k)).collect();
    let name = |row: &[Value]| columns.iter().map(|c| plain(&row[*c])).collect::<Vec<_>>().join(" / ");
    let mut rows: Vec<(f64, String)> = table.rows.iter().filter_map(|r| Some((number(&r[value])?, name(r)))).collect();
    rows.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let Some((most, top)) = rows.first() else { return };
    let least = rows.last().map_or(*most, |r| r.0);
    let bottom = rows.iter().find(|r| r.0 == least).map_or(top, |r| &r.1);
    found.push((labels::top_group(key, label), json!(top)));
    found.push((labels::highest(label), json!(most)));
    found.push((labels::bottom_group(key, label), json!(bottom)));
    found.push((labels::lowest(label), json!(least)));
    if let Some(share) = column_of(table, "share (%)") {
        let of = |who: &String| table.rows.iter().find(|r| name(r) == *who).map(|r| r[share].clone());
        found.extend(of(top).map(|v| ("share of the highest (%)".to_owned(), v)));
        found.extend(of(bottom).map(|v| ("share of the lowest (%)".to_owned(), v)));
    }
}

/// The column with the most missing values, from a count for each.
fn gaps(found: &mut Vec<(String, Value)>, intent: &Intent) {
    if !matches!(intent.task, Task::Missing(..)) {
        return;
    }
    let counts: Vec<(String, f64)> =
        found.iter().filter_map(|(n, v)| Some((n.strip_prefix("missing ")?.to_owned(), number(v)?))).collect();
    let total: f64 = counts.iter().map(|c| c.1).sum();
    found.push(("missing values".to_owned(), json!(total)));
    found.push(("columns with missing values".to_owned(), json!(counts.iter().filter(|c| c.1 > 0.0).count())));
    if let Some((name, n)) = counts.iter().max_by(|a, b| a.1.total_cmp(&b.1)) {
        found.push(("column with the most missing values".to_owned(), json!(name)));
        found.push(("missing in that column".to_owned(), json!(n)));
    }
}
