//! `doctor`: what works here; and the managed Python environment, made or mended.

use std::pin::pin;
use std::time::Duration;

use analyst_app::commands::doctor::{CheckStatus, DoctorReport};
use analyst_app::commands::python::{PythonState, PythonStatus};
use analyst_types::{AppError, ErrorCode};

use crate::args::Doctor;
use crate::client::Client;
use crate::print;

/// How often the installation is asked how it goes.
const POLL: Duration = Duration::from_millis(300);

pub async fn doctor(client: &Client, doctor: &Doctor) -> Result<(), AppError> {
    if doctor.install_python {
        install_python(client).await?;
    }
    let report: DoctorReport = client.ask("doctor::report").await?;
    if client.global.json {
        print::json(&report);
    } else {
        print::result(&describe(&report));
    }
    Ok(())
}

fn describe(report: &DoctorReport) -> String {
    let mut text = String::new();
    for check in &report.checks {
        let mark = match check.status {
            CheckStatus::Ok => "✓",
            CheckStatus::Warn => "!",
            CheckStatus::Fail => "✗",
        };
        text.push_str(&format!("{mark} {:<12} {}\n", check.name, check.detail));
        if !check.action.is_empty() {
            text.push_str(&format!("               → {}\n", check.action));
        }
    }
    text
}

async fn install_python(client: &Client) -> Result<(), AppError> {
    let mut status: PythonStatus = client.ask("python::status").await?;
    if status.state != PythonState::Ready {
        status = client.ask("python::install").await?;
    }
    let mut told = String::new();
    let mut interrupted = pin!(tokio::signal::ctrl_c());
    while status.state == PythonState::Installing {
        if status.detail != told && !client.global.quiet {
            let percent = status.percent.map(|percent| format!("{percent:>3} %  ")).unwrap_or_default();
            print::note(&format!("{percent}{}", status.detail));
            told.clone_from(&status.detail);
        }
        tokio::select! {
            () = tokio::time::sleep(POLL) => status = client.ask("python::status").await?,
            _ = &mut interrupted => {
                let _: PythonStatus = client.ask("python::cancel_install").await?;
                return Err(AppError::new(ErrorCode::Cancelled, "stopped; nothing half-made is used"));
            }
        }
    }
    if status.state == PythonState::Ready {
        return Ok(());
    }
    Err(AppError::new(ErrorCode::PythonUnavailable, status.detail))
}
