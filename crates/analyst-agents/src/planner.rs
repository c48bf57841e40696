//! Who does what: the agents a person picked, in the order named, or a plan that is checked as a graph before anything
//! runs. A plan that does not hold is asked for once more, then one agent does the work alone.

use std::collections::HashSet;

use analyst_types::{Complexity, Plan, PlanStep};

use crate::ask::Asker;
use crate::catalogue::{Agent, without_mentions};
use crate::{AgentError, Catalogue, Desk, PlanQuestion, PlanQuestionInput, Question, RunContext};

/// More steps than this are a sign of a plan that lost its way.
const MAX_STEPS: usize = 10;
/// Words of a question and of a description are alike when so many of their first letters are.
const STEM_CHARS: usize = 4;

/// The plan of a question.
pub(crate) async fn plan(
    ctx: &RunContext,
    desk: &Desk,
    question: &Question,
    asker: &Asker<'_>,
) -> Result<Plan, AgentError> {
    let picked = picked(&desk.catalogue, question)?;
    if !picked.is_empty() {
        return Ok(plan_of_picked(&picked, question));
    }
    let agents = desk.catalogue.planner_agents();
    if agents.is_empty() {
        ctx.warn("no_agents", "No agent is switched on for planning, so nothing was computed.").await?;
        return Ok(Plan { complexity: Complexity::Unrelated, reason: String::new(), steps: Vec::new() });
    }
    let mut input = PlanQuestionInput {
        question: question.text.clone(),
        datasets: question.datasets.clone(),
        agents: agents.iter().map(|agent| agent.card()).collect(),
        history: question.history.clone(),
        refused: None,
    };
    let fault = match checked(asker.ask::<PlanQuestion>(None, &input).await, desk, question)? {
        Ok(plan) => return Ok(plan),
        Err((refused, fault)) => {
            input.refused = refused.as_ref().map(|plan| (as_json(plan), fault.clone()));
            fault
        }
    };
    // A reply that was no plan at all has been asked for twice already.
    let fault = if input.refused.is_none() {
        fault
    } else {
        match checked(asker.ask::<PlanQuestion>(None, &input).await, desk, question)? {
            Ok(plan) => return Ok(plan),
            Err((_, fault)) => fault,
        }
    };
    ctx.warn("plan_replaced", format!("No usable plan came about ({fault}); one agent works on the question alone."))
        .await?;
    Ok(plan_of_one(&agents, question))
}

type Refused = (Option<Plan>, String);

/// A plan that holds, or what is wrong with it; errors that another plan would not mend are passed on.
fn checked(
    answer: Result<Plan, AgentError>,
    desk: &Desk,
    question: &Question,
) -> Result<Result<Plan, Refused>, AgentError> {
    match answer {
        Ok(mut plan) => {
            normalise(&mut plan, &desk.catalogue);
            Ok(match fault(&plan, question, &desk.catalogue) {
                None => Ok(plan),
                Some(fault) => Err((Some(plan), fault)),
            })
        }
        Err(AgentError::Malformed { message, .. }) => Ok(Err((None, message))),
        Err(other) => Err(other),
    }
}

/// The agents picked by flag and by mention, in this order, each once.
fn picked<'a>(catalogue: &'a Catalogue, question: &Question) -> Result<Vec<&'a Agent>, AgentError> {
    let mut picked: Vec<&Agent> = Vec::new();
    let flagged = question.agents.iter().map(|name| catalogue.pick(name)).collect::<Result<Vec<_>, _>>()?;
    for agent in flagged.into_iter().chain(catalogue.mentioned(&question.text)?) {
        if !picked.contains(&agent) {
            picked.push(agent);
        }
    }
    Ok(picked)
}

/// Whether the person picked the agents, so that they work in the order named.
pub(crate) fn is_picked(catalogue: &Catalogue, question: &Question) -> bool {
    picked(catalogue, question).is_ok_and(|agents| !agents.is_empty())
}

