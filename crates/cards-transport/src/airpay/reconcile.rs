//! The reads that tell of Airpay's mutations.

use cards_model::Decimal;
use cards_model::airpay::{
    AddCard, CardBalance, CardDetails, CardReplacement, CardStatus, CustomerCard, CustomerCards,
    CustomerPreference, ForgotPassword, GenerateOtp, LockFlag, LockUnlock, RegisterUser, SetPin,
    TopUp, UpdateCustomer, UpdateKycStatus, UserLogin,
};

use super::Airpay;
use crate::error::Error;
use crate::ids::may_be_one;
use crate::reconcile::{Once, Reconcile, Reconciled, blind};

blind! { Airpay {
    UpdateCustomer: "Airpay has no call that shows a customer's contact or address.";
    CustomerPreference: "Airpay has no call that shows a customer's preferences.";
    SetPin: "Airpay has no call that shows whether a PIN was set.";
    UpdateKycStatus: "Airpay has no call that shows a customer's KYC level.";
    ForgotPassword: "Airpay has no call that shows the links that were made.";
    GenerateOtp: "Airpay has no call that shows the one-time passwords that were sent.";
} }

/// Says whether a customer can log in with the mobile number and the password of a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoginWorks(
    /// Says whether it works.
    pub bool,
);

/// A login with the number and the password that were registered. Its reply does not tell the
/// customer's id: that came with the lost reply alone.
impl Reconcile for RegisterUser {
    type Sight = Once<UserLogin>;
    type Seen = LoginWorks;

    fn sight(&self, _: u32) -> Result<Self::Sight, &'static str> {
        Ok(Once::new(UserLogin {
            mobile_no: self.mobile_no.clone(),
            password: self.password.clone(),
        }))
    }

    fn seen(
        &self,
        shown: Result<cards_model::airpay::LoggedIn, Error>,
    ) -> Result<LoginWorks, Error> {
        // The only refusals that are let through are the provider's no.
        Ok(LoginWorks(shown.is_ok()))
    }

    /// A login that was refused before and works now is that of this registration.
    fn judge(&self, before: Option<&LoginWorks>, now: LoginWorks) -> Reconciled<LoginWorks> {
        match (before, now) {
            (Some(LoginWorks(false)), LoginWorks(true)) => Reconciled::Done(now),
            (_, LoginWorks(true)) => Reconciled::cannot_tell(
                "Somebody with this mobile number and password is registered, and may have been \
                 before: only where the two were refused before the call does that tell.",
                now,
            ),
            (_, LoginWorks(false)) => Reconciled::cannot_tell(
                "Number and password are refused, which Airpay does in the same words for any reason.",
                now,
            ),
        }
    }
}

/// The cards of a customer, as a call shows them.
fn cards(shown: Result<CustomerCards, Error>) -> Result<Vec<CustomerCard>, Error> {
    Ok(shown?.items().to_vec())
}

/// Tells whether a kit number that is shown is this one. `None`: it is not shown whole, or may be
/// this one and is written otherwise.
fn is_kit(shown: &str, kit: &str) -> Option<bool> {
    let is_blank = shown.trim().is_empty();
    let is_hidden = is_blank || shown.contains(['*', 'X', 'x']);
    match shown == kit && !is_blank {
        true => Some(true),
        false => (!is_hidden && !may_be_one(shown, kit)).then_some(false),
    }
}

/// Tells whether a card of this kit is among some. `None`: that is not shown for certain.
fn has_kit(cards: &[CustomerCard], kit: &str) -> Option<bool> {
    let mut shown = cards.iter().map(|card| is_kit(&card.kit_no, kit));
    match shown.any(|is_it| is_it == Some(true)) {
        true => Some(true),
        false => {
            let mut shown = cards.iter().map(|card| is_kit(&card.kit_no, kit));
            shown.all(|is_it| is_it.is_some()).then_some(false)
        }
    }
}

/// Tells whether a list shows all cards that were observed before: one that does not is no proof
/// that a card is not there.
fn shows_all(before: Option<&Vec<CustomerCard>>, now: &[CustomerCard]) -> bool {
    let is_shown = |card: &CustomerCard| now.iter().any(|other| other.kit_no == card.kit_no);
    before.is_none_or(|before| before.iter().all(is_shown))
}

const KIT_HIDDEN: &str = "The kit numbers of the customer's cards are not shown whole, or one of them is \
                          this one, written otherwise.";

const CARD_GONE: &str =
    "The list does not show all cards that the customer has had before the call.";

/// By the state of the card: a flag names the state to bring it into.
impl Reconcile for LockUnlock {
    type Sight = Once<CardDetails>;
    type Seen = Vec<CustomerCard>;

