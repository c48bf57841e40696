//! Python text: lines, imports, and literals that cannot break out of their quotation marks.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value;

/// A cell being written.
#[derive(Debug, Default)]
pub(in super::super) struct Script {
    imports: BTreeSet<&'static str>,
    lines: Vec<String>,
}

impl Script {
    /// An import line, written once and first.
    pub(super) fn import(&mut self, line: &'static str) {
        self.imports.insert(line);
    }

    /// A line, or several.
    pub(super) fn line(&mut self, line: impl AsRef<str>) {
        self.lines.extend(line.as_ref().lines().map(str::to_owned));
    }

    /// A comment, with an empty line before.
    pub(super) fn comment(&mut self, text: &str) {
        if !self.lines.is_empty() {
            self.lines.push(String::new());
        }
        self.lines.push(format!("# {}", one_line(text)));
    }

    /// `metric(name, expression)`.
    pub(super) fn metric(&mut self, name: &str, expression: &str) {
        self.lines.push(format!("metric({}, {expression})", quote(name)));
    }

    /// The whole cell.
    pub(super) fn finish(self) -> String {
        let mut text = String::new();
        for import in &self.imports {
            let _ = writeln!(text, "{import}");
        }
        if !self.imports.is_empty() {
            text.push('\n');
        }
        text.push_str(&self.lines.join("\n"));
        text.push('\n');
        text
    }
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A Python string literal.
pub(in super::super) fn quote(text: &str) -> String {
    let mut literal = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            c if c.is_control()
                || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
            {
                let _ = write!(literal, "\\u{:04x}", u32::from(c));
            }
            c => literal.push(c),
        }
    }
    literal.push('"');
    literal
}

/// A Python list of string literals.
pub(in super::super) fn quote_list(names: &[String]) -> String {
    format!("[{}]", names.iter().map(|n| quote(n)).collect::<Vec<_>>().join(", "))
}

/// A Python literal of a JSON scalar.
pub(super) fn literal(value: &Value) -> String {
    match value {
        Value::String(text) => quote(text),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Null => "None".to_owned(),
        other => other.to_string(),
    }
}

/// A column of the working copy.
pub(super) fn column(name: &str) -> String {
    format!("data[{}]", quote(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_out_of_their_quotation_marks() {
        assert_eq!(quote("a\"]; import os #\n\\"), r#""a\"]; import os #\n\\""#);
        assert_eq!(quote("a\u{202e}b"), "\"a\\u202eb\"");
    }
}
