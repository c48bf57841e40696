//! The person's own agents, as files in a folder: written whole or not at all, earlier versions kept.
//!
//! Each agent the program writes has a file of its own, laid over the files a person wrote by hand. Those are never
//! changed: what a person formatted and commented is theirs. Built-in agents can be replaced by name, not deleted.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use analyst_types::AgentTemplate;
use serde_json::{Value, json};

use super::loading::{self, fault};
use super::{Catalogue, CatalogueProblem};

/// Files written here come after those a person names sensibly.
const PREFIX: &str = "zz_";
/// Where earlier versions are kept; the catalogue does not look into folders.
const VERSIONS: &str = "versions";
/// Versions kept of one agent.
const MAX_VERSIONS: usize = 50;

/// Why an agent cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The entry itself cannot be used.
    #[error("{field}: {message}")]
    Invalid {
        /// The key at fault.
        field: String,
        /// What is wrong, in a sentence.
        message: String,
    },
    /// There is no such agent, or no such version of it.
    #[error("there is no agent “{0}”")]
    Unknown(String),
    /// The name is taken.
    #[error("there is an agent “{0}” already; choose another name")]
    Taken(String),
    /// It is not the program's to delete.
    #[error("“{name}” comes from {origin}, and can be switched off, not deleted here")]
    NotOwn {
        /// The agent.
        name: String,
        /// The file it comes from.
        origin: String,
    },
    /// The file holds no usable agent; what is wrong with it, with the place.
    #[error("nothing could be imported: {0}")]
    NothingImported(String),
    /// The disk refused.
    #[error("the agents folder cannot be used: {0}")]
    Io(#[from] std::io::Error),
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Names of the agents that are there now.
    pub agents: Vec<String>,
    /// What is wrong with the others, with the place.
    pub problems: Vec<CatalogueProblem>,
}

/// The state of a folder's files, to see that somebody changed them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FolderState(BTreeMap<PathBuf, (u64, Option<SystemTime>)>);

impl FolderState {
    /// The state now. A folder that is not there has no files.
    pub fn of(dir: &Path) -> Self {
        let state = |path: PathBuf| {
            let meta = std::fs::metadata(&path).ok()?;
            Some((path, (meta.len(), meta.modified().ok())))
        };
        Self(loading::json_files(dir).into_iter().filter_map(state).collect())
    }
}

/// The folder of a person's own agents.
#[derive(Debug, Clone)]
pub struct AgentFolder {
    dir: PathBuf,
}

impl AgentFolder {
    /// The folder need not exist yet.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// Writes an agent, a new one or the next version of one there is.
    ///
    /// # Errors
    /// [`FolderError::Invalid`] with the field at fault; nothing is written then.
    pub fn save(&self, template: &AgentTemplate) -> Result<(), FolderError> {
        if let Some((field, message)) = fault(template) {
            return Err(FolderError::Invalid { field: field.to_owned(), message });
        }
        let path = self.path(&template.template_name);
        std::fs::create_dir_all(&self.dir)?;
        let text = exported(&[template]);
        if std::fs::read_to_string(&path).is_ok_and(|known| known == text) {
            return Ok(());
        }
        self.keep_version(&template.template_name)?;
        write_whole(&path, &text)
    }

    /// Copies an agent under a new name, to be changed.
    ///
    /// # Errors
    /// [`FolderError::Unknown`], [`FolderError::Taken`], or [`FolderError::Invalid`] for the new name.
    pub fn clone_agent(&self, catalogue: &Catalogue, name: &str, new_name: &str) -> Result<(), FolderError> {
        let original = found(catalogue, name)?;
        if found(catalogue, new_name).is_ok() {
            return Err(FolderError::Taken(new_name.to_owned()));
        }
        let display_name = format!("{} (copy)", original.display_name);
        let copy =
            AgentTemplate { template_name: new_name.to_owned(), display_name, usage_count: 0, ..original.clone() };
        self.save(&copy)
    }

    /// Takes an agent away; its versions stay, so that it can be brought back.
    ///
    /// # Errors
    /// [`FolderError::NotOwn`] for built-in agents and those of files written by hand.
    pub fn delete(&self, catalogue: &Catalogue, name: &str) -> Result<(), FolderError> {
        let agent = catalogue.agents().iter().find(|agent| agent.template.template_name == name);
        let agent = agent.ok_or_else(|| FolderError::Unknown(name.to_owned()))?;
        let path = self.path(name);
        if path.file_name().is_none_or(|file| file.to_string_lossy() != agent.origin) {
            return Err(FolderError::NotOwn { name: name.to_owned(), origin: agent.origin.clone() });
        }
        self.keep_version(name)?;
        Ok(std::fs::remove_file(path)?)
    }

