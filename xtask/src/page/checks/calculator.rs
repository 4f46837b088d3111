//! Checks the calculator of checksums.

use cards_sandbox::world::airpay::SECRET_KEY;
use fantoccini::Locator;

use super::{expect, quiet};
use crate::page::Error;
use crate::page::browser::Browser;
use crate::page::scene::{CHECKSUM, FIELDS, IN_TABLE_ORDER, start};

pub(super) const BUTTON: Locator<'_> = Locator::Css("#calculator button");

pub(super) async fn computes(browser: &Browser) -> Result<(), Error> {
    let sandbox = start()?;
    browser
        .goto(&format!("{}{CHECKSUM}", sandbox.url()))
        .await?;
    let wrong = cards_sign::checksum(IN_TABLE_ORDER, SECRET_KEY.as_bytes()).to_string();
    let right = cards_sign::checksum(FIELDS.map(|(_, value)| value), SECRET_KEY.as_bytes());
    fill_in(browser, &wrong).await?;
    browser.click(BUTTON).await?;
    let result = browser
        .until(
            "the result",
            "return document.activeElement.id === 'answer' && document.getElementById('result').innerText",
        )
        .await?;
    let result = result.as_str().unwrap_or_default();
    for part in [
        &*right.to_string(),
        "3 values, then the secret.",
        "✗ it does not match",
        "in the order of the parameter table",
        "✓ matches",
    ] {
        expect(result.contains(part), format!("no {part} in: {result}"))?;
    }
    let kept = "return document.querySelector('[name=secret]').value";
    let kept = browser.eval(kept).await?;
    expect(kept == SECRET_KEY, "the form was emptied")?;
    let sent = browser
        .eval("return document.documentElement.outerHTML")
        .await?;
    let sent = sent.as_str().unwrap_or_default();
    expect(!sent.contains(SECRET_KEY), "the secret is in the page")?;
    expect(
        sandbox.exchanges().is_empty(),
        "the calculation was journaled",
    )?;
    pastes(browser).await?;
    quiet(browser).await
}

/// Checks a pasted curl command, with its checksum, on the same page.
async fn pastes(browser: &Browser) -> Result<(), Error> {
    let made = cards_sign::checksum(["ATM|ALLOWED"], SECRET_KEY.as_bytes());
    let command = format!(
        "curl http://localhost/customer-preference -H 'checksum: {made}' -d type=ATM -d status=ALLOWED"
    );
    browser.click(Locator::Css(".others summary")).await?;
    for (selector, text) in [
        ("[name=fields]", &*command),
        ("[name=given]", ""),
        ("[name=recipe]", "joint=|"),
    ] {
        browser.fill(selector, text).await?;
    }
    browser.click(Locator::Css("[value=curl]")).await?;
    browser.click(BUTTON).await?;
    let result = browser
        .until(
            "the result of a curl command",
            "const it = document.getElementById('result').innerText; return it.includes('2 values') && it",
        )
        .await?;
    let result = result.as_str().unwrap_or_default();
    for part in [
        "Of customer-preference:",
        "received,joint=|",
        "✓ it matches",
    ] {
        expect(result.contains(part), format!("no {part} in: {result}"))?;
    }
    Ok(())
}

pub(super) async fn fill_in(browser: &Browser, given: &str) -> Result<(), Error> {
    let fields: Vec<_> = FIELDS.iter().map(|(n, v)| format!("{n}={v}")).collect();
    for (selector, text) in [
        ("[name=fields]", &*fields.join("\n")),
        ("[name=secret]", SECRET_KEY),
        ("[name=given]", given),
    ] {
        browser.fill(selector, text).await?;
    }
    browser
        .choose("[name=operation]", "customer-preference")
        .await
}
