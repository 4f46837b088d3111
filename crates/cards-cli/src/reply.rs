//! Replies as a table, as JSON and as CSV: lists of cards in columns of their
//! own, every other reply as one row of its values.

use std::any::Any;
use std::{fmt, slice};

use cards_transport::model::{CardSummary, ibanera, paysafe};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::error::Error;
use crate::output::{self, Reader, harmless_json};
use crate::sheet::{Format, Sheet, number, short_number, state, text};

/// The JSON that is printed for a reply that holds nothing.
const ACCEPTED: &str = r#"{"result": "accepted"}"#;

/// Prints a reply on standard output: whole where it is data for somebody, and
/// harmless where a terminal shows it.
pub(crate) fn print<R: Serialize + 'static>(reply: &R, format: Format) -> Result<(), Error> {
    let reader = Reader::of_stdout();
    let text = match format {
        Format::Table => columns(reply, table)?.to_table(None, reader),
        Format::Csv => columns(reply, csv)?.to_csv(reader)?,
        Format::Json => harmless_json(&(json(reply)? + "\n")),
    };
    output::data(&text, reader)
}

/// The JSON text. Amounts keep their digits, which a `Value` would lose.
fn json(reply: &impl Serialize) -> Result<String, Error> {
    let json = serde_json::to_string_pretty(reply).map_err(unwritten)?;
    match json.as_str() {
        "{}" => Ok(ACCEPTED.to_owned()),
        _ => Ok(json),
    }
}

fn unwritten(error: serde_json::Error) -> Error {
    Error::failure("cannot write JSON").caused_by(error)
}

/// The columns that a type of reply has of its own, or a row of its values.
fn columns<R: Serialize + 'static>(
    reply: &R,
    own: fn(&dyn Any) -> Option<Sheet>,
) -> Result<Sheet, Error> {
    match own(reply) {
        Some(sheet) => Ok(sheet),
        None => values(reply),
    }
}

/// The columns that fit a terminal.
fn table(reply: &dyn Any) -> Option<Sheet> {
    let paysafe = paysafe_cards(reply).map(paysafe_table);
    paysafe.or_else(|| reply.downcast_ref().map(ibanera_table))
}

/// The columns of a spreadsheet.
fn csv(reply: &dyn Any) -> Option<Sheet> {
    let paysafe = paysafe_cards(reply).map(paysafe_csv);
    paysafe.or_else(|| reply.downcast_ref().map(ibanera_csv))
}

/// The cards of a reply that is a page of them, or a card by itself.
fn paysafe_cards(reply: &dyn Any) -> Option<&[paysafe::Card]> {
    match reply.downcast_ref::<paysafe::CardPage>() {
        Some(page) => Some(&page.cards),
        None => reply.downcast_ref().map(slice::from_ref),
    }
}

/// A row of a reply's texts, numbers and truths by their names. What is nested is
/// left to JSON.
fn values(reply: &impl Serialize) -> Result<Sheet, Error> {
    let json = json(reply)?;
    let Members(members) = serde_json::from_str(&json).map_err(unwritten)?;
    let (mut head, mut row) = (Vec::new(), Vec::new());
    for (name, value) in members {
        let value = value.get();
        match value.as_bytes().first() {
            Some(b'{' | b'[') => continue,
            Some(b'"') => row.push(serde_json::from_str(value).map_err(unwritten)?),
            Some(b'n') => row.push(String::new()),
            _ => row.push(value.to_owned()),
        }
        head.push(name);
    }
    Ok(Sheet::new(head, vec![row]))
}

/// The members of an object in their order, each with its own text.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

fn paysafe_table(cards: &[paysafe::Card]) -> Sheet {
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
    let head = ["card id", "number", "type", "status", "expiry", "cur"];
    Sheet::new(head, cards.iter().map(row).collect())
}

fn paysafe_csv(cards: &[paysafe::Card]) -> Sheet {
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
    let head = [
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
    Sheet::new(head, cards.iter().map(row).collect())
}

fn ibanera_table(reply: &ibanera::CustomerCardsReply) -> Sheet {
    let rows = ibanera_rows(reply, |customer, card| {
        let common = CardSummary::from(card);
        vec![
            customer.customers_id.to_string(),
            card.id.to_string(),
            short_number(&common),
            state(&common),
            text(common.currency.as_ref()),
            text(card.total_balance.as_ref()),
            text(card.available_balance.as_ref()),
            text(card.pending_balance.as_ref()),
        ]
    });
    let head = [
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

fn ibanera_csv(reply: &ibanera::CustomerCardsReply) -> Sheet {
    let rows = ibanera_rows(reply, |customer, card| {
        let common = CardSummary::from(card);
        vec![
            customer.customers_id.to_string(),
            text(customer.customers_reference.as_ref()),
            card.id.to_string(),
            number(&common),
            text(common.currency.as_ref()),
            text(card.total_balance.as_ref()),
            text(card.available_balance.as_ref()),
            text(card.pending_balance.as_ref()),
            text(card.suppressed.as_ref()),
        ]
    });
    let head = [
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

#[cfg(test)]
mod tests {
    use cards_transport::model::airpay::Acknowledged;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reply_without_columns_of_its_own_is_a_row_of_its_values() {
        #[derive(Serialize)]
        struct Reply {
            name: &'static str,
            is_new: bool,
            nested: serde_json::Value,
            amount: Box<RawValue>,
            absent: Option<u8>,
        }

        let reply = Reply {
            name: "a \"b\"",
            is_new: true,
            nested: json!([1]),
            amount: RawValue::from_string("1.10".to_owned()).unwrap(),
            absent: None,
        };
        let sheet = columns(&reply, table).unwrap();
        assert_eq!(sheet.head, ["name", "is_new", "amount", "absent"]);
        assert_eq!(sheet.rows, [["a \"b\"", "true", "1.10", ""]]);
    }

    #[test]
    fn a_card_by_itself_has_the_columns_of_a_page() {
        let card = paysafe::Card::new("c-1");
        let page = paysafe::CardPage::new(vec![card.clone()], paysafe::Meta::new(1, 10, 0));
        for own in [table, csv] {
            let (alone, in_page) = (own(&card).unwrap(), own(&page).unwrap());
            assert_eq!((alone.head, alone.rows), (in_page.head, in_page.rows));
        }
    }

    #[test]
    fn a_reply_that_holds_nothing_is_told_as_accepted() {
        let sheet = columns(&Acknowledged::default(), csv).unwrap();
        assert_eq!(
            (&*sheet.head[0], &*sheet.rows[0][0]),
            ("result", "accepted")
        );
        assert_eq!(json(&Acknowledged::default()).unwrap(), ACCEPTED);
    }
}
