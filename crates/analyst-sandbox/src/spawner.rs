//! One thread that starts all workers.
//!
//! The system kills a worker when the *thread* that started it ends, and threads of the asynchronous runtime come
//! and go; so workers are started by a thread that stays until the program ends.

use std::io;
use std::sync::LazyLock;
use std::sync::mpsc::{Sender, channel};

use tokio::process::{Child, Command};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

struct Order {
    command: Command,
    runtime: Handle,
    answer: oneshot::Sender<io::Result<Child>>,
}

static ORDERS: LazyLock<Sender<Order>> = LazyLock::new(|| {
    let (sender, orders) = channel::<Order>();
    std::thread::Builder::new()
        .name("worker-spawner".into())
        .spawn(move || {
            for Order { mut command, runtime, answer } in orders {
                let _entered = runtime.enter();
                let child = command.spawn();
                drop(command); // with what it was prepared with: the child reports through a pipe whose end is in there
                let _ = answer.send(child); // nobody waits any more: the child is killed as it is dropped
            }
        })
        .expect("BUG: a program that runs can start one more thread");
    sender
});

/// Starts `command`.
pub(crate) async fn spawn(command: Command) -> io::Result<Child> {
    let (answer, child) = oneshot::channel();
    let gone = || io::Error::other("the thread that starts workers is gone");
    ORDERS.send(Order { command, runtime: Handle::current(), answer }).map_err(|_| gone())?;
    child.await.map_err(|_| gone())?
}
