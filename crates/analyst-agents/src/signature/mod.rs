//! What a model or the built-in analyst is asked, typed: one file per signature, inputs and outputs as plain structs.
//!
//! A signature knows no provider. How a prompt becomes a request, and a reply becomes an output, is the `ask` module's;
//! what of an input a model may see is the `disclosure` module's; what it is told are the files in `prompts/`.

mod converse;
mod fix_code;
mod plan_question;
mod write_answer;
mod write_code;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub use converse::{Converse, ConverseInput, ConverseOutput};
pub use fix_code::{FixCode, FixCodeInput, FixCodeOutput};
pub use plan_question::{AgentCard, PlanQuestion, PlanQuestionInput};
pub use write_answer::{StepOutcome, WriteAnswer, WriteAnswerInput, WriteAnswerOutput};
pub use write_code::{StepDigest, WriteCode, WriteCodeInput, WriteCodeOutput};

use crate::disclosure::{Disclosed, Disclosure};
use crate::{AgentError, BuiltInAnalyst};

/// One kind of request: typed input, typed output.
pub trait Signature: Send + Sync + 'static {
    /// `plan`, `write_code`, `fix_code`, `answer`, `chat`: the purpose of its model calls, and the stem of the names
    /// of its prompts.
    const NAME: &'static str;
    /// The field of the output that is told while it is written.
    const STREAMED: &'static str;
    /// Upper bound of a reply, reasoning included.
    const MAX_OUTPUT_TOKENS: u32;
    /// What is asked about. Not `Serialize`: only disclosed parts of it reach a prompt.
    type Input: Send + Sync;
    /// What must come back.
    type Output: Serialize + DeserializeOwned + JsonSchema + Clone + Send + Sync;

    /// How the built-in analyst answers it, without a model.
    ///
    /// # Errors
    /// [`AgentError::BeyondBuiltIn`] when it cannot.
    fn builtin(analyst: &BuiltInAnalyst, input: &Self::Input) -> Result<Self::Output, AgentError>;

    /// What of the input a model may see.
    fn disclose(input: &Self::Input, disclosure: &Disclosure) -> Disclosed;

    /// What is wrong with an output that has the right form, in a sentence for the model.
    ///
    /// # Errors
    /// That sentence.
    fn check(_input: &Self::Input, _output: &Self::Output) -> Result<(), String> {
        Ok(())
    }

    /// Puts an output right that says the same in another way, as smaller models do.
    fn normalise(_output: &mut Self::Output) {}

    /// An output from a reply in no asked-for form, where its meaning is plain all the same.
    fn from_prose(_reply: &str) -> Option<Value> {
        None
    }
}

/// Code without the Markdown fence that models like to put round it.
fn unfenced(code: &str) -> String {
    let trimmed = code.trim();
    let inner = trimmed.strip_prefix("```").and_then(|rest| rest.strip_suffix("```"));
    match inner.and_then(|inner| inner.split_once('\n')) {
        Some((tag, body)) if tag.trim().chars().all(char::is_alphanumeric) => body.trim_end().to_owned(),
        _ => code.trim_matches(['\n', '\r']).trim_end().to_owned(),
    }
}

/// The only fenced block of a text: its tag, its content and the prose before it.
fn only_fence(text: &str) -> Option<(&str, &str, &str)> {
    let mut parts = text.split("```");
    let (before, block) = (parts.next()?, parts.next()?);
    parts.next()?;
    if parts.next().is_some() {
        return None;
    }
    let (tag, body) = block.split_once('\n')?;
    Some((tag.trim(), body, before.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fences_are_taken_off_and_nothing_else() {
        let cases = [
            ("```python\nx = 1\n```", "x = 1"),
            ("x = 1\n", "x = 1"),
            ("\n    x = 1", "    x = 1"),
            ("s = \"```\"", "s = \"```\""),
        ];
        for (code, expected) in cases {
            assert_eq!(unfenced(code), expected);
        }
        assert_eq!(only_fence("Counts.\n```sql\nSELECT 1\n```\n"), Some(("sql", "SELECT 1\n", "Counts.")));
        assert_eq!(only_fence("```\na\n``` and ```\nb\n```"), None);
        assert_eq!(only_fence("```sql\nSELECT"), None);
    }
}
