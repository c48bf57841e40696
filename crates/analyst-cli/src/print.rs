//! What is written where: results to stdout, everything else to stderr. This is the only file that prints.
use std::io::Write;

use analyst_types::AppError;
use serde::Serialize;

/// A result for people.
pub fn result(text: &str) {
    let mut out = std::io::stdout().lock();
    // A reader that has gone (`| head`) is no failure of ours.
    let _ = out.write_all(text.as_bytes());
    if !text.ends_with('\n') {
        let _ = out.write_all(b"\n");
    }
    let _ = out.flush();
}

/// A result for machines: one line of JSON.
pub fn json(value: &impl Serialize) {
    match serde_json::to_string(value) {
        Ok(line) => result(&line),
        Err(error) => note(&format!("a result cannot be written as JSON: {error}")),
    }
}

/// Progress, and what a person should know.
pub fn note(text: &str) {
    let mut err = std::io::stderr().lock();
    let _ = writeln!(err, "{text}");
}

/// A piece of progress, without a line's end.
pub fn piece(text: &str) {
    let mut err = std::io::stderr().lock();
    let _ = err.write_all(text.as_bytes());
    let _ = err.flush();
}

/// What went wrong, and what to do.
pub fn error(error: &AppError, as_json: bool) {
    if as_json {
        json(&serde_json::json!({ "error": error }));
    }
    note(&format!("auto-analyst: {}", error.message));
    if !error.hint.is_empty() {
        note(&format!("  {}", error.hint));
    }
}
