//! The envelope around every Ibanera reply, and the cards inside it.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use rust_decimal::Decimal;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::lent::Lent;
use crate::reply::reply;
use crate::{Pan, lenient, money};

/// An Ibanera reply before its `details` are read.
///
/// Ibanera, Get Customer Cards: `status` is `"1"` for success and `"0"` for
/// failure; `details` is an object, an array or null.
///
/// `Debug` shows none of its texts, which are all unread: a token may be among them.
///
/// ```
/// use cards_model::ibanera::Envelope;
///
/// let body = r#"{"status":"1","details":{"accessToken":"abc"}}"#;
/// let envelope: Envelope<'_> = serde_json::from_str(body)?;
/// assert_eq!(envelope.details_text(), r#"{"accessToken":"abc"}"#);
/// assert_eq!(format!("{envelope:?}"), "Envelope { is_success: true, .. }");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Envelope<'a> {
    /// `"1"` or `"0"`; read from a number too.
    #[serde(default, deserialize_with = "lenient::optional_text")]
    pub status: Option<String>,
    /// The first 1,000 errors, as far as they can be read; empty on success.
    #[serde(default, deserialize_with = "lenient::readable")]
    pub errors: Vec<ErrorItem>,
    /// The payload as JSON text, unread.
    #[serde(borrow, default)]
    pub details: Option<&'a RawValue>,
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    /// Records a page.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub page_size: Option<i64>,
    /// The page's number, counted from 1.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub page_number: Option<i64>,
    /// The number of pages; the prose example leaves it out.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub number_of_pages: Option<i64>,
}

impl<'a> Envelope<'a> {
    /// Tells whether the body reports success.
    pub fn is_success(&self) -> bool {
        self.status.as_deref() == Some("1")
    }

    /// The id beside the payload, of which the documents say nothing: that of the card or of the
    /// request for one, at the call that creates it (E-IW-08). `None`: it is 0, as in most replies,
    /// or no whole number.
    pub fn id(&self) -> Option<i64> {
        let mut id = serde_json::Deserializer::from_str(self.id?.get());
        lenient::integer(&mut id).ok()?.filter(|&id| id > 0)
    }

    /// The payload's JSON text; `null` where there is none.
    pub fn details_text(&self) -> &'a str {
        self.details.map_or("null", RawValue::get)
    }
}

impl fmt::Debug for Envelope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Envelope")
            .field("is_success", &self.is_success())
            .finish_non_exhaustive()
    }
}

/// An entry of the list of errors. `Debug` shows none of its texts, which may repeat what was
/// sent.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ErrorItem {
    /// Kind of the error, shown for one of the two calls only.
    #[serde(
        default,
        deserialize_with = "lenient::text_if_any",
        skip_serializing_if = "Option::is_none"
    )]
    pub error_type: Option<String>,
    /// The request's field, or the step, at fault.
    #[serde(default, deserialize_with = "lenient::text_if_any")]
    pub field_name: Option<String>,
    /// A code such as `Required` or `Invalid`.
    #[serde(default, deserialize_with = "lenient::text_if_any")]
    pub message_code: Option<String>,
}

impl fmt::Debug for ErrorItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorItem").finish_non_exhaustive()
    }
}

/// Customers with their cards, and where in the whole list they stand.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CustomerCardsReply {
    /// The customers; one, where one was asked for.
    #[serde(rename = "details")]
    pub customers: Vec<CustomerCards>,
    /// Records a page.
    pub page_size: Option<i64>,
    /// The page's number, counted from 1.
    pub page_number: Option<i64>,
    /// The number of pages, where the provider tells.
    pub number_of_pages: Option<i64>,
}

/// Views a [`CustomerCardsReply`] whose texts stand in the body that it was read from.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CustomerCardsReplyView<'a> {
    /// The customers; one, where one was asked for.
    #[serde(rename = "details")]
    pub customers: Vec<CustomerCardsView<'a>>,
    /// Records a page.
    pub page_size: Option<i64>,
    /// The page's number, counted from 1.
    pub page_number: Option<i64>,
    /// The number of pages, where the provider tells.
    pub number_of_pages: Option<i64>,
}

/// A reply before it is known to be a success.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "T: Deserialize<'de>"))]
struct Success<T> {
    #[serde(deserialize_with = "lenient::text")]
    status: String,
    #[serde(default = "Vec::new", deserialize_with = "one_or_many")]
    details: Vec<T>,
    #[serde(default, deserialize_with = "lenient::integer")]
    page_size: Option<i64>,
    #[serde(default, deserialize_with = "lenient::integer")]
    page_number: Option<i64>,
    #[serde(default, deserialize_with = "lenient::integer")]
    number_of_pages: Option<i64>,
}

