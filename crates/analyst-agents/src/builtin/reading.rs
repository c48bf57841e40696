//! A question while it is being read: its items, which of them have been understood, and small looks around.

use std::sync::Arc;

use super::concept::Concept;
use super::lexicon::{ENGLISH, same_word};
use super::linking::{Item, What, link};
use super::schema::{Field, Schema};
use super::tokens::tokenize;

/// A question while it is being read.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    /// The columns; quantities the question defines are added at the end.
    pub(super) schema: Arc<Schema>,
    /// The question's pieces.
    pub(super) items: Vec<Item>,
    /// Which pieces have been understood and need not be looked at again.
    pub(super) used: Vec<bool>,
    /// A bound that an aggregate is held against.
    pub(super) threshold: Option<(char, f64)>,
    /// Words that only belong to a definition: “price” of “compute the price range as high − low”.
    pub(super) defined: Vec<String>,
}

impl Reading {
    /// Reads a text.
    pub(super) fn new(text: &str, schema: impl Into<Arc<Schema>>) -> Self {
        let schema = schema.into();
        let text = text.replace(['\n', '\r'], " . ");
        let items = link(&tokenize(&text), &schema);
        let used = vec![false; items.len()];
        Self { schema, items, used, threshold: None, defined: Vec::new() }
    }

    /// A stretch of the question, with all columns.
    pub(super) fn part(&self, from: usize, to: usize) -> Self {
        let to = to.min(self.items.len());
        let from = from.min(to);
        Self {
            schema: Arc::clone(&self.schema),
            items: self.items[from..to].to_vec(),
            used: self.used[from..to].to_vec(),
            threshold: None,
            defined: self.defined.clone(),
        }
    }

    /// Whether a noun for rows stands at a place, which may lie beyond the end.
    pub(super) fn is_entity_safe(&self, i: usize) -> bool {
        i < self.items.len() && self.is_entity(i)
    }

    /// The idea at a place.
    pub(super) fn concept(&self, i: usize) -> Option<Concept> {
        match self.items.get(i)?.what {
            What::Concept(concept) => Some(concept),
            _ => None,
        }
    }

    /// The idea at a place, unless already used.
    pub(super) fn free_concept(&self, i: usize) -> Option<Concept> {
        self.concept(i).filter(|_| !self.used[i])
    }

    /// The column at a place.
    pub(super) fn column(&self, i: usize) -> Option<usize> {
        match self.items.get(i)?.what {
            What::Column(column) => Some(column),
            _ => None,
        }
    }

    /// The column at a place, unless already used.
    pub(super) fn free_column(&self, i: usize) -> Option<usize> {
        self.column(i).filter(|_| !self.used[i])
    }

    /// The field at a place.
    pub(super) fn field(&self, i: usize) -> Option<&Field> {
        self.column(i).map(|c| self.schema.field(c))
    }

    /// The number at a place.
    pub(super) fn number(&self, i: usize) -> Option<f64> {
        match self.items.get(i)?.what {
            What::Number(value) => Some(value),
            _ => None,
        }
    }

    /// The symbol at a place.
    pub(super) fn symbol(&self, i: usize) -> Option<char> {
        match self.items.get(i)?.what {
            What::Symbol(symbol) => Some(symbol),
            _ => None,
        }
    }

    /// The text at a place, empty beyond the ends.
    pub(super) fn text(&self, i: usize) -> &str {
        self.items.get(i).map_or("", |item| &item.text)
    }

    /// The text just before a place.
    pub(super) fn text_before(&self, i: usize) -> &str {
        if i == 0 { "" } else { self.text(i - 1) }
    }

    /// Whether an idea occurs anywhere.
    pub(super) fn has(&self, concept: Concept) -> bool {
        self.find(concept).is_some()
    }

    /// Whether any of the ideas occurs.
    pub(super) fn has_any(&self, concepts: &[Concept]) -> bool {
        concepts.iter().any(|c| self.has(*c))
    }

    /// Whether an idea occurs and has not been used for something else.
    pub(super) fn has_free(&self, concept: Concept) -> bool {
        (0..self.items.len()).any(|i| self.free_concept(i) == Some(concept))
    }

    /// The first place of an idea.
    pub(super) fn find(&self, concept: Concept) -> Option<usize> {
        (0..self.items.len()).find(|i| self.concept(*i) == Some(concept))
    }

    /// The first unused place of an idea.
    pub(super) fn find_free(&self, concept: Concept) -> Option<usize> {
        (0..self.items.len()).find(|i| self.free_concept(*i) == Some(concept))
    }

    /// Whether a sentence ends here.
    pub(super) fn ends_sentence(&self, i: usize) -> bool {
        matches!(self.symbol(i), Some('.' | '?' | '!' | ';'))
    }

    /// Whether a clause ends here.
    pub(super) fn ends_clause(&self, i: usize) -> bool {
        self.ends_sentence(i) || matches!(self.symbol(i), Some(',' | ':'))
    }

    /// First place of the sentence around `i`.
    pub(super) fn sentence_start(&self, i: usize) -> usize {
        (0..i).rev().find(|j| self.ends_sentence(*j)).map_or(0, |j| j + 1)
    }

