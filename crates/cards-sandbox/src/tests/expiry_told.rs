//! The last events of a Paysafe card say what the card and its tokens are, however its clock went.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::providers::paysafe::Paysafe;
use crate::testing::{Harness, for_each_drawn};
use cards_sandbox_core::outbox::EventSender as _;

const CARD: &str = "12345678-0000-4000-8000-000000000001";

#[derive(Clone, Debug)]
enum Step {
    /// The clock is set behind the card's last month.
    Forward,
    /// The clock is the real one again.
    Back,
    Act(&'static str),
    Put(&'static str),
    /// The card is put into a wallet.
    Tokenise,
}

fn step() -> impl Strategy<Value = Step> {
    let actions = proptest::sample::select(&["LOCK", "UNLOCK", "CANCEL"][..]);
    let statuses = &["ACTIVE", "SUSPENDED", "LOCKED", "EXPIRED", "CANCELLED"][..];
    let statuses = proptest::sample::select(statuses);
    prop_oneof![
        3 => Just(Step::Forward),
        3 => Just(Step::Back),
        4 => actions.prop_map(Step::Act),
        2 => statuses.prop_map(Step::Put),
        2 => Just(Step::Tokenise),
    ]
}

async fn take(sandbox: &Harness, step: &Step) {
    let card = format!("/_sandbox/paysafe/cards/{CARD}");
    let (method, path, body) = match step {
        Step::Forward => (
            "PUT",
            "/_sandbox/clock".to_owned(),
            json!({"now": "2061-01-01T00:00:00Z"}),
        ),
        Step::Back => ("DELETE", "/_sandbox/clock".to_owned(), Value::Null),
        Step::Act(action) => ("POST", format!("{card}/actions"), json!({"action": action})),
        Step::Put(status) => ("PUT", format!("{card}/status"), json!({"status": status})),
        Step::Tokenise => (
            "POST",
            "/_sandbox/issuer/paysafe".to_owned(),
            json!({"action": "tokenise", "card": CARD, "wallet": "APPLE"}),
        ),
    };
    let body = match body {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    let reply = sandbox.control(method, &path, &body).await;
    assert!(
        matches!(reply.status.as_u16(), 200 | 409),
        "{step:?}: {}",
        reply.body
    );
}

/// The status that the card shows, and those that its events have told, the last one last, with what the last event of
/// a token has told of it.
async fn told(sandbox: &Harness) -> (String, Vec<String>, Option<String>) {
    catch_up(sandbox).await;
    let world = sandbox.get_json("/_sandbox/world").await;
    let customers = world["paysafe"]["customers"].as_array().unwrap().iter();
    let mut cards = customers.flat_map(|customer| customer["cards"].as_array().unwrap());
    let card = cards.find(|card| card["cardId"] == CARD).unwrap();
    let read = |connection: &rusqlite::Connection| {
        let sql = "SELECT body ->> '$.newStatus' FROM event
            WHERE name = 'card-status' AND subject = ?1 ORDER BY number";
        let mut told = connection.prepare(sql)?;
        let told = told.query_map([CARD], |row| row.get(0))?;
        let told = told.collect::<Result<Vec<String>, _>>()?;
        let sql =
            "SELECT coalesce(body ->> '$.tokenAction', body ->> '$.enrollmentStatus') FROM event
            WHERE name <> 'card-status' AND subject = ?1 ORDER BY number DESC LIMIT 1";
        let of_token = connection.query_row(sql, [CARD], |row| row.get(0));
        let of_token = rusqlite::OptionalExtension::optional(of_token)?;
        Ok::<_, cards_sandbox_core::store::StoreError>((told, of_token))
    };
    let (told, of_token) = sandbox.app.store.read(read).await.unwrap();
    (card["status"].as_str().unwrap().to_owned(), told, of_token)
}

/// Tells what time has brought about, as the sender of events does once a day.
async fn catch_up(sandbox: &Harness) {
    let (now, today) = (sandbox.app.now_millis(), sandbox.app.today());
    let write = move |transaction: &rusqlite::Transaction<'_>| {
        while Paysafe::default().catch_up(transaction, now, today)? > 0 {}
        Ok::<_, cards_sandbox_core::store::StoreError>(())
    };
    sandbox.app.store.write(write).await.unwrap();
}

/// A card that a clock has brought back is told of by nobody; all else is.
#[test]
fn the_last_event_says_what_a_card_is() {
    let steps = proptest::collection::vec(step(), 1..12);
    for_each_drawn(64, &steps, async |steps| drop(holds(&steps).await));
}

#[tokio::test]
async fn what_a_clock_has_brought_back_ends_again() {
    for (step, told) in [
        (Step::Act("LOCK"), &["EXPIRED", "LOCKED", "EXPIRED"][..]),
        (Step::Tokenise, &["EXPIRED", "EXPIRED"]),
    ] {
        let again = [Step::Forward, Step::Back, step, Step::Forward];
        assert_eq!(holds(&again).await, told);
    }
}

async fn holds(steps: &[Step]) -> Vec<String> {
    let sandbox = Harness::new();
    let mut is_back = true;
    let mut all = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        take(&sandbox, step).await;
        match step {
            Step::Forward => is_back = false,
            Step::Back => is_back = true,
            _ => {}
        }
        let (shown, told, of_token) = told(&sandbox).await;
        let last = told.last().map_or("ACTIVE", String::as_str);
        let is_brought_back = is_back && last == "EXPIRED";
        let so_far = &steps[..=at];
        assert!(
            last == shown || is_brought_back,
            "{shown}, {told:?}: {so_far:?}"
        );
        let is_ended = of_token.is_none_or(|it| it == "TOKEN_CANCELLED");
        assert!(
            shown != "EXPIRED" || is_brought_back || is_ended,
            "{so_far:?}"
        );
        all = told;
    }
    all
}
