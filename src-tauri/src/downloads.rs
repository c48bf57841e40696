//! What the page saves by itself (a chart as a picture, a table as CSV) goes into the person's downloads.
//!
//! Only content the page has made is saved; an address elsewhere is refused.

use std::path::{Path, PathBuf};

use serde_json::json;
use tauri::webview::DownloadEvent;
use tauri::{Emitter, Manager, Runtime, Webview};

/// Tells the page where a file was saved.
const FILE_SAVED: &str = "file-saved";

/// Decides on a download, and tells the page of its end.
pub fn handle<R: Runtime>(webview: Webview<R>, event: DownloadEvent<'_>) -> bool {
    match event {
        DownloadEvent::Requested { url, destination } => {
            if !matches!(url.scheme(), "blob" | "data") {
                tracing::warn!(scheme = url.scheme(), "a download from elsewhere was refused");
                return false;
            }
            // Without a folder for downloads the web view would take whichever folder we were started in.
            if webview.path().download_dir().is_err()
                && let Ok(home) = webview.path().home_dir()
            {
                *destination = free_name(&home, destination);
            }
            true
        }
        DownloadEvent::Finished { path: Some(path), success, .. } => {
            if let Err(error) = webview.emit(FILE_SAVED, json!({ "path": path, "ok": success })) {
                tracing::warn!(%error, "the page was not told of a saved file");
            }
            true
        }
        _ => true,
    }
}

/// The name of `wanted` in `folder`, with a number if there is such a file already.
fn free_name(folder: &Path, wanted: &Path) -> PathBuf {
    let name = wanted.file_name().unwrap_or_default().to_string_lossy();
    let (stem, ending) = name.rfind('.').map_or((&*name, ""), |dot| name.split_at(dot));
    let numbered = (2..).map(|number| folder.join(format!("{stem} ({number}){ending}")));
    let mut candidates = std::iter::once(folder.join(&*name)).chain(numbered);
    candidates.find(|path| !path.exists()).expect("BUG: the numbers do not end")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_is_overwritten() {
        let folder = std::env::temp_dir().join(format!("auto-analyst-downloads-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let wanted = Path::new("/elsewhere/Revenue by region.csv");
        assert_eq!(free_name(&folder, wanted), folder.join("Revenue by region.csv"));
        std::fs::write(folder.join("Revenue by region.csv"), "").unwrap();
        assert_eq!(free_name(&folder, wanted), folder.join("Revenue by region (2).csv"));
        std::fs::remove_dir_all(folder).unwrap();
    }
}
