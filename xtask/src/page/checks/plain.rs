//! Checks what has to work without scripts.

use cards_sandbox::world::airpay::SECRET_KEY;
use fantoccini::Locator;

use super::calculator::{BUTTON, fill_in};
use super::{expect, quiet};
use crate::page::Error;
use crate::page::browser::Browser;
use crate::page::scene::{FIELDS, called};

pub(super) async fn everything(browser: &Browser) -> Result<(), Error> {
    let sandbox = called()?;
    browser.goto(&sandbox.url()).await?;
    browser.until_text(".controls", "Without scripts").await?;
    browser.click(Locator::Css("tr[data-id='2'] a")).await?;
    browser.until_text("#detail", "✓ matches").await?;
    browser.click(Locator::LinkText("Close")).await?;
    browser.until_text("#list", "customer-preference").await?;

    browser.choose("[name=provider]", "paysafe").await?;
    browser.click(Locator::Css(".filter button")).await?;
    browser.until_text("#list", "list-prepaid-cards").await?;
    browser
        .until_no_text("#list", "customer-preference")
        .await?;

    browser.click(Locator::LinkText("Checksum")).await?;
    browser.until_text("#calculator", "Compute").await?;
    fill_in(browser, "").await?;
    browser.click(BUTTON).await?;
    let sum = cards_sign::checksum(FIELDS.map(|(_, value)| value), SECRET_KEY.as_bytes());
    browser.until_text("#result", &sum.to_string()).await?;

    browser.click(Locator::LinkText("Exchanges")).await?;
    browser.until_text("#list", "customer-preference").await?;
    browser
        .click(Locator::XPath("//button[text()='Forget all']"))
        .await?;
    browser.until_text("#list", "No call has come yet").await?;
    expect(
        sandbox.exchanges().is_empty(),
        "the journal holds something",
    )?;
    quiet(browser).await
}
