//! The TypeScript client types, generated from the table of commands. The test below fails when the checked-in files
//! are stale; `UPDATE_BINDINGS=1 cargo test` writes them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ts_rs::{Config, TS};

use crate::commands::{COMMANDS, for_each_type};

/// A type's name in TypeScript, and the way to write it with all it needs.
pub(crate) struct TypeOf {
    name: fn(&Config) -> String,
    export: fn(&Config) -> Result<(), ts_rs::ExportError>,
}

impl TypeOf {
    pub(crate) fn new<T: TS + 'static>() -> Self {
        Self { name: T::name, export: T::export_all }
    }
}

fn generated_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/api/generated")
}

/// Every file of the client, by name.
fn generate() -> BTreeMap<String, String> {
    let dir = tempfile::tempdir().unwrap();
    let config = Config::new().with_out_dir(dir.path());
    let mut lines = Vec::new();
    let mut imports = std::collections::BTreeSet::new();
    for_each_type(|name, request, response| {
        for part in [&request, &response] {
            (part.export)(&config).unwrap();
            imports.insert((part.name)(&config));
        }
        lines.push(format!("  {name:?}: {{ req: {}; res: {} }};", (request.name)(&config), (response.name)(&config)));
    });
    <analyst_types::RunEvent as TS>::export_all(&config).unwrap();
    <analyst_types::AppError as TS>::export_all(&config).unwrap();
    let mut files = read_all(dir.path());
    files.insert("commands.ts".to_owned(), commands_file(&imports, &lines));
    files
}

fn commands_file(imports: &std::collections::BTreeSet<String>, lines: &[String]) -> String {
    let imports: String = imports.iter().map(|name| format!("import type {{ {name} }} from \"./{name}\";\n")).collect();
    let touches: String = COMMANDS
        .iter()
        .map(|command| {
            let touched: Vec<_> = command.touches.iter().map(|resource| format!("{resource:?}")).collect();
            format!("  {:?}: [{}],\n", command.name, touched.join(", "))
        })
        .collect();
    format!(
        "// Generated from the table of commands in analyst-app. Do not edit: UPDATE_BINDINGS=1 cargo test writes it.\n\
         {imports}\n/** Request and response of every command. */\nexport interface Commands {{\n{}\n}}\n\n\
         /** Resources whose answers a command makes stale. */\n\
         export const TOUCHES = {{\n{touches}}} as const satisfies Record<keyof Commands, readonly string[]>;\n",
        lines.join("\n")
    )
}

fn read_all(dir: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(dir).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            let inner = read_all(&path);
            files.extend(inner.into_iter().map(|(file, text)| (format!("{name}/{file}"), text)));
        } else {
            files.insert(name, std::fs::read_to_string(&path).unwrap());
        }
    }
    files
}

#[test]
fn the_typescript_client_is_what_the_commands_say() {
    let generated = generate();
    let dir = generated_dir();
    if std::env::var_os("UPDATE_BINDINGS").is_some() {
        let _ = std::fs::remove_dir_all(&dir);
        for (name, text) in &generated {
            let path = dir.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
    }
    let kept = read_all(&dir);
    let stale: Vec<_> = generated.keys().filter(|name| kept.get(*name) != generated.get(*name)).collect();
    let superfluous: Vec<_> = kept.keys().filter(|name| !generated.contains_key(*name)).collect();
    assert!(
        stale.is_empty() && superfluous.is_empty(),
        "stale: {stale:?}, superfluous: {superfluous:?}; UPDATE_BINDINGS=1 cargo test writes the client"
    );
}
