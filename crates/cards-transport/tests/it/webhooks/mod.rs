//! Receiving events: taken are signed ones alone, and nothing of the others is read.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod examples;
mod properties;
mod reading;
mod refusals;
mod sandbox;
mod vars;

use cards_transport::ibanera::Ibanera;
use cards_transport::paysafe::Paysafe;
use cards_transport::sign::HashSecret;
use cards_transport::webhook::Webhook;

/// A made-up key. Its text and what it decodes to are marked, to be found where they must not be.
const KEY: &str = "TUFSS0VSLWtleQ==";
const SECRET: &str = "MARKER-secret";

fn paysafe() -> Webhook<Paysafe> {
    Paysafe::webhook(KEY.parse().unwrap())
}

fn ibanera() -> Webhook<Ibanera> {
    Ibanera::webhook(HashSecret::new(SECRET).unwrap())
}

const STATUS: &str = r#"{"id":"af5c8b52-0afd-4799-85ab-fe659a076932","cardId":"C1","customerId":"12345678","oldStatus":"ISSUED","newStatus":"ACTIVE"}"#;

const TOKEN: &str = r#"{"id":"af5c8b52-0afd-4799-85ab-fe659a076932","cardId":"C1","customerId":"string","result":"string","tokenAction":"TOKEN_UNFROZEN","eventId":"14450949864","eventTimestamp":"2021-07-15T17:54:12Z"}"#;

const APPROVAL: &str = r#"{"Id":"2c58ed48-67d2-4d8e-bbb1-548864773d2c","Type":" MANAGEE_CARD_APPROVAL_UPDATED","Data":{"TopUpCardsId":1000,"RequestedTopUpCardsId":1000,"Status":"Approved","bManuallyUpdated":true}}"#;
