//! Models that answer badly, partly, late or not at all.

use serde_json::json;

use super::*;

#[tokio::test]
async fn unsourced_numbers_are_asked_about_once_and_then_marked() {
    let outcomes = || vec![ran("", vec![metric("mean price", json!(19.2587))], vec![])];
    let scene = Scene::new(
        "@statistical_analytics mean?",
        vec![code("a"), says("It is 19.26, up from 23.77."), says("It is 19.26.")],
        outcomes(),
    );
    let seen = scene.play().await;
    assert_eq!((seen.answer().0.as_str(), seen.warnings().len()), ("It is 19.26.", 0));
    assert!(scene.model.requests.lock().unwrap()[2].messages[0].text.contains("nowhere in the results: 23.77"));

    let stubborn = vec![code("a"), says("It is 19.26, up from 23.77."), says("It is 23.77 or 24.99.")];
    let seen = Scene::new("@statistical_analytics mean?", stubborn, outcomes()).play().await;
    let (text, claims, _) = seen.answer();
    assert_eq!((text.as_str(), seen.warnings()), ("It is 19.26, up from 23.77.", vec!["unverified_numbers".into()]));
    assert_eq!(claims[1].status, ClaimStatus::Unverified);
}

#[tokio::test]
async fn a_malformed_or_cut_reply_is_asked_for_once_more() {
    let good = || vec![ran("", vec![metric("n", json!(5))], vec![])];
    for bad in [
        Say::Text("{\"summary\": \"s\"".into()),
        Say::Stopped(json!({"summary": "s", "language": "python", "code": "cut"}).to_string(), StopReason::Length),
    ] {
        let scene = Scene::new("@data_viz plot", vec![bad, code("whole"), says("Done.")], good());
        let seen = scene.play().await;
        assert_eq!((seen.end.clone(), seen.words[2].as_str()), (Ok(()), "code whole"));
        let requests = scene.model.requests.lock().unwrap();
        assert_eq!(requests[1].messages.len(), 3);
        assert!(requests[1].messages[2].text.contains("That reply cannot be used"));
    }
    let seen = Scene::new("@data_viz plot", vec![Say::Text("?".into()), Say::Text("?".into())], vec![]).play().await;
    assert_eq!(seen.end, Ok(()));
    assert!(seen.answer().0.contains("UnusableReply"), "{}", seen.answer().0);
}

#[tokio::test]
async fn a_refusal_is_shown_and_not_repeated() {
    let refusal = Say::Stopped("I will not do that.".into(), StopReason::Refusal);
    let scene = Scene::new("@data_viz plot", vec![refusal], vec![]);
    let seen = scene.play().await;
    assert!(seen.answer().0.contains("I will not do that."), "{}", seen.answer().0);
    assert_eq!(scene.model.purposes(), ["write_code"]);
}

#[tokio::test]
async fn a_lost_provider_ends_the_run_or_leaves_the_answer_to_the_built_in_analyst() {
    let lost = || Say::Fails(ModelError::Unavailable { provider: "scripted".into(), message: "down".into() });
    let seen = Scene::new("@data_viz plot", vec![lost()], vec![]).play().await;
    assert!(matches!(seen.end, Err(AgentError::Model(ModelError::Unavailable { .. }))), "{:?}", seen.end);

    let outcomes = vec![ran("", vec![metric("mean price", json!(19.26))], vec![])];
    let seen = Scene::new("@data_viz plot", vec![code("a"), lost()], outcomes).play().await;
    assert_eq!((seen.end.clone(), seen.warnings()[0].as_str()), (Ok(()), "answer_written_locally"));
    assert!(!seen.answer().0.is_empty());
}

#[tokio::test]
async fn a_retry_is_told_and_what_came_before_is_void() {
    let text = json!({"summary": "s", "language": "python", "code": "good", "chart": null}).to_string();
    let outcomes = vec![ran("", vec![metric("n", json!(1))], vec![])];
    let seen = Scene::new("@data_viz plot", vec![Say::AfterRetry(text), says("Done.")], outcomes).play().await;
    assert_eq!((seen.end.clone(), seen.warnings()), (Ok(()), vec!["model_retry".to_owned()]));
    assert!(seen.words.contains(&"code good".to_owned()));
}

#[tokio::test]
async fn what_does_not_fit_is_asked_with_less() {
    let too_long = || Say::Fails(ModelError::ContextOverflow);
    let says = vec![too_long(), too_long(), code("a"), says("Done.")];
    let mut scene = Scene::new("@data_viz plot", says, vec![ran("", vec![metric("n", json!(1))], vec![])]);
    scene.question.privacy = PrivacyLevel::Samples;
    scene.question.history = vec![Turn { question: "Earlier?".into(), answer: "Yes.".into() }];
    let seen = scene.play().await;
    assert_eq!((seen.end.clone(), seen.warnings()), (Ok(()), vec!["context_shortened".to_owned(); 2]));
    let requests = scene.model.requests.lock().unwrap();
    let holds = |at: usize, text: &str| requests[at].messages[0].text.contains(text);
    assert!(holds(0, "ZQCELL1") && holds(0, "Earlier?"));
    assert!(!holds(1, "ZQCELL1") && holds(1, "Earlier?"));
    assert!(!holds(2, "Earlier?") && holds(2, "plot"));
}

#[tokio::test]
async fn small_models_mark_fields_instead_of_writing_json() {
    let marked = "[[ ## summary ## ]]\nCounts.\n\n[[ ## language ## ]]\npython\n\n[[ ## code ## ]]\nx = 1\n\n\
                  [[ ## chart ## ]]\nnull\n\n[[ ## completed ## ]]\n";
    let model = ScriptedModel::new(false, vec![Say::Text(marked.into()), Say::Text("All good.".into())]);
    let python = ScriptedRunner::new(Language::Python, vec![ran("", vec![metric("n", json!(1))], vec![])]);
    let (ctx, mut told) = context();
    let sql = ScriptedRunner::new(Language::Sql, vec![]);
    answer_question(&ctx, &desk(model.clone(), python, sql), &question("@data_viz plot")).await.unwrap();
    drop(ctx);
    let mut streamed = String::new();
    while let Some(update) = told.recv().await {
        if let RunUpdate::Event(RunEventKind::TextDelta { text, purpose, .. }) = update
            && purpose == "write_code"
        {
            streamed.push_str(&text);
        }
    }
    assert_eq!(streamed.trim(), "x = 1");
    let requests = model.requests.lock().unwrap();
    assert!(requests.iter().all(|request| request.schema.is_none()));
    assert!(requests[0].system.contains("[[ ## code ## ]]"));
}

#[tokio::test]
async fn a_small_context_is_respected_before_anything_is_sent() {
    let model = ScriptedModel::new(true, vec![code("a"), says("Done.")]);
    let python = ScriptedRunner::new(Language::Python, vec![ran("", vec![metric("n", json!(1))], vec![])]);
    let mut desk = desk(model.clone(), python, ScriptedRunner::new(Language::Sql, vec![]));
    desk.context_tokens = Some(2_000);
    let (ctx, mut told) = context();
    answer_question(&ctx, &desk, &question("@data_viz plot")).await.unwrap();
    drop(ctx);
    let mut n_shortened = 0;
    while let Some(update) = told.recv().await {
        n_shortened += usize::from(word(&update).is_some_and(|word| word == "warning context_shortened"));
    }
    assert!(n_shortened > 0);
    assert!(model.requests.lock().unwrap().iter().all(|request| request.max_output_tokens <= 666));
}
