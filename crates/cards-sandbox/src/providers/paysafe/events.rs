//! The events that Paysafe sends of a card: when its status changes, when a wallet's token of it does,
//! and when a wallet takes it.
//!
//! Paysafe, Card status update, Card token update and Card tokenization events. That a locked or
//! suspended card's tokens are frozen, and those of one that has ended are cancelled, is assumed: no
//! page says when a token event is sent. So is `eventTimestamp` of a status event, whose page is cut
//! off before it, and `result`, of which no value is shown.

use std::ops::Range;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue};
use cards_model::paysafe::CardStatus;
use cards_model::{Date, ProviderId};
use cards_sign::SignatureKey;
use rusqlite::{OptionalExtension, Transaction, params};
use serde::Serialize;

use super::card::{self, Card};
use super::lifecycle;
use super::settings::Paysafe;
use crate::world::paysafe::SIGNATURE_KEY;
use cards_sandbox_core::clock;
use cards_sandbox_core::outbox::{self, EventKind, EventSender, NewEvent};
use cards_sandbox_core::store::{damage, drawn};
use cards_sandbox_core::world::invented::uuid;

const STATUS: &str = "card-status";
const TOKEN: &str = "card-token";
const TOKENIZATION: &str = "card-tokenization";

const KINDS: &[EventKind] = &[
    EventKind {
        name: STATUS,
        path: "/prepaid/card/status/events",
        about: "The status of a card has changed.",
    },
    EventKind {
        name: TOKEN,
        path: "/prepaid/card/token/events",
        about: "A wallet's token of a card was frozen, unfrozen, cancelled or reissued.",
    },
    EventKind {
        name: TOKENIZATION,
        path: "/prepaid/card/tokenization/events",
        about: "A wallet takes a card.",
    },
];

/// The ids of token events have eleven digits, as the sample has, and count on from one of these.
const FIRST_EVENT_IDS: Range<u64> = 10_000_000_000..90_000_000_000;

/// The most cards that expire in one transaction.
const AT_ONCE: i64 = 200;

impl EventSender for Paysafe {
    fn kinds(&self) -> &'static [EventKind] {
        KINDS
    }

    fn sign(&self, body: &[u8]) -> Vec<(HeaderName, HeaderValue)> {
        // A test holds that it is a key, and base64 is a header's value.
        let key = SIGNATURE_KEY.parse::<SignatureKey>().ok();
        let value = key.and_then(|key| HeaderValue::try_from(key.sign(body).to_string()).ok());
        let signature = HeaderName::from_static("signature");
        value
            .into_iter()
            .map(|value| (signature.clone(), value))
            .collect()
    }

    /// Goes on for ever, as the page says. Its pauses are configurable there and here.
    fn pause(&self, _: u32, _: Duration) -> Option<Duration> {
        Some(self.event_pause)
    }

    fn catch_up(
        &self,
        transaction: &Transaction<'_>,
        now: i64,
        today: Date,
    ) -> rusqlite::Result<usize> {
        expire(transaction, now, lifecycle::this_month(today))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StatusUpdated<'a> {
    id: String,
    card_id: &'a str,
    customer_id: &'a str,
    old_status: &'a str,
    new_status: &'a str,
    event_timestamp: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TokenUpdated<'a> {
    id: String,
    card_id: &'a str,
    customer_id: &'a str,
    result: &'static str,
    token_action: &'static str,
    event_id: String,
    event_timestamp: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tokenized<'a> {
    id: String,
    card_id: &'a str,
    customer_id: &'a str,
    wallet_type: &'a str,
    creator_status: &'static str,
    event_timestamp: String,
    enrollment_status: &'static str,
}

/// Tells that a card has come from one status to another, and what that does to its tokens. A card
/// that keeps its status has no event.
pub(super) fn status_changed(
    transaction: &Transaction<'_>,
    card: &Card,
    old: &CardStatus,
    new: &CardStatus,
    now: i64,
) -> rusqlite::Result<()> {
    if old == new {
        return Ok(());
    }
    let id = uuid();
    let body = StatusUpdated {
        id: id.clone(),
        card_id: &card.card_id,
        customer_id: &card.customer_id,
        old_status: old.as_str(),
        new_status: new.as_str(),
        event_timestamp: clock::iso(now),
    };
    put(transaction, STATUS, card, &id, &body, now)?;
    let Some(action) = token_action(old, new) else {
        return Ok(());
    };
    tokens_changed(transaction, card, action, now)
}

/// Tells that the tokens of a card have changed that wallets have: an event for each.
pub(super) fn tokens_changed(
    transaction: &Transaction<'_>,
    card: &Card,
    action: &'static str,
    now: i64,
) -> rusqlite::Result<()> {
    let wallets = card.tokenizations.iter();
    let tokens = wallets.flat_map(|wallets| &wallets.mobile_wallet_tokenizations);
    for _ in tokens.filter(|token| token.is_completed()) {
        token_changed(transaction, card, action, now)?;
    }
    Ok(())
}

/// The effect of a change of status on a card's tokens. `None`: there is none.
fn token_action(old: &CardStatus, new: &CardStatus) -> Option<&'static str> {
    use CardStatus as S;

    let is_stopped = |status: &S| matches!(status, S::Locked | S::Suspended);
    match (old, new) {
        (_, S::Cancelled | S::Expired) => Some("TOKEN_CANCELLED"),
        (old, new) if is_stopped(new) && !is_stopped(old) => Some("TOKEN_FROZEN"),
        (old, S::Active | S::Digital | S::Issued) if is_stopped(old) => Some("TOKEN_UNFROZEN"),
        _ => None,
    }
}

