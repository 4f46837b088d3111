//! Replies that come late, not at all, or as something else than a page.

use fantoccini::Locator;

use super::calculator::{BUTTON, fill_in};
use super::{expect, quiet};
use crate::page::Error;
use crate::page::browser::Browser;
use crate::page::scene::{CHECKSUM, called, start};

/// The exchange that was asked for last is shown, though its reply was first.
pub(super) async fn crossing(browser: &Browser) -> Result<(), Error> {
    const HOLD_BACK: &str = "
        const load = window.fetch;
        window.fetch = async (url, options) => {
            const reply = await load(url, options);
            if (!String(url).endsWith('exchange=2')) return reply;
            await new Promise((go) => { window.go = go; });
            setTimeout(() => { window.gone = true; }, 100);
            return reply;
        };";
    let sandbox = called()?;
    browser.goto(&sandbox.url()).await?;
    browser.eval(HOLD_BACK).await?;
    open(browser, 2).await?;
    browser
        .until("the reply that is held", "return Boolean(window.go)")
        .await?;
    open(browser, 1).await?;
    browser.until_text("#detail", "Exchange 1").await?;
    browser.eval("window.go()").await?;
    browser
        .until("the late reply", "return Boolean(window.gone)")
        .await?;
    browser.until_text("#detail", "Exchange 1").await?;
    let current = "return [...document.querySelectorAll('#list [aria-current]')]
                   .map((link) => link.closest('tr').dataset.id).join()";
    let current = browser.eval(current).await?;
    expect(current == "1", format!("the list marks {current}"))?;
    quiet(browser).await
}

/// A script that gets no page leaves the browser to show what there is.
pub(super) async fn failing(browser: &Browser) -> Result<(), Error> {
    const REJECTED: &str = "window.fetch = () => Promise.reject(new TypeError('cut off'))";
    const REFUSED: &str = "window.fetch = async () => Response.json({error: 'no'}, {status: 403})";
    for fetch in [REJECTED, REFUSED] {
        let sandbox = called()?;
        browser.goto(&sandbox.url()).await?;
        browser.eval(fetch).await?;
        open(browser, 2).await?;
        browser.until_text("#detail", "Exchange 2").await?;

        let sandbox = start()?;
        browser
            .goto(&format!("{}{CHECKSUM}", sandbox.url()))
            .await?;
        fill_in(browser, "").await?;
        browser.eval(fetch).await?;
        browser.click(BUTTON).await?;
        browser.until_text("#answer", "Checksum").await?;
        quiet(browser).await?;
    }
    Ok(())
}

async fn open(browser: &Browser, id: u64) -> Result<(), Error> {
    let row = format!("tr[data-id='{id}'] a");
    browser.click(Locator::Css(&row)).await
}
