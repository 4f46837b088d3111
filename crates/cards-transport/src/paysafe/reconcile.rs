//! The reads that tell of Paysafe's mutations.

use cards_model::paysafe::{
    Card, CardStatus, CreatePrepaidCard, GetPrepaidCard, ListPrepaidCards, UpdatePrepaidCard,
};

use crate::error::Error;
use crate::ids::{is_another, may_be_one};
use crate::reconcile::{Once, Reconcile, Reconciled, Walk};

/// By the merchant's own id, in the list of all of the customer's cards.
///
/// Assumption: the list shows a card from when it is made on, and where it shows an `externalId`, the
/// one that the card was made with; and that id is this call's alone. The document's own list has a
/// card without one, which may be the new one unless it was observed before. A card of this id that was
/// observed before may be that of an earlier sending of the call (E-PC-12), and one that was rejected is
/// not the card that was asked for (E-PC-13).
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
        let is_wanted = |card: &&Card| id(card) == wanted;
        let may_be = |card: &Card| may_be_one(&id(card), wanted);
        let new = || now.iter().filter(|card| !was_there(card));
        let found: Vec<_> = new().filter(is_wanted).collect();
        let is_hidden = new().any(|card| id(card).contains('*'));
        let is_nameless = new().any(|card| id(card).trim().is_empty());
        let is_shown = |card: &Card| now.iter().any(|other| other.card_id == card.card_id);
        let is_whole = before.is_none_or(|before| before.iter().all(is_shown));
        let is_of_another =
            |card: &Card| is_another(&self.customer_id, card.customer_id.as_deref());
        let why = match found[..] {
            _ if now.iter().any(is_of_another) => "The list shows a card of another customer.",
            [card] if card.status == Some(CardStatus::Rejected) => {
                "The card of this externalId was rejected."
            }
            [_] => return Reconciled::Done(now),
            [] if is_hidden => "A card of the customer has an externalId that is not shown whole.",
            [] if new().any(may_be) => {
                "A card of the customer has an externalId that may be this one, written otherwise."
            }
            [] if is_nameless => {
                "A card of the customer that was not observed before the call has no externalId."
            }
            [] if now.iter().any(may_be) => {
                "A card of this externalId, or of one that may be it, was there before the call: \
                 another sending of it may have made the card."
            }
            [] if !is_whole => {
                "The list does not show all cards that were observed before the call."
            }
            [] => return Reconciled::NotDone(now),
            _ => "Several cards of the customer have this externalId.",
        };
        Reconciled::cannot_tell(why, now)
    }
}

/// By the status of the card. A lock that is undone gives back what was locked, so that a card may read
/// otherwise than was asked for though the change was made (E-PU-11).
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
        let wanted = self.status.as_ref();
        let was = before.and_then(|card| card.status.as_ref());
        let is_it = now.card_id.eq_ignore_ascii_case(&self.card_id)
            && !is_another(&self.customer_id, now.customer_id.as_deref());
        match now
            .status
            .clone()
            .filter(|status| is_it && status.is_known())
        {
            Some(is) if Some(&is) == wanted => Reconciled::Done(now),
            Some(is) if was.is_some_and(|was| *was != is) => Reconciled::cannot_tell(
                "The card has a third status: after the call or in its place, somebody else has \
                 changed it.",
                now,
            ),
            Some(is) if may_end_in(wanted, &is) && was.is_none() => Reconciled::cannot_tell(
                "The card may have had this status before the change, or have it by the change: \
                 only a look before the call may tell.",
                now,
            ),
            Some(is) if may_end_in(wanted, &is) && !gives_back(wanted, &is) => {
                Reconciled::cannot_tell(
                    "The card has the status that it had before, which may hide the change.",
                    now,
                )
            }
            Some(_) => Reconciled::NotDone(now),
            None => Reconciled::cannot_tell("The status of the card is not shown.", now),
        }
    }
}

/// Tells whether a card may show another status than the one that a change set (E-PU-11).
fn may_end_in(wanted: Option<&CardStatus>, shown: &CardStatus) -> bool {
    use CardStatus as S;

    match (wanted, shown) {
        // A change that is stuck looks like a card that is.
        (_, S::Applied) => true,
        (Some(S::Cancelled | S::Rejected | S::Expired), _) => false,
        // An intermediate status passes into any other by itself.
        (Some(S::Pending | S::Applied), _) => true,
        // So does a date that is over.
        (_, S::Expired | S::Locked | S::Suspended) => true,
        // A card whose lock or suspension ends gets back what it had.
        (Some(S::Active | S::Digital | S::Issued), S::Active | S::Digital | S::Issued) => true,
        _ => false,
    }
}

/// Tells whether the card shows what a change of this kind gives back: where it showed the same before, it
/// was given nothing back.
fn gives_back(wanted: Option<&CardStatus>, shown: &CardStatus) -> bool {
    use CardStatus as S;

    let is_end_of_a_stop = matches!(wanted, Some(S::Active | S::Digital | S::Issued));
    is_end_of_a_stop && !matches!(shown, S::Applied | S::Expired)
}
