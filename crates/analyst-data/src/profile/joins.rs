//! Which columns of two tables seem to name the same things, so that the tables can be joined by them.
//!
//! Both what the columns are called and what is in them must speak for it. Row numbers from 1 to 100 occur in every
//! table that has them, so whole numbers need names that fit; texts that occur there nearly all need less of a name.

use std::path::Path;

use analyst_types::{ColumnProfile, ColumnType, JoinCandidate, Profile};
use polars::prelude::PlHashSet;

use super::hash;
use crate::DataError;
use crate::rows::table::{Cells, StoredColumn, Table};

/// Different values looked up.
const SAMPLE: usize = 2000;
/// Rows read for them.
const SAMPLE_ROWS: usize = 200_000;
/// Different values of the other column that are held.
const MAX_HELD: usize = 4_000_000;
/// Candidates told, best first.
const MAX_TOLD: usize = 20;
/// Pairs of columns whose values are compared.
const MAX_COMPARED: usize = 200;

/// A pair that names and types speak for.
struct Pair<'p> {
    other: usize,
    column: &'p ColumnProfile,
    other_column: &'p ColumnProfile,
    similarity: f64,
}

/// Columns of `table` that seem to name rows of `others` (each a name, a stored table and its profile), best first.
pub fn join_candidates(
    table: (&str, &Path, &Profile),
    others: &[(&str, &Path, &Profile)],
) -> Result<Vec<JoinCandidate>, DataError> {
    let (_, path, profile) = table;
    let mut pairs = Vec::new();
    for (other, (name, _, other_profile)) in others.iter().enumerate() {
        for column in &profile.columns {
            for other_column in &other_profile.columns {
                let similarity = similarity(&column.name, &other_column.name, table.0, name);
                if may_match(column, other_column, similarity) {
                    pairs.push(Pair { other, column, other_column, similarity });
                }
            }
        }
    }
    if pairs.is_empty() {
        return Ok(Vec::new());
    }
    pairs.sort_by(|a, b| b.similarity.total_cmp(&a.similarity));
    pairs.truncate(MAX_COMPARED);
    let here = Table::map(path)?;
    let there: Vec<Table> = others.iter().map(|(_, path, _)| Table::map(path)).collect::<Result<_, _>>()?;
    let mut found = Vec::new();
    for pair in pairs {
        let (name, _, other_profile) = others[pair.other];
        let matched_share = matched_share(
            here.column(&pair.column.name)?,
            here.n_rows(),
            there[pair.other].column(&pair.other_column.name)?,
            there[pair.other].n_rows(),
        );
        let other_is_key = is_key(pair.other_column, other_profile);
        let score = pair.similarity + matched_share + if other_is_key { 0.5 } else { 0.0 };
        if is_convincing(&pair, matched_share, other_is_key) {
            let candidate = JoinCandidate {
                column: pair.column.name.clone(),
                other_dataset: name.to_owned(),
                other_column: pair.other_column.name.clone(),
                matched_share,
                other_is_key,
            };
            found.push((score, candidate));
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.truncate(MAX_TOLD);
    Ok(found.into_iter().map(|(_, candidate)| candidate).collect())
}

fn is_key(column: &ColumnProfile, profile: &Profile) -> bool {
    profile.keys.iter().any(|key| key.as_slice() == [column.name.as_str()])
}

/// Worth comparing values for.
fn may_match(column: &ColumnProfile, other: &ColumnProfile, similarity: f64) -> bool {
    let joinable = |kind| matches!(kind, ColumnType::Integer | ColumnType::Text | ColumnType::Categorical);
    let is_text = |kind| matches!(kind, ColumnType::Text | ColumnType::Categorical);
    let same_kind = column.kind == other.kind || (is_text(column.kind) && is_text(other.kind));
    let enough = column.distinct >= 2 && other.distinct >= 2;
    let is_named = similarity >= 0.8;
    let could_be_text = is_text(column.kind) && other.distinct >= 10 && column.distinct >= 10;
    joinable(column.kind) && same_kind && enough && (is_named || could_be_text) && ranges_meet(column, other)
}

fn ranges_meet(column: &ColumnProfile, other: &ColumnProfile) -> bool {
    let bounds = |column: &ColumnProfile| Some((column.min.as_f64()?, column.max.as_f64()?));
    match (bounds(column), bounds(other)) {
        (Some((least, most)), Some((other_least, other_most))) => least <= other_most && other_least <= most,
        _ => true,
    }
}

fn is_convincing(pair: &Pair<'_>, matched_share: f64, other_is_key: bool) -> bool {
    match pair.column.kind {
        // Small whole numbers are in every table: the name must say what they number.
        ColumnType::Integer => pair.similarity >= 0.9 && matched_share >= 0.5,
        _ if pair.similarity >= 0.8 => matched_share >= 0.3,
        _ => matched_share >= 0.9 && other_is_key,
    }
}

/// Words of a name, without case and the endings of plurals.
fn words(name: &str) -> Vec<String> {
    let mut spaced = String::new();
    let mut before = ' ';
    for letter in name.chars() {
        if letter.is_uppercase() && before.is_lowercase() {
            spaced.push(' ');
        }
        spaced.extend(letter.to_lowercase());
        before = letter;
    }
    let singular = |word: &str| {
        let cut = if word.ends_with("ies") && word.len() > 4 {
            return format!("{}y", &word[..word.len() - 3]);
        } else if word.ends_with('s') && !word.ends_with("ss") && word.len() > 3 {
            &word[..word.len() - 1]
        } else {
            word
        };
        match cut {
            "no" | "nr" | "num" | "number" | "key" | "identifier" => "id".to_owned(),
            other => other.to_owned(),
        }
    };
    spaced.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(singular).collect()
}

/// How much two columns are called alike, 0 to 1: `customer_id` is also the `id` of `customers`.
fn similarity(column: &str, other_column: &str, table: &str, other_table: &str) -> f64 {
    let (a, b) = (words(column), words(other_column));
    let generic = |words: &[String]| matches!(words, [one] if matches!(one.as_str(), "id" | "code" | "name" | "uuid"));
    if generic(&a) && generic(&b) {
        // Each table numbers its own rows.
        return if words(table) == words(other_table) { 0.9 } else { 0.3 };
    }
    let with_table = |generic: &[String], table: &str, full: &[String]| {
        let whole: Vec<String> = words(table).into_iter().chain(generic.iter().cloned()).collect();
        let of_last_word = words(table).into_iter().next_back().into_iter().chain(generic.iter().cloned());
        full == whole || of_last_word.eq(full.iter().cloned())
    };
    if a == b || (generic(&b) && with_table(&b, other_table, &a)) || (generic(&a) && with_table(&a, table, &b)) {
        return 1.0;
    }
    // `ship_country` is a `country`, and `country_code` says more than `country` does.
    let (short, long) = if a.len() < b.len() { (&a, &b) } else { (&b, &a) };
    if !short.is_empty() && !generic(short) && long.ends_with(short) {
        return 0.9;
    }
    strsim::normalized_levenshtein(&a.join(" "), &b.join(" ")) * 0.89
}

fn matched_share(column: &StoredColumn, n_rows: usize, other: &StoredColumn, other_rows: usize) -> f64 {
    let Some(sample) = hashes(column, n_rows, SAMPLE_ROWS, SAMPLE) else { return 0.0 };
    let Some(held) = hashes(other, other_rows, usize::MAX, MAX_HELD) else { return 0.0 };
    if sample.is_empty() { 0.0 } else { sample.intersection(&held).count() as f64 / sample.len() as f64 }
}

/// Hashes of up to `limit` different values out of `n_read` rows spread over the column.
fn hashes(column: &StoredColumn, n_rows: usize, n_read: usize, limit: usize) -> Option<PlHashSet<u64>> {
    let hash: Box<dyn Fn(usize) -> u64 + '_> = match column.cells() {
        Cells::Integer(values) => Box::new(|row| values.value(row) as u64),
        Cells::Text(texts) => Box::new(move |row| hash::text(texts.get(row))),
        _ => return None,
    };
    let mut seen = PlHashSet::default();
    for row in (0..n_rows).step_by(n_rows.div_ceil(n_read.min(n_rows).max(1)).max(1)) {
        if !column.is_missing(row) {
            seen.insert(hash(row));
        }
        if seen.len() >= limit {
            break;
        }
    }
    Some(seen)
}

#[cfg(test)]
mod tests {
    use analyst_types::{FileKind, Format};
    use polars::prelude::*;

    use super::*;

    struct Stored {
        dir: tempfile::TempDir,
    }

    impl Stored {
        fn profile(&self, name: &str, frame: PolarsResult<DataFrame>) -> (std::path::PathBuf, Profile) {
            let path = self.dir.path().join(format!("{name}.arrow"));
            crate::store::write_arrow(&mut frame.unwrap(), &path).unwrap();
            let profile = crate::profile(&path, name, Format::of(FileKind::Csv), vec![]).unwrap();
            (path, profile)
        }
    }

    #[test]
    fn foreign_keys_are_found_and_row_numbers_are_not() {
        let stored = Stored { dir: tempfile::tempdir().unwrap() };
        let n = 60i64;
        let codes: Vec<String> = (0..n).map(|at| format!("AB{:03}", at % 30)).collect();
        let (path, orders) = stored.profile(
            "orders",
            df!(
                "id" => (1..=n).collect::<Vec<_>>(), "customer_id" => (0..n).map(|at| at % 20 + 1).collect::<Vec<_>>(),
                "units" => (0..n).map(|at| at % 7 + 1).collect::<Vec<_>>(), "article" => &codes,
            ),
        );
        let names: Vec<String> = (0..25).map(|at| format!("Person {at}")).collect();
        let (customers_path, customers) =
            stored.profile("customers", df!("id" => (1..=25i64).collect::<Vec<_>>(), "name" => &names));
        let all_codes: Vec<String> = (0..40).map(|at| format!("AB{at:03}")).collect();
        let (stock_path, stock) =
            stored.profile("stock", df!("sku" => &all_codes, "pieces" => (1..=40i64).collect::<Vec<_>>()));
        let others = [("customers", customers_path.as_path(), &customers), ("stock", stock_path.as_path(), &stock)];
        let found = join_candidates(("orders", &path, &orders), &others).unwrap();
        let told: Vec<_> = found
            .iter()
            .map(|c| (c.column.as_str(), c.other_dataset.as_str(), c.other_column.as_str(), c.matched_share))
            .collect();
        assert_eq!(told, [("customer_id", "customers", "id", 1.0), ("article", "stock", "sku", 1.0)]);
        assert!(found.iter().all(|candidate| candidate.other_is_key));
    }

    #[test]
    fn names_are_compared_by_their_words() {
        assert_eq!(similarity("CustomerID", "customer_id", "a", "b"), 1.0);
        assert_eq!(similarity("customer_no", "id", "orders", "customers"), 1.0);
        assert_eq!(similarity("country", "ship_country", "a", "b"), 0.9);
        assert!(similarity("id", "id", "orders", "customers") < 0.5);
        assert!(similarity("price", "units", "a", "b") < 0.5);
    }
}
