//! `POST /_sandbox/issuer/{provider}`: what happens to a card without a call of the programme's.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::routing::on;
use cards_model::{Method, ProviderId};
use rusqlite::Transaction;
use schemars::{Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::{customers, input};
use crate::engine::answer::Answer;
use crate::engine::app::App;
use crate::engine::endpoint::Endpoint;
use crate::engine::issuer::{IssuerAction, IssuerDone, IssuerError, IssuerOrder};
use crate::engine::openapi::Document;
use crate::engine::problem::{problem, refused, unknown, wrong};
use crate::engine::provider::{Provider, Providers};
use crate::engine::world_error::WorldError;

pub(super) const ACT: Endpoint = Endpoint {
    method: Method::Post,
    path: "/_sandbox/issuer/{provider}",
    id: "act-as-issuer",
    summary: "Does what the issuer of a card does",
    text: "As in `{\"action\":\"authorise\",\"card\":\"1005\",\"amount\":\"9.50\"}`: balances, states and the provider's events follow, all or nothing. Each action needs some of the fields, and says which where one is missing.",
    serve: |method| on(method, act),
    describe: |document, operation| {
        let names: Vec<_> = issuers(document).map(ProviderId::as_str).collect();
        let schema = json!({"type": "string", "enum": names});
        operation
            .with_parameter("path", "provider", "Whose card it is.", &schema)
            .body(document.json::<IssuerOrder>())
            .responds(200, document.reply_by("It is done.", done))
            .responds(
                404,
                document
                    .failure("There is no such provider, customer, card, transaction or request."),
            )
            .responds(
                409,
                document.failure("The state of the card or of the money forbids it."),
            )
    },
};

fn issuers(document: &Document) -> impl Iterator<Item = ProviderId> {
    let all = document.providers.iter();
    all.filter_map(|provider| provider.issuer().map(|_| provider.id()))
}

fn done(providers: &Providers, generator: &mut SchemaGenerator) -> Schema {
    let action = generator.subschema_for::<IssuerAction>();
    let customer = customers::added(providers, generator);
    let id = json!({"type": ["string", "null"]});
    json_schema!({
        "type": "object",
        "title": "IssuerDone",
        "required": ["action", "card", "transaction", "customer"],
        "properties": {
            "action": action,
            "card": id,
            "transaction": id,
            "customer": customer,
        },
    })
}

/// The outcome, with the customer as `/_sandbox/world` shows one.
#[derive(Serialize)]
struct Done {
    action: IssuerAction,
    card: Option<String>,
    transaction: Option<String>,
    customer: Box<RawValue>,
}

/// Does what is ordered, all or nothing.
pub(crate) async fn carry_out(
    app: &App,
    provider: Arc<dyn Provider>,
    order: IssuerOrder,
) -> Result<(IssuerDone, Box<RawValue>), IssuerError> {
    let (now, showing) = (app.now_millis(), app.showing());
    let write = move |transaction: &Transaction<'_>| {
        let gone = || IssuerError::NotFound("there is no issuer of this provider");
        let (issuer, section) = (provider.issuer(), provider.section());
        let (issuer, section) = (issuer.ok_or_else(gone)?, section.ok_or_else(gone)?);
        order.check(issuer.actions(), provider.id())?;
        let done = issuer.act(transaction, &order, now)?;
        let shown = section.show_customer(transaction, showing, &done.customer)?;
        Ok((done, shown))
    };
    app.store.write(write).await
}

async fn act(State(app): State<App>, Path(provider): Path<String>, request: Request) -> Answer {
    let found = app.providers.find(&provider).cloned();
    let found = found.filter(|provider| provider.issuer().is_some());
    let Some(provider) = found else {
        let all = app.providers.iter();
        let names = all.filter(|provider| provider.issuer().is_some());
        let names: Vec<_> = names.map(|provider| provider.id().as_str()).collect();
        return unknown(&format!("there is an issuer of {}", names.join(", ")));
    };
    let order: IssuerOrder = match input::json(&app, request).await {
        Ok(order) => order,
        Err(answer) => return answer,
    };
    let action = order.action;
    match carry_out(&app, provider, order).await {
        Ok((done, customer)) => Answer::accepted(&Done {
            action,
            card: done.card,
            transaction: done.transaction,
            customer,
        }),
        Err(error) => answer(error),
    }
}

/// Says why it is not done.
fn answer(error: IssuerError) -> Answer {
    match error {
        IssuerError::Field(error) => wrong(&error.field, error.what),
        IssuerError::NotFound(what) => unknown(what),
        IssuerError::Conflict(why) => problem(StatusCode::CONFLICT, why.into_owned()),
        IssuerError::Store(error) => refused(WorldError::Store(error)),
    }
}
