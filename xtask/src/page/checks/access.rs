//! Checks that everybody can use the page: by the keyboard, on a phone, in
//! light and dark.

use fantoccini::key::Key;

use super::calculator::fill_in;
use super::{expect, is_live, quiet};
use crate::page::Error;
use crate::page::browser::Browser;
use crate::page::scene::{CUSTOMERS, Scene};

pub(super) async fn keyboard(browser: &Browser) -> Result<(), Error> {
    // Notes where the focus comes to, and whether it can be seen there.
    const NOTE: &str = "
        const all = [...document.querySelectorAll('*')];
        const outlined = (element) => getComputedStyle(element).outlineStyle !== 'none';
        window.reached = [];
        document.addEventListener('focusin', ({target: at}) => {
            const row = at.closest('tr');
            const isSeen = outlined(at) || (row !== null && outlined(row));
            window.reached.push([all.indexOf(at), isSeen, at.outerHTML.slice(0, 80)]);
        });";
    // Everything that is shown and can be used; of radio buttons the chosen one.
    const ALL: &str = "
        const all = [...document.querySelectorAll('*')];
        return [...document.querySelectorAll('a[href], button, select, input, textarea, summary')]
            .filter((one) => one.type !== 'hidden' && one.checkVisibility())
            .filter((one) => one.type !== 'radio' || one.checked)
            .map((one) => [all.indexOf(one), one.outerHTML.slice(0, 80)]);";
    let scene = Scene::start()?;
    for (_, view) in scene.views() {
        browser.goto(&view).await?;
        if !view.contains("/page/") {
            is_live(browser).await?;
        }
        let wanted = browser.eval(ALL).await?;
        let wanted = wanted.as_array().cloned().unwrap_or_default();
        expect(wanted.len() > 5, format!("nothing to use on {view}"))?;
        browser.eval(NOTE).await?;
        browser.press_times(Key::Tab, wanted.len() + 20).await?;
        let reached = browser.eval("return window.reached").await?;
        let reached = reached.as_array().cloned().unwrap_or_default();
        // From the last one the focus comes back to the first.
        let again = reached
            .iter()
            .skip(1)
            .position(|focus| Some(focus) == reached.first());
        let once = again.map_or(reached.len(), |at| at + 1);
        for (press, focus) in reached[..once].iter().enumerate() {
            let what = &focus[2];
            expect(
                focus[1] == true,
                format!("the focus on {what} cannot be seen ({view})"),
            )?;
            let is_skip = what.as_str().unwrap_or_default().contains("href=\"#main\"");
            expect(
                (press == 0) == is_skip,
                format!("the focus comes to {what} after {press} on {view}"),
            )?;
        }
        let reached: Vec<_> = reached[..once].iter().map(|focus| &focus[0]).collect();
        for one in &wanted {
            expect(
                reached.contains(&&one[0]),
                format!("the keyboard does not reach {} on {view}", one[1]),
            )?;
        }
    }
    // And what is reached can be used: skip, open, close.
    browser.goto(&scene.called().url()).await?;
    is_live(browser).await?;
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

pub(super) async fn phone(browser: &Browser) -> Result<(), Error> {
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
    let scene = Scene::start()?;
    browser.resize(390, 844, true).await?;
    for (_, view) in scene.views() {
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

pub(super) async fn schemes(browser: &Browser) -> Result<(), Error> {
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
    let scene = Scene::start()?;
    for (scheme, is_right) in [
        ("light", (|ground| ground > 200) as fn(u64) -> bool),
        ("dark", |ground| ground < 60),
    ] {
        browser.prefer(scheme).await?;
        for (_, view) in scene.views() {
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
