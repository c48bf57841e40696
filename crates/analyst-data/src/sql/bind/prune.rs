//! Leaves out of every stage the columns that nothing above it needs, so that only those are read.

use std::collections::BTreeSet;

use crate::sql::plan::{ColumnId, Expr, JoinKind, Node, Rows, each_expression_mut};

/// Keeps the `needed` columns of `rows`, and whatever they are made of.
pub(super) fn prune(rows: &mut Rows, mut needed: BTreeSet<ColumnId>) {
    each_expression_mut(rows, &mut prune_subqueries);
    match rows {
        Rows::Project(_, columns) => {
            let first = columns.first().cloned();
            columns.retain(|(id, _)| needed.contains(id));
            if columns.is_empty() {
                columns.extend(first);
            }
            needed.clear();
        }
        Rows::Aggregate { calls, .. } => {
            calls.retain(|(id, _)| needed.contains(id));
            needed.clear();
        }
        Rows::Scan { columns, .. } => {
            let first = columns.first().copied();
            columns.retain(|(id, _)| needed.contains(id));
            if columns.is_empty() {
                columns.extend(first);
            }
        }
        Rows::Distinct(input) => needed = input.columns(),
        _ => {}
    }
    needed.extend(rows.expressions().into_iter().flat_map(Expr::columns));
    match rows {
        Rows::One | Rows::Round { .. } | Rows::Scan { .. } => {}
        Rows::Filter(input, _) | Rows::Project(input, _) | Rows::Distinct(input) | Rows::Sort(input, _) => {
            prune(input, needed);
        }
        Rows::Aggregate { input, .. } | Rows::Window { input, .. } | Rows::Limit { input, .. } => prune(input, needed),
        Rows::Join(join) => {
            prune(&mut join.left, needed.clone());
            let right = if matches!(join.how, JoinKind::Semi | JoinKind::Anti) {
                let mut used: BTreeSet<ColumnId> = join.keys.iter().flat_map(|(_, b)| b.columns()).collect();
                used.extend(join.rest.iter().flat_map(Expr::columns));
                used
            } else {
                needed
            };
            prune(&mut join.right, right);
        }
        Rows::Combine { left, right, columns, .. } => {
            prune(left, columns.iter().map(|column| column.left).collect());
            prune(right, columns.iter().map(|column| column.right).collect());
        }
        Rows::Recursive(recursive) => {
            prune(&mut recursive.start, recursive.start_columns.iter().copied().collect());
            prune(&mut recursive.step, recursive.step_columns.iter().copied().collect());
        }
    }
}

fn prune_subqueries(expr: &mut Expr) {
    if let Node::InQuery(_, query) | Node::Exists(query) | Node::Scalar(query) = &mut expr.node {
        let column = query.column;
        prune(&mut query.rows, BTreeSet::from([column]));
    }
    expr.children_mut().into_iter().for_each(prune_subqueries);
}
