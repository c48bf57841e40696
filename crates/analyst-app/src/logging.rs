//! The log: one JSON file per day in the data folder, kept for two weeks. Keys are blotted out before a line is written.

use std::io::Write;
use std::sync::LazyLock;

use regex::Regex;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;

use crate::Config;

/// Days of log that are kept.
const KEPT_DAYS: usize = 14;
/// What looks like a key of a provider, or travels as one.
static SECRET: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)\b(sk-[a-z0-9_\-]{6,}|gsk_[a-z0-9]{8,}|AIza[a-z0-9_\-]{16,}|bearer\s+[a-z0-9._\-]{8,})"#)
        .expect("BUG: the pattern is constant and tested")
});

/// Keeps the log flowing; the last lines are written when it is dropped.
#[must_use]
pub struct Log {
    _guard: Option<WorkerGuard>,
}

/// Starts the log, and sends panics into it. When the folder cannot be written to, the program works without one.
pub fn init(config: &Config) -> Log {
    log_panics();
    if crate::config::make_private_dir(&config.logs_dir()).is_err() {
        return Log { _guard: None };
    }
    let appender = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("auto-analyst")
        .filename_suffix("jsonl")
        .max_log_files(KEPT_DAYS)
        .build(config.logs_dir());
    let Ok(appender) = appender else { return Log { _guard: None } };
    let (writer, guard) = tracing_appender::non_blocking(Redacting { inner: appender });
    let level = if config.debug { "debug" } else { "info" };
    let filter = EnvFilter::new(format!(
        "warn,analyst_app={level},analyst_agents={level},analyst_data={level},analyst_sandbox={level},analyst_llm={level},analyst_store={level},auto_analyst={level}"
    ));
    // A second start in one process (tests) keeps the first log.
    let _ = tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(writer).try_init();
    Log { _guard: Some(guard) }
}

/// A panic's text tells a person nothing: it goes into the log with its place. Most are caught where they happen (some
/// libraries panic on strange files); one that ends the main thread ends the program and is said in a sentence.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let message = panic.payload_as_str().unwrap_or("no message");
        tracing::error!(place, message, backtrace = %std::backtrace::Backtrace::capture(), "panic");
        if std::thread::current().name() == Some("main") {
            eprintln!("Auto-Analyst met a fault of its own and has to end. The log in the data folder tells more.");
        }
    }));
}

/// Blots out what looks like a key. Lines reach it whole, as the JSON formatter writes one event at a time.
struct Redacting<W> {
    inner: W,
}

impl<W: Write> Write for Redacting<W> {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        self.inner.write_all(redact(&String::from_utf8_lossy(line)).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}

fn redact(text: &str) -> std::borrow::Cow<'_, str> {
    SECRET.replace_all(text, "[key]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_blotted_out_and_the_rest_stays() {
        let mut written = Vec::new();
        let line = r#"{"message":"key sk-ant-api03-abcdef was refused","auth":"Bearer abc.def-123456"}"#;
        Redacting { inner: &mut written }.write_all(line.as_bytes()).unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), r#"{"message":"key [key] was refused","auth":"[key]"}"#);
    }
}
