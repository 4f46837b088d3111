//! Checks the view of events: a receiver is registered, an event appears, and is sent once more.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread;

use cards_sandbox::Running;
use fantoccini::Locator;

use super::{expect, quiet};
use crate::page::browser::Browser;
use crate::page::scene::{EVENTS, start};
use crate::page::{Error, calls};

/// Takes whatever comes, and gives where.
fn receiver() -> Result<String, Error> {
    let listener =
        TcpListener::bind("127.0.0.1:0").map_err(|error| Error::Page(error.to_string()))?;
    let address = listener.local_addr();
    let address = address.map_err(|error| Error::Page(error.to_string()))?;
    thread::spawn(move || {
        for stream in listener.incoming().filter_map(Result::ok) {
            let mut lines = BufReader::new(&stream).lines();
            lines.find(|line| line.as_ref().is_ok_and(String::is_empty));
            // Whoever is gone needs no answer.
            drop((&stream).write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"));
        }
    });
    Ok(format!("http://{address}/hooks"))
}

/// Checks that with scripts an event appears by itself, and without after a reload.
pub(super) async fn sent(browser: &Browser, has_scripts: bool) -> Result<(), Error> {
    let sandbox = start()?;
    let url = format!("{}{EVENTS}", sandbox.url());
    browser.goto(&url).await?;
    browser
        .until_text("#sent", "No event has come about")
        .await?;
    browser.fill("input[name=url]", "ftp://x").await?;
    let register = Locator::XPath("//button[text()='Register']");
    browser.click(register).await?;
    browser.until_text("[role=alert]", "a URL as in").await?;
    // The console calls a 400 an error, as it should be.
    browser.console().await?;
    let receiver = receiver()?;
    browser.fill("input[name=url]", &receiver).await?;
    browser.click(register).await?;
    browser.until_text("#waiting-1", "0").await?;
    calls::expire(&sandbox)?;
    if !has_scripts {
        browser.goto(&url).await?;
    }
    browser
        .until_text("#sent tr[data-id='1']", "card-status")
        .await?;
    delivered(browser, &url, has_scripts).await?;
    let resend = Locator::Css("#sent tr[data-id='1'] button");
    browser.click(resend).await?;
    delivered(browser, &url, has_scripts).await?;
    let events = sandbox.events()?;
    let count = events.first().map_or(0, |event| event.deliveries.len());
    expect(count == 2, format!("{count} deliveries, not 2"))?;
    let remove = Locator::XPath("//button[text()='Remove']");
    browser.click(remove).await?;
    browser
        .until_text("main", "Nobody receives events yet")
        .await?;
    if has_scripts {
        forgotten(browser, &sandbox).await?;
    }
    quiet(browser).await
}

/// Sees that what a reset has forgotten goes with the next event, once it holds no focus.
async fn forgotten(browser: &Browser, sandbox: &Running) -> Result<(), Error> {
    let first = Locator::Css("#sent tr[data-id='1'] button");
    browser.focus(first).await?;
    for (event, rows) in [(2, 2), (3, 1)] {
        let reset = sandbox.reset_blocking();
        reset.map_err(|error| Error::Page(error.to_string()))?;
        calls::expire(sandbox)?;
        let row = format!("#sent tr[data-id='{event}']");
        browser.until_text(&row, "card-status").await?;
        let script = "return document.querySelectorAll('#sent tbody tr').length";
        let count = browser.eval(script).await?;
        expect(count == rows, format!("{count} events, not {rows}"))?;
        browser.eval("document.activeElement.blur()").await?;
    }
    Ok(())
}

/// Sees that the first event was taken.
async fn delivered(browser: &Browser, url: &str, has_scripts: bool) -> Result<(), Error> {
    if has_scripts {
        return browser
            .until_text("#deliveries-1", "delivered")
            .await
            .map(drop);
    }
    for _ in 0..50 {
        browser.goto(url).await?;
        let cell = browser.client.find(Locator::Css("#deliveries-1")).await?;
        if cell.text().await?.contains("delivered") {
            return Ok(());
        }
    }
    Err(Error::Page("the event was not delivered".to_owned()))
}
