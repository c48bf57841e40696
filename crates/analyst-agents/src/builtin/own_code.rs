//! The line by which the built-in analyst knows its own code. Its narration reads results by the names its own code
//! gave them; what other code left is told plainly instead.

use analyst_types::Language;

const AUTHOR: &str = "Written by the built-in analyst";

/// The code with its author in the first line.
pub(super) fn signed(code: &str, language: Language) -> String {
    format!("{} {AUTHOR}\n{code}", comment(language))
}

/// Whether we wrote it, also when it was mended since.
pub(super) fn is_own(code: &str) -> bool {
    let first = code.lines().next().unwrap_or_default();
    [Language::Python, Language::Sql].iter().any(|language| first == format!("{} {AUTHOR}", comment(*language)))
}

fn comment(language: Language) -> &'static str {
    match language {
        Language::Python => "#",
        Language::Sql => "--",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_code_is_known_and_other_code_is_not() {
        for language in [Language::Python, Language::Sql] {
            assert!(is_own(&signed("SELECT 1", language)));
        }
        assert!(!is_own("SELECT 1") && !is_own("") && !is_own("print('Written by the built-in analyst')"));
    }
}
