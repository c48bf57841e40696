//! Finds the row of the column names: below titles, perhaps in two rows, perhaps nowhere.

use analyst_types::{DataWarning, Severity};

use super::LayoutHints;
use super::looks::{Looks, is_value, label, lines_named, looks, mostly_typed};
use super::remarks::{comment_above, is_remark, uncomment};
use crate::DataError;
use crate::grid::Grid;

/// Where the table begins.
pub(super) struct Header {
    /// Rows of the header: none, one, or two that are read together.
    pub rows: Vec<usize>,
    /// The first row that may be data.
    pub first_row: usize,
    /// Number of columns.
    pub width: usize,
    /// Names by position, as written; empty where there is none. Empty when there is no header.
    pub names: Vec<String>,
    /// What started the comments above it.
    pub comment: Option<String>,
    /// What to say.
    pub warnings: Vec<DataWarning>,
}

pub(super) const SAMPLE_ROWS: usize = 300;
/// Titles and notes above a table are at most this many rows.
const MAX_PREAMBLE: usize = 60;

/// Finds the header, or takes the one a person named.
pub(super) fn find<G: Grid>(grid: &G, hints: LayoutHints<'_>) -> Result<Header, DataError> {
    let sample = grid.n_rows().min(SAMPLE_ROWS);
    let width = usual_width(grid, 0..sample);
    let first = || first_wide_row(grid, sample, width, hints);
    let mut header = match hints.header_row {
        None => guess_named(grid, first(), width, hints),
        Some(0) => without(grid, first(), width),
        Some(line) => {
            let row = (0..grid.n_rows()).find(|&row| grid.line(row) >= u64::from(line)).ok_or_else(|| {
                let message = format!(
                    "There is no line {line} with column names; the file ends before. Choose another header row."
                );
                DataError::BadOption { message }
            })?;
            // What was found is read as it was found: names in two rows stay together.
            let guessed = guess_named(grid, first(), width, hints);
            if guessed.rows.last() == Some(&row) {
                guessed
            } else {
                let width = usual_width(grid, row..grid.n_rows().min(row + SAMPLE_ROWS)).max(grid.width(row));
                with(grid, vec![row], width, Vec::new())
            }
        }
    };
    header.comment = comment_above(grid, header.rows.first().copied().unwrap_or(header.first_row), width, hints);
    Ok(header)
}

/// `# time, value` above the first row of values: the names stand in the last remark.
fn guess_named<G: Grid>(grid: &G, first: usize, width: usize, hints: LayoutHints<'_>) -> Header {
    let above = first.checked_sub(1).filter(|&row| {
        let is_words = |column: usize| matches!(looks(&grid.cell(row, column)), Looks::Text);
        width > 1
            && grid.width(row) == width
            && is_remark(grid, row, width, hints.comment)
            && !grid.gap_before(first)
            && (0..width).all(is_words)
            && (0..width).any(|column| is_value(&grid.cell(first, column)))
    });
    match above {
        Some(row) => with(grid, vec![row], width, Vec::new()),
        None => guess(grid, first, width),
    }
}

/// The width that most rows have; wide rows count more, because titles and notes are narrow.
pub(super) fn usual_width<G: Grid>(grid: &G, rows: std::ops::Range<usize>) -> usize {
    let mut widths: Vec<(usize, usize)> = Vec::new();
    for row in rows.filter(|&row| !grid.is_blank_row(row)) {
        let width = grid.width(row);
        match widths.iter_mut().find(|(w, _)| *w == width) {
            Some((_, n)) => *n += 1,
            None => widths.push((width, 1)),
        }
    }
    // Of equals the first: with several tables in a file, the first is meant.
    let mut best = (1, 0);
    for (width, n) in widths {
        if width * n > best.0 * best.1 {
            best = (width, n);
        }
    }
    best.0
}

