//! Imports that a cell may not name (requirement R105), by the list that the run checks them by.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use analyst_types::CodeFinding;
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;
use serde::Deserialize;

use super::{Lines, nearest, tree};
use crate::sources::IMPORT_RULES;

#[derive(Deserialize)]
struct Rules {
    allowed: HashSet<String>,
    instead: HashMap<String, String>,
    refused_names: HashMap<String, String>,
}

static RULES: LazyLock<Rules> =
    LazyLock::new(|| serde_json::from_str(IMPORT_RULES).expect("BUG: the rules of imports are tested"));

/// Every import that is not allowed, and every use of a part of a module that is not.
pub(super) fn findings(body: &[Stmt], lines: &Lines) -> Vec<CodeFinding> {
    let mut found = Vec::new();
    let mut aliases: HashMap<&str, &str> = HashMap::new();
    let mut note = |name: &str, at| {
        if let Some(problem) = problem(name) {
            found.push(lines.finding("import_not_allowed", problem, at, true));
        }
    };
    tree::each(
        body,
        |stmt| match stmt {
            Stmt::Import(import) => {
                for alias in &import.names {
                    let module = alias.name.id.as_str();
                    note(module, alias.range().start());
                    let root = module.split('.').next().unwrap_or(module);
                    match &alias.asname {
                        Some(name) => aliases.insert(name.id.as_str(), module),
                        None => aliases.insert(root, root),
                    };
                }
            }
            Stmt::ImportFrom(import) if import.level == 0 => {
                let module = import.module.as_ref().map_or("", |module| module.id.as_str());
                note(module, import.range().start());
                for alias in &import.names {
                    let name = format!("{module}.{}", alias.name.id);
                    if RULES.refused_names.contains_key(&name) {
                        note(&name, alias.range().start());
                    }
                }
            }
            _ => {}
        },
        |_| {},
    );
    tree::each(
        body,
        |_| {},
        |expr| {
            if let Expr::Attribute(attribute) = expr
                && let Some(module) = tree::name(&attribute.value).and_then(|name| aliases.get(name))
                && let name = format!("{module}.{}", attribute.attr.id)
                && let Some(why) = RULES.refused_names.get(&name)
            {
                let message = format!("`{name}` is not available here: {why}.");
                found.push(lines.finding("import_not_allowed", message, expr.range().start(), true));
            }
        },
    );
    found
}

/// Why this dotted name is refused.
fn problem(name: &str) -> Option<String> {
    if let Some(why) = RULES.refused_names.get(name) {
        return Some(format!("`{name}` is not available here: {why}."));
    }
    let root = name.split('.').next().filter(|root| !root.is_empty())?;
    if RULES.allowed.contains(root) {
        return None;
    }
    let hint = match (RULES.instead.get(root), nearest(root, RULES.allowed.iter().map(String::as_str))) {
        (Some(instead), _) => instead.clone(),
        (None, Some(near)) => format!("the nearest that is: {near}"),
        (None, None) => "use pandas, numpy, scipy, sklearn, statsmodels or plotly".to_owned(),
    };
    Some(format!("`{root}` is not available here: {hint}."))
}
