//! Order and ends: “sorted by total descending”, “top 5”, “the three cheapest”, “highest”, “worst”.

use super::comparisons::adjective_column;
use super::concept::Concept;
use super::intent::{End, Order, OrderBy};
use super::lexicon::ENGLISH;
use super::reading::Reading;

/// What was said of order and ends.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Ordering {
    /// How groups are ordered.
    pub(super) order: Option<Order>,
    /// The column named in the order, if any.
    pub(super) column: Option<usize>,
    /// How many are wanted.
    pub(super) limit: Option<usize>,
    /// Which end is the answer, and where in the question it stands.
    pub(super) extreme: Option<(End, usize)>,
    /// The column an adjective such as “cheapest” is about.
    pub(super) adjective: Option<usize>,
    /// The place in the order that is the answer: 2 for “the second highest”.
    pub(super) nth: Option<usize>,
}

/// Reads them and marks their words.
pub(super) fn read(reading: &mut Reading) -> Ordering {
    let mut ordering = Ordering::default();
    sort_phrases(reading, &mut ordering);
    ends(reading, &mut ordering);
    counted_before(reading, &mut ordering);
    adjectives(reading, &mut ordering);
    first_rows(reading, &mut ordering);
    nth(reading, &mut ordering);
    ordering
}

/// “sorted by price in descending order”, “in ascending order by the names”, “from high to low by y axis”.
fn sort_phrases(reading: &mut Reading, ordering: &mut Ordering) {
    let direction = (0..reading.items.len())
        .find(|i| matches!(reading.free_concept(*i), Some(Concept::Ascending | Concept::Descending)));
    let sort = reading.find_free(Concept::Sort);
    let Some(anchor) = sort.or(direction) else { return };
    let start = sort.map_or(direction.unwrap_or(anchor), |s| direction.map_or(s, |d| d.min(s)));
    // What the order is by stands around the words for order, up to the ends of the clause.
    let clause_start = (0..start)
        .rev()
        .find(|j| reading.ends_clause(*j) || reading.concept(*j) == Some(Concept::And))
        .map_or(start, |j| j + 1);
    let from = if sort.is_none() { start } else { start.max(clause_start) };
    let end = (anchor..reading.items.len())
        .find(|j| reading.ends_sentence(*j) || (reading.symbol(*j) == Some(',') && direction.is_none_or(|d| d < *j)))
        .unwrap_or(reading.items.len());
    let end = direction.map_or(end, |d| end.max(d + 1)).min(reading.items.len());
    // “… in descending order and show the top 3” goes on to something else.
    let next = (anchor + 1..end).find(|j| {
        reading.concept(*j) == Some(Concept::And)
            && (j + 1..j + 5).any(|k| matches!(reading.concept(k), Some(Concept::Highest | Concept::Lowest)))
    });
    let end = next.filter(|n| direction.is_none_or(|d| d < *n)).unwrap_or(end);
    let descending = direction.map(|d| reading.concept(d) == Some(Concept::Descending));
    let mut by = None;
    for i in from..end {
        match reading.concept(i) {
            Some(Concept::XAxis | Concept::Names) => by = by.or(Some(OrderBy::Group)),
            Some(
                Concept::YAxis
                | Concept::Count
                | Concept::Sum
                | Concept::Mean
                | Concept::Median
                | Concept::Minimum
                | Concept::Maximum
                | Concept::Share
                | Concept::Percent,
            ) => by = by.or(Some(OrderBy::Measure)),
            _ => {}
        }
        if let Some(column) = reading.column(i) {
            ordering.column = ordering.column.or(Some(column));
        }
    }
    let by = by.unwrap_or(if ordering.column.is_some() { OrderBy::Group } else { OrderBy::Measure });
    let alphabetical = direction.is_some_and(|d| reading.text(d).contains("alphabet"));
    let by = if alphabetical { OrderBy::Group } else { by };
    ordering.order = Some(Order { by, descending: descending.unwrap_or(false) });
    if by == OrderBy::Measure && descending.is_none() {
        ordering.order = Some(Order { by, descending: true });
    }
    for i in from..end {
        let keep = matches!(reading.concept(i), Some(Concept::Per)) && i > anchor;
        if keep {
            break;
        }
        reading.used[i] = true;
    }
}

