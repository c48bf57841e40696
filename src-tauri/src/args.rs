//! The command line of the window: files to open and where to keep data.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
Usage: auto-analyst-desktop [OPTIONS] [FILE]...

Opens the window, with the files as datasets of a new chat.

Options:
  --data-dir DIR  where chats, datasets and settings are kept
  --version       print the version
  --help          print this
";

/// What the window is opened with.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Args {
    /// Instead of the usual place.
    pub data_dir: Option<PathBuf>,
    /// As typed; relative ones count from the current folder.
    pub files: Vec<PathBuf>,
}

/// What the person wants.
#[derive(Debug, PartialEq, Eq)]
pub enum Request {
    /// The window.
    Open(Args),
    /// Only this text.
    Print(String),
}

impl Request {
    /// Reads the arguments after the program's name; an error is a sentence.
    pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Self, String> {
        let mut parsed = Args::default();
        let mut args = args.into_iter();
        while let Some(arg) = args.next() {
            match arg.to_str() {
                Some("--help" | "-h") => return Ok(Self::Print(USAGE.to_owned())),
                Some("--version" | "-V") => {
                    return Ok(Self::Print(format!("auto-analyst-desktop {}\n", env!("CARGO_PKG_VERSION"))));
                }
                Some("--data-dir") => parsed.data_dir = Some(folder(args.next().as_deref())?),
                Some("--") => {
                    parsed.files.extend(args.by_ref().map(PathBuf::from));
                }
                Some(option) if option.starts_with("--data-dir=") => {
                    parsed.data_dir = Some(folder(option.strip_prefix("--data-dir=").map(OsStr::new))?);
                }
                Some(option) if option.starts_with('-') && option.len() > 1 => {
                    return Err(format!("There is no option {option}."));
                }
                _ => parsed.files.push(arg.into()),
            }
        }
        Ok(Self::Open(parsed))
    }
}

impl Args {
    /// The files, counted from `folder`.
    pub fn files_from(self, folder: &Path) -> Vec<PathBuf> {
        self.files.into_iter().map(|file| folder.join(file)).collect()
    }
}

fn folder(value: Option<&OsStr>) -> Result<PathBuf, String> {
    value.filter(|value| !value.is_empty()).map(PathBuf::from).ok_or_else(|| "--data-dir needs a folder.".to_owned())
}

/// Prints for a person who asked.
#[expect(clippy::print_stdout, reason = "the person asked for this text")]
pub fn print(text: &str) -> ExitCode {
    print!("{text}");
    ExitCode::SUCCESS
}

/// Says what is wrong with the command line.
pub fn refuse(message: &str) -> ExitCode {
    eprintln!("{message}\n\n{USAGE}");
    ExitCode::from(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: Result<Request, &str>) {
        let parsed = Request::parse(line.split_whitespace().map(OsString::from));
        assert_eq!(parsed, expected.map_err(str::to_owned), "{line}");
    }

    fn open(data_dir: Option<&str>, files: &[&str]) -> Result<Request, &'static str> {
        Ok(Request::Open(Args { data_dir: data_dir.map(Into::into), files: files.iter().map(Into::into).collect() }))
    }

    #[test]
    fn files_and_options_are_told_apart() {
        check("", open(None, &[]));
        check("a.csv b.xlsx", open(None, &["a.csv", "b.xlsx"]));
        check("--data-dir /d a.csv", open(Some("/d"), &["a.csv"]));
        check("a.csv --data-dir=/d", open(Some("/d"), &["a.csv"]));
        check("-- --data-dir", open(None, &["--data-dir"]));
        check("--data-dir", Err("--data-dir needs a folder."));
        check("--nonsense", Err("There is no option --nonsense."));
    }

    #[test]
    fn relative_files_count_from_the_given_folder() {
        let args = Args { data_dir: None, files: vec!["a.csv".into(), "/b.csv".into()] };
        assert_eq!(args.files_from(Path::new("/here")), [PathBuf::from("/here/a.csv"), PathBuf::from("/b.csv")]);
    }
}
