//! What the page is kept from, as tests over the configuration that goes into the program: a change of these lists is a
//! decision, never an accident.

use std::collections::BTreeSet;

use serde_json::Value;

fn config() -> Value {
    serde_json::from_str(include_str!("../tauri.conf.json")).unwrap()
}

fn names(list: &Value) -> BTreeSet<&str> {
    list.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect()
}

#[test]
fn the_page_may_load_only_itself() {
    let config = config();
    let policy = config["app"]["security"]["csp"].as_object().unwrap();
    assert_eq!(policy["default-src"], "'none'");
    assert_eq!(policy["script-src"], "'self'");
    for kind in ["frame-src", "object-src", "base-uri", "form-action"] {
        assert_eq!(policy[kind], "'none'", "{kind}");
    }
    let sources: Vec<&str> = policy.values().flat_map(|sources| sources.as_str().unwrap().split_whitespace()).collect();
    for source in sources {
        let is_local = source.starts_with('\'') || ["data:", "blob:", "ipc:", "http://ipc.localhost"].contains(&source);
        assert!(is_local, "{source} is not local");
        assert_ne!(source, "'unsafe-eval'");
    }
}

#[test]
fn the_bridge_is_not_within_reach_of_other_scripts() {
    let config = config();
    assert_eq!(config["app"]["withGlobalTauri"], false);
    assert!(config["app"]["security"]["assetProtocol"].is_null());
}

#[test]
fn the_page_may_call_only_the_reviewed_commands() {
    let config = config();
    assert_eq!(names(&config["app"]["security"]["capabilities"]), BTreeSet::from(["main"]));
    let capability: Value = serde_json::from_str(include_str!("../capabilities/main.json")).unwrap();
    assert!(capability["remote"].is_null());
    let expected = [
        "allow-call",
        "allow-subscribe",
        "allow-pick-files",
        "allow-save-file",
        "allow-opened-files",
        "core:event:allow-listen",
        "core:event:allow-unlisten",
        "core:event:allow-emit",
    ];
    assert_eq!(names(&capability["permissions"]), BTreeSet::from(expected));
}
