//! `GET /customers/{customerId}/prepaid/cards`
//!
//! Paysafe, Get customer prepaid cards. One page of a customer's cards, in the
//! order in which they were made.

use std::collections::BTreeSet;

use cards_model::paysafe::{Include, ListPrepaidCards};
use cards_model::{FieldType, Operation, Request, Rules};
use rusqlite::{Connection, params};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::access::Access;
use super::call::{Handle, checked};
use super::card::{self, Card};
use super::error::{FieldError, UNKNOWN_ID, refused, store_trouble};
use super::lifecycle::{self, STATUS_NOW};
use super::test_values::{BY_CUSTOMER, DOCUMENTED};
use cards_sandbox_core::answer::Answer;
use cards_sandbox_core::app::App;
use cards_sandbox_core::incoming::Incoming;
use cards_sandbox_core::openapi::{About, Described, Document, with_examples};
use cards_sandbox_core::store::StoreError;
use cards_sandbox_core::test_values::{self, TestValues};
use cards_sandbox_core::written::Written;

impl Handle for ListPrepaidCards {
    const OPERATION: &'static Operation = <Self as Request>::OPERATION;
    const ACCESS: Access = Access::Bearer;
    const ABOUT: About = About {
        tag: "cards",
        summary: "List prepaid cards",
        text: "All the cards of one customer, in the order in which they were made, filtered by \
               state and type where asked for. A page with fewer records than `limit` is the \
               last one; one beyond the end is empty. The total is never told.",
        page: None,
    };
    const TEST_VALUES: TestValues = &[BY_CUSTOMER, DOCUMENTED];
    type Data = Page;

    fn describe(document: &mut Document, operation: Described) -> Described {
        let page = document.reply::<Page>("One page of the customer's cards.");
        let page = with_examples(page, &[("GET_PREPAID_CARDS_TOKENIZATIONS", example_page())]);
        operation
            .parameter("customerId", "example", &"12345678".into())
            .parameter("limit", "default", &Self::DEFAULT_LIMIT.into())
            .parameter("offset", "default", &0.into())
            .responds(200, page)
            .responds(
                400,
                document.failure(
                    "A parameter breaks a documented rule: `fieldErrors` names each. Or \
                     percent-encoding that is none.",
                ),
            )
            .responds(404, document.failure("There is no such customer."))
    }

    fn read(incoming: &Incoming, rules: &Rules) -> Result<Self, Answer> {
        let mut request = Self::new(incoming.parameter("customerId"));
        let mut wrong = Vec::new();
        for (name, value) in &incoming.query() {
            match name.as_str() {
                "limit" => request.limit = number(value, "limit", &mut wrong),
                "offset" => request.offset = number(value, "offset", &mut wrong),
                // A name that comes twice adds to its list.
                "status" => request.status.extend(value.split(',').map(Into::into)),
                "cardType" => request.card_type.extend(value.split(',').map(Into::into)),
                "include" => request.include.extend(value.split(',').map(Into::into)),
                _ => {}
            }
        }
        checked(request, wrong, rules)
    }

    fn show(&self, see: &mut dyn FnMut(&str, &str)) {
        test_values::show(self, see);
    }

    async fn carry_out(self, app: &App) -> Result<Written<Page>, Answer> {
        let month = lifecycle::this_month(app.today());
        let page = app
            .store
            .read(move |connection| page(connection, &self, month))
            .await
            .map_err(|error| store_trouble(&error))?;
        let page = page.ok_or_else(|| refused(UNKNOWN_ID, "there is no such customer"))?;
        Ok(Written::json(page))
    }
}

fn number<N: FieldType>(text: &str, field: &'static str, wrong: &mut Vec<FieldError>) -> Option<N> {
    let number = N::from_text(text);
    if number.is_none() && wrong.iter().all(|known| known.field != field) {
        wrong.push(FieldError {
            field,
            error: "a whole number".to_owned(),
        });
    }
    number
}

/// Responses 200, for their schema: [`page`] puts them together.
#[derive(JsonSchema)]
#[schemars(rename = "PaysafePage")]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) struct Page {
    cards: Vec<Card>,
    meta: Meta,
}

/// The records that a page holds, counted.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PaysafeMeta")]
struct Meta {
    /// Records in this page, at most `limit`; fewer mean that it is the last.
    #[schemars(range(max = 50))]
    number_of_records: usize,
    /// Records asked for.
    #[schemars(range(min = 1, max = 50))]
    limit: u32,
    /// The first record's position, counted from 0.
    offset: u64,
    /// The page's number, counted from 1.
    #[schemars(range(min = 1))]
    page: u64,
}

