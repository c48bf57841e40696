//! Stop means stop: model and code end within a second, and what is done is kept.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use analyst_tests::program::Home;
use analyst_tests::provider::{Condition, Reply, Rule, Script, ScriptedProvider};
use analyst_tests::window::Window;
use serde_json::json;

const WITHIN: Duration = Duration::from_secs(1);
const ENDLESS: &str = "print('began', flush=True)\nwhile True:\n    pass\n";

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
    assert!(busiest_python(&window).await > 0.1, "the endless cell is not at work");

    let pressed = Instant::now();
    window.click_css("[data-testid=stop]").await;
    let stopped = "document.querySelector('[data-testid=run]')?.dataset.status === 'cancelled'";
    window.wait_at_most(Duration::from_secs(10), "the run to be stopped", stopped).await;
    let took = pressed.elapsed();
    assert!(took < WITHIN, "it took {took:?}");
    window.find("[data-testid=run-end]").await;

    // The page may say so; the processor must agree.
    let busy = busiest_python(&window).await;
    assert!(busy < 0.5, "a Python still uses {:.0} % of a processor", busy * 100.0);
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
    let pressed = Instant::now();
    window.click_css("[data-testid=stop]").await;
    window.find("[data-testid=run-end]").await;
    let took = pressed.elapsed();
    assert!(took < WITHIN, "it took {took:?}");
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
    window.wait_for_text("claude").await;
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

/// The largest share of a processor that a Python started by the window uses, over half a second.
async fn busiest_python(window: &Window) -> f64 {
    const SPAN: Duration = Duration::from_millis(500);
    let before = python_times(window);
    tokio::time::sleep(SPAN).await;
    let after = python_times(window);
    let used = after.iter().filter_map(|(id, time)| Some(time - before.get(id)?));
    used.fold(0.0, f64::max) / SPAN.as_secs_f64()
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
