//! Our corpus of messy files, read by our command line program and, in the same run, by other readers.
//!
//! The peers live in an environment of their own (bench/requirements.txt); `ANALYST_BENCH_PYTHON` names its
//! Python. Without it only our own share is told. Files that need a person's word are left to the tests.

use std::path::{Path, PathBuf};
use std::process::Command;

use analyst_tests::program::Home;
use serde_json::{Value, json};

use crate::Figure;

/// The share of files read exactly, by us and by each peer, in percent.
pub fn figures() -> Vec<Figure> {
    let corpus = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../crates/analyst-data/tests/messy");
    let mut figures =
        vec![Figure { name: "messy files read exactly: Auto-Analyst", unit: "%", values: vec![ours(&corpus)] }];
    let Some(python) = std::env::var_os("ANALYST_BENCH_PYTHON") else { return figures };
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../bench/peers/sniff_peers.py");
    let output = Command::new(python).arg(script).arg(&corpus).output().expect("start the peers' Python");
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("peers: {error}: {}", String::from_utf8_lossy(&output.stderr)));
    let share = |name: &str| {
        let number = |field: &str| report[name][field].as_f64().unwrap_or(f64::NAN);
        number("exact") / number("of") * 100.0
    };
    for (name, peer) in [
        ("messy files read exactly: DuckDB auto-detection", "duckdb"),
        ("messy files read exactly: clevercsv with charset-normalizer", "clevercsv"),
    ] {
        figures.push(Figure { name, unit: "%", values: vec![share(peer)] });
    }
    figures
}

fn ours(corpus: &Path) -> f64 {
    let (mut n_exact, mut n) = (0u32, 0u32);
    let mut besides: Vec<PathBuf> = std::fs::read_dir(corpus)
        .expect("the corpus is beside the tests")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    besides.sort();
    let home = Home::new();
    for beside in besides {
        let text = std::fs::read_to_string(&beside).expect("read what is expected");
        let expected: Value = serde_json::from_str(&text).expect("what is expected is JSON");
        if expected.get("options").is_some() {
            continue;
        }
        n += 1;
        n_exact += u32::from(is_exact(&home, &beside.with_extension(""), &expected));
    }
    f64::from(n_exact) / f64::from(n) * 100.0
}

fn is_exact(home: &Home, path: &Path, expected: &Value) -> bool {
    let Some(opened) = call(home, "dataset::open", &json!({ "path": path })) else { return false };
    let (Some(found), Some(wanted)) = (opened["datasets"].as_array(), expected["tables"].as_array()) else {
        return false;
    };
    found.len() == wanted.len()
        && found.iter().zip(wanted).all(|(dataset, table)| {
            let payload = json!({ "datasetId": dataset["id"], "offset": 0, "limit": 1000 });
            let rows = call(home, "dataset::preview", &payload).map(|preview| preview["rows"].clone());
            dataset["columns"] == table["columns"] && rows.is_some_and(|rows| is_same(&rows, &table["rows"]))
        })
}

/// Equal, where `1.0` equals `1`.
fn is_same(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Array(found), Value::Array(wanted)) => {
            found.len() == wanted.len() && found.iter().zip(wanted).all(|(found, wanted)| is_same(found, wanted))
        }
        (Value::Number(found), Value::Number(wanted)) => found.as_f64() == wanted.as_f64(),
        _ => found == wanted,
    }
}

fn call(home: &Home, command: &str, payload: &Value) -> Option<Value> {
    let output = home.run(["call", command, &payload.to_string()]);
    output.status.success().then(|| serde_json::from_slice(&output.stdout).ok())?
}