/// The first row that is as wide as the table and not nearly empty.
fn first_wide_row<G: Grid>(grid: &G, sample: usize, width: usize, hints: LayoutHints<'_>) -> usize {
    let usually_filled = {
        let mut filled: Vec<usize> =
            (0..sample).filter(|&row| grid.width(row) == width).map(|row| grid.n_filled(row)).collect();
        filled.sort_unstable();
        filled.get(filled.len() / 2).copied().unwrap_or(1)
    };
    let needed = usually_filled.div_ceil(2).max(usually_filled.min(2));
    let is_start = |row: &usize| {
        is_wide_enough(grid, *row, width)
            && grid.n_filled(*row) >= needed
            && !is_remark(grid, *row, width, hints.comment)
    };
    let rows = 0..sample.min(MAX_PREAMBLE);
    let first = rows.clone().find(is_start).or_else(|| rows.clone().find(|&row| !grid.is_blank_row(row))).unwrap_or(0);
    // Keys and values that a spreadsheet padded look like rows; the names below them are fuller than all of them.
    let is_names = |&row: &usize| {
        let full = grid.n_filled(row);
        grid.width(row) == width
            && full * 10 >= usually_filled * 8
            && full > 2
            && (first..row).all(|above| grid.n_filled(above) * 10 <= full * 7)
            && (0..width)
                .all(|column| matches!(looks(&grid.cell(row, column)), Looks::Text | Looks::Blank | Looks::Period))
            && is_header(grid, row, width, row + 1..grid.n_rows().min(row + SAMPLE_ROWS))
            && !has_repeated_labels(grid, row, width)
    };
    let grouped =
        |row: usize| group_row_above(grid, row, width).is_some() || second_header_row(grid, first, width) == Some(row);
    rows.filter(|&row| row > first).find(is_names).filter(|&row| !grouped(row)).unwrap_or(first)
}

/// As wide as the table, or one name less where the first column has none.
fn is_wide_enough<G: Grid>(grid: &G, row: usize, width: usize) -> bool {
    let own = grid.width(row);
    if own >= width || !grid.is_ragged_told() {
        // A line of settings that is far wider than the table is not its names.
        return own * 2 <= width * 3
            || !grid.is_ragged_told()
            || (width..own).all(|column| grid.cell(row, column).is_blank());
    }
    let below = row + 1;
    own + 1 == width
        && below < grid.n_rows()
        && grid.width(below) == width
        && !grid.gap_before(below)
        && (0..own).all(|column| !is_value(&grid.cell(row, column)))
        && (0..width).any(|column| is_value(&grid.cell(below, column)))
}

fn without<G: Grid>(grid: &G, first_row: usize, width: usize) -> Header {
    let mut warnings = Vec::new();
    tell_preamble(grid, first_row, &mut warnings);
    Header { rows: Vec::new(), first_row, width, names: Vec::new(), comment: None, warnings }
}

fn with<G: Grid>(grid: &G, rows: Vec<usize>, width: usize, mut warnings: Vec<DataWarning>) -> Header {
    tell_preamble(grid, rows[0], &mut warnings);
    let last = rows[rows.len() - 1];
    let mut names: Vec<String> = (0..grid.width(last).max(1)).map(|column| label(grid, last, column)).collect();
    for &row in rows[..rows.len() - 1].iter().rev() {
        join_group_names(grid, row, &mut names);
    }
    uncomment(grid, last, &mut names);
    let first_row = last + 1;
    // A separator after the last name, and none after the last value.
    while names.len() > width && names.last().is_some_and(String::is_empty) {
        names.pop();
    }
    // One name less than there are columns: the first column holds row names (as R writes it), unless the last column
    // is only a separator at every line's end.
    let sample = first_row..grid.n_rows().min(first_row + 20);
    let unnamed_first = names.len() + 1 == width
        && grid.is_ragged_told()
        && sample.clone().all(|row| grid.width(row) == width)
        && sample.clone().any(|row| !grid.cell(row, width - 1).is_blank())
        && first_row < grid.n_rows();
    if unnamed_first {
        names.insert(0, String::new());
        // Row names are words; over numbers the names may as well be shifted.
        if !sample.clone().all(|row| !is_value(&grid.cell(row, 0))) {
            warnings.push(DataWarning {
                severity: Severity::Question,
                rows: vec![grid.line(last)],
                fix: Some("If another column has no name, add it in the file.".to_owned()),
                ..DataWarning::new(
                    "unnamed_column",
                    "There is one name less than there are columns; the first has none.",
                )
            });
        }
    }
    let width = width.max(names.len());
    let has_units = first_row < grid.n_rows() && width > 1 && is_units_row(grid, first_row, width);
    if has_units {
        warnings.push(DataWarning {
            severity: Severity::Info,
            rows: vec![grid.line(first_row)],
            ..DataWarning::new("units_row", "The row below the column names holds units; it was left out of the data.")
        });
    }
    Header { rows, first_row: first_row + usize::from(has_units), width, names, comment: None, warnings }
}

