//! The one window: it shows our page and nothing else.

use std::path::Path;

use tauri::webview::NewWindowResponse;
use tauri::{App, AppHandle, Manager, Url, WebviewWindowBuilder};
use tauri_plugin_window_state::StateFlags;

use crate::downloads;

/// As in tauri.conf.json and capabilities/main.json.
const LABEL: &str = "main";

/// Runs before the page's own scripts, where no policy of the page applies.
const FREEZE: &str = include_str!("freeze.js");

/// Opens the window.
pub fn open(app: &App, data_dir: &Path) -> tauri::Result<()> {
    let config = app.config();
    let window = config.app.windows.iter().find(|window| window.label == LABEL);
    let window = window.expect("BUG: tauri.conf.json describes the window `main`");
    let dev_url = if tauri::is_dev() { config.build.dev_url.clone() } else { None };
    WebviewWindowBuilder::from_config(app, window)?
        .data_directory(data_dir.join("webview"))
        .initialization_script(FREEZE)
        .on_navigation(move |url| is_own_page(url, dev_url.as_ref()))
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(downloads::handle)
        .build()?;
    Ok(())
}

/// Shows the window in front of the others.
pub fn bring_to_front(handle: &AppHandle) {
    if let Some(window) = handle.get_webview_window(LABEL) {
        // A window manager may refuse; the files are opened all the same.
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
}

/// Remembers size and place in the data folder. Not whether it was visible: it always is.
pub fn remember_state<R: tauri::Runtime>(data_dir: &Path) -> tauri::plugin::TauriPlugin<R> {
    tauri_plugin_window_state::Builder::new()
        .with_state_flags(StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED | StateFlags::FULLSCREEN)
        .with_filename(data_dir.join("window-state.json").to_string_lossy())
        .build()
}

/// A content security policy does not stop a page from going elsewhere; this does.
fn is_own_page(url: &Url, dev_url: Option<&Url>) -> bool {
    if url.as_str() == "about:blank" {
        return true;
    }
    // What the page has made itself, on its way into a download.
    if url.scheme() == "blob" {
        return Url::parse(url.path()).is_ok_and(|maker| maker.scheme() != "blob" && is_own_page(&maker, dev_url));
    }
    if let Some(dev_url) = dev_url {
        return url.origin() == dev_url.origin();
    }
    // WebKit's own scheme, and what stands in for it on Windows.
    let is_own_scheme = url.scheme() == "tauri" && url.host_str() == Some("localhost");
    let is_on_windows = cfg!(windows)
        && matches!(url.scheme(), "http" | "https")
        && url.host_str() == Some("tauri.localhost")
        && url.port().is_none();
    is_own_scheme || is_on_windows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, expected: bool) {
        assert_eq!(is_own_page(&url.parse().unwrap(), None), expected, "{url}");
    }

    #[test]
    fn only_our_own_page_is_shown() {
        check("tauri://localhost/", true);
        check("tauri://localhost/index.html#chat", true);
        check("about:blank", true);
        check("blob:tauri://localhost/4f0c", true);
        check("blob:https://example.org/4f0c", false);
        check("tauri://elsewhere/", false);
        check("http://localhost:5173/", false);
        check("https://example.org/", false);
        check("http://tauri.localhost.example.org/", false);
        check("file:///etc/passwd", false);
        check("data:text/html,<script>1</script>", false);
        check("javascript:alert(1)", false);
    }

    #[test]
    fn while_developing_only_the_development_server_is_shown() {
        let dev_url: Url = "http://localhost:5173".parse().unwrap();
        assert!(is_own_page(&"http://localhost:5173/x".parse().unwrap(), Some(&dev_url)));
        assert!(!is_own_page(&"http://localhost:5174/".parse().unwrap(), Some(&dev_url)));
        assert!(!is_own_page(&"tauri://localhost/".parse().unwrap(), Some(&dev_url)));
    }
}
