//! The catalogue of agents, and what the person makes of it.

use analyst_store::{CatalogueEntry, Store, StoredTemplate, TemplateSource, UserTemplatePreference};
use analyst_types::*;

use crate::samples::{NASTY, at};

fn entry(name: &str, source: TemplateSource, enabled: bool) -> CatalogueEntry {
    let template = AgentTemplate {
        template_name: name.into(),
        display_name: NASTY.into(),
        description: "Draws".into(),
        category: "Visualization".into(),
        variant_type: VariantType::Both,
        is_premium: !enabled,
        usage_count: 40,
        icon_url: "/icons/x.svg".into(),
        prompt_template: NASTY.into(),
    };
    CatalogueEntry { template, source, enabled }
}

async fn listed(store: &Store) -> Vec<StoredTemplate> {
    store.agent_templates().list().await.unwrap()
}

#[tokio::test]
async fn the_catalogue_is_listed_in_its_order() {
    let store = Store::in_memory().await.unwrap();
    let mut catalogue = vec![
        entry("z", TemplateSource::Builtin, true),
        entry("a", TemplateSource::File, false),
        entry("m", TemplateSource::User, true),
    ];
    catalogue[0].template.variant_type = VariantType::Individual;
    catalogue[1].template.variant_type = VariantType::Planner;
    store.agent_templates().sync(&catalogue).await.unwrap();
    let stored: Vec<CatalogueEntry> = listed(&store)
        .await
        .into_iter()
        .map(|stored| CatalogueEntry { template: stored.template, source: stored.source, enabled: stored.enabled })
        .collect();
    assert_eq!(stored, catalogue);
}

#[tokio::test]
async fn a_changed_template_is_a_new_version() {
    let store = Store::in_memory().await.unwrap();
    let mut catalogue = [entry("a", TemplateSource::Builtin, true)];
    store.agent_templates().sync(&catalogue).await.unwrap();
    let first = listed(&store).await.remove(0);
    catalogue[0].template.usage_count = 99;
    store.agent_templates().sync(&catalogue).await.unwrap();
    let counted = listed(&store).await.remove(0);
    assert_eq!((counted.version, &counted.checksum), (1, &first.checksum), "use is no change");
    catalogue[0].template.prompt_template = "You draw.".into();
    store.agent_templates().sync(&catalogue).await.unwrap();
    let second = listed(&store).await.remove(0);
    assert_eq!(second.version, 2);
    assert_ne!(second.checksum, first.checksum);
    assert_eq!(second.template, catalogue[0].template);
}

#[tokio::test]
async fn what_the_catalogue_leaves_out_is_hidden_and_comes_back_as_it_was() {
    let store = Store::in_memory().await.unwrap();
    let both = [entry("a", TemplateSource::Builtin, true), entry("b", TemplateSource::File, true)];
    let mine = [entry("mine", TemplateSource::User, true)];
    store.agent_templates().sync(&[both.as_slice(), &mine].concat()).await.unwrap();
    store.user_template_preferences().set_enabled("b", false).await.unwrap();
    let names = async || -> Vec<String> {
        listed(&store).await.into_iter().map(|stored| stored.template.template_name).collect()
    };
    store.agent_templates().sync(&both[..1]).await.unwrap();
    assert_eq!(names().await, ["a", "mine"], "what the person wrote stays");
    store.agent_templates().sync(&both).await.unwrap();
    let b = listed(&store).await.into_iter().find(|stored| stored.template.template_name == "b").unwrap();
    assert!(!b.enabled, "the person's decision is remembered");
}

#[tokio::test]
async fn using_an_agent_never_switches_it() {
    let store = Store::in_memory().await.unwrap();
    let catalogue = [entry("on", TemplateSource::Builtin, true), entry("premium", TemplateSource::Builtin, false)];
    store.agent_templates().sync(&catalogue).await.unwrap();
    let preferences = store.user_template_preferences();
    for millis in [1, 2] {
        preferences.record_use("on", at(millis)).await.unwrap();
        preferences.record_use("premium", at(millis)).await.unwrap();
    }
    let states = async || -> Vec<_> {
        let all = listed(&store).await;
        all.into_iter().map(|stored| (stored.enabled, stored.template.usage_count, stored.last_used_at)).collect()
    };
    assert_eq!(states().await, [(true, 42, Some(at(2))), (false, 42, Some(at(2)))]);

    preferences.set_enabled("on", false).await.unwrap();
    preferences.set_enabled("premium", true).await.unwrap();
    preferences.record_use("on", at(3)).await.unwrap();
    store.agent_templates().sync(&catalogue).await.unwrap();
    assert_eq!(states().await, [(false, 43, Some(at(3))), (true, 42, Some(at(2)))]);

    let expected = [("on", false, 3, 3), ("premium", true, 2, 2)].map(|(name, enabled, usage_count, millis)| {
        UserTemplatePreference {
            template_name: name.into(),
            enabled: Some(enabled),
            usage_count,
            last_used_at: Some(at(millis)),
        }
    });
    assert_eq!(preferences.list().await.unwrap(), expected);
}
