//! What may run. SQL written by a model is code: exactly one query, over registered tables only, with nothing that
//! reaches a file or the network, and nothing that Polars is known to answer wrongly.

use std::collections::HashSet;
use std::ops::ControlFlow;

use sqlparser::ast::{
    BinaryOperator, Expr, JoinConstraint, JoinOperator, ObjectName, OrderByExpr, Query, Select, SetExpr, Statement,
    TableFactor, TableWithJoins, Visit, VisitMut, Visitor, VisitorMut, WindowType,
};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::{Parser, ParserError, ParserOptions};

use crate::error::SqlError;
use crate::value::nearest;

/// A statement that may run.
#[derive(Debug)]
pub(super) struct Allowed {
    /// The statement, with the names of tables as they are registered.
    pub sql: String,
    /// The registered tables it reads.
    pub tables: Vec<String>,
    /// Tables joined without an equality: every row with every row.
    pub products: Vec<Vec<String>>,
}

const LONGEST_STATEMENT: usize = 200_000;

/// Checks `sql` against the registered `tables`.
pub(super) fn allow(sql: &str, tables: &[String]) -> Result<Allowed, SqlError> {
    if sql.len() > LONGEST_STATEMENT {
        return refused("The statement is too long.");
    }
    let mut query = parse(sql)?;
    let mut names = CteNames::default();
    let _ = query.visit(&mut names);
    if let Some(cte) = names.names.iter().find(|cte| tables.iter().any(|table| table.eq_ignore_ascii_case(cte))) {
        return refused(format!(
            "WITH {cte} has the name of an open table, and the table would be read. Choose another name."
        ));
    }
    let mut check = Check { tables, ctes: &names.names, used: Vec::new(), products: Vec::new() };
    if let ControlFlow::Break(error) = query.visit(&mut check) {
        return Err(error);
    }
    let Check { used, products, .. } = check;
    let mut rename = Rename { tables, changed: false };
    let _ = VisitMut::visit(&mut query, &mut rename);
    let sql = if rename.changed { query.to_string() } else { sql.trim().trim_end_matches(';').to_owned() };
    Ok(Allowed { sql, tables: used, products })
}

fn refused<T>(message: impl Into<String>) -> Result<T, SqlError> {
    Err(SqlError::Refused { message: message.into() })
}

/// With the dialect and options that Polars parses with.
fn parse(sql: &str) -> Result<Query, SqlError> {
    let options = ParserOptions { trailing_commas: true, ..Default::default() };
    let parser = Parser::new(&GenericDialect).with_options(options);
    let statements = parser.try_with_sql(sql).and_then(|mut parser| parser.parse_statements()).map_err(|error| {
        let message = match error {
            ParserError::TokenizerError(text) | ParserError::ParserError(text) => text,
            ParserError::RecursionLimitExceeded => "it is nested too deeply".to_owned(),
        };
        let line =
            message.split("Line: ").nth(1).and_then(|rest| rest.split(',').next()).and_then(|n| n.trim().parse().ok());
        SqlError::Syntax { message, line }
    })?;
    let n_statements = statements.len();
    match <[Statement; 1]>::try_from(statements) {
        Ok([Statement::Query(query)]) => Ok(*query),
        Ok(_) => refused("Only one SELECT (or WITH … SELECT) is allowed; the data is never changed."),
        Err(_) if n_statements == 0 => refused("There is no statement. Write a SELECT."),
        Err(_) => refused("Only one statement at a time is allowed."),
    }
}

#[derive(Default)]
struct CteNames {
    names: HashSet<String>,
}

impl Visitor for CteNames {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        if let Some(with) = &query.with {
            self.names.extend(with.cte_tables.iter().map(|cte| cte.alias.name.value.clone()));
        }
        ControlFlow::Continue(())
    }
}

struct Check<'c> {
    tables: &'c [String],
    ctes: &'c HashSet<String>,
    used: Vec<String>,
    products: Vec<Vec<String>>,
}

fn stop<T>(message: impl Into<String>) -> ControlFlow<SqlError, T> {
    ControlFlow::Break(SqlError::Refused { message: message.into() })
}

