//! Puts the UI's bundle, the icons and the reviewed list of commands into the program.

use std::path::Path;

/// The commands the page may call; each becomes a permission that `capabilities/main.json` must grant.
const COMMANDS: &[&str] = &["call", "subscribe", "pick_files", "save_file", "opened_files"];

/// Stands in until the UI is built, so that everything else can be built and tested without Node.
const PLACEHOLDER: &str =
    "<!doctype html><title>Auto-Analyst</title><p>The window's UI is not built yet. Run: cargo xtask run</p>\n";

fn main() {
    let page = Path::new("../ui/dist/index.html");
    if !page.exists() {
        std::fs::create_dir_all("../ui/dist").expect("make the folder ui/dist");
        std::fs::write(page, PLACEHOLDER).expect("write a placeholder into ui/dist");
    }
    println!("cargo:rerun-if-changed=../ui/dist");
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest)).expect("prepare the window");
}
