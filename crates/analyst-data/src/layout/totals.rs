//! Rows at the end that sum up the ones above. Left in, every sum over the column would be twice too large.

use std::ops::Range;

use analyst_types::{DataWarning, Severity};

use crate::grid::{Cell, Grid};
use crate::infer::number::{self, Number};

/// First words of total rows, in lower case.
const LABELS: &[&str] = &[
    "total",
    "totals",
    "grand total",
    "sum",
    "sums",
    "overall",
    "all",
    "summe",
    "gesamt",
    "gesamtsumme",
    "insgesamt",
    "endsumme",
    "somme",
    "totale",
    "suma",
    "soma",
    "totaal",
    "итого",
    "всего",
    "合计",
    "总计",
    "合計",
    "計",
];
/// First words of rows between the data and the total.
const PARTIAL_LABELS: &[&str] = &[
    "subtotal",
    "sub-total",
    "sub total",
    "zwischensumme",
    "sous-total",
    "average",
    "mean",
    "durchschnitt",
    "mittelwert",
    "avg",
];
const MAX_TOTALS: usize = 4;
/// Totals are often rounded.
const TOLERANCE: f64 = 0.005;
const MIN_ROWS: usize = 2;

/// Takes total rows off the end of `rows`, tells them, and returns how many there were.
pub(super) fn take_off<G: Grid>(
    grid: &G,
    rows: &mut Vec<Range<usize>>,
    width: usize,
    decimal: Option<u8>,
    warnings: &mut Vec<DataWarning>,
) -> u32 {
    // The longest run of totals at the end, each of which fits what stands above all of them.
    let mut lines = Vec::new();
    for n in (1..=n_labelled(grid, rows, width)).rev() {
        let mut above = rows.clone();
        let run: Vec<usize> = (0..n).filter_map(|_| take_last(&mut above)).collect();
        let fits = |row: &usize| {
            label_of(grid, *row, width).is_some_and(|label| is_total(grid, &above, *row, &label, width, decimal))
        };
        if run.iter().all(fits) {
            lines = run.into_iter().map(|row| grid.line(row)).collect();
            *rows = above;
            break;
        }
    }
    if lines.is_empty() {
        return 0;
    }
    lines.reverse();
    let n = lines.len();
    let what = if n == 1 {
        "The last row is a total and was".to_owned()
    } else {
        format!("The last {n} rows are totals and were")
    };
    let message = format!("{what} left out, so that sums do not count twice.");
    warnings.push(DataWarning {
        severity: Severity::Info,
        rows: lines,
        count: Some(n as u64),
        fix: Some("To keep such rows as data, open the file again and keep totals.".to_owned()),
        ..DataWarning::new("totals_row", message)
    });
    n as u32
}

/// Number of rows at the end that call themselves totals.
fn n_labelled<G: Grid>(grid: &G, rows: &[Range<usize>], width: usize) -> usize {
    let from_end = rows.iter().rev().flat_map(|range| range.clone().rev());
    from_end.take(MAX_TOTALS).take_while(|&row| label_of(grid, row, width).is_some()).count()
}

fn take_last(rows: &mut Vec<Range<usize>>) -> Option<usize> {
    let range = rows.last_mut()?;
    range.end -= 1;
    let last = range.end;
    if range.start >= range.end {
        rows.pop();
    }
    Some(last)
}

/// How a row calls itself.
#[derive(Debug, PartialEq, Eq)]
enum Label {
    /// Exactly a word for total.
    Exact(usize),
    /// Begins with such a word.
    Begins,
    /// A word for a subtotal or a mean.
    Partial,
    /// No words at all: the first cell is empty, the others are numbers.
    None,
}

fn label_of<G: Grid>(grid: &G, row: usize, width: usize) -> Option<Label> {
    let mut words = (0..width.min(grid.width(row))).filter_map(|column| match grid.cell(row, column) {
        Cell::Text(text) if !text.trim().is_empty() && scan(&text).is_none() => {
            Some((column, text.trim().to_lowercase()))
        }
        _ => None,
    });
    let Some((column, word)) = words.next() else {
        let has_numbers = (0..width).any(|column| !grid.cell(row, column).is_blank());
        return (grid.cell(row, 0).is_blank() && has_numbers).then_some(Label::None);
    };
    let bare = word.trim_end_matches([':', '.', ' ', '=']);
    let begins = |labels: &[&str]| {
        labels.iter().any(|label| bare.strip_prefix(label).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)))
    };
    if LABELS.contains(&bare) {
        Some(Label::Exact(column))
    } else if begins(PARTIAL_LABELS) {
        Some(Label::Partial)
    } else if begins(LABELS) {
        Some(Label::Begins)
    } else {
        None
    }
}

fn scan(text: &str) -> Option<number::Shape> {
    number::scan(text.trim())
}

fn is_total<G: Grid>(
    grid: &G,
    rows: &[Range<usize>],
    row: usize,
    label: &Label,
    width: usize,
    decimal: Option<u8>,
) -> bool {
    let n_rows: usize = rows.iter().map(ExactSizeIterator::len).sum();
    if n_rows < MIN_ROWS {
        return matches!(label, Label::Exact(_)) && n_rows > 0;
    }
    let (mut checked, mut sums) = (0, 0);
    for column in 0..width {
        let Some(total) = numeric(&grid.cell(row, column), decimal) else { continue };
        if total == 0.0 {
            continue;
        }
        let (mut sum, mut n) = (0.0, 0usize);
        grid.for_each_cell(rows, column, &mut |cell| {
            if let Some(value) = numeric(cell, decimal) {
                sum += value;
                n += 1;
            }
            true
        });
        if n == 0 {
            continue;
        }
        checked += 1;
        let near = |expected: f64| (total - expected).abs() <= TOLERANCE * expected.abs().max(total.abs()).max(1e-9);
        sums += usize::from(near(sum) || (*label == Label::Partial && near(sum / n as f64)));
    }
    match label {
        // `Total` in every group of a tidy table is a category, not an end.
        Label::Exact(column) => !occurs_above(grid, rows, row, *column),
        Label::Begins => sums > 0,
        Label::Partial => sums > 0 || checked == 0,
        Label::None => sums > 0 && sums == checked && (n_rows > MIN_ROWS || sums > 1),
    }
}

fn occurs_above<G: Grid>(grid: &G, rows: &[Range<usize>], row: usize, column: usize) -> bool {
    let label = grid.cell(row, column);
    let mut occurs = false;
    grid.for_each_cell(rows, column, &mut |cell| {
        occurs = *cell == label;
        !occurs
    });
    occurs
}

fn numeric(cell: &Cell<'_>, decimal: Option<u8>) -> Option<f64> {
    match cell {
        Cell::Int(value) => Some(*value as f64),
        Cell::Float(value) => Some(*value),
        Cell::Text(text) => {
            let text = text.trim();
            let marks = decimal.map_or([b'.', b','], |decimal| [decimal, decimal]);
            marks.into_iter().find_map(|mark| match number::parse(text, mark)? {
                Number::Int(value) => Some(value as f64),
                Number::Float(value) => Some(value),
                _ => None,
            })
        }
        _ => None,
    }
}
