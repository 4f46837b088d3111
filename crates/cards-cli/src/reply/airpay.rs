//! The columns of Airpay's list of cards.

use std::any::Any;

use cards_transport::model::{CardSummary, airpay};

use crate::sheet::{Sheet, number, short_number, text};

/// The columns that fit a terminal.
pub(super) fn table(reply: &dyn Any) -> Option<Sheet> {
    let head = ["kit", "number", "type", "status", "expiry"];
    sheet(reply, head, short_number)
}

/// The columns of a spreadsheet.
pub(super) fn csv(reply: &dyn Any) -> Option<Sheet> {
    let head = [
        "kit_no",
        "card_no",
        "card_type",
        "card_status",
        "expiry_date",
    ];
    sheet(reply, head, number)
}

fn sheet(reply: &dyn Any, head: [&str; 5], number: fn(&CardSummary) -> String) -> Option<Sheet> {
    let cards = reply.downcast_ref::<airpay::CustomerCards>()?.items();
    let rows = cards.iter().map(|card| {
        let common = CardSummary::from(card);
        vec![
            card.kit_no.clone(),
            number(&common),
            text(card.card_type.as_ref()),
            text(card.card_status.as_ref()),
            text(common.expiry.as_ref()),
        ]
    });
    Some(Sheet::new(head, rows.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_documented_shapes_have_the_same_rows() {
        let sample = r#"[{"card_no":"462294XXXXXX1234","kit_no":"1","expiry_date":"03/22","card_status":"A","card_type":"V"}]"#;
        let table_form = r#"{"cards":[{"card_no":"462294XXXXXX1234","kit_no":"1","expity":"03/22","card_status":"ALLOCATED","card_type":"VIRTUAL"}]}"#;
        let rows = |json: &str| {
            let cards: airpay::CustomerCards = serde_json::from_str(json).unwrap();
            (table(&cards).unwrap().rows, csv(&cards).unwrap().rows)
        };
        assert_eq!(rows(sample), rows(table_form));
        assert_eq!(rows(sample).0[0][0], "1");
        assert!(rows("[]").0.is_empty());
    }
}
