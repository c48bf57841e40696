//! Finds a Python of the person's that can make the environment.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::InstallError;

/// Oldest Python 3 the libraries run on.
pub const OLDEST_MINOR: u32 = 11;
/// Newest Python 3 the libraries are built for.
pub const NEWEST_MINOR: u32 = 14;
/// Names an interpreter to use.
const CHOICE_VARIABLE: &str = "AUTO_ANALYST_PYTHON";
const NAMES: [&str; 6] = ["python3", "python3.13", "python3.12", "python3.11", "python3.14", "python"];
const QUESTION: &str = "import sys, importlib.util as u; \
    print(sys.version_info[0], sys.version_info[1], int(bool(u.find_spec('ensurepip') and u.find_spec('venv'))), sys.executable)";

/// An interpreter that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Interpreter {
    pub path: PathBuf,
    pub minor: u32,
    /// Whether it can make environments by itself.
    pub has_venv: bool,
}

/// Whether the person named an interpreter.
pub(super) fn is_chosen() -> bool {
    choice().is_some()
}

fn choice() -> Option<OsString> {
    std::env::var_os(CHOICE_VARIABLE).filter(|path| !path.is_empty())
}

/// The interpreter to use: the chosen one, else the first that is new enough.
pub(super) fn find() -> Result<Interpreter, InstallError> {
    let candidates: Vec<OsString> = match choice() {
        Some(path) => vec![path],
        None => NAMES.iter().map(OsString::from).collect(),
    };
    let mut unfit = None;
    for candidate in candidates {
        match ask(&candidate) {
            Some((3, interpreter)) if (OLDEST_MINOR..=NEWEST_MINOR).contains(&interpreter.minor) => {
                return Ok(interpreter);
            }
            Some((major, interpreter)) => {
                unfit.get_or_insert(format!("{major}.{}", interpreter.minor));
            }
            None => {}
        }
    }
    Err(unfit.map_or(InstallError::NoPython, |found| InstallError::PythonTooOld { found }))
}

fn ask(program: &OsString) -> Option<(u32, Interpreter)> {
    let answer = Command::new(program)
        .args(["-I", "-c", QUESTION])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    read_answer(&String::from_utf8_lossy(&answer.stdout))
}

fn read_answer(answer: &str) -> Option<(u32, Interpreter)> {
    let mut words = answer.trim().splitn(4, ' ');
    let major = words.next()?.parse().ok()?;
    let minor = words.next()?.parse().ok()?;
    let has_venv = words.next()? == "1";
    let path = PathBuf::from(words.next().filter(|path| !path.is_empty())?);
    Some((major, Interpreter { path, minor, has_venv }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_interpreters_are_read() {
        let check = |answer: &str, expect: Option<(u32, u32, bool, &str)>| {
            let found = read_answer(answer).map(|(major, i)| (major, i.minor, i.has_venv, i.path));
            assert_eq!(found, expect.map(|(major, minor, venv, path)| (major, minor, venv, path.into())), "{answer}");
        };
        check("3 12 1 /opt/my python/bin/python3\n", Some((3, 12, true, "/opt/my python/bin/python3")));
        check("2 7 0 /usr/bin/python", Some((2, 7, false, "/usr/bin/python")));
        check("3 12 1 ", None);
        check("hello", None);
    }
}
