//! Measures what it costs to build a program with the toolkit: time, crates and size of the
//! smallest consumer of each backend, beside the library that people would use without it.
//!
//! The time is that of all compilers and build scripts, one after the other. What both consumers of a
//! pair need alike, with the same features, is built once and counts for both.

mod timings;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
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
    /// The seconds of each unit that it needs.
    units: BTreeMap<Unit, f64>,
    bytes: u64,
}

/// Builds each consumer from nothing: both pairs beside each other, each on one core.
pub(super) fn run() -> Result<Measured, Error> {
    let pairs = [(OURS_BLOCKING, BARE_BLOCKING), (OURS_ASYNC, STOCK_ASYNC)];
    let built = thread::scope(|scope| {
        let lanes = pairs.each_ref().map(|pair| scope.spawn(|| both(pair)));
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

/// Builds a consumer of the other library, and then ours.
fn both((ours, beside): &(Consumer, Consumer)) -> Result<[Built; 2], Error> {
    let target = folder(ours.name)?.join("target");
    let remove = || match target.exists() {
        true => fs::remove_dir_all(&target).map_err(Error::io(ours.name)),
        false => Ok(()),
    };
    remove()?;
    let mut seconds = BTreeMap::new();
    let bare = beside.build(&target, &mut seconds)?;
    let built = ours.build(&target, &mut seconds)?;
    // It takes a few hundred megabytes, and is never used again.
    remove()?;
    Ok([built, bare])
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
        row("build time", "s", |built| built.units.values().sum()),
        row("crates", "crates", |built| built.crates() as f64),
        row("size", "MB", |built| built.bytes as f64 / 1e6),
    ]
}

impl Built {
    /// Counts the packages that it needs, without the consumer itself.
    fn crates(&self) -> usize {
        let packages = self.units.keys();
        let packages = packages.map(|unit| (unit.package(), unit.version()));
        let others = packages.filter(|(name, _)| *name != CONSUMER);
        others.collect::<BTreeSet<_>>().len()
    }

    /// The seconds of each package, of all that is built of it.
    fn by_crate(&self) -> BTreeMap<String, f64> {
        let mut seconds = BTreeMap::new();
        for (unit, took) in &self.units {
            *seconds.entry(unit.package().to_owned()).or_default() += took;
        }
        seconds
    }
}

/// The name of each consumer's package.
const CONSUMER: &str = "consumer";

fn folder(name: &str) -> Result<PathBuf, Error> {
    let folder = row::folder().join("consumers").join(name);
    std::path::absolute(folder).map_err(Error::io(name))
}

impl Consumer {
    /// Builds it below `target`, with what is there already, and adds the seconds of what was not.
    fn build(&self, target: &Path, seconds: &mut BTreeMap<Unit, f64>) -> Result<Built, Error> {
        let folder = folder(self.name)?;
        self.write(&folder).map_err(Error::io(self.name))?;
        // What is fetched is nobody's build time.
        eprintln!("fetching what {} needs", self.name);
        self.cargo(&folder, target, &["fetch", "--quiet"])?;
        eprintln!("building {}", self.name);
        let arguments = [
            "build",
            "--release",
            "--offline",
            "--quiet",
            "--jobs=1",
            "--timings",
            "--message-format=json",
        ];
        let messages = self.cargo(&folder, target, &arguments)?;
        let page = target.join("cargo-timings/cargo-timing.html");
        let page = fs::read_to_string(page).map_err(Error::io("cargo's timings"))?;
        let unknown = |what: &str| Error::Tool(format!("cargo's timings of {}: {what}", self.name));
        let timed = timings::seconds(&page).ok_or_else(|| unknown("no list of units"))?;
        seconds.extend(timed);
        let units = timings::needed(&messages).into_iter().map(|unit| {
            let took = seconds.get(&unit).copied();
            let took = took.ok_or_else(|| unknown(&format!("nothing of {}", unit.package())))?;
            Ok((unit, took))
        });
        let program = target.join("release").join(CONSUMER);
        Ok(Built {
            units: units.collect::<Result<_, Error>>()?,
            bytes: fs::metadata(program).map_err(Error::io(self.name))?.len(),
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

    fn cargo(&self, folder: &Path, target: &Path, arguments: &[&str]) -> Result<String, Error> {
        let mut command: Command = crate::cargo();
        command.current_dir(folder).args(arguments);
        command.env("CARGO_TARGET_DIR", target);
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
