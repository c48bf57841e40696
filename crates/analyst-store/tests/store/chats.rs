//! Conversations: their order, their datasets, and what goes when they go.

use analyst_store::{Store, StoreError};
use analyst_types::*;

use crate::samples::{self, NASTY, at, id};

async fn add_dataset(store: &Store, name: &str) -> DatasetId {
    let stored = samples::dataset(name);
    store.datasets().insert(&stored).await.unwrap();
    stored.dataset.id
}

#[tokio::test]
async fn the_chat_spoken_in_last_comes_first() {
    let store = Store::in_memory().await.unwrap();
    let [a, b, c] = ["a", "b", "c"].map(samples::chat);
    for chat in [&a, &b, &c] {
        store.chats().create(chat).await.unwrap();
    }
    let titles =
        async || -> Vec<String> { store.chats().list().await.unwrap().into_iter().map(|chat| chat.title).collect() };
    assert_eq!(titles().await, ["c", "b", "a"], "made later, listed earlier");
    store.messages().insert(&samples::message(a.id, Role::User, "hello")).await.unwrap();
    assert_eq!(titles().await, ["a", "c", "b"]);
    store.chats().touch(b.id, at(11)).await.unwrap();
    assert_eq!(titles().await, ["b", "a", "c"]);
    store.chats().touch(b.id, at(-5)).await.unwrap();
    assert_eq!(titles().await, ["b", "a", "c"], "a clock set back moves nothing");
}

#[tokio::test]
async fn a_chat_keeps_its_title_and_the_order_of_its_datasets() {
    let store = Store::in_memory().await.unwrap();
    let [a, b, c] = [add_dataset(&store, "a").await, add_dataset(&store, "b").await, add_dataset(&store, "c").await];
    let mut chat = Chat { dataset_ids: vec![c, a], ..samples::chat(NASTY) };
    store.chats().create(&chat).await.unwrap();
    assert_eq!(store.chats().get(chat.id).await.unwrap(), chat);

    store.chats().set_datasets(chat.id, &[b, c, b, a]).await.unwrap();
    store.chats().rename(chat.id, "Prices").await.unwrap();
    chat = Chat { title: "Prices".into(), dataset_ids: vec![b, c, a], ..chat };
    assert_eq!(store.chats().get(chat.id).await.unwrap(), chat);
    assert_eq!(store.chats().list().await.unwrap(), [chat.clone()]);
    let datasets = store.datasets().list_by_chat(chat.id).await.unwrap();
    assert_eq!(datasets.iter().map(|stored| stored.dataset.id).collect::<Vec<_>>(), [b, c, a]);
}

#[tokio::test]
async fn a_removed_dataset_is_in_no_list_and_no_chat() {
    let store = Store::in_memory().await.unwrap();
    let [a, b] = [add_dataset(&store, "a").await, add_dataset(&store, "b").await];
    let chat = Chat { dataset_ids: vec![a, b], ..samples::chat("x") };
    store.chats().create(&chat).await.unwrap();
    store.datasets().remove(a, at(5)).await.unwrap();

    assert_eq!(store.chats().get(chat.id).await.unwrap().dataset_ids, [b]);
    assert_eq!(store.chats().list().await.unwrap()[0].dataset_ids, [b]);
    assert_eq!(store.datasets().list().await.unwrap().len(), 1);
    assert_eq!(store.datasets().list_by_chat(chat.id).await.unwrap().len(), 1);
    assert_eq!(store.datasets().find_by_fingerprint_and_path("sha256:a", "/data/a.csv").await.unwrap(), None);
    assert!(matches!(store.datasets().get(a).await, Err(StoreError::NotFound { .. })));
    assert!(matches!(store.datasets().remove(a, at(6)).await, Err(StoreError::NotFound { .. })));
}

#[tokio::test]
async fn a_chat_with_an_unknown_dataset_is_not_half_made() {
    let store = Store::in_memory().await.unwrap();
    let chat = Chat { dataset_ids: vec![add_dataset(&store, "a").await, id()], ..samples::chat("x") };
    assert!(matches!(store.chats().create(&chat).await, Err(StoreError::NotFound { .. })));
    assert!(store.chats().list().await.unwrap().is_empty());
}

#[tokio::test]
async fn messages_are_listed_as_they_were_said() {
    let store = Store::in_memory().await.unwrap();
    let chat = samples::chat("x");
    store.chats().create(&chat).await.unwrap();
    let run = samples::running(&store).await;
    let mut expected = Vec::new();
    for (text, millis) in [("first", 10), (NASTY, 11), ("same moment", 11), ("", 12)] {
        for role in [Role::User, Role::Assistant] {
            let message = Message { run_id: Some(run.id), at: at(millis), ..samples::message(chat.id, role, text) };
            store.messages().insert(&message).await.unwrap();
            expected.push(message);
        }
    }
    let late = Message { at: at(-1), ..samples::message(chat.id, Role::User, "stored last, said first") };
    store.messages().insert(&late).await.unwrap();
    expected.insert(0, late);
    assert_eq!(store.messages().list(chat.id).await.unwrap(), expected);
}

#[tokio::test]
async fn a_deleted_chat_takes_all_along_but_what_it_cost() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    let kept = samples::running(&store).await;
    let run = samples::running(&store).await;
    let new = samples::execution(run.id, id(), 1);
    store.executions().start(&new).await.unwrap();
    let artifact = &samples::artifacts(new.id)[0];
    store.artifacts().insert(artifact).await.unwrap();
    store.model_usage().insert(&samples::call("a/b", Some(1.5)), Some(run.id), at(0)).await.unwrap();
    let told = samples::message(run.chat_id, Role::User, "a secret called zanzibar");
    store.messages().insert(&told).await.unwrap();

    store.chats().delete(run.chat_id).await.unwrap();

    assert!(matches!(store.runs().get(run.id).await, Err(StoreError::NotFound { .. })));
    assert!(matches!(store.artifacts().get(artifact.id).await, Err(StoreError::NotFound { .. })));
    assert!(store.messages().list(run.chat_id).await.unwrap().is_empty());
    assert!(store.messages().search("zanzibar", 9).await.unwrap().is_empty());
    assert!(store.run_events().list(run.id, 0).await.unwrap().is_empty());
    assert!(store.executions().list_by_cell(new.cell_id).await.unwrap().is_empty());
    assert!(store.model_usage().list_by_run(run.id).await.unwrap().is_empty());
    assert_eq!(store.model_usage().summary().await.unwrap().cost_usd, Some(1.5));
    assert_eq!(store.runs().get(kept.id).await.unwrap(), kept, "the other chat is untouched");
    store.check().await.unwrap();

    let path = store.path().unwrap();
    store.close().await;
    let bytes = std::fs::read(path).unwrap();
    assert!(!bytes.windows(8).any(|window| window == b"zanzibar"), "deleted text stays in the file");
}
