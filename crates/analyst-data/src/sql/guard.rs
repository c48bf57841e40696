//! What is a statement at all: exactly one SELECT. What it may say is decided by the [binder](super::bind).

use sqlparser::ast::{Query, Statement};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::{Parser, ParserError, ParserOptions};

use crate::error::SqlError;

const LONGEST_STATEMENT: usize = 100_000;

/// The one SELECT that `sql` is.
pub(super) fn parse(sql: &str) -> Result<Query, SqlError> {
    if sql.len() > LONGEST_STATEMENT {
        return refused(format!("The statement is longer than {LONGEST_STATEMENT} characters."));
    }
    let options = ParserOptions { trailing_commas: true, ..Default::default() };
    let parser = Parser::new(&GenericDialect).with_options(options);
    let statements = parser.try_with_sql(sql).and_then(|mut parser| parser.parse_statements()).map_err(|error| {
        let message = match error {
            ParserError::TokenizerError(text) | ParserError::ParserError(text) => text,
            ParserError::RecursionLimitExceeded => "it is nested too deeply".to_owned(),
        };
        let line =
            message.split("Line: ").nth(1).and_then(|rest| rest.split(',').next()).and_then(|n| n.trim().parse().ok());
        SqlError::Syntax { message: message.chars().take(300).collect(), line }
    })?;
    let n_statements = statements.len();
    match <[Statement; 1]>::try_from(statements) {
        Ok([Statement::Query(query)]) => Ok(*query),
        Ok(_) => refused("Only one SELECT (or WITH … SELECT) is allowed; the data is never changed."),
        Err(_) if n_statements == 0 => refused("There is no statement. Write a SELECT."),
        Err(_) => refused("Only one statement at a time is allowed."),
    }
}

fn refused<T>(message: impl Into<String>) -> Result<T, SqlError> {
    Err(SqlError::Refused { message: message.into(), at: None })
}
