//! A question that asks for several things: the ways to cut it, the likeliest first.
//!
//! “What is the rate by ward? Which ward has the highest?” is one piece of work, because the second sentence leans on
//! the first; “How many departments are there, and which one has the most employees?” is two.

use super::concept::Concept as C;
use super::reading::Reading;
use super::schema::Role;

/// A stretch of the question.
pub(super) type Stretch = (usize, usize);

/// Ways to cut a question, the likeliest first; at least one.
pub(super) fn ways(reading: &Reading) -> Vec<Vec<Stretch>> {
    let whole = vec![(0, reading.items.len())];
    let sentences = joined(reading, cut(reading, |i| reading.ends_sentence(i)));
    let clauses = joined(reading, cut(reading, |i| reading.ends_sentence(i) || begins_question(reading, i)));
    let mut ways = Vec::new();
    // “Do they order fewer? Compare the means with Welch's t-test.”: the test is the answer to the question before.
    let tested = reading.has_any(&[
        C::TTest,
        C::Welch,
        C::Student,
        C::MannWhitney,
        C::Wilcoxon,
        C::Anova,
        C::Kruskal,
        C::Levene,
        C::ChiSquare,
        C::Fisher,
        C::Kolmogorov,
        C::Paired,
    ]);
    if tested {
        ways.push(whole.clone());
    }
    let independent = sentences.iter().filter(|s| asks(reading, s)).count();
    if independent > 1 {
        ways.push(sentences.clone());
        ways.push(whole);
    } else {
        ways.push(whole);
        ways.push(sentences);
    }
    let independent = clauses.iter().filter(|s| asks(reading, s)).count();
    if independent > 1 && clauses.len() > 1 {
        ways.insert(usize::from(tested), clauses);
    } else {
        ways.push(clauses);
    }
    if let Some(both) = number_then_end(reading) {
        ways.insert(0, both);
    }
    ways.retain(|way| !way.is_empty());
    ways.dedup();
    ways
}

/// “…, and which one has the most”: the joint before a question word.
fn begins_question(reading: &Reading, i: usize) -> bool {
    let joint = reading.symbol(i) == Some(',') || reading.text(i) == "and";
    let next = if reading.text(i + 1) == "and" { i + 2 } else { i + 1 };
    let asks = |j: usize| {
        matches!(reading.concept(j), Some(C::Which | C::Count))
            || matches!(reading.text(j), "which" | "what" | "who" | "how many" | "how" | "how much")
    };
    let linked = matches!(reading.text(next), "in which" | "at which" | "on which" | "for which" | "from which");
    joint && (linked || asks(next) || matches!(reading.text(next), "in" | "at" | "on" | "for" | "by") && asks(next + 1))
}

fn cut(reading: &Reading, ends: impl Fn(usize) -> bool) -> Vec<Stretch> {
    let mut list = Vec::new();
    let mut from = 0;
    for i in 0..reading.items.len() {
        if ends(i) {
            list.push((from, i + 1));
            from = i + 1;
        }
    }
    list.push((from, reading.items.len()));
    list.retain(|(a, b)| (*a..*b).any(|i| has_weight(reading, i)));
    list
}

/// “What is the rate, and in which month was it highest?”: the number of all rows first, then where it is highest.
fn number_then_end(reading: &Reading) -> Option<Vec<Stretch>> {
    let at = (0..reading.items.len()).find(|i| begins_question(reading, *i))?;
    let end = |i: usize| matches!(reading.concept(i), Some(C::Highest | C::Lowest));
    let to = reading.sentence_end(at);
    let it = (at..to).any(|i| matches!(reading.text(i), "it" | "this" | "that" | "they"));
    let plain = (0..at).all(|i| !end(i) && !matches!(reading.concept(i), Some(C::Per | C::Growth | C::Trend)));
    let number = (0..at).any(|i| matches!(reading.concept(i), Some(C::Rate | C::Mean | C::Sum | C::Median | C::Share)));
    (it && plain && number && (at..to).any(end)).then(|| vec![(0, at), (0, reading.items.len())])
}

fn has_weight(reading: &Reading, i: usize) -> bool {
    !reading.used[i] && !reading.is_filler(i) && reading.symbol(i).is_none() && reading.text(i).len() > 1
}

/// Stretches that cannot stand alone go with the one before.
fn joined(reading: &Reading, list: Vec<Stretch>) -> Vec<Stretch> {
    let mut out: Vec<Stretch> = Vec::new();
    for stretch in list {
        match out.last_mut() {
            Some(last) if leans(reading, &stretch) => last.1 = stretch.1,
            _ => out.push(stretch),
        }
    }
    out
}

/// Whether a stretch asks for something of its own.
fn asks(reading: &Reading, stretch: &Stretch) -> bool {
    !leans(reading, stretch)
}

fn leans(reading: &Reading, &(from, to): &Stretch) -> bool {
    let any = |wanted: &dyn Fn(usize) -> bool| (from..to).any(wanted);
    let aggregate = any(&|i| {
        matches!(
            reading.concept(i),
            Some(
                C::Count
                    | C::Sum
                    | C::Mean
                    | C::Median
                    | C::Minimum
                    | C::Maximum
                    | C::Std
                    | C::Variance
                    | C::Rate
                    | C::Share
                    | C::Distinct
                    | C::Mode
                    | C::Correlation
                    | C::Percentile
                    | C::Skewness
                    | C::Missing
                    | C::Outlier
                    | C::Forecast
                    | C::Duplicate
            )
        )
    });
    let number = any(&|i| reading.field(i).is_some_and(|f| f.role == Role::Measure || f.role == Role::Flag));
    let most = any(&|i| matches!(reading.text(i), "most" | "fewest" | "most common" | "most frequent"));
    let column = any(&|i| reading.column(i).is_some());
    let question = any(&|i| {
        matches!(reading.concept(i), Some(C::Which | C::Count | C::IsThere)) || reading.symbol(i) == Some('?')
    });
    // Neither a number of its own nor a count: it speaks of what was asked before.
    let counts = any(&|i| {
        matches!(
            reading.concept(i),
            Some(
                C::Count
                    | C::Distinct
                    | C::Missing
                    | C::Outlier
                    | C::Duplicate
                    | C::Correlation
                    | C::Forecast
                    | C::Share
                    | C::Rate
            )
        )
    });
    let pronoun = any(&|i| matches!(reading.text(i), "it" | "that" | "this" | "they"));
    if pronoun && !most && !any(&|i| reading.symbol(i) == Some('(')) && from > 0 {
        return true;
    }
    let entity = any(&|i| reading.is_entity(i));
    !(aggregate && number || counts && (column || entity) || number && question || most && column)
}
