//! `cargo xtask page`: the sandbox's page in headless Chromium.
//!
//! Starts a sandbox and chromedriver, takes the paths that people take, and
//! tells of each whether it works. Needs `chromedriver` and Chromium or Chrome
//! on the PATH.

mod browser;
mod calls;
mod checks;
mod pictures;
mod scene;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anstream::println;
use anstyle::AnsiColor;
use tokio::time::timeout;

use self::browser::{Browser, Scripts};
use self::checks::Check;
use crate::{client, server};

/// The longest that a check may take, which is seconds where the machine is not
/// slow.
const PATIENCE: Duration = Duration::from_secs(20 * 60);

/// The options of `cargo xtask page`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Makes only the checks whose name contains this.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Writes pictures of every view here, to be looked at: wide and as on a
    /// phone, light and dark.
    #[arg(long, value_name = "FOLDER")]
    pictures: Option<PathBuf>,
}

/// The reason why a check failed, or could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The page is not as it should be.
    #[error("{0}")]
    Page(String),
    #[error(
        "{0}\ninstall Chromium and its driver (Debian: apt-get install chromium chromium-driver)"
    )]
    Driver(#[from] server::Error),
    #[error(
        "the browser does not start: {0}\n\
         `chromium --version` and `chromedriver --version` have to work and to agree"
    )]
    Session(String),
    #[error("the browser: {0}")]
    Browser(#[from] Box<fantoccini::error::CmdError>),
    #[error("`{0}` has not ended after {minutes} minutes", minutes = PATIENCE.as_secs() / 60)]
    Stuck(&'static str),
    #[error("the sandbox: {0}")]
    Sandbox(#[from] cards_sandbox::Error),
    #[error(transparent)]
    Call(#[from] client::Error),
    #[error("no folder for the browser's profile: {0}")]
    Profile(io::Error),
    #[error("{path}: {source}")]
    Picture { path: String, source: io::Error },
    #[error("no check's name contains what `--filter` asks for")]
    Filter,
    #[error("no runtime: {0}")]
    Runtime(io::Error),
}

impl From<fantoccini::error::CmdError> for Error {
    fn from(error: fantoccini::error::CmdError) -> Self {
        Self::Browser(Box::new(error))
    }
}

/// Runs all checks, and tells whether all hold.
pub(crate) fn run(options: &Options) -> Result<bool, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::Runtime)?;
    runtime.block_on(all(options))
}

async fn all(options: &Options) -> Result<bool, Error> {
    let with_scripts = chosen(options, &checks::ALL);
    let without = chosen(options, &checks::WITHOUT_SCRIPTS);
    let pictures = options.pictures.as_deref();
    if with_scripts.is_empty() && without.is_empty() && pictures.is_none() {
        return Err(Error::Filter);
    }
    let mut holds = true;
    if !with_scripts.is_empty() || pictures.is_some() {
        holds &= in_browser(Scripts::On, &with_scripts, pictures).await?;
    }
    if !without.is_empty() {
        holds &= in_browser(Scripts::Off, &without, None).await?;
    }
    Ok(holds)
}

type Named = (&'static str, Check);

fn chosen(options: &Options, checks: &[Named]) -> Vec<Named> {
    let text = options.filter.as_deref().unwrap_or_default();
    let fits = |(name, _): &&Named| name.contains(text);
    checks.iter().filter(fits).copied().collect()
}

async fn in_browser(
    scripts: Scripts,
    checks: &[Named],
    pictures: Option<&Path>,
) -> Result<bool, Error> {
    let browser = Browser::start(scripts).await?;
    let outcome = each(&browser, checks, pictures).await;
    // On whatever way: without it, the browser would go on running.
    browser.stop().await;
    outcome
}

async fn each(browser: &Browser, checks: &[Named], pictures: Option<&Path>) -> Result<bool, Error> {
    let mut all_hold = true;
    for (name, check) in checks {
        let outcome = timeout(PATIENCE, async {
            browser.reset().await?;
            Ok::<_, Error>(check(browser).await)
        });
        // A browser that hangs would hang in the next check too.
        let outcome = outcome.await.map_err(|_| Error::Stuck(name))?;
        all_hold &= report(name, outcome?);
    }
    if let Some(folder) = pictures {
        browser.reset().await?;
        pictures::take(browser, folder).await?;
    }
    Ok(all_hold)
}

fn report(name: &str, outcome: Result<(), Error>) -> bool {
    let (color, sign) = match outcome {
        Ok(()) => (AnsiColor::Green, "✓"),
        Err(_) => (AnsiColor::Red, "✗"),
    };
    let style = color.on_default();
    println!("{style}{sign}{style:#} {name}");
    match outcome {
        Ok(()) => true,
        Err(error) => {
            println!("  {error}");
            false
        }
    }
}
