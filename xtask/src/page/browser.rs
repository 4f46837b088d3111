//! A headless Chromium behind chromedriver.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};
use url::Url;

use super::Error;

/// How long the page may take to become what it should.
const PATIENCE: Duration = Duration::from_secs(20);

/// Whether pages may run scripts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scripts {
    On,
    Off,
}

pub(super) struct Browser {
    pub(super) client: Client,
    driver: Driver,
    /// The browser's profile, gone with it.
    _profile: tempfile::TempDir,
}

impl Browser {
    pub(super) async fn start(scripts: Scripts) -> Result<Self, Error> {
        let driver = Driver::start()?;
        let profile = tempfile::tempdir()?;
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
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--hide-scrollbars",
                    user_data,
                ],
                "prefs": {"profile.managed_default_content_settings.javascript": javascript},
            },
        });
        let Value::Object(capabilities) = capabilities else {
            return Err(Error::Page("capabilities are an object".to_owned()));
        };
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{}", driver.port))
            .await
            .map_err(Box::new)?;
        Ok(Self {
            client,
            driver,
            _profile: profile,
        })
    }

    pub(super) async fn stop(self) {
        // The driver's end is the browser's too.
        drop(self.client.close().await);
        drop(self.driver);
    }

    /// As at the start: nothing is left of what was checked before.
    pub(super) async fn reset(&self) -> Result<(), Error> {
        self.goto("about:blank").await?;
        self.resize(1280, 800, false).await?;
        self.prefer("light").await?;
        self.console().await.map(drop)
    }

    pub(super) async fn goto(&self, url: &str) -> Result<(), Error> {
        Ok(self.client.goto(url).await?)
    }

    /// The value of a script's `return`.
    pub(super) async fn eval(&self, script: &str) -> Result<Value, Error> {
        Ok(self.client.execute(script, Vec::new()).await?)
    }

    /// Waits until a script returns something that is true.
    pub(super) async fn until(&self, what: &str, script: &str) -> Result<Value, Error> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let value = self.eval(script).await?;
            let is_true = !matches!(value, Value::Null | Value::Bool(false));
            if is_true && value != "" && value != 0 {
                return Ok(value);
            }
            if Instant::now() > deadline {
                return Err(Error::Page(format!("in vain waited for: {what}")));
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
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
                    tokio::time::sleep(Duration::from_millis(30)).await;
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
        let key = char::from(key);
        let actions = json!({"actions": [{"type": "key", "id": "keyboard", "actions": [
            {"type": "keyDown", "value": key.to_string()},
            {"type": "keyUp", "value": key.to_string()},
        ]}]});
        self.post("actions", actions).await.map(drop)
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

    /// What the console has said since the last time that it was asked: errors,
    /// refusals by the Content-Security-Policy.
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

/// The process of chromedriver, ended when this is dropped.
struct Driver {
    process: Child,
    port: u16,
    /// Held open: it goes on to write.
    output: Option<BufReader<ChildStdout>>,
}

impl Driver {
    fn start() -> Result<Self, Error> {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|source| Error::Program {
                program: "chromedriver",
                source,
            })?;
        let output = process.stdout.take().map(BufReader::new);
        let mut driver = Self {
            process,
            port: 0,
            output,
        };
        // "ChromeDriver was started successfully on port 41234."
        for line in driver.output.iter_mut().flat_map(BufRead::lines) {
            if let Some((_, port)) = line?.split_once("successfully on port ") {
                let digits = port.trim().trim_end_matches('.');
                driver.port = digits.parse().unwrap_or_default();
                return Ok(driver);
            }
        }
        Err(Error::Page(
            "chromedriver ended before it said its port".to_owned(),
        ))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
