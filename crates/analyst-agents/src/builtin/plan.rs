//! Which agent does an intent, and how much work it is.

use analyst_types::{Complexity, Plan, PlanStep};

use super::intent::{Intent, Task};
use super::labels;
use crate::AgentCard;

/// The agents of the catalogue that the analyst speaks for, by what they do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spirit {
    /// Cleaning, overviews, gaps.
    Preprocessing,
    /// Tests, intervals, regressions.
    Statistics,
    /// Models and clusters.
    Learning,
    /// Charts.
    Visualisation,
    /// Conversation.
    Talk,
}

impl Spirit {
    /// The agent's spirit, from its name.
    pub(super) fn of(agent: &str) -> Option<Self> {
        Some(match agent {
            name if name.contains("preprocess")
                || name.contains("clean")
                || name.contains("polars")
                || name.contains("feature") =>
            {
                Self::Preprocessing
            }
            name if name.contains("statistic") => Self::Statistics,
            name if name.contains("sk_learn") || name.contains("learn") || name.contains("xgboost") => Self::Learning,
            name if name.contains("viz") || name.contains("plot") => Self::Visualisation,
            name if name.contains("qa") || name.contains("chat") => Self::Talk,
            _ => return None,
        })
    }

    fn for_task(task: &Task) -> Self {
        match task {
            Task::Missing(..) | Task::Duplicates | Task::Describe(_) | Task::Rows(_) => Self::Preprocessing,
            Task::Trend(_) | Task::Distribution(_) | Task::Points(_) => Self::Visualisation,
            Task::Predict(_) | Task::Cluster { .. } => Self::Learning,
            Task::Talk(_) | Task::Unclear(_) => Self::Talk,
            Task::Aggregate(_)
            | Task::Normality(..)
            | Task::Correlation(_)
            | Task::Compare(_)
            | Task::Association { .. }
            | Task::Regression(_)
            | Task::Fit(_)
            | Task::Outliers(..) => Self::Statistics,
        }
    }
}

/// One step by the agent whose work it is; none for small talk and for what was not understood.
pub(super) fn plan(intent: &Intent, dataset: &str, agents: &[AgentCard]) -> Plan {
    let mut spirit = Spirit::for_task(&intent.task);
    if spirit == Spirit::Talk {
        let reason = match intent.task {
            Task::Unclear(_) => "the question does not say clearly enough what to compute",
            _ => "the question is not about the data",
        };
        return Plan { complexity: Complexity::Unrelated, reason: reason.to_owned(), steps: Vec::new() };
    }
    if intent.wishes.plot && matches!(intent.task, Task::Aggregate(_)) {
        spirit = Spirit::Visualisation;
    }
    let of_spirit = agents.iter().find(|a| Spirit::of(&a.name) == Some(spirit));
    let any = agents.iter().find(|a| Spirit::of(&a.name) != Some(Spirit::Talk));
    let Some(agent) = of_spirit.or(any).or(agents.first()) else {
        let reason = "no agent is switched on that could do it".to_owned();
        return Plan { complexity: Complexity::Unrelated, reason, steps: Vec::new() };
    };
    let what = summary(intent);
    Plan {
        complexity: Complexity::Basic,
        reason: format!("One agent is enough: {}", lower_first(&what)),
        steps: vec![PlanStep {
            agent: agent.name.clone(),
            instruction: what,
            create: Vec::new(),
            uses: vec![dataset.to_owned()],
        }],
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_lowercase().chain(chars).collect())
}

/// What will be done, in a sentence.
pub(super) fn summary(intent: &Intent) -> String {
    let rows = labels::conditions(&intent.conditions);
    let names = |list: &[String]| list.join(", ");
    match &intent.task {
        Task::Describe(columns) if columns.is_empty() => format!("Gives an overview of the data{rows}."),
        Task::Describe(columns) => format!("Gives an overview of {}{rows}.", names(columns)),
        Task::Aggregate(task) if task.groups.is_empty() => {
            format!("Computes the {}{rows}.", task.measures.iter().map(labels::measure).collect::<Vec<_>>().join(", "))
        }
        Task::Aggregate(task) => {
            format!("Computes the {}.", lower_first(&super::python::aggregation_title(task, intent)))
        }
        Task::Rows(task) => format!("Lists the {}.", lower_first(&super::python::row_title(task, intent))),
        Task::Trend(task) => format!("Follows the {}.", lower_first(&super::python::trend_title(task, intent))),
        Task::Distribution(columns) => format!("Shows how {} spread{rows}.", names(columns)),
        Task::Normality(column, _) => format!("Tests whether {column} is normally distributed{rows}."),
        Task::Correlation(task) if task.columns.len() == 2 => {
            format!("Measures how {} and {} move together{rows}.", task.columns[0], task.columns[1])
        }
        Task::Correlation(_) => format!("Measures how the columns move together{rows}."),
        Task::Compare(task) => {
            format!("Tests whether {} differs by {}{rows}.", task.column, labels::group(&task.group))
        }
        Task::Association { rows: a, columns: b, .. } => {
            format!("Tests whether {a} and {b} depend on each other{rows}.")
        }
        Task::Regression(model) => {
            format!("Fits {} to {} by least squares{rows}.", model.target, names(&model.features))
        }
        Task::Fit(curve) => format!("Fits the curve to {} by least squares{rows}.", curve.target),
        Task::Predict(model) => {
            format!("Trains and scores a model that predicts {} from {}{rows}.", model.target, names(&model.features))
        }
        Task::Cluster { columns, .. } => format!("Groups similar rows by {}{rows}.", names(columns)),
        Task::Missing(..) => "Counts the missing values.".to_owned(),
        Task::Outliers(columns, _) => format!("Counts unusual values of {}{rows}.", names(columns)),
        Task::Duplicates => "Counts rows that occur twice.".to_owned(),
        Task::Points(task) => format!("Draws {} against {}{rows}.", task.y, task.x),
        Task::Talk(_) | Task::Unclear(_) => "Nothing to compute.".to_owned(),
    }
}
