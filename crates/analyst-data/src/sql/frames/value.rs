//! Expressions of a plan as expressions of Polars.

use polars::prelude::*;

use super::{Frames, Made, Stop, column, dtype};
use crate::error::SqlError;
use crate::sql::plan::{self, Comparison, Function, Kind, Literal, Node, Operator, Part, Sides, Subquery, Unit};

/// A constant as Polars has it.
pub(in crate::sql) fn literal_value(literal: &Literal, kind: Kind) -> Expr {
    match literal {
        Literal::Null if kind == Kind::Null => lit(NULL),
        Literal::Null => lit(NULL).cast(dtype(kind)),
        Literal::Boolean(value) => lit(*value),
        Literal::Integer(value) => lit(*value),
        Literal::Float(value) => lit(*value),
        Literal::Text(text) => lit(text.clone()),
        Literal::Date(days) => lit(*days).cast(DataType::Date),
        Literal::Datetime(micros) => lit(*micros).cast(dtype(Kind::Datetime)),
    }
}

impl Frames<'_> {
    pub(super) fn values(&mut self, exprs: &[plan::Expr]) -> Made<Vec<Expr>> {
        exprs.iter().map(|expr| self.value(expr)).collect()
    }

    pub(super) fn value(&mut self, expr: &plan::Expr) -> Made<Expr> {
        Ok(match &expr.node {
            Node::Column(id) => column(*id),
            Node::Literal(literal) => literal_value(literal, expr.kind),
            Node::Not(inner) => self.value(inner)?.not(),
            Node::Negate(inner) => lit(0i64).cast(dtype(expr.kind)) - self.value(inner)?,
            Node::IsNull(inner) => self.value(inner)?.is_null(),
            Node::And(a, b) => self.value(a)?.and(self.value(b)?),
            Node::Or(a, b) => self.value(a)?.or(self.value(b)?),
            Node::Compare(how, a, b) => {
                let (a, b) = (self.value(a)?, self.value(b)?);
                match how {
                    Comparison::Equal => a.eq(b),
                    Comparison::NotEqual => a.neq(b),
                    Comparison::Less => a.lt(b),
                    Comparison::AtMost => a.lt_eq(b),
                    Comparison::Greater => a.gt(b),
                    Comparison::AtLeast => a.gt_eq(b),
                    Comparison::Same => a.eq_missing(b),
                }
            }
            Node::Arithmetic(operator, a, b) => {
                let (a, b) = (self.value(a)?, self.value(b)?);
                arithmetic(*operator, a, b, expr.kind)
            }
            Node::Concat(a, b) => concat_str([self.value(a)?, self.value(b)?], "", false),
            Node::Case(branches, otherwise) => {
                let mut result = self.value(otherwise)?;
                for (test, value) in branches.iter().rev() {
                    result = when(self.value(test)?).then(self.value(value)?).otherwise(result);
                }
                result
            }
            Node::Cast { from, is_strict } => {
                let value = self.value(from)?;
                cast(value, from.kind, expr.kind, *is_strict)
            }
            Node::Like { text, pattern, escape, any_case } => {
                let Node::Literal(Literal::Text(pattern)) = &pattern.node else {
                    return Err(Stop::Unsupported("LIKE with a pattern that is not constant"));
                };
                like(self.value(text)?, pattern, *escape, *any_case)?
            }
            Node::Matches { text, regex } => self.value(text)?.str().contains(lit(regex.clone()), true),
            Node::InList(value, list) => self.in_list(value, list)?,
            Node::InQuery(value, query) => self.in_query(value, query)?,
            Node::Exists(query) => {
                uncorrelated(query)?;
                if self.is_dry {
                    let _ = self.lazy(&query.rows)?;
                    return Ok(lit(true));
                }
                let frame = self.lazy(&query.rows)?.limit(1);
                lit(self.collect(frame)?.height() > 0)
            }
            Node::Scalar(query) => self.scalar(query)?,
            Node::Call(function, arguments) => {
                let values = self.values(arguments)?;
                let kind = arguments.first().map_or(Kind::Null, |argument| argument.kind);
                call(function, values, kind)?
            }
        })
    }

    fn in_list(&mut self, value: &plan::Expr, list: &[plan::Expr]) -> Made<Expr> {
        const FEW: usize = 8;
        let subject = self.value(value)?;
        let is_plain = |item: &plan::Expr| matches!(&item.node, Node::Literal(literal) if *literal != Literal::Null);
        if list.len() > FEW && list.iter().all(is_plain) {
            let texts: Option<Vec<&str>> = list
                .iter()
                .map(|item| match &item.node {
                    Node::Literal(Literal::Text(text)) => Some(text.as_str()),
                    _ => None,
                })
                .collect();
            let whole: Option<Vec<i64>> = list
                .iter()
                .map(|item| match &item.node {
                    Node::Literal(Literal::Integer(n)) => Some(*n),
                    _ => None,
                })
                .collect();
            let series = texts
                .map(|texts| Series::new("".into(), texts))
                .or_else(|| whole.map(|whole| Series::new("".into(), whole)));
            if let Some(series) = series {
                return Ok(subject.is_in(lit(series).implode(true), false));
            }
        }
        let mut test: Option<Expr> = None;
        for item in list {
            let same = subject.clone().eq(self.value(item)?);
            test = Some(match test {
                None => same,
                Some(test) => test.or(same),
            });
        }
        Ok(test.unwrap_or_else(|| lit(false)))
    }

    /// Three-valued: unknown where the value is missing, or where it is not found and a value of the subquery is missing.
    fn in_query(&mut self, value: &plan::Expr, query: &Subquery) -> Made<Expr> {
        uncorrelated(query)?;
        let subject = self.value(value)?;
        let frame = self.lazy(&query.rows)?.select([column(query.column)]);
        if self.is_dry {
            return Ok(subject.is_not_null());
        }
        let frame = self.collect(frame)?;
        let values = frame.columns()[0].as_materialized_series().cast(&dtype(value.kind))?;
        if values.is_empty() {
            return Ok(lit(false));
        }
        let has_missing = values.null_count() > 0;
        let values = values.drop_nulls().unique()?;
        if values.is_empty() {
            return Ok(lit(NULL).cast(DataType::Boolean));
        }
        let found = subject.is_in(lit(values).implode(true), false);
        Ok(if has_missing {
            when(found.clone()).then(found).otherwise(lit(NULL).cast(DataType::Boolean))
        } else {
            found
        })
    }

    fn scalar(&mut self, query: &Subquery) -> Made<Expr> {
        uncorrelated(query)?;
        let frame = self.lazy(&query.rows)?.select([column(query.column)]).limit(2);
        if self.is_dry {
            return Ok(lit(NULL).cast(dtype(query.kind)));
        }
        let frame = self.collect(frame)?;
        if frame.height() > 1 {
            return Err(Stop::Wrong(many_rows()));
        }
        let series = frame.columns()[0].as_materialized_series();
        if series.is_empty() || series.null_count() == 1 {
            return Ok(literal_value(&Literal::Null, query.kind));
        }
        let value = series.get(0)?.into_static();
        Ok(lit(Scalar::new(series.dtype().clone(), value)))
    }
}

