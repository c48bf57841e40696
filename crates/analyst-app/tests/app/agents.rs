//! A person's own agents.

use serde_json::{Value, json};

use super::Desk;

fn entry(name: &str, prompt: &str) -> Value {
    json!({ "template_name": name, "display_name": "Mine", "description": "Does x.", "category": "Statistics",
            "variant_type": "both", "prompt_template": prompt })
}

fn names(agents: &Value) -> Vec<&str> {
    agents["agents"].as_array().unwrap().iter().map(|agent| agent["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_person_writes_edits_copies_hands_on_and_deletes_an_agent() {
    let desk = Desk::new().await;
    for prompt in ["First.", "Second."] {
        desk.call("agent::save", json!({ "agent": entry("mine_agent", prompt) })).await;
    }
    let got = desk.call("agent::get", json!({ "name": "mine_agent" })).await;
    assert_eq!(
        (&got["agent"]["prompt_template"], &got["earlier"][0]["prompt_template"]),
        (&json!("Second."), &json!("First."))
    );
    let cloned = desk.call("agent::clone", json!({ "name": "mine_agent", "newName": "other_agent" })).await;
    assert!(names(&cloned).contains(&"other_agent"));
    let exported = desk.call("agent::export", json!({ "names": ["other_agent"] })).await;
    let left = desk.call("agent::delete", json!({ "name": "other_agent" })).await;
    assert!(!names(&left).contains(&"other_agent") && names(&left).contains(&"mine_agent"));
    let imported = desk.call("agent::import", exported).await;
    assert_eq!(imported, json!({ "agents": ["other_agent"], "problems": [] }));

    let invalid = desk.refused("agent::save", json!({ "agent": entry("mine_agent", "") })).await;
    assert!(invalid.message.starts_with("prompt_template:"), "{invalid:?}");
    let built_in = desk.refused("agent::delete", json!({ "name": "data_viz_agent" })).await;
    assert!(built_in.hint.contains("Switch it off"));
    desk.app.shutdown().await;
}

#[tokio::test]
async fn a_file_changed_by_hand_is_seen_at_the_next_look_and_its_broken_entry_is_located() {
    let desk = Desk::new().await;
    let data_dir = super::config(desk.dir.path()).data_dir;
    let file = data_dir.join("agents/by_hand.json");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    let text = serde_json::to_string_pretty(
        &json!({ "default_agents": [entry("one_agent", "Do."), entry("two agent", "Do.")] }),
    );
    std::fs::write(&file, text.unwrap()).unwrap();
    let agents = desk.call("agent::list", json!({})).await;
    assert!(names(&agents).contains(&"one_agent"));
    let problems = agents["problems"].as_array().unwrap();
    assert!(problems.len() == 1 && problems[0].as_str().unwrap().starts_with("by_hand.json:1"), "{problems:?}");
    std::fs::remove_file(&file).unwrap();
    let agents = desk.call("agent::list", json!({})).await;
    assert!(!names(&agents).contains(&"one_agent") && agents["problems"] == json!([]));
    desk.app.shutdown().await;
}