/// Writes the page as JSON, or `None` where there is no such customer. A card is
/// stored as it is listed, and goes into the page as it stands unless there is
/// something to add or it has expired since: to read and write each one anew
/// would be more work than all the rest of the call.
fn page(
    connection: &Connection,
    request: &ListPrepaidCards,
    month: i64,
) -> Result<Option<Vec<u8>>, StoreError> {
    let customer = "SELECT 1 FROM paysafe_customer WHERE customer_id = ?1";
    let mut customer = connection.prepare_cached(customer)?;
    if !customer.exists([&request.customer_id])? {
        return Ok(None);
    }
    let limit = request.limit.unwrap_or(ListPrepaidCards::DEFAULT_LIMIT);
    let offset = request.offset.unwrap_or(0);
    let tokenizations = request.include.contains(&Include::Tokenizations);
    let actions = request.include.contains(&Include::AvailableActions);
    let is_plain = !tokenizations && !actions;
    let mut statement = connection.prepare_cached(&format!(
        "SELECT body, {STATUS_NOW} AS status_now, tokenizations, status, card_id
         FROM paysafe_card WHERE customer_id = ?2
             AND (?3 = '' OR instr(?3, ',' || status_now || ',') > 0)
             AND (?4 = '' OR instr(?4, ',' || card_type || ',') > 0)
         ORDER BY position LIMIT ?5 OFFSET ?6",
    ))?;
    let statuses = request.status.iter();
    let statuses = statuses.map(|one| one.is_known().then_some(one.as_str()));
    let types = request.card_type.iter();
    let types = types.map(|one| one.is_known().then_some(one.as_str()));
    let mut rows = statement.query(params![
        month,
        request.customer_id,
        looked_up(statuses),
        looked_up(types),
        limit,
        i64::try_from(offset).unwrap_or(i64::MAX),
    ])?;
    let mut json = Vec::with_capacity(4096);
    json.extend_from_slice(br#"{"cards":["#);
    let mut number_of_records = 0;
    while let Some(row) = rows.next()? {
        if number_of_records > 0 {
            json.push(b',');
        }
        number_of_records += 1;
        if is_plain && row.get_ref(1)? == row.get_ref(3)? {
            let body = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
            json.extend_from_slice(body.as_bytes());
        } else {
            write(&mut json, &card::read(row)?.with(tokenizations, actions));
        }
    }
    json.extend_from_slice(br#"],"meta":"#);
    let meta = Meta {
        number_of_records,
        limit,
        offset,
        page: (offset / u64::from(limit.max(1))).saturating_add(1),
    };
    write(&mut json, &meta);
    json.push(b'}');
    Ok(Some(json))
}

fn write(json: &mut Vec<u8>, part: &impl Serialize) {
    // Into memory, and of text keys only: nothing fails.
    drop(serde_json::to_writer(json, part));
}

/// Writes `,A,B,` to look `,A,` up in, each once; empty where there is nothing to filter by. No card
/// has what is not known, which can come only where its rule is waived.
fn looked_up<'a>(items: impl Iterator<Item = Option<&'a str>>) -> String {
    let items: BTreeSet<_> = items.collect();
    let mut list = String::new();
    if !items.is_empty() {
        list.push(',');
    }
    for item in items.into_iter().flatten() {
        list.push_str(item);
        list.push(',');
    }
    list
}

/// The provider's example, with the key `offset` that its schema has and that
/// the sandbox sends.
fn example_page() -> Value {
    json!({
        "cards": [{
            "cardId": "f16ba382-eb42-481a-b08f-c57bdc9aae24",
            "status": "ACTIVE",
            "expiry": {"month": 3, "year": 2028},
            "bin": "533944",
            "lastFour": "7009",
            "customerId": "12345678",
            "cardType": "VIRTUAL",
            "programName": "BRAND-VIRTUAL-MC",
            "currency": "EUR",
            "mobile": "+359 888333333",
            "createdDate": "2019-08-24T14:15:22Z",
            "accountId": "127623047",
            "scheme": "MC",
            "activationDate": "2019-08-24T14:15:22Z",
            "isPinSet": true,
            "tokenizations": {"mobileWalletTokenizations": [{
                "dpanRef": "DAPLMC00002125433c0c34a2821f4f86866e7576963baf8b",
                "walletId": "NMZlGi8-DezZZKaU06orvl0f",
                "walletType": "GOOGLE_PAY",
                "status": "COMPLETED",
            }]},
        }],
        "meta": {"numberOfRecords": 1, "limit": 10, "offset": 0, "page": 1},
    })
}

#[cfg(test)]
mod tests;
