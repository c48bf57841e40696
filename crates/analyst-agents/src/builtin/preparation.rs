//! What a question wants done to the data first: gaps filled or rows dropped, values clipped or brought to scale,
//! columns made. Each phrase that is understood is taken out of the question, so that what is left reads as if the
//! columns had always been there; a phrase that is not understood stays, and the honesty gate finds it.

use std::sync::Arc;

use serde_json::json;

use super::bins;
use super::concept::Concept as C;
use super::filters;
use super::intent::{Bound, Condition, Fill, Preparation, Scaling};
use super::lexicon::ENGLISH;
use super::linking::What;
use super::reading::Reading;
use super::schema::{Field, Role};

/// Reads the preparations in the order of the text and blanks their words.
pub(super) fn read(reading: &mut Reading) -> Vec<Preparation> {
    let mut found: Vec<(usize, Preparation)> = Vec::new();
    titles(reading, &mut found);
    lengths(reading, &mut found);
    days(reading, &mut found);
    bands(reading, &mut found);
    cases(reading, &mut found);
    row_means(reading, &mut found);
    changes(reading, &mut found);
    fills(reading, &mut found);
    drops(reading, &mut found);
    clips(reading, &mut found);
    functions(reading, &mut found);
    scales(reading, &mut found);
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, step)| step).collect()
}

/// Words that begin what is asked after the preparation.
fn begins_asking(reading: &Reading, i: usize) -> bool {
    matches!(
        reading.text(i),
        "then"
            | "compute"
            | "calculate"
            | "report"
            | "give"
            | "find"
            | "count"
            | "what"
            | "which"
            | "how"
            | "determine"
            | "run"
            | "test"
            | "tell"
            | "show"
            | "return"
            | "state"
            | "name"
            | "list"
            | "plot"
            | "draw"
            | "is"
            | "are"
            | "provide"
            | "perform"
            | "use"
            | "after"
            | "before"
            | "who"
            | "fit"
            | "train"
            | "how many"
            | "count of"
    ) && !reading.used[i]
}

/// Where the phrase that begins at `i` ends: at the sentence, or where something is asked.
fn phrase_end(reading: &Reading, i: usize) -> usize {
    let mut at = i + 1;
    while at < reading.items.len() && !reading.ends_sentence(at) {
        let joint = reading.symbol(at) == Some(',') || matches!(reading.text(at), "and" | "then");
        if joint && (begins_asking(reading, at + 1) || begins_asking(reading, at + 2) && reading.text(at + 1) == "then")
        {
            return at;
        }
        if at > i + 1
            && matches!(reading.text(at), "then" | "before" | "after")
            && !matches!(reading.text(at + 1), "the")
        {
            return at;
        }
        at += 1;
    }
    at
}

/// Takes a phrase out. The column it is about stays when it is named nowhere else, for what is asked of “it”.
fn blank(reading: &mut Reading, from: usize, to: usize, keep: Option<usize>) {
    let elsewhere =
        |column: usize| (0..reading.items.len()).any(|i| !(from..to).contains(&i) && reading.column(i) == Some(column));
    let kept = keep.filter(|c| !elsewhere(*c)).and_then(|c| (from..to).find(|i| reading.column(*i) == Some(c)));
    for i in from..to {
        if Some(i) == kept {
            reading.used[i] = false;
            continue;
        }
        if reading.ends_sentence(i) {
            continue;
        }
        reading.used[i] = true;
        reading.items[i].what = What::Word;
        reading.items[i].text = "the".to_owned();
    }
}

fn columns_between(reading: &Reading, from: usize, to: usize) -> Vec<usize> {
    let mut list = Vec::new();
    for column in (from..to).filter_map(|i| reading.column(i)) {
        if !list.contains(&column) {
            list.push(column);
        }
    }
    list
}

/// The first word of a sentence's part from which a phrase is read back.
fn phrase_start(reading: &Reading, i: usize) -> usize {
    let mut at = i;
    while at > 0 && !reading.ends_clause(at - 1) && !begins_asking(reading, at - 1) {
        at -= 1;
    }
    at
}

