//! The join guard: what every join does to the rows, counted before it runs, so that none multiplies or loses rows in
//! silence.

use std::collections::{BTreeSet, HashMap};

use analyst_types::{DataWarning, JoinReport, Severity};
use polars::prelude::*;

use super::frames::{Frames, Made, Stop, column, name};
use super::lite::each;
use super::plan::{Aggregate, ColumnId, Expr, Join, JoinKind, Kind, Measure, Node, Rows, WindowFunction};

/// Rows a join may give.
pub(super) const MOST_JOINED: u64 = 100_000_000;
/// Ids of columns that only the guard knows.
const FIRST_ID: ColumnId = 3_000_000_000;

/// The joins of a plan that can be counted: not those inside a subquery that looks outside, nor in a recursive step.
pub(super) fn of(rows: &Rows) -> Vec<&Join> {
    let mut found: Vec<&Join> = Vec::new();
    each(rows, &mut |rows| {
        if let Rows::Join(join) = rows
            && is_closed(rows)
        {
            found.push(join);
        }
    });
    found
}

/// Uses nothing from outside.
fn is_closed(rows: &Rows) -> bool {
    let (mut given, mut used) = (BTreeSet::new(), BTreeSet::new());
    let mut has_round = false;
    each(rows, &mut |rows| {
        given.extend(rows.columns());
        used.extend(rows.expressions().into_iter().flat_map(Expr::columns));
        has_round |= matches!(rows, Rows::Round { .. });
    });
    !has_round && used.is_subset(&given)
}

