//! Which agent does an intent, and how much work it is.

use analyst_types::{Complexity, Plan, PlanStep};

use super::intent::{Intent, Preparation, Task};
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
            Task::Trend(_) | Task::Distribution(_) | Task::Points(_) | Task::Rolling(_) => Self::Visualisation,
            Task::Predict(_) | Task::Cluster { .. } | Task::Forecast(_) => Self::Learning,
            Task::Talk(_) | Task::Unclear(_) => Self::Talk,
            Task::Aggregate(_)
            | Task::Normality(..)
            | Task::Correlation(_)
            | Task::Compare(_)
            | Task::Association { .. }
            | Task::Regression(_)
            | Task::Fit(_)
            | Task::Outliers(..)
            | Task::Contrast(_)
            | Task::OneSample(_)
            | Task::Proportion(_)
            | Task::Components(_) => Self::Statistics,
        }
    }
}

/// The name under which a step hands the prepared data over.
pub(super) const PREPARED: &str = "prepared";

/// One step of the work on a question.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Work {
    /// What the plan says.
    pub(super) instruction: String,
    /// Whose work it is.
    pub(super) spirit: Spirit,
    /// Which intents it computes; none for a step that only prepares.
    pub(super) intents: Vec<usize>,
    /// It prepares the data for those that follow.
    pub(super) prepares: bool,
    /// It begins with what an earlier step prepared.
    pub(super) handed: bool,
}

/// The steps of the work: first what is prepared, then one step for each kind of agent in turn.
pub(super) fn work(intents: &[&Intent]) -> Vec<Work> {
    let light = |p: &Preparation| matches!(p, Preparation::DropMissing(_) | Preparation::DropDuplicates);
    let first = intents.iter().find(|i| i.prepare.iter().any(|p| !light(p)));
    let mut list: Vec<Work> = Vec::new();
    if let Some(intent) = first {
        list.push(Work {
            instruction: labels::preparations(&intent.prepare),
            spirit: Spirit::Preprocessing,
            intents: Vec::new(),
            prepares: true,
            handed: false,
        });
    }
    for (at, intent) in intents.iter().enumerate() {
        let mut spirit = Spirit::for_task(&intent.task);
        if intent.wishes.plot && matches!(intent.task, Task::Aggregate(_)) {
            spirit = Spirit::Visualisation;
        }
        let handed = first.is_some() && !intent.prepare.is_empty();
        let told = match intent.tag.as_deref() {
            Some("before") => format!("Before that: {}", lower_first(&summary(intent))),
            Some(_) => format!("After that: {}", lower_first(&summary(intent))),
            None => summary(intent),
        };
        match list.last_mut() {
            Some(last) if last.spirit == spirit && last.handed == handed && !last.prepares => {
                last.instruction = format!("{} {told}", last.instruction);
                last.intents.push(at);
            }
            _ => list.push(Work { instruction: told, spirit, intents: vec![at], prepares: false, handed }),
        }
    }
    list
}

/// Steps by the agents whose work it is; none for small talk and for what was not understood.
pub(super) fn plan(intents: &[&Intent], dataset: &str, agents: &[AgentCard]) -> Plan {
    let nothing =
        |reason: &str| Plan { complexity: Complexity::Unrelated, reason: reason.to_owned(), steps: Vec::new() };
    if let Some(task) = intents.iter().map(|i| &i.task).find(|task| Spirit::for_task(task) == Spirit::Talk) {
        return nothing(match task {
            Task::Unclear(_) => "the question does not say clearly enough what to compute",
            _ => "the question is not about the data",
        });
    }
    let mut steps = Vec::new();
    for work in work(intents) {
        let of_spirit = agents.iter().find(|a| Spirit::of(&a.name) == Some(work.spirit));
        let any = agents.iter().find(|a| Spirit::of(&a.name) != Some(Spirit::Talk));
        let Some(agent) = of_spirit.or(any).or(agents.first()) else {
            return nothing("no agent is switched on that could do it");
        };
        steps.push(PlanStep {
            agent: agent.name.clone(),
            instruction: work.instruction,
            create: if work.prepares { vec![PREPARED.to_owned()] } else { Vec::new() },
            uses: vec![if work.handed { PREPARED.to_owned() } else { dataset.to_owned() }],
        });
    }
    let complexity = match steps.len() {
        1 => Complexity::Basic,
        2 => Complexity::Intermediate,
        _ => Complexity::Advanced,
    };
    let reason = match steps.as_slice() {
        [only] => format!("One agent is enough: {}", lower_first(&only.instruction)),
        several => format!("{} steps, each building on the ones before.", several.len()),
    };
    Plan { complexity, reason, steps }
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
        Task::Contrast(task) => {
            format!("Holds the {} of two sets of rows against each other{rows}.", labels::measure(&task.measure))
        }
        Task::OneSample(task) => match task.against {
            Some(n) => format!("Tests whether the mean of {} differs from {n}{rows}.", task.column),
            None => format!("Gives the interval of the mean of {}{rows}.", task.column),
        },
        Task::Proportion(task) => format!("Tests the share of rows {}{rows}.", labels::condition(&task.holds)),
        Task::Components(columns) => format!("Finds the principal components of {}{rows}.", names(columns)),
        Task::Forecast(task) => format!(
            "Forecasts the {} for {} {}s{rows}.",
            labels::measure(&task.measure),
            task.horizon,
            task.grain.name()
        ),
        Task::Rolling(task) => format!("Follows {} over time{rows}.", task.column),
        Task::Talk(_) | Task::Unclear(_) => "Nothing to compute.".to_owned(),
    }
}
