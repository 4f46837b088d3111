//! Shows the values of a call and of its reply, where they are kept.

use maud::{Markup, html};

use crate::engine::journal::{Exchange, KeptValue, KeptValues, Part};

/// The values, or that there are none.
pub(super) fn values(exchange: &Exchange) -> Markup {
    html! {
        @match &exchange.values {
            None => p class="note" { "Values are not kept." },
            Some(kept) => {
                h3 { "Values of the request" }
                (side(&kept.request))
                h3 { "Values of the reply" }
                (side(&kept.reply))
            },
        }
    }
}

fn side(kept: &KeptValues) -> Markup {
    html! {
        @if kept.values.is_empty() && kept.left_out == 0 && kept.unread_bytes == 0 {
            p class="note" { "None." }
        }
        @if !kept.values.is_empty() {
            dl class="kept-values" {
                @for value in &kept.values {
                    div {
                        dt { code { (value.name) } (part(value.part)) }
                        dd { (shown(value)) }
                    }
                }
            }
        }
        @if kept.left_out > 0 {
            p class="note" {
                (kept.left_out) " more " @if kept.left_out == 1 { "value" } @else { "values" }
                ": too many to keep."
            }
        }
        @if kept.unread_bytes > 0 {
            p class="note" {
                (kept.unread_bytes) " bytes of a body that is neither a form nor JSON, or too long to be read."
            }
        }
    }
}

/// The part, where it is not the body.
fn part(part: Part) -> Markup {
    let word = match part {
        Part::Headers => "header",
        Part::Path => "path",
        Part::Query => "query",
        Part::Body => "",
    };
    html! { @if !word.is_empty() { " " span class="kind" { (word) } } }
}

fn shown(value: &KeptValue) -> Markup {
    html! {
        @if value.value.is_empty() {
            span class="note" { "empty" }
        } @else {
            code class=[(value.part == Part::Body && !value.is_text).then_some("json")] {
                (value.value)
            }
        }
        @if value.more_bytes > 0 {
            " " span class="note" { "and " (value.more_bytes) " more bytes" }
        }
    }
}
