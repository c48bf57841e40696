//! What makes groups: “by region”, “for each plan and year”, “which month”, “best region”, “x axis …”.

use super::concept::Concept;
use super::intent::Group;
use super::linking::What;
use super::order::Ordering;
use super::periods::Grain;
use super::reading::Reading;
use super::schema::Role;

/// Groups in the order named.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Groups {
    /// The groups.
    pub(super) list: Vec<Group>,
    /// A grain of time was named for them.
    pub(super) grain: Option<Grain>,
    /// The group was asked for by “which …”.
    pub(super) asked: bool,
}

/// Reads groups and marks their words.
pub(super) fn read(reading: &mut Reading, bins: Option<Group>, ordering: &Ordering) -> Groups {
    let mut groups = Groups::default();
    groups.list.extend(bins);
    axis(reading, &mut groups);
    per(reading, &mut groups);
    asked(reading, &mut groups);
    extremes(reading, &mut groups, ordering);
    grains(reading, &mut groups);
    groups
}

fn add(reading: &mut Reading, groups: &mut Groups, i: usize) -> bool {
    let Some(column) = reading.column(i) else { return false };
    let name = reading.name(column);
    if groups.list.iter().any(|g| g.column() == name) {
        reading.used[i] = true;
        return true;
    }
    let field = reading.schema.field(column);
    // “per order” where each row is one order makes no groups.
    let rows = reading.schema.rows.saturating_sub(field.nulls);
    let unique = field.distinct * 20 >= rows * 19 && field.distinct > 20;
    if unique && field.role == Role::Id {
        reading.used[i] = true;
        return false;
    }
    groups.list.push(Group::Column(name));
    reading.used[i] = true;
    true
}

/// “x axis left office”.
fn axis(reading: &mut Reading, groups: &mut Groups) {
    for i in 0..reading.items.len() {
        if reading.free_concept(i) == Some(Concept::XAxis)
            && let Some(at) = reading.next_solid(i + 1, 3).filter(|at| reading.free_column(*at).is_some())
        {
            let measure = reading.field(at).is_some_and(|f| f.role == Role::Measure);
            if !measure {
                add(reading, groups, at);
                reading.used[i] = true;
            }
        }
    }
}

/// “by”, “per”, “for each” and what follows, joined by “and” or commas.
fn per(reading: &mut Reading, groups: &mut Groups) {
    for i in 0..reading.items.len() {
        if reading.free_concept(i) != Some(Concept::Per) || matches!(reading.text_before(i), "weighted" | "weighting") {
            continue;
        }
        let Some(first) = group_after(reading, i + 1) else { continue };
        // “revenue per converted user”: which users, not a group.
        let flag = reading.field(first).is_some_and(|f| f.yes.is_some());
        if flag && reading.is_entity_safe(first + 1) && matches!(reading.text(i), "per" | "of each" | "each") {
            reading.used[i] = true;
            continue;
        }
        reading.used[i] = true;
        let mut at = first;
        loop {
            if !add(reading, groups, at) && reading.column(at).is_none() {
                break;
            }
            let joined =
                reading.symbol(at + 1) == Some(',') || matches!(reading.text(at + 1), "and" | "&" | "x" | "×" | "then");
            let skip = usize::from(reading.symbol(at + 1) == Some(',') && reading.text(at + 2) == "and");
            let next = at + 2 + skip;
            let next = if matches!(reading.text(next), "by" | "each" | "per" | "the") { next + 1 } else { next };
            let category = reading.free_column(next).is_some_and(|c| reading.schema.field(c).role != Role::Measure)
                && next < reading.items.len()
                && !followed_by_aggregate_word(reading, next);
            if !(joined && category) {
                break;
            }
            at = next;
        }
    }
}

/// A column right before “rate” or after an aggregate belongs to a measure.
fn followed_by_aggregate_word(reading: &Reading, i: usize) -> bool {
    matches!(reading.concept(i + 1), Some(Concept::Rate | Concept::Share))
}

