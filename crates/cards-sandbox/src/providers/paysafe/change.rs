//! Changes of a card: by an update, and those that no documented call makes, by the
//! cardholder in an app and by the provider.

use cards_model::Date;
use cards_model::paysafe::{Action, CardStatus, CardType};
use rusqlite::Transaction;

use super::card::{self, Card, Found};
use super::events;
use super::lifecycle::{self, Why, after, may_become};
use super::settings::PaysafePhysicalUpdates;
use super::update_rules::{is_taken, may_be_updated};
use cards_sandbox_core::app::App;
use cards_sandbox_core::clock;
use cards_sandbox_core::quota::Limit;
use cards_sandbox_core::store::StoreError;

/// The reason why a card is as it was.
#[derive(Debug)]
pub(crate) enum NotChanged {
    NoSuchCard,
    /// The document's meanings forbid it.
    Forbidden(Why),
    /// An update takes no such status for a card of this type.
    NotTaken(Why),
    /// There would be more than a world may hold.
    OverQuota(Limit),
    Store(StoreError),
}

impl From<Why> for NotChanged {
    fn from(why: Why) -> Self {
        Self::Forbidden(why)
    }
}

impl From<StoreError> for NotChanged {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::OverQuota(limit) => Self::OverQuota(limit),
            error => Self::Store(error),
        }
    }
}

impl From<rusqlite::Error> for NotChanged {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Does what a cardholder can do. Gives the card as it is then.
pub(crate) async fn act(app: &App, card_id: String, action: Action) -> Result<Card, NotChanged> {
    let now = clock::iso(app.now_millis());
    change(app, card_id, move |card, before_lock| {
        let next = after(&action, &card.standing(before_lock.clone()))?;
        match action {
            Action::ShowDetails => {
                let why = "the sandbox keeps six digits and four of a card number, not the whole";
                return Err(why.into());
            }
            Action::ShowPin => return Err("the sandbox keeps no PIN".into()),
            // Which one it is, nobody asks and nobody keeps.
            Action::SetPin => card.is_pin_set = true,
            _ => {}
        }
        enter(card, before_lock, &next, now);
        Ok(())
    })
    .await
}

/// Puts a card into a status, as the provider may. Gives the card as it is then.
pub(crate) async fn put_status(
    app: &App,
    card_id: String,
    status: CardStatus,
) -> Result<Card, NotChanged> {
    let now = app.now_millis();
    change(app, card_id, move |card, before_lock| {
        enter_as_provider(card, before_lock, &status, now)
    })
    .await
}

/// Brings a card into a status, as the provider may.
pub(super) fn enter_as_provider(
    card: &mut Card,
    before_lock: &mut Option<CardStatus>,
    status: &CardStatus,
    now: i64,
) -> Result<(), NotChanged> {
    may_become(status, &card.standing(before_lock.clone()))?;
    enter(card, before_lock, status, clock::iso(now));
    Ok(())
}

/// Puts a customer's card into a status, as an update may. Gives the card as it is then.
pub(super) async fn update(
    app: &App,
    customer_id: String,
    card_id: String,
    status: Option<CardStatus>,
    physical: PaysafePhysicalUpdates,
) -> Result<Card, NotChanged> {
    let now = clock::iso(app.now_millis());
    change(app, card_id, move |card, before_lock| {
        if card.customer_id != customer_id {
            return Err(NotChanged::NoSuchCard);
        }
        let Some(status) = status else {
            return Ok(());
        };
        let standing = card.standing(before_lock.clone());
        is_taken(&status, &standing.card_type, physical).map_err(NotChanged::NotTaken)?;
        may_be_updated(&status, &standing)?;
        enter(card, before_lock, &status, now);
        Ok(())
    })
    .await
}

/// Brings a card into a status that it may have, with the date and the lock that go with it.
fn enter(card: &mut Card, before_lock: &mut Option<CardStatus>, status: &CardStatus, now: String) {
    use CardStatus as S;

    let from = CardStatus::from(card.status.as_str());
    if *status == from {
        return;
    }
    let is_first = card.activation_date.is_none() || matches!(from, S::Issued | S::Digital);
    if *status == S::Active && is_first && card.card_type == CardType::Physical.as_str() {
        card.activation_date = Some(now);
    }
    match status {
        S::Locked if from != S::Suspended => *before_lock = Some(from),
        // A locked card that customer service suspends may be given back locked.
        S::Suspended | S::Locked => {}
        _ => *before_lock = None,
    }
    card.status = status.as_str().to_owned();
}

async fn change(
    app: &App,
    card_id: String,
    job: impl FnOnce(&mut Card, &mut Option<CardStatus>) -> Result<(), NotChanged> + Send + 'static,
) -> Result<Card, NotChanged> {
    let now = app.now_millis();
    let write = move |transaction: &Transaction<'_>| {
        change_in(transaction, &card_id, now, job).map(|card| card.with(true, true))
    };
    app.store.write(write).await
}

/// Changes a card, and tells of a new status in the same transaction. The status that is kept stays
/// where the job leaves the one by the clock, as a clock may go back.
pub(super) fn change_in(
    transaction: &Transaction<'_>,
    card_id: &str,
    now: i64,
    job: impl FnOnce(&mut Card, &mut Option<CardStatus>) -> Result<(), NotChanged>,
) -> Result<Card, NotChanged> {
    let month = lifecycle::this_month(Date::from_unix_seconds(now.div_euclid(1000)));
    events::expire_one(transaction, card_id, now, month)?;
    let found = card::find(transaction, card_id, month)?;
    let Found {
        mut card,
        kept,
        mut before_lock,
    } = found.ok_or(NotChanged::NoSuchCard)?;
    let old = CardStatus::from(card.status.as_str());
    job(&mut card, &mut before_lock)?;
    let new = CardStatus::from(card.status.as_str());
    let kept = if new == old { &kept } else { &card.status };
    card.update(transaction, kept, before_lock.as_ref())?;
    events::status_changed(transaction, &card, &old, &new, now)?;
    Ok(card)
}