fn fills(reading: &mut Reading, found: &mut Vec<(usize, Preparation)>) {
    for i in 0..reading.items.len() {
        let verb = matches!(
            reading.text(i),
            "fill" | "filling" | "filled" | "replace" | "replacing" | "impute" | "imputing" | "imputed" | "interpolate"
        ) && !reading.used[i];
        if !verb {
            continue;
        }
        let end = phrase_end(reading, i);
        let gaps = (i..end).any(|j| matches!(reading.concept(j), Some(C::Missing)))
            || reading.text(i).starts_with("imput")
            || reading.text(i) == "interpolate";
        let with = (i..end).find(|j| matches!(reading.text(*j), "with" | "by" | "using" | "to") && *j > i);
        let Some(with_at) = with.or((reading.text(i) == "interpolate").then_some(i)).filter(|_| gaps) else { continue };
        let Some((with, statistic_at)) = filling(reading, with_at, end) else { continue };
        let named = columns_between(reading, i, with_at.max(i + 1));
        let group = same_group(reading, statistic_at, end);
        let mut columns = named;
        if columns.is_empty() {
            columns = columns_between(reading, statistic_at, end);
            columns.retain(|c| Some(*c) != group);
        }
        if columns.is_empty() {
            columns = (0..reading.schema.fields.len())
                .filter(|c| reading.schema.field(*c).nulls > 0 && fillable(reading.schema.field(*c), &with))
                .collect();
        }
        if columns.is_empty() || columns.iter().any(|c| !fillable(reading.schema.field(*c), &with)) {
            continue;
        }
        let keep = columns.first().copied().filter(|_| columns.len() == 1);
        let names = columns.iter().map(|c| reading.name(*c)).collect();
        let by = group.map(|c| reading.name(c));
        for column in columns {
            Arc::make_mut(&mut reading.schema).fields[column].nulls = 0;
        }
        found.push((i, Preparation::Fill { columns: names, with, by }));
        blank(reading, i, end, keep);
    }
}

fn fillable(field: &Field, with: &Fill) -> bool {
    match with {
        Fill::Mean | Fill::Median | Fill::Linear => field.is_numeric(),
        _ => true,
    }
}

fn filling(reading: &Reading, from: usize, end: usize) -> Option<(Fill, usize)> {
    for j in from..end {
        let fill = match reading.concept(j) {
            Some(C::Mean) => Fill::Mean,
            Some(C::Median) => Fill::Median,
            Some(C::Mode) => Fill::Mode,
            _ => match reading.text(j) {
                "interpolation" | "interpolate" | "interpolated" => Fill::Linear,
                "forward" | "ffill" => Fill::Forward,
                "backward" | "bfill" => Fill::Backward,
                "zero" | "zeros" => Fill::Value(json!(0)),
                _ => match &reading.items[j].what {
                    What::Number(n) if j > from => Fill::Value(json!(n)),
                    What::Quoted => Fill::Value(json!(reading.items[j].raw)),
                    _ => continue,
                },
            },
        };
        return Some((fill, j));
    }
    None
}

/// “the mean age of the patients of the same ward”, “the median by class”, “within each region”.
fn same_group(reading: &Reading, from: usize, end: usize) -> Option<usize> {
    let at = (from..end).find(|j| {
        reading.text(*j).ends_with("same")
            || reading.concept(*j) == Some(C::Per)
            || reading.text(*j) == "group" && reading.text(j + 1) == "by"
    })?;
    (at + 1..end.min(at + 5)).find_map(|j| reading.column(j).filter(|c| reading.schema.field(*c).role != Role::Measure))
}

