//! Measures what it costs to build a program with the toolkit: time, crates and size of the
//! smallest consumer of each backend, beside the library that people would use without it.
//!
//! The time is the CPU time of cargo and of all that it starts: it hardly depends on the cores of the
//! machine, and on what else they do.

mod timings;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread;

use anstream::eprintln;
use benches::row::{self, Row};
use benches::{BUILD_GOALS, Bound};

use self::timings::Unit;
use super::profile::{Measure, Profile};
use super::{Error, Measured};

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
    /// The CPU time of cargo and of all that it started.
    seconds: f64,
    units: Vec<Unit>,
    bytes: u64,
}

/// Builds each consumer from nothing: the two pairs beside each other.
pub(super) fn run() -> Result<Measured, Error> {
    let pairs = [(OURS_BLOCKING, BARE_BLOCKING), (OURS_ASYNC, STOCK_ASYNC)];
    let built = thread::scope(|scope| {
        let lanes = pairs
            .each_ref()
            .map(|(ours, beside)| scope.spawn(|| Ok::<_, Error>([ours.build()?, beside.build()?])));
        lanes.map(|lane| {
            let panicked = |_| Err(Error::Tool("a consumer's build panicked".to_owned()));
            lane.join().unwrap_or_else(panicked)
        })
    });
    let mut measured = Measured::default();
    for ((ours, beside), built) in pairs.iter().zip(built) {
        let [built, bare] = built?;
        measured.rows.extend(rows(ours, &built, beside, &bare));
        measured.profiles.push(Profile::new(
            Measure::Seconds,
            format!("building {}", ours.name),
            format!("build time of {}", ours.name),
            beside.name,
            &[built.by_crate(), bare.by_crate()],
        ));
    }
    Ok(measured)
}

fn rows(ours: &Consumer, built: &Built, beside: &Consumer, bare: &Built) -> [Row; 3] {
    let row = |what: &str, unit: &str, of: fn(&Built) -> f64| {
        let step = format!("{what} of {}", ours.name);
        let goal = BUILD_GOALS.iter().find(|goal| goal.step == step);
        Row {
            ours: ours.name.to_owned(),
            beside: beside.name.to_owned(),
            unit: unit.to_owned(),
            ours_took: Some(of(built)),
            beside_took: Some(of(bare)),
            ratio: Some(of(built) / of(bare)),
            spread: None,
            goal: goal.map(|goal| match goal.bound {
                Bound::Ratio(ratio) => ratio,
                Bound::Most(most) => most / of(bare),
            }),
            step,
        }
    };
    [
        row("build time", "s", |built| built.seconds),
        row("crates", "crates", |built| built.crates() as f64),
        row("size", "MB", |built| built.bytes as f64 / 1e6),
    ]
}

impl Built {
    /// Counts the packages that were built, without the consumer itself.
    fn crates(&self) -> usize {
        let packages = self.units.iter();
        let packages = packages.map(|unit| (&unit.package, &unit.version));
        let others = packages.filter(|(name, _)| *name != CONSUMER);
        others.collect::<BTreeSet<_>>().len()
    }

    /// Shares the CPU time out to the packages, each with all that is built of it in any version, as
    /// the time that passed was theirs. More passed, as several are built at a time.
    fn by_crate(&self) -> BTreeMap<String, f64> {
        let passed: f64 = self.units.iter().map(|unit| unit.seconds).sum();
        let mut seconds = BTreeMap::new();
        for unit in &self.units {
            *seconds.entry(unit.package.clone()).or_default() +=
                unit.seconds * self.seconds / passed;
        }
        seconds
    }
}

/// The name of each consumer's package.
const CONSUMER: &str = "consumer";

impl Consumer {
    fn build(&self) -> Result<Built, Error> {
        let folder = row::folder().join("consumers").join(self.name);
        self.write(&folder).map_err(Error::io(self.name))?;
        // What is fetched is nobody's build time.
        eprintln!("fetching what {} needs", self.name);
        self.run(&folder, &["fetch", "--quiet"])?;
        let target = folder.join("target");
        if target.exists() {
            fs::remove_dir_all(&target).map_err(Error::io(self.name))?;
        }
        eprintln!("building {}", self.name);
        let arguments = ["build", "--release", "--offline", "--quiet", "--timings"];
        let times = self.run(&folder, &arguments)?;
        let unread = |what: &str| Error::Tool(format!("{}: {what}", self.name));
        let seconds = timings::of_children(&times)
            .ok_or_else(|| unread(&format!("the shell tells no times: {}", times.trim())))?;
        let page = target.join("cargo-timings/cargo-timing.html");
        let text = fs::read_to_string(&page).map_err(Error::io(page.display().to_string()))?;
        let units = timings::units(&text)
            .map_err(|error| unread(&format!("{}: {error}", page.display())))?;
        let program = target.join("release").join(CONSUMER);
        let bytes = fs::metadata(program).map_err(Error::io(self.name))?.len();
        // It takes a few hundred megabytes, and is never used again.
        fs::remove_dir_all(&target).map_err(Error::io(self.name))?;
        Ok(Built {
            seconds,
            units,
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
            "[package]\nname = \"{CONSUMER}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
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

    /// Runs cargo, and gives what the shell says of the CPU time that it took.
    fn run(&self, folder: &Path, arguments: &[&str]) -> Result<String, Error> {
        let mut command = crate::apart("sh");
        command.args(["-c", r#""$@" || exit; times"#, "sh", env!("CARGO")]);
        command.current_dir(folder).args(arguments);
        command.env("CARGO_TARGET_DIR", folder.join("target"));
        let output = command.stderr(Stdio::inherit()).output();
        let output = output.map_err(Error::io("sh"))?;
        if !output.status.success() {
            let (name, what) = (self.name, arguments.first().unwrap_or(&""));
            return Err(Error::Tool(format!("{name}: cargo {what} failed")));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_is_counted_once_in_each_version_and_the_consumer_is_not() {
        let unit = |package: &str, version: &str, seconds| Unit {
            package: package.to_owned(),
            version: version.to_owned(),
            seconds,
        };
        let built = Built {
            // Of 31 that passed.
            seconds: 15.5,
            units: vec![
                unit("syn", "2.0.0", 1.0),
                unit("syn", "3.0.0", 2.0),
                unit("ring", "0.17.0", 4.0),
                unit("ring", "0.17.0", 8.0),
                unit(CONSUMER, "0.0.0", 16.0),
            ],
            bytes: 1,
        };
        assert_eq!(built.crates(), 3);
        let seconds = [("consumer", 8.0), ("ring", 6.0), ("syn", 1.5)];
        let seconds = seconds.map(|(name, took)| (name.to_owned(), took));
        assert_eq!(built.by_crate(), BTreeMap::from(seconds));
    }
}
