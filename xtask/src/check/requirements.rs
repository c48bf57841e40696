//! Every requirement has a row in docs/requirements.md which names an existing file.

use std::fs;
use std::ops::RangeInclusive;

use super::Finding;
use crate::step::{self, Failure, Outcome};

const MAP: &str = "docs/requirements.md";
const WANTED: &[(&str, RangeInclusive<u32>)] = &[("R", 1..=156), ("B", 1..=18)];

/// Ids without a row, and rows that name files which are not there.
pub fn findings() -> Outcome<Vec<Finding>> {
    let text =
        fs::read_to_string(step::root().join(MAP)).map_err(|error| Failure::new(format!("read {MAP}: {error}")))?;
    let mut findings = missing_ids(&text);
    for row in rows(&text) {
        for path in quoted_paths(row.text) {
            if !step::root().join(path).exists() {
                findings.push(format!("{MAP}: {} names {path}, which is not there", row.id));
            }
        }
    }
    Ok(findings)
}

struct Row<'a> {
    id: &'a str,
    text: &'a str,
}

fn rows(text: &str) -> impl Iterator<Item = Row<'_>> {
    text.lines().filter_map(|line| {
        let id = line.trim().strip_prefix('|')?.split('|').next()?.trim();
        Some(Row { id, text: line })
    })
}

fn missing_ids(text: &str) -> Vec<Finding> {
    let present: Vec<&str> = rows(text).map(|row| row.id).collect();
    let wanted = WANTED.iter().flat_map(|(letter, numbers)| numbers.clone().map(move |n| format!("{letter}{n}")));
    wanted.filter(|id| !present.contains(&id.as_str())).map(|id| format!("{MAP}: no row for {id}")).collect()
}

/// What stands between backticks and is a path: it has a slash, no space and begins with a folder of ours.
fn quoted_paths(row: &str) -> impl Iterator<Item = &str> {
    const FOLDERS: &[&str] = &["crates/", "src-tauri/", "ui/", "tests/", "migrations/", "xtask/", "docs/", "samples/"];
    row.split('`').skip(1).step_by(2).filter(|quoted| {
        FOLDERS.iter().any(|folder| quoted.starts_with(folder)) && !quoted.contains([' ', '*', '{', ':'])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_without_a_row_is_found() {
        let text: String = (1..=156).map(|n| format!("| R{n} | `x` |\n")).collect();
        let missing = missing_ids(&text);
        assert_eq!(missing.len(), 18);
        assert_eq!(missing[0], "docs/requirements.md: no row for B1");
    }

    #[test]
    fn paths_are_told_from_other_quotes() {
        let row = "| R1 | `crates/analyst-app/src/lib.rs` | `a::b`, `tests/tests/journeys/window.rs`, `ui/dist/*` |";
        let found: Vec<&str> = quoted_paths(row).collect();
        assert_eq!(found, ["crates/analyst-app/src/lib.rs", "tests/tests/journeys/window.rs"]);
    }
}
