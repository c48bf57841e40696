//! What a call cost, from a dated price list with tiers and cache rates.
//!
//! Unknown models cost `None`, never zero: a sum with a gap must be seen as one.

use std::time::SystemTime;

use analyst_types::Usage;
use genai_prices::{PriceRequest, UsageKey};

use crate::provider::Provider;

/// US dollars for these tokens, now.
pub(crate) fn price(provider: &Provider, model: &str, usage: &Usage, cache_write_tokens: u64) -> Option<f64> {
    price_at(provider, model, usage, cache_write_tokens, SystemTime::now())
}

/// US dollars for these tokens at the rates of a day.
pub(crate) fn price_at(
    provider: &Provider,
    model: &str,
    usage: &Usage,
    cache_write_tokens: u64,
    day: SystemTime,
) -> Option<f64> {
    if provider.local {
        return (!provider.forwards(model)).then_some(0.0);
    }
    // Token counts are far below 2^52, so the conversion to f64 is exact.
    let counted = genai_prices::Usage::from([
        (UsageKey::INPUT_TOKENS, usage.input_tokens as f64),
        (UsageKey::CACHE_READ_TOKENS, usage.cached_input_tokens as f64),
        (UsageKey::CACHE_WRITE_TOKENS, cache_write_tokens as f64),
        (UsageKey::OUTPUT_TOKENS, usage.output_tokens as f64),
    ]);
    let request = PriceRequest::new(model, &counted).with_provider_id(provider.price_list.as_deref()?);
    genai_prices::calculate(&request.with_timestamp(day)).ok().map(|price| price.total_price)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::provider;

    fn cost(id: &str, model: &str, usage: Usage, cache_write_tokens: u64) -> Option<f64> {
        let day = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_795_000_000);
        price_at(provider(id).unwrap(), model, &usage, cache_write_tokens, day)
    }

    #[test]
    fn cached_tokens_are_cheaper_and_written_ones_dearer() {
        let usage = Usage { input_tokens: 3000, cached_input_tokens: 1000, output_tokens: 100 };
        // Claude Haiku 4.5, dollars per million: input 1, cache read 0.1, cache write 1.25, output 5.
        let expect = (1000.0 * 1.0 + 1000.0 * 0.1 + 1000.0 * 1.25 + 100.0 * 5.0) / 1e6;
        let got = cost("anthropic", "claude-haiku-4-5", usage, 1000).unwrap();
        assert!((got - expect).abs() < 1e-12, "{got} is not {expect}");
    }

    #[test]
    fn local_models_are_free_and_unknown_ones_have_no_price() {
        let usage = Usage { input_tokens: 10, cached_input_tokens: 0, output_tokens: 10 };
        assert_eq!(cost("ollama", "llama3.2", usage, 0), Some(0.0));
        assert_eq!(cost("ollama", "gpt-oss:120b-cloud", usage, 0), None);
        assert_eq!(cost("openai", "no-such-model", usage, 0), None);
    }
}