/// What a join does, and how many rows come out.
pub(super) fn report(frames: &mut Frames<'_>, join: &Join) -> Made<JoinReport> {
    let left_rows = height(frames, &join.left)?;
    let right_rows = height(frames, &join.right)?;
    let mut report = JoinReport {
        left: join.label.left.clone(),
        right: join.label.right.clone(),
        on: join.label.on.clone(),
        how: join.how.name().to_owned(),
        left_is_unique: false,
        right_is_unique: false,
        left_matched: 0.0,
        right_matched: 0.0,
        left_rows,
        right_rows,
        rows: 0,
    };
    if join.keys.is_empty() && join.rest.is_none() {
        report.how = if join.how == JoinKind::Inner { "cross".to_owned() } else { report.how };
        report.left_is_unique = left_rows < 2;
        report.right_is_unique = right_rows < 2;
        report.left_matched = if right_rows > 0 { 1.0 } else { 0.0 };
        report.right_matched = if left_rows > 0 { 1.0 } else { 0.0 };
        report.rows =
            outcome(join.how, left_rows.saturating_mul(right_rows), (left_rows, right_rows), (left_rows, right_rows));
        return Ok(report);
    }
    if join.keys.is_empty() {
        return by_condition(frames, join, report);
    }
    let counts = Counts::of(frames, join)?;
    report.left_is_unique = counts.left_most <= 1;
    report.right_is_unique = counts.right_most <= 1;
    report.left_matched = share(counts.left_matched, left_rows);
    report.right_matched = share(counts.right_matched, right_rows);
    report.rows = outcome(join.how, counts.pairs, (counts.left_matched, counts.right_matched), (left_rows, right_rows));
    if report.rows > MOST_JOINED {
        return Err(Stop::Wrong(super::frames::too_many(join, u128::from(report.rows))));
    }
    if join.rest.is_some() {
        return by_condition(frames, join, report);
    }
    Ok(report)
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

fn outcome(how: JoinKind, pairs: u64, matched: (u64, u64), rows: (u64, u64)) -> u64 {
    match how {
        JoinKind::Inner => pairs,
        JoinKind::Left => pairs + rows.0 - matched.0,
        JoinKind::Right => pairs + rows.1 - matched.1,
        JoinKind::Full => pairs + rows.0 - matched.0 + rows.1 - matched.1,
        JoinKind::Semi => matched.0,
        JoinKind::Anti => rows.0 - matched.0,
    }
}

/// Joins with more than equal keys: counted by running them.
fn by_condition(frames: &mut Frames<'_>, join: &Join, mut report: JoinReport) -> Made<JoinReport> {
    let like = |how: JoinKind| Rows::Join(Box::new(Join { how, ..join.clone() }));
    let matched = |how: JoinKind, frames: &mut Frames<'_>| height(frames, &like(how));
    report.rows = matched(join.how, frames)?;
    report.left_matched = share(matched(JoinKind::Semi, frames)?, report.left_rows);
    let flipped = Join {
        how: JoinKind::Semi,
        left: join.right.clone(),
        right: join.left.clone(),
        keys: join.keys.iter().map(|(a, b)| (b.clone(), a.clone())).collect(),
        ..join.clone()
    };
    report.right_matched = share(height(frames, &Rows::Join(Box::new(flipped)))?, report.right_rows);
    Ok(report)
}

fn height(frames: &mut Frames<'_>, rows: &Rows) -> Made<u64> {
    let frame = frames.lazy(rows)?.select([len().alias("n")]);
    let frame = frames.collect(frame)?;
    Ok(frame.column("n")?.get(0)?.extract::<u64>().unwrap_or(0))
}

struct Counts {
    left_most: u64,
    right_most: u64,
    left_matched: u64,
    right_matched: u64,
    pairs: u64,
}

impl Counts {
    /// Groups both sides by their keys, and joins the groups.
    fn of(frames: &mut Frames<'_>, join: &Join) -> Made<Self> {
        let left = grouped(frames, &join.left, join.keys.iter().map(|(a, _)| a))?;
        let right = grouped(frames, &join.right, join.keys.iter().map(|(_, b)| b))?;
        let most = |frame: &DataFrame| -> Made<u64> {
            Ok(frame.column("n")?.max_reduce()?.value().extract::<u64>().unwrap_or(0))
        };
        let (left_most, right_most) = (most(&left)?, most(&right)?);
        let keys: Vec<polars::prelude::Expr> = (0..join.keys.len()).map(|n| column(FIRST_ID + n as ColumnId)).collect();
        let met = left.lazy().join(right.lazy(), &keys, &keys, JoinArgs::new(JoinType::Inner));
        let n = || col("n").cast(DataType::Float64);
        let other = || col("n_right").cast(DataType::Float64);
        let sums = frames.collect(met.select([
            n().sum().alias("left"),
            other().sum().alias("right"),
            (n() * other()).sum().alias("pairs"),
        ]))?;
        let sum = |name: &str| -> Made<u64> { Ok(sums.column(name)?.get(0)?.extract::<f64>().unwrap_or(0.0) as u64) };
        Ok(Self {
            left_most,
            right_most,
            left_matched: sum("left")?,
            right_matched: sum("right")?,
            pairs: sum("pairs")?,
        })
    }
}

/// How often every key occurs; a key with a missing value meets nothing and is left out.
fn grouped<'k>(frames: &mut Frames<'_>, rows: &Rows, keys: impl Iterator<Item = &'k Expr>) -> Made<DataFrame> {
    let keys: Vec<(ColumnId, Expr)> =
        keys.enumerate().map(|(n, key)| (FIRST_ID + n as ColumnId, key.clone())).collect();
    let names: Vec<polars::prelude::Expr> = keys.iter().map(|(id, _)| col(name(*id))).collect();
    let present = names.iter().cloned().map(polars::prelude::Expr::is_not_null).reduce(polars::prelude::Expr::and);
    let projected = Rows::Project(Box::new(rows.clone()), keys);
    let mut frame = frames.lazy(&projected)?;
    if let Some(present) = present {
        frame = frame.filter(present);
    }
    frames.collect(frame.group_by(names).agg([len().alias("n")]))
}

