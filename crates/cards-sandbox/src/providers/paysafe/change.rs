//! Changes of a card that no documented call makes: those that the cardholder
//! makes in an app, and those that the provider makes.

use cards_model::paysafe::{Action, CardStatus};
use rusqlite::Transaction;

use super::card::{self, Card};
use super::lifecycle::{self, Why, after, may_become};
use cards_sandbox_core::app::App;
use cards_sandbox_core::clock;
use cards_sandbox_core::quota::Limit;
use cards_sandbox_core::store::StoreError;

/// Why a card is as it was.
#[derive(Debug)]
pub(crate) enum NotChanged {
    NoSuchCard,
    /// The document's meanings forbid it.
    Forbidden(Why),
    /// There would be more than a world may hold.
    OverQuota(Limit),
    Store(StoreError),
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
                return Err(
                    "the sandbox keeps six digits and four of a card number, not the whole",
                );
            }
            Action::ShowPin => return Err("the sandbox keeps no PIN"),
            // Which one it is, nobody asks and nobody keeps.
            Action::SetPin => card.is_pin_set = true,
            Action::Activate => card.activation_date = Some(now),
            Action::Lock => *before_lock = Some(CardStatus::from(card.status.as_str())),
            _ => *before_lock = None,
        }
        card.status = next.as_str().to_owned();
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
    let now = clock::iso(app.now_millis());
    change(app, card_id, move |card, before_lock| {
        let standing = card.standing(before_lock.clone());
        may_become(&status, &standing)?;
        if status == standing.status {
            return Ok(());
        }
        let is_activated = status == CardStatus::Active
            && matches!(standing.status, CardStatus::Issued | CardStatus::Digital);
        if is_activated {
            card.activation_date = Some(now);
        }
        // A locked card that customer service suspends may be given back locked.
        if !matches!(status, CardStatus::Suspended | CardStatus::Locked) {
            *before_lock = None;
        }
        card.status = status.as_str().to_owned();
        Ok(())
    })
    .await
}

async fn change(
    app: &App,
    card_id: String,
    job: impl FnOnce(&mut Card, &mut Option<CardStatus>) -> Result<(), Why> + Send + 'static,
) -> Result<Card, NotChanged> {
    let month = lifecycle::this_month(app.today());
    let write = move |transaction: &Transaction<'_>| {
        let (mut card, mut before_lock) =
            card::find(transaction, &card_id, month)?.ok_or(NotChanged::NoSuchCard)?;
        job(&mut card, &mut before_lock).map_err(NotChanged::Forbidden)?;
        card.update(transaction, before_lock.as_ref())?;
        Ok(card.with(true, true))
    };
    app.store.write(write).await
}