impl<'de, T: Deserialize<'de>> Success<T> {
    fn read(text: &'de str) -> Option<Self> {
        let success: Self = serde_json::from_str(text).ok()?;
        (success.status == "1").then_some(success)
    }
}

impl<'a> CustomerCardsReplyView<'a> {
    /// Reads as [`CustomerCardsReply::from_success`] does.
    pub fn from_success(text: &'a str) -> Option<Self> {
        let success = Success::read(text)?;
        Some(Self {
            customers: success.details,
            page_size: success.page_size,
            page_number: success.page_number,
            number_of_pages: success.number_of_pages,
        })
    }

    /// A copy that outlives the body.
    pub fn into_owned(self) -> CustomerCardsReply {
        let customers = self.customers.into_iter();
        CustomerCardsReply {
            customers: customers.map(CustomerCardsView::into_owned).collect(),
            page_size: self.page_size,
            page_number: self.page_number,
            number_of_pages: self.number_of_pages,
        }
    }
}

impl CustomerCardsReply {
    /// Reads a success: `details` as one customer, an array of them or null,
    /// since the document shows both forms for the same call. Nothing is no
    /// verdict: the body may be a refusal or malformed, and [`Envelope`] tells
    /// which.
    pub fn from_success(text: &str) -> Option<Self> {
        // The view reads amounts without a copy of their texts.
        CustomerCardsReplyView::from_success(text).map(CustomerCardsReplyView::into_owned)
    }

    /// All the cards of all the customers.
    pub fn cards(&self) -> impl Iterator<Item = &Card> {
        self.customers.iter().flat_map(|customer| &customer.cards)
    }
}

reply! {
    /// Holds one customer with all cards.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[non_exhaustive]
    pub struct CustomerCards as CustomerCardsView<'a> {
        /// The customer's id.
        #[serde(deserialize_with = "lenient::required_integer")]
        pub customers_id: i64,
        /// The reference given when the customer was made.
        #[serde(default, deserialize_with = "lenient::optional_text")]
        pub customers_reference: Option<String> as Option<Cow<'a, str>>,
        /// The cards.
        #[serde(default, deserialize_with = "lenient::list")]
        pub cards: Vec<Card> as Vec<CardView<'a>>,
    }
}

impl CustomerCards {
    /// A customer with these cards, for servers.
    pub fn new(customers_id: i64, customers_reference: Option<String>, cards: Vec<Card>) -> Self {
        Self {
            customers_id,
            customers_reference,
            cards,
        }
    }
}

reply! {
    /// Holds one card with its balances, in units of its currency.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[non_exhaustive]
    pub struct Card as CardView<'a> {
        /// The card's id.
        #[serde(deserialize_with = "lenient::required_integer")]
        pub id: i64,
        /// Currency, in lower case in the document's example (`usd`).
        #[serde(default, deserialize_with = "lenient::optional_text")]
        pub currency: Option<String> as Option<Cow<'a, str>>,
        /// Card number, in the generated samples only; shown redacted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub card_number: Option<Pan> as Option<Lent<'a, Pan>>,
        /// Everything on the card.
        #[serde(default, serialize_with = "money::serialize")]
        #[owned(deserialize_with = "money::deserialize")]
        #[view(deserialize_with = "money::lent")]
        pub total_balance: Option<Decimal>,
        /// The amount that can be spent.
        #[serde(default, serialize_with = "money::serialize")]
        #[owned(deserialize_with = "money::deserialize")]
        #[view(deserialize_with = "money::lent")]
        pub available_balance: Option<Decimal>,
        /// The sum of all pending transactions.
        #[serde(default, serialize_with = "money::serialize")]
        #[owned(deserialize_with = "money::deserialize")]
        #[view(deserialize_with = "money::lent")]
        pub pending_balance: Option<Decimal>,
        /// Says whether use of the card is disabled.
        #[serde(default, rename = "bSuppressed", deserialize_with = "lenient::boolean")]
        pub suppressed: Option<bool>,
        /// The state in a word, `Active` or `Deactivated`, which some calls have in
        /// the place of the flag.
        #[serde(
            default,
            deserialize_with = "lenient::optional_text",
            skip_serializing_if = "Option::is_none"
        )]
        pub status: Option<String> as Option<Cow<'a, str>>,
    }
}

/// Reads one object, an array of them, or null.
fn one_or_many<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct OneOrMany<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrMany<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a customer or an array of customers")
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Vec::new())
        }

        fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
            Vec::deserialize(SeqAccessDeserializer::new(seq))
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            T::deserialize(MapAccessDeserializer::new(map)).map(|one| vec![one])
        }
    }

    deserializer.deserialize_any(OneOrMany(PhantomData))
}
