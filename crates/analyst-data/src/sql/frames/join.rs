//! Joins of every kind, with any condition.
//!
//! Rows meet where the keys are equal and the rest of the condition holds; an outer join then adds the rows that met
//! none. Polars has no outer join with such a rest, so they are added here.

use polars::prelude::*;

use super::{Frames, MOST_PRODUCT, Made, Stop, column};
use crate::error::SqlError;
use crate::sql::plan::{self, Join, JoinKind, Node};

const LEFT_ROW: &str = "j_left";
const RIGHT_ROW: &str = "j_right";

impl Frames<'_> {
    pub(super) fn join(&mut self, join: &Join) -> Made<LazyFrame> {
        let left = self.lazy(&join.left)?;
        let right = self.lazy(&join.right)?;
        let columns: Vec<Expr> = match join.how {
            JoinKind::Semi | JoinKind::Anti => join.left.columns().into_iter().map(column).collect(),
            _ => join.left.columns().into_iter().chain(join.right.columns()).map(column).collect(),
        };
        let is_simple = join.rest.is_none() && !join.keys.is_empty();
        let joined = match join.how {
            JoinKind::Inner => self.met(join, left, right)?,
            JoinKind::Right if is_simple => {
                let flipped = flipped(join);
                self.keyed(right, left, &flipped, JoinType::Left)?
            }
            how if is_simple => self.keyed(left, right, &join.keys, join_type(how))?,
            _ => self.outer(join, left, right)?,
        };
        Ok(joined.select(columns))
    }

    /// Equal keys only.
    fn keyed(
        &mut self,
        left: LazyFrame,
        right: LazyFrame,
        keys: &[(plan::Expr, plan::Expr)],
        how: JoinType,
    ) -> Made<LazyFrame> {
        let (mut of_left, mut of_right) = (Vec::new(), Vec::new());
        let (mut left_extra, mut right_extra) = (Vec::new(), Vec::new());
        for (n, (a, b)) in keys.iter().enumerate() {
            of_left.push(self.key(a, format!("j{n}l"), &mut left_extra)?);
            of_right.push(self.key(b, format!("j{n}r"), &mut right_extra)?);
        }
        let left = if left_extra.is_empty() { left } else { left.with_columns(left_extra) };
        let right = if right_extra.is_empty() { right } else { right.with_columns(right_extra) };
        let arguments = JoinArgs { coalesce: JoinCoalesce::KeepColumns, ..JoinArgs::new(how) };
        Ok(left.join(right, of_left, of_right, arguments))
    }

    fn key(&mut self, expr: &plan::Expr, name: String, extra: &mut Vec<Expr>) -> Made<Expr> {
        if let Node::Column(id) = expr.node {
            return Ok(column(id));
        }
        extra.push(self.value(expr)?.alias(PlSmallStr::from(name.as_str())));
        Ok(col(PlSmallStr::from(name.as_str())))
    }

    /// The pairs of rows that meet.
    fn met(&mut self, join: &Join, left: LazyFrame, right: LazyFrame) -> Made<LazyFrame> {
        let pairs = if join.keys.is_empty() {
            let (left, right) = self.product_sides(join, left, right)?;
            left.cross_join(right, None)
        } else {
            self.keyed(left, right, &join.keys, JoinType::Inner)?
        };
        match &join.rest {
            Some(rest) => Ok(pairs.filter(self.value(rest)?)),
            None => Ok(pairs),
        }
    }

    /// Counts before multiplying.
    fn product_sides(&mut self, join: &Join, left: LazyFrame, right: LazyFrame) -> Made<(LazyFrame, LazyFrame)> {
        if self.is_dry {
            return Ok((left, right));
        }
        let (left, right) = (self.collect(left)?, self.collect(right)?);
        let rows = left.height() as u128 * right.height() as u128;
        if rows > MOST_PRODUCT {
            return Err(Stop::Wrong(too_many(join, rows)));
        }
        Ok((left.lazy(), right.lazy()))
    }

    fn outer(&mut self, join: &Join, left: LazyFrame, right: LazyFrame) -> Made<LazyFrame> {
        // Both are computed once: their rows are numbered, and a number must mean the same row twice.
        let (left, right) = if self.is_dry {
            (left.with_row_index(LEFT_ROW, None), right.with_row_index(RIGHT_ROW, None))
        } else {
            let left = self.collect(left.with_row_index(LEFT_ROW, None))?.lazy();
            let right = self.collect(right.with_row_index(RIGHT_ROW, None))?.lazy();
            (left, right)
        };
        let met = self.met(join, left.clone(), right.clone())?;
        let met = if self.is_dry { met } else { self.collect(met)?.lazy() };
        let alone = |rows: LazyFrame, row: &str, how: JoinType| {
            let partners = met.clone().select([col(row)]).unique_generic(None, UniqueKeepStrategy::Any);
            rows.join(partners, [col(row)], [col(row)], JoinArgs::new(how))
        };
        Ok(match join.how {
            JoinKind::Inner => met,
            JoinKind::Semi => alone(left, LEFT_ROW, JoinType::Semi),
            JoinKind::Anti => alone(left, LEFT_ROW, JoinType::Anti),
            JoinKind::Left => stacked(vec![met.clone(), alone(left, LEFT_ROW, JoinType::Anti)])?,
            JoinKind::Right => stacked(vec![met.clone(), alone(right, RIGHT_ROW, JoinType::Anti)])?,
            JoinKind::Full => stacked(vec![
                met.clone(),
                alone(left, LEFT_ROW, JoinType::Anti),
                alone(right, RIGHT_ROW, JoinType::Anti),
            ])?,
        })
    }
}

fn stacked(parts: Vec<LazyFrame>) -> Made<LazyFrame> {
    Ok(concat_lf_diagonal(parts, UnionArgs::default())?)
}

fn join_type(how: JoinKind) -> JoinType {
    match how {
        JoinKind::Inner => JoinType::Inner,
        JoinKind::Left => JoinType::Left,
        JoinKind::Right => JoinType::Right,
        JoinKind::Full => JoinType::Full,
        JoinKind::Semi => JoinType::Semi,
        JoinKind::Anti => JoinType::Anti,
    }
}

fn flipped(join: &Join) -> Vec<(plan::Expr, plan::Expr)> {
    join.keys.iter().map(|(a, b)| (b.clone(), a.clone())).collect()
}

/// The refusal of a join that multiplies beyond reason.
pub(in crate::sql) fn too_many(join: &Join, rows: u128) -> SqlError {
    let (left, right) = (&join.label.left, &join.label.right);
    let message = if join.keys.is_empty() {
        format!(
            "Joining every row of {left} with every row of {right} gives {rows} pairs. Join on equal columns, or aggregate first."
        )
    } else {
        format!(
            "Joining {left} with {right} gives {rows} rows, because both keys repeat. Aggregate one of them per key first."
        )
    };
    SqlError::Refused { message, at: None }
}
