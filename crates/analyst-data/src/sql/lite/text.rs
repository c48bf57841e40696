//! A plan as a SQLite statement. Texts are compared by their bytes; dates are days, moments microseconds, truth 0 and 1.

use crate::sql::bind::Bound;
use crate::sql::plan::{
    Aggregate, ColumnId, Combine, Comparison, Expr, Frame, Function, Join, JoinKind, Key, Kind, Literal, Measure, Node,
    Operator, Part, Recursive, Rows, Sides, Subquery, Unit, WindowCall, WindowFunction,
};

type Printed = Result<String, &'static str>;

/// More rows than a recursive WITH may give, by one.
const ROUNDS_AND_ONE: i64 = super::MOST_ROUNDS + 1;

#[derive(Default)]
pub(super) struct Printer {
    /// Something depends on upper and lower case, which SQLite knows of a to z only.
    pub needs_ascii: bool,
}

fn c(id: ColumnId) -> String {
    format!("c{id}")
}

/// A constant text.
fn quoted(text: &str) -> String {
    if text.contains('\0') {
        let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        return format!("CAST(x'{hex}' AS TEXT)");
    }
    format!("'{}'", text.replace('\'', "''"))
}

/// Division that rounds down, of a value printed once.
fn floor_div(value: &str, by: i64) -> String {
    format!("(({value}) - ((({value}) % {by}) + {by}) % {by}) / {by}")
}

impl Printer {
    pub fn result(&mut self, bound: &Bound) -> Printed {
        let columns: Vec<String> = bound.columns.iter().map(|column| c(column.id)).collect();
        let inner = self.rows(&bound.rows)?;
        Ok(match &bound.rows {
            // The order of the statement must be that of the outermost SELECT.
            Rows::Sort(..) | Rows::Limit { .. } | Rows::Project(..)
                if names_are(&bound.rows, &bound.columns.iter().map(|c| c.id).collect::<Vec<_>>()) =>
            {
                inner
            }
            _ => format!("SELECT {} FROM ({inner})", columns.join(",")),
        })
    }

    pub fn count_rounds(&mut self, recursive: &Recursive) -> Printed {
        Ok(format!("SELECT COUNT(*) FROM ({})", self.recursive(recursive)?))
    }

