//! `/_sandbox/paysafe/cards/{cardId}/...`: what becomes of a Paysafe card.
//!
//! `POST .../actions` does what the cardholder can do, as in
//! `{"action":"LOCK"}`; `PUT .../status` does what the provider can do, as in
//! `{"status":"SUSPENDED"}`. Both answer with the card, or with 409 and the
//! reason where the document's meanings forbid it.

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::routing::on;
use cards_model::Method;
use cards_model::paysafe::{Action as PaysafeAction, CardStatus};
use schemars::JsonSchema;
use serde::Deserialize;

use super::card::Card;
use super::change::{self, NotChanged};
use super::listed;
use super::shown::Changed;
use cards_sandbox_core::answer::Answer;
use cards_sandbox_core::app::App;
use cards_sandbox_core::control::input;
use cards_sandbox_core::endpoint::Endpoint;
use cards_sandbox_core::problem::{problem, refused, store_trouble, wrong};
use cards_sandbox_core::store::StoreError;
use cards_sandbox_core::world_error::WorldError;

pub(super) const ACT: Endpoint = Endpoint {
    method: Method::Post,
    path: "/_sandbox/paysafe/cards/{card_id}/actions",
    id: "act-on-paysafe-card",
    summary: "Does with a Paysafe card what its owner can do",
    text: "As in `{\"action\":\"LOCK\"}`. The answer is the card; 409 and the reason, where the document's meanings forbid it.",
    serve: |method| on(method, act),
    describe: |document, operation| {
        operation
            .with_path_parameter("card_id", "The card's id.", &CARD.into())
            .body(document.json::<Action>())
            .responds(200, document.reply::<Changed>("The card."))
            .responds(404, document.failure("There is no card of this id."))
            .responds(409, document.failure(CONFLICT))
    },
};

pub(super) const PUT_STATUS: Endpoint = Endpoint {
    method: Method::Put,
    path: "/_sandbox/paysafe/cards/{card_id}/status",
    id: "set-paysafe-card-status",
    summary: "Does with a Paysafe card what the provider can do",
    text: "As in `{\"status\":\"SUSPENDED\"}`. The answer is the card; 409 and the reason, where the document's meanings forbid it.",
    serve: |method| on(method, put_status),
    describe: |document, operation| {
        operation
            .with_path_parameter("card_id", "The card's id.", &CARD.into())
            .body(document.json::<Status>())
            .responds(200, document.reply::<Changed>("The card."))
            .responds(404, document.failure("There is no card of this id."))
            .responds(409, document.failure(CONFLICT))
    },
};

/// Says why a card is not changed.
const CONFLICT: &str = "The card's status forbids it; or there would be more than a world may hold, \
                        and the error names the limit.";

/// The id of a card of the seeded world.
const CARD: &str = "12345678-0000-4000-8000-000000000001";

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PaysafeCardAction")]
struct Action {
    #[schemars(schema_with = "listed::action")]
    action: String,
}

