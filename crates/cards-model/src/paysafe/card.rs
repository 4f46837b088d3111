//! The card object of Paysafe, Get customer prepaid cards, Responses 200.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize};
use validator::ValidationError;

use super::us_address;
use crate::date::Timestamp;
use crate::lenient;
use crate::lent::Lent;
use crate::open_enum::open_enum;
use crate::quiet::Quiet;
use crate::reply::reply;
use crate::rule;
use crate::rule_kind::{Rule, unmet_rule_at};
use crate::sensitive::{Bin, LastFour, Personal};

reply! {
    /// Holds one prepaid card.
    ///
    /// Only `cardId` is relied on; everything else may be absent or null.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[validate(schema(function = nothing_to_deliver, skip_on_field_errors = false))]
    #[non_exhaustive]
    pub struct Card as CardView<'a> {
        /// The card's id, which most operations ask for. An empty one is no card's.
        #[serde(deserialize_with = "lenient::id")]
        #[validate(custom(function = rule::required))]
        pub card_id: String as Cow<'a, str>,
        /// The card's state.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[validate(custom(function = rule::listed))]
        pub status: Option<CardStatus>,
        /// The expiry of the card, where both its parts are told.
        #[serde(
            default,
            deserialize_with = "whole_expiry",
            skip_serializing_if = "Option::is_none"
        )]
        #[validate(nested)]
        pub expiry: Option<Expiry>,
        /// The first digits of the card number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub bin: Option<Bin> as Option<Lent<'a, Bin>>,
        /// The last four digits of the card number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[validate(length(equal = 4), custom(function = rule::four_digits))]
        pub last_four: Option<LastFour> as Option<Lent<'a, LastFour>>,
        /// The id of the customer whose card it is.
        #[serde(
            default,
            deserialize_with = "lenient::optional_text",
            skip_serializing_if = "Option::is_none"
        )]
        pub customer_id: Option<String> as Option<Cow<'a, str>>,
        /// Physical or virtual.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[validate(custom(function = rule::listed))]
        pub card_type: Option<CardType>,
        /// The card programme.
        #[serde(
            default,
            deserialize_with = "lenient::optional_text",
            skip_serializing_if = "Option::is_none"
        )]
        pub program_name: Option<String> as Option<Cow<'a, str>>,
        /// Currency code, three letters.
        #[serde(
            default,
            deserialize_with = "lenient::optional_text",
            skip_serializing_if = "Option::is_none"
        )]
        #[validate(length(equal = 3))]
        pub currency: Option<String> as Option<Cow<'a, str>>,
        /// The mobile number given when the card was made.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[validate(custom(function = rule::international_mobile))]
        pub mobile: Option<Personal> as Option<Lent<'a, Personal>>,
        /// The address that a physical card is sent to; absent for a virtual one.
        #[serde(
            default,
            deserialize_with = "lenient::quiet",
            skip_serializing_if = "Option::is_none"
        )]
        #[validate(nested)]
        pub delivery_address: Option<DeliveryAddress> as Option<DeliveryAddressView<'a>>,
        /// The time when the card was made, ISO 8601.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub created_date: Option<Timestamp> as Option<Lent<'a, Timestamp>>,
        /// The account behind the card, where there are accounts in several currencies.
        #[serde(
            default,
            deserialize_with = "lenient::optional_text",
            skip_serializing_if = "Option::is_none"
        )]
        pub account_id: Option<String> as Option<Cow<'a, str>>,
        /// The card scheme, which follows from the card number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[validate(custom(function = rule::listed))]
        pub scheme: Option<Scheme>,
        /// The time when a physical card was activated, ISO 8601.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub activation_date: Option<Timestamp> as Option<Lent<'a, Timestamp>>,
        /// Says whether a PIN has been set.
        #[serde(
            default,
            deserialize_with = "lenient::boolean",
            skip_serializing_if = "Option::is_none"
        )]
        pub is_pin_set: Option<bool>,
        /// The merchant's own id.
        #[serde(
            default,
            deserialize_with = "lenient::optional_text",
            skip_serializing_if = "Option::is_none"
        )]
        pub external_id: Option<String> as Option<Cow<'a, str>>,
        /// Mobile wallets, where asked for with `include=TOKENIZATIONS`.
        #[serde(
            default,
            deserialize_with = "lenient::quiet",
            skip_serializing_if = "Option::is_none"
        )]
        #[validate(nested)]
        pub tokenizations: Option<Tokenizations> as Option<TokenizationsView<'a>>,
        /// The actions that can be taken, where asked for with
        /// `include=AVAILABLE_ACTIONS`.
        #[serde(
            default,
            deserialize_with = "lenient::optional_list",
            skip_serializing_if = "Option::is_none"
        )]
        #[validate(nested)]
        pub available_actions: Option<Vec<AvailableAction>>,
    }
}

