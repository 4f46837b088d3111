//! `GET /customers/{customerId}/prepaid/cards`
//!
//! Paysafe, Get customer prepaid cards: one page of a customer's cards.

use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationError};

use super::card::{Card, CardStatus, CardType, CardView};
use crate::capability::Capability;
use crate::lenient;
use crate::open_enum::open_enum;
use crate::operation::Operation;
use crate::provider::{Effect, Method, ProviderId};
use crate::reply::reply;
use crate::request::Request;
use crate::rule;
use crate::rule_kind::{Rule, unmet_rule_at};
use crate::violation::Violations;

crate::request! {
    operation: Operation::new(
        ProviderId::PAYSAFE,
        "list-prepaid-cards",
        Method::Get,
        "/customers/{customerId}/prepaid/cards",
        Effect::Read,
        "Paysafe Get customer prepaid cards",
    )
    .offers(&[Capability::ListCards]),
    body: none,
    /// Asks for one page of a customer's cards.
    ///
    /// ```
    /// use cards_model::paysafe::{CardStatus, CardType, Include, ListPrepaidCards};
    ///
    /// let active = ListPrepaidCards::new("12345678")
    ///     .status([CardStatus::Active, CardStatus::Locked])
    ///     .card_type([CardType::Virtual])
    ///     .include([Include::AvailableActions])
    ///     .limit(50);
    /// ```
    pub struct ListPrepaidCards {
        /// Names the customer whose cards are listed.
        #[validate(custom(function = rule::required), custom(function = rule::path_segment))]
        "customerId" in "Path Parameters" => pub customer_id: String,
        /// Records a page: 1 to 50, 10 where absent.
        #[serde(default)]
        #[validate(range(min = 1, max = 50))]
        "limit" in "Query Parameters, limit" of page => pub limit: Option<u32>,
        /// The first record's position, counted from 0.
        #[serde(default)]
        "offset" in "Query Parameters, offset" of page => pub offset: Option<u64>,
        /// Only cards in one of these states; all where empty.
        #[serde(default)]
        #[validate(custom(function = rule::all_listed))]
        "status" in "Query Parameters, status" => pub status: Vec<CardStatus>,
        /// Only cards of these types; all where empty.
        #[serde(default)]
        #[validate(custom(function = rule::all_listed))]
        "cardType" in "Query Parameters, cardType" => pub card_type: Vec<CardType>,
        /// Details to add to each card.
        #[serde(default)]
        #[validate(custom(function = rule::all_listed))]
        "include" in "Query Parameters, include" => pub include: Vec<Include>,
    }
    /// The first page of all the cards of this customer.
    fn new(customer_id: String);
}

impl ListPrepaidCards {
    /// The records of a page where no limit is given.
    pub const DEFAULT_LIMIT: u32 = 10;
    /// The most records of a page.
    pub const MAX_LIMIT: u32 = 50;
}

open_enum! {
    /// The things that can be added to each card (Query Parameters, `include`).
    pub enum Include {
        /// The mobile wallets that hold the card.
        Tokenizations = "TOKENIZATIONS",
        /// The actions that can be taken with the card now.
        AvailableActions = "AVAILABLE_ACTIONS",
    }
}

reply! {
    /// Holds one page of cards.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[non_exhaustive]
    pub struct CardPage as CardPageView<'a> {
        /// The cards, in the provider's order. A reply without them is no page: an
        /// error object would pass for a customer who has none.
        #[serde(deserialize_with = "lenient::quiet")]
        #[validate(nested)]
        pub cards: Vec<Card> as Vec<CardView<'a>>,
        /// Tells which page this is. The total is never told.
        #[serde(default, deserialize_with = "lenient::quiet")]
        #[validate(nested)]
        pub meta: Option<Meta>,
    }
}

impl CardPage {
    /// A page of these cards, for servers.
    pub fn new(cards: Vec<Card>, meta: Meta) -> Self {
        Self {
            cards,
            meta: Some(meta),
        }
    }

    /// Checks the rules that the document states for this reply. Replies are
    /// never refused for breaking them; this is for those who want to know.
    pub fn check(&self) -> Result<(), Violations> {
        self.validate()
            .map_err(|errors| Violations::from_validator(ListPrepaidCards::OPERATION, &errors))
    }
}

reply! {
    /// Tells which records a page holds (Responses 200, `meta`).
    #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[validate(schema(function = no_more_than_the_limit, skip_on_field_errors = false))]
    #[non_exhaustive]
    pub struct Meta {
        /// Records in this page; fewer than `limit` means that it is the last.
        #[serde(default, deserialize_with = "lenient::integer")]
        pub number_of_records: Option<i64>,
        /// Records asked for.
        #[serde(
            default,
            deserialize_with = "lenient::integer",
            skip_serializing_if = "Option::is_none"
        )]
        pub limit: Option<i64>,
        /// The first record's position; two of the three examples leave it out.
        #[serde(
            default,
            deserialize_with = "lenient::integer",
            skip_serializing_if = "Option::is_none"
        )]
        pub offset: Option<i64>,
        /// The page's number, counted from 1.
        #[serde(
            default,
            deserialize_with = "lenient::integer",
            skip_serializing_if = "Option::is_none"
        )]
        #[validate(range(min = 1))]
        pub page: Option<i64>,
    }
}

impl Meta {
    /// The meta of a page that holds `records` from `offset` on.
    pub fn new(records: u32, limit: u32, offset: u64) -> Self {
        let offset = i64::try_from(offset).unwrap_or(i64::MAX);
        Self {
            number_of_records: Some(records.into()),
            limit: Some(limit.into()),
            offset: Some(offset),
            page: Some((offset / i64::from(limit.max(1))).saturating_add(1)),
        }
    }
}

fn no_more_than_the_limit(meta: &Meta) -> Result<(), ValidationError> {
    match (meta.number_of_records, meta.limit) {
        (Some(records), Some(limit)) if records > limit => Err(unmet_rule_at(
            "number_of_records",
            Rule::Consistency,
            "at most as many as limit",
        )),
        _ => Ok(()),
    }
}
