//! Reads catalogue files entry by entry, so that one broken entry costs one agent, and says where it is broken.

use std::path::Path;

use analyst_types::AgentTemplate;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Agent, Catalogue, CatalogueProblem};

/// What one catalogue file may weigh.
const MAX_FILE_BYTES: u64 = 1 << 20;
/// What one prompt may weigh: more would not leave a small model room for the question.
const MAX_PROMPT_CHARS: usize = 24_000;
/// Where the compiled-in entries come from.
const BUILTIN_ORIGIN: &str = "built-in";
/// The keys of an entry.
const ENTRY_KEYS: [&str; 9] = [
    "template_name",
    "display_name",
    "description",
    "category",
    "variant_type",
    "is_premium",
    "usage_count",
    "icon_url",
    "prompt_template",
];
/// The keys of a file.
const FILE_KEYS: [&str; 3] = ["default_agents", "premium_templates", "remove"];

#[derive(Deserialize)]
struct RawFile<'a> {
    #[serde(borrow, default)]
    default_agents: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    premium_templates: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    remove: Vec<&'a RawValue>,
}

/// See [`Catalogue::load`].
pub(super) fn load(builtin: &str, dir: Option<&Path>) -> Catalogue {
    let mut catalogue = Catalogue::default();
    Source { origin: BUILTIN_ORIGIN.to_owned(), text: builtin }.lay_over(&mut catalogue);
    for path in dir.map(json_files).unwrap_or_default() {
        let origin = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match read(&path) {
            Ok(text) => Source { origin, text: &text }.lay_over(&mut catalogue),
            Err(message) => {
                catalogue.problems.push(CatalogueProblem { origin, line: 1, column: 1, agent: None, message });
            }
        }
    }
    catalogue
}

pub(super) fn json_files(dir: &Path) -> Vec<std::path::PathBuf> {
    // A folder that is not there is the usual case, and no problem.
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    let mut paths: Vec<_> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")))
        .collect();
    paths.sort();
    paths
}

fn read(path: &Path) -> Result<String, String> {
    let meta = std::fs::metadata(path).map_err(|error| format!("cannot be read: {error}"))?;
    if !meta.is_file() {
        return Err("is not a file".to_owned());
    }
    if meta.len() > MAX_FILE_BYTES {
        return Err(format!("has {} bytes; a catalogue may have {MAX_FILE_BYTES}", meta.len()));
    }
    let bytes = std::fs::read(path).map_err(|error| format!("cannot be read: {error}"))?;
    String::from_utf8(bytes).map_err(|error| format!("is not UTF-8 text (byte {})", error.utf8_error().valid_up_to()))
}

/// One catalogue file.
struct Source<'a> {
    origin: String,
    text: &'a str,
}

