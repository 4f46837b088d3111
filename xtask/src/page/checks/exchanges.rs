//! Checks the list of exchanges.

use std::time::Duration;

use cards_sandbox::world::airpay::{CUSTOMER, SECRET_KEY};
use fantoccini::Locator;
use fantoccini::key::Key;

use tokio::time::timeout;

use super::{expect, is_live, quiet};
use crate::page::browser::Browser;
use crate::page::scene::{CLOCK, called, start};
use crate::page::{Error, calls};

/// The longest that a page may take to load while others were left: half of what a
/// browser without a connection waits.
const LEFT: Duration = Duration::from_secs(30);

pub(super) async fn live(browser: &Browser) -> Result<(), Error> {
    let sandbox = start()?;
    browser.goto(&sandbox.url()).await?;
    is_live(browser).await?;
    browser.eval("window.marker = 'the same page'").await?;
    calls::cards(&sandbox, None)?;
    let row = browser
        .until(
            "a row for the call",
            "return document.querySelector('tr[data-id=\"1\"]')?.innerText",
        )
        .await?;
    for part in ["paysafe", "list-prepaid-cards", "401", "refused"] {
        let shown = row.as_str().unwrap_or_default();
        expect(shown.contains(part), format!("no {part} in: {shown}"))?;
    }
    let news = "return document.getElementById('news').textContent";
    let news = browser.until("an announcement", news).await?;
    expect(
        news == "Exchange 1, paysafe list-prepaid-cards, refused.",
        format!("announced: {news}"),
    )?;
    let marker = browser.eval("return window.marker").await?;
    expect(marker == "the same page", "the page was loaded again")?;
    quiet(browser).await?;

    // Without the sandbox it says so, which is no error of the page's.
    drop(sandbox);
    let off = "return document.getElementById('live').dataset.state === 'off'";
    browser.until("the words Not connected", off).await?;
    browser.goto("about:blank").await?;
    browser.console().await.map(drop)
}

/// Pages that were left, and that a browser keeps to go back to, hold no
/// connection: it has six to one server, and the seventh page would wait.
pub(super) async fn left(browser: &Browser) -> Result<(), Error> {
    let sandbox = called()?;
    let goto = async |path: &str| {
        let url = format!("{}{path}", sandbox.url());
        let loaded = timeout(LEFT, browser.goto(&url)).await;
        loaded.unwrap_or_else(|_| Err(Error::Page(format!("{path} waits for a connection"))))
    };
    for id in 1..=8 {
        goto(&format!("/?exchange={id}")).await?;
        is_live(browser).await?;
    }
    goto(CLOCK).await?;

    // What came in the meantime is there when somebody comes back.
    calls::cards(&sandbox, None)?;
    browser.eval("history.back()").await?;
    let row = "return document.querySelector('tr[data-id=\"10\"]')?.innerText";
    browser.until("the call in between", row).await?;
    is_live(browser).await?;
    quiet(browser).await
}

pub(super) async fn explained(browser: &Browser) -> Result<(), Error> {
    let sandbox = called()?;
    browser.goto(&sandbox.url()).await?;
    browser.eval("window.marker = 'the same page'").await?;
    browser.click(Locator::Css("tr[data-id='2'] a")).await?;
    let detail = browser
        .until(
            "the exchange",
            "return document.activeElement.id === 'opened' && document.getElementById('detail').innerText",
        )
        .await?;
    let detail = detail.as_str().unwrap_or_default();
    for part in [
        "The checksum is wrong.",
        "The sender hashed the values in the order of the parameter table",
        "As received",
        "✗ no match",
        "Parameter table",
        "✓ matches",
        "entity_id",
        "Values are not kept.",
    ] {
        expect(detail.contains(part), format!("no {part} in: {detail}"))?;
    }
    for secret in [CUSTOMER, SECRET_KEY] {
        expect(!detail.contains(secret), format!("{secret} is shown"))?;
    }
    let url = browser.client.current_url().await?;
    expect(
        url.query() == Some("exchange=2"),
        format!("the address is {url}"),
    )?;

    browser.press(Key::Escape).await?;
    let closed = "return !document.getElementById('opened') \
                  && document.activeElement.closest('tr')?.dataset.id === '2'";
    browser
        .until("the list again, at the row that was left", closed)
        .await?;
    browser.client.back().await?;
    let opened = "return document.getElementById('opened')?.innerText.includes('Exchange 2')";
    browser.until("the exchange, by going back", opened).await?;
    let marker = browser.eval("return window.marker").await?;
    expect(marker == "the same page", "the page was loaded again")?;
    quiet(browser).await
}

pub(super) async fn many(browser: &Browser) -> Result<(), Error> {
    let sandbox = start()?;
    browser.goto(&sandbox.url()).await?;
    is_live(browser).await?;
    for _ in 0..130 {
        calls::cards(&sandbox, None)?;
    }
    let rows = browser
        .until(
            "the last call",
            "const rows = [...document.querySelectorAll('#list tbody tr')].map((row) => +row.dataset.id);
             return rows[0] === 130 && rows.length === 100 && rows",
        )
        .await?;
    let expected: Vec<u64> = (31..=130).rev().collect();
    let rows: Vec<u64> = rows
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(serde_json::Value::as_u64)
        .collect();
    expect(rows == expected, format!("the rows are {rows:?}"))?;
    browser.click(Locator::LinkText("Older")).await?;
    browser
        .until(
            "the older ones",
            "return document.querySelectorAll('#list tbody tr').length === 30",
        )
        .await?;
    quiet(browser).await
}
