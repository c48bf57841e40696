//! ORDER BY: missing values come last unless the statement says otherwise, in both directions.

use sqlparser::ast;

use super::{Binder, Bound, Output, Scope, place, refuse, same_name};
use crate::error::SqlError;
use crate::sql::plan::{Expr, Key, Rows};

pub(super) fn key(by: Expr, options: &ast::OrderByOptions) -> Key {
    Key { by, descending: options.asc == Some(false), nulls_first: options.nulls_first == Some(true) }
}

/// The output that an ordinal or a name means.
pub(super) fn output<'o>(expr: &ast::Expr, outputs: &'o [Output]) -> Result<Option<&'o Output>, SqlError> {
    match expr {
        ast::Expr::Value(value) => match &value.value {
            ast::Value::Number(text, _) => {
                let found = text.parse::<usize>().ok().and_then(|n| n.checked_sub(1)).and_then(|n| outputs.get(n));
                match found {
                    Some(output) => Ok(Some(output)),
                    None => refuse(
                        place(expr),
                        format!("There is no column number {text}; the result has {}.", outputs.len()),
                    ),
                }
            }
            _ => refuse(place(expr), "A constant orders nothing. Name a column, or its number."),
        },
        ast::Expr::Identifier(name) => match same_name(outputs, &name.value, |output| &output.name)[..] {
            [one] => Ok(Some(one)),
            _ => Ok(None),
        },
        _ => Ok(None),
    }
}

impl Binder<'_> {
    /// ORDER BY after a set operation: by its columns, or expressions of them.
    pub(super) fn ordered(&mut self, bound: Bound, order: Option<&[ast::OrderByExpr]>) -> Result<Bound, SqlError> {
        let Some(order) = order else { return Ok(bound) };
        let columns = bound.columns.iter().map(|c| super::ScopeColumn {
            table: None,
            name: c.name.clone(),
            id: c.id,
            kind: c.kind,
            is_merged: false,
        });
        let scope = Scope { columns: columns.collect(), aliases: Vec::new() };
        let mut keys = Vec::with_capacity(order.len());
        for item in order {
            if item.with_fill.is_some() {
                return refuse(place(&item.expr), "WITH FILL is not supported.");
            }
            let by = match output(&item.expr, &bound.columns)? {
                Some(output) => Expr::column(output.id, output.kind),
                None => self.row_value(&item.expr, &scope, "ORDER BY")?,
            };
            keys.push(key(by, &item.options));
        }
        Ok(Bound { rows: Rows::Sort(Box::new(bound.rows), keys), columns: bound.columns, is_ordered: true })
    }
}

/// An expression as a column's name: as it is written, shortened.
pub(super) fn expression_name(expr: &ast::Expr) -> String {
    const LONGEST: usize = 60;
    let text = expr.to_string();
    if text.chars().count() <= LONGEST { text } else { text.chars().take(LONGEST).chain(['…']).collect() }
}