pub(in crate::sql) fn many_rows() -> SqlError {
    SqlError::Refused {
        message: "A subquery used as a value gave more than one row. Aggregate it (MIN, MAX, …), or add LIMIT 1 with ORDER BY.".to_owned(),
        at: None,
    }
}

fn uncorrelated(query: &Subquery) -> Made<()> {
    if query.outer.is_empty() {
        Ok(())
    } else {
        Err(Stop::Unsupported("a subquery that uses columns of the query around it"))
    }
}

fn missing(kind: Kind) -> Expr {
    literal_value(&Literal::Null, kind)
}

fn unless_zero(divisor: Expr, kind: Kind) -> Expr {
    let zero = if kind == Kind::Integer { lit(0i64) } else { lit(0.0) };
    when(divisor.clone().neq(zero)).then(divisor).otherwise(missing(kind))
}

fn arithmetic(operator: Operator, a: Expr, b: Expr, kind: Kind) -> Expr {
    match operator {
        Operator::Add => a + b,
        Operator::Subtract => a - b,
        Operator::Multiply => a * b,
        Operator::Divide => a / unless_zero(b, kind),
        Operator::Remainder => {
            // Of absolute values, where every definition agrees; the sign is the dividend's.
            let zero = if kind == Kind::Integer { lit(0i64) } else { lit(0.0) };
            let rest = a.clone().abs() % unless_zero(b.abs(), kind);
            when(a.lt(zero.clone())).then(zero - rest.clone()).otherwise(rest)
        }
    }
}

