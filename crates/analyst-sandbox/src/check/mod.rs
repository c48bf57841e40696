//! What is wrong, or risky, in a cell before it runs, read off its syntax tree.
//!
//! It speaks when it is sure: a finding that is wrong costs a model a turn and a person their trust. What it calls an
//! error would fail, or mislead, when run; the rest are remarks. It runs nothing and looks at no data but the names of
//! columns. Imports go by the list that the run itself checks them by.

mod columns;
mod imports;
mod practice;
mod tree;

use analyst_types::{CodeFinding, Column};
use ruff_python_ast::Stmt;
use ruff_text_size::TextSize;

/// Longer cells are not read: nobody wrote them.
const MAX_CODE_BYTES: usize = 64 << 10;
/// Brackets in brackets. Reading nests as deep as the code does.
const MAX_NESTING: usize = 200;
/// What the deepest code of that length needs.
const STACK_BYTES: usize = 256 << 20;

/// The findings in `code`, by line. `tables` are the names it may use, with their columns; the first is also `df`.
pub(crate) fn findings(code: &str, tables: &[(String, Vec<Column>)]) -> Vec<CodeFinding> {
    if code.len() > MAX_CODE_BYTES || nests_too_deep(code) {
        return Vec::new();
    }
    // The tree nests as deep as the code, and reading it takes stack for each level: not that of the caller.
    std::thread::scope(|scope| {
        let reader = std::thread::Builder::new().stack_size(STACK_BYTES);
        let read = reader.spawn_scoped(scope, || read(code, tables));
        read.ok().and_then(|reading| reading.join().ok()).unwrap_or_default()
    })
}

fn read(code: &str, tables: &[(String, Vec<Column>)]) -> Vec<CodeFinding> {
    let lines = Lines::of(code);
    let parsed = match ruff_python_parser::parse_module(code) {
        Ok(parsed) => parsed,
        Err(error) => {
            let message = format!("This is not Python: {}.", error.error.to_string().trim_end_matches('.'));
            return vec![lines.finding("syntax_error", message, error.location.start(), true)];
        }
    };
    let body: &[Stmt] = parsed.suite();
    let mut findings = imports::findings(body, &lines);
    findings.extend(columns::findings(body, tables, &lines));
    findings.extend(practice::findings(body, &lines));
    findings.sort_by_key(|finding| finding.line);
    findings.dedup();
    findings
}

fn nests_too_deep(code: &str) -> bool {
    let mut depth = 0usize;
    code.bytes().any(|byte| {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > MAX_NESTING
    })
}

/// Where the lines of a code begin.
struct Lines(Vec<usize>);

impl Lines {
    fn of(code: &str) -> Self {
        Self(code.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1).collect())
    }

    fn finding(&self, code: &str, message: String, at: TextSize, is_error: bool) -> CodeFinding {
        let before = self.0.partition_point(|start| *start <= at.to_usize());
        let line = u32::try_from(before + 1).unwrap_or(u32::MAX);
        CodeFinding { code: code.to_owned(), message, line, is_error }
    }
}

/// The one of `known` that is nearest to `name`, when it is near: a letter or two away, or the same but for letter
/// case and separators.
fn nearest<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let plain =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let wanted = plain(name);
    let n_chars = wanted.chars().count();
    let distances = known.map(|one| (distance(&wanted, &plain(one)), one));
    let (n_edits, one) = distances.min_by_key(|(n_edits, _)| *n_edits)?;
    (n_edits <= 2.min(n_chars / 3)).then_some(one)
}

/// Edits from one text to the other: letters added, dropped, changed, or swapped with their neighbour.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    let mut last: Option<char> = None;
    for (n, c) in from.chars().enumerate() {
        let mut next = vec![n + 1];
        for (at, &other) in to.iter().enumerate() {
            let changed = row[at] + usize::from(c != other);
            let mut best = changed.min(row[at + 1] + 1).min(next[at] + 1);
            if at > 0 && Some(other) == last && c == to[at - 1] {
                best = best.min(before[at - 1] + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
        last = Some(c);
    }
    row[to.len()]
}

#[cfg(test)]
mod tests;
