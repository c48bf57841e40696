//! The agents of Auto-Analyst: what is asked (signatures), who is asked (the catalogue, a language model or the
//! built-in analyst), in which order (the planner), and what the answer may claim (claims).
//!
//! The crate knows the types and their two ports, [`analyst_types::LanguageModel`] and
//! [`analyst_types::CodeRunner`], and never an engine behind them. It refuses I/O of its own: whatever happens is told
//! through [`RunContext::updates`], and stored and shown by whoever listens.
//!
//! Start reading at [`answer_question`].
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod ask;
mod builtin;
mod catalogue;
mod claims;
mod context;
mod dataset;
mod desk;
mod disclosure;
mod error;
mod flow;
mod planner;
mod prompt;
mod signature;
#[cfg(test)]
mod testing;

pub use builtin::{BuiltInAnalyst, FirstLook};
pub use catalogue::{
    Agent, AgentFolder, BUILTIN_AGENTS, Catalogue, CatalogueProblem, FolderError, FolderState, Imported,
    without_mentions,
};
pub use context::{RunContext, RunUpdate};
pub use dataset::DatasetContext;
pub use desk::{Desk, Question, Reasoner, Turn};
pub use disclosure::{Disclosed, Disclosure};
pub use error::AgentError;
pub use flow::{answer_question, run_cell};
pub use signature::{
    AgentCard, Converse, ConverseInput, ConverseOutput, FixCode, FixCodeInput, FixCodeOutput, PlanQuestion,
    PlanQuestionInput, Signature, StepDigest, StepOutcome, WriteAnswer, WriteAnswerInput, WriteAnswerOutput, WriteCode,
    WriteCodeInput, WriteCodeOutput,
};
