//! What a person should know of the data, with what to do about it.

use analyst_types::{DataWarning, Dataset, Severity};

use crate::args::Global;
use crate::print;

/// Tells how a file was read, and what may make its numbers wrong, beside the result.
pub fn tell_reading(global: &Global, dataset: &Dataset) {
    if !global.quiet && !global.json {
        print::note(&format!("{}: {}", dataset.file_name, dataset.explanation));
    }
    tell(global, &dataset.warnings);
}

/// Tells what may make numbers wrong, beside the result.
pub fn tell(global: &Global, warnings: &[DataWarning]) {
    if global.quiet {
        return;
    }
    for warning in warnings.iter().filter(|warning| warning.severity > Severity::Info) {
        print::note(&text(warning));
    }
}

/// A warning as text, its fix in a line of its own.
pub fn text(warning: &DataWarning) -> String {
    let severity = match warning.severity {
        Severity::Info => "note",
        Severity::Warning => "warning",
        Severity::Question => "question",
    };
    let fix = warning.fix.as_ref().map(|fix| format!("\n  → {fix}")).unwrap_or_default();
    format!("{severity}: {}{fix}", warning.message)
}