/// A merged cell above names everything below it until the next one.
fn join_group_names<G: Grid>(grid: &G, row: usize, names: &mut [String]) {
    let mut group = String::new();
    for (column, name) in names.iter_mut().enumerate() {
        let own = label(grid, row, column);
        if !own.is_empty() {
            group = own;
        }
        if !group.is_empty() && *name != group {
            *name = format!("{group} {name}").trim().to_owned();
        }
    }
}

fn tell_preamble<G: Grid>(grid: &G, first: usize, warnings: &mut Vec<DataWarning>) {
    let lines: Vec<u64> = (0..first).filter(|&row| !grid.is_blank_row(row)).map(|row| grid.line(row)).collect();
    if !lines.is_empty() {
        warnings.push(DataWarning {
            severity: Severity::Info,
            count: Some(lines.len() as u64),
            rows: lines.iter().copied().take(5).collect(),
            fix: Some("If the column names stand in one of them, say which line is the header.".to_owned()),
            ..DataWarning::new("preamble", format!("Left out above the table: {}.", lines_named(lines.len())))
        });
    }
}

fn guess<G: Grid>(grid: &G, first: usize, width: usize) -> Header {
    let sample_after = |row: usize| row + 1..grid.n_rows().min(row + 1 + SAMPLE_ROWS);
    if let Some(second) = second_header_row(grid, first, width) {
        let upper = first.checked_sub(1).filter(|&upper| groups(grid, upper, first, width));
        return if let Some(upper) = upper.filter(|_| has_repeated_labels(grid, first, width)) {
            with(grid, vec![upper, first, second], width, vec![merged(grid, upper, second)])
        } else if has_repeated_labels(grid, second, width) {
            with(grid, vec![first, second], width, vec![merged(grid, first, second)])
        } else {
            with(grid, vec![second], width, Vec::new())
        };
    }
    if let Some(upper) = group_row_above(grid, first, width) {
        return with(grid, vec![upper, first], width, vec![merged(grid, upper, first)]);
    }
    if is_header(grid, first, width, sample_after(first)) {
        with(grid, vec![first], width, Vec::new())
    } else {
        let mut header = without(grid, first, width);
        header.warnings.push(DataWarning {
            severity: Severity::Question,
            rows: vec![grid.line(first)],
            fix: Some(format!("If line {} holds the names, say that it is the header.", grid.line(first))),
            ..DataWarning::new("no_header", "No column names were found; the columns are numbered.")
        });
        header
    }
}

/// The row below, when the first one has gaps and the one below is all names over typed data.
fn second_header_row<G: Grid>(grid: &G, first: usize, width: usize) -> Option<usize> {
    let second = first + 1;
    if width < 3 || second + 1 >= grid.n_rows() {
        return None;
    }
    let gaps = width - grid.n_filled(first).min(width);
    let all_text = |row: usize| (0..width).all(|column| looks(&grid.cell(row, column)) == Looks::Text);
    let no_values = (0..width).all(|column| looks(&grid.cell(first, column)) != Looks::Value);
    let typed_below = (second + 1..grid.n_rows().min(second + 20))
        .any(|row| (0..width).any(|column| matches!(looks(&grid.cell(row, column)), Looks::Value | Looks::Period)));
    let is_upper = gaps >= 2 || (gaps == 1 && has_repeated_labels(grid, first, width));
    (is_upper && no_values && all_text(second) && typed_below).then_some(second)
}

/// The row above, when it is too empty to be names itself but groups names that repeat.
fn group_row_above<G: Grid>(grid: &G, lower: usize, width: usize) -> Option<usize> {
    let upper = lower.checked_sub(1)?;
    let all_text = (0..width).all(|column| matches!(looks(&grid.cell(lower, column)), Looks::Text | Looks::Blank));
    (groups(grid, upper, lower, width) && all_text && has_repeated_labels(grid, lower, width)).then_some(upper)
}

/// Right above, several cells, no values.
fn groups<G: Grid>(grid: &G, upper: usize, lower: usize, width: usize) -> bool {
    !grid.gap_before(lower)
        && grid.width(upper) <= width
        && grid.n_filled(upper) >= 2
        && (0..width).all(|column| looks(&grid.cell(upper, column)) != Looks::Value)
}

/// `,1,2,3`: the columns of a plate or a matrix are counted.
fn counts_columns<G: Grid>(grid: &G, row: usize, width: usize) -> bool {
    let is_number = |column: usize| label(grid, row, column) == column.to_string();
    width > 3 && !is_value(&grid.cell(row, 0)) && (1..width).all(is_number)
}

