//! Functions: the list of those that are known to be right on both engines, or on one of them.

use sqlparser::ast::{
    self, CeilFloorKind, DateTimeField, DuplicateTreatment, FunctionArg, FunctionArgExpr, FunctionArgumentClause,
    FunctionArguments, TrimWhereField,
};

use super::expression::{arithmetic, as_text, cast, compared, number, regex, unify_all};
use super::select::Mode;
use super::{Binder, Scope, place, refuse, shown};
use crate::error::{Place, SqlError};
use crate::sql::plan::{
    Aggregate, Comparison, Expr, Function, Key, Kind, Literal, Measure, Node, Operator, Part, Sides, Unit,
};
use crate::value::nearest;

/// For "did you mean": every function there is.
const NAMES: &[&str] = &[
    "abs",
    "any_value",
    "avg",
    "bool_and",
    "bool_or",
    "ceil",
    "ceiling",
    "char_length",
    "coalesce",
    "concat",
    "concat_ws",
    "contains",
    "corr",
    "count",
    "count_if",
    "countif",
    "covar_pop",
    "covar_samp",
    "cume_dist",
    "date",
    "date_diff",
    "date_part",
    "date_trunc",
    "datediff",
    "datepart",
    "datetrunc",
    "day",
    "dayofmonth",
    "dayofweek",
    "dayofyear",
    "dense_rank",
    "ends_with",
    "exp",
    "extract",
    "first_value",
    "floor",
    "greatest",
    "group_concat",
    "hour",
    "if",
    "ifnull",
    "iif",
    "instr",
    "isodow",
    "lag",
    "last_value",
    "lcase",
    "lead",
    "least",
    "left",
    "len",
    "length",
    "like",
    "listagg",
    "ln",
    "log",
    "log10",
    "log2",
    "lower",
    "ltrim",
    "max",
    "mean",
    "median",
    "min",
    "minute",
    "mod",
    "month",
    "ntile",
    "nullif",
    "nvl",
    "percent_rank",
    "percentile_cont",
    "position",
    "pow",
    "power",
    "quantile",
    "quantile_cont",
    "quarter",
    "rank",
    "regexp_extract",
    "regexp_like",
    "regexp_matches",
    "regexp_replace",
    "replace",
    "right",
    "round",
    "row_number",
    "rtrim",
    "second",
    "sign",
    "sqrt",
    "starts_with",
    "stddev",
    "stddev_pop",
    "stddev_samp",
    "strftime",
    "string_agg",
    "strlen",
    "strpos",
    "substr",
    "substring",
    "sum",
    "to_char",
    "trim",
    "trunc",
    "truncate",
    "ucase",
    "upper",
    "var_pop",
    "var_samp",
    "variance",
    "week",
    "weekday",
    "weekofyear",
    "year",
];

pub(super) struct Call<'c> {
    pub name: String,
    pub arguments: Vec<&'c ast::Expr>,
    pub is_star: bool,
    pub is_distinct: bool,
    pub order: Vec<&'c ast::OrderByExpr>,
    pub filter: Option<&'c ast::Expr>,
    pub at: Option<Place>,
}

