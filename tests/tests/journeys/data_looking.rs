//! Looking into files on the command line: at once, row by row, as a profile, as a plan; results on stdout, and what a
//! person should know on stderr.

use analyst_tests::program::Home;
use serde_json::{Value, json};

use crate::told::{cells_of_sample, sample, tell};

const MESSY: &str = "Bericht 2024;;\nStadt;Umsatz;Datum\nKöln;1.234,50;31.12.2023\nMünchen;7,25;01.02.2024\n\
                     Ulm;0,25;02.02.2024\nGesamt;1.242,00;\n";

/// Columns of the coffee orders.
const REGION: usize = 2;
const QUANTITY: usize = 6;
const REVENUE: usize = 9;

#[test]
fn peek_tells_how_a_file_would_be_read_and_opens_nothing() {
    let home = Home::new();
    let file = home.file("messy.csv", MESSY);
    let file = file.to_str().unwrap();
    let told = tell(&home, &["peek", file]).done();
    assert!(told.stdout.contains("Köln") && told.stdout.contains("1234.5"), "{}", told.stdout);
    assert!(told.stderr.contains("decimal comma") && !told.stdout.contains("decimal comma"), "{}", told.stderr);
    let peek = tell(&home, &["peek", file, "--json"]).done().json();
    assert_eq!((&peek["format"]["delimiter"], &peek["isComplete"]), (&json!(";"), &json!(true)));
    assert_eq!(peek["sizeBytes"], json!(MESSY.len()));
    let other = tell(&home, &["peek", file, "--delimiter", "|", "--json"]).done().json();
    assert_eq!(other["format"]["delimiter"], "|");
    assert_eq!(tell(&home, &["call", "dataset::list"]).done().json()["datasets"], json!([]));
    tell(&home, &["peek", home.path().to_str().unwrap()]).failed(1, &["folder"]);
}

#[test]
fn rows_pass_conditions_in_the_order_asked_for() {
    let home = Home::new();
    let file = sample("coffee_orders.csv");
    let file = file.to_str().unwrap();
    let mut expected: Vec<Vec<String>> = cells_of_sample("coffee_orders.csv");
    let number = |text: &str| text.parse::<f64>().unwrap();
    expected.retain(|row| number(&row[QUANTITY]) >= 5.0 && row[REGION] == "North");
    expected.sort_by(|a, b| number(&b[REVENUE]).total_cmp(&number(&a[REVENUE])));
    let conditions = ["--where", "quantity>=5", "--where", "region = North", "--sort", "-revenue", "--limit", "7"];
    let page = tell(&home, &[&["rows", file, "--json"], &conditions[..]].concat()).done().json();
    assert_eq!(page["table"]["nRows"], json!(expected.len()));
    let told: Vec<_> = page["table"]["rows"].as_array().unwrap().iter().map(|row| row[0].clone()).collect();
    assert_eq!(told, expected.iter().take(7).map(|row| json!(row[0])).collect::<Vec<_>>());
    let table = tell(&home, &[&["rows", file], &conditions[..]].concat()).done();
    assert!(table.stdout.contains(&expected[0][0]) && table.stderr.contains("Read as"), "{table:?}");
    tell(&home, &["rows", file, "--where", "revenue"]).failed(2, &["is not a condition", "--where"]);
    tell(&home, &["rows", file, "--sort", "revenu"]).failed(2, &["revenu"]);
}

#[test]
fn profile_says_all_it_knows_in_words() {
    let home = Home::new();
    let file = home.file("messy.csv", MESSY);
    let told = tell(&home, &["profile", file.to_str().unwrap()]).done().stdout;
    for words in ["Read as", "decimal comma", "3 distinct", "No row repeats", "A row is named by Stadt", "mean 414"] {
        assert!(told.contains(words), "no {words:?} in {told}");
    }
    assert!(told.lines().any(|line| line.starts_with("warning: ") || line.starts_with("note: ")), "{told}");
    let coffee = tell(&home, &["profile", sample("coffee_orders.csv").to_str().unwrap()]).done().stdout;
    assert!(coffee.contains("61 of 2000 missing") && coffee.contains("go together: r = "), "{coffee}");
}

#[test]
fn json_stays_clean_and_warnings_come_with_their_fix_on_stderr() {
    let home = Home::new();
    // Two readings are possible, and one is taken.
    let file = home.file("days.csv", "day,n\n01/02/2024,1\n03/04/2024,2\n05/06/2024,3\n");
    let file = file.to_str().unwrap();
    let profile = tell(&home, &["profile", file, "--json"]).done();
    let warnings = profile.json()["warnings"].as_array().unwrap().clone();
    let grave: Vec<&Value> = warnings.iter().filter(|warning| warning["severity"] != "info").collect();
    assert!(!grave.is_empty(), "{warnings:?}");
    for args in [["preview", file, "--json"], ["rows", file, "--json"]] {
        let told = tell(&home, &args).done();
        assert!(told.json().is_object());
        for warning in &grave {
            assert!(told.stderr.contains(warning["message"].as_str().unwrap()), "{args:?}: {}", told.stderr);
            if let Some(fix) = warning["fix"].as_str() {
                assert!(told.stderr.contains(&format!("→ {fix}")), "{args:?}: {}", told.stderr);
            }
        }
    }
    let quiet = tell(&home, &["preview", file, "--json", "--quiet"]).done();
    assert_eq!(quiet.stderr, "");
}

#[test]
fn a_statement_is_explained_instead_of_run() {
    let home = Home::new();
    let file = sample("coffee_orders.csv");
    let file = file.to_str().unwrap();
    let sum = "SELECT region, SUM(revenue) AS total FROM coffee_orders WHERE quantity > 3 GROUP BY region";
    let told = tell(&home, &["sql", file, sum, "--explain"]).done().stdout;
    assert!(told.contains("quantity") && !told.contains("North"), "{told}");
    let plan = tell(&home, &["sql", file, sum, "--explain", "--json"]).done().json();
    assert_eq!(plan["plan"].as_str().unwrap().trim_end(), told.trim_end());
    tell(&home, &["sql", file, "DROP TABLE coffee_orders", "--explain"]).failed(1, &["SELECT"]);
}
