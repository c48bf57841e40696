//! `profile`, `preview` and `convert`: looking at one file.

use analyst_app::commands::dataset::{ExportDataset, Exported, PreviewDataset, ProfileDataset};
use analyst_types::{AppError, ColumnProfile, Format, Profile, TableData};

use crate::args::{Convert, OneFile, Preview};
use crate::client::Client;
use crate::{print, table};

pub async fn profile(client: &Client, file: OneFile) -> Result<(), AppError> {
    let dataset = client.open_one(&file.file, &file.reading.into()).await?;
    let profile: Profile =
        client.watch("dataset::profile", ProfileDataset { dataset_id: dataset.id, task_id: None }).await?;
    if client.global.json {
        print::json(&profile);
    } else {
        print::result(&describe(&profile));
    }
    Ok(())
}

pub async fn preview(client: &Client, preview: Preview) -> Result<(), AppError> {
    let dataset = client.open_one(&preview.file, &preview.reading.into()).await?;
    let request = PreviewDataset { dataset_id: dataset.id, offset: preview.offset, limit: preview.rows };
    let page: TableData = client.call("dataset::preview", request).await?;
    if client.global.json {
        print::json(&page);
    } else {
        print::result(&table::draw(&page));
    }
    Ok(())
}

pub async fn convert(client: &Client, convert: Convert) -> Result<(), AppError> {
    let dataset = client.open_one(&convert.input, &convert.reading.into()).await?;
    let request = ExportDataset { dataset_id: dataset.id, path: convert.output, task_id: None };
    let written: Exported = client.watch("dataset::export", request).await?;
    if client.global.json {
        print::json(&written);
    } else {
        print::result(&format!("{} rows written to {}", written.n_rows, written.path.display()));
    }
    Ok(())
}

fn describe(profile: &Profile) -> String {
    let mut text = format!(
        "{}: {} rows × {} columns ({})\n\n",
        profile.dataset,
        profile.rows,
        profile.columns.len(),
        read_as(&profile.format)
    );
    for column in &profile.columns {
        text.push_str(&describe_column(column, profile.rows));
    }
    for warning in &profile.warnings {
        text.push_str(&format!("! {}\n", warning.message));
    }
    text
}

fn read_as(format: &Format) -> String {
    let mut parts = vec![format!("{:?}", format.kind).to_lowercase()];
    parts.extend(format.encoding.clone());
    parts.extend(format.delimiter.as_ref().map(|mark| format!("delimiter {mark:?}")));
    parts.extend(format.decimal.as_ref().map(|mark| format!("decimal {mark:?}")));
    parts.extend(format.header_row.map(|row| format!("header in line {row}")));
    parts.extend(format.sheet.as_ref().map(|sheet| format!("sheet {sheet}")));
    parts.join(", ")
}

fn describe_column(column: &ColumnProfile, rows: u64) -> String {
    let kind = format!("{:?}", column.kind).to_lowercase();
    let mut facts = vec![format!("{} distinct", column.distinct)];
    if column.nulls > 0 {
        facts.push(format!("{} of {rows} missing", column.nulls));
    }
    if !column.min.is_null() && (column.kind.is_numeric() || column.kind.is_temporal()) {
        facts.push(format!("{} to {}", table::cell(&column.min), table::cell(&column.max)));
    }
    facts.extend(column.mean.map(|mean| format!("mean {mean:.4}")));
    facts.extend(column.quantiles.map(|quantiles| format!("median {}", quantiles.p50)));
    if !column.kind.is_numeric() && column.distinct < rows {
        let top: Vec<_> = column.top.iter().take(3).map(|top| table::cell(&top.value)).collect();
        facts.push(format!("most often {}", top.join(", ")));
    }
    format!("  {:<24} {:<9} {}\n", column.name, kind, facts.join(" · "))
}
