//! Questions with one right answer each.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use crate::bench::{answers, folder, runner};
use crate::score::{Verdict, judge};

/// Of the questions it is worked on with, so many are answered exactly, in percent.
const EXACT_TUNED: usize = 85;
/// Of the held-out ones; they are few in the gate.
const EXACT_HELD: usize = 45;
/// Of the others, so many are refused rather than answered falsely, in percent. The goal is 80: raise it when it is reached.
const HONEST: usize = 55;

#[derive(Debug, Deserialize)]
struct Item {
    id: String,
    table: String,
    held_out: bool,
    question: String,
    constraints: String,
    format: String,
    answer: BTreeMap<String, String>,
}

#[derive(Debug, Default)]
struct Totals {
    right: usize,
    refused: usize,
    wrong: usize,
}

impl Totals {
    fn all(&self) -> usize {
        self.right + self.refused + self.wrong
    }

    fn told(&self, name: &str) {
        let failed = (self.refused + self.wrong).max(1);
        println!(
            "{name}: {} of {} exact ({} %), {} refused, {} wrong ({} % of the others refused)",
            self.right,
            self.all(),
            self.right * 100 / self.all().max(1),
            self.refused,
            self.wrong,
            self.refused * 100 / failed
        );
    }
}

fn chosen(items: Vec<Item>) -> Vec<Item> {
    let wish = std::env::var("AUTO_ANALYST_QUESTIONS").unwrap_or_default();
    let ids: Vec<&str> = wish.split(',').collect();
    let keep = |at: usize, item: &Item| match wish.as_str() {
        "" => at.is_multiple_of(3),
        "all" => true,
        "tuned" => !item.held_out,
        "held" => item.held_out,
        _ => ids.contains(&item.id.as_str()),
    };
    items.into_iter().enumerate().filter(|(at, item)| keep(*at, item)).map(|(_, item)| item).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn questions_with_known_answers() {
    let Some(runner) = runner() else {
        println!("no managed Python on this machine: nothing to ask");
        return;
    };
    let text = std::fs::read_to_string(folder().join("questions.json")).unwrap();
    let items = chosen(serde_json::from_str(&text).unwrap());
    let only = std::env::var("AUTO_ANALYST_QUESTIONS").is_ok_and(|wish| wish.contains('-'));
    let mut tables: Vec<&str> = items.iter().map(|item| item.table.as_str()).collect();
    tables.dedup();
    let (mut tuned, mut held) = (Totals::default(), Totals::default());
    let mut times: Vec<Duration> = Vec::new();
    for table in tables {
        let asked: Vec<&Item> = items.iter().filter(|item| item.table == table).collect();
        let texts: Vec<String> =
            asked.iter().map(|item| format!("{} {} {}", item.question, item.constraints, item.format)).collect();
        let csv = folder().join("tables").join(format!("{table}.csv"));
        for (item, answer) in asked.iter().zip(answers(&runner, &csv, &texts, None).await) {
            times.push(answer.thinking);
            let verdict = judge(&answer.text, &item.answer);
            let totals = if item.held_out { &mut held } else { &mut tuned };
            match verdict {
                Verdict::Right => totals.right += 1,
                Verdict::Refused => totals.refused += 1,
                Verdict::Wrong => totals.wrong += 1,
            }
            if !item.held_out && (verdict != Verdict::Right || only) {
                let code = if only { answer.code.as_str() } else { "" };
                println!(
                    "\n== {verdict:?} {} {}\n   expected {:?}\n{}{code}",
                    item.id,
                    item.question,
                    item.answer,
                    indented(&answer.text)
                );
            }
        }
    }
    times.sort();
    tuned.told("tuned");
    held.told("held out");
    let p95 = times.get(times.len() * 95 / 100).copied().unwrap_or_default();
    println!("thinking: p95 {p95:?}, most {:?}", times.last().copied().unwrap_or_default());
    if only {
        return;
    }
    for (totals, exact) in [(&tuned, EXACT_TUNED), (&held, EXACT_HELD)] {
        let failed = totals.refused + totals.wrong;
        assert!(totals.right * 100 >= totals.all() * exact, "{totals:?}");
        assert!(totals.wrong * 100 <= failed.max(10) * (100 - HONEST), "{totals:?}");
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("   | {line}\n")).collect()
}
