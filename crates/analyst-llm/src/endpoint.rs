//! Where a provider is reached, and whether that is this machine.
//!
//! Refuses what would leak the key: plain HTTP beyond this machine, and addresses that carry credentials themselves.

use std::net::IpAddr;

use reqwest::Url;

use crate::provider::{Provider, WireKind};

/// A checked address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// Where calls are posted.
    pub(crate) calls: Url,
    /// Where the models are listed.
    pub(crate) models: Url,
    /// Whether it is this machine.
    pub(crate) loopback: bool,
    /// Whether it is the address of the provider's own entry.
    pub(crate) own_address: bool,
}

impl Endpoint {
    /// The address of `provider`, or the person's `base_url` in its place. The error is a sentence for people.
    pub(crate) fn resolve(provider: &Provider, base_url: Option<&str>) -> Result<Self, String> {
        let given = base_url.map(str::trim).filter(|text| !text.is_empty());
        let base = parse(given.unwrap_or(&provider.base_url), provider)?;
        let loopback = is_loopback(&base);
        if base.scheme() != "https" && !loopback {
            return Err(format!("the address {base} must begin with https:// (http:// only on this machine)"));
        }
        let (calls, models) = match provider.wire {
            WireKind::Anthropic => ("v1/messages", "v1/models"),
            WireKind::OpenAi => ("chat/completions", "models"),
        };
        let own = parse(&provider.base_url, provider)?;
        Ok(Self { calls: below(&base, calls), models: below(&base, models), loopback, own_address: base == own })
    }
}

/// Takes what people write: with or without scheme, port, `/v1` or the whole path of a call.
fn parse(text: &str, provider: &Provider) -> Result<Url, String> {
    let with_scheme = if text.contains("://") {
        text.to_owned()
    } else {
        format!("http://{}", text.replacen("0.0.0.0", "127.0.0.1", 1))
    };
    let with_host = with_scheme.replacen("http://:", "http://127.0.0.1:", 1);
    let mut url = Url::parse(&with_host).map_err(|error| format!("“{text}” is not an address: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(format!("“{text}” is not an address of a server"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the address must not contain a user name or a password".to_owned());
    }
    if url.host_str() == Some("0.0.0.0") {
        // A server's "listen everywhere" is no address to connect to; people copy it from its configuration.
        url.set_host(Some("127.0.0.1")).map_err(|error| format!("“{text}” is not an address: {error}"))?;
    }
    add_usual_port(&mut url, text, provider);
    url.set_query(None);
    url.set_fragment(None);
    url.set_path(&base_path(url.path(), provider.wire));
    Ok(url)
}

/// A local server named without a port listens at the port of its entry.
fn add_usual_port(url: &mut Url, text: &str, provider: &Provider) {
    let bare = !text.contains("://") && url.port().is_none();
    if !bare || !provider.local {
        return;
    }
    if let Some(port) = Url::parse(&provider.base_url).ok().and_then(|usual| usual.port()) {
        // Fails only for URLs without a host, which were refused above.
        let _ = url.set_port(Some(port));
    }
}

fn base_path(path: &str, wire: WireKind) -> String {
    let path = path.trim_end_matches('/');
    match wire {
        WireKind::Anthropic => {
            let path = path.trim_end_matches("/messages");
            path.strip_suffix("/v1").unwrap_or(path).to_owned()
        }
        WireKind::OpenAi => {
            let path = path.trim_end_matches("/chat/completions");
            if path.is_empty() { "/v1".to_owned() } else { path.to_owned() }
        }
    }
}

fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::provider;

    fn check(id: &str, base_url: Option<&str>, expect: &str) {
        let endpoint = Endpoint::resolve(provider(id).unwrap(), base_url).unwrap();
        assert_eq!(endpoint.calls.as_str(), expect, "{base_url:?}");
    }

    #[test]
    fn people_may_write_the_address_as_they_know_it() {
        check("anthropic", None, "https://api.anthropic.com/v1/messages");
        check("anthropic", Some("http://127.0.0.1:9/"), "http://127.0.0.1:9/v1/messages");
        check("anthropic", Some("https://gateway.example/claude/v1"), "https://gateway.example/claude/v1/messages");
        check("anthropic", Some("https://gateway.example/v1/messages"), "https://gateway.example/v1/messages");
        check("openai", None, "https://api.openai.com/v1/chat/completions");
        check("openai", Some("http://localhost:9"), "http://localhost:9/v1/chat/completions");
        check("openai", Some("http://[::1]:9/v1/"), "http://[::1]:9/v1/chat/completions");
        check("openai", Some("https://x.example/api/chat/completions"), "https://x.example/api/chat/completions");
        check("ollama", Some("0.0.0.0"), "http://127.0.0.1:11434/v1/chat/completions");
        check("ollama", Some(":4000"), "http://127.0.0.1:4000/v1/chat/completions");
        check("ollama", Some("localhost:4000"), "http://localhost:4000/v1/chat/completions");
        check("ollama", Some("http://0.0.0.0:4000"), "http://127.0.0.1:4000/v1/chat/completions");
    }

    #[test]
    fn addresses_that_would_leak_the_key_are_refused() {
        let openai = provider("openai").unwrap();
        for address in [
            "http://api.openai.com/v1",
            "http://192.168.1.4:8080",
            "https://me:pw@x.example",
            "ftp://x",
            "not an address",
        ] {
            assert!(Endpoint::resolve(openai, Some(address)).is_err(), "{address}");
        }
        assert!(!Endpoint::resolve(openai, Some("https://me:pw@x.example")).unwrap_err().contains("pw"));
        assert!(!Endpoint::resolve(openai, Some("https://localhost.evil.example")).unwrap().loopback);
    }

    #[test]
    fn own_address_is_recognised_however_it_is_written() {
        let openai = provider("openai").unwrap();
        assert!(Endpoint::resolve(openai, Some("https://api.openai.com")).unwrap().own_address);
        assert!(!Endpoint::resolve(openai, Some("http://127.0.0.1:1")).unwrap().own_address);
    }
}
