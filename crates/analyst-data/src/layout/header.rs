//! Finds the row of the column names: below titles, perhaps in two rows, perhaps nowhere.

use analyst_types::DataWarning;

use crate::DataError;
use crate::grid::{Cell, Grid};
use crate::infer::{date, missing, number};

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
    /// What to say.
    pub warnings: Vec<DataWarning>,
}

const SAMPLE_ROWS: usize = 300;
/// Titles and notes above a table are at most this many rows.
const MAX_PREAMBLE: usize = 60;

/// What one cell looks like, as far as headers care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Looks {
    Blank,
    Text,
    /// A year, or a date: values that also stand in the headers of wide tables.
    Period,
    Value,
}

/// Finds the header, or takes the one a person named.
pub(super) fn find<G: Grid>(grid: &G, wanted: Option<u32>) -> Result<Header, DataError> {
    let sample = grid.n_rows().min(SAMPLE_ROWS);
    let width = usual_width(grid, 0..sample);
    match wanted {
        None => Ok(guess(grid, first_wide_row(grid, sample, width), width)),
        Some(0) => Ok(without(grid, first_wide_row(grid, sample, width), width)),
        Some(line) => {
            let row = (0..grid.n_rows()).find(|&row| grid.line(row) >= u64::from(line)).ok_or_else(|| {
                let message = format!(
                    "There is no line {line} with column names; the file ends before. Choose another header row."
                );
                DataError::BadOption { message }
            })?;
            let width = usual_width(grid, row..grid.n_rows().min(row + SAMPLE_ROWS)).max(grid.width(row));
            Ok(with(grid, vec![row], width, Vec::new()))
        }
    }
}

