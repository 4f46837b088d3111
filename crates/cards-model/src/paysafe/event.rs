//! The events of Paysafe's cards, and which of them a body is.

use super::card_status_update::CardStatusUpdate;
use super::card_token_update::CardTokenUpdate;
use super::card_tokenization::CardTokenization;
use crate::date::Timestamp;
use crate::event::{Names, UnknownEvent};
use crate::lenient;

/// An event of a Paysafe card.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The status of a card changed.
    CardStatus(CardStatusUpdate),
    /// Something happened to a card's token.
    CardToken(CardTokenUpdate),
    /// A card is on its way into a wallet.
    CardTokenization(Box<CardTokenization>),
    /// An event of another type, whole.
    Unknown(UnknownEvent),
}

impl Event {
    /// An event of a type that is not known, by its text.
    pub fn unknown(text: &str) -> Self {
        #[derive(serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Head {
            #[serde(default, deserialize_with = "lenient::text_if_any")]
            id: Option<String>,
            #[serde(default, deserialize_with = "lenient::text_if_any")]
            event_id: Option<String>,
            #[serde(default, deserialize_with = "lenient::text_if_any")]
            event_timestamp: Option<String>,
        }
        let event = UnknownEvent::new(text);
        Self::Unknown(match serde_json::from_str::<Head>(text) {
            Ok(head) => event
                .with_id(head.event_id.or(head.id))
                .at(head.event_timestamp.map(Timestamp::new)),
            Err(_) => event,
        })
    }

    /// The id of the event, which is the same each time that it is sent: its `eventId`, or its
    /// `id` where it has none.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::CardStatus(event) => event.id.as_deref(),
            Self::CardToken(event) => event.event_id.as_deref().or(event.id.as_deref()),
            Self::CardTokenization(event) => event.event_id.as_deref().or(event.id.as_deref()),
            Self::Unknown(event) => event.id(),
        }
    }

    /// The id of the card that the event is about.
    pub fn card_id(&self) -> Option<&str> {
        match self {
            Self::CardStatus(event) => Some(&event.card_id),
            Self::CardToken(event) => Some(&event.card_id),
            Self::CardTokenization(event) => Some(&event.card_id),
            Self::Unknown(_) => None,
        }
    }

    /// The time of the event, which puts the events of one card in order. `None`: it has none,
    /// as far as is known.
    pub fn time(&self) -> Option<&Timestamp> {
        match self {
            Self::CardStatus(event) => event.event_timestamp.as_ref(),
            Self::CardToken(event) => event.event_timestamp.as_ref(),
            Self::CardTokenization(event) => event.event_timestamp.as_ref(),
            Self::Unknown(event) => event.time(),
        }
    }
}

/// The types of a Paysafe card's events. Each is sent to a URL that the merchant registers for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum EventKind {
    /// [`CardStatusUpdate`].
    CardStatus,
    /// [`CardTokenUpdate`].
    CardToken,
    /// [`CardTokenization`].
    CardTokenization,
}

impl EventKind {
    /// The types, in the order of the documents.
    pub const ALL: [Self; 3] = [Self::CardStatus, Self::CardToken, Self::CardTokenization];

    /// The documented end of the URL that events of this type are sent to.
    pub const fn path(self) -> &'static str {
        match self {
            Self::CardStatus => "/prepaid/card/status/events",
            Self::CardToken => "/prepaid/card/token/events",
            Self::CardTokenization => "/prepaid/card/tokenization/events",
        }
    }

    /// The type whose documented URL a path ends with. `None`: it is of none.
    ///
    /// ```
    /// use cards_model::paysafe::EventKind;
    ///
    /// let kind = EventKind::at("/hooks/paysafe/prepaid/card/token/events");
    /// assert_eq!(kind, Some(EventKind::CardToken));
    /// ```
    pub fn at(path: &str) -> Option<Self> {
        let path = path.strip_suffix('/').unwrap_or(path);
        Self::ALL
            .into_iter()
            .find(|kind| path.ends_with(kind.path()))
    }

    /// The type of a body, by its fields, as no field says it. `None`: it has the fields of none
    /// of them, or of several.
    ///
    /// Assumption: `oldStatus` and `newStatus` are in status updates alone, `tokenAction` in
    /// token updates alone, `enrollmentStatus` and `walletType` in tokenizations alone.
    ///
    /// ```
    /// use cards_model::paysafe::EventKind;
    ///
    /// assert_eq!(EventKind::of(r#"{"newStatus":"ACTIVE"}"#), Some(EventKind::CardStatus));
    /// assert_eq!(EventKind::of(r#"{"newStatus":"ACTIVE","tokenAction":"X"}"#), None);
    /// ```
    pub fn of(text: &str) -> Option<Self> {
        let Names(names) = serde_json::from_str(text).ok()?;
        let is_of = |kind: &Self| names.iter().any(|name| kind.marks().contains(&&**name));
        let mut kinds = Self::ALL.into_iter().filter(is_of);
        let kind = kinds.next()?;
        kinds.next().is_none().then_some(kind)
    }

    /// The fields that this type alone has.
    const fn marks(self) -> &'static [&'static str] {
        match self {
            Self::CardStatus => &["oldStatus", "newStatus"],
            Self::CardToken => &["tokenAction"],
            Self::CardTokenization => &["enrollmentStatus", "walletType"],
        }
    }
}
