//! A body's fields in every order, side by side, and which of them gives a
//! checksum.

use maud::{Markup, html};

use super::comparison::Sequence;
use super::order::ChecksumOrder;
use cards_sandbox_core::html::quoted;

pub(crate) fn compared(sequences: &[Sequence], mistake: Option<&str>) -> Markup {
    let received = sequences.first();
    let has_moved = |at: usize, name: &str| {
        let there = received.and_then(|received| received.fields.get(at));
        there.is_none_or(|there| there != name)
    };
    html! {
        @if !sequences.is_empty() {
            h3 { "Field by field" }
            div class="sequences" {
                @for sequence in sequences {
                    section class=(if sequence.matches { "sequence matches" } else { "sequence" }) {
                        h4 { (title(sequence)) }
                        @if sequence.matches {
                            p class="badge good" {
                                "✓ matches"
                                @if let Some(mistake) = mistake { ", " (quoted(mistake)) }
                            }
                        } @else {
                            p class="badge bad" { "✗ no match" }
                        }
                        ol {
                            @for (at, name) in sequence.fields.iter().enumerate() {
                                @if has_moved(at, name) {
                                    li { strong { (name) } span class="moved" { "moved" } }
                                } @else {
                                    li { (name) }
                                }
                            }
                        }
                    }
                }
            }
            @if sequences.len() > 1 {
                p class="note" { "Bold: at another place than in the body." }
            }
        }
    }
}

fn title(sequence: &Sequence) -> String {
    let orders = sequence.orders.iter().map(|order| name(*order).to_owned());
    let other = sequence.other.as_deref().map(heading);
    orders.chain(other).collect::<Vec<_>>().join(" = ")
}

/// An order in words, as a heading: `The order received, backwards`.
fn heading(order: &str) -> String {
    let mut letters = order.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

pub(crate) const fn name(order: ChecksumOrder) -> &'static str {
    match order {
        ChecksumOrder::Received => "As received",
        ChecksumOrder::Table => "Parameter table",
        ChecksumOrder::Example => "Request example",
        ChecksumOrder::Sorted => "By name",
    }
}
