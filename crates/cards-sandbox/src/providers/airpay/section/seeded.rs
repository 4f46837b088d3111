//! The people who are there from the start. Nobody has their cards: the numbers have a wrong check
//! digit and are in the documents' own range, so that nobody misses them when registering test
//! cards.

use cards_model::Date;

use super::rows::CustomerRow;
use crate::world::airpay::{CUSTOMER, MOBILE_NO, PLACEHOLDER};

/// A customer and a card that are there from the start.
pub(crate) struct Seeded {
    pub(crate) number: i64,
    pub(crate) entity_id: &'static str,
    mobile_no: &'static str,
    pub(crate) email: &'static str,
    pub(crate) card_no: &'static str,
    pub(crate) kit_no: &'static str,
}

pub(crate) const SEEDED: [Seeded; 2] = [
    Seeded {
        number: 0,
        entity_id: PLACEHOLDER,
        mobile_no: "9000000513",
        email: "placeholder@sandbox.example",
        card_no: "4622940000000514",
        kit_no: "100000000513",
    },
    Seeded {
        number: 1,
        entity_id: CUSTOMER,
        mobile_no: MOBILE_NO,
        email: "standing@sandbox.example",
        card_no: "4622940000000979",
        kit_no: "100000000978",
    },
];

impl Seeded {
    /// Makes the person up, in the same way each time.
    pub(crate) fn person(&self, today: Date) -> CustomerRow {
        let mut person = CustomerRow {
            mobile_no: Some(self.mobile_no.to_owned()),
            dob: Some("1990-01-31".to_owned()),
            email: Some(self.email.to_owned()),
            doc_number: Some(format!("SANDBOX{}", self.number)),
            ..CustomerRow::default()
        };
        person.make_up(today);
        person
    }
}
