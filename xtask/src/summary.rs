//! The last line of a test run, `N passed, N failed`, added up from what the test runners print.
//!
//! The runners' closing lines are read, not their exit codes: a runner that dies before its closing line counts as one
//! failure, so that a crash never looks like success.

use std::fmt;
use std::ops::AddAssign;

/// How many tests ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Did what they promise.
    pub passed: u64,
    /// Did not, or never ended.
    pub failed: u64,
}

impl Summary {
    /// Reads the closing lines of cargo-nextest, of `cargo test` or of vitest, whichever are in the text.
    pub fn read(text: &str, exited_ok: bool) -> Self {
        let mut sum = Self::default();
        let mut closed = false;
        for line in text.lines().map(without_colours) {
            if let Some(found) = closing_line(&line) {
                sum += found;
                closed = true;
            }
        }
        if (!closed || !exited_ok) && sum.failed == 0 {
            sum.failed = 1;
        }
        sum
    }
}

impl AddAssign for Summary {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

fn closing_line(line: &str) -> Option<Summary> {
    let line = line.trim();
    let is_closing = line.starts_with("Summary [") && line.contains(" tests run:")
        || line.starts_with("Summary [") && line.contains(" test run:")
        || line.starts_with("test result: ")
        || line.starts_with("Tests ") && line.ends_with(')');
    is_closing.then(|| Summary {
        passed: count_before(line, "passed"),
        failed: count_before(line, "failed") + count_before(line, "timed out"),
    })
}

/// The number directly before a word: `12 passed` gives 12.
fn count_before(line: &str, word: &str) -> u64 {
    let Some(at) = line.find(word) else { return 0 };
    let digits = line[..at].trim_end().rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().unwrap_or(0)
}

/// Removes terminal colours (`ESC [ … m`).
fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find("\u{1b}[") {
        plain.push_str(&rest[..at]);
        rest = rest[at..].split_once('m').map_or("", |(_, after)| after);
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, exited_ok: bool, passed: u64, failed: u64) {
        assert_eq!(Summary::read(text, exited_ok), Summary { passed, failed }, "{text}");
    }

    #[test]
    fn closing_lines_of_every_runner_are_added_up() {
        check("     Summary [  12.034s] 211 tests run: 208 passed (2 slow), 3 failed, 4 skipped", false, 208, 3);
        check("     Summary [   9.1s] 30/40 tests run: 27 passed, 2 failed, 1 timed out, 0 skipped", false, 27, 3);
        check("     Summary [   0.1s] 1 test run: 1 passed, 7 skipped", true, 1, 0);
        check("test result: ok. 5 passed; 0 failed; 0 ignored\ntest result: FAILED. 1 passed; 2 failed;", false, 6, 2);
        check("\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[32m48 passed\u{1b}[39m\u{1b}[22m (48)", true, 48, 0);
        check("      Tests  1 failed | 47 passed (48)", false, 47, 1);
    }

    #[test]
    fn a_runner_that_dies_counts_as_a_failure() {
        check("error: could not compile `analyst-data`", false, 0, 1);
        check("Summary [ 1.0s] 3 tests run: 3 passed, 0 skipped", false, 3, 1);
        check("", true, 0, 1);
    }
}
