//! A server that sends exactly the bytes it is told, and remembers what it was sent.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// What is sent for one request.
#[derive(Clone)]
pub struct Reply {
    head: String,
    steps: Vec<Step>,
}

#[derive(Clone)]
enum Step {
    Chunk(Vec<u8>),
    Wait(Duration),
    /// Until the client goes.
    Hang,
    /// The body ends as HTTP says; without it, the connection breaks.
    End,
}

/// What was received.
pub struct Received {
    pub line: String,
    pub headers: String,
    pub body: Vec<u8>,
    pub at: Instant,
}

impl Received {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

impl Reply {
    pub fn new(status: u16, headers: &[(&str, &str)]) -> Self {
        let mut head = format!("HTTP/1.1 {status} X\r\ntransfer-encoding: chunked\r\nconnection: close\r\n");
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        Self { head: head + "\r\n", steps: Vec::new() }
    }

    pub fn sse(body: &str) -> Self {
        Self::new(200, &[("content-type", "text/event-stream; charset=utf-8")]).chunk(body)
    }

    pub fn json(status: u16, body: &str) -> Self {
        Self::new(status, &[("content-type", "application/json")]).chunk(body).end()
    }

    pub fn chunk(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.steps.push(Step::Chunk(bytes.as_ref().to_vec()));
        self
    }

    pub fn wait(mut self, time: Duration) -> Self {
        self.steps.push(Step::Wait(time));
        self
    }

    pub fn hang(mut self) -> Self {
        self.steps.push(Step::Hang);
        self
    }

    pub fn end(mut self) -> Self {
        self.steps.push(Step::End);
        self
    }
}

/// The server; it stops when dropped.
pub struct Server {
    pub url: String,
    received: Arc<Mutex<Vec<Received>>>,
    left: Arc<Notify>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// Answers the first request with the first reply and so on; the last reply is repeated.
    pub async fn start(replies: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (received, left) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Notify::new()));
        let mut replies: VecDeque<Reply> = replies.into_iter().collect();
        let (log, gone) = (Arc::clone(&received), Arc::clone(&left));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let reply = if replies.len() > 1 { replies.pop_front().unwrap() } else { replies[0].clone() };
                tokio::spawn(serve(stream, reply, Arc::clone(&log), Arc::clone(&gone)));
            }
        });
        Self { url, received, left, task }
    }

    pub fn received(&self) -> std::sync::MutexGuard<'_, Vec<Received>> {
        self.received.lock().unwrap()
    }

    /// Until a client has closed the connection of a hanging reply.
    pub async fn client_left(&self) {
        self.left.notified().await;
    }
}

async fn serve(mut stream: TcpStream, reply: Reply, log: Arc<Mutex<Vec<Received>>>, left: Arc<Notify>) {
    let Some(received) = receive(&mut stream).await else { return };
    log.lock().unwrap().push(received);
    let mut written = stream.write_all(reply.head.as_bytes()).await;
    for step in reply.steps {
        if written.is_err() {
            return;
        }
        written = match step {
            Step::Chunk(bytes) => {
                let size = format!("{:x}\r\n", bytes.len());
                stream.write_all(&[size.as_bytes(), &bytes, b"\r\n"].concat()).await
            }
            Step::Wait(time) => {
                tokio::time::sleep(time).await;
                Ok(())
            }
            Step::Hang => {
                while !matches!(stream.read(&mut [0; 64]).await, Ok(0) | Err(_)) {}
                left.notify_one();
                return;
            }
            Step::End => stream.write_all(b"0\r\n\r\n").await,
        };
    }
}

async fn receive(stream: &mut TcpStream) -> Option<Received> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(position) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break position;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).unwrap();
    let (line, headers) = head.split_once("\r\n").unwrap();
    let mut received =
        Received { line: line.to_owned(), headers: headers.to_owned(), body: Vec::new(), at: Instant::now() };
    let length = received.header("content-length").map_or(0, |value| value.parse().unwrap());
    while bytes.len() < head_end + 4 + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    received.body = bytes.split_off(head_end + 4);
    Some(received)
}
