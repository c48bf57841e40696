//! What is done with everything a question says: preparations first, several questions one by one, sides of a test,
//! and a plain refusal where a word left no mark.

use super::BuiltInAnalyst;
use super::intent::{Fill, Intent, Preparation, Side, Task};
use super::parse::parse_all;
use super::questions::sales;
use super::schema::Schema;
use crate::{AgentCard, PlanQuestionInput};

fn read(question: &str) -> Vec<Intent> {
    parse_all(question, &Schema::of(&sales()))
}

fn refused(question: &str) -> Vec<String> {
    match &read(question)[0].task {
        Task::Unclear(words) => words.iter().map(|w| w.word.clone()).collect(),
        other => panic!("{question}: {other:?}"),
    }
}

#[test]
fn a_word_that_left_no_mark_is_refused_by_name() {
    for (question, word) in [
        ("What is the mean unit price of luxury orders?", "luxury"),
        ("What is the second mean of the unit price?", "second"),
        ("What is the trimmed mean of the unit price?", "trimmed"),
        ("What is the average unit price 7?", "7"),
    ] {
        assert!(refused(question).iter().any(|w| w == word), "{question}: {:?}", refused(question));
    }
}

#[test]
fn gaps_are_filled_before_anything_is_computed() {
    let intents = read(
        "Fill missing values in Customer Age with the median, then compute the standard deviation of Customer Age.",
    );
    let columns = vec!["Customer Age".to_owned()];
    assert_eq!(intents[0].prepare, [Preparation::Fill { columns, with: Fill::Median, by: None }]);
    assert!(matches!(intents[0].task, Task::Aggregate(_)), "{:?}", intents[0].task);
}

#[test]
fn what_is_prepared_is_a_step_of_its_own_that_hands_over() {
    let card = |name: &str| {
        let text = String::new;
        AgentCard { name: name.to_owned(), display_name: text(), description: text(), category: text(), prompt: text() }
    };
    let input = PlanQuestionInput {
        question: "Replace missing values of Customer Age by the mean and report its variance.".to_owned(),
        datasets: vec![sales()],
        agents: ["planner_preprocessing_agent", "planner_statistical_analytics_agent"].map(card).to_vec(),
        history: Vec::new(),
        refused: None,
    };
    let steps = BuiltInAnalyst::new().plan(&input).unwrap().steps;
    let told: Vec<(&str, &[String], &[String])> =
        steps.iter().map(|s| (s.agent.as_str(), s.create.as_slice(), s.uses.as_slice())).collect();
    let prepared = ["prepared".to_owned()];
    assert_eq!(
        told,
        [
            ("planner_preprocessing_agent", &prepared[..], &["orders".to_owned()][..]),
            ("planner_statistical_analytics_agent", &[][..], &prepared[..]),
        ]
    );
}

#[test]
fn a_test_looks_the_way_the_words_say() {
    let side = |question: &str| match &read(question)[0].task {
        Task::Compare(task) => task.side,
        other => panic!("{question}: {other:?}"),
    };
    assert_eq!(side("Do pro plans have more units than basic plans? Use a one-sided Welch t-test."), Side::Greater);
    assert_eq!(side("Do pro plans have fewer units than basic plans? Use a one-sided Welch t-test."), Side::Less);
    assert_eq!(side("Is there a significant difference in units between pro and basic plans?"), Side::Both);
}

#[test]
fn two_questions_are_two_pieces_of_work() {
    let intents = read("How many orders are there per region, and what is the mean unit price of pro orders?");
    assert_eq!(intents.len(), 2, "{intents:?}");
}

#[test]
fn two_sets_of_rows_are_held_against_each_other() {
    let intents = read(
        "What is the difference between the mean unit price of orders with at least 5 units and with fewer than 5 units?",
    );
    assert!(matches!(intents[0].task, Task::Contrast(_)), "{:?}", intents[0]);
}

#[test]
fn what_is_offered_can_be_answered() {
    let look = BuiltInAnalyst::new().first_look(&sales());
    assert!(look.questions.len() >= 4, "{look:?}");
    assert!(look.summary.contains("480 rows"), "{}", look.summary);
    for question in &look.questions {
        assert!(!matches!(read(question)[0].task, Task::Unclear(_) | Task::Talk(_)), "{question}");
    }
}
