//! Charts asked for in words: the type drawn and what stands on its axes.

use analyst_types::ArtifactContent;
use serde_json::Value;

use crate::bench::{answers, folder, runner};

/// So many of the charts may be drawn otherwise, in percent.
const OTHERWISE: usize = 8;

/// Table, question, type, what the x axis is called, what the y axis is called (empty: not judged).
type Item = (String, String, String, String, String);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn charts_asked_for_in_words() {
    let Some(runner) = runner() else {
        println!("no managed Python on this machine: nothing to draw");
        return;
    };
    let items: Vec<Item> =
        serde_json::from_str(&std::fs::read_to_string(folder().join("charts.json")).unwrap()).unwrap();
    let all = std::env::var("AUTO_ANALYST_QUESTIONS").is_ok();
    let items: Vec<&Item> = items.iter().enumerate().filter(|(i, _)| all || i % 3 == 0).map(|(_, item)| item).collect();
    let mut tables: Vec<&str> = items.iter().map(|item| item.0.as_str()).collect();
    tables.dedup();
    let (mut right, mut asked) = (0, 0);
    for table in tables {
        let own: Vec<&&Item> = items.iter().filter(|item| item.0 == table).collect();
        let texts: Vec<String> = own.iter().map(|item| item.1.clone()).collect();
        let csv = folder().join("tables").join(format!("{table}.csv"));
        for (item, answer) in own.iter().zip(answers(&runner, &csv, &texts, Some(8)).await) {
            asked += 1;
            let charts: Vec<&Value> = answer
                .artifacts
                .iter()
                .filter_map(|(_, content)| match content {
                    ArtifactContent::Chart { figure } => Some(figure),
                    _ => None,
                })
                .collect();
            if charts.iter().any(|figure| fits(figure, item)) {
                right += 1;
            } else {
                let drawn: Vec<String> = charts.iter().map(|f| format!("{} {:?}", kind(f), axes(f))).collect();
                println!("== {item:?}\n   drew {drawn:?}\n   {}", answer.text.lines().next().unwrap_or_default());
            }
        }
    }
    println!("charts: {right} of {asked}");
    assert!((asked - right) * 100 <= asked * OTHERWISE, "{right} of {asked}");
}

fn fits(figure: &Value, item: &Item) -> bool {
    let (x, y) = axes(figure);
    let squeeze = |text: &str| text.to_lowercase().replace([' ', '_'], "");
    let holds = |axis: &str, wanted: &str| wanted.is_empty() || squeeze(axis).contains(&squeeze(wanted));
    kind(figure) == item.2 && holds(&x, &item.3) && holds(&y, &item.4)
}

fn kind(figure: &Value) -> &'static str {
    let trace = &figure["data"][0];
    match trace["type"].as_str().unwrap_or("scatter") {
        "bar" => "bar",
        "histogram" => "histogram",
        "box" => "box",
        "violin" => "violin",
        "pie" => "pie",
        "heatmap" => "heatmap",
        _ if trace["mode"].as_str().is_some_and(|m| m.contains("lines")) => "line",
        _ => "scatter",
    }
}

/// What stands on the axes; for a pie, what its pieces are and what they show.
fn axes(figure: &Value) -> (String, String) {
    let title = |axis: &str| figure["layout"][axis]["title"]["text"].as_str().unwrap_or_default().to_owned();
    if kind(figure) == "pie" {
        let template = figure["data"][0]["hovertemplate"].as_str().unwrap_or_default();
        let mut parts = template.split("<br>").map(|part| part.split('=').next().unwrap_or_default().to_owned());
        return (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    }
    (title("xaxis"), title("yaxis"))
}
