//! `GET /api/v1/customer/cards/byuser/list`
//!
//! Ibanera, Get Customer Cards. One page of all customers with their cards, by
//! id; ten a page where nothing is said. A page past the last one is empty.

use cards_model::ibanera::ListCustomerCards;
use cards_model::{Operation, Request, Rule, Rules};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::access::Access;
use super::call::Handle;
use super::customers::{self, Customer};
use super::envelope::{ErrorItem, Refusal};
use crate::answer::UnmetRule;
use crate::app::App;
use crate::incoming::{Incoming, Takes};
use crate::openapi::{About, Described, Document, with_examples};
use crate::store::StoreError;

/// Records a page where nothing is said.
const DEFAULT_PAGE_SIZE: u32 = 10;

/// The reply, with the keys of the generated sample.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "IbaneraPage")]
pub(super) struct Page {
    #[schemars(extend("const" = "1"))]
    status: &'static str,
    errors: [ErrorItem; 0],
    /// Not used.
    id: i64,
    details: Vec<Customer>,
    #[schemars(range(min = 1))]
    page_size: u32,
    /// Counted from 1.
    #[schemars(range(min = 1))]
    page_number: u32,
    number_of_pages: u64,
}

impl Handle for ListCustomerCards {
    const OPERATION: &'static Operation = <Self as Request>::OPERATION;

    const ACCESS: Access = Access::Headers;

    const TAKES: Takes = Takes::Nothing;

    const ABOUT: About = About {
        tag: "cards",
        summary: "List all customers with their cards",
        text: "Customers by id, each with all cards. A page past the last one is empty.",
        page: None,
    };

    const HAS_ERROR_TYPE: bool = true;

    type Reply = Page;

    fn describe(document: &mut Document, operation: Described) -> Described {
        let page = document.reply::<Page>("One page of all managed customers.");
        operation
            .parameter("pageNumber", "default", &1.into())
            .parameter("pageSize", "default", &DEFAULT_PAGE_SIZE.into())
            .responds(200, with_examples(page, &[("success", example_page())]))
            .responds(
                400,
                document.failure(
                    "A parameter is no whole number from 1 on. Or percent-encoding that is none.",
                ),
            )
    }

    /// Reads the two numbers, each at least 1. Their names have no case, as in the provider's own documents,
    /// which spell them in two ways.
    fn read(incoming: &Incoming, rules: &Rules) -> Result<Self, Refusal> {
        let query = incoming.query();
        let mut request = Self::new();
        let mut errors = Vec::new();
        let mut unmet = Vec::new();
        for (name, field) in [
            ("pageNumber", &mut request.page_number),
            ("pageSize", &mut request.page_size),
        ] {
            let given = query
                .iter()
                .find(|(given, _)| given.eq_ignore_ascii_case(name));
            if let Some((_, text)) = given {
                *field = text.parse().ok();
                if field.is_none() {
                    errors.push(ErrorItem::invalid(name));
                    unmet.push(UnmetRule::field(name, Rule::Format, "a whole number"));
                }
            }
        }
        let violations = request.check(rules).err();
        if let Some(violations) = &violations {
            let fields = violations
                .iter()
                .filter_map(|v| <Self as Request>::OPERATION.field(&v.field));
            errors.extend(fields.map(|field| ErrorItem::invalid(field.wire)));
        }
        if errors.is_empty() {
            return Ok(request);
        }
        let why = "pageNumber and pageSize have to be whole numbers from 1 on";
        Err(Refusal::invalid(errors, why)
            .violations(violations)
            .breaks(unmet))
    }

    async fn carry_out(self, app: &App) -> Result<Page, Refusal> {
        let page_size = self.page_size.unwrap_or(DEFAULT_PAGE_SIZE);
        let page_number = self.page_number.unwrap_or(1);
        // Both are at least 1 here, and neither sum depends on it.
        let limit = u64::from(page_size.max(1));
        let offset = limit.saturating_mul(u64::from(page_number.saturating_sub(1)));
        let read = move |connection: &rusqlite::Connection| -> Result<_, StoreError> {
            let details = customers::some(connection, limit, offset)?;
            Ok((details, customers::count(connection)?))
        };
        let (details, count) = app.store.read(read).await?;
        Ok(Page {
            status: "1",
            errors: [],
            id: 0,
            details,
            page_size,
            page_number,
            number_of_pages: count.div_ceil(limit),
        })
    }
}