/// “drop rows with missing age”, “after removing duplicates”, “ignore patients without an age”.
fn drops(reading: &mut Reading, found: &mut Vec<(usize, Preparation)>) {
    for i in 0..reading.items.len() {
        let verb = matches!(
            reading.text(i),
            "drop"
                | "dropping"
                | "dropped"
                | "remove"
                | "removing"
                | "removed"
                | "delete"
                | "deleting"
                | "discard"
                | "ignore"
                | "ignoring"
                | "exclude"
                | "excluding"
                | "omit"
                | "skip"
                | "eliminate"
                | "leave"
        ) || matches!(reading.concept(i), Some(C::IgnoreMissing));
        let verb = verb || reading.concept(i) == Some(C::Except) && reading.text(i) != "without";
        if !verb || reading.used[i] {
            continue;
        }
        let end = phrase_end(reading, i);
        if let Some(at) = (i..end.min(i + 5)).find(|j| reading.concept(*j) == Some(C::Duplicate)) {
            let stop = (at + 1..end)
                .take_while(|j| reading.is_entity(*j) || reading.is_filler(*j))
                .last()
                .map_or(at + 1, |j| j + 1);
            found.push((i, Preparation::DropDuplicates));
            blank(reading, i, stop, None);
            continue;
        }
        let gap = |j: &usize| {
            matches!(reading.concept(*j), Some(C::Missing | C::IgnoreMissing | C::No))
                || reading.text(*j) == "without"
                || reading.concept(*j) == Some(C::Known) && reading.text(*j).starts_with("non")
        };
        let Some(at) = (i..end.min(i + 7)).find(gap) else { continue };
        let plain = (i..at).all(|j| {
            reading.is_entity(j)
                || reading.is_filler(j)
                || reading.column(j).is_some()
                || matches!(reading.items[j].what, What::Word)
                || matches!(reading.concept(j), Some(C::No | C::Per | C::Except))
        });
        if !plain {
            continue;
        }
        let mut stop = at + 1;
        while stop < end
            && !(reading.text(stop) == "and"
                && reading.concept(stop + 1).is_some()
                && reading.column(stop + 1).is_none())
        {
            stop += 1;
        }
        let mut columns = columns_between(reading, i, stop);
        let them = (i..stop).any(|j| matches!(reading.text(j), "them" | "these" | "those"));
        if columns.is_empty() && them {
            columns = columns_between(reading, reading.sentence_start(i), i);
        }
        let names: Vec<String> = columns.iter().map(|c| reading.name(*c)).collect();
        if !names.is_empty() {
            // “standardize … after dropping …”: what is said second is done first.
            let at = if matches!(reading.text_before(i), "after" | "once") { reading.sentence_start(i) } else { i };
            found.push((at, Preparation::DropMissing(names)));
        }
        for j in i..stop {
            if !reading.ends_clause(j) {
                reading.used[j] = true;
                reading.items[j].what = What::Word;
                reading.items[j].text = "the".to_owned();
            }
        }
    }
}

/// “clip x at its 95th percentile”, “winsorize between the 1st and the 99th percentile”, “cap at 100”.
fn clips(reading: &mut Reading, found: &mut Vec<(usize, Preparation)>) {
    for i in 0..reading.items.len() {
        let verb = matches!(
            reading.text(i),
            "clip" | "clipping" | "clipped" | "cap" | "capping" | "capped" | "winsorize" | "winsorise" | "truncate"
        );
        if !verb || reading.used[i] {
            continue;
        }
        let end = phrase_end(reading, i);
        let column = (i..end).find_map(|j| reading.column(j).filter(|c| reading.schema.field(*c).is_numeric()));
        let Some(column) = column else { continue };
        let quantile = (i..end).any(|j| reading.concept(j) == Some(C::Percentile));
        let numbers: Vec<f64> = (i..end).filter_map(|j| reading.number(j)).collect();
        let bound =
            |n: f64| if quantile { Bound::Quantile(if n > 1.0 { n / 100.0 } else { n }) } else { Bound::Value(n) };
        let (low, high) = match numbers.as_slice() {
            [a, b] => (Some(bound(a.min(*b))), Some(bound(a.max(*b)))),
            [a] => {
                let from_below = (i..end).any(|j| {
                    matches!(reading.concept(j), Some(C::Under | C::AtLeast | C::Minimum))
                        || matches!(reading.text(j), "lower" | "below")
                }) || quantile && (*a < 50.0 && *a > 1.0 || *a < 0.5);
                if from_below { (Some(bound(*a)), None) } else { (None, Some(bound(*a))) }
            }
            _ => continue,
        };
        found.push((i, Preparation::Clip { column: reading.name(column), low, high }));
        blank(reading, i, end, Some(column));
    }
}