impl Binder<'_> {
    pub(super) fn function(&mut self, function: &ast::Function, scope: &Scope, mode: Mode) -> Result<Expr, SqlError> {
        let call = read_call(function)?;
        if let Some(over) = &function.over {
            return self.window(&call, over, function.null_treatment, scope, mode);
        }
        if function.null_treatment.is_some() {
            return refuse(call.at, "IGNORE NULLS and RESPECT NULLS are not supported.");
        }
        if let Some(aggregate) = self.aggregate(&call, scope, mode)? {
            if let Mode::Row(clause) = mode {
                let message = match clause {
                    "WHERE" => {
                        "Aggregates cannot stand in WHERE. Put the condition in HAVING, after GROUP BY.".to_owned()
                    }
                    clause => format!("Aggregates cannot stand in {clause}."),
                };
                return refuse(call.at, message);
            }
            let kind = aggregate.kind;
            let id = self.new_id();
            let Some(calls) = self.calls.last_mut() else { return refuse(call.at, "Aggregates cannot stand here.") };
            let known = calls.aggregates.iter().find(|(_, other)| *other == aggregate).map(|(id, _)| *id);
            if known.is_none() {
                calls.aggregates.push((id, aggregate));
            }
            return Ok(Expr::column(known.unwrap_or(id), kind));
        }
        if call.is_distinct || !call.order.is_empty() || call.filter.is_some() || call.is_star {
            return refuse(call.at, format!("{}: DISTINCT, ORDER BY, FILTER and * are for aggregates.", call.name));
        }
        if let Some(function) = self.dated(&call, scope, mode)? {
            return Ok(function);
        }
        let arguments =
            call.arguments.iter().map(|argument| self.value(argument, scope, mode)).collect::<Result<Vec<_>, _>>()?;
        scalar(&call.name, arguments, call.at)
    }

    /// The call as an aggregate, if it is one.
    fn aggregate(&mut self, call: &Call<'_>, scope: &Scope, mode: Mode) -> Result<Option<Aggregate>, SqlError> {
        let inner = if let Mode::Row(_) = mode { mode } else { Mode::Row("an aggregate") };
        self.aggregate_in(call, scope, inner)
    }

    /// The same, with its arguments bound in `inner`.
    pub(super) fn aggregate_in(
        &mut self,
        call: &Call<'_>,
        scope: &Scope,
        inner: Mode,
    ) -> Result<Option<Aggregate>, SqlError> {
        let n_arguments = call.arguments.len();
        let what = match (call.name.as_str(), n_arguments) {
            ("count", _) if call.is_star => Measure::CountRows,
            ("count", 0) => Measure::CountRows,
            ("count", 1) => Measure::Count,
            ("count_if" | "countif", 1) => Measure::Count,
            ("sum", 1) => Measure::Sum,
            ("avg" | "mean", 1) => Measure::Mean,
            ("min", 1) | ("any_value", 1) => Measure::Min,
            ("max", 1) => Measure::Max,
            ("median", 1) => Measure::Median,
            ("stddev" | "stddev_samp" | "std", 1) => Measure::Deviation { of_sample: true },
            ("stddev_pop", 1) => Measure::Deviation { of_sample: false },
            ("variance" | "var_samp" | "var", 1) => Measure::Variance { of_sample: true },
            ("var_pop", 1) => Measure::Variance { of_sample: false },
            ("corr", 2) => Measure::Correlation,
            ("covar_samp", 2) => Measure::Covariance { of_sample: true },
            ("covar_pop", 2) => Measure::Covariance { of_sample: false },
            ("bool_and" | "every", 1) => Measure::All,
            ("bool_or", 1) => Measure::Any,
            ("approx_count_distinct", 1) => Measure::Count,
            ("quantile" | "quantile_cont" | "percentile_cont", 2) => Measure::Quantile(0.5),
            ("percentile_cont" | "quantile_cont", 1) if call.order.len() == 1 => Measure::Quantile(0.5),
            ("string_agg" | "listagg" | "group_concat", 1 | 2) => Measure::Joined(",".to_owned()),
            ("first" | "last" | "arg_min" | "arg_max" | "array_agg" | "list" | "mode", _) => {
                return refuse(
                    call.at,
                    format!(
                        "{} is not supported: which value it gives is not defined. Use MIN, MAX, or ROW_NUMBER() OVER (… ORDER BY …).",
                        call.name
                    ),
                );
            }
            _ => return Ok(None),
        };
        let mut arguments =
            call.arguments.iter().map(|argument| self.value(argument, scope, inner)).collect::<Result<Vec<_>, _>>()?;
        let filter = call.filter.map(|filter| self.condition_in(filter, scope, inner)).transpose()?;
        let mut order = Vec::new();
        for item in &call.order {
            let by = self.value(&item.expr, scope, inner)?;
            order.push(super::order::key(by, &item.options));
        }
        shaped(call, what, &mut arguments, filter, order).map(Some)
    }

    /// Functions whose first argument is the name of a unit.
    fn dated(&mut self, call: &Call<'_>, scope: &Scope, mode: Mode) -> Result<Option<Expr>, SqlError> {
        let at = call.at;
        let name = call.name.as_str();
        if !matches!(
            name,
            "date_part" | "datepart" | "date_trunc" | "datetrunc" | "date_diff" | "datediff" | "timestampdiff"
        ) {
            return Ok(None);
        }
        let (Some(unit), true) = (call.arguments.first(), call.arguments.len() >= 2) else {
            return refuse(at, format!("{name} takes a unit and a date: {name}('month', day)."));
        };
        if name == "datediff" && call.arguments.len() == 2 {
            let later = self.date(call.arguments[0], scope, mode)?;
            let earlier = self.date(call.arguments[1], scope, mode)?;
            let days = vec![cast(later, Kind::Date, true, at)?, cast(earlier, Kind::Date, true, at)?];
            return Ok(Some(Expr::call(Kind::Integer, Function::DaysBetween, days)));
        }
        let unit = match unit {
            ast::Expr::Value(value) => value.value.clone().into_string(),
            ast::Expr::Identifier(name) => Some(name.value.clone()),
            _ => None,
        };
        let Some(unit) = unit.map(|unit| unit.to_lowercase()) else {
            return refuse(at, format!("{name} takes the name of a unit first: {name}('month', day)."));
        };
        let value = self.date(call.arguments[1], scope, mode)?;
        match (name, call.arguments.len()) {
            ("date_part" | "datepart", 2) => part_of(&unit, value, at).map(Some),
            ("date_trunc" | "datetrunc", 2) => truncated(&unit, value, at).map(Some),
            ("date_diff" | "datediff" | "timestampdiff", 3) => {
                let end = self.date(call.arguments[2], scope, mode)?;
                difference(&unit, value, end, at).map(Some)
            }
            _ => refuse(at, format!("{name} has the wrong number of arguments.")),
        }
    }

    fn date(&mut self, expr: &ast::Expr, scope: &Scope, mode: Mode) -> Result<Expr, SqlError> {
        let value = self.value(expr, scope, mode)?;
        dated(value, place(expr))
    }

    /// Functions with a syntax of their own.
    pub(super) fn special_function(&mut self, expr: &ast::Expr, scope: &Scope, mode: Mode) -> Result<Expr, SqlError> {
        use ast::Expr as E;
        let at = place(expr);
        match expr {
            E::Extract { field, expr: inner, .. } => {
                let value = self.date(inner, scope, mode)?;
                let name = match field {
                    DateTimeField::Week(Some(_)) => {
                        return refuse(at, "WEEK(…) is not supported; WEEK is the ISO week.");
                    }
                    field => super::literal::field_name(field),
                };
                part_of(&name, value, at)
            }
            E::Ceil { expr: inner, field } | E::Floor { expr: inner, field } => {
                if !matches!(field, CeilFloorKind::DateTimeField(DateTimeField::NoDateTime)) {
                    return refuse(at, "CEIL and FLOOR take one number here.");
                }
                let value = self.value(inner, scope, mode)?;
                scalar(if matches!(expr, E::Ceil { .. }) { "ceil" } else { "floor" }, vec![value], at)
            }
            E::Position { expr: what, r#in: text } => {
                let text = self.value(text, scope, mode)?;
                let what = self.value(what, scope, mode)?;
                scalar("strpos", vec![text, what], at)
            }
            E::Substring { expr: text, substring_from, substring_for, .. } => {
                let mut arguments = vec![self.value(text, scope, mode)?];
                match substring_from {
                    Some(from) => arguments.push(self.value(from, scope, mode)?),
                    None => arguments.push(Expr::integer(1)),
                }
                if let Some(length) = substring_for {
                    arguments.push(self.value(length, scope, mode)?);
                }
                scalar("substr", arguments, at)
            }
            E::Trim { trim_where, trim_what, expr: text, trim_characters } => {
                let mut arguments = vec![self.value(text, scope, mode)?];
                if let Some(what) = trim_what {
                    arguments.push(self.value(what, scope, mode)?);
                }
                for what in trim_characters.iter().flatten() {
                    arguments.push(self.value(what, scope, mode)?);
                }
                let name = match trim_where {
                    Some(TrimWhereField::Leading) => "ltrim",
                    Some(TrimWhereField::Trailing) => "rtrim",
                    _ => "trim",
                };
                scalar(name, arguments, at)
            }
            _ => refuse(at, "This function is not supported."),
        }
    }
}

