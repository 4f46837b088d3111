//! Replies as a table, as JSON and as CSV.

use cards_transport::model::airpay::{Acknowledged, Registered};
use cards_transport::model::{CardSummary, Decimal, ibanera, paysafe};
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table};
use serde::Serialize;

use crate::error::Error;
use crate::output::{self, BOLD, Reader, harmless_json, harmless_lines};

/// The format of a printed reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people
    Table,
    /// All that came, sensitive values redacted
    Json,
    /// For spreadsheets, with a header line
    Csv,
}

/// A reply that can be printed.
pub(crate) trait Show: Serialize {
    /// The columns that fit a terminal.
    fn table(&self) -> Sheet;

    /// The columns of a spreadsheet.
    fn csv(&self) -> Sheet {
        self.table()
    }

    /// The JSON text. Amounts keep their digits, which a `Value` would lose.
    fn json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self)
    }
}

/// Rows of text under a head.
pub(crate) struct Sheet {
    pub(crate) head: &'static [&'static str],
    pub(crate) rows: Vec<Vec<String>>,
    /// The first column of figures: from there on, aligned to the right.
    pub(crate) figures_from: usize,
}

/// Prints a reply on standard output: whole where it is data for somebody, and
/// harmless where a terminal shows it.
pub(crate) fn print(reply: &impl Show, format: Format) -> Result<(), Error> {
    let reader = Reader::of_stdout();
    let text = match format {
        Format::Table => reply.table().to_table(None, reader),
        Format::Csv => reply.csv().to_csv(reader)?,
        Format::Json => {
            let json = reply.json();
            let mut json =
                json.map_err(|error| Error::failure("cannot write JSON").caused_by(error))?;
            json.push('\n');
            harmless_json(&json)
        }
    };
    output::data(&text, reader)
}

