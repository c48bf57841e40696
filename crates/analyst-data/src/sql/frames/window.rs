//! Window functions: rows are sorted by partition and order, computed along, and put back.
//!
//! Ranks and peers are found by comparing neighbours, so that their definition is here and in no library.

use polars::prelude::*;

use super::group::measure;
use super::{Frames, Made, Stop, column, dtype, name, sort_options};
use crate::sql::plan::{Aggregate, ColumnId, Frame, Key, Kind, Measure, Node, Rows, WindowCall, WindowFunction};

const POSITION: &str = "w_position";

impl Frames<'_> {
    pub(super) fn windows(&mut self, input: &Rows, calls: &[(ColumnId, WindowCall)]) -> Made<LazyFrame> {
        let mut kept: Vec<Expr> = input.columns().into_iter().map(column).collect();
        let mut frame = self.lazy(input)?.with_row_index(POSITION, None);
        for (id, call) in calls {
            frame = self.one_window(frame, *id, call)?;
            kept.push(column(*id));
        }
        Ok(frame.sort([POSITION], SortMultipleOptions::default()).select(kept))
    }

    fn one_window(&mut self, frame: LazyFrame, id: ColumnId, call: &WindowCall) -> Made<LazyFrame> {
        let mut computed = Vec::new();
        let mut temporary = |frames: &mut Self, expr: &crate::sql::plan::Expr, what: String| -> Made<Expr> {
            if let Node::Column(id) = expr.node {
                return Ok(column(id));
            }
            computed.push(frames.value(expr)?.alias(PlSmallStr::from(what.as_str())));
            Ok(col(PlSmallStr::from(what.as_str())))
        };
        let mut partition = Vec::new();
        for (n, by) in call.partition.iter().enumerate() {
            partition.push(temporary(self, by, format!("w{id}p{n}"))?);
        }
        if partition.is_empty() {
            partition.push(temporary(self, &crate::sql::plan::Expr::integer(0), format!("w{id}p"))?);
        }
        let mut order = Vec::new();
        for (n, key) in call.order.iter().enumerate() {
            order.push(temporary(self, &key.by, format!("w{id}o{n}"))?);
        }
        let mut of = Vec::new();
        for (n, argument) in arguments(&call.what).into_iter().enumerate() {
            of.push(temporary(self, argument, format!("w{id}a{n}"))?);
        }
        let frame = frame.with_columns(computed);
        let result = name(id);
        if let (WindowFunction::Measure(call), Frame::All) = (&call.what, call.frame) {
            return Ok(frame.with_columns([measure(call, of, Vec::new())?.over(&partition)?.alias(result)]));
        }
        // Sorted by partition and order; rows that are equal in both stay as they were.
        let by: Vec<Expr> = partition.iter().chain(&order).cloned().collect();
        let keys: Vec<Key> = call
            .partition
            .iter()
            .map(|by| Key { by: by.clone(), descending: false, nulls_first: false })
            .chain(call.partition.is_empty().then(|| Key {
                by: crate::sql::plan::Expr::integer(0),
                descending: false,
                nulls_first: false,
            }))
            .chain(call.order.iter().cloned())
            .collect();
        let frame = frame.sort_by_exprs(by, sort_options(&keys));
        // Numbers that grow by one at every new partition, and at every row that differs from the one before. Whole
        // numbers, because Polars 0.55 is wrong over some partitions by truth values, and over windows in windows.
        let (row, part, peer): (PlSmallStr, PlSmallStr, PlSmallStr) =
            (format!("w{id}r").into(), format!("w{id}q").into(), format!("w{id}g").into());
        let differs = |by: &[Expr]| {
            by.iter()
                .map(|by| by.clone().neq_missing(by.clone().shift(lit(1i64))))
                .reduce(Expr::or)
                .unwrap_or_else(|| lit(false))
        };
        let count = |test: Expr| test.cast(DataType::Int64).cum_sum(false);
        let every: Vec<Expr> = partition.iter().chain(&order).cloned().collect();
        let frame = frame
            .with_columns([count(differs(&partition)).alias(part.clone()), count(differs(&every)).alias(peer.clone())])
            .with_columns([int_range(lit(1i64), len().cast(DataType::Int64) + lit(1i64), 1, DataType::Int64)
                .over([col(part.clone())])?
                .alias(row.clone())]);
        let places = Places { row: col(row), part: vec![col(part)], peer: col(peer.clone()), peers: vec![col(peer)] };
        if let (WindowFunction::Measure(measure), Frame::ToPeers) = (&call.what, call.frame) {
            let value = of.first().cloned().unwrap_or_else(|| lit(NULL));
            let along: PlSmallStr = format!("w{id}v").into();
            let frame =
                frame.with_columns([running(measure, value, places.row.clone(), &places.part)?.alias(along.clone())]);
            return Ok(frame.with_columns([col(along).last().over(&places.peers)?.alias(result)]));
        }
        let value = along(call, of, &places)?;
        Ok(frame.with_columns([value.alias(result)]))
    }
}