/// What a person should know of the joins of a statement.
pub(super) fn notices(rows: &Rows, joins: &[(&Join, JoinReport)]) -> Vec<DataWarning> {
    const POOR: f64 = 0.5;
    let measured = measured(rows);
    let mut notices = Vec::new();
    for (join, report) in joins {
        if matches!(join.how, JoinKind::Semi | JoinKind::Anti) {
            continue;
        }
        let (left, right) = (&report.left, &report.right);
        let keys = |side: fn(&(String, String)) -> &String| report.on.iter().map(side).cloned().collect::<Vec<_>>();
        let (left_keys, right_keys) = (keys(|on| &on.0), keys(|on| &on.1));
        let mut columns = left_keys.clone();
        columns.extend(right_keys.iter().filter(|name| !left_keys.contains(name)).cloned());
        let mut tell = |code: &str, severity, message: String, count, fix: String| {
            notices.push(DataWarning {
                severity,
                columns: columns.clone(),
                count: Some(count),
                fix: Some(fix),
                ..DataWarning::new(code, message)
            });
        };
        let larger = report.left_rows.max(report.right_rows);
        let is_cross = report.how == "cross";
        if !report.left_is_unique && !report.right_is_unique && report.rows > larger && !join.keys.is_empty() {
            tell(
                "join_fan_out",
                Severity::Warning,
                format!(
                    "Joining {left} ({} rows) with {right} ({} rows) gives {} rows: the key repeats on both sides, so rows are multiplied, and sums and counts with them.",
                    report.left_rows, report.right_rows, report.rows
                ),
                report.rows - larger,
                format!("Aggregate {right} per {} before joining.", right_keys.join(", ")),
            );
        } else if !is_cross && !join.keys.is_empty() {
            let sides = [
                (left, right, &right_keys, report.left_is_unique, report.right_is_unique, join.left.columns()),
                (right, left, &left_keys, report.right_is_unique, report.left_is_unique, join.right.columns()),
            ];
            for (one, many, many_keys, one_is_unique, many_is_unique, of_one) in sides {
                if one_is_unique && !many_is_unique && measured.iter().any(|id| of_one.contains(id)) {
                    tell(
                        "join_repeats_rows",
                        Severity::Warning,
                        format!(
                            "A row of {one} is repeated for every row of {many} that it meets, and a column of {one} is summed, averaged or counted over the repeated rows."
                        ),
                        report.rows,
                        format!("Aggregate {many} per {} before joining.", many_keys.join(", ")),
                    );
                }
            }
        }
        if is_cross {
            continue;
        }
        let lost = |matched: f64, rows: u64| ((1.0 - matched) * rows as f64).round() as u64;
        let left_lost = lost(report.left_matched, report.left_rows);
        let check = format!(
            "Compare how {} and {} are written (upper case, spaces, leading zeros, types).",
            left_keys.join(", "),
            right_keys.join(", ")
        );
        if report.left_matched < POOR && report.left_rows > 0 && join.how != JoinKind::Right {
            tell(
                "join_poor_match",
                Severity::Warning,
                format!(
                    "Only {} of {} rows of {left} find a partner in {right}.",
                    report.left_rows - left_lost,
                    report.left_rows
                ),
                left_lost,
                check,
            );
        } else if join.how == JoinKind::Right && report.right_matched < POOR && report.right_rows > 0 {
            let right_lost = lost(report.right_matched, report.right_rows);
            tell(
                "join_poor_match",
                Severity::Warning,
                format!(
                    "Only {} of {} rows of {right} find a partner in {left}.",
                    report.right_rows - right_lost,
                    report.right_rows
                ),
                right_lost,
                check,
            );
        } else if left_lost > 0 && matches!(join.how, JoinKind::Inner | JoinKind::Right) {
            tell(
                "join_lost_rows",
                Severity::Warning,
                format!(
                    "{left_lost} of {} rows of {left} have no partner in {right} and are left out.",
                    report.left_rows
                ),
                left_lost,
                "Use LEFT JOIN to keep them.".to_owned(),
            );
        }
    }
    notices
}

