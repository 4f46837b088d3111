//! A headless Chromium behind chromedriver.

use std::process::Command;
use std::time::{Duration, Instant};

use anstream::eprintln;
use fantoccini::error::{CmdError, ErrorStatus};
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};
use url::Url;

use super::Error;
use crate::client;
use crate::server::{Line, Server};

/// The longest that the page may take to become what it should: a blink, but on
/// a machine that has no time for it.
const PATIENCE: Duration = Duration::from_secs(60);

/// The longest that a script may run, and a page may load; by default, half a
/// minute for a script.
const LONG_MILLIS: u64 = 300_000;

/// The longest that the browser may take to start: longer than the driver waits
/// for it.
const START: Duration = Duration::from_secs(180);

/// The number of times that it is started where it does not, as may happen on a
/// machine that is short of something just then.
const STARTS: usize = 3;

/// The longest that the browser may take to end before its driver is ended.
const END: Duration = Duration::from_secs(120);

/// The pause between two looks.
const PAUSE: Duration = Duration::from_millis(30);

/// Says whether pages may run scripts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scripts {
    On,
    Off,
}

pub(super) struct Browser {
    pub(super) client: Client,
    driver: Server,
    /// The browser's profile, gone with it.
    _profile: tempfile::TempDir,
}

impl Browser {
    pub(super) async fn start(scripts: Scripts) -> Result<Self, Error> {
        let mut starts = 1;
        loop {
            match Self::start_once(scripts).await {
                Err(error @ Error::Session(_)) if starts < STARTS => {
                    eprintln!("{error}\ntrying again");
                    starts += 1;
                }
                outcome => return outcome,
            }
        }
    }

