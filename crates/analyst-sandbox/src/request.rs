//! A request as a worker gets it: JSON, and the open files of datasets and variables beside it.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use analyst_types::{ExecutionRequest, VariableKind};
use serde_json::{Value, json};

use crate::frame::MAX_BODY_BYTES;

/// An artifact must fit into a frame, whatever the limits say.
const MAX_ARTIFACT_BYTES: u64 = MAX_BODY_BYTES as u64 - (1 << 10);

/// A request, ready to be sent.
pub(crate) struct Packed {
    pub body: Vec<u8>,
    pub files: Vec<File>,
    /// Bytes of the files, which the run maps into its memory.
    pub mapped_bytes: u64,
}

/// How the request is to be treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Code of a model or a person: imports are checked first.
    Cell,
    /// Our own test of the walls, which does what cells may not.
    SelfTest,
}

/// Packs `request` for a worker that leaves files in `out_dir`. `hidden` are folders that no message shall name.
/// An error is a sentence about the file that cannot be opened.
pub(crate) fn pack(
    request: &ExecutionRequest,
    origin: Origin,
    out_dir: &Path,
    hidden: &[PathBuf],
) -> Result<Packed, String> {
    let mut sources = Sources::default();
    let mut datasets = Vec::new();
    for dataset in &request.datasets {
        datasets.push(json!({ "name": dataset.name, "source": sources.add(&dataset.name, &dataset.arrow_path)? }));
    }
    let mut variables = Vec::new();
    for variable in &request.variables {
        variables.push(match (variable.kind, &variable.arrow_path) {
            (VariableKind::Json, _) => json!({ "name": variable.name, "kind": "json", "value": variable.value }),
            (kind, Some(path)) => {
                json!({ "name": variable.name, "kind": kind, "source": sources.add(&variable.name, path)? })
            }
            (_, None) => return Err(format!("the file of the variable `{}` is gone", variable.name)),
        });
    }
    let body = json!({
        "code": request.code,
        "datasets": datasets,
        "variables": variables,
        "artifact_bytes": request.limits.artifact_bytes.min(MAX_ARTIFACT_BYTES),
        "guarded": origin == Origin::Cell,
        "out_dir": out_dir,
        "hidden_paths": hidden,
    });
    let body = body.to_string().into_bytes();
    Ok(Packed { body, files: sources.files, mapped_bytes: sources.mapped_bytes })
}

/// The files of a request, each once however many names it has.
#[derive(Default)]
struct Sources {
    files: Vec<File>,
    by_path: HashMap<PathBuf, usize>,
    mapped_bytes: u64,
}

impl Sources {
    /// How the worker finds the file: its place among the open ones, or its path where open files cannot be passed.
    fn add(&mut self, name: &str, path: &Path) -> Result<Value, String> {
        if cfg!(not(unix)) {
            return Ok(json!(path));
        }
        if let Some(at) = self.by_path.get(path) {
            return Ok(json!(at));
        }
        let opened = File::open(path).and_then(|file| Ok((file.metadata()?.len(), file)));
        let (size_bytes, file) = opened.map_err(|error| format!("the data of `{name}` cannot be read: {error}"))?;
        self.mapped_bytes += size_bytes;
        self.by_path.insert(path.to_path_buf(), self.files.len());
        self.files.push(file);
        Ok(json!(self.files.len() - 1))
    }
}
