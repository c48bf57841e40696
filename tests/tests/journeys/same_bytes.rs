//! With time and ids fixed, the same question gives the same bytes, whoever thinks.

use analyst_tests::program::Home;
use analyst_tests::provider::ScriptedProvider;

use crate::replies::{ANTHROPIC, Asked, SUM, answer, code, home_with, mended, one_step, script};
use crate::told::{TellingRun, sample, tell};

fn told(home: Home, question: &str, model: &str) -> String {
    let home = home.with("AUTO_ANALYST_DETERMINISTIC", "1");
    let file = sample("coffee_orders.csv");
    tell(&home, &["ask", "--json", file.to_str().unwrap(), question, "--model", model]).done().stdout
}

#[test]
fn builtin_analyst_repeats_itself_to_the_byte() {
    let [first, second] = [(); 2].map(|()| told(Home::new(), "How does revenue develop by month?", "builtin/analyst"));
    // What a program prints comes in pieces as the system hands them over; all that is kept must be the same.
    let [first, second] = [first, second].map(|told| TellingRun::of(told.lines()).durable);
    assert!(first.len() > 5, "{first:#?}");
    assert_eq!(first, second);
}

#[test]
fn scripted_model_gives_the_same_bytes_repairs_included() {
    let [first, second] = [(); 2].map(|()| {
        let provider = ScriptedProvider::start(script(vec![
            (Asked::Plan, one_step()),
            (Asked::Code, code("sql", "SELECT SUM(nosuch) AS total FROM coffee_orders")),
            (Asked::Repair, mended(SUM)),
            (Asked::Answer, answer("The total is 81,823.34 euros, or 5,000 a month.")),
        ]));
        told(home_with(&provider), "What is the total revenue?", ANTHROPIC)
    });
    assert_eq!(first, second);
}
