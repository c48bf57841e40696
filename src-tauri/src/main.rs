//! `auto-analyst-desktop`: the window.
//!
//! The shell holds no logic of its own. It shows the page that is built into it, hands the page's commands to
//! [`analyst_app::dispatch`], forwards run events, and lends what only a native program has: dialogs, dropped files,
//! files opened with us, one instance. It refuses to load or open anything that is not its own page.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod args;
mod backend;
mod commands;
mod downloads;
mod opened_files;
#[cfg(test)]
mod policy;
mod webview;
mod window;

use std::process::ExitCode;

use analyst_app::Config;
use analyst_types::AppError;
use tauri::RunEvent;

use args::{Args, Request};
use backend::Backend;
use opened_files::OpenedFiles;

fn main() -> ExitCode {
    // First of all: a data worker has one thread, no window and no log.
    if let Some(exit) = analyst_app::worker_mode(std::env::args_os()) {
        return exit;
    }
    match Request::parse(std::env::args_os().skip(1)) {
        Ok(Request::Open(args)) => open(args),
        Ok(Request::Print(text)) => args::print(&text),
        Err(message) => args::refuse(&message),
    }
}

fn open(args: Args) -> ExitCode {
    webview::prepare_environment();
    let is_own_data_dir = args.data_dir.is_some() || std::env::var_os("AUTO_ANALYST_DATA_DIR").is_some();
    let config = match Config::resolve(args.data_dir.clone()) {
        Ok(config) => config,
        Err(error) => return tell(&error),
    };
    let _log = analyst_app::logging::init(&config);
    if let Some(error) = webview::missing_display() {
        return tell(&error);
    }
    match build(config, OpenedFiles::new(args.files), is_own_data_dir) {
        Ok(app) => {
            app.run(|handle, event| match event {
                RunEvent::Exit => backend::shut_down(handle),
                #[cfg(any(target_os = "macos", target_os = "ios"))]
                RunEvent::Opened { urls } => opened_files::add_urls(handle, &urls),
                _ => {}
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(%error, "the window could not be made");
            tell(&AppError::new(analyst_types::ErrorCode::Internal, format!("The window cannot open: {error}")))
        }
    }
}

fn build(config: Config, opened: OpenedFiles, is_own_data_dir: bool) -> tauri::Result<tauri::App> {
    let mut builder = tauri::Builder::default();
    // The first plugin, so that a second instance ends before it touches the data.
    if !is_own_data_dir && !webview::is_automated() {
        builder = builder.plugin(tauri_plugin_single_instance::init(opened_files::add_from_second_instance));
    }
    let data_dir = config.data_dir.clone();
    builder
        .plugin(tauri_plugin_dialog::init())
        .plugin(window::remember_state(&data_dir))
        .manage(Backend::new(config))
        .manage(opened)
        .invoke_handler(tauri::generate_handler![
            commands::call,
            commands::subscribe,
            commands::pick_files,
            commands::save_file,
            commands::opened_files,
        ])
        .setup(move |app| {
            backend::start(app.handle());
            window::open(app, &data_dir)?;
            Ok(())
        })
        .build(tauri::generate_context!())
}

/// Says on the terminal why there is no window.
fn tell(error: &AppError) -> ExitCode {
    eprintln!("{}", error.message);
    if !error.hint.is_empty() {
        eprintln!("{}", error.hint);
    }
    ExitCode::FAILURE
}