    fn sight(&self, _: u32) -> Result<Self::Sight, &'static str> {
        match self.flag {
            LockFlag::Unknown(_) => Err("The page does not say which state this flag is for."),
            _ => Ok(Once::new(CardDetails::new(&*self.entity_id))),
        }
    }

    fn seen(&self, shown: Result<CustomerCards, Error>) -> Result<Self::Seen, Error> {
        cards(shown)
    }

    fn judge(&self, before: Option<&Self::Seen>, now: Self::Seen) -> Reconciled<Self::Seen> {
        let wanted = match self.flag {
            LockFlag::Lock => CardStatus::Locked,
            LockFlag::Unlock => CardStatus::Allocated,
            _ => CardStatus::Blocked,
        };
        let status = |cards: &[CustomerCard]| {
            let mut of_kit = cards.iter().filter(|card| card.kit_no == self.kit_no);
            let card = of_kit.next()?;
            let is_only = of_kit.next().is_none();
            card.card_status
                .clone()
                .filter(|status| is_only && status.is_known())
        };
        let was = before.and_then(|cards| status(cards));
        match status(&now) {
            Some(is) if is == wanted => Reconciled::Done(now),
            Some(is) if was.is_some_and(|was| was != is) => Reconciled::cannot_tell(
                "The card is in a third state: after the call or in its place, somebody else has \
                 changed it.",
                now,
            ),
            Some(_) => Reconciled::NotDone(now),
            None => Reconciled::cannot_tell("The state of the card is not shown.", now),
        }
    }
}

/// By the kit number, which is that of one card alone.
impl Reconcile for AddCard {
    type Sight = Once<CardDetails>;
    type Seen = Vec<CustomerCard>;

    fn sight(&self, _: u32) -> Result<Self::Sight, &'static str> {
        Ok(Once::new(CardDetails::new(&*self.entity_id)))
    }

    fn seen(&self, shown: Result<CustomerCards, Error>) -> Result<Self::Seen, Error> {
        cards(shown)
    }

    fn judge(&self, before: Option<&Self::Seen>, now: Self::Seen) -> Reconciled<Self::Seen> {
        let last_four = |card: &CustomerCard| {
            let shown = card.card_no.as_ref()?.last_four()?;
            Some(shown == self.card_no.last_four()?)
        };
        let mut of_kit = now.iter().filter(|card| card.kit_no == self.kit_no);
        let is_other_card = of_kit.any(|card| last_four(card) == Some(false));
        match has_kit(&now, &self.kit_no) {
            Some(true) if is_other_card => Reconciled::cannot_tell(
                "The customer has a card of this kit whose number ends in other digits.",
                now,
            ),
            Some(true) => Reconciled::Done(now),
            Some(false) if !shows_all(before, &now) => Reconciled::cannot_tell(CARD_GONE, now),
            Some(false) => Reconciled::NotDone(now),
            None => Reconciled::cannot_tell(KIT_HIDDEN, now),
        }
    }
}

/// By the number of the new kit, where one was asked for. The customer has at least the card that is
/// replaced, so that a list without any tells nothing.
impl Reconcile for CardReplacement {
    type Sight = Once<CardDetails>;
    type Seen = Vec<CustomerCard>;

    fn sight(&self, _: u32) -> Result<Self::Sight, &'static str> {
        match self.new_kit_no.as_deref() {
            None | Some("") => Err(
                "Without a new kit number of the caller's own, nothing tells the new card from \
                 others.",
            ),
            Some(_) => Ok(Once::new(CardDetails::new(&*self.entity_id))),
        }
    }

    fn seen(&self, shown: Result<CustomerCards, Error>) -> Result<Self::Seen, Error> {
        cards(shown)
    }

    fn judge(&self, before: Option<&Self::Seen>, now: Self::Seen) -> Reconciled<Self::Seen> {
        let kit = self.new_kit_no.as_deref().unwrap_or_default();
        let was_there = before.map(|cards| has_kit(cards, kit));
        match (was_there, has_kit(&now, kit)) {
            (_, None) => Reconciled::cannot_tell(KIT_HIDDEN, now),
            (_, Some(false)) if now.is_empty() || !shows_all(before, &now) => {
                Reconciled::cannot_tell(CARD_GONE, now)
            }
            (_, Some(false)) => Reconciled::NotDone(now),
            (Some(Some(false)), Some(true)) => Reconciled::Done(now),
            (_, Some(true)) => Reconciled::cannot_tell(
                "The customer has the card of the new kit, and may have had it before: only a look \
                 before the call tells.",
                now,
            ),
        }
    }
}

/// The balance, from which nothing follows: loads and payments of others change it too, and a
/// load may be booked late.
impl Reconcile for TopUp {
    type Sight = Once<CardBalance>;
    type Seen = Decimal;

    fn sight(&self, _: u32) -> Result<Self::Sight, &'static str> {
        Ok(Once::new(CardBalance::new(&*self.entity_id)))
    }

    fn seen(&self, shown: Result<cards_model::airpay::Balance, Error>) -> Result<Decimal, Error> {
        Ok(shown?.balance)
    }

    fn judge(&self, before: Option<&Decimal>, now: Decimal) -> Reconciled<Decimal> {
        let why = match before {
            None => "A balance does not tell which loads are in it.",
            Some(before) if *before == now => {
                "The balance is what it was before. The load may be booked late, or have been \
                 spent."
            }
            Some(before) if is_grown(*before, now, self.amount.value()) => {
                "The balance has grown by the amount. Another load of the same amount would look \
                 the same."
            }
            Some(_) => {
                "The balance has changed by another amount, so that others have moved it too."
            }
        };
        Reconciled::cannot_tell(why, now)
    }
}

/// Tells whether a balance has grown by an amount. A difference that no [`Decimal`] holds is none.
fn is_grown(before: Decimal, now: Decimal, amount: Option<Decimal>) -> bool {
    let grown = now.checked_sub(before);
    grown.is_some() && grown == amount
}