/// Where a sorted row is: its number in the partition, the partition, the rows that are equal to it.
struct Places {
    row: Expr,
    part: Vec<Expr>,
    peer: Expr,
    peers: Vec<Expr>,
}

fn arguments(what: &WindowFunction) -> Vec<&crate::sql::plan::Expr> {
    match what {
        WindowFunction::Shift { of, or, .. } => vec![of, or],
        WindowFunction::First(of) | WindowFunction::Last(of) => vec![of],
        WindowFunction::Measure(measure) => measure.of.iter().collect(),
        _ => Vec::new(),
    }
}

/// A value along sorted rows.
fn along(call: &WindowCall, of: Vec<Expr>, places: &Places) -> Made<Expr> {
    let Places { row, part: partition, peer, peers } = places;
    let row = row.clone();
    let real = |value: Expr| value.cast(DataType::Float64);
    let n_rows = || -> Made<Expr> { Ok(len().cast(DataType::Int64).over(partition)?) };
    let first = of.first().cloned().unwrap_or_else(|| lit(NULL));
    let rank = row.clone().min().over(peers)?;
    Ok(match &call.what {
        WindowFunction::RowNumber => row,
        WindowFunction::Rank => rank,
        WindowFunction::DenseRank => peer.clone() - peer.clone().min().over(partition)? + lit(1i64),
        WindowFunction::PercentRank => {
            let others = n_rows()? - lit(1i64);
            when(others.clone().gt(lit(0i64))).then(real(rank - lit(1i64)) / real(others)).otherwise(lit(0.0))
        }
        WindowFunction::CumulativeShare => real(row.max().over(peers)?) / real(n_rows()?),
        WindowFunction::Tile(n) => {
            // The first tiles are one row larger.
            let n_rows = n_rows()?;
            let small = (n_rows.clone() - (n_rows.clone() % lit(*n))).floor_div(lit(*n));
            let larger = n_rows % lit(*n);
            let border = larger.clone() * (small.clone() + lit(1i64));
            let at = row - lit(1i64);
            let in_small = larger
                + (at.clone() - border.clone())
                    .floor_div(when(small.clone().eq(lit(0i64))).then(lit(1i64)).otherwise(small.clone()));
            when(at.clone().lt(border)).then(at.floor_div(small + lit(1i64))).otherwise(in_small) + lit(1i64)
        }
        WindowFunction::Shift { by, .. } => {
            let or = of.get(1).cloned().unwrap_or_else(|| lit(NULL));
            let from = row.clone() - lit(*by);
            let is_there = from.clone().gt_eq(lit(1i64)).and(from.lt_eq(n_rows()?));
            when(is_there).then(first.shift(lit(*by)).over(partition)?).otherwise(or)
        }
        WindowFunction::First(_) => match call.frame {
            Frame::All | Frame::ToPeers | Frame::Rows { from: None, .. } => first.first().over(partition)?,
            _ => return Err(Stop::Unsupported("FIRST_VALUE in a moving frame")),
        },
        WindowFunction::Last(_) => match call.frame {
            Frame::All | Frame::Rows { to: None, .. } => first.last().over(partition)?,
            Frame::ToPeers => first.last().over(peers)?,
            Frame::Rows { to: Some(0), .. } => first,
            Frame::Rows { .. } => return Err(Stop::Unsupported("LAST_VALUE in a moving frame")),
        },
        WindowFunction::Measure(measure) => match call.frame {
            Frame::All => return Err(Stop::Unsupported("a window without a frame")),
            Frame::ToPeers => return Err(Stop::Unsupported("a window up to its peers")),
            Frame::Rows { from: None, to: Some(0) } => running(measure, first, row, partition)?,
            Frame::Rows { from: Some(from), to: Some(0) } if from <= 0 => rolling(measure, first, from, partition)?,
            Frame::Rows { .. } => return Err(Stop::Unsupported("a frame that reaches beyond the current row")),
        },
    })
}