impl Visitor for Check<'_> {
    type Break = SqlError;

    fn pre_visit_statement(&mut self, _statement: &Statement) -> ControlFlow<SqlError> {
        stop("Only SELECT is allowed; the data is never changed.")
    }

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<SqlError> {
        if query.with.as_ref().is_some_and(|with| with.recursive) {
            return stop("Recursive WITH is not supported. Use Python for this step.");
        }
        if !query.locks.is_empty()
            || query.for_clause.is_some()
            || query.settings.is_some()
            || query.format_clause.is_some()
        {
            return stop("FOR, SETTINGS and FORMAT clauses are not supported; leave them out.");
        }
        if !query.pipe_operators.is_empty() {
            return stop("Pipe operators (|>) are not supported; write a nested SELECT.");
        }
        check_set(&query.body)
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<SqlError> {
        if select.into.is_some() {
            return stop("SELECT INTO is not allowed; the data is never changed.");
        }
        if !select.lateral_views.is_empty() || !select.connect_by.is_empty() {
            return stop("LATERAL VIEW and CONNECT BY are not supported. Use Python for this step.");
        }
        for from in &select.from {
            self.check_joins(from, select.selection.is_some())?;
        }
        if select.from.len() > 1 && select.selection.is_none() {
            self.products.push(select.from.iter().filter_map(|from| table_name(&from.relation)).collect());
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<SqlError> {
        match factor {
            TableFactor::Table { name, args: None, .. } => self.check_table(name),
            TableFactor::Table { name, .. } => stop(format!(
                "{name}(…) cannot be used as a table: a query reads only the open tables ({}), never files or addresses.",
                self.tables.join(", ")
            )),
            TableFactor::Derived { lateral: true, .. } => stop("LATERAL is not supported; write a join."),
            TableFactor::Derived { .. } | TableFactor::UNNEST { .. } => ControlFlow::Continue(()),
            TableFactor::NestedJoin { table_with_joins, .. } => self.check_joins(table_with_joins, false),
            _ => stop("Only tables, subqueries and joins are allowed after FROM."),
        }
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<SqlError> {
        if let Expr::Function(function) = expr {
            let name = function.name.to_string().to_lowercase();
            if name.starts_with("read_") || name.starts_with("scan_") || name.starts_with("write_") {
                return stop(format!("{name}(…) is not allowed: a query reads only the open tables."));
            }
            if let Some(WindowType::WindowSpec(window)) = &function.over {
                check_window_order(&window.order_by)?;
            }
        }
        ControlFlow::Continue(())
    }
}

/// Polars 0.55 does not look at where missing values are wanted in a window.
fn check_window_order(order: &[OrderByExpr]) -> ControlFlow<SqlError> {
    if order.iter().any(|by| by.options.nulls_first.is_some()) {
        return stop(
            "NULLS FIRST and NULLS LAST do not work inside OVER (…). Leave missing values out with WHERE … IS NOT NULL.",
        );
    }
    ControlFlow::Continue(())
}

fn check_set(set: &SetExpr) -> ControlFlow<SqlError> {
    match set {
        SetExpr::Select(_) | SetExpr::Query(_) | SetExpr::Values(_) => ControlFlow::Continue(()),
        SetExpr::SetOperation { left, right, .. } => {
            check_set(left)?;
            check_set(right)
        }
        SetExpr::Table(_) => stop("TABLE is not supported; write SELECT * FROM."),
        _ => stop("Only SELECT is allowed; the data is never changed."),
    }
}

fn table_name(factor: &TableFactor) -> Option<String> {
    match factor {
        TableFactor::Table { name, .. } => single_name(name).map(str::to_owned),
        _ => None,
    }
}

fn single_name(name: &ObjectName) -> Option<&str> {
    match &name.0[..] {
        [part] => part.as_ident().map(|ident| ident.value.as_str()),
        _ => None,
    }
}

/// The registered table that `name` means, whatever its case.
fn registered<'t>(tables: &'t [String], name: &str) -> Option<&'t String> {
    tables.iter().find(|table| *table == name).or_else(|| tables.iter().find(|table| table.eq_ignore_ascii_case(name)))
}

impl Check<'_> {
    fn check_table(&mut self, name: &ObjectName) -> ControlFlow<SqlError> {
        let shown = single_name(name).map_or_else(|| name.to_string(), str::to_owned);
        let found = single_name(name).and_then(|name| registered(self.tables, name));
        if let Some(table) = found {
            if !self.used.contains(table) {
                self.used.push(table.clone());
            }
            return ControlFlow::Continue(());
        }
        if self.ctes.contains(&shown) {
            return ControlFlow::Continue(());
        }
        ControlFlow::Break(SqlError::NoSuchTable {
            nearest: nearest(&shown, self.tables),
            available: self.tables.to_vec(),
            table: shown,
        })
    }

    fn check_joins(&mut self, from: &TableWithJoins, has_where: bool) -> ControlFlow<SqlError> {
        let mut names: Vec<String> = table_name(&from.relation).into_iter().collect();
        let mut is_product = false;
        for join in &from.joins {
            names.extend(table_name(&join.relation));
            use JoinOperator::*;
            match &join.join_operator {
                Join(constraint) | Inner(constraint) | CrossJoin(constraint) | StraightJoin(constraint) => {
                    is_product |= !has_equality(constraint) && !has_where;
                }
                Left(c) | LeftOuter(c) | Right(c) | RightOuter(c) | FullOuter(c) | Semi(c) | LeftSemi(c)
                | RightSemi(c) | Anti(c) | LeftAnti(c) | RightAnti(c) => check_outer(c)?,
                AsOf { .. } => return stop("ASOF JOIN is not supported. Use Python (merge_asof) for this step."),
                _ => return stop("This kind of join is not supported."),
            }
        }
        if is_product {
            self.products.push(names);
        }
        ControlFlow::Continue(())
    }
}

