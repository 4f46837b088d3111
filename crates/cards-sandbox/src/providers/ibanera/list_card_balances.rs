//! `GET /api/v1/customer/cards/balances`
//!
//! Ibanera, List card balances. One page of all cards, or of one customer's, by id.

use cards_model::ibanera::ListCardBalances;
use cards_model::{Operation, Request, Rule, Rules};
use rusqlite::{Connection, Row};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::access::Access;
use super::call::Handle;
use super::envelope::{ErrorItem, Refusal};
use super::numbered::CUSTOMER as CUSTOMERS;
use super::query::{self, Asked};
use super::section::Amount;
use super::settings::{BalanceNames, Ibanera};
use super::test_values::{by_id, row};
use crate::world::ibanera::{CUSTOMER, HOLDER};
use cards_sandbox_core::answer::UnmetRule;
use cards_sandbox_core::app::App;
use cards_sandbox_core::incoming::{Incoming, Takes};
use cards_sandbox_core::listed;
use cards_sandbox_core::openapi::{About, Described, Document, with_examples};
use cards_sandbox_core::store::{Counted, RowPlace, StoreError, of_row};
use cards_sandbox_core::test_values::{self, TestValues};
use cards_sandbox_core::written::Written;

const CUSTOMERS_ID: &str = "CustomersID";

/// One page of balances, with the keys of the page's sample.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "IbaneraBalances")]
pub(super) struct Page {
    /// Not used.
    id: i64,
    // The default names alone: generators make one name of those that differ by case.
    #[schemars(with = "Vec<NewerNames>")]
    details: Vec<Balance>,
    #[schemars(range(min = 1))]
    page_size: u32,
    /// Number of the page, counted from 1.
    #[schemars(range(min = 1))]
    page_number: u32,
    number_of_pages: u64,
    #[schemars(extend("const" = "1"))]
    status: &'static str,
    errors: [ErrorItem; 0],
}

/// A card's balances, in one of the two spellings of the provider's page.
#[derive(Serialize)]
#[serde(untagged)]
enum Balance {
    Newer(NewerNames),
    Older(OlderNames),
}

/// A card's balances with the names of the page's newer copy; a sandbox that is set so answers with
/// those of the older one.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "IbaneraBalance")]
struct NewerNames {
    id: i64,
    customers_reference: String,
    card_holder_name: &'static str,
    card_last4: String,
    /// The customer's id, as text.
    #[serde(rename = "customersID")]
    customers_id: String,
    #[serde(flatten)]
    amounts: Amounts,
}

/// The names of the older copy, for sandboxes that are set so.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct OlderNames {
    #[serde(rename = "id")]
    id: i64,
    customers_reference: String,
    card_holder_name: &'static str,
    card_last4: String,
    /// The customer's id, as a number.
    #[serde(rename = "CustomersID")]
    customers_id: i64,
    #[serde(flatten)]
    amounts: Amounts,
}

/// The fields that both copies spell alike.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Amounts {
    currency: String,
    // Numbers as their own text, so that no float rounds them.
    #[schemars(schema_with = "listed::decimal")]
    total_balance: Amount,
    #[schemars(schema_with = "listed::decimal")]
    available_balance: Amount,
    #[schemars(schema_with = "listed::decimal")]
    pending_balance: Amount,
    /// `Active` or `Deactivated`.
    status: &'static str,
}

impl Handle for ListCardBalances {
    const OPERATION: &'static Operation = <Self as Request>::OPERATION;
    const ACCESS: Access = Access::Headers;
    const TAKES: Takes = Takes::Nothing;
    const ABOUT: About = About {
        tag: "cards",
        summary: "List the balances of cards",
        text: "The cards of all customers, or of one, by id. The total balance of a card is the \
               sum of its transactions, the pending balance that of the pending ones, and the \
               available balance the difference, less what is held back. A page past the last \
               one is empty. Assumption: `CustomersID` of nobody is `Invalid`. The provider's \
               page has the names in two spellings; a setting of the sandbox chooses the older \
               one. The sandbox knows no holders: each is the page's own John Doe.",
        page: Some(
            "https://customer-api-docs.ibanera.com/api-endpoints/cards/list-card-balances-and-transactions",
        ),
    };
    const TEST_VALUES: TestValues = &[by_id!("CustomersID", CODE)];
    type Reply = Page;

