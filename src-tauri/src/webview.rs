//! What the system's web view needs to know before it starts.

use analyst_types::{AppError, ErrorCode};

/// Set by the test driver; the same name that the web view's own automation reads.
const AUTOMATION: &str = "TAURI_WEBVIEW_AUTOMATION";
/// WebKitGTK's way of drawing that shows a blank window with some NVIDIA drivers and Wayland compositors.
const DISABLE_DMABUF: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Whether a test driver holds the window.
pub fn is_automated() -> bool {
    is_set(AUTOMATION)
}

/// Chooses the way of drawing that works everywhere, unless the person has chosen. Under automation it stays as it is:
/// screenshots hang without it. Must be the first thing `main` does, while there is one thread.
pub fn prepare_environment() {
    if cfg!(target_os = "linux") && !is_automated() && std::env::var_os(DISABLE_DMABUF).is_none() {
        // SAFETY: no other thread exists yet that could read the environment meanwhile.
        #[expect(unsafe_code, reason = "WebKitGTK can only be told by its environment")]
        unsafe {
            std::env::set_var(DISABLE_DMABUF, "1");
        }
    }
}

/// Why no window can open here, if so.
pub fn missing_display() -> Option<AppError> {
    let has_display = !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
    (!has_display).then(|| {
        AppError::new(ErrorCode::InvalidRequest, "There is no display here, so no window can open.")
            .with_hint("The command line works without one: auto-analyst ask FILE \"QUESTION\"")
    })
}

fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}
