//! Several tables one below another: where each begins.
//!
//! Tables are set apart by blank lines or by a title of one cell. A block begins a table when names stand over values
//! there, or when its rows have another width than those above; blank lines within data, notes and titles do not.

use std::ops::Range;

use super::looks::{is_sentence, is_value, label};
use super::remarks::is_comment;
use crate::grid::Grid;

/// With so many gaps, blank lines are a habit of the file and no borders.
const MAX_BLOCKS: usize = 200;
const SAMPLE_ROWS: usize = 60;
/// Lines of keys and values above a table are at most this many.
const MAX_KEYS: usize = 30;

/// Rows between gaps.
#[derive(Debug, Clone)]
struct Block {
    rows: Range<usize>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Titles, notes.
    Prose,
    /// `Customer;Miller`
    Keys,
    /// Rows that may be data, with names above them or without.
    Rows { names: bool, width: usize },
}

/// The rows of each table, with the titles above and the notes below it. There is always one.
pub(super) fn find<G: Grid>(grid: &G) -> Vec<Range<usize>> {
    let whole = 0..grid.n_rows();
    let blocks = blocks(grid);
    if blocks.len() < 2 || blocks.len() > MAX_BLOCKS {
        return vec![whole];
    }
    let mut starts: Vec<usize> = Vec::new();
    // The names and the width of the table being read.
    let mut current: Option<(usize, bool, usize)> = None;
    let mut title: Option<usize> = None;
    for block in &blocks {
        let Kind::Rows { names, width } = block.kind else {
            // A title belongs to the table below; what was said before the first table is a preamble anyway.
            title =
                (current.is_some() && (block.rows.len() == 1 || block.kind == Kind::Keys)).then_some(block.rows.start);
            continue;
        };
        let begins = match current {
            None => true,
            Some((row, named, of)) => {
                let repeats = named && same_names(grid, row, block.rows.start);
                let other_width = grid.is_ragged_told() && width != of && block.rows.len() > 1;
                let begins_by_width = other_width && (names || width > 1 && !named);
                !repeats && (names && named || begins_by_width)
            }
        };
        if begins {
            starts.push(if current.is_none() { 0 } else { title.unwrap_or(block.rows.start) });
            current = Some((block.rows.start, names, width));
        }
        title = None;
    }
    if starts.len() < 2 {
        return vec![whole];
    }
    let ends = starts[1..].iter().copied().chain([whole.end]).collect::<Vec<_>>();
    starts.into_iter().zip(ends).map(|(start, end)| start..end).collect()
}

fn blocks<G: Grid>(grid: &G) -> Vec<Block> {
    let n_rows = grid.n_rows();
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for row in 0..n_rows {
        let is_blank = grid.cell(row, 0).is_blank() && grid.is_blank_row(row);
        if is_blank || grid.gap_before(row) || is_title(grid, row) {
            if row > start {
                ranges.push(start..row);
            }
            start = row + usize::from(is_blank);
        }
        if ranges.len() > MAX_BLOCKS {
            return Vec::new();
        }
    }
    if n_rows > start {
        ranges.push(start..n_rows);
    }
    let mut blocks: Vec<Block> = Vec::with_capacity(ranges.len());
    for rows in ranges {
        // A title and the rows right below it are two blocks.
        let rest = split_title(grid, rows, &mut blocks);
        if !rest.is_empty() {
            let kind = kind_of(grid, &rest);
            blocks.push(Block { rows: rest, kind });
        }
    }
    blocks
}

/// One cell of words without a gap before it, and names below.
fn is_title<G: Grid>(grid: &G, row: usize) -> bool {
    row > 0
        && row + 2 < grid.n_rows()
        && !grid.cell(row, 0).is_blank()
        && (grid.width(row) == 1 || !grid.is_ragged_told())
        && grid.cell(row, 1).is_blank()
        && grid.n_filled(row) == 1
        && grid.n_filled(row - 1) > 1
        && !is_value(&grid.cell(row, 0))
        && has_names(grid, &(row + 1..(row + SAMPLE_ROWS).min(grid.n_rows())))
}

fn split_title<G: Grid>(grid: &G, rows: Range<usize>, blocks: &mut Vec<Block>) -> Range<usize> {
    let n_prose = rows.clone().take_while(|&row| grid.n_filled(row) < 2).count();
    if n_prose == 0 || n_prose == rows.len() {
        return rows;
    }
    let border = rows.start + n_prose;
    let is_column = (rows.start..rows.end.min(rows.start + SAMPLE_ROWS)).all(|row| grid.n_filled(row) < 2);
    if is_column {
        return rows;
    }
    blocks.push(Block { rows: rows.start..border, kind: Kind::Prose });
    border..rows.end
}