fn running(measure: &Aggregate, value: Expr, row: Expr, partition: &[Expr]) -> Made<Expr> {
    let count =
        || -> Made<Expr> { Ok(value.clone().is_not_null().cast(DataType::Int64).cum_sum(false).over(partition)?) };
    let sum = || -> Made<Expr> {
        Ok(value
            .clone()
            .fill_null(lit(0i64).cast(dtype(if measure.kind == Kind::Integer { Kind::Integer } else { Kind::Float })))
            .cum_sum(false)
            .over(partition)?)
    };
    let unless_empty = |result: Expr| -> Made<Expr> {
        Ok(when(count()?.gt(lit(0i64))).then(result).otherwise(lit(NULL).cast(dtype(measure.kind))))
    };
    Ok(match measure.what {
        Measure::CountRows => row,
        Measure::Count if !measure.is_distinct => count()?,
        Measure::Sum if !measure.is_distinct => unless_empty(sum()?)?,
        Measure::Mean if !measure.is_distinct => {
            unless_empty(sum()?.cast(DataType::Float64) / count()?.cast(DataType::Float64))?
        }
        Measure::Min if is_numeric(measure) => {
            unless_empty(value.clone().fill_null(extreme(measure.kind, true)).cum_min(false).over(partition)?)?
        }
        Measure::Max if is_numeric(measure) => {
            unless_empty(value.clone().fill_null(extreme(measure.kind, false)).cum_max(false).over(partition)?)?
        }
        _ => return Err(Stop::Unsupported("this aggregate in a moving window")),
    })
}

/// What is greater, or smaller, than every number.
fn extreme(kind: Kind, is_greatest: bool) -> Expr {
    match (kind, is_greatest) {
        (Kind::Integer, true) => lit(i64::MAX),
        (Kind::Integer, false) => lit(i64::MIN),
        (_, true) => lit(f64::INFINITY),
        (_, false) => lit(f64::NEG_INFINITY),
    }
}

fn is_numeric(measure: &Aggregate) -> bool {
    measure.kind.is_number()
}

fn rolling(measure: &Aggregate, value: Expr, from: i64, partition: &[Expr]) -> Made<Expr> {
    let window_size = usize::try_from(1 - from).unwrap_or(usize::MAX);
    let options =
        || RollingOptionsFixedWindow { window_size, min_periods: 1, weights: None, center: false, fn_params: None };
    let present = value.clone().is_not_null().cast(DataType::Int64);
    Ok(match measure.what {
        Measure::Sum if !measure.is_distinct => value.rolling_sum(options()).over(partition)?,
        Measure::Mean if !measure.is_distinct => value.rolling_mean(options()).over(partition)?,
        Measure::Count if !measure.is_distinct => present.rolling_sum(options()).over(partition)?.cast(DataType::Int64),
        Measure::Min if is_numeric(measure) => value.rolling_min(options()).over(partition)?,
        Measure::Max if is_numeric(measure) => value.rolling_max(options()).over(partition)?,
        _ => return Err(Stop::Unsupported("this aggregate in a moving frame")),
    })
}
