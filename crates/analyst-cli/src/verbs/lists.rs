//! `chats`, `agents`, `models` and `usage`: what there is.

use analyst_app::commands::agent::Agents;
use analyst_app::commands::chat::{ChatRef, ChatView, Chats as ChatList};
use analyst_app::commands::model::{KeyState, Models};
use analyst_app::commands::usage::UsageSummary;
use analyst_types::{AppError, ChatId, ErrorCode, Role};
use serde_json::Value;

use crate::args::{ChatVerb, Chats};
use crate::client::Client;
use crate::print;

pub async fn chats(client: &Client, chats: Chats) -> Result<(), AppError> {
    match chats.verb.unwrap_or(ChatVerb::List) {
        ChatVerb::List => list_chats(client).await,
        ChatVerb::Show { id } => show_chat(client, parse(&id)?).await,
        ChatVerb::Delete { id } => {
            let _: Value = client.call("chat::delete", ChatRef { chat_id: parse(&id)? }).await?;
            Ok(())
        }
    }
}

fn parse(id: &str) -> Result<ChatId, AppError> {
    id.parse().map_err(|_| {
        AppError::new(ErrorCode::InvalidRequest, format!("“{id}” is not the id of a chat"))
            .with_hint("`auto-analyst chats` lists them.")
    })
}

async fn list_chats(client: &Client) -> Result<(), AppError> {
    let list: ChatList = client.ask("chat::list").await?;
    if client.global.json {
        print::json(&list);
        return Ok(());
    }
    for chat in &list.chats {
        print::result(&format!("{}  {}  {}", chat.id, chat.updated_at.format("%Y-%m-%d %H:%M"), chat.title));
    }
    if list.chats.is_empty() {
        print::note("No chats yet.");
    }
    Ok(())
}

async fn show_chat(client: &Client, chat_id: ChatId) -> Result<(), AppError> {
    let view: ChatView = client.call("chat::get", ChatRef { chat_id }).await?;
    if client.global.json {
        print::json(&view);
        return Ok(());
    }
    for message in &view.messages {
        let who = if message.role == Role::User { "You" } else { "Auto-Analyst" };
        print::result(&format!("{who}: {}\n", message.text));
    }
    Ok(())
}

pub async fn agents(client: &Client) -> Result<(), AppError> {
    let list: Agents = client.ask("agent::list").await?;
    if client.global.json {
        print::json(&list);
        return Ok(());
    }
    for agent in &list.agents {
        let off = if agent.enabled { "" } else { " (off)" };
        print::result(&format!("@{}{off}\n    {}", agent.name, agent.description));
    }
    for problem in &list.problems {
        print::note(&format!("! {problem}"));
    }
    Ok(())
}

pub async fn models(client: &Client) -> Result<(), AppError> {
    let list: Models = client.ask("model::list").await?;
    if client.global.json {
        print::json(&list);
        return Ok(());
    }
    for provider in &list.providers {
        let key = match provider.key_state {
            KeyState::NoneNeeded => "no key needed",
            KeyState::Missing => "no key",
            KeyState::Stored => "key stored",
            KeyState::Environment => "key from the environment",
        };
        print::result(&format!("{} ({key})", provider.display_name));
        for model in &provider.models {
            print::result(&format!("    {}", model.id));
        }
    }
    print::note(&list.secret_store.detail);
    Ok(())
}

pub async fn usage(client: &Client) -> Result<(), AppError> {
    let summary: UsageSummary = client.ask("usage::summary").await?;
    if client.global.json {
        print::json(&summary);
        return Ok(());
    }
    for model in &summary.by_model {
        let cost = model.cost_usd.map_or("price unknown".to_owned(), |cost| format!("${cost:.4}"));
        let tokens = format!("{} in, {} out", model.usage.input_tokens, model.usage.output_tokens);
        print::result(&format!("{:<40} {} calls, {tokens}, {cost}", model.model, model.calls));
    }
    print::result(&format!("Together: {} calls, ${:.4}", summary.calls, summary.cost_usd));
    Ok(())
}
