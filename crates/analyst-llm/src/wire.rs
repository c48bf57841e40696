//! The two protocols, each in its file, behind one trait.

mod anthropic;
mod openai;

use analyst_types::{ModelDelta, ModelRequest};
use reqwest::header::HeaderMap;
use secrecy::SecretString;
use serde_json::Value;

use crate::answer::Answer;
use crate::dialect::Dialect;
use crate::provider::WireKind;

/// What can be wrong with what came.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fault {
    /// The provider reports an error, as if it had answered with this status.
    Reported {
        /// The HTTP status it stands for.
        status: u16,
        /// What it says.
        body: Value,
    },
    /// The model's window is full.
    ContextOverflow,
    /// It is not the protocol.
    Foreign(&'static str),
}

/// A protocol: how a question is put into bytes, and how an answer is read from them.
pub(crate) trait Wire: Sync {
    /// The headers that carry the key and the version.
    fn headers(&self, key: Option<&SecretString>) -> HeaderMap;

    /// The body of a call.
    fn body(&self, model: &str, request: &ModelRequest, dialect: &Dialect) -> Value;

    /// Takes the data of one event into the answer and gives what it adds.
    fn read_event(&self, data: &str, answer: &mut Answer) -> Result<Vec<ModelDelta>, Fault>;

    /// Takes a whole answer, from a server that does not stream.
    fn read_whole(&self, body: &Value, answer: &mut Answer) -> Result<Vec<ModelDelta>, Fault>;
}

/// The protocol of this kind.
pub(crate) fn wire(kind: WireKind) -> &'static dyn Wire {
    match kind {
        WireKind::Anthropic => &anthropic::AnthropicMessages,
        WireKind::OpenAi => &openai::OpenAiChat,
    }
}

fn parse(data: &str) -> Result<Value, Fault> {
    serde_json::from_str(data).map_err(|_| Fault::Foreign("its stream contains something that is not JSON"))
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}