fn plan_of_picked(picked: &[&Agent], question: &Question) -> Plan {
    let workers: Vec<&&Agent> = picked.iter().filter(|agent| !agent.is_conversation()).collect();
    let names = |agents: &[&Agent]| {
        agents.iter().map(|agent| format!("@{}", agent.template.template_name)).collect::<Vec<_>>().join(", ")
    };
    let asked = without_mentions(&question.text);
    let uses: Vec<String> = question.datasets.iter().map(|dataset| dataset.name.clone()).collect();
    let step = |agent: &&&Agent| PlanStep {
        agent: agent.template.template_name.clone(),
        instruction: if asked.is_empty() { agent.template.description.clone() } else { asked.clone() },
        create: Vec::new(),
        uses: uses.clone(),
    };
    let complexity = match workers.len() {
        0 => Complexity::Unrelated,
        1 => Complexity::Basic,
        2 => Complexity::Intermediate,
        _ => Complexity::Advanced,
    };
    Plan { complexity, reason: format!("{} picked by name.", names(picked)), steps: workers.iter().map(step).collect() }
}

/// The agent whose description has most of the question's words does everything.
fn plan_of_one(agents: &[&Agent], question: &Question) -> Plan {
    let asked = stems(&question.text);
    let likeness = |agent: &Agent| {
        let told = format!("{} {}", agent.template.display_name, agent.template.description);
        stems(&told).intersection(&asked).count()
    };
    // The first of equals, as the catalogue orders them.
    let best = agents.iter().rev().max_by_key(|agent| likeness(agent)).expect("BUG: there is at least one agent");
    let step = PlanStep {
        agent: best.template.template_name.clone(),
        instruction: question.text.trim().to_owned(),
        create: Vec::new(),
        uses: question.datasets.iter().map(|dataset| dataset.name.clone()).collect(),
    };
    let reason = "One agent works on the whole question.".to_owned();
    Plan { complexity: Complexity::Basic, reason, steps: vec![step] }
}

/// Puts right what is only written differently: names of agents in short, `df` for the first dataset.
fn normalise(plan: &mut Plan, catalogue: &Catalogue) {
    for step in &mut plan.steps {
        if let Some(agent) = catalogue.planner_agent(&step.agent) {
            step.agent = agent.template.template_name.clone();
        }
        step.create.iter_mut().chain(&mut step.uses).for_each(|name| *name = name.trim().to_owned());
        step.create.retain(|name| !name.is_empty());
        step.uses.retain(|name| !name.is_empty());
    }
}

/// Why a plan cannot be followed, in a sentence for the model.
fn fault(plan: &Plan, question: &Question, catalogue: &Catalogue) -> Option<String> {
    let n_steps = plan.steps.len();
    let fits = match plan.complexity {
        Complexity::Unrelated => n_steps == 0,
        Complexity::Basic => n_steps == 1,
        Complexity::Intermediate => n_steps == 2,
        Complexity::Advanced => (2..=MAX_STEPS).contains(&n_steps),
    };
    if !fits {
        let complexity = format!("{:?}", plan.complexity).to_lowercase();
        return Some(format!(
            "{complexity} does not go with {n_steps} steps: unrelated has none, basic one, intermediate two, advanced up to {MAX_STEPS}"
        ));
    }
    let datasets: HashSet<&str> = question.datasets.iter().map(|dataset| dataset.name.as_str()).chain(["df"]).collect();
    let mut known = datasets.clone();
    for (at, step) in plan.steps.iter().enumerate() {
        let place = format!("step {} ({})", at + 1, step.agent);
        if catalogue.planner_agent(&step.agent).is_none() {
            let names: Vec<_> = catalogue.planner_agents().iter().map(|a| a.template.template_name.as_str()).collect();
            return Some(format!("{place}: there is no such agent; the agents are {}", names.join(", ")));
        }
        if step.instruction.trim().is_empty() {
            return Some(format!("{place}: the instruction is empty"));
        }
        if let Some(name) = step.uses.iter().find(|name| !known.contains(name.as_str())) {
            let mut names: Vec<&str> = known.into_iter().collect();
            names.sort_unstable();
            return Some(format!(
                "{place}: it uses “{name}”, which nothing before it creates; there is {}",
                names.join(", ")
            ));
        }
        if let Some(name) = step.create.iter().find(|name| !is_identifier(name)) {
            return Some(format!("{place}: “{name}” is not a Python identifier"));
        }
        if let Some(name) = step.create.iter().find(|name| datasets.contains(name.as_str())) {
            return Some(format!("{place}: “{name}” is a dataset and cannot be created anew; choose another name"));
        }
        known.extend(step.create.iter().map(String::as_str));
    }
    None
}

fn is_identifier(name: &str) -> bool {
    const KEYWORDS: [&str; 35] = [
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
        "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
        "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
    ];
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !KEYWORDS.contains(&name)
}

