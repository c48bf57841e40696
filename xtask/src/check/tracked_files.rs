//! What must not be in any tracked file: paths of the machine it was written on, packages from anywhere but the public
//! registries, and anything that looks like a key.

use std::fs;

use super::Finding;
use crate::step::{self, Failure, Outcome};

/// Where a lock file may say that a package comes from.
const CARGO_SOURCE: &str = "\"registry+https://github.com/rust-lang/crates.io-index\"";
const NPM_SOURCE: &str = "\"https://registry.npmjs.org/";

/// Beginnings of keys of the providers we speak to, and how many characters a real one has at least.
const KEY_BEGINNINGS: &[&str] = &["sk-ant-api", "sk-proj-", "AIzaSy", "ghp_"];
const KEY_LENGTH: usize = 35;

/// Larger files do not belong into git.
const MAX_SIZE_BYTES: u64 = 2_000_000;

/// What was found in the files git knows.
pub fn findings() -> Outcome<Vec<Finding>> {
    let listed = step::output("git", &["-c", "safe.directory=*", "ls-files", "-z"])
        .ok_or_else(|| Failure::new("git cannot list its files"))?;
    let machine_paths = machine_paths();
    let mut findings = Vec::new();
    for name in listed.split('\0').filter(|name| !name.is_empty()) {
        let path = step::root().join(name);
        let Ok(metadata) = fs::metadata(&path) else { continue };
        if metadata.len() > MAX_SIZE_BYTES {
            findings.push(format!("{name}: {} bytes are too many for a tracked file", metadata.len()));
        }
        // A file that is not text (an icon) has no words.
        if let Ok(text) = fs::read_to_string(&path) {
            judge(name, &text, &machine_paths, &mut findings);
        }
    }
    Ok(findings)
}

/// Where this checkout lies, and the home folder of whoever checks, unless it is as common a word as `/root`.
fn machine_paths() -> Vec<String> {
    let home = std::env::var("HOME").unwrap_or_default();
    let mut paths = vec![step::root().display().to_string()];
    paths.extend(["/home/", "/Users/"].iter().any(|parent| home.starts_with(parent)).then(|| format!("{home}/")));
    paths
}

fn judge(name: &str, text: &str, machine_paths: &[String], findings: &mut Vec<Finding>) {
    for (number, line) in text.lines().enumerate() {
        let what = if name.ends_with("Cargo.lock") && is_foreign(line, "source = ", CARGO_SOURCE)
            || name.ends_with("package-lock.json") && is_foreign(line, "\"resolved\": ", NPM_SOURCE)
        {
            "a package that is not from the public registry"
        } else if machine_paths.iter().any(|path| line.contains(path.as_str())) {
            "a path of this machine"
        } else if KEY_BEGINNINGS.iter().any(|beginning| holds_key(line, beginning)) {
            "what looks like a key"
        } else {
            continue;
        };
        findings.push(format!("{name}:{}: {what}", number + 1));
    }
}

fn is_foreign(line: &str, field: &str, allowed: &str) -> bool {
    line.trim().strip_prefix(field).is_some_and(|source| !source.starts_with(allowed))
}

fn holds_key(line: &str, beginning: &str) -> bool {
    line.match_indices(beginning).any(|(at, _)| {
        let is_key_character = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        line[at..].chars().take_while(|c| is_key_character(*c)).count() >= KEY_LENGTH
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, text: &str, expected: &[&str]) {
        let mut findings = Vec::new();
        judge(name, text, &["/home/someone/".to_owned()], &mut findings);
        assert_eq!(findings, expected, "{text}");
    }

    #[test]
    fn forbidden_words_are_found_with_their_line() {
        check("a.md", "fine\nsee /home/someone/notes", &["a.md:2: a path of this machine"]);
        check("Cargo.lock", &format!("source = {CARGO_SOURCE}"), &[]);
        let foreign = "Cargo.lock:1: a package that is not from the public registry";
        check("Cargo.lock", "source = \"git+https://example.org/x\"", &[foreign]);
        check("ui/package-lock.json", "  \"resolved\": \"https://registry.npmjs.org/a/-/a-1.tgz\",", &[]);
        let foreign = "ui/package-lock.json:1: a package that is not from the public registry";
        check("ui/package-lock.json", "  \"resolved\": \"https://example.org/a-1.tgz\",", &[foreign]);
    }

    #[test]
    fn a_key_is_told_from_its_mention() {
        check("a.rs", "starts with sk-proj-", &[]);
        let key = format!("sk-proj-{}", "a1".repeat(20));
        check("a.rs", &key, &["a.rs:1: what looks like a key"]);
    }
}
