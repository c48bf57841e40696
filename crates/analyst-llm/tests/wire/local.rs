//! Programs on this machine.

use std::time::{Duration, Instant};

use analyst_llm::{ModelFactory, provider};

use crate::server::{Reply, Server};

async fn list(server: &Server) -> Vec<String> {
    let ollama = provider("ollama").unwrap();
    let models = ModelFactory::new().list_local_models(ollama, Some(&server.url)).await;
    models.into_iter().map(|info| info.id.to_string()).collect()
}

#[tokio::test]
async fn models_of_a_running_program_are_listed() {
    let body = r#"{"object":"list","data":[{"id":"llama3.2:3b","object":"model"},{"id":"qwen3:8b"}]}"#;
    let server = Server::start([Reply::json(200, body)]).await;
    assert_eq!(list(&server).await, ["ollama/llama3.2:3b", "ollama/qwen3:8b"]);
    assert_eq!(server.received()[0].line, "GET /v1/models HTTP/1.1");
}

#[tokio::test]
async fn failing_and_hanging_programs_offer_nothing_and_cost_no_time() {
    for reply in [Reply::json(500, "{}"), Reply::json(200, "nonsense"), Reply::new(200, &[]).hang()] {
        let server = Server::start([reply]).await;
        let start = Instant::now();
        assert!(list(&server).await.is_empty());
        assert!(start.elapsed() < Duration::from_secs(2));
    }
}
