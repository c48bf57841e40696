//! The one table of commands. Every face dispatches from it: the window's `call`, `auto-analyst call`, and later HTTP.
//!
//! A command is a function in `commands/<resource>.rs` and a line here. The line gives its name, its handler, its
//! request and response types, and the resources whose answers a client must ask for again after it.

pub mod agent;
pub mod agent_edit;
pub mod app;
pub mod artifact;
pub mod cell;
pub mod chat;
pub mod connection;
pub mod dataset;
pub mod doctor;
pub mod file;
pub mod grid;
pub mod ledger;
pub mod model;
pub mod python;
pub mod query;
pub mod run;
pub mod secret;
pub mod settings;
pub mod task;
pub mod usage;

use std::sync::Arc;

use analyst_types::{AppError, ErrorCode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use crate::App;

/// A request that says nothing.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, JsonSchema, TS)]
pub struct Nothing {}

/// What the table says of a command besides how to run it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandInfo {
    /// `resource::verb`.
    pub name: &'static str,
    /// Resources whose answers it makes stale; an answer belongs to the resource its command is named after.
    pub touches: &'static [&'static str],
}

macro_rules! commands {
    ($($name:literal => $resource:ident::$verb:ident ($request:ty) -> $response:ty, touches $touches:tt;)+) => {
        /// Every command, in the order of the table.
        pub static COMMANDS: &[CommandInfo] = &[$(CommandInfo { name: $name, touches: &$touches }),+];

        /// Runs the command `name` with the JSON `payload`.
        ///
        /// # Errors
        /// `InvalidRequest` when the name is unknown or the payload does not fit; otherwise what the command says.
        pub async fn dispatch(app: &Arc<App>, name: &str, payload: Value) -> Result<Value, AppError> {
            match name {
                $($name => {
                    let request: $request = parse(name, payload)?;
                    let response: $response = $resource::$verb(app, request).await?;
                    answer(name, &response)
                })+
                other => Err(unknown(other)),
            }
        }

        #[cfg(test)]
        pub(crate) fn for_each_type(mut visit: impl FnMut(&'static str, crate::bindings::TypeOf, crate::bindings::TypeOf)) {
            $(visit($name, crate::bindings::TypeOf::new::<$request>(), crate::bindings::TypeOf::new::<$response>());)+
        }
    };
}

commands! {
    "app::info" => app::info(Nothing) -> app::AppInfo, touches [];
    "doctor::report" => doctor::report(Nothing) -> doctor::DoctorReport, touches [];
    "python::status" => python::status(Nothing) -> python::PythonStatus, touches [];
    "python::install" => python::install(Nothing) -> python::PythonStatus, touches ["python", "app", "doctor"];
    "python::cancel_install" => python::cancel_install(Nothing) -> python::PythonStatus, touches ["python"];
    "file::inspect" => file::inspect(file::InspectFile) -> file::FileInfo, touches [];
    "file::peek" => file::peek(file::PeekFile) -> file::FilePeek, touches [];
    "dataset::open" => dataset::open(dataset::OpenDataset) -> dataset::Datasets, touches ["dataset", "chat"];
    "dataset::open_sample" => dataset::open_sample(dataset::OpenSample) -> dataset::Datasets, touches ["dataset", "chat"];
    "dataset::open_text" => dataset::open_text(dataset::OpenText) -> dataset::Datasets, touches ["dataset", "chat"];
    "dataset::reopen" => dataset::reopen(dataset::ReopenDataset) -> dataset::Datasets, touches ["dataset", "chat"];
    "dataset::list" => dataset::list(Nothing) -> dataset::Datasets, touches [];
    "dataset::get" => dataset::get(dataset::DatasetRef) -> analyst_types::Dataset, touches [];
    "dataset::preview" => dataset::preview(dataset::PreviewDataset) -> analyst_types::TableData, touches [];
    "dataset::profile" => dataset::profile(dataset::ProfileDataset) -> analyst_types::Profile, touches [];
    "dataset::join_candidates" => dataset::join_candidates(dataset::FindJoinCandidates) -> dataset::JoinCandidates, touches [];
    "dataset::rows" => grid::rows(grid::DatasetRows) -> analyst_types::RowsPage, touches [];
    "dataset::find" => grid::find(grid::FindInDataset) -> grid::FoundCells, touches [];
    "dataset::distinct" => grid::distinct(grid::DistinctValues) -> grid::TopValues, touches [];
    "dataset::statistics" => grid::statistics(grid::DatasetStatistics) -> grid::SelectionsStatistics, touches [];
    "dataset::query" => query::query(query::QueryDatasets) -> query::QueryResult, touches [];
    "dataset::explain" => query::explain(query::ExplainQuery) -> query::QueryPlan, touches [];
    "dataset::export" => dataset::export(dataset::ExportDataset) -> dataset::Exported, touches [];
    "dataset::export_query" => query::export_query(query::ExportQuery) -> dataset::Exported, touches [];
    "dataset::remove" => dataset::remove(dataset::DatasetRef) -> Nothing, touches ["dataset", "chat"];
    "task::get" => task::get(task::TaskRef) -> task::TaskState, touches [];
    "task::cancel" => task::cancel(task::TaskRef) -> Nothing, touches [];
    "dataset::open_table" => connection::open_table(connection::OpenTable) -> dataset::Datasets, touches ["dataset", "chat"];
    "connection::list" => connection::list(Nothing) -> connection::Connections, touches [];
    "connection::save" => connection::save(connection::SaveConnection) -> connection::Connections, touches ["connection", "doctor"];
    "connection::delete" => connection::delete(connection::ConnectionRef) -> connection::Connections, touches ["connection"];
    "connection::test" => connection::test(connection::ConnectionRef) -> connection::ConnectionTest, touches [];
    "connection::tables" => connection::tables(connection::ConnectionRef) -> connection::RemoteTables, touches [];
    "chat::create" => chat::create(chat::CreateChat) -> analyst_types::Chat, touches ["chat"];
    "chat::list" => chat::list(Nothing) -> chat::Chats, touches [];
    "chat::get" => chat::get(chat::ChatRef) -> chat::ChatView, touches [];
    "chat::rename" => chat::rename(chat::RenameChat) -> analyst_types::Chat, touches ["chat"];
    "chat::set_datasets" => chat::set_datasets(chat::SetDatasets) -> analyst_types::Chat, touches ["chat"];
    "chat::delete" => chat::delete(chat::ChatRef) -> Nothing, touches ["chat"];
    "run::start" => run::start(run::StartRun) -> analyst_types::Run, touches ["chat", "run"];
    "run::cancel" => run::cancel(run::RunRef) -> Nothing, touches ["chat", "run"];
    "run::get" => run::get(run::RunRef) -> analyst_types::Run, touches [];
    "run::events" => run::events(run::RunEventsAfter) -> run::RunEvents, touches [];
    "run::save" => run::save(run::SaveRun) -> run::SavedRun, touches [];
    "cell::run" => cell::run(cell::RunCell) -> analyst_types::Run, touches ["chat", "run"];
    "artifact::get" => artifact::get(artifact::ArtifactRef) -> analyst_types::Artifact, touches [];
    "agent::list" => agent::list(Nothing) -> agent::Agents, touches [];
    "agent::get" => agent_edit::get(agent_edit::AgentRef) -> agent_edit::AgentVersions, touches [];
    "agent::save" => agent_edit::save(agent_edit::SaveAgent) -> agent::Agents, touches ["agent"];
    "agent::clone" => agent_edit::clone(agent_edit::CloneAgent) -> agent::Agents, touches ["agent"];
    "agent::delete" => agent_edit::delete(agent_edit::AgentRef) -> agent::Agents, touches ["agent"];
    "agent::import" => agent_edit::import(agent_edit::ImportAgents) -> agent_edit::ImportedAgents, touches ["agent"];
    "agent::export" => agent_edit::export(agent_edit::ExportAgents) -> agent_edit::ExportedAgents, touches [];
    "agent::set_enabled" => agent::set_enabled(agent::SetAgentEnabled) -> agent::Agents, touches ["agent"];
    "model::list" => model::list(Nothing) -> model::Models, touches [];
    "model::test" => model::test(model::TestModel) -> model::ModelTest, touches ["usage"];
    "secret::set" => secret::set(secret::SetSecret) -> model::SecretStoreInfo, touches ["model", "doctor"];
    "secret::delete" => secret::delete(secret::SecretRef) -> model::SecretStoreInfo, touches ["model", "doctor"];
    "vault::unlock" => secret::unlock(secret::UnlockVault) -> model::SecretStoreInfo, touches ["model", "doctor"];
    "settings::get" => settings::get(Nothing) -> crate::Settings, touches [];
    "settings::update" => settings::update(settings::UpdateSettings) -> crate::Settings, touches ["settings", "model"];
    "ledger::list" => ledger::list(ledger::ListLedger) -> ledger::LedgerEntries, touches [];
    "ledger::get" => ledger::get(ledger::LedgerRef) -> ledger::LedgerBody, touches [];
    "ledger::totals" => ledger::totals(Nothing) -> ledger::LedgerTotals, touches [];
    "ledger::verify" => ledger::verify(Nothing) -> analyst_types::LedgerCheck, touches [];
    "ledger::export" => ledger::export(ledger::ExportLedger) -> ledger::LedgerExported, touches [];
    "usage::summary" => usage::summary(Nothing) -> usage::UsageSummary, touches [];
}

/// Reads a payload; none at all is an empty object.
fn parse<T: serde::de::DeserializeOwned>(name: &str, payload: Value) -> Result<T, AppError> {
    let payload = if payload.is_null() { Value::Object(serde_json::Map::new()) } else { payload };
    serde_json::from_value(payload)
        .map_err(|error| AppError::new(ErrorCode::InvalidRequest, format!("{name}: {error}")))
}

fn answer<T: Serialize>(name: &str, response: &T) -> Result<Value, AppError> {
    serde_json::to_value(response)
        .map_err(|error| AppError::new(ErrorCode::Internal, format!("{name}: the answer cannot be written: {error}")))
}

fn unknown(name: &str) -> AppError {
    let resource = name.split("::").next().unwrap_or_default();
    let near: Vec<_> =
        COMMANDS.iter().map(|command| command.name).filter(|known| known.starts_with(resource)).collect();
    let known = if near.is_empty() { COMMANDS.iter().map(|command| command.name).collect() } else { near };
    AppError::new(ErrorCode::InvalidRequest, format!("there is no command “{name}”"))
        .with_hint(format!("Commands: {}.", known.join(", ")))
}
