//! `/_sandbox/world/{provider}/customers/...`: customers and cards, added and
//! taken away one by one.
//!
//! `POST .../customers` adds a customer with cards, `POST
//! .../customers/{id}/cards` a card; what is left out is made up, what is given
//! has to keep the documents' rules. `DELETE` takes away a customer with all
//! cards, or one card (by its id, or by what its provider names cards by). Additions are
//! answered with the customer as `/_sandbox/world` shows it.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::routing::on;
use rusqlite::Transaction;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::json;

use super::input;
use crate::answer::Answer;
use crate::app::App;
use crate::endpoint::Endpoint;
use crate::field_error::FieldError;
use crate::openapi::{Described, Document};
use crate::problem::{OVER_QUOTA, refused, unknown};
use crate::provider::Providers;
use crate::store::StoreError;
use crate::world::section::{Context, Form, NO_CUSTOMER, Row, Section, named};
use crate::world_error::WorldError;

pub(super) const ADD_CUSTOMER: Endpoint = Endpoint {
    method: "post",
    path: "/_sandbox/world/{provider}/customers",
    id: "add-customer",
    summary: "Adds a customer with cards; what is left out is made up",
    serve: |method| on(method, add_customer),
    describe: |document, operation| {
        at_provider(document, operation)
            .body(document.json_by(new_customer))
            .responds(
                200,
                document.reply_by("The customer with all cards.", added),
            )
            .responds(409, document.failure(OVER_QUOTA))
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
        of_customer(document, operation)
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
        of_customer(document, operation)
            .body(document.json_by(new_card))
            .responds(
                200,
                document.reply_by("The customer with all cards.", added),
            )
            .responds(409, document.failure(OVER_QUOTA))
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
        let names = document.providers.iter();
        let names = names.filter_map(|provider| provider.section().names_cards_by());
        let names: String = names.map(|name| format!("; {name}")).collect();
        let card = format!("Its id{names}.");
        of_customer(document, operation)
            .with_path_parameter(
                "card",
                &card,
                &"12345678-0000-4000-8000-000000000001".into(),
            )
            .responds(200, document.reply::<Removed>("It is taken away."))
            .responds(
                404,
                document.failure("There is no such provider, customer or card."),
            )
    },
};

fn at_provider(document: &Document, operation: Described) -> Described {
    let names: Vec<_> = document.providers.ids().collect();
    let schema = json!({"type": "string", "enum": names});
    operation.with_parameter("path", "provider", "Whose customer it is.", &schema)
}

fn of_customer(document: &Document, operation: Described) -> Described {
    let operation = at_provider(document, operation);
    operation.with_path_parameter("id", "The customer's id.", &"12345678".into())
}

fn new_customer(providers: &Providers, generator: &mut SchemaGenerator) -> Schema {
    let description = "In the document: that of the provider in the path.";
    any(
        providers,
        generator,
        Form::Customer,
        "GivenCustomer",
        description,
    )
}

fn new_card(providers: &Providers, generator: &mut SchemaGenerator) -> Schema {
    any(
        providers,
        generator,
        Form::Card,
        "GivenCard",
        "The same for a card.",
    )
}

fn added(providers: &Providers, generator: &mut SchemaGenerator) -> Schema {
    let description = "The same for a customer with all cards, as `/_sandbox/world` shows one.";
    any(
        providers,
        generator,
        Form::ShownCustomer,
        "Added",
        description,
    )
}

/// Describes what has the form of any of the providers.
fn any(
    providers: &Providers,
    generator: &mut SchemaGenerator,
    form: Form,
    name: &str,
    description: &str,
) -> Schema {
    let each = providers.iter();
    let each: Vec<_> = each
        .map(|one| one.section().schema(form, generator))
        .collect();
    let schema = json_schema!({"description": description, "anyOf": each});
    named(generator, name, schema)
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
    add(&app, &provider, None, request, |section, body| {
        section.read_customer(body)
    })
    .await
}

async fn add_card(
    State(app): State<App>,
    Path((provider, id)): Path<(String, String)>,
    request: Request,
) -> Answer {
    add(&app, &provider, Some(id), request, |section, body| {
        section.read_card(body)
    })
    .await
}

/// Reads a customer or a card of a provider.
type ReadRow = fn(&dyn Section, &[u8]) -> Result<Box<dyn Row>, FieldError>;

/// Reads, checks and adds: each on the thread that it belongs on.
async fn add(
    app: &App,
    provider: &str,
    owner: Option<String>,
    request: Request,
    read: ReadRow,
) -> Answer {
    let Some(provider) = app.providers.find(provider).cloned() else {
        return no_provider(app);
    };
    if owner
        .as_ref()
        .is_some_and(|id| !provider.section().is_id(id))
    {
        return unknown(NO_CUSTOMER);
    }
    let section = Arc::clone(&provider);
    let read = move |body: &[u8]| read(section.section(), body);
    let mut row = match input::json_by(app, request, read).await {
        Ok(row) => row,
        Err(answer) => return answer,
    };
    let context = Context {
        rules: app.rules(),
        now: app.now_millis(),
        has_key: false,
    };
    // A password is hashed on the way.
    let check = move || row.check(&context).map(|()| row);
    let checked = tokio::task::spawn_blocking(check).await;
    let row = match checked.unwrap_or_else(|_| Err(StoreError::Gone.into())) {
        Ok(row) => row,
        Err(error) => return refused(error),
    };
    let today = app.today();
    let write = move |transaction: &Transaction<'_>| {
        let id = row.add(transaction, owner.as_deref())?;
        let shown = provider.section().show_customer(transaction, today, &id)?;
        Ok::<_, WorldError>(shown)
    };
    match app.store.write(write).await {
        Ok(shown) => Answer::accepted(&shown),
        Err(error) => refused(error),
    }
}

async fn remove_customer(
    State(app): State<App>,
    Path((provider, id)): Path<(String, String)>,
) -> Answer {
    remove(&app, &provider, id, None).await
}

async fn remove_card(
    State(app): State<App>,
    Path((provider, id, card)): Path<(String, String, String)>,
) -> Answer {
    remove(&app, &provider, id, Some(card)).await
}

async fn remove(app: &App, provider: &str, id: String, card: Option<String>) -> Answer {
    let Some(provider) = app.providers.find(provider).cloned() else {
        return no_provider(app);
    };
    let remove = move |transaction: &Transaction<'_>| {
        let section = provider.section();
        section.remove(transaction, &id, card.as_deref())
    };
    match app.store.write(remove).await {
        Ok(()) => Answer::accepted(&Removed { removed: 1 }),
        Err(error) => refused(error),
    }
}

fn no_provider(app: &App) -> Answer {
    unknown(&format!(
        "the providers are {}",
        app.providers.listed("and")
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::testing::{Harness, Reply, registration};
    use crate::world::section::{NO_CARD, NO_CUSTOMER};

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
            ("POST", "airpay/customers/1/cards", "{}", 404, NO_CUSTOMER),
            ("POST", "paysafe/customers/1/cards", "{}", 404, NO_CUSTOMER),
            ("POST", "ibanera/customers/1/cards", "{}", 404, NO_CUSTOMER),
            ("POST", "ibanera/customers/x/cards", "{}", 404, NO_CUSTOMER),
            ("DELETE", "ibanera/customers/x", "", 404, NO_CUSTOMER),
            (
                "DELETE",
                "ibanera/customers/11057/cards/1005",
                "",
                404,
                NO_CARD,
            ),
            (
                "DELETE",
                "paysafe/customers/87654321/cards/x",
                "",
                404,
                NO_CARD,
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
