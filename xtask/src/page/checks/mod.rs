//! Lists the checks of the page by name.

mod access;
mod calculator;
mod events;
mod exchanges;
mod plain;
mod replies;
mod steering;

use std::future::Future;
use std::pin::Pin;

use super::Error;
use super::browser::Browser;

pub(super) type Check =
    for<'a> fn(&'a Browser) -> Pin<Box<dyn Future<Output = Result<(), Error>> + 'a>>;

/// The checks with scripts.
pub(super) const ALL: [(&str, Check); 15] = [
    ("a call appears without a reload", |b| {
        Box::pin(exchanges::live(b))
    }),
    ("pages that were left hold no connection", |b| {
        Box::pin(exchanges::left(b))
    }),
    ("a wrong checksum is explained", |b| {
        Box::pin(exchanges::explained(b))
    }),
    ("the calculator computes and compares", |b| {
        Box::pin(calculator::computes(b))
    }),
    ("the keyboard reaches everything", |b| {
        Box::pin(access::keyboard(b))
    }),
    ("nothing is wider than a phone", |b| {
        Box::pin(access::phone(b))
    }),
    ("light and dark, with contrast", |b| {
        Box::pin(access::schemes(b))
    }),
    ("many calls at once stay in order", |b| {
        Box::pin(exchanges::many(b))
    }),
    ("of replies that cross the last one asked for stays", |b| {
        Box::pin(replies::crossing(b))
    }),
    ("what cannot be fetched is left to the browser", |b| {
        Box::pin(replies::failing(b))
    }),
    ("a fault is ordered, fires, is counted and removed", |b| {
        Box::pin(steering::faults(b))
    }),
    ("a fault's form shows what its kind takes", |b| {
        Box::pin(steering::kinds(b))
    }),
    ("the clock is moved, ends a token, and starts over", |b| {
        Box::pin(steering::clock(b))
    }),
    ("an event is sent, shown and resent", |b| {
        Box::pin(events::sent(b, true))
    }),
    ("a card is locked, unlocked and cancelled", |b| {
        Box::pin(steering::cards(b))
    }),
];

/// The checks with scripts blocked.
pub(super) const WITHOUT_SCRIPTS: [(&str, Check); 3] = [
    ("all of it works without scripts", |b| {
        Box::pin(plain::everything(b))
    }),
    ("events work without scripts", |b| {
        Box::pin(events::sent(b, false))
    }),
    ("faults, clock and cards work without scripts", |b| {
        Box::pin(steering::plain(b))
    }),
];

fn expect(holds: bool, what: impl Into<String>) -> Result<(), Error> {
    if holds {
        Ok(())
    } else {
        Err(Error::Page(what.into()))
    }
}

/// Checks that there is no error, and nothing that the policy refused.
async fn quiet(browser: &Browser) -> Result<(), Error> {
    let said = browser.console().await?;
    expect(
        said.is_empty(),
        format!("the console says: {}", said.join("; ")),
    )
}

/// The page has been told that it follows the journal, and shows it.
pub(super) async fn is_live(browser: &Browser) -> Result<(), Error> {
    let script = "return document.getElementById('live').dataset.state === 'on'";
    browser.until("the word Live", script).await.map(drop)
}