fn cast(value: Expr, from: Kind, to: Kind, is_strict: bool) -> Expr {
    let plain = |value: Expr, to: DataType| if is_strict { value.strict_cast(to) } else { value.cast(to) };
    let parsed =
        |format: &str| StrptimeOptions { format: Some(format.into()), strict: is_strict, exact: true, cache: true };
    match (from, to) {
        (Kind::Text, Kind::Date) => value.str().to_date(parsed("%Y-%m-%d")),
        (Kind::Text, Kind::Datetime) => {
            value.str().to_datetime(Some(TimeUnit::Microseconds), None, parsed("%Y-%m-%d %H:%M:%S%.f"), lit("raise"))
        }
        (Kind::Text, _) => plain(value.str().strip_chars(lit(" \t\r\n")), dtype(to)),
        (Kind::Boolean, Kind::Text) => {
            when(value.clone()).then(lit("true")).when(value.not()).then(lit("false")).otherwise(missing(Kind::Text))
        }
        (Kind::Date, Kind::Text) => value.dt().strftime("%Y-%m-%d"),
        (Kind::Datetime, Kind::Text) => value.dt().strftime("%Y-%m-%d %H:%M:%S"),
        (Kind::Time, Kind::Text) => value.dt().strftime("%H:%M:%S"),
        (Kind::Datetime, Kind::Date) => value.dt().date(),
        _ => plain(value, dtype(to)),
    }
}

/// A pattern of LIKE in its parts: literal text, any one character, any characters.
#[derive(Debug, PartialEq)]
enum Piece {
    Text(String),
    One,
    Any,
}

fn pieces(pattern: &str, escape: Option<char>) -> Made<Vec<Piece>> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut chars = pattern.chars();
    while let Some(char) = chars.next() {
        let literal = if Some(char) == escape {
            let Some(escaped) = chars.next() else {
                return Err(Stop::Wrong(SqlError::Refused {
                    message: "The LIKE pattern ends with its ESCAPE character.".to_owned(),
                    at: None,
                }));
            };
            escaped
        } else if char == '%' {
            pieces.push(Piece::Any);
            continue;
        } else if char == '_' {
            pieces.push(Piece::One);
            continue;
        } else {
            char
        };
        match pieces.last_mut() {
            Some(Piece::Text(text)) => text.push(literal),
            _ => pieces.push(Piece::Text(literal.to_string())),
        }
    }
    Ok(pieces)
}

fn like(text: Expr, pattern: &str, escape: Option<char>, any_case: bool) -> Made<Expr> {
    let pieces = pieces(pattern, escape)?;
    if !any_case {
        match &pieces[..] {
            [] => return Ok(text.eq(lit(""))),
            [Piece::Text(part)] => return Ok(text.eq(lit(part.clone()))),
            [Piece::Text(part), Piece::Any] => return Ok(text.str().starts_with(lit(part.clone()))),
            [Piece::Any, Piece::Text(part)] => return Ok(text.str().ends_with(lit(part.clone()))),
            [Piece::Any, Piece::Text(part), Piece::Any] => return Ok(text.str().contains_literal(lit(part.clone()))),
            _ => {}
        }
    }
    let mut regex = String::from(if any_case { "(?is)^" } else { "(?s)^" });
    for piece in &pieces {
        match piece {
            Piece::Text(text) => regex.push_str(&regex::escape(text)),
            Piece::One => regex.push('.'),
            Piece::Any => regex.push_str(".*"),
        }
    }
    regex.push('$');
    Ok(text.str().contains(lit(regex), true))
}

