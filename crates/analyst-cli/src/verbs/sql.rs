//! `sql`: one SELECT over files.

use std::path::{Path, PathBuf};

use analyst_app::commands::dataset::Exported;
use analyst_app::commands::query::{ExplainQuery, ExportQuery, QueryDatasets, QueryPlan, QueryResult};
use analyst_types::{AppError, DatasetId, ErrorCode, TableData};
use serde_json::{Map, Value};

use crate::args::{ResultFormat, Sql};
use crate::client::Client;
use crate::{print, table, warning};

/// Rows shown when the result is read by a person.
const SHOWN_ROWS: u64 = 1_000;

pub async fn sql(client: &Client, mut sql: Sql) -> Result<(), AppError> {
    let statement = sql.files_and_statement.pop().unwrap_or_default();
    let format = sql.format.unwrap_or(if client.global.json { ResultFormat::Json } else { ResultFormat::Table });
    let datasets = client.open(&sql.files_and_statement, &sql.reading.into(), None).await?;
    datasets.iter().for_each(|dataset| warning::tell(&client.global, &dataset.warnings));
    let dataset_ids: Vec<DatasetId> = datasets.iter().map(|dataset| dataset.id).collect();
    if sql.explain {
        return explain(client, statement, dataset_ids).await;
    }
    match (sql.out, format) {
        (Some(path), _) => export(client, statement, dataset_ids, with_extension(path, sql.format)).await,
        (None, ResultFormat::Table) => {
            let result = query(client, statement, dataset_ids, SHOWN_ROWS).await?;
            print::result(&table::draw(&result));
            Ok(())
        }
        (None, ResultFormat::Json | ResultFormat::Ndjson) => {
            let result = query(client, statement, dataset_ids, u64::from(u32::MAX)).await?;
            write_json(result, format);
            Ok(())
        }
        (None, ResultFormat::Csv) => write_csv(client, statement, dataset_ids).await,
        (None, ResultFormat::Parquet | ResultFormat::Arrow) => {
            Err(AppError::new(ErrorCode::InvalidRequest, "parquet and arrow are not for the screen")
                .with_hint("Name a file with --out."))
        }
    }
}

async fn query(client: &Client, sql: String, dataset_ids: Vec<DatasetId>, limit: u64) -> Result<TableData, AppError> {
    let request = QueryDatasets { sql, dataset_ids, limit: Some(limit), offset: None };
    let result: QueryResult = client.call("dataset::query", request).await?;
    warning::tell(&client.global, &result.notices);
    Ok(result.table)
}

async fn explain(client: &Client, sql: String, dataset_ids: Vec<DatasetId>) -> Result<(), AppError> {
    let answer: QueryPlan = client.call("dataset::explain", ExplainQuery { sql, dataset_ids }).await?;
    if client.global.json {
        print::json(&answer);
    } else {
        print::result(&answer.plan);
    }
    Ok(())
}

async fn export(client: &Client, sql: String, dataset_ids: Vec<DatasetId>, path: PathBuf) -> Result<(), AppError> {
    let written: Exported =
        client.watch("dataset::export_query", ExportQuery { sql, dataset_ids, path, task_id: None }).await?;
    print::note(&format!("{} rows written to {}", written.n_rows, written.path.display()));
    Ok(())
}

/// The file's own extension says the format; a file without one gets that of `--format`.
fn with_extension(path: PathBuf, format: Option<ResultFormat>) -> PathBuf {
    let extension = match format {
        Some(ResultFormat::Parquet) => "parquet",
        Some(ResultFormat::Arrow) => "arrow",
        Some(ResultFormat::Ndjson | ResultFormat::Json) => "ndjson",
        _ => "csv",
    };
    if path.extension().is_some() { path } else { path.with_extension(extension) }
}

fn write_json(result: TableData, format: ResultFormat) {
    let names: Vec<String> = result.columns.into_iter().map(|column| column.name).collect();
    let object = |row: Vec<Value>| Value::Object(names.iter().cloned().zip(row).collect::<Map<_, _>>());
    let objects = result.rows.into_iter().map(object);
    if format == ResultFormat::Json {
        print::json(&objects.collect::<Vec<_>>());
    } else {
        objects.for_each(|object| print::json(&object));
    }
}

async fn write_csv(client: &Client, sql: String, dataset_ids: Vec<DatasetId>) -> Result<(), AppError> {
    let failed =
        |error: std::io::Error| AppError::new(ErrorCode::Storage, format!("the result cannot be kept: {error}"));
    let folder = tempfile::tempdir().map_err(failed)?;
    let path = folder.path().join("result.csv");
    let request = ExportQuery { sql, dataset_ids, path: path.clone(), task_id: None };
    let _: Exported = client.watch("dataset::export_query", request).await?;
    print::result(&read(&path).map_err(failed)?);
    Ok(())
}

fn read(path: &Path) -> std::io::Result<String> {
    std::fs::read_to_string(path)
}
