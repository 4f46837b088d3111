//! Shows a card in the same way, whoever issued it.

use std::fmt;

use rust_decimal::Decimal;
use serde::Serialize;

use crate::open_enum::code;
use crate::provider::ProviderId;
use crate::sensitive::{LastFour, last_four};
use crate::{airpay, ibanera, paysafe};

/// Holds what every provider's card has in common, so that one table can show a
/// customer's cards everywhere. A value that a provider does not tell is
/// `None`.
///
/// ```
/// use cards_model::{CardState, CardSummary, ibanera};
///
/// let card: ibanera::Card =
///     serde_json::from_str(r#"{"id": 7, "currency": "usd", "totalBalance": 12.50, "bSuppressed": true}"#)?;
/// let summary = CardSummary::from(&card);
/// assert_eq!(summary.currency.as_deref(), Some("USD"));
/// assert_eq!(summary.total_balance.unwrap().to_string(), "12.50");
/// assert_eq!(summary.state, Some(CardState::Inactive));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CardSummary {
    /// The provider that issued it.
    pub provider: ProviderId,
    /// The provider's id of the card: Airpay's kit number, Paysafe's `cardId`,
    /// Ibanera's `id`.
    pub card_id: String,
    /// The number with at most its first six and last four digits.
    pub masked_number: Option<String>,
    /// Physical or virtual.
    pub kind: Option<CardKind>,
    /// The scheme, in the provider's spelling.
    pub scheme: Option<String>,
    /// The currency code in capitals.
    pub currency: Option<String>,
    /// The state of the card, which says what it can do.
    pub state: Option<CardState>,
    /// Expiry as `MM/YYYY`.
    pub expiry: Option<String>,
    /// Everything on the card.
    #[serde(serialize_with = "crate::money::serialize")]
    pub total_balance: Option<Decimal>,
    /// The amount that can be spent.
    #[serde(serialize_with = "crate::money::serialize")]
    pub available_balance: Option<Decimal>,
    /// The sum of pending transactions.
    #[serde(serialize_with = "crate::money::serialize")]
    pub pending_balance: Option<Decimal>,
}

/// The material of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CardKind {
    /// A plastic card.
    Physical,
    /// A card without plastic.
    Virtual,
}

/// The state of a card, in words that fit every provider.
///
/// `Debug` shows the text of [`Other`](Self::Other) where it is a word of capitals only.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum CardState {
    /// Can pay.
    Active,
    /// On its way to being usable.
    Pending,
    /// Not usable now; may become usable again.
    Inactive,
    /// Ended for good.
    Closed,
    /// A state that the provider's document does not list.
    Other(String),
}

impl CardState {
    /// The state as one word.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Active => "active",
            Self::Pending => "pending",
            Self::Inactive => "inactive",
            Self::Closed => "closed",
            Self::Other(text) => text,
        }
    }
}

impl fmt::Debug for CardState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Active => f.write_str("Active"),
            Self::Pending => f.write_str("Pending"),
            Self::Inactive => f.write_str("Inactive"),
            Self::Closed => f.write_str("Closed"),
            Self::Other(text) => write!(f, "Other({})", code(text)),
        }
    }
}

impl CardSummary {
    fn of(provider: ProviderId, card_id: String) -> Self {
        Self {
            provider,
            card_id,
            masked_number: None,
            kind: None,
            scheme: None,
            currency: None,
            state: None,
            expiry: None,
            total_balance: None,
            available_balance: None,
            pending_balance: None,
        }
    }
}

/// Airpay's answer to a registration names no card; the request does.
impl From<&airpay::RegisterUser> for CardSummary {
    fn from(request: &airpay::RegisterUser) -> Self {
        let expiry = request.card_expiry.parse::<crate::CardExpiry>().ok();
        Self {
            masked_number: Some(request.card_no.to_string()),
            kind: airpay_kind(&request.card_type),
            expiry: expiry.map(|expiry| month_year(expiry.month(), expiry.year())),
            ..Self::of(ProviderId::AIRPAY, request.kit_no.clone())
        }
    }
}

