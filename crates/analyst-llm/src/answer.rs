//! An answer while it grows, in the words of neither wire.

use analyst_types::{ModelDelta, StopReason, Usage};

/// A tool the model wants to call. Nothing is ever called: the model has no tools here, except the one that stands
/// for a JSON answer. Others are kept for diagnosis and otherwise ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ToolCall {
    /// The provider's number of the block.
    pub(crate) index: u64,
    /// Which tool.
    pub name: String,
    /// Its arguments, as JSON text; empty stands for none.
    pub arguments: String,
}

/// Everything the wire told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The text.
    pub text: String,
    /// The reasoning before it.
    pub thinking: String,
    /// Tools the model asked for.
    pub tool_calls: Vec<ToolCall>,
    /// Why it stopped; `None` while it speaks.
    pub stop: Option<StopReason>,
    /// Input tokens that no cache knew.
    pub(crate) fresh_tokens: u64,
    /// Input tokens read from the cache.
    pub(crate) cache_read_tokens: u64,
    /// Input tokens written to the cache.
    pub(crate) cache_write_tokens: u64,
    /// Output tokens.
    pub(crate) output_tokens: u64,
    /// Whether the provider counted tokens at all.
    pub(crate) counted: bool,
    /// Whether the terminal event came.
    pub(crate) ended: bool,
    /// Whether the model has said that it is done, so that only counts can be missing.
    pub(crate) complete: bool,
    /// Whether the arguments of the tool are the text, because a JSON answer was forced that way.
    pub(crate) text_from_tool: bool,
}

impl Answer {
    /// The tokens so far.
    pub fn usage(&self) -> Usage {
        Usage {
            input_tokens: self.fresh_tokens + self.cache_read_tokens + self.cache_write_tokens,
            cached_input_tokens: self.cache_read_tokens,
            output_tokens: self.output_tokens,
        }
    }

    /// Takes a piece of the text.
    pub(crate) fn say(&mut self, text: &str) -> Option<ModelDelta> {
        self.text.push_str(text);
        (!text.is_empty()).then(|| ModelDelta::Text(text.to_owned()))
    }

    /// Takes a piece of the reasoning.
    pub(crate) fn think(&mut self, text: &str) -> Option<ModelDelta> {
        self.thinking.push_str(text);
        (!text.is_empty()).then(|| ModelDelta::Thinking(text.to_owned()))
    }

    /// Takes the beginning of a tool call, or another piece of it.
    pub(crate) fn call_tool(&mut self, index: u64, name: &str, arguments: &str) -> Option<ModelDelta> {
        let position = self.tool_calls.iter().position(|call| call.index == index).unwrap_or_else(|| {
            self.tool_calls.push(ToolCall { index, ..ToolCall::default() });
            self.tool_calls.len() - 1
        });
        let call = &mut self.tool_calls[position];
        call.name.push_str(name);
        call.arguments.push_str(arguments);
        if self.text_from_tool { self.say(arguments) } else { None }
    }
}
