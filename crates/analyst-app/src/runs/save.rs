//! A run as files: the answer, every chart as data and as a page that opens without a network, every table, the code.

use std::path::Path;

use analyst_types::{
    AppError, Artifact, ArtifactContent, CellId, Column, ColumnType, ErrorCode, Language, RunEvent, RunEventKind,
    RunId, TableData,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::RunDesk;

/// A file to be written.
struct File {
    name: String,
    content: Vec<u8>,
}

impl RunDesk {
    /// Writes what a run produced into `dir`, which is made when missing; gives the names of the files.
    ///
    /// # Errors
    /// `NotFound` for an unknown run; `Storage` when something cannot be written.
    pub(crate) async fn save(&self, id: RunId, dir: &Path) -> Result<Vec<String>, AppError> {
        let events = self.events(id, 0).await?;
        let artifacts = self.store.artifacts().list(id).await?;
        let mut files = cells(&events);
        files.extend(answer(&events));
        files.extend(values(&artifacts));
        for artifact in &artifacts {
            let n = 1 + artifacts
                .iter()
                .take_while(|other| other.id != artifact.id)
                .filter(|other| same_kind(other, artifact))
                .count();
            files.extend(artifact_files(artifact, n)?);
        }
        let dir = dir.to_owned();
        tokio::task::spawn_blocking(move || write(files, &dir))
            .await
            .map_err(|_| AppError::new(ErrorCode::Internal, "the files could not be written"))?
    }
}

fn write(files: Vec<File>, dir: &Path) -> Result<Vec<String>, AppError> {
    std::fs::create_dir_all(dir).map_err(|error| unwritable(dir, &error))?;
    for file in &files {
        let path = dir.join(&file.name);
        std::fs::write(&path, &file.content).map_err(|error| unwritable(&path, &error))?;
    }
    Ok(files.into_iter().map(|file| file.name).collect())
}

fn answer(events: &[RunEvent]) -> Option<File> {
    events.iter().rev().find_map(|event| match &event.kind {
        RunEventKind::AnswerReady { text, .. } => Some(file("answer.md", format!("{text}\n"))),
        _ => None,
    })
}

/// Every metric of the run, in one table.
fn values(artifacts: &[Artifact]) -> Option<File> {
    let column = |name: &str| Column { name: name.to_owned(), kind: ColumnType::Text };
    let rows: Vec<_> = artifacts
        .iter()
        .filter_map(|artifact| match &artifact.content {
            ArtifactContent::Metric { name, value } => Some(vec![Value::from(name.as_str()), value.clone()]),
            _ => None,
        })
        .collect();
    let table =
        TableData { columns: vec![column("name"), column("value")], n_rows: rows.len() as u64, rows, offset: 0 };
    (table.n_rows > 0).then(|| file("values.csv", analyst_data::table_csv(&table)))
}

/// The code of each cell as it ran last.
fn cells(events: &[RunEvent]) -> Vec<File> {
    let mut cells: Vec<(CellId, Language, &str)> = Vec::new();
    for event in events {
        match &event.kind {
            RunEventKind::CodeReady { cell_id, language, code, .. } => cells.push((*cell_id, *language, code)),
            RunEventKind::CodeRepaired { cell_id, code, .. } => {
                if let Some(cell) = cells.iter_mut().find(|cell| cell.0 == *cell_id) {
                    cell.2 = code;
                }
            }
            _ => {}
        }
    }
    let extension = |language| if language == Language::Sql { "sql" } else { "py" };
    let named = cells.iter().enumerate();
    named.map(|(at, cell)| file(&format!("step-{}.{}", at + 1, extension(cell.1)), format!("{}\n", cell.2))).collect()
}

fn artifact_files(artifact: &Artifact, n: usize) -> Result<Vec<File>, AppError> {
    Ok(match &artifact.content {
        ArtifactContent::Chart { figure } => vec![
            file(&format!("chart-{n}.json"), figure.to_string()),
            file(&format!("chart-{n}.html"), analyst_data::chart_page(figure, &artifact.title)),
        ],
        ArtifactContent::Table(table) => vec![file(&format!("table-{n}.csv"), analyst_data::table_csv(table))],
        // All together in one file, see `values`.
        ArtifactContent::Metric { .. } => Vec::new(),
        ArtifactContent::Text { text } => vec![file(&format!("text-{n}.txt"), text.clone())],
        ArtifactContent::Image { mime, base64 } => {
            let extension = if mime.contains("svg") { "svg" } else { "png" };
            let content = STANDARD.decode(base64).map_err(|error| {
                AppError::new(ErrorCode::Internal, format!("a stored picture cannot be read: {error}"))
            })?;
            vec![File { name: format!("image-{n}.{extension}"), content }]
        }
    })
}

fn same_kind(a: &Artifact, b: &Artifact) -> bool {
    a.content.kind() == b.content.kind()
}

fn file(name: &str, text: String) -> File {
    File { name: name.to_owned(), content: text.into_bytes() }
}

fn unwritable(path: &Path, error: &std::io::Error) -> AppError {
    AppError::new(ErrorCode::Storage, format!("{} cannot be written: {error}", path.display()))
        .with_hint("Files written before it are kept.")
}