/// A label that occurs twice needs the group above it to tell which is which.
fn has_repeated_labels<G: Grid>(grid: &G, row: usize, width: usize) -> bool {
    let mut labels: Vec<String> =
        (0..width).map(|column| label(grid, row, column)).filter(|label| !label.is_empty()).collect();
    labels.sort_unstable();
    labels.windows(2).any(|pair| pair[0] == pair[1])
}

fn merged<G: Grid>(grid: &G, upper: usize, lower: usize) -> DataWarning {
    DataWarning {
        severity: Severity::Info,
        rows: vec![grid.line(upper), grid.line(lower)],
        fix: Some(format!("If a name reads wrongly, rename the column; the names stand in line {}.", grid.line(lower))),
        ..DataWarning::new("merged_header", "The column names stand in two rows; they are read together.")
    }
}

/// Whether the row names columns rather than being the first of the data.
fn is_header<G: Grid>(grid: &G, row: usize, width: usize, body: std::ops::Range<usize>) -> bool {
    let cells: Vec<Looks> = (0..grid.width(row).min(width)).map(|column| looks(&grid.cell(row, column))).collect();
    let count = |kind: Looks| cells.iter().filter(|&&look| look == kind).count();
    if counts_columns(grid, row, width) && !body.is_empty() {
        return true;
    }
    if count(Looks::Text) == 0 {
        return false;
    }
    if count(Looks::Value) > 0 {
        return words_stand_over_values(grid, &cells, body);
    }
    if body.is_empty() {
        return true;
    }
    if count(Looks::Period) > 0 {
        return periods_name_columns(grid, row, &cells, body);
    }
    // Joined files repeat the names; that must not make them look like data.
    let body: Vec<usize> = body.filter(|&below| !grid.is_same_row(row, below)).collect();
    (0..width).any(|column| mostly_typed(grid, column, &body)) || !repeats_below(grid, row, width, &body)
}

/// Some names are numbers (questions of a survey); then two words over columns of values must show that it is a header.
fn words_stand_over_values<G: Grid>(grid: &G, cells: &[Looks], body: std::ops::Range<usize>) -> bool {
    let body: Vec<usize> = body.collect();
    let is_over_values = |column: &usize| cells[*column] == Looks::Text && mostly_typed(grid, *column, &body);
    body.len() > 1 && (0..cells.len()).filter(is_over_values).count() >= 2
}

/// The row below the names holds units: words, each over a column of values, and nothing else.
fn is_units_row<G: Grid>(grid: &G, row: usize, width: usize) -> bool {
    const LONGEST_UNIT: usize = 12;
    let body: Vec<usize> = (row + 1..grid.n_rows().min(row + 1 + SAMPLE_ROWS)).collect();
    let looks_in = |column: usize| looks(&grid.cell(row, column));
    let filled: Vec<usize> = (0..width).filter(|&column| looks_in(column) != Looks::Blank).collect();
    let is_unit = |&column: &usize| {
        looks_in(column) == Looks::Text
            && label(grid, row, column).len() <= LONGEST_UNIT
            && mostly_typed(grid, column, &body)
    };
    body.len() > 1 && !grid.gap_before(row) && !filled.is_empty() && filled.iter().all(is_unit)
}

/// Years or dates over columns of something else: a wide table.
fn periods_name_columns<G: Grid>(grid: &G, row: usize, cells: &[Looks], body: std::ops::Range<usize>) -> bool {
    let periods = (0..cells.len()).filter(|&column| cells[column] == Looks::Period);
    let mut labels: Vec<String> = periods.clone().map(|column| label(grid, row, column)).collect();
    let n = labels.len();
    labels.sort_unstable();
    labels.dedup();
    let same_below = |column: usize| {
        let filled: Vec<Looks> =
            body.clone().take(20).map(|row| looks(&grid.cell(row, column))).filter(|&l| l != Looks::Blank).collect();
        !filled.is_empty() && filled.iter().all(|&look| look == Looks::Period)
    };
    labels.len() == n && !periods.clone().all(same_below)
}

/// In a table of nothing but text, a first row whose words come back below is data.
fn repeats_below<G: Grid>(grid: &G, row: usize, width: usize, body: &[usize]) -> bool {
    let comes_back = |column: usize| {
        let name = label(grid, row, column);
        !name.is_empty() && body.iter().any(|&row| label(grid, row, column) == name)
    };
    let repeated = (0..width).filter(|&column| comes_back(column)).count();
    repeated * 2 >= width && repeated > 0
}
