//! Claims: every number an answer says, and whether this run computed it.
//!
//! Thin but honest: a number is *verified* when a value that executed code produced gives it in the precision stated,
//! *derived* when simple arithmetic on a few such values gives it (or it stands in the question), and *unverified*
//! otherwise. Meaning is not checked: that 19.26 is the mean of the right column is what the source is shown for.

mod arithmetic;
mod clause;
mod direction;
mod evidence;
mod lookup;
mod mask;
mod number;
mod spelled;

use std::collections::HashSet;
use std::ops::Range;

use analyst_types::{Claim, ClaimStatus};

use arithmetic::Said;
use clause::{Binding, Mention};
use direction::Spoken;
pub(crate) use evidence::Evidence;
use evidence::Member;
use lookup::Found;
use number::{Kind, Number};

/// The claims of an answer, in order, equal ones once.
pub(crate) fn check(answer: &str, evidence: &Evidence) -> Vec<Claim> {
    let mentions = evidence.named.mentions(answer);
    let is_label = |number: &Number| {
        let within = |mention: &Mention| mention.range.start <= number.start && number.end() <= mention.range.end;
        mentions.iter().any(within) || number.year().is_some_and(|year| evidence.years.contains(&year))
    };
    let mut numbers = number::numbers(answer, &evidence.labels);
    numbers.retain(|number| !is_label(number));
    let places: Vec<Range<usize>> = numbers.iter().map(Number::range).collect();
    let mut sentence: Option<Sentence<'_>> = None;
    let mut claims: Vec<Claim> = Vec::new();
    for (at, number) in numbers.iter().enumerate() {
        if sentence.as_ref().is_none_or(|sentence| !sentence.unit.contains(&number.start)) {
            sentence = Some(Sentence::new(answer, number.start, &mentions, &places, &numbers, evidence));
        }
        let Some(sentence) = &mut sentence else { continue };
        let Some(claim) = sentence.claim(at, number) else { continue };
        if !claims.iter().any(|known| known.text == claim.text && known.status == claim.status) {
            claims.push(claim);
        }
    }
    claims
}

/// A sentence of the answer, with what is known of its numbers so far.
struct Sentence<'a> {
    answer: &'a str,
    unit: Range<usize>,
    binding: Binding<'a>,
    words: HashSet<String>,
    evidence: &'a Evidence,
    /// What was found for the numbers, by their place among all.
    found: Vec<(usize, Option<Found<'a>>)>,
    /// The values of its numbers, in order.
    values: Vec<(usize, Member)>,
}

impl<'a> Sentence<'a> {
    fn new(
        answer: &'a str,
        at: usize,
        mentions: &'a [Mention],
        places: &[Range<usize>],
        numbers: &[Number],
        evidence: &'a Evidence,
    ) -> Self {
        let unit = clause::unit(answer, at, mentions);
        let binding = Binding::new(answer, unit.clone(), mentions, places);
        let words = words(&answer[unit.clone()]);
        let mut sentence =
            Self { answer, unit: unit.clone(), binding, words, evidence, found: Vec::new(), values: Vec::new() };
        for (at, number) in numbers.iter().enumerate().filter(|(_, number)| unit.contains(&number.start)) {
            let found = sentence.look_up(number);
            if let Some(found) = &found {
                sentence.remember(at, number, found.exact);
            }
            sentence.found.push((at, found));
        }
        sentence
    }

    fn remember(&mut self, at: usize, number: &Number, value: f64) {
        self.values.push((at, Member { name: number.text.clone(), value, row: None }));
        self.values.sort_by_key(|(at, _)| *at);
    }

