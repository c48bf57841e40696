//! One file per group of verbs; each sends commands and prints what comes back.

pub mod ask;
pub mod call;
pub mod data;
pub mod doctor;
pub mod keys;
pub mod ledger;
pub mod lists;
pub mod rows;
pub mod script;
pub mod sql;