    fn rows(&mut self, rows: &Rows) -> Printed {
        Ok(match rows {
            Rows::One => "SELECT 0 AS c0".to_owned(),
            Rows::Scan { table, columns } => {
                let columns: Vec<String> =
                    columns.iter().map(|(id, position)| format!("k{position} AS c{id}")).collect();
                format!("SELECT {} FROM t{table}", columns.join(","))
            }
            Rows::Filter(input, test) => format!("SELECT * FROM ({}) WHERE {}", self.rows(input)?, self.value(test)?),
            Rows::Project(input, columns) => {
                let columns = columns
                    .iter()
                    .map(|(id, expr)| Ok(format!("{} AS c{id}", self.value(expr)?)))
                    .collect::<Result<Vec<_>, &'static str>>()?
                    .join(",");
                match input.as_ref() {
                    Rows::Sort(input, keys) => {
                        format!("SELECT {columns} FROM ({}) ORDER BY {}", self.rows(input)?, self.keys(keys)?)
                    }
                    input => format!("SELECT {columns} FROM ({})", self.rows(input)?),
                }
            }
            Rows::Join(join) => self.join(join)?,
            Rows::Aggregate { input, keys, calls } => self.aggregate(input, keys, calls)?,
            Rows::Window { input, calls } => {
                let calls = calls
                    .iter()
                    .map(|(id, call)| Ok(format!("{} AS c{id}", self.window(call)?)))
                    .collect::<Result<Vec<_>, &'static str>>()?
                    .join(",");
                format!("SELECT *, {calls} FROM ({})", self.rows(input)?)
            }
            Rows::Distinct(input) => format!("SELECT DISTINCT * FROM ({})", self.rows(input)?),
            Rows::Combine { how, left, right, columns } => {
                let how = match how {
                    Combine::UnionAll => "UNION ALL",
                    Combine::Intersect => "INTERSECT",
                    Combine::Except => "EXCEPT",
                };
                let a: Vec<String> =
                    columns.iter().map(|column| format!("c{} AS c{}", column.left, column.id)).collect();
                let b: Vec<String> =
                    columns.iter().map(|column| format!("c{} AS c{}", column.right, column.id)).collect();
                let (left, right) = (self.rows(left)?, self.rows(right)?);
                format!("SELECT {} FROM ({left}) {how} SELECT {} FROM ({right})", a.join(","), b.join(","))
            }
            Rows::Sort(input, keys) => format!("SELECT * FROM ({}) ORDER BY {}", self.rows(input)?, self.keys(keys)?),
            Rows::Limit { input, limit, offset } => {
                let inner = self.rows(input)?;
                let limit = limit.map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX));
                let is_open = matches!(input.as_ref(), Rows::Sort(..)) || matches!(input.as_ref(), Rows::Project(..));
                if is_open {
                    format!("{inner} LIMIT {limit} OFFSET {offset}")
                } else {
                    format!("SELECT * FROM ({inner}) LIMIT {limit} OFFSET {offset}")
                }
            }
            Rows::Recursive(recursive) => self.recursive(recursive)?,
            Rows::Round { id, columns } => {
                let columns: Vec<String> = columns.iter().map(|(id, _)| c(*id)).collect();
                format!("SELECT {} FROM r{id}", columns.join(","))
            }
        })
    }

    fn recursive(&mut self, recursive: &Recursive) -> Printed {
        let names: Vec<String> = recursive.inner.iter().map(|id| c(*id)).collect();
        let start: Vec<String> = recursive.start_columns.iter().map(|id| c(*id)).collect();
        let result: Vec<String> = recursive
            .columns
            .iter()
            .zip(&recursive.inner)
            .map(|((id, _), inner)| format!("c{inner} AS c{id}"))
            .collect();
        let union = if recursive.keeps_repeats { "UNION ALL" } else { "UNION" };
        let id = recursive.id;
        Ok(format!(
            "WITH RECURSIVE r{id}({}) AS (SELECT {} FROM ({}) {union} {} LIMIT {ROUNDS_AND_ONE}) SELECT {} FROM r{id}",
            names.join(","),
            start.join(","),
            self.rows(&recursive.start)?,
            self.step(&recursive.step, &recursive.step_columns)?,
            result.join(",")
        ))
    }

    /// SQLite wants the rows of the last round directly in FROM, in no subquery.
    fn step(&mut self, step: &Rows, columns: &[ColumnId]) -> Printed {
        const SIMPLE: &str = "a recursive WITH whose step is more than SELECT … FROM … JOIN … WHERE …";
        let Rows::Project(input, values) = step else { return Err(SIMPLE) };
        let mut tests = Vec::new();
        let mut input = input.as_ref();
        while let Rows::Filter(inner, test) = input {
            tests.push(self.value(test)?);
            input = inner;
        }
        let from = self.step_from(input, &mut tests)?;
        let values = columns
            .iter()
            .map(|id| match values.iter().find(|(other, _)| other == id) {
                Some((_, value)) => self.value(value),
                None => Err(SIMPLE),
            })
            .collect::<Result<Vec<_>, _>>()?;
        let tests = if tests.is_empty() { String::new() } else { format!(" WHERE {}", tests.join(" AND ")) };
        Ok(format!("SELECT {} FROM {from}{tests}", values.join(",")))
    }

    fn step_from(&mut self, rows: &Rows, tests: &mut Vec<String>) -> Printed {
        match rows {
            Rows::Round { id, .. } => Ok(format!("r{id}")),
            Rows::Join(join) if join.how == JoinKind::Inner => {
                let left = self.step_from(&join.left, tests)?;
                let right = self.step_from(&join.right, tests)?;
                for (a, b) in &join.keys {
                    tests.push(format!("({} = {})", self.value(a)?, self.value(b)?));
                }
                if let Some(rest) = &join.rest {
                    tests.push(self.value(rest)?);
                }
                Ok(format!("{left}, {right}"))
            }
            Rows::Project(..) | Rows::Filter(..) if has_round(rows) => {
                Err("a recursive WITH whose step reads itself through a subquery or USING")
            }
            other => Ok(format!("({})", self.rows(other)?)),
        }
    }

    fn join(&mut self, join: &Join) -> Printed {
        let mut tests = Vec::new();
        for (a, b) in &join.keys {
            tests.push(format!("({} = {})", self.value(a)?, self.value(b)?));
        }
        if let Some(rest) = &join.rest {
            tests.push(self.value(rest)?);
        }
        let on = if tests.is_empty() { "1".to_owned() } else { tests.join(" AND ") };
        let (left, right) = (self.rows(&join.left)?, self.rows(&join.right)?);
        let how = match join.how {
            JoinKind::Inner => "JOIN",
            JoinKind::Left => "LEFT JOIN",
            JoinKind::Right => "RIGHT JOIN",
            JoinKind::Full => "FULL JOIN",
            JoinKind::Semi => {
                return Ok(format!("SELECT * FROM ({left}) WHERE EXISTS (SELECT 1 FROM ({right}) WHERE {on})"));
            }
            JoinKind::Anti => {
                return Ok(format!("SELECT * FROM ({left}) WHERE NOT EXISTS (SELECT 1 FROM ({right}) WHERE {on})"));
            }
        };
        Ok(format!("SELECT * FROM ({left}) {how} ({right}) ON {on}"))
    }

    fn aggregate(&mut self, input: &Rows, keys: &[(ColumnId, Expr)], calls: &[(ColumnId, Aggregate)]) -> Printed {
        let mut columns = Vec::new();
        let mut by = Vec::new();
        for (id, key) in keys {
            let key = self.value(key)?;
            columns.push(format!("{key} AS c{id}"));
            by.push(key);
        }
        for (id, call) in calls {
            columns.push(format!("{} AS c{id}", self.measure(call)?));
        }
        if columns.is_empty() {
            columns.push("COUNT(*) AS c0".to_owned());
        }
        let input = self.rows(input)?;
        if by.is_empty() {
            return Ok(format!("SELECT {} FROM ({input})", columns.join(",")));
        }
        Ok(format!("SELECT {} FROM ({input}) GROUP BY {}", columns.join(","), by.join(",")))
    }

    fn measure(&mut self, call: &Aggregate) -> Printed {
        let of = call.of.iter().map(|argument| self.value(argument)).collect::<Result<Vec<_>, _>>()?;
        let distinct = if call.is_distinct { "DISTINCT " } else { "" };
        let first = of.first().cloned().unwrap_or_default();
        Ok(match &call.what {
            Measure::CountRows => "COUNT(*)".to_owned(),
            Measure::Count => format!("COUNT({distinct}{first})"),
            Measure::Sum => format!("SUM({distinct}{first})"),
            Measure::Mean => format!("AVG({distinct}{first})"),
            Measure::Min | Measure::All => format!("MIN({first})"),
            Measure::Max | Measure::Any => format!("MAX({first})"),
            Measure::Joined(_) if call.is_distinct => return Err("STRING_AGG(DISTINCT …) in a statement of this form"),
            Measure::Joined(separator) => {
                let order = if call.order.is_empty() {
                    String::new()
                } else {
                    format!(" ORDER BY {}", self.keys(&call.order)?)
                };
                format!("GROUP_CONCAT({first}, {}{order})", quoted(separator))
            }
            _ => return Err("MEDIAN, QUANTILE, STDDEV, VARIANCE and CORR in a statement of this form"),
        })
    }

    fn window(&mut self, call: &WindowCall) -> Printed {
        let what = match &call.what {
            WindowFunction::RowNumber => "ROW_NUMBER()".to_owned(),
            WindowFunction::Rank => "RANK()".to_owned(),
            WindowFunction::DenseRank => "DENSE_RANK()".to_owned(),
            WindowFunction::PercentRank => "PERCENT_RANK()".to_owned(),
            WindowFunction::CumulativeShare => "CUME_DIST()".to_owned(),
            WindowFunction::Tile(n) => format!("NTILE({n})"),
            WindowFunction::Shift { of, by, or } => {
                let name = if *by < 0 { "LEAD" } else { "LAG" };
                format!("{name}({}, {}, {})", self.value(of)?, by.unsigned_abs(), self.value(or)?)
            }
            WindowFunction::First(of) => format!("FIRST_VALUE({})", self.value(of)?),
            WindowFunction::Last(of) => format!("LAST_VALUE({})", self.value(of)?),
            WindowFunction::Measure(measure) if measure.is_distinct => return Err("DISTINCT in a window"),
            WindowFunction::Measure(measure) => self.measure(measure)?,
        };
        let mut parts = Vec::new();
        if !call.partition.is_empty() {
            let by = call.partition.iter().map(|by| self.value(by)).collect::<Result<Vec<_>, _>>()?;
            parts.push(format!("PARTITION BY {}", by.join(",")));
        }
        let takes_frame =
            matches!(call.what, WindowFunction::First(_) | WindowFunction::Last(_) | WindowFunction::Measure(_));
        if !call.order.is_empty() {
            parts.push(format!("ORDER BY {}", self.keys(&call.order)?));
        }
        if takes_frame {
            let bound = |n: Option<i64>, open: &str| match n {
                None => format!("UNBOUNDED {open}"),
                Some(0) => "CURRENT ROW".to_owned(),
                Some(n) if n < 0 => format!("{} PRECEDING", -n),
                Some(n) => format!("{n} FOLLOWING"),
            };
            parts.push(match call.frame {
                Frame::All => "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING".to_owned(),
                Frame::ToPeers => "RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW".to_owned(),
                Frame::Rows { from, to } => {
                    format!("ROWS BETWEEN {} AND {}", bound(from, "PRECEDING"), bound(to, "FOLLOWING"))
                }
            });
        }
        Ok(format!("{what} OVER ({})", parts.join(" ")))
    }

    fn keys(&mut self, keys: &[Key]) -> Printed {
        let keys = keys
            .iter()
            .map(|key| {
                let direction = if key.descending { "DESC" } else { "ASC" };
                let nulls = if key.nulls_first { "FIRST" } else { "LAST" };
                Ok(format!("{} {direction} NULLS {nulls}", self.value(&key.by)?))
            })
            .collect::<Result<Vec<_>, &'static str>>()?;
        Ok(keys.join(","))
    }

    fn value(&mut self, expr: &Expr) -> Printed {
        Ok(match &expr.node {
            Node::Column(id) => c(*id),
            Node::Literal(literal) => constant(literal),
            Node::Not(inner) => format!("(NOT {})", self.value(inner)?),
            Node::Negate(inner) => format!("(- {})", self.value(inner)?),
            Node::IsNull(inner) => format!("({} IS NULL)", self.value(inner)?),
            Node::And(a, b) => format!("({} AND {})", self.value(a)?, self.value(b)?),
            Node::Or(a, b) => format!("({} OR {})", self.value(a)?, self.value(b)?),
            Node::Compare(how, a, b) => {
                let operator = match how {
                    Comparison::Equal => "=",
                    Comparison::NotEqual => "<>",
                    Comparison::Less => "<",
                    Comparison::AtMost => "<=",
                    Comparison::Greater => ">",
                    Comparison::AtLeast => ">=",
                    Comparison::Same => "IS",
                };
                format!("({} {operator} {})", self.value(a)?, self.value(b)?)
            }
            Node::Arithmetic(operator, a, b) => {
                let (a, b) = (self.value(a)?, self.value(b)?);
                match operator {
                    Operator::Add => format!("({a} + {b})"),
                    Operator::Subtract => format!("({a} - {b})"),
                    Operator::Multiply => format!("({a} * {b})"),
                    Operator::Divide => format!("(CAST({a} AS REAL) / {b})"),
                    Operator::Remainder if expr.kind == Kind::Integer => format!("({a} % {b})"),
                    Operator::Remainder => {
                        return Err("the remainder of numbers that are not whole in a statement of this form");
                    }
                }
            }
            Node::Concat(a, b) => format!("({} || {})", self.value(a)?, self.value(b)?),
            Node::Case(branches, otherwise) => {
                let mut text = String::from("CASE");
                for (test, value) in branches {
                    text.push_str(&format!(" WHEN {} THEN {}", self.value(test)?, self.value(value)?));
                }
                format!("({text} ELSE {} END)", self.value(otherwise)?)
            }
            Node::Cast { from, .. } => {
                let value = self.value(from)?;
                cast(&value, from.kind, expr.kind)?
            }
            Node::Like { text, pattern, escape, any_case } => {
                let (mut text, mut pattern) = (self.value(text)?, self.value(pattern)?);
                if *any_case {
                    self.needs_ascii = true;
                    (text, pattern) = (format!("lower({text})"), format!("lower({pattern})"));
                }
                let escape = escape.map_or(String::new(), |escape| format!(" ESCAPE {}", quoted(&escape.to_string())));
                format!("({text} LIKE {pattern}{escape})")
            }
            Node::Matches { .. } => return Err("regular expressions in a statement of this form"),
            Node::InList(value, list) => {
                let list = list.iter().map(|item| self.value(item)).collect::<Result<Vec<_>, _>>()?;
                format!("({} IN ({}))", self.value(value)?, list.join(","))
            }
            Node::InQuery(value, query) => {
                format!("({} IN (SELECT c{} FROM ({})))", self.value(value)?, query.column, self.rows(&query.rows)?)
            }
            Node::Exists(query) => format!("(EXISTS ({}))", self.rows(&query.rows)?),
            Node::Scalar(query) => self.scalar(query)?,
            Node::Call(function, arguments) => {
                let kind = arguments.first().map_or(Kind::Null, |argument| argument.kind);
                let values = arguments.iter().map(|argument| self.value(argument)).collect::<Result<Vec<_>, _>>()?;
                self.call(function, &values, kind)?
            }
        })
    }

    /// Two rows raise an overflow, for lack of another way to raise anything.
    fn scalar(&mut self, query: &Subquery) -> Printed {
        let rows = self.rows(&query.rows)?;
        let column = c(query.column);
        if gives_one_row(&query.rows) {
            return Ok(format!("(SELECT {column} FROM ({rows}))"));
        }
        Ok(format!(
            "(SELECT CASE WHEN COUNT(*) > 1 THEN abs(-9223372036854775807 - 1) ELSE MAX({column}) END FROM ({rows}))"
        ))
    }

    fn call(&mut self, function: &Function, values: &[String], kind: Kind) -> Printed {
        let x = values.first().cloned().unwrap_or_default();
        Ok(match function {
            Function::Upper | Function::Lower => {
                self.needs_ascii = true;
                format!("{}({x})", if *function == Function::Upper { "upper" } else { "lower" })
            }
            Function::Length => format!("length({x})"),
            Function::Trim(sides, what) => {
                let name = match sides {
                    Sides::Both => "trim",
                    Sides::Start => "ltrim",
                    Sides::End => "rtrim",
                };
                format!("{name}({x}, {})", quoted(what.as_deref().unwrap_or(" ")))
            }
            Function::Substring { from, length } => match length {
                Some(length) => format!("substr({x}, {from}, {length})"),
                None if *from < 0 => {
                    format!("(CASE WHEN length({x}) <= {} THEN {x} ELSE substr({x}, {from}) END)", -from)
                }
                None => format!("substr({x}, {from})"),
            },
            Function::Replace { what, by } => format!("replace({x}, {}, {})", quoted(what), quoted(by)),
            Function::StartsWith(what) => format!("(substr({x}, 1, {}) = {})", what.chars().count(), quoted(what)),
            Function::EndsWith(what) if what.is_empty() => format!("({x} = {x})"),
            Function::EndsWith(what) => {
                let n = what.chars().count();
                format!("(length({x}) >= {n} AND substr({x}, -{n}) = {})", quoted(what))
            }
            Function::Contains(what) => format!("(instr({x}, {}) > 0)", quoted(what)),
            Function::Position(what) => format!("instr({x}, {})", quoted(what)),
            Function::Abs => format!("abs({x})"),
            Function::Sign => format!("(CASE WHEN {x} > 0 THEN 1 WHEN {x} < 0 THEN -1 WHEN {x} = 0 THEN 0 END)"),
            Function::Round(digits) if *digits >= 0 => format!("round({x}, {digits})"),
            Function::Round(digits) => {
                let step = 10f64.powi(-(*digits as i32));
                format!("(round({x} / {step:?}) * {step:?})")
            }
            Function::Floor | Function::Ceiling | Function::Truncate => {
                let whole = format!("CAST({x} AS INTEGER)");
                let result = match function {
                    Function::Floor => format!("({whole} - ({x} < {whole}))"),
                    Function::Ceiling => format!("({whole} + ({x} > {whole}))"),
                    _ => whole,
                };
                format!("(CASE WHEN abs({x}) < 9e15 THEN CAST({result} AS REAL) ELSE {x} END)")
            }
            Function::Coalesce if values.len() == 1 => x,
            Function::Coalesce => format!("coalesce({})", values.join(",")),
            Function::Greatest | Function::Least => {
                let name = if *function == Function::Greatest { "max" } else { "min" };
                let mut best = x;
                for value in &values[1..] {
                    best = format!("{name}(coalesce({best}, {value}), coalesce({value}, {best}))");
                }
                best
            }
            Function::Part(part) => date_part(*part, &x, kind),
            Function::TruncateTo(unit) => truncated(*unit, &x, kind),
            Function::Format(format) => {
                if !only_specs(format, "YmdHMSj") {
                    return Err("STRFTIME with these letters in a statement of this form");
                }
                format!("strftime({}, {}, 'unixepoch')", quoted(format), seconds(&x, kind))
            }
            Function::Add { months, days, micros } => match kind {
                Kind::Date if *months == 0 => format!("({x} + {days})"),
                Kind::Date => format!(
                    "(CAST(strftime('%s', date({x} * 86400, 'unixepoch', '{months:+} months', 'floor')) AS INTEGER) / 86400 + {days})"
                ),
                _ if *months == 0 => format!("({x} + {})", days * 86_400_000_000 + micros),
                _ => return Err("adding months to moments in a statement of this form"),
            },
            Function::DaysBetween => format!("({x} - {})", values[1]),
            _ => return Err("this function in a statement of this form"),
        })
    }
}

