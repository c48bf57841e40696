//! Whole numbers that could leave 64 bits: Polars would wrap them without a word, so they are found before.
//!
//! Every whole-number expression is given bounds from the smallest and greatest values of the columns it uses.

use std::collections::HashMap;

use polars::prelude::*;

use super::frames::{File, Made, Stop};
use super::plan::{Aggregate, ColumnId, Expr, Function, Kind, Literal, Measure, Node, Operator, Rows, WindowFunction};
use crate::error::SqlError;
use crate::store;

/// Refuses a plan in which a whole number could become too large.
pub(super) fn check(rows: &Rows, files: &[File], n_rows: &[u64]) -> Made<()> {
    let mut bounds = Bounds { files, n_rows, of_column: HashMap::new(), of_scan: HashMap::new() };
    bounds.rows(rows)
}

/// No whole number of a column has a greater absolute value.
type Bound = f64;

const MOST: Bound = 9.2e18;

struct Bounds<'b> {
    files: &'b [File],
    n_rows: &'b [u64],
    of_column: HashMap<ColumnId, Source>,
    of_scan: HashMap<(usize, usize), Bound>,
}

#[derive(Clone, Copy)]
enum Source {
    Scan(usize, usize),
    Known(Bound),
}

impl Bounds<'_> {
    fn rows(&mut self, rows: &Rows) -> Made<()> {
        for input in rows.inputs() {
            self.rows(input)?;
        }
        match rows {
            Rows::Scan { table, columns } => {
                for (id, position) in columns {
                    self.of_column.insert(*id, Source::Scan(*table, *position));
                }
            }
            Rows::Combine { columns, .. } => {
                for column in columns.iter().filter(|column| column.kind == Kind::Integer) {
                    let bound = self.column(column.left)?.max(self.column(column.right)?);
                    self.of_column.insert(column.id, Source::Known(bound));
                }
            }
            // SQLite runs these, and tells.
            Rows::Recursive(recursive) => {
                self.of_column.extend(recursive.columns.iter().map(|(id, _)| (*id, Source::Known(0.0))));
            }
            Rows::Round { columns, .. } => {
                self.of_column.extend(columns.iter().map(|(id, _)| (*id, Source::Known(0.0))));
            }
            _ => {}
        }
        for expr in rows.expressions() {
            self.expression(expr)?;
        }
        match rows {
            Rows::Project(_, columns) => {
                for (id, expr) in columns.iter().filter(|(_, expr)| expr.kind == Kind::Integer) {
                    self.define(*id, expr)?;
                }
            }
            Rows::Aggregate { input, keys, calls } => {
                for (id, expr) in
                    keys.iter().filter(|(id, expr)| expr.kind == Kind::Integer && expr.node != Node::Column(*id))
                {
                    self.define(*id, expr)?;
                }
                let most_rows = most_rows(input, self.n_rows);
                for (id, call) in calls.iter().filter(|(_, call)| call.kind == Kind::Integer) {
                    let bound = self.measure(call, most_rows)?;
                    self.of_column.insert(*id, Source::Known(bound));
                }
            }
            Rows::Window { input, calls } => {
                let most_rows = most_rows(input, self.n_rows);
                for (id, call) in calls.iter().filter(|(_, call)| call.kind == Kind::Integer) {
                    let bound = match &call.what {
                        WindowFunction::Measure(measure) => self.measure(measure, most_rows)?,
                        WindowFunction::Shift { of, or, .. } => self.deep(of)?.max(self.deep(or)?),
                        WindowFunction::First(of) | WindowFunction::Last(of) => self.deep(of)?,
                        _ => most_rows,
                    };
                    self.of_column.insert(*id, Source::Known(bound));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn define(&mut self, id: ColumnId, expr: &Expr) -> Made<()> {
        // A column passed on is looked at only when something is computed of it.
        if let Node::Column(other) = expr.node
            && let Some(source) = self.of_column.get(&other).copied()
        {
            self.of_column.insert(id, source);
            return Ok(());
        }
        let bound = self.deep(expr)?;
        self.of_column.insert(id, Source::Known(bound));
        Ok(())
    }

    fn measure(&mut self, call: &Aggregate, most_rows: f64) -> Made<Bound> {
        let Some(of) = call.of.first() else { return Ok(most_rows) };
        match call.what {
            Measure::Sum => self.checked(of, most_rows),
            Measure::Min | Measure::Max => self.deep(of),
            _ => Ok(most_rows),
        }
    }

    fn checked(&mut self, of: &Expr, times: f64) -> Made<Bound> {
        let bound = self.deep(of)?;
        within(bound * times)
    }

    /// The bound of a column, looked up in its table when it is wanted.
    fn column(&mut self, id: ColumnId) -> Made<Bound> {
        match self.of_column.get(&id).copied() {
            None => Ok(Bound::INFINITY),
            Some(Source::Known(bound)) => Ok(bound),
            Some(Source::Scan(table, position)) => {
                if let Some(bound) = self.of_scan.get(&(table, position)) {
                    return Ok(*bound);
                }
                let file = &self.files[table];
                let frame = store::read_columns(&file.path, &[&file.columns[position]])?;
                let bound = greatest(frame.columns()[0].as_materialized_series())?;
                self.of_scan.insert((table, position), bound);
                Ok(bound)
            }
        }
    }

    /// The bound of a whole-number expression; its parts are checked.
    fn expression(&mut self, expr: &Expr) -> Made<Bound> {
        if let Node::InQuery(_, query) | Node::Exists(query) | Node::Scalar(query) = &expr.node {
            self.rows(&query.rows)?;
        }
        if let Node::Arithmetic(operator, a, b) = &expr.node
            && expr.kind == Kind::Integer
        {
            let (a, b) = (self.deep(a)?, self.deep(b)?);
            return match operator {
                Operator::Add | Operator::Subtract => within(a + b),
                Operator::Multiply => within(a * b),
                Operator::Divide | Operator::Remainder => Ok(a),
            };
        }
        let mut greatest: Bound = 0.0;
        for child in expr.children() {
            let bound = self.expression(child)?;
            if child.kind == Kind::Integer {
                greatest = greatest.max(bound);
            }
        }
        Ok(match &expr.node {
            Node::Literal(Literal::Integer(value)) => value.unsigned_abs() as f64,
            Node::Cast { from, .. } if from.kind == Kind::Boolean => 1.0,
            Node::Cast { .. } if expr.kind == Kind::Integer => MOST,
            Node::Call(Function::Length | Function::Position(_), _) => 4e9,
            Node::Call(Function::Part(_) | Function::DaysBetween | Function::Sign, _) => 1e10,
            Node::Scalar(query) => self.column(query.column)?,
            _ => greatest,
        })
    }

    /// The bound of a value that something is computed of: of a column, from its values.
    fn deep(&mut self, expr: &Expr) -> Made<Bound> {
        match &expr.node {
            Node::Column(id) => self.column(*id),
            _ if expr.kind == Kind::Float => Ok(Bound::INFINITY),
            Node::Cast { from, .. } if from.kind == Kind::Float => {
                self.expression(expr)?;
                Ok(self.deep(from)?.min(MOST))
            }
            Node::Literal(_) | Node::Arithmetic(..) | Node::Cast { .. } | Node::Scalar(_) => self.expression(expr),
            _ => {
                let mut bound = self.expression(expr)?;
                for child in expr.children().into_iter().filter(|child| child.kind == Kind::Integer) {
                    bound = bound.max(self.deep(child)?);
                }
                Ok(bound)
            }
        }
    }
}

fn within(bound: Bound) -> Made<Bound> {
    if bound < MOST {
        return Ok(bound);
    }
    let message =
        "A whole number could become too large for 64 bits here. CAST it to DOUBLE before adding or multiplying.";
    Err(Stop::Wrong(SqlError::Refused { message: message.to_owned(), at: None }))
}

fn greatest(series: &Series) -> Made<Bound> {
    if !series.dtype().is_primitive_numeric() {
        return Ok(Bound::INFINITY);
    }
    if series.dtype().is_integer() {
        let typed = series.cast(&DataType::Int64)?;
        let most = |value: Option<i64>| value.map_or(0.0, |value| value.unsigned_abs() as f64);
        return Ok(most(typed.i64()?.min()).max(most(typed.i64()?.max())));
    }
    let typed = series.cast(&DataType::Float64)?;
    let most = |value: Option<f64>| value.map_or(0.0, f64::abs);
    Ok(most(typed.f64()?.min()).max(most(typed.f64()?.max())))
}

/// Rows there can be at most.
pub(super) fn most_rows(rows: &Rows, n_rows: &[u64]) -> f64 {
    match rows {
        Rows::One => 1.0,
        Rows::Scan { table, .. } => n_rows[*table] as f64,
        // What a join gives is counted before it runs.
        Rows::Join(join) => {
            let (left, right) = (most_rows(&join.left, n_rows), most_rows(&join.right, n_rows));
            (left * right).min((left + right).max(super::joins::MOST_JOINED as f64))
        }
        Rows::Limit { input, limit, .. } => {
            most_rows(input, n_rows).min(limit.map_or(f64::INFINITY, |limit| limit as f64))
        }
        Rows::Combine { left, right, .. } => most_rows(left, n_rows) + most_rows(right, n_rows),
        Rows::Recursive(_) | Rows::Round { .. } => 1e6,
        other => other.inputs().first().map_or(1.0, |input| most_rows(input, n_rows)),
    }
}
