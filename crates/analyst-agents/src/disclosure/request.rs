//! The inputs of the signatures, as far as they may be shown. One function per signature.

use analyst_types::Shown;
use serde::Serialize;

use super::dataset::DatasetView;
use super::quote::{capped, fenced};
use super::result::{DigestView, StepView, VariableView};
use super::vocabulary::Vocabulary;
use super::{Disclosed, Disclosure, Level, Thrift};
use crate::{
    AgentCard, ConverseInput, DatasetContext, FixCodeInput, PlanQuestionInput, Turn, WriteAnswerInput, WriteCodeInput,
};

/// What a question may take: more is a pasted file.
const MAX_QUESTION_CHARS: usize = 20_000;
/// What is kept of an older answer.
const DIGEST_CHARS: usize = 300;
/// Turns that are kept whole as long as there is room.
const WHOLE_TURNS: usize = 3;

/// What every request is about.
#[derive(Debug, Serialize)]
struct Subject {
    question: String,
    datasets: Vec<DatasetView>,
    history: Vec<TurnView>,
}

impl Subject {
    fn shown(&self) -> Vec<Shown> {
        self.datasets.iter().map(DatasetView::shown).collect()
    }
}

/// An earlier question, and its answer as far as it may be shown.
#[derive(Debug, Serialize)]
struct TurnView {
    question: String,
    answer: String,
}

/// An agent, without its prompt.
#[derive(Debug, Serialize)]
struct AgentView {
    name: String,
    description: String,
    category: String,
}

#[derive(Debug, Serialize)]
struct PlanView {
    #[serde(flatten)]
    subject: Subject,
    agents: Vec<AgentView>,
    refused_plan: String,
    refused_because: String,
}

#[derive(Debug, Serialize)]
struct CodeView {
    #[serde(flatten)]
    subject: Subject,
    agent: AgentView,
    guidance: String,
    instruction: String,
    create: Vec<String>,
    uses: Vec<String>,
    variables: Vec<VariableView>,
    earlier: Vec<DigestView>,
    /// What the step builds on.
    found: Vec<StepView>,
    python_ready: bool,
    results_shown: bool,
}

#[derive(Debug, Serialize)]
struct FixView {
    #[serde(flatten)]
    task: CodeView,
    language: analyst_types::Language,
    code: String,
    error: String,
    output: String,
    attempt: u32,
}

#[derive(Debug, Serialize)]
struct AnswerView {
    #[serde(flatten)]
    subject: Subject,
    steps: Vec<StepView>,
    doubted_answer: String,
    doubted_numbers: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ConverseView {
    #[serde(flatten)]
    subject: Subject,
    guidance: String,
    agents: Vec<AgentView>,
}

impl Disclosure {
    pub(crate) fn plan(&self, input: &PlanQuestionInput) -> Disclosed {
        let (plan, because) = input.refused.clone().unwrap_or_default();
        let subject = self.subject(&input.question, &input.datasets, &input.history);
        let (shown, agents) = (subject.shown(), input.agents.iter().map(agent).collect());
        Disclosed::of(PlanView { subject, agents, refused_plan: plan, refused_because: because }, shown)
    }

    pub(crate) fn code(&self, input: &WriteCodeInput) -> Disclosed {
        let mut vocabulary = self.vocabulary(&input.datasets, &input.question);
        input.found.iter().for_each(|step| vocabulary.learn(&step.code));
        let view = self.code_view(input, &vocabulary);
        let shown = view.subject.shown();
        Disclosed::of(view, shown)
    }

    pub(crate) fn fix(&self, input: &FixCodeInput) -> Disclosed {
        let mut vocabulary = self.vocabulary(&input.task.datasets, &input.task.question);
        vocabulary.learn(&input.code);
        let task = self.code_view(&input.task, &vocabulary);
        let shown = task.subject.shown();
        let view = FixView {
            task,
            language: input.language,
            code: input.code.clone(),
            error: self.error(input.status, &input.error, &vocabulary),
            output: self.printed(&input.output, &vocabulary, 1_500),
            attempt: input.attempt,
        };
        Disclosed::of(view, shown)
    }

