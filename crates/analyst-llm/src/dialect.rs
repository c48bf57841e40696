//! What a server was found not to understand.
//!
//! Compatible servers differ in small things and say so with a 400. The call is then said again without that thing,
//! once, and the model remembers it for later calls.

use crate::endpoint::Endpoint;
use crate::provider::{Provider, TokenLimitField, WireKind};
use crate::registry;

/// How a JSON answer is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SchemaMode {
    /// By the wire's own field.
    Native,
    /// By a tool that must be called with the answer.
    Tool,
    /// In words.
    Words,
}

/// How a server is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) wire: WireKind,
    pub(crate) schema: SchemaMode,
    pub(crate) token_limit: TokenLimitField,
    /// Whether the token counts of a stream are asked for.
    pub(crate) stream_usage: bool,
    /// Whether the model thinks first, so that the limit must leave room for it.
    pub(crate) reasons: bool,
}

impl Dialect {
    /// The dialect to begin with.
    pub(crate) fn expected(provider: &Provider, endpoint: &Endpoint, model: &str) -> Self {
        let reasons = registry::reasons(model);
        // At another address the provider's name only means "compatible", and compatible servers know the older field.
        let token_limit =
            if endpoint.own_address || reasons { provider.token_limit } else { TokenLimitField::MaxTokens };
        Self { wire: provider.wire, schema: SchemaMode::Native, token_limit, stream_usage: true, reasons }
    }

    /// The dialect that avoids what `complaint` is about; `None` when it is about something else.
    pub(crate) fn avoiding(self, complaint: &str, with_schema: bool) -> Option<Self> {
        let complaint = complaint.to_lowercase();
        let about = |words: &[&str]| words.iter().any(|word| complaint.contains(word));
        if about(&["stream_options", "include_usage"]) && self.stream_usage {
            return Some(Self { stream_usage: false, ..self });
        }
        if about(&["max_completion_tokens", "max_tokens"])
            && about(&["unsupported", "not supported", "unknown", "unrecognized", "extra", "instead"])
        {
            return self.with_other_token_limit(&complaint);
        }
        let schema_words = [
            "response_format",
            "response format",
            "json_schema",
            "json schema",
            "structured output",
            "output_config",
            "output_format",
            "output format",
            "grammar",
            "tool_choice",
            "schema",
        ];
        if with_schema && about(&schema_words) {
            return self.with_weaker_schema();
        }
        None
    }

    fn with_other_token_limit(self, complaint: &str) -> Option<Self> {
        let wanted = match (self.wire, self.token_limit) {
            (WireKind::Anthropic, _) => return None,
            (_, TokenLimitField::MaxTokens) if complaint.contains("max_completion_tokens") => {
                TokenLimitField::MaxCompletionTokens
            }
            (_, TokenLimitField::MaxCompletionTokens) => TokenLimitField::MaxTokens,
            _ => return None,
        };
        Some(Self { token_limit: wanted, ..self })
    }

    fn with_weaker_schema(self) -> Option<Self> {
        let schema = match (self.wire, self.schema) {
            (WireKind::Anthropic, SchemaMode::Native) => SchemaMode::Tool,
            (_, SchemaMode::Native | SchemaMode::Tool) => SchemaMode::Words,
            (_, SchemaMode::Words) => return None,
        };
        Some(Self { schema, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::provider;

    fn expected(id: &str, base_url: Option<&str>, model: &str) -> Dialect {
        let provider = provider(id).unwrap();
        Dialect::expected(provider, &Endpoint::resolve(provider, base_url).unwrap(), model)
    }

    #[test]
    fn openai_itself_gets_the_newer_limit_and_compatible_servers_the_older() {
        let newer = TokenLimitField::MaxCompletionTokens;
        assert_eq!(expected("openai", None, "gpt-4.1").token_limit, newer);
        assert_eq!(expected("openai", Some("http://127.0.0.1:1"), "gpt-5").token_limit, newer);
        assert_eq!(expected("openai", Some("http://127.0.0.1:1"), "llama").token_limit, TokenLimitField::MaxTokens);
        assert_eq!(expected("ollama", None, "qwen3").token_limit, TokenLimitField::MaxTokens);
    }

    #[test]
    fn complaints_change_one_thing_each() {
        let groq = expected("groq", None, "llama");
        let avoided = |complaint, with_schema| groq.avoiding(complaint, with_schema);
        assert_eq!(avoided("This response_format type is unavailable now", true).unwrap().schema, SchemaMode::Words);
        assert_eq!(avoided("This response_format type is unavailable now", false), None);
        assert!(!avoided("unknown field stream_options", false).unwrap().stream_usage);
        let newer =
            avoided("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", false).unwrap();
        assert_eq!(newer.token_limit, TokenLimitField::MaxCompletionTokens);
        assert_eq!(avoided("temperature must be positive", true), None);
    }

    #[test]
    fn anthropic_falls_back_to_a_tool_and_then_to_words() {
        let native = expected("anthropic", None, "claude-3-haiku");
        let tool = native.avoiding("claude-3-haiku does not support output format.", true).unwrap();
        assert_eq!(tool.schema, SchemaMode::Tool);
        let words = tool.avoiding("tool_choice: not allowed here", true).unwrap();
        assert_eq!(words.schema, SchemaMode::Words);
        assert_eq!(words.avoiding("schema", true), None);
    }
}
