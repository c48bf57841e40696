//! Code and answers: what is written for a question, and what is said of given results.

use analyst_types::{ArtifactContent, Column, ColumnType, ExecutionStatus, Language, TableData};
use serde_json::{Value, json};

use super::BuiltInAnalyst;
use super::questions::sales;
use crate::{AgentCard, ConverseInput, PlanQuestionInput, StepOutcome, WriteAnswerInput, WriteCodeInput};

fn card(name: &str) -> AgentCard {
    let text = String::new;
    AgentCard { name: name.to_owned(), display_name: text(), description: text(), category: text(), prompt: text() }
}

fn code(question: &str, python_ready: bool) -> String {
    let input = WriteCodeInput {
        question: question.to_owned(),
        agent: card("statistical_analytics_agent"),
        instruction: String::new(),
        create: Vec::new(),
        uses: Vec::new(),
        datasets: vec![sales()],
        variables: Vec::new(),
        earlier: Vec::new(),
        found: Vec::new(),
        history: Vec::new(),
        python_ready,
    };
    BuiltInAnalyst::new().write_code(&input).unwrap().code
}

fn metric(name: &str, value: Value) -> (String, ArtifactContent) {
    (String::new(), ArtifactContent::Metric { name: name.to_owned(), value })
}

fn table(columns: &[&str], rows: Vec<Vec<Value>>) -> (String, ArtifactContent) {
    let column = |name: &&str| Column { name: (*name).to_owned(), kind: ColumnType::Float };
    let n_rows = rows.len() as u64;
    (
        String::new(),
        ArtifactContent::Table(TableData { columns: columns.iter().map(column).collect(), rows, offset: 0, n_rows }),
    )
}

fn answer(question: &str, artifacts: Vec<(String, ArtifactContent)>) -> String {
    let step = StepOutcome {
        agent: "statistical_analytics_agent".to_owned(),
        instruction: String::new(),
        summary: "Computed.".to_owned(),
        language: Language::Python,
        code: code(question, true),
        status: ExecutionStatus::Ok,
        stdout: String::new(),
        error: None,
        artifacts,
        variables: Vec::new(),
    };
    let input = WriteAnswerInput {
        question: question.to_owned(),
        datasets: vec![sales()],
        steps: vec![step],
        history: Vec::new(),
        doubted: None,
    };
    BuiltInAnalyst::new().write_answer(&input).unwrap().answer
}

#[test]
fn a_mean_is_computed_on_a_copy_and_told_with_its_gaps() {
    let expected = r##"import pandas as pd
import plotly.express as px

# Work on a copy; the dataset itself stays as it is.
data = df.copy()
data["Customer Age"] = pd.to_numeric(data["Customer Age"], errors="coerce").astype("float")

# Only rows with Region = North
data = data[data["Region"] == "North"]
data = data.copy()

# The numbers asked for
metric("rows used", len(data))
metric("mean Customer Age", data["Customer Age"].mean())
metric("missing Customer Age", int(data["Customer Age"].isna().sum()))

# The values behind the numbers
fig = px.histogram(data, x="Customer Age", title="Distribution of Customer Age with Region = North")
fig.update_yaxes(title="number of rows")
show(fig, "Distribution of Customer Age with Region = North")
"##;
    let written = code("What is the mean customer age in the North?", true);
    assert!(written.ends_with(expected), "{written}");
}

#[test]
fn without_python_a_select_does_it() {
    let expected = "SELECT *\nFROM (\n  SELECT \"Plan\" AS \"Plan\",\n    SUM(\"Units\") AS \"total Units\"\n  FROM \"orders\"\n  \
                    GROUP BY \"Plan\"\n) AS grouped\nWHERE \"Plan\" IS NOT NULL\nORDER BY \"total Units\" DESC, \"Plan\"";
    let written = code("total units by plan", false);
    assert!(written.ends_with(expected), "{written}");
}

#[test]
fn names_and_values_cannot_leave_their_quotation_marks() {
    let written = code("How many orders have a plan starting with 'a\"] + evil(\"'?", true);
    assert!(written.contains(r#".str.startswith("a\"] + evil(")"#), "{written}");
}

#[test]
fn a_mean_is_told_in_the_precision_asked_for() {
    let results = vec![
        metric("rows used", json!(480)),
        metric("mean Unit Price", json!(19.2638)),
        metric("missing Unit Price", json!(0)),
    ];
    let expected = "The mean Unit Price is 19.26.\n\n@mean_unit_price[19.26]\n\nn = 480.\n";
    let question = "What is the average unit price? Round to two decimal places. @mean_unit_price[value], a number with two decimals";
    assert_eq!(answer(question, results), expected);
}

#[test]
fn a_comparison_is_told_with_effect_and_assumptions() {
    let results = vec![
        table(
            &["group", "n", "mean", "median", "standard deviation"],
            vec![
                vec![json!("0"), json!(348), json!(7.178), json!(7), json!(2.3)],
                vec![json!("1"), json!(132), json!(6.53), json!(6), json!(2.4)],
            ],
        ),
        metric("rows used", json!(480)),
        metric("difference of means", json!(0.648)),
        metric("test", json!("Welch's t-test")),
        metric("t", json!(2.74)),
        metric("p-value", json!(0.00671)),
        metric("significant", json!("yes")),
        metric("Cohen's d", json!(0.28)),
    ];
    let told = answer(
        "Do customers who churned order fewer units? Use Welch's t-test. @mean_churned[value] @mean_other[value]",
        results,
    );
    for part in [
        "Mean Units differs significantly",
        "p = 0.0067",
        "@mean_churned[6.53]",
        "@mean_other[7.18]",
        "Cohen's d = 0.28 (small)",
        "n = 480",
        "association",
    ] {
        assert!(told.contains(part), "{part} is not in {told}");
    }
}

#[test]
fn small_talk_needs_no_step_and_offers_questions_of_this_data() {
    let analyst = BuiltInAnalyst::new();
    let agents = vec![card("planner_statistical_analytics_agent")];
    let plan = |question: &str| {
        let question = question.to_owned();
        let input = PlanQuestionInput {
            question,
            datasets: vec![sales()],
            agents: agents.clone(),
            history: Vec::new(),
            refused: None,
        };
        analyst.plan(&input).unwrap().steps.len()
    };
    assert_eq!(
        ["hello", "What is the weather today?", "average price by foo", "average units by plan"].map(plan),
        [0, 0, 0, 1]
    );
    let input = ConverseInput {
        question: "What is the average foo?".to_owned(),
        agent: None,
        datasets: vec![sales()],
        agents,
        history: Vec::new(),
    };
    let told = analyst.converse(&input).unwrap().answer;
    assert!(told.contains("“foo”") && told.contains("- What is the total Units by"), "{told}");
}
