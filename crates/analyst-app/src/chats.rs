//! Conversations: which there are, what they are about, what was said.

use std::sync::Arc;

use analyst_agents::Turn;
use analyst_store::Store;
use analyst_types::{AppError, Chat, ChatId, Clock, DatasetId, ErrorCode, IdSource, Message, Role};

use crate::commands::chat::ChatView;
use crate::datasets::explained;

const MAX_TITLE_CHARS: usize = 200;
/// A title made from a question is cut here.
const DERIVED_TITLE_CHARS: usize = 60;
/// The title of a chat in which nothing was asked yet.
const UNTITLED: &str = "New chat";

/// Reads and changes conversations.
pub(crate) struct ChatDesk {
    store: Arc<Store>,
    clock: Clock,
    ids: Arc<IdSource>,
}

impl ChatDesk {
    pub(crate) fn new(store: Arc<Store>, clock: Clock, ids: Arc<IdSource>) -> Self {
        Self { store, clock, ids }
    }

    pub(crate) async fn create(&self, dataset_ids: Vec<DatasetId>) -> Result<Chat, AppError> {
        let now = self.clock.now();
        let chat =
            Chat { id: self.ids.next(), title: UNTITLED.to_owned(), dataset_ids, created_at: now, updated_at: now };
        self.store.chats().create(&chat).await?;
        Ok(chat)
    }

    pub(crate) async fn list(&self) -> Result<Vec<Chat>, AppError> {
        Ok(self.store.chats().list().await?)
    }

    pub(crate) async fn get(&self, id: ChatId) -> Result<Chat, AppError> {
        Ok(self.store.chats().get(id).await?)
    }

    pub(crate) async fn view(&self, id: ChatId) -> Result<ChatView, AppError> {
        let chat = self.get(id).await?;
        let stored = self.store.datasets().list_by_chat(id).await?;
        let datasets = stored.into_iter().map(|stored| explained(stored.dataset)).collect();
        let messages = self.store.messages().list(id).await?;
        let runs = self.store.runs().list(id).await?;
        Ok(ChatView { chat, datasets, messages, runs })
    }

    pub(crate) async fn rename(&self, id: ChatId, title: &str) -> Result<Chat, AppError> {
        let title = title.trim();
        if title.is_empty() || title.chars().count() > MAX_TITLE_CHARS {
            let message = format!("a title has 1 to {MAX_TITLE_CHARS} characters");
            return Err(AppError::new(ErrorCode::InvalidRequest, message));
        }
        self.store.chats().rename(id, title).await?;
        self.get(id).await
    }

    /// Names a chat after its first question, unless it has a name.
    pub(crate) async fn title_from(&self, chat: &Chat, question: &str) -> Result<(), AppError> {
        if chat.title != UNTITLED {
            return Ok(());
        }
        Ok(self.store.chats().rename(chat.id, &derived_title(question)).await?)
    }

    pub(crate) async fn set_datasets(&self, id: ChatId, dataset_ids: Vec<DatasetId>) -> Result<Chat, AppError> {
        self.store.chats().set_datasets(id, &dataset_ids).await?;
        self.get(id).await
    }

    pub(crate) async fn delete(&self, id: ChatId) -> Result<(), AppError> {
        Ok(self.store.chats().delete(id).await?)
    }

    /// Questions that were answered, oldest first: what the next question may refer to.
    pub(crate) async fn history(&self, id: ChatId) -> Result<Vec<Turn>, AppError> {
        let messages = self.store.messages().list(id).await?;
        Ok(turns(&messages))
    }
}

fn turns(messages: &[Message]) -> Vec<Turn> {
    let answer_to = |question: &Message| {
        messages.iter().find(|message| message.role == Role::Assistant && message.run_id == question.run_id)
    };
    let questions = messages.iter().filter(|message| message.role == Role::User);
    questions
        .filter_map(|question| {
            Some(Turn { question: question.text.clone(), answer: answer_to(question)?.text.clone() })
        })
        .collect()
}

/// The question's first line, cut between words.
fn derived_title(question: &str) -> String {
    let line = question.trim().lines().next().unwrap_or_default();
    if line.chars().count() <= DERIVED_TITLE_CHARS {
        return line.to_owned();
    }
    let cut: String = line.chars().take(DERIVED_TITLE_CHARS).collect();
    let whole_words = cut.rsplit_once(' ').map_or(cut.as_str(), |(head, _)| head);
    format!("{whole_words}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_question_becomes_a_title_cut_between_words() {
        assert_eq!(derived_title("Which region sells most?\nAnd why?"), "Which region sells most?");
        let long = "Compute the revenue of each order as units times unit price and give the total";
        assert_eq!(derived_title(long), "Compute the revenue of each order as units times unit price…");
    }

    #[test]
    fn only_answered_questions_are_history() {
        let message = |role, text: &str, run: u128| Message {
            id: analyst_types::MessageId(uuid::Uuid::from_u128(run)),
            chat_id: ChatId(uuid::Uuid::nil()),
            role,
            text: text.to_owned(),
            run_id: Some(analyst_types::RunId(uuid::Uuid::from_u128(run))),
            at: Clock::System.now(),
        };
        let messages = [message(Role::User, "a?", 1), message(Role::User, "b?", 2), message(Role::Assistant, "b!", 2)];
        assert_eq!(turns(&messages), [Turn { question: "b?".into(), answer: "b!".into() }]);
    }
}
