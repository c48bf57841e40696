//! Our corpus of messy files: each is read as the JSON beside it says, and every recipe reads its file again alike.

use std::path::{Path, PathBuf};

use analyst_data::ImportedTable;
use analyst_types::{ReadOptions, Severity};
use serde::Deserialize;
use serde_json::Value;

use super::{Desk, columns, rows};

/// What a file should be read as.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Expected {
    #[serde(default)]
    pub options: ReadOptions,
    pub tables: Vec<ExpectedTable>,
    /// Codes of warnings that must be told.
    #[serde(default)]
    pub warnings: Vec<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct ExpectedTable {
    pub columns: Vec<ExpectedColumn>,
    pub rows: Vec<Vec<Value>>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct ExpectedColumn {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
}

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/messy");

/// The files of the corpus, each with what it should be read as.
pub(crate) fn corpus() -> Vec<(PathBuf, Expected)> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(CORPUS).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension != "json"));
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let beside = format!("{}.json", path.display());
            let expected = serde_json::from_str(&std::fs::read_to_string(&beside).unwrap());
            (path, expected.unwrap_or_else(|error| panic!("{beside}: {error}")))
        })
        .collect()
}

/// How a file came out.
pub(crate) enum Outcome {
    Exact,
    /// Not as it should be, but something was said.
    Told(String),
    /// Silently wrong, or a warning that had to be is missing.
    Wrong(String),
}

/// Compares names, types, values and warnings.
pub(crate) fn score(desk: &Desk, path: &Path, expected: &Expected) -> Outcome {
    let tables = match desk.open(path, &expected.options) {
        Ok(tables) => tables,
        Err(error) => return Outcome::Told(format!("refused: {error}")),
    };
    let difference = difference(&tables, expected);
    let codes: Vec<&str> = tables.iter().flat_map(|t| &t.warnings).map(|warning| warning.code.as_str()).collect();
    let missing: Vec<&String> = expected.warnings.iter().filter(|code| !codes.contains(&code.as_str())).collect();
    let is_told = tables.iter().flat_map(|t| &t.warnings).any(|warning| warning.severity >= Severity::Warning);
    match difference {
        None if missing.is_empty() => Outcome::Exact,
        None => Outcome::Wrong(format!("not told: {missing:?}, told: {codes:?}")),
        Some(difference) if is_told => Outcome::Told(format!("{difference} {codes:?}")),
        Some(difference) => Outcome::Wrong(format!("{difference} {codes:?}")),
    }
}

fn difference(tables: &[ImportedTable], expected: &Expected) -> Option<String> {
    if tables.len() != expected.tables.len() {
        let shown: Vec<String> = tables.iter().map(columns).collect();
        return Some(format!("{} tables instead of {}: {shown:?}", tables.len(), expected.tables.len()));
    }
    tables.iter().zip(&expected.tables).find_map(|(table, expected)| {
        let wanted = expected
            .columns
            .iter()
            .map(|column| format!("{}:{}", column.name, column.kind))
            .collect::<Vec<_>>()
            .join(" ");
        let found = columns(table);
        if found != wanted {
            return Some(format!("columns\n    {found}\n    {wanted}\n"));
        }
        let found: Vec<Vec<Value>> = serde_json::from_str(&rows(table)).unwrap();
        let wrong = found.iter().zip(&expected.rows).find(|(found, wanted)| !same_row(found, wanted));
        match wrong {
            Some((found, wanted)) => Some(format!("row\n    {found:?}\n    {wanted:?}\n")),
            None if found.len() != expected.rows.len() => {
                Some(format!("{} rows instead of {}\n    last {:?}\n", found.len(), expected.rows.len(), found.last()))
            }
            None => None,
        }
    })
}

fn same_row(found: &[Value], wanted: &[Value]) -> bool {
    let same = |(found, wanted): (&Value, &Value)| match (found.as_f64(), wanted.as_f64()) {
        (Some(found), Some(wanted)) => found == wanted,
        _ => found == wanted,
    };
    found.len() == wanted.len() && found.iter().zip(wanted).all(same)
}

#[test]
fn the_corpus_is_read_exactly_and_nothing_is_silently_wrong() {
    let desk = Desk::new();
    let corpus = corpus();
    let (mut n_exact, mut told, mut wrong) = (0, Vec::new(), Vec::new());
    for (path, expected) in &corpus {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        match score(&desk, path, expected) {
            Outcome::Exact => n_exact += 1,
            Outcome::Told(why) => told.push(format!("{name}: {why}")),
            Outcome::Wrong(why) => wrong.push(format!("{name}: {why}")),
        }
    }
    println!("{n_exact} of {} exact; told:\n{}\nwrong:\n{}", corpus.len(), told.join("\n"), wrong.join("\n"));
    assert!(corpus.len() >= 80, "{} files", corpus.len());
    assert!(n_exact * 100 >= corpus.len() * 95, "{n_exact} of {} exact: {}", corpus.len(), told.join("\n"));
    assert!(wrong.is_empty(), "silently wrong:\n{}", wrong.join("\n"));
}

