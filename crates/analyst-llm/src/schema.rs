//! JSON Schema as providers accept it.
//!
//! Strict structured output takes a subset: objects are closed and limits on numbers, lengths and formats are
//! refused with a 400. Such limits become words of the description, so that the model still knows them; the caller
//! validates the answer against the whole schema anyway.

use serde_json::{Map, Value};

/// Dropped without a word: they say nothing about the answer.
const SILENT: [&str; 5] = ["$schema", "$id", "title", "default", "examples"];

/// Dropped into the description.
const LIMITS: [&str; 15] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "format",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "propertyNames",
];

/// Hold schemas by name; the names are not keywords.
const BY_NAME: [&str; 3] = ["properties", "$defs", "definitions"];

/// Hold one schema or a list of them.
const NESTED: [&str; 4] = ["items", "anyOf", "allOf", "prefixItems"];

/// The schema in the accepted subset.
pub(crate) fn strict(schema: &Value) -> Value {
    match schema {
        Value::Object(keywords) => Value::Object(strict_object(keywords)),
        Value::Array(schemas) => schemas.iter().map(strict).collect(),
        other => other.clone(),
    }
}

fn strict_object(keywords: &Map<String, Value>) -> Map<String, Value> {
    let mut kept = Map::new();
    let mut limits = Vec::new();
    for (keyword, value) in keywords {
        match keyword.as_str() {
            word if SILENT.contains(&word) => {}
            word if LIMITS.contains(&word) => limits.push(format!("{word} {}", plain(value))),
            word if BY_NAME.contains(&word) => drop(kept.insert(keyword.clone(), by_name(value))),
            word if NESTED.contains(&word) => drop(kept.insert(keyword.clone(), strict(value))),
            // Only `anyOf` is accepted, and the alternatives of our types exclude each other anyway.
            "oneOf" => drop(kept.insert("anyOf".to_owned(), strict(value))),
            _ => drop(kept.insert(keyword.clone(), value.clone())),
        }
    }
    close(&mut kept);
    describe(&mut kept, &limits);
    kept
}

fn by_name(schemas: &Value) -> Value {
    match schemas {
        Value::Object(named) => named.iter().map(|(name, schema)| (name.clone(), strict(schema))).collect(),
        other => other.clone(),
    }
}

fn close(kept: &mut Map<String, Value>) {
    let Some(Value::Object(properties)) = kept.get("properties") else { return };
    let names: Value = properties.keys().cloned().collect();
    kept.insert("additionalProperties".to_owned(), Value::Bool(false));
    kept.insert("required".to_owned(), names);
}

fn describe(kept: &mut Map<String, Value>, limits: &[String]) {
    if limits.is_empty() {
        return;
    }
    let before = kept.get("description").and_then(Value::as_str).map(|text| format!("{text} ")).unwrap_or_default();
    kept.insert("description".to_owned(), Value::String(format!("{before}({})", limits.join(", "))));
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The instruction that stands for a schema where a server takes none.
pub(crate) fn in_words(schema: &Value) -> String {
    format!(
        "Answer with one JSON object and nothing else: no explanation, no code fence. It must match this JSON Schema:\n{schema}"
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn limits_move_into_the_description_and_names_stay() {
        let given = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Plan", "type": "object",
            "properties": {
                "title": {"type": "string", "description": "What.", "maxLength": 9},
                "format": {"type": ["integer", "null"], "format": "uint32", "minimum": 0, "default": null},
                "steps": {"type": "array", "items": {"$ref": "#/$defs/Step"}, "maxItems": 4}
            },
            "$defs": {"Step": {"oneOf": [{"type": "object", "properties": {"minimum": {"const": "x"}}}]}}
        });
        let expect = json!({
            "type": "object",
            "properties": {
                "title": {"type": "string", "description": "What. (maxLength 9)"},
                "format": {"type": ["integer", "null"], "description": "(format uint32, minimum 0)"},
                "steps": {"type": "array", "items": {"$ref": "#/$defs/Step"}, "description": "(maxItems 4)"}
            },
            "$defs": {"Step": {"anyOf": [{
                "type": "object", "properties": {"minimum": {"const": "x"}},
                "additionalProperties": false, "required": ["minimum"]
            }]}},
            "additionalProperties": false,
            "required": ["title", "format", "steps"]
        });
        assert_eq!(strict(&given), expect);
        assert_eq!(strict(&expect), expect, "what is strict already stays");
    }
}
