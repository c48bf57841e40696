//! What a worker tells, and how its host reads it. Hostile until proven otherwise: whatever fits nothing is an error.

use serde_json::{Value, json};

use crate::DataError;

/// What a worker tells.
#[derive(Debug)]
pub enum Told {
    /// How much is done, from 0 to 1.
    Progress(f64),
    /// It is done; the answer as JSON.
    Done(Vec<u8>),
    /// It could not be done.
    Failed(DataError),
    /// A library panicked over it; the worker itself is well.
    Panicked,
}

impl Told {
    /// Reads what came. An error is a sentence on what is wrong with it.
    pub fn parse(head: &Value, body: Vec<u8>) -> Result<Self, String> {
        match head["type"].as_str() {
            Some("progress") => Ok(Self::Progress(head["done"].as_f64().unwrap_or_default().clamp(0.0, 1.0))),
            Some("done") => Ok(Self::Done(body)),
            Some("failed") => serde_json::from_slice(&body).map(Self::Failed).map_err(|error| error.to_string()),
            Some("panicked") => Ok(Self::Panicked),
            _ => Err("it told something unknown".to_owned()),
        }
    }

    /// As it is sent: head and body.
    pub(super) fn write(self) -> (Value, Vec<u8>) {
        match self {
            Self::Progress(done) => (json!({ "type": "progress", "done": done }), Vec::new()),
            Self::Done(body) => (json!({ "type": "done" }), body),
            Self::Failed(error) => match serde_json::to_vec(&error) {
                Ok(body) => (json!({ "type": "failed" }), body),
                Err(_) => (json!({ "type": "panicked" }), Vec::new()),
            },
            Self::Panicked => (json!({ "type": "panicked" }), Vec::new()),
        }
    }
}