impl Card {
    /// A card of which nothing but the id is known.
    pub fn new(card_id: impl Into<String>) -> Self {
        Self {
            card_id: card_id.into(),
            status: None,
            expiry: None,
            bin: None,
            last_four: None,
            customer_id: None,
            card_type: None,
            program_name: None,
            currency: None,
            mobile: None,
            delivery_address: None,
            created_date: None,
            account_id: None,
            scheme: None,
            activation_date: None,
            is_pin_set: None,
            external_id: None,
            tokenizations: None,
            available_actions: None,
        }
    }
}

reply! {
    /// Month and year of expiry.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
    pub struct Expiry {
        /// The month, 1 to 12.
        #[serde(deserialize_with = "lenient::quiet")]
        #[validate(range(min = 1, max = 12))]
        pub month: u8,
        /// The year, with its century.
        #[serde(deserialize_with = "lenient::quiet")]
        pub year: u16,
    }
}

reply! {
    /// Holds the address that a physical card is sent to.
    #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[validate(schema(function = us_state, skip_on_field_errors = false))]
    #[validate(schema(function = us_postal_code, skip_on_field_errors = false))]
    pub struct DeliveryAddress as DeliveryAddressView<'a> {
        /// First line: 4 to 40 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[validate(length(min = 4, max = 40))]
        pub address1: Option<Personal> as Option<Lent<'a, Personal>>,
        /// Second line: at most 30 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[validate(length(max = 30))]
        pub address2: Option<Personal> as Option<Lent<'a, Personal>>,
        /// Third line: at most 30 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[validate(length(max = 30))]
        pub address3: Option<Personal> as Option<Lent<'a, Personal>>,
        /// City: at most 30 letters, spaces, hyphens and periods.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[validate(length(max = 30), custom(function = rule::city))]
        pub city: Option<Personal> as Option<Lent<'a, Personal>>,
        /// Country, ISO 3166 alpha-2.
        #[serde(
            default,
            deserialize_with = "lenient::optional_text",
            skip_serializing_if = "Option::is_none"
        )]
        #[validate(length(equal = 2), custom(function = rule::letters))]
        pub country_code: Option<String> as Option<Cow<'a, str>>,
        /// State or province: at most 3 characters; needed in the US, 2 to 3 there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[validate(length(max = 3))]
        pub state: Option<Personal> as Option<Lent<'a, Personal>>,
        /// Postal code: 1 to 16 characters; in the US 4 to 10 letters, digits,
        /// hyphens and spaces.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[validate(length(min = 1, max = 16))]
        pub postal_code: Option<Personal> as Option<Lent<'a, Personal>>,
    }
}

reply! {
    /// A list of mobile wallets that hold the card.
    #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "camelCase")]
    pub struct Tokenizations as TokenizationsView<'a> {
        /// The wallets.
        #[serde(default, deserialize_with = "lenient::list_or_empty")]
        #[validate(nested)]
        pub mobile_wallet_tokenizations: Vec<MobileWalletTokenization> as Vec<MobileWalletTokenizationView<'a>>,
    }
}

reply! {
    /// The card in one mobile wallet.
    #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "camelCase")]
    pub struct MobileWalletTokenization as MobileWalletTokenizationView<'a> {
        /// Reference to the number that stands for the card on the device.
        #[serde(default, deserialize_with = "lenient::optional_text")]
        pub dpan_ref: Option<String> as Option<Cow<'a, str>>,
        /// The wallet's id, at Google Pay only.
        #[serde(
            default,
            deserialize_with = "lenient::optional_text",
            skip_serializing_if = "Option::is_none"
        )]
        pub wallet_id: Option<String> as Option<Cow<'a, str>>,
        /// The brand of the wallet.
        #[serde(default)]
        #[validate(custom(function = rule::listed))]
        pub wallet_type: Option<WalletType>,
        /// The state of the enrolment.
        #[serde(default)]
        #[validate(custom(function = rule::listed))]
        pub status: Option<TokenizationStatus>,
    }
}