    pub(crate) fn answer(&self, input: &WriteAnswerInput) -> Disclosed {
        let mut vocabulary = self.vocabulary(&input.datasets, &input.question);
        for step in &input.steps {
            vocabulary.learn(&step.code);
            vocabulary.learn(&step.instruction);
        }
        let (answer, numbers) = input.doubted.clone().unwrap_or_default();
        let subject = self.subject(&input.question, &input.datasets, &input.history);
        let shown = subject.shown();
        let steps = input.steps.iter().map(|step| self.step(step, &input.datasets, &vocabulary)).collect();
        Disclosed::of(AnswerView { subject, steps, doubted_answer: answer, doubted_numbers: numbers }, shown)
    }

    pub(crate) fn converse(&self, input: &ConverseInput) -> Disclosed {
        let subject = self.subject(&input.question, &input.datasets, &input.history);
        let shown = subject.shown();
        let guidance = input.agent.as_ref().map(|agent| agent.prompt.clone()).unwrap_or_default();
        Disclosed::of(ConverseView { subject, guidance, agents: input.agents.iter().map(agent).collect() }, shown)
    }

    fn code_view(&self, input: &WriteCodeInput, vocabulary: &Vocabulary) -> CodeView {
        CodeView {
            subject: self.subject(&input.question, &input.datasets, &input.history),
            agent: agent(&input.agent),
            guidance: input.agent.prompt.clone(),
            instruction: input.instruction.clone(),
            create: input.create.clone(),
            uses: input.uses.clone(),
            variables: self.variables(&input.variables, vocabulary),
            earlier: self.digests(&input.earlier),
            found: input.found.iter().map(|step| self.found(step, &input.datasets, vocabulary)).collect(),
            python_ready: input.python_ready,
            results_shown: self.shows_results(),
        }
    }

    fn vocabulary(&self, datasets: &[DatasetContext], question: &str) -> Vocabulary {
        let mut vocabulary = Vocabulary::new(self.level, datasets);
        vocabulary.learn(question);
        vocabulary
    }

    fn subject(&self, question: &str, datasets: &[DatasetContext], history: &[Turn]) -> Subject {
        Subject {
            question: fenced(&capped(question, MAX_QUESTION_CHARS)),
            datasets: self.datasets(datasets, question),
            history: self.history(history, &self.vocabulary(datasets, question)),
        }
    }

    /// The last turns that fit, oldest first: the latest whole, older ones as digests.
    fn history(&self, turns: &[Turn], vocabulary: &Vocabulary) -> Vec<TurnView> {
        if self.thrift == Thrift::NoHistory {
            return Vec::new();
        }
        let mut room = self.room(self.history_chars);
        let mut kept = Vec::new();
        for (age, turn) in turns.iter().rev().enumerate() {
            let question = fenced(&capped(&turn.question, DIGEST_CHARS * 4));
            let answer = self.earlier_answer(turn, age, vocabulary);
            let Some(rest) = room.checked_sub(question.chars().count() + answer.chars().count()) else { break };
            room = rest;
            kept.push(TurnView { question, answer });
        }
        kept.reverse();
        kept
    }

    /// An earlier answer holds results, and may have been written at another level.
    fn earlier_answer(&self, turn: &Turn, age: usize, vocabulary: &Vocabulary) -> String {
        let shown = match self.level {
            Level::Schema => return String::new(),
            Level::Statistics => vocabulary.admitted_sentences(&turn.answer),
            Level::Samples => super::personal::without_personal(&turn.answer),
            Level::Everything => turn.answer.clone(),
        };
        fenced(&capped(&shown, if age < WHOLE_TURNS { DIGEST_CHARS * 10 } else { DIGEST_CHARS }))
    }
}

fn agent(card: &AgentCard) -> AgentView {
    AgentView { name: card.name.clone(), description: card.description.clone(), category: card.category.clone() }
}
