//! From a dropped file to an answer with a chart, and back to it after a restart.

use std::path::{Path, PathBuf};

use analyst_tests::program::Home;
use analyst_tests::window::Window;

/// Bars, points, slices or lines that a chart has drawn.
const MARKS: &str = "document.querySelectorAll('[data-testid=chart] svg :is(.point, .slice, .js-line)').length";
const DONE: &str = "document.querySelector('[data-testid=run]:last-of-type')?.dataset.status === 'completed'";

#[tokio::test(flavor = "multi_thread")]
async fn dropped_file_becomes_an_answer_with_a_chart_and_survives_a_restart() {
    let home = Home::new();
    let file = copy_of_sample(&home, "coffee_orders.csv");

    let window = Window::open(&home, &[]).await;
    window.find("[data-testid=drop-zone]").await;
    window.drop_files(&[&file]).await;
    // An identifier keeps its zeros; the grid shows rows, not only headers.
    window.wait_for_text("000412").await;
    window.find("[data-testid=preview-grid]").await;
    window.wait_until("2,000 rows", "/2[,.\\u202f ]?000/.test(document.body.innerText)").await;

    ask(&window, "Which region has the highest revenue?").await;
    let answer = window.find("[data-testid=answer]").await.text().await.unwrap();
    assert!(answer.contains("East"), "{answer}");
    assert!(numbers_in(&answer).any(|number| (number - 28_519.93).abs() < 1.0), "no 28,519.93 in: {answer}");
    window.wait_until("a drawn chart", MARKS).await;
    let n_colours = window.n_colours().await;
    assert!(n_colours >= 50, "the window is all but blank: {n_colours} colours");
    window.keep_screenshot("answer").await;
    window.close().await;

    let window = Window::open(&home, &[]).await;
    window.click_css("[data-testid=chat-item] button").await;
    window.wait_for_text("East").await;
    window.wait_until("the chart again", MARKS).await;
    window.wait_until("the file's preview again", "document.body.innerText.includes('000412')").await;
    window.keep_screenshot("restarted").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn first_answer_takes_three_clicks_and_no_key() {
    let home = Home::new();
    let window = Window::open(&home, &[]).await;
    window.click_css("[data-testid=sample-coffee_orders]").await;
    window.click_css("[data-testid=starter-question]").await;
    let asked = window.wait_until("a run", "document.querySelector('[data-testid=run]') !== null").await;
    assert_eq!(asked, true);
    window.wait_until("its answer", DONE).await;
    window
        .wait_until("a chart or a table", &format!("{MARKS} + document.querySelectorAll('[data-testid=table]').length"))
        .await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn table_of_an_answer_is_saved_as_a_file() {
    let home = Home::new();
    let file = copy_of_sample(&home, "bike_counts.csv");
    let window = Window::open(&home, &[]).await;
    window.drop_files(&[&file]).await;
    window.wait_for_text("temperature_c").await;
    ask(&window, "What are the mean riders by weekday?").await;
    window.click("Save as CSV").await;
    let saved = wait_for_file(home.path(), |name| name.ends_with(".csv") && name != "bike_counts.csv").await;
    let content = std::fs::read_to_string(&saved).unwrap();
    assert!(content.contains("weekday") && content.contains("799.1"), "{content}");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn file_that_is_no_data_is_refused_with_a_sentence() {
    let home = Home::new();
    let bytes: Vec<u8> = (0..4096_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let file = home.file("holiday.jpg", bytes);
    let window = Window::open(&home, &[]).await;
    window.find("[data-testid=drop-zone]").await;
    window.drop_files(&[&file]).await;
    let card = window.find("[data-testid=error-card]").await.text().await.unwrap();
    assert!(card.contains("holiday.jpg"), "{card}");
    assert!(!card.contains("panicked") && !card.contains("Error("), "{card}");
    window.close().await;
}

async fn ask(window: &Window, question: &str) {
    window.write("[data-testid=question-input]", question).await;
    window.click_css("[data-testid=send]").await;
    window.wait_until("the answer", DONE).await;
}

fn copy_of_sample(home: &Home, name: &str) -> PathBuf {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../samples").join(name);
    home.file(name, std::fs::read(sample).unwrap())
}

async fn wait_for_file(folder: &Path, is_wanted: impl Fn(&str) -> bool) -> PathBuf {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    loop {
        let entries = std::fs::read_dir(folder).unwrap().flatten();
        let mut found = entries.filter(|entry| entry.file_name().to_str().is_some_and(&is_wanted));
        if let Some(entry) = found.find(|entry| entry.metadata().is_ok_and(|metadata| metadata.len() > 0)) {
            return entry.path();
        }
        assert!(std::time::Instant::now() < deadline, "nothing was saved in {}", folder.display());
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

/// The numbers of a text, with or without thousands marks.
fn numbers_in(text: &str) -> impl Iterator<Item = f64> {
    let words = text.split(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',')));
    words.filter_map(|word| word.trim_matches(['.', ',']).replace(',', "").parse().ok())
}
