//! Which statements reach the server: one SELECT over bound tables, made of functions known to be harmless.
//!
//! The server would refuse to write anyway (every transaction is read-only), but a superuser's SELECT can read files of
//! the server, call other servers, or stop its colleagues. So functions are allowed by name, not forbidden by name.

use std::ops::ControlFlow;

use sqlparser::ast::{
    Expr, Ident, ObjectName, ObjectNamePart, Query, Select, SetExpr, Statement, TableAlias, TableFactor, VisitMut,
    VisitorMut,
};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

use crate::{BoundTable, ConnectError};

const LONGEST_STATEMENT: usize = 100_000;

/// Functions whose value depends on nothing but their arguments, the tables and the clock.
const FUNCTIONS: &[&str] = &[
    // aggregates
    "count",
    "sum",
    "avg",
    "min",
    "max",
    "stddev",
    "stddev_samp",
    "stddev_pop",
    "variance",
    "var_samp",
    "var_pop",
    "corr",
    "covar_pop",
    "covar_samp",
    "regr_slope",
    "regr_intercept",
    "regr_r2",
    "regr_count",
    "bool_and",
    "bool_or",
    "every",
    "string_agg",
    "array_agg",
    "percentile_cont",
    "percentile_disc",
    "mode",
    "bit_and",
    "bit_or",
    // windows
    "row_number",
    "rank",
    "dense_rank",
    "percent_rank",
    "cume_dist",
    "ntile",
    "lag",
    "lead",
    "first_value",
    "last_value",
    "nth_value",
    // numbers
    "abs",
    "ceil",
    "ceiling",
    "floor",
    "round",
    "trunc",
    "sign",
    "sqrt",
    "cbrt",
    "power",
    "exp",
    "ln",
    "log",
    "log10",
    "mod",
    "div",
    "greatest",
    "least",
    "pi",
    "degrees",
    "radians",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "atan2",
    "sinh",
    "cosh",
    "tanh",
    "width_bucket",
    // texts
    "lower",
    "upper",
    "initcap",
    "length",
    "char_length",
    "character_length",
    "octet_length",
    "substring",
    "substr",
    "left",
    "right",
    "trim",
    "btrim",
    "ltrim",
    "rtrim",
    "replace",
    "translate",
    "concat",
    "concat_ws",
    "split_part",
    "strpos",
    "position",
    "starts_with",
    "reverse",
    "ascii",
    "chr",
    "md5",
    "to_char",
    "to_number",
    "regexp_replace",
    "regexp_match",
    "regexp_matches",
    "regexp_count",
    "regexp_like",
    "overlay",
    "format",
    // time
    "now",
    "current_date",
    "current_timestamp",
    "localtimestamp",
    "date_trunc",
    "date_part",
    "extract",
    "age",
    "to_date",
    "to_timestamp",
    "make_date",
    "make_timestamp",
    "make_interval",
    "date_bin",
    "date",
    "justify_days",
    "justify_hours",
    "justify_interval",
    "timezone",
    // choice, types, arrays
    "coalesce",
    "nullif",
    "cast",
    "num_nulls",
    "num_nonnulls",
    "array_length",
    "cardinality",
    "array_position",
    "array_to_string",
    "unnest",
    "json_extract_path_text",
    "jsonb_extract_path_text",
    "jsonb_array_length",
];

/// The statement as the server gets it: every bound name replaced by its table, under the bound name.
pub(super) fn allow(sql: &str, tables: &[BoundTable]) -> Result<String, ConnectError> {
    if sql.len() > LONGEST_STATEMENT {
        return refuse("The statement is too long.");
    }
    let statements = Parser::parse_sql(&PostgreSqlDialect {}, sql).map_err(|error| ConnectError::Refused {
        message: format!("This is no SQL that PostgreSQL knows: {error}."),
    })?;
    let Ok([Statement::Query(mut query)]) = <[Statement; 1]>::try_from(statements) else {
        return refuse("Only one SELECT (or WITH … SELECT) is allowed; the data is never changed.");
    };
    let mut check = Check { tables, ctes: Vec::new() };
    match VisitMut::visit(&mut query, &mut check) {
        ControlFlow::Break(message) => refuse(message),
        ControlFlow::Continue(()) => Ok(query.to_string()),
    }
}

