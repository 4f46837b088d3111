//! `/_sandbox/world`: every customer and card of every provider.
//!
//! `GET` shows them redacted. `PUT` replaces them all by those of a file, and
//! `GET /_sandbox/world/file` saves that file: see [`crate::World`].

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::routing::on;
use rusqlite::{Connection, Transaction};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Endpoint, input, problem, refused, store_trouble};
use crate::answer::Answer;
use crate::app::App;
use crate::store::StoreError;
use crate::world::file::{self, File, Refused};
use crate::{airpay, ibanera, paysafe};

pub(super) const WORLD: Endpoint = Endpoint {
    method: "get",
    path: "/_sandbox/world",
    id: "world",
    summary: "Every customer and card of every provider, redacted",
    serve: |method| on(method, world),
    describe: |document, operation| {
        operation.responds(200, document.reply::<World>("The customers and cards."))
    },
};

pub(super) const REPLACE: Endpoint = Endpoint {
    method: "put",
    path: "/_sandbox/world",
    id: "replace-world",
    summary: "Replaces every customer and card by those of a file",
    serve: |method| on(method, replace),
    describe: |document, operation| {
        operation
            .body(document.json::<File>())
            .responds(200, document.reply::<World>("The new customers and cards."))
            .responds(409, document.failure(super::OVER_QUOTA))
            .responds(
                503,
                document
                    .failure("Another world was being loaded for as long as this one could wait."),
            )
    },
};

pub(super) const SAVE: Endpoint = Endpoint {
    method: "get",
    path: "/_sandbox/world/file",
    id: "save-world",
    summary: "The file that brings all this back, for its owner's eyes",
    serve: |method| on(method, save),
    describe: |document, operation| {
        operation
            .responds(200, document.reply::<File>("The file."))
            .responds(409, document.failure(HOLDS_MORE))
    },
};

/// Why a world is not saved.
const HOLDS_MORE: &str = "The store of an older sandbox holds more than a world may, so that no \
                          sandbox would load the file; the error names the limit.";

/// Every provider's customers and cards.
#[derive(Serialize, JsonSchema)]
pub(crate) struct World {
    pub(crate) airpay: airpay::World,
    pub(crate) paysafe: paysafe::World,
    pub(crate) ibanera: ibanera::World,
}

impl World {
    fn read(connection: &Connection, today: cards_model::Date) -> Result<Self, StoreError> {
        Ok(Self {
            airpay: airpay::world(connection, None)?,
            paysafe: paysafe::world(connection, today, None)?,
            ibanera: ibanera::world(connection, None)?,
        })
    }
}

async fn world(State(app): State<App>) -> Answer {
    match read(&app).await {
        Ok(world) => Answer::accepted(&world),
        Err(error) => store_trouble(&error),
    }
}

/// As of one moment.
pub(crate) async fn read(app: &App) -> Result<World, StoreError> {
    let today = app.today();
    let read = move |connection: &Connection| World::read(connection, today);
    app.store.read_all(read).await
}

/// Answers with the new world as `GET` shows it.
async fn replace(State(app): State<App>, request: Request) -> Answer {
    let (file, turn): (File, _) = match input::world(&app, request).await {
        Ok(world) => world,
        Err(answer) => return answer,
    };
    let (rules, today, now) = (app.rules(), app.today(), app.now_millis());
    // Passwords are hashed on the way. The turn goes along, as both go on where the
    // client does not wait any more.
    let ready = tokio::task::spawn_blocking(move || Ok((file.ready(rules, now)?, turn))).await;
    let (ready, turn) = match ready.unwrap_or_else(|_| Err(StoreError::Gone.into())) {
        Ok(ready) => ready,
        Err(error) => return refused(error),
    };
    let write = move |transaction: &Transaction<'_>| {
        ready.replace(transaction)?;
        drop(ready);
        Ok::<_, Refused>((World::read(transaction, today)?, turn))
    };
    match app.store.write(write).await {
        Ok((world, _turn)) => Answer::accepted(&world),
        Err(error) => refused(error),
    }
}

