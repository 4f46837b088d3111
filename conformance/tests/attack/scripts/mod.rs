//! Texts that a browser would run, in every place of a call that the page may show again: each
//! field of each operation, each text of a world, each field of each form of the page.

mod places;
mod sent;

use std::sync::atomic::{AtomicUsize, Ordering};

use cards_sandbox::{Running, Sandbox};

use self::places::spots;
use self::sent::sent;
use crate::draws;
use crate::html::danger;
use crate::wire::{Answer, exchange, get};

/// Texts that break out of what they are shown in. Some are short, as fields have lengths.
const SCRIPTS: &[&str] = &[
    "<q QZ7>",
    "\"QZ7='",
    "<!--QZ7",
    "QZ7\"><a",
    "</td>QZ7",
    "<script>QZ7(1)</script>",
    "<img src=x onerror=QZ7(1)>",
    "\"><svg onload=QZ7(1)>",
    "'><svg/onload=QZ7(1)>",
    "</td></table><script>QZ7(1)</script>",
    "</title><script>QZ7(1)</script>",
    "</textarea><script>QZ7(1)</script>",
    "--><script>QZ7(1)</script>",
    "\" onmouseover=\"QZ7(1)",
    "' autofocus onfocus='QZ7(1)",
    "`<b>QZ7`<i>",
    "javascript:QZ7(1)",
    "//evil.example/QZ7",
    "<a href=\"javascript:QZ7(1)\">",
    "<iframe srcdoc=\"<script>QZ7(1)</script>\">",
    "<base href=//evil.example/QZ7>",
    "<style>@import'//evil.example/QZ7'</style>",
    "{{QZ7}}${QZ7}<%QZ7%>",
    "&lt;script&gt;QZ7&lt;/script&gt;",
    "&#60;script>QZ7",
    "\u{2028}<script>QZ7(1)</script>",
    "\u{202e}\"<QZ7",
    "%3Cscript%3EQZ7%3C/script%3E",
    "x\" href=\"/QZ7",
];

/// A sandbox that shows what it was sent.
pub(crate) fn sandbox() -> Running {
    Sandbox::builder()
        .keep_values()
        .unlimited_loads()
        .start_blocking()
        .unwrap()
}

/// The pages that show what came.
const VIEWS: &[&str] = &[
    "/",
    "/_sandbox/page/customers",
    "/_sandbox/page/events",
    "/_sandbox/page/faults",
    "/_sandbox/page/clock",
    "/_sandbox/page/test-values",
    "/_sandbox/page/reset",
    "/_sandbox/page/checksum",
];

/// The number of places.
pub(crate) fn count() -> usize {
    spots().len()
}

/// Says what is wrong with the pages that show a text in the place of a seed.
pub(crate) fn wrong_with(sandbox: &Running, seed: u64) -> Option<String> {
    let mut draw = draws(seed);
    let spots = spots();
    let spot = &spots[usize::try_from(seed).unwrap() % spots.len()];
    let script = SCRIPTS[draw(SCRIPTS.len())];
    let sent = sent(sandbox, spot, script);
    let answer = exchange(sandbox.addr(), &sent);
    let views = if spot.is_stored() { VIEWS } else { &VIEWS[..1] };
    let mut pages: Vec<_> = views.iter().map(ToString::to_string).collect();
    let last = sandbox.exchanges().last().map(|exchange| exchange.id);
    pages.extend(last.map(|id| format!("/?exchange={id}")));
    let shown = pages
        .iter()
        .map(|page| (&**page, get(sandbox.addr(), page)));
    let answers = [("the answer", answer)];
    let all: Vec<_> = shown.chain(answers).collect();
    let troubles = all.iter().filter_map(|(page, answer)| {
        let why = trouble(answer)?;
        Some(format!("{page}: {why}"))
    });
    let wrong: Vec<_> = troubles.collect();
    let is_page = |answer: &Answer| answer.body().starts_with("<!DOCTYPE html>");
    let is_seen = |answer: &Answer| is_page(answer) && answer.text.contains("QZ7");
    let is_seen = all.iter().any(|(_, answer)| is_seen(answer));
    sandbox.faults().clear();
    sandbox.delivery_faults().clear();
    if spot.is_stored() {
        sandbox.reset_blocking().unwrap();
    }
    SEEN.fetch_add(usize::from(is_seen), Ordering::Relaxed);
    (!wrong.is_empty()).then(|| format!("{}, {script:?}: {}", spot.name(), wrong.join("; ")))
}

/// Counts the texts that were there to be seen.
pub(crate) static SEEN: AtomicUsize = AtomicUsize::new(0);

/// Says what is wrong with a page, and with what a browser may take for one.
fn trouble(answer: &Answer) -> Option<String> {
    let statuses = answer.statuses();
    if statuses.iter().any(|status| *status >= 500) {
        return Some(format!("{statuses:?}"));
    }
    if statuses.is_empty() || !answer.is_ended {
        return Some(format!("no whole reply: {:?}", answer.text));
    }
    let (head, body) = answer.text.split_once("\r\n\r\n")?;
    let kind = head
        .lines()
        .find_map(|line| line.strip_prefix("content-type: "));
    match kind {
        Some(kind) if kind.starts_with("text/html") => danger(body),
        Some(kind) if kind.starts_with("application/json") => None,
        // Without a body there is nothing to be taken for a page.
        None if body.is_empty() => None,
        kind => Some(format!("{statuses:?}, of kind {kind:?}")),
    }
}
