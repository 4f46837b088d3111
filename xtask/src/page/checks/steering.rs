//! Checks the views that steer the sandbox: faults, the clock, card actions,
//! starting over.

use cards_sandbox::world::paysafe::TOKEN;
use cards_sandbox::{Fault, Running};
use fantoccini::Locator;
use fantoccini::key::Key;

use super::{expect, quiet};
use crate::page::browser::Browser;
use crate::page::scene::{CLOCK, CUSTOMERS, FAULTS, start};
use crate::page::{Error, calls};

/// The first card of the seeded customer, which is ACTIVE.
const CARD: &str = "#card-12345678-0000-4000-8000-000000000001";

/// Presses the element by the mouse, or, where it is to be the keyboard, brings
/// the focus there and presses Enter.
#[derive(Clone, Copy)]
enum By {
    Mouse,
    Keyboard,
}

impl By {
    async fn press(self, browser: &Browser, path: &str) -> Result<(), Error> {
        let found = Locator::XPath(path);
        match self {
            Self::Mouse => browser.click(found).await,
            Self::Keyboard => {
                browser.focus(found).await?;
                browser.press(Key::Enter).await
            }
        }
    }
}

fn status(sandbox: &Running) -> Option<u16> {
    sandbox.exchanges().last().map(|exchange| exchange.status)
}

fn call(sandbox: &Running, expected: u16) -> Result<(), Error> {
    calls::cards(sandbox, Some(TOKEN))?;
    let status = status(sandbox);
    expect(
        status == Some(expected),
        format!("answered with {status:?}, not {expected}"),
    )
}

pub(super) async fn faults(browser: &Browser) -> Result<(), Error> {
    order(browser, By::Mouse, true).await?;
    browser.reset().await?;
    order(browser, By::Keyboard, true).await
}

/// Orders a fault, wrongly at first, sees it counted, removes it.
async fn order(browser: &Browser, by: By, has_scripts: bool) -> Result<(), Error> {
    let sandbox = start()?;
    let url = format!("{}{FAULTS}", sandbox.url());
    browser.goto(&url).await?;
    browser
        .until_text("#faults", "No fault is in force")
        .await?;
    browser.fill("#status", "99").await?;
    browser.fill("#times", "2").await?;
    by.press(browser, "//button[text()='Order']").await?;
    browser
        .until_text("#status-error", "from 200 to 999")
        .await?;
    expect(
        sandbox.faults().list().is_empty(),
        "a wrong order was taken",
    )?;
    // The console calls a 400 an error, as it should be.
    browser.console().await?;
    let times = browser.client.find(Locator::Css("#times")).await?;
    let times = times.prop("value").await?;
    expect(
        times.as_deref() == Some("2"),
        format!("typed 2, kept {times:?}"),
    )?;

    browser.fill("#status", "503").await?;
    by.press(browser, "//button[text()='Order']").await?;
    browser.until_text("#state-1", "in force").await?;
    call(&sandbox, 503)?;
    if !has_scripts {
        browser.goto(&url).await?;
    }
    browser.until_text("#fired-1", "1").await?;
    call(&sandbox, 503)?;
    if !has_scripts {
        browser.goto(&url).await?;
    }
    browser.until_text("#state-1", "spent").await?;
    call(&sandbox, 200)?;

    browser
        .goto(&format!("{}/?exchange=1", sandbox.url()))
        .await?;
    browser
        .until_text("#detail", "The call was not carried out")
        .await?;
    browser.until_text("tr[data-id='1']", "status").await?;

    browser.goto(&url).await?;
    by.press(browser, "//button[text()='Remove']").await?;
    browser
        .until_text("#faults", "No fault is in force")
        .await?;
    for _ in 0..2 {
        let added = sandbox.faults().add(Fault::garbage());
        added.map_err(|error| Error::Page(error.to_string()))?;
    }
    browser.goto(&url).await?;
    by.press(browser, "//button[text()='Remove all']").await?;
    browser
        .until_text("#faults", "No fault is in force")
        .await?;
    expect(sandbox.faults().list().is_empty(), "a fault is left")?;
    quiet(browser).await
}

/// Checks that only the fields of the chosen kind are there to be filled in.
pub(super) async fn kinds(browser: &Browser) -> Result<(), Error> {
    const SHOWN: &str = "
        return [...document.querySelectorAll('#order .setting')]
            .filter((one) => one.checkVisibility())
            .map((one) => one.querySelector('[name]').name).join(' ')";
    let sandbox = start()?;
    browser.goto(&format!("{}{FAULTS}", sandbox.url())).await?;
    for (kind, fields) in [
        ("status", "status carryOut headers body "),
        ("delay", "millis "),
        ("drip", "millis bytes carryOut "),
        ("oversized-body", "bytes carryOut "),
        ("wrong-length", "difference carryOut "),
        ("lost-reply", ""),
        ("garbage", "carryOut "),
    ] {
        let radio = format!("#order [value='{kind}']");
        browser.click(Locator::Css(&radio)).await?;
        let shown = browser.eval(SHOWN).await?;
        let expected = format!("{fields}provider operation times probability seed");
        expect(shown == *expected, format!("{kind} shows {shown}"))?;
    }
    quiet(browser).await
}

