//! What a run works with (the desk) and what it works on (the question).

use std::path::PathBuf;
use std::sync::Arc;

use analyst_types::{CodeRunner, Language, LanguageModel, Limits, PrivacyLevel};

use crate::{BuiltInAnalyst, Catalogue, DatasetContext};

/// Who thinks.
#[derive(Clone)]
pub enum Reasoner {
    /// A language model.
    Model(Arc<dyn LanguageModel>),
    /// The analyst that needs neither key nor network.
    BuiltIn(Arc<BuiltInAnalyst>),
}

/// Everything a run works with.
#[derive(Clone)]
pub struct Desk {
    /// Who thinks.
    pub reasoner: Reasoner,
    /// Whether that model runs on this machine, so that nothing leaves. True for the built-in analyst.
    pub model_is_local: bool,
    /// Tokens that fit into the model, question and answer together, if known.
    pub context_tokens: Option<u64>,
    /// The agents there are.
    pub catalogue: Arc<Catalogue>,
    /// Runs Python.
    pub python: Arc<dyn CodeRunner>,
    /// Whether the Python environment is there; without it, cells are written in SQL.
    pub python_ready: bool,
    /// Runs SQL.
    pub sql: Arc<dyn CodeRunner>,
    /// What one execution may use.
    pub limits: Limits,
    /// Where variables are handed over as Arrow files. Made before, and removed after, by the caller.
    pub exchange_dir: PathBuf,
}

impl Desk {
    /// The runner of a language.
    pub fn runner(&self, language: Language) -> &Arc<dyn CodeRunner> {
        match language {
            Language::Python => &self.python,
            Language::Sql => &self.sql,
        }
    }
}

/// One question, with everything it is about.
#[derive(Debug, Clone)]
pub struct Question {
    /// As typed; may name agents with `@`.
    pub text: String,
    /// Agents picked otherwise than by `@` in the text, in order.
    pub agents: Vec<String>,
    /// The datasets of the chat; the first is `df`.
    pub datasets: Vec<DatasetContext>,
    /// What was said before, oldest first.
    pub history: Vec<Turn>,
    /// How much of the data the model may see.
    pub privacy: PrivacyLevel,
}

/// A question of this chat and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// As typed.
    pub question: String,
    /// Markdown.
    pub answer: String,
}
