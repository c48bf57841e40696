//! What leaves the computer at each level: unique tokens stand in every cell and result, and are looked for in all
//! that was sent.

use serde_json::json;

use super::*;

/// What a hostile or careless cell may print and show: rows of the data.
fn leaking_outcome() -> analyst_types::ExecutionOutcome {
    let columns = ["customer", "region", "unit price", "mail"];
    let columns: Vec<Column> =
        columns.iter().map(|name| Column { name: (*name).into(), kind: ColumnType::Text }).collect();
    let row = |tag: &str| vec![json!(format!("ZQROW{tag}")), json!("ZQPLACE"), json!(5.5), json!("zq@example.com")];
    let rows: Vec<Vec<Value>> = (0..12).map(|at| row(&at.to_string())).collect();
    let head = TableData { columns: columns.clone(), rows, offset: 0, n_rows: 12 };
    let grouped = TableData {
        columns: vec![columns[0].clone(), Column { name: "ZQPIVOT".into(), kind: ColumnType::Float }],
        rows: vec![vec![json!("ZQGROUP"), json!(123.5)], vec![json!("Northlandia"), json!(67.5)]],
        offset: 0,
        n_rows: 2,
    };
    ran(
        "mean price 19.26\n0  ZQPRINT 5.5\n",
        vec![
            metric("best ZQMETRIC", json!("ZQVALUE")),
            ("ZQTITLE".into(), ArtifactContent::Table(head)),
            ("by region".into(), ArtifactContent::Table(grouped)),
            ("ZQCHART".into(), ArtifactContent::Chart { figure: json!({"data": [{"type": "bar", "x": ["ZQX"]}]}) }),
            ("".into(), ArtifactContent::Text { text: "ZQTEXT".into() }),
        ],
        vec![frame("clean")],
    )
}

#[tokio::test]
async fn no_cell_leaves_below_the_level_samples() {
    for (privacy, supports_schema) in
        [(PrivacyLevel::Schema, true), (PrivacyLevel::Statistics, true), (PrivacyLevel::Statistics, false)]
    {
        let says = vec![
            plan(
                "intermediate",
                &[("planner_preprocessing_agent", &["clean"], &["df"]), ("planner_data_viz_agent", &[], &["clean"])],
            ),
            code("one"),
            code("two"),
            fix("two again"),
            says("⟦t1⟧ leads with 123.5."),
        ];
        let outcomes = vec![
            leaking_outcome(),
            failed("ValueError", "could not convert 'ZQERROR' and 'ZQERR 47.11815' to float"),
            leaking_outcome(),
        ];
        let mut scene = Scene::new("Which region leads?", says, outcomes);
        scene.model = {
            let script = scene.model.clone();
            ScriptedModel::rescripted(&script, supports_schema)
        };
        scene.question.privacy = privacy;
        scene.question.history = vec![Turn {
            question: "Who buys most?".into(),
            answer: "The mean price is 19.26. The best customer is ZQHISTORY. **ZQBOLD** 7".into(),
        }];
        let seen = scene.play().await;
        assert_eq!(seen.end, Ok(()), "{privacy:?}");
        let sent = scene.model.sent();
        let leaked: Vec<&str> = sent
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| word.to_uppercase().starts_with("ZQ") || word.contains("47.118"))
            .collect();
        assert_eq!(leaked, Vec::<&str>::new(), "{privacy:?}");
        assert!(!sent.contains("47.118"), "{privacy:?}");
        assert!(sent.contains("could not convert '…'"), "{privacy:?}");
        let shows_statistics = privacy == PrivacyLevel::Statistics;
        for statistic in ["99.25", "Northlandia", "1204 rows", "123.5", "mean price 19.26"] {
            assert_eq!(sent.contains(statistic), shows_statistics, "{privacy:?} {statistic}");
        }
        let purposes = scene.model.purposes();
        assert_eq!(purposes.contains(&"answer".to_owned()), shows_statistics, "{privacy:?}");
        if shows_statistics {
            let (text, _, _) = seen.answer();
            assert!(text.starts_with("best ZQMETRIC leads"), "the stand-in comes back: {text}");
        } else {
            assert_eq!(seen.warnings(), ["answer_written_locally"]);
            assert!(!seen.answer().0.is_empty());
        }
    }
}

#[tokio::test]
async fn samples_show_rows_and_local_models_see_everything() {
    let scene = || {
        let says = vec![code("a"), says("Done.")];
        Scene::new("@data_viz plot", says, vec![leaking_outcome()])
    };
    let mut samples = scene();
    samples.question.privacy = PrivacyLevel::Samples;
    samples.play().await;
    let sent = samples.model.sent();
    assert!(sent.contains("ZQCELL1") && sent.contains("ZQROW4") && !sent.contains("ZQROW5"), "{sent}");
    assert!(!sent.contains("zq@example.com") && !sent.contains("zqcell3@example.com"), "personal data is hidden");

    let local = scene();
    let (ctx, _told) = context();
    let mut desk = desk(local.model.clone(), local.python.clone(), ScriptedRunner::new(Language::Sql, vec![]));
    desk.model_is_local = true;
    let question = Question { privacy: PrivacyLevel::Local, ..local.question.clone() };
    answer_question(&ctx, &desk, &question).await.unwrap();
    assert!(local.model.sent().contains("zqcell3@example.com"));
}

#[tokio::test]
async fn the_level_local_keeps_remote_models_out() {
    let mut scene = Scene::new("What is the mean?", vec![], vec![]);
    scene.question.privacy = PrivacyLevel::Local;
    let seen = scene.play().await;
    assert_eq!(seen.end, Err(AgentError::PrivacyForbids { model: "scripted/model".into() }));
    assert_eq!(scene.model.sent(), "");
}