/// “min-max normalize the fare”, “standardize a, b and c”.
fn scales(reading: &mut Reading, found: &mut Vec<(usize, Preparation)>) {
    let own = [C::Cluster, C::Predict, C::Train, C::Regression];
    let components = reading.items.iter().any(|x| {
        matches!(
            x.text.as_str(),
            "pca" | "principal component analysis" | "principal components" | "principal component"
        )
    });
    if reading.has_any(&own) || components {
        return;
    }
    for i in 0..reading.items.len() {
        if reading.concept(i) != Some(C::Normalize) || reading.used[i] || reading.text(i).starts_with("log") {
            continue;
        }
        // “the normalized fare” speaks of what was made before.
        let again =
            reading.text(i).ends_with("ed") && found.iter().any(|(_, p)| matches!(p, Preparation::Scale { .. }));
        if again {
            reading.used[i] = true;
            reading.items[i].what = What::Word;
            reading.items[i].text = "the".to_owned();
            continue;
        }
        let start = phrase_start(reading, i);
        let end = phrase_end(reading, i);
        let words: Vec<&str> = (start..end).map(|j| reading.text(j)).collect();
        let z = words.iter().any(|w| w.starts_with("standardi") || w.starts_with("z score") || *w == "standard score");
        let min_max =
            words.iter().any(|w| w.contains("min max")) || !z && words.iter().any(|w| w.starts_with("normali"));
        if !z && !min_max {
            continue;
        }
        let mut columns: Vec<usize> = columns_between(reading, i, end);
        if columns.is_empty() {
            columns = columns_between(reading, start, i);
        }
        columns.retain(|c| reading.schema.field(*c).is_numeric());
        if columns.is_empty() {
            continue;
        }
        let how = if z { Scaling::ZScore } else { Scaling::MinMax };
        found.push((i, Preparation::Scale { columns: columns.iter().map(|c| reading.name(*c)).collect(), how }));
        let keep = columns.first().copied().filter(|_| columns.len() == 1);
        blank(reading, start, end, keep);
        for j in 0..reading.items.len() {
            let again = reading.concept(j) == Some(C::ZScore) && !reading.used[j] && z
                || matches!(reading.text(j), "normalized" | "normalised" | "standardized" | "standardised" | "scaled");
            if again {
                reading.used[j] = true;
                reading.items[j].what = What::Word;
                reading.items[j].text = "the".to_owned();
            }
        }
    }
}

/// “the natural logarithm of price”, “log of x”, “square root of y”.
fn functions(reading: &mut Reading, found: &mut Vec<(usize, Preparation)>) {
    for i in 0..reading.items.len() {
        let text = reading.text(i).to_owned();
        let root = text == "square" && reading.text(i + 1) == "root";
        let log = text.starts_with("log")
            && (reading.concept(i) == Some(C::Normalize) || text == "log10" || text == "log2" || text == "log1p");
        if reading.used[i] || !(root || log) {
            continue;
        }
        let Some(at) = (i + 1..reading.items.len().min(i + 7)).find(|j| reading.column(*j).is_some()) else { continue };
        let gap_is_plain = (i + 1..at).all(|j| {
            reading.is_filler(j)
                || matches!(
                    reading.text(j),
                    "root" | "base" | "2" | "10" | "transform" | "transformed" | "transformation" | "scale"
                )
                || matches!(reading.symbol(j), Some('(' | '-'))
                || reading.concept(j) == Some(C::Columns)
                || reading.concept(j) == Some(C::Normalize)
        });
        let Some(column) = reading.column(at).filter(|c| gap_is_plain && reading.schema.field(*c).is_numeric()) else {
            continue;
        };
        let near = |word: &str| (i.saturating_sub(2)..at).any(|j| reading.text(j) == word);
        let function = match () {
            () if root => "sqrt",
            () if text == "log10" || near("10") => "log10",
            () if text == "log2" || near("2") => "log2",
            () if text == "log1p" => "log1p",
            () => "log",
        };
        let step = Preparation::Apply { column: reading.name(column), function };
        if !found.iter().any(|(_, known)| *known == step) {
            found.push((i, step));
        }
        let from = if i > 0 && reading.text(i - 1) == "natural" { i - 1 } else { i };
        for j in from..at {
            reading.used[j] = true;
            reading.items[j].what = What::Word;
            reading.items[j].text = "the".to_owned();
        }
        if matches!(reading.symbol(at + 1), Some(')')) {
            reading.used[at + 1] = true;
        }
    }
}

