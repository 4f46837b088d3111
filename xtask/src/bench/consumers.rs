//! Measures what it costs to build a program with the toolkit: time, crates and size of the
//! smallest consumer of each backend, beside the library that people would use without it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anstream::eprintln;
use benches::row::{self, Row};
use benches::{BUILD_GOALS, Bound};
use serde::Deserialize;

use super::Error;

/// Holds a program that uses one library for one call.
struct Consumer {
    name: &'static str,
    dependencies: &'static str,
    source: &'static str,
}

const OURS_BLOCKING: Consumer = Consumer {
    name: "cards-ureq",
    dependencies: r#"cards-transport = { path = "{transport}", features = ["ureq"] }"#,
    source: r#"use cards_transport::model::paysafe::ListPrepaidCards;
use cards_transport::{UreqTransport, blocking::Client, paysafe::Paysafe};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let paysafe = Paysafe::from_vars(|name| std::env::var(name).ok())?;
    let client = Client::new(paysafe, UreqTransport::new()?);
    for card in client.items(ListPrepaidCards::new("12345678")) {
        println!("{:?}", card?.status);
    }
    Ok(())
}
"#,
};

const BARE_BLOCKING: Consumer = Consumer {
    name: "ureq",
    dependencies: r#"ureq = { version = "3", features = ["json"] }
serde = { version = "1", features = ["derive"] }"#,
    source: r#"#[derive(serde::Deserialize)]
struct Page {
    cards: Vec<Card>,
}

#[derive(serde::Deserialize)]
struct Card {
    status: Option<String>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let base = std::env::var("BASE_URL")?;
    let token = std::env::var("TOKEN")?;
    let call = ureq::get(format!("{base}/digitalwallets/v1/prepaid-cards?customerId=12345678"));
    let mut reply = call.header("Authorization", format!("Bearer {token}")).call()?;
    let page: Page = reply.body_mut().read_json()?;
    for card in page.cards {
        println!("{:?}", card.status);
    }
    Ok(())
}
"#,
};

const OURS_ASYNC: Consumer = Consumer {
    name: "cards-reqwest",
    dependencies: r#"cards-transport = { path = "{transport}", features = ["reqwest"] }
tokio = { version = "1", features = ["macros", "rt-multi-thread"] }"#,
    source: r#"use cards_transport::model::paysafe::ListPrepaidCards;
use cards_transport::{Client, ReqwestTransport, paysafe::Paysafe};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let paysafe = Paysafe::from_vars(|name| std::env::var(name).ok())?;
    let client = Client::new(paysafe, ReqwestTransport::new()?);
    let page = client.send(&ListPrepaidCards::new("12345678")).await?;
    for card in &page.cards {
        println!("{:?}", card.status);
    }
    Ok(())
}
"#,
};

const STOCK_ASYNC: Consumer = Consumer {
    name: "reqwest",
    dependencies: r#"reqwest = { version = "0.13", features = ["json"] }
serde = { version = "1", features = ["derive"] }
tokio = { version = "1", features = ["macros", "rt-multi-thread"] }"#,
    source: r#"#[derive(serde::Deserialize)]
struct Page {
    cards: Vec<Card>,
}

#[derive(serde::Deserialize)]
struct Card {
    status: Option<String>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let base = std::env::var("BASE_URL")?;
    let token = std::env::var("TOKEN")?;
    let url = format!("{base}/digitalwallets/v1/prepaid-cards?customerId=12345678");
    let call = reqwest::Client::new().get(url).bearer_auth(token);
    let page: Page = call.send().await?.json().await?;
    for card in page.cards {
        println!("{:?}", card.status);
    }
    Ok(())
}
"#,
};

/// Holds what building a consumer took.
struct Built {
    seconds: f64,
    crates: usize,
    bytes: u64,
}

