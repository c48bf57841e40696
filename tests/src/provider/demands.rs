//! What the real services refuse, refused here as well.

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::Value;

use super::transcript::Wire;
use super::{anthropic, delivery, openai};

/// Keywords that strict structured output does not take.
const REFUSED_KEYWORDS: [&str; 9] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "maxItems",
    "oneOf",
];

/// Models that refuse the older token limit and a temperature.
const REASONING_PREFIXES: [&str; 4] = ["o1", "o3", "o4", "gpt-5"];

/// Lets the request pass, or says what the service would say.
#[expect(clippy::result_large_err, reason = "the error is the response that is sent")]
pub(super) fn check(wire: Wire, key: Option<&str>, headers: &HeaderMap, request: &Value) -> Result<(), Response> {
    if key.is_some_and(|key| given_key(wire, headers) != Some(key)) {
        return Err(refusal(wire, StatusCode::UNAUTHORIZED, "invalid x-api-key"));
    }
    match complaint(wire, headers, request) {
        Some(complaint) => Err(refusal(wire, StatusCode::BAD_REQUEST, &complaint)),
        None => Ok(()),
    }
}

/// The answer to a request that no rule takes: final, and easy to find.
pub(super) fn unscripted(wire: Wire) -> Response {
    refusal(wire, StatusCode::BAD_REQUEST, "the test's script has no reply for this request")
}

/// The schema of the JSON that is asked for, wherever the wire puts it.
pub(super) fn wanted_schema(request: &Value) -> Option<&Value> {
    let places = [
        "/output_config/format/schema",
        "/response_format/json_schema/schema",
        "/tools/0/input_schema",
        "/tools/0/function/parameters",
    ];
    places.iter().find_map(|place| request.pointer(place))
}

fn given_key(wire: Wire, headers: &HeaderMap) -> Option<&str> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match wire {
        Wire::Anthropic => text("x-api-key"),
        Wire::OpenAi => text("authorization").and_then(|value| value.strip_prefix("Bearer ")),
    }
}

fn complaint(wire: Wire, headers: &HeaderMap, request: &Value) -> Option<String> {
    if !request.is_object() {
        return Some("the body is not JSON".to_owned());
    }
    if request["model"].as_str().is_none_or(str::is_empty) {
        return Some("model: field required".to_owned());
    }
    if request["messages"].as_array().is_none_or(Vec::is_empty) {
        return Some("messages: at least one message is required".to_owned());
    }
    let of_wire = match wire {
        Wire::Anthropic => anthropic_complaint(headers, request),
        Wire::OpenAi => openai_complaint(request),
    };
    of_wire.or_else(|| wanted_schema(request).and_then(schema_complaint))
}

fn anthropic_complaint(headers: &HeaderMap, request: &Value) -> Option<String> {
    if !headers.contains_key("anthropic-version") {
        return Some("anthropic-version: header is required".to_owned());
    }
    if !request["max_tokens"].is_u64() {
        return Some("max_tokens: field required".to_owned());
    }
    let roles = request["messages"].as_array().into_iter().flatten().map(|message| message["role"].as_str());
    let unknown = roles.flatten().find(|role| !matches!(*role, "user" | "assistant"))?;
    Some(format!("messages: unexpected role {unknown:?}"))
}

fn openai_complaint(request: &Value) -> Option<String> {
    let model = request["model"].as_str().unwrap_or_default();
    let reasons = REASONING_PREFIXES.iter().any(|prefix| model.starts_with(prefix));
    let field = ["max_tokens", "temperature"].into_iter().find(|field| request.get(field).is_some())?;
    reasons.then(|| format!("Unsupported parameter: '{field}' is not supported with this model."))
}

/// Objects are closed and complete, and limits are not taken.
fn schema_complaint(schema: &Value) -> Option<String> {
    let keywords = schema.as_object()?;
    if let Some(refused) = REFUSED_KEYWORDS.iter().find(|keyword| keywords.contains_key(**keyword)) {
        return Some(format!("schema: property '{refused}' is not supported"));
    }
    if let Some(properties) = keywords.get("properties").and_then(Value::as_object) {
        let required = schema["required"].as_array().map_or(0, Vec::len);
        if schema["additionalProperties"] != false || required != properties.len() {
            return Some("schema: 'additionalProperties' must be false and every property required".to_owned());
        }
    }
    let by_name = ["properties", "$defs"].into_iter().filter_map(|word| schema[word].as_object());
    let listed = ["anyOf", "allOf"].into_iter().filter_map(|word| schema[word].as_array());
    let nested = by_name.flat_map(|named| named.values()).chain(listed.flatten()).chain(keywords.get("items"));
    nested.into_iter().find_map(schema_complaint)
}

fn refusal(wire: Wire, status: StatusCode, message: &str) -> Response {
    let body = match wire {
        Wire::Anthropic => anthropic::error(status.as_u16(), message),
        Wire::OpenAi => openai::error(status.as_u16(), message),
    };
    delivery::whole(status, &body)
}
