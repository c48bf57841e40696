//! The real window on a display without a screen, driven as a person would: by what is on the page.
//!
//! WebKit's own driver starts the program; every window has its own display, driver and home. A wait that ends without
//! what it waited for says what the page showed instead.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::program::{Display, Home, Process, desktop, free_port, with_descendants};

/// Runs Python and draws charts on a busy machine of two processors.
pub const PATIENCE: Duration = Duration::from_secs(45);
/// Between two looks at the page.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// The driver listens after some milliseconds.
const DRIVER_START: Duration = Duration::from_secs(15);

/// An open window.
pub struct Window {
    client: Client,
    driver: Process,
    _display: Display,
}

impl Window {
    /// Opens the window in a home, with arguments.
    pub async fn open(home: &Home, args: &[&str]) -> Self {
        let display = Display::start(home);
        let port = free_port();
        let mut command = home.command("WebKitWebDriver");
        command
            .arg(format!("--port={port}"))
            .env("DISPLAY", display.name())
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("GSETTINGS_BACKEND", "memory")
            .env("GDK_BACKEND", "x11")
            .env("NO_AT_BRIDGE", "1");
        let driver = Process::start("driver", command, home);
        let client = connect(port, args, &driver).await;
        Self { client, driver, _display: display }
    }

    /// Runs JavaScript in the page: the body of a function, its value as JSON.
    pub async fn execute(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Waits until an element is there.
    pub async fn find(&self, css: &str) -> Element {
        self.wait_for_element(Locator::Css(css), css).await
    }

    /// Waits until an element is there, by XPath: for what only its text tells.
    pub async fn find_by_path(&self, path: &str) -> Element {
        self.wait_for_element(Locator::XPath(path), path).await
    }

    /// Waits for a button (or menu item, tab, link) by what it is called, and clicks it.
    pub async fn click(&self, name: &str) {
        let path = format!(
            "//*[self::button or self::a or @role='button' or @role='tab' or @role='menuitem' or @role='option' \
             or @role='radio'][normalize-space()={name:?} or @aria-label={name:?} or @title={name:?}]"
        );
        self.click_on(Locator::XPath(&path), name).await;
    }

    /// Waits until an element can be clicked, and clicks it.
    pub async fn click_css(&self, css: &str) {
        self.click_on(Locator::Css(css), css).await;
    }

    /// Types into an element.
    pub async fn write(&self, css: &str, text: &str) {
        let element = self.find(css).await;
        element.send_keys(text).await.unwrap_or_else(|error| panic!("type into {css}: {error}"));
    }

    /// Chooses an option of a select by its value.
    pub async fn choose(&self, css: &str, value: &str) {
        let element = self.find(css).await;
        element.select_by_value(value).await.unwrap_or_else(|error| panic!("choose {value} in {css}: {error}"));
    }

    /// Ids of the window's processes: the driver, the program, the web view's, and those that run cells.
    pub fn processes(&self) -> Vec<u32> {
        with_descendants(self.driver.id())
    }

    /// Waits until a JavaScript expression is true; returns its value.
    pub async fn wait_until(&self, what: &str, expression: &str) -> Value {
        self.wait_at_most(PATIENCE, what, expression).await
    }

    /// The same, with its own patience.
    pub async fn wait_at_most(&self, patience: Duration, what: &str, expression: &str) -> Value {
        let deadline = Instant::now() + patience;
        let script = format!("return {expression}");
        loop {
            // While the page changes, an expression may fail for a moment.
            let value = self.client.execute(&script, Vec::new()).await.unwrap_or(Value::Null);
            if !matches!(value, Value::Null | Value::Bool(false)) && value != json!(0) && value != json!("") {
                return value;
            }
            if Instant::now() > deadline {
                panic!("waited {patience:?} for {what}; the page shows:\n{}", self.text().await);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Waits until the page shows a text.
    pub async fn wait_for_text(&self, text: &str) {
        let expression = format!("document.body.innerText.includes({})", json!(text));
        self.wait_until(&format!("the text {text:?}"), &expression).await;
    }

    /// All text of the page.
    pub async fn text(&self) -> String {
        self.execute("return document.body.innerText").await.as_str().unwrap_or_default().to_owned()
    }

    /// Calls a command of the shell as the page does.
    pub async fn invoke(&self, command: &str, payload: Value) -> Result<Value, Value> {
        const SCRIPT: &str = "const [command, payload, done] = arguments;
            window.__TAURI_INTERNALS__.invoke(command, payload)
                .then((value) => done({ value }), (error) => done({ error }));";
        let answer = self.client.execute_async(SCRIPT, vec![json!(command), payload]).await.expect("ask the page");
        match answer.get("error") {
            Some(error) => Err(error.clone()),
            None => Ok(answer["value"].clone()),
        }
    }

    /// Calls a command of the table; it must succeed.
    pub async fn call(&self, name: &str, payload: Value) -> Value {
        let answer = self.invoke("call", json!({ "name": name, "payload": payload })).await;
        answer.unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The lines that the shell sends for a run, from its start to its end.
    pub async fn follow(&self, run_id: &str) -> Vec<String> {
        const SCRIPT: &str = "const lines = window.testLines = [];
            const shell = window.__TAURI_INTERNALS__;
            const id = shell.transformCallback((sent) => { if ('message' in sent) lines[sent.index] = sent.message; });
            shell.invoke('subscribe', { runId: arguments[0], after: 0, channel: `__CHANNEL__:${id}` });";
        self.client.execute(SCRIPT, vec![json!(run_id)]).await.expect("follow the run");
        self.wait_until("the run's end", "window.testLines.some((line) => line.includes('\"runFinished\"'))").await;
        let lines = self.execute("return window.testLines").await;
        lines.as_array().into_iter().flatten().map(|line| line.as_str().expect("a line is text").to_owned()).collect()
    }

    /// Drops files on the window: the events that the shell sends when a person does. The page takes them once it
    /// shows that files are over it.
    pub async fn drop_files(&self, paths: &[&Path]) {
        let payload = json!({ "paths": paths, "position": { "x": 500, "y": 400 } });
        let deadline = Instant::now() + PATIENCE;
        while self.execute("return document.querySelector('[data-testid=drop-overlay]')").await.is_null() {
            assert!(Instant::now() < deadline, "the page does not see files over it:\n{}", self.text().await);
            self.emit("tauri://drag-enter", &payload).await;
            tokio::time::sleep(LOOK_EVERY).await;
        }
        self.emit("tauri://drag-drop", &payload).await;
    }

    async fn emit(&self, event: &str, payload: &Value) {
        let sent = self.invoke("plugin:event|emit", json!({ "event": event, "payload": payload })).await;
        sent.unwrap_or_else(|error| panic!("{event}: {error}"));
    }

    /// How many colours the window shows; a blank one has very few.
    pub async fn n_colours(&self) -> u32 {
        let png = self.client.screenshot().await.expect("take a screenshot");
        count_colours(&png)
    }

    /// Keeps a screenshot for a person to look at, when `AUTO_ANALYST_SCREENSHOTS` names a folder.
    pub async fn keep_screenshot(&self, name: &str) {
        if let Some(folder) = std::env::var_os("AUTO_ANALYST_SCREENSHOTS") {
            let png = self.client.screenshot().await.expect("take a screenshot");
            std::fs::write(Path::new(&folder).join(format!("{name}.png")), png).expect("keep a screenshot");
        }
    }

    /// Closes the window and waits until the program has ended.
    pub async fn close(mut self) {
        if let Err(error) = self.client.clone().close().await {
            eprintln!("the driver did not close the window: {error}");
        }
        self.driver.end();
    }

    async fn wait_for_element(&self, locator: Locator<'_>, what: &str) -> Element {
        let waited = self.client.wait().at_most(PATIENCE).every(LOOK_EVERY).for_element(locator).await;
        match waited {
            Ok(element) => element,
            Err(error) => panic!("waited for {what}: {error}; the page shows:\n{}", self.text().await),
        }
    }

    async fn click_on(&self, locator: Locator<'_>, what: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let element = self.wait_for_element(locator, what).await;
            match self.try_click(&element).await {
                Ok(()) => return,
                Err(reason) if Instant::now() > deadline => {
                    panic!("click {what}: {reason}; the page shows:\n{}", self.text().await)
                }
                // It may be covered, disabled or replaced for a moment.
                Err(_) => tokio::time::sleep(LOOK_EVERY).await,
            }
        }
    }

    async fn try_click(&self, element: &Element) -> Result<(), String> {
        const SHOW: &str = "arguments[0].scrollIntoView({ block: 'center' })";
        let shown = serde_json::to_value(element).map_err(|error| error.to_string())?;
        self.client.execute(SHOW, vec![shown]).await.map_err(|error| format!("{error:?}"))?;
        if !element.is_enabled().await.map_err(|error| format!("{error:?}"))? {
            return Err("it stays disabled".to_owned());
        }
        element.click().await.map_err(|error| format!("{error:?}"))
    }
}

async fn connect(port: u16, args: &[&str], driver: &Process) -> Client {
    let options = json!({ "binary": desktop(), "args": args });
    let capabilities = serde_json::Map::from_iter([("webkitgtk:browserOptions".to_owned(), options)]);
    let deadline = Instant::now() + DRIVER_START;
    loop {
        let session = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities.clone())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await;
        match session {
            Ok(client) => return client,
            Err(error) if Instant::now() > deadline => panic!("no session: {error}; driver: {}", driver.said()),
            Err(_) => tokio::time::sleep(LOOK_EVERY).await,
        }
    }
}

fn count_colours(png: &[u8]) -> u32 {
    let mut identify = Command::new("identify")
        .args(["-format", "%k", "png:-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("start identify (package imagemagick)");
    identify.stdin.take().expect("BUG: stdin was piped").write_all(png).expect("hand over the picture");
    let output = identify.wait_with_output().expect("wait for identify");
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("identify counts colours")
}