/// The width that most rows have; wide rows count more, because titles and notes are narrow.
fn usual_width<G: Grid>(grid: &G, rows: std::ops::Range<usize>) -> usize {
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
fn first_wide_row<G: Grid>(grid: &G, sample: usize, width: usize) -> usize {
    let usually_filled = {
        let mut filled: Vec<usize> =
            (0..sample).filter(|&row| grid.width(row) == width).map(|row| grid.n_filled(row)).collect();
        filled.sort_unstable();
        filled.get(filled.len() / 2).copied().unwrap_or(1)
    };
    let needed = usually_filled.div_ceil(2).max(usually_filled.min(2));
    let wide_enough = |row: usize| grid.width(row) + 1 >= width || !grid.is_ragged_told();
    let is_start = |row: &usize| wide_enough(*row) && grid.n_filled(*row) >= needed && !is_comment(grid, *row, width);
    let rows = 0..sample.min(MAX_PREAMBLE);
    rows.clone().find(is_start).or_else(|| rows.clone().find(|&row| !grid.is_blank_row(row))).unwrap_or(0)
}

/// A line of remarks: begins with `#` and is not as wide as the table.
pub(super) fn is_comment<G: Grid>(grid: &G, row: usize, width: usize) -> bool {
    grid.width(row) != width && matches!(grid.cell(row, 0), Cell::Text(text) if text.starts_with('#'))
}

fn without<G: Grid>(grid: &G, first_row: usize, width: usize) -> Header {
    let mut warnings = Vec::new();
    tell_preamble(grid, first_row, &mut warnings);
    Header { rows: Vec::new(), first_row, width, names: Vec::new(), warnings }
}

fn with<G: Grid>(grid: &G, rows: Vec<usize>, width: usize, mut warnings: Vec<DataWarning>) -> Header {
    tell_preamble(grid, rows[0], &mut warnings);
    let last = rows[rows.len() - 1];
    let mut names: Vec<String> = (0..grid.width(last).max(1)).map(|column| label(grid, last, column)).collect();
    if rows.len() == 2 {
        join_group_names(grid, rows[0], &mut names);
    }
    // One name less than there are columns: the first column holds row names (as R writes it).
    let first_row = last + 1;
    let unnamed_first = names.len() + 1 == width
        && grid.is_ragged_told()
        && (first_row..grid.n_rows().min(first_row + 20)).all(|row| grid.width(row) == width)
        && first_row < grid.n_rows();
    if unnamed_first {
        names.insert(0, String::new());
    }
    let width = width.max(names.len());
    let has_units = first_row < grid.n_rows() && width > 1 && is_units_row(grid, first_row, width);
    if has_units {
        let message = "The row below the column names holds units; it was left out of the data.".to_owned();
        let rows = vec![grid.line(first_row)];
        warnings.push(DataWarning {
            code: "units_row".into(),
            message,
            columns: Vec::new(),
            rows,
            ..DataWarning::default()
        });
    }
    Header { rows, first_row: first_row + usize::from(has_units), width, names, warnings }
}

fn label<G: Grid>(grid: &G, row: usize, column: usize) -> String {
    let text = crate::infer::build::plain_text(&grid.cell(row, column)).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
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
    let lines: Vec<u64> = (0..first).map(|row| grid.line(row)).collect();
    if !lines.is_empty() {
        let message = format!("{} lines above the table were left out.", lines.len());
        let rows = lines.into_iter().take(5).collect();
        warnings.push(DataWarning {
            code: "preamble".into(),
            message,
            columns: Vec::new(),
            rows,
            ..DataWarning::default()
        });
    }
}

fn guess<G: Grid>(grid: &G, first: usize, width: usize) -> Header {
    let sample_after = |row: usize| row + 1..grid.n_rows().min(row + 1 + SAMPLE_ROWS);
    if let Some(second) = second_header_row(grid, first, width) {
        return if has_repeated_labels(grid, second, width) {
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
        let message = "No column names were found; the columns are numbered.".to_owned();
        header.warnings.push(DataWarning {
            code: "no_header".into(),
            message,
            columns: Vec::new(),
            rows: Vec::new(),
            ..DataWarning::default()
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
    (gaps >= 2 && no_values && all_text(second) && typed_below).then_some(second)
}

/// The row above, when it is too empty to be names itself but groups names that repeat.
fn group_row_above<G: Grid>(grid: &G, lower: usize, width: usize) -> Option<usize> {
    let upper = lower.checked_sub(1)?;
    let near = !grid.gap_before(lower) && grid.width(upper) <= width && grid.n_filled(upper) >= 2;
    let no_values = (0..width).all(|column| looks(&grid.cell(upper, column)) != Looks::Value);
    let all_text = (0..width).all(|column| matches!(looks(&grid.cell(lower, column)), Looks::Text | Looks::Blank));
    (near && no_values && all_text && has_repeated_labels(grid, lower, width)).then_some(upper)
}

/// A label that occurs twice needs the group above it to tell which is which.
fn has_repeated_labels<G: Grid>(grid: &G, row: usize, width: usize) -> bool {
    let mut labels: Vec<String> =
        (0..width).map(|column| label(grid, row, column)).filter(|label| !label.is_empty()).collect();
    labels.sort_unstable();
    labels.windows(2).any(|pair| pair[0] == pair[1])
}

fn merged<G: Grid>(grid: &G, upper: usize, lower: usize) -> DataWarning {
    let message = "The column names stand in two rows; they are read together.".to_owned();
    let rows = vec![grid.line(upper), grid.line(lower)];
    DataWarning { code: "merged_header".into(), message, columns: Vec::new(), rows, ..DataWarning::default() }
}

/// Whether the row names columns rather than being the first of the data.
fn is_header<G: Grid>(grid: &G, row: usize, width: usize, body: std::ops::Range<usize>) -> bool {
    let cells: Vec<Looks> = (0..grid.width(row).min(width)).map(|column| looks(&grid.cell(row, column))).collect();
    let count = |kind: Looks| cells.iter().filter(|&&look| look == kind).count();
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
    let filled: Vec<usize> = (0..width).filter(|&column| !grid.cell(row, column).is_blank()).collect();
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

fn mostly_typed<G: Grid>(grid: &G, column: usize, body: &[usize]) -> bool {
    let (mut typed, mut filled) = (0, 0);
    for &row in body {
        match looks(&grid.cell(row, column)) {
            Looks::Blank => {}
            Looks::Text => filled += 1,
            Looks::Period | Looks::Value => {
                filled += 1;
                typed += 1;
            }
        }
    }
    typed * 10 >= filled * 7 && typed > 0
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

fn looks(cell: &Cell<'_>) -> Looks {
    match cell {
        Cell::Missing | Cell::Error(_) => Looks::Blank,
        Cell::Int(1900..=2100) | Cell::Date(_) | Cell::Datetime(_) => Looks::Period,
        Cell::Text(text) => looks_of_text(text.trim()),
        _ => Looks::Value,
    }
}

fn looks_of_text(text: &str) -> Looks {
    if text.is_empty() || missing::lookup(text) != missing::Missing::No {
        return Looks::Blank;
    }
    if text.len() == 4 && text.parse::<u32>().is_ok_and(|year| (1900..=2100).contains(&year)) {
        return Looks::Period;
    }
    if date::scan(text).is_some() {
        return Looks::Period;
    }
    let is_value = number::scan(text).is_some()
        || date::scan_time(text).is_some()
        || text.eq_ignore_ascii_case("true")
        || text.eq_ignore_ascii_case("false");
    if is_value { Looks::Value } else { Looks::Text }
}
