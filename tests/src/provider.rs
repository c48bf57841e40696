//! A model provider that follows a script, on loopback, over the real wires: Anthropic Messages, OpenAI chat
//! completions, and the list of models of both.
//!
//! It is strict where the real ones are (key, version, limits, schema), so that a journey fails here as it would
//! there. What a request is *for* does not travel over the wire: rules match on the bytes, on the model, or on a field
//! of the JSON that is asked for. The encoding is written here a second time, apart from the client's own contract
//! tests, so that one misunderstanding cannot hide on both sides.

mod anthropic;
mod delivery;
mod demands;
mod openai;
mod script;
mod transcript;

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Response;
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use serde_json::{Value, json};
use tokio::sync::oneshot;

pub use self::script::{Condition, Reply, Rule, Script, Stop, Tokens};
use self::transcript::Wire;

/// The key tests use; looks like one, and is easy to look for in files and logs.
pub const TEST_KEY: &str = "sk-test-canary-7f3a91";

/// A request, exactly as it came.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// `POST`.
    pub method: String,
    /// With the query.
    pub path: String,
    /// Lower-case names.
    pub headers: BTreeMap<String, String>,
    /// Every byte.
    pub body: Vec<u8>,
    /// When it was read.
    pub at: Instant,
}

impl Recorded {
    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// The running provider; it ends when dropped.
pub struct ScriptedProvider {
    url: String,
    key: Option<String>,
    stage: Arc<Stage>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

/// What the handlers share.
struct Stage {
    script: Mutex<Script>,
    requests: Mutex<Vec<Recorded>>,
    abandoned: Arc<AtomicUsize>,
}

impl ScriptedProvider {
    /// Starts it on a free port. It has a thread of its own, so it serves tests with and without a runtime.
    pub fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("bind a loopback port");
        listener.set_nonblocking(true).expect("make the listener asynchronous");
        let url = format!("http://{}", listener.local_addr().expect("BUG: a bound listener has an address"));
        let key = script.key.clone();
        let stage =
            Arc::new(Stage { script: Mutex::new(script), requests: Mutex::default(), abandoned: Arc::default() });
        let (stop, stopped) = oneshot::channel();
        let router = router(Arc::clone(&stage));
        let thread = std::thread::Builder::new()
            .name("scripted-provider".to_owned())
            .spawn(move || serve(listener, router, stopped))
            .expect("start the provider's thread");
        Self { url, key, stage, stop: Some(stop), thread: Some(thread) }
    }

    /// `http://127.0.0.1:PORT`, the base address for either wire.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The environment that makes a program use it as Anthropic.
    pub fn anthropic_environment(&self) -> [(&'static str, String); 2] {
        [("ANTHROPIC_BASE_URL", self.url.clone()), ("ANTHROPIC_API_KEY", self.expected_key())]
    }

    /// The environment that makes a program use it as OpenAI.
    pub fn openai_environment(&self) -> [(&'static str, String); 2] {
        [("OPENAI_BASE_URL", format!("{}/v1", self.url)), ("OPENAI_API_KEY", self.expected_key())]
    }

    /// All requests so far, in the order they came; those for the list of models as well.
    pub fn requests(&self) -> Vec<Recorded> {
        lock(&self.stage.requests).clone()
    }

    /// The requests to a model so far.
    pub fn calls(&self) -> Vec<Recorded> {
        self.requests().into_iter().filter(|request| request.method == "POST").collect()
    }

    /// Until `count` calls have come; panics after `timeout`.
    pub fn wait_for_calls(&self, count: usize, timeout: Duration) {
        wait(timeout, || self.calls().len() >= count, &format!("{count} model calls"));
    }

    /// How many answers were given up by the client before their end.
    pub fn abandoned(&self) -> usize {
        self.stage.abandoned.load(Ordering::SeqCst)
    }

    /// Until `count` answers were given up; panics after `timeout`. Blocks its thread: a client in the same process
    /// needs another one to close its connection on.
    pub fn wait_for_abandoned(&self, count: usize, timeout: Duration) {
        wait(timeout, || self.abandoned() >= count, &format!("{count} closed connections"));
    }

    /// Whether any request contained these words, in its body, headers or path.
    pub fn has_seen(&self, words: &str) -> bool {
        let seen = |request: &Recorded| {
            let headers = request.headers.values().any(|value| value.contains(words));
            headers || request.path.contains(words) || request.text().contains(words)
        };
        self.requests().iter().any(seen)
    }

    /// Plays another script from now on; what was recorded stays.
    pub fn change_script(&self, script: Script) {
        *lock(&self.stage.script) = script;
    }

    fn expected_key(&self) -> String {
        self.key.clone().unwrap_or_else(|| TEST_KEY.to_owned())
    }
}

impl Drop for ScriptedProvider {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It may have panicked; the test that is ending says so better.
            let _ = thread.join();
        }
    }
}

fn serve(listener: TcpListener, router: Router, stopped: oneshot::Receiver<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("make a runtime");
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener).expect("listen on the bound port");
        // Small pieces must leave at once, as they do from the real services.
        let listener = listener.tap_io(|stream| stream.set_nodelay(true).expect("send without delay"));
        // Not a graceful end: that would wait for answers that hang on purpose.
        tokio::select! {
            served = axum::serve(listener, router) => served.expect("serve the script"),
            _ = stopped => {}
        }
    });
}

fn router(stage: Arc<Stage>) -> Router {
    Router::new()
        .route("/v1/messages", post(messages))
        .route("/v1/chat/completions", post(completions))
        .route("/v1/models", get(models))
        .fallback(unknown_path)
        .with_state(stage)
}

async fn messages(State(stage): State<Arc<Stage>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    stage.play(Wire::Anthropic, &uri, &headers, &body).await
}

async fn completions(State(stage): State<Arc<Stage>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    stage.play(Wire::OpenAi, &uri, &headers, &body).await
}

async fn models(State(stage): State<Arc<Stage>>, uri: Uri, headers: HeaderMap) -> Response {
    stage.record(&Method::GET, &uri, &headers, &[]);
    let names = lock(&stage.script).models.clone();
    let model = |name: &String| json!({"id": name, "object": "model", "type": "model", "display_name": name});
    let list: Vec<_> = names.iter().map(model).collect();
    delivery::whole(StatusCode::OK, &json!({"object": "list", "data": list, "has_more": false}))
}

async fn unknown_path(State(stage): State<Arc<Stage>>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    stage.record(&method, &uri, &headers, &[]);
    delivery::whole(StatusCode::NOT_FOUND, &json!({"error": {"message": "no such path", "type": "not_found_error"}}))
}

impl Stage {
    async fn play(&self, wire: Wire, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Response {
        self.record(&Method::POST, uri, headers, body);
        let request: Value = serde_json::from_slice(body).unwrap_or_default();
        let (reply, script) = {
            let mut script = lock(&self.script);
            if let Err(refusal) = demands::check(wire, script.key.as_deref(), headers, &request) {
                return refusal;
            }
            (script.next_reply(&request), script.clone())
        };
        let Some(reply) = reply else { return demands::unscripted(wire) };
        delivery::deliver(wire, &reply, &request, &script, Arc::clone(&self.abandoned)).await
    }

    fn record(&self, method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) {
        let text = |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        lock(&self.requests).push(Recorded {
            method: method.to_string(),
            path: uri.to_string(),
            headers: headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
            body: body.to_vec(),
            at: Instant::now(),
        });
    }
}

fn wait(timeout: Duration, done: impl Fn() -> bool, what: &str) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < timeout, "waited {timeout:?} for {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
