//! Looks at everything the program needs on a machine and says what to do about what is missing.

use analyst_sandbox::{SandboxReport, SandboxStrength, SelfCheck};
use analyst_types::AppError;

use crate::App;
use crate::commands::doctor::{Check, CheckStatus, DoctorReport};
use crate::commands::model::{KeyState, SecretStoreKind};
use crate::commands::python::PythonState;

const WALLS_MISSING: &str =
    "Some walls are missing on this system; files and code of unknown origin want a look first.";

/// Examines this machine; each check says what to do.
pub(crate) async fn examine(app: &App) -> DoctorReport {
    let python = python(app);
    let ready = python.status == CheckStatus::Ok;
    let mut checks = vec![data_folder(app), database(app).await, data_worker(app).await, python];
    checks.push(if ready { sandbox(app).await } else { sandbox_untried() });
    checks.push(keyring(app).await);
    checks.push(display());
    checks.push(models(app).await);
    DoctorReport { checks }
}

fn check(name: &str, status: CheckStatus, detail: impl Into<String>, action: impl Into<String>) -> Check {
    Check { name: name.to_owned(), status, detail: detail.into(), action: action.into() }
}

fn data_folder(app: &App) -> Check {
    let dir = &app.config.data_dir;
    match tempfile::NamedTempFile::new_in(dir) {
        Ok(_) => check("data folder", CheckStatus::Ok, dir.display().to_string(), ""),
        Err(error) => check(
            "data folder",
            CheckStatus::Fail,
            format!("{} cannot be written: {error}", dir.display()),
            "Check its permissions and the free space, or name another one with --data-dir.",
        ),
    }
}

async fn database(app: &App) -> Check {
    match app.store.check().await {
        Ok(()) => check("database", CheckStatus::Ok, "opens, and is whole", ""),
        Err(error) => {
            let error = AppError::from(error);
            check("database", CheckStatus::Fail, error.message, error.hint)
        }
    }
}

fn python(app: &App) -> Check {
    let status = app.python.status();
    match status.state {
        PythonState::Ready => check("python", CheckStatus::Ok, status.detail, ""),
        PythonState::Installing => check("python", CheckStatus::Warn, status.detail, "Wait until it is done."),
        PythonState::Missing | PythonState::Broken => check(
            "python",
            CheckStatus::Fail,
            status.detail,
            "Run `auto-analyst doctor --install-python`, or set it up in the window's settings. SQL works without it.",
        ),
    }
}

fn sandbox_untried() -> Check {
    check("sandbox", CheckStatus::Warn, "not tried: Python is not ready", "Set Python up first.")
}

/// The process that reads files: its walls, and what came of trying to get through them.
async fn data_worker(app: &App) -> Check {
    let mut worker = match app.workers.examine().await {
        Ok(worker) => worker,
        Err(error) => {
            return check("data worker", CheckStatus::Fail, error.message, "No file can be read while this is so.");
        }
    };
    match worker.try_walls().await {
        Ok(tried) => walls("data worker", &worker.walls(), &tried, "Do not open files of unknown origin."),
        Err(error) => {
            check("data worker", CheckStatus::Fail, error.to_string(), "No file can be read while this is so.")
        }
    }
}

/// The processes that run Python: their walls, and what came of trying to get through them.
async fn sandbox(app: &App) -> Check {
    let runner = app.python.sandbox();
    match (runner.strength().await, runner.self_test().await) {
        (Ok(report), Ok(tried)) => walls("sandbox", &report, &tried, "Do not run code that you have not read."),
        (Err(reason), _) | (_, Err(reason)) => {
            check("sandbox", CheckStatus::Fail, reason, "Code will not be run while this is so.")
        }
    }
}

/// What the walls are said to be, and what came of trying to get through them.
fn walls(name: &str, report: &SandboxReport, tried: &[SelfCheck], warning: &str) -> Check {
    let passed: Vec<_> = tried.iter().filter(|tried| !tried.held).map(describe_failure).collect();
    let detail = format!("{} ({} ways out tried, all barred)", describe(report), tried.len());
    match report.strength {
        // Where we have no walls, the report says so; that there is a way through is no news.
        SandboxStrength::None => check(name, CheckStatus::Warn, describe(report), WALLS_MISSING),
        _ if !passed.is_empty() => {
            check(name, CheckStatus::Fail, format!("got through: {}", passed.join("; ")), warning)
        }
        SandboxStrength::Strong => check(name, CheckStatus::Ok, detail, ""),
        SandboxStrength::Partial => check(name, CheckStatus::Warn, detail, WALLS_MISSING),
    }
}

fn describe_failure(tried: &SelfCheck) -> String {
    format!("{} ({})", tried.name, tried.detail)
}

fn describe(report: &SandboxReport) -> String {
    let strength = match report.strength {
        SandboxStrength::Strong => "strong",
        SandboxStrength::Partial => "partial",
        SandboxStrength::None => "none",
    };
    let layers: Vec<_> = report.layers.iter().filter(|layer| layer.active).map(|layer| layer.name).collect();
    format!("{strength}: {}", layers.join(", "))
}

async fn keyring(app: &App) -> Check {
    let info = app.secrets.info().await;
    match info.kind {
        SecretStoreKind::Keyring => check("keyring", CheckStatus::Ok, info.detail, ""),
        SecretStoreKind::Vault if !info.locked => check("keyring", CheckStatus::Ok, info.detail, ""),
        SecretStoreKind::Vault | SecretStoreKind::Session => {
            let action =
                "Start a keyring service, or give keys by environment variable, or use a passphrase in the settings.";
            check("keyring", CheckStatus::Warn, info.detail, action)
        }
    }
}

fn display() -> Check {
    let needed = cfg!(all(unix, not(target_os = "macos")));
    let present =
        ["WAYLAND_DISPLAY", "DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|v| !v.is_empty()));
    if !needed || present {
        return check("display", CheckStatus::Ok, "the window can be shown", "");
    }
    let action = "Everything works on the command line; the window needs a desktop session.";
    check("display", CheckStatus::Warn, "there is none", action)
}

async fn models(app: &App) -> Check {
    let list = match app.models().await {
        Ok(list) => list,
        Err(error) => return check("models", CheckStatus::Fail, error.message, error.hint),
    };
    let usable: Vec<_> = list
        .providers
        .iter()
        .filter(|provider| match provider.key_state {
            KeyState::Stored | KeyState::Environment => true,
            KeyState::NoneNeeded => !provider.models.is_empty(),
            KeyState::Missing => false,
        })
        .map(|provider| provider.display_name.as_str())
        .collect();
    check("models", CheckStatus::Ok, usable.join(", "), "")
}
