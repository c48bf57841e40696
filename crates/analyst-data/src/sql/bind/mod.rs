//! From a parsed statement to its [plan](super::plan): names are looked up, types checked, and whatever is not known to
//! be right is refused with the place and a way out.
//!
//! This is the allow-list: a clause, operator or function that is not handled here by name does not run.

mod expression;
mod from;
mod function;
mod literal;
mod order;
mod prune;
mod select;
mod set;
mod window;

use std::collections::{BTreeSet, HashMap};

use sqlparser::ast::{self, Ident, Spanned};

use self::select::Calls;
use super::plan::{ColumnId, Expr, Kind, Rows};
use crate::error::{Place, SqlError};
use crate::value::nearest;

/// An open table.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub name: String,
    pub columns: Vec<(String, Kind)>,
    pub n_rows: u64,
}

/// A column of a result.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Output {
    pub name: String,
    pub id: ColumnId,
    pub kind: Kind,
}

/// A bound query.
#[derive(Debug, Clone)]
pub(super) struct Bound {
    pub rows: Rows,
    pub columns: Vec<Output>,
    pub is_ordered: bool,
}

/// Stages and expressions of a plan, after WITH queries are put where they are used.
const MOST_NODES: usize = 20_000;
const DEEPEST: usize = 60;

/// The plan of `query` over `tables`.
pub(super) fn bind(query: &ast::Query, tables: &[Table]) -> Result<Bound, SqlError> {
    let mut binder = Binder {
        tables,
        next: 0,
        with: Vec::new(),
        frames: Vec::new(),
        calls: Vec::new(),
        labels: HashMap::new(),
        n_nodes: 0,
        depth: 0,
    };
    let mut bound = binder.query(query)?;
    prune::prune(&mut bound.rows, bound.columns.iter().map(|column| column.id).collect());
    Ok(bound)
}

/// A column that can be named.
#[derive(Debug, Clone)]
struct ScopeColumn {
    table: Option<String>,
    name: String,
    id: ColumnId,
    kind: Kind,
    /// One half of a USING column: found only with its table's name.
    is_merged: bool,
}

/// What names mean at a place.
#[derive(Debug, Clone, Default)]
struct Scope {
    columns: Vec<ScopeColumn>,
    /// Names of outputs, where nothing else has the name.
    aliases: Vec<(String, Expr)>,
}

impl Scope {
    fn tables(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for table in self.columns.iter().filter_map(|column| column.table.as_ref()) {
            if !names.contains(table) {
                names.push(table.clone());
            }
        }
        names
    }
}

/// A query around the one that is bound, and what that one uses of it and of those around it.
struct Surrounding {
    scope: Scope,
    used: BTreeSet<ColumnId>,
}

#[derive(Clone)]
enum With {
    Query(Box<ast::Cte>),
    /// Inside its own step.
    Round {
        id: u32,
        columns: Vec<Output>,
        is_used: bool,
    },
}

struct Binder<'b> {
    tables: &'b [Table],
    next: ColumnId,
    with: Vec<(String, With)>,
    frames: Vec<Surrounding>,
    calls: Vec<Calls>,
    /// Table and column of a scanned column, as people know them.
    labels: HashMap<ColumnId, (String, String)>,
    n_nodes: usize,
    depth: usize,
}

fn place(node: &impl Spanned) -> Option<Place> {
    let start = node.span().start;
    place_at(start.line, start.column)
}

fn ident_place(ident: &Ident) -> Option<Place> {
    place_at(ident.span.start.line, ident.span.start.column)
}

fn place_at(line: u64, column: u64) -> Option<Place> {
    let line = u32::try_from(line).ok().filter(|line| *line > 0)?;
    Some(Place { line, column: u32::try_from(column).ok()? })
}

fn refuse<T>(at: Option<Place>, message: impl Into<String>) -> Result<T, SqlError> {
    Err(SqlError::Refused { message: message.into(), at })
}

/// A name in a message: hostile ones may be long.
fn shown(name: &str) -> String {
    const LONGEST: usize = 60;
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    name.chars().take(LONGEST).chain(['…']).collect()
}

/// The one of `names` that is meant: the same, or the only one that differs in case alone.
fn same_name<'n, T>(items: &'n [T], name: &str, of: impl Fn(&T) -> &str) -> Vec<&'n T> {
    let exact: Vec<&T> = items.iter().filter(|item| of(item) == name).collect();
    if !exact.is_empty() {
        return exact;
    }
    let lower = name.to_lowercase();
    items.iter().filter(|item| of(item).to_lowercase() == lower).collect()
}