/// “the length of the comments in characters”, “number of words in comment”.
fn lengths(reading: &mut Reading, found: &mut Vec<(usize, Preparation)>) {
    for i in 0..reading.items.len() {
        let text = reading.text(i);
        let length = matches!(text, "length" | "lengths" | "long");
        let counted = matches!(text, "characters" | "words" | "letters");
        if reading.used[i] || !(length || counted) {
            continue;
        }
        let end = reading.sentence_end(i).min(i + 9);
        let texts = |j: &usize| {
            reading
                .field(*j)
                .is_some_and(|f| !f.is_numeric() && f.time.is_none() && (!f.is_groupable() || f.distinct > 20))
        };
        let back = (i.saturating_sub(2)..i).rev().find(texts).filter(|_| length);
        if let (None, Some(at)) = ((i + 1..end).find(texts), back)
            && let Some(column) = reading.column(at)
        {
            let unit = (i + 1..end).find(|j| matches!(reading.text(*j), "characters" | "words" | "letters"));
            let words = unit.is_some_and(|j| reading.text(j) == "words");
            let name = format!("length of {}", reading.name(column));
            found.push((i, Preparation::Length { column: reading.name(column), words, into: name.clone() }));
            blank(reading, at, unit.map_or(i + 1, |u| u + 1), None);
            let index = reading.define(made(&name, &[]));
            reading.items[at].what = What::Column(index);
            reading.used[at] = false;
            return;
        }
        let Some(at) = (i + 1..end).find(texts) else { continue };
        let Some(column) = reading.column(at) else { continue };
        let words = (i..end).any(|j| reading.text(j) == "words");
        let unit = (at + 1..end).find(|j| matches!(reading.text(*j), "characters" | "words" | "letters")).unwrap_or(at);
        let name = format!("length of {}", reading.name(column));
        found.push((i, Preparation::Length { column: reading.name(column), words, into: name.clone() }));
        let from = if counted && i > 0 && reading.concept(i - 1) == Some(C::Count) { i - 1 } else { i };
        blank(reading, from, unit + 1, None);
        let index = reading.define(made(&name, &[]));
        reading.items[at].what = What::Column(index);
        reading.used[at] = false;
        return;
    }
}

/// A new column of numbers, or of the given values.
fn made(name: &str, values: &[String]) -> Field {
    let mut field = Field::derived(name, super::expression::Expr::Number(0.0));
    if !values.is_empty() {
        field.kind = analyst_types::ColumnType::Text;
        field.role = Role::Category;
        field.distinct = values.len() as u64;
        field.values = values.to_vec();
        field.forms = super::schema::forms_of(values);
        field.formula = None;
    }
    field
}

/// “extract the title from the Name column”.
fn titles(reading: &mut Reading, found: &mut Vec<(usize, Preparation)>) {
    let Some(i) = (0..reading.items.len())
        .find(|i| matches!(reading.text(*i), "title" | "titles") && matches!(reading.items[*i].what, What::Word))
    else {
        return;
    };
    let named = |j: &usize| reading.field(*j).is_some_and(|f| !f.is_numeric() && f.words.iter().any(|w| w == "name"));
    let Some(at) = (0..reading.items.len()).find(named) else { return };
    let Some(column) = reading.column(at) else { return };
    let into = "title".to_owned();
    found.push((i, Preparation::Title { column: reading.name(column), into: into.clone() }));
    let start = reading.sentence_start(i);
    // The dots of “(Mr, Mrs, …)” end no sentence.
    if at > i && at - i < 24 {
        blank(reading, start, at + 1, None);
        if reading.concept(at + 1) == Some(C::Columns) {
            reading.used[at + 1] = true;
        }
    }
    // “The title is the word between the comma and the full stop” is how it is done.
    for j in 0..reading.items.len() {
        if matches!(reading.text(j), "comma" | "dot" | "period") {
            let (from, to) = (reading.sentence_start(j), reading.sentence_end(j));
            blank(reading, from, to, None);
        }
    }
    reading.define(made(&into, &[String::new()]));
    if let Some(field) = Arc::make_mut(&mut reading.schema).fields.last_mut() {
        field.values.clear();
        field.forms.clear();
        field.distinct = 20;
    }
}

