//! What is written where: results to stdout, everything else to stderr. This is the only file that prints.
//!
//! Cells, answers and the output of code are of unknown origin: what a terminal would obey is not sent to one. A file
//! or a pipe gets every byte.

use std::borrow::Cow;
use std::io::{IsTerminal, Write};

use analyst_types::AppError;
use serde::Serialize;

/// A result for people.
pub fn result(text: &str) {
    let mut out = std::io::stdout().lock();
    let text = safe(text, out.is_terminal());
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
    let _ = writeln!(err, "{}", safe(text, err.is_terminal()));
}

/// A piece of progress, without a line's end.
pub fn piece(text: &str) {
    let mut err = std::io::stderr().lock();
    let _ = err.write_all(safe(text, err.is_terminal()).as_bytes());
    let _ = err.flush();
}

/// Whether a person sees what is told.
pub fn is_watched() -> bool {
    std::io::stderr().is_terminal()
}

/// A line that replaces the one before; for terminals only.
pub fn status(text: &str) {
    let mut err = std::io::stderr().lock();
    let _ = write!(err, "\r{}\x1b[K", safe(text, true));
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

/// Text as a terminal may have it: lines and tabs, and no other control characters.
fn safe(text: &str, for_terminal: bool) -> Cow<'_, str> {
    let is_obeyed = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    if for_terminal && text.contains(is_obeyed) {
        Cow::Owned(text.replace(is_obeyed, "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_terminal_is_kept_from_what_it_would_obey() {
        let hostile = "a\tb\u{1b}[2J\u{9b}31m\r\n";
        assert_eq!(safe(hostile, true), "a\tb\u{fffd}[2J\u{fffd}31m\u{fffd}\n");
        assert_eq!(safe(hostile, false), hostile);
    }
}
