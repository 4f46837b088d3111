//! The views of the page, as its navigation lists them.

use maud::{Markup, html};

/// A view of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct View {
    pub(crate) path: &'static str,
    /// Its name in the navigation.
    pub(crate) label: &'static str,
    pub(crate) title: &'static str,
}

/// A customer on the page: a line of facts, and a row of cells for each card.
pub(crate) struct CustomerEntry {
    pub(crate) id: String,
    pub(crate) facts: Vec<(&'static str, String)>,
    pub(crate) cards: Vec<Vec<Cell>>,
}

/// Says what could not be done with a card, and why.
#[derive(Clone)]
pub(crate) struct CardRefusal {
    pub(crate) card_id: String,
    pub(crate) action: String,
    pub(crate) why: String,
}

/// Stands for the facts about a person.
pub(crate) const HIDDEN: &str = "hidden";

/// One cell of a card's row.
pub(crate) struct Cell {
    pub(crate) class: Option<&'static str>,
    pub(crate) markup: Markup,
}

impl Cell {
    pub(crate) const fn new(markup: Markup) -> Self {
        Self {
            class: None,
            markup,
        }
    }

    pub(crate) fn text(text: &str) -> Self {
        Self::new(html! { (text) })
    }

    pub(crate) fn code(text: &str) -> Self {
        Self::new(html! { code { (text) } })
    }

    pub(crate) fn number(text: &str) -> Self {
        Self {
            class: Some("number"),
            markup: html! { (text) },
        }
    }

    /// A state, marked where the card can be used.
    pub(crate) fn state(state: &str, is_usable: bool) -> Self {
        let class = if is_usable { "state good" } else { "state" };
        Self::new(html! { span class=(class) { (state) } })
    }
}
