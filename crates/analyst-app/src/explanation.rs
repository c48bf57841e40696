//! How a file was read, in a sentence for people. It follows from the format alone, so it is not stored.

use analyst_types::{Dataset, FileKind, Format};

/// The sentence. `Format::explain` takes its place as soon as the types have it.
pub(crate) fn sentence(format: &Format) -> String {
    let mut parts =
        vec![format.encoding.as_ref().map_or_else(|| kind(format.kind).to_owned(), |name| name.to_uppercase())];
    parts.extend(format.sheet.as_ref().map(|sheet| format!("sheet {sheet}")));
    parts.extend(format.delimiter.as_deref().map(|mark| match mark {
        "\t" => "separated by tabs".to_owned(),
        mark => format!("separated by {mark}"),
    }));
    parts.extend(format.decimal.as_deref().filter(|mark| *mark == ",").map(|_| "decimal comma".to_owned()));
    parts.extend(format.header_row.map(|row| format!("header in line {row}")));
    format!("Read as {}.", parts.join(", "))
}

/// The dataset with its sentence.
pub(crate) fn explained(mut dataset: Dataset) -> Dataset {
    dataset.explanation = sentence(&dataset.format);
    dataset
}

fn kind(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Csv | FileKind::FixedWidth => "text",
        FileKind::Excel => "a workbook",
        FileKind::Json => "JSON",
        FileKind::Ndjson => "JSON, one object per line",
        FileKind::Parquet => "Parquet",
        FileKind::Arrow => "Arrow",
        FileKind::Avro => "Avro",
        FileKind::Sqlite => "an SQLite database",
        FileKind::Stata => "Stata",
        FileKind::Spss => "SPSS",
        FileKind::Sas => "SAS",
        FileKind::Postgresql => "a PostgreSQL table",
    }
}
