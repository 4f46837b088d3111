//! `GET /api/v1/customer/cards/transactions`
//!
//! Ibanera, List card transactions: a page beside the five documents.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use validator::ValidationError;

use crate::capability::{Capability, Source};
use crate::date::Timestamp;
use crate::operation::Operation;
use crate::provider::{Effect, Method, ProviderId};
use crate::rule;
use crate::rule_kind::{Rule, unmet_rule_at};
use crate::{lenient, money};

crate::request! {
    operation: Operation::new(
        ProviderId::IBANERA,
        "list-card-transactions",
        Method::Get,
        "/api/v1/customer/cards/transactions",
        Effect::Read,
        "Ibanera List Card Transactions",
    )
    .offers(&[Capability::Transactions])
    .known_from(Source::Reference),
    body: none,
    /// Asks for one page of a card's transactions.
    ///
    /// Assumption: the newest come first, and both ends of a span are in it. So a walk over
    /// all pages may meet a transaction twice where others come meanwhile, and then
    /// ends with an error; one up to a [`to_date`](Self::to_date) that has passed does not.
    ///
    /// ```
    /// use cards_model::ibanera::ListCardTransactions;
    /// use cards_model::{Request, Rules};
    ///
    /// let july = ListCardTransactions::new(1001)
    ///     .from_date("2025-07-01T00:00:00Z")
    ///     .to_date("2025-07-31T23:59:59.999Z");
    /// let rules = Rules::on("2026-11-21".parse()?);
    /// july.check(&rules)?;
    /// let wrong = july.to_date("2025-06-30T00:00:00Z").check(&rules).unwrap_err();
    /// assert_eq!(wrong.fields().collect::<Vec<_>>(), ["toDate"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[derive(Default)]
    #[validate(schema(function = ends_after_its_start, skip_on_field_errors = false))]
    pub struct ListCardTransactions {
        /// The card's id, at least 1. The page marks the others as optional, and
        /// not this one: required is the reading, an assumption.
        #[serde(default)]
        #[validate(required, range(min = 1))]
        "CardsId" in "Query, CardsId" => pub cards_id: Option<i64>,
        /// The time from which on: ISO 8601 in UTC, to the second or finer.
        #[serde(default)]
        #[validate(length(min = 1), custom(function = rule::utc_time))]
        "fromDate" in "Query, fromDate" sampled "2025-07-10T16:43:50.359Z"
            => pub from_date: Option<String>,
        /// The time up to which, not before `fromDate`: ISO 8601 in UTC, to the second
        /// or finer.
        #[serde(default)]
        #[validate(length(min = 1), custom(function = rule::utc_time))]
        "toDate" in "Query, toDate" sampled "2025-07-10T16:43:50.359Z"
            => pub to_date: Option<String>,
        /// The page, counted from 1.
        #[serde(default)]
        #[validate(range(min = 1))]
        "PageNumber" in "Query, PageNumber" of page => pub page_number: Option<u32>,
        /// Records a page, at least 1; no maximum is stated.
        #[serde(default)]
        #[validate(range(min = 1))]
        "PageSize" in "Query, PageSize" of page => pub page_size: Option<u32>,
    }
    /// The first page of all transactions of a card.
    fn new(cards_id: i64);
}

impl ListCardTransactions {
    /// The records of a page where nothing is said.
    pub const DEFAULT_SIZE: u32 = 10;

    /// The span that is asked for, in milliseconds since 1970. `None` at an end that is
    /// open, or is no time.
    pub fn span(&self) -> (Option<i64>, Option<i64>) {
        let millis = |text: &Option<String>| Timestamp::new(text.as_deref()?).unix_millis();
        (millis(&self.from_date), millis(&self.to_date))
    }
}

fn ends_after_its_start(request: &ListCardTransactions) -> Result<(), ValidationError> {
    match request.span() {
        (Some(from), Some(to)) if from > to => Err(unmet_rule_at(
            "to_date",
            Rule::Consistency,
            "not before fromDate",
        )),
        _ => Ok(()),
    }
}

/// An amount that came onto a card or left it.
///
/// The page does not say which sign stands for which. Assumption: what came has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CardTransaction {
    /// The transaction's id.
    #[serde(deserialize_with = "lenient::required_integer")]
    pub id: i64,
    /// The card's id.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub cards_id: Option<i64>,
    /// The amount.
    #[serde(default, with = "money")]
    pub amount: Option<Decimal>,
    /// The currency of the amount.
    #[serde(default, deserialize_with = "lenient::optional_text")]
    pub currency: Option<String>,
    /// A few words on it.
    #[serde(default, deserialize_with = "lenient::optional_text")]
    pub description: Option<String>,
    /// The time of it.
    #[serde(default)]
    pub date_time: Option<Timestamp>,
    /// Says whether it is pending.
    #[serde(default, rename = "bPending", deserialize_with = "lenient::boolean")]
    pub pending: Option<bool>,
    /// The id of the transaction that it refunds. Assumption: it is one; the sample is
    /// null.
    #[serde(
        default,
        rename = "RefundTransactionsID",
        alias = "refundTransactionsID",
        deserialize_with = "lenient::integer"
    )]
    pub refund_transactions_id: Option<i64>,
}
