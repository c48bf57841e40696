//! Lines that are remarks: what starts them, and which rows they are.
//!
//! A remark is told by its sign and by its width, which is not that of the table; once a file shows that it has remarks,
//! rows of the table's width with the same sign are remarks too.

use super::LayoutHints;
use super::header::{SAMPLE_ROWS, usual_width};
use super::looks::{is_value, label};
use crate::grid::{Cell, Grid};

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

pub(super) fn comment_above<G: Grid>(grid: &G, end: usize, width: usize, hints: LayoutHints<'_>) -> Option<String> {
    let row = (0..end).find(|&row| is_remark(grid, row, width, hints.comment))?;
    let text = label(grid, row, 0);
    hints
        .comment
        .map(str::to_owned)
        .or_else(|| COMMENT_SIGNS.iter().find(|sign| text.starts_with(**sign)).map(|sign| (*sign).to_owned()))
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

/// `# time, value` over rows without a `#`: the names stand in the last remark.
pub(super) fn uncomment<G: Grid>(grid: &G, row: usize, names: &mut [String]) {
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
