//! `/_sandbox/world/{provider}/customers/...`: customers and cards, added and
//! taken away one by one.
//!
//! `POST .../customers` adds a customer with cards, `POST
//! .../customers/{id}/cards` a card; what is left out is made up, what is given
//! has to keep the documents' rules. `DELETE` takes away a customer with all
//! cards, or one card (at Airpay by the number of its kit). Additions are
//! answered with the customer as `/_sandbox/world` shows it.

use axum::extract::{Path, Request, State};
use axum::routing::on;
use cards_model::Provider;
use rusqlite::Transaction;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::{Endpoint, input, refused, unknown};
use crate::airpay::world_file::{self as airpay_file, Context};
use crate::answer::Answer;
use crate::app::App;
use crate::openapi::Described;
use crate::store::{Fingerprints, StoreError};
use crate::world::file::Refused;
use crate::{airpay, ibanera, paysafe};
use crate::{ibanera::world_file as ibanera_file, paysafe::world_file as paysafe_file};

pub(super) const ADD_CUSTOMER: Endpoint = Endpoint {
    method: "post",
    path: "/_sandbox/world/{provider}/customers",
    id: "add-customer",
    summary: "Adds a customer with cards; what is left out is made up",
    serve: |method| on(method, add_customer),
    describe: |document, operation| {
        at_provider(operation)
            .body(document.json::<GivenCustomer>())
            .responds(200, document.reply::<Added>("The customer with all cards."))
            .responds(409, document.failure(super::OVER_QUOTA))
            .responds(
                404,
                document.failure("There is no such provider or customer."),
            )
    },
};

pub(super) const REMOVE_CUSTOMER: Endpoint = Endpoint {
    method: "delete",
    path: "/_sandbox/world/{provider}/customers/{id}",
    id: "remove-customer",
    summary: "Takes away a customer with all cards",
    serve: |method| on(method, remove_customer),
    describe: |document, operation| {
        of_customer(operation)
            .responds(200, document.reply::<Removed>("It is taken away."))
            .responds(
                404,
                document.failure("There is no such provider, customer or card."),
            )
    },
};

pub(super) const ADD_CARD: Endpoint = Endpoint {
    method: "post",
    path: "/_sandbox/world/{provider}/customers/{id}/cards",
    id: "add-card",
    summary: "Adds a card; what is left out is made up",
    serve: |method| on(method, add_card),
    describe: |document, operation| {
        of_customer(operation)
            .body(document.json::<GivenCard>())
            .responds(200, document.reply::<Added>("The customer with all cards."))
            .responds(409, document.failure(super::OVER_QUOTA))
            .responds(
                404,
                document.failure("There is no such provider or customer."),
            )
    },
};

pub(super) const REMOVE_CARD: Endpoint = Endpoint {
    method: "delete",
    path: "/_sandbox/world/{provider}/customers/{id}/cards/{card}",
    id: "remove-card",
    summary: "Takes away a card",
    serve: |method| on(method, remove_card),
    describe: |document, operation| {
        let card = "Its id; at Airpay the number of its kit.";
        of_customer(operation)
            .with_path_parameter("card", card, &"12345678-0000-4000-8000-000000000001".into())
            .responds(200, document.reply::<Removed>("It is taken away."))
            .responds(
                404,
                document.failure("There is no such provider, customer or card."),
            )
    },
};

fn at_provider(operation: Described) -> Described {
    let names: Vec<_> = Provider::ALL.iter().map(|one| one.as_str()).collect();
    let schema = json!({"type": "string", "enum": names});
    operation.with_parameter("path", "provider", "Whose customer it is.", &schema)
}

fn of_customer(operation: Described) -> Described {
    at_provider(operation).with_path_parameter("id", "The customer's id.", &"12345678".into())
}

/// In the document: that of the provider in the path.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
enum GivenCustomer {
    Airpay(Box<airpay_file::Customer>),
    Paysafe(Box<paysafe_file::Customer>),
    Ibanera(Box<ibanera_file::Customer>),
}

