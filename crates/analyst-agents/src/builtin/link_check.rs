//! Refuses to answer beside the point: a word that stands where a name should stand, and names nothing here.

use super::concept::Concept;
use super::intent::{Aggregate, Quantity, Task, Unlinked};
use super::lexicon::ENGLISH;
use super::linking::{What, nearest_names};
use super::parse::Parts;
use super::schema::Role;

/// Refuses to answer beside the point: an aggregate, a group or a value that names nothing in the data.
pub(super) fn check_links(parts: &Parts, task: &mut Task) {
    if matches!(task, Task::Talk(_)) {
        return;
    }
    let reading = &parts.reading;
    let mut unlinked = Vec::new();
    // What is not computed must not be passed over in silence.
    let scaled = reading
        .find(Concept::Normalize)
        .filter(|_| !matches!(task, Task::Cluster { .. } | Task::Predict(_) | Task::Regression(_)));
    if let Some(at) = scaled {
        unlinked.push(Unlinked { word: reading.items[at].raw.clone(), nearest: Vec::new() });
    }
    for i in 0..reading.items.len() {
        let Some(at) = suspicious_after(parts, i, task) else { continue };
        let word = reading.items[at].raw.clone();
        let nearest = nearest_names(&word, &reading.schema);
        let entry = Unlinked { word, nearest };
        if !unlinked.contains(&entry) {
            unlinked.push(entry);
        }
    }
    if !unlinked.is_empty() || matches!(task, Task::Unclear(_)) {
        *task = Task::Unclear(unlinked);
    }
}

/// The place of a word that should have been a name.
fn suspicious_after(parts: &Parts, i: usize, task: &Task) -> Option<usize> {
    let reading = &parts.reading;
    let unknown = |at: usize| {
        reading.items.get(at).is_some_and(|x| {
            matches!(x.what, What::Word)
                && !reading.used[at]
                && !ENGLISH.is_stopword(&x.text)
                && !ENGLISH.is_neutral(&x.text)
                && !reading.schema.is_entity(&x.text)
                && x.text.len() > 2
                && !x.text.ends_with("ing")
                && !ENGLISH.months.contains_key(&x.text)
        })
    };
    let mut at = i + 1;
    while matches!(reading.text(at), "the" | "a" | "an" | "of" | "each" | "all" | "every" | "our" | "my" | "their") {
        at += 1;
    }
    let ends = |at: usize| {
        at + 1 >= reading.items.len()
            || reading.ends_clause(at + 1)
            || !matches!(reading.items[at + 1].what, What::Column(_))
    };
    // “for the enterprise plan”, where no plan is called that.
    let category =
        reading.field(i + 1).is_some_and(|f| f.role == Role::Category) && !reading.used[i + 1] && !reading.used[i];
    let named_so = i > 0
        && matches!(reading.text(i - 1), "the" | "a" | "an" | "of" | "for" | "in" | "from")
        && !matches!(task, Task::Compare(_) | Task::Association { .. });
    if category && named_so && unknown(i) && reading.items[i + 1].whole {
        return Some(i);
    }
    match reading.concept(i) {
        Some(Concept::Mean | Concept::Sum | Concept::Median | Concept::Std | Concept::Maximum | Concept::Minimum) => {
            let answered = parts.measures.iter().any(|m| matches!(m.quantity, Quantity::Column(_)));
            let counted = matches!(task, Task::Aggregate(a) if a.measures.iter().all(|m| m.aggregate == Aggregate::Count))
                || matches!(task, Task::Unclear(_) | Task::Describe(_) | Task::Trend(_) | Task::Rows(_));
            (unknown(at) && ends(at) && counted && !answered).then_some(at)
        }
        Some(Concept::Per) => {
            let grouping = matches!(
                reading.text(i),
                "by" | "per"
                    | "for each"
                    | "across"
                    | "grouped by"
                    | "group by"
                    | "broken down by"
                    | "in each"
                    | "for every"
                    | "split by"
            );
            let lacking = parts.groups.list.is_empty()
                && !matches!(task, Task::Regression(_) | Task::Predict(_) | Task::Correlation(_) | Task::Points(_));
            (grouping && lacking && unknown(at) && ends(at)).then_some(at)
        }
        _ => {
            let preposition = matches!(reading.text(i), "in" | "for" | "from" | "of");
            let first_sentence = reading.sentence_start(i) == 0;
            let capital = reading.items.get(at).is_some_and(|x| x.raw.chars().next().is_some_and(char::is_uppercase));
            let tool = (at..at + 3).any(|j| {
                matches!(reading.text(j), "library" | "module" | "package" | "function" | "python" | "method" | "test")
            });
            (preposition && first_sentence && capital && !tool && unknown(at)).then_some(at)
        }
    }
}