fn kind_of<G: Grid>(grid: &G, rows: &Range<usize>) -> Kind {
    let sample = rows.start..rows.end.min(rows.start + SAMPLE_ROWS);
    let n_wide = sample.clone().filter(|&row| grid.n_filled(row) > 1).count();
    if n_wide * 2 < sample.len() || sample.clone().all(|row| is_comment(grid, row, usize::MAX)) {
        return Kind::Prose;
    }
    if sample.clone().all(|row| is_sentence(grid, row) || grid.n_filled(row) < 2) {
        return Kind::Prose;
    }
    let names = has_names(grid, &sample) && !(is_keys(grid, rows) && is_key_with_value(grid, rows.start));
    if !names && is_keys(grid, rows) {
        return Kind::Keys;
    }
    let mut widths: Vec<usize> = sample.clone().map(|row| grid.width(row)).collect();
    widths.sort_unstable();
    let width = widths[widths.len() / 2];
    if sample.len() == 1 && !names {
        return Kind::Prose;
    }
    Kind::Rows { names, width }
}

/// Words over values, in the first row.
fn has_names<G: Grid>(grid: &G, rows: &Range<usize>) -> bool {
    let first = rows.start;
    let body: Vec<usize> = (first + 1..rows.end).filter(|&row| !grid.gap_before(row)).collect();
    let width = grid.width(first);
    // One key and its value above another pair look like names; two rows of values are needed.
    let needed = if grid.n_filled(first) == 2 { 2 } else { 1 };
    if body.len() < needed || grid.gap_before(first + 1) || grid.n_filled(first) < 2 {
        return false;
    }
    let is_word = |column: usize| !grid.cell(first, column).is_blank() && !is_value(&grid.cell(first, column));
    let stands_over_values = |column: usize| {
        let cells = body.iter().map(|&row| grid.cell(row, column)).filter(|cell| !cell.is_blank());
        let (mut n, mut values) = (0, 0);
        for cell in cells {
            n += 1;
            values += usize::from(is_value(&cell));
        }
        n > 0 && values * 3 >= n * 2
    };
    let n_words = (0..width).filter(|&column| is_word(column)).count();
    let typed: Vec<usize> = (0..width).filter(|&column| stands_over_values(column)).collect();
    let named = typed.iter().filter(|&&column| is_word(column)).count();
    // Years may stand over numbers; then words must stand beside them.
    named * 2 > typed.len()
        || (n_words > 0
            && !typed.is_empty()
            && years_over_values(grid, first, &typed)
            && n_words + typed.len() >= grid.n_filled(first))
}

fn years_over_values<G: Grid>(grid: &G, row: usize, typed: &[usize]) -> bool {
    let is_year = |&column: &usize| {
        let text = label(grid, row, column);
        text.len() == 4 && text.parse::<u32>().is_ok_and(|year| (1900..=2100).contains(&year))
    };
    typed.iter().all(|column| is_year(column) || !is_value(&grid.cell(row, *column)))
}

/// Two filled cells in every row, the first a word that never comes back.
fn is_keys<G: Grid>(grid: &G, rows: &Range<usize>) -> bool {
    if rows.len() > MAX_KEYS {
        return false;
    }
    let mut keys: Vec<String> = Vec::new();
    for row in rows.clone() {
        let key = label(grid, row, 0);
        let is_pair = grid.n_filled(row) <= 2
            && (1..grid.width(row)).filter(|&column| !grid.cell(row, column).is_blank()).count() <= 1;
        if key.is_empty() || is_value(&grid.cell(row, 0)) || !is_pair || keys.contains(&key) {
            return false;
        }
        keys.push(key);
    }
    true
}

/// `Model,DPO4104` or `Date:,2024`: no pair of names.
fn is_key_with_value<G: Grid>(grid: &G, row: usize) -> bool {
    let value = label(grid, row, 1);
    label(grid, row, 0).ends_with(':')
        || (value.chars().any(|c| c.is_ascii_digit()) && value.chars().any(char::is_alphabetic))
}

fn same_names<G: Grid>(grid: &G, one: usize, other: usize) -> bool {
    grid.is_same_row(one, other)
}