/// “top 5”, “the 3 highest”, “highest”, “best”.
fn ends(reading: &mut Reading, ordering: &mut Ordering) {
    for i in 0..reading.items.len() {
        let which = reading.has(Concept::Which) || reading.items.iter().any(|x| x.text == "which");
        let than = reading.items.iter().any(|x| x.text.split(' ').any(|w| w == "than"));
        let relative = which && !than;
        let end = match reading.free_concept(i) {
            None if relative
                && matches!(reading.text(i), "higher" | "larger" | "greater" | "bigger" | "longer" | "better") =>
            {
                End::Highest
            }
            None if relative && matches!(reading.text(i), "lower" | "smaller" | "shorter" | "worse") => End::Lowest,
            Some(Concept::Highest) => End::Highest,
            Some(Concept::Lowest | Concept::LeastCommon) => End::Lowest,
            _ => continue,
        };
        if ordering.extreme.is_none() {
            ordering.extreme = Some((end, i));
        }
        let whole = |at: usize| reading.number(at).filter(|n| *n >= 1.0 && n.fract() == 0.0 && *n <= 1000.0);
        let after = whole(i + 1).filter(|_| reading.symbol(i + 2) != Some('%')).map(|n| (i + 1, n));
        let before = i.checked_sub(1).and_then(|at| whole(at).map(|n| (at, n)));
        if let Some((at, n)) = after.or(before).filter(|(at, _)| !reading.used[*at]) {
            ordering.limit = Some(n as usize);
            ordering.extreme = Some((end, i));
            reading.used[at] = true;
        }
        reading.used[i] = true;
    }
}

/// “which three months had the highest …”.
fn counted_before(reading: &mut Reading, ordering: &mut Ordering) {
    if ordering.extreme.is_none() || ordering.limit.is_some() {
        return;
    }
    for i in 1..reading.items.len() {
        let led = matches!(reading.text(i - 1), "which" | "what" | "the");
        let thing =
            reading.column(i + 1).is_some() || reading.concept(i + 1).and_then(super::periods::Grain::of).is_some();
        let number = reading.number(i).filter(|n| led && thing && *n >= 1.0 && n.fract() == 0.0 && *n <= 100.0);
        if let Some(n) = number.filter(|_| !reading.used[i]) {
            ordering.limit = Some(n as usize);
            reading.used[i] = true;
            return;
        }
    }
}

/// “oldest”, “cheapest”, “most expensive”.
fn adjectives(reading: &mut Reading, ordering: &mut Ordering) {
    for i in 0..reading.items.len() {
        if reading.used[i] || !matches!(reading.items[i].what, super::linking::What::Word) {
            continue;
        }
        let word = reading.text(i).to_owned();
        let Some(adjective) = ENGLISH.adjective(&word) else { continue };
        let superlative = word.ends_with("est");
        let after_most = i > 0 && ordering.extreme.is_some_and(|(_, at)| at.abs_diff(i) <= 3);
        if !superlative && !after_most {
            continue;
        }
        let Some(column) = adjective_column(reading, &word) else { continue };
        let end = match (adjective.order, ordering.extreme) {
            (Concept::Lowest, Some((End::Lowest, _))) if !superlative => End::Highest,
            (Concept::Highest, Some((End::Lowest, _))) if !superlative => End::Lowest,
            (Concept::Lowest, _) => End::Lowest,
            _ => End::Highest,
        };
        if let Some(at) = i.checked_sub(1)
            && let Some(n) = reading.number(at).filter(|n| *n >= 1.0 && n.fract() == 0.0)
        {
            ordering.limit = Some(n as usize);
            reading.used[at] = true;
        }
        ordering.extreme = Some((end, i));
        ordering.adjective = Some(column);
        reading.used[i] = true;
    }
}

/// “the second highest”, “which school is second”, “name the team with the third highest”.
fn nth(reading: &mut Reading, ordering: &mut Ordering) {
    const ORDINALS: [&str; 9] = ["second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
    for i in 0..reading.items.len() {
        let Some(place) = ORDINALS.iter().position(|o| *o == reading.text(i)).filter(|_| !reading.used[i]) else {
            continue;
        };
        let ended = ordering.extreme.is_some_and(|(_, at)| at == i + 1 || at == i + 2);
        let ranked = reading.ends_clause(i + 1) || i + 1 >= reading.items.len();
        let quarter = reading.concept(i + 1).and_then(super::periods::Grain::of).is_some();
        if (ended || ranked && (ordering.order.is_some() || ordering.extreme.is_some())) && !quarter {
            ordering.nth = Some(place + 2);
            ordering.extreme = ordering.extreme.or(Some((End::Highest, i)));
            reading.used[i] = true;
            return;
        }
    }
}

/// “the first 10 rows”.
fn first_rows(reading: &mut Reading, ordering: &mut Ordering) {
    for i in 0..reading.items.len() {
        let opening = matches!(reading.concept(i), Some(Concept::First | Concept::ShowRows));
        let number = reading.number(i + 1).filter(|_| i + 1 < reading.used.len() && !reading.used[i + 1]);
        if opening
            && let Some(n) = number.filter(|n| *n >= 1.0)
            && reading.items.get(i + 2).is_some_and(|_| reading.is_entity(i + 2))
        {
            ordering.limit = ordering.limit.or(Some(n as usize));
            reading.used[i + 1] = true;
        }
    }
}