fn refuse<T>(message: impl Into<String>) -> Result<T, ConnectError> {
    Err(ConnectError::Refused { message: message.into() })
}

struct Check<'t> {
    tables: &'t [BoundTable],
    /// Names that WITH has given so far. Which of them is in scope is the server's business; none may hide a table.
    ctes: Vec<String>,
}

impl Check<'_> {
    /// The table meant by a bound name; `df` is the first one.
    fn bound(&self, name: &str) -> Option<&BoundTable> {
        let named = self.tables.iter().find(|table| table.name == name);
        let named = named.or_else(|| self.tables.iter().find(|table| table.name.eq_ignore_ascii_case(name)));
        named.or_else(|| self.tables.first().filter(|_| name.eq_ignore_ascii_case("df")))
    }

    fn names(&self) -> String {
        self.tables.iter().map(|table| table.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    fn take_table(&self, name: &mut ObjectName, alias: &mut Option<TableAlias>) -> ControlFlow<String> {
        let [ObjectNamePart::Identifier(ident)] = name.0.as_slice() else {
            return stop(format!("{name} cannot be read: only these tables are open here: {}.", self.names()));
        };
        let called = ident.value.clone();
        if self.ctes.iter().any(|cte| cte.eq_ignore_ascii_case(&called)) {
            return ControlFlow::Continue(());
        }
        let Some(bound) = self.bound(&called) else {
            return stop(format!("There is no table “{called}” here. Open tables: {}.", self.names()));
        };
        let part = |text: &str| ObjectNamePart::Identifier(Ident::with_quote('"', text));
        *name = ObjectName(vec![part(&bound.table.schema), part(&bound.table.table)]);
        if alias.is_none() {
            let name = Ident { value: called, ..ident_quoted_like(ident_quote(&bound.name)) };
            *alias = Some(TableAlias { explicit: true, name, columns: Vec::new(), at: None });
        }
        ControlFlow::Continue(())
    }
}

/// A bound name is lower case unless the person made it otherwise; only then it needs quotes.
fn ident_quote(name: &str) -> Option<char> {
    let is_plain = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    (!is_plain).then_some('"')
}

fn ident_quoted_like(quote_style: Option<char>) -> Ident {
    Ident { quote_style, ..Ident::new("") }
}

fn stop(message: impl Into<String>) -> ControlFlow<String> {
    ControlFlow::Break(message.into())
}

impl VisitorMut for Check<'_> {
    type Break = String;

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<String> {
        if !query.locks.is_empty() {
            return stop("FOR UPDATE and FOR SHARE are not allowed; the data is never changed.");
        }
        for cte in query.with.iter().flat_map(|with| &with.cte_tables) {
            let name = cte.alias.name.value.clone();
            if self.bound(&name).is_some() {
                return stop(format!("WITH {name} has the name of an open table. Choose another name."));
            }
            self.ctes.push(name);
        }
        check_set(&query.body)
    }

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<String> {
        if select.into.is_some() {
            stop("SELECT INTO is not allowed; the data is never changed.")
        } else {
            ControlFlow::Continue(())
        }
    }

    fn pre_visit_statement(&mut self, _statement: &mut Statement) -> ControlFlow<String> {
        stop("Only SELECT is allowed; the data is never changed.")
    }

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<String> {
        match factor {
            TableFactor::Table { name, alias, args: None, .. } => self.take_table(name, alias),
            TableFactor::Derived { .. } | TableFactor::NestedJoin { .. } => ControlFlow::Continue(()),
            TableFactor::Table { name, .. } | TableFactor::Function { name, .. } => stop(format!(
                "{name}(…) cannot be used as a table; only the open tables can be read: {}.",
                self.names()
            )),
            _ => stop("Only tables, subqueries and joins are allowed after FROM."),
        }
    }

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<String> {
        match expr {
            Expr::Function(function) => {
                let name = function.name.to_string().to_ascii_lowercase();
                if FUNCTIONS.contains(&name.as_str()) {
                    ControlFlow::Continue(())
                } else {
                    stop(format!("The function {name} is not among those that may be used on a database."))
                }
            }
            Expr::Cast { data_type, .. } => check_type(&data_type.to_string()),
            Expr::TypedString(typed) => check_type(&typed.data_type.to_string()),
            _ => ControlFlow::Continue(()),
        }
    }
}

