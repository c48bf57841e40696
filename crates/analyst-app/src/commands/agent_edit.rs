//! The person's own agents: written, copied, taken away, handed on. Files in the agents folder that somebody else
//! changes are seen at the next look.

use std::sync::Arc;

use analyst_agents::{AgentFolder, FolderError};
use analyst_types::{AgentTemplate, AppError, ErrorCode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::agent::Agents;
use crate::App;

/// An agent by name.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct AgentRef {
    /// Its `template_name`.
    pub name: String,
}

/// An agent to write: a new one, or the next version of one there is.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct SaveAgent {
    /// All of it.
    pub agent: AgentTemplate,
}

/// An agent to copy.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct CloneAgent {
    /// The one there is.
    pub name: String,
    /// The copy's name.
    pub new_name: String,
}

/// An agent with its earlier versions.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct AgentVersions {
    /// As it is now.
    pub agent: AgentTemplate,
    /// As it was, newest first; any of them can be saved again.
    pub earlier: Vec<AgentTemplate>,
}

/// A catalogue file to take in.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct ImportAgents {
    /// The file's text.
    pub text: String,
}

/// What an import did.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct ImportedAgents {
    /// Names of the agents that are there now.
    pub agents: Vec<String>,
    /// What is wrong with the others: `import:line:column: …`.
    pub problems: Vec<String>,
}

/// Agents to hand on.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct ExportAgents {
    /// Which, by name.
    pub names: Vec<String>,
}

/// Agents as a file.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct ExportedAgents {
    /// The file's text; `agent::import` reads it.
    pub text: String,
}

/// `agent::get`: everything of one agent, to be edited.
pub async fn get(app: &Arc<App>, request: AgentRef) -> Result<AgentVersions, AppError> {
    let catalogue = app.catalogue().await?;
    let agent = catalogue.agents().iter().find(|agent| agent.template.template_name == request.name);
    let agent = agent.ok_or_else(|| refused(FolderError::Unknown(request.name.clone())))?.template.clone();
    let (folder, name) = (folder(app), request.name);
    let earlier = on_disk(move || Ok(folder.versions(&name))).await?;
    Ok(AgentVersions { agent, earlier })
}

/// `agent::save`
pub async fn save(app: &Arc<App>, request: SaveAgent) -> Result<Agents, AppError> {
    let folder = folder(app);
    on_disk(move || folder.save(&request.agent)).await?;
    app.agents().await
}

/// `agent::clone`
pub async fn clone(app: &Arc<App>, request: CloneAgent) -> Result<Agents, AppError> {
    let (folder, catalogue) = (folder(app), app.catalogue().await?);
    on_disk(move || folder.clone_agent(&catalogue, &request.name, &request.new_name)).await?;
    app.agents().await
}

/// `agent::delete`
pub async fn delete(app: &Arc<App>, request: AgentRef) -> Result<Agents, AppError> {
    let (folder, catalogue) = (folder(app), app.catalogue().await?);
    on_disk(move || folder.delete(&catalogue, &request.name)).await?;
    app.agents().await
}

/// `agent::import`
pub async fn import(app: &Arc<App>, request: ImportAgents) -> Result<ImportedAgents, AppError> {
    let folder = folder(app);
    let imported = on_disk(move || folder.import(&request.text)).await?;
    app.agents().await?;
    let problems = imported.problems.iter().map(ToString::to_string).collect();
    Ok(ImportedAgents { agents: imported.agents, problems })
}

/// `agent::export`
pub async fn export(app: &Arc<App>, request: ExportAgents) -> Result<ExportedAgents, AppError> {
    let text = AgentFolder::export(&*app.catalogue().await?, &request.names).map_err(refused)?;
    Ok(ExportedAgents { text })
}

fn folder(app: &App) -> AgentFolder {
    AgentFolder::new(app.config.agents_dir())
}

async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, FolderError> + Send + 'static,
) -> Result<T, AppError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| AppError::new(ErrorCode::Internal, error.to_string()))?.map_err(refused)
}

fn refused(error: FolderError) -> AppError {
    let message = error.to_string();
    match error {
        FolderError::Unknown(_) => {
            AppError::new(ErrorCode::NotFound, message).with_hint("The list of agents shows every name.")
        }
        FolderError::NotOwn { .. } => AppError::new(ErrorCode::InvalidRequest, message)
            .with_hint("Switch it off, or edit the file it comes from in the agents folder."),
        FolderError::Io(_) => AppError::new(ErrorCode::Storage, message),
        FolderError::Invalid { .. } | FolderError::Taken(_) | FolderError::NothingImported(_) => {
            AppError::new(ErrorCode::InvalidRequest, message)
        }
    }
}
