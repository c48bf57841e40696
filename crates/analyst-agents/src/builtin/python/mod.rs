//! Python for an intent, as a careful analyst would write it: a working copy, comments, every number that is told
//! emitted as a metric or a table, one chart. It uses what the runner gives: `df`, `metric`, `table`, `show`.

mod aggregate;
mod charts;
mod columns;
mod compare;
mod curve;
mod model;
mod preparation;
mod prepare;
mod relate;
mod script;
mod special;
mod trend;

use super::intent::{Intent, Task};
use super::schema::Schema;
use script::Script;

pub(super) use aggregate::title as aggregation_title;
pub(super) use columns::row_title;
pub(super) use trend::title as trend_title;

/// The cell for an intent; `None` when there is nothing to compute.
pub(super) fn write(intent: &Intent, schema: &Schema) -> Option<String> {
    let mut script = Script::default();
    let s = &mut script;
    match &intent.task {
        Task::Describe(columns) => columns::describe(s, intent, columns, schema),
        Task::Aggregate(task) => aggregate::write(s, intent, task, schema),
        Task::Rows(task) => columns::rows(s, intent, task, schema),
        Task::Trend(task) => trend::write(s, intent, task, schema),
        Task::Distribution(columns) => columns::distribution(s, intent, columns, schema),
        Task::Normality(column, test) => columns::normality(s, intent, column, *test, schema),
        Task::Correlation(task) => relate::correlation(s, intent, task, schema),
        Task::Compare(task) => compare::write(s, intent, task, schema),
        Task::Association { rows, columns, exact } => relate::association(s, intent, rows, columns, *exact, schema),
        Task::Regression(model) => model::regression(s, intent, model, schema),
        Task::Fit(curve) => curve::write(s, intent, curve, schema),
        Task::Predict(model) => model::predict(s, intent, model, schema),
        Task::Cluster { columns, k } => model::clusters(s, intent, columns, *k, schema),
        Task::Missing(columns, _) => columns::missing(s, intent, columns, schema),
        Task::Outliers(columns, rule) => columns::outliers(s, intent, columns, *rule, schema),
        Task::Duplicates => columns::duplicates(s),
        Task::Points(task) => columns::points(s, intent, task, schema),
        Task::Contrast(task) => special::contrast(s, intent, task, schema),
        Task::OneSample(task) => special::one_sample(s, intent, task, schema),
        Task::Proportion(task) => special::proportion(s, intent, task, schema),
        Task::Components(columns) => special::components(s, intent, columns, schema),
        Task::Forecast(task) => special::forecast(s, intent, task, schema),
        Task::Rolling(task) => special::rolling(s, intent, task, schema),
        Task::Talk(_) | Task::Unclear(_) => return None,
    }
    Some(script.finish())
}

/// The cell that prepares the data and hands it over.
pub(super) fn write_preparation(intent: &Intent, schema: &Schema) -> String {
    let mut script = Script::default();
    let only = Intent { conditions: before_changes(intent), ..intent.clone() };
    prepare::working_copy(&mut script, &only, schema, &[]);
    script.line(format!("{} = data", super::plan::PREPARED));
    script.metric("rows prepared", "len(data)");
    script.line("table(data.head(20), \"Prepared data, first rows\")");
    script.finish()
}

/// A change against the row before is one within the rows asked for: their conditions come first.
fn before_changes(intent: &Intent) -> Vec<super::intent::Condition> {
    let changes = intent.prepare.iter().any(|p| matches!(p, super::intent::Preparation::Change { .. }));
    if changes { intent.conditions.clone() } else { Vec::new() }
}

/// The cell for an intent whose data an earlier step has prepared.
pub(super) fn from_prepared(intent: &Intent, schema: &Schema) -> Option<String> {
    let rest = Intent { prepare: Vec::new(), derived: Vec::new(), ..intent.clone() };
    let code = write(&rest, schema)?;
    Some(code.replacen("data = df.copy()", &format!("data = {}.copy()", super::plan::PREPARED), 1))
}
