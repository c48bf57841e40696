//! What an agent makes of a question: with an `@mention` and no clear task it does what it is there for, and a second
//! agent on the same question does not repeat the first one's work.

use super::intent::{
    Coefficient, Comparison, Correlation, DifferenceTest, Group, Intent, OutlierRule, Quantity, Side, Task,
};
use super::plan::Spirit;
use super::schema::{Role, Schema};
use super::understanding::Understanding;
use crate::StepDigest;

/// Columns looked at when none is named.
const SOME_COLUMNS: usize = 8;

/// Lets an agent choose the task where the question leaves it open, or has been answered by an earlier step.
pub(super) fn adopt(found: &mut Understanding, agent: &str, earlier: &[StepDigest]) {
    let Some(spirit) = Spirit::of(agent) else { return };
    let answered = earlier.iter().any(|s| s.ok);
    let open = matches!(&found.intent.task, Task::Unclear(unlinked) if unlinked.is_empty())
        || matches!(found.intent.task, Task::Talk(_));
    if !(answered || open) {
        return;
    }
    if let Some(task) = own_task(spirit, &found.intent, &found.schema) {
        found.intent.task = task;
    }
}

fn own_task(spirit: Spirit, intent: &Intent, schema: &Schema) -> Option<Task> {
    let measures: Vec<String> =
        schema.with_role(Role::Measure).into_iter().take(SOME_COLUMNS).map(|i| schema.field(i).name.clone()).collect();
    let (number, group) = subject(intent);
    match spirit {
        Spirit::Preprocessing => Some(Task::Missing(Vec::new(), false)),
        Spirit::Statistics => match (number, group) {
            (Some(column), Some(group)) => Some(Task::Compare(Comparison {
                column,
                group,
                test: DifferenceTest::Auto,
                other_column: false,
                median: false,
                side: Side::Both,
                order: Vec::new(),
            })),
            _ if measures.len() >= 2 => Some(Task::Correlation(Correlation {
                columns: measures,
                coefficient: Coefficient::Pearson,
                target: None,
            })),
            _ => Some(Task::Describe(Vec::new())),
        },
        Spirit::Learning if measures.len() >= 2 => Some(Task::Cluster { columns: measures, k: None }),
        Spirit::Learning => Some(Task::Describe(Vec::new())),
        Spirit::Visualisation => {
            let columns = number.map(|n| vec![n]).unwrap_or_else(|| measures.into_iter().take(2).collect());
            Some(if columns.is_empty() { Task::Describe(Vec::new()) } else { Task::Distribution(columns) })
        }
        Spirit::Talk => None,
    }
}

/// The number and the group an aggregation is about.
fn subject(intent: &Intent) -> (Option<String>, Option<Group>) {
    let Task::Aggregate(task) = &intent.task else { return (None, None) };
    let number = task.measures.iter().find_map(|m| match &m.quantity {
        Quantity::Column(name) => Some(name.clone()),
        _ => None,
    });
    (number, task.groups.first().cloned())
}

/// A simpler intent after an error: the same columns, described; then the whole table.
pub(super) fn simpler(intent: &Intent, attempt: u32) -> Option<Intent> {
    let columns: Vec<String> = match (&intent.task, attempt) {
        (Task::Describe(list), _) if list.is_empty() => return None,
        (_, 2..) => Vec::new(),
        (Task::Compare(task), _) => {
            let test = if task.test == DifferenceTest::Auto { DifferenceTest::Welch } else { DifferenceTest::Auto };
            return Some(Intent { task: Task::Compare(Comparison { test, ..task.clone() }), ..intent.clone() });
        }
        (Task::Correlation(task), _) => task.columns.clone(),
        (Task::Regression(model) | Task::Predict(model), _) => {
            std::iter::once(model.target.clone()).chain(model.features.iter().cloned()).collect()
        }
        (Task::Cluster { columns, .. } | Task::Distribution(columns), _) => columns.clone(),
        (Task::Outliers(columns, OutlierRule::Iqr(_) | OutlierRule::ZScore(_)), _) => columns.clone(),
        (Task::Normality(column, _), _) => vec![column.clone()],
        (Task::Points(task), _) => vec![task.x.clone(), task.y.clone()],
        _ => Vec::new(),
    };
    let task = Task::Describe(columns);
    Some(Intent { task, ..intent.clone() })
}
