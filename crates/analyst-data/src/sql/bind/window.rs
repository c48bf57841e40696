//! OVER (…): partitions, orders and frames.

use sqlparser::ast::{
    self, NamedWindowExpr, NullTreatment, WindowFrameBound, WindowFrameUnits, WindowSpec, WindowType,
};

use super::expression::unify_all;
use super::function::Call;
use super::select::Mode;
use super::{Binder, Scope, ident_place, refuse, same_name};
use crate::error::{Place, SqlError};
use crate::sql::plan::{Expr, Frame, Kind, Literal, Measure, Node, WindowCall, WindowFunction};

impl Binder<'_> {
    pub(super) fn window(
        &mut self,
        call: &Call<'_>,
        over: &WindowType,
        nulls: Option<NullTreatment>,
        scope: &Scope,
        mode: Mode,
    ) -> Result<Expr, SqlError> {
        let at = call.at;
        if mode != Mode::Full {
            return refuse(
                at,
                "Window functions stand in SELECT, QUALIFY or ORDER BY. Compute it in a subquery, and filter around that.",
            );
        }
        if matches!(nulls, Some(NullTreatment::IgnoreNulls)) {
            return refuse(at, "IGNORE NULLS is not supported. Leave missing values out with WHERE … IS NOT NULL.");
        }
        let spec = self.window_spec(over, at)?;
        let group = Mode::Group("OVER");
        let mut partition = Vec::with_capacity(spec.partition_by.len());
        for by in &spec.partition_by {
            partition.push(self.value(by, scope, group)?);
        }
        let mut order = Vec::with_capacity(spec.order_by.len());
        for item in &spec.order_by {
            let by = self.value(&item.expr, scope, group)?;
            order.push(super::order::key(by, &item.options));
        }
        let frame = self.frame(&spec, at)?;
        let arguments = |binder: &mut Self| {
            call.arguments.iter().map(|argument| binder.value(argument, scope, group)).collect::<Result<Vec<_>, _>>()
        };
        let needs_order = |what, kind| {
            if order.is_empty() {
                return refuse(
                    at,
                    format!(
                        "{} needs ORDER BY inside OVER (…): without it its result is not defined.",
                        call.name.to_uppercase()
                    ),
                );
            }
            Ok((what, kind))
        };
        let (what, kind) = match (call.name.as_str(), call.arguments.len()) {
            ("row_number", 0) => needs_order(WindowFunction::RowNumber, Kind::Integer)?,
            ("rank", 0) => needs_order(WindowFunction::Rank, Kind::Integer)?,
            ("dense_rank", 0) => needs_order(WindowFunction::DenseRank, Kind::Integer)?,
            ("percent_rank", 0) => needs_order(WindowFunction::PercentRank, Kind::Float)?,
            ("cume_dist", 0) => needs_order(WindowFunction::CumulativeShare, Kind::Float)?,
            ("ntile", 1) => {
                let arguments = arguments(self)?;
                match arguments[0].node {
                    Node::Literal(Literal::Integer(n)) if n > 0 => needs_order(WindowFunction::Tile(n), Kind::Integer)?,
                    _ => return refuse(at, "NTILE takes a constant number from 1 on."),
                }
            }
            ("lag" | "lead", 1..=3) => {
                let arguments = arguments(self)?;
                let by = match arguments.get(1).map(|value| &value.node) {
                    None => 1,
                    Some(Node::Literal(Literal::Integer(by))) => *by,
                    Some(_) => return refuse(at, "LAG and LEAD take a constant number of rows."),
                };
                let or = arguments.get(2).cloned().unwrap_or_else(|| Expr::null(Kind::Null));
                let mut pair = unify_all(vec![arguments[0].clone(), or], at)?.into_iter();
                let (Some(of), Some(or)) = (pair.next(), pair.next()) else { return refuse(at, "LAG takes a value.") };
                let kind = of.kind;
                let by = if call.name == "lead" { -by } else { by };
                needs_order(WindowFunction::Shift { of, by, or }, kind)?
            }
            ("first_value" | "last_value", 1) => {
                let of = arguments(self)?.remove(0);
                let kind = of.kind;
                let what =
                    if call.name == "first_value" { WindowFunction::First(of) } else { WindowFunction::Last(of) };
                needs_order(what, kind)?
            }
            _ => {
                // SUM(SUM(x)) OVER (…): the inner one is an aggregate, the outer one runs over the groups.
                let Some(measure) = self.aggregate_in(call, scope, group)? else {
                    return refuse(at, format!("{} is not supported with OVER (…).", call.name.to_uppercase()));
                };
                if measure.is_distinct && frame != Frame::All {
                    return refuse(at, "DISTINCT is not supported in a moving window.");
                }
                if matches!(measure.what, Measure::Joined(_)) {
                    return refuse(at, "STRING_AGG is not supported with OVER (…); use GROUP BY.");
                }
                let kind = measure.kind;
                (WindowFunction::Measure(measure), kind)
            }
        };
        let window = WindowCall { what, partition, order, frame, kind };
        let id = self.new_id();
        let Some(calls) = self.calls.last_mut() else { return refuse(at, "Window functions cannot stand here.") };
        let known = calls.windows.iter().find(|(_, other)| *other == window).map(|(id, _)| *id);
        if known.is_none() {
            calls.windows.push((id, window));
        }
        Ok(Expr::column(known.unwrap_or(id), kind))
    }

    fn window_spec(&self, over: &WindowType, at: Option<Place>) -> Result<WindowSpec, SqlError> {
        let spec = match over {
            WindowType::WindowSpec(spec) => spec.clone(),
            WindowType::NamedWindow(name) => self.named_window(name, 0)?,
        };
        match &spec.window_name {
            None => Ok(spec),
            Some(name) => {
                let base = self.named_window(name, 0)?;
                if !spec.partition_by.is_empty() || (!spec.order_by.is_empty() && !base.order_by.is_empty()) {
                    return refuse(at, "A window that extends another may only add ORDER BY and a frame.");
                }
                let order_by = if spec.order_by.is_empty() { base.order_by } else { spec.order_by };
                Ok(WindowSpec {
                    window_name: None,
                    partition_by: base.partition_by,
                    order_by,
                    window_frame: spec.window_frame.or(base.window_frame),
                })
            }
        }
    }

    fn named_window(&self, name: &ast::Ident, depth: usize) -> Result<WindowSpec, SqlError> {
        let known = self.calls.last().map(|calls| calls.named_windows.as_slice()).unwrap_or_default();
        let found = same_name(known, &name.value, |definition| &definition.0.value);
        match found.first().map(|definition| &definition.1) {
            Some(NamedWindowExpr::WindowSpec(spec)) if spec.window_name.is_none() => Ok(spec.clone()),
            Some(NamedWindowExpr::NamedWindow(other)) if depth < 10 => self.named_window(other, depth + 1),
            _ => refuse(ident_place(name), format!("There is no window {:?}.", super::shown(&name.value))),
        }
    }

    fn frame(&self, spec: &WindowSpec, at: Option<Place>) -> Result<Frame, SqlError> {
        let Some(frame) = &spec.window_frame else {
            return Ok(if spec.order_by.is_empty() { Frame::All } else { Frame::ToPeers });
        };
        let bound = |bound: &WindowFrameBound, is_start: bool| -> Result<Option<i64>, SqlError> {
            let rows = |expr: &ast::Expr| match expr {
                ast::Expr::Value(value) => match &value.value {
                    ast::Value::Number(text, _) => text.parse::<i64>().ok(),
                    _ => None,
                },
                _ => None,
            };
            match bound {
                WindowFrameBound::CurrentRow => Ok(Some(0)),
                WindowFrameBound::Preceding(None) if is_start => Ok(None),
                WindowFrameBound::Following(None) if !is_start => Ok(None),
                WindowFrameBound::Preceding(Some(n)) if rows(n).is_some() => Ok(rows(n).map(|n| -n)),
                WindowFrameBound::Following(Some(n)) if rows(n).is_some() => Ok(rows(n)),
                _ => refuse(at, "A frame is bounded by a constant number of rows, CURRENT ROW or UNBOUNDED."),
            }
        };
        let from = bound(&frame.start_bound, true)?;
        let to = match &frame.end_bound {
            Some(end) => bound(end, false)?,
            None => Some(0),
        };
        match (frame.units, from, to) {
            (_, None, None) => Ok(Frame::All),
            (..) if spec.order_by.is_empty() => refuse(at, "A frame needs ORDER BY inside OVER (…)."),
            (WindowFrameUnits::Rows, from, to) => Ok(Frame::Rows { from, to }),
            (WindowFrameUnits::Range, None, Some(0)) => Ok(Frame::ToPeers),
            _ => refuse(at, "Only ROWS frames are supported, and RANGE up to the CURRENT ROW."),
        }
    }
}
