//! Remembers everything in one SQLite file: settings, datasets, chats, runs with their events, executions, artifacts,
//! what models cost, and the agents a person has switched on.
//!
//! Start at [`Store::open`]. There is one repository per table, in a file of the same name; the tables themselves are
//! in `migrations/sqlite`. What the crate keeps to:
//! - what a call has acknowledged is on the disk, also after a crash or a power cut (WAL, `synchronous=FULL`);
//! - SQL is static text with bound parameters; nothing a person or a model wrote becomes part of a statement;
//! - time and ids are handed in, so that a replayed run leaves the same rows;
//! - several processes may share a folder: each one owns its runs, and a run whose process died is closed by the next.
//!
//! It refuses to open a damaged file, or one that a newer version wrote, and never repairs by overwriting.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod agent_templates;
mod artifacts;
mod chats;
mod columns;
mod database;
mod datasets;
mod error;
mod executions;
mod folder;
mod interruption;
mod ledger;
mod messages;
mod model_usage;
mod opened_files;
mod owner;
#[cfg(test)]
mod query_plans;
mod run_events;
mod runs;
mod settings;
mod store;
mod user_template_preferences;

pub use agent_templates::{AgentTemplates, CatalogueEntry, StoredTemplate, TemplateSource};
pub use artifacts::Artifacts;
pub use chats::Chats;
pub use database::FILE_NAME;
pub use datasets::{Datasets, StoredDataset};
pub use error::StoreError;
pub use executions::{Execution, Executions, NewExecution};
pub use ledger::{Ledger, LedgerFilter, LedgerTotal, NewLedgerEntry};
pub use messages::Messages;
pub use model_usage::{ModelTotal, ModelUsage, UsageSummary};
pub use opened_files::{FileState, OpenedFiles};
pub use run_events::RunEvents;
pub use runs::Runs;
pub use settings::Settings;
pub use store::Store;
pub use user_template_preferences::{UserTemplatePreference, UserTemplatePreferences};
