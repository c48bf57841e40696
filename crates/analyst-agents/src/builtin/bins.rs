//! Ranges of numbers as groups: “18-29, 30-44, 45-59 and 60+”, “into 5 bins”, “into quartiles”, “bins of 10”.

use super::concept::Concept;
use super::intent::Group;
use super::linking::What;
use super::reading::Reading;
use super::schema::Role;

/// How a number is cut into groups.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Bins {
    /// Named ranges in order; an upper bound is exclusive, and open ends are `None`.
    Ranges(Vec<Range>),
    /// So many ranges of equal width.
    Equal(u32),
    /// Ranges of this width.
    Width(f64),
    /// So many groups of about equal size.
    Quantiles(u32),
}

/// A named range.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Range {
    /// As in the question: `18-29`.
    pub(super) label: String,
    /// Inclusive.
    pub(super) low: Option<f64>,
    /// As written.
    pub(super) high: Option<f64>,
    /// Whether the upper bound itself belongs to it.
    pub(super) closed: bool,
}

/// Finds ranges and the column they cut; marks their words.
pub(super) fn read(reading: &mut Reading) -> Option<Group> {
    let (bins, start, end) = ranges(reading).or_else(|| counted(reading))?;
    let column = column_for(reading, start, end)?;
    let name = reading.name(column);
    reading.used[start..end].fill(true);
    let from = reading.sentence_start(start);
    for i in from..start {
        let about = matches!(
            reading.concept(i),
            Some(Concept::Bins | Concept::Cluster | Concept::Per | Concept::Where | Concept::Plus)
        );
        if about || reading.column(i) == Some(column) {
            reading.used[i] = true;
        }
    }
    Some(Group::Bins(name, bins))
}

/// The numeric column named last before the ranges, or first after them, or the one whose bounds they fit.
fn column_for(reading: &Reading, start: usize, end: usize) -> Option<usize> {
    let from = reading.sentence_start(start);
    let numeric = |i: &usize| reading.field(*i).is_some_and(|f| f.is_numeric() && f.role != Role::Flag);
    let before = (from..start).rev().find(numeric);
    let after = (end..reading.items.len()).find(numeric);
    let anywhere = (0..from).rev().find(numeric);
    before.or(after).or(anywhere).and_then(|i| reading.column(i))
}

fn ranges(reading: &Reading) -> Option<(Bins, usize, usize)> {
    let mut i = 0;
    while i < reading.items.len() {
        let mut list: Vec<Range> = Vec::new();
        let mut at = i;
        while let Some((range, next)) = range_at(reading, at) {
            list.push(range);
            at = next;
            let mut ahead = at;
            while ahead < reading.items.len() && ahead < at + 4 && separator(reading, ahead) {
                ahead += 1;
            }
            if range_at(reading, ahead).is_none() {
                break;
            }
            at = ahead;
        }
        // “higher than 1000 or lower than 500” is a condition; groups name at least one range with two ends.
        if list.len() >= 2 && list.iter().any(|r| r.low.is_some() && (r.high.is_some() || r.label.ends_with('+'))) {
            close_bounds(&mut list);
            return Some((Bins::Ranges(list), i, at));
        }
        i += 1;
    }
    None
}

/// “children (under 18), adults (18 to 59) and seniors (60 and over)”: at least two ranges with names of their own.
pub(super) fn named_ranges(reading: &Reading) -> Option<(Vec<Range>, usize, usize)> {
    let (Bins::Ranges(list), start, end) = ranges(reading)? else { return None };
    let named = |r: &Range| {
        r.label.chars().next().is_some_and(char::is_alphabetic)
            && !r.label.starts_with("under ")
            && !r.label.starts_with("over ")
    };
    list.iter().all(named).then_some((list, start, end))
}

fn separator(reading: &Reading, i: usize) -> bool {
    matches!(reading.symbol(i), Some(',' | ';' | '/' | ')' | '|' | ':'))
        || matches!(reading.text(i), "and" | "or" | "then")
        || matches!(reading.text(i), "years" | "old") && reading.symbol(i + 1) != Some('(')
}