    async fn start_once(scripts: Scripts) -> Result<Self, Error> {
        let mut driver = Command::new("chromedriver");
        driver.arg("--port=0");
        let driver = Server::announced(driver, serving)?;
        let profile = tempfile::tempdir().map_err(Error::Profile)?;
        let user_data = format!("--user-data-dir={}", profile.path().display());
        // 2: blocked.
        let javascript = if scripts == Scripts::On { 1 } else { 2 };
        let capabilities = json!({
            "goog:loggingPrefs": {"browser": "ALL"},
            "goog:chromeOptions": {
                "args": [
                    "--headless",
                    // CI runs as root, in a container of its own.
                    "--no-sandbox",
                    // Which may have next to no shared memory.
                    "--disable-dev-shm-usage",
                    "--disable-gpu",
                    "--disable-quic",
                    // Only the sandbox is called, and waited for.
                    "--no-proxy-server",
                    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-default-apps",
                    "--disable-extensions",
                    "--disable-sync",
                    "--no-default-browser-check",
                    "--no-first-run",
                    "--hide-scrollbars",
                    user_data,
                ],
                "prefs": {"profile.managed_default_content_settings.javascript": javascript},
            },
            "timeouts": {"script": LONG_MILLIS, "pageLoad": LONG_MILLIS},
        });
        let Value::Object(capabilities) = capabilities else {
            return Err(Error::Page("capabilities are an object".to_owned()));
        };
        let mut builder =
            ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
        builder.capabilities(capabilities);
        let session = timeout(START, builder.connect(driver.url())).await;
        let why = match session {
            Ok(Ok(client)) => {
                return Ok(Self {
                    client,
                    driver,
                    _profile: profile,
                });
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("it takes more than {} s", START.as_secs()),
        };
        shut_down(&driver);
        Err(Error::Session(why))
    }

    pub(super) async fn stop(self) {
        // The driver's end is the browser's too; one that hangs is ended.
        if !matches!(timeout(END, self.client.close()).await, Ok(Ok(()))) {
            shut_down(&self.driver);
        }
    }

    /// Makes all as at the start: nothing is left of what was checked before.
    pub(super) async fn reset(&self) -> Result<(), Error> {
        self.goto("about:blank").await?;
        self.resize(1280, 800, false).await?;
        self.prefer("light").await?;
        self.console().await.map(drop)
    }

    pub(super) async fn goto(&self, url: &str) -> Result<(), Error> {
        self.client.goto(url).await?;
        // Its style and its script are there, which hide what does not belong to the choice made.
        let loaded = "return document.readyState === 'complete'";
        self.until("the whole page", loaded).await.map(drop)
    }

    /// The value of a script's `return`.
    pub(super) async fn eval(&self, script: &str) -> Result<Value, Error> {
        Ok(self.client.execute(script, Vec::new()).await?)
    }

    /// Waits until a script returns something that is true.
    pub(super) async fn until(&self, what: &str, script: &str) -> Result<Value, Error> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            // While one page follows the other, no script can run.
            let outcome = self.eval(script).await;
            let is_true = |value: &Value| match value {
                Value::Null | Value::Bool(false) => false,
                value => *value != "" && *value != 0,
            };
            match outcome {
                Ok(value) if is_true(&value) => return Ok(value),
                _ if Instant::now() < deadline => sleep(PAUSE).await,
                Ok(value) => {
                    let seconds = PATIENCE.as_secs();
                    let what = format!("{what} did not come in {seconds} s, but {value}");
                    return Err(Error::Page(what));
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Clicks, as soon as there is something to click.
    pub(super) async fn click(&self, locator: Locator<'_>) -> Result<(), Error> {
        let click = async || self.client.find(locator).await?.click().await;
        self.insist(click).await
    }

    /// Types in the place of what a field holds.
    pub(super) async fn fill(&self, selector: &str, text: &str) -> Result<(), Error> {
        let fill = async || {
            let field = self.client.find(Locator::Css(selector)).await?;
            field.clear().await?;
            field.send_keys(text).await
        };
        self.insist(fill).await
    }

    /// Chooses one of a list's values.
    pub(super) async fn choose(&self, selector: &str, value: &str) -> Result<(), Error> {
        let choose = async || {
            let list = self.client.find(Locator::Css(selector)).await?;
            list.select_by_value(value).await
        };
        self.insist(choose).await
    }

    /// Brings the focus to an element.
    pub(super) async fn focus(&self, locator: Locator<'_>) -> Result<(), Error> {
        let focus = async || {
            let found = self.client.find(locator).await?;
            let script = "arguments[0].focus()";
            let element = serde_json::to_value(found)?;
            self.client.execute(script, vec![element]).await.map(drop)
        };
        self.insist(focus).await
    }

    /// Does again what found no element, or one that was going.
    async fn insist(&self, action: impl AsyncFn() -> Result<(), CmdError>) -> Result<(), Error> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match action().await {
                Err(error) if has_not_begun(&error) && Instant::now() < deadline => {
                    sleep(PAUSE).await;
                }
                outcome => return Ok(outcome?),
            }
        }
    }

    /// Waits until an element shows this text. Needs no script in the page.
    pub(super) async fn until_text(&self, selector: &str, text: &str) -> Result<(), Error> {
        self.text(selector, text, true).await
    }

    /// Waits until an element does not show this text.
    pub(super) async fn until_no_text(&self, selector: &str, text: &str) -> Result<(), Error> {
        self.text(selector, text, false).await
    }

    async fn text(&self, selector: &str, text: &str, wanted: bool) -> Result<(), Error> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            // While one page follows the other, elements come and go.
            let shown = match self.client.find(Locator::Css(selector)).await {
                Ok(element) => element.text().await,
                Err(error) => Err(error),
            };
            match shown {
                Ok(shown) if shown.contains(text) == wanted => return Ok(()),
                _ if Instant::now() < deadline => {
                    sleep(PAUSE).await;
                }
                Ok(shown) => {
                    let what = if wanted { "no" } else { "still" };
                    return Err(Error::Page(format!("{what} {text} in {selector}: {shown}")));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Presses a key where the focus is. A letter of the WebDriver
    /// specification's private range stands for a key without a character.
    pub(super) async fn press(&self, key: fantoccini::key::Key) -> Result<(), Error> {
        self.press_times(key, 1).await
    }

    /// Presses a key so many times, in one command to the browser.
    pub(super) async fn press_times(
        &self,
        key: fantoccini::key::Key,
        times: usize,
    ) -> Result<(), Error> {
        let key = char::from(key).to_string();
        let once = ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": key}));
        let presses: Vec<_> = std::iter::repeat_n(once, times).flatten().collect();
        let actions = [json!({"type": "key", "id": "keyboard", "actions": presses})];
        self.post("actions", json!({"actions": actions}))
            .await
            .map(drop)
    }

    /// The size of the window; `mobile` as on a phone.
    pub(super) async fn resize(&self, width: u32, height: u32, mobile: bool) -> Result<(), Error> {
        let metrics =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile});
        self.devtools("Emulation.setDeviceMetricsOverride", metrics)
            .await
            .map(drop)
    }

    /// The colour scheme that the reader prefers: `light` or `dark`.
    pub(super) async fn prefer(&self, scheme: &str) -> Result<(), Error> {
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.devtools("Emulation.setEmulatedMedia", features)
            .await
            .map(drop)
    }

    /// A picture of the whole page, as PNG in base64.
    pub(super) async fn picture(&self) -> Result<String, Error> {
        let whole = json!({"format": "png", "captureBeyondViewport": true});
        let taken = self.devtools("Page.captureScreenshot", whole).await?;
        Ok(taken["data"].as_str().unwrap_or_default().to_owned())
    }

    /// Reads what the console has said since the last time that it was asked:
    /// errors, refusals by the Content-Security-Policy.
    pub(super) async fn console(&self) -> Result<Vec<String>, Error> {
        let entries = self.post("se/log", json!({"type": "browser"})).await?;
        let entries = entries.as_array().cloned().unwrap_or_default();
        let message = |entry: &Value| entry["message"].as_str().unwrap_or_default().to_owned();
        Ok(entries.iter().map(message).collect())
    }

    async fn devtools(&self, command: &str, parameters: Value) -> Result<Value, Error> {
        let body = json!({"cmd": command, "params": parameters});
        self.post("goog/cdp/execute", body).await
    }

    async fn post(&self, path: &'static str, body: Value) -> Result<Value, Error> {
        Ok(self.client.issue_cmd(Post { path, body }).await?)
    }
}

/// A command of chromedriver's own.
#[derive(Debug)]
struct Post {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Post {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, url::ParseError> {
        base.join(&format!(
            "session/{}/{}",
            session.unwrap_or_default(),
            self.path
        ))
    }

