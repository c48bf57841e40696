//! `ledger`: what left this computer.

use analyst_app::commands::ledger::{
    ExportLedger, LedgerBody, LedgerEntries, LedgerExported, LedgerRef, LedgerTotals, ListLedger,
};
use analyst_types::{AppError, ErrorCode, LedgerCheck, LedgerEntry};

use crate::args::{Ledger, LedgerVerb};
use crate::client::Client;
use crate::print;

pub async fn ledger(client: &Client, ledger: Ledger) -> Result<(), AppError> {
    match ledger.verb.unwrap_or(LedgerVerb::List) {
        LedgerVerb::List => list(client).await,
        LedgerVerb::Show { number } => show(client, number).await,
        LedgerVerb::Verify => verify(client).await,
        LedgerVerb::Export { file } => export(client, file.display().to_string()).await,
    }
}

async fn list(client: &Client) -> Result<(), AppError> {
    let list: LedgerEntries = client.call("ledger::list", ListLedger::default()).await?;
    if client.global.json {
        print::json(&list);
        return Ok(());
    }
    for entry in list.entries.iter().rev() {
        print::result(&line(entry));
    }
    if list.entries.is_empty() {
        print::note("Nothing has left this computer.");
        return Ok(());
    }
    let totals: LedgerTotals = client.ask("ledger::totals").await?;
    for total in &totals.datasets {
        print::note(&format!(
            "{}: in {} requests, {} columns named, {} rows quoted",
            total.dataset,
            total.requests,
            total.columns.len(),
            total.rows
        ));
    }
    Ok(())
}

fn line(entry: &LedgerEntry) -> String {
    let ended = match &entry.outcome {
        None => "end unknown".to_owned(),
        Some(outcome) => outcome.status.map_or("no answer".to_owned(), |status| format!("HTTP {status}")),
    };
    let at = entry.at.format("%Y-%m-%d %H:%M:%S");
    format!("{:>5}  {at}  {:>8} bytes  {:<12} {:<10}  {}", entry.seq, entry.body_bytes, ended, entry.purpose, entry.url)
}

async fn show(client: &Client, seq: u64) -> Result<(), AppError> {
    let shown: LedgerBody = client.call("ledger::get", LedgerRef { seq }).await?;
    if client.global.json {
        print::json(&shown);
    } else {
        print::note(&line(&shown.entry));
        print::result(&shown.body);
    }
    Ok(())
}

async fn verify(client: &Client) -> Result<(), AppError> {
    let check: LedgerCheck = client.ask("ledger::verify").await?;
    if client.global.json {
        print::json(&check);
    }
    if let Some(broken) = check.broken {
        let message = format!("the ledger is not as it was written: entry {}: {}", broken.seq, broken.reason);
        return Err(AppError::new(ErrorCode::Storage, message)
            .with_hint("Something else changed the database. Nothing was repaired; compare it with a backup."));
    }
    print::note(&format!("The ledger is whole: {} entries.", check.entries));
    Ok(())
}

async fn export(client: &Client, path: String) -> Result<(), AppError> {
    let written: LedgerExported = client.call("ledger::export", ExportLedger { path }).await?;
    if client.global.json {
        print::json(&written);
    } else {
        print::note(&format!("{} entries written to {}", written.entries, written.path));
    }
    Ok(())
}