fn read_call(function: &ast::Function) -> Result<Call<'_>, SqlError> {
    let at = place(function);
    let name = match &function.name.0[..] {
        [part] => part.as_ident().map(|ident| ident.value.to_lowercase()),
        _ => None,
    };
    let Some(name) = name else {
        return refuse(at, format!("There is no function {}.", shown(&function.name.to_string())));
    };
    if ["read_", "scan_", "write_", "copy_"].iter().any(|prefix| name.starts_with(prefix)) {
        return refuse(
            at,
            format!(
                "{}(…) is not allowed: a query reads only the open tables, never files or addresses.",
                shown(&name)
            ),
        );
    }
    if function.uses_odbc_syntax || !matches!(function.parameters, FunctionArguments::None) {
        return refuse(at, "This form of call is not supported.");
    }
    let mut call = Call {
        name,
        arguments: Vec::new(),
        is_star: false,
        is_distinct: false,
        order: function.within_group.iter().collect(),
        filter: function.filter.as_deref(),
        at,
    };
    match &function.args {
        FunctionArguments::None => {}
        FunctionArguments::Subquery(_) => return refuse(at, "A subquery as an argument needs its own parentheses."),
        FunctionArguments::List(list) => {
            call.is_distinct = matches!(list.duplicate_treatment, Some(DuplicateTreatment::Distinct));
            for argument in &list.args {
                match argument {
                    FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => call.arguments.push(expr),
                    FunctionArg::Unnamed(FunctionArgExpr::Wildcard) => call.is_star = true,
                    _ => return refuse(at, "Named arguments are not supported."),
                }
            }
            for clause in &list.clauses {
                match clause {
                    FunctionArgumentClause::OrderBy(keys) => call.order.extend(keys),
                    FunctionArgumentClause::Separator(_) => {
                        return refuse(at, "Write STRING_AGG(x, ', ') with the separator as second argument.");
                    }
                    _ => return refuse(at, "This clause in a function is not supported."),
                }
            }
        }
    }
    Ok(call)
}