impl Source<'_> {
    fn lay_over(&self, catalogue: &mut Catalogue) {
        let text = self.text.trim_start_matches('\u{feff}');
        if text.trim().is_empty() {
            catalogue.problems.push(self.problem(0, None, "is empty"));
            return;
        }
        let file: RawFile = match serde_json::from_str(text) {
            Ok(file) => file,
            Err(error) => {
                catalogue.problems.push(self.problem_at((error.line(), error.column()), None, &told(&error)));
                return;
            }
        };
        if !text.trim_start().starts_with('{') {
            catalogue.problems.push(self.problem(0, None, "a catalogue must be an object"));
            return;
        }
        self.report_unknown_file_keys(text, catalogue);
        self.remove(&file, catalogue);
        let own: Vec<Agent> = self.agents(&file, catalogue);
        for agent in own {
            let name = &agent.template.template_name;
            match catalogue.agents.iter_mut().find(|known| known.template.template_name == *name) {
                Some(known) => *known = agent,
                None => catalogue.agents.push(agent),
            }
        }
    }

    fn agents(&self, file: &RawFile, catalogue: &mut Catalogue) -> Vec<Agent> {
        let mut agents: Vec<Agent> = Vec::new();
        let packs = [(&file.default_agents, false), (&file.premium_templates, true)];
        for (raw, advanced) in packs.iter().flat_map(|(entries, advanced)| entries.iter().map(|raw| (*raw, *advanced)))
        {
            let Some(mut template) = self.template(raw, catalogue) else { continue };
            let name = template.template_name.clone();
            if agents.iter().any(|agent| agent.template.template_name == name) {
                let message = "stands twice in this file; the first one is used";
                catalogue.problems.push(self.problem(self.offset(raw), Some(name), message));
                continue;
            }
            template.is_premium |= advanced;
            agents.push(Agent { enabled: !template.is_premium, template, origin: self.origin.clone() });
        }
        agents
    }

    fn template(&self, raw: &RawValue, catalogue: &mut Catalogue) -> Option<AgentTemplate> {
        let start = self.offset(raw);
        let value: Value = serde_json::from_str(raw.get()).ok()?;
        let name = value.get("template_name").and_then(Value::as_str).map(str::to_owned);
        let Some(entry) = value.as_object() else {
            catalogue.problems.push(self.problem(start, None, "an agent must be an object"));
            return None;
        };
        for key in entry.keys().filter(|key| !ENTRY_KEYS.contains(&key.as_str())) {
            let at = raw.get().find(&format!("\"{key}\"")).unwrap_or(0);
            let message =
                format!("“{key}” is not a key of an agent and is ignored; the keys are {}", ENTRY_KEYS.join(", "));
            catalogue.problems.push(self.problem(start + at, name.clone(), &message));
        }
        let template: AgentTemplate = match serde_json::from_str(raw.get()) {
            Ok(template) => template,
            Err(error) => {
                let at = start + offset_of(raw.get(), error.line(), error.column());
                catalogue.problems.push(self.problem(at, name, &told(&error)));
                return None;
            }
        };
        match fault(&template) {
            None => Some(template),
            Some((key, message)) => {
                let at = raw.get().find(&format!("\"{key}\"")).unwrap_or(0);
                catalogue.problems.push(self.problem(start + at, name, &message));
                None
            }
        }
    }

    /// Takes away what the files before this one brought in; what this file defines itself stays.
    fn remove(&self, file: &RawFile, catalogue: &mut Catalogue) {
        for raw in &file.remove {
            let Ok(name) = serde_json::from_str::<String>(raw.get()) else {
                catalogue.problems.push(self.problem(self.offset(raw), None, "“remove” is a list of names"));
                continue;
            };
            let before = catalogue.agents.len();
            catalogue.agents.retain(|agent| agent.template.template_name != name);
            if catalogue.agents.len() == before {
                let message = "cannot be removed: no agent has this name";
                catalogue.problems.push(self.problem(self.offset(raw), Some(name), message));
            }
        }
    }

    fn report_unknown_file_keys(&self, text: &str, catalogue: &mut Catalogue) {
        let Ok(Value::Object(file)) = serde_json::from_str(text) else { return };
        for key in file.keys().filter(|key| !FILE_KEYS.contains(&key.as_str())) {
            let at = self.text.find(&format!("\"{key}\"")).unwrap_or(0);
            let message =
                format!("“{key}” is not a key of a catalogue and is ignored; the keys are {}", FILE_KEYS.join(", "));
            catalogue.problems.push(self.problem(at, None, &message));
        }
    }

    /// Where a borrowed piece of this source starts.
    fn offset(&self, raw: &RawValue) -> usize {
        (raw.get().as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize)
    }

    fn problem(&self, offset: usize, agent: Option<String>, message: &str) -> CatalogueProblem {
        self.problem_at(place(self.text, offset), agent, message)
    }

    fn problem_at(&self, (line, column): (usize, usize), agent: Option<String>, message: &str) -> CatalogueProblem {
        CatalogueProblem { origin: self.origin.clone(), line, column, agent, message: message.to_owned() }
    }
}

/// What makes an entry unusable: the key at fault, and why.
pub(super) fn fault(template: &AgentTemplate) -> Option<(&'static str, String)> {
    let name = &template.template_name;
    let well_formed = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.len() <= 64
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !well_formed {
        let message = "a name has 1 to 64 of the characters a–z, 0–9 and _, and begins with a letter".to_owned();
        return Some(("template_name", message));
    }
    if template.description.trim().is_empty() {
        return Some((
            "description",
            "the description is empty, so no planner would know what the agent is for".to_owned(),
        ));
    }
    let prompt_chars = template.prompt_template.chars().count();
    if template.prompt_template.trim().is_empty() {
        return Some(("prompt_template", "the prompt is empty".to_owned()));
    }
    if prompt_chars > MAX_PROMPT_CHARS {
        let message = format!("the prompt has {prompt_chars} characters; it may have {MAX_PROMPT_CHARS}");
        return Some(("prompt_template", message));
    }
    None
}

