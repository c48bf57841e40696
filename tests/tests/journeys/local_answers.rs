//! What a person is told when a model did the work but may not, or cannot, write the answer.

use analyst_tests::provider::{Reply, ScriptedProvider};

use crate::replies::{ANTHROPIC, Asked, OPENAI, SUM, answer, code, home_with, one_step, script};
use crate::told::{TellingRun, sample, tell};

fn ask(provider: &ScriptedProvider, model: &str, question: &str, level: &str) -> TellingRun {
    let file = sample("coffee_orders.csv");
    let args = ["ask", file.to_str().unwrap(), question, "--model", model, "--privacy", level, "--json"];
    tell(&home_with(provider), &args).done().run()
}

#[test]
fn results_are_not_lost_with_the_answer() {
    let broken = [
        Reply::text(r#"{"answer": "The to"#),
        Reply::Truncated { text: r#"{"answer": "The total is 81,8"#.to_owned() },
    ];
    for (model, broken) in [ANTHROPIC, OPENAI].into_iter().zip(broken) {
        let replies = vec![(Asked::Plan, one_step()), (Asked::Code, code("sql", SUM)), (Asked::Answer, broken)];
        let provider = ScriptedProvider::start(script(replies));
        let run = ask(&provider, model, "What is the total revenue?", "statistics");
        assert!(run.warnings().contains(&"answer_written_locally".to_owned()), "{:?}", run.warnings());
        let (text, claims, _) = run.answer();
        assert!(claims.iter().any(|claim| (claim.value - 81_823.34).abs() < 1.0), "the result is not told: {text}");
    }
}

#[test]
fn results_that_stay_here_are_told_here() {
    let by_region = "SELECT region, SUM(revenue) AS turnover FROM coffee_orders GROUP BY region ORDER BY turnover DESC";
    let provider = ScriptedProvider::start(script(vec![
        (Asked::Plan, one_step()),
        (Asked::Code, code("sql", by_region)),
        (Asked::Answer, answer("never asked for")),
    ]));
    let run = ask(&provider, ANTHROPIC, "Which region has the highest revenue?", "schema");
    let (text, ..) = run.answer();
    assert!(text.contains("East") && text.contains("28"), "{text}");
    assert!(!provider.has_seen("East"), "a cell left at the level “schema”");
    assert_eq!(provider.calls().len(), 2, "the answer is written on this computer");
}
