//! Profiles kept as JSON beside their Arrow files: the second opening of a table works nothing out.
//!
//! A stored table is named by its content and never changed, so its profile holds for good; size and version guard
//! against files and programs that do not fit. What cannot be read is worked out again, what cannot be written is not.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Found;
use crate::{DataError, store};

/// Raised whenever a profile of the same table would come out differently.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Kept {
    version: u32,
    arrow_bytes: u64,
    found: Found,
}

fn place(arrow_path: &Path) -> PathBuf {
    arrow_path.with_extension("profile.json")
}

/// The profile kept beside the file, if there is one and it fits.
pub(super) fn kept(arrow_path: &Path) -> Option<Found> {
    let kept: Kept = serde_json::from_slice(&fs::read(place(arrow_path)).ok()?).ok()?;
    let arrow_bytes = fs::metadata(arrow_path).ok()?.len();
    (kept.version == VERSION && kept.arrow_bytes == arrow_bytes).then_some(kept.found)
}

/// Keeps a profile beside the file. It can be worked out again, so a full disk is no error here.
pub(super) fn keep(arrow_path: &Path, found: &Found) {
    let Ok(metadata) = fs::metadata(arrow_path) else { return };
    let kept = Kept { version: VERSION, arrow_bytes: metadata.len(), found: found.clone() };
    let path = place(arrow_path);
    let written = store::write_atomically(&path, |file| {
        let bytes = serde_json::to_vec(&kept).map_err(|error| DataError::unreadable(error.to_string()))?;
        file.write_all(&bytes).map_err(|error| DataError::io("write", &path, error))
    });
    if let Err(error) = written {
        tracing::debug!(%error, "a profile could not be kept");
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::*;

    use super::*;
    use crate::rows::table::Table;

    #[test]
    fn a_profile_is_kept_until_it_does_not_fit() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.arrow");
        store::write_arrow(&mut df!("x" => [0.1, 0.2, 1e-320], "t" => ["a", "b", "a"]).unwrap(), &path).unwrap();
        assert!(kept(&path).is_none());
        let found = super::super::find(&Table::map(&path).unwrap(), &|_| true).unwrap();
        keep(&path, &found);
        assert_eq!(kept(&path), Some(found.clone()));
        let text = fs::read_to_string(place(&path)).unwrap();
        fs::write(place(&path), &text[..text.len() / 2]).unwrap();
        assert!(kept(&path).is_none());
        fs::write(place(&path), text.replace("\"version\":1", "\"version\":0")).unwrap();
        assert!(kept(&path).is_none());
        keep(&path, &found);
        store::write_arrow(&mut df!("x" => vec![0.1; 5000], "t" => vec!["a"; 5000]).unwrap(), &path).unwrap();
        assert!(kept(&path).is_none());
    }
}
