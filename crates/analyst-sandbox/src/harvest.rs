//! What a run produced, out of frames that nobody vouches for: checked, bounded, and files moved out of its folder.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use analyst_types::{ArtifactContent, Variable, VariableKind};
use serde_json::Value;

use crate::frame::Frame;

const MAX_ARTIFACTS: usize = 1_000;
/// What all results of a run may take together, as a multiple of what one may.
const LARGEST_RESULTS: u64 = 8;
const MAX_VARIABLES: usize = 1_000;
const MAX_NAME_CHARS: usize = 200;
const MAX_TITLE_CHARS: usize = 500;
const MAX_DIGEST_CHARS: usize = 2_000;
/// What of a figure is drawn. Its `config` is not among it: that could name servers.
const FIGURE_PARTS: [&str; 3] = ["data", "layout", "frames"];

/// What a run produced so far.
#[derive(Debug, Default)]
pub(crate) struct Harvest {
    pub artifacts: Vec<(String, ArtifactContent)>,
    pub variables: Vec<Variable>,
    /// Names of the files of variables, beside `variables`.
    files: Vec<Option<String>>,
    /// Bytes of all bodies that were taken.
    n_bytes: u64,
}

impl Harvest {
    /// Takes an artifact of at most `max_bytes`. An error is a sentence for the person.
    pub fn take_artifact(&mut self, frame: &Frame, max_bytes: u64) -> Result<(), String> {
        if frame.body.len() as u64 > max_bytes.saturating_add(1 << 10) {
            return Err(format!("A result of {} bytes is larger than allowed and is not shown.", frame.body.len()));
        }
        if self.artifacts.len() >= MAX_ARTIFACTS {
            return Err("There are too many results: one is not shown.".into());
        }
        if !self.has_room_for(frame, max_bytes) {
            return Err("The results are larger together than allowed: one is not shown.".into());
        }
        let title = frame.head["title"].as_str().unwrap_or_default().chars().take(MAX_TITLE_CHARS).collect();
        let content = artifact(&frame.head["kind"], &frame.body)
            .ok_or("A result was not what it said it was and is not shown.")?;
        self.artifacts.push((title, content));
        Ok(())
    }

    /// Counts the frame's body in, unless all results together would then take more than `max_bytes` for each allow.
    fn has_room_for(&mut self, frame: &Frame, max_bytes: u64) -> bool {
        let n_bytes = self.n_bytes.saturating_add(frame.body.len() as u64);
        let has_room = n_bytes <= max_bytes.saturating_mul(LARGEST_RESULTS);
        if has_room {
            self.n_bytes = n_bytes;
        }
        has_room
    }

    /// Takes a variable. One that breaks the rules is left out.
    pub fn take_variable(&mut self, frame: &Frame, max_bytes: u64) {
        if self.variables.len() < MAX_VARIABLES
            && self.has_room_for(frame, max_bytes)
            && let Some((variable, file)) = variable(frame)
        {
            self.variables.push(variable);
            self.files.push(file);
        }
    }

    /// Whether there are files to move.
    pub fn has_files(&self) -> bool {
        self.files.iter().any(Option::is_some)
    }

    /// Moves the files of variables from the run's folder to `exchange_dir`. The run must have ended. Variables whose
    /// file is not what it should be are left out.
    pub fn keep_files(&mut self, out_dir: &Path, exchange_dir: &Path) {
        let mut kept: HashMap<String, Option<PathBuf>> = HashMap::new();
        for (variable, file) in self.variables.iter_mut().zip(&self.files) {
            let Some(file) = file else { continue };
            let path = kept.entry(file.clone()).or_insert_with(|| {
                keep_file(&out_dir.join(file), &variable.name, exchange_dir)
                    .inspect_err(|error| tracing::warn!(variable = variable.name, %error, "a variable was lost"))
                    .ok()
            });
            variable.arrow_path.clone_from(path);
        }
        self.files.clear();
        self.variables.retain(|variable| variable.kind == VariableKind::Json || variable.arrow_path.is_some());
    }
}

fn artifact(kind: &Value, body: &[u8]) -> Option<ArtifactContent> {
    let mut content: Value = serde_json::from_slice(body).ok()?;
    content.as_object_mut()?.insert("kind".into(), kind.clone());
    let content = serde_json::from_value(content).ok()?;
    Some(match content {
        ArtifactContent::Chart { figure } => ArtifactContent::Chart { figure: drawable(figure)? },
        ArtifactContent::Table(table) => {
            table.rows.iter().all(|row| row.len() == table.columns.len()).then_some(ArtifactContent::Table(table))?
        }
        ArtifactContent::Image { mime, base64 } => {
            matches!(mime.as_str(), "image/png" | "image/svg+xml").then_some(ArtifactContent::Image { mime, base64 })?
        }
        other => other,
    })
}

/// The figure with nothing in it that is fetched from elsewhere.
fn drawable(figure: Value) -> Option<Value> {
    let Value::Object(mut figure) = figure else { return None };
    figure.retain(|part, _| FIGURE_PARTS.contains(&part.as_str()));
    figure.get("data")?.is_array().then_some(())?;
    if let Some(images) = figure.get_mut("layout").and_then(|layout| layout.get_mut("images")?.as_array_mut()) {
        images.retain(|image| image["source"].as_str().is_some_and(|source| source.starts_with("data:image/")));
    }
    Some(Value::Object(figure))
}