fn shaped(
    call: &Call<'_>,
    mut what: Measure,
    arguments: &mut Vec<Expr>,
    filter: Option<Expr>,
    mut order: Vec<Key>,
) -> Result<Aggregate, SqlError> {
    let at = call.at;
    let mut is_distinct = call.is_distinct || call.name == "approx_count_distinct";
    match &what {
        Measure::CountRows if is_distinct => return refuse(at, "COUNT(DISTINCT *) is not supported; name a column."),
        Measure::Quantile(_) => {
            let share = if let Some(key) = order.pop() {
                let share = arguments.pop();
                if key.descending {
                    return refuse(at, "WITHIN GROUP (ORDER BY … DESC) is not supported; use 1 minus the share.");
                }
                arguments.push(key.by);
                share
            } else {
                arguments.pop()
            };
            let share = share.map(|share| share.cast(Kind::Float, true));
            match share.map(|share| share.node) {
                Some(Node::Literal(Literal::Float(share))) if (0.0..=1.0).contains(&share) => {
                    what = Measure::Quantile(share)
                }
                _ => return refuse(at, format!("{} takes a constant share between 0 and 1.", call.name)),
            }
        }
        Measure::Joined(_) => {
            if let Some(separator) = (arguments.len() == 2).then(|| arguments.pop()).flatten() {
                let Node::Literal(Literal::Text(separator)) = separator.node else {
                    return refuse(at, "The separator must be a constant text.");
                };
                what = Measure::Joined(separator);
            }
            if is_distinct && !order.is_empty() {
                return refuse(at, "DISTINCT and ORDER BY together are not supported here.");
            }
        }
        Measure::Min | Measure::Max | Measure::All | Measure::Any => is_distinct = false,
        _ if is_distinct && !matches!(what, Measure::Count | Measure::Sum | Measure::Mean) => {
            return refuse(
                at,
                format!("{} with DISTINCT is not supported; use a subquery with SELECT DISTINCT.", call.name),
            );
        }
        _ => {}
    }
    if !order.is_empty() && !matches!(what, Measure::Joined(_)) {
        return refuse(at, "ORDER BY makes no difference in this aggregate; leave it out.");
    }
    if call.name == "count_if" || call.name == "countif" {
        let test = arguments.pop().unwrap_or_else(|| Expr::null(Kind::Boolean));
        if test.kind != Kind::Boolean {
            return refuse(at, "COUNT_IF takes a condition.");
        }
        arguments.push(only_where(Expr::integer(1), test));
    }
    let mut arguments = std::mem::take(arguments);
    let kind = match &what {
        Measure::CountRows | Measure::Count => Kind::Integer,
        Measure::Sum => {
            let value = number(arguments.remove(0), at)?;
            let kind = value.kind;
            arguments.push(value);
            kind
        }
        Measure::Min | Measure::Max => arguments[0].kind,
        Measure::All | Measure::Any => match arguments[0].kind {
            Kind::Boolean => Kind::Boolean,
            _ => return refuse(at, format!("{} takes a condition.", call.name)),
        },
        Measure::Joined(_) => {
            let text = as_text(arguments.remove(0), at)?;
            arguments.push(text);
            Kind::Text
        }
        _ => {
            arguments = arguments
                .into_iter()
                .map(|argument| number(argument, at).map(|number| number.cast(Kind::Float, true)))
                .collect::<Result<_, _>>()?;
            Kind::Float
        }
    };
    if let Some(filter) = filter {
        if what == Measure::CountRows {
            what = Measure::Count;
            arguments = vec![Expr::integer(1)];
        }
        arguments = arguments.into_iter().map(|argument| only_where(argument, filter.clone())).collect();
    }
    Ok(Aggregate { what, of: arguments, is_distinct, order, kind })
}

