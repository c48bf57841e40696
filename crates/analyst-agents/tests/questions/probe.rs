//! How questions are understood, without running anything: `AUTO_ANALYST_PROBE` names a file with a table's name, a tab
//! and a question on each line.

use analyst_agents::{BuiltInAnalyst, ConverseInput, PlanQuestionInput};

use crate::bench::{agents, dataset, folder};

#[test]
fn questions_of_a_file_are_told_as_plans() {
    let Some(path) = std::env::var_os("AUTO_ANALYST_PROBE") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let analyst = BuiltInAnalyst::new();
    let mut known = std::collections::BTreeMap::new();
    for (table, question) in text.lines().filter_map(|line| line.split_once('\t')) {
        let data = known
            .entry(table.to_owned())
            .or_insert_with(|| dataset(&folder().join("tables").join(format!("{table}.csv")), dir.path()));
        let question = question.to_owned();
        let (datasets, history) = (vec![data.clone()], Vec::new());
        let input = PlanQuestionInput {
            question: question.clone(),
            datasets: datasets.clone(),
            agents: agents(),
            history: history.clone(),
            refused: None,
        };
        let plan = analyst.plan(&input).unwrap();
        let told = match plan.steps.as_slice() {
            [] => {
                let input =
                    ConverseInput { question: question.clone(), agent: None, datasets, agents: agents(), history };
                format!("NO {}", analyst.converse(&input).unwrap().answer.lines().next().unwrap_or_default())
            }
            steps => steps.iter().map(|s| s.instruction.clone()).collect::<Vec<_>>().join(" | "),
        };
        println!("{table}: {question}\n    {told}");
    }
}
