//! `GET /api/v1/customer/cards/byuser`
//!
//! Ibanera, Get Cards By Customer. One customer with all cards.

use cards_model::ibanera::CardsByCustomer;
use cards_model::{FieldType as _, Operation, Request, Rule, Rules};
use schemars::JsonSchema;
use serde::Serialize;

use super::access::Access;
use super::call::Handle;
use super::customers::{self, Customer};
use super::envelope::{ErrorItem, Refusal};
use super::test_values::{by_id, row};
use crate::world::ibanera::CUSTOMER;
use cards_sandbox_core::answer::UnmetRule;
use cards_sandbox_core::app::App;
use cards_sandbox_core::incoming::{Incoming, Takes};
use cards_sandbox_core::openapi::{About, Described, Document};
use cards_sandbox_core::store::StoreError;
use cards_sandbox_core::test_values::{self, TestValues};
use cards_sandbox_core::written::Written;

const CUSTOMERS_ID: &str = "customersId";

/// Tells in the OpenAPI document why [`by_customer`] reads no request.
pub(super) const NO_CUSTOMER: &str = "The customer's id is missing (`Required`), no whole number \
                                      from 1 on, or nobody's (`Invalid`). Or percent-encoding \
                                      that is none.";

/// The reply, with the keys of the generated sample.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "IbaneraCardsByCustomer")]
pub(super) struct Reply {
    #[schemars(extend("const" = "1"))]
    status: &'static str,
    errors: [ErrorItem; 0],
    /// Not used.
    id: i64,
    details: Customer,
}

impl Handle for CardsByCustomer {
    const OPERATION: &'static Operation = <Self as Request>::OPERATION;
    const ACCESS: Access = Access::Headers;
    const TAKES: Takes = Takes::Nothing;
    const ABOUT: About = About {
        tag: "cards",
        summary: "Get one customer with all cards",
        text: "",
        page: None,
    };
    const TEST_VALUES: TestValues = &[by_id!("customersId", STATUS)];
    type Reply = Reply;

    fn describe(document: &mut Document, operation: Described) -> Described {
        operation
            .parameter(CUSTOMERS_ID, "example", &CUSTOMER.into())
            .responds(200, document.reply::<Reply>("The customer with all cards."))
            .responds(400, document.failure(NO_CUSTOMER))
    }

    fn read(incoming: &Incoming, rules: &Rules) -> Result<Self, Refusal> {
        by_customer(incoming, rules, Self::new)
    }

    fn show(&self, see: &mut dyn FnMut(&str, &str)) {
        test_values::show(self, see);
    }

    async fn carry_out(self, app: &App) -> Result<Written<Reply>, Refusal> {
        let find = move |connection: &rusqlite::Connection| -> Result<_, StoreError> {
            let found = match self.customers_id {
                Some(id) => customers::find(connection, id)?,
                None => None,
            };
            let reply = |details| Reply {
                status: "1",
                errors: [],
                id: 0,
                details,
            };
            Ok(found.map(|customer| Written::of(&reply(customer))))
        };
        let found = app.store.read(find).await?;
        found.ok_or_else(|| invalid("there is no such customer"))
    }
}

/// Reads a request that is about one customer, whom the query names in any case of letters.
pub(super) fn by_customer<R: Request>(
    incoming: &Incoming,
    rules: &Rules,
    new: fn(i64) -> R,
) -> Result<R, Refusal> {
    let query = incoming.query();
    let given = query
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(CUSTOMERS_ID))
        .filter(|(_, text)| !text.is_empty());
    let Some((_, text)) = given else {
        let error = ErrorItem::required(CUSTOMERS_ID);
        let unmet = UnmetRule::field(CUSTOMERS_ID, Rule::Required, "must be given");
        return Err(Refusal::invalid(vec![error], "customersId is missing").breaks([unmet]));
    };
    let request = new(i64::from_text(text).ok_or_else(|| {
        let unmet = UnmetRule::field(CUSTOMERS_ID, Rule::Format, "a whole number");
        invalid("customersId has to be a whole number").breaks([unmet])
    })?);
    match request.check(rules) {
        Ok(()) => Ok(request),
        Err(violations) => {
            let each = violations
                .iter()
                .map(|v| format!("{}: {}", v.field, v.limit));
            let why = each.collect::<Vec<_>>().join("; ");
            Err(invalid(why).violations(Some(violations)))
        }
    }
}

/// Refuses the id that was given.
pub(super) fn invalid(why: impl Into<String>) -> Refusal {
    Refusal::invalid(vec![ErrorItem::invalid(CUSTOMERS_ID)], why)
}

#[cfg(test)]
mod tests;
