//! What leaves is kept first, byte by byte, or does not leave.

use std::sync::{Arc, Mutex};

use analyst_llm::{EgressLog, IncomingResponse, ModelFactory, OutgoingRequest, ProviderAccess};
use analyst_types::{LanguageModel, ModelError, ModelId};
use async_trait::async_trait;

use crate::anthropic::STREAM;
use crate::ask::{KEY, ask_model, hasty, question};
use crate::server::{Reply, Server};

#[derive(Default)]
struct Ledger {
    entries: Mutex<Vec<(u32, String, Vec<u8>)>>,
    ended: Mutex<Vec<(u64, IncomingResponse)>>,
    broken: bool,
}

#[async_trait]
impl EgressLog for Ledger {
    async fn sending(&self, request: &OutgoingRequest<'_>) -> Result<u64, String> {
        let entry = (request.attempt, request.purpose.to_owned(), request.body.to_vec());
        let mut entries = self.entries.lock().unwrap();
        entries.push(entry);
        if self.broken { Err("the disk is full".to_owned()) } else { Ok(entries.len() as u64) }
    }

    async fn ended(&self, number: u64, response: &IncomingResponse) {
        self.ended.lock().unwrap().push((number, response.clone()));
    }
}

async fn ask_with(ledger: Arc<Ledger>, server: &Server) -> Result<analyst_types::ModelReply, ModelError> {
    let factory = ModelFactory::new().with_policy(hasty());
    let access = ProviderAccess { key: Some(KEY.into()), base_url: Some(server.url.clone()) };
    let model = factory.remote(&ModelId::new("anthropic", "claude-haiku-4-5"), access).unwrap();
    ask_model(&model.with_egress_log(ledger) as &dyn LanguageModel, &question()).await.reply
}

#[tokio::test]
async fn ledger_holds_the_bytes_of_every_try() {
    let server = Server::start([Reply::json(503, "{}"), Reply::sse(STREAM).end()]).await;
    let ledger = Arc::new(Ledger::default());
    ask_with(Arc::clone(&ledger), &server).await.unwrap();
    let sent: Vec<_> = server.received().iter().map(|received| received.body.clone()).collect();
    let kept = ledger.entries.lock().unwrap().clone();
    assert_eq!(kept.iter().map(|(_, _, body)| body.clone()).collect::<Vec<_>>(), sent);
    assert_eq!(kept.iter().map(|(attempt, _, _)| *attempt).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(kept[0].1, "answer");
    assert!(!String::from_utf8_lossy(&kept[0].2).contains(KEY));
    let ended = ledger.ended.lock().unwrap().clone();
    let told: Vec<_> = ended.iter().map(|(number, end)| (*number, end.status, end.error.is_some())).collect();
    assert_eq!(told, [(1, Some(503), true), (2, Some(200), false)]);
    assert_eq!((ended[0].1.bytes, ended[1].1.bytes), (2, STREAM.len() as u64));
}

#[tokio::test]
async fn what_the_ledger_cannot_keep_is_not_sent() {
    let server = Server::start([Reply::sse(STREAM).end()]).await;
    let reply = ask_with(Arc::new(Ledger { broken: true, ..Ledger::default() }), &server).await;
    let message = "nothing was sent: the disk is full".to_owned();
    assert_eq!(reply, Err(ModelError::Unavailable { provider: "Anthropic".into(), message }));
    assert!(server.received().is_empty());
}