/// A cast to `regclass` and its kin looks things up in the catalogue.
fn check_type(name: &str) -> ControlFlow<String> {
    if name.to_ascii_lowercase().starts_with("reg") {
        return stop(format!("A cast to {name} is not allowed."));
    }
    ControlFlow::Continue(())
}

fn check_set(set: &SetExpr) -> ControlFlow<String> {
    match set {
        SetExpr::Select(_) | SetExpr::Query(_) | SetExpr::Values(_) => ControlFlow::Continue(()),
        SetExpr::SetOperation { left, right, .. } => {
            check_set(left)?;
            check_set(right)
        }
        _ => stop("Only SELECT is allowed; the data is never changed."),
    }
}

#[cfg(test)]
mod tests {
    use analyst_types::TableRef;

    use super::*;

    fn tables() -> Vec<BoundTable> {
        let bound = |name: &str, schema: &str, table: &str| BoundTable {
            name: name.into(),
            table: TableRef { schema: schema.into(), table: table.into() },
        };
        vec![bound("orders", "shop", "Orders 2024"), bound("customers", "public", "customers")]
    }

    #[test]
    fn names_become_tables_and_keep_their_names() {
        let sql = allow("SELECT orders.id, c.name FROM orders JOIN customers c ON c.id = orders.customer", &tables());
        assert_eq!(
            sql.unwrap(),
            "SELECT orders.id, c.name FROM \"shop\".\"Orders 2024\" AS orders JOIN \"public\".\"customers\" c ON c.id = orders.customer"
        );
        let nested = allow(
            "WITH t AS (SELECT * FROM df) SELECT count(*) FROM t WHERE x IN (SELECT id FROM customers)",
            &tables(),
        );
        assert!(nested.unwrap().contains("\"shop\".\"Orders 2024\" AS df"));
    }

    #[test]
    fn what_is_not_one_harmless_select_is_refused() {
        for sql in [
            "DELETE FROM orders",
            "SELECT 1; SELECT 2",
            "SELECT * INTO copy FROM orders",
            "SELECT * FROM orders FOR UPDATE",
            "SELECT * FROM pg_shadow",
            "SELECT * FROM pg_catalog.pg_authid",
            "SELECT * FROM public.customers",
            "SELECT pg_read_file('/etc/passwd')",
            "SELECT PG_READ_FILE('/etc/passwd') FROM orders",
            "SELECT pg_catalog.pg_read_file('x')",
            "SELECT \"pg_read_file\"('x')",
            "SELECT * FROM dblink('host=elsewhere', 'select 1') AS t(a int)",
            "SELECT * FROM pg_ls_dir('.')",
            "SELECT pg_sleep(100)",
            "SELECT set_config('role', 'postgres', false)",
            "SELECT lo_import('/etc/passwd')",
            "SELECT query_to_xml('select 1', true, true, '')",
            "SELECT 'pg_authid'::regclass",
            "WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone",
            "WITH x AS (INSERT INTO orders VALUES (1) RETURNING *) SELECT * FROM x",
            "WITH orders AS (SELECT 1) SELECT * FROM orders",
            "SELECT * FROM orders, LATERAL pg_ls_dir('.') AS f",
            "SELECT (SELECT pg_stat_file('x')) FROM orders",
            "COPY orders TO '/tmp/x'",
            "EXPLAIN ANALYZE SELECT 1",
            "TABLE orders",
            "",
        ] {
            assert!(allow(sql, &tables()).is_err(), "{sql} went through");
        }
    }
}
