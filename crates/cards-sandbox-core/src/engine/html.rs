//! Makes pieces of a page that more than one view has.

use maud::{Markup, html};

/// A text with what stands between backticks as code.
pub fn quoted(text: &str) -> Markup {
    html! {
        @for (at, part) in text.split('`').enumerate() {
            @if at % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}
