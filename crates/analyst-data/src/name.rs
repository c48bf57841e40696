//! Names: of tables, as SQL and Python can use them, and of columns, as different from each other.

use std::collections::HashSet;

/// Words that neither language lets be a plain name, in lower case; `df` is taken for the first dataset.
const RESERVED: &[&str] = &[
    "false",
    "none",
    "true",
    "and",
    "as",
    "assert",
    "async",
    "await",
    "break",
    "class",
    "continue",
    "def",
    "del",
    "elif",
    "else",
    "except",
    "finally",
    "for",
    "from",
    "global",
    "if",
    "import",
    "in",
    "is",
    "lambda",
    "nonlocal",
    "not",
    "or",
    "pass",
    "raise",
    "return",
    "try",
    "while",
    "with",
    "yield",
    "match",
    "case",
    "type",
    "all",
    "any",
    "between",
    "by",
    "create",
    "cross",
    "date",
    "delete",
    "desc",
    "asc",
    "distinct",
    "drop",
    "end",
    "exists",
    "full",
    "group",
    "having",
    "inner",
    "insert",
    "interval",
    "into",
    "join",
    "left",
    "like",
    "limit",
    "natural",
    "null",
    "offset",
    "on",
    "order",
    "outer",
    "over",
    "partition",
    "right",
    "row",
    "rows",
    "select",
    "set",
    "table",
    "then",
    "time",
    "timestamp",
    "to",
    "union",
    "unique",
    "unnest",
    "update",
    "using",
    "values",
    "when",
    "where",
    "window",
    "view",
    "index",
    "column",
    "df",
    "np",
    "pd",
    "px",
    "go",
    "plt",
    "sns",
    "display",
    "image",
    "metric",
    "show",
    "text",
    "print",
    "list",
    "dict",
    "int",
    "str",
    "float",
    "len",
    "sum",
    "min",
    "max",
    "open",
    "file",
    "id",
    "input",
    "map",
    "filter",
    "range",
    "round",
    "sorted",
    "object",
    "result",
];
const LONGEST_NAME: usize = 63;
/// Longer names of columns are cut: some files have whole questions, or a broken line, for a name.
const LONGEST_COLUMN_NAME: usize = 255;

/// A valid identifier made of any text: `sales 2024` becomes `sales_2024`, `2024` becomes `t_2024`. What is valid
/// already is kept.
pub fn identifier(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_alphabetic() || letter.is_ascii_digit() || letter == '_' {
            name.push(letter);
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    if name != text {
        name.truncate(name.trim_end_matches('_').len());
    }
    let name: String = name.chars().take(LONGEST_NAME).collect();
    match name.chars().next() {
        None => "table_1".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("t_{name}"),
        Some(_) if RESERVED.contains(&name.to_lowercase().as_str()) => format!("{name}_data"),
        Some(_) => name,
    }
}

/// `name`, or `name_2`, `name_3`, …: the first that `taken` does not have.
pub fn unique_identifier(name: &str, taken: &HashSet<String>) -> String {
    if !taken.contains(name) {
        return name.to_owned();
    }
    (2..).map(|n| format!("{name}_{n}")).find(|name| !taken.contains(name)).expect("BUG: numbers do not end")
}

/// Column names without blanks at the ends and invisible signs, none empty, none twice.
pub(crate) fn unique_columns(names: &[String]) -> Vec<String> {
    let cleaned: Vec<String> = names
        .iter()
        .enumerate()
        .map(|(index, name)| {
            let name = visible(name);
            if name.is_empty() { format!("column_{}", index + 1) } else { name }
        })
        .collect();
    let wanted: HashSet<String> = cleaned.iter().cloned().collect();
    let mut taken: HashSet<String> = HashSet::with_capacity(cleaned.len());
    cleaned
        .into_iter()
        .map(|name| {
            let unique = if taken.contains(&name) {
                (2..)
                    .map(|n| format!("{name}_{n}"))
                    .find(|candidate| !taken.contains(candidate) && !wanted.contains(candidate))
                    .expect("BUG: numbers do not end")
            } else {
                name
            };
            taken.insert(unique.clone());
            unique
        })
        .collect()
}

/// The text without control characters, zero-width signs and marks that turn the direction of writing, letters and their
/// accents put together, and not too long.
fn visible(text: &str) -> String {
    let is_hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{AD}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
    };
    let cleaned: String = text
        .chars()
        .map(|c| if c == '\n' || c == '\t' || c == '\r' { ' ' } else { c })
        .filter(|&c| !is_hidden(c))
        .collect();
    crate::compose::composed(cleaned.trim()).chars().take(LONGEST_COLUMN_NAME).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_becomes_an_identifier() {
        let cases = [
            ("sales 2024", "sales_2024"),
            ("Sales-2024 (final)", "Sales_2024_final"),
            ("2024", "t_2024"),
            ("", "table_1"),
            ("---", "table_1"),
            ("class", "class_data"),
            ("select", "select_data"),
            ("df", "df_data"),
            ("Umsätze", "Umsätze"),
            ("a__b", "a__b"),
            ("\"; DROP TABLE x", "DROP_TABLE_x"),
            ("m² total", "m_total"),
        ];
        for (text, expected) in cases {
            assert_eq!(identifier(text), expected, "{text:?}");
        }
        assert!(identifier(&"x".repeat(10_000)).len() <= LONGEST_NAME);
    }

    #[test]
    fn column_names_are_made_different() {
        let names = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        assert_eq!(unique_columns(&names(&["a", "a", "", " b ", "a_2"])), ["a", "a_3", "column_3", "b", "a_2"]);
        assert_eq!(unique_columns(&names(&["x\u{202E}y", "x\ny"])), ["xy", "x y"]);
        assert_eq!(unique_columns(&names(&["caf\u{e9}", "cafe\u{301}"])), ["café", "café_2"]);
        assert_eq!(unique_columns(&[&*"x".repeat(1000)].map(str::to_owned))[0].len(), LONGEST_COLUMN_NAME);
    }
}
