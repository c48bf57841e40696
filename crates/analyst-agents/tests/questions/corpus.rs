//! Corpora of others, where they lie on this machine: `AUTO_ANALYST_CHART_CORPUS` and `AUTO_ANALYST_STATS_CORPUS` name
//! their folders, `AUTO_ANALYST_CORPUS_OUT` the folder that their scorers read.

use std::path::PathBuf;

use analyst_types::ArtifactContent;
use serde_json::{Map, Value, json};

use crate::bench::{answers, runner};

fn folder(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).map(PathBuf::from)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn charts_of_a_corpus_are_drawn_for_its_scorer() {
    let (Some(corpus), Some(out)) = (folder("AUTO_ANALYST_CHART_CORPUS"), folder("AUTO_ANALYST_CORPUS_OUT")) else {
        return;
    };
    let runner = runner().expect("the managed Python is there");
    let lines = std::fs::read_to_string(corpus.join("items.jsonl")).unwrap();
    for (number, line) in lines.lines().enumerate() {
        let item: Value = serde_json::from_str(line).unwrap();
        let question = item["questions"][0].as_str().unwrap().to_owned();
        let csv = corpus.join("tables").join(item["table"].as_str().unwrap());
        let answer = answers(&runner, &csv, &[question], None).await.remove(0);
        let figure = answer.artifacts.iter().find_map(|(_, content)| match content {
            ArtifactContent::Chart { figure } => Some(figure),
            _ => None,
        });
        match figure {
            Some(figure) => std::fs::write(out.join(format!("{number}.json")), figure.to_string()).unwrap(),
            None => println!("{number}: {}", answer.text),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn statistics_of_a_corpus_are_computed_for_its_scorer() {
    let (Some(corpus), Some(out)) = (folder("AUTO_ANALYST_STATS_CORPUS"), folder("AUTO_ANALYST_CORPUS_OUT")) else {
        return;
    };
    let runner = runner().expect("the managed Python is there");
    let items: Vec<Value> =
        serde_json::from_str(&std::fs::read_to_string(corpus.join("certified.json")).unwrap()).unwrap();
    let mut results = Map::new();
    for item in items {
        let id = item["id"].as_str().unwrap();
        let question = question(&item);
        let csv = corpus.join(item["csv"].as_str().unwrap());
        let answer = answers(&runner, &csv, &[question], None).await.remove(0);
        let mut own = Map::new();
        for (_, content) in &answer.artifacts {
            if let ArtifactContent::Metric { name, value } = content
                && let Some(short) = short(name)
            {
                own.insert(short, value.clone());
            }
        }
        if own.is_empty() {
            println!("{id}: {}", answer.text);
        }
        results.insert(id.to_owned(), Value::Object(own));
    }
    std::fs::write(out.join("stats.json"), json!(results).to_string()).unwrap();
}

fn question(item: &Value) -> String {
    match item["category"].as_str().unwrap() {
        "univariate" => "What is the mean, the standard deviation and the lag-1 autocorrelation of y?".to_owned(),
        "anova" => "Does y differ by group? Use a one-way ANOVA.".to_owned(),
        "linear_regression" if item["model"].as_str().unwrap().contains("poly") => {
            "Fit a polynomial regression of degree 5 of y on x.".to_owned()
        }
        "linear_regression" => "Fit a linear regression of y on x.".to_owned(),
        _ => {
            let model = item["model"].as_str().unwrap();
            let formula = model.rsplit_once("y = ").unwrap().1.replace("+  e", "").replace('[', "(").replace(']', ")");
            let starts = item["start2"].as_array().unwrap().iter().enumerate();
            let starts: Vec<String> = starts.map(|(i, v)| format!("b{} = {}", i + 1, v.as_str().unwrap())).collect();
            format!("Fit y = {} starting at {}", formula.trim(), starts.join(", "))
        }
    }
}

/// The scorer's names.
fn short(name: &str) -> Option<String> {
    Some(match name {
        "mean y" => "mean".to_owned(),
        "standard deviation of y" => "sd".to_owned(),
        "lag-1 autocorrelation of y" => "autocorr_lag1".to_owned(),
        "F" => "F".to_owned(),
        "R squared" => "r_squared".to_owned(),
        "intercept" => "B0".to_owned(),
        "coefficient of x" => "B1".to_owned(),
        "residual sum of squares" => "rss".to_owned(),
        _ => match (name.strip_prefix("coefficient of x^"), name.strip_prefix("parameter ")) {
            (Some(k), _) => format!("B{k}"),
            (_, Some(b)) => b.to_owned(),
            _ => return (name.len() == 2 && name.starts_with('b')).then(|| name.to_owned()),
        },
    })
}
