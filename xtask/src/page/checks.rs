//! What has to work, by name.

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine};
use cards_sandbox::world::airpay::{CUSTOMER, SECRET_KEY};
use cards_sandbox::world::paysafe::TOKEN;
use cards_sandbox::{Fault, Running, Sandbox};
use fantoccini::Locator;
use fantoccini::key::Key;

use super::browser::Browser;
use super::{Error, client, replies, steering};

pub(super) type Check =
    for<'a> fn(&'a Browser) -> Pin<Box<dyn Future<Output = Result<(), Error>> + 'a>>;

/// With scripts.
pub(super) const ALL: [(&str, Check); 13] = [
    ("a call appears without a reload", |b| Box::pin(live(b))),
    ("a wrong checksum is explained", |b| Box::pin(explained(b))),
    ("the calculator computes and compares", |b| {
        Box::pin(calculator(b))
    }),
    ("the keyboard reaches everything", |b| Box::pin(keyboard(b))),
    ("nothing is wider than a phone", |b| Box::pin(phone(b))),
    ("light and dark, with contrast", |b| Box::pin(schemes(b))),
    ("many calls at once stay in order", |b| Box::pin(many(b))),
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
    ("a card is locked, unlocked and cancelled", |b| {
        Box::pin(steering::cards(b))
    }),
];

/// With scripts blocked.
pub(super) const WITHOUT_SCRIPTS: [(&str, Check); 2] = [
    ("all of it works without scripts", |b| Box::pin(plain(b))),
    ("faults, clock and cards work without scripts", |b| {
        Box::pin(steering::plain(b))
    }),
];

pub(super) const CUSTOMERS: &str = "/_sandbox/page/customers";
pub(super) const CHECKSUM: &str = "/_sandbox/page/checksum";

const FIELDS: [(&str, &str); 3] = [
    ("type", "ATM"),
    ("entity_id", CUSTOMER),
    ("status", "ALLOWED"),
];
const IN_TABLE_ORDER: [&str; 3] = [CUSTOMER, "ALLOWED", "ATM"];

pub(super) fn start() -> Result<Running, Error> {
    Ok(Sandbox::start_blocking()?)
}

/// A sandbox with some accepted and some refused calls.
pub(super) fn called() -> Result<Running, Error> {
    let sandbox = start()?;
    let address = sandbox.addr();
    let received = FIELDS.map(|(_, value)| value);
    client::preference(address, &FIELDS, &received)?;
    client::preference(address, &FIELDS, &IN_TABLE_ORDER)?;
    client::preference(address, &[("type", "OTHER")], &["OTHER"])?;
    client::cards(address, Some(TOKEN))?;
    client::cards(address, None)?;
    // Met by a call, spent, in force; and a clock that is stopped.
    let late = Fault::delay(Duration::from_millis(20));
    let faults = [
        Fault::lost_reply().operation("list-prepaid-cards").times(1),
        late.operation("login").probability(0.25, 42),
    ];
    for fault in faults {
        let added = sandbox.faults().add(fault);
        added.map_err(|error| Error::Page(error.to_string()))?;
    }
    client::cards(address, Some(TOKEN))?;
    sandbox.clock().freeze();
    Ok(sandbox)
}

/// Every view, with something to see in it.
fn views(sandbox: &Running) -> [String; NAMES.len()] {
    let paths = [
        "/",
        "/?exchange=2",
        "/?exchange=6",
        CUSTOMERS,
        steering::FAULTS,
        steering::CLOCK,
        steering::RESET,
        CHECKSUM,
    ];
    paths.map(|path| format!("{}{path}", sandbox.url()))
}

/// The views' names, in the same order.
const NAMES: [&str; 8] = [
    "exchanges",
    "exchange",
    "fault",
    "customers",
    "faults",
    "clock",
    "reset",
    "checksum",
];

pub(super) fn expect(holds: bool, what: impl Into<String>) -> Result<(), Error> {
    if holds {
        Ok(())
    } else {
        Err(Error::Page(what.into()))
    }
}

