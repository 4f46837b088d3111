//! The callback `MANAGEE_CARD_APPROVAL_UPDATED`
//!
//! Ibanera, Callbacks, Managee card approval updated.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use crate::event::AnyCase;
use crate::lenient;
use crate::open_enum::open_enum;
use crate::quiet::Quiet;

/// Tells how the approval of a card ended that was asked for.
///
/// It reads from the whole event, whose names may be in any case.
///
/// ```
/// use cards_model::ibanera::{ApprovalStatus, ApprovalSubject, CardApproval};
///
/// let approval: CardApproval = serde_json::from_str(
///     r#"{"Id": "2c58ed48-67d2-4d8e-bbb1-548864773d2c", "Type": " MANAGEE_CARD_APPROVAL_UPDATED",
///         "Data": {"TopUpCardsId": 1000, "Status": "Approved", "bManuallyUpdated": true}}"#,
/// )?;
/// assert_eq!(approval.status, ApprovalStatus::Approved);
/// assert_eq!(approval.subject(), Some(ApprovalSubject::Card(1000)));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CardApproval {
    /// The id of the event, a GUID.
    pub id: Option<String>,
    /// The id of the card, where one was made.
    ///
    /// Assumption: it is the id by which other calls know the card. No page says so.
    pub top_up_cards_id: Option<i64>,
    /// The id of the request for a card, where it had to wait for the approval.
    pub requested_top_up_cards_id: Option<i64>,
    /// The decision.
    pub status: ApprovalStatus,
    /// Says whether a manager or an administrator decided.
    pub manually_updated: Option<bool>,
}

impl CardApproval {
    /// The `Type` of the event. The page's sample has a space before it.
    pub const TYPE: &str = "MANAGEE_CARD_APPROVAL_UPDATED";

    /// The card, or the request for one where no card was made.
    pub fn subject(&self) -> Option<ApprovalSubject> {
        let card = self.top_up_cards_id.map(ApprovalSubject::Card);
        card.or(self.requested_top_up_cards_id.map(ApprovalSubject::Request))
    }
}

impl<'de> Deserialize<'de> for CardApproval {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Whole {
            #[serde(default, deserialize_with = "lenient::optional_text")]
            id: Option<String>,
            data: AnyCase<Data>,
        }
        #[derive(Deserialize)]
        struct Data {
            #[serde(
                default,
                rename = "topupcardsid",
                deserialize_with = "lenient::integer"
            )]
            top_up_cards_id: Option<i64>,
            #[serde(
                default,
                rename = "requestedtopupcardsid",
                deserialize_with = "lenient::integer"
            )]
            requested_top_up_cards_id: Option<i64>,
            status: ApprovalStatus,
            #[serde(
                default,
                rename = "bmanuallyupdated",
                deserialize_with = "lenient::boolean"
            )]
            manually_updated: Option<bool>,
        }
        let AnyCase(whole) = AnyCase::<Whole>::deserialize(Quiet(deserializer))?;
        let AnyCase(data) = whole.data;
        Ok(Self {
            id: whole.id,
            top_up_cards_id: data.top_up_cards_id,
            requested_top_up_cards_id: data.requested_top_up_cards_id,
            status: data.status,
            manually_updated: data.manually_updated,
        })
    }
}

/// A card or a request for one. Their ids are not known to be of one row of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ApprovalSubject {
    /// A card, by its `TopUpCardsId`.
    Card(i64),
    /// A request for a card, by its `RequestedTopUpCardsId`.
    Request(i64),
}

impl fmt::Display for ApprovalSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Card(id) => write!(f, "card {id}"),
            Self::Request(id) => write!(f, "request {id}"),
        }
    }
}

open_enum! {
    /// The decisions on a card that was asked for.
    pub enum ApprovalStatus {
        /// There is a card.
        Approved = "Approved",
        /// There is none.
        Rejected = "Rejected",
    }
}
