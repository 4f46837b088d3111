//! `GET /api/v1/customer/cards/transactions`
//!
//! Ibanera, List card transactions. One page of a card's ledger, the newest first.

use cards_model::ibanera::ListCardTransactions;
use cards_model::{Operation, Request, Rule, Rules};
use rusqlite::Connection;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::access::Access;
use super::call::Handle;
use super::envelope::{ErrorItem, Refusal};
use super::ledger::{Entry, Span};
use super::numbered::CARD;
use super::query::{self, Asked};
use super::section::Amount;
use super::test_values::{by_id, row};
use cards_sandbox_core::answer::UnmetRule;
use cards_sandbox_core::app::App;
use cards_sandbox_core::clock::iso;
use cards_sandbox_core::incoming::{Incoming, Takes};
use cards_sandbox_core::listed;
use cards_sandbox_core::openapi::{About, Described, Document, with_examples};
use cards_sandbox_core::store::StoreError;
use cards_sandbox_core::test_values::{self, TestValues};
use cards_sandbox_core::written::Written;

const CARDS_ID: &str = "CardsId";

/// One page of transactions, with the keys of the page's sample, which has no `errors`.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "IbaneraTransactions")]
pub(super) struct Page {
    /// Not used.
    id: i64,
    details: Vec<Transaction>,
    #[schemars(range(min = 1))]
    page_size: u32,
    /// Number of the page, counted from 1.
    #[schemars(range(min = 1))]
    page_number: u32,
    number_of_pages: u64,
    #[schemars(extend("const" = "1"))]
    status: &'static str,
}

/// An amount that came onto a card, or with a minus left it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "IbaneraTransaction")]
struct Transaction {
    id: i64,
    cards_id: i64,
    #[schemars(schema_with = "listed::decimal")]
    amount: Amount,
    /// The card's.
    currency: String,
    description: String,
    /// ISO 8601 in UTC.
    date_time: String,
    b_pending: bool,
    /// The id of the transaction that it refunds.
    #[serde(rename = "RefundTransactionsID")]
    refund_of: Option<i64>,
}

impl Handle for ListCardTransactions {
    const OPERATION: &'static Operation = <Self as Request>::OPERATION;
    const ACCESS: Access = Access::Headers;
    const TAKES: Takes = Takes::Nothing;
    const ABOUT: About = About {
        tag: "cards",
        summary: "List the transactions of a card",
        text: "All that came onto a card and left it, which adds up to its balances. A page past \
               the last one is empty. Assumption: the newest come first, both ends of a span are \
               in it, `fromDate` is not after `toDate`, `CardsId` must be given, and what left \
               the card has a minus.",
        page: Some(
            "https://customer-api-docs.ibanera.com/api-endpoints/cards/list-card-balances-and-transactions",
        ),
    };
    const TEST_VALUES: TestValues = &[by_id!("CardsId", CODE)];
    type Reply = Page;

    fn describe(document: &mut Document, operation: Described) -> Described {
        let page = document.reply::<Page>("One page of transactions.");
        operation
            .parameter("PageNumber", "default", &1.into())
            .parameter("PageSize", "default", &query::DEFAULT_PAGE_SIZE.into())
            .parameter(CARDS_ID, "example", &1001.into())
            .responds(200, with_examples(page, &[("sample", sample())]))
            .responds(
                400,
                document.failure(
                    "The card's id is missing (`Required`) or no card's (`Invalid`), a number is \
                     none from 1 on, a time is none, or the span ends before it begins. Or \
                     percent-encoding that is none.",
                ),
            )
    }

    fn read(incoming: &Incoming, rules: &Rules) -> Result<Self, Refusal> {
        query::read(incoming, rules)
    }

    fn show(&self, see: &mut dyn FnMut(&str, &str)) {
        test_values::show(self, see);
    }

    async fn carry_out(self, app: &App) -> Result<Written<Page>, Refusal> {
        let asked = Asked::of(self.page_number, self.page_size);
        let (from, to) = self.span();
        let span = Span {
            // It is there: its rule cannot be waived.
            cards_id: self.cards_id.unwrap_or_default(),
            from: from.unwrap_or(i64::MIN),
            to: to.unwrap_or(i64::MAX),
        };
        let read = move |connection: &Connection| -> Result<_, StoreError> {
            if !CARD.has(connection, span.cards_id)? {
                return Ok(None);
            }
            let entries = span.page(connection, asked.limit(), asked.offset())?;
            let entries = entries.into_iter();
            Ok(Some(Written::of(&Page {
                id: 0,
                details: entries
                    .map(|(entry, currency)| shown(span.cards_id, entry, currency))
                    .collect(),
                page_size: asked.size,
                page_number: asked.number,
                number_of_pages: asked.pages(span.count(connection)?),
                status: "1",
            })))
        };
        app.store.read(read).await?.ok_or_else(no_card)
    }
}

fn no_card() -> Refusal {
    let unmet = UnmetRule::field(CARDS_ID, Rule::Allowed, "a card's id");
    let error = ErrorItem::invalid(CARDS_ID);
    Refusal::invalid(vec![error], "there is no such card").breaks([unmet])
}

fn shown(cards_id: i64, entry: Entry, currency: String) -> Transaction {
    Transaction {
        id: entry.id.unwrap_or_default(),
        cards_id,
        amount: entry.amount,
        currency,
        description: entry.description,
        date_time: iso(entry.date_time),
        b_pending: entry.is_pending,
        refund_of: entry.refund_of,
    }
}

/// The sample of the provider's page.
fn sample() -> Value {
    json!({
        "id": 0,
        "details": [{
            "id": 0,
            "cardsId": 0,
            "amount": 0,
            "currency": "string",
            "description": "string",
            "dateTime": "2025-07-10T16:43:50.359Z",
            "bPending": true,
            "RefundTransactionsID": null,
        }],
        "pageSize": 10,
        "pageNumber": 1,
        "numberOfPages": 1,
        "status": "1",
    })
}

#[cfg(test)]
mod tests;
