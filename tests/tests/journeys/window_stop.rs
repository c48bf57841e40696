//! Stop means stop: model and code end within a second, and what is done is kept.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use analyst_tests::program::Home;
use analyst_tests::provider::{Condition, Reply, Rule, Script, ScriptedProvider};
use analyst_tests::window::Window;
use serde_json::json;

const WITHIN_MS: f64 = 1000.0;
/// How long a new worker may take to import its libraries in place of the one that was killed.
const REST: Duration = Duration::from_secs(15);
/// The page's own clock, from the press on Stop to the word that it has stopped; the driver's way there does not count.
const STOPWATCH: &str = "
    document.querySelector('[data-testid=stop]').addEventListener('click', () => { window.pressed = performance.now(); });
    new MutationObserver(() => {
        if (document.querySelector('[data-testid=run-end]')) window.ended ??= performance.now();
    }).observe(document.body, { subtree: true, childList: true });";
/// Says what its text does not hold, so that the page shows it only when it runs.
const ENDLESS: &str = "print('be' + 'gan', flush=True)\nwhile True:\n    pass\n";

#[tokio::test(flavor = "multi_thread")]
async fn endless_code_stops_within_a_second() {
    let provider = ScriptedProvider::start(endless_script());
    let home = home_with(&provider);
    let file = home.file("numbers.csv", "a,b\n1,2\n3,4\n");
    let window = open_with_model(&home).await;
    window.drop_files(&[&file]).await;
    window.find("[data-testid=preview-grid]").await;
    window.write("[data-testid=question-input]", "What is the sum of a?").await;
    window.click_css("[data-testid=send]").await;
    window.wait_for_text("began").await;
    wait_for_load(&window, "the endless cell at work", |load| load > 0.1).await;

    stop(&window).await;
    // The page may say so; the processor must agree.
    wait_for_load(&window, "no cell at work", |load| load < 0.1).await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_model_stops_within_a_second() {
    let script = Script { rules: vec![rule(None, Reply::Hang { text: None })], ..Script::default() };
    let provider = ScriptedProvider::start(script);
    let home = home_with(&provider);
    let window = open_with_model(&home).await;
    window.click_css("[data-testid=sample-bike_counts]").await;
    window.write("[data-testid=question-input]", "How many riders?").await;
    window.click_css("[data-testid=send]").await;
    provider.wait_for_calls(1, Duration::from_secs(20));
    stop(&window).await;
    provider.wait_for_abandoned(1, Duration::from_secs(2));
    window.close().await;
}

fn home_with(provider: &ScriptedProvider) -> Home {
    provider.anthropic_environment().iter().fold(Home::new(), |home, (name, value)| home.with(name, value))
}

async fn open_with_model(home: &Home) -> Window {
    let window = Window::open(home, &[]).await;
    window.find("[data-testid=drop-zone]").await;
    let settings = json!({ "settings": { "model": "anthropic/claude-sonnet-4-5" } });
    window.call("settings::update", settings).await;
    window.execute("location.reload()").await;
    window.wait_for_text("Claude").await;
    window
}

fn endless_script() -> Script {
    let plan = json!({
        "complexity": "basic",
        "reason": "One agent is enough.",
        "steps": [{ "agent": "preprocessing_agent", "instruction": "Add up a", "create": [], "use": ["df"] }],
    });
    let code = json!({ "summary": "Adds up a.", "language": "python", "code": ENDLESS, "chart": null });
    let rules = vec![
        rule(Some("code"), Reply::Json { value: code, tokens: None }),
        rule(Some("steps"), Reply::Json { value: plan, tokens: None }),
    ];
    Script { rules, ..Script::default() }
}

fn rule(asks_for: Option<&str>, reply: Reply) -> Rule {
    let when = Condition { asks_for: asks_for.map(str::to_owned), ..Condition::default() };
    Rule { when: Some(when), times: None, reply }
}

async fn stop(window: &Window) {
    window.find("[data-testid=stop]").await;
    window.execute(STOPWATCH).await;
    window.click_css("[data-testid=stop]").await;
    let took = window.wait_until("the run to be stopped", "window.ended && window.ended - window.pressed").await;
    let took = took.as_f64().unwrap();
    assert!(took < WITHIN_MS, "it took {took} ms");
}

/// Waits until the largest share of a processor that a Python of the window's uses is as wanted.
async fn wait_for_load(window: &Window, what: &str, is_wanted: impl Fn(f64) -> bool) {
    const SPAN: Duration = Duration::from_millis(500);
    let deadline = Instant::now() + REST;
    loop {
        let before = python_times(window);
        tokio::time::sleep(SPAN).await;
        let used = python_times(window).into_iter().filter_map(|(id, time)| Some(time - before.get(&id)?));
        let load = used.fold(0.0, f64::max) / SPAN.as_secs_f64();
        if is_wanted(load) {
            return;
        }
        assert!(Instant::now() < deadline, "waited {REST:?} for {what}; the load is {load}");
    }
}

/// Seconds of processor time, by process.
fn python_times(window: &Window) -> BTreeMap<u32, f64> {
    const TICKS_PER_SEC: f64 = 100.0;
    let seconds = |id: u32| -> Option<f64> {
        let line = std::fs::read_to_string(format!("/proc/{id}/cmdline")).ok()?;
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11).map(str::parse::<f64>);
        let ticks = fields.next()?.ok()? + fields.next()?.ok()?;
        line.contains("python").then_some(ticks / TICKS_PER_SEC)
    };
    window.processes().into_iter().filter_map(|id| Some((id, seconds(id)?))).collect()
}
