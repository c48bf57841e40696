//! A cell that a person wrote or edited: run as it is, never mended.

use analyst_types::{CellId, Language, RunEventKind};

use super::execution::{Cell, execute};
use crate::{AgentError, DatasetContext, Desk, RunContext};

/// Runs one cell as a person wrote it, without repairs: `CodeReady` (step 0), `ExecutionStarted`, …,
/// `ExecutionFinished`. That the code fails is no error: the report says so.
///
/// # Errors
/// [`AgentError::Cancelled`] when stopped.
pub async fn run_cell(
    ctx: &RunContext,
    desk: &Desk,
    cell_id: CellId,
    language: Language,
    code: &str,
    datasets: &[DatasetContext],
) -> Result<(), AgentError> {
    ctx.go_on()?;
    let summary = String::new();
    ctx.tell(RunEventKind::CodeReady { step: 0, cell_id, language, code: code.to_owned(), summary }).await?;
    let cell = Cell { id: cell_id, language, chart: None, datasets, variables: &[], result_name: None };
    execute(ctx, desk, &cell, code, 1).await.map(|_| ())
}
