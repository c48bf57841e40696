//! All pairs of delimiter, encoding, decimal mark, preamble and quoting, in as few files as cover them.

use super::Desk;
use super::messy::{Expected, ExpectedColumn, ExpectedTable, Outcome, score};
use serde_json::{Value, json};

const DELIMITERS: &[&str] = &[",", ";", "\t", "|", ":", "^", "||"];
const ENCODINGS: &[&str] =
    &["utf-8", "utf-8 with a mark", "windows-1252", "utf-16le", "utf-16be with a mark", "utf-32le"];
const DECIMALS: &[&str] = &[".", ","];
const PREAMBLES: &[&str] =
    &["", "Ein Bericht über Größen\n\n", "Kunde: Müller\nStand: März\n", "# erzeugt von Hand\n# Größen\n"];
const QUOTES: &[&str] = &["none", "where needed", "everywhere", "single"];

/// One file's choice of each factor.
type Choice = [usize; 5];

const SIZES: Choice = [DELIMITERS.len(), ENCODINGS.len(), DECIMALS.len(), PREAMBLES.len(), QUOTES.len()];

/// A decimal mark that separates fields needs quotes.
fn is_possible(choice: &Choice) -> bool {
    DELIMITERS[choice[0]] != DECIMALS[choice[2]] || QUOTES[choice[4]] != "none"
}

/// Greedily: always the choice that covers the most pairs not covered yet. The same on every run.
fn covering() -> Vec<Choice> {
    let mut all: Vec<Choice> = vec![[0; 5]];
    for factor in 0..5 {
        all = all
            .iter()
            .flat_map(|choice| {
                (0..SIZES[factor]).map(move |value| {
                    let mut choice = *choice;
                    choice[factor] = value;
                    choice
                })
            })
            .collect();
    }
    all.retain(is_possible);
    let pairs = |choice: &Choice| -> Vec<[usize; 4]> {
        (0..5).flat_map(|a| (a + 1..5).map(move |b| (a, b))).map(|(a, b)| [a, choice[a], b, choice[b]]).collect()
    };
    let mut open: std::collections::BTreeSet<[usize; 4]> = all.iter().flat_map(pairs).collect();
    let mut chosen = Vec::new();
    while !open.is_empty() {
        let gain = |choice: &&Choice| pairs(choice).iter().filter(|pair| open.contains(*pair)).count();
        let best = *all.iter().rev().max_by_key(gain).unwrap();
        pairs(&best).iter().for_each(|pair| {
            open.remove(pair);
        });
        chosen.push(best);
    }
    chosen
}

const ROWS: &[(&str, &str, i64, f64)] = &[
    ("2024-01-31", "Köln", 3, 1234.5),
    ("2024-02-29", "Düsseldorf", 12, -0.25),
    ("2024-03-15", "Saarbrücken", 7, 99.95),
    ("2024-04-01", "Würzburg", 110, 12000.75),
    ("2024-05-06", "Görlitz", 0, 5.5),
];

fn text(choice: &Choice) -> String {
    let (delimiter, decimal) = (DELIMITERS[choice[0]], DECIMALS[choice[2]]);
    let field = |text: String| {
        let is_needed = text.contains(delimiter);
        match QUOTES[choice[4]] {
            "everywhere" => format!("\"{text}\""),
            "single" => format!("'{text}'"),
            "where needed" if is_needed => format!("\"{text}\""),
            _ => text,
        }
    };
    let line = |fields: [String; 4]| fields.map(field).join(delimiter) + "\n";
    let mut out = PREAMBLES[choice[3]].to_owned();
    out += &line(["Datum", "Ort", "Menge", "Größe"].map(str::to_owned));
    for (day, place, n, size) in ROWS {
        out += &line([(*day).to_owned(), (*place).to_owned(), n.to_string(), size.to_string().replace('.', decimal)]);
    }
    out
}

fn bytes(text: &str, encoding: &str) -> Vec<u8> {
    match encoding {
        "utf-8 with a mark" => [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
        "windows-1252" => text.chars().map(|letter| letter as u32 as u8).collect(),
        "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf-16be with a mark" => {
            std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect()
        }
        "utf-32le" => text.chars().flat_map(|letter| (letter as u32).to_le_bytes()).collect(),
        _ => text.as_bytes().to_vec(),
    }
}

fn expected() -> Expected {
    let column = |(name, kind): (&str, &str)| ExpectedColumn { name: name.into(), kind: kind.into() };
    let columns = [("Datum", "date"), ("Ort", "text"), ("Menge", "integer"), ("Größe", "float")].map(column).into();
    let rows: Vec<Vec<Value>> =
        ROWS.iter().map(|(day, place, n, size)| vec![json!(day), json!(place), json!(n), json!(size)]).collect();
    Expected { tables: vec![ExpectedTable { columns, rows }], ..Expected::default() }
}

#[test]
fn all_pairs_of_conventions_are_read() {
    let (desk, expected) = (Desk::new(), expected());
    let choices = covering();
    let mut failures = Vec::new();
    for (number, choice) in choices.iter().enumerate() {
        let path = desk.write(&format!("pair_{number}.csv"), bytes(&text(choice), ENCODINGS[choice[1]]));
        let words =
            [DELIMITERS[choice[0]], ENCODINGS[choice[1]], DECIMALS[choice[2]], PREAMBLES[choice[3]], QUOTES[choice[4]]];
        match score(&desk, &path, &expected) {
            Outcome::Exact => {}
            Outcome::Told(why) | Outcome::Wrong(why) => failures.push(format!("{words:?}: {why}")),
        }
    }
    println!("{} of {} pairs exact", choices.len() - failures.len(), choices.len());
    assert!(choices.len() >= 42, "{} files cannot cover all pairs", choices.len());
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), choices.len(), failures.join("\n"));
}
