//! Speaks to language models and says what it cost.
//!
//! [`ModelFactory`] turns a [`ModelId`](analyst_types::ModelId) and an access (key, address) into a
//! [`LanguageModel`](analyst_types::LanguageModel). Who can be spoken to is data: `providers.json` and `models.json`.
//!
//! Two wires cover every provider of the list: Anthropic Messages and OpenAI chat completions, both written here
//! directly on an HTTP client. A ready client crate was weighed and not taken, for three reasons. The privacy ledger
//! must hold the exact bytes of a request *before* they leave ([`EgressLog`]), and such crates serialise inside the
//! send. Errors of a stream hide their HTTP status there, on which every retry rule depends. And a stream that breaks
//! off must never be taken for a finished answer, which has to be decided per wire, next to its terminal event.
//!
//! The crate refuses: redirects (they would carry the key to another host), plain HTTP beyond this machine,
//! addresses with a user name in them, answers that are not the provider's protocol, and retries after something
//! of the answer was shown. It knows no prompt, no dataset and no store.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod account;
mod answer;
mod dialect;
mod egress;
mod endpoint;
#[expect(clippy::result_large_err, reason = "a failure carries what came of the answer; it is made once per call")]
mod exchange;
mod factory;
mod failure;
mod local;
mod policy;
mod price;
mod provider;
mod registry;
mod remote;
mod schema;
mod sse;
mod wire;

pub use answer::{Answer, ToolCall};
pub use egress::{EgressLog, IncomingResponse, OutgoingRequest};
pub use factory::ModelFactory;
pub use policy::CallPolicy;
pub use provider::{Provider, ProviderAccess, TokenLimitField, WireKind, provider, providers};
pub use registry::{known_models, model_info};
pub use remote::RemoteModel;
/// Holds a key: wiped on drop, never printed.
pub use secrecy::SecretString;