    /// Place after the sentence around `i`.
    pub(super) fn sentence_end(&self, i: usize) -> usize {
        (i..self.items.len()).find(|j| self.ends_sentence(*j)).unwrap_or(self.items.len())
    }

    /// Whether a piece has no weight of its own: an article, a preposition, a comma.
    pub(super) fn is_filler(&self, i: usize) -> bool {
        match &self.items[i].what {
            What::Word => ENGLISH.is_stopword(&self.items[i].text),
            What::Concept(Concept::Where | Concept::On) => true,
            What::Symbol(c) => matches!(c, '$' | '€' | '£' | '"' | '\''),
            _ => false,
        }
    }

    /// Whether the piece is a noun for rows: “orders”, “records”.
    pub(super) fn is_entity(&self, i: usize) -> bool {
        match &self.items[i].what {
            What::Word => self.schema.is_entity(&self.items[i].text),
            What::Concept(Concept::Rows | Concept::Dataset) => true,
            _ => false,
        }
    }

    /// The next place from `i` that is not filler, within `reach` steps and the same sentence.
    pub(super) fn next_solid(&self, i: usize, reach: usize) -> Option<usize> {
        let end = self.items.len().min(i + reach);
        (i..end).take_while(|j| !self.ends_sentence(*j)).find(|j| !self.is_filler(*j))
    }

    /// The nearest place before `i` that is not filler, within `reach` steps and the same sentence.
    pub(super) fn previous_solid(&self, i: usize, reach: usize) -> Option<usize> {
        (i.saturating_sub(reach)..i).rev().take_while(|j| !self.ends_sentence(*j)).find(|j| !self.is_filler(*j))
    }

    /// Whether decimals are named right after a number.
    pub(super) fn followed_by_decimals(&self, i: usize) -> bool {
        (i + 1..i + 3).any(|j| self.concept(j) == Some(Concept::Decimals))
    }

    /// Whether sorting is spoken of within three pieces before.
    pub(super) fn near_sort(&self, i: usize) -> bool {
        (i.saturating_sub(4)..i).any(|j| self.concept(j) == Some(Concept::Sort))
    }

    /// Marks the words of a clause that only say which number is rounded.
    pub(super) fn spend_clause_words(&mut self, from: usize, to: usize) {
        let lone = (from..to).all(|i| !matches!(self.items[i].what, What::Value { .. }))
            && (from..to).filter(|i| self.column(*i).is_some()).count() <= 1
            && to - from <= 5;
        let opens = from == 0 || self.ends_clause(from - 1);
        let main = (from..to).any(|i| matches!(self.concept(i), Some(Concept::Which | Concept::Correlation)));
        if lone && opens && !main && from > 0 {
            self.used[from..to].fill(true);
        }
    }

    /// Adds a quantity the question defines and links its name wherever it stands.
    pub(super) fn define(&mut self, field: Field) -> usize {
        let index = self.schema.fields.len();
        for i in 0..self.items.len() {
            let named = self.items[i].what == What::Quoted && self.items[i].text == field.name.to_lowercase()
                || matches!(self.items[i].what, What::Word)
                    && field.words.len() == 1
                    && same_word(&self.items[i].text, &field.words[0])
                || matches!(self.items[i].what, What::Concept(_)) && !self.used[i] && self.items[i].text == field.name;
            if named {
                self.items[i].what = What::Column(index);
            }
        }
        self.link_long_name(&field, index);
        Arc::make_mut(&mut self.schema).fields.push(field);
        index
    }

    /// A defined name of several words is linked at its last word; the others become spent.
    fn link_long_name(&mut self, field: &Field, index: usize) {
        let n = field.words.len();
        if n < 2 {
            return;
        }
        for i in 0..self.items.len().saturating_sub(n - 1) {
            let here = (0..n).all(|k| self.items[i + k].text == field.words[k] && !self.used[i + k]);
            if here {
                self.items[i + n - 1].what = What::Column(index);
                self.used[i..i + n - 1].fill(true);
            }
        }
    }

    /// The columns named anywhere and not used yet, in order, each once.
    pub(super) fn free_columns(&self) -> Vec<usize> {
        let mut found = Vec::new();
        for i in 0..self.items.len() {
            if let Some(column) = self.free_column(i)
                && !found.contains(&column)
            {
                found.push(column);
            }
        }
        found
    }

    /// The columns named anywhere, in order, each once.
    pub(super) fn columns(&self) -> Vec<usize> {
        let mut found = Vec::new();
        for column in (0..self.items.len()).filter_map(|i| self.column(i)) {
            if !found.contains(&column) {
                found.push(column);
            }
        }
        found
    }

    /// Marks all mentions of a column as used.
    pub(super) fn spend_column(&mut self, column: usize) {
        for i in 0..self.items.len() {
            if self.column(i) == Some(column) {
                self.used[i] = true;
            }
        }
    }

    /// Name of a column.
    pub(super) fn name(&self, column: usize) -> String {
        self.schema.field(column).name.clone()
    }
}