    fn method_and_body(&self, _url: &Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}

/// "ChromeDriver was started successfully on port 41234.", after other lines.
fn serving(line: &str) -> Line {
    match line.split_once("successfully on port ") {
        Some((_, port)) => Line::At(format!("http://127.0.0.1:{}", port.trim_end_matches('.'))),
        None => Line::NotYet,
    }
}

/// Tells the driver to end, and with it browsers that would outlive its process.
fn shut_down(driver: &Server) {
    // It may be past telling; its process is ended in any case.
    drop(client::get(&format!("{}/shutdown", driver.url())));
}

/// Tells whether nothing has happened yet, so that it can be tried again.
fn has_not_begun(error: &CmdError) -> bool {
    let CmdError::Standard(error) = error else {
        return false;
    };
    matches!(
        error.error,
        ErrorStatus::NoSuchElement
            | ErrorStatus::StaleElementReference
            | ErrorStatus::ElementNotInteractable
            | ErrorStatus::ElementClickIntercepted
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_drivers_port() {
        let line = "ChromeDriver was started successfully on port 41234.";
        assert!(matches!(serving(line), Line::At(url) if url == "http://127.0.0.1:41234"));
        let line = "Starting ChromeDriver 150.0.1 (0) on port 0";
        assert!(matches!(serving(line), Line::NotYet));
    }
}
