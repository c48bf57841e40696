//! A run's events as lines for a person.

use analyst_types::{Claim, ClaimStatus, ExecutionStatus, RunEvent, RunEventKind};

use crate::args::Global;
use crate::print;

/// Tells what happens, as much as was asked for.
pub struct Progress {
    quiet: bool,
    verbose: bool,
}

impl Progress {
    /// As the flags say.
    pub fn new(global: &Global) -> Self {
        Self { quiet: global.quiet || global.json, verbose: global.verbose }
    }

    /// Tells one event.
    pub fn tell(&mut self, event: &RunEvent) {
        if self.quiet {
            return;
        }
        match &event.kind {
            RunEventKind::TextDelta { .. } => {}
            RunEventKind::OutputDelta { text, .. } => {
                if self.verbose {
                    print::piece(text);
                }
            }
            kind => {
                if let Some(line) = self.line(kind) {
                    print::note(&line);
                }
            }
        }
    }

    fn line(&self, kind: &RunEventKind) -> Option<String> {
        Some(match kind {
            RunEventKind::RunStarted { model, datasets, .. } => format!("● {model} on {}", list_or_nothing(datasets)),
            RunEventKind::PlanReady { plan } => {
                let agents: Vec<_> = plan.steps.iter().map(|step| step.agent.as_str()).collect();
                format!("● Plan: {}", if agents.is_empty() { plan.reason.clone() } else { agents.join(" → ") })
            }
            RunEventKind::StepStarted { step, agent, instruction } => format!("  {}. {agent}: {instruction}", step + 1),
            RunEventKind::CodeReady { code, summary, .. } if self.verbose => {
                format!("     {summary}\n{}", indented(code))
            }
            RunEventKind::CodeReady { summary, .. } => format!("     {summary}"),
            RunEventKind::CodeRepaired { attempt, explanation, code, .. } => {
                let shown = if self.verbose { format!("\n{}", indented(code)) } else { String::new() };
                format!("     repair {attempt}: {explanation}{shown}")
            }
            RunEventKind::ArtifactAdded { artifact, .. } => format!("     + {} {}", artifact.title, artifact.digest),
            RunEventKind::ExecutionFinished(report) if report.status != ExecutionStatus::Ok => {
                let error = report.error.as_ref();
                let message = error.map_or_else(String::new, |error| format!("{}: {}", error.kind, error.message));
                format!("     ✗ {message}")
            }
            RunEventKind::ExecutionFinished(report) => format!("     ran in {} ms", report.duration_ms),
            RunEventKind::Warning { message, .. } => format!("  ! {message}"),
            RunEventKind::UsageUpdated { total, total_cost_usd: Some(cost), .. } if *cost > 0.0 => {
                format!("     {} tokens, ${cost:.4}", total.input_tokens + total.output_tokens)
            }
            _ => return None,
        })
    }

    /// Names the numbers of an answer that no computation gave.
    pub fn doubts(&self, claims: &[Claim]) {
        let doubtful: Vec<_> = claims
            .iter()
            .filter(|claim| claim.status == ClaimStatus::Unverified)
            .map(|claim| claim.text.as_str())
            .collect();
        if !doubtful.is_empty() {
            print::note(&format!("! Not found in any result: {}", doubtful.join(", ")));
        } else if !self.quiet && !claims.is_empty() {
            print::note(&format!("✓ {} numbers traced to what was computed", claims.len()));
        }
    }
}

fn list_or_nothing(names: &[String]) -> String {
    if names.is_empty() { "no data".to_owned() } else { names.join(", ") }
}

fn indented(code: &str) -> String {
    code.lines().map(|line| format!("       {line}")).collect::<Vec<_>>().join("\n")
}

/// One line on a terminal that tells how far long work is; gone when the work is.
pub struct StatusLine {
    shown: bool,
    written: bool,
}

impl StatusLine {
    /// Nothing is written where nobody looks, or nobody wants to know.
    pub fn new(global: &Global) -> Self {
        Self { shown: !global.quiet && !global.json && print::is_watched(), written: false }
    }

    /// Whether anything is ever written.
    pub fn is_shown(&self) -> bool {
        self.shown
    }

    /// Tells a task's state, as `task::get` answers it.
    pub fn tell(&mut self, state: &serde_json::Value) {
        let percent = state["done"].as_f64().filter(|done| *done > 0.0).map(|done| format!(" {:.0} %", done * 100.0));
        print::status(&format!("{}…{}", state["stage"].as_str().unwrap_or_default(), percent.unwrap_or_default()));
        self.written = true;
    }
}

impl Drop for StatusLine {
    fn drop(&mut self) {
        if self.written {
            print::status("");
        }
    }
}