reply! {
    /// Something that can be done with the card now.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
    pub struct AvailableAction {
        /// The action; an absent one reads as an unknown one without a name.
        #[serde(default = "no_action", deserialize_with = "action_or_null")]
        #[validate(custom(function = rule::listed))]
        pub action: Action,
    }
}

open_enum! {
    /// The state of a card.
    pub enum CardStatus {
        /// Can pay.
        Active = "ACTIVE",
        /// Not yet issued: more checks are under way.
        Pending = "PENDING",
        /// Ended for good; nothing leads out of this state.
        Cancelled = "CANCELLED",
        /// Stopped by customer service, or after wrong activation details.
        Suspended = "SUSPENDED",
        /// Stuck on the way for technical reasons.
        Applied = "APPLIED",
        /// A physical card that can pay online while it is still in the post.
        Digital = "DIGITAL",
        /// Refused for technical reasons or after a check.
        Rejected = "REJECTED",
        /// Locked by the customer.
        Locked = "LOCKED",
        /// Past its expiry.
        Expired = "EXPIRED",
        /// A physical card that has been granted and not yet activated.
        Issued = "ISSUED",
    }
}

open_enum! {
    /// The material of a card.
    pub enum CardType {
        /// A plastic card.
        Physical = "PHYSICAL",
        /// A card without plastic.
        Virtual = "VIRTUAL",
    }
}

open_enum! {
    /// The card scheme.
    pub enum Scheme {
        /// Visa.
        Visa = "VISA",
        /// Mastercard.
        Mastercard = "MC",
    }
}

open_enum! {
    /// The brands of mobile wallets.
    pub enum WalletType {
        /// Google Pay.
        GooglePay = "GOOGLE_PAY",
        /// Apple Pay.
        ApplePay = "APPLE_PAY",
        /// Samsung Pay.
        SamsungPay = "SAMSUNG_PAY",
    }
}

open_enum! {
    /// The state of a card's enrolment in a wallet.
    pub enum TokenizationStatus {
        /// Done.
        Completed = "COMPLETED",
        /// Begun.
        Initiated = "INITIATED",
    }
}

open_enum! {
    /// The actions that can be taken with a card.
    pub enum Action {
        /// Activate a physical card that has arrived.
        Activate = "ACTIVATE",
        /// End the card for good.
        Cancel = "CANCEL",
        /// Undo a lock.
        Unlock = "UNLOCK",
        /// Lock the card until it is unlocked.
        Lock = "LOCK",
        /// Show the number, the security code and the expiry.
        ShowDetails = "SHOW_DETAILS",
        /// Show the PIN.
        ShowPin = "SHOW_PIN",
        /// Change the PIN.
        SetPin = "SET_PIN",
    }
}

/// Reads an expiry that lacks month or year as absent, so that one bad card
/// does not fail the page. A number that its type cannot hold becomes the nearest that it
/// can, which for a month is no month either.
fn whole_expiry<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Expiry>, D::Error> {
    #[derive(Deserialize)]
    struct Parts {
        #[serde(default, deserialize_with = "lenient::nearest_integer")]
        month: Option<i128>,
        #[serde(default, deserialize_with = "lenient::nearest_integer")]
        year: Option<i128>,
    }
    let whole = |parts: Parts| {
        let month = parts.month?.clamp(0, u8::MAX.into()).try_into().ok()?;
        let year = parts.year?.clamp(0, u16::MAX.into()).try_into().ok()?;
        Some(Expiry { month, year })
    };
    Ok(Option::<Parts>::deserialize(Quiet(deserializer))?.and_then(whole))
}

fn no_action() -> Action {
    Action::Unknown(String::new())
}

fn action_or_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Action, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_else(no_action))
}

fn nothing_to_deliver(card: &Card) -> Result<(), ValidationError> {
    if card.card_type == Some(CardType::Virtual) && card.delivery_address.is_some() {
        Err(unmet_rule_at(
            "delivery_address",
            Rule::Consistency,
            "absent for a VIRTUAL card",
        ))
    } else {
        Ok(())
    }
}

fn us_state(address: &DeliveryAddress) -> Result<(), ValidationError> {
    let country = address.country_code.as_deref().unwrap_or_default();
    us_address::state(country, address.state.as_ref())
}

fn us_postal_code(address: &DeliveryAddress) -> Result<(), ValidationError> {
    let country = address.country_code.as_deref().unwrap_or_default();
    us_address::postal_code(country, address.postal_code.as_ref())
}
