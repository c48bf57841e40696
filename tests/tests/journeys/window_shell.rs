//! The shell around the page: what it lends, and what it keeps the page from.

use std::path::Path;
use std::time::Duration;

use analyst_tests::program::{Home, desktop, processes_with};
use analyst_tests::window::Window;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn page_is_kept_from_all_but_its_own_commands() {
    let home = Home::new();
    let window = Window::open(&home, &[]).await;
    for command in ["plugin:window|close", "plugin:dialog|open", "plugin:webview|create_webview", "plugin:fs|read_file"]
    {
        let refusal = window.invoke(command, json!({})).await.unwrap_err();
        assert!(refusal.as_str().unwrap().contains("not allowed"), "{command}: {refusal}");
    }
    assert_eq!(window.execute("return typeof window.__TAURI__").await, "undefined");
    assert_eq!(window.execute("return Object.isFrozen(Object.prototype)").await, true);
    let unknown = window.invoke("call", json!({ "name": "no::such", "payload": {} })).await.unwrap_err();
    assert_eq!(unknown["code"], "invalid_request");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn page_cannot_reach_or_become_anything_else() {
    let home = Home::new();
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let elsewhere = format!("http://{}/", listener.local_addr().unwrap());
    let window = Window::open(&home, &[]).await;
    let address = window.execute("return location.href").await;

    let script = format!(
        "fetch({elsewhere:?}).catch(() => 0);
         new Image().src = {elsewhere:?} + 'image';
         navigator.sendBeacon && navigator.sendBeacon({elsewhere:?} + 'beacon');
         const frame = document.createElement('iframe'); frame.src = {elsewhere:?} + 'frame'; document.body.append(frame);
         window.opened = window.open({elsewhere:?} + 'window');
         location.href = {elsewhere:?} + 'navigation';"
    );
    window.execute(&script).await;
    // What would reach the listener does so within milliseconds.
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(window.execute("return location.href").await, address);
    assert_eq!(window.execute("return window.opened").await, Value::Null);
    let reached = listener.accept().map(|(_, from)| from);
    assert!(reached.is_err(), "something reached the listener: {reached:?}");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_the_command_line_are_handed_to_the_page_once() {
    let home = Home::new();
    let file = home.file("numbers.csv", "a,b\n1,2\n3,4\n");
    let window = Window::open(&home, &["numbers.csv"]).await;
    window.find("[data-testid=dataset-item]").await;
    let datasets = window.call("dataset::list", json!({})).await;
    assert_eq!(datasets["datasets"][0]["nRows"], 2, "{datasets}");
    assert_eq!(window.invoke("opened_files", json!({})).await, Ok(json!([])));
    assert!(file.is_file());
    window.close().await;
}

#[test]
fn window_says_plainly_why_it_cannot_open() {
    let home = Home::new();
    let without_display = home.command(desktop()).output().unwrap();
    assert_eq!(without_display.status.code(), Some(1));
    let said = String::from_utf8(without_display.stderr).unwrap();
    assert!(said.contains("no display") && said.contains("auto-analyst ask"), "{said}");

    let wrong_use = home.command(desktop()).arg("--nonsense").output().unwrap();
    assert_eq!(wrong_use.status.code(), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_running_or_outside_the_data_folder() {
    let home = Home::new();
    let window = Window::open(&home, &[]).await;
    window.call("app::info", json!({})).await;
    let data_dir = home.data_dir();
    assert!(has_database(&data_dir), "nothing was kept in {}", data_dir.display());
    window.close().await;
    let left = processes_with(home.path().to_str().unwrap());
    assert!(left.is_empty(), "still running: {left:?}");
}

fn has_database(folder: &Path) -> bool {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    entries.into_iter().any(|entry| entry.path().extension().is_some_and(|ending| ending == "db" || ending == "sqlite"))
}
