//! Prints the cards of a list in each format: as they come where the format
//! allows it.

use cards_transport::model::CardSummary;

use crate::error::Error;
use crate::output::{self, Reader};
use crate::overview::{self, Row};
use crate::sheet::Format;

/// Holds a card with the customer whose it is, where that is known.
pub(super) struct Shown {
    pub(super) customer_id: Option<String>,
    pub(super) card: CardSummary,
}

impl Shown {
    fn row(&self) -> Row<'_> {
        Row::new(self.customer_id.as_deref(), &self.card)
    }
}

/// Takes the cards and prints them.
pub(super) struct Rows {
    format: Format,
    cards: Vec<Shown>,
    /// Says whether any reply came, be it one without cards.
    pub(super) has_any: bool,
}

impl Rows {
    pub(super) fn new(format: Format) -> Self {
        Self {
            format,
            cards: Vec::new(),
            has_any: false,
        }
    }

    /// Takes the cards of one reply.
    pub(super) fn take(&mut self, cards: Vec<Shown>) -> Result<(), Error> {
        self.has_any = true;
        match self.format {
            Format::Ndjson => {
                let lines: String = cards
                    .iter()
                    .map(|card| output::json_line(&card.row()))
                    .collect();
                output::data(&lines, Reader::of_stdout())
            }
            _ => {
                self.cards.extend(cards);
                Ok(())
            }
        }
    }

    /// Prints those that wait for the last one. Where nobody answered, there is
    /// nothing to print, and no empty list.
    pub(super) fn end(&self) -> Result<(), Error> {
        if !self.has_any {
            return Ok(());
        }
        let reader = Reader::of_stdout();
        let rows = self.cards.iter().map(Shown::row);
        let text = match self.format {
            Format::Ndjson => return Ok(()),
            Format::Json => output::json_text(&Vec::from_iter(rows))?,
            Format::Csv => overview::csv(rows).to_csv(reader)?,
            Format::Table | Format::Curl => {
                let cards = self.cards.iter().map(|shown| &shown.card);
                overview::table(cards).to_table(None, reader)
            }
        };
        output::data(&text, reader)
    }
}