/// The column that follows “by”, over articles and entity words (“for each faculty rank”, “per customer segment”).
fn group_after(reading: &Reading, from: usize) -> Option<usize> {
    for at in from..reading.items.len().min(from + 4) {
        if let Some(column) = reading.column(at) {
            let field = reading.schema.field(column);
            let number = field.role == Role::Measure && field.distinct > 200;
            return (!reading.used[at] && !number && !followed_by_aggregate_word(reading, at)).then_some(at);
        }
        let between = matches!(reading.items[at].what, What::Word)
            || matches!(
                reading.concept(at),
                Some(
                    Concept::Per | Concept::Where | Concept::Rows | Concept::Distinct | Concept::Time | Concept::Names
                )
            )
            || reading.items[at].what == What::Quoted;
        if !between || reading.ends_clause(at) {
            return None;
        }
    }
    None
}

/// “which region …”, “what plan …”.
fn asked(reading: &mut Reading, groups: &mut Groups) {
    for i in 0..reading.items.len() {
        let which = reading.free_concept(i) == Some(Concept::Which) || matches!(reading.text(i), "which" | "what");
        if !which {
            continue;
        }
        let mut at = i + 1;
        while reading.items.get(at).is_some_and(|x| {
            matches!(x.text.as_str(), "is" | "are" | "the" | "was" | "of" | "type" | "kind")
                || x.text == "3"
                || matches!(x.what, What::Number(_))
        }) {
            at += 1;
        }
        // “the highest price, and on which date”: what goes with one row, not a group.
        let start = reading.sentence_start(i);
        let is_end = |j: usize| {
            matches!(reading.concept(j), Some(Concept::Highest | Concept::Lowest | Concept::Maximum | Concept::Minimum))
        };
        let computed = (start..i).any(|j| {
            matches!(
                reading.concept(j),
                Some(
                    Concept::Mean
                        | Concept::Sum
                        | Concept::Count
                        | Concept::Median
                        | Concept::Rate
                        | Concept::Share
                        | Concept::Per
                )
            )
        });
        let recorded = reading
            .items
            .iter()
            .any(|x| matches!(x.text.as_str(), "recorded" | "measured" | "registered" | "observed"));
        let ended = (start..reading.sentence_end(i)).any(is_end)
            && !(start..reading.sentence_end(i)).any(|j| {
                matches!(
                    reading.concept(j),
                    Some(Concept::Mean | Concept::Sum | Concept::Count | Concept::Median | Concept::Rate)
                )
            });
        if recorded && ended && reading.column(at).is_some() {
            continue;
        }
        let beside = (start..i).any(is_end) && !(i..reading.sentence_end(i)).any(is_end) && !computed;
        if beside && reading.column(at).is_some() {
            continue;
        }
        let direct = at == i + 1 || reading.number(at - 1).is_some() || reading.text(at - 1) == "of";
        let Some(column) = reading.free_column(at).filter(|_| direct) else { continue };
        let role = reading.schema.field(column).role;
        if matches!(role, Role::Category | Role::Label | Role::Flag | Role::Time)
            || (role != Role::Measure && at == i + 1)
        {
            groups.asked |= add(reading, groups, at);
            // “which region and plan”
            let second = reading.free_column(at + 2).is_some_and(|c| reading.schema.field(c).is_groupable());
            if reading.text(at + 1) == "and" && second {
                add(reading, groups, at + 2);
            }
        }
    }
}

/// “best region”, “top 5 products”.
fn extremes(reading: &mut Reading, groups: &mut Groups, ordering: &Ordering) {
    let Some((_, at)) = ordering.extreme else { return };
    let mut next = at + 1;
    while reading.number(next).is_some() || matches!(reading.text(next), "performing" | "selling" | "popular") {
        next += 1;
    }
    if let Some(column) = reading.free_column(next) {
        let field = reading.schema.field(column);
        if (field.is_groupable() || field.role == Role::Label) && !followed_by_aggregate_word(reading, next) {
            groups.asked |= groups.list.is_empty();
            add(reading, groups, next);
        }
    }
}

