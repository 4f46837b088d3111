//! `GET /api/v1/customer/cards/byuser/list`
//!
//! Ibanera, Get Customer Cards. One page of all customers with their cards, by
//! id; ten a page where nothing is said. A page past the last one is empty.

use cards_model::ibanera::ListCustomerCards;
use cards_model::{FieldType as _, Operation, Request, Rule, Rules};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::access::Access;
use super::call::Handle;
use super::customers::{self, Customer};
use super::envelope::{ErrorItem, Refusal};
use super::test_values::{CODE, row};
use cards_sandbox_core::answer::UnmetRule;
use cards_sandbox_core::app::App;
use cards_sandbox_core::incoming::{Incoming, Takes};
use cards_sandbox_core::openapi::{About, Described, Document, with_examples};
use cards_sandbox_core::store::StoreError;
use cards_sandbox_core::test_values::{self, TestValues};
use cards_sandbox_core::written::Written;

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
    /// Number of the page, counted from 1.
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
    const TEST_VALUES: TestValues = &[&[
        row!(
            "pageNumber" = "9004001", BAD_REQUEST "pageNumber" "Required",
            "the page has to be given", typed
        )
        .assuming(CODE),
        row!(
            "pageNumber" = "9004002", BAD_REQUEST "pageNumber" "Invalid",
            "there is no such page", typed
        )
        .assuming(CODE),
        row!(
            "pageNumber" = "9004011", UNAUTHORIZED "Authorization" "Invalid",
            "the token has expired", typed
        )
        .assuming(CODE),
    ]];
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
                *field = u32::from_text(text);
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

    fn show(&self, see: &mut dyn FnMut(&str, &str)) {
        test_values::show(self, see);
    }

    async fn carry_out(self, app: &App) -> Result<Written<Page>, Refusal> {
        let page_size = self.page_size.unwrap_or(DEFAULT_PAGE_SIZE);
        let page_number = self.page_number.unwrap_or(1);
        // Both are at least 1 here, and neither sum depends on it.
        let limit = u64::from(page_size.max(1));
        let offset = limit.saturating_mul(u64::from(page_number.saturating_sub(1)));
        let read = move |connection: &rusqlite::Connection| -> Result<_, StoreError> {
            let details = customers::page(connection, limit, offset)?;
            let count = customers::COUNTED.count(connection)?;
            Ok(Written::of(&Page {
                status: "1",
                errors: [],
                id: 0,
                details,
                page_size,
                page_number,
                number_of_pages: count.div_ceil(limit),
            }))
        };
        Ok(app.store.read(read).await?)
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
mod tests;
