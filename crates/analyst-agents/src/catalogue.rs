//! The agents there are: the built-in ones, and those of the person's own folder laid over them.

use std::path::Path;

use analyst_types::AgentTemplate;

/// The catalogue that is compiled in, so that a missing file never leaves the program without agents.
pub const BUILTIN_AGENTS: &str = include_str!("../../../agents_config.json");

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
    /// Column in the line, counted from 1.
    pub column: usize,
    /// The entry's `template_name`, if it could be read.
    pub agent: Option<String>,
    /// What is wrong, in a sentence.
    pub message: String,
}

impl Catalogue {
    /// The agents of `builtin` (see [`BUILTIN_AGENTS`]) and, laid over them, those of the `*.json` files in `dir`.
    /// Never fails: what cannot be read is reported as a problem and left out.
    pub fn load(_builtin: &str, _dir: Option<&Path>) -> Self {
        Self::default()
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
}