/// The parser's message without its place, which we give our own way.
fn told(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..text.floor_char_boundary(offset.min(text.len()))];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    start + column.saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::super::BUILTIN_AGENTS;
    use super::*;

    fn entry(name: &str, rest: &str) -> String {
        format!(
            r#"{{"template_name": "{name}", "display_name": "X", "description": "Does x.", "category": "Statistics",
                "variant_type": "both", "prompt_template": "Do x."{rest}}}"#
        )
    }

    #[test]
    fn the_compiled_in_catalogue_is_whole() {
        let catalogue = Catalogue::load(BUILTIN_AGENTS, None);
        assert_eq!(catalogue.problems(), []);
        let names: Vec<&str> = catalogue.agents().iter().map(|agent| agent.template.template_name.as_str()).collect();
        for family in ["preprocessing", "statistical_analytics", "sk_learn", "data_viz"] {
            assert!(names.contains(&format!("{family}_agent").as_str()), "{family}");
            assert!(names.contains(&format!("planner_{family}_agent").as_str()), "{family}");
        }
        assert!(catalogue.conversation_agent().is_some());
        let advanced: Vec<_> = catalogue.agents().iter().filter(|agent| agent.template.is_premium).collect();
        assert!(!advanced.is_empty() && advanced.iter().all(|agent| !agent.enabled));
        assert!(catalogue.planner_agents().len() >= 4);
        assert!(catalogue.planner_agents().iter().all(|agent| !agent.is_conversation()));
        let icons = catalogue.agents().iter().map(|agent| agent.template.icon_url.as_str());
        assert!(icons.clone().all(|icon| icon.starts_with("icons/")), "{:?}", icons.collect::<Vec<_>>());
    }

    /// (file, names that load, (line, column, part of the message) of each problem)
    type Case = (String, &'static [&'static str], Vec<(usize, usize, &'static str)>);

    fn check((file, names, problems): Case) {
        let catalogue = Catalogue::load(&file, None);
        let loaded: Vec<&str> = catalogue.agents().iter().map(|agent| agent.template.template_name.as_str()).collect();
        assert_eq!(loaded, names, "{file}");
        assert_eq!(catalogue.problems().len(), problems.len(), "{file}: {:?}", catalogue.problems());
        for (problem, (line, column, message)) in catalogue.problems().iter().zip(problems) {
            assert_eq!((problem.line, problem.column), (line, column), "{problem}");
            assert!(problem.message.contains(message), "{problem}");
        }
    }

    #[test]
    fn a_broken_entry_costs_only_itself_and_is_located() {
        let good = entry("good", "");
        let file = |entries: &[&str]| format!("{{\"default_agents\": [\n{}\n]}}", entries.join(",\n"));
        let cases: Vec<Case> = vec![
            (file(&[&good]), &["good"], vec![]),
            ("\u{feff}".to_owned() + &file(&[&good]), &["good"], vec![]),
            (file(&["7", &good]), &["good"], vec![(2, 1, "must be an object")]),
            (file(&[&good, &entry("good", "")]), &["good"], vec![(4, 1, "twice")]),
            (file(&[&entry("bad name", ""), &good]), &["good"], vec![(2, 2, "a–z")]),
            (file(&[&good.replace("Do x.", " ")]), &[], vec![(3, 41, "prompt is empty")]),
            (file(&[&good.replace("both", "all")]), &[], vec![(3, 37, "unknown variant")]),
            (file(&[&entry("good", r#", "colour": 1"#)]), &["good"], vec![(3, 69, "“colour” is not a key")]),
            (String::new(), &[], vec![(1, 1, "empty")]),
            ("[]".to_owned(), &[], vec![(1, 1, "must be an object")]),
            ("// no\n{}".to_owned(), &[], vec![(1, 1, "expected value")]),
            (format!("{{\"default_agents\": [{good}"), &[], vec![(2, 67, "EOF")]),
            (r#"{"agents": []}"#.to_owned(), &[], vec![(1, 2, "“agents” is not a key")]),
            (r#"{"remove": ["nobody"]}"#.to_owned(), &[], vec![(1, 13, "no agent has this name")]),
        ];
        cases.into_iter().for_each(check);
    }

    #[test]
    fn the_persons_folder_replaces_adds_and_removes() {
        let dir = tempfile::tempdir().unwrap();
        let builtin = format!("{{\"default_agents\": [{}, {}]}}", entry("one", ""), entry("two", ""));
        let own = format!(
            "{{\"default_agents\": [{}, {}], \"premium_templates\": [{}], \"remove\": [\"two\"]}}",
            entry("one", "").replace("Do x.", "Do y."),
            entry("three", ""),
            entry("four", "")
        );
        std::fs::write(dir.path().join("mine.json"), own).unwrap();
        std::fs::write(dir.path().join("notes.txt"), "no catalogue").unwrap();
        std::fs::write(dir.path().join("zz.json"), [0xff, 0xfe]).unwrap();
        let catalogue = Catalogue::load(&builtin, Some(dir.path()));
        let loaded: Vec<_> = catalogue
            .agents()
            .iter()
            .map(|agent| (agent.template.template_name.as_str(), agent.enabled, agent.origin.as_str()))
            .collect();
        assert_eq!(loaded, [("one", true, "mine.json"), ("three", true, "mine.json"), ("four", false, "mine.json")]);
        assert_eq!(catalogue.agents()[0].template.prompt_template, "Do y.");
        assert_eq!(catalogue.problems().len(), 1);
        assert!(catalogue.problems()[0].message.contains("UTF-8"), "{}", catalogue.problems()[0]);
    }
}