    fn describe(document: &mut Document, operation: Described) -> Described {
        let page = document.reply::<Page>("One page of balances.");
        operation
            .parameter("PageNumber", "default", &1.into())
            .parameter("PageSize", "default", &query::DEFAULT_PAGE_SIZE.into())
            .parameter(CUSTOMERS_ID, "example", &CUSTOMER.into())
            .responds(200, with_examples(page, &[("sample", sample())]))
            .responds(
                400,
                document.failure(
                    "A parameter is no whole number from 1 on, or the customer's id is nobody's \
                     (`Invalid`). Or percent-encoding that is none.",
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
        let names = app.providers.get::<Ibanera>().balance_names;
        let customer = self.customers_id;
        let read = move |connection: &Connection| -> Result<_, StoreError> {
            if let Some(id) = customer
                && !CUSTOMERS.has(connection, id)?
            {
                return Ok(None);
            }
            Ok(Some(Written::of(&Page {
                id: 0,
                details: cards(connection, names, customer, asked)?,
                page_size: asked.size,
                page_number: asked.number,
                number_of_pages: asked.pages(count(connection, customer)?),
                status: "1",
                errors: [],
            })))
        };
        app.store.read(read).await?.ok_or_else(nobody)
    }
}

fn nobody() -> Refusal {
    let unmet = UnmetRule::field(CUSTOMERS_ID, Rule::Allowed, "a customer's id");
    let error = ErrorItem::invalid(CUSTOMERS_ID);
    Refusal::invalid(vec![error], "there is no such customer").breaks([unmet])
}

/// The cards by their number.
const COUNTED: Counted = Counted::new("ibanera_card");

fn count(connection: &Connection, customer: Option<i64>) -> Result<u64, StoreError> {
    let Some(customer) = customer else {
        return Ok(COUNTED.count(connection)?);
    };
    let sql = "SELECT count(*) FROM ibanera_card WHERE customers_id = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let count: i64 = statement.query_row([customer], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// The columns that are shown of a card.
const SHOWN: &str = "id, customers_reference, substr(card_number, -4) AS last4, customers_id,
     currency, total_balance, available_balance, pending_balance, suppressed
     FROM ibanera_card JOIN ibanera_customer USING (customers_id)";

fn cards(
    connection: &Connection,
    names: BalanceNames,
    customer: Option<i64>,
    asked: Asked,
) -> Result<Vec<Balance>, StoreError> {
    let clamp = |number| i64::try_from(number).unwrap_or(i64::MAX);
    let limit = clamp(asked.limit());
    let (sql, bounds) = match customer {
        Some(customer) => (
            format!("SELECT {SHOWN} WHERE customers_id = ?1 ORDER BY id LIMIT ?2 OFFSET ?3"),
            [customer, limit, clamp(asked.offset())],
        ),
        None => match COUNTED.place(connection, asked.offset())? {
            Some(RowPlace { from, before }) => (
                format!("SELECT {SHOWN} WHERE id >= ?1 ORDER BY id LIMIT ?2 OFFSET ?3"),
                [from, limit, before],
            ),
            None => return Ok(Vec::new()),
        },
    };
    let mut statement = connection.prepare_cached(&sql)?;
    let cards = statement.query_map(bounds, |row| balance(row, names))?;
    Ok(cards.collect::<Result<_, _>>()?)
}

fn balance(row: &Row<'_>, names: BalanceNames) -> rusqlite::Result<Balance> {
    of_row("ibanera_card", "id", row, |row| {
        let id = row.get("id")?;
        let customers_reference = of_row("ibanera_customer", "customers_id", row, |row| {
            row.get("customers_reference")
        })?;
        let (card_last4, customers_id): (_, i64) = (row.get("last4")?, row.get("customers_id")?);
        let amounts = Amounts {
            currency: row.get("currency")?,
            total_balance: row.get("total_balance")?,
            available_balance: row.get("available_balance")?,
            pending_balance: row.get("pending_balance")?,
            status: match row.get("suppressed")? {
                true => "Deactivated",
                false => "Active",
            },
        };
        Ok(match names {
            BalanceNames::Newer => Balance::Newer(NewerNames {
                id,
                customers_reference,
                card_holder_name: HOLDER,
                card_last4,
                customers_id: customers_id.to_string(),
                amounts,
            }),
            BalanceNames::Older => Balance::Older(OlderNames {
                id,
                customers_reference,
                card_holder_name: HOLDER,
                card_last4,
                customers_id,
                amounts,
            }),
        })
    })
}

/// The sample of the provider's page: the names of its newer copy, the values of its older.
fn sample() -> Value {
    json!({
        "id": 14619,
        "details": [{
            "id": 0,
            "customersReference": "string",
            "cardHolderName": "John Doe",
            "cardLast4": "1234",
            "customersID": "1234",
            "currency": "usd",
            "totalBalance": 0,
            "availableBalance": 0,
            "pendingBalance": 0,
            "status": "Active",
        }],
        "pageSize": 2,
        "pageNumber": 2,
        "numberOfPages": 0,
        "status": "1",
        "errors": [],
    })
}

#[cfg(test)]
mod tests;
