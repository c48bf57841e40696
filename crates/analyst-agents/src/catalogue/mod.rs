//! The agents there are: the built-in ones, and those of the person's own folder laid over them.
//!
//! A catalogue always loads. What is wrong with a file is reported with its place, disables only the entry concerned,
//! and never leaves the program without agents, because the built-in file is compiled in.

mod folder;
mod loading;
mod mention;

use std::path::Path;

use analyst_types::{AgentTemplate, VariantType};

pub use folder::{AgentFolder, FolderError, FolderState, Imported};
pub use mention::without_mentions;

use crate::{AgentCard, AgentError};

/// The catalogue that is compiled in.
pub const BUILTIN_AGENTS: &str = include_str!("../../../../agents_config.json");

/// The family of agents that talk and run no code.
pub(crate) const CONVERSATION: &str = "Conversation";

/// More agents would blur the planner's choice.
const MAX_PLANNER_AGENTS: usize = 10;

/// All agents, with what is wrong with the files they come from.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    agents: Vec<Agent>,
    problems: Vec<CatalogueProblem>,
}

/// An agent of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// As written in the file.
    pub template: AgentTemplate,
    /// Whether it can be picked and planned with. Agents of the advanced pack start switched off.
    pub enabled: bool,
    /// The file it comes from: `built-in`, or the file's name.
    pub origin: String,
}

/// Something wrong in a catalogue file. The rest of the file is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueProblem {
    /// `built-in`, or the file's name.
    pub origin: String,
    /// Line in the file, counted from 1.
    pub line: usize,
    /// Column in the line, counted in characters from 1.
    pub column: usize,
    /// The entry's `template_name`, if it could be read.
    pub agent: Option<String>,
    /// What is wrong, in a sentence.
    pub message: String,
}

