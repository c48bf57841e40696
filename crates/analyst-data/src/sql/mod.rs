//! SQL over opened tables: what may run ([`guard`]), running it ([`engine`]), and the port for agents ([`runner`]).
//!
//! The dialect is that of Polars. What differs from other databases and is not refused: `ORDER BY x DESC` puts missing
//! values first and `ASC` last unless `NULLS LAST` says otherwise; `ROUND` rounds halves to even; `/` never truncates.

mod engine;
mod guard;
mod runner;

pub use engine::query;
pub use runner::SqlRunner;
pub(crate) use runner::run;