/// “discharge_date minus admission_date”, “days between a and b”.
fn days(reading: &mut Reading, found: &mut Vec<(usize, Preparation)>) {
    let times: Vec<usize> = (0..reading.items.len())
        .filter(|i| {
            reading.field(*i).is_some_and(|f| f.time.is_some() && f.time != Some(super::schema::TimeForm::Year))
        })
        .collect();
    for pair in times.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        if b - a > 4 || reading.column(a) == reading.column(b) || reading.used[a] {
            continue;
        }
        let minus = (a + 1..b).any(|j| reading.concept(j) == Some(C::Minus) || reading.symbol(j) == Some('-'));
        let unit = |j: usize| match reading.text(j).trim_start_matches("in ") {
            "days" | "day" => Some(86_400),
            "hours" | "hour" => Some(3_600),
            "minutes" => Some(60),
            "weeks" => Some(604_800),
            _ => None,
        };
        let from = reading.sentence_start(a);
        let unit_at = (from..reading.sentence_end(b)).find(|j| unit(*j).is_some());
        let between = (a.saturating_sub(3)..a).any(|j| {
            matches!(reading.text(j), "between" | "from")
                || reading.text(j).contains("between")
                || reading.concept(j) == Some(C::Differ)
        });
        if !minus
            && !(between
                && (unit_at.is_some() || (from..a).any(|j| matches!(reading.text(j), "time" | "duration" | "stay"))))
        {
            continue;
        }
        let side = |i: usize| reading.field(i).and_then(|f| Some((f.name.clone(), f.time?)));
        let (Some(first), Some(second)) = (side(a), side(b)) else { continue };
        let (earlier, later) = if minus { (second, first) } else { (first, second) };
        let start = (from..a)
            .find(|j| {
                matches!(reading.text(*j), "as" | "between" | "=" | "from")
                    || reading.concept(*j) == Some(C::As)
                    || reading.symbol(*j) == Some('=')
                    || reading.text(*j).contains("between")
            })
            .unwrap_or(a);
        let name = name_before(reading, from, start).unwrap_or_else(|| format!("{} - {}", later.0, earlier.0));
        let unit_secs = unit_at.and_then(unit).unwrap_or(86_400);
        found.push((a, Preparation::Days { from: earlier, to: later, unit_secs, into: name.clone() }));
        blank(reading, start, b + 1, None);
        if let Some(at) = unit_at {
            blank(reading, at, at + 1, None);
        }
        let index = reading.define(made(&name, &[]));
        if !(0..reading.items.len()).any(|i| reading.column(i) == Some(index)) {
            reading.items[b].what = What::Column(index);
            reading.used[b] = false;
        }
        return;
    }
}