impl Sheet {
    pub(crate) fn new(head: &'static [&'static str], rows: Vec<Vec<String>>) -> Self {
        Self {
            head,
            rows,
            figures_from: usize::MAX,
        }
    }

    /// Columns two spaces apart, or one where that keeps them within 80
    /// columns. On a terminal, and where `width` is given, wrapped to it.
    pub(crate) fn to_table(&self, width: Option<u16>, reader: Reader) -> String {
        if self.rows.is_empty() {
            return "nothing found\n".to_owned();
        }
        let mut table = Table::new();
        table.load_style(comfy_table::presets::NOTHING);
        if table.is_tty() || width.is_some() {
            table.set_content_arrangement(ContentArrangement::Dynamic);
        }
        if let Some(width) = width {
            table.set_width(width);
        }
        table.set_header(self.head.iter().map(|name| name.to_uppercase()));
        for row in &self.rows {
            table.add_row(row.iter().map(|text| {
                Cell::new(match (text.is_empty(), reader.is_terminal) {
                    (true, _) => "-".to_owned(),
                    (false, true) => harmless_lines(text),
                    (false, false) => text.clone(),
                })
            }));
        }
        let last = self.head.len() - 1;
        let natural: usize = table
            .column_max_content_widths()
            .iter()
            .map(|w| usize::from(*w))
            .sum();
        let gap = if natural + 2 * last <= 80 { 2 } else { 1 };
        for (index, column) in table.column_iter_mut().enumerate() {
            column.set_padding((0, if index == last { 0 } else { gap }));
            if index >= self.figures_from {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let text = table.trim_fmt();
        match text.split_once('\n') {
            Some((head, rows)) if reader.takes_colour => {
                format!("{BOLD}{head}{BOLD:#}\n{rows}\n")
            }
            _ => text + "\n",
        }
    }

    fn to_csv(&self, reader: Reader) -> Result<String, Error> {
        let failed = |error: csv::Error| Error::failure("cannot write CSV").caused_by(error);
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(self.head).map_err(failed)?;
        for row in &self.rows {
            let written = match reader.is_terminal {
                true => writer.write_record(row.iter().map(|text| harmless_lines(text))),
                false => writer.write_record(row),
            };
            written.map_err(failed)?;
        }
        let bytes = writer
            .into_inner()
            .map_err(|error| failed(error.into_error().into()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

impl Show for Registered {
    fn table(&self) -> Sheet {
        let row = vec![
            self.entity_id.clone(),
            text(self.kyc_status.as_ref()),
            text(self.kyc_expiry_date.as_ref()),
            text(self.kyc_ref_no.as_ref()),
        ];
        Sheet::new(
            &["entity_id", "kyc_status", "kyc_expiry_date", "kycRefNo"],
            vec![row],
        )
    }
}

impl Show for Acknowledged {
    fn table(&self) -> Sheet {
        Sheet::new(&["result"], vec![vec!["accepted".to_owned()]])
    }

    fn json(&self) -> serde_json::Result<String> {
        Ok(r#"{"result": "accepted"}"#.to_owned())
    }
}

impl Show for paysafe::CardPage {
    fn table(&self) -> Sheet {
        let row = |card: &paysafe::Card| {
            let common = CardSummary::from(card);
            vec![
                card.card_id.clone(),
                short_number(&common),
                text(card.card_type.as_ref()),
                text(card.status.as_ref()),
                text(common.expiry.as_ref()),
                text(common.currency.as_ref()),
            ]
        };
        let head = &["card id", "number", "type", "status", "expiry", "cur"];
        Sheet::new(head, self.cards.iter().map(row).collect())
    }

    fn csv(&self) -> Sheet {
        let row = |card: &paysafe::Card| {
            let common = CardSummary::from(card);
            vec![
                text(card.customer_id.as_ref()),
                card.card_id.clone(),
                number(&common),
                text(card.card_type.as_ref()),
                text(card.scheme.as_ref()),
                text(common.currency.as_ref()),
                text(card.status.as_ref()),
                text(common.expiry.as_ref()),
                text(card.program_name.as_ref()),
                text(card.account_id.as_ref()),
                text(card.is_pin_set.as_ref()),
                text(card.created_date.as_ref()),
                text(card.activation_date.as_ref()),
            ]
        };
        let head = &[
            "customerId",
            "cardId",
            "number",
            "cardType",
            "scheme",
            "currency",
            "status",
            "expiry",
            "programName",
            "accountId",
            "isPinSet",
            "createdDate",
            "activationDate",
        ];
        Sheet::new(head, self.cards.iter().map(row).collect())
    }
}

impl Show for ibanera::CustomerCardsReply {
    fn table(&self) -> Sheet {
        let rows = ibanera_rows(self, |customer, card| {
            let common = CardSummary::from(card);
            vec![
                customer.customers_id.to_string(),
                card.id.to_string(),
                short_number(&common),
                state(&common),
                text(common.currency.as_ref()),
                amount(card.total_balance),
                amount(card.available_balance),
                amount(card.pending_balance),
            ]
        });
        let head = &[
            "customer",
            "card id",
            "number",
            "state",
            "cur",
            "total",
            "available",
            "pending",
        ];
        Sheet {
            figures_from: 5,
            ..Sheet::new(head, rows)
        }
    }

    fn csv(&self) -> Sheet {
        let rows = ibanera_rows(self, |customer, card| {
            let common = CardSummary::from(card);
            vec![
                customer.customers_id.to_string(),
                text(customer.customers_reference.as_ref()),
                card.id.to_string(),
                number(&common),
                text(common.currency.as_ref()),
                amount(card.total_balance),
                amount(card.available_balance),
                amount(card.pending_balance),
                text(card.suppressed.as_ref()),
            ]
        });
        let head = &[
            "customersId",
            "customersReference",
            "id",
            "number",
            "currency",
            "totalBalance",
            "availableBalance",
            "pendingBalance",
            "bSuppressed",
        ];
        Sheet::new(head, rows)
    }
}

fn ibanera_rows(
    reply: &ibanera::CustomerCardsReply,
    row: impl Fn(&ibanera::CustomerCards, &ibanera::Card) -> Vec<String>,
) -> Vec<Vec<String>> {
    let of_customer = |customer| move |card| (customer, card);
    reply
        .customers
        .iter()
        .flat_map(|customer| customer.cards.iter().map(of_customer(customer)))
        .map(|(customer, card)| row(customer, card))
        .collect()
}

/// The number with its first six and last four digits at most, whatever the
/// provider sent as the BIN.
pub(crate) fn number(card: &CardSummary) -> String {
    let Some(masked) = card.masked_number.as_deref() else {
        return String::new();
    };
    let shown = |c: &char| c.is_ascii_digit();
    let first: String = masked.chars().take_while(shown).take(6).collect();
    let last: Vec<char> = masked.chars().rev().take_while(shown).take(4).collect();
    let last: String = last.into_iter().rev().collect();
    match masked.contains('*') {
        true => format!("{first}******{last}"),
        false => "[redacted]".to_owned(),
    }
}

/// The same, short enough for a table.
pub(crate) fn short_number(card: &CardSummary) -> String {
    number(card).replace("******", "…")
}

pub(crate) fn state(card: &CardSummary) -> String {
    card.state
        .as_ref()
        .map_or_else(String::new, |state| state.as_str().to_owned())
}

pub(crate) fn text(value: Option<&impl ToString>) -> String {
    value.map_or_else(String::new, ToString::to_string)
}

fn amount(amount: Option<Decimal>) -> String {
    text(amount.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_six_and_four_digits_are_shown() {
        let mut card = paysafe::Card::new("c");
        card.bin = Some("53394412".to_owned());
        card.last_four = Some("7009".to_owned());
        assert_eq!(number(&CardSummary::from(&card)), "533944******7009");
        assert_eq!(short_number(&CardSummary::from(&card)), "533944…7009");
        card.bin = None;
        assert_eq!(number(&CardSummary::from(&card)), "******7009");
        card.last_four = None;
        assert_eq!(number(&CardSummary::from(&card)), "");
    }
}