/// Assumption: `L` and `B` are the states of a locked card and of a blocked one; the page
/// names neither.
impl From<&airpay::CustomerCard> for CardSummary {
    fn from(card: &airpay::CustomerCard) -> Self {
        use airpay::CardStatus;
        let expiry = card.expiry_date.as_deref();
        let expiry = expiry.and_then(|text| text.parse::<crate::CardExpiry>().ok());
        Self {
            masked_number: card.card_no.as_ref().map(ToString::to_string),
            kind: card.card_type.as_ref().and_then(airpay_kind),
            state: card.card_status.as_ref().map(|status| match status {
                CardStatus::Allocated => CardState::Active,
                CardStatus::Locked => CardState::Inactive,
                CardStatus::Blocked => CardState::Closed,
                CardStatus::Unknown(text) => CardState::Other(text.clone()),
            }),
            expiry: expiry.map(|expiry| month_year(expiry.month(), expiry.year())),
            ..Self::of(ProviderId::AIRPAY, card.kit_no.clone())
        }
    }
}

fn airpay_kind(card_type: &airpay::CardType) -> Option<CardKind> {
    match card_type {
        airpay::CardType::Physical => Some(CardKind::Physical),
        airpay::CardType::Virtual => Some(CardKind::Virtual),
        airpay::CardType::Unknown(_) => None,
    }
}

impl From<&paysafe::Card> for CardSummary {
    fn from(card: &paysafe::Card) -> Self {
        use paysafe::CardStatus;
        Self {
            masked_number: match (&card.bin, &card.last_four) {
                (Some(bin), Some(last)) => Some(masked(bin.expose(), last)),
                (None, Some(last)) => Some(masked("", last)),
                _ => None,
            },
            kind: match card.card_type {
                Some(paysafe::CardType::Physical) => Some(CardKind::Physical),
                Some(paysafe::CardType::Virtual) => Some(CardKind::Virtual),
                _ => None,
            },
            scheme: card.scheme.as_ref().map(ToString::to_string),
            currency: card.currency.as_deref().map(str::to_uppercase),
            state: card.status.as_ref().map(|status| match status {
                CardStatus::Active | CardStatus::Digital => CardState::Active,
                CardStatus::Pending | CardStatus::Applied | CardStatus::Issued => {
                    CardState::Pending
                }
                CardStatus::Suspended | CardStatus::Locked => CardState::Inactive,
                CardStatus::Cancelled | CardStatus::Rejected | CardStatus::Expired => {
                    CardState::Closed
                }
                CardStatus::Unknown(text) => CardState::Other(text.clone()),
            }),
            expiry: card
                .expiry
                .map(|expiry| month_year(expiry.month, expiry.year)),
            ..Self::of(ProviderId::PAYSAFE, card.card_id.clone())
        }
    }
}

impl From<&ibanera::Card> for CardSummary {
    fn from(card: &ibanera::Card) -> Self {
        let by_flag = card.suppressed.map(|suppressed| match suppressed {
            true => CardState::Inactive,
            false => CardState::Active,
        });
        let by_word = card.status.as_deref().map(ibanera_state);
        Self {
            masked_number: card.card_number.as_ref().map(ToString::to_string),
            currency: card.currency.as_deref().map(str::to_uppercase),
            state: by_flag.or(by_word),
            total_balance: card.total_balance,
            available_balance: card.available_balance,
            pending_balance: card.pending_balance,
            ..Self::of(ProviderId::IBANERA, card.id.to_string())
        }
    }
}

impl From<&ibanera::CardBalance> for CardSummary {
    fn from(card: &ibanera::CardBalance) -> Self {
        Self {
            masked_number: card.card_last4.as_ref().map(|last| masked("", last)),
            currency: card.currency.as_deref().map(str::to_uppercase),
            state: card.status.as_deref().map(ibanera_state),
            total_balance: card.total_balance,
            available_balance: card.available_balance,
            pending_balance: card.pending_balance,
            ..Self::of(ProviderId::IBANERA, card.id.to_string())
        }
    }
}

fn ibanera_state(word: &str) -> CardState {
    match word {
        "Active" => CardState::Active,
        "Deactivated" => CardState::Inactive,
        other => CardState::Other(other.to_owned()),
    }
}

/// A number of which six and four are shown at most, whatever the provider puts there.
fn masked(bin: &str, last: &LastFour) -> String {
    format!("{bin:.6}******{}", last_four(last.expose()))
}

fn month_year(month: u8, year: u16) -> String {
    format!("{month:02}/{year}")
}
