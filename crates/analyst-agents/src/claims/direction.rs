//! Which way a number is said to go, and which arithmetic the words around it speak of.

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

use super::number::pattern;

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Up,
    Down,
}

/// The direction said in the clause of a number; `None` when none is, or both are.
pub(super) fn direction(clause: &str, number: &str) -> Option<Direction> {
    static UP: OnceLock<Regex> = OnceLock::new();
    static DOWN: OnceLock<Regex> = OnceLock::new();
    let up = UP.get_or_init(|| {
        pattern(
            r"(?i)\b(?:rose|rises?|risen|rising|grew|grows?|grown|growth|increas\w*|climb\w*|up|gain\w*|higher|more|greater|larger|bigger|jump\w*|improv\w*|better|exceed\w*|ahead|above|surg\w*|gestiegen|steig\w*|mehr|höher|größer|zuwachs|gewachsen|positive\w*)\b",
        )
    });
    let down = DOWN.get_or_init(|| {
        pattern(
            r"(?i)\b(?:fell|falls?|fallen|falling|drop\w*|decreas\w*|declin\w*|lower|less|fewer|smaller|loss|lost|los(?:es|ing)|reduc\w*|down|below|negative\w*|minus|shrank|shrunk|shrink\w*|sank|sunk|worse|behind|gesunken|sink\w*|gefallen|weniger|niedriger|geringer|rückgang|zurückgegangen)\b",
        )
    });
    static NO_WAYS: OnceLock<Regex> = OnceLock::new();
    let no_ways = NO_WAYS.get_or_init(|| {
        pattern(r"(?i)\b(?:mak\w+|made|adds?|sums?|set|start\w*|end\w*|pick\w*)\s+up\b|-up\b|\bup\s+to\b")
    });
    let clause = no_ways.replace_all(&without_bounds(clause, number), "").into_owned();
    match (up.is_match(&clause), down.is_match(&clause)) {
        (true, false) => Some(Direction::Up),
        (false, true) => Some(Direction::Down),
        _ => None,
    }
}

/// “more than 5” says how exact the number is, not which way it goes.
fn without_bounds(clause: &str, number: &str) -> String {
    static BOUNDS: OnceLock<Regex> = OnceLock::new();
    let bounds = BOUNDS.get_or_init(|| {
        pattern(r"(?i)\b(?:more|less|fewer|mehr|weniger|up|above|below)\s+(?:than|als|to)?\s*[~$€£]*$")
    });
    let Some(at) = clause.find(number) else { return clause.to_owned() };
    let before = bounds.replace(&clause[..at], "");
    format!("{before}{}", &clause[at..])
}

/// Whether a value's label says that it is a change, so that its sign is its direction.
pub(super) fn is_change(label: &str) -> bool {
    static CHANGES: OnceLock<Regex> = OnceLock::new();
    let changes = CHANGES.get_or_init(|| {
        pattern(
            r"(?i)change|growth|differ|delta|trend|slope|gap|effect|lift|increase|veränderung|wachstum|zuwachs|coef",
        )
    });
    changes.is_match(label)
}

/// Whether a value's label itself says that it went down.
pub(super) fn is_told_as_fall(label: &str) -> bool {
    static FALLS: OnceLock<Regex> = OnceLock::new();
    FALLS.get_or_init(|| pattern(r"(?i)declin|drop|loss|decreas|reduc|fall|fell|rückgang|abnahme")).is_match(label)
}

/// The arithmetic a sentence speaks of. Without a word for it, a match is chance.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spoken {
    pub difference: bool,
    pub sum: bool,
    pub ratio: bool,
    pub part: bool,
    pub change: bool,
    pub average: bool,
    /// One thing is held against another: the first named against the second.
    pub compares: bool,
    /// The largest of them are meant.
    pub largest: bool,
}

impl Spoken {
    pub fn of(sentence: &str) -> Self {
        static WORDS: OnceLock<[Regex; 8]> = OnceLock::new();
        let words = WORDS.get_or_init(|| {
            [
                r"\b(?:differ\w*|gap|by|delta|apart|between|spread|more|less|fewer|ahead|behind|leads?|above|below|exceed\w*|range|higher|lower|change\w*|rise|rose|fell|drop\w*|um|unterschied\w*|mehr|weniger|points?|pp|prozentpunkte\w*)\b",
                r"\b(?:together|combined|total\w*|sum|sums|altogether|all|both|overall|of|jointly|make up|insgesamt|gesamt|zusammen)\b",
                r"\b(?:times|twice|double\w*|triple\w*|ratio|fold|half|per|each|average|worth|mal|doppelt|je|pro)\b|×",
                r"\b(?:of|share|portion|proportion|part|makes?|takes?|accounts?|anteil|von|i\.e|percent of)\b|\(",
                r"\b(?:change\w*|lift|relative|rise|rose|rises|grew|grow\w*|increas\w*|fell|fall\w*|drop\w*|declin\w*|decreas\w*|more|less|fewer|higher|lower|better|worse|up|down|gestiegen|gesunken|mehr|weniger|höher|niedriger|above|below)\b",
                r"\b(?:average|mean|on average|per|each|durchschnitt\w*|mittel\w*|im schnitt)\b",
                r"\b(?:than|as|exceed\w*|ahead of|behind|above|below|that of|what|als)\b|’s$|'s$",
                r"\b(?:top|largest|biggest|best|first|highest)\b",
            ]
            .map(|words| pattern(&format!("(?i){words}")))
        });
        let says = |at: usize| words[at].is_match(sentence);
        Self {
            difference: says(0),
            sum: says(1),
            ratio: says(2),
            part: says(3),
            change: says(4),
            average: says(5),
            compares: says(6),
            largest: says(7),
        }
    }
}

/// The words around a number within its sentence, for what is said right beside it.
pub(super) fn around<'a>(text: &'a str, unit: &Range<usize>, number: &Range<usize>) -> &'a str {
    let from = text.floor_char_boundary(number.start.saturating_sub(60)).max(unit.start);
    let to = text.floor_char_boundary((number.end + 60).min(text.len())).min(unit.end);
    &text[from..to.max(from)]
}
