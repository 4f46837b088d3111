//! `GET /customers/{customerId}/prepaid/cards`
//!
//! Paysafe, Get customer prepaid cards: one page of a customer's cards.

use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationError};

use super::card::{Card, CardStatus, CardType};
use crate::lenient;
use crate::open_enum::open_enum;
use crate::operation::Operation;
use crate::provider::{Effect, Method, Provider};
use crate::request::{Query, Request, query_request};
use crate::rule;
use crate::rule_kind::{Rule, unmet_rule_at};
use crate::sensitive::Text;
use crate::violation::Violations;

query_request! {
    operation: Operation::new(
        Provider::Paysafe,
        "list-prepaid-cards",
        Method::Get,
        "/customers/{customerId}/prepaid/cards",
        Effect::Read,
        "Paysafe Get customer prepaid cards",
    ),
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
        /// Whose cards.
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
        /// What to add to each card.
        #[serde(default)]
        #[validate(custom(function = rule::all_listed))]
        "include" in "Query Parameters, include" => pub include: Vec<Include>,
    }
}

impl ListPrepaidCards {
    /// The records of a page where no limit is given.
    pub const DEFAULT_LIMIT: u32 = 10;
    /// The most records of a page.
    pub const MAX_LIMIT: u32 = 50;

    /// The first page of all the cards of this customer.
    pub fn new(customer_id: impl Into<String>) -> Self {
        Self {
            customer_id: customer_id.into(),
            limit: None,
            offset: None,
            status: Vec::new(),
            card_type: Vec::new(),
            include: Vec::new(),
        }
    }

    /// Sets [`limit`](Self::limit).
    #[must_use]
    pub fn limit(self, limit: u32) -> Self {
        Self {
            limit: Some(limit),
            ..self
        }
    }

    /// Sets [`offset`](Self::offset).
    #[must_use]
    pub fn offset(self, offset: u64) -> Self {
        Self {
            offset: Some(offset),
            ..self
        }
    }

    /// Sets [`status`](Self::status).
    #[must_use]
    pub fn status(self, status: impl IntoIterator<Item = CardStatus>) -> Self {
        Self {
            status: status.into_iter().collect(),
            ..self
        }
    }

    /// Sets [`card_type`](Self::card_type).
    #[must_use]
    pub fn card_type(self, card_type: impl IntoIterator<Item = CardType>) -> Self {
        Self {
            card_type: card_type.into_iter().collect(),
            ..self
        }
    }

    /// Sets [`include`](Self::include).
    #[must_use]
    pub fn include(self, include: impl IntoIterator<Item = Include>) -> Self {
        Self {
            include: include.into_iter().collect(),
            ..self
        }
    }
}

impl Query for ListPrepaidCards {
    fn path_parameter(&self) -> Option<&str> {
        Some(&self.customer_id)
    }

    fn query(&self) -> Vec<(&'static str, String)> {
        let lists = [
            ("status", joined(&self.status)),
            ("cardType", joined(&self.card_type)),
            ("include", joined(&self.include)),
        ];
        let numbers = [
            ("limit", self.limit.map(|limit| limit.to_string())),
            ("offset", self.offset.map(|offset| offset.to_string())),
        ];
        let given = |(name, value): (_, Option<String>)| value.map(|value| (name, value));
        numbers.into_iter().chain(lists).filter_map(given).collect()
    }
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

/// Holds one page of cards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate)]
#[non_exhaustive]
pub struct CardPage {
    /// The cards, in the provider's order. A reply without them is no page: an
    /// error object would pass for a customer who has none.
    #[validate(nested)]
    pub cards: Vec<Card>,
    /// Tells which page this is. The total is never told.
    #[serde(default)]
    #[validate(nested)]
    pub meta: Option<Meta>,
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

/// Tells which records a page holds (Responses 200, `meta`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
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

/// A list travels as one value, its items separated by commas.
fn joined<T: Text>(items: &[T]) -> Option<String> {
    let texts: Vec<_> = items.iter().map(T::text).collect();
    (!texts.is_empty()).then(|| texts.join(","))
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
