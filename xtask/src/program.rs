//! The programs we build, and where they lie.
//!
//! Every build takes the whole workspace: cargo chooses the features of polars and tokio by what is built together, so a
//! smaller selection would compile them again.

use std::path::PathBuf;

use crate::step::{self, Outcome, Step};

/// All of our code, tests included; for whatever looks at it.
pub const SELECTION: &[&str] = &["--workspace", "--all-targets"];

/// Builds all programs for development.
pub fn build() -> Outcome {
    Step::cargo("Build the programs (the first time takes about ten minutes)").args(["build", "--workspace"]).run()
}

/// Builds only the command line program: the way out where the window's libraries cannot be had.
pub fn build_cli() -> Outcome {
    Step::cargo("Build the command line program (the first time takes about ten minutes)")
        .args(["build", "--package", "analyst-cli"])
        .run()
}

/// Builds the two programs as they are shipped.
pub fn build_release() -> Outcome {
    Step::cargo("Build the programs for release (the first time takes half an hour)")
        .args(["build", "--release", "--workspace", "--bins"])
        .run()
}

/// The command line program of a development build.
pub fn cli() -> PathBuf {
    in_profile("debug", "auto-analyst")
}

/// The window program of a development build.
pub fn desktop() -> PathBuf {
    in_profile("debug", "auto-analyst-desktop")
}

/// A program of a profile's folder (`debug`, `release`).
pub fn in_profile(profile: &str, name: &str) -> PathBuf {
    target_dir().join(profile).join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// Where cargo puts what it builds.
pub fn target_dir() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        // Relative to the root, where every step runs.
        Some(folder) => step::root().join(folder),
        None => step::root().join("target"),
    }
}
