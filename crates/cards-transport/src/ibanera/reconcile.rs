//! The reads that tell of Ibanera's mutations.

use cards_model::ibanera::{
    ActivateCard, Card, CardBalance, CardsByCustomer, CreateCard, CustomerCardsReply,
    ListCardBalances, SimulatePayin, UploadDocument,
};

use super::Ibanera;
use crate::error::Error;
use crate::reconcile::{Once, Reconcile, Reconciled, Search, blind};

blind! { Ibanera {
    UploadDocument: "Ibanera has no call that shows the documents that came: a review tells which \
                     are missing, and may do so until somebody has looked at them.";
    SimulatePayin: "This client has no call that shows the balance of an account, nor the payments \
                    into it.";
} }

/// The cards of the customer, none of which shows the reference that it was asked for with.
impl Reconcile for CreateCard {
    type Sight = Once<CardsByCustomer>;
    type Seen = Vec<Card>;

    fn sight(&self, _: u32) -> Result<Self::Sight, &'static str> {
        match self.customers_id {
            Some(customers_id) => Ok(Once::new(CardsByCustomer::new(customers_id))),
            None => Err("The call names no customer."),
        }
    }

    fn seen(&self, shown: Result<CustomerCardsReply, Error>) -> Result<Vec<Card>, Error> {
        Ok(shown?.cards().cloned().collect())
    }

    fn judge(&self, before: Option<&Vec<Card>>, now: Vec<Card>) -> Reconciled<Vec<Card>> {
        let is_new = |card: &&Card| {
            let mut before = before.into_iter().flatten();
            !before.any(|other| other.id == card.id)
        };
        let why = match before.map(|_| now.iter().filter(is_new).count()) {
            None => "No list of cards shows the reference that a card was asked for with.",
            Some(0) => {
                "The customer has no card more than before. It may have been asked for all the \
                 same, and wait for an approval, which an event tells."
            }
            Some(_) => {
                "The customer has a card more than before, and no list shows the reference that \
                 it was asked for with."
            }
        };
        Reconciled::cannot_tell(why, now)
    }
}

/// By the status of the card, in the list of the balances of all cards: the call does not name
/// the customer.
impl Reconcile for ActivateCard {
    type Sight = Search<ListCardBalances>;
    type Seen = Option<CardBalance>;

    fn sight(&self, most_pages: u32) -> Result<Self::Sight, &'static str> {
        let id = self.cards_id.ok_or("The call names no card.")?;
        let is_it = move |card: &CardBalance| card.id == id;
        Ok(Search::new(ListCardBalances::new(), most_pages, is_it))
    }

    fn seen(&self, card: Self::Seen) -> Result<Self::Seen, Error> {
        Ok(card)
    }

    fn judge(&self, _: Option<&Self::Seen>, now: Self::Seen) -> Reconciled<Self::Seen> {
        let status = now.as_ref().and_then(|card| card.status.as_deref());
        match status {
            Some(word) if word.eq_ignore_ascii_case("Active") => Reconciled::Done(now),
            Some(word) if word.eq_ignore_ascii_case("Deactivated") => Reconciled::NotDone(now),
            Some(_) => {
                Reconciled::cannot_tell("The card has a status that no page describes.", now)
            }
            None => Reconciled::cannot_tell(
                "The card is not in the list of balances, or without a status.",
                now,
            ),
        }
    }
}
