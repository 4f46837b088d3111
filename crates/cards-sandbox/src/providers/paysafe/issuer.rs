//! The issuer's side of Paysafe's cards: approval, the plastic, the end, and mobile wallets.
//!
//! No page shows a balance or a payment of a card, so that there are none here. That a card which was
//! asked for is ISSUED once it is shipped, and that its plastic can be followed, is assumed.

use cards_model::ProviderId;
use cards_model::paysafe::{CardStatus, CardType};
use rusqlite::Transaction;

use super::card::{Card, Tokenization};
use super::change::{self, NotChanged};
use super::events;
use super::settings::Paysafe;
use cards_sandbox_core::issuer::{
    self, Issuer, IssuerAction, IssuerDone, IssuerError, IssuerOrder,
};

const ACTIONS: &[IssuerAction] = &[
    IssuerAction::ApproveCard,
    IssuerAction::RejectCard,
    IssuerAction::Ship,
    IssuerAction::Deliver,
    IssuerAction::Expire,
    IssuerAction::Tokenise,
    IssuerAction::ReissueToken,
];

impl Issuer for Paysafe {
    fn actions(&self) -> &'static [IssuerAction] {
        ACTIONS
    }

    fn act(
        &self,
        transaction: &Transaction<'_>,
        order: &IssuerOrder,
        now: i64,
    ) -> Result<IssuerDone, IssuerError> {
        use {CardStatus as S, IssuerAction as A};

        let id = order.need_card()?;
        let card = match order.action {
            A::RejectCard => put(transaction, id, |card| waits(card, S::Rejected), now)?,
            A::Expire => put(transaction, id, |_| Ok(S::Expired), now)?,
            A::ApproveCard => put(transaction, id, approved, now)?,
            A::Ship => ship(transaction, id, now)?,
            A::Deliver => {
                let card = put(transaction, id, |card| Ok(status(card)), now)?;
                issuer::deliver(transaction, ProviderId::PAYSAFE, id)?;
                card
            }
            A::Tokenise => tokenise(transaction, id, order.wallet.as_deref(), now)?,
            _ => reissue(transaction, id, now)?,
        };
        Ok(IssuerDone {
            customer: card.customer_id,
            card: Some(card.card_id),
            transaction: None,
        })
    }
}

fn status(card: &Card) -> CardStatus {
    CardStatus::from(card.status.as_str())
}

fn is_physical(card: &Card) -> bool {
    CardType::from(card.card_type.as_str()) == CardType::Physical
}

/// Brings a card into the status that it is to have, as the provider may.
fn put(
    transaction: &Transaction<'_>,
    id: &str,
    to: impl FnOnce(&Card) -> Result<CardStatus, NotChanged>,
    now: i64,
) -> Result<Card, IssuerError> {
    let enter = |card: &mut Card, before_lock: &mut Option<CardStatus>| {
        let to = to(card)?;
        change::enter_as_provider(card, before_lock, &to, now)
    };
    Ok(change::change_in(transaction, id, now, enter)?)
}

/// The status of a card that was asked for, and is not any more.
fn waits(card: &Card, then: CardStatus) -> Result<CardStatus, NotChanged> {
    match status(card) {
        CardStatus::Pending | CardStatus::Applied => Ok(then),
        _ => Err("only a PENDING or APPLIED card waits to be approved".into()),
    }
}

fn approved(card: &Card) -> Result<CardStatus, NotChanged> {
    let then = match is_physical(card) {
        true => CardStatus::Issued,
        false => CardStatus::Active,
    };
    waits(card, then)
}

/// Ships the plastic of a card; one that was only asked for is issued by it.
fn ship(transaction: &Transaction<'_>, id: &str, now: i64) -> Result<Card, IssuerError> {
    let shipped = |card: &Card| match status(card) {
        _ if !is_physical(card) => Err("only a PHYSICAL card is shipped".into()),
        CardStatus::Pending | CardStatus::Applied => Ok(CardStatus::Issued),
        CardStatus::Cancelled | CardStatus::Rejected | CardStatus::Expired => {
            Err("the card has come to its end".into())
        }
        other => Ok(other),
    };
    let card = put(transaction, id, shipped, now)?;
    issuer::ship(transaction, ProviderId::PAYSAFE, id)?;
    Ok(card)
}

/// Lets a mobile wallet take a card.
fn tokenise(
    transaction: &Transaction<'_>,
    id: &str,
    wallet: Option<&str>,
    now: i64,
) -> Result<Card, IssuerError> {
    let (in_event, in_card) = match wallet {
        Some("APPLE") => ("APPLE", "APPLE_PAY"),
        Some("GOOGLE") => ("GOOGLE", "GOOGLE_PAY"),
        _ => return Err(IssuerError::field("wallet", "one of APPLE, GOOGLE")),
    };
    let add = |card: &mut Card, _: &mut Option<CardStatus>| {
        if !matches!(status(card), CardStatus::Active | CardStatus::Digital) {
            return Err("only an ACTIVE or DIGITAL card is taken by a wallet".into());
        }
        let wallets = card.tokenizations.get_or_insert_default();
        let tokens = &mut wallets.mobile_wallet_tokenizations;
        if tokens.len() >= MOST_TOKENS {
            return Err("as many wallets as there may be have the card".into());
        }
        tokens.push(Tokenization::completed(in_card));
        Ok(())
    };
    let card = change::change_in(transaction, id, now, add)?;
    events::tokenized(transaction, &card, in_event, now)?;
    Ok(card)
}

/// The most wallets that take a card.
const MOST_TOKENS: usize = 16;

/// Gives the tokens of a card anew.
fn reissue(transaction: &Transaction<'_>, id: &str, now: i64) -> Result<Card, IssuerError> {
    let renew = |card: &mut Card, _: &mut Option<CardStatus>| {
        if !matches!(status(card), CardStatus::Active | CardStatus::Digital) {
            return Err("only an ACTIVE or DIGITAL card's tokens are given anew".into());
        }
        let wallets = card.tokenizations.iter_mut();
        let tokens = wallets.flat_map(|wallets| &mut wallets.mobile_wallet_tokenizations);
        let mut completed = tokens.filter(|token| token.is_completed()).peekable();
        if completed.peek().is_none() {
            return Err("no wallet has the card".into());
        }
        completed.for_each(Tokenization::renew);
        Ok(())
    };
    let card = change::change_in(transaction, id, now, renew)?;
    events::tokens_changed(transaction, &card, "TOKEN_REISSUED", now)?;
    Ok(card)
}

impl From<NotChanged> for IssuerError {
    fn from(not: NotChanged) -> Self {
        match not {
            NotChanged::NoSuchCard => Self::NotFound("there is no card of this id"),
            NotChanged::Forbidden(why) | NotChanged::NotTaken(why) => Self::conflict(why),
            NotChanged::OverQuota(limit) => {
                Self::Store(cards_sandbox_core::store::StoreError::OverQuota(limit))
            }
            NotChanged::Store(error) => Self::Store(error),
        }
    }
}
