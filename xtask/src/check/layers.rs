//! Dependencies point one way: types ← engines ← agents ← app ← faces; and a heavy dependency has one owner.

use std::fs;
use std::path::{Path, PathBuf};

use super::Finding;
use crate::step::{self, Failure, Outcome};

/// Each of our crates, and which of our crates it may know. The test crate may know all.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("crates/analyst-types", &[]),
    ("crates/analyst-data", &["analyst-types"]),
    ("crates/analyst-connect", &["analyst-types"]),
    ("crates/analyst-sandbox", &["analyst-types"]),
    ("crates/analyst-llm", &["analyst-types"]),
    ("crates/analyst-store", &["analyst-types"]),
    ("crates/analyst-agents", &["analyst-types"]),
    (
        "crates/analyst-app",
        &[
            "analyst-types",
            "analyst-data",
            "analyst-connect",
            "analyst-sandbox",
            "analyst-llm",
            "analyst-store",
            "analyst-agents",
        ],
    ),
    ("crates/analyst-cli", &["analyst-types", "analyst-app"]),
    ("src-tauri", &["analyst-types", "analyst-app"]),
    ("xtask", &[]),
];

/// A dependency (or the beginning of its name), and the only crates that may use it. Tests are free.
const OWNED: &[(&str, &[&str])] = &[
    ("tauri", &["src-tauri"]),
    ("sqlx", &["crates/analyst-store", "crates/analyst-connect", "crates/analyst-data"]),
    ("polars", &["crates/analyst-data"]),
    ("calamine", &["crates/analyst-data"]),
    ("sqlparser", &["crates/analyst-data", "crates/analyst-connect"]),
    ("plotly", &["crates/analyst-data"]),
    ("landlock", &["crates/analyst-sandbox"]),
    ("genai", &["crates/analyst-llm"]),
    ("reqwest", &["crates/analyst-llm"]),
    ("keyring", &["crates/analyst-app"]),
    ("clap", &["crates/analyst-cli"]),
    ("axum", &["crates/analyst-cli"]),
];

/// What points the wrong way.
pub fn findings() -> Outcome<Vec<Finding>> {
    let mut findings = Vec::new();
    for folder in member_folders()? {
        let manifest = step::root().join(&folder).join("Cargo.toml");
        let text = fs::read_to_string(&manifest)
            .map_err(|error| Failure::new(format!("read {}: {error}", manifest.display())))?;
        judge(&folder, &dependencies(&text), &mut findings);
    }
    Ok(findings)
}

fn judge(folder: &str, dependencies: &[String], findings: &mut Vec<Finding>) {
    if folder == "tests" {
        return;
    }
    let Some((_, may_know)) = MAY_KNOW.iter().find(|(known, _)| *known == folder) else {
        findings.push(format!("{folder}: say in xtask/src/check/layers.rs what this crate may know"));
        return;
    };
    for name in dependencies {
        if name.starts_with("analyst-") && !may_know.contains(&name.as_str()) {
            findings.push(format!("{folder} must not depend on {name}"));
        }
        let owned = OWNED.iter().find(|(owned, _)| name == owned || name.starts_with(&format!("{owned}-")));
        if let Some((_, owners)) = owned
            && !owners.contains(&folder)
        {
            findings.push(format!("{folder} must not depend on {name}: it belongs to {}", owners.join(", ")));
        }
    }
}

fn member_folders() -> Outcome<Vec<String>> {
    let mut folders = vec!["src-tauri".to_owned(), "tests".to_owned(), "xtask".to_owned()];
    let crates =
        fs::read_dir(step::root().join("crates")).map_err(|error| Failure::new(format!("list the crates: {error}")))?;
    let has_manifest = |path: &Path| path.join("Cargo.toml").is_file();
    let paths: Vec<PathBuf> = crates.flatten().map(|entry| entry.path()).filter(|path| has_manifest(path)).collect();
    folders.extend(paths.iter().filter_map(|path| Some(format!("crates/{}", path.file_name()?.to_str()?))));
    folders.sort();
    Ok(folders)
}

/// The names in all tables of a manifest that are shipped: `[dependencies]`, `[build-dependencies]` and those of a
/// target, but not `[dev-dependencies]`.
fn dependencies(manifest: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut is_inside = false;
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            is_inside = line.ends_with("dependencies]") && !line.ends_with("dev-dependencies]");
        } else if is_inside && !line.is_empty() && !line.starts_with(['#', '}', ']', '"']) {
            names.extend(line.split(['.', ' ', '=']).next().map(str::to_owned));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(folder: &str, manifest: &str, expected: &[&str]) {
        let mut findings = Vec::new();
        judge(folder, &dependencies(manifest), &mut findings);
        assert_eq!(findings, expected, "{manifest}");
    }

    #[test]
    fn dependencies_against_the_direction_are_found() {
        check("crates/analyst-data", "[dependencies]\nanalyst-types.workspace = true\npolars.workspace = true", &[]);
        check(
            "crates/analyst-data",
            "[dependencies]\nanalyst-store.workspace = true",
            &["crates/analyst-data must not depend on analyst-store"],
        );
        check(
            "crates/analyst-cli",
            "[target.'cfg(unix)'.dependencies]\ntauri-plugin-dialog = \"2\"",
            &["crates/analyst-cli must not depend on tauri-plugin-dialog: it belongs to src-tauri"],
        );
        check("crates/analyst-cli", "[dev-dependencies]\nsqlx.workspace = true\n[features]\ndefault = []", &[]);
        check("crates/new", "", &["crates/new: say in xtask/src/check/layers.rs what this crate may know"]);
    }
}
