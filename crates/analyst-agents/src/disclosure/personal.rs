//! Personal data by its shape. What is found is hidden; that nothing is found proves nothing, so this can only lower
//! what is shown.

use std::sync::OnceLock;

use regex::Regex;

/// What stands for personal data.
const HIDDEN: &str = "‹hidden›";

/// The text with e-mail addresses, account, card and telephone numbers hidden.
pub(super) fn without_personal(text: &str) -> String {
    type Shape = (Regex, fn(&str) -> bool);
    static SHAPES: OnceLock<Vec<Shape>> = OnceLock::new();
    let shapes = SHAPES.get_or_init(|| {
        let shape = |pattern: &str| Regex::new(pattern).expect("BUG: the pattern is a literal");
        vec![
            (shape(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"), |_| true),
            (shape(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"), is_iban),
            (shape(r"\b\d(?:[ -]?\d){12,18}\b"), is_card),
            (shape(r"(?:\+|\b00)\d(?:[ ()/.-]{0,2}\d){6,14}\b"), |_| true),
            (shape(r"\b\d{3}-\d{2}-\d{4}\b"), |_| true),
        ]
    });
    shapes.iter().fold(text.to_owned(), |text, (shape, holds)| {
        let hide = |found: &regex::Captures| if holds(&found[0]) { HIDDEN.to_owned() } else { found[0].to_owned() };
        shape.replace_all(&text, hide).into_owned()
    })
}

/// Whether a text holds any of it.
pub(super) fn is_personal(text: &str) -> bool {
    without_personal(text) != text
}

/// ISO 13616: rearranged, letters as 10 to 35, the number is 1 modulo 97.
fn is_iban(text: &str) -> bool {
    let compact: String = text.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    let rearranged = compact[4..].chars().chain(compact[..4].chars());
    let remainder = rearranged.filter_map(|c| c.to_digit(36)).fold(0u32, |rest, digit| {
        let shift = if digit > 9 { 100 } else { 10 };
        (rest * shift + digit) % 97
    });
    remainder == 1
}

/// ISO/IEC 7812 (Luhn): every second digit from the right doubled, the sum of digits divides by ten.
fn is_card(text: &str) -> bool {
    let digits = text.chars().rev().filter_map(|c| c.to_digit(10));
    let sum: u32 = digits.enumerate().map(|(at, d)| if at % 2 == 0 { d } else { d * 2 / 10 + d * 2 % 10 }).sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_shapes_are_hidden_and_numbers_stay() {
        let cases = [
            ("mail jane.doe+x@example.co.uk now", "mail ‹hidden› now"),
            ("DE89 3704 0044 0532 0130 00", "‹hidden›"),
            ("GB82 WEST 1234 5698 7654 32", "‹hidden›"),
            ("4111 1111 1111 1111", "‹hidden›"),
            ("4111 1111 1111 1112", "4111 1111 1111 1112"),
            ("+49 30 1234567", "‹hidden›"),
            ("078-05-1120", "‹hidden›"),
            ("1,204.50 on 2024-01-31", "1,204.50 on 2024-01-31"),
        ];
        for (text, expected) in cases {
            assert_eq!(without_personal(text), expected);
            assert_eq!(is_personal(text), text != expected);
        }
    }
}
