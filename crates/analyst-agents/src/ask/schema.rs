//! The JSON Schema of an output, in the subset that every provider takes: one closed object without references, every
//! property required, absence written as null.

use analyst_types::OutputSchema;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::prompt::Field;

/// Keywords that some providers refuse in strict schemas.
const REFUSED: [&str; 5] = ["$schema", "title", "default", "format", "examples"];

/// The schema of `T`.
pub(super) fn output_schema<T: JsonSchema>(name: &str) -> OutputSchema {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    close(&mut schema);
    OutputSchema { name: name.to_owned(), schema }
}

/// The fields of a closed schema, for models that mark fields.
pub(super) fn fields(schema: &Value) -> Vec<Field> {
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    properties
        .map(|(name, field)| {
            let is_text = field.get("type").is_some_and(|kind| kind == "string");
            Field { name: name.clone(), description: described(field), form: form(field, is_text), is_text }
        })
        .collect()
}

/// Makes a value fit where no meaning is lost: unknown properties go, missing nullable ones become null, missing
/// lists empty.
pub(super) fn fit(schema: &Value, value: &mut Value) {
    if let Some(branches) = schema.get("anyOf").and_then(Value::as_array) {
        let object = branches.iter().find(|branch| branch.get("properties").is_some());
        if let Some(branch) = object.filter(|_| value.is_object()) {
            fit(branch, value);
        }
        return;
    }
    if let (Some(items), Some(values)) = (schema.get("items"), value.as_array_mut()) {
        values.iter_mut().for_each(|value| fit(items, value));
    }
    let (Some(properties), Some(object)) = (schema.get("properties").and_then(Value::as_object), value.as_object_mut())
    else {
        return;
    };
    object.retain(|name, _| properties.contains_key(name));
    for (name, property) in properties {
        match object.get_mut(name) {
            Some(value) => fit(property, value),
            None if is_nullable(property) => _ = object.insert(name.clone(), Value::Null),
            None if property.get("type").is_some_and(|kind| kind == "array") => {
                object.insert(name.clone(), json!([]));
            }
            None => {}
        }
    }
}

/// What is wrong with a value, as the model is told it; `None` when it fits.
pub(super) fn fault(schema: &Value, value: &Value) -> Option<String> {
    let validator = jsonschema::validator_for(schema).expect("BUG: our own schema is not valid");
    let faults: Vec<String> = validator
        .iter_errors(value)
        .take(3)
        .map(|error| match error.instance_path().to_string() {
            path if path.is_empty() => error.masked().to_string(),
            path => format!("{path}: {}", error.masked()),
        })
        .collect();
    (!faults.is_empty()).then(|| faults.join("; "))
}

fn close(schema: &mut Value) {
    let Some(object) = schema.as_object_mut() else { return };
    REFUSED.iter().for_each(|keyword| _ = object.shift_remove(*keyword));
    as_plain_enum(object);
    if let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut) {
        properties.values_mut().for_each(close);
        let names: Vec<Value> = properties.keys().map(|name| Value::from(name.as_str())).collect();
        object.insert("required".to_owned(), Value::Array(names));
        object.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
    if let Some(items) = object.get_mut("items") {
        close(items);
    }
    if let Some(branches) = object.get_mut("anyOf").and_then(Value::as_array_mut) {
        branches.iter_mut().for_each(close);
    }
}

/// `oneOf` constants, as documented enums come, become one `enum` whose description tells them all.
fn as_plain_enum(object: &mut Map<String, Value>) {
    let constants = |branches: &Vec<Value>| {
        branches.iter().map(|branch| branch.get("const").cloned()).collect::<Option<Vec<Value>>>()
    };
    let Some(branches) = object.get("oneOf").and_then(Value::as_array) else { return };
    let Some(values) = constants(branches) else { return };
    let told = branches
        .iter()
        .map(|branch| format!("{}: {}", branch["const"].as_str().unwrap_or_default(), described(branch)));
    let told = [described_map(object)].into_iter().chain(told).filter(|text| !text.is_empty());
    let description = told.collect::<Vec<_>>().join(" ");
    object.shift_remove("oneOf");
    object.insert("type".to_owned(), json!("string"));
    object.insert("enum".to_owned(), Value::Array(values));
    object.insert("description".to_owned(), Value::from(description));
}

