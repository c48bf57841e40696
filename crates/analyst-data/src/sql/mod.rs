//! SQL over opened tables, never silently wrong.
//!
//! A statement is [parsed](guard), [bound](bind) to a [plan](plan) in which every column has a number and every value a
//! type, and the plan is run by Polars ([`frames`]) or, for what Polars lacks and tables that are small, by SQLite
//! ([`lite`]). Neither engine sees the statement. What is not known to be right on one of them is refused, with the
//! place and a way out. [`joins`] counts what every join does to the rows; [`pages`] keeps results for paging.
//!
//! What statements mean, on either engine:
//!
//! - Names are found whatever their case, unless two differ in case alone.
//! - `/` gives a real number, also of whole numbers; `//` a whole one. Dividing by zero gives NULL. `%` has the sign of
//!   the dividend. Sums of whole numbers that could leave 64 bits are refused, not wrapped.
//! - NULL comes last in ORDER BY, also in descending order and in windows, unless `NULLS FIRST` is written. It equals
//!   nothing in comparisons and joins, and is one value in GROUP BY, DISTINCT and set operations. Conditions have three
//!   values. Aggregates leave NULL out and give NULL (COUNT gives 0) where nothing is left.
//! - Texts compare by their characters' code points; `=` and LIKE heed upper and lower case, ILIKE does not. LIKE has no
//!   escape character unless ESCAPE names one.
//! - A constant text beside a date or number stands for one (`day >= '2024-01-31'`) or is refused. Other mixtures need
//!   CAST. CAST of a text that is no number or date fails; TRY_CAST gives NULL. A real number becomes a whole one by
//!   leaving out its fraction. DECIMAL(p, s) is a DOUBLE rounded to `s` digits. ROUND rounds halves away from zero.
//! - SQRT, LN and POWER give NULL where there is no real result. GREATEST and LEAST leave NULL out.
//! - Truth is a type of its own; SUM and AVG count it as 1 and 0.
//! - A subquery used as a value may give one row; two are an error.
//! - The same statement over the same tables gives the same rows in the same order: there is no present time and no
//!   chance, and rows in an order the statement leaves open are sorted by their columns.

mod bind;
mod engine;
mod frames;
mod guard;
mod joins;
mod lite;
mod overflow;
mod pages;
mod plan;
mod runner;

pub use engine::{Engine, QueryResult, explain, query};
pub use pages::Pages;
pub use runner::SqlRunner;
pub(crate) use runner::run;

#[cfg(test)]
mod differential;
#[cfg(test)]
mod tests;