#[test]
fn every_recipe_reads_its_file_again_alike() {
    let desk = Desk::new();
    let mut failures = Vec::new();
    for (path, expected) in corpus() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Ok(tables) = desk.open(&path, &expected.options) else { continue };
        for table in tables {
            // What a person said about rows and types is theirs, not the file's.
            let options = ReadOptions {
                types: expected.options.types.clone(),
                ragged: expected.options.ragged,
                keep_totals: expected.options.keep_totals,
                ..table.format.as_options()
            };
            let again = match desk.open(&path, &options) {
                Ok(mut again) if again.len() == 1 => again.remove(0),
                Ok(again) => {
                    failures.push(format!("{name}: {} tables", again.len()));
                    continue;
                }
                Err(error) => {
                    failures.push(format!("{name}: {error} {options:?}"));
                    continue;
                }
            };
            let same = again.fingerprint == table.fingerprint && again.format == table.format;
            if !same {
                failures.push(format!(
                    "{name}:\n  {} {}\n  {} {}\n  {:?}\n  {:?}",
                    columns(&table),
                    rows(&table).chars().take(200).collect::<String>(),
                    columns(&again),
                    rows(&again).chars().take(200).collect::<String>(),
                    table.format,
                    again.format
                ));
            }
            assert!(table.format.explain().starts_with("Read as "), "{name}");
        }
    }
    assert!(failures.is_empty(), "{} differ:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn a_warning_that_asks_says_what_to_do() {
    let desk = Desk::new();
    for (path, expected) in corpus() {
        for table in desk.open(&path, &expected.options).unwrap_or_default() {
            for warning in &table.warnings {
                let asks = warning.severity == Severity::Question;
                assert!(!asks || warning.fix.is_some(), "{}: {warning:?}", path.display());
            }
        }
    }
}

#[test]
fn every_word_of_a_person_is_obeyed() {
    let desk = Desk::new();
    let text = "a;b;d\n'x;1';1.234;03/04/2024\n#y;2,5;01/02/2024\nTotal;3;05/06/2024\nz;4\n";
    let path = desk.write("said.csv", text);
    let cases: &[(&str, &str, &str)] = &[
        (r#"{"quote": ""}"#, "a:text b:text d:text", r#"["'x","1'","1.234"]"#),
        (r#"{"quote": "'", "decimal": ","}"#, "a:text b:float d:date", r#"["x;1",1234.0,"2024-04-03"]"#),
        (r#"{"quote": "'", "thousands": "."}"#, "a:text b:float d:date", r#"["x;1",1234.0,"2024-04-03"]"#),
        (
            r##"{"quote": "'", "decimal": ".", "comment": "#"}"##,
            "a:text b:float d:date",
            r#"["x;1",1.234,"2024-03-04"]"#,
        ),
        (r#"{"quote": "'", "dateOrder": "mdy"}"#, "d:date", r#""2024-03-04"]"#),
        (r#"{"quote": "'", "headerRow": 0}"#, "column_1:text column_2:text column_3:text", r#"["a","b","d"]"#),
        (r#"{"quote": "'", "headerRow": 3}"#, "#y:text 2,5:integer 01/02/2024:date", r#"["Total",3,"2024-05-06"]"#),
        (r##"{"quote": "'", "ragged": "skip"}"##, "a:text", r##"["#y",2.5,"2024-02-01"]]"##),
        (r#"{"quote": "'", "types": {"b": "text"}}"#, "a:text b:text d:date", r#""1.234""#),
        (r#"{"delimiter": ","}"#, "a;b;d:text", ""),
    ];
    for (options, wanted_columns, wanted_row) in cases {
        let options: ReadOptions = serde_json::from_str(options).unwrap();
        let table = desk.open(&path, &options).unwrap().remove(0);
        let found = (columns(&table), rows(&table));
        assert!(found.0.contains(wanted_columns) && found.1.contains(wanted_row), "{options:?}\n{found:?}");
    }
    for wrong in [
        r#"{"ragged": "refuse"}"#,
        r#"{"table": "2"}"#,
        r#"{"table": "x"}"#,
        r#"{"quote": "q"}"#,
        r#"{"thousands": "x"}"#,
        r#"{"dateOrder": "ddd"}"#,
        r#"{"comment": "a comment"}"#,
        r#"{"types": {"nowhere": "text"}}"#,
        r#"{"delimiter": "fixed:9,3"}"#,
    ] {
        let options: ReadOptions = serde_json::from_str(wrong).unwrap();
        let error = desk.open(&path, &options).unwrap_err().to_string();
        assert!(error.len() > 20, "{wrong}: {error}");
    }
}
