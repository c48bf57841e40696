//! Expressions: operators, conditions, CASE, CAST, subqueries.

use std::collections::BTreeSet;

use sqlparser::ast::{self, BinaryOperator, CastKind, DataType, UnaryOperator};

use super::literal::{self, coerced};
use super::select::Mode;
use super::{Binder, Bound, Scope, Surrounding, place, refuse};
use crate::error::{Place, SqlError};
use crate::sql::plan::{Comparison, Expr, Function, Kind, Literal, Node, Operator, Subquery, common};

const LONGEST_REGEX: usize = 1000;

impl Binder<'_> {
    /// A condition on rows.
    pub(super) fn condition(
        &mut self,
        expr: &ast::Expr,
        scope: &Scope,
        clause: &'static str,
    ) -> Result<Expr, SqlError> {
        self.condition_in(expr, scope, Mode::Row(clause))
    }

    pub(super) fn condition_in(&mut self, expr: &ast::Expr, scope: &Scope, mode: Mode) -> Result<Expr, SqlError> {
        let value = self.value(expr, scope, mode)?;
        match value.kind {
            Kind::Boolean => Ok(value),
            Kind::Null => Ok(value.cast(Kind::Boolean, true)),
            kind => refuse(
                place(expr),
                format!(
                    "A condition is wanted here, and this is {}. Compare it with something, as in … <> 0.",
                    kind.words()
                ),
            ),
        }
    }

    pub(super) fn row_value(
        &mut self,
        expr: &ast::Expr,
        scope: &Scope,
        clause: &'static str,
    ) -> Result<Expr, SqlError> {
        self.value(expr, scope, Mode::Row(clause))
    }

    pub(super) fn value(&mut self, expr: &ast::Expr, scope: &Scope, mode: Mode) -> Result<Expr, SqlError> {
        self.depth += 1;
        if self.depth > super::DEEPEST * 4 {
            return refuse(place(expr), "The expression is nested too deeply. Split it.");
        }
        self.grow(place(expr))?;
        let value = self.value_of(expr, scope, mode);
        self.depth -= 1;
        value
    }

    fn value_of(&mut self, expr: &ast::Expr, scope: &Scope, mode: Mode) -> Result<Expr, SqlError> {
        use ast::Expr as E;
        let at = place(expr);
        match expr {
            E::Identifier(name) => self.resolve(std::slice::from_ref(name), scope),
            E::CompoundIdentifier(parts) => self.resolve(parts, scope),
            E::Nested(inner) => self.value(inner, scope, mode),
            E::Value(value) => literal::value(&value.value, at),
            E::TypedString(typed) => {
                let Some(text) = typed.value.value.clone().into_string() else {
                    return refuse(at, "A text is wanted here.");
                };
                let kind = kind_of(&typed.data_type, at)?;
                Ok(literal::parsed(&text, kind, at)?.cast(kind, true))
            }
            E::UnaryOp { op, expr: inner } => {
                let value = self.value(inner, scope, mode)?;
                unary(*op, value, at)
            }
            E::BinaryOp { left, op, right } => self.binary(left, op, right, scope, mode, at),
            E::IsNull(inner) => Ok(self.value(inner, scope, mode)?.missing()),
            E::IsNotNull(inner) => Ok(self.value(inner, scope, mode)?.missing().not()),
            E::IsUnknown(inner) => Ok(self.condition_in(inner, scope, mode)?.missing()),
            E::IsNotUnknown(inner) => Ok(self.condition_in(inner, scope, mode)?.missing().not()),
            E::IsTrue(inner) => self.is(inner, true, scope, mode),
            E::IsFalse(inner) => self.is(inner, false, scope, mode),
            E::IsNotTrue(inner) => Ok(self.is(inner, true, scope, mode)?.not()),
            E::IsNotFalse(inner) => Ok(self.is(inner, false, scope, mode)?.not()),
            // `a IS DISTINCT FROM b AND c` is read by the parser as `a IS DISTINCT FROM (b AND c)`.
            E::IsDistinctFrom(_, b) | E::IsNotDistinctFrom(_, b) if matches!(b.as_ref(), E::BinaryOp { .. }) => refuse(
                at,
                "Put (… IS DISTINCT FROM …) in parentheses, and its right side too if it is more than a name.",
            ),
            E::IsDistinctFrom(a, b) => Ok(self.compare(Comparison::Same, a, b, scope, mode, at)?.not()),
            E::IsNotDistinctFrom(a, b) => self.compare(Comparison::Same, a, b, scope, mode, at),
            E::Between { expr: inner, negated, low, high } => {
                let value = self.value(inner, scope, mode)?;
                let low = self.value(low, scope, mode)?;
                let high = self.value(high, scope, mode)?;
                let from = compared(Comparison::AtLeast, value.clone(), low, at)?;
                let to = compared(Comparison::AtMost, value, high, at)?;
                Ok(negated_if(from.and(to), *negated))
            }
            E::InList { expr: inner, list, negated } => {
                let value = self.value(inner, scope, mode)?;
                let list = list.iter().map(|item| self.value(item, scope, mode)).collect::<Result<Vec<_>, _>>()?;
                in_list(value, list, at).map(|test| negated_if(test, *negated))
            }
            E::InSubquery { expr: inner, subquery, negated } => {
                if let E::Tuple(_) = inner.as_ref() {
                    return refuse(
                        at,
                        "(a, b) IN (SELECT …) is not supported. Write EXISTS (SELECT 1 … WHERE … AND …), or join.",
                    );
                }
                let value = self.value(inner, scope, mode)?;
                let mut query = self.subquery(subquery, scope, true)?;
                let (value, kind) = unify_one(value, query.kind, at)?;
                if kind != query.kind {
                    self.cast_subquery(&mut query, kind);
                }
                let test = Expr::boolean(Node::InQuery(Box::new(value), Box::new(query)));
                Ok(negated_if(test, *negated))
            }
            E::Exists { subquery, negated } => {
                let query = self.subquery(subquery, scope, false)?;
                Ok(negated_if(Expr::boolean(Node::Exists(Box::new(query))), *negated))
            }
            E::Subquery(subquery) => {
                let query = self.subquery(subquery, scope, true)?;
                Ok(Expr { kind: query.kind, node: Node::Scalar(Box::new(query)) })
            }
            E::Case { operand, conditions, else_result, .. } => {
                self.case(operand.as_deref(), conditions, else_result.as_deref(), scope, mode, at)
            }
            E::Cast { kind, expr: inner, data_type, array: false, format: None } => {
                let value = self.value(inner, scope, mode)?;
                let is_strict = matches!(kind, CastKind::Cast | CastKind::DoubleColon);
                let value = cast(value, kind_of(data_type, at)?, is_strict, at)?;
                Ok(match scale(data_type) {
                    Some(digits) => Expr::call(Kind::Float, Function::Round(digits), vec![value]),
                    None => value,
                })
            }
            E::Like { negated, any: false, expr: text, pattern, escape_char } => {
                let test = self.like(text, pattern, escape_char.as_ref(), false, scope, mode)?;
                Ok(negated_if(test, *negated))
            }
            E::ILike { negated, any: false, expr: text, pattern, escape_char } => {
                let test = self.like(text, pattern, escape_char.as_ref(), true, scope, mode)?;
                Ok(negated_if(test, *negated))
            }
            E::RLike { negated, expr: text, pattern, .. } => {
                let text = self.text(text, scope, mode)?;
                let pattern = self.value(pattern, scope, mode)?;
                matches(text, &pattern, false, at).map(|test| negated_if(test, *negated))
            }
            E::Extract { .. }
            | E::Ceil { .. }
            | E::Floor { .. }
            | E::Position { .. }
            | E::Substring { .. }
            | E::Trim { .. } => self.special_function(expr, scope, mode),
            E::Function(function) => self.function(function, scope, mode),
            E::Interval(_) => refuse(at, "An INTERVAL can only be added to a date, or taken from one."),
            E::Tuple(_) => refuse(at, "(a, b) is not supported as a value. Compare the columns one by one."),
            E::SimilarTo { .. } => {
                refuse(at, "SIMILAR TO is not supported; write LIKE, or ~ with a regular expression.")
            }
            E::Collate { .. } => refuse(at, "COLLATE is not supported: texts are compared character by character."),
            E::AtTimeZone { .. } => refuse(at, "AT TIME ZONE is not supported: moments are kept without a zone."),
            E::AnyOp { .. } | E::AllOp { .. } => {
                refuse(at, "ANY and ALL are not supported; write IN, EXISTS, or compare with MIN or MAX.")
            }
            _ => refuse(at, format!("This is not supported here: {}.", super::order::expression_name(expr))),
        }
    }

    fn is(&mut self, inner: &ast::Expr, wanted: bool, scope: &Scope, mode: Mode) -> Result<Expr, SqlError> {
        let value = self.condition_in(inner, scope, mode)?;
        let wanted = Expr::boolean(Node::Literal(Literal::Boolean(wanted)));
        Ok(Expr::compare(Comparison::Same, value, wanted))
    }

    fn compare(
        &mut self,
        how: Comparison,
        left: &ast::Expr,
        right: &ast::Expr,
        scope: &Scope,
        mode: Mode,
        at: Option<Place>,
    ) -> Result<Expr, SqlError> {
        let left = self.value(left, scope, mode)?;
        let right = self.value(right, scope, mode)?;
        compared(how, left, right, at)
    }

    pub(super) fn text(&mut self, expr: &ast::Expr, scope: &Scope, mode: Mode) -> Result<Expr, SqlError> {
        let value = self.value(expr, scope, mode)?;
        match value.kind {
            Kind::Text => Ok(value),
            Kind::Null => Ok(value.cast(Kind::Text, true)),
            kind => refuse(
                place(expr),
                format!("Text is wanted here, and this is {}. Write CAST(… AS TEXT).", kind.words()),
            ),
        }
    }

    fn binary(
        &mut self,
        left: &ast::Expr,
        op: &BinaryOperator,
        right: &ast::Expr,
        scope: &Scope,
        mode: Mode,
        at: Option<Place>,
    ) -> Result<Expr, SqlError> {
        use BinaryOperator as B;
        let how = match op {
            B::Eq => Some(Comparison::Equal),
            B::NotEq => Some(Comparison::NotEqual),
            B::Lt => Some(Comparison::Less),
            B::LtEq => Some(Comparison::AtMost),
            B::Gt => Some(Comparison::Greater),
            B::GtEq => Some(Comparison::AtLeast),
            B::Spaceship => Some(Comparison::Same),
            _ => None,
        };
        if let Some(how) = how {
            return self.compare(how, left, right, scope, mode, at);
        }
        match op {
            B::And | B::Or => {
                let left = self.condition_in(left, scope, mode)?;
                let right = self.condition_in(right, scope, mode)?;
                return Ok(if *op == B::And { left.and(right) } else { left.or(right) });
            }
            B::Plus | B::Minus => {
                for (interval, other, is_right) in [(right, left, true), (left, right, false)] {
                    let ast::Expr::Interval(interval) = interval else { continue };
                    if *op == B::Minus && !is_right {
                        break;
                    }
                    let other = self.value(other, scope, mode)?;
                    return literal::add_interval(other, interval, *op == B::Minus, at);
                }
            }
            B::PGRegexMatch | B::PGRegexIMatch | B::PGRegexNotMatch | B::PGRegexNotIMatch | B::Regexp => {
                let text = self.text(left, scope, mode)?;
                let pattern = self.value(right, scope, mode)?;
                let any_case = matches!(op, B::PGRegexIMatch | B::PGRegexNotIMatch);
                let test = matches(text, &pattern, any_case, at)?;
                return Ok(negated_if(test, matches!(op, B::PGRegexNotMatch | B::PGRegexNotIMatch)));
            }
            _ => {}
        }
        let left = self.value(left, scope, mode)?;
        let right = self.value(right, scope, mode)?;
        match op {
            B::Plus => arithmetic(Operator::Add, left, right, at),
            B::Minus => arithmetic(Operator::Subtract, left, right, at),
            B::Multiply => arithmetic(Operator::Multiply, left, right, at),
            B::Divide => arithmetic(Operator::Divide, left, right, at),
            B::Modulo => arithmetic(Operator::Remainder, left, right, at),
            B::DuckIntegerDivide | B::MyIntegerDivide => {
                let quotient = arithmetic(Operator::Divide, left, right, at)?;
                cast(Expr::call(Kind::Float, Function::Truncate, vec![quotient]), Kind::Integer, true, at)
            }
            B::StringConcat => {
                let (left, right) = (as_text(left, at)?, as_text(right, at)?);
                Ok(Expr { kind: Kind::Text, node: Node::Concat(Box::new(left), Box::new(right)) })
            }
            _ => refuse(at, format!("The operator {op} is not supported.")),
        }
    }

    fn like(
        &mut self,
        text: &ast::Expr,
        pattern: &ast::Expr,
        escape: Option<&ast::ValueWithSpan>,
        any_case: bool,
        scope: &Scope,
        mode: Mode,
    ) -> Result<Expr, SqlError> {
        let text = self.text(text, scope, mode)?;
        let pattern_at = place(pattern);
        let pattern = self.text(pattern, scope, mode)?;
        let escape = match escape.map(|value| value.value.clone().into_string()) {
            None => None,
            Some(Some(value)) if value.chars().count() == 1 => value.chars().next(),
            Some(_) => return refuse(pattern_at, "ESCAPE takes one character."),
        };
        Ok(Expr::boolean(Node::Like { text: Box::new(text), pattern: Box::new(pattern), escape, any_case }))
    }

    fn case(
        &mut self,
        operand: Option<&ast::Expr>,
        conditions: &[ast::CaseWhen],
        otherwise: Option<&ast::Expr>,
        scope: &Scope,
        mode: Mode,
        at: Option<Place>,
    ) -> Result<Expr, SqlError> {
        let operand = operand.map(|operand| self.value(operand, scope, mode)).transpose()?;
        let mut tests = Vec::with_capacity(conditions.len());
        let mut values = Vec::with_capacity(conditions.len() + 1);
        for branch in conditions {
            tests.push(match &operand {
                None => self.condition_in(&branch.condition, scope, mode)?,
                Some(operand) => {
                    let value = self.value(&branch.condition, scope, mode)?;
                    compared(Comparison::Equal, operand.clone(), value, place(&branch.condition))?
                }
            });
            values.push(self.value(&branch.result, scope, mode)?);
        }
        values.push(match otherwise {
            Some(otherwise) => self.value(otherwise, scope, mode)?,
            None => Expr::null(Kind::Null),
        });
        let mut values = unify_all(values, at)?;
        let otherwise = values.pop().unwrap_or_else(|| Expr::null(Kind::Null));
        let kind = otherwise.kind;
        Ok(Expr { kind, node: Node::Case(tests.into_iter().zip(values).collect(), Box::new(otherwise)) })
    }

    fn subquery(&mut self, query: &ast::Query, scope: &Scope, is_value: bool) -> Result<Subquery, SqlError> {
        self.frames.push(Surrounding { scope: scope.clone(), used: BTreeSet::new() });
        let bound = self.query(query);
        let used = self.frames.pop().map(|frame| frame.used).unwrap_or_default();
        let Bound { rows, columns, .. } = bound?;
        if is_value && columns.len() != 1 {
            return refuse(
                place(query),
                format!("A subquery used as a value gives one column; this one gives {}.", columns.len()),
            );
        }
        let Some(column) = columns.first() else { return refuse(place(query), "This subquery gives no column.") };
        Ok(Subquery { rows, column: column.id, kind: column.kind, outer: used })
    }

    fn cast_subquery(&mut self, query: &mut Subquery, kind: Kind) {
        let id = self.new_id();
        let value = Expr::column(query.column, query.kind).cast(kind, true);
        let rows = std::mem::replace(&mut query.rows, crate::sql::plan::Rows::One);
        query.rows = crate::sql::plan::Rows::Project(Box::new(rows), vec![(id, value)]);
        (query.column, query.kind) = (id, kind);
    }
}