    fn look_up(&self, number: &Number) -> Option<Found<'a>> {
        let bound = self.binding.labels(&number.range(), &self.evidence.named);
        let clause = self.binding.clause(number.start);
        lookup::look_up(number, self.answer, clause, &self.words, &bound, self.evidence)
    }

    /// What is found out about a number; `None` when it turns out to be no claim.
    fn claim(&mut self, at: usize, number: &Number) -> Option<Claim> {
        let place = self.found.iter().position(|(known, _)| *known == at)?;
        if let Some(found) = self.found[place].1.take() {
            return Some(found.claim(number));
        }
        let unsourced = |status, source: &str| Claim {
            text: number.text.clone(),
            value: number.value(),
            status,
            artifact_id: None,
            source: source.to_owned(),
        };
        if stands_in(&self.evidence.question, number) {
            return Some(unsourced(ClaimStatus::Derived, "the question"));
        }
        if let Some(name) = self.evidence.names.iter().find(|name| self.is_quoted_from(name, number)) {
            return Some(unsourced(ClaimStatus::Derived, &format!("the name “{name}”")));
        }
        if number.kind == Kind::Count {
            return self.counts_too_many(number).then(|| unsourced(ClaimStatus::Unverified, ""));
        }
        if let Some(derived) = arithmetic::derive(number, &self.said(at, number)) {
            self.remember(at, number, derived.value);
            let claim = unsourced(ClaimStatus::Derived, &derived.source);
            return Some(Claim { artifact_id: derived.artifact, ..claim });
        }
        Some(unsourced(ClaimStatus::Unverified, ""))
    }

    /// Whether the number is part of what something is called: “requests above 1 s”.
    fn is_quoted_from(&self, name: &str, number: &Number) -> bool {
        stands_in(name, number) && words(name).iter().any(|word| self.words.contains(word))
    }

    fn said(&self, at: usize, number: &Number) -> Said<'a> {
        let clause = direction::around(self.answer, &self.unit, &number.range());
        Said {
            words: self.words.clone(),
            spoken: Spoken::of(self.binding.sentence()),
            direction: direction::direction(self.binding.clause(number.start), &number.text)
                .or_else(|| direction::direction(clause, &number.text)),
            mentions: self.binding.all(),
            bound: self.binding.labels(&number.range(), &self.evidence.named),
            is_whole: self.answer[self.unit.start..number.start].trim_end().ends_with(" of"),
            beside: self.values.iter().filter(|(known, _)| *known != at).map(|(_, member)| member.clone()).collect(),
            evidence: self.evidence,
        }
    }

    /// “six regions” where there are four. Fewer may be some of them, which is for the reader to see.
    fn counts_too_many(&self, number: &Number) -> bool {
        let after: String = self.answer[number.end()..self.unit.end].chars().take(40).collect();
        let said = words(&after.split_whitespace().take(2).collect::<Vec<_>>().join(" "));
        let counted: Vec<_> = self.evidence.kinds.iter().filter(|kind| said.contains(&kind.plural)).collect();
        !counted.is_empty() && counted.iter().all(|kind| number.value() > kind.n as f64)
    }
}

/// The claims of talk that no computation was made for: what rests on the data, and what pretends to.
pub(crate) fn check_talk(answer: &str, evidence: &Evidence, names: &[String]) -> Vec<Claim> {
    let mut claims = check(answer, evidence);
    let about_data = |claim: &Claim| {
        let mut sentences = answer.split(['\n', '.', '!', '?']);
        sentences.any(|sentence| sentence.contains(&claim.text) && names.iter().any(|name| sentence.contains(name)))
    };
    claims.retain(|claim| claim.status != ClaimStatus::Unverified || about_data(claim));
    claims
}

/// The texts of the claims that nothing was found for.
pub(crate) fn unverified(claims: &[Claim]) -> Vec<String> {
    let doubted = claims.iter().filter(|claim| claim.status == ClaimStatus::Unverified);
    doubted.map(|claim| claim.text.clone()).collect()
}

fn stands_in(question: &str, number: &Number) -> bool {
    let asked = number::numbers(question, &[]);
    asked.iter().any(|other| other.is_percent == number.is_percent && other.value() == number.value())
}

/// The words of a text that say something, in lower case.
fn words(text: &str) -> HashSet<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= 3);
    words.map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests;