/// No error, and nothing that the policy refused.
pub(super) async fn quiet(browser: &Browser) -> Result<(), Error> {
    let said = browser.console().await?;
    expect(
        said.is_empty(),
        format!("the console says: {}", said.join("; ")),
    )
}

async fn is_live(browser: &Browser) -> Result<(), Error> {
    let script = "return document.getElementById('live').dataset.state === 'on'";
    browser.until("the word Live", script).await.map(drop)
}

async fn live(browser: &Browser) -> Result<(), Error> {
    let sandbox = start()?;
    browser.goto(&sandbox.url()).await?;
    is_live(browser).await?;
    browser.eval("window.marker = 'the same page'").await?;
    client::cards(sandbox.addr(), None)?;
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

async fn explained(browser: &Browser) -> Result<(), Error> {
    let sandbox = called()?;
    browser.goto(&sandbox.url()).await?;
    browser.eval("window.marker = 'the same page'").await?;
    let row = Locator::Css("tr[data-id='2'] a");
    browser.client.find(row).await?.click().await?;
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

async fn calculator(browser: &Browser) -> Result<(), Error> {
    let sandbox = start()?;
    browser
        .goto(&format!("{}{CHECKSUM}", sandbox.url()))
        .await?;
    let wrong = cards_sign::checksum(IN_TABLE_ORDER, SECRET_KEY.as_bytes()).to_string();
    let right = cards_sign::checksum(FIELDS.map(|(_, value)| value), SECRET_KEY.as_bytes());
    fill_in(browser, &wrong).await?;
    browser
        .client
        .find(Locator::Css("#calculator button"))
        .await?
        .click()
        .await?;
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
    quiet(browser).await
}

pub(super) async fn fill_in(browser: &Browser, given: &str) -> Result<(), Error> {
    let fields: Vec<_> = FIELDS.iter().map(|(n, v)| format!("{n}={v}")).collect();
    for (selector, text) in [
        ("[name=fields]", &*fields.join("\n")),
        ("[name=secret]", SECRET_KEY),
        ("[name=given]", given),
    ] {
        let field = browser.client.find(Locator::Css(selector)).await?;
        field.send_keys(text).await?;
    }
    let operation = browser
        .client
        .find(Locator::Css("[name=operation]"))
        .await?;
    Ok(operation.select_by_value("customer-preference").await?)
}

async fn keyboard(browser: &Browser) -> Result<(), Error> {
    // Where the focus is, and whether it can be seen there.
    const FOCUS: &str = "
        const at = document.activeElement;
        if (!at || at === document.body) return null;
        const all = [...document.querySelectorAll('*')];
        const outlined = (element) => getComputedStyle(element).outlineStyle !== 'none';
        const row = at.closest('tr');
        return [all.indexOf(at), outlined(at) || (row && outlined(row)), at.outerHTML.slice(0, 80)];";
    // Everything that is shown and can be used; of radio buttons the chosen one.
    const ALL: &str = "
        const all = [...document.querySelectorAll('*')];
        return [...document.querySelectorAll('a[href], button, select, input, textarea, summary')]
            .filter((one) => one.type !== 'hidden' && one.checkVisibility())
            .filter((one) => one.type !== 'radio' || one.checked)
            .map((one) => [all.indexOf(one), one.outerHTML.slice(0, 80)]);";
    let sandbox = called()?;
    for view in views(&sandbox) {
        browser.goto(&view).await?;
        if !view.contains("/page/") {
            is_live(browser).await?;
        }
        let wanted = browser.eval(ALL).await?;
        let wanted = wanted.as_array().cloned().unwrap_or_default();
        expect(wanted.len() > 5, format!("nothing to use on {view}"))?;
        let mut reached = Vec::new();
        for press in 0..wanted.len() + 20 {
            browser.press(Key::Tab).await?;
            let focus = browser.eval(FOCUS).await?;
            let what = &focus[2];
            if focus.is_null() {
                break;
            }
            expect(
                focus[1] == true,
                format!("the focus on {what} cannot be seen ({view})"),
            )?;
            let is_skip = what.as_str().unwrap_or_default().contains("href=\"#main\"");
            expect(
                (press == 0) == is_skip,
                format!("the focus comes to {what} after {press} on {view}"),
            )?;
            reached.push(focus[0].clone());
        }
        for one in &wanted {
            expect(
                reached.contains(&one[0]),
                format!("the keyboard does not reach {} on {view}", one[1]),
            )?;
        }
    }
    // And what is reached can be used: skip, open, close.
    browser.goto(&sandbox.url()).await?;
    browser.press(Key::Tab).await?;
    browser.press(Key::Enter).await?;
    let skipped = "return document.activeElement.id === 'main'";
    browser
        .until("the content, by the skip link", skipped)
        .await?;
    browser
        .eval("document.querySelector('tr[data-id=\"3\"] a').focus()")
        .await?;
    browser.press(Key::Enter).await?;
    let opened = "return document.activeElement.innerText?.includes('Exchange 3')";
    browser
        .until("the exchange, by the enter key", opened)
        .await?;
    quiet(browser).await
}

async fn phone(browser: &Browser) -> Result<(), Error> {
    // Elements that begin or end outside, but for what is hidden from the eye.
    const WIDER: &str = "
        const isClipped = (one) => one !== null
            && (getComputedStyle(one).clipPath !== 'none' || isClipped(one.parentElement));
        const inside = (box) => box.left >= -0.5 && box.right <= 390.5;
        const wide = [...document.querySelectorAll('body *')]
            .filter((one) => one.checkVisibility() && !one.closest('.unseen, .skip'))
            .filter((one) => !isClipped(one))
            .filter((one) => !inside(one.getBoundingClientRect()));
        const most = Math.max(document.documentElement.scrollWidth, document.body.scrollWidth);
        if (most > 390) wide.push(document.body);
        return wide.map((one) => one.outerHTML.slice(0, 100)).join('; ');";
    let sandbox = called()?;
    browser.resize(390, 844, true).await?;
    for view in views(&sandbox) {
        browser.goto(&view).await?;
        if view.ends_with(CUSTOMERS) {
            browser
                .eval("for (const one of document.querySelectorAll('details')) one.open = true")
                .await?;
        }
        let wide = browser.eval(WIDER).await?;
        expect(wide == "", format!("wider than a phone on {view}: {wide}"))?;
    }
    fill_in(browser, "no checksum at all").await?;
    browser
        .eval("document.getElementById('calculator').requestSubmit()")
        .await?;
    browser
        .until(
            "the result",
            "return document.getElementById('answer') !== null",
        )
        .await?;
    let wide = browser.eval(WIDER).await?;
    expect(wide == "", format!("wider than a phone, computed: {wide}"))?;
    quiet(browser).await
}

async fn schemes(browser: &Browser) -> Result<(), Error> {
    // Texts whose colour is too near what is behind them (WCAG 2, AA: 4.5).
    const FAINT: &str = "
        const parse = (color) => {
            const context = new OffscreenCanvas(1, 1).getContext('2d');
            context.fillStyle = color;
            context.fillRect(0, 0, 1, 1);
            return [...context.getImageData(0, 0, 1, 1).data];
        };
        const light = ([r, g, b]) => [r, g, b]
            .map((part) => part / 255)
            .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
            .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
        const behind = (element) => {
            for (let one = element; one; one = one.parentElement) {
                const color = parse(getComputedStyle(one).backgroundColor);
                if (color[3] === 255) return color;
            }
            return [255, 255, 255, 255];
        };
        const hasText = (one) => [...one.childNodes]
            .some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
        return [...document.querySelectorAll('body *')]
            .filter((one) => one.checkVisibility() && hasText(one) && !one.closest('noscript'))
            .map((one) => {
                const [a, b] = [light(parse(getComputedStyle(one).color)), light(behind(one))];
                const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
                return [ratio, one.outerHTML.slice(0, 100)];
            })
            .filter(([ratio]) => ratio < 4.5)
            .map(([ratio, what]) => `${ratio.toFixed(2)} ${what}`)
            .slice(0, 5)
            .join('; ');";
    const GROUND: &str = "
        const context = new OffscreenCanvas(1, 1).getContext('2d');
        context.fillStyle = getComputedStyle(document.body).backgroundColor;
        context.fillRect(0, 0, 1, 1);
        return context.getImageData(0, 0, 1, 1).data[0];";
    let sandbox = called()?;
    for (scheme, is_right) in [
        ("light", (|ground| ground > 200) as fn(u64) -> bool),
        ("dark", |ground| ground < 60),
    ] {
        browser.prefer(scheme).await?;
        for view in views(&sandbox) {
            browser.goto(&view).await?;
            let ground = browser.eval(GROUND).await?.as_u64().unwrap_or(128);
            expect(
                is_right(ground),
                format!("the ground is {ground} in {scheme}"),
            )?;
            let faint = browser.eval(FAINT).await?;
            expect(
                faint == "",
                format!("too faint in {scheme}, {view}: {faint}"),
            )?;
        }
    }
    quiet(browser).await
}

async fn many(browser: &Browser) -> Result<(), Error> {
    let sandbox = start()?;
    browser.goto(&sandbox.url()).await?;
    is_live(browser).await?;
    for _ in 0..130 {
        client::cards(sandbox.addr(), None)?;
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
    let link = Locator::LinkText("Older");
    browser.client.find(link).await?.click().await?;
    browser
        .until(
            "the older ones",
            "return document.querySelectorAll('#list tbody tr').length === 30",
        )
        .await?;
    quiet(browser).await
}

async fn plain(browser: &Browser) -> Result<(), Error> {
    let sandbox = called()?;
    browser.goto(&sandbox.url()).await?;
    let click = |locator| async move {
        let found = browser.client.find(locator).await?;
        Ok::<_, Error>(found.click().await?)
    };
    browser.until_text(".controls", "Without scripts").await?;
    click(Locator::Css("tr[data-id='2'] a")).await?;
    browser.until_text("#detail", "✓ matches").await?;
    click(Locator::LinkText("Close")).await?;
    browser.until_text("#list", "customer-preference").await?;

    let provider = browser.client.find(Locator::Css("[name=provider]")).await?;
    provider.select_by_value("paysafe").await?;
    click(Locator::Css(".filter button")).await?;
    browser.until_text("#list", "list-prepaid-cards").await?;
    browser
        .until_no_text("#list", "customer-preference")
        .await?;

    click(Locator::LinkText("Checksum")).await?;
    browser.until_text("#calculator", "Compute").await?;
    fill_in(browser, "").await?;
    click(Locator::Css("#calculator button")).await?;
    let sum = cards_sign::checksum(FIELDS.map(|(_, value)| value), SECRET_KEY.as_bytes());
    browser.until_text("#result", &sum.to_string()).await?;

    click(Locator::LinkText("Exchanges")).await?;
    browser.until_text("#list", "customer-preference").await?;
    click(Locator::XPath("//button[text()='Forget all']")).await?;
    browser.until_text("#list", "No call has come yet").await?;
    expect(
        sandbox.exchanges().is_empty(),
        "the journal holds something",
    )?;
    quiet(browser).await
}

/// Every view, wide and narrow, light and dark.
pub(super) async fn pictures(browser: &Browser, folder: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(folder)?;
    let sandbox = called()?;
    for (size, width, height, mobile) in [("desktop", 1280, 800, false), ("phone", 390, 844, true)]
    {
        browser.resize(width, height, mobile).await?;
        for scheme in ["light", "dark"] {
            browser.prefer(scheme).await?;
            for (name, view) in NAMES.into_iter().zip(views(&sandbox)) {
                browser.goto(&view).await?;
                if !view.contains("/page/") {
                    is_live(browser).await?;
                }
                let picture = BASE64_STANDARD
                    .decode(browser.picture().await?)
                    .map_err(|error| Error::Page(error.to_string()))?;
                std::fs::write(folder.join(format!("{name}-{size}-{scheme}.png")), picture)?;
            }
        }
    }
    Ok(())
}