fn stems(text: &str) -> HashSet<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= STEM_CHARS);
    words.map(|word| word.to_lowercase().chars().take(STEM_CHARS).collect()).collect()
}

fn as_json(plan: &Plan) -> String {
    serde_json::to_string(plan).expect("BUG: a plan is plain data")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BUILTIN_AGENTS;
    use crate::testing;

    fn step(agent: &str, create: &[&str], uses: &[&str]) -> PlanStep {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        PlanStep { agent: agent.into(), instruction: "do".into(), create: owned(create), uses: owned(uses) }
    }

    #[test]
    fn a_plan_is_checked_as_a_graph() {
        use Complexity::{Advanced, Basic, Intermediate, Unrelated};
        let (prep, viz) = ("planner_preprocessing_agent", "planner_data_viz_agent");
        let cases = [
            (Unrelated, vec![], None),
            (Basic, vec![step(viz, &[], &["df"])], None),
            (Basic, vec![step("Data-Viz", &[], &["sales"])], None),
            (Intermediate, vec![step(prep, &["clean"], &["sales"]), step(viz, &[], &["clean"])], None),
            (Basic, vec![], Some("does not go with 0 steps")),
            (Unrelated, vec![step(viz, &[], &[])], Some("does not go with 1 steps")),
            (Basic, vec![step("wizard", &[], &[])], Some("no such agent; the agents are planner_")),
            (Basic, vec![step("basic_qa_agent", &[], &[])], Some("no such agent")),
            (
                Intermediate,
                vec![step(viz, &[], &["clean"]), step(prep, &["clean"], &[])],
                Some("nothing before it creates"),
            ),
            (Basic, vec![step(prep, &["my table"], &[])], Some("not a Python identifier")),
            (Basic, vec![step(prep, &["class"], &[])], Some("not a Python identifier")),
            (Basic, vec![step(prep, &["sales"], &[])], Some("is a dataset")),
            (Advanced, vec![step(viz, &[], &[]); 11], Some("11 steps")),
        ];
        let catalogue = Catalogue::load(BUILTIN_AGENTS, None);
        let question = testing::question("What sells best?");
        for (complexity, steps, expected) in cases {
            let mut plan = Plan { complexity, reason: String::new(), steps };
            normalise(&mut plan, &catalogue);
            let fault = fault(&plan, &question, &catalogue);
            match (&fault, expected) {
                (None, None) => {}
                (Some(fault), Some(part)) => assert!(fault.contains(part), "{fault}"),
                other => panic!("{plan:?}: {other:?}"),
            }
        }
    }

    #[test]
    fn picked_agents_become_steps_in_the_order_named() {
        let catalogue = Catalogue::load(BUILTIN_AGENTS, None);
        let cases: &[(&str, &[&str], Complexity, &[&str])] = &[
            ("@data_viz plot it", &[], Complexity::Basic, &["data_viz_agent"]),
            (
                "@preprocessing clean, @data_viz plot",
                &["sk_learn"],
                Complexity::Advanced,
                &["sk_learn_agent", "preprocessing_agent", "data_viz_agent"],
            ),
            ("@basic_qa what is a median?", &[], Complexity::Unrelated, &[]),
        ];
        for (text, flagged, complexity, expected) in cases {
            let mut question = testing::question(text);
            question.agents = flagged.iter().map(|name| (*name).to_owned()).collect();
            let plan = plan_of_picked(&picked(&catalogue, &question).unwrap(), &question);
            let agents: Vec<&str> = plan.steps.iter().map(|step| step.agent.as_str()).collect();
            assert_eq!((plan.complexity, agents.as_slice()), (*complexity, *expected), "{text}");
            assert!(plan.steps.iter().all(|step| !step.instruction.contains('@')), "{plan:?}");
        }
    }

    #[test]
    fn one_agent_is_chosen_by_what_the_question_is_about() {
        let catalogue = Catalogue::load(BUILTIN_AGENTS, None);
        let cases = [
            ("Draw a chart of the trend", "planner_data_viz_agent"),
            ("Is there a correlation? Use regression", "planner_statistical_analytics_agent"),
            ("Clustering and prediction, please", "planner_sk_learn_agent"),
            ("Remove duplicates and missing values", "planner_preprocessing_agent"),
        ];
        for (text, expected) in cases {
            let plan = plan_of_one(&catalogue.planner_agents(), &testing::question(text));
            assert_eq!(plan.steps[0].agent, expected, "{text}");
        }
    }
}