/// The value where the condition holds, else NULL.
fn only_where(value: Expr, test: Expr) -> Expr {
    let kind = value.kind;
    Expr { kind, node: Node::Case(vec![(test, value)], Box::new(Expr::null(kind))) }
}

fn dated(value: Expr, at: Option<Place>) -> Result<Expr, SqlError> {
    match value.kind {
        Kind::Date | Kind::Datetime => Ok(value),
        Kind::Null => Ok(value.cast(Kind::Date, true)),
        Kind::Text => match super::literal::coerced(&value, Kind::Date, at)? {
            Some(value) => Ok(value),
            None => refuse(at, "A date is wanted here, and this is text. Write CAST(… AS DATE)."),
        },
        kind => refuse(at, format!("A date is wanted here, and this is {}.", kind.words())),
    }
}

fn part_of(name: &str, value: Expr, at: Option<Place>) -> Result<Expr, SqlError> {
    let part = match name.trim_end_matches('s') {
        "year" => Part::Year,
        "quarter" => Part::Quarter,
        "month" => Part::Month,
        "week" | "isoweek" | "iso_week" | "weekofyear" => Part::Week,
        "isoyear" => Part::WeekYear,
        "day" | "dayofmonth" => Part::Day,
        "dow" => Part::DayOfWeek,
        "isodow" => Part::IsoDayOfWeek,
        "doy" | "dayofyear" => Part::DayOfYear,
        "hour" => Part::Hour,
        "minute" => Part::Minute,
        "second" => Part::Second,
        "dayofweek" | "weekday" => {
            return refuse(
                at,
                format!(
                    "{name} begins on another day in every database. Use DOW (Sunday is 0) or ISODOW (Monday is 1)."
                ),
            );
        }
        _ => {
            return refuse(
                at,
                format!(
                    "There is no part {name:?} of a date. There are year, quarter, month, week, day, dow, isodow, doy, hour, minute, second."
                ),
            );
        }
    };
    let is_time = matches!(part, Part::Hour | Part::Minute | Part::Second);
    let value = if is_time { value.cast(Kind::Datetime, true) } else { value };
    Ok(Expr::call(Kind::Integer, Function::Part(part), vec![value]))
}

fn truncated(name: &str, value: Expr, at: Option<Place>) -> Result<Expr, SqlError> {
    let unit = match name {
        "year" => Unit::Year,
        "quarter" => Unit::Quarter,
        "month" => Unit::Month,
        "week" => Unit::Week,
        "day" => Unit::Day,
        "hour" => Unit::Hour,
        "minute" => Unit::Minute,
        "second" => Unit::Second,
        _ => {
            return refuse(
                at,
                format!("DATE_TRUNC knows year, quarter, month, week, day, hour, minute and second, not {name:?}."),
            );
        }
    };
    let is_time = matches!(unit, Unit::Hour | Unit::Minute | Unit::Second);
    if value.kind == Kind::Date && (is_time || unit == Unit::Day) {
        return Ok(value);
    }
    let kind = value.kind;
    Ok(Expr::call(kind, Function::TruncateTo(unit), vec![value]))
}

