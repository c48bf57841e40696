//! Prompts are files in `prompts/`, compiled in; this renders them from what was disclosed, and from nothing else.

use std::sync::OnceLock;

use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

use crate::disclosure::{CHARS_PER_TOKEN, Disclosed};

/// Every prompt file, by its name.
const FILES: [(&str, &str); 15] = [
    ("_subject.md", include_str!("../prompts/_subject.md")),
    ("_cell.md", include_str!("../prompts/_cell.md")),
    ("_markers.md", include_str!("../prompts/_markers.md")),
    ("_json.md", include_str!("../prompts/_json.md")),
    ("reask.md", include_str!("../prompts/reask.md")),
    ("plan.system.md", include_str!("../prompts/plan.system.md")),
    ("plan.user.md", include_str!("../prompts/plan.user.md")),
    ("write_code.system.md", include_str!("../prompts/write_code.system.md")),
    ("write_code.user.md", include_str!("../prompts/write_code.user.md")),
    ("fix_code.system.md", include_str!("../prompts/fix_code.system.md")),
    ("fix_code.user.md", include_str!("../prompts/fix_code.user.md")),
    ("answer.system.md", include_str!("../prompts/answer.system.md")),
    ("answer.user.md", include_str!("../prompts/answer.user.md")),
    ("chat.system.md", include_str!("../prompts/chat.system.md")),
    ("chat.user.md", include_str!("../prompts/chat.user.md")),
];

/// What the model is, and what it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Prompt {
    pub system: String,
    pub user: String,
}

impl Prompt {
    /// About how many tokens it takes.
    pub fn n_tokens(&self) -> u64 {
        ((self.system.chars().count() + self.user.chars().count()) as f64 / CHARS_PER_TOKEN) as u64
    }
}

/// A field of the output, for models that mark fields instead of writing JSON.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Field {
    pub name: String,
    pub description: String,
    /// `text`, or the JSON it is, in words.
    pub form: String,
    #[serde(skip)]
    pub is_text: bool,
}

/// The prompt of a signature. With `fields`, these are to be marked; without, the reply is JSON by the provider's
/// schema.
pub(crate) fn render(name: &str, disclosed: &Disclosed, fields: Option<&[Field]>) -> Prompt {
    let form = match fields {
        Some(fields) => fill("_markers.md", minijinja::context! { fields => minijinja::value::Serde(fields) }),
        None => fill("_json.md", minijinja::context! {}),
    };
    let system = fill(&format!("{name}.system.md"), disclosed.value().clone());
    Prompt { system: format!("{system}\n\n{form}"), user: fill(&format!("{name}.user.md"), disclosed.value().clone()) }
}

/// What a model is told when its reply cannot be used.
pub(crate) fn complaint(complaint: &str) -> String {
    fill("reask.md", minijinja::context! { complaint => complaint })
}

fn fill(name: &str, context: minijinja::Value) -> String {
    let template = environment().get_template(name).expect("BUG: a prompt is asked for that is not listed in FILES");
    template.render(context).expect("BUG: a prompt names a field that its view does not have").trim().to_owned()
}

fn environment() -> &'static Environment<'static> {
    static ENVIRONMENT: OnceLock<Environment<'static>> = OnceLock::new();
    ENVIRONMENT.get_or_init(|| {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        for (name, text) in FILES {
            environment.add_template(name, text).expect("BUG: a prompt file is no valid template");
        }
        environment
    })
}
