//! One category in several spellings: "North", "north ", "Nörth".

use std::collections::HashMap;

use analyst_types::{ColumnProfile, DataWarning};

use super::{Look, warning};
use crate::rows::distinct::distinct;
use crate::rows::table::{Kind, StoredColumn};

/// With more different values a column is no set of categories.
const MAX_VALUES: u64 = 500;
/// Each value of a category stands in so many rows on average.
const MIN_REPEATS: u64 = 3;
/// A rare spelling that differs by one letter from a frequent one is a slip when it is this many times rarer.
const RARER: u64 = 20;
/// Shorter words may differ by a letter and mean something else.
const LONG_WORD: usize = 6;
const LISTED: usize = 4;

pub(super) fn find(look: &Look<'_>) -> Vec<DataWarning> {
    look.columns().filter_map(|(column, profile)| in_column(look, column, profile)).collect()
}

fn in_column(look: &Look<'_>, column: &StoredColumn, profile: &ColumnProfile) -> Option<DataWarning> {
    let n_values = look.n_rows() as u64 - profile.nulls;
    let is_category = column.kind() == Kind::Text
        && (2..=MAX_VALUES).contains(&profile.distinct)
        && profile.distinct * MIN_REPEATS <= n_values
        && profile.lengths.is_some_and(|lengths| lengths.max <= 80);
    if !is_category {
        return None;
    }
    let values: Vec<(String, u64)> = distinct(column, look.n_rows(), "", MAX_VALUES as usize)
        .into_iter()
        .filter_map(|top| Some((top.value.as_str()?.to_owned(), top.count)))
        .collect();
    let pairs: Vec<(&str, &str)> = variants(&values);
    let rare: Vec<&str> = pairs.iter().map(|(_, rare)| *rare).collect();
    if rare.is_empty() {
        return None;
    }
    let texts = super::sample::all(column)?;
    let rows = look.rows_where(|row| !column.is_missing(row) && rare.contains(&texts.get(row)));
    let listed: Vec<String> =
        pairs.iter().take(LISTED).map(|(usual, rare)| format!("{rare:?} beside {usual:?}")).collect();
    let message = format!("{:?} seems to spell the same value in several ways: {}.", column.name, listed.join(", "));
    let fix = "Bring the spellings to one before grouping or counting by the column.";
    Some(warning("spelling_variants", message, fix, vec![column.name.clone()], rows))
}

/// Pairs of a usual and a rare spelling. `values` are in order of frequency.
fn variants(values: &[(String, u64)]) -> Vec<(&str, &str)> {
    let mut usual: HashMap<String, (&str, u64)> = HashMap::new();
    let mut pairs = Vec::new();
    let mut apart = Vec::new();
    for (value, count) in values {
        let plain = plain(value);
        if plain.is_empty() {
            continue;
        }
        match usual.get(&plain) {
            Some((known, _)) if means_the_same(known, value) => pairs.push((*known, value.as_str())),
            Some(_) => {}
            None => {
                usual.insert(plain.clone(), (value, *count));
                apart.push((plain, value.as_str(), *count));
            }
        }
    }
    for (at, (plain, value, count)) in apart.iter().enumerate() {
        let slip = apart[..at]
            .iter()
            .filter(|(_, _, more)| *more >= RARER * count)
            .find(|(usual, _, _)| is_slip_of(plain, usual));
        pairs.extend(slip.map(|(_, known, _)| (*known, *value)));
    }
    pairs
}

/// Codes of one or two letters may differ by case alone: `m` and `M` are metres and mega.
fn means_the_same(a: &str, b: &str) -> bool {
    a.trim().chars().count() > 2 || a.trim() == b.trim()
}

/// Without case, accents, and what stands between words.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' => plain.push('a'),
            'é' | 'è' | 'ê' | 'ë' => plain.push('e'),
            'í' | 'ì' | 'î' | 'ï' => plain.push('i'),
            'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' => plain.push('o'),
            'ú' | 'ù' | 'û' | 'ü' => plain.push('u'),
            'ñ' => plain.push('n'),
            'ç' => plain.push('c'),
            'ß' => plain.push_str("ss"),
            '\u{300}'..='\u{36f}' | '\u{200b}' | '\u{feff}' => {}
            letter if letter.is_whitespace() || matches!(letter, '_' | '-' | '.') => {
                if !plain.is_empty() && !plain.ends_with(' ') {
                    plain.push(' ');
                }
            }
            letter => plain.push(letter),
        }
    }
    plain.truncate(plain.trim_end().len());
    plain
}

fn is_slip_of(rare: &str, usual: &str) -> bool {
    let is_word = |text: &str| text.chars().count() >= LONG_WORD && !text.contains(|c: char| c.is_numeric());
    let same_start = rare.chars().next() == usual.chars().next();
    is_word(rare) && is_word(usual) && same_start && strsim::osa_distance(rare, usual) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_are_held_together_and_different_words_apart() {
        let of = |values: &[(&str, u64)]| -> Vec<(String, String)> {
            let values: Vec<(String, u64)> = values.iter().map(|(text, n)| ((*text).to_owned(), *n)).collect();
            variants(&values).into_iter().map(|(a, b)| (a.to_owned(), b.to_owned())).collect()
        };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let north = of(&[("North", 90), ("South", 80), ("north ", 3), ("Nörth", 1)]);
        assert_eq!(north, [pair("North", "north "), pair("North", "Nörth")]);
        assert_eq!(of(&[("Marketing", 200), ("Marekting", 1)]), [pair("Marketing", "Marekting")]);
        assert!(of(&[("Zambia", 50), ("Gambia", 1), ("Type A", 80), ("Type 1", 60), ("Type 2", 1)]).is_empty());
        assert!(of(&[("M", 50), ("m", 30), ("Iran", 100), ("Iraq", 1), ("C", 9), ("C++", 8), ("C#", 3)]).is_empty());
    }
}
