//! Finds the row of the column names: below titles, perhaps in two rows, perhaps nowhere.

use analyst_types::{DataWarning, Severity};

use super::LayoutHints;
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
    /// What started the comments above it.
    pub comment: Option<String>,
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

/// What starts a comment, where some lines show it by their width; rows of the usual width may then be comments too.
pub(super) fn comment_sign<G: Grid>(grid: &G) -> Option<&'static str> {
    let sample = grid.n_rows().min(SAMPLE_ROWS);
    let width = usual_width(grid, 0..sample);
    let row = (0..sample).find(|&row| is_comment(grid, row, width))?;
    let text = label(grid, row, 0);
    let sign = COMMENT_SIGNS.into_iter().find(|sign| text.starts_with(sign))?;
    let begins = |row: &usize| matches!(grid.cell(*row, 0), Cell::Text(text) if text.trim_start().starts_with(sign));
    let n_wide = (0..sample).filter(begins).filter(|&row| grid.width(row) == width).count();
    (n_wide * 4 < sample).then_some(sign)
}

fn comment_above<G: Grid>(grid: &G, end: usize, width: usize, hints: LayoutHints<'_>) -> Option<String> {
    let row = (0..end).find(|&row| is_remark(grid, row, width, hints.comment))?;
    let text = label(grid, row, 0);
    hints
        .comment
        .map(str::to_owned)
        .or_else(|| COMMENT_SIGNS.iter().find(|sign| text.starts_with(**sign)).map(|sign| (*sign).to_owned()))
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
        return true;
    }
    let below = row + 1;
    own + 1 == width
        && below < grid.n_rows()
        && grid.width(below) == width
        && !grid.gap_before(below)
        && (0..own).all(|column| !is_value(&grid.cell(row, column)))
        && (0..width).any(|column| is_value(&grid.cell(below, column)))
}

/// Signs that start comments, the longer ones first.
pub(super) const COMMENT_SIGNS: [&str; 5] = ["//", "--", "#", "%", "!"];

/// A line of remarks: begins with `#` or the like and is not as wide as the table.
pub(super) fn is_comment<G: Grid>(grid: &G, row: usize, width: usize) -> bool {
    if grid.width(row) == width && width > 1 {
        return false;
    }
    let Cell::Text(text) = grid.cell(row, 0) else { return false };
    let text = text.trim_start();
    COMMENT_SIGNS.iter().any(|sign| text.strip_prefix(sign).is_some_and(|rest| *sign == "#" || rest.starts_with(' ')))
        && (width > 1 || text.starts_with("# "))
}

/// The same, where a person may have said what starts a comment.
pub(super) fn is_remark<G: Grid>(grid: &G, row: usize, width: usize, told: Option<&str>) -> bool {
    match told {
        None => is_comment(grid, row, width),
        Some("") => false,
        Some(sign) => matches!(grid.cell(row, 0), Cell::Text(text) if text.trim_start().starts_with(sign)),
    }
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

/// `# time, value` over rows without a `#`: the names stand in the last remark.
fn uncomment<G: Grid>(grid: &G, row: usize, names: &mut [String]) {
    let Some(first) = names.first_mut() else { return };
    let is_remark =
        |row: usize| matches!(grid.cell(row, 0), Cell::Text(text) if text.trim_start().starts_with(['#', '%']));
    let below = row + 1..grid.n_rows().min(row + 4);
    if is_remark(row) && !below.is_empty() && !below.clone().any(is_remark) {
        let bare = first.trim_start_matches(['#', '%']).trim_start();
        // A column may be called `#`.
        if !bare.is_empty()
            && (first.starts_with("# ")
                || first.starts_with("% ")
                || first.len() > bare.len() && names_values(grid, row))
        {
            *first = bare.to_owned();
        }
    }
}

fn names_values<G: Grid>(grid: &G, row: usize) -> bool {
    row + 1 < grid.n_rows() && is_value(&grid.cell(row + 1, 0))
}

/// A value rather than a word.
pub(super) fn is_value(cell: &Cell<'_>) -> bool {
    matches!(looks(cell), Looks::Value | Looks::Period)
}

pub(super) fn label<G: Grid>(grid: &G, row: usize, column: usize) -> String {
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
    let lines: Vec<u64> = (0..first).filter(|&row| !grid.is_blank_row(row)).map(|row| grid.line(row)).collect();
    if !lines.is_empty() {
        warnings.push(DataWarning {
            severity: Severity::Info,
            count: Some(lines.len() as u64),
            rows: lines.iter().copied().take(5).collect(),
            fix: Some("If the column names stand in one of them, say which line is the header.".to_owned()),
            ..DataWarning::new("preamble", format!("{} above the table were left out.", lines_named(lines.len())))
        });
    }
}

/// `1 line`, `2 lines`.
pub(super) fn lines_named(n: usize) -> String {
    if n == 1 { "1 line".to_owned() } else { format!("{n} lines") }
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
