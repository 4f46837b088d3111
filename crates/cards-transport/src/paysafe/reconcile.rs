//! The reads that tell of Paysafe's mutations.

use cards_model::paysafe::{
    Card, CardStatus, CreatePrepaidCard, GetPrepaidCard, ListPrepaidCards, UpdatePrepaidCard,
};

use crate::error::Error;
use crate::reconcile::{Once, Reconcile, Reconciled, Walk};

/// By the merchant's own id, in the list of all of the customer's cards.
///
/// Assumption: the list shows a card from when it is made on, and where it shows an `externalId`, the
/// one that the card was made with; and that id is this call's alone. The document's own list has a
/// card without one, which may be the new one unless it was observed before.
impl Reconcile for CreatePrepaidCard {
    type Sight = Walk<ListPrepaidCards>;
    type Seen = Vec<Card>;

    fn sight(&self, most_pages: u32) -> Result<Self::Sight, &'static str> {
        match self.external_id.as_deref() {
            None | Some("") => {
                Err("Without an externalId nothing tells the new card from the customer's others.")
            }
            Some(_) => Ok(Walk::new(
                ListPrepaidCards::new(&*self.customer_id),
                most_pages,
            )),
        }
    }

    fn seen(&self, cards: Vec<Card>) -> Result<Vec<Card>, Error> {
        Ok(cards)
    }

    fn judge(&self, before: Option<&Vec<Card>>, now: Vec<Card>) -> Reconciled<Vec<Card>> {
        let wanted = self.external_id.as_deref().unwrap_or_default();
        let was_there = |card: &&Card| {
            let mut before = before.into_iter().flatten();
            before.any(|other| other.card_id == card.card_id)
        };
        let id = |card: &Card| card.external_id.clone().unwrap_or_default();
        let new = || now.iter().filter(|card| !was_there(card));
        let found = new().filter(|card| id(card).eq_ignore_ascii_case(wanted));
        let is_hidden = new().any(|card| id(card).contains('*'));
        let is_nameless = new().any(|card| id(card).is_empty());
        match found.count() {
            1 => Reconciled::Done(now),
            0 if is_hidden => Reconciled::cannot_tell(
                "A card of the customer has an externalId that is not shown whole.",
                now,
            ),
            0 if is_nameless => Reconciled::cannot_tell(
                "A card of the customer that was not observed before the call has no externalId.",
                now,
            ),
            0 => Reconciled::NotDone(now),
            _ => {
                Reconciled::cannot_tell("Several cards of the customer have this externalId.", now)
            }
        }
    }
}

/// By the status of the card.
impl Reconcile for UpdatePrepaidCard {
    type Sight = Once<GetPrepaidCard>;
    type Seen = Card;

    fn sight(&self, _: u32) -> Result<Self::Sight, &'static str> {
        match &self.status {
            None => Err("The call changes nothing that a card shows."),
            Some(CardStatus::Unknown(_)) => Err("The page does not list this status."),
            Some(_) => Ok(Once::new(GetPrepaidCard::new(
                &*self.customer_id,
                &*self.card_id,
            ))),
        }
    }

    fn seen(&self, shown: Result<Card, Error>) -> Result<Card, Error> {
        shown
    }

    fn judge(&self, before: Option<&Card>, now: Card) -> Reconciled<Card> {
        let was = before.and_then(|card| card.status.clone());
        let is_it = now.card_id.eq_ignore_ascii_case(&self.card_id);
        match now
            .status
            .clone()
            .filter(|status| is_it && status.is_known())
        {
            Some(is) if Some(&is) == self.status.as_ref() => Reconciled::Done(now),
            Some(is) if was.is_some_and(|was| was != is) => Reconciled::cannot_tell(
                "The card has a third status: after the call or in its place, somebody else has \
                 changed it.",
                now,
            ),
            Some(_) => Reconciled::NotDone(now),
            None => Reconciled::cannot_tell("The status of the card is not shown.", now),
        }
    }
}