/// “the length of stay in days as”: the name of a made quantity, its words joined.
fn name_before(reading: &Reading, from: usize, start: usize) -> Option<String> {
    let mut end = start;
    while end > from
        && (!matches!(reading.items[end - 1].what, What::Word)
            || matches!(reading.text(end - 1), "days" | "hours" | "in"))
    {
        end -= 1;
    }
    let mut at = end;
    while at > from
        && (matches!(reading.items[at - 1].what, What::Word) || reading.text(at - 1) == "of")
        && !matches!(reading.text(at - 1), "the" | "a" | "an" | "derive" | "compute" | "calculate" | "define" | "as")
    {
        at -= 1;
    }
    let words: Vec<&str> = (at..end).map(|j| reading.text(j)).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// “children (under 18), adults (18 to 59) and seniors (60 and over)”.
fn bands(reading: &mut Reading, found: &mut Vec<(usize, Preparation)>) {
    let Some((list, start, end)) = bins::named_ranges(reading) else { return };
    let from = reading.sentence_start(start);
    let numeric = |i: &usize| reading.field(*i).is_some_and(|f| f.is_numeric() && f.role != Role::Flag);
    let fits = |column: &usize| {
        let (low, high) = &reading.schema.field(*column).bounds;
        let (low, high) = (low.as_f64().unwrap_or(f64::MIN), high.as_f64().unwrap_or(f64::MAX));
        list.iter().flat_map(|r| [r.low, r.high]).flatten().all(|n| n >= low && n <= high)
    };
    let said = (from..start).rev().find(numeric).and_then(|i| reading.column(i));
    let aged = || reading.schema.fields.iter().position(|f| f.is_numeric() && f.words.iter().any(|w| w == "age"));
    let Some(column) = said.or_else(aged).filter(fits) else { return };
    let bands = list;
    let labels: Vec<String> = bands.iter().map(|b| b.label.clone()).collect();
    let into = format!("{} group", reading.name(column));
    let before = (from..start).rev().find(|i| reading.column(*i) == Some(column));
    found.push((start, Preparation::Bands { column: reading.name(column), bands, into: into.clone() }));
    let first = (from..start).find(|i| {
        matches!(
            reading.text(*i),
            "group" | "categorize" | "categorise" | "classify" | "divide" | "split" | "bin" | "segment" | "band"
        )
    });
    blank(reading, first.or(before).unwrap_or(start), end, None);
    let index = reading.define(made(&into, &labels));
    let mut named = false;
    for i in end..reading.items.len() {
        if reading.used[i] || !matches!(reading.items[i].what, What::Word | What::Concept(_)) {
            continue;
        }
        let text = reading.text(i).to_owned();
        if let Some(label) = labels.iter().find(|l| super::lexicon::same_word(&l.to_lowercase(), &text)) {
            reading.items[i].what = What::Value { column: index, value: label.clone() };
            named = true;
        }
        if matches!(text.as_str(), "group" | "category" | "band") {
            reading.items[i].what = What::Column(index);
            named = true;
        }
    }
    if !named {
        reading.items[start].what = What::Column(index);
        reading.used[start] = false;
    }
}

/// “a column result that is 'H' if a > b, 'A' if a < b and 'D' otherwise”.
fn cases(reading: &mut Reading, found: &mut Vec<(usize, Preparation)>) {
    let ifs: Vec<usize> =
        (0..reading.items.len()).filter(|i| matches!(reading.text(*i), "if" | "when") && !reading.used[*i]).collect();
    let Some(first) = ifs.first().copied() else { return };
    let value_at = |i: usize| -> Option<String> {
        match &reading.items.get(i)?.what {
            What::Quoted | What::Number(_) | What::Value { .. } => Some(reading.items[i].raw.clone()),
            _ => None,
        }
    };
    let end = reading.sentence_end(first);
    let start = reading.sentence_start(first);
    let mut cases = Vec::new();
    for (n, at) in ifs.iter().filter(|at| **at < end).enumerate() {
        let Some(value) = at.checked_sub(1).and_then(value_at) else { return };
        let stop = ifs.get(n + 1).map_or(end, |next| next - 1);
        let mut part = reading.part(at + 1, stop);
        let otherwise = (0..part.items.len()).find(|j| matches!(part.text(*j), "otherwise" | "else"));
        if let Some(cut) = otherwise {
            part = part.part(0, cut.saturating_sub(1));
        }
        let (conditions, _) = filters::read(&mut part);
        let condition = match conditions.as_slice() {
            [one] => one.clone(),
            [] => return,
            _ => Condition::All(conditions),
        };
        cases.push((condition, value));
    }
    let other = (first..end).find(|j| matches!(reading.text(*j), "otherwise" | "else"));
    let otherwise = other.and_then(|at| value_at(at + 1).or_else(|| value_at(at.checked_sub(1)?)));
    let name_at = (start..first).find(|j| matches!(reading.concept(*j), Some(C::Columns)) && *j + 1 < first);
    let Some(name_at) = name_at else { return };
    let named =
        (name_at + 1..first).find(|j| !reading.is_filler(*j) && !matches!(reading.text(*j), "called" | "named"));
    let Some(into) = named.map(|j| reading.items[j].raw.clone()) else { return };
    let mut values: Vec<String> = cases.iter().map(|(_, v)| v.clone()).collect();
    values.extend(otherwise.clone());
    let numbers = values.iter().all(|v| v.parse::<f64>().is_ok());
    found.push((first, Preparation::Cases { cases, otherwise, into: into.clone() }));
    blank(reading, start, end, None);
    let mut field = made(&into, if numbers { &[] } else { &values });
    if numbers {
        field.role = Role::Flag;
        field.yes = Some(json!(1));
        field.distinct = 2;
    }
    let index = reading.define(field);
    if !(0..reading.items.len()).any(|i| reading.column(i) == Some(index)) {
        reading.items[first].what = What::Column(index);
        reading.used[first] = false;
    }
}

/// “the mean of a, b and c for each respondent”.
fn row_means(reading: &mut Reading, found: &mut Vec<(usize, Preparation)>) {
    for i in 0..reading.items.len() {
        if reading.concept(i) != Some(C::Mean) || reading.used[i] {
            continue;
        }
        let mut columns = Vec::new();
        let mut at = i + 1;
        while at < reading.items.len() && !reading.ends_sentence(at) {
            match reading.column(at) {
                Some(column) if reading.schema.field(column).is_numeric() => columns.push(column),
                Some(_) => break,
                None if reading.is_filler(at)
                    || reading.symbol(at) == Some(',')
                    || reading.concept(at) == Some(C::And) => {}
                None => break,
            }
            at += 1;
        }
        let each = (at.saturating_sub(1)..at + 3)
            .any(|j| reading.concept(j) == Some(C::Per) && (reading.is_entity_safe(j + 1)));
        if columns.len() < 2 || !each {
            continue;
        }
        let end = (at..reading.items.len())
            .find(|j| reading.ends_clause(*j) || reading.text(*j) == "as")
            .unwrap_or(reading.items.len());
        let name = (end + 1..reading.sentence_end(i).min(end + 5))
            .filter(|_| reading.text(end) == "as")
            .take_while(|j| !reading.ends_clause(*j))
            .filter(|j| !reading.is_filler(*j))
            .map(|j| reading.text(j).to_owned())
            .collect::<Vec<_>>()
            .join(" ");
        let into = if name.is_empty() { "row mean".to_owned() } else { name };
        let stop =
            (end..reading.sentence_end(i)).find(|j| reading.symbol(*j) == Some(',')).unwrap_or(reading.sentence_end(i));
        found.push((
            i,
            Preparation::RowMean { columns: columns.iter().map(|c| reading.name(*c)).collect(), into: into.clone() },
        ));
        blank(reading, i, stop, None);
        let index = reading.define(made(&into, &[]));
        let last = into.split(' ').next_back().unwrap_or_default().to_owned();
        if !(0..reading.items.len()).any(|i| reading.column(i) == Some(index)) {
            match (0..reading.items.len()).find(|j| reading.text(*j) == last) {
                Some(j) => reading.items[j].what = What::Column(index),
                None => {
                    reading.items[i].what = What::Column(index);
                    reading.used[i] = false;
                }
            }
        }
        return;
    }
}

/// “daily return as the percentage change of Close”.
fn changes(reading: &mut Reading, found: &mut Vec<(usize, Preparation)>) {
    let Some(i) = (0..reading.items.len()).find(|i| {
        reading.concept(*i) == Some(C::Growth)
            && reading.text(*i).contains("change")
            && (reading.text(i + 1) == "of" || reading.text(i + 1) == "in")
    }) else {
        return;
    };
    let from = reading.sentence_start(i);
    // “the daily percentage change of Close” needs no name: the grain says that each row stands against the one before.
    let daily = i.checked_sub(1).filter(|j| reading.concept(*j) == Some(C::Day));
    let Some(as_at) = (from..i)
        .rev()
        .find(|j| reading.text(*j) == "as" || reading.concept(*j) == Some(C::As) || reading.symbol(*j) == Some('('))
        .filter(|_| daily.is_none())
        .or(daily)
    else {
        return;
    };
    let Some(at) = (i + 1..i + 5).find(|j| reading.field(*j).is_some_and(|f| f.is_numeric())) else { return };
    let (Some(column), Some(time)) = (reading.column(at), reading.schema.time_field()) else { return };
    let percent = (as_at..at).any(|j| reading.text(j).contains("perc") || reading.text(j).contains("relative"));
    let name_at = (from..as_at).rev().filter(|_| daily.is_none()).find(|j| {
        matches!(reading.items[*j].what, What::Word)
            && (!ENGLISH.is_stopword(reading.text(*j)) || reading.text(*j).starts_with("return"))
            && reading.text(*j).len() > 3
    });
    let into = name_at.map_or("change".to_owned(), |j| reading.text(j).to_owned());
    found.push((
        i,
        Preparation::Change { column: reading.name(column), time: reading.name(time), percent, into: into.clone() },
    ));
    // “daily”, “monthly”: each row against the one before.
    let mut first = name_at.unwrap_or(as_at);
    while first > from && (reading.concept(first - 1).and_then(super::periods::Grain::of).is_some()) {
        first -= 1;
    }
    blank(reading, first, at + 1, None);
    let index = reading.define(made(&into, &[]));
    if !(0..reading.items.len()).any(|i| reading.column(i) == Some(index)) {
        reading.items[at].what = What::Column(index);
        reading.used[at] = false;
    }
    // “the mean daily return” is no mean by day.
    for i in 1..reading.items.len() {
        let grain = reading.concept(i - 1).and_then(super::periods::Grain::of).is_some();
        if reading.column(i) == Some(index) && grain {
            reading.used[i - 1] = true;
            reading.items[i - 1].what = What::Word;
            reading.items[i - 1].text = "the".to_owned();
        }
    }
}
