//! From a reply's text to a typed output. Accepts what means the same (a fence round the JSON, prose before it, field
//! markers) and says exactly what is wrong with the rest.

use serde_json::{Map, Value};

use super::schema;
use crate::Signature;
use crate::prompt::Field;

/// Replies longer than this are not looked at: no answer is.
const MAX_REPLY_BYTES: usize = 4 << 20;

/// The output of a reply, or a complaint for the model.
pub(super) fn parse<S: Signature>(schema: &Value, fields: &[Field], text: &str) -> Result<S::Output, String> {
    if text.len() > MAX_REPLY_BYTES {
        return Err(format!("it has {} bytes", text.len()));
    }
    let mut value = object(fields, text).or_else(|fault| S::from_prose(text).ok_or(fault))?;
    schema::fit(schema, &mut value);
    if let Some(fault) = schema::fault(schema, &value) {
        return Err(fault);
    }
    let mut output: S::Output = serde_json::from_value(value).map_err(|error| error.to_string())?;
    S::normalise(&mut output);
    Ok(output)
}

fn object(fields: &[Field], text: &str) -> Result<Value, String> {
    let trimmed = text.trim();
    let strict = match serde_json::from_str::<Value>(trimmed) {
        Ok(value) if value.is_object() => return Ok(value),
        Ok(_) => "it is JSON, but not an object".to_owned(),
        Err(error) => format!("it is not JSON: {error}"),
    };
    if let Some(marked) = marked(fields, text)? {
        return Ok(marked);
    }
    fenced_json(trimmed).or_else(|| embedded_json(trimmed)).ok_or(strict)
}

/// `[[ ## field ## ]]` sections; `None` when there are no markers at all.
fn marked(fields: &[Field], text: &str) -> Result<Option<Value>, String> {
    let mut sections: Map<String, Value> = Map::new();
    let mut current: Option<(&Field, String)> = None;
    for line in text.lines() {
        let Some((name, rest)) = marker(line) else {
            if let Some((_, section)) = &mut current {
                section.push_str(line);
                section.push('\n');
            }
            continue;
        };
        close_section(current.take(), &mut sections)?;
        current = fields.iter().find(|field| field.name == name).map(|field| (field, format!("{rest}\n")));
    }
    close_section(current, &mut sections)?;
    Ok((!sections.is_empty()).then_some(Value::Object(sections)))
}

fn close_section(section: Option<(&Field, String)>, sections: &mut Map<String, Value>) -> Result<(), String> {
    let Some((field, text)) = section else { return Ok(()) };
    let body = text.trim_matches(['\n', '\r']).trim_end();
    let value = if field.is_text {
        Value::from(if field.form == "text" { body.to_owned() } else { body.trim().to_lowercase() })
    } else if body.trim().is_empty() || body.trim().eq_ignore_ascii_case("none") {
        Value::Null
    } else {
        let json = serde_json::from_str(body.trim()).ok().or_else(|| fenced_json_any(body.trim()));
        json.ok_or_else(|| format!("the field {} is not JSON", field.name))?
    };
    sections.insert(field.name.clone(), value);
    Ok(())
}

/// The field a line marks, and what stands after the marker.
pub(super) fn marker(line: &str) -> Option<(&str, &str)> {
    let (inside, rest) = line.trim_start().strip_prefix("[[")?.split_once("]]")?;
    let name = inside.trim().strip_prefix("##")?.strip_suffix("##")?.trim();
    Some((name, rest.trim_start()))
}

fn fenced_json(text: &str) -> Option<Value> {
    fenced_json_any(text).filter(Value::is_object)
}

fn fenced_json_any(text: &str) -> Option<Value> {
    // The last closing fence: a string in the JSON may hold fences itself.
    let start = text.find("```")?;
    let body = &text[start + 3..];
    let body = &body[body.find('\n')?..];
    let end = body.rfind("```")?;
    serde_json::from_str(body[..end].trim()).ok()
}

/// The first object in prose that parses whole.
fn embedded_json(text: &str) -> Option<Value> {
    text.match_indices('{').take(20).find_map(|(at, _)| {
        let mut values = serde_json::Deserializer::from_str(&text[at..]).into_iter::<Value>();
        values.next()?.ok().filter(|value| value.as_object().is_some_and(|object| !object.is_empty()))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{WriteAnswer, WriteCode};

    fn write_code(reply: &str) -> Result<Value, String> {
        let schema = schema::output_schema::<crate::WriteCodeOutput>("write_code").schema;
        let output = parse::<WriteCode>(&schema, &schema::fields(&schema), reply)?;
        Ok(serde_json::to_value(output).unwrap())
    }

    #[test]
    fn a_reply_is_understood_in_every_form_models_use() {
        let plain = json!({"summary": "Counts.", "language": "python", "code": "print(1)", "chart": null});
        let text = plain.to_string();
        let cases = [
            text.clone(),
            format!("\n{text}\n"),
            format!("```json\n{text}\n```"),
            format!("Here it is:\n\n{text}\n\nDone."),
            format!("Since {{x}} is a set: {text}"),
            "[[ ## summary ## ]]\nCounts.\n\n[[ ## language ## ]]\nPython\n[[ ## code ## ]]\nprint(1)\n\
             [[ ## chart ## ]]\nnull\n[[ ## completed ## ]]"
                .to_owned(),
            "[[ ## summary ## ]] Counts.\n[[ ## language ## ]] python\n[[##code##]]\n```python\nprint(1)\n```\n"
                .to_owned(),
            "Counts.\n\n```python\nprint(1)\n```\nThat is all.".to_owned(),
            text.replace("\"chart\":null", "\"chart\":null,\"confidence\":0.9"),
            text.replace("print(1)", "```python\\nprint(1)\\n```"),
        ];
        for reply in cases {
            assert_eq!(write_code(&reply), Ok(plain.clone()), "{reply}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_told_exactly() {
        let cases = [
            ("", "not JSON"),
            ("I cannot do that.", "not JSON"),
            ("[1, 2]", "not an object"),
            (r#"{"summary": "x", "language": "python", "code": "pri"#, "not JSON"),
            (r#"{"summary": "x", "language": "python"}"#, "code"),
            (r#"{"summary": 3, "language": "python", "code": "x"}"#, "/summary"),
            (r#"{"summary": "x", "language": "r", "code": "x"}"#, "/language"),
            ("[[ ## code ## ]]\nprint(1)", "summary"),
            ("[[ ## summary ## ]]\nx\n[[ ## chart ## ]]\n{bar", "chart is not JSON"),
        ];
        for (reply, expected) in cases {
            let fault = write_code(reply).unwrap_err();
            assert!(fault.contains(expected), "{reply}: {fault}");
        }
    }

    #[test]
    fn prose_is_an_answer_and_broken_json_is_not() {
        let schema = schema::output_schema::<crate::WriteAnswerOutput>("answer").schema;
        let answer = |reply| parse::<WriteAnswer>(&schema, &schema::fields(&schema), reply).map(|output| output.answer);
        assert_eq!(answer("The mean is **19.26**.\n"), Ok("The mean is **19.26**.".to_owned()));
        assert_eq!(answer(r#"{"answer": "It is 3."}"#), Ok("It is 3.".to_owned()));
        assert!(answer(r#"{"answer": "It is"#).is_err());
    }
}