fn negated_if(test: Expr, is_negated: bool) -> Expr {
    if is_negated { test.not() } else { test }
}

/// Both of one type.
pub(super) fn unify(left: Expr, right: Expr, at: Option<Place>) -> Result<(Expr, Expr), SqlError> {
    if let Some(kind) = common(left.kind, right.kind) {
        return Ok((left.cast(kind, true), right.cast(kind, true)));
    }
    // A coerced constant has a type that goes with the other side's; if it were none, this would be refused below.
    if let Some(constant) = coerced(&left, right.kind, at)?
        && let Some(kind) = common(constant.kind, right.kind)
    {
        return Ok((constant.cast(kind, true), right.cast(kind, true)));
    }
    if let Some(constant) = coerced(&right, left.kind, at)?
        && let Some(kind) = common(constant.kind, left.kind)
    {
        return Ok((left.cast(kind, true), constant.cast(kind, true)));
    }
    let message = format!(
        "{} and {} cannot be compared or mixed. CAST one of them, or write the constant in the type of the column.",
        left.kind.words(),
        right.kind.words()
    );
    refuse(at, capitalised(&message))
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn unify_one(value: Expr, kind: Kind, at: Option<Place>) -> Result<(Expr, Kind), SqlError> {
    let stand_in = Expr { kind, node: Node::Column(0) };
    let (value, other) = unify(value, stand_in, at)?;
    Ok((value, other.kind))
}

pub(super) fn unify_all(values: Vec<Expr>, at: Option<Place>) -> Result<Vec<Expr>, SqlError> {
    let typed = values.iter().find(|value| value.kind != Kind::Null && !value.is_literal());
    let first = typed.or_else(|| values.iter().find(|value| value.kind != Kind::Null));
    let mut kind = first.map_or(Kind::Null, |value| value.kind);
    let mut unified = Vec::with_capacity(values.len());
    for value in values {
        let (value, common) = unify_one(value, kind, at)?;
        kind = common;
        unified.push(value);
    }
    Ok(unified.into_iter().map(|value| value.cast(kind, true)).collect())
}

pub(super) fn compared(how: Comparison, left: Expr, right: Expr, at: Option<Place>) -> Result<Expr, SqlError> {
    let (left, right) = unify(left, right, at)?;
    Ok(Expr::compare(how, left, right))
}

fn in_list(value: Expr, list: Vec<Expr>, at: Option<Place>) -> Result<Expr, SqlError> {
    let n_items = list.len();
    let mut all = unify_all(std::iter::once(value).chain(list).collect(), at)?;
    let list = all.split_off(all.len() - n_items);
    match all.pop() {
        Some(value) => Ok(Expr::boolean(Node::InList(Box::new(value), list))),
        None => refuse(at, "IN needs a value."),
    }
}

fn unary(op: UnaryOperator, value: Expr, at: Option<Place>) -> Result<Expr, SqlError> {
    match (op, &value.node) {
        (UnaryOperator::Not, _) if matches!(value.kind, Kind::Boolean | Kind::Null) => {
            Ok(value.cast(Kind::Boolean, true).not())
        }
        (UnaryOperator::Minus, Node::Literal(Literal::Integer(number))) => Ok(Expr::integer(-number)),
        (UnaryOperator::Minus, Node::Literal(Literal::Float(number))) => {
            Ok(Expr { kind: Kind::Float, node: Node::Literal(Literal::Float(-number)) })
        }
        (UnaryOperator::Minus, _) if value.kind.is_number() => {
            Ok(Expr { kind: value.kind, node: Node::Negate(Box::new(value)) })
        }
        (UnaryOperator::Plus, _) if value.kind.is_number() => Ok(value),
        (op, _) => refuse(at, format!("{op} cannot be applied to {}.", value.kind.words())),
    }
}

/// A number, where one is wanted: truth counts as 1 and 0.
pub(super) fn number(value: Expr, at: Option<Place>) -> Result<Expr, SqlError> {
    match value.kind {
        Kind::Integer | Kind::Float => Ok(value),
        Kind::Boolean | Kind::Null => Ok(value.cast(Kind::Integer, true)),
        _ => match coerced(&value, Kind::Float, at)? {
            Some(value) => Ok(value),
            None => refuse(
                at,
                format!("A number is wanted here, and this is {}. CAST it if it holds numbers.", value.kind.words()),
            ),
        },
    }
}

pub(super) fn arithmetic(operator: Operator, left: Expr, right: Expr, at: Option<Place>) -> Result<Expr, SqlError> {
    match (operator, left.kind, right.kind) {
        (Operator::Subtract, Kind::Date, Kind::Date) => {
            return Ok(Expr::call(Kind::Integer, Function::DaysBetween, vec![left, right]));
        }
        (Operator::Subtract, a, b) if a.is_temporal() && b.is_temporal() => {
            return refuse(
                at,
                "Write DATE_DIFF('day', start, end), with the unit that is meant, for the time between two moments.",
            );
        }
        (Operator::Add | Operator::Subtract, Kind::Date, Kind::Integer) => {
            if let Node::Literal(Literal::Integer(days)) = right.node {
                let days = if operator == Operator::Subtract { -days } else { days };
                return Ok(Expr::call(Kind::Date, Function::Add { months: 0, days, micros: 0 }, vec![left]));
            }
            return refuse(at, "Only a constant number of days can be added to a date.");
        }
        (_, a, b) if a.is_temporal() || b.is_temporal() => {
            return refuse(at, "Only INTERVALs and whole days can be added to a date.");
        }
        _ => {}
    }
    let (left, right) = (number(left, at)?, number(right, at)?);
    let kind = match operator {
        Operator::Divide => Kind::Float,
        _ => common(left.kind, right.kind).unwrap_or(Kind::Float),
    };
    let (left, right) = (Box::new(left.cast(kind, true)), Box::new(right.cast(kind, true)));
    Ok(Expr { kind, node: Node::Arithmetic(operator, left, right) })
}

/// For `||` and CONCAT.
pub(super) fn as_text(value: Expr, at: Option<Place>) -> Result<Expr, SqlError> {
    match value.kind {
        Kind::Text => Ok(value),
        _ => cast(value, Kind::Text, true, at),
    }
}

fn matches(text: Expr, pattern: &Expr, any_case: bool, at: Option<Place>) -> Result<Expr, SqlError> {
    let regex = regex(pattern, at)?;
    let regex = if any_case { format!("(?i){regex}") } else { regex };
    Ok(Expr::boolean(Node::Matches { text: Box::new(text), regex }))
}

/// A regular expression; its size is bounded, and it is run by an engine whose time is linear in the text.
pub(super) fn regex(pattern: &Expr, at: Option<Place>) -> Result<String, SqlError> {
    const MOST_BYTES: usize = 1 << 20;
    let Node::Literal(Literal::Text(pattern)) = &pattern.node else {
        return refuse(at, "A regular expression must be a constant text.");
    };
    if pattern.len() > LONGEST_REGEX {
        return refuse(at, format!("The regular expression is longer than {LONGEST_REGEX} characters."));
    }
    match regex_syntax_size(pattern, MOST_BYTES) {
        Ok(()) => Ok(pattern.clone()),
        Err(message) => refuse(at, format!("The regular expression cannot be used: {message}")),
    }
}

fn regex_syntax_size(pattern: &str, most_bytes: usize) -> Result<(), String> {
    match regex::RegexBuilder::new(pattern).size_limit(most_bytes).build() {
        Ok(_) => Ok(()),
        Err(regex::Error::CompiledTooBig(_)) => Err("it is too large".to_owned()),
        Err(error) => Err(error.to_string().lines().last().unwrap_or("it is wrong").trim().chars().take(120).collect()),
    }
}

pub(super) fn kind_of(data_type: &DataType, at: Option<Place>) -> Result<Kind, SqlError> {
    use DataType as T;
    Ok(match data_type {
        T::Boolean | T::Bool => Kind::Boolean,
        T::Int(_)
        | T::Integer(_)
        | T::BigInt(_)
        | T::Int64
        | T::Int8(_)
        | T::Int4(_)
        | T::Int32
        | T::Signed
        | T::SignedInteger => Kind::Integer,
        T::Float(_) | T::Double(_) | T::DoublePrecision | T::Real | T::Float64 | T::Float8 | T::Float32 | T::Float4 => {
            Kind::Float
        }
        T::Decimal(_) | T::Numeric(_) | T::Dec(_) => Kind::Float,
        T::Varchar(None)
        | T::Text
        | T::String(None)
        | T::CharVarying(None)
        | T::CharacterVarying(None)
        | T::Nvarchar(None) => Kind::Text,
        T::Date => Kind::Date,
        T::Datetime(_) | T::Timestamp(_, ast::TimezoneInfo::None | ast::TimezoneInfo::WithoutTimeZone) => {
            Kind::Datetime
        }
        other => {
            return refuse(
                at,
                format!(
                    "The type {other} is not supported. There are BOOLEAN, BIGINT, DOUBLE, TEXT, DATE and TIMESTAMP."
                ),
            );
        }
    })
}

/// Digits after the point of a DECIMAL: it is kept as a DOUBLE rounded to them.
fn scale(data_type: &DataType) -> Option<i64> {
    match data_type {
        DataType::Decimal(info) | DataType::Numeric(info) | DataType::Dec(info) => match info {
            ast::ExactNumberInfo::PrecisionAndScale(_, scale) => Some(*scale),
            ast::ExactNumberInfo::Precision(_) => Some(0),
            ast::ExactNumberInfo::None => None,
        },
        _ => None,
    }
}

pub(super) fn cast(value: Expr, kind: Kind, is_strict: bool, at: Option<Place>) -> Result<Expr, SqlError> {
    use Kind as K;
    if value.kind == kind || value.kind == K::Null {
        return Ok(value.cast(kind, is_strict));
    }
    if let (Node::Literal(Literal::Text(text)), true) = (&value.node, is_strict) {
        let constant = literal::parsed(text, kind, at)?;
        return Ok(constant.cast(kind, true));
    }
    let is_possible = match (value.kind, kind) {
        (K::Boolean | K::Integer | K::Float | K::Date | K::Datetime | K::Time, K::Text) => true,
        (K::Text, K::Integer | K::Float | K::Date | K::Datetime) => true,
        (K::Integer | K::Float, K::Integer | K::Float | K::Boolean) => true,
        (K::Boolean, K::Integer | K::Float) => true,
        (a, b) => a.is_temporal() && b.is_temporal(),
    };
    if !is_possible {
        return refuse(at, format!("{} cannot be CAST to {}.", capitalised(value.kind.words()), kind.words()));
    }
    if kind == K::Boolean {
        let zero = Expr::integer(0).cast(value.kind, true);
        return Ok(Expr::compare(Comparison::NotEqual, value, zero));
    }
    Ok(Expr { kind, node: Node::Cast { from: Box::new(value), is_strict } })
}
