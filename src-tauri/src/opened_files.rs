//! Files a person opens with us from outside: named on the command line, or handed over by a second instance.
//!
//! They wait here until the page fetches them, because the page may not be there yet.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tauri::{AppHandle, Emitter, Manager};

use crate::args::Request;
use crate::window;

/// Tells the page that there are new files to fetch.
const NEW_FILES: &str = "open-files";

/// Files that the page has not fetched yet.
#[derive(Default)]
pub struct OpenedFiles(Mutex<Vec<String>>);

impl OpenedFiles {
    /// Those of the command line, counted from the current folder.
    pub fn new(files: Vec<PathBuf>) -> Self {
        let here = std::env::current_dir().unwrap_or_default();
        let opened = Self::default();
        opened.add(files.into_iter().map(|file| here.join(file)));
        opened
    }

    /// Hands the files out, once.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn add(&self, files: impl IntoIterator<Item = PathBuf>) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.extend(files.into_iter().map(|file| file.to_string_lossy().into_owned()));
    }
}

/// A second instance was started: its files come to our window, which comes to the front.
pub fn add_from_second_instance(handle: &AppHandle, argv: Vec<String>, folder: String) {
    if let Ok(Request::Open(args)) = Request::parse(argv.into_iter().skip(1).map(Into::into)) {
        announce(handle, args.files_from(Path::new(&folder)));
    }
    window::bring_to_front(handle);
}

/// The system hands over files, as macOS does when one is dropped on the icon.
#[cfg(any(target_os = "macos", target_os = "ios"))]
pub fn add_urls(handle: &AppHandle, urls: &[tauri::Url]) {
    announce(handle, urls.iter().filter_map(|url| url.to_file_path().ok()).collect());
}

fn announce(handle: &AppHandle, files: Vec<PathBuf>) {
    if files.is_empty() {
        return;
    }
    handle.state::<OpenedFiles>().add(files);
    if let Err(error) = handle.emit(NEW_FILES, ()) {
        tracing::warn!(%error, "the page was not told of opened files");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_handed_out_once() {
        let opened = OpenedFiles::new(vec!["/data/a.csv".into()]);
        opened.add(["/data/b.csv".into()]);
        assert_eq!(opened.take(), ["/data/a.csv", "/data/b.csv"]);
        assert!(opened.take().is_empty());
    }
}
