//! Numerically hard statistics of our own, certified in exact rational arithmetic: how many digits are right. Asked only
//! with `AUTO_ANALYST_QUESTIONS`, like everything beyond the gate.

use std::collections::BTreeMap;

use analyst_types::ArtifactContent;
use serde::Deserialize;

use crate::bench::{answers, folder, runner};

/// Right digits at least. `nearly_collinear` and `quartic` lose some to the data itself.
const DIGITS: f64 = 7.0;

#[derive(Debug, Deserialize)]
struct Case {
    id: String,
    csv: String,
    question: String,
    certified: BTreeMap<String, String>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn statistics_keep_their_digits() {
    if std::env::var_os("AUTO_ANALYST_QUESTIONS").is_none() {
        return;
    }
    let Some(runner) = runner() else {
        println!("no managed Python on this machine: nothing to compute");
        return;
    };
    let text = std::fs::read_to_string(folder().join("certified.json")).unwrap();
    let cases: Vec<Case> = serde_json::from_str(&text).unwrap();
    let dir = tempfile::tempdir().unwrap();
    for case in cases {
        let csv = dir.path().join(format!("{}.csv", case.id));
        std::fs::write(&csv, &case.csv).unwrap();
        let answer = answers(&runner, &csv, std::slice::from_ref(&case.question), None).await.remove(0);
        for (name, value) in &case.certified {
            let certified: f64 = value.parse().unwrap();
            let found = answer.artifacts.iter().find_map(|(_, content)| match content {
                ArtifactContent::Metric { name: n, value } if n == name => value.as_f64(),
                _ => None,
            });
            let found = found.unwrap_or_else(|| panic!("{}: no {name} in {}", case.id, answer.text));
            let digits = -((found - certified).abs() / certified.abs()).log10();
            assert!(digits >= DIGITS, "{} {name}: {found} has {digits:.1} right digits of {certified}", case.id);
        }
    }
}
