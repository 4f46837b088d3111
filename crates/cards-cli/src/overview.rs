//! Shows cards of every provider in one view, in each format of the program.

use cards_transport::model::{CardKind, CardState, CardSummary, Decimal, ProviderId};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::output::Reader;
use crate::sheet::{self, Sheet};

/// The names of a card's values, as a spreadsheet and JSON have them.
const NAMES: [&str; 12] = [
    "provider",
    "customer_id",
    "card_id",
    "masked_number",
    "kind",
    "scheme",
    "currency",
    "state",
    "expiry",
    "total_balance",
    "available_balance",
    "pending_balance",
];

/// Every card on a line that fits 80 columns, with more lines where there are
/// balances to tell.
pub(crate) fn short_table(cards: &[CardSummary]) -> String {
    let head = [
        "provider", "card", "number", "kind", "scheme", "state", "expiry", "balance",
    ];
    let width = amount_width(cards);
    let row = |card: &CardSummary| {
        // MM/YYYY without the century, as it is embossed.
        let expiry = card
            .expiry
            .as_deref()
            .and_then(|expiry| expiry.split_once('/'));
        let expiry = expiry.map_or_else(String::new, |(month, year)| {
            format!("{month}/{}", year.get(2..).unwrap_or(year))
        });
        vec![
            card.provider.to_string(),
            short_id(&card.card_id),
            sheet::short_number(card),
            kind(card).to_owned(),
            sheet::text(card.scheme.as_ref()),
            sheet::state(card),
            expiry,
            balances(card, width),
        ]
    };
    let sheet = Sheet::new(head, cards.iter().map(row).collect());
    // Colours are taken out on the way where nobody sees them.
    let reader = Reader {
        is_terminal: true,
        takes_colour: true,
    };
    sheet.to_table(Some(80), reader)
}

/// Lays out the cards with whole ids, to call with, as wide as they are.
pub(crate) fn table<'a>(cards: impl IntoIterator<Item = &'a CardSummary> + Clone) -> Sheet {
    let head = [
        "provider", "card", "number", "kind", "state", "expiry", "balance",
    ];
    let width = amount_width(cards.clone());
    let row = |card: &CardSummary| {
        vec![
            card.provider.to_string(),
            card.card_id.clone(),
            sheet::short_number(card),
            kind(card).to_owned(),
            sheet::state(card),
            sheet::text(card.expiry.as_ref()),
            balances(card, width),
        ]
    };
    Sheet::new(head, cards.into_iter().map(row).collect())
}

/// Lays out everything that is known of each card, for a spreadsheet.
pub(crate) fn csv<'a>(rows: impl IntoIterator<Item = Row<'a>>) -> Sheet {
    let cells = |row: Row<'_>| {
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let amount = |amount: &Option<Box<RawValue>>| text(amount.as_deref().map(RawValue::get));
        vec![
            row.provider.to_string(),
            text(row.customer_id),
            text(Some(row.card_id)),
            text(row.masked_number.as_deref()),
            text(row.kind),
            text(row.scheme),
            text(row.currency),
            text(row.state),
            text(row.expiry),
            amount(&row.total_balance),
            amount(&row.available_balance),
            amount(&row.pending_balance),
        ]
    };
    Sheet::new(NAMES, rows.into_iter().map(cells).collect())
}

/// Holds everything that is known of a card, for programs: each value by its
/// name, null where the provider does not tell it.
#[derive(Serialize)]
pub(crate) struct Row<'a> {
    provider: ProviderId,
    customer_id: Option<&'a str>,
    card_id: &'a str,
    masked_number: Option<String>,
    kind: Option<&'static str>,
    scheme: Option<&'a str>,
    currency: Option<&'a str>,
    state: Option<&'a str>,
    expiry: Option<&'a str>,
    total_balance: Option<Box<RawValue>>,
    available_balance: Option<Box<RawValue>>,
    pending_balance: Option<Box<RawValue>>,
}

