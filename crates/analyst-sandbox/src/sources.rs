//! The Python that runs in a worker around the person's code, and the rules it checks imports by.

use serde_json::{Map, Value};

/// Takes the other sources from the channel and starts them.
pub(crate) const BOOTSTRAP: &str = include_str!("../python/bootstrap.py");
/// Which libraries a cell may import, and what to use instead of the others.
pub(crate) const IMPORT_RULES: &str = include_str!("../python/imports.json");

const MODULES: [(&str, &str); 11] = [
    ("runner", include_str!("../python/runner/__init__.py")),
    ("runner.backend", include_str!("../python/runner/backend.py")),
    ("runner.cell", include_str!("../python/runner/cell.py")),
    ("runner.channel", include_str!("../python/runner/channel.py")),
    ("runner.figures", include_str!("../python/runner/figures.py")),
    ("runner.fork_server", include_str!("../python/runner/fork_server.py")),
    ("runner.frames", include_str!("../python/runner/frames.py")),
    ("runner.gate", include_str!("../python/runner/gate.py")),
    ("runner.show", include_str!("../python/runner/show.py")),
    ("runner.tables", include_str!("../python/runner/tables.py")),
    ("runner.worker", include_str!("../python/runner/worker.py")),
];

/// The sources by module name.
pub(crate) fn modules() -> Value {
    let modules: Map<String, Value> =
        MODULES.iter().map(|(name, source)| ((*name).to_owned(), Value::from(*source))).collect();
    Value::Object(modules)
}