fn has_equality(constraint: &JoinConstraint) -> bool {
    match constraint {
        JoinConstraint::On(expr) => conjuncts(expr).into_iter().any(is_column_equality),
        JoinConstraint::Using(_) | JoinConstraint::Natural => true,
        JoinConstraint::None => false,
    }
}

/// Polars 0.55 takes an outer join on anything but equalities for an inner join, and so loses rows without a word.
fn check_outer(constraint: &JoinConstraint) -> ControlFlow<SqlError> {
    let JoinConstraint::On(expr) = constraint else { return ControlFlow::Continue(()) };
    if conjuncts(expr).into_iter().all(is_column_equality) {
        return ControlFlow::Continue(());
    }
    stop(
        "An outer join may only compare columns for equality in ON (here the engine would lose rows). Filter the joined \
         table in a subquery first, or use an inner join, or Python.",
    )
}

fn conjuncts(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
            let mut all = conjuncts(left);
            all.extend(conjuncts(right));
            all
        }
        Expr::Nested(inner) => conjuncts(inner),
        other => vec![other],
    }
}

fn is_column_equality(expr: &Expr) -> bool {
    let Expr::BinaryOp { left, op: BinaryOperator::Eq, right } = expr else { return false };
    [left, right].into_iter().all(|side| names_column(side))
}

fn names_column(expr: &Expr) -> bool {
    struct Finder;
    impl Visitor for Finder {
        type Break = ();
        fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
            match expr {
                Expr::Identifier(_) | Expr::CompoundIdentifier(_) => ControlFlow::Break(()),
                _ => ControlFlow::Continue(()),
            }
        }
    }
    expr.visit(&mut Finder).is_break()
}

/// Writes tables as they are registered, so that `FROM Sales` finds `sales`.
struct Rename<'c> {
    tables: &'c [String],
    changed: bool,
}

