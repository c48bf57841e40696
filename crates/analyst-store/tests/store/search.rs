//! The search over messages.

use analyst_store::Store;
use analyst_types::*;

use crate::samples::{self, NASTY};

async fn found(store: &Store, text: &str) -> Vec<String> {
    store.messages().search(text, 10).await.unwrap().into_iter().map(|message| message.text).collect()
}

#[tokio::test]
async fn words_are_found_whole_or_begun_in_any_case_and_without_diacritics() {
    let store = Store::in_memory().await.unwrap();
    let chat = samples::chat("x");
    store.chats().create(&chat).await.unwrap();
    for text in ["The mean price in the Café is 19.26", "Die Größe der Häuser", "Unrelated", NASTY] {
        store.messages().insert(&samples::message(chat.id, Role::User, text)).await.unwrap();
    }
    let check = async |text: &str, expected: &[&str]| assert_eq!(found(&store, text).await, expected, "{text:?}");
    check("PRICE mean", &["The mean price in the Café is 19.26"]).await;
    check("cafe", &["The mean price in the Café is 19.26"]).await;
    check("19.26", &["The mean price in the Café is 19.26"]).await;
    check("hauser", &["Die Größe der Häuser"]).await;
    check("unrel", &["Unrelated"]).await;
    check("数据", &[NASTY]).await;
    check("price Unrelated", &[]).await;
    check("related", &[]).await;
}

#[tokio::test]
async fn nothing_a_person_types_is_an_operator() {
    let store = Store::in_memory().await.unwrap();
    let chat = samples::chat("x");
    store.chats().create(&chat).await.unwrap();
    store.messages().insert(&samples::message(chat.id, Role::User, "plain words")).await.unwrap();
    let odd =
        ["", "   ", "\"", "\"\"\"", "*", "a AND", "NOT", "NEAR(", "text:plain", "{a b}:c", "^plain", "a\0b", NASTY];
    for text in odd.into_iter().chain(["' OR 1=1 --", "(((", "-plain", "+", "plain + words OR"]) {
        store.messages().search(text, 10).await.unwrap_or_else(|error| panic!("{text:?}: {error}"));
    }
    assert_eq!(found(&store, "NOT plain").await, Vec::<String>::new());
    assert_eq!(found(&store, "^plain (words)").await, ["plain words"]);
}

#[tokio::test]
async fn at_most_as_many_as_asked_for() {
    let store = Store::in_memory().await.unwrap();
    let chat = samples::chat("x");
    store.chats().create(&chat).await.unwrap();
    for n in 0..5 {
        store.messages().insert(&samples::message(chat.id, Role::User, &format!("price {n}"))).await.unwrap();
    }
    assert_eq!(store.messages().search("price", 3).await.unwrap().len(), 3);
}
