//! Keys go in and never come back.

use std::path::Path;

use analyst_tests::program::Home;
use analyst_tests::window::Window;
use serde_json::json;

const KEY: &str = "sk-proj-window-canary-5d1e";

#[tokio::test(flavor = "multi_thread")]
async fn key_is_stored_and_never_shown_again() {
    let home = Home::new();
    let window = Window::open(&home, &[]).await;
    window.click_css("[data-testid=settings-open]").await;
    window.choose("[data-testid=provider-select]", "openai").await;
    window.write("[data-testid=api-key-input]", KEY).await;
    window.click_css("[data-testid=save-key]").await;
    window.wait_for_text("A key is stored").await;

    let shown = window.execute("return document.documentElement.outerHTML").await;
    assert!(!shown.as_str().unwrap().contains(KEY));
    let field = window.execute("return document.querySelector('[data-testid=api-key-input]').value").await;
    assert_eq!(field, "");
    for command in ["model::list", "settings::get", "doctor::report", "usage::summary"] {
        let answer = window.call(command, json!({})).await;
        assert!(!answer.to_string().contains(KEY), "{command} gives the key away");
    }
    window.keep_screenshot("settings").await;
    window.close().await;
    assert_eq!(files_holding(home.path(), KEY), Vec::<String>::new());
}

fn files_holding(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_holding(&path, text));
        } else if let Ok(bytes) = std::fs::read(&path)
            && bytes.windows(text.len()).any(|window| window == text.as_bytes())
        {
            found.push(path.display().to_string());
        }
    }
    found
}
