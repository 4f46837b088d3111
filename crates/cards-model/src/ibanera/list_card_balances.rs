//! `GET /api/v1/customer/cards/balances`
//!
//! Ibanera, List card balances: a page beside the five documents, of which two
//! copies have the fields' names in two spellings; either is read.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::capability::{Capability, Source};
use crate::operation::Operation;
use crate::provider::{Effect, Method, ProviderId};
use crate::sensitive::{LastFour, Personal};
use crate::{lenient, money};

crate::request! {
    operation: Operation::new(
        ProviderId::IBANERA,
        "list-card-balances",
        Method::Get,
        "/api/v1/customer/cards/balances",
        Effect::Read,
        "Ibanera List Card Balances",
    )
    .offers(&[Capability::Balance])
    .known_from(Source::Reference),
    body: none,
    /// Asks for one page of the balances of all cards, or of one customer's.
    ///
    /// ```
    /// use cards_model::ibanera::{CardBalance, ListCardBalances};
    ///
    /// let request = ListCardBalances::new().customers_id(11057).page_size(25);
    /// for copy in [r#"{"id": 7, "cardLast4": "4242"}"#, r#"{"id": 7, "CardLast4": "4242"}"#] {
    ///     let balance: CardBalance = serde_json::from_str(copy)?;
    ///     assert_eq!(balance.card_last4, Some("4242".into()));
    /// }
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Default)]
    pub struct ListCardBalances {
        /// Records a page, at least 1; no maximum is stated.
        #[serde(default)]
        #[validate(range(min = 1))]
        "PageSize" in "Query, PageSize" of page => pub page_size: Option<u32>,
        /// The page, counted from 1.
        #[serde(default)]
        #[validate(range(min = 1))]
        "PageNumber" in "Query, PageNumber" of page => pub page_number: Option<u32>,
        /// The id of the customer whose cards these are, at least 1; all customers'
        /// where absent.
        #[serde(default)]
        #[validate(range(min = 1))]
        "CustomersID" in "Query, CustomersID" => pub customers_id: Option<i64>,
    }
    /// The first page, of the provider's default size.
    fn new();
}

impl ListCardBalances {
    /// The records of a page where nothing is said.
    pub const DEFAULT_SIZE: u32 = 10;
}

/// The balances of one card, in units of its currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CardBalance {
    /// The card's id.
    #[serde(deserialize_with = "lenient::required_integer")]
    pub id: i64,
    /// The customer's reference.
    #[serde(
        default,
        alias = "CustomersReference",
        deserialize_with = "lenient::optional_text"
    )]
    pub customers_reference: Option<String>,
    /// The name of who holds the card.
    #[serde(
        default,
        alias = "CardHolderName",
        deserialize_with = "lenient::text_if_any"
    )]
    pub card_holder_name: Option<Personal>,
    /// The last four digits of the card's number.
    #[serde(default, alias = "CardLast4")]
    pub card_last4: Option<LastFour>,
    /// The customer's id, which came as a number and later as text.
    #[serde(
        default,
        rename = "customersID",
        alias = "CustomersID",
        deserialize_with = "lenient::integer"
    )]
    pub customers_id: Option<i64>,
    /// Currency, in lower case in the older copy's sample (`usd`).
    #[serde(default, deserialize_with = "lenient::optional_text")]
    pub currency: Option<String>,
    /// Everything on the card.
    #[serde(default, with = "money")]
    pub total_balance: Option<Decimal>,
    /// The amount that can be spent.
    #[serde(default, with = "money")]
    pub available_balance: Option<Decimal>,
    /// The sum of all pending transactions.
    #[serde(default, with = "money")]
    pub pending_balance: Option<Decimal>,
    /// The state of the card: `Active`, or `Deactivated`, which creating a card has.
    #[serde(default, deserialize_with = "lenient::optional_text")]
    pub status: Option<String>,
}