fn described(schema: &Value) -> String {
    schema.as_object().map(described_map).unwrap_or_default()
}

fn described_map(object: &Map<String, Value>) -> String {
    object.get("description").and_then(Value::as_str).unwrap_or_default().replace('\n', " ")
}

fn is_nullable(schema: &Value) -> bool {
    let null = |kind: &Value| kind == "null" || kind.as_array().is_some_and(|kinds| kinds.contains(&json!("null")));
    schema.get("type").is_some_and(null)
        || schema.get("anyOf").and_then(Value::as_array).is_some_and(|any| any.iter().any(is_nullable))
}

fn form(field: &Value, is_text: bool) -> String {
    match field.get("enum").and_then(Value::as_array) {
        Some(values) => {
            let values: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
            format!("one of {}", values.join(", "))
        }
        None if is_text => "text".to_owned(),
        None => format!("JSON by this schema: {field}"),
    }
}

#[cfg(test)]
mod tests {
    use analyst_types::Plan;

    use super::*;
    use crate::{FixCodeOutput, WriteCodeOutput};

    fn assert_closed(schema: &Value) {
        match schema {
            Value::Object(object) => {
                assert!(!object.contains_key("$ref") && !object.contains_key("oneOf"), "{schema}");
                if let Some(properties) = object.get("properties").and_then(Value::as_object) {
                    assert_eq!(object["additionalProperties"], json!(false), "{schema}");
                    assert_eq!(object["required"].as_array().unwrap().len(), properties.len(), "{schema}");
                }
                object.values().for_each(assert_closed);
            }
            Value::Array(values) => values.iter().for_each(assert_closed),
            _ => {}
        }
    }

    #[test]
    fn schemas_are_closed_and_describe_their_fields() {
        for schema in [output_schema::<Plan>("plan").schema, output_schema::<WriteCodeOutput>("write_code").schema] {
            assert_closed(&schema);
            let fields = schema["properties"].as_object().unwrap();
            assert!(fields.values().all(|field| !described(field).is_empty()), "{schema}");
        }
        let plan = output_schema::<Plan>("plan").schema;
        let names: Vec<&String> = plan["properties"].as_object().unwrap().keys().collect();
        assert_eq!(names, ["complexity", "reason", "steps"]);
        assert_eq!(plan["properties"]["complexity"]["enum"], json!(["unrelated", "basic", "intermediate", "advanced"]));
    }

    #[test]
    fn harmless_deviations_are_mended_and_others_are_told() {
        let schema = output_schema::<WriteCodeOutput>("write_code").schema;
        let mut value = json!({"summary": "s", "language": "sql", "code": "SELECT 1", "thoughts": "…"});
        fit(&schema, &mut value);
        assert_eq!(value, json!({"summary": "s", "language": "sql", "code": "SELECT 1", "chart": null}));
        assert_eq!(fault(&schema, &value), None);
        value["language"] = json!("rust");
        assert!(fault(&schema, &value).unwrap().contains("/language"));
        value.as_object_mut().unwrap().shift_remove("code");
        assert!(fault(&schema, &value).unwrap().contains("code"));
    }

    #[test]
    fn small_models_are_told_each_field() {
        let fields = fields(&output_schema::<FixCodeOutput>("fix_code").schema);
        let told: Vec<_> =
            fields.iter().map(|field| (field.name.as_str(), field.form.as_str(), field.is_text)).collect();
        assert_eq!(told, [("explanation", "text", true), ("code", "text", true)]);
    }
}
