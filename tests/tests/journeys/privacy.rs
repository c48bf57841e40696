//! What of a file leaves for a model elsewhere, at each privacy level, seen at the wire.

use analyst_tests::program::Home;
use analyst_tests::provider::ScriptedProvider;

use crate::replies::{ANTHROPIC, Asked, OPENAI, answer, code, home_with, one_step, script};
use crate::told::{Told, tell};

/// Cells that must be easy to find: a rare text, an identifier, the smallest and greatest number.
const CANARIES: [&str; 4] = ["Quillfeather", "zx-canary-77", "31415.9265", "-27182.8"];

fn people(home: &Home) -> String {
    let mut text =
        "name,code,balance,city\nQuillfeather,zx-canary-77,31415.9265,Bergen\nMoss,zx-2,-27182.8,Bergen\n".to_owned();
    for n in 0..60 {
        text.push_str(&format!(
            "Person {n},zx-{},{}.5,{}\n",
            n + 100,
            n * 7,
            if n % 2 == 0 { "Bergen" } else { "Tromso" }
        ));
    }
    home.file("people.csv", text).display().to_string()
}

/// Code whose result, output and error all hold cells.
fn nosy_script() -> analyst_tests::provider::Script {
    script(vec![
        (Asked::Plan, one_step()),
        (Asked::Code, code("sql", "SELECT name, code, balance, nosuch FROM people LIMIT 3")),
        (Asked::Repair, crate::replies::mended("SELECT name, code, balance FROM people ORDER BY balance DESC LIMIT 3")),
        (Asked::Answer, answer("There are a few people.")),
    ])
}

fn ask(home: &Home, model: &str, level: &str) -> (Told, String) {
    let file = people(home);
    let args = ["ask", &file, "Who has the highest balance?", "--model", model, "--privacy", level, "--json"];
    (tell(home, &args), file)
}

#[test]
fn no_cell_leaves_at_the_level_schema() {
    for model in [ANTHROPIC, OPENAI] {
        let provider = ScriptedProvider::start(nosy_script());
        let home = home_with(&provider);
        let run = ask(&home, model, "schema").0.done().run();
        assert!(provider.calls().len() >= 3, "plan, code and repair are asked for");
        for canary in CANARIES.iter().chain(&["Bergen", "Tromso", "Person 1"]) {
            assert!(!provider.has_seen(canary), "{canary} left at the level “schema”");
        }
        assert!(provider.has_seen("balance"), "names of columns are shown");
        assert!(!provider.has_seen(home.path().to_str().unwrap()), "a path of this computer left");
        assert!(run.warnings().contains(&"answer_written_locally".to_owned()), "{:?}", run.warnings());
    }
}

#[test]
fn rare_texts_stay_at_the_level_statistics_and_leave_at_samples() {
    let provider = ScriptedProvider::start(nosy_script());
    let home = home_with(&provider);
    ask(&home, ANTHROPIC, "statistics").0.done();
    assert!(!provider.has_seen("Quillfeather") && !provider.has_seen("zx-canary-77"), "rare texts left");
    assert!(provider.has_seen("31415.9265") && provider.has_seen("Bergen"), "ranges and frequent values are shown");
    ask(&home, ANTHROPIC, "samples").0.done();
    assert!(provider.has_seen("Quillfeather") && provider.has_seen("zx-canary-77"), "the first rows are shown");
}

#[test]
fn nothing_leaves_at_the_level_local() {
    let provider = ScriptedProvider::start(nosy_script());
    let home = home_with(&provider);
    let told = ask(&home, ANTHROPIC, "local").0;
    assert!(matches!(told.code, Some(1 | 2)), "{told:?}");
    assert!(told.stderr.contains("local") && told.stderr.contains(ANTHROPIC), "{}", told.stderr);
    assert_eq!(provider.requests().len(), 0);
    // Not even the key, or that there is a question.
    let file = people(&home);
    tell(&home, &["ask", &file, "How many rows are there?", "--privacy", "local", "--model", "builtin/analyst"]).done();
    assert_eq!(provider.requests().len(), 0);
}