/// `'Child' (0-12)`, `18-29`, `60+`, `under 18`, `60 and above`, `over 60`.
fn range_at(reading: &Reading, i: usize) -> Option<(Range, usize)> {
    if i >= reading.items.len() || reading.used[i] {
        return None;
    }
    if let Some(named) = named_range(reading, i) {
        return Some(named);
    }
    if let Some(low) = reading.number(i) {
        let dash = matches!(reading.symbol(i + 1), Some('-')) || reading.text(i + 1) == "to";
        if dash && let Some(high) = reading.number(i + 2) {
            let label = format!("{}-{}", reading.items[i].raw, reading.items[i + 2].raw);
            return Some((Range { label, low: Some(low), high: Some(high), closed: true }, i + 3));
        }
        if reading.symbol(i + 1) == Some('+') {
            let label = format!("{}+", reading.items[i].raw);
            return Some((Range { label, low: Some(low), high: None, closed: true }, i + 2));
        }
        if reading.concept(i + 1) == Some(Concept::AtLeast) {
            let label = format!("{}+", reading.items[i].raw);
            return Some((Range { label, low: Some(low), high: None, closed: true }, i + 2));
        }
        return None;
    }
    let below = reading.concept(i) == Some(Concept::Under) || matches!(reading.symbol(i), Some('<'));
    let above = reading.concept(i) == Some(Concept::Over) || matches!(reading.symbol(i), Some('>'));
    let bound = reading.number(i + 1).filter(|_| below || above)?;
    let raw = &reading.items[i + 1].raw;
    Some(if below {
        (Range { label: format!("under {raw}"), low: None, high: Some(bound), closed: false }, i + 2)
    } else {
        (Range { label: format!("over {raw}"), low: Some(bound), high: None, closed: true }, i + 2)
    })
}

/// `'Child' (0-12)` or `child: 0-12`.
fn named_range(reading: &Reading, i: usize) -> Option<(Range, usize)> {
    let name = match &reading.items[i].what {
        What::Quoted | What::Word | What::Value { .. } => &reading.items[i].raw,
        _ => return None,
    };
    if !matches!(reading.symbol(i + 1), Some('(' | ':')) {
        return None;
    }
    let mut at = i + 2;
    while matches!(reading.text(at), "ages" | "age" | "aged" | "from") {
        at += 1;
    }
    if matches!(
        reading.text(i),
        "group" | "groups" | "bins" | "ranges" | "categories" | "ages" | "buckets" | "brackets" | "age"
    ) {
        return None;
    }
    let (range, next) = range_at(reading, at)?;
    let mut end = next;
    let unit =
        |at: usize| matches!(reading.text(at), "years" | "old") || super::lexicon::ENGLISH.is_unit(reading.text(at));
    while end < next + 4 && (reading.symbol(end) == Some(')') || unit(end)) {
        end += 1;
    }
    Some((Range { label: name.clone(), ..range }, end))
}

/// `18-29` next to `30-44` means every age below 30: the bound is the next range's lower one.
fn close_bounds(list: &mut [Range]) {
    for i in 0..list.len() {
        let next_low = list.get(i + 1).and_then(|r| r.low);
        let (Some(high), Some(next)) = (list[i].high, next_low) else { continue };
        // “30-50, over 50”: 50 itself belongs to the first.
        if list[i + 1].label.starts_with("over ") {
            continue;
        }
        if (0.0..=1.0).contains(&(next - high)) {
            list[i].high = Some(next);
            list[i].closed = false;
        }
    }
    // A single upper bound such as 45-59 before 60+ was handled above; a last closed range keeps its bound.
}

/// “into 5 bins”, “5 equal-width bins”, “bins of 10”, “into quartiles”.
fn counted(reading: &Reading) -> Option<(Bins, usize, usize)> {
    for i in 0..reading.items.len() {
        match reading.concept(i) {
            Some(Concept::QuantileBins) => {
                let n = match reading.text(i) {
                    t if t.contains("quint") => 5,
                    t if t.contains("terc") => 3,
                    t if t.contains("dec") => 10,
                    _ => 4,
                };
                return Some((Bins::Quantiles(n), i, i + 1));
            }
            Some(Concept::Bins) => {
                if let Some(width) = reading
                    .number(i + 1)
                    .or_else(|| (reading.text(i + 1) == "of").then(|| reading.number(i + 2)).flatten())
                    && reading.text(i).ends_with("of") | (reading.text(i + 1) == "of")
                {
                    return Some((Bins::Width(width), i, i + 3.min(reading.items.len() - i)));
                }
                let before = i.saturating_sub(3)..i;
                if let Some(at) =
                    before.rev().find(|j| reading.number(*j).is_some_and(|n| n >= 2.0 && n.fract() == 0.0))
                    && (at + 1..i)
                        .all(|j| reading.is_filler(j) || matches!(reading.items[j].what, What::Word | What::Concept(_)))
                {
                    let n = reading.number(at).unwrap_or(5.0) as u32;
                    return Some((Bins::Equal(n), at, i + 1));
                }
            }
            _ => {}
        }
    }
    None
}