pub(super) async fn clock(browser: &Browser) -> Result<(), Error> {
    turn(browser, By::Mouse).await?;
    browser.reset().await?;
    turn(browser, By::Keyboard).await
}

/// Stops and moves the clock, which ends a token, and starts over.
async fn turn(browser: &Browser, by: By) -> Result<(), Error> {
    let sandbox = start()?;
    let url = format!("{}{CLOCK}", sandbox.url());
    let token = calls::access_token(&sandbox)?;
    let with_token = |expected: u16| {
        calls::cards(&sandbox, Some(&token))?;
        let status = status(&sandbox);
        expect(
            status == Some(expected),
            format!("the token gives {status:?}, not {expected}"),
        )
    };
    with_token(200)?;
    browser.goto(&sandbox.url()).await?;
    by.press(browser, "//p[@class='clock']/a").await?;
    browser.until_text("#state", "running").await?;
    by.press(browser, "//button[text()='Freeze']").await?;
    browser.until_text("#state", "frozen").await?;
    browser.until_text(".top .clock", "frozen").await?;
    expect(sandbox.clock().is_frozen(), "the clock goes on")?;
    by.press(browser, "//button[text()='Let it run']").await?;
    browser.until_text("#state", "running").await?;
    by.press(browser, "//button[text()='1 day']").await?;
    browser.until_text(".top .clock", "1 day ahead").await?;
    with_token(401)?;

    browser.fill("#now", "tomorrow").await?;
    by.press(browser, "//button[text()='Set']").await?;
    browser.until_text("#now-error", "ISO 8601").await?;
    browser.console().await?;
    browser.fill("#now", "2040-01-01T00:00:00Z").await?;
    by.press(browser, "//button[text()='Set']").await?;
    // It has gone on since, by seconds on a slow machine.
    browser.until_text("#shown", "2040-01-01T00:0").await?;
    browser
        .goto(&format!("{}{CUSTOMERS}", sandbox.url()))
        .await?;
    browser.until_text(CARD, "an EXPIRED card stays so").await?;

    browser.goto(&url).await?;
    by.press(browser, "//button[text()='Back to real time']")
        .await?;
    browser.until_text("#ahead", "the same").await?;
    browser.until_no_text(".top .clock", "ahead").await?;
    browser.fill("#seconds", "7200").await?;
    by.press(browser, "//button[text()='Advance']").await?;
    browser
        .until_text("#ahead", "2 hours ahead (7200 s)")
        .await?;
    by.press(browser, "//main//a[text()='Reset…']").await?;
    browser.until_text("main", "This cannot be undone").await?;
    by.press(browser, "//button[text()='Reset everything']")
        .await?;
    browser.until_text("#list", "No call has come yet").await?;
    browser.until_no_text(".top .clock", "ahead").await?;
    expect(
        sandbox.exchanges().is_empty(),
        "the journal holds something",
    )?;
    quiet(browser).await
}

pub(super) async fn cards(browser: &Browser) -> Result<(), Error> {
    lock(browser, By::Mouse).await?;
    browser.reset().await?;
    lock(browser, By::Keyboard).await
}

/// Locks a card and gives it back; is told why something is refused.
async fn lock(browser: &Browser, by: By) -> Result<(), Error> {
    let sandbox = start()?;
    browser
        .goto(&format!("{}{CUSTOMERS}", sandbox.url()))
        .await?;
    let id = &CARD[1..];
    let button = |word: &str| format!("//div[@id='{id}']//button[text()='{word}']");
    for (action, next) in [("LOCK", "UNLOCK"), ("UNLOCK", "SHOW_DETAILS")] {
        by.press(browser, &button(action)).await?;
        browser.until_text(CARD, next).await?;
    }
    by.press(browser, &button("SHOW_DETAILS")).await?;
    browser
        .until_text(CARD, "SHOW_DETAILS: the sandbox keeps six digits")
        .await?;
    browser.console().await?;
    by.press(browser, &button("CANCEL")).await?;
    browser
        .until_text(CARD, "a CANCELLED card stays so")
        .await?;
    quiet(browser).await
}

/// All of it without scripts.
pub(super) async fn plain(browser: &Browser) -> Result<(), Error> {
    order(browser, By::Mouse, false).await?;
    browser.reset().await?;
    turn(browser, By::Mouse).await?;
    browser.reset().await?;
    lock(browser, By::Mouse).await
}