fn call(function: &Function, mut values: Vec<Expr>, kind: Kind) -> Made<Expr> {
    if values.is_empty() {
        return Err(Stop::Unsupported("a function without arguments"));
    }
    let real = |test: Expr, value: Expr| when(test).then(value).otherwise(missing(Kind::Float));
    let first = values[0].clone();
    let int = |value: Expr| value.cast(DataType::Int64);
    Ok(match function {
        Function::Upper => first.str().to_uppercase(),
        Function::Lower => first.str().to_lowercase(),
        Function::Length => int(first.str().len_chars()),
        Function::Trim(sides, what) => {
            let what = lit(what.clone().unwrap_or_else(|| " ".to_owned()));
            match sides {
                Sides::Both => first.str().strip_chars(what),
                Sides::Start => first.str().strip_chars_start(what),
                Sides::End => first.str().strip_chars_end(what),
            }
        }
        Function::Substring { from, length } if *from > 0 => {
            let length = length.map_or_else(|| lit(NULL).cast(DataType::UInt64), |length| lit(length as u64));
            first.str().slice(lit(from - 1), length)
        }
        Function::Substring { from, .. } => first.str().tail(lit(-from)),
        Function::Replace { what, by } => first.str().replace_all(lit(what.clone()), lit(by.clone()), true),
        Function::StartsWith(what) => first.str().starts_with(lit(what.clone())),
        Function::EndsWith(what) => first.str().ends_with(lit(what.clone())),
        Function::Contains(what) => first.str().contains_literal(lit(what.clone())),
        Function::Position(what) => {
            // `find` counts bytes; the characters before it are wanted.
            let byte = first.clone().str().find_literal(lit(what.clone()));
            let before = first.clone().str().split(lit(what.clone())).list().first().str().len_chars();
            if what.is_empty() {
                return Ok(when(first.clone().is_null()).then(missing(Kind::Integer)).otherwise(lit(1i64)));
            }
            when(first.is_null())
                .then(missing(Kind::Integer))
                .when(byte.is_null())
                .then(lit(0i64))
                .otherwise(int(before) + lit(1i64))
        }
        Function::Abs => first.abs(),
        Function::Sign => {
            let zero = lit(0.0);
            when(first.clone().gt(zero.clone()))
                .then(lit(1i64))
                .when(first.clone().lt(zero.clone()))
                .then(lit(-1i64))
                .when(first.eq(zero))
                .then(lit(0i64))
                .otherwise(missing(Kind::Integer))
        }
        Function::Round(digits) if *digits >= 0 => first.round(*digits as u32, RoundMode::HalfAwayFromZero),
        Function::Round(digits) => {
            let step = lit(10f64.powi(-(*digits as i32)));
            (first / step.clone()).round(0, RoundMode::HalfAwayFromZero) * step
        }
        Function::Floor => first.floor(),
        Function::Ceiling => first.ceil(),
        Function::Truncate => when(first.clone().lt(lit(0.0))).then(first.clone().ceil()).otherwise(first.floor()),
        Function::SquareRoot => real(first.clone().gt_eq(lit(0.0)), first.sqrt()),
        Function::Power => {
            let result = first.pow(values[1].clone());
            real(result.clone().is_finite(), result)
        }
        Function::Exponential => {
            let result = first.exp();
            real(result.clone().is_finite(), result)
        }
        Function::NaturalLogarithm => real(first.clone().gt(lit(0.0)), first.log(lit(std::f64::consts::E))),
        Function::Logarithm10 => real(first.clone().gt(lit(0.0)), first.log(lit(10.0))),
        Function::Logarithm2 => real(first.clone().gt(lit(0.0)), first.log(lit(2.0))),
        Function::Coalesce => coalesce(&values),
        Function::Greatest if kind != Kind::Text => polars::lazy::dsl::max_horizontal(&values)?,
        Function::Least if kind != Kind::Text => polars::lazy::dsl::min_horizontal(&values)?,
        Function::Greatest | Function::Least => {
            let is_greatest = *function == Function::Greatest;
            let mut best = values.remove(0);
            for value in values {
                let is_better =
                    if is_greatest { value.clone().gt(best.clone()) } else { value.clone().lt(best.clone()) };
                best =
                    when(best.clone().is_null().or(is_better)).then(coalesce(&[value, best.clone()])).otherwise(best);
            }
            best
        }
        Function::Part(part) => int(date_part(*part, first)),
        Function::TruncateTo(unit) => {
            let every = match unit {
                Unit::Year => "1y",
                Unit::Quarter => "1q",
                Unit::Month => "1mo",
                Unit::Week => "1w",
                Unit::Day => "1d",
                Unit::Hour => "1h",
                Unit::Minute => "1m",
                Unit::Second => "1s",
            };
            first.dt().truncate(lit(every))
        }
        Function::Format(format) => first.dt().strftime(format),
        Function::Add { months, days, micros } => {
            let sign = |n: i64| if n < 0 { "-" } else { "" };
            let mut value = first;
            for (n, unit) in [(*months, "mo"), (*days, "d"), (*micros, "us")] {
                if n != 0 {
                    value = value.dt().offset_by(lit(format!("{}{}{unit}", sign(n), n.unsigned_abs())));
                }
            }
            value
        }
        Function::DaysBetween => int(first.cast(DataType::Int32)) - int(values[1].clone().cast(DataType::Int32)),
        Function::RegexReplace { regex, by } => first.str().replace_all(lit(regex.clone()), lit(by.clone()), false),
        Function::RegexExtract { regex, group } => first.str().extract(lit(regex.clone()), *group),
    })
}

fn date_part(part: Part, value: Expr) -> Expr {
    let value = value.dt();
    match part {
        Part::Year => value.year(),
        Part::Quarter => value.quarter(),
        Part::Month => value.month(),
        Part::Week => value.week(),
        Part::WeekYear => value.iso_year(),
        Part::Day => value.day(),
        Part::DayOfWeek => value.weekday().cast(DataType::Int64) % lit(7i64),
        Part::IsoDayOfWeek => value.weekday(),
        Part::DayOfYear => value.ordinal_day(),
        Part::Hour => value.hour(),
        Part::Minute => value.minute(),
        Part::Second => value.second(),
    }
}