/// Tells that a token of a card has changed.
fn token_changed(
    transaction: &Transaction<'_>,
    card: &Card,
    token_action: &'static str,
    now: i64,
) -> rusqlite::Result<()> {
    let event_id = event_id(transaction)?;
    let body = TokenUpdated {
        id: uuid(),
        card_id: &card.card_id,
        customer_id: &card.customer_id,
        result: "SUCCESS",
        token_action,
        event_id: event_id.clone(),
        event_timestamp: clock::iso(now),
    };
    put(transaction, TOKEN, card, &event_id, &body, now)
}

/// The id of the event that comes next. No other of this store has it, and hardly one of any other
/// store that has the same receiver, such as that of a world beside this one.
fn event_id(transaction: &Transaction<'_>) -> rusqlite::Result<String> {
    let first = drawn(
        transaction,
        "first id of paysafe's token events",
        FIRST_EVENT_IDS,
    )?;
    let number = outbox::next_number(transaction)?;
    Ok(format!("{:011}", first.saturating_add_signed(number)))
}

/// Tells that a wallet has taken a card.
pub(super) fn tokenized(
    transaction: &Transaction<'_>,
    card: &Card,
    wallet_type: &str,
    now: i64,
) -> rusqlite::Result<()> {
    let id = uuid();
    let body = Tokenized {
        id: id.clone(),
        card_id: &card.card_id,
        customer_id: &card.customer_id,
        wallet_type,
        creator_status: "A",
        event_timestamp: clock::iso(now),
        enrollment_status: "ENROLLMENT_SUCCESSFUL",
    };
    put(transaction, TOKENIZATION, card, &id, &body, now)
}

fn put(
    transaction: &Transaction<'_>,
    name: &'static str,
    card: &Card,
    id: &str,
    body: &impl Serialize,
    at: i64,
) -> rusqlite::Result<()> {
    // These types have text keys only: they are always JSON.
    let body = serde_json::to_string(body).unwrap_or_default();
    let event = NewEvent {
        provider: ProviderId::PAYSAFE,
        name,
        subject: &card.card_id,
        id,
        body: &body,
        at,
    };
    outbox::put(transaction, &event).map(drop)
}

/// Tells of the cards whose last month is over by the clock. Gives how many these were: perhaps there
/// are more. The status that is kept stays, as a clock may go back. A card whose row is damaged is
/// passed over, for good.
fn expire(transaction: &Transaction<'_>, now: i64, month: i64) -> rusqlite::Result<usize> {
    let sql = "SELECT body, status, tokenizations, card_id FROM paysafe_card
        WHERE expires < ?1 AND expiry_told = 0
            AND status NOT IN ('CANCELLED', 'REJECTED', 'EXPIRED')
        ORDER BY expires, customer_id, position LIMIT ?2";
    let mut found = transaction.prepare_cached(sql)?;
    let mut rows = found.query(params![month, AT_ONCE])?;
    let mut expired = Vec::new();
    while let Some(row) = rows.next()? {
        // By its column, as what a damaged body says may be another.
        let card_id = row.get_ref("card_id")?.as_bytes()?.to_vec();
        match card::read(row) {
            Ok(card) => expired.push((card_id, Some(card))),
            Err(error) => {
                let Some(what) = damage(&error) else {
                    return Err(error);
                };
                tracing::error!(what, "a damaged card does not expire");
                expired.push((card_id, None));
            }
        }
    }
    for (card_id, card) in &expired {
        if let Some(card) = card {
            expires(transaction, card, now)?;
        }
        note_expiry(transaction, card_id)?;
    }
    Ok(expired.len())
}

/// Tells of one card whose last month is over, before anything else becomes of it.
pub(super) fn expire_one(
    transaction: &Transaction<'_>,
    card_id: &str,
    now: i64,
    month: i64,
) -> rusqlite::Result<()> {
    let sql = "SELECT body, status, tokenizations, card_id FROM paysafe_card
        WHERE card_id = ?2 AND expires < ?1 AND expiry_told = 0
            AND status NOT IN ('CANCELLED', 'REJECTED', 'EXPIRED')";
    let expired = transaction
        .prepare_cached(sql)?
        .query_row(params![month, card_id], card::read)
        .optional()?;
    match expired {
        Some(card) => {
            expires(transaction, &card, now)?;
            note_expiry(transaction, card_id.as_bytes())
        }
        None => Ok(()),
    }
}

fn expires(transaction: &Transaction<'_>, card: &Card, now: i64) -> rusqlite::Result<()> {
    let old = CardStatus::from(card.status.as_str());
    status_changed(transaction, card, &old, &CardStatus::Expired, now)
}

/// Notes that the event was sent that a card has expired by the clock. The id is given by its bytes, as
/// a damaged one is no text.
pub(super) fn note_expiry(transaction: &Transaction<'_>, card_id: &[u8]) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("UPDATE paysafe_card SET expiry_told = 1 WHERE card_id = CAST(?1 AS TEXT)")?
        .execute([card_id])
        .map(drop)
}

#[cfg(test)]
mod tests;