/// Columns that are summed, averaged or counted somewhere, traced back to where they come from.
fn measured(rows: &Rows) -> BTreeSet<ColumnId> {
    let mut made_of: HashMap<ColumnId, BTreeSet<ColumnId>> = HashMap::new();
    let mut wanted: BTreeSet<ColumnId> = BTreeSet::new();
    let counts = |call: &Aggregate| {
        !call.is_distinct && matches!(call.what, Measure::Sum | Measure::Mean | Measure::Count | Measure::Median)
    };
    each(rows, &mut |rows| match rows {
        Rows::Project(_, columns) => made_of.extend(columns.iter().map(|(id, expr)| (*id, expr.columns()))),
        Rows::Combine { columns, .. } => {
            made_of.extend(columns.iter().map(|c| (c.id, BTreeSet::from([c.left, c.right]))));
        }
        Rows::Aggregate { calls, .. } => {
            for (id, call) in calls {
                let used: BTreeSet<ColumnId> = call.of.iter().flat_map(Expr::columns).collect();
                if counts(call) {
                    wanted.extend(&used);
                }
                made_of.insert(*id, used);
            }
        }
        Rows::Window { calls, .. } => {
            for (_, call) in calls {
                if let WindowFunction::Measure(measure) = &call.what
                    && counts(measure)
                {
                    wanted.extend(measure.of.iter().flat_map(Expr::columns));
                }
            }
        }
        _ => {}
    });
    let mut open: Vec<ColumnId> = wanted.iter().copied().collect();
    while let Some(id) = open.pop() {
        for source in made_of.get(&id).into_iter().flatten() {
            if wanted.insert(*source) {
                open.push(*source);
            }
        }
    }
    wanted
}

/// Where the statement leaves the order of rows open, what decides it: so that it is the same every time.
pub(super) fn settle(rows: &mut Rows) {
    match rows {
        Rows::Limit { input, .. }
            if !matches!(input.as_ref(), Rows::Sort(..)) && is_open(input) && !is_sorted(input) =>
        {
            let keys = keys_of(input, &[]);
            let inner = std::mem::replace(input.as_mut(), Rows::One);
            **input = Rows::Sort(Box::new(inner), keys);
        }
        Rows::Sort(input, keys) if is_open(input) => {
            let more = keys_of(input, keys);
            keys.extend(more);
        }
        _ => {}
    }
    match rows {
        Rows::Filter(input, _) | Rows::Project(input, _) | Rows::Distinct(input) | Rows::Sort(input, _) => {
            settle(input)
        }
        Rows::Aggregate { input, .. } | Rows::Window { input, .. } | Rows::Limit { input, .. } => settle(input),
        Rows::Join(join) => {
            settle(&mut join.left);
            settle(&mut join.right);
        }
        Rows::Combine { left, right, .. } => {
            settle(left);
            settle(right);
        }
        _ => {}
    }
}

fn is_sorted(rows: &Rows) -> bool {
    match rows {
        Rows::Sort(..) => true,
        Rows::Project(input, _) | Rows::Limit { input, .. } | Rows::Filter(input, _) => is_sorted(input),
        _ => false,
    }
}

/// Every column that is not a key yet.
pub(super) fn keys_of(rows: &Rows, known: &[super::plan::Key]) -> Vec<super::plan::Key> {
    rows.columns()
        .into_iter()
        .filter(|id| !known.iter().any(|key| key.by.node == Node::Column(*id)))
        .map(|id| super::plan::Key { by: Expr::column(id, Kind::Null), descending: false, nulls_first: false })
        .collect()
}

/// The engines give these rows in no order.
pub(super) fn is_open(rows: &Rows) -> bool {
    match rows {
        Rows::Join(_) | Rows::Aggregate { .. } | Rows::Distinct(_) | Rows::Combine { .. } | Rows::Recursive(_) => true,
        Rows::Sort(..) => false,
        Rows::Project(input, _) | Rows::Filter(input, _) | Rows::Limit { input, .. } | Rows::Window { input, .. } => {
            is_open(input)
        }
        Rows::One | Rows::Scan { .. } | Rows::Round { .. } => false,
    }
}
