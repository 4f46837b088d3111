//! Shows one exchange: what came, what came of it, and why.

use cards_model::{ProviderId, Violation};
use maud::{Markup, html};

use super::values::values;
use super::views;
use crate::engine::html::quoted;
use crate::engine::journal::{Exchange, Received};

/// The opened exchange; `close` leads to the page without it.
pub(super) fn detail(exchange: &Exchange, close: &str) -> Markup {
    html! {
        article aria-labelledby="opened" {
            div class="head" {
                h2 id="opened" tabindex="-1" {
                    "Exchange " (exchange.id)
                    span class="what" { (provider(exchange)) " " (operation(exchange)) }
                }
                a class="close" href=(close) data-close { "Close" }
            }
            p class="facts" {
                (badge(exchange))
                span {
                    @if exchange.status == 0 { "no answer" } @else { "HTTP " (exchange.status) }
                }
                time datetime=(exchange.at) { (exchange.at) }
                span { (duration(exchange.micros)) }
            }
            h3 { "Why" }
            @match exchange.details.given.as_ref().and_then(|it| it.reason(&exchange.verdict)) {
                Some(reason) => (reason),
                None if exchange.verdict == summary(&exchange.violations) => {
                    p class="reason" {
                        @match exchange.violations.len() {
                            1 => "The request breaks a documented rule.",
                            count => { "The request breaks " (count) " documented rules." }
                        }
                    }
                },
                None => p class="reason" { (quoted(&sentence(reason(exchange)))) },
            }
            (remarks(exchange))
            @if !exchange.faults.is_empty() { (faults(exchange)) }
            @if let Some(detail) = &exchange.details.given { (detail.show()) }
            @if !exchange.violations.is_empty() { (violations(&exchange.violations)) }
            (request(exchange))
            p class="raw" {
                a href={ "/_sandbox/exchanges/" (exchange.id) } { "This exchange as JSON" }
            }
        }
    }
}

pub(super) fn provider(exchange: &Exchange) -> &'static str {
    exchange.provider.map_or("–", ProviderId::as_str)
}

pub(super) fn operation(exchange: &Exchange) -> &'static str {
    exchange.operation.unwrap_or("unknown path")
}

/// Tells a verdict by a word and a sign; the colour only helps.
pub(super) fn badge(exchange: &Exchange) -> Markup {
    html! {
        @if exchange.accepted {
            span class="badge good" { "✓ accepted" }
        } @else {
            span class="badge bad" { "✗ refused" }
        }
    }
}

/// Shows what went wrong on order, in a list's row: the reply's fault, or a delay.
pub(super) fn fault_badge(exchange: &Exchange) -> Markup {
    html! {
        @for fault in &exchange.faults {
            " " span class="badge fault" { (fault.kind) }
        }
    }
}

/// The verdict, without the paths that are shown below it.
fn reason(exchange: &Exchange) -> &str {
    let verdict = exchange.verdict.split_once(": `");
    match (&exchange.called, verdict) {
        (Some(_), Some((why, _))) => why,
        _ => &exchange.verdict,
    }
}

/// Shows which names the call did not use, and which path may have been meant.
fn remarks(exchange: &Exchange) -> Markup {
    html! {
        @if let Some(called) = &exchange.called {
            dl class="request called" {
                div { dt { "Called" } dd { code { (exchange.method) " " (called) } } }
                div {
                    dt { "Nearest documented" }
                    dd {
                        @match &exchange.nearest {
                            Some(nearest) => {
                                code { (nearest.method) " " (nearest.path) }
                                " " span class="note" { (nearest.provider.as_str()) " " (nearest.operation) }
                            },
                            None => span class="note" { "none is near" },
                        }
                    }
                }
            }
        }
        @if !exchange.remarks.is_empty() {
            ul class="remarks" {
                @for remark in &exchange.remarks { li { (quoted(&sentence(&remark.text))) } }
            }
        }
    }
}

/// Says in a line why a call was answered so, and how much there is to remark on it.
pub(super) fn why(exchange: &Exchange) -> Markup {
    html! {
        (quoted(&exchange.verdict))
        @for remark in &exchange.remarks { "; " (quoted(&remark.text)) }
    }
}

