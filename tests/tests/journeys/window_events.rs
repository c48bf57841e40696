//! One stream of events, whoever watches it.

use std::path::PathBuf;

use analyst_tests::program::Home;
use analyst_tests::window::Window;
use serde_json::{Value, json};

const QUESTION: &str = "Which region has the highest revenue?";

#[tokio::test(flavor = "multi_thread")]
async fn window_and_command_line_tell_a_run_in_the_same_bytes() {
    let sample = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../samples/coffee_orders.csv").canonicalize().unwrap();
    let deterministic = || Home::new().with("AUTO_ANALYST_DETERMINISTIC", "1");

    let home = deterministic();
    let output = home.run(["ask".as_ref(), "--json".as_ref(), sample.as_os_str(), QUESTION.as_ref()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told_by_cli = durable(String::from_utf8(output.stdout).unwrap().lines());

    let home = deterministic();
    let window = Window::open(&home, &[]).await;
    // What the command line does, in its order.
    let chat = window.call("chat::create", json!({})).await;
    window.call("dataset::open", json!({ "path": sample, "chatId": chat["id"] })).await;
    let run = window.call("run::start", json!({ "chatId": chat["id"], "question": QUESTION })).await;
    let lines = window.follow(run["id"].as_str().unwrap()).await;
    let told_by_window = durable(lines.iter().map(String::as_str));
    window.close().await;

    assert!(told_by_cli.len() > 5, "{told_by_cli:#?}");
    assert_eq!(told_by_window, told_by_cli);
}

/// Text as it streams may come in other pieces; all that is kept must be the same.
fn durable<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<String> {
    let is_durable = |line: &&str| {
        let event: Value = serde_json::from_str(line).unwrap();
        !event["seq"].is_null()
    };
    lines.filter(is_durable).map(str::to_owned).collect()
}