impl<'a> Row<'a> {
    /// A card of this customer's.
    pub(crate) fn new(customer_id: Option<&'a str>, card: &'a CardSummary) -> Self {
        // With all their digits, which a float would lose.
        let amount = |amount: Option<Decimal>| {
            amount.and_then(|amount| RawValue::from_string(amount.to_string()).ok())
        };
        Self {
            provider: card.provider,
            customer_id,
            card_id: &card.card_id,
            masked_number: Some(sheet::number(card)).filter(|number| !number.is_empty()),
            kind: Some(kind(card)).filter(|kind| !kind.is_empty()),
            scheme: card.scheme.as_deref(),
            currency: card.currency.as_deref(),
            state: card.state.as_ref().map(CardState::as_str),
            expiry: card.expiry.as_deref(),
            total_balance: amount(card.total_balance),
            available_balance: amount(card.available_balance),
            pending_balance: amount(card.pending_balance),
        }
    }
}

fn kind(card: &CardSummary) -> &'static str {
    card.kind.map_or("", |kind| match kind {
        CardKind::Physical => "physical",
        CardKind::Virtual => "virtual",
    })
}

/// The width in which all amounts stand below each other.
fn amount_width<'a>(cards: impl IntoIterator<Item = &'a CardSummary>) -> usize {
    let amounts = cards.into_iter().flat_map(lines).map(|(amount, _)| amount);
    let widths = amounts.map(|amount| amount.len());
    widths.max().unwrap_or_default()
}

/// Amounts below each other, each with what it is.
fn balances(card: &CardSummary, width: usize) -> String {
    let lines = lines(card).into_iter();
    let lines: Vec<_> = lines
        .map(|(amount, what)| format!("{amount:>width$} {what}"))
        .collect();
    lines.join("\n")
}

/// The total with its currency, and the rest where it says something else.
fn lines(card: &CardSummary) -> Vec<(String, String)> {
    let currency = card.currency.clone().unwrap_or_default();
    let Some(total) = card.total_balance else {
        return match currency.is_empty() {
            true => Vec::new(),
            false => vec![(String::new(), currency)],
        };
    };
    let mut lines = vec![(total.to_string(), currency)];
    if let Some(available) = card
        .available_balance
        .filter(|available| *available != total)
    {
        lines.push((available.to_string(), "available".to_owned()));
    }
    if let Some(pending) = card.pending_balance.filter(|pending| !pending.is_zero()) {
        lines.push((pending.to_string(), "pending".to_owned()));
    }
    lines
}

/// The end of a long id: the beginning is often the same for all.
fn short_id(id: &str) -> String {
    match id.char_indices().nth(9) {
        Some(_) => {
            let rest = id.char_indices().rev().nth(7).map_or(0, |(at, _)| at);
            format!("…{}", &id[rest..])
        }
        None => id.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_cut_where_they_are_long() {
        assert_eq!(short_id("DEMOKIT01"), "DEMOKIT01");
        assert_eq!(
            short_id("f16ba382-eb42-481a-b08f-c57bdc9aae24"),
            "…dc9aae24"
        );
        assert_eq!(short_id("ééééééééééé"), "…éééééééé");
    }

    #[test]
    fn a_spreadsheet_has_the_names_that_programs_have() {
        let card: cards_transport::model::ibanera::Card = serde_json::from_str(
            r#"{"id": 7, "currency": "usd", "totalBalance": 12.50, "status": "Frozen"}"#,
        )
        .unwrap();
        let card = CardSummary::from(&card);
        let json = serde_json::to_string(&Row::new(Some("1"), &card)).unwrap();
        let at = NAMES.map(|name| json.find(&format!("\"{name}\":")).unwrap());
        assert!(at.is_sorted(), "{json}");
        assert!(json.contains(r#""state":"Frozen""#), "{json}");
        assert!(json.contains(r#""total_balance":12.50"#), "{json}");
        let sheet = csv([Row::new(Some("1"), &card)]);
        assert_eq!(sheet.rows[0][9], "12.50");
    }
}
