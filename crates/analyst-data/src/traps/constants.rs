//! Columns that say nothing.

use analyst_types::{ColumnProfile, DataWarning};

use super::{Look, info};

/// In fewer rows, the same value everywhere is no surprise.
const MANY_ROWS: usize = 10;

pub(super) fn find(look: &Look<'_>) -> Vec<DataWarning> {
    let mut warnings = Vec::new();
    let n_rows = look.n_rows() as u64;
    let named = |wanted: &dyn Fn(&ColumnProfile) -> bool| -> Vec<String> {
        look.found.columns.iter().filter(|profile| wanted(profile)).map(|profile| profile.name.clone()).collect()
    };
    let empty = named(&|profile| profile.nulls == n_rows);
    if !empty.is_empty() {
        let message = format!("Nothing stands in {}.", listed(&empty));
        warnings.push(info("empty_columns", message, "Leave the column out, or ask where its values are.", empty));
    }
    let constant = named(&|profile| profile.nulls == 0 && profile.distinct == 1);
    if look.n_rows() >= MANY_ROWS && !constant.is_empty() {
        let message = format!("The same value stands in every row of {}.", listed(&constant));
        warnings.push(info("constant_columns", message, "Leave the column out: it tells no rows apart.", constant));
    }
    warnings
}

fn listed(names: &[String]) -> String {
    const SHOWN: usize = 10;
    match names.len() {
        0..=SHOWN => names.join(", "),
        n => format!("{} and {} more columns", names[..SHOWN].join(", "), n - SHOWN),
    }
}
