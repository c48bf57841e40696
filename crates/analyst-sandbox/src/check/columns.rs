//! Columns that a table does not have: `df["reveneu"]`.
//!
//! Only of a table that stays as it was opened. A name that is bound again anywhere, passed to a call, given columns
//! under names that are computed, or changed in place, is left alone for the columns that it may have gained.

use std::collections::{HashMap, HashSet};

use analyst_types::{CodeFinding, Column};
use ruff_python_ast::{Expr, ExprContext, Stmt};
use ruff_text_size::Ranged;

use super::{Lines, nearest, tree};

/// Methods of a frame that change the frame itself.
const CHANGING: [&str; 6] = ["insert", "update", "pop", "eval", "__setitem__", "setdefault"];
/// Methods whose first argument, or argument `by`, names columns.
const BY_COLUMNS: [&str; 3] = ["groupby", "sort_values", "set_index"];

/// Reads of columns that the tables do not have. The first of `tables` is also called `df`.
pub(super) fn findings(body: &[Stmt], tables: &[(String, Vec<Column>)], lines: &Lines) -> Vec<CodeFinding> {
    let mut known: HashMap<&str, HashSet<&str>> = HashMap::new();
    let first = tables.first().map(|(_, columns)| ("df", columns));
    for (name, columns) in first.into_iter().chain(tables.iter().map(|(name, columns)| (name.as_str(), columns))) {
        known.insert(name, columns.iter().map(|column| column.name.as_str()).collect());
    }
    let same = tables.first().map(|(name, _)| name.as_str());
    drop_uncertain(body, same, &mut known);
    let mut found = Vec::new();
    tree::each(
        body,
        |_| {},
        |expr| {
            for (table, column) in read_columns(expr) {
                let Some(columns) = known.get(table) else { continue };
                let Some(name) = tree::text(column).filter(|name| !columns.contains(name)) else { continue };
                let message = match nearest(name, columns.iter().copied()) {
                    Some(near) => format!("`{table}` has no column “{name}”; the nearest is “{near}”."),
                    None => format!("`{table}` has no column “{name}”; it has {}.", listed(tables, table)),
                };
                found.push(lines.finding("unknown_column", message, column.range().start(), true));
            }
        },
    );
    found
}

fn listed(tables: &[(String, Vec<Column>)], table: &str) -> String {
    const SHOWN: usize = 12;
    let columns = tables.iter().find(|(name, _)| name == table).or(tables.first()).map_or(&[][..], |(_, all)| all);
    let names: Vec<String> = columns.iter().take(SHOWN).map(|column| format!("“{}”", column.name)).collect();
    let more = if columns.len() > SHOWN { ", …" } else { "" };
    format!("{}{more}", names.join(", "))
}

/// Table and column of `t["c"]`, `t[["c", "d"]]`, `t.groupby("c")`, `t.sort_values(["c"])`.
fn read_columns(expr: &Expr) -> Vec<(&str, &Expr)> {
    match expr {
        Expr::Subscript(subscript) if subscript.ctx == ExprContext::Load => {
            let Some(table) = tree::name(&subscript.value) else { return Vec::new() };
            named_columns(&subscript.slice).into_iter().map(|column| (table, column)).collect()
        }
        Expr::Call(call) => {
            let table = tree::receiver(call).and_then(tree::name);
            let by = call.arguments.args.first().or_else(|| tree::keyword(call, "by"));
            match (table, tree::called(call), by) {
                (Some(table), Some(method), Some(by)) if BY_COLUMNS.contains(&method) => {
                    named_columns(by).into_iter().map(|column| (table, column)).collect()
                }
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

fn named_columns(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::StringLiteral(_) => vec![expr],
        Expr::List(list) => list.elts.iter().filter(|one| tree::text(one).is_some()).collect(),
        _ => Vec::new(),
    }
}

/// Takes out of `known` the tables that may not be what was opened, and adds columns that are surely given to them.
fn drop_uncertain<'a>(body: &'a [Stmt], first: Option<&'a str>, known: &mut HashMap<&'a str, HashSet<&'a str>>) {
    let mut bound: HashSet<&str> = HashSet::new();
    let mut given: Vec<(&str, &str)> = Vec::new();
    let on_stmt = |stmt: &'a Stmt| {
        if let Stmt::FunctionDef(function) = stmt {
            // A parameter of that name hides the table, somewhere.
            bound.extend(function.parameters.iter().map(|one| one.name().id.as_str()));
        }
    };
    tree::each(body, on_stmt, |_| {});
    let on_expr = |expr: &'a Expr| match expr {
        Expr::Name(name) if name.ctx != ExprContext::Load => {
            bound.insert(name.id.as_str());
        }
        Expr::Lambda(lambda) => {
            if let Some(parameters) = &lambda.parameters {
                bound.extend(parameters.iter().map(|one| one.name().id.as_str()));
            }
        }
        Expr::Subscript(subscript) if subscript.ctx != ExprContext::Load => {
            let base = innermost(&subscript.value);
            match (base, tree::name(&subscript.value), named_columns(&subscript.slice)) {
                (Some(table), Some(_), columns) if !columns.is_empty() => {
                    given.extend(columns.into_iter().filter_map(|one| Some((table, tree::text(one)?))));
                }
                (Some(table), ..) => {
                    // df.loc[rows, "new"] = …, df[name] = …
                    bound.insert(table);
                }
                _ => {}
            }
        }
        Expr::Attribute(attribute) if attribute.ctx != ExprContext::Load => bound.extend(innermost(&attribute.value)),
        Expr::Call(call) => {
            let arguments = call.arguments.args.iter().chain(call.arguments.keywords.iter().map(|one| &one.value));
            if !is_harmless(call) {
                bound.extend(arguments.filter_map(tree::name));
            }
            let changes = tree::called(call).is_some_and(|method| CHANGING.contains(&method))
                || tree::keyword(call, "inplace").is_some();
            if changes && let Some(base) = tree::receiver(call).and_then(innermost) {
                bound.insert(base);
            }
        }
        _ => {}
    };
    tree::each(body, |_| {}, on_expr);
    // `df` and the first table are one.
    let aliases = [Some("df"), first];
    if aliases.iter().flatten().any(|name| bound.contains(name)) {
        bound.extend(aliases.iter().flatten());
    }
    known.retain(|table, _| !bound.contains(table));
    for (table, column) in given {
        let tables = if aliases.contains(&Some(table)) { aliases.to_vec() } else { vec![Some(table)] };
        for table in tables.into_iter().flatten() {
            if let Some(columns) = known.get_mut(table) {
                columns.insert(column);
            }
        }
    }
}

/// Calls that are known to leave the frames they are given as they are.
fn is_harmless(call: &ruff_python_ast::ExprCall) -> bool {
    const FUNCTIONS: [&str; 8] = ["print", "len", "show", "display", "table", "list", "type", "str"];
    let Some(parts) = tree::dotted(&call.func) else { return false };
    match parts.as_slice() {
        [function] => FUNCTIONS.contains(function),
        [module, ..] => ["px", "sns", "pd", "np", "smf", "plt"].contains(module),
        [] => false,
    }
}

fn innermost(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => innermost(&attribute.value),
        Expr::Subscript(subscript) => innermost(&subscript.value),
        Expr::Call(call) => tree::receiver(call).and_then(innermost),
        _ => None,
    }
}
