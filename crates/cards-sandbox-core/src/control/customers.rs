//! `/_sandbox/world/{provider}/customers/...`: customers and cards, added and
//! taken away one by one.
//!
//! `POST .../customers` adds a customer with cards, `POST
//! .../customers/{id}/cards` a card; what is left out is made up, what is given
//! has to keep the documents' rules. `DELETE` takes away a customer with all
//! cards, or one card (by its id, or by what its provider names cards by). Additions are
//! answered with the customer as `/_sandbox/world` shows it.

use axum::extract::{Path, Request, State};
use axum::routing::on;
use cards_model::Method;
use rusqlite::Transaction;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::json;

use super::input;
use crate::engine::answer::Answer;
use crate::engine::app::App;
use crate::engine::endpoint::Endpoint;
use crate::engine::field_error::FieldError;
use crate::engine::meter::Meter;
use crate::engine::openapi::{Described, Document};
use crate::engine::problem::{OVER_QUOTA, refused, unknown};
use crate::engine::provider::Providers;
use crate::engine::store::StoreError;
use crate::engine::world::section::{Context, Form, NO_CUSTOMER, Row, Section, named};
use crate::engine::world_error::WorldError;

pub(super) const ADD_CUSTOMER: Endpoint = Endpoint {
    method: Method::Post,
    path: "/_sandbox/world/{provider}/customers",
    id: "add-customer",
    summary: "Adds a customer with cards; what is left out is made up",
    text: "With the cards that are given. Values that are given have to keep the documents' rules.",
    serve: |method| on(method, add_customer),
    describe: |document, operation| {
        let operation = at_provider(document, operation).body(document.json_by(new_customer));
        adds(document, operation)
    },
};

pub(super) const REMOVE_CUSTOMER: Endpoint = Endpoint {
    method: Method::Delete,
    path: "/_sandbox/world/{provider}/customers/{id}",
    id: "remove-customer",
    summary: "Takes away a customer with all cards",
    text: "Calls for it are answered from then on as for one that there never was.",
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
    method: Method::Post,
    path: "/_sandbox/world/{provider}/customers/{id}/cards",
    id: "add-card-to-customer",
    summary: "Adds a card; what is left out is made up",
    text: "To a customer that there is. Values that are given have to keep the documents' rules.",
    serve: |method| on(method, add_card),
    describe: |document, operation| {
        let operation = of_customer(document, operation).body(document.json_by(new_card));
        adds(document, operation)
    },
};

pub(super) const REMOVE_CARD: Endpoint = Endpoint {
    method: Method::Delete,
    path: "/_sandbox/world/{provider}/customers/{id}/cards/{card}",
    id: "remove-card",
    summary: "Takes away a card",
    text: "The customer and the other cards stay.",
    serve: |method| on(method, remove_card),
    describe: |document, operation| {
        let names = document.providers.sections();
        let names = names.filter_map(|(_, section)| section.names_cards_by());
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

/// Describes the answers to what adds a customer or a card.
fn adds(document: &mut Document, operation: Described) -> Described {
    operation
        .responds(
            200,
            document.reply_by("The customer with all cards.", added),
        )
        .responds(409, document.failure(OVER_QUOTA))
        .responds(
            404,
            document.failure("There is no such provider or customer."),
        )
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

pub(super) fn added(providers: &Providers, generator: &mut SchemaGenerator) -> Schema {
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
    let each = providers.sections();
    let each: Vec<_> = each
        .map(|(_, section)| section.schema(form, generator))
        .collect();
    let schema = match form {
        // They have no fields in common that are required, so that generators know them apart.
        Form::ShownCustomer => json_schema!({"description": description, "oneOf": each}),
        // Nothing need be given, so that the path alone says whose it is.
        _ => json_schema!({"type": "object", "description": description, "anyOf": each}),
    };
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
    let found = app.providers.find(provider);
    let found = found.and_then(|found| Some((found.id(), found.section()?)));
    let Some((id, section)) = found else {
        return no_provider(app);
    };
    if owner.as_ref().is_some_and(|id| !section.is_id(id)) {
        return unknown(NO_CUSTOMER);
    }
    let read = move |body: &[u8]| read(section, body);
    // A customer may be large, and is counted wherever it goes.
    let meter = Meter::of(request.extensions());
    let mut row = match input::json_by(app, request, read).await {
        Ok(row) => row,
        Err(answer) => return answer,
    };
    let context = Context {
        rules: app.rules(id),
        now: app.now_millis(),
        has_key: false,
    };
    // A password is hashed on the way.
    let check = move || row.check(&context).map(|()| (row, meter));
    let checked = tokio::task::spawn_blocking(check).await;
    let (row, meter) = match checked.unwrap_or_else(|_| Err(StoreError::Gone.into())) {
        Ok(row) => row,
        Err(error) => return refused(error),
    };
    let (showing, of) = (app.showing(), app.clone());
    let write = move |transaction: &Transaction<'_>| {
        let id = row.add(transaction, owner.as_deref())?;
        drop((row, meter));
        of.arrivals.send_replace(());
        let shown = section.show_customer(transaction, showing, &id)?;
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
    let Some(section) = app.providers.section(provider) else {
        return no_provider(app);
    };
    let remove =
        move |transaction: &Transaction<'_>| section.remove(transaction, &id, card.as_deref());
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