/// The same for a card.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
enum GivenCard {
    Airpay(Box<airpay_file::Card>),
    Paysafe(Box<paysafe_file::Card>),
    Ibanera(Box<ibanera_file::Card>),
}

/// The same for a customer with all cards, as `/_sandbox/world` shows one.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
enum Added {
    Airpay(airpay::WorldCustomer),
    Paysafe(paysafe::WorldCustomer),
    Ibanera(ibanera::WorldCustomer),
}

#[derive(Serialize, JsonSchema)]
struct Removed {
    removed: u8,
}

async fn add_customer(
    State(app): State<App>,
    Path(provider): Path<String>,
    request: Request,
) -> Answer {
    let context = context(&app);
    let (today, now) = (app.today(), app.now_millis());
    match provider.as_str() {
        "airpay" => {
            let ready = move |customer: airpay_file::Customer| customer.ready(context);
            let add = |transaction: &Transaction<'_>, customer: airpay_file::ReadyCustomer| {
                let id = customer.add(transaction, &Fingerprints::of(transaction)?)?;
                Ok(airpay::world(transaction, Some(&id))?.into_one())
            };
            added(&app, request, ready, add).await
        }
        "paysafe" => {
            let ready = move |customer: paysafe_file::Customer| customer.ready(today, now);
            let add = move |transaction: &Transaction<'_>,
                            customer: paysafe_file::ReadyCustomer| {
                let id = customer.add(transaction)?;
                Ok(paysafe::world(transaction, today, Some(&id))?.into_one())
            };
            added(&app, request, ready, add).await
        }
        "ibanera" => {
            let ready = |customer: ibanera_file::Customer| customer.ready();
            let add = |transaction: &Transaction<'_>, customer: ibanera_file::ReadyCustomer| {
                let id = customer.add(transaction)?;
                Ok(ibanera::world(transaction, Some(id))?.into_one())
            };
            added(&app, request, ready, add).await
        }
        _ => unknown(NO_PROVIDER),
    }
}

async fn add_card(
    State(app): State<App>,
    Path((provider, id)): Path<(String, String)>,
    request: Request,
) -> Answer {
    let context = context(&app);
    let (today, now) = (app.today(), app.now_millis());
    match provider.as_str() {
        "airpay" => {
            let ready = move |card: airpay_file::Card| card.ready(context);
            let add = move |transaction: &Transaction<'_>, card: airpay_file::ReadyCard| {
                card.add(transaction, &Fingerprints::of(transaction)?, &id)?;
                Ok(airpay::world(transaction, Some(&id))?.into_one())
            };
            added(&app, request, ready, add).await
        }
        "paysafe" => {
            let ready = move |card: paysafe_file::Card| card.ready(today, now);
            let add = move |transaction: &Transaction<'_>, card: paysafe_file::ReadyCard| {
                card.add(transaction, &id)?;
                Ok(paysafe::world(transaction, today, Some(&id))?.into_one())
            };
            added(&app, request, ready, add).await
        }
        "ibanera" => {
            let Ok(id) = id.parse() else {
                return unknown(NO_CUSTOMER);
            };
            let ready = |card: ibanera_file::Card| card.ready();
            let add = move |transaction: &Transaction<'_>, card: ibanera_file::ReadyCard| {
                card.add(transaction, id)?;
                Ok(ibanera::world(transaction, Some(id))?.into_one())
            };
            added(&app, request, ready, add).await
        }
        _ => unknown(NO_PROVIDER),
    }
}

async fn remove_customer(
    State(app): State<App>,
    Path((provider, id)): Path<(String, String)>,
) -> Answer {
    let remove = move |transaction: &Transaction<'_>| match provider.as_str() {
        "airpay" => airpay_file::remove_customer(transaction, &id),
        "paysafe" => paysafe_file::remove_customer(transaction, &id),
        "ibanera" => ibanera_file::remove_customer(transaction, number(&id, NO_CUSTOMER)?),
        _ => Err(Refused::NotFound(NO_PROVIDER)),
    };
    removed(app.store.write(remove).await)
}