/// How many borders of the unit lie between.
fn difference(unit: &str, start: Expr, end: Expr, at: Option<Place>) -> Result<Expr, SqlError> {
    let part = |part, value: &Expr| Expr::call(Kind::Integer, Function::Part(part), vec![value.clone()]);
    let months = |value: &Expr, of: Part, n: i64| -> Result<Expr, SqlError> {
        let years = arithmetic(Operator::Multiply, part(Part::Year, value), Expr::integer(n), at)?;
        arithmetic(Operator::Add, years, part(of, value), at)
    };
    match unit.trim_end_matches('s') {
        "year" => arithmetic(Operator::Subtract, part(Part::Year, &end), part(Part::Year, &start), at),
        "quarter" => {
            arithmetic(Operator::Subtract, months(&end, Part::Quarter, 4)?, months(&start, Part::Quarter, 4)?, at)
        }
        "month" => arithmetic(Operator::Subtract, months(&end, Part::Month, 12)?, months(&start, Part::Month, 12)?, at),
        "day" => {
            let days = vec![cast(end, Kind::Date, true, at)?, cast(start, Kind::Date, true, at)?];
            Ok(Expr::call(Kind::Integer, Function::DaysBetween, days))
        }
        _ => refuse(at, format!("The difference in {unit} is not supported. There are year, quarter, month and day.")),
    }
}

fn text_constant(value: Option<&Expr>, name: &str, at: Option<Place>) -> Result<String, SqlError> {
    match value.map(|value| &value.node) {
        Some(Node::Literal(Literal::Text(text))) => Ok(text.clone()),
        _ => refuse(at, format!("{name} takes a constant text here.")),
    }
}

fn whole_constant(value: Option<&Expr>, name: &str, at: Option<Place>) -> Result<i64, SqlError> {
    match value.map(|value| &value.node) {
        Some(Node::Literal(Literal::Integer(number))) => Ok(*number),
        _ => refuse(at, format!("{name} takes a constant whole number here.")),
    }
}

fn a_text(value: &Expr, name: &str, at: Option<Place>) -> Result<Expr, SqlError> {
    match value.kind {
        Kind::Text => Ok(value.clone()),
        Kind::Null => Ok(Expr::null(Kind::Text)),
        kind => refuse(at, format!("{name} takes text, and this is {}. Write CAST(… AS TEXT).", kind.words())),
    }
}