/// Builds each consumer from nothing, in turn.
pub(super) fn run() -> Result<Vec<Row>, Error> {
    let mut rows = Vec::new();
    for (ours, beside) in [(OURS_BLOCKING, BARE_BLOCKING), (OURS_ASYNC, STOCK_ASYNC)] {
        let (built, bare) = (ours.build()?, beside.build()?);
        let row = |what: &str, unit: &str, of: fn(&Built) -> f64| {
            let step = format!("{what} of {}", ours.name);
            let goal = BUILD_GOALS.iter().find(|goal| goal.step == step);
            Row {
                ours: ours.name.to_owned(),
                beside: beside.name.to_owned(),
                unit: unit.to_owned(),
                ours_took: Some(of(&built)),
                beside_took: Some(of(&bare)),
                ratio: Some(of(&built) / of(&bare)),
                spread: None,
                goal: goal.map(|goal| match goal.bound {
                    Bound::Ratio(ratio) => ratio,
                    Bound::Most(most) => most / of(&bare),
                }),
                step,
            }
        };
        rows.push(row("build time", "s", |built| built.seconds));
        rows.push(row("crates", "crates", |built| built.crates as f64));
        rows.push(row("size", "MB", |built| built.bytes as f64 / 1e6));
    }
    Ok(rows)
}

impl Consumer {
    fn build(&self) -> Result<Built, Error> {
        let folder = row::folder().join("consumers").join(self.name);
        let folder = std::path::absolute(folder).map_err(Error::io(self.name))?;
        self.write(&folder).map_err(Error::io(self.name))?;
        // What is fetched is nobody's build time.
        eprintln!("fetching what {} needs", self.name);
        self.cargo(&folder, &["fetch", "--quiet"])?;
        let target = folder.join("target");
        if target.exists() {
            fs::remove_dir_all(&target).map_err(Error::io(self.name))?;
        }
        eprintln!("building {}", self.name);
        let started = Instant::now();
        let arguments = [
            "build",
            "--release",
            "--offline",
            "--quiet",
            "--message-format=json",
        ];
        let messages = self.cargo(&folder, &arguments)?;
        let seconds = started.elapsed().as_secs_f64();
        let program = target.join("release/consumer");
        let bytes = fs::metadata(program).map_err(Error::io(self.name))?.len();
        // It takes a few hundred megabytes, and is never used again.
        fs::remove_dir_all(&target).map_err(Error::io(self.name))?;
        Ok(Built {
            seconds,
            crates: crates(&messages),
            bytes,
        })
    }

    fn write(&self, folder: &Path) -> std::io::Result<()> {
        let workspace = crate::workspace();
        let transport = workspace.join("crates/cards-transport");
        let dependencies = self
            .dependencies
            .replace("{transport}", &transport.to_string_lossy());
        let manifest = format!(
            "[package]\nname = \"consumer\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\n{dependencies}\n\n\
             [profile.release]\nstrip = \"symbols\"\n\n[workspace]\n"
        );
        fs::create_dir_all(folder.join("src"))?;
        fs::write(folder.join("Cargo.toml"), manifest)?;
        fs::write(folder.join("src/main.rs"), self.source)?;
        // The versions that the workspace is tested with; cargo adds what is missing.
        fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock"))?;
        Ok(())
    }

    fn cargo(&self, folder: &PathBuf, arguments: &[&str]) -> Result<String, Error> {
        let mut command: Command = crate::cargo();
        command.current_dir(folder).args(arguments);
        command.env("CARGO_TARGET_DIR", folder.join("target"));
        let output = command
            .stderr(Stdio::inherit())
            .output()
            .map_err(Error::io("cargo"))?;
        if !output.status.success() {
            let (name, what) = (self.name, arguments.first().unwrap_or(&""));
            return Err(Error::Tool(format!("{name}: cargo {what} failed")));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

/// Counts the packages that cargo says it built, without the consumer itself.
fn crates(messages: &str) -> usize {
    #[derive(Deserialize)]
    struct Message {
        reason: String,
        package_id: Option<String>,
    }
    let messages = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Message>(line).ok())
        .filter(|message| message.reason == "compiler-artifact");
    let packages: BTreeSet<String> = messages.filter_map(|message| message.package_id).collect();
    packages.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_counted_once_and_the_consumer_is_not() {
        let messages = r#"
{"reason":"compiler-artifact","package_id":"registry#a@1.0.0"}
{"reason":"build-script-executed","package_id":"registry#c@1.0.0"}
{"reason":"compiler-artifact","package_id":"registry#a@1.0.0"}
{"reason":"compiler-artifact","package_id":"registry#b@1.0.0"}
{"reason":"compiler-artifact","package_id":"path#consumer@0.0.0"}
{"reason":"build-finished","success":true}
"#;
        assert_eq!(crates(messages), 2);
        assert_eq!(crates(""), 0);
    }
}
