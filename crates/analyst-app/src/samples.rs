//! The datasets that come with the program. They are written out as files, so that they open like any other.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use analyst_types::{AppError, ErrorCode};
use serde::Deserialize;

use crate::commands::app::SampleInfo;

/// Title, description and questions of each sample.
const INDEX: &str = include_str!("../../../samples/index.json");
/// The files the index names.
const FILES: &[(&str, &str)] = &[
    ("coffee_orders.csv", include_str!("../../../samples/coffee_orders.csv")),
    ("bike_counts.csv", include_str!("../../../samples/bike_counts.csv")),
];

/// A dataset that comes with the program.
#[derive(Debug, Deserialize)]
pub(crate) struct Sample {
    name: String,
    file: String,
    title: String,
    description: String,
    questions: Vec<String>,
}

/// All of them, in the order they are offered.
pub(crate) static SAMPLES: LazyLock<Vec<Sample>> =
    LazyLock::new(|| serde_json::from_str(INDEX).expect("BUG: a test reads the index of samples"));

impl Sample {
    /// What a face shows.
    pub(crate) fn info(&self) -> SampleInfo {
        SampleInfo {
            name: self.name.clone(),
            title: self.title.clone(),
            description: self.description.clone(),
            questions: self.questions.clone(),
        }
    }

    fn content(&self) -> &'static str {
        FILES.iter().find(|(name, _)| *name == self.file).map(|(_, content)| *content).unwrap_or_default()
    }
}

/// Writes the sample `name` into `dir`, unless it is there already.
///
/// # Errors
/// `NotFound` for an unknown name; `Storage` when it cannot be written.
pub(crate) fn materialise(name: &str, dir: &Path) -> Result<PathBuf, AppError> {
    let sample = SAMPLES.iter().find(|sample| sample.name == name).ok_or_else(|| unknown(name))?;
    let path = dir.join(&sample.file);
    if std::fs::read(&path).is_ok_and(|bytes| bytes == sample.content().as_bytes()) {
        return Ok(path);
    }
    crate::config::make_private_dir(dir)?;
    std::fs::write(&path, sample.content()).map_err(|error| {
        AppError::new(ErrorCode::Storage, format!("the sample cannot be written to {}: {error}", path.display()))
    })?;
    Ok(path)
}

fn unknown(name: &str) -> AppError {
    let names: Vec<_> = SAMPLES.iter().map(|sample| sample.name.as_str()).collect();
    AppError::new(ErrorCode::NotFound, format!("there is no sample “{name}”"))
        .with_hint(format!("Samples: {}.", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_of_the_index_is_in_the_program() {
        assert!(!SAMPLES.is_empty());
        for sample in SAMPLES.iter() {
            assert!(sample.content().lines().count() > 100, "{} is missing", sample.file);
            assert!(!sample.questions.is_empty());
        }
    }

    #[test]
    fn a_sample_is_written_once_and_mended_when_changed() {
        let dir = tempfile::tempdir().unwrap();
        let path = materialise(&SAMPLES[0].name, dir.path()).unwrap();
        std::fs::write(&path, "broken").unwrap();
        assert_eq!(materialise(&SAMPLES[0].name, dir.path()).unwrap(), path);
        assert_eq!(std::fs::read_to_string(path).unwrap(), SAMPLES[0].content());
        assert_eq!(materialise("nonsense", dir.path()).unwrap_err().code, ErrorCode::NotFound);
    }
}
