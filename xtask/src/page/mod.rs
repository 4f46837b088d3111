//! `cargo xtask page`: the sandbox's page in headless Chromium.
//!
//! Starts a sandbox and chromedriver, takes the paths that people take, and
//! tells of each whether it works. Needs `chromedriver` and Chromium or Chrome
//! on the PATH.

mod browser;
mod checks;
mod client;
mod replies;
mod steering;

use std::path::PathBuf;

use anstream::println;
use anstyle::AnsiColor;

use self::browser::{Browser, Scripts};
use self::checks::Check;

/// What to check and what to leave behind.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only checks whose name contains this.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Writes pictures of every view here, to be looked at: wide and as on a
    /// phone, light and dark.
    #[arg(long, value_name = "FOLDER")]
    pictures: Option<PathBuf>,
}

/// Why a check failed, or could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The page is not as it should be.
    #[error("{0}")]
    Page(String),
    #[error(
        "{program} cannot be started ({source}): install Chromium and its driver \
         (Debian: apt-get install chromium chromium-driver)"
    )]
    Program {
        program: &'static str,
        source: std::io::Error,
    },
    #[error("the browser: {0}")]
    Browser(#[from] Box<fantoccini::error::CmdError>),
    #[error("the browser's session: {0}")]
    Session(#[from] Box<fantoccini::error::NewSessionError>),
    #[error("the sandbox: {0}")]
    Sandbox(#[from] cards_sandbox::Error),
    #[error("{0}")]
    Io(#[from] std::io::Error),
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
        .build()?;
    runtime.block_on(all(options))
}

async fn all(options: &Options) -> Result<bool, Error> {
    let browser = Browser::start(Scripts::On).await?;
    let outcome = with_scripts(options, &browser).await;
    // On whatever way: without it, the browser would go on running.
    browser.stop().await;
    let holds = outcome?;

    let browser = Browser::start(Scripts::Off).await?;
    let outcome = each(options, &browser, &checks::WITHOUT_SCRIPTS).await;
    browser.stop().await;
    Ok(outcome? && holds)
}

async fn with_scripts(options: &Options, browser: &Browser) -> Result<bool, Error> {
    let holds = each(options, browser, &checks::ALL).await?;
    if let Some(folder) = &options.pictures {
        checks::pictures(browser, folder).await?;
    }
    Ok(holds)
}

async fn each(
    options: &Options,
    browser: &Browser,
    checks: &[(&str, Check)],
) -> Result<bool, Error> {
    let mut all_hold = true;
    for (name, check) in checks {
        if is_chosen(options, name) {
            browser.reset().await?;
            all_hold &= report(name, check(browser).await);
        }
    }
    Ok(all_hold)
}

fn is_chosen(options: &Options, name: &str) -> bool {
    let filter = options.filter.as_deref();
    filter.is_none_or(|text| name.contains(text))
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