impl Binder<'_> {
    fn new_id(&mut self) -> ColumnId {
        self.next += 1;
        self.next
    }

    /// Counts what the plan grows by.
    fn grow(&mut self, at: Option<Place>) -> Result<(), SqlError> {
        self.n_nodes += 1;
        if self.n_nodes > MOST_NODES {
            return refuse(
                at,
                "The statement is too large once its WITH queries are put in place. Split it into steps.",
            );
        }
        Ok(())
    }

    fn query(&mut self, query: &ast::Query) -> Result<Bound, SqlError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return refuse(place(query), "The statement is nested too deeply. Split it into steps.");
        }
        self.grow(place(query))?;
        let n_with = self.with.len();
        if let Some(with) = &query.with {
            for cte in &with.cte_tables {
                if cte.from.is_some() {
                    return refuse(ident_place(&cte.alias.name), "WITH … FROM is not supported.");
                }
                self.with.push((cte.alias.name.value.clone(), With::Query(Box::new(cte.clone()))));
            }
        }
        let bound = self.query_body(query);
        self.with.truncate(n_with);
        self.depth -= 1;
        bound
    }

    fn resolve(&mut self, parts: &[Ident], scope: &Scope) -> Result<Expr, SqlError> {
        let (table, column) = match parts {
            [column] => (None, column),
            [table, column] => (Some(table), column),
            _ => return refuse(ident_place(&parts[0]), "Write a column as table.column."),
        };
        if let Some(found) = find(scope, table, column)? {
            return Ok(Expr::column(found.id, found.kind));
        }
        for level in (0..self.frames.len()).rev() {
            if let Some(ScopeColumn { id, kind, .. }) = find(&self.frames[level].scope, table, column)?.cloned() {
                for frame in &mut self.frames[level..] {
                    frame.used.insert(id);
                }
                return Ok(Expr::column(id, kind));
            }
        }
        if table.is_none() {
            let named = same_name(&scope.aliases, &column.value, |(name, _)| name);
            if let [(_, expr), ..] = named[..] {
                return Ok(expr.clone());
            }
        }
        Err(self.unknown_column(table, column, scope))
    }

    fn unknown_column(&self, table: Option<&Ident>, column: &Ident, scope: &Scope) -> SqlError {
        const SHOWN: usize = 40;
        let at = ident_place(column);
        let tables = scope.tables();
        let is_meant = |c: &&ScopeColumn| {
            table.is_none_or(|t| c.table.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(&t.value)))
        };
        if let Some(table) = table.filter(|t| !tables.iter().any(|name| name.eq_ignore_ascii_case(&t.value))) {
            return SqlError::NoSuchTable {
                nearest: nearest(&table.value, &tables),
                available: tables,
                table: shown(&table.value),
                at: ident_place(table),
            };
        }
        let mut names: Vec<String> = scope.columns.iter().filter(is_meant).map(|c| c.name.clone()).collect();
        names.dedup();
        let nearest = nearest(&column.value, &names);
        if nearest.is_none() && column.quote_style == Some('"') && table.is_none() {
            let name = shown(&column.value);
            let message = format!(
                "There is no column {name:?}. If it is a text and no name, write it in single quotes: '{name}'."
            );
            return SqlError::Refused { message, at };
        }
        let tables = table.map_or(tables, |table| vec![table.value.clone()]);
        let available = names.iter().take(SHOWN).map(|name| shown(name)).collect();
        SqlError::NoSuchColumn { column: shown(&column.value), tables, available, nearest, at }
    }
}

fn find<'s>(scope: &'s Scope, table: Option<&Ident>, column: &Ident) -> Result<Option<&'s ScopeColumn>, SqlError> {
    let candidates: Vec<&ScopeColumn> = match table {
        None => scope.columns.iter().filter(|c| !c.is_merged).collect(),
        Some(table) => {
            let of_table = |exact: bool| -> Vec<&ScopeColumn> {
                let is_it = |name: &String| {
                    if exact { *name == table.value } else { name.to_lowercase() == table.value.to_lowercase() }
                };
                scope.columns.iter().filter(|c| c.table.as_ref().is_some_and(is_it)).collect()
            };
            let exact = of_table(true);
            if exact.is_empty() { of_table(false) } else { exact }
        }
    };
    let found = same_name(&candidates, &column.value, |c| &c.name);
    match found[..] {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        _ => {
            let mut places: Vec<String> =
                found.iter().map(|c| format!("{}.{}", c.table.as_deref().unwrap_or("…"), shown(&c.name))).collect();
            places.dedup();
            let message =
                format!("{:?} could be {}. Write which one is meant.", shown(&column.value), places.join(" or "));
            refuse(ident_place(column), message)
        }
    }
}
