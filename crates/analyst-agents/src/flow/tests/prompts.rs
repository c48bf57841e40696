//! Every agent of the catalogue, asked for code: its prompt reaches the model whole.

use analyst_types::Language;
use serde_json::json;

use super::{code, context, desk, metric, question, ran, says};
use crate::testing::{ScriptedModel, ScriptedRunner};
use crate::{BUILTIN_AGENTS, Catalogue, answer_question};

#[tokio::test]
async fn the_prompt_of_every_agent_is_rendered_whole() {
    let catalogue = Catalogue::load(BUILTIN_AGENTS, None);
    let families = ["feature_engineering", "polars", "time_series", "causal", "sql", "text", "geo"];
    for family in families {
        let name = format!("{family}_agent");
        assert!(catalogue.agents().iter().any(|a| a.template.template_name == name && a.template.is_premium), "{name}");
    }
    for agent in catalogue.agents().iter().filter(|agent| agent.is_individual() && !agent.is_conversation()) {
        let name = &agent.template.template_name;
        let model = ScriptedModel::new(true, vec![code("1"), says("Done.")]);
        let runner = ScriptedRunner::new(Language::Python, vec![ran("", vec![metric("n", json!(1))], vec![])]);
        let mut desk = desk(model.clone(), runner, ScriptedRunner::new(Language::Sql, vec![]));
        let mut switched_on = catalogue.clone();
        switched_on.set_enabled(name, true);
        desk.catalogue = switched_on.into();
        let mut asked = question("Do what you are there for");
        asked.agents = vec![name.clone()];
        let (ctx, _told) = context();
        answer_question(&ctx, &desk, &asked).await.unwrap();
        let sent = model.sent();
        for line in agent.template.prompt_template.lines() {
            assert!(sent.contains(line), "{name}: {line}");
        }
        assert!(!sent.contains("{{") && !sent.contains("{%"), "{name}");
    }
}
