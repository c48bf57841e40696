//! Totals between the rows they add up.

use analyst_types::DataWarning;

use super::sample::{all, numbers};
use super::{Look, warning};
use crate::rows::table::{Kind, StoredColumn};

/// Cells that say so and nothing else.
const TOTAL_WORDS: &[&str] = &[
    "total",
    "totals",
    "grand total",
    "subtotal",
    "sub-total",
    "sub total",
    "summe",
    "gesamt",
    "gesamtsumme",
    "zwischensumme",
    "insgesamt",
    "somme",
    "totale",
    "total general",
    "suma",
    "totaal",
    "итого",
    "合計",
];
/// Words that are also other things: the numbers must add up as well.
const PERHAPS: &[&str] = &["all", "overall", "sum", "alle", "tous", "todos", "net", "gross"];
const LONGEST: usize = 40;

#[derive(Clone, Copy, PartialEq)]
enum Says {
    Nothing,
    Perhaps,
    Total,
}

pub(super) fn find(look: &Look<'_>) -> Vec<DataWarning> {
    look.table.columns().iter().filter_map(|column| in_column(look, column)).collect()
}

fn in_column(look: &Look<'_>, column: &StoredColumn) -> Option<DataWarning> {
    let texts = all(column)?;
    let says = |row: usize| if column.is_missing(row) { Says::Nothing } else { says(texts.get(row)) };
    let rows: Vec<usize> = (0..look.n_rows()).filter(|&row| says(row) != Says::Nothing).collect();
    if rows.is_empty() || rows.len() * 2 >= look.n_rows() {
        return None;
    }
    let is_certain = |row: usize| says(row) == Says::Total;
    let adds_up = adds_up(look, &rows);
    let found = look.rows_where(|row| says(row) != Says::Nothing && (is_certain(row) || adds_up));
    let message = format!(
        "{:?}: {} rows are named as totals and stand among the rows they may add up.",
        column.name, found.count
    );
    let fix = "Leave these rows out before summing or averaging.";
    (found.count > 0).then(|| warning("subtotal_rows", message, fix, vec![column.name.clone()], found))
}

fn says(text: &str) -> Says {
    let text = text.trim();
    // Nearly every text is told by its length or its first and last letters.
    if text.len() > LONGEST || text.len() < 3 {
        return Says::Nothing;
    }
    let lower = text.to_lowercase();
    let lower = lower.trim_end_matches(':');
    if TOTAL_WORDS.contains(&lower) {
        return Says::Total;
    }
    let is_part = |word: &&str| {
        lower.strip_prefix(*word).is_some_and(|rest| rest.starts_with([' ', ':', '-']))
            || lower.strip_suffix(*word).is_some_and(|rest| rest.ends_with([' ', ':', '-']))
    };
    if PERHAPS.contains(&lower) || TOTAL_WORDS.iter().any(is_part) { Says::Perhaps } else { Says::Nothing }
}

/// Whether in some numeric column each of these rows is the sum of the rows since the one before it, or of all others.
fn adds_up(look: &Look<'_>, totals: &[usize]) -> bool {
    let is_total = |row: usize| totals.binary_search(&row).is_ok();
    look.table.columns().iter().filter(|column| matches!(column.kind(), Kind::Integer | Kind::Float)).any(|column| {
        let Some(number) = numbers(column) else { return false };
        let (mut since, mut all, mut of_totals) = (0.0, 0.0, 0.0);
        let mut n_right = 0;
        let others: f64 = (0..look.n_rows()).filter(|&row| !is_total(row)).filter_map(&number).sum();
        for row in 0..look.n_rows() {
            let Some(value) = number(row) else { continue };
            if !is_total(row) {
                since += value;
                all += value;
                continue;
            }
            let close = |sum: f64| sum != 0.0 && (sum - value).abs() <= 1e-6 * sum.abs().max(1.0);
            n_right += usize::from(close(since) || close(all) || close(others) || close(of_totals));
            of_totals += value;
            since = 0.0;
        }
        n_right * 2 > totals.len()
    })
}
