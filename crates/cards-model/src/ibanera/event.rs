//! The events of Ibanera's callbacks, and which of them a body is.

use super::card_approval::{ApprovalSubject, CardApproval};
use crate::event::{AnyCase, UnknownEvent};
use crate::lenient;

/// An event of an Ibanera callback.
///
/// None carries a time, so that nothing in two events of one card tells which is the later one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The approval of a card ended.
    CardApproval(CardApproval),
    /// An event of another type, whole.
    Unknown(UnknownEvent),
}

impl Event {
    /// An event of a type that is not known, by its text.
    pub fn unknown(text: &str) -> Self {
        let head = Head::of(text).unwrap_or_default();
        let event = UnknownEvent::new(text).with_id(head.id);
        Self::Unknown(event.named(head.name))
    }

    /// The id of the event, which is the same each time that it is sent.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::CardApproval(event) => event.id.as_deref(),
            Self::Unknown(event) => event.id(),
        }
    }

    /// The card that the event is about, or the request for one.
    pub fn subject(&self) -> Option<ApprovalSubject> {
        match self {
            Self::CardApproval(event) => event.subject(),
            Self::Unknown(_) => None,
        }
    }
}

/// The types of Ibanera's events that are known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum EventKind {
    /// [`CardApproval`].
    CardApproval,
}

impl EventKind {
    /// The type of a body, by its `Type` without the white space around it. `None`: it is
    /// another one.
    ///
    /// ```
    /// use cards_model::ibanera::EventKind;
    ///
    /// let kind = EventKind::of(r#"{"Type": " MANAGEE_CARD_APPROVAL_UPDATED"}"#);
    /// assert_eq!(kind, Some(EventKind::CardApproval));
    /// assert_eq!(EventKind::of(r#"{"Type": "MANAGEE_KYC_UPDATED"}"#), None);
    /// ```
    pub fn of(text: &str) -> Option<Self> {
        let is_known = Head::of(text)?.name.as_deref() == Some(CardApproval::TYPE);
        is_known.then_some(Self::CardApproval)
    }
}

/// The fields that every event has.
#[derive(Default, serde::Deserialize)]
struct Head {
    #[serde(default, deserialize_with = "lenient::text_if_any")]
    id: Option<String>,
    #[serde(default, rename = "type", deserialize_with = "lenient::text_if_any")]
    name: Option<String>,
}

impl Head {
    /// Reads the head of an event, with no white space around the type. `None`: the text is no
    /// JSON object.
    fn of(text: &str) -> Option<Self> {
        let AnyCase(head) = serde_json::from_str::<AnyCase<Self>>(text).ok()?;
        let name = head.name.map(|name| name.trim().to_owned());
        Some(Self { name, ..head })
    }
}
