//! Queries around SELECT: WITH, UNION, INTERSECT, EXCEPT, LIMIT.

use sqlparser::ast::{self, LimitClause, OrderByKind, SetExpr, SetOperator, SetQuantifier};

use super::from::combined;
use super::{Binder, Bound, Output, place, refuse};
use crate::error::SqlError;
use crate::sql::plan::{ColumnId, Combine, Expr, Rows, common};

impl Binder<'_> {
    pub(super) fn query_body(&mut self, query: &ast::Query) -> Result<Bound, SqlError> {
        let at = place(query);
        if !query.locks.is_empty()
            || query.for_clause.is_some()
            || query.settings.is_some()
            || query.format_clause.is_some()
        {
            return refuse(at, "FOR, SETTINGS and FORMAT clauses are not supported; leave them out.");
        }
        if !query.pipe_operators.is_empty() {
            return refuse(at, "Pipe operators (|>) are not supported; write a nested SELECT.");
        }
        let order = match &query.order_by {
            None => None,
            Some(order) => match &order.kind {
                OrderByKind::Expressions(keys) if order.interpolate.is_none() => Some(keys.as_slice()),
                _ => return refuse(at, "ORDER BY ALL is not supported; name the columns."),
            },
        };
        let mut bound = self.set(&query.body, order)?;
        let (limit, offset) = limits(query)?;
        if limit.is_some() || offset > 0 {
            bound.rows = Rows::Limit { input: Box::new(bound.rows), limit, offset };
        }
        Ok(bound)
    }

    pub(super) fn set(&mut self, set: &SetExpr, order: Option<&[ast::OrderByExpr]>) -> Result<Bound, SqlError> {
        match set {
            SetExpr::Select(select) => self.select(select, order),
            SetExpr::Query(query) => {
                let bound = self.query(query)?;
                self.ordered(bound, order)
            }
            SetExpr::SetOperation { left, op, set_quantifier, right } => {
                let bound = self.set_operation(left, *op, *set_quantifier, right)?;
                self.ordered(bound, order)
            }
            SetExpr::Values(_) => refuse(place(set), "VALUES is not supported; write SELECT … UNION ALL SELECT …."),
            SetExpr::Table(_) => refuse(place(set), "TABLE is not supported; write SELECT * FROM."),
            _ => refuse(place(set), "Only SELECT is allowed; the data is never changed."),
        }
    }

    fn set_operation(
        &mut self,
        left: &SetExpr,
        operator: SetOperator,
        quantifier: SetQuantifier,
        right: &SetExpr,
    ) -> Result<Bound, SqlError> {
        let at = place(left);
        self.depth += 1;
        self.grow(at)?;
        let (how, is_distinct) = match (operator, quantifier) {
            (SetOperator::Union, SetQuantifier::All) => (Combine::UnionAll, false),
            (SetOperator::Union, SetQuantifier::None | SetQuantifier::Distinct) => (Combine::UnionAll, true),
            (SetOperator::Intersect, SetQuantifier::None | SetQuantifier::Distinct) => (Combine::Intersect, true),
            (SetOperator::Except | SetOperator::Minus, SetQuantifier::None | SetQuantifier::Distinct) => {
                (Combine::Except, true)
            }
            (SetOperator::Intersect | SetOperator::Except | SetOperator::Minus, SetQuantifier::All) => {
                return refuse(at, "INTERSECT ALL and EXCEPT ALL are not supported; leave ALL out, or use Python.");
            }
            _ => return refuse(at, "BY NAME is not supported; name the columns in the same order on both sides."),
        };
        let mut a = self.set(left, None)?;
        let mut b = self.set(right, None)?;
        self.depth -= 1;
        if a.columns.len() != b.columns.len() {
            let message = format!(
                "Both sides of {operator} need the same number of columns; here they have {} and {}.",
                a.columns.len(),
                b.columns.len()
            );
            return refuse(at, message);
        }
        let mut kinds = Vec::with_capacity(a.columns.len());
        for (x, y) in a.columns.iter().zip(&b.columns) {
            let kind = common(x.kind, y.kind).ok_or_else(|| SqlError::Refused {
                message: format!(
                    "Both sides of {operator} need columns of the same types: {:?} is {} on the left and {} on the right. CAST one.",
                    super::shown(&x.name),
                    x.kind.words(),
                    y.kind.words()
                ),
                at,
            })?;
            kinds.push(kind);
        }
        self.cast_outputs(&mut a, &kinds);
        self.cast_outputs(&mut b, &kinds);
        let columns: Vec<Output> = a
            .columns
            .iter()
            .zip(&kinds)
            .map(|(c, kind)| Output { name: c.name.clone(), id: self.new_id(), kind: *kind })
            .collect();
        let mut rows = Rows::Combine {
            how,
            columns: columns
                .iter()
                .zip(a.columns.iter().zip(&b.columns))
                .map(|(column, (x, y))| combined(column.id, x, y, column.kind))
                .collect(),
            left: Box::new(a.rows),
            right: Box::new(b.rows),
        };
        if is_distinct {
            rows = Rows::Distinct(Box::new(rows));
        }
        Ok(Bound { rows, columns, is_ordered: false })
    }

    fn cast_outputs(&mut self, bound: &mut Bound, kinds: &[crate::sql::plan::Kind]) {
        if bound.columns.iter().zip(kinds).all(|(column, kind)| column.kind == *kind) {
            return;
        }
        let mut projection: Vec<(ColumnId, Expr)> = Vec::new();
        for (column, kind) in bound.columns.iter_mut().zip(kinds) {
            let value = Expr::column(column.id, column.kind).cast(*kind, true);
            column.id = self.new_id();
            column.kind = *kind;
            projection.push((column.id, value));
        }
        let rows = std::mem::replace(&mut bound.rows, Rows::One);
        bound.rows = Rows::Project(Box::new(rows), projection);
    }
}

