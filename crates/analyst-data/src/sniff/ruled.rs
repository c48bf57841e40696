//! Tables drawn with lines, as reports, databases' command lines, SAP lists and Markdown have them.
//!
//! The drawing is taken away and every cell is trimmed; lines of prose around the table stay as they are.

/// How a table is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ruled {
    /// `| a | b |`
    Bordered,
    /// ` a | b ` with a rule `---+---`
    Between,
}

const MAX_SAMPLE: usize = 400;

/// Finds out whether the text draws its table.
pub(crate) fn find(text: &str) -> Option<Ruled> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(MAX_SAMPLE).collect();
    let n_rules = lines.iter().filter(|line| is_rule(line)).count();
    let bordered: Vec<usize> = lines
        .iter()
        .filter(|line| !is_rule(line) && line.starts_with(is_bar) && line.ends_with(is_bar) && line.chars().count() > 2)
        .map(|line| line.chars().filter(|&c| is_bar(c)).count())
        .collect();
    if bordered.len() >= 2 && (bordered.len() + n_rules) * 10 >= lines.len() * 6 {
        let is_even = bordered.iter().all(|n| *n == bordered[0]);
        return (n_rules > 0 || (is_even && bordered[0] > 2)).then_some(Ruled::Bordered);
    }
    let joins = |line: &str| line.matches(['+', '┼']).count();
    let between = lines.windows(3).any(|three| {
        let bars = |line: &str| line.chars().filter(|&c| is_bar(c)).count();
        is_rule(three[1])
            && joins(three[1]) > 0
            && joins(three[1]) == bars(three[0])
            && joins(three[1]) == bars(three[2])
    });
    between.then_some(Ruled::Between)
}

fn is_bar(c: char) -> bool {
    matches!(c, '|' | '│' | '┃' | '║')
}

/// A line of dashes, with the signs where rules meet.
pub(crate) fn is_rule(line: &str) -> bool {
    let mut n_dashes = 0;
    for c in line.chars() {
        match c {
            '-' | '=' | '─' | '━' | '═' | '_' => n_dashes += 1,
            '+' | ':' | ' ' => {}
            c if is_bar(c) || ('─'..='╿').contains(&c) => {}
            _ => return false,
        }
    }
    n_dashes >= 3
}

/// The cells of a line of the table; `None` when the line is a rule.
pub(crate) fn cells(line: &str, ruled: Ruled) -> Option<Vec<String>> {
    let line = line.trim();
    if is_rule(line) {
        return None;
    }
    let inner = match line.strip_prefix(is_bar) {
        Some(rest) if ruled == Ruled::Bordered => rest.strip_suffix(is_bar).unwrap_or(rest),
        _ => line,
    };
    let mut cells = vec![String::new()];
    let mut letters = inner.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == '\\' && letters.peek() == Some(&'|') {
            letters.next();
            cells.last_mut().expect("BUG: there is always a cell").push('|');
        } else if is_bar(letter) {
            cells.push(String::new());
        } else {
            cells.last_mut().expect("BUG: there is always a cell").push(letter);
        }
    }
    Some(cells.iter().map(|cell| plain(cell).to_owned()).collect())
}

/// Without Markdown's signs for bold and code around the whole cell.
fn plain(cell: &str) -> &str {
    let cell = cell.trim();
    for mark in ["**", "__", "`"] {
        let inner = cell.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark));
        if let Some(inner) = inner.filter(|inner| !inner.is_empty() && !inner.contains(mark)) {
            return inner.trim();
        }
    }
    cell
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawings_are_recognised() {
        assert_eq!(find("| a | b |\n|---|--:|\n| 1 | 2 |\n"), Some(Ruled::Bordered));
        assert_eq!(find("+---+---+\n| a | b |\n+---+---+\n| 1 | 2 |\n+---+---+\n"), Some(Ruled::Bordered));
        assert_eq!(find(" id | n\n----+---\n  1 | 2\n(1 row)\n"), Some(Ruled::Between));
        assert_eq!(find("a|b\n1|2\n3|4\n"), None);
        assert_eq!(find("a,b\n1,2\n"), None);
    }

    #[test]
    fn cells_are_taken_out_of_the_drawing() {
        assert_eq!(cells("| **a** |  | c \\| d |", Ruled::Bordered).unwrap(), ["a", "", "c | d"]);
        assert_eq!(cells("||x|", Ruled::Bordered).unwrap(), ["", "x"]);
        assert_eq!(cells("|---|:--:|", Ruled::Bordered), None);
        assert_eq!(cells("(2 rows)", Ruled::Bordered).unwrap(), ["(2 rows)"]);
    }
}
