//! `GET /api/v1/customer/cards/byuser`
//!
//! Ibanera, Get Cards By Customer. One customer with all cards.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::routing::get;
use cards_model::ibanera::CardsByCustomer;
use cards_model::{Request, Rule};
use schemars::JsonSchema;
use serde::Serialize;

use super::access;
use super::customers::{self, Customer};
use super::envelope::{ErrorItem, Refusal};
use crate::answer::{Answer, Broken};
use crate::app::App;
use crate::intake::{self, Pairs};

const CUSTOMERS_ID: &str = "customersId";

pub(super) fn routes() -> Router<App> {
    Router::new().route(CardsByCustomer::OPERATION.path, get(handle))
}

async fn handle(State(app): State<App>, headers: HeaderMap, uri: Uri) -> Answer {
    match cards(&app, &headers, &uri).await {
        Ok(reply) => Answer::accepted(&reply),
        Err(refusal) => refusal.into(),
    }
    .of(CardsByCustomer::OPERATION)
}

/// The reply, with the keys of the generated sample.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "IbaneraCardsByCustomer")]
pub(crate) struct Reply {
    #[schemars(extend("const" = "1"))]
    status: &'static str,
    errors: [ErrorItem; 0],
    /// Not used.
    id: i64,
    details: Customer,
}

async fn cards(app: &App, headers: &HeaderMap, uri: &Uri) -> Result<Reply, Refusal> {
    access::verify(app, headers).await?;
    let customers_id = parse(app, &intake::query(uri))?;
    let details = app
        .store
        .read(move |connection| customers::one(connection, customers_id))
        .await?
        .ok_or_else(|| invalid("there is no such customer"))?;
    Ok(Reply {
        status: "1",
        errors: [],
        id: 0,
        details,
    })
}

fn parse(app: &App, query: &Pairs) -> Result<i64, Refusal> {
    let given = query
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(CUSTOMERS_ID))
        .filter(|(_, text)| !text.is_empty());
    let Some((_, text)) = given else {
        let error = ErrorItem::required(CUSTOMERS_ID);
        let broken = Broken::field(CUSTOMERS_ID, Rule::Required, "must be given");
        return Err(Refusal::invalid(vec![error], "customersId is missing").breaks([broken]));
    };
    let id = text.parse().map_err(|_| {
        let broken = Broken::field(CUSTOMERS_ID, Rule::Format, "a whole number");
        invalid("customersId has to be a whole number").breaks([broken])
    })?;
    CardsByCustomer::new(id)
        .check(&app.rules())
        .map_err(|violations| {
            let each = violations
                .iter()
                .map(|v| format!("{}: {}", v.field, v.limit));
            invalid(each.collect::<Vec<_>>().join("; ")).violations(Some(violations))
        })?;
    Ok(id)
}

fn invalid(why: impl Into<String>) -> Refusal {
    Refusal::invalid(vec![ErrorItem::invalid(CUSTOMERS_ID)], why)
}

#[cfg(test)]
mod tests {
    use crate::ibanera::testing::{BEARER, otp};
    use crate::testing::{Harness, Reply};

    async fn by_user(sandbox: &Harness, query: &str) -> Reply {
        let target = format!("/api/v1/customer/cards/byuser{query}");
        sandbox
            .get(&target, &[BEARER, ("otp", &otp(sandbox))])
            .await
    }

    #[tokio::test]
    async fn the_keys_of_the_generated_sample_in_their_order() {
        let reply = by_user(&Harness::new(), "?customersId=11058").await;
        assert_eq!(reply.status, 200);
        assert_eq!(
            reply.body,
            r#"{"status":"1","errors":[],"id":0,"details":{"customersId":11058,"customersReference":"customer-ref-2","cards":[{"id":1005,"currency":"usd","cardNumber":"424242******4242","totalBalance":1250.75,"availableBalance":1200.25,"pendingBalance":50.50,"bSuppressed":false}]}}"#
        );
    }

    #[tokio::test]
    async fn an_id_that_is_missing_or_no_customers() {
        let sandbox = Harness::new();
        for (query, code) in [
            ("", "Required"),
            ("?customersId=", "Required"),
            ("?customersId=x", "Invalid"),
            ("?customersId=1.5", "Invalid"),
            ("?customersId=0", "Invalid"),
            ("?customersId=-11057", "Invalid"),
            ("?customersId=99999999999999999999", "Invalid"),
            ("?customersId=11056", "Invalid"),
        ] {
            let reply = by_user(&sandbox, query).await;
            assert_eq!(reply.status, 400, "{query}");
            assert_eq!(
                reply.body,
                format!(
                    r#"{{"status":"0","errors":[{{"fieldName":"customersId","messageCode":"{code}"}}],"id":0,"details":null}}"#
                )
            );
        }
        assert_eq!(by_user(&sandbox, "?CustomersId=11057").await.status, 200);
    }
}
