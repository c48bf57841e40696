//! What a column's name says about its values.

/// The words of a name, in lower case: `customerAge_years` is `customer`, `age`, `years`.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for letter in name.chars() {
        let begins = letter.is_uppercase() && before.is_lowercase();
        if (begins || !letter.is_alphanumeric()) && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether one of the words is in the name.
pub(super) fn has_word(name: &str, wanted: &[&str]) -> bool {
    words(name).iter().any(|word| wanted.contains(&word.as_str()))
}

/// Whether the name ends in one of the words, or is one written together.
pub(super) fn ends_in(name: &str, wanted: &[&str]) -> bool {
    let whole = name.to_lowercase();
    wanted.contains(&whole.as_str()) || words(name).last().is_some_and(|word| wanted.contains(&word.as_str()))
}

/// Amounts that are negative only when something is cancelled, or wrong.
pub(super) const AMOUNTS: &[&str] = &[
    "amount", "price", "cost", "costs", "revenue", "sales", "qty", "quantity", "units", "weight", "height", "length",
    "distance", "salary", "income", "wage", "fare", "fee", "betrag", "preis", "menge", "umsatz", "gewicht", "kosten",
    "montant", "prix",
];