async fn remove_card(
    State(app): State<App>,
    Path((provider, id, card)): Path<(String, String, String)>,
) -> Answer {
    let remove = move |transaction: &Transaction<'_>| match provider.as_str() {
        "airpay" => airpay_file::remove_card(transaction, &id, &card),
        "paysafe" => paysafe_file::remove_card(transaction, &id, &card),
        "ibanera" => {
            let customer = number(&id, NO_CUSTOMER)?;
            ibanera_file::remove_card(transaction, customer, number(&card, NO_CARD)?)
        }
        _ => Err(Refused::NotFound(NO_PROVIDER)),
    };
    removed(app.store.write(remove).await)
}

const NO_PROVIDER: &str = "the providers are airpay, paysafe and ibanera";
const NO_CUSTOMER: &str = "there is no customer of this id";
const NO_CARD: &str = "the customer has no card of this id";

fn context(app: &App) -> Context {
    Context {
        rules: app.rules(),
        has_key: false,
    }
}

fn number(id: &str, what: &'static str) -> Result<i64, Refused> {
    id.parse().map_err(|_| Refused::NotFound(what))
}

/// Reads, checks and adds: each on the thread that it belongs on.
async fn added<T, R, S>(
    app: &App,
    request: Request,
    ready: impl FnOnce(T) -> Result<R, Refused> + Send + 'static,
    add: impl FnOnce(&Transaction<'_>, R) -> Result<S, Refused> + Send + 'static,
) -> Answer
where
    T: DeserializeOwned + Send + 'static,
    R: Send + 'static,
    S: Serialize + Send + 'static,
{
    let given: T = match input::json(app, request).await {
        Ok(given) => given,
        Err(answer) => return answer,
    };
    // A password is hashed on the way.
    let ready = tokio::task::spawn_blocking(move || ready(given)).await;
    let ready = match ready.unwrap_or_else(|_| Err(StoreError::Gone.into())) {
        Ok(ready) => ready,
        Err(error) => return refused(error),
    };
    match app
        .store
        .write(move |transaction| add(transaction, ready))
        .await
    {
        Ok(shown) => Answer::accepted(&shown),
        Err(error) => refused(error),
    }
}

fn removed(result: Result<(), Refused>) -> Answer {
    match result {
        Ok(()) => Answer::accepted(&Removed { removed: 1 }),
        Err(error) => refused(error),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::testing::{Harness, Reply, registration};

    async fn call(sandbox: &Harness, method: &str, path: &str, body: &str) -> Reply {
        let path = format!("/_sandbox/world/{path}");
        sandbox.control(method, &path, body).await
    }

    #[tokio::test]
    async fn a_customer_of_each_provider_comes_and_goes() {
        let sandbox = Harness::new();
        let before = sandbox.get_json("/_sandbox/world").await;
        for (provider, customer, id, card, card_id) in [
            (
                "airpay",
                r#"{"mobile_no":"9000000001","cards":[{"card_no":"4111111111111111"}]}"#,
                "AIRPAYCUST0002",
                r#"{"card_no":"4242424242424242","kit_no":"42"}"#,
                "42",
            ),
            (
                "paysafe",
                r#"{"cards":[{"status":"PENDING"}]}"#,
                "87654322",
                r#"{"cardId":"c-42","status":"LOCKED"}"#,
                "c-42",
            ),
            (
                "ibanera",
                r#"{"customersReference":"new","cards":[{"totalBalance":7.10}]}"#,
                "11080",
                r#"{"id":42,"currency":"eur"}"#,
                "42",
            ),
        ] {
            let path = format!("{provider}/customers");
            let reply = call(&sandbox, "POST", &path, customer).await;
            assert_eq!(reply.status, 200, "{}", reply.body);
            let added: Value = serde_json::from_str(&reply.body).unwrap();
            assert!(reply.body.contains(id), "{}", reply.body);
            assert_eq!(added["cards"].as_array().unwrap().len(), 1);

            let cards = format!("{path}/{id}/cards");
            let reply = call(&sandbox, "POST", &cards, card).await;
            let with_two: Value = serde_json::from_str(&reply.body).unwrap();
            assert_eq!(
                with_two["cards"].as_array().unwrap().len(),
                2,
                "{}",
                reply.body
            );
            // The same once more is somebody's already.
            assert_eq!(call(&sandbox, "POST", &cards, card).await.status, 400);

            let card = format!("{cards}/{card_id}");
            for status in [200, 404] {
                assert_eq!(call(&sandbox, "DELETE", &card, "").await.status, status);
            }
            let world = sandbox.get_json("/_sandbox/world").await;
            let customers = world[provider]["customers"].as_array().unwrap();
            assert!(customers.contains(&added), "{provider}");
            let customer = format!("{path}/{id}");
            for status in [200, 404] {
                assert_eq!(call(&sandbox, "DELETE", &customer, "").await.status, status);
            }
        }
        assert_eq!(sandbox.get_json("/_sandbox/world").await, before);
        // A number is given out once.
        let reply = sandbox.airpay("register-user", &registration(&[])).await;
        assert!(reply.body.contains("AIRPAYCUST0003"), "{}", reply.body);
    }

    #[tokio::test]
    async fn unknown_ids_and_rules_that_are_broken() {
        let sandbox = Harness::new();
        let before = sandbox.get("/_sandbox/world/file", &[]).await.body;
        let provider = "the providers are airpay, paysafe and ibanera";
        for (method, path, body, status, error) in [
            ("POST", "stripe/customers", "{}", 404, provider),
            ("POST", "stripe/customers/1/cards", "{}", 404, provider),
            ("DELETE", "stripe/customers/1", "", 404, provider),
            ("DELETE", "stripe/customers/1/cards/1", "", 404, provider),
            (
                "POST",
                "airpay/customers/1/cards",
                "{}",
                404,
                super::NO_CUSTOMER,
            ),
            (
                "POST",
                "paysafe/customers/1/cards",
                "{}",
                404,
                super::NO_CUSTOMER,
            ),
            (
                "POST",
                "ibanera/customers/1/cards",
                "{}",
                404,
                super::NO_CUSTOMER,
            ),
            (
                "POST",
                "ibanera/customers/x/cards",
                "{}",
                404,
                super::NO_CUSTOMER,
            ),
            ("DELETE", "ibanera/customers/x", "", 404, super::NO_CUSTOMER),
            (
                "DELETE",
                "ibanera/customers/11057/cards/1005",
                "",
                404,
                super::NO_CARD,
            ),
            (
                "DELETE",
                "paysafe/customers/87654321/cards/x",
                "",
                404,
                super::NO_CARD,
            ),
            (
                "POST",
                "airpay/customers",
                r#"{"cards":[{"card_no":"4929000000000006"}]}"#,
                400,
                "cards[0].card_no: only test card numbers are taken",
            ),
            (
                "POST",
                "airpay/customers",
                r#"{"email":"Standing@sandbox.example"}"#,
                400,
                "email: another customer has it",
            ),
            (
                "POST",
                "airpay/customers",
                r#"{"entity_id":"AIRPAYCUST0001"}"#,
                400,
                "entity_id: another customer has it",
            ),
            (
                "POST",
                "airpay/customers",
                r#"{"password_hash":"x"}"#,
                400,
                "password_hash: only in a saved world, beside the fingerprintKey with which it was made",
            ),
            (
                "POST",
                "paysafe/customers/12345678/cards",
                r#"{"status":"DIGITAL"}"#,
                400,
                "status: ISSUED and DIGITAL are statuses of PHYSICAL cards only",
            ),
            (
                "POST",
                "ibanera/customers",
                r#"{"customersId":11057}"#,
                400,
                "customersId: another customer has it",
            ),
            (
                "POST",
                "ibanera/customers",
                r#"{"cards":{}}"#,
                400,
                "cards: expected a sequence",
            ),
        ] {
            let reply = call(&sandbox, method, path, body).await;
            assert_eq!(
                reply.status, status,
                "{method} {path} {body}: {}",
                reply.body
            );
            let problem: Value = serde_json::from_str(&reply.body).unwrap();
            assert_eq!(problem["error"], error, "{method} {path} {body}");
        }
        assert_eq!(sandbox.get("/_sandbox/world/file", &[]).await.body, before);
    }
}