async fn save(State(app): State<App>) -> Answer {
    match app.store.read_all(file::save).await {
        Ok(file) => Answer::accepted(&file)
            .header(header::CACHE_CONTROL, "no-store")
            .header(
                header::CONTENT_DISPOSITION,
                "attachment; filename=\"world.json\"",
            ),
        Err(StoreError::OverQuota(limit)) => {
            let error = format!("{limit}; this one holds more: take some away, then save it");
            problem(StatusCode::CONFLICT, error)
        }
        Err(error) => store_trouble(&error),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use serde_json::{Value, json};
    use tokio::sync::{mpsc, oneshot};

    use super::*;
    use crate::testing::{Harness, registration};
    use crate::{Limits, Sandbox};

    #[tokio::test]
    async fn the_world_has_every_providers_customers_and_cards() {
        let world = Harness::new().get_json("/_sandbox/world").await;
        let customers = |provider: &str| world[provider]["customers"].as_array().unwrap().len();
        assert_eq!(customers("airpay"), 2);
        assert_eq!(customers("paysafe"), 2);
        assert_eq!(customers("ibanera"), 23);
        assert_eq!(
            world["airpay"]["customers"][1],
            serde_json::json!({
                "entity_id": "AIRPAYCUST0001",
                "kyc_status": "MIN_KYC",
                "kyc_expiry_date": "2028-11-21",
                "mobile_no": "[redacted]",
                "first_name": "[redacted]",
                "last_name": "[redacted]",
                "email": "[redacted]",
                "cards": [{
                    "card_no": "462294******0979",
                    "kit_no": "100000000978",
                    "card_type": "V",
                    "card_expiry": "12/49",
                }],
                "preferences": {},
            })
        );
    }

    async fn save(sandbox: &Harness) -> String {
        let reply = sandbox.get("/_sandbox/world/file", &[]).await;
        assert_eq!(reply.status, 200);
        reply.body
    }

    async fn log_in(sandbox: &Harness, mobile_no: &str, password: &str) -> bool {
        let fields = [("mobile_no", mobile_no), ("password", password)];
        let reply = sandbox.airpay("user-login", &fields).await;
        reply.body.contains("token")
    }

    /// A world in which something has happened at every provider.
    async fn lived_in() -> Harness {
        let sandbox = Harness::new();
        let registered = sandbox.airpay("register-user", &registration(&[])).await;
        assert!(registered.body.contains("AIRPAYCUST0002"));
        let masked = [
            ("card_no", "4242424242424242"),
            ("kit_no", "4000000000000002"),
            ("doc_number", "4111111111111111"),
            ("email", "4111111111111111@example.com"),
            ("mobile_no", "9000000779"),
        ];
        let registered = sandbox
            .airpay("register-user", &registration(&masked))
            .await;
        assert!(registered.body.contains("AIRPAYCUST0003"));
        let moved = [
            ("entity_id", "AIRPAYCUST0001"),
            ("country", "Bulgaria"),
            ("pincode", "1000"),
            ("email", "xyz@airpay.co.in"),
        ];
        let updated = sandbox.airpay("update-customer", &moved).await;
        assert!(updated.body.contains("success"));
        let preference = [
            ("entity_id", "AIRPAYCUST0001"),
            ("type", "ATM"),
            ("status", "ALLOWED"),
        ];
        sandbox.airpay("customer-preference", &preference).await;
        let path = "/_sandbox/world/airpay/customers/AIRPAYCUST0003";
        let extra = r#"{"card_no":"5555555555554444","kit_no":"77"}"#;
        let reply = sandbox
            .control("POST", &format!("{path}/cards"), extra)
            .await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        for (card, action) in [(3, "LOCK"), (2, "ACTIVATE"), (15, "CANCEL")] {
            let path =
                format!("/_sandbox/paysafe/cards/12345678-0000-4000-8000-{card:012}/actions");
            let body = format!(r#"{{"action":"{action}"}}"#);
            assert_eq!(sandbox.control("POST", &path, &body).await.status, 200);
        }
        let body = r#"{"totalBalance":0.100,"availableBalance":-12.50}"#;
        sandbox
            .control("PUT", "/_sandbox/ibanera/cards/1001", body)
            .await;
        sandbox
    }

    #[tokio::test]
    async fn a_world_that_is_saved_and_loaded_has_lost_nothing() {
        let sandbox = lived_in().await;
        let file = save(&sandbox).await;
        let shown = sandbox.get_json("/_sandbox/world").await;

        // In another sandbox, with another key, four years on.
        let other = Harness::new();
        other.advance(4 * 366 * 86_400);
        let reply = other.control("PUT", "/_sandbox/world", &file).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        assert_eq!(save(&other).await, file);
        other.advance(-4 * 366 * 86_400);
        assert_eq!(other.get_json("/_sandbox/world").await, shown);

        assert!(
            log_in(&other, "9000000777", "Quiet#Sea42").await,
            "{}",
            other.why()
        );
        assert!(log_in(&other, "9000000978", "PaSwd@1234").await);
        for (changes, why) in [
            (&[][..], "email: another customer has it"),
            (
                &[("email", "4111111111111111@example.com")],
                "email: another customer has it",
            ),
            (
                &[("email", "a@b.example")],
                "card_no: the card is registered already",
            ),
            (
                &[("email", "a@b.example"), ("card_no", "5555555555554444")],
                "card_no: the card is registered already",
            ),
            (
                &[("email", "a@b.example"), ("card_no", "4012888888881881")],
                "kit_no: the kit is registered already",
            ),
            (
                &[
                    ("email", "a@b.example"),
                    ("card_no", "4012888888881881"),
                    ("kit_no", "4000000000000002"),
                ],
                "kit_no: the kit is registered already",
            ),
        ] {
            other.airpay("register-user", &registration(changes)).await;
            assert_eq!(other.why(), why);
        }
        let new = [
            ("email", "a@b.example"),
            ("card_no", "4012888888881881"),
            ("kit_no", "1"),
        ];
        let reply = other.airpay("register-user", &registration(&new)).await;
        assert!(reply.body.contains("AIRPAYCUST0004"), "{}", reply.body);
        let path = format!(
            "/_sandbox/paysafe/cards/12345678-0000-4000-8000-{:012}/actions",
            3
        );
        let reply = other.control("POST", &path, r#"{"action":"UNLOCK"}"#).await;
        assert!(
            reply.body.contains(r#""status":"DIGITAL""#),
            "{}",
            reply.body
        );
    }

    #[tokio::test]
    async fn a_file_holds_no_number_password_or_token() {
        let sandbox = lived_in().await;
        let reply = sandbox
            .control("POST", "/_sandbox/airpay/one-time-passwords", "{}")
            .await;
        assert_eq!(reply.status, 200);
        let file = save(&sandbox).await;
        for secret in [
            "4111111111111111",
            "4242424242424242",
            "4000000000000002",
            "5555555555554444",
            "Quiet#Sea42",
            "PaSwd@1234",
            "\"password\"",
            "token\"",
            "otp",
        ] {
            assert!(!file.contains(secret), "{secret}");
        }
    }

    #[tokio::test]
    async fn a_few_lines_of_ones_own_are_a_world() {
        let sandbox = Harness::new();
        let world = r#"{
            "airpay": {"customers": [
                {"mobile_no": "9000000001", "password": "Other#Sea42", "cards": [
                    {"card_no": "4111111111111111", "kit_no": "12"}, {}
                ]},
                {"entity_id": "AIRPAYCUST0040"},
                {}
            ]},
            "paysafe": {"customers": [
                {"customerId": "7", "cards": [
                    {"status": "LOCKED", "statusBeforeLock": "DIGITAL", "cardType": "PHYSICAL"},
                    {"cardNumber": "5555555555554444", "tokenizations": {
                        "mobileWalletTokenizations": [{"walletType": "APPLE_PAY"}]
                    }}
                ]},
                {"cards": [{}]}
            ]},
            "ibanera": {"customers": [
                {"customersId": 5, "cards": [{"cardNumber": "4111111111111111", "totalBalance": 1.10}]},
                {}
            ]}
        }"#;
        let reply = sandbox.control("PUT", "/_sandbox/world", world).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let shown: Value = serde_json::from_str(&reply.body).unwrap();
        assert_eq!(shown, sandbox.get_json("/_sandbox/world").await);
        let ids = |provider: &str, id: &str| -> Vec<Value> {
            let customers = shown[provider]["customers"].as_array().unwrap().iter();
            customers.map(|customer| customer[id].clone()).collect()
        };
        assert_eq!(
            ids("airpay", "entity_id"),
            ["AIRPAYCUST0040", "AIRPAYCUST0041", "AIRPAYCUST0042"]
        );
        assert_eq!(ids("paysafe", "customerId"), ["10000000", "7"]);
        assert_eq!(ids("ibanera", "customersId"), [5, 6]);
        let cards = &shown["paysafe"]["customers"][1]["cards"];
        assert_eq!(
            (&cards[1]["bin"], &cards[1]["scheme"]),
            (&json!("555555"), &json!("MC"))
        );
        assert_eq!(
            shown["ibanera"]["customers"][0]["cards"][0]["cardNumber"],
            "411111******1111"
        );
        assert!(log_in(&sandbox, "9000000001", "Other#Sea42").await);
        sandbox.airpay("register-user", &registration(&[])).await;
        assert_eq!(sandbox.why(), "card_no: the card is registered already");
        // The list calls show what was made up as the documents have it.
        let bearer = ("authorization", "Bearer sandbox-paysafe-token");
        let target = "/customers/7/prepaid/cards?include=TOKENIZATIONS,AVAILABLE_ACTIONS";
        let reply = sandbox.get(target, &[bearer]).await;
        let page: cards_model::paysafe::CardPage = serde_json::from_str(&reply.body).unwrap();
        assert_eq!(page.check(), Ok(()));
        assert_eq!(page.cards.len(), 2);
    }

    #[tokio::test]
    async fn what_is_wrong_is_named_and_nothing_is_changed() {
        let sandbox = Harness::new();
        let before = save(&sandbox).await;
        let airpay = |fields: &str| format!(r#"{{"airpay":{{"customers":[{{}},{{{fields}}}]}}}}"#);
        let card = |fields: &str| airpay(&format!(r#""cards":[{{{fields}}}]"#));
        let paysafe =
            |fields: &str| format!(r#"{{"paysafe":{{"customers":[{{"cards":[{{{fields}}}]}}]}}}}"#);
        let ibanera =
            |fields: &str| format!(r#"{{"ibanera":{{"customers":[{{"cards":[{{{fields}}}]}}]}}}}"#);
        let in_airpay = "airpay.customers[1].";
        let in_paysafe = "paysafe.customers[0].cards[0].";
        let in_ibanera = "ibanera.customers[0].cards[0].";
        let hash = "$argon2id$v=19$m=1024,t=1,p=1$c2FsdHNhbHQ$";
        for (world, within, field) in [
            ("[]".to_owned(), "", "body"),
            (r#"{"version":2}"#.to_owned(), "", "version"),
            (r#"{"paysafe":[]}"#.to_owned(), "", "paysafe"),
            (r#"{"ibanera":{"customers":[[]]}}"#.to_owned(), "ibanera.", "customers[0]"),
            (paysafe(r#""expiry":[1,2030]"#), in_paysafe, "expiry"),
            (r#"{"fingerprintKey":"00"}"#.to_owned(), "", "fingerprintKey"),
            (airpay(r#""mobile_no":"12345678901""#), in_airpay, "mobile_no"),
            (airpay(r#""mobile_no":1"#), in_airpay, "mobile_no"),
            (airpay(r#""first_name":"As ha""#), in_airpay, "first_name"),
            (airpay(r#""dob":"2027-01-01""#), in_airpay, "dob"),
            (airpay(r#""pincode":"12345""#), in_airpay, "pincode"),
            (airpay(r#""email":"nobody""#), in_airpay, "email"),
            (airpay(r#""password":"short""#), in_airpay, "password"),
            (airpay(r#""otp":"1234""#), "", "airpay.customers[1]"),
            (airpay(r#""number":-1"#), in_airpay, "number"),
            (airpay(r#""number":100000000000"#), in_airpay, "number"),
            (airpay(r#""entity_id":"AIRPAYCUST100000000000""#), in_airpay, "entity_id"),
            (r#"{"airpay":{"last_number":100000000000}}"#.to_owned(), "airpay.", "last_number"),
            (airpay(r#""entity_id":"""#), in_airpay, "entity_id"),
            (airpay(r#""kyc_expiry_date":"soon""#), in_airpay, "kyc_expiry_date"),
            (airpay(r#""preferences":{"ATM":"YES"}"#), in_airpay, "preferences"),
            (airpay(&format!(r#""password_hash":"{hash}""#)), in_airpay, "password_hash"),
            (airpay(r#""email_fingerprint":"00""#), in_airpay, "email_fingerprint"),
            (card(r#""card_no":"4929000000000006""#), in_airpay, "cards[0].card_no"),
            (card(r#""card_no":"411111******1111""#), in_airpay, "cards[0].card_no"),
            (card(r#""card_no":"4111""#), in_airpay, "cards[0].card_no"),
            (card(r#""card_type":"X""#), in_airpay, "cards[0].card_type"),
            (card(r#""card_expiry":"11/26""#), in_airpay, "cards[0].card_expiry"),
            (card(r#""kit_no":"12345678901234567""#), in_airpay, "cards[0].kit_no"),
            (card(r#""card_fingerprint":"00""#), in_airpay, "cards[0].card_fingerprint"),
            (
                r#"{"airpay":{"customers":[{"email":"a@b.example"},{"email":"A@b.example"}]}}"#.to_owned(),
                in_airpay,
                "email",
            ),
            (
                r#"{"airpay":{"customers":[{"cards":[{"kit_no":"1"}]},{"cards":[{"kit_no":"1"}]}]}}"#.to_owned(),
                in_airpay,
                "cards[0].kit_no",
            ),
            (paysafe(r#""status":"FROZEN""#), in_paysafe, "status"),
            (paysafe(r#""status":"ISSUED""#), in_paysafe, "status"),
            (paysafe(r#""cardType":"PAPER""#), in_paysafe, "cardType"),
            (paysafe(r#""cardType":"""#), in_paysafe, "cardType"),
            (paysafe(r#""cardType":"4111111111111111""#), in_paysafe, "cardType"),
            (paysafe(&format!(r#""scheme":"{}""#, "x".repeat(101))), in_paysafe, "scheme"),
            (paysafe(r#""status":"""#), in_paysafe, "status"),
            (paysafe(r#""scheme":"""#), in_paysafe, "scheme"),
            (paysafe(r#""lastFour":"12345""#), in_paysafe, "lastFour"),
            (paysafe(r#""bin":"abc""#), in_paysafe, "bin"),
            (paysafe(r#""cardNumber":"4929000000000006""#), in_paysafe, "cardNumber"),
            (paysafe(r#""cardNumber":"4111111111111111","bin":"411111""#), in_paysafe, "cardNumber"),
            (paysafe(r#""currency":"EURO""#), in_paysafe, "currency"),
            (paysafe(r#""mobile":"0888""#), in_paysafe, "mobile"),
            (paysafe(r#""expiry":{"month":13,"year":2030}"#), in_paysafe, "expiry.month"),
            (paysafe(r#""expiry":{"month":1,"year":0}"#), in_paysafe, "expiry.year"),
            (paysafe(r#""createdDate":"yesterday""#), in_paysafe, "createdDate"),
            (paysafe(r#""externalId":"to 4111 1111 1111 1111""#), in_paysafe, "externalId"),
            (paysafe(r#""cardId":"4111111111111111""#), in_paysafe, "cardId"),
            (paysafe(r#""cardId":"a/b""#), in_paysafe, "cardId"),
            (paysafe(r#""statusBeforeLock":"ACTIVE""#), in_paysafe, "statusBeforeLock"),
            (
                paysafe(r#""cardType":"VIRTUAL","deliveryAddress":{"address1":"1 Main Road","city":"Sofia","countryCode":"BG","postalCode":"1000"}"#),
                in_paysafe,
                "deliveryAddress",
            ),
            (
                paysafe(r#""cardType":"PHYSICAL","deliveryAddress":{"address1":"1 Main Road","city":"Reno","countryCode":"US","postalCode":"89501"}"#),
                in_paysafe,
                "deliveryAddress.state",
            ),
            (
                paysafe(r#""tokenizations":{"mobileWalletTokenizations":[{"walletType":"PAY"}]}"#),
                in_paysafe,
                "tokenizations.mobileWalletTokenizations[0].walletType",
            ),
            (ibanera(r#""cardNumber":"4929000000000006""#), in_ibanera, "cardNumber"),
            (ibanera(r#""totalBalance":1e3"#), in_ibanera, "totalBalance"),
            (ibanera(r#""totalBalance":null,"id":0"#), in_ibanera, "id"),
            (ibanera(r#""currency":"4111111111111111""#), in_ibanera, "currency"),
            (
                r#"{"ibanera":{"customers":[{"customersId":1},{"customersId":1}]}}"#.to_owned(),
                "ibanera.customers[1].",
                "customersId",
            ),
        ] {
            let reply = sandbox.control("PUT", "/_sandbox/world", &world).await;
            assert_eq!(reply.status, 400, "{world}: {}", reply.body);
            let problem: Value = serde_json::from_str(&reply.body).unwrap();
            assert_eq!(problem["field"], format!("{within}{field}"), "{world}: {}", reply.body);
            assert_eq!(save(&sandbox).await, before, "{world}");
            for value in ["4929", "4111", "FROZEN", "As ha", "short", "yesterday", "$argon"] {
                assert!(!reply.body.contains(value), "{}", reply.body);
            }
        }
    }

    #[tokio::test]
    async fn a_saved_customer_is_as_a_sandbox_keeps_one() {
        let saved: Value = serde_json::from_str(&save(&lived_in().await).await).unwrap();
        let sandbox = Harness::new();
        let before = save(&sandbox).await;
        let customer = "/airpay/customers/3";
        for field in [
            "mobile_no",
            "first_name",
            "last_name",
            "title",
            "gender",
            "dob",
            "email",
            "address",
            "city",
            "state",
            "pincode",
            "doc_type",
            "doc_number",
            "doc_expiry",
            "doc_country_issue",
            "cards/0/kit_no",
        ] {
            let put = async |value: &str| {
                let mut world = saved.clone();
                *world.pointer_mut(&format!("{customer}/{field}")).unwrap() = value.into();
                let world = world.to_string();
                sandbox.control("PUT", "/_sandbox/world", &world).await
            };
            let path = field.replace("cards/0/", "cards[0].");
            let reply = put("to 4111 1111-1111 1111").await;
            assert_eq!(reply.status, 400, "{field}");
            let problem: Value = serde_json::from_str(&reply.body).unwrap();
            assert_eq!(problem["field"], format!("airpay.customers[3].{path}"));
            assert!(!reply.body.contains("4111 1111"), "{}", reply.body);
            assert_eq!(save(&sandbox).await, before, "{field}");
        }
    }

    #[tokio::test]
    async fn a_world_with_the_highest_number_is_saved_and_loaded() {
        let sandbox = Harness::new();
        let world = r#"{"airpay":{"customers":[{"number":99999999999}]}}"#;
        let reply = sandbox.control("PUT", "/_sandbox/world", world).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let reply = sandbox.airpay("register-user", &registration(&[])).await;
        assert!(
            reply.body.contains("AIRPAYCUST100000000000"),
            "{}",
            reply.body
        );
        let saved = save(&sandbox).await;
        let reply = sandbox.control("PUT", "/_sandbox/world", &saved).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        assert_eq!(save(&sandbox).await, saved);
    }

    /// A body that comes piece by piece, and who asked for the first one.
    fn pieces() -> (mpsc::Sender<&'static str>, oneshot::Receiver<()>, Body) {
        let (sender, mut receiver) = mpsc::channel::<&'static str>(2);
        let (begun, is_begun) = oneshot::channel();
        let mut begun = Some(begun);
        let pieces = futures_util::stream::poll_fn(move |context| {
            if let Some(begun) = begun.take() {
                begun.send(()).ok();
            }
            let piece = receiver.poll_recv(context);
            piece.map(|piece| piece.map(Ok::<_, std::convert::Infallible>))
        });
        (sender, is_begun, Body::from_stream(pieces))
    }

    /// Whether a future, polled once, has to wait.
    async fn is_pending(future: &mut (impl Future + Unpin)) -> bool {
        tokio::select! {
            biased;
            _ = future => false,
            () = std::future::ready(()) => true,
        }
    }

    fn put(body: Body) -> axum::http::Request<Body> {
        let request = axum::http::Request::put("/_sandbox/world");
        let request = request.header("content-type", "application/json");
        request.body(body).unwrap()
    }

    /// So that they do not fill the memory together: from its first byte until it is
    /// stored, also where its client is gone.
    #[tokio::test]
    async fn of_worlds_that_come_at_once_one_is_in_memory_at_a_time() {
        let sandbox = Harness::new();
        let turns = || sandbox.app.worlds.available_permits();
        assert_eq!(turns(), 1);
        let (first_body, first_begun, body) = pieces();
        let mut first = Box::pin(sandbox.send(put(body)));
        tokio::select! {
            _ = &mut first => panic!("the first has no body yet"),
            begun = first_begun => begun.unwrap(),
        }
        assert_eq!(turns(), 0);
        let (second_body, mut second_begun, body) = pieces();
        let mut second = Box::pin(sandbox.send(put(body)));
        assert!(is_pending(&mut second).await);
        assert!(second_begun.try_recv().is_err(), "it is not read");

        // The first is read and checked, and waits for the writer.
        let (let_go, held) = std::sync::mpsc::channel::<()>();
        let (taken, is_taken) = oneshot::channel();
        let app = sandbox.app.clone();
        let hold = tokio::spawn(async move {
            let job = move |_: &Transaction<'_>| -> Result<(), StoreError> {
                taken.send(()).unwrap();
                held.recv().ok();
                Ok(())
            };
            app.store.write(job).await
        });
        is_taken.await.unwrap();
        first_body
            .send(r#"{"airpay":{"customers":[{}]}}"#)
            .await
            .unwrap();
        drop(first_body);
        while sandbox.app.store.waiting() == 0 {
            tokio::select! {
                _ = &mut first => panic!("the first is not stored yet"),
                () = tokio::task::yield_now() => {}
            }
            assert_eq!(turns(), 0);
        }
        drop(first);
        assert_eq!(turns(), 0, "its client is gone, it is not");
        assert!(is_pending(&mut second).await);
        assert!(second_begun.try_recv().is_err(), "it is not read");

        drop(let_go);
        hold.await.unwrap().unwrap();
        second_body.send("{}").await.unwrap();
        drop(second_body);
        assert_eq!(second.await.status, 200);
        assert_eq!(turns(), 1);
    }

    #[tokio::test]
    async fn a_world_waits_for_its_turn_as_long_as_a_body_may_take() {
        let limits = Limits {
            body_time: std::time::Duration::from_millis(1),
            ..Limits::default()
        };
        let sandbox = Harness::with(Sandbox::builder().limits(limits));
        let before = save(&sandbox).await;
        let turn = sandbox.app.worlds.acquire().await.unwrap();
        let waiting = sandbox.control("PUT", "/_sandbox/world", "{}");
        let waiting = tokio::time::timeout(std::time::Duration::from_secs(60), waiting);
        let reply = waiting.await.expect("an end to the waiting");
        assert_eq!(reply.status, 503);
        assert_eq!(reply.headers["retry-after"], "1");
        assert_eq!(
            reply.body,
            r#"{"error":"another world is being loaded; send this one again later"}"#
        );
        assert_eq!(save(&sandbox).await, before);
        drop(turn);
        let reply = sandbox.control("PUT", "/_sandbox/world", "{}").await;
        assert_eq!(reply.status, 200);
    }

    #[tokio::test]
    async fn tokens_of_customers_who_are_gone_are_gone() {
        let sandbox = Harness::new();
        assert!(log_in(&sandbox, "9000000978", "PaSwd@1234").await);
        let count = async || {
            let count = |connection: &Connection| -> Result<i64, StoreError> {
                Ok(connection.query_row("SELECT count(*) FROM token", [], |row| row.get(0))?)
            };
            sandbox.app.store.read(count).await.unwrap()
        };
        let file = save(&sandbox).await;
        assert_eq!(
            sandbox
                .control("PUT", "/_sandbox/world", &file)
                .await
                .status,
            200
        );
        assert_eq!(count().await, 1, "the customer is still there");
        assert_eq!(
            sandbox.control("PUT", "/_sandbox/world", "{}").await.status,
            200
        );
        assert_eq!(count().await, 0);
    }
}