/// “by month”, “monthly”, “which year”, “bin … by weekday”, and time columns that became groups.
fn grains(reading: &mut Reading, groups: &mut Groups) {
    let mut found: Option<(usize, Grain)> = None;
    for i in 0..reading.items.len() {
        let Some(grain) = reading.free_concept(i).and_then(Grain::of) else { continue };
        // A cyclic grain is more special than “in each day”, and a later one than an earlier.
        let better = match found {
            None => is_grouping(reading, i),
            Some((_, old)) => grain.is_cyclic() && !old.is_cyclic() && is_grouping(reading, i),
        };
        if better {
            found = Some((i, grain));
        }
    }
    if let Some((i, grain)) = found {
        groups.grain = Some(grain);
        groups.asked |= i > 0 && matches!(reading.text(i - 1), "which" | "what");
        reading.used[i] = true;
        for j in i.saturating_sub(3)..i {
            if reading.concept(j) == Some(Concept::Per) {
                reading.used[j] = true;
            }
        }
    }
    let binned = (0..reading.items.len())
        .any(|i| reading.concept(i) == Some(Concept::Per) && reading.text(i).starts_with("bin"));
    if let (Some(at), true, None) = (reading.find(Concept::Time), binned, groups.grain) {
        groups.grain = Some(Grain::Year);
        reading.used[at] = true;
    }
    apply_grain(reading, groups);
}

fn is_grouping(reading: &Reading, i: usize) -> bool {
    let text = reading.text(i);
    let adverb = text.ends_with("ly")
        || text.starts_with("by ")
        || text.starts_with("per ")
        || text.starts_with("each ")
        || text.starts_with("every ")
        || text.contains(" by ");
    let before: Vec<&str> = (i.saturating_sub(3)..i).map(|j| reading.text(j)).collect();
    let led = before.iter().any(|t| {
        matches!(
            *t,
            "by" | "per"
                | "each"
                | "which"
                | "what"
                | "every"
                | "into"
                | "for each"
                | "in each"
                | "bin"
                | "binning"
                | "across"
                | "of each"
                | "on each"
                | "in which"
                | "in every"
                | "over the"
                | "best"
                | "worst"
                | "highest"
                | "lowest"
                | "grouped by"
                | "group by"
                | "binned by"
                | "bin by"
                | "to each"
                | "split by"
                | "from each"
                | "for every"
                | "according to"
                | "different"
                | "for different"
                | "busiest"
                | "broken down by"
                | "among"
        )
    });
    let last = i > 0 && matches!(reading.concept(i - 1), Some(Concept::Last | Concept::This | Concept::Previous));
    (adverb || led) && !last
}

/// Turns a time column among the groups into spans of time, or adds the data's own time column.
fn apply_grain(reading: &mut Reading, groups: &mut Groups) {
    let grain = groups.grain;
    let mut applied = false;
    for group in &mut groups.list {
        let Group::Column(name) = &*group else { continue };
        let Some(field) = reading.schema.named(name) else { continue };
        let Some(form) = field.time else { continue };
        if field.role != Role::Time && grain.is_none() {
            continue;
        }
        let whole_year = matches!(form, super::schema::TimeForm::Year) && grain.is_none_or(|g| g == Grain::Year);
        if whole_year {
            applied = true;
            continue;
        }
        let named = field.words.iter().find_map(|w| match w.as_str() {
            "month" => Some(Grain::Month),
            "quarter" => Some(Grain::Quarter),
            "week" => Some(Grain::Week),
            _ => None,
        });
        if let Some(grain) = grain.or(named).or_else(|| default_grain(field.distinct)) {
            *group = Group::Time(name.clone(), form, grain);
            groups.grain = Some(grain);
        }
        applied = true;
    }
    if let (Some(grain), false) = (grain, applied) {
        let named = reading.columns().into_iter().find(|c| {
            let f = reading.schema.field(*c);
            f.time.is_some() && (f.role == Role::Time || grain.is_cyclic())
        });
        if let Some(column) = named.or_else(|| reading.schema.time_field()) {
            let field = reading.schema.field(column);
            let (name, form) = (field.name.clone(), field.time.unwrap_or(super::schema::TimeForm::Native));
            reading.spend_column(column);
            groups.list.push(Group::Time(name, form, grain));
        }
    }
}

/// Dates that are nearly all different say nothing one by one: they are counted by weekday.
fn default_grain(distinct: u64) -> Option<Grain> {
    (distinct > 7).then_some(Grain::Weekday)
}
