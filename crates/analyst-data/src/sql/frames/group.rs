//! GROUP BY and aggregates.

use polars::prelude::*;

use super::{Frames, Made, Stop, column, dtype, name, sort_options};
use crate::sql::plan::{self, Aggregate, ColumnId, Kind, Measure, Node, Rows};

impl Frames<'_> {
    pub(super) fn aggregate(
        &mut self,
        input: &Rows,
        keys: &[(ColumnId, plan::Expr)],
        calls: &[(ColumnId, Aggregate)],
    ) -> Made<LazyFrame> {
        let mut frame = self.lazy(input)?;
        // Only plain columns are aggregated: what is computed is computed before.
        let mut computed = Vec::new();
        let mut key_columns = Vec::with_capacity(keys.len());
        for (id, key) in keys {
            if key.node != Node::Column(*id) {
                computed.push(self.value(key)?.alias(name(*id)));
            }
            key_columns.push(column(*id));
        }
        let mut measures = Vec::with_capacity(calls.len());
        for (id, call) in calls {
            let mut of = Vec::with_capacity(call.of.len());
            for (position, argument) in call.of.iter().enumerate() {
                if let Node::Column(id) = argument.node {
                    of.push(column(id));
                } else {
                    let temporary: PlSmallStr = format!("c{id}a{position}").into();
                    computed.push(self.value(argument)?.alias(temporary.clone()));
                    of.push(col(temporary));
                }
            }
            let order = call.order.iter().map(|key| self.value(&key.by)).collect::<Made<Vec<_>>>()?;
            measures.push(measure(call, of, order)?.alias(name(*id)));
        }
        if !computed.is_empty() {
            frame = frame.with_columns(computed);
        }
        if key_columns.is_empty() {
            return Ok(if measures.is_empty() { frame.select([len().alias("c0")]) } else { frame.select(measures) });
        }
        if measures.is_empty() {
            return Ok(frame.select(key_columns).unique_generic(None, UniqueKeepStrategy::Any));
        }
        Ok(frame.group_by(key_columns).agg(measures))
    }
}

/// An aggregate over columns.
pub(super) fn measure(call: &Aggregate, of: Vec<Expr>, order: Vec<Expr>) -> Made<Expr> {
    let mut of = of.into_iter();
    let first = of.next();
    if call.what == Measure::CountRows {
        return Ok(len().cast(DataType::Int64));
    }
    let Some(value) = first else { return Err(Stop::Unsupported("an aggregate without arguments")) };
    let distinct = |value: Expr| if call.is_distinct { value.drop_nulls().unique() } else { value };
    let unless_empty = |value: &Expr, result: Expr| {
        when(value.clone().count().gt(lit(0u32))).then(result).otherwise(lit(NULL).cast(dtype(call.kind)))
    };
    Ok(match &call.what {
        Measure::CountRows => len(),
        Measure::Count if call.is_distinct => value.drop_nulls().n_unique().cast(DataType::Int64),
        Measure::Count => value.count().cast(DataType::Int64),
        Measure::Sum => unless_empty(&value, distinct(value.clone()).sum()),
        Measure::Mean => distinct(value).mean(),
        Measure::Min => value.min(),
        Measure::Max => value.max(),
        Measure::Median => value.median(),
        Measure::Quantile(share) => value.quantile(lit(*share), QuantileMethod::Linear),
        Measure::Deviation { of_sample } => value.std(u8::from(*of_sample)),
        Measure::Variance { of_sample } => value.var(u8::from(*of_sample)),
        Measure::Correlation | Measure::Covariance { .. } => {
            let Some(other) = of.next() else { return Err(Stop::Unsupported("an aggregate of one column")) };
            let both = value.clone().is_not_null().and(other.clone().is_not_null());
            let nothing = lit(NULL).cast(dtype(Kind::Float));
            let a = when(both.clone()).then(value).otherwise(nothing.clone());
            let b = when(both).then(other).otherwise(nothing);
            match &call.what {
                Measure::Correlation => pearson_corr(a, b),
                // The mean of products less the product of means.
                _ => return Err(Stop::Unsupported("COVAR")),
            }
        }
        Measure::All => unless_empty(&value, value.clone().all(true)),
        Measure::Any => unless_empty(&value, value.clone().any(true)),
        Measure::Joined(separator) => {
            let ordered =
                if order.is_empty() { value.clone() } else { value.clone().sort_by(order, sort_options(&call.order)) };
            let joined = distinct_stable(ordered.drop_nulls(), call.is_distinct).str().join(separator, true);
            unless_empty(&value, joined)
        }
    })
}

fn distinct_stable(value: Expr, is_distinct: bool) -> Expr {
    if is_distinct { value.unique_stable() } else { value }
}
