//! What of a run's data a model may see. Prompts are rendered from [`Disclosed`] values, and only this module makes
//! them: nothing else in the crate can put a cell into a request.
//!
//! | level | shown |
//! |---|---|
//! | local | nothing to a model that is not on this computer |
//! | schema | column names and types, shares of missing values, rounded counts, the question; no value, no result |
//! | statistics | also ranges, means, quantiles, categories of at least ten rows, results without texts from cells |
//! | samples | also up to five rows and results as they are |
//!
//! A model on this computer sees what “samples” shows and all frequent values. Everything is bounded in size.

mod dataset;
mod personal;
mod pseudonym;
mod quote;
mod request;
mod result;
mod vocabulary;

use std::sync::Arc;

use analyst_types::{ModelId, PrivacyLevel, Shown};
use serde::Serialize;

use crate::AgentError;
use pseudonym::Pseudonyms;

/// Characters per token, on average over prose, code and numbers.
pub(crate) const CHARS_PER_TOKEN: f64 = 3.6;
/// The context of a model of which nothing is known.
const UNKNOWN_CONTEXT_TOKENS: u64 = 16_000;
/// The most that earlier turns may take.
const MAX_HISTORY_TOKENS: u64 = 6_000;

/// What is really shown; the person's choice, raised for a model on this computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Schema,
    Statistics,
    Samples,
    Everything,
}

/// How much room there is: each step shows less than the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Thrift {
    None,
    NoSamples,
    NoHistory,
}

/// The gate between a run's data and a model.
#[derive(Debug, Clone)]
pub struct Disclosure {
    level: Level,
    thrift: Thrift,
    history_chars: usize,
    pseudonyms: Arc<Pseudonyms>,
}

/// Something that may be shown: what prompts are rendered from.
#[derive(Debug, Clone)]
pub struct Disclosed {
    value: minijinja::Value,
    shown: Vec<Shown>,
}

impl Disclosed {
    fn of(view: impl Serialize, shown: Vec<Shown>) -> Self {
        Self { value: minijinja::Value::from(minijinja::value::Serde(view)), shown }
    }

    /// What of which dataset is in it, for the ledger.
    pub(crate) fn shown(&self) -> &[Shown] {
        &self.shown
    }

    pub(crate) fn value(&self) -> &minijinja::Value {
        &self.value
    }
}

impl Disclosure {
    /// What `model` may see.
    ///
    /// # Errors
    /// [`AgentError::PrivacyForbids`] when nothing may leave and the model is elsewhere.
    pub(crate) fn for_model(
        privacy: PrivacyLevel,
        model: &ModelId,
        model_is_local: bool,
        context_tokens: Option<u64>,
    ) -> Result<Self, AgentError> {
        let level = match privacy {
            _ if model_is_local => Level::Everything,
            PrivacyLevel::Local => return Err(AgentError::PrivacyForbids { model: model.to_string() }),
            PrivacyLevel::Schema => Level::Schema,
            PrivacyLevel::Statistics => Level::Statistics,
            PrivacyLevel::Samples => Level::Samples,
        };
        let history_tokens = (context_tokens.unwrap_or(UNKNOWN_CONTEXT_TOKENS) / 6).min(MAX_HISTORY_TOKENS);
        Ok(Self {
            level,
            thrift: Thrift::None,
            history_chars: (history_tokens as f64 * CHARS_PER_TOKEN) as usize,
            pseudonyms: Arc::default(),
        })
    }

    /// Whether results of executed code may be shown. Otherwise the answer is written on this computer.
    pub(crate) fn shows_results(&self) -> bool {
        self.level >= Level::Statistics
    }

    /// The same gate with less room: for a request that did not fit. `None` when nothing more can be left out.
    pub(crate) fn narrower(&self) -> Option<(Self, &'static str)> {
        let (thrift, told) = match self.thrift {
            Thrift::None => (Thrift::NoSamples, "sample rows and frequent values were left out"),
            Thrift::NoSamples => (Thrift::NoHistory, "earlier questions and most columns were left out"),
            Thrift::NoHistory => return None,
        };
        Some((Self { thrift, ..self.clone() }, told))
    }

    /// A model's prose, with the texts that it was not shown put back.
    pub(crate) fn restored(&self, prose: &str) -> String {
        self.pseudonyms.restored(prose)
    }

    /// How much of `normal` there is room for.
    fn room(&self, normal: usize) -> usize {
        match self.thrift {
            Thrift::None => normal,
            Thrift::NoSamples => normal / 2,
            Thrift::NoHistory => normal / 5,
        }
    }
}