impl VisitorMut for Rename<'_> {
    type Break = ();

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<()> {
        let TableFactor::Table { name, alias, .. } = factor else { return ControlFlow::Continue(()) };
        let Some(written) = single_name(name).map(str::to_owned) else { return ControlFlow::Continue(()) };
        if let Some(table) = registered(self.tables, &written).filter(|table| **table != written) {
            self.changed = true;
            let mut ident = sqlparser::ast::Ident::with_quote('"', table.clone());
            *name = ObjectName::from(vec![ident.clone()]);
            // Columns may be qualified with the name as it was written.
            if alias.is_none() {
                ident.value = written;
                *alias =
                    Some(sqlparser::ast::TableAlias { explicit: true, name: ident, columns: Vec::new(), at: None });
            }
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables() -> Vec<String> {
        ["sales", "a b", "orders"].map(str::to_owned).to_vec()
    }

    #[test]
    fn queries_over_open_tables_are_allowed() {
        let good = [
            "SELECT * FROM sales",
            "select count(*) from SALES;",
            "SELECT * FROM \"a b\"",
            "WITH t AS (SELECT * FROM sales) SELECT * FROM t JOIN orders USING (id)",
            "SELECT 1 AS one",
            "SELECT * FROM sales UNION ALL SELECT * FROM orders ORDER BY 1 LIMIT 3",
            "SELECT s.x FROM sales s LEFT JOIN orders o ON s.id = o.id AND s.y = o.y",
            "SELECT * FROM (SELECT x FROM sales WHERE x IN (SELECT x FROM orders)) q",
            "SELECT x AS read_csv FROM sales",
        ];
        for sql in good {
            assert!(allow(sql, &tables()).is_ok(), "{sql}: {:?}", allow(sql, &tables()));
        }
    }

    #[test]
    fn everything_that_reaches_out_or_changes_is_refused() {
        let bad = [
            "SELECT * FROM read_csv('/etc/passwd')",
            "SELECT * FROM READ_CSV('/etc/passwd')",
            "SELECT * FROM ReAd_PaRqUeT('http://example.org/x')",
            "SELECT * FROM \"read_csv\"('/etc/passwd')",
            "SELECT * FROM read_csv/**/('/etc/passwd')",
            "WITH t AS (SELECT * FROM read_csv('/etc/passwd')) SELECT * FROM t",
            "SELECT * FROM sales WHERE x IN (SELECT a FROM read_ipc('x'))",
            "SELECT * FROM sales JOIN read_json('x') r ON sales.id = r.id",
            "SELECT * FROM sales UNION ALL SELECT * FROM read_csv('x')",
            "SELECT (SELECT a FROM read_csv('x')) FROM sales",
            "SELECT * FROM (sales CROSS JOIN read_csv('x'))",
            "SELECT * FROM TABLE(read_csv('x'))",
            "SELECT * FROM LATERAL read_csv('x')",
            "SELECT read_csv('x') FROM sales",
            "SELECT * FROM '/etc/passwd'",
            "SELECT * FROM \"/etc/passwd\"",
            "SELECT * FROM other.sales",
            "SELECT * FROM unknown",
            "CREATE TABLE x AS SELECT * FROM sales",
            "DROP TABLE sales",
            "DELETE FROM sales",
            "TRUNCATE TABLE sales",
            "INSERT INTO sales SELECT * FROM orders",
            "EXPLAIN SELECT * FROM sales",
            "SHOW TABLES",
            "COPY sales TO 'x'",
            "SELECT * INTO x FROM sales",
            "SELECT 1; SELECT 2",
            "",
            "TABLE sales",
            "WITH RECURSIVE t AS (SELECT 1) SELECT * FROM t",
            "WITH sales AS (SELECT 1 AS x) SELECT * FROM sales",
            "SELECT * FROM sales LEFT JOIN orders ON sales.id < orders.id",
            "SELECT * FROM sales LEFT JOIN orders ON sales.id = orders.id AND orders.x > 5",
            "SELECT * FROM sales FULL JOIN orders ON sales.id = orders.id OR 1 = 1",
            "SELECT RANK() OVER (ORDER BY x DESC NULLS LAST) FROM sales",
            "SELEC * FROM sales",
        ];
        for sql in bad {
            assert!(allow(sql, &tables()).is_err(), "{sql}: {:?}", allow(sql, &tables()));
        }
        assert!(allow(&"(".repeat(50_000), &tables()).is_err());
    }

    #[test]
    fn a_misspelt_table_gets_a_proposal() {
        let error = allow("SELECT * FROM slaes", &tables()).unwrap_err();
        assert!(matches!(error, SqlError::NoSuchTable { nearest: Some(ref name), .. } if name == "sales"), "{error}");
    }
}