async fn act(State(app): State<App>, Path(card_id): Path<String>, request: Request) -> Answer {
    let Action { action } = match input::json(&app, request).await {
        Ok(action) => action,
        Err(answer) => return answer,
    };
    match PaysafeAction::from(action) {
        PaysafeAction::Unknown(_) => wrong("action", PaysafeAction::ALLOWED),
        action => answer(&app, change::act(&app, card_id, action).await),
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PaysafeStatusWanted")]
struct Status {
    #[schemars(schema_with = "listed::card_status")]
    status: String,
}

async fn put_status(
    State(app): State<App>,
    Path(card_id): Path<String>,
    request: Request,
) -> Answer {
    let Status { status } = match input::json(&app, request).await {
        Ok(status) => status,
        Err(answer) => return answer,
    };
    match CardStatus::from(status) {
        CardStatus::Unknown(_) => wrong("status", CardStatus::ALLOWED),
        status => answer(&app, change::put_status(&app, card_id, status).await),
    }
}

fn answer(app: &App, changed: Result<Card, NotChanged>) -> Answer {
    match changed {
        Ok(card) => Answer::accepted(&Changed::of(card, app.showing().everybody)),
        Err(NotChanged::NoSuchCard) => {
            let error = "there is no card of this id".to_owned();
            problem(StatusCode::NOT_FOUND, error)
        }
        Err(NotChanged::Forbidden(why) | NotChanged::NotTaken(why)) => {
            problem(StatusCode::CONFLICT, why.to_owned())
        }
        Err(NotChanged::OverQuota(limit)) => {
            refused(WorldError::Store(StoreError::OverQuota(limit)))
        }
        Err(NotChanged::Store(error)) => store_trouble(&error),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::Harness;

    /// The seeded customer's card at a position.
    fn card(position: u32) -> String {
        format!("12345678-0000-4000-8000-{position:012}")
    }

    /// A physical one in the post, an active one, and a virtual locked one.
    const ISSUED: u32 = 2;
    const DIGITAL: u32 = 3;
    const LOCKED: u32 = 4;
    const ACTIVE: u32 = 1;

    async fn act(sandbox: &Harness, position: u32, action: &str) -> (u16, Value) {
        let path = format!("/_sandbox/paysafe/cards/{}/actions", card(position));
        change(sandbox, "POST", &path, &json!({ "action": action })).await
    }

    async fn put(sandbox: &Harness, position: u32, status: &str) -> (u16, Value) {
        let path = format!("/_sandbox/paysafe/cards/{}/status", card(position));
        change(sandbox, "PUT", &path, &json!({ "status": status })).await
    }

    async fn change(sandbox: &Harness, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let reply = sandbox.control(method, path, &body.to_string()).await;
        let body = serde_json::from_str(&reply.body).unwrap();
        (reply.status.as_u16(), body)
    }

    /// The card as a client sees it, with what is shown on request and without.
    async fn listed(sandbox: &Harness, position: u32) -> Value {
        let with = async |extras: &str| {
            let bearer = ("authorization", "Bearer sandbox-paysafe-token");
            let target = format!("/customers/12345678/prepaid/cards?limit=50{extras}");
            let reply = sandbox.get(&target, &[bearer]).await;
            let page: Value = serde_json::from_str(&reply.body).unwrap();
            let id = card(position);
            let cards = page["cards"].as_array().unwrap();
            let card = cards.iter().find(|card| card["cardId"] == *id);
            card.unwrap().clone()
        };
        let full = with("&include=TOKENIZATIONS,AVAILABLE_ACTIONS").await;
        let mut rest = full.clone();
        for extra in ["tokenizations", "availableActions"] {
            assert!(rest.as_object_mut().unwrap().remove(extra).is_some());
        }
        assert_eq!(with("").await, rest);
        full
    }

    /// Of a card that somebody has made, which the control API shows nowhere else either.
    #[tokio::test]
    async fn what_is_personal_of_a_card_is_not_shown_by_its_change() {
        let sandbox = Harness::new();
        let made = json!({
            "cardType": "PHYSICAL", "status": "ISSUED", "mobile": "+35 15112345",
            "externalId": "own-reference-7",
            "deliveryAddress": {
                "address1": "7 Private Lane", "city": "Zanzberg", "countryCode": "BG",
                "postalCode": "1999",
            },
        });
        let customer = "/_sandbox/world/paysafe/customers/12345678";
        let (status, shown) = change(&sandbox, "POST", &format!("{customer}/cards"), &made).await;
        assert_eq!(status, 200, "{shown}");
        let id = shown["cards"].as_array().unwrap().last().unwrap()["cardId"].clone();
        let path = format!("/_sandbox/paysafe/cards/{}", id.as_str().unwrap());
        for (method, what, body) in [
            ("PUT", "status", json!({"status": "SUSPENDED"})),
            ("PUT", "status", json!({"status": "ISSUED"})),
            ("POST", "actions", json!({"action": "ACTIVATE"})),
        ] {
            let (status, card) = change(&sandbox, method, &format!("{path}/{what}"), &body).await;
            assert_eq!((status, &card["cardId"]), (200, &id), "{card}");
            let text = card.to_string();
            for marker in ["15112345", "own-reference", "Private", "Zanzberg", "1999"] {
                assert!(!text.contains(marker), "{marker}: {text}");
            }
        }
        // Of the sandbox's own people all is shown.
        let (_, card) = act(&sandbox, ISSUED, "ACTIVATE").await;
        assert!(!card.to_string().contains("redacted"), "{card}");
    }

    #[tokio::test]
    async fn a_card_lives_from_the_post_to_its_end() {
        let sandbox = Harness::new();
        let (status, card) = act(&sandbox, ISSUED, "ACTIVATE").await;
        assert_eq!((status, &card["status"]), (200, &json!("ACTIVE")));
        assert_eq!(card["activationDate"], "2026-11-21T08:00:00.000Z");
        assert_eq!(card["isPinSet"], false);
        let (status, problem) = act(&sandbox, ISSUED, "SHOW_PIN").await;
        assert_eq!(
            (status, problem),
            (409, json!({"error": "no PIN has been set"}))
        );
        let (status, card) = act(&sandbox, ISSUED, "SET_PIN").await;
        assert_eq!((status, &card["isPinSet"]), (200, &json!(true)));
        for (action, now) in [
            ("LOCK", "LOCKED"),
            ("UNLOCK", "ACTIVE"),
            ("CANCEL", "CANCELLED"),
        ] {
            let (status, card) = act(&sandbox, ISSUED, action).await;
            assert_eq!((status, &card["status"]), (200, &json!(now)));
            assert_eq!(listed(&sandbox, ISSUED).await["status"], now);
        }
        let (status, problem) = act(&sandbox, ISSUED, "UNLOCK").await;
        assert_eq!(
            (status, problem),
            (409, json!({"error": "a CANCELLED card stays so"}))
        );
    }

    #[tokio::test]
    async fn what_is_unlocked_is_what_was_locked() {
        let sandbox = Harness::new();
        for (position, before) in [(DIGITAL, "DIGITAL"), (ACTIVE, "ACTIVE"), (LOCKED, "ACTIVE")] {
            let wallets = listed(&sandbox, position).await["tokenizations"].take();
            if position != LOCKED {
                assert_eq!(act(&sandbox, position, "LOCK").await.0, 200);
            }
            assert_eq!(listed(&sandbox, position).await["status"], "LOCKED");
            let (status, card) = act(&sandbox, position, "UNLOCK").await;
            assert_eq!((status, &card["status"]), (200, &json!(before)));
            let after = listed(&sandbox, position).await;
            assert_eq!(after["status"], before);
            assert_eq!(after["tokenizations"], wallets);
            assert_ne!(wallets["mobileWalletTokenizations"], json!([]));
        }
    }

    #[tokio::test]
    async fn customer_service_suspends_and_gives_back() {
        let sandbox = Harness::new();
        act(&sandbox, DIGITAL, "LOCK").await;
        for now in ["SUSPENDED", "SUSPENDED", "LOCKED"] {
            let (status, card) = put(&sandbox, DIGITAL, now).await;
            assert_eq!((status, &card["status"]), (200, &json!(now)));
        }
        let (_, card) = act(&sandbox, DIGITAL, "UNLOCK").await;
        assert_eq!(card["status"], "DIGITAL", "the lock has been kept");
        let (status, problem) = put(&sandbox, DIGITAL, "LOCKED").await;
        assert_eq!(
            (status, problem),
            (
                409,
                json!({"error": "LOCKED is the cardholder's own: use the action LOCK"})
            )
        );
    }

    #[tokio::test]
    async fn what_the_sandbox_does_not_keep_it_does_not_show() {
        let sandbox = Harness::new();
        for (action, why) in [
            (
                "SHOW_DETAILS",
                "the sandbox keeps six digits and four of a card number, not the whole",
            ),
            ("SHOW_PIN", "the sandbox keeps no PIN"),
        ] {
            let offered = listed(&sandbox, ACTIVE).await["availableActions"].clone();
            assert!(offered.to_string().contains(action), "{offered}");
            let (status, problem) = act(&sandbox, ACTIVE, action).await;
            assert_eq!((status, problem), (409, json!({ "error": why })));
        }
    }

    /// SET_PIN leaves a PIN behind, and with it SHOW_PIN.
    #[tokio::test]
    async fn a_pin_that_is_set_can_be_shown() {
        let sandbox = Harness::new();
        let shown = async || {
            let card = listed(&sandbox, ISSUED).await;
            let offers = card["availableActions"].to_string();
            (card["isPinSet"].clone(), offers.contains("SHOW_PIN"))
        };
        act(&sandbox, ISSUED, "ACTIVATE").await;
        assert_eq!(shown().await, (json!(false), false));
        let (status, _) = act(&sandbox, ISSUED, "SET_PIN").await;
        assert_eq!((status, shown().await), (200, (json!(true), true)));
    }

    /// All that can be done is all that is offered, in every status and type.
    #[tokio::test]
    async fn what_is_offered_is_what_is_done() {
        for position in 1..=15 {
            for action in ["ACTIVATE", "CANCEL", "UNLOCK", "LOCK", "SET_PIN"] {
                let sandbox = Harness::new();
                let before = listed(&sandbox, position).await;
                let offers = before["availableActions"].as_array().unwrap();
                let is_offered = offers.iter().any(|offer| offer["action"] == action);
                let (status, _) = act(&sandbox, position, action).await;
                let expected = if is_offered { 200 } else { 409 };
                assert_eq!(status, expected, "{action}: {before}");
                if !is_offered {
                    assert_eq!(listed(&sandbox, position).await, before);
                }
            }
        }
    }

    #[tokio::test]
    async fn a_card_expires_with_its_last_month_everywhere() {
        let sandbox = Harness::new();
        let of_status = async |status: &str| {
            let bearer = ("authorization", "Bearer sandbox-paysafe-token");
            let target = format!("/customers/12345678/prepaid/cards?limit=50&status={status}");
            let reply = sandbox.get(&target, &[bearer]).await;
            let page: Value = serde_json::from_str(&reply.body).unwrap();
            let cards = page["cards"].as_array().unwrap();
            for card in cards {
                assert_eq!(card["status"], status, "as it is listed");
            }
            cards.len()
        };
        let set = async |now: &str| {
            let reply = sandbox
                .control("PUT", "/_sandbox/clock", &json!({ "now": now }).to_string())
                .await;
            assert_eq!(reply.status, 200, "{}", reply.body);
        };
        // The card at 1 is good until February 2031.
        set("2031-02-28T23:59:59Z").await;
        assert_eq!(listed(&sandbox, ACTIVE).await["status"], "ACTIVE");
        let before = (of_status("EXPIRED").await, of_status("ACTIVE").await);
        set("2031-03-01T00:00:00Z").await;
        let card = listed(&sandbox, ACTIVE).await;
        assert_eq!(
            (&card["status"], &card["availableActions"]),
            (&json!("EXPIRED"), &json!([]))
        );
        let after = (of_status("EXPIRED").await, of_status("ACTIVE").await);
        assert_eq!(after, (before.0 + 1, before.1 - 1));
        let (status, problem) = act(&sandbox, ACTIVE, "LOCK").await;
        assert_eq!(
            (status, problem),
            (409, json!({"error": "an EXPIRED card stays so"}))
        );
        assert_eq!(put(&sandbox, ACTIVE, "SUSPENDED").await.0, 409);
        let world = sandbox.get_json("/_sandbox/world").await;
        assert_eq!(
            world["paysafe"]["customers"][0]["cards"][1]["status"],
            "EXPIRED"
        );

        // Other ends stay what they are, and a clock that goes back undoes it.
        set("2040-01-01T00:00:00Z").await;
        assert_eq!(of_status("CANCELLED").await, 2);
        assert_eq!(of_status("REJECTED").await, 1);
        assert_eq!(of_status("EXPIRED").await, 13);
        set("2026-11-21T08:00:00Z").await;
        assert_eq!(listed(&sandbox, ACTIVE).await["status"], "ACTIVE");
    }

    #[tokio::test]
    async fn unknown_cards_and_malformed_requests() {
        let sandbox = Harness::new();
        let nobody = "/_sandbox/paysafe/cards/nobody";
        let known = format!("/_sandbox/paysafe/cards/{}", card(ACTIVE));
        for (method, path, body, status, error) in [
            (
                "POST",
                format!("{nobody}/actions"),
                r#"{"action":"LOCK"}"#,
                404,
                "there is no card of this id",
            ),
            (
                "PUT",
                format!("{nobody}/status"),
                r#"{"status":"ACTIVE"}"#,
                404,
                "there is no card of this id",
            ),
            (
                "POST",
                format!("{known}/actions"),
                r#"{"action":"FREEZE"}"#,
                400,
                "action: one of ACTIVATE, CANCEL, UNLOCK, LOCK, SHOW_DETAILS, SHOW_PIN, SET_PIN",
            ),
            (
                "PUT",
                format!("{known}/status"),
                r#"{"status":"active"}"#,
                400,
                "status: one of ACTIVE, PENDING, CANCELLED, SUSPENDED, APPLIED, DIGITAL, REJECTED, LOCKED, EXPIRED, ISSUED",
            ),
            (
                "POST",
                format!("{known}/actions"),
                "{}",
                400,
                "body: missing field `action`",
            ),
            (
                "PUT",
                format!("{known}/status"),
                r#"{"status":1}"#,
                400,
                "status: expected a string",
            ),
        ] {
            let reply = sandbox.control(method, &path, body).await;
            assert_eq!(reply.status, status, "{method} {path} {body}");
            let problem: Value = serde_json::from_str(&reply.body).unwrap();
            assert_eq!(problem["error"], error);
        }
    }
}
