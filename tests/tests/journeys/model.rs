//! Questions that a language model works on, with the model played at its wire.

use analyst_tests::program::Home;
use analyst_tests::provider::{Reply, Script, ScriptedProvider, TEST_KEY};
use analyst_types::{ClaimStatus, ExecutionStatus, RunEventKind, RunStatus};
use serde_json::{Value, json};

use crate::replies::{
    ANTHROPIC, Asked, OPENAI, SUM, answer, code, home_with, mended, one_step, plan, script, sum_script,
};
use crate::told::{TellingRun, Told, coffee_revenue, sample, tell};

const QUESTION: &str = "What is the total revenue?";
const TOTAL: &str = "81,823.34";

fn ask(home: &Home, model: &str, question: &str, options: &[&str]) -> Told {
    let file = sample("coffee_orders.csv");
    tell(home, &[&["ask", file.to_str().unwrap(), question, "--model", model, "--json"], options].concat())
}

fn streamed(run: &TellingRun, of: &str) -> Vec<String> {
    run.all(|kind| match kind {
        RunEventKind::TextDelta { purpose, text, .. } if purpose == of => Some(text.clone()),
        _ => None,
    })
}

#[test]
fn plan_code_and_answer_come_over_both_wires() {
    let python = "metric('total revenue', df['revenue'].sum())";
    let said = format!("The total revenue is **{TOTAL}** euros.");
    assert_eq!(format!("{:.2}", coffee_revenue(None)), TOTAL.replace(',', ""));
    for (model, cell) in [(ANTHROPIC, code("python", python)), (OPENAI, code("sql", SUM))] {
        let replies = vec![(Asked::Plan, one_step()), (Asked::Code, cell), (Asked::Answer, answer(&said))];
        let provider = ScriptedProvider::start(script(replies).in_pieces_of(7));
        let home = home_with(&provider);
        let run = ask(&home, model, QUESTION, &[]).done().run();

        let (text, claims, artifacts) = run.answer();
        assert_eq!(text, said);
        let claims: Vec<_> = claims.iter().map(|claim| (claim.text.as_str(), claim.value, claim.status)).collect();
        assert_eq!(claims, [(TOTAL, 81_823.34, ClaimStatus::Verified)]);
        assert_eq!(artifacts.len(), 1);
        assert_eq!(run.agents(), ["planner_preprocessing_agent"]);
        assert_eq!(run.executions().iter().map(|report| report.status).collect::<Vec<_>>(), [ExecutionStatus::Ok]);
        let pieces = streamed(&run, "answer");
        assert!(pieces.len() > 2, "it did not stream: {pieces:?}");
        assert_eq!(pieces.concat(), said);
        assert!(!streamed(&run, "write_code").is_empty());
        assert_eq!(provider.calls().len(), 3, "{model}");
        what_it_cost_is_kept(&home, model);
        key_is_written_nowhere(&home);
    }
}

fn what_it_cost_is_kept(home: &Home, model: &str) {
    let usage = tell(home, &["usage", "--json"]).done().json();
    assert_eq!(usage["calls"], 3);
    let tokens = json!({ "inputTokens": 3_000, "cachedInputTokens": 0, "outputTokens": 300 });
    assert_eq!((&usage["usage"], &usage["byModel"][0]["usage"]), (&tokens, &tokens));
    assert_eq!((&usage["byModel"][0]["model"], &usage["byModel"][0]["errors"]), (&json!(model), &json!(0)));
    let (input, output) = if model == ANTHROPIC { (3.0, 15.0) } else { (0.4, 1.6) };
    let expected = (3_000.0 * input + 300.0 * output) / 1e6;
    for cost in [&usage["costUsd"], &usage["byModel"][0]["costUsd"]] {
        assert!((cost.as_f64().unwrap() - expected).abs() < 1e-9, "{usage}");
    }
}

fn key_is_written_nowhere(home: &Home) {
    let mut folders = vec![home.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            match entry.path() {
                folder if folder.is_dir() => folders.push(folder),
                file => {
                    let bytes = std::fs::read(&file).unwrap();
                    let found = bytes.windows(TEST_KEY.len()).any(|window| window == TEST_KEY.as_bytes());
                    assert!(!found, "the key stands in {}", file.display());
                }
            }
        }
    }
}

