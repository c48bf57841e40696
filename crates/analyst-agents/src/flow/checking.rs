//! Code that a model wrote is looked through before it runs: what would fail goes back to the model without a run,
//! what is merely risky is told. Code of a person, or of the built-in analyst, is run as it is.

use std::collections::HashSet;

use analyst_types::{CodeError, CodeFinding, Column, RunEventKind};

use super::execution::{Cell, Executed, execute, not_run};
use crate::{AgentError, Desk, Reasoner, RunContext};

/// What a warning about code that will not be run as it is, is called.
const CODE_CHECKED: &str = "code_checked";

/// The attempts at one cell.
pub(super) struct Attempts<'a> {
    pub ctx: &'a RunContext,
    pub desk: &'a Desk,
    /// Remarks that were told: a repair seldom changes them.
    told: HashSet<String>,
}

impl<'a> Attempts<'a> {
    pub fn new(ctx: &'a RunContext, desk: &'a Desk) -> Self {
        Self { ctx, desk, told: HashSet::new() }
    }

    /// Runs `code`; unless the runner finds beforehand that it cannot go well, and it can still be mended.
    ///
    /// # Errors
    /// [`AgentError::Cancelled`] when stopped.
    pub async fn make(
        &mut self,
        cell: &Cell<'_>,
        code: &str,
        attempt: u32,
        may_be_mended: bool,
    ) -> Result<Executed, AgentError> {
        let findings = self.findings(cell, code);
        self.tell_remarks(&findings).await?;
        let errors: Vec<&CodeFinding> = findings.iter().filter(|finding| finding.is_error).collect();
        let Some(first) = errors.first().filter(|_| may_be_mended) else {
            return execute(self.ctx, self.desk, cell, code, attempt).await;
        };
        let message = errors.iter().map(|finding| sentence(finding)).collect::<Vec<_>>().join("\n");
        self.ctx.warn(CODE_CHECKED, format!("The code is mended before it runs. {message}")).await?;
        self.ctx.go_on()?;
        Ok(not_run(code, CodeError { kind: first.code.clone(), message, line: Some(first.line) }))
    }

    fn findings(&self, cell: &Cell<'_>, code: &str) -> Vec<CodeFinding> {
        match self.desk.reasoner {
            Reasoner::Model(_) => self.desk.runner(cell.language).check(code, &known_tables(cell)),
            Reasoner::BuiltIn(_) => Vec::new(),
        }
    }

    async fn tell_remarks(&mut self, findings: &[CodeFinding]) -> Result<(), AgentError> {
        for remark in findings.iter().filter(|finding| !finding.is_error) {
            let message = sentence(remark);
            if self.told.insert(message.clone()) {
                self.ctx.tell(RunEventKind::Warning { code: remark.code.clone(), message }).await?;
            }
        }
        Ok(())
    }
}

fn sentence(finding: &CodeFinding) -> String {
    format!("Line {}: {}", finding.line, finding.message)
}

/// The tables with their columns; none when an earlier step left something under the name of one, for then nobody
/// knows here what that name means.
fn known_tables(cell: &Cell<'_>) -> Vec<(String, Vec<Column>)> {
    let is_taken = |name: &str| cell.variables.iter().any(|variable| variable.name == name);
    if is_taken("df") || cell.datasets.iter().any(|dataset| is_taken(&dataset.name)) {
        return Vec::new();
    }
    let columns = |dataset: &crate::DatasetContext| {
        let columns = dataset.profile.columns.iter();
        columns.map(|column| Column { name: column.name.clone(), kind: column.kind }).collect()
    };
    cell.datasets.iter().map(|dataset| (dataset.name.clone(), columns(dataset))).collect()
}