fn variable(frame: &Frame) -> Option<(Variable, Option<String>)> {
    let kind: VariableKind = serde_json::from_value(frame.head["kind"].clone()).ok()?;
    let name = frame.head["name"].as_str().filter(|name| !name.is_empty() && name.chars().count() <= MAX_NAME_CHARS)?;
    let digest = frame.head["digest"].as_str()?.chars().take(MAX_DIGEST_CHARS).collect();
    let (value, file) = match kind {
        VariableKind::Json => (serde_json::from_slice(&frame.body).ok()?, None),
        _ => (Value::Null, Some(frame.head["file"].as_str().filter(|file| is_plain_name(file))?.to_owned())),
    };
    Some((Variable { name: name.to_owned(), kind, digest, value, arrow_path: None }, file))
}

/// `12.arrow`: nothing that leads elsewhere.
fn is_plain_name(file: &str) -> bool {
    file.strip_suffix(".arrow")
        .is_some_and(|number| number.len() <= 6 && number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn keep_file(from: &Path, name: &str, exchange_dir: &Path) -> io::Result<PathBuf> {
    let metadata = fs::symlink_metadata(from)?;
    if !metadata.is_file() {
        return Err(io::Error::other("not a plain file"));
    }
    fs::create_dir_all(exchange_dir)?;
    let letters: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(40).collect();
    let place = tempfile::Builder::new().prefix(&format!("{letters}-")).suffix(".arrow").tempfile_in(exchange_dir)?;
    let (_, to) = place.keep().map_err(|error| error.error)?;
    if fs::rename(from, &to).is_err() {
        fs::copy(from, &to)?; // on another disk
    }
    Ok(to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use analyst_types::ArtifactKind;
    use serde_json::json;

    fn take(head: Value, body: &Value, max_bytes: u64) -> Result<Vec<(String, ArtifactContent)>, String> {
        let mut harvest = Harvest::default();
        let frame = Frame { head, body: body.to_string().into_bytes() };
        harvest.take_artifact(&frame, max_bytes).map(|()| harvest.artifacts)
    }

    #[test]
    fn figures_lose_what_would_be_fetched() {
        let figure = json!({"figure": {
            "data": [], "config": {"plotlyServerURL": "x"},
            "layout": {"images": [{"source": "file:///a"}, {"source": "data:image/png;base64,"}]},
        }});
        let artifacts = take(json!({"kind": "chart", "title": "t"}), &figure, 1_000).unwrap();
        let expect = json!({"data": [], "layout": {"images": [{"source": "data:image/png;base64,"}]}});
        assert_eq!(artifacts, [("t".to_owned(), ArtifactContent::Chart { figure: expect })]);
    }

    #[test]
    fn results_that_are_not_what_they_say_are_refused() {
        let check = |kind: &str, body: Value, max_bytes| {
            assert!(take(json!({"kind": kind}), &body, max_bytes).is_err(), "{kind} {body}");
        };
        check("chart", json!({"figure": 1}), 1_000);
        check("chart", json!({"figure": {"layout": {}}}), 1_000);
        check("table", json!({"columns": [{"name": "a", "type": "integer"}], "rows": [[1, 2]], "nRows": 1}), 1_000);
        check("image", json!({"mime": "text/html", "base64": ""}), 1_000);
        check("other", json!({}), 1_000);
        check("text", json!({"text": "x".repeat(5_000)}), 1_000);
        let text = take(json!({"kind": "text"}), &json!({"text": "ü"}), 1_000).unwrap();
        assert_eq!(text[0].1.kind(), ArtifactKind::Text);
    }

    #[test]
    fn results_together_are_bounded_too() {
        let mut harvest = Harvest::default();
        let head = json!({"kind": "text", "title": "t"});
        let body = json!({"text": "x".repeat(900)}).to_string().into_bytes();
        let taken =
            (0..20).filter(|_| harvest.take_artifact(&Frame { head: head.clone(), body: body.clone() }, 1_000).is_ok());
        assert_eq!(taken.count(), 8);
        let head = json!({"type": "variable", "name": "v", "kind": "json", "digest": ""});
        harvest.take_variable(&Frame { head, body: format!("\"{}\"", "x".repeat(900)).into_bytes() }, 1_000);
        assert!(harvest.variables.is_empty());
    }

    #[test]
    fn files_of_variables_are_moved_and_nothing_else_is() {
        let (out, exchange) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(out.path().join("0.arrow"), "arrow").unwrap();
        fs::write(exchange.path().join("secret"), "s").unwrap();
        let mut harvest = Harvest::default();
        for (name, file) in [("a", "0.arrow"), ("b", "0.arrow"), ("c", "../secret"), ("d", "1.arrow")] {
            let head = json!({"type": "variable", "name": name, "kind": "frame", "digest": "", "file": file});
            harvest.take_variable(&Frame { head, body: Vec::new() }, 1_000);
        }
        harvest.keep_files(out.path(), &exchange.path().join("new"));
        let kept: Vec<_> = harvest.variables.iter().map(|one| (one.name.as_str(), one.arrow_path.clone())).collect();
        assert_eq!(kept.iter().map(|one| one.0).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(kept[0].1, kept[1].1);
        assert_eq!(fs::read_to_string(kept[0].1.as_ref().unwrap()).unwrap(), "arrow");
    }
}