    /// The earlier versions of an agent, newest first.
    pub fn versions(&self, name: &str) -> Vec<AgentTemplate> {
        let mut files = loading::json_files(&self.versions_of(name));
        files.reverse();
        let read = |path: &PathBuf| std::fs::read_to_string(path).ok();
        let template = |text: String| Catalogue::load(&text, None).agents().first().map(|agent| agent.template.clone());
        files.iter().filter_map(read).filter_map(template).collect()
    }

    /// Agents as a catalogue file.
    ///
    /// # Errors
    /// [`FolderError::Unknown`] for the first name that is none.
    pub fn export(catalogue: &Catalogue, names: &[String]) -> Result<String, FolderError> {
        let templates = names.iter().map(|name| found(catalogue, name)).collect::<Result<Vec<_>, _>>()?;
        Ok(exported(&templates))
    }

    /// Takes in the agents of a catalogue file; a broken entry costs only itself.
    ///
    /// # Errors
    /// [`FolderError::NothingImported`] when no entry can be used.
    pub fn import(&self, text: &str) -> Result<Imported, FolderError> {
        let read = Catalogue::load(text, None);
        let problems: Vec<CatalogueProblem> = read
            .problems()
            .iter()
            .map(|problem| CatalogueProblem { origin: "import".to_owned(), ..problem.clone() })
            .collect();
        if read.agents().is_empty() {
            let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
            let told = if told.is_empty() { "there is no agent in it".to_owned() } else { told.join("; ") };
            return Err(FolderError::NothingImported(told));
        }
        for agent in read.agents() {
            self.save(&agent.template)?;
        }
        let agents = read.agents().iter().map(|agent| agent.template.template_name.clone()).collect();
        Ok(Imported { agents, problems })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.join(format!("{PREFIX}{name}.json"))
    }

    fn versions_of(&self, name: &str) -> PathBuf {
        self.dir.join(VERSIONS).join(name)
    }

    /// Sets aside what is there, before it is replaced.
    fn keep_version(&self, name: &str) -> Result<(), FolderError> {
        let Ok(text) = std::fs::read_to_string(self.path(name)) else { return Ok(()) };
        let folder = self.versions_of(name);
        std::fs::create_dir_all(&folder)?;
        let kept = loading::json_files(&folder);
        let number = |path: &PathBuf| path.file_stem().and_then(|stem| stem.to_string_lossy().parse::<u32>().ok());
        let next = kept.iter().filter_map(number).max().unwrap_or(0) + 1;
        write_whole(&folder.join(format!("{next:06}.json")), &text)?;
        for old in kept.iter().take((kept.len() + 1).saturating_sub(MAX_VERSIONS)) {
            std::fs::remove_file(old)?;
        }
        Ok(())
    }
}

fn found<'a>(catalogue: &'a Catalogue, name: &str) -> Result<&'a AgentTemplate, FolderError> {
    let agent = catalogue.agents().iter().find(|agent| agent.template.template_name == name);
    agent.map(|agent| &agent.template).ok_or_else(|| FolderError::Unknown(name.to_owned()))
}

fn exported(templates: &[&AgentTemplate]) -> String {
    let (advanced, usual): (Vec<&AgentTemplate>, Vec<&AgentTemplate>) =
        templates.iter().copied().partition(|template| template.is_premium);
    let file: Value = json!({ "default_agents": usual, "premium_templates": advanced });
    let mut text = serde_json::to_string_pretty(&file).expect("BUG: templates are plain data");
    text.push('\n');
    text
}

/// A reader sees the old file or the new one.
fn write_whole(path: &Path, text: &str) -> Result<(), FolderError> {
    let beside = path.with_extension("json.new");
    std::fs::write(&beside, text)?;
    Ok(std::fs::rename(beside, path)?)
}

#[cfg(test)]
mod tests {
    use analyst_types::VariantType;

    use super::*;
    use crate::BUILTIN_AGENTS;

    fn template(name: &str, prompt: &str) -> AgentTemplate {
        AgentTemplate {
            template_name: name.into(),
            display_name: "Mine".into(),
            description: "Does x.".into(),
            category: "Statistics".into(),
            variant_type: VariantType::Both,
            is_premium: false,
            usage_count: 0,
            icon_url: String::new(),
            prompt_template: prompt.into(),
        }
    }

    fn loaded(dir: &tempfile::TempDir) -> Catalogue {
        Catalogue::load(BUILTIN_AGENTS, Some(dir.path()))
    }