#[test]
fn failed_code_is_mended_and_every_attempt_is_kept() {
    let good = "metric('total revenue', df['revenue'].sum())";
    let provider = ScriptedProvider::start(script(vec![
        (Asked::Plan, one_step()),
        (Asked::Code, code("python", "print('first try'); name = 'turnover'\nmetric('total', df[name].sum())")),
        (Asked::Repair, mended(good)),
        (Asked::Answer, answer(&format!("In total {TOTAL} euros."))),
    ]));
    let home = home_with(&provider);
    let run = ask(&home, ANTHROPIC, QUESTION, &[]).done().run();
    let repairs = run.all(|kind| match kind {
        RunEventKind::CodeRepaired { attempt, code, explanation, .. } => {
            Some((*attempt, code.clone(), explanation.clone()))
        }
        _ => None,
    });
    assert_eq!(repairs, [(1, good.to_owned(), "A name was wrong.".to_owned())]);
    let attempts = run.executions();
    let told: Vec<_> = attempts.iter().map(|report| (report.attempt, report.status)).collect();
    assert_eq!(told, [(1, ExecutionStatus::Error), (2, ExecutionStatus::Ok)]);
    assert_eq!(attempts[0].cell_id, attempts[1].cell_id);
    assert_ne!(attempts[0].execution_id, attempts[1].execution_id);
    let error = attempts[0].error.as_ref().unwrap();
    assert_eq!((error.kind.as_str(), error.line), ("KeyError", Some(2)));
    assert_eq!(attempts[0].stdout, "first try\n");
    let asked_to_mend = provider.calls()[2].text();
    assert!(asked_to_mend.contains("KeyError") && asked_to_mend.contains("turnover"), "{asked_to_mend}");
    assert!(run.answer().1.iter().all(|claim| claim.status == ClaimStatus::Verified));

    // What is saved is the code that ran.
    let dir = home.path().join("out");
    let saved = json!({ "runId": run.id, "dir": dir });
    tell(&home, &["call", "run::save", &saved.to_string()]).done();
    assert_eq!(std::fs::read_to_string(dir.join("step-1.py")).unwrap().trim(), good);
}

#[test]
fn misspelt_column_is_mended_without_ever_running() {
    let bad = "metric('total', df['revenu'].sum())";
    let good = "metric('total revenue', df['revenue'].sum())";
    let provider = ScriptedProvider::start(script(vec![
        (Asked::Plan, one_step()),
        (Asked::Code, code("python", bad)),
        (Asked::Repair, mended(good)),
        (Asked::Answer, answer(&format!("In total {TOTAL} euros."))),
    ]));
    let home = home_with(&provider);
    let run = ask(&home, ANTHROPIC, QUESTION, &[]).done().run();
    let told: Vec<_> = run.executions().iter().map(|report| (report.attempt, report.status)).collect();
    assert_eq!(told, [(2, ExecutionStatus::Ok)], "only the mended code ran");
    let warnings = run.all(|kind| match kind {
        RunEventKind::Warning { code, message } if code == "code_checked" => Some(message.clone()),
        _ => None,
    });
    assert!(warnings.len() == 1 && warnings[0].contains("revenu") && warnings[0].contains("“revenue”"), "{warnings:?}");
    let asked_to_mend = provider.calls()[2].text();
    assert!(asked_to_mend.contains("unknown_column") && asked_to_mend.contains(bad), "{asked_to_mend}");
    assert!(run.answer().1.iter().all(|claim| claim.status == ClaimStatus::Verified));
}

#[test]
fn three_repairs_in_vain_end_in_an_honest_answer() {
    let wrong = |n: usize| format!("SELECT SUM(nosuch{n}) AS total FROM coffee_orders");
    let provider = ScriptedProvider::start(script(vec![
        (Asked::Plan, one_step()),
        (Asked::Code, code("sql", &wrong(0))),
        (Asked::Repair, mended(&wrong(1))),
        (Asked::Repair, mended(&wrong(2))),
        (Asked::Repair, mended(&wrong(3))),
        (Asked::Answer, answer("The total revenue is 123,456.78 euros.")),
    ]));
    let home = home_with(&provider);
    let run = ask(&home, OPENAI, QUESTION, &[]).done().run();
    assert_eq!(run.executions().len(), 4);
    assert!(run.executions().iter().all(|report| report.status == ExecutionStatus::Error));
    let (text, claims, artifacts) = run.answer();
    assert!(text.contains("could not"), "{text}");
    assert!(!text.contains("123,456") && claims.is_empty() && artifacts.is_empty(), "{text}");
    assert_eq!(provider.calls().len(), 5, "nobody is asked to write an answer about nothing");
}

