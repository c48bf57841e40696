//! This client against recorded answers of the real providers, when a corpus of them is at hand.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use analyst_llm::{Answer, CallPolicy, ModelFactory, ProviderAccess};
use analyst_types::{ModelError, ModelId};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::ask::question;

/// Names the folder that holds `cases.json`, `replay_server.py` and `score_wire.py`.
const CORPUS: &str = "AUTO_ANALYST_WIRE_CORPUS";

struct Replay {
    child: Child,
    port: String,
}

impl Drop for Replay {
    fn drop(&mut self) {
        // Already gone is as good as gone.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn replay(corpus: &Path, piece_bytes: &str) -> Replay {
    let mut child = Command::new("python3")
        .arg("-B")
        .arg(corpus.join("replay_server.py"))
        .args(["--split", piece_bytes])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut port = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
    Replay { child, port: port.trim().to_owned() }
}

fn model_of(protocol: &str) -> Option<ModelId> {
    match protocol {
        "anthropic_messages" => Some(ModelId::new("anthropic", "claude-sonnet-4-5")),
        "openai_chat" => Some(ModelId::new("openai", "gpt-4.1")),
        _ => None,
    }
}

fn result(outcome: Result<Answer, ModelError>) -> Value {
    match outcome {
        Ok(answer) => {
            let arguments =
                |text: &str| serde_json::from_str(if text.is_empty() { "{}" } else { text }).unwrap_or(json!(text));
            let calls =
                answer.tool_calls.iter().map(|call| json!({"name": call.name, "args": arguments(&call.arguments)}));
            let usage = answer.usage();
            json!({
                "text": answer.text, "thinking": answer.thinking, "tool_calls": calls.collect::<Vec<_>>(),
                "stop": format!("{:?}", answer.stop), "complete": true, "error": null,
                "usage": {"input": usage.input_tokens, "output": usage.output_tokens},
            })
        }
        Err(error) => {
            let retryable = matches!(error, ModelError::RateLimited { .. } | ModelError::Unavailable { .. });
            json!({"error": error.to_string(), "retryable": retryable, "complete": false})
        }
    }
}

#[tokio::test]
#[ignore = "needs python3 and the folder AUTO_ANALYST_WIRE_CORPUS"]
async fn recorded_answers_are_read_as_the_vendors_read_them() {
    let corpus = PathBuf::from(std::env::var(CORPUS).unwrap());
    let cases: Vec<Value> = serde_json::from_slice(&std::fs::read(corpus.join("cases.json")).unwrap()).unwrap();
    let factory =
        ModelFactory::new().with_policy(CallPolicy { max_tries: 1, failures_until_rest: 99, ..CallPolicy::default() });
    for piece_bytes in ["7", "1", "0"] {
        let replay = replay(&corpus, piece_bytes);
        let mut results = serde_json::Map::new();
        for case in &cases {
            let Some(id) = model_of(case["protocol"].as_str().unwrap()) else { continue };
            let name = case["id"].as_str().unwrap();
            let base_url = Some(format!("http://127.0.0.1:{}/case/{name}", replay.port));
            // A key per case: cases must not pause each other.
            let model = factory.remote(&id, ProviderAccess { key: Some(name.into()), base_url }).unwrap();
            let outcome = model.answer(&question(), &|_| {}, &CancellationToken::new()).await;
            results.insert(name.to_owned(), result(outcome));
        }
        assert_all_good(&corpus, &results, piece_bytes);
    }
}

fn assert_all_good(corpus: &Path, results: &serde_json::Map<String, Value>, piece_bytes: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("RESULTS.json");
    std::fs::write(&file, serde_json::to_vec(results).unwrap()).unwrap();
    let scored = Command::new("python3").arg("-B").arg(corpus.join("score_wire.py")).arg(&file).output().unwrap();
    let report = String::from_utf8_lossy(&scored.stdout);
    eprintln!("pieces of {piece_bytes} bytes:\n{report}");
    let wrong: Vec<_> = report.lines().filter(|line| line.starts_with("- ") && !line.ends_with("no result")).collect();
    assert!(scored.status.success() && wrong.is_empty(), "{wrong:?}");
}
