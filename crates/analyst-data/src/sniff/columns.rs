//! Columns of fixed width: where they begin, and their lines rewritten as separated fields.
//!
//! A place is a border when it is blank in every line, or when a rule of dashes says so. Columns without a blank
//! between them cannot be seen; a person tells where they begin.

use super::ruled::is_rule;

const MAX_SAMPLE: usize = 400;
const LONGEST_LINE: usize = 4000;
/// So many lines make a gap of one blank more than chance.
const LINES_FOR_NARROW_GAPS: usize = 6;

/// Where columns begin, counted in characters from 0; `None` when the lines are not aligned.
pub(crate) fn find(text: &str) -> Option<Vec<u32>> {
    let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).take(MAX_SAMPLE).collect();
    if let Some(starts) = lines.iter().find_map(|line| starts_of_rule(line)) {
        return Some(starts);
    }
    let spaced: Vec<Vec<char>> = lines
        .iter()
        .filter(|line| {
            !line.contains('\t') && line.trim_start().contains("  ") && line.len() < LONGEST_LINE && !is_rule(line)
        })
        .map(|line| line.chars().collect())
        .collect();
    if spaced.len() < 3 || spaced.len() * 10 < lines.len() * 6 {
        return None;
    }
    let width = spaced.iter().map(Vec::len).max().unwrap_or(0);
    let is_blank = |line: &[char], at: usize| line.get(at).is_none_or(|c| c.is_whitespace());
    let tolerated = spaced.len() / 50;
    let gap = |lines: &[Vec<char>]| -> Vec<bool> {
        (0..width).map(|at| lines.iter().filter(|line| !is_blank(line, at)).count() <= tolerated).collect()
    };
    let (gaps, gaps_below) = (gap(&spaced), gap(&spaced[1..]));
    let mut starts = Vec::new();
    for at in 0..width {
        if gaps[at] || (at > 0 && !gaps[at - 1]) {
            continue;
        }
        let run = (0..at).rev().take_while(|&at| gaps[at]).count();
        // Names that nearly touch stand over values that do not.
        let run_below = (0..at).rev().take_while(|&at| gaps_below[at]).count()
            + (at..width).take_while(|&at| gaps_below[at]).count();
        // Numbers in a column of their own, as at the beginning of numbered lists.
        let from = starts.last().map_or(0, |&start| start as usize);
        let is_after_numbers = run == 1
            && spaced[1..].iter().all(|line| {
                let cell: String = line.iter().take(at).skip(from).collect();
                crate::infer::number::scan(cell.trim()).is_some()
            });
        let is_border =
            at == run || run >= 2 || is_after_numbers || spaced.len() >= LINES_FOR_NARROW_GAPS || run_below >= 2;
        if is_border {
            starts.push(at as u32);
        }
    }
    (starts.len() > 1).then_some(starts)
}

/// `---- ------- ---`: each run of dashes is a column.
fn starts_of_rule(line: &str) -> Option<Vec<u32>> {
    let is_made_of = |c: char| matches!(c, '-' | '=' | ' ');
    if !line.chars().all(is_made_of) {
        return None;
    }
    let runs: Vec<&str> = line.split(' ').filter(|run| !run.is_empty()).collect();
    if runs.len() < 2 || runs.iter().any(|run| run.len() < 2 && line.len() < 6) {
        return None;
    }
    let mut starts = Vec::new();
    let mut before = b' ';
    for (at, byte) in line.bytes().enumerate() {
        if byte != b' ' && before == b' ' {
            starts.push(at as u32);
        }
        before = byte;
    }
    Some(starts)
}

/// Whether the borders cut no word in nearly all lines; then a line they do cut is prose.
pub(crate) fn cut_between_words(text: &str, starts: &[u32]) -> bool {
    let lines = text.lines().filter(|line| !line.trim().is_empty()).take(MAX_SAMPLE);
    let (mut n, mut cut) = (0, 0);
    for line in lines {
        n += 1;
        cut += usize::from(cuts_word(line, starts));
    }
    cut * 10 <= n * 4
}

fn cuts_word(line: &str, starts: &[u32]) -> bool {
    let letters: Vec<char> = line.chars().collect();
    starts.iter().skip(1).any(|&start| {
        let at = start as usize;
        letters.get(at).is_some_and(|c| !c.is_whitespace()) && !letters[at - 1].is_whitespace()
    })
}

/// The cells of a line, trimmed; one cell when the line is prose.
pub(crate) fn cells<'l>(line: &'l str, starts: &[u32], keeps_prose: bool) -> Vec<&'l str> {
    if keeps_prose && cuts_word(line, starts) {
        return vec![line.trim()];
    }
    let mut places: Vec<usize> = Vec::with_capacity(starts.len() + 1);
    let mut wanted = starts.iter().skip(1).peekable();
    for (n, (at, _)) in line.char_indices().enumerate() {
        if wanted.peek() == Some(&&(n as u32)) {
            places.push(at);
            wanted.next();
        }
    }
    let mut cells = Vec::with_capacity(starts.len());
    let mut from = 0;
    for place in places.into_iter().chain([line.len()]) {
        cells.push(line[from..place].trim());
        from = place;
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aligned_columns_are_found_and_cut() {
        let text = "Name      Age  City\nAnn Lee    33  New York\nBob         4  Rome\nCy         12\n";
        let starts = find(text).unwrap();
        assert_eq!(starts.len(), 3);
        assert_eq!(cells("Ann Lee    33  New York", &starts, true), ["Ann Lee", "33", "New York"]);
        assert_eq!(find("one two\nthree four five\nsix\n"), None);
    }

    #[test]
    fn a_rule_of_dashes_says_where_columns_begin() {
        assert_eq!(find("ID   NAME\n---- ----------\n1    Ann Lee\n"), Some(vec![0, 5]));
    }

    #[test]
    fn prose_is_not_cut() {
        assert_eq!(cells("A report about everything", &[0, 5, 9], true), ["A report about everything"]);
        assert_eq!(cells("00123SMITH", &[0, 5], false), ["00123", "SMITH"]);
    }
}
