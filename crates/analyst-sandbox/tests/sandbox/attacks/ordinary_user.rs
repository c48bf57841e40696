//! The attacks once more as a user without rights, for whoever runs the tests as the administrator.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use super::is_wanted;
use crate::kit::environment;

const NOBODY: u32 = 65_534;

#[test]
fn attacks_are_held_for_an_ordinary_user_too() {
    // SAFETY: only asks.
    let is_administrator = unsafe { libc::geteuid() } == 0;
    if !is_administrator || !is_wanted("AUTO_ANALYST_ORDINARY_USER") {
        return; // whoever runs this is that user, or has not asked for it
    }
    let place = tempfile::Builder::new().prefix("analyst-ordinary-").tempdir().unwrap();
    open(place.path());
    let (python, home) = (place.path().join("python"), place.path().join("home"));
    link_python(&python, &place.path().join("base"));
    fs::create_dir(&home).unwrap();
    chown(&home, Some(NOBODY), Some(NOBODY)).unwrap();
    let program = place.path().join("sandbox-tests");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    open(&program);
    let what = std::env::var("AUTO_ANALYST_ORDINARY_TESTS").unwrap_or_else(|_| "attacks::".into());
    let status = Command::new(&program)
        .args([&what, "--nocapture", "--test-threads=1"])
        .env("AUTO_ANALYST_PYTHON_DIR", &python)
        .env("HOME", &home)
        .env_remove("AUTO_ANALYST_ORDINARY_USER")
        .current_dir(&home)
        .gid(NOBODY)
        .uid(NOBODY)
        .status()
        .unwrap();
    assert!(status.success());
}

fn open(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// The managed environment in `to`, and the Python it was made with in `base`.
fn link_python(to: &Path, base: &Path) {
    link_tree(environment().dir(), to);
    let program = environment().python().canonicalize().unwrap();
    let [prefix, name] = [program.ancestors().nth(2).unwrap(), Path::new(program.file_name().unwrap())];
    link_tree(prefix, base);
    let moved = base.join("bin").join(name);
    fs::remove_file(to.join("bin/python3")).unwrap();
    std::os::unix::fs::symlink(&moved, to.join("bin/python3")).unwrap();
    // Another file than the one that has two names now.
    fs::remove_file(to.join("pyvenv.cfg")).unwrap();
    let home = format!("home = {}\ninclude-system-site-packages = false\n", base.join("bin").display());
    fs::write(to.join("pyvenv.cfg"), home).unwrap();
}

/// The same files under other names: a folder that only the administrator may enter is not in the way any more.
fn link_tree(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    open(to);
    for entry in from.read_dir().unwrap().flatten() {
        let (kind, target) = (entry.file_type().unwrap(), to.join(entry.file_name()));
        if kind.is_dir() {
            link_tree(&entry.path(), &target);
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(entry.path()).unwrap(), target).unwrap();
        } else if entry.metadata().unwrap().mode() & 0o004 == 0 || fs::hard_link(entry.path(), &target).is_err() {
            fs::copy(entry.path(), &target).unwrap();
            let mode = entry.metadata().unwrap().mode() | 0o044;
            fs::set_permissions(&target, fs::Permissions::from_mode(mode)).unwrap();
        }
    }
}