fn only_specs(format: &str, known: &str) -> bool {
    let mut chars = format.chars();
    while let Some(char) = chars.next() {
        if char == '%' && !chars.next().is_some_and(|spec| known.contains(spec)) {
            return false;
        }
    }
    true
}

fn names_are(rows: &Rows, ids: &[ColumnId]) -> bool {
    match rows {
        Rows::Project(_, columns) => columns.iter().map(|(id, _)| *id).eq(ids.iter().copied()),
        Rows::Sort(input, _) => names_are(input, ids),
        Rows::Limit { input, .. } => names_are(input, ids),
        Rows::Distinct(input) => names_are(input, ids),
        Rows::Combine { columns, .. } => columns.iter().map(|column| column.id).eq(ids.iter().copied()),
        _ => false,
    }
}

fn has_round(rows: &Rows) -> bool {
    matches!(rows, Rows::Round { .. }) || rows.inputs().into_iter().any(has_round)
}

/// At most one, whatever the data.
fn gives_one_row(rows: &Rows) -> bool {
    match rows {
        Rows::One => true,
        Rows::Aggregate { keys, .. } => keys.is_empty(),
        Rows::Limit { limit: Some(0 | 1), .. } => true,
        Rows::Filter(input, _) | Rows::Project(input, _) | Rows::Distinct(input) | Rows::Sort(input, _) => {
            gives_one_row(input)
        }
        Rows::Limit { input, .. } => gives_one_row(input),
        _ => false,
    }
}

