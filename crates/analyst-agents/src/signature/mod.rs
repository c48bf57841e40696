//! What a model or the built-in analyst is asked, typed: one file per signature, inputs and outputs as plain structs.
//!
//! A signature knows no provider. How an input becomes a prompt, and a reply becomes an output, is the `ask` module's;
//! what of an input a model may see is the `disclosure` module's.

mod converse;
mod fix_code;
mod plan_question;
mod write_answer;
mod write_code;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use converse::{Converse, ConverseInput, ConverseOutput};
pub use fix_code::{FixCode, FixCodeInput, FixCodeOutput};
pub use plan_question::{AgentCard, PlanQuestion, PlanQuestionInput};
pub use write_answer::{StepOutcome, WriteAnswer, WriteAnswerInput, WriteAnswerOutput};
pub use write_code::{StepDigest, WriteCode, WriteCodeInput, WriteCodeOutput};

use crate::{AgentError, BuiltInAnalyst};

/// One kind of request: typed input, typed output.
pub trait Signature: Send + Sync + 'static {
    /// `plan`, `write_code`, `fix_code`, `answer`, `chat`: the purpose of its model calls.
    const NAME: &'static str;
    /// What is asked about. Not `Serialize`: only disclosed parts of it reach a prompt.
    type Input: Send + Sync;
    /// What must come back.
    type Output: Serialize + DeserializeOwned + JsonSchema + Clone + Send + Sync;

    /// How the built-in analyst answers it, without a model.
    ///
    /// # Errors
    /// [`AgentError::BeyondBuiltIn`] when it cannot.
    fn builtin(analyst: &BuiltInAnalyst, input: &Self::Input) -> Result<Self::Output, AgentError>;
}