/// The provider's success example, with the keys of its generated sample.
fn example_page() -> Value {
    json!({
        "status": "1",
        "errors": [],
        "id": 0,
        "details": [{
            "customersId": 0,
            "customersReference": "string",
            "cards": [{
                "id": 0,
                "currency": "usd",
                "cardNumber": "text",
                "totalBalance": 0,
                "availableBalance": 0,
                "pendingBalance": 0,
                "bSuppressed": true,
            }],
        }],
        "pageSize": 10,
        "pageNumber": 1,
        "numberOfPages": 1,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::ibanera::testing::{BEARER, otp};
    use crate::testing::{EXTREMES, Harness, Reply};

    async fn list(sandbox: &Harness, query: &str) -> Reply {
        let target = format!("/api/v1/customer/cards/byuser/list{query}");
        sandbox
            .get(&target, &[BEARER, ("otp", &otp(sandbox))])
            .await
    }

    #[tokio::test]
    async fn the_keys_of_the_generated_sample_in_their_order() {
        let reply = list(&Harness::new(), "?pageSize=1").await;
        assert_eq!(reply.status, 200);
        assert_eq!(
            reply.body,
            r#"{"status":"1","errors":[],"id":0,"details":[{"customersId":11057,"customersReference":"customer-ref-1","cards":[{"id":1001,"currency":"usd","cardNumber":"424242******4242","totalBalance":1250.75,"availableBalance":1200.25,"pendingBalance":50.50,"bSuppressed":false},{"id":1002,"currency":"usd","cardNumber":"424242******1881","totalBalance":0,"availableBalance":0,"pendingBalance":0,"bSuppressed":false},{"id":1003,"currency":"eur","cardNumber":"424242******4444","totalBalance":89.10,"availableBalance":89.10,"pendingBalance":0.00,"bSuppressed":false},{"id":1004,"currency":"usd","cardNumber":"424242******0002","totalBalance":15.00,"availableBalance":0,"pendingBalance":15.00,"bSuppressed":true}]}],"pageSize":1,"pageNumber":1,"numberOfPages":23}"#
        );
    }

    #[tokio::test]
    async fn pages_hold_every_customer_once() {
        let sandbox = Harness::new();
        let mut ids = Vec::new();
        for (query, number, records) in [
            ("", 1, 10),
            ("?pageNumber=2", 2, 10),
            ("?PageNumber=3&PageSize=10", 3, 3),
            ("?pageNumber=4", 4, 0),
        ] {
            let reply = list(&sandbox, query).await;
            let page: Value = serde_json::from_str(&reply.body).unwrap();
            let details = page["details"].as_array().unwrap();
            assert_eq!(details.len(), records, "{query}");
            assert_eq!(page["pageNumber"], number);
            assert_eq!(
                (&page["pageSize"], &page["numberOfPages"]),
                (&10.into(), &3.into())
            );
            ids.extend(
                details
                    .iter()
                    .map(|customer| customer["customersId"].as_i64().unwrap()),
            );
        }
        assert_eq!(ids, (11057..11080).collect::<Vec<_>>());
        let reply = list(&sandbox, "?pageNumber=4294967295&pageSize=4294967295").await;
        assert!(reply.body.contains(r#""details":[],"#), "{}", reply.body);
    }

    #[tokio::test]
    async fn no_number_is_too_extreme() {
        let sandbox = Harness::new();
        for number in EXTREMES {
            for size in EXTREMES {
                let query = format!("?pageNumber={number}&pageSize={size}");
                let status = list(&sandbox, &query).await.status;
                assert!(status == 200 || status == 400, "{query}: {status}");
            }
        }
    }

    #[tokio::test]
    async fn a_bad_page_is_invalid_and_named() {
        let sandbox = Harness::new();
        for (query, field) in [
            ("?pageNumber=0", "pageNumber"),
            ("?pageNumber=-1", "pageNumber"),
            ("?pageNumber=x", "pageNumber"),
            ("?pageSize=0", "pageSize"),
            ("?pageSize=", "pageSize"),
            ("?pageSize=1e3", "pageSize"),
        ] {
            let reply = list(&sandbox, query).await;
            assert_eq!(reply.status, 400, "{query}");
            assert_eq!(
                reply.body,
                format!(
                    r#"{{"status":"0","errors":[{{"errorType":"Validation","fieldName":"{field}","messageCode":"Invalid"}}],"id":0,"details":null}}"#
                )
            );
        }
    }
}
