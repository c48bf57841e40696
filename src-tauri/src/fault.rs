//! Faults of ours: into the log with their place, a plain sentence to the terminal, and the program goes on if it can.

use analyst_app::Config;

/// Replaces the panic message, which would tell a person nothing.
pub fn log_panics(config: &Config) {
    let data_dir = config.data_dir.clone();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let message = panic.payload_as_str().unwrap_or("no message");
        tracing::error!(place, message, backtrace = %std::backtrace::Backtrace::capture(), "panic");
        eprintln!("Auto-Analyst met a fault of its own. The log in {} tells more.", data_dir.display());
    }));
}
