//! The command line of Auto-Analyst. It parses arguments, sends commands of the one command table, and prints what
//! comes back; progress and logs go to stderr, results to stdout, and `--json` puts nothing else there.
//!
//! Exit codes: 0 done · 1 the work failed · 2 wrong use · 130 stopped with Ctrl-C.

mod args;
mod client;
mod print;
mod progress;
mod table;
mod verbs;
mod warning;

use std::process::ExitCode;

use analyst_types::{AppError, ErrorCode};
use clap::Parser;

use crate::args::{Args, Verb};
use crate::client::Client;

/// The exit code of a program that Ctrl-C ended: 128 + SIGINT.
const EXIT_CANCELLED: u8 = 130;
const EXIT_FAILED: u8 = 1;
const EXIT_WRONG_USE: u8 = 2;

fn main() -> ExitCode {
    // First of all: a data worker has one thread, no runtime and no log.
    if let Some(exit) = analyst_app::worker_mode(std::env::args_os()) {
        return exit;
    }
    let args = Args::parse();
    let json = args.global.json;
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return report(&AppError::new(ErrorCode::Internal, format!("cannot start: {error}")), json),
    };
    let done = runtime.block_on(perform(args));
    // A worker thread that hangs in somebody else's library must not keep the program from ending.
    runtime.shutdown_background();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Untold(error)) => report(&error, json),
        Err(Failure::Told(error)) => report(&error, false),
    }
}

/// Why a verb did not do what was asked.
pub enum Failure {
    /// Nothing has been said about it.
    Untold(AppError),
    /// The machine output says it already: nothing may follow there.
    Told(AppError),
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        Self::Untold(error)
    }
}

async fn perform(args: Args) -> Result<(), Failure> {
    let client = Client::start(&args).await?;
    let done = do_verb(&client, args.verb).await;
    client.stop().await;
    done
}

async fn do_verb(client: &Client, verb: Verb) -> Result<(), Failure> {
    match verb {
        Verb::Ask(ask) => verbs::ask::ask(client, ask).await?,
        Verb::Profile(file) => verbs::data::profile(client, file).await?,
        Verb::Peek(file) => verbs::data::peek(client, file).await?,
        Verb::Rows(rows) => verbs::rows::rows(client, rows).await?,
        Verb::Preview(preview) => verbs::data::preview(client, preview).await?,
        Verb::Sql(sql) => verbs::sql::sql(client, sql).await?,
        Verb::Convert(convert) => verbs::data::convert(client, convert).await?,
        Verb::Run(run) => verbs::script::run(client, run).await?,
        Verb::Doctor(doctor) => verbs::doctor::doctor(client, &doctor).await?,
        Verb::Call(call) => verbs::call::call(client, call).await?,
        Verb::Chats(chats) => verbs::lists::chats(client, chats).await?,
        Verb::Agents => verbs::lists::agents(client).await?,
        Verb::Models => verbs::lists::models(client).await?,
        Verb::Ledger(ledger) => verbs::ledger::ledger(client, ledger).await?,
        Verb::Usage => verbs::lists::usage(client).await?,
        Verb::Keys(keys) => verbs::keys::keys(client, keys).await?,
    }
    Ok(())
}

fn report(error: &AppError, json: bool) -> ExitCode {
    print::error(error, json);
    ExitCode::from(match error.code {
        ErrorCode::Cancelled => EXIT_CANCELLED,
        ErrorCode::InvalidRequest => EXIT_WRONG_USE,
        _ => EXIT_FAILED,
    })
}
