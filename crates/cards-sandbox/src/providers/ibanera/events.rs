//! The event that Ibanera sends of a card: that its approval has changed.
//!
//! Ibanera, Managee card approval updated. A card that is made at once is taken for one that was
//! approved by nobody's hand: the page gives `RequestedTopUpCardsId` only where the creation waited.
//! Assumption: `TopUpCardsId` is the card's id, and the header is base64.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, StatusCode};
use cards_model::ProviderId;
use cards_sign::HashSecret;
use rusqlite::Transaction;
use serde::Serialize;

use super::settings::Ibanera;
use crate::world::ibanera::WEBHOOK_SECRET;
use cards_sandbox_core::outbox::{self, EventKind, EventSender, NewEvent};
use cards_sandbox_core::world::invented::uuid;

const APPROVAL: &str = "card-approval";

const KINDS: &[EventKind] = &[EventKind {
    name: APPROVAL,
    path: "",
    about: "A card was approved or rejected.",
}];

/// The code of the event; the page's sample has a space before it.
const TYPE: &str = "MANAGEE_CARD_APPROVAL_UPDATED";
const TYPE_IN_SAMPLE: &str = " MANAGEE_CARD_APPROVAL_UPDATED";

/// The first pause, of which the page says only that it grows exponentially: it doubles each time.
const FIRST_PAUSE: Duration = Duration::from_secs(10);

/// The time for which an event is sent again.
const RETRIED: Duration = Duration::from_secs(2 * 60 * 60);

impl EventSender for Ibanera {
    fn kinds(&self) -> &'static [EventKind] {
        KINDS
    }

    fn sign(&self, body: &[u8]) -> Vec<(HeaderName, HeaderValue)> {
        // The secret is not empty, and its hashes are headers' values.
        let secret = HashSecret::new(WEBHOOK_SECRET).ok();
        let text = secret.map(|secret| secret.sign(body).to_text(self.event_hash));
        let value = text.and_then(|text| HeaderValue::try_from(text).ok());
        let signature = HeaderName::from_static("webhook-signature");
        value
            .into_iter()
            .map(|value| (signature.clone(), value))
            .collect()
    }

    fn is_taken(&self, status: StatusCode) -> bool {
        status == StatusCode::OK
    }

    fn pause(&self, attempts: u32, since_first: Duration) -> Option<Duration> {
        let doubled = 1_u32.checked_shl(attempts.saturating_sub(1))?;
        let pause = FIRST_PAUSE.checked_mul(doubled)?;
        (since_first + pause <= RETRIED).then_some(pause)
    }
}

/// The way in which a card came to be, or did not.
pub(super) enum Approval {
    /// It was made at once.
    AtOnce { card: i64 },
    /// It was asked for, and somebody approved it.
    Approved { request: i64, card: i64 },
    /// It was asked for, and somebody rejected it.
    Rejected { request: i64 },
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Event<'a> {
    id: &'a str,
    #[serde(rename = "Type")]
    code: &'static str,
    data: Data,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Data {
    #[serde(skip_serializing_if = "Option::is_none")]
    top_up_cards_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_top_up_cards_id: Option<i64>,
    status: &'static str,
    #[serde(rename = "bManuallyUpdated")]
    manually_updated: bool,
}

/// Tells of an approval. Events are in order of the request, or of the card where there was none.
pub(super) fn approval_updated(
    transaction: &Transaction<'_>,
    settings: &Ibanera,
    approval: &Approval,
    now: i64,
) -> rusqlite::Result<()> {
    let (card, request) = match *approval {
        Approval::AtOnce { card } => (Some(card), None),
        Approval::Approved { request, card } => (Some(card), Some(request)),
        Approval::Rejected { request } => (None, Some(request)),
    };
    let is_rejected = matches!(approval, Approval::Rejected { .. });
    let id = uuid();
    let event = Event {
        id: &id,
        code: if settings.padded_event_type {
            TYPE_IN_SAMPLE
        } else {
            TYPE
        },
        data: Data {
            top_up_cards_id: card,
            requested_top_up_cards_id: request,
            status: if is_rejected { "Rejected" } else { "Approved" },
            manually_updated: request.is_some(),
        },
    };
    // These types have text keys only: they are always JSON.
    let body = serde_json::to_string(&event).unwrap_or_default();
    let subject = match (request, card) {
        (Some(request), _) => format!("request-{request}"),
        (None, card) => card.unwrap_or_default().to_string(),
    };
    let event = NewEvent {
        provider: ProviderId::IBANERA,
        name: APPROVAL,
        subject: &subject,
        id: &id,
        body: &body,
        at: now,
    };
    outbox::put(transaction, &event).map(drop)
}
