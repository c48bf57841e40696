//! What a scripted model says to each kind of question, and a home that has it as its model.

use analyst_tests::program::Home;
use analyst_tests::provider::{Condition, Reply, Rule, Script, ScriptedProvider, Tokens};
use serde_json::{Value, json};

/// A model with a known price, for each wire.
pub const ANTHROPIC: &str = "anthropic/claude-sonnet-4-5";
pub const OPENAI: &str = "openai/gpt-4.1-mini";

/// What each of its replies counts.
pub const TOKENS: Tokens = Tokens { input: 1_000, cached: 0, output: 100 };

/// The sum of all revenue, by SQL: fast.
pub const SUM: &str = "SELECT SUM(revenue) AS total FROM coffee_orders";

/// A home whose environment leads to the provider, on both wires.
pub fn home_with(provider: &ScriptedProvider) -> Home {
    let environment = provider.anthropic_environment().into_iter().chain(provider.openai_environment());
    environment.fold(Home::new(), |home, (name, value)| home.with(name, &value))
}

/// A reply that is JSON and counts [`TOKENS`].
pub fn counted(value: Value) -> Reply {
    Reply::Json { value, tokens: Some(TOKENS) }
}

/// A plan whose steps are `(agent, create, use)`.
pub fn plan(complexity: &str, steps: &[(&str, &[&str], &[&str])]) -> Reply {
    let step = |(agent, create, uses): &(&str, &[&str], &[&str])| json!({ "agent": agent, "instruction": format!("Do your part, {agent}."), "create": create, "use": uses });
    let steps: Vec<Value> = steps.iter().map(step).collect();
    counted(json!({ "complexity": complexity, "reason": "This is enough.", "steps": steps }))
}

/// A plan of one step.
pub fn one_step() -> Reply {
    plan("basic", &[("planner_preprocessing_agent", &[], &["df"])])
}

/// A cell.
pub fn code(language: &str, code: &str) -> Reply {
    counted(json!({ "summary": "Computes it.", "language": language, "code": code, "chart": null }))
}

/// A mended cell.
pub fn mended(code: &str) -> Reply {
    counted(json!({ "explanation": "A name was wrong.", "code": code }))
}

/// An answer.
pub fn answer(text: &str) -> Reply {
    counted(json!({ "answer": text }))
}

/// What a request asks for, by a field that only its answer has.
#[derive(Clone, Copy)]
pub enum Asked {
    Plan,
    Code,
    Repair,
    Answer,
}

impl Asked {
    fn field(self) -> &'static str {
        match self {
            Self::Plan => "steps",
            Self::Code => "summary",
            Self::Repair => "explanation",
            Self::Answer => "answer",
        }
    }
}

/// A script of replies by what is asked for: each is given once, in order, the last one of its kind again and again.
pub fn script(replies: Vec<(Asked, Reply)>) -> Script {
    let last = |at: usize| replies[at + 1..].iter().all(|(asked, _)| asked.field() != replies[at].0.field());
    let rules = replies.iter().enumerate().map(|(at, (asked, reply))| Rule {
        when: Some(Condition { asks_for: Some(asked.field().to_owned()), ..Condition::default() }),
        times: (!last(at)).then_some(1),
        reply: reply.clone(),
    });
    let rules = rules.collect();
    Script { rules, ..Script::new() }
}

/// A plan of one step, [`SUM`], and an answer.
pub fn sum_script(text: &str) -> Script {
    script(vec![(Asked::Plan, one_step()), (Asked::Code, code("sql", SUM)), (Asked::Answer, answer(text))])
}