impl std::fmt::Display for CatalogueProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}: ", self.origin, self.line, self.column)?;
        match &self.agent {
            Some(agent) => write!(f, "{agent}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl Catalogue {
    /// The agents of `builtin` (see [`BUILTIN_AGENTS`]) and, laid over them in the order of their names, those of the
    /// `*.json` files in `dir`: an entry of a later file replaces the one of the same name, and a later file's
    /// `remove` takes away entries of the files before it. Never fails: what cannot be read is reported and left out.
    pub fn load(builtin: &str, dir: Option<&Path>) -> Self {
        loading::load(builtin, dir)
    }

    /// All agents, in the order of the files.
    pub fn agents(&self) -> &[Agent] {
        &self.agents
    }

    /// What is wrong with the files.
    pub fn problems(&self) -> &[CatalogueProblem] {
        &self.problems
    }

    /// Switches an agent on or off; tells whether there is one of that name.
    pub fn set_enabled(&mut self, name: &str, enabled: bool) -> bool {
        let agent = self.agents.iter_mut().find(|agent| agent.template.template_name == name);
        agent.map(|agent| agent.enabled = enabled).is_some()
    }

    /// Whether an agent may be switched on or off: the planner chooses between one and ten.
    ///
    /// # Errors
    /// A sentence that says why not.
    pub fn may_switch(&self, name: &str, enabled: bool) -> Result<(), String> {
        let Some(agent) = self.agents.iter().find(|agent| agent.template.template_name == name) else { return Ok(()) };
        let n_active = self.enabled().filter(|agent| agent.is_for_planner()).count();
        if !agent.is_for_planner() || agent.enabled == enabled {
            return Ok(());
        }
        match enabled {
            true if n_active >= MAX_PLANNER_AGENTS => Err(format!(
                "the planner chooses among at most {MAX_PLANNER_AGENTS} agents; switch another one off first"
            )),
            false if n_active <= 1 => {
                Err("the planner needs at least one agent; switch another one on first".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// The agents named with `@` in a question, in order, each once.
    ///
    /// # Errors
    /// [`AgentError::UnknownAgent`] for the first name that is none.
    pub fn mentioned(&self, question: &str) -> Result<Vec<&Agent>, AgentError> {
        let mut found: Vec<&Agent> = Vec::new();
        for mention in mention::mentions(question) {
            let agent = self.pick(mention.name)?;
            if !found.contains(&agent) {
                found.push(agent);
            }
        }
        Ok(found)
    }

    /// The switched-on agent a person means: by exact name, or without `_agent`, in any case, `-` for `_`.
    ///
    /// # Errors
    /// [`AgentError::UnknownAgent`], with the nearest name.
    pub fn pick(&self, name: &str) -> Result<&Agent, AgentError> {
        self.named(name, Agent::is_individual).ok_or_else(|| AgentError::UnknownAgent {
            name: name.to_owned(),
            nearest: mention::nearest(name, self.enabled().filter(|agent| agent.is_individual())),
        })
    }

    /// The agents a plan may name: switched on, of the planner's variants, and not for conversation.
    /// The most used come first, and ten are the most.
    pub fn planner_agents(&self) -> Vec<&Agent> {
        let mut agents: Vec<&Agent> = self.enabled().filter(|agent| agent.is_for_planner()).collect();
        agents.sort_by_key(|agent| std::cmp::Reverse(agent.template.usage_count));
        agents.truncate(MAX_PLANNER_AGENTS);
        agents
    }

    /// The planner's agent of that name; a name without its `planner_` or `_agent` is understood.
    pub fn planner_agent(&self, name: &str) -> Option<&Agent> {
        self.named(name, Agent::is_for_planner)
            .or_else(|| self.named(&format!("planner_{}", mention::normal(name)), Agent::is_for_planner))
    }

    /// The agent that talks, if it is switched on.
    pub fn conversation_agent(&self) -> Option<&Agent> {
        self.enabled().find(|agent| agent.is_conversation())
    }

    fn enabled(&self) -> impl Iterator<Item = &Agent> {
        self.agents.iter().filter(|agent| agent.enabled)
    }

    fn named(&self, name: &str, fits: impl Fn(&Agent) -> bool) -> Option<&Agent> {
        let wanted = mention::normal(name);
        let long = format!("{wanted}_agent");
        let mut agents = self.enabled().filter(|agent| fits(agent));
        agents.find(|agent| {
            let own = agent.template.template_name.as_str();
            own == wanted || own == long
        })
    }
}

impl Agent {
    /// Whether a person may pick it by name.
    pub fn is_individual(&self) -> bool {
        matches!(self.template.variant_type, VariantType::Individual | VariantType::Both)
    }

    /// Whether a plan may name it.
    pub fn is_for_planner(&self) -> bool {
        matches!(self.template.variant_type, VariantType::Planner | VariantType::Both) && !self.is_conversation()
    }

    /// Whether it talks and runs no code.
    pub fn is_conversation(&self) -> bool {
        self.template.category == CONVERSATION
    }

    /// The agent as signatures know it.
    pub fn card(&self) -> AgentCard {
        AgentCard {
            name: self.template.template_name.clone(),
            display_name: self.template.display_name.clone(),
            description: self.template.description.clone(),
            category: self.template.category.clone(),
            prompt: self.template.prompt_template.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_planner_has_between_one_and_ten_agents() {
        let mut catalogue = Catalogue::load(BUILTIN_AGENTS, None);
        let names: Vec<String> = catalogue
            .agents()
            .iter()
            .filter(|agent| agent.is_for_planner())
            .map(|agent| agent.template.template_name.clone())
            .collect();
        assert!(names.len() > MAX_PLANNER_AGENTS, "{names:?}");
        let refused: Vec<bool> = names
            .iter()
            .map(|name| {
                let refused = catalogue.may_switch(name, true).is_err();
                catalogue.set_enabled(name, !refused);
                refused
            })
            .collect();
        assert_eq!(refused.iter().filter(|refused| !**refused).count(), MAX_PLANNER_AGENTS);
        for name in &names[..9] {
            assert_eq!(catalogue.may_switch(name, false), Ok(()));
            catalogue.set_enabled(name, false);
        }
        assert!(catalogue.may_switch(&names[9], false).unwrap_err().contains("at least one"));
        assert_eq!(catalogue.may_switch("basic_qa_agent", false), Ok(()));
    }
}