fn faults(exchange: &Exchange) -> Markup {
    let is_carried_out = exchange.faults.iter().all(|fault| fault.carried_out);
    html! {
        h3 { "Faults on order" }
        ul class="met" {
            @for fault in &exchange.faults {
                li {
                    span class="badge fault" { (fault.kind) }
                    span { (fault.kind.description()) }
                    a href=(views::FAULTS.path) { "Fault " (fault.id) }
                }
            }
        }
        p {
            @if is_carried_out { "The call was carried out: it reached its operation, which answered as told above." }
            @else { "The call was " strong { "not carried out" } ": it never reached its operation." }
        }
    }
}

fn violations(violations: &[Violation]) -> Markup {
    html! {
        h3 { "Broken rules, and the rows that state them" }
        dl class="violations" {
            @for violation in violations {
                div {
                    dt { code { (violation.field) } span class="kind" { (violation.rule) } }
                    dd {
                        (violation.limit)
                        span class="source" { (violation.source) }
                    }
                }
            }
        }
    }
}

fn request(exchange: &Exchange) -> Markup {
    let request = &exchange.request;
    html! {
        h3 { "Request" }
        p {
            code {
                (exchange.method) " "
                (exchange.path.or(exchange.called.as_deref()).unwrap_or("(a path of no operation)"))
            }
        }
        dl class="request" {
            (names("Headers", &request.headers, request.other_headers))
            @if !request.query.is_empty() || request.other_query > 0 {
                (names("Query", &request.query, request.other_query))
            }
            @if has_body(request) {
                div {
                    dt { "Body" }
                    dd { (request.body_bytes) " bytes of " (request.content_type.unwrap_or("no content type")) }
                }
                (names("Fields, in the order received", &request.fields, request.other_fields))
            }
        }
        (values(exchange))
    }
}

const fn has_body(request: &Received) -> bool {
    request.body_bytes > 0 || request.content_type.is_some()
}

fn names(title: &str, names: &[&str], others: usize) -> Markup {
    html! {
        div {
            dt { (title) }
            dd class="names" {
                @for name in names { code { (name) } " " }
                @if others > 0 {
                    span class="note" {
                        (others) @if others == 1 { " other" } @else { " others" }
                    }
                } @else if names.is_empty() {
                    span class="note" { "none" }
                }
            }
        }
    }
}

/// Gives the verdict of a call where rules are all that is wrong.
fn summary(violations: &[Violation]) -> String {
    let each = violations
        .iter()
        .map(|broken| format!("{}: {}", broken.field, broken.limit));
    each.collect::<Vec<_>>().join("; ")
}

/// Writes a verdict with a capital at its beginning and a full stop at its end.
fn sentence(verdict: &str) -> String {
    let mut sentence = String::with_capacity(verdict.len() + 1);
    // A field's name is no word of ours.
    let first = verdict.split([' ', ':']).next().unwrap_or_default();
    if verdict[first.len()..].starts_with(':') {
        sentence.push_str(verdict);
    } else {
        let (head, tail) = verdict.split_at(verdict.chars().next().map_or(0, char::len_utf8));
        sentence.push_str(&head.to_uppercase());
        sentence.push_str(tail);
    }
    if !sentence.ends_with('.') {
        sentence.push('.');
    }
    sentence
}

fn duration(micros: u64) -> String {
    if micros < 1000 {
        format!("{micros} µs")
    } else {
        format!("{}.{} ms", micros / 1000, micros % 1000 / 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers_for_people() {
        assert_eq!(sentence("the token is unknown"), "The token is unknown.");
        assert_eq!(sentence("otp: must be given"), "otp: must be given.");
        assert_eq!(sentence("accepted. Twice."), "Accepted. Twice.");
        assert_eq!(sentence(""), ".");
        assert_eq!(
            quoted("use `a<b`, so").into_string(),
            "use <code>a&lt;b</code>, so"
        );
        let of = |body_bytes, content_type| {
            let mut received = Received::default();
            (received.body_bytes, received.content_type) = (body_bytes, content_type);
            has_body(&received)
        };
        assert!(of(1, None) && of(0, Some("other")) && !of(0, None));
        assert_eq!(duration(999), "999 µs");
        assert_eq!(duration(1000), "1.0 ms");
        assert_eq!(duration(12_345), "12.3 ms");
    }
}