#[test]
fn reply_that_is_no_json_is_asked_for_once_more() {
    let broken = Reply::text(r#"{"complexity": "basic", "reason": "Because", "steps": [{"agent": "#);
    let provider = ScriptedProvider::start(script(vec![
        (Asked::Plan, broken.clone()),
        (Asked::Plan, one_step()),
        (Asked::Code, code("sql", SUM)),
        (Asked::Answer, answer(&format!("{TOTAL} euros."))),
    ]));
    let run = ask(&home_with(&provider), ANTHROPIC, QUESTION, &[]).done().run();
    assert!(run.answer().0.contains(TOTAL));
    let calls = provider.calls();
    assert_eq!(calls.len(), 4);
    let messages = calls[1].json()["messages"].as_array().unwrap().clone();
    assert_eq!(messages.len(), 3, "the broken reply and the complaint are added: {messages:?}");
    assert!(messages[2].to_string().contains("cannot be used"), "{messages:?}");
}

#[test]
fn server_without_schemas_is_asked_to_mark_fields() {
    let refusal = json!({ "error": { "message": "response_format json_schema is not supported", "type": "invalid_request_error" } });
    let no_schemas = Reply::Status { status: 400, headers: Default::default(), body: Some(refusal) };
    let marked = |fields: &[(&str, &str)]| {
        let sections: String = fields.iter().map(|(name, text)| format!("[[ ## {name} ## ]]\n{text}\n\n")).collect();
        Reply::text(format!("{sections}[[ ## completed ## ]]\n"))
    };
    let steps =
        r#"[{"agent": "planner_preprocessing_agent", "instruction": "Add it up.", "create": [], "use": ["df"]}]"#;
    let script = Script::new()
        .when_asked_for("steps", no_schemas)
        .when_body(
            "You plan data analyses",
            marked(&[("complexity", "basic"), ("reason", "Enough."), ("steps", steps)]),
        )
        .when_body(
            "You write one cell of code",
            marked(&[("summary", "Adds up."), ("language", "sql"), ("code", SUM), ("chart", "null")]),
        )
        .when_body("You write the answer", marked(&[("answer", &format!("In total **{TOTAL}** euros."))]));
    let provider = ScriptedProvider::start(script);
    let run = ask(&home_with(&provider), OPENAI, QUESTION, &[]).done().run();
    assert_eq!(run.answer().0, format!("In total **{TOTAL}** euros."));
    assert_eq!(streamed(&run, "answer").concat().trim(), format!("In total **{TOTAL}** euros."));
    let calls: Vec<Value> = provider.calls().iter().map(|call| call.json()).collect();
    let with_schema: Vec<bool> = calls.iter().map(|call| call.get("response_format").is_some()).collect();
    assert_eq!(with_schema, [true, false, false, false], "what the server cannot do is asked for once");
    assert!(calls[2].to_string().contains("[[ ## code ## ]]"), "{}", calls[2]);
}

#[test]
fn question_beside_the_data_needs_no_code() {
    let said = "A median is the middle value.";
    let provider =
        ScriptedProvider::start(script(vec![(Asked::Plan, plan("unrelated", &[])), (Asked::Answer, answer(said))]));
    let run = ask(&home_with(&provider), ANTHROPIC, "What is a median?", &[]).done().run();
    assert_eq!(run.answer().0, said);
    assert!(run.executions().is_empty() && run.agents().is_empty());
    assert_eq!(provider.calls().len(), 2);
}

#[test]
fn later_steps_work_on_what_earlier_ones_left() {
    let agents = ["planner_preprocessing_agent", "planner_statistical_analytics_agent", "planner_data_viz_agent"];
    let provider = ScriptedProvider::start(script(vec![
        (
            Asked::Plan,
            plan(
                "advanced",
                &[
                    (agents[0], &["by_region"], &["df"]),
                    (agents[1], &["best"], &["by_region"]),
                    (agents[2], &[], &["by_region", "best"]),
                ],
            ),
        ),
        (Asked::Code, code("python", "by_region = df.groupby('region', as_index=False)['revenue'].sum()")),
        (
            Asked::Code,
            code(
                "python",
                "best = by_region.loc[by_region['revenue'].idxmax(), 'region']\nmetric('best region', best)",
            ),
        ),
        (
            Asked::Code,
            code(
                "python",
                "import plotly.express as px\nshow(px.bar(by_region, x='region', y='revenue'), title='Best: ' + best)",
            ),
        ),
        (Asked::Answer, answer("The **East** is ahead.")),
    ]));
    let run = ask(&home_with(&provider), OPENAI, "Compare the regions.", &[]).done().run();
    assert_eq!(run.agents(), agents);
    let reports = run.executions();
    assert!(reports.iter().all(|report| report.status == ExecutionStatus::Ok), "{reports:#?}");
    assert_eq!(reports[0].variables.iter().map(|variable| variable.name.as_str()).collect::<Vec<_>>(), ["by_region"]);
    assert_eq!(reports[1].variables[0].value, "East");
    let titles = run.all(|kind| match kind {
        RunEventKind::ArtifactAdded { artifact, .. } => Some(artifact.title.clone()),
        _ => None,
    });
    assert!(titles.contains(&"Best: East".to_owned()), "{titles:?}");
    let calls = provider.calls();
    assert!(calls[2].text().contains("by_region"), "the second step is told what the first one left");
    assert!(calls.iter().all(|call| !call.text().contains("000412")), "no identifier of a row leaves");
}

#[test]
fn agents_named_by_the_person_need_no_planner() {
    let provider = ScriptedProvider::start(sum_script(&format!("{TOTAL} euros.")));
    let home = home_with(&provider);
    let named = ask(&home, ANTHROPIC, "@data_viz_agent what is the total revenue?", &[]).done().run();
    assert_eq!(named.agents(), ["data_viz_agent"]);
    let two = ["--agent", "statistical_analytics_agent", "--agent", "data_viz_agent"];
    let flagged = ask(&home, ANTHROPIC, QUESTION, &two).done().run();
    assert_eq!(flagged.agents(), ["statistical_analytics_agent", "data_viz_agent"]);
    let planned = |call: &Value| call.to_string().contains("You plan data analyses");
    assert!(!provider.calls().iter().any(|call| planned(&call.json())));
    assert_eq!(provider.calls().len(), 2 + 3);
}

#[test]
fn invented_number_is_doubted_once_and_then_marked() {
    let invented = format!("The total is {TOTAL} euros, of which 4,711.50 came back.");
    let provider = ScriptedProvider::start(sum_script(&invented));
    let home = home_with(&provider);
    let run = ask(&home, ANTHROPIC, QUESTION, &[]).done().run();
    let (text, claims, _) = run.answer();
    assert_eq!(text, invented);
    let claims: Vec<_> = claims.iter().map(|claim| (claim.text.as_str(), claim.status)).collect();
    assert_eq!(claims, [(TOTAL, ClaimStatus::Verified), ("4,711.50", ClaimStatus::Unverified)]);
    assert!(run.warnings().contains(&"unverified_numbers".to_owned()));
    let calls = provider.calls();
    assert_eq!(calls.len(), 4, "it is asked for another answer once");
    assert!(calls[3].text().contains("stand nowhere in the results: 4,711.50"), "{}", calls[3].text());

    // A person on the command line is told as well.
    let file = sample("coffee_orders.csv");
    let told = tell(&home, &["ask", file.to_str().unwrap(), QUESTION, "--model", ANTHROPIC]).done();
    assert!(told.stderr.contains("Not found in any result: 4,711.50"), "{}", told.stderr);
    assert_eq!(told.stdout.trim(), invented);

    // A second answer that is right takes the place of the first.
    provider.change_script(script(vec![
        (Asked::Plan, one_step()),
        (Asked::Code, code("sql", SUM)),
        (Asked::Answer, answer(&invented)),
        (Asked::Answer, answer(&format!("The total is {TOTAL} euros."))),
    ]));
    let run = ask(&home, OPENAI, QUESTION, &[]).done().run();
    assert_eq!(run.answer().0, format!("The total is {TOTAL} euros."));
    assert_eq!((run.end().0, run.warnings()), (RunStatus::Completed, Vec::new()));
}
