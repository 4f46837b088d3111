//! The views of the page, as its navigation lists them.

use maud::{Markup, html};

/// A view of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// Its path.
    pub path: &'static str,
    /// Its name in the navigation.
    pub label: &'static str,
    /// The title of its page.
    pub title: &'static str,
}

/// A customer on the page: a line of facts, and a row of cells for each card.
pub struct CustomerEntry {
    /// The customer's id.
    pub id: String,
    /// Facts about the customer, by their names.
    pub facts: Vec<(&'static str, String)>,
    /// The cells of each card.
    pub cards: Vec<Vec<Cell>>,
}

/// Says what could not be done with a card, and why.
#[derive(Clone)]
pub struct CardRefusal {
    /// The card's id.
    pub card_id: String,
    /// The action that was asked for.
    pub action: String,
    /// The reason of the refusal.
    pub why: String,
}

/// Stands for the facts about a person.
pub const HIDDEN: &str = "hidden";

/// One cell of a card's row.
pub struct Cell {
    pub(crate) class: Option<&'static str>,
    pub(crate) markup: Markup,
}

impl Cell {
    /// A cell of this HTML.
    pub const fn new(markup: Markup) -> Self {
        Self {
            class: None,
            markup,
        }
    }

    /// A cell of text.
    pub fn text(text: &str) -> Self {
        Self::new(html! { (text) })
    }

    /// A cell of something to copy, such as an id.
    pub fn code(text: &str) -> Self {
        Self::new(html! { code { (text) } })
    }

    /// A cell of a number, which is set to the right.
    pub fn number(text: &str) -> Self {
        Self {
            class: Some("number"),
            markup: html! { (text) },
        }
    }

    /// A state, marked where the card can be used.
    pub fn state(state: &str, is_usable: bool) -> Self {
        let class = if is_usable { "state good" } else { "state" };
        Self::new(html! { span class=(class) { (state) } })
    }
}
