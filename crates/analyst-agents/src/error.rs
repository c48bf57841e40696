//! Why a question could not be worked on. A failed step is not here: that is data, and the answer tells it.

use analyst_types::{AppError, ErrorCode, ModelError};

/// Why a run ends without an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AgentError {
    /// The person stopped it, or nobody listens any more.
    #[error("stopped")]
    Cancelled,
    /// The question names an agent that does not exist or is switched off.
    #[error("no agent @{name} is switched on{}", nearest.as_ref().map(|n| format!("; did you mean @{n}?")).unwrap_or_default())]
    UnknownAgent {
        /// As typed, without the `@`.
        name: String,
        /// The agent whose name is nearest, if one is near.
        nearest: Option<String>,
    },
    /// The privacy level does not let this model see anything.
    #[error("the privacy level “local” keeps everything on this computer, and {model} is not on it")]
    PrivacyForbids {
        /// `provider/name`.
        model: String,
    },
    /// The model's answer was not what was asked for, twice.
    #[error("the model's answer to “{purpose}” cannot be used: {message}")]
    Malformed {
        /// What was asked: `plan`, `write_code`, …
        purpose: String,
        /// What is wrong with it.
        message: String,
    },
    /// The model does not want to.
    #[error("the model refused: {message}")]
    Refused {
        /// In its own words, as far as it gave any.
        message: String,
    },
    /// The built-in analyst cannot do what was asked of it.
    #[error("{message}")]
    BeyondBuiltIn {
        /// What it cannot do, and what works instead.
        message: String,
    },
    /// The model gave no answer.
    #[error(transparent)]
    Model(ModelError),
}

impl From<ModelError> for AgentError {
    fn from(error: ModelError) -> Self {
        match error {
            ModelError::Cancelled => Self::Cancelled,
            other => Self::Model(other),
        }
    }
}

impl From<AgentError> for AppError {
    fn from(error: AgentError) -> Self {
        let told = AppError::new(code(&error), error.to_string());
        match &error {
            AgentError::Cancelled => told.with_hint("What was already produced is kept."),
            AgentError::UnknownAgent { .. } => told.with_hint("The list of agents shows every name."),
            AgentError::PrivacyForbids { .. } => {
                told.with_hint("Choose the built-in analyst or a model on this computer, or raise the privacy level.")
            }
            AgentError::Malformed { .. } => told.with_hint("Ask again, or choose a stronger model."),
            AgentError::Refused { .. } => told.with_hint("Rephrase the question, or choose another model."),
            AgentError::BeyondBuiltIn { .. } => told.with_hint("A language model can be chosen in the settings."),
            AgentError::Model(ModelError::RateLimited { retry_after, .. }) => {
                AppError { retry_after_secs: retry_after.map(|wait| wait.as_secs().max(1)), ..told }
            }
            AgentError::Model(ModelError::Unauthorized { .. }) => told.with_hint("Enter a valid key in the settings."),
            AgentError::Model(_) => told.with_hint("Ask again later, or choose another model."),
        }
    }
}

fn code(error: &AgentError) -> ErrorCode {
    match error {
        AgentError::Cancelled => ErrorCode::Cancelled,
        AgentError::UnknownAgent { .. } => ErrorCode::NotFound,
        AgentError::PrivacyForbids { .. } | AgentError::BeyondBuiltIn { .. } => ErrorCode::InvalidRequest,
        AgentError::Model(ModelError::Unauthorized { .. }) => ErrorCode::KeyRejected,
        AgentError::Malformed { .. } | AgentError::Refused { .. } | AgentError::Model(_) => ErrorCode::ModelUnavailable,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn faces_are_told_what_to_do_next() {
        let provider = || "Acme".to_owned();
        let limited = ModelError::RateLimited { provider: provider(), retry_after: Some(Duration::from_millis(200)) };
        let unknown = AgentError::UnknownAgent { name: "vizz".into(), nearest: Some("data_viz_agent".into()) };
        let cases = [
            (AgentError::from(ModelError::Cancelled), ErrorCode::Cancelled, "stopped"),
            (AgentError::Model(ModelError::Unauthorized { provider: provider() }), ErrorCode::KeyRejected, "Acme"),
            (AgentError::Model(limited.clone()), ErrorCode::ModelUnavailable, "limits"),
            (unknown, ErrorCode::NotFound, "did you mean @data_viz_agent?"),
            (AgentError::PrivacyForbids { model: "a/b".into() }, ErrorCode::InvalidRequest, "a/b"),
            (AgentError::Refused { message: "No.".into() }, ErrorCode::ModelUnavailable, "No."),
        ];
        for (error, code, part) in cases {
            let told = AppError::from(error);
            assert_eq!(told.code, code, "{told}");
            assert!(told.message.contains(part), "{told}");
            assert!(!told.hint.is_empty() || told.retry_after_secs.is_some(), "{told}");
        }
        assert_eq!(AppError::from(AgentError::Model(limited)).retry_after_secs, Some(1));
    }
}