fn constant(literal: &Literal) -> String {
    match literal {
        Literal::Null => "NULL".to_owned(),
        Literal::Boolean(value) => i64::from(*value).to_string(),
        Literal::Integer(i64::MIN) => "(-9223372036854775807 - 1)".to_owned(),
        Literal::Integer(value) => format!("({value})"),
        Literal::Float(value) => format!("({value:?})"),
        Literal::Text(text) => quoted(text),
        Literal::Date(days) => format!("({days})"),
        Literal::Datetime(micros) => format!("({micros})"),
    }
}

fn cast(value: &str, from: Kind, to: Kind) -> Printed {
    Ok(match (from, to) {
        (Kind::Integer | Kind::Boolean, Kind::Float) => format!("CAST({value} AS REAL)"),
        (Kind::Float, Kind::Integer) => format!("CAST({value} AS INTEGER)"),
        (Kind::Boolean, Kind::Integer) | (Kind::Null, _) => value.to_owned(),
        (Kind::Integer, Kind::Text) => format!("CAST({value} AS TEXT)"),
        (Kind::Boolean, Kind::Text) => format!("(CASE WHEN {value} THEN 'true' WHEN NOT {value} THEN 'false' END)"),
        (Kind::Date | Kind::Datetime, Kind::Text) => {
            let format = if from == Kind::Date { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M:%S" };
            format!("strftime('{format}', {}, 'unixepoch')", seconds(value, from))
        }
        (Kind::Date, Kind::Datetime) => format!("({value} * 86400000000)"),
        (Kind::Datetime, Kind::Date) => format!("({})", floor_div(value, 86_400_000_000)),
        _ => return Err("a CAST of text or to text in a statement of this form"),
    })
}

fn seconds(value: &str, kind: Kind) -> String {
    match kind {
        Kind::Date => format!("({value} * 86400)"),
        _ => format!("({})", floor_div(value, 1_000_000)),
    }
}

fn date_part(part: Part, value: &str, kind: Kind) -> String {
    let number = |spec: &str| format!("CAST(strftime('{spec}', {}, 'unixepoch') AS INTEGER)", seconds(value, kind));
    match part {
        Part::Year => number("%Y"),
        Part::Quarter => format!("(({} + 2) / 3)", number("%m")),
        Part::Month => number("%m"),
        Part::Week => number("%V"),
        Part::WeekYear => number("%G"),
        Part::Day => number("%d"),
        Part::DayOfWeek => number("%w"),
        Part::IsoDayOfWeek => number("%u"),
        Part::DayOfYear => number("%j"),
        Part::Hour => number("%H"),
        Part::Minute => number("%M"),
        Part::Second => number("%S"),
    }
}

fn truncated(unit: Unit, value: &str, kind: Kind) -> String {
    let per_day: i64 = if kind == Kind::Date { 1 } else { 86_400_000_000 };
    let start = |modifiers: &str| {
        format!(
            "(CAST(strftime('%s', date({}, 'unixepoch', {modifiers})) AS INTEGER) / 86400 * {per_day})",
            seconds(value, kind)
        )
    };
    let multiple = |micros: i64| format!("(({}) * {micros})", floor_div(value, micros));
    match unit {
        Unit::Year => start("'start of year'"),
        Unit::Month => start("'start of month'"),
        Unit::Quarter => {
            let month = date_part(Part::Month, value, kind);
            start(&format!("'start of month', '-' || (({month} - 1) % 3) || ' months'"))
        }
        Unit::Week => {
            let day =
                if kind == Kind::Date { value.to_owned() } else { format!("({})", floor_div(value, 86_400_000_000)) };
            format!("(({day} - (({day} + 3) % 7 + 7) % 7) * {per_day})")
        }
        Unit::Day => multiple(per_day),
        Unit::Hour => multiple(3_600_000_000),
        Unit::Minute => multiple(60_000_000),
        Unit::Second => multiple(1_000_000),
    }
}