fn limits(query: &ast::Query) -> Result<(Option<u64>, u64), SqlError> {
    let number = |expr: &ast::Expr| -> Result<u64, SqlError> {
        if let ast::Expr::Value(value) = expr
            && let ast::Value::Number(text, _) = &value.value
            && let Ok(number) = text.parse()
        {
            return Ok(number);
        }
        refuse(place(expr), "LIMIT and OFFSET take a whole number.")
    };
    let is_all = |expr: &ast::Expr| matches!(expr, ast::Expr::Value(value) if value.value == ast::Value::Null);
    let (mut limit, mut offset) = (None, 0);
    match &query.limit_clause {
        None => {}
        Some(LimitClause::LimitOffset { limit: wanted, offset: skipped, limit_by }) if limit_by.is_empty() => {
            limit = wanted.as_ref().filter(|expr| !is_all(expr)).map(number).transpose()?;
            offset = skipped.as_ref().map_or(Ok(0), |skipped| number(&skipped.value))?;
        }
        Some(LimitClause::OffsetCommaLimit { offset: skipped, limit: wanted }) => {
            limit = Some(number(wanted)?);
            offset = number(skipped)?;
        }
        Some(_) => return refuse(place(query), "LIMIT BY is not supported; use ROW_NUMBER() OVER (PARTITION BY …)."),
    }
    if let Some(fetch) = &query.fetch {
        match &fetch.quantity {
            Some(quantity) if !fetch.percent && !fetch.with_ties => limit = Some(number(quantity)?),
            _ => return refuse(place(query), "Only FETCH FIRST n ROWS ONLY is supported; or write LIMIT n."),
        }
    }
    Ok((limit, offset))
}

/// A query that is one UNION.
pub(super) fn is_union(query: &ast::Query) -> bool {
    recursive_parts(query).is_some()
}

/// Start, step, and whether repeated rows stay.
pub(super) fn recursive_parts(query: &ast::Query) -> Option<(&SetExpr, &SetExpr, bool)> {
    if query.with.is_some() || query.order_by.is_some() || query.limit_clause.is_some() || query.fetch.is_some() {
        return None;
    }
    match query.body.as_ref() {
        SetExpr::SetOperation { left, op: SetOperator::Union, set_quantifier, right } => {
            Some((left, right, matches!(set_quantifier, SetQuantifier::All)))
        }
        _ => None,
    }
}

struct Finder<'n>(&'n str);

impl ast::Visitor for Finder<'_> {
    type Break = ();

    fn pre_visit_table_factor(&mut self, factor: &ast::TableFactor) -> std::ops::ControlFlow<()> {
        match factor {
            ast::TableFactor::Table { name, .. } if name.to_string().trim_matches('"').eq_ignore_ascii_case(self.0) => {
                std::ops::ControlFlow::Break(())
            }
            _ => std::ops::ControlFlow::Continue(()),
        }
    }
}

pub(super) fn names_table(query: &ast::Query, name: &str) -> bool {
    ast::Visit::visit(query, &mut Finder(name)).is_break()
}

pub(super) fn names_table_in(set: &SetExpr, name: &str) -> bool {
    ast::Visit::visit(set, &mut Finder(name)).is_break()
}