fn scalar(name: &str, arguments: Vec<Expr>, at: Option<Place>) -> Result<Expr, SqlError> {
    let n = arguments.len();
    let first = arguments.first();
    let call = |kind, function, arguments| Ok(Expr::call(kind, function, arguments));
    let float = |value: &Expr| number(value.clone(), at).map(|number| number.cast(Kind::Float, true));
    match (name, n) {
        ("upper" | "ucase", 1) => call(Kind::Text, Function::Upper, vec![a_text(&arguments[0], name, at)?]),
        ("lower" | "lcase", 1) => call(Kind::Text, Function::Lower, vec![a_text(&arguments[0], name, at)?]),
        ("length" | "len" | "char_length" | "character_length" | "strlen", 1) => {
            call(Kind::Integer, Function::Length, vec![a_text(&arguments[0], name, at)?])
        }
        ("trim" | "btrim" | "ltrim" | "rtrim", 1 | 2) => {
            let sides = match name {
                "ltrim" => Sides::Start,
                "rtrim" => Sides::End,
                _ => Sides::Both,
            };
            let what = if n == 2 { Some(text_constant(arguments.get(1), name, at)?) } else { None };
            call(Kind::Text, Function::Trim(sides, what), vec![a_text(&arguments[0], name, at)?])
        }
        ("substr" | "substring" | "mid", 2 | 3) => {
            let from = whole_constant(arguments.get(1), name, at)?;
            let length = if n == 3 { Some(whole_constant(arguments.get(2), name, at)?) } else { None };
            if from < 1 || length.is_some_and(|length| length < 0) {
                return refuse(
                    at,
                    format!("{name} counts characters from 1; use RIGHT(text, n) for the end of a text."),
                );
            }
            call(Kind::Text, Function::Substring { from, length }, vec![a_text(&arguments[0], name, at)?])
        }
        ("left", 2) => {
            let length = whole_constant(arguments.get(1), name, at)?;
            if length < 0 {
                return refuse(at, "LEFT takes a number of characters from 0 on.");
            }
            call(
                Kind::Text,
                Function::Substring { from: 1, length: Some(length) },
                vec![a_text(&arguments[0], name, at)?],
            )
        }
        ("right", 2) => {
            let length = whole_constant(arguments.get(1), name, at)?;
            if length < 1 {
                return refuse(at, "RIGHT takes a number of characters from 1 on.");
            }
            call(
                Kind::Text,
                Function::Substring { from: -length, length: None },
                vec![a_text(&arguments[0], name, at)?],
            )
        }
        ("replace", 3) => {
            let what = text_constant(arguments.get(1), name, at)?;
            let by = text_constant(arguments.get(2), name, at)?;
            if what.is_empty() {
                return refuse(at, "REPLACE needs a text to look for.");
            }
            call(Kind::Text, Function::Replace { what, by }, vec![a_text(&arguments[0], name, at)?])
        }
        ("starts_with" | "startswith" | "ends_with" | "endswith" | "contains", 2) => {
            let what = text_constant(arguments.get(1), name, at)?;
            let function = match name {
                "contains" => Function::Contains(what),
                "ends_with" | "endswith" => Function::EndsWith(what),
                _ => Function::StartsWith(what),
            };
            call(Kind::Boolean, function, vec![a_text(&arguments[0], name, at)?])
        }
        ("strpos" | "instr" | "position", 2) => {
            let what = text_constant(arguments.get(1), name, at)?;
            call(Kind::Integer, Function::Position(what), vec![a_text(&arguments[0], name, at)?])
        }
        ("concat", 1..) => {
            let mut parts = arguments.into_iter().map(|argument| {
                let text = as_text(argument, at)?;
                call(
                    Kind::Text,
                    Function::Coalesce,
                    vec![text, Expr { kind: Kind::Text, node: Node::Literal(Literal::Text(String::new())) }],
                )
            });
            let first = parts.next().unwrap_or_else(|| Ok(Expr::null(Kind::Text)))?;
            parts.try_fold(first, |all, part| {
                Ok(Expr { kind: Kind::Text, node: Node::Concat(Box::new(all), Box::new(part?)) })
            })
        }
        ("regexp_like" | "regexp_matches", 2) => {
            let text = a_text(&arguments[0], name, at)?;
            Ok(Expr::boolean(Node::Matches { text: Box::new(text), regex: regex(&arguments[1], at)? }))
        }
        ("regexp_replace", 3) => {
            let function = Function::RegexReplace {
                regex: regex(&arguments[1], at)?,
                by: text_constant(arguments.get(2), name, at)?,
            };
            call(Kind::Text, function, vec![a_text(&arguments[0], name, at)?])
        }
        ("regexp_extract", 2 | 3) => {
            let group = if n == 3 { whole_constant(arguments.get(2), name, at)? } else { 0 };
            let group = usize::try_from(group).unwrap_or(usize::MAX);
            call(
                Kind::Text,
                Function::RegexExtract { regex: regex(&arguments[1], at)?, group },
                vec![a_text(&arguments[0], name, at)?],
            )
        }
        ("abs", 1) => {
            let value = number(arguments[0].clone(), at)?;
            call(value.kind, Function::Abs, vec![value])
        }
        ("sign", 1) => call(Kind::Integer, Function::Sign, vec![float(&arguments[0])?]),
        ("round", 1 | 2) => {
            let digits = if n == 2 { whole_constant(arguments.get(1), name, at)? } else { 0 };
            if !(-15..=15).contains(&digits) {
                return refuse(at, "ROUND takes -15 to 15 digits.");
            }
            let value = number(arguments[0].clone(), at)?;
            if value.kind == Kind::Integer && digits >= 0 {
                return Ok(value);
            }
            let kind = value.kind;
            let rounded = Expr::call(Kind::Float, Function::Round(digits), vec![value.cast(Kind::Float, true)]);
            Ok(rounded.cast(kind, true))
        }
        ("floor" | "ceil" | "ceiling" | "trunc" | "truncate", 1) => {
            let value = number(arguments[0].clone(), at)?;
            if value.kind == Kind::Integer {
                return Ok(value);
            }
            let function = match name {
                "floor" => Function::Floor,
                "trunc" | "truncate" => Function::Truncate,
                _ => Function::Ceiling,
            };
            call(Kind::Float, function, vec![value])
        }
        ("sqrt", 1) => call(Kind::Float, Function::SquareRoot, vec![float(&arguments[0])?]),
        ("exp", 1) => call(Kind::Float, Function::Exponential, vec![float(&arguments[0])?]),
        ("ln", 1) => call(Kind::Float, Function::NaturalLogarithm, vec![float(&arguments[0])?]),
        ("log10", 1) => call(Kind::Float, Function::Logarithm10, vec![float(&arguments[0])?]),
        ("log2", 1) => call(Kind::Float, Function::Logarithm2, vec![float(&arguments[0])?]),
        ("log", 1 | 2) => refuse(at, "LOG means another base in every database. Write LN, LOG10 or LOG2."),
        ("pow" | "power", 2) => call(Kind::Float, Function::Power, vec![float(&arguments[0])?, float(&arguments[1])?]),
        ("mod", 2) => {
            let mut arguments = arguments.into_iter();
            match (arguments.next(), arguments.next()) {
                (Some(a), Some(b)) => arithmetic(Operator::Remainder, a, b, at),
                _ => refuse(at, "MOD takes two numbers."),
            }
        }
        ("coalesce" | "ifnull" | "nvl", 2..) | ("coalesce", 1) | ("greatest" | "least", 2..) => {
            let arguments = unify_all(arguments, at)?;
            let function = match name {
                "greatest" => Function::Greatest,
                "least" => Function::Least,
                _ => Function::Coalesce,
            };
            call(arguments[0].kind, function, arguments)
        }
        ("nullif", 2) => {
            let kind = arguments[0].kind;
            let same = compared(Comparison::Equal, arguments[0].clone(), arguments[1].clone(), at)?;
            Ok(Expr { kind, node: Node::Case(vec![(same, Expr::null(kind))], Box::new(arguments[0].clone())) })
        }
        ("if" | "iif", 3) => {
            if arguments[0].kind != Kind::Boolean {
                return refuse(at, "IF takes a condition first.");
            }
            let test = arguments[0].clone();
            let mut values = unify_all(arguments[1..].to_vec(), at)?.into_iter();
            match (values.next(), values.next()) {
                (Some(then), Some(otherwise)) => {
                    Ok(Expr { kind: then.kind, node: Node::Case(vec![(test, then)], Box::new(otherwise)) })
                }
                _ => refuse(at, "IF takes a condition and two values."),
            }
        }
        (
            "year" | "quarter" | "month" | "week" | "weekofyear" | "day" | "dayofmonth" | "dayofyear" | "hour"
            | "minute" | "second" | "isodow" | "dayofweek" | "weekday",
            1,
        ) => part_of(name, dated(arguments[0].clone(), at)?, at),
        ("date", 1) => match arguments[0].kind {
            Kind::Text => cast(arguments[0].clone(), Kind::Date, true, at),
            _ => cast(dated(arguments[0].clone(), at)?, Kind::Date, true, at),
        },
        ("strftime" | "to_char" | "date_format", 2) => {
            let (value, format) = match first.map(|value| &value.node) {
                Some(Node::Literal(Literal::Text(format))) if format.contains('%') => {
                    (arguments[1].clone(), format.clone())
                }
                _ => (arguments[0].clone(), text_constant(arguments.get(1), name, at)?),
            };
            if name == "to_char" || !is_format(&format) {
                return refuse(
                    at,
                    "Write STRFTIME(day, '%Y-%m') with %Y %m %d %H %M %S %j %y %b %B %a %A %V %G %u %F %T.",
                );
            }
            call(Kind::Text, Function::Format(format), vec![dated(value, at)?])
        }
        (
            "now" | "current_date" | "current_timestamp" | "current_time" | "today" | "localtimestamp" | "getdate"
            | "sysdate",
            _,
        ) => refuse(
            at,
            "The present time is not available: the same statement gives the same answer every day. Write the date: DATE '2024-01-31'.",
        ),
        ("random" | "rand" | "uuid" | "gen_random_uuid", _) => refuse(
            at,
            "Random values are not available: the same statement gives the same answer every time. Use Python with a fixed seed.",
        ),
        _ if NAMES.contains(&name) => {
            refuse(at, format!("{} does not take {n} arguments of these forms.", name.to_uppercase()))
        }
        _ => {
            let names: Vec<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
            let hint =
                nearest(name, &names).map(|name| format!(" Did you mean {}?", name.to_uppercase())).unwrap_or_default();
            refuse(
                at,
                format!("There is no function {}.{hint} Use Python if it is needed.", shown(&name.to_uppercase())),
            )
        }
    }
}

fn is_format(format: &str) -> bool {
    let mut chars = format.chars();
    while let Some(char) = chars.next() {
        if char == '%' && !chars.next().is_some_and(|spec| "YmdHMSjybBaAVGuFT%".contains(spec)) {
            return false;
        }
    }
    true
}
