//! `profile`, `peek`, `preview` and `convert`: looking at one file.

use analyst_app::commands::dataset::{ExportDataset, Exported, PreviewDataset, ProfileDataset};
use analyst_app::commands::file::{FilePeek, PeekFile};
use analyst_types::{AppError, ColumnProfile, Profile, TableData};

use crate::args::{Convert, OneFile, Preview};
use crate::client::Client;
use crate::{print, table, warning};

pub async fn profile(client: &Client, file: OneFile) -> Result<(), AppError> {
    let dataset = client.open_one(&file.file, &file.reading.into()).await?;
    let profile: Profile = client
        .watch("dataset::profile", ProfileDataset { dataset_id: dataset.id, quick: false, task_id: None })
        .await?;
    if client.global.json {
        print::json(&profile);
    } else {
        print::result(&describe(&profile, &dataset.explanation));
    }
    Ok(())
}

pub async fn peek(client: &Client, file: OneFile) -> Result<(), AppError> {
    let request = PeekFile { path: file.file, options: file.reading.into() };
    let peek: FilePeek = client.call("file::peek", request).await?;
    if client.global.json {
        print::json(&peek);
        return Ok(());
    }
    print::result(&table::draw(&peek.table));
    if !client.global.quiet {
        let seen = if peek.is_complete { "all of it was looked at" } else { "parts of it were looked at" };
        print::note(&format!("{} {} bytes; {seen}.", peek.explanation, peek.size_bytes));
    }
    warning::tell(&client.global, &peek.warnings);
    Ok(())
}

pub async fn preview(client: &Client, preview: Preview) -> Result<(), AppError> {
    let dataset = client.open_one(&preview.file, &preview.reading.into()).await?;
    warning::tell_reading(&client.global, &dataset);
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
    warning::tell_reading(&client.global, &dataset);
    let request = ExportDataset { dataset_id: dataset.id, path: convert.output, task_id: None };
    let written: Exported = client.watch("dataset::export", request).await?;
    if client.global.json {
        print::json(&written);
    } else {
        print::result(&format!("{} rows written to {}", written.n_rows, written.path.display()));
    }
    Ok(())
}

/// What is shown of each kind.
const MOST_SHOWN: usize = 5;

fn describe(profile: &Profile, explanation: &str) -> String {
    let mut text = format!("{}: {} rows × {} columns\n", profile.dataset, profile.rows, profile.columns.len());
    text.push_str(&format!("{explanation}\n"));
    if let Some(rows) = profile.sampled_rows {
        text.push_str(&format!("The statistics rest on {rows} rows.\n"));
    }
    text.push('\n');
    for column in &profile.columns {
        text.push_str(&describe_column(column, profile.rows));
    }
    text.push('\n');
    text.push_str(&describe_rows(profile));
    for told in &profile.warnings {
        text.push_str(&format!("{}\n", warning::text(told)));
    }
    text
}

/// Repeated rows, keys, and columns that go together.
fn describe_rows(profile: &Profile) -> String {
    let mut lines = Vec::new();
    match profile.duplicate_rows {
        Some(0) => lines.push("No row repeats an earlier one.".to_owned()),
        Some(1) => lines.push("1 row repeats an earlier one.".to_owned()),
        Some(rows) => lines.push(format!("{rows} rows repeat an earlier one.")),
        None => {}
    }
    let keys: Vec<_> = profile.keys.iter().take(MOST_SHOWN).map(|columns| columns.join(" + ")).collect();
    if !keys.is_empty() {
        lines.push(format!("A row is named by {}.", keys.join(", or by ")));
    }
    for pair in profile.correlations.iter().take(MOST_SHOWN) {
        lines.push(format!("{} and {} go together: r = {:.3} over {} rows.", pair.a, pair.b, pair.r, pair.n));
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn describe_column(column: &ColumnProfile, rows: u64) -> String {
    let kind = format!("{:?}", column.kind).to_lowercase();
    let about = if column.distinct_is_estimate { "about " } else { "" };
    let mut facts = vec![format!("{about}{} distinct", column.distinct)];
    if column.nulls > 0 {
        facts.push(format!("{} of {rows} missing", column.nulls));
    }
    if !column.min.is_null() && (column.kind.is_numeric() || column.kind.is_temporal()) {
        facts.push(format!("{} to {}", table::cell(&column.min), table::cell(&column.max)));
    }
    facts.extend(column.mean.map(|mean| format!("mean {mean:.4}")));
    facts.extend(column.std.map(|std| format!("deviation {std:.4}")));
    facts.extend(column.quantiles.map(|quantiles| format!("median {}", quantiles.p50)));
    facts.extend(column.lengths.map(|lengths| format!("{} to {} characters", lengths.min, lengths.max)));
    facts.extend(column.gaps.as_ref().filter(|gaps| gaps.missing > 0).map(|gaps| {
        format!(
            "{} {}s without a row, first {}",
            gaps.missing,
            gaps.step,
            gaps.first.first().map_or("", String::as_str)
        )
    }));
    if !column.kind.is_numeric() && column.distinct < rows {
        let top: Vec<_> = column.top.iter().take(3).map(|top| table::cell(&top.value)).collect();
        facts.push(format!("most often {}", top.join(", ")));
    }
    format!("  {:<24} {:<9} {}\n", column.name, kind, facts.join(" · "))
}