    #[test]
    fn an_agent_is_saved_changed_and_deleted_and_its_versions_stay() {
        let dir = tempfile::tempdir().unwrap();
        let folder = AgentFolder::new(dir.path());
        for prompt in ["First.", "Second.", "Second.", "Third."] {
            folder.save(&template("mine_agent", prompt)).unwrap();
        }
        let catalogue = loaded(&dir);
        assert_eq!(catalogue.problems(), []);
        assert_eq!(catalogue.pick("mine").unwrap().template.prompt_template, "Third.");
        let prompts = |folder: &AgentFolder| -> Vec<String> {
            folder.versions("mine_agent").into_iter().map(|version| version.prompt_template).collect()
        };
        assert_eq!(prompts(&folder), ["Second.", "First."]);
        folder.delete(&catalogue, "mine_agent").unwrap();
        assert!(loaded(&dir).pick("mine").is_err());
        assert_eq!(prompts(&folder), ["Third.", "Second.", "First."]);
    }

    #[test]
    fn what_is_not_the_programs_is_not_deleted_and_an_invalid_agent_is_not_written() {
        let dir = tempfile::tempdir().unwrap();
        let folder = AgentFolder::new(dir.path());
        std::fs::write(dir.path().join("mine.json"), exported(&[&template("by_hand_agent", "Do x.")])).unwrap();
        let catalogue = loaded(&dir);
        for name in ["by_hand_agent", "data_viz_agent"] {
            let refused = folder.delete(&catalogue, name).unwrap_err();
            assert!(matches!(refused, FolderError::NotOwn { .. }), "{refused}");
        }
        assert!(matches!(folder.delete(&catalogue, "nobody"), Err(FolderError::Unknown(_))));
        for (broken, field) in [
            (template("../escape", "Do x."), "template_name"),
            (template("mine_agent", "  "), "prompt_template"),
            (AgentTemplate { description: String::new(), ..template("mine_agent", "Do x.") }, "description"),
        ] {
            let refused = folder.save(&broken).unwrap_err().to_string();
            assert!(refused.starts_with(field), "{refused}");
        }
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_clone_goes_its_own_way_and_an_edit_replaces_a_built_in_agent_until_deleted() {
        let dir = tempfile::tempdir().unwrap();
        let folder = AgentFolder::new(dir.path());
        let catalogue = loaded(&dir);
        folder.clone_agent(&catalogue, "data_viz_agent", "my_charts_agent").unwrap();
        assert!(matches!(
            folder.clone_agent(&loaded(&dir), "data_viz_agent", "my_charts_agent"),
            Err(FolderError::Taken(_))
        ));
        let original = catalogue.pick("data_viz").unwrap().template.clone();
        folder.save(&AgentTemplate { prompt_template: "Only pies.".into(), ..original.clone() }).unwrap();
        let edited = loaded(&dir);
        assert_eq!(edited.pick("data_viz").unwrap().template.prompt_template, "Only pies.");
        assert_eq!(edited.pick("my_charts").unwrap().template.prompt_template, original.prompt_template);
        folder.delete(&edited, "data_viz_agent").unwrap();
        assert_eq!(loaded(&dir).pick("data_viz").unwrap().template, original);
    }

    #[test]
    fn what_is_exported_is_imported_as_it_was_and_a_broken_entry_costs_only_itself() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let names = ["sql_agent", "data_viz_agent"].map(str::to_owned);
        let text = AgentFolder::export(&loaded(&here), &names).unwrap();
        let folder = AgentFolder::new(there.path());
        assert_eq!(folder.import(&text).unwrap().problems, []);
        for name in &names {
            let of = |dir| found(&loaded(dir), name).unwrap().clone();
            assert_eq!(of(&here), of(&there));
        }
        let half = text.replace("\"Charts\"", "7");
        let imported = folder.import(&half).unwrap();
        assert_eq!(imported.agents, ["sql_agent"]);
        let problem = imported.problems[0].to_string();
        assert!(problem.starts_with("import:5:") && problem.contains("data_viz_agent"), "{problem}");
        assert!(folder.import("{}").unwrap_err().to_string().contains("no agent"));
        assert!(folder.import("{").unwrap_err().to_string().contains("import:1:"));
    }

    #[test]
    fn a_change_by_another_program_is_seen() {
        let dir = tempfile::tempdir().unwrap();
        let before = FolderState::of(dir.path());
        AgentFolder::new(dir.path()).save(&template("mine_agent", "Do x.")).unwrap();
        let after = FolderState::of(dir.path());
        assert_ne!(before, after);
        assert_eq!(after, FolderState::of(dir.path()));
        assert_eq!(FolderState::of(Path::new("nowhere at all")), before);
    }
}
