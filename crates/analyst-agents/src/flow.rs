//! One question from plan to answer.

use analyst_types::{CellId, Language};

use crate::{AgentError, DatasetContext, Desk, Question, RunContext};

/// Answers a question: tells everything between `RunStarted` and `RunFinished` (those two are the caller's).
/// The last durable event is `AnswerReady`.
///
/// # Errors
/// [`AgentError::Cancelled`] when stopped; what was told until then is kept. Others when no plan or answer could be
/// had at all. A failed step is no error.
pub async fn answer_question(_ctx: &RunContext, _desk: &Desk, _question: &Question) -> Result<(), AgentError> {
    Err(AgentError::Cancelled)
}

/// Runs one cell as a person wrote it, without repairs: `CodeReady` (step 0), `ExecutionStarted`, …,
/// `ExecutionFinished`. That the code fails is no error: the report says so.
///
/// # Errors
/// [`AgentError::Cancelled`] when stopped.
pub async fn run_cell(
    _ctx: &RunContext,
    _desk: &Desk,
    _cell_id: CellId,
    _language: Language,
    _code: &str,
    _datasets: &[DatasetContext],
) -> Result<(), AgentError> {
    Err(AgentError::Cancelled)
}
