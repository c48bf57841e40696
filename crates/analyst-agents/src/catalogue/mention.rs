//! `@agent` in a question. E-mail addresses, domains and anything quoted or in code are no mentions.

use std::ops::Range;

use super::Agent;

/// How alike a name must be, from 0 to 1, to be offered as the one that was meant.
const NEAR: f64 = 0.5;
/// Pairs of characters between which text is quoted.
const QUOTES: [(char, char); 5] = [('"', '"'), ('`', '`'), ('“', '”'), ('«', '»'), ('„', '“')];

/// One `@name`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mention<'a> {
    /// Without the `@`.
    pub name: &'a str,
    /// Where it stands, the `@` included.
    pub range: Range<usize>,
}

/// All mentions, in order.
pub(super) fn mentions(text: &str) -> Vec<Mention<'_>> {
    let mut found = Vec::new();
    let mut closing: Option<char> = None;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        match closing {
            Some(end) if c == end => closing = None,
            Some(_) => {}
            None if c == '@' && opens(before) => found.extend(mention_at(text, at)),
            None => closing = closing_quote(c, before, &text[at + c.len_utf8()..]),
        }
        before = c;
    }
    found
}

/// The question as it is without its mentions.
pub fn without_mentions(text: &str) -> String {
    let mut rest = String::with_capacity(text.len());
    let mut from = 0;
    for mention in mentions(text) {
        rest.push_str(text[from..mention.range.start].trim_end_matches([' ', '\t']));
        if !rest.is_empty() && !rest.ends_with('\n') {
            rest.push(' ');
        }
        from = mention.range.end;
        from += text[from..].len() - text[from..].trim_start_matches([' ', '\t', ',', ':', ';']).len();
    }
    rest.push_str(&text[from..]);
    rest.trim().to_owned()
}

/// A name as catalogues write it.
pub(super) fn normal(name: &str) -> String {
    name.trim().trim_start_matches('@').to_lowercase().replace(['-', ' '], "_")
}

/// The most similar name, if any is similar.
pub(super) fn nearest<'a>(name: &str, agents: impl Iterator<Item = &'a Agent>) -> Option<String> {
    let wanted = normal(name);
    let short = |own: &str| own.trim_end_matches("_agent").to_owned();
    agents
        .map(|agent| agent.template.template_name.as_str())
        .map(|own| {
            let likeness = strsim::normalized_damerau_levenshtein(&wanted, own);
            (likeness.max(strsim::normalized_damerau_levenshtein(&wanted, &short(own))), own)
        })
        .filter(|(likeness, _)| *likeness >= NEAR)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, own)| own.to_owned())
}

/// Whether a mention may follow this character: not in the middle of an address.
fn opens(before: char) -> bool {
    !(before.is_alphanumeric() || matches!(before, '_' | '.' | '-' | '+' | '%' | '@' | '/' | '\\'))
}

fn mention_at(text: &str, at: usize) -> Option<Mention<'_>> {
    let rest = &text[at + 1..];
    let len = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-'))).unwrap_or(rest.len());
    let mut after = rest[len..].chars();
    let address = match after.next() {
        Some('@') => true,
        Some('.') => after.next().is_some_and(char::is_alphanumeric),
        _ => false,
    };
    let name = &rest[..len];
    let named = name.starts_with(char::is_alphabetic);
    (named && !address).then(|| Mention { name, range: at..at + 1 + len })
}

/// A quote opens only when it closes again; an apostrophe never does.
fn closing_quote(c: char, before: char, rest: &str) -> Option<char> {
    let (_, end) = QUOTES.into_iter().find(|(start, _)| *start == c)?;
    let opens = c != end || !before.is_alphanumeric();
    (opens && rest.contains(end)).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::super::{BUILTIN_AGENTS, Catalogue};
    use super::*;
    use crate::AgentError;

    #[test]
    fn mentions_are_found_where_a_person_means_one() {
        let cases: &[(&str, &[&str])] = &[
            ("@data_viz_agent plot sales", &["data_viz_agent"]),
            ("plot sales, @data_viz!", &["data_viz"]),
            ("(@a) then @b.", &["a", "b"]),
            ("@a@b", &[]),
            ("mail to jane@example.com", &[]),
            ("see @example.com", &[]),
            ("what does \"@data_viz\" mean and @qa", &["qa"]),
            ("`@x` “@y” «@z» @w", &["w"]),
            ("it's @a's turn", &["a"]),
            ("5\" pipe @a", &["a"]),
            ("the price @ 5", &[]),
            ("@5", &[]),
            ("größer? @Daten-Bild", &["Daten-Bild"]),
            ("", &[]),
        ];
        for (text, expected) in cases {
            let names: Vec<&str> = mentions(text).into_iter().map(|mention| mention.name).collect();
            assert_eq!(names, *expected, "{text}");
        }
    }

    #[test]
    fn the_question_remains_without_its_mentions() {
        let cases = [
            ("@data_viz plot sales", "plot sales"),
            ("@a: clean, then @b plot", "clean, then plot"),
            ("plot sales @data_viz", "plot sales"),
            ("jane@example.com?", "jane@example.com?"),
        ];
        for (text, expected) in cases {
            assert_eq!(without_mentions(text), expected);
        }
    }

    #[test]
    fn agents_are_picked_in_order_by_long_or_short_name() {
        let catalogue = Catalogue::load(BUILTIN_AGENTS, None);
        let cases: &[(&str, Result<&[&str], (&str, Option<&str>)>)] = &[
            ("@data_viz then @PREPROCESSING", Ok(&["data_viz_agent", "preprocessing_agent"])),
            ("@sk-learn_agent and again @sk_learn", Ok(&["sk_learn_agent"])),
            ("no agent here", Ok(&[])),
            ("@data_vis_agent", Err(("data_vis_agent", Some("data_viz_agent")))),
            ("@statistical_analytic", Err(("statistical_analytic", Some("statistical_analytics_agent")))),
            ("@zzzzqqqq", Err(("zzzzqqqq", None))),
            // Planner variants are not for picking, switched-off ones neither.
            ("@planner_data_viz_agent", Err(("planner_data_viz_agent", Some("data_viz_agent")))),
        ];
        for (question, expected) in cases {
            let found = catalogue.mentioned(question);
            match expected {
                Ok(names) => {
                    let found: Vec<_> =
                        found.unwrap().into_iter().map(|agent| agent.template.template_name.clone()).collect();
                    assert_eq!(found, *names, "{question}");
                }
                Err((name, nearest)) => {
                    let expected =
                        AgentError::UnknownAgent { name: (*name).into(), nearest: nearest.map(str::to_owned) };
                    assert_eq!(found.unwrap_err(), expected, "{question}");
                }
            }
        }
    }
}
