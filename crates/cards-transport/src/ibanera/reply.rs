//! Reads the replies of Ibanera, whose envelopes say whether they are successes.

use cards_model::ibanera::{
    CardReview, CustomerCard, CustomerCards, CustomerCardsReply, Envelope, PaidIn, Uploaded,
};

use crate::json::{body_text, read_object, read_part};
use crate::refusal::{FieldRefusal, Meaning, Refusal};
use crate::unreadable::Unreadable;

/// The envelope of a success; Ibanera says in the body whether it is one.
pub(super) fn envelope(body: &[u8]) -> Result<Envelope<'_>, Unreadable> {
    let body = body_text(body)?;
    let envelope: Envelope<'_> = read_object("", body, body)?;
    match envelope.status {
        Some(_) if envelope.is_success() => Ok(envelope),
        Some(_) => Err(refused(&envelope).into()),
        None => Err(Unreadable::missing(body, "status")),
    }
}

#[inline]
pub(crate) fn customers(body: &[u8]) -> Result<CustomerCardsReply, Unreadable> {
    match CustomerCardsReply::from_success(body_text(body)?) {
        Some(reply) => Ok(reply),
        None => Err(no_customers(body)),
    }
}

/// Reads once more a body that is no success, or in which a field is at fault, to learn
/// which.
pub(super) fn no_customers(body: &[u8]) -> Unreadable {
    match fault(body) {
        Ok(body) => Unreadable::missing(body, "details"),
        Err(unreadable) => unreadable,
    }
}

/// Finds the fault of a reply without customers that can be read; where there is none,
/// gives the body as text.
fn fault(body: &[u8]) -> Result<&str, Unreadable> {
    let details = envelope(body)?.details_text();
    let body = body_text(body)?;
    if details.starts_with('[') {
        read_part::<Vec<CustomerCards>>("details", body, details)?;
    } else {
        read_part::<CustomerCards>("details", body, details)?;
    }
    Ok(body)
}

/// A customer with one card. A success without details is one all the same:
/// what is created may still have to be approved.
#[inline]
pub(crate) fn customer_card(body: &[u8]) -> Result<CustomerCard, Unreadable> {
    match envelope(body)?.details_text() {
        "null" => Ok(CustomerCard::default()),
        details => read_object("details", body_text(body)?, details),
    }
}

/// Reads as [`customer_card`] does. Where there is no card yet, the reply has the id of the request
/// for one, by which the callback of its approval names it (E-IW-05, E-IW-08).
#[inline]
pub(crate) fn created_card(body: &[u8]) -> Result<CustomerCard, Unreadable> {
    let mut created = customer_card(body)?;
    if created.card.is_none() {
        created.request_id = envelope(body)?.id();
    }
    Ok(created)
}

/// The details of a customer, and what is missing.
#[inline]
pub(crate) fn review(body: &[u8]) -> Result<CardReview, Unreadable> {
    let details = envelope(body)?.details_text();
    read_object("details", body_text(body)?, details)
}

/// A success, of which nothing more is told.
#[inline]
pub(crate) fn paid_in(body: &[u8]) -> Result<PaidIn, Unreadable> {
    envelope(body).map(|_| PaidIn::default())
}

/// A success, whatever stands in it.
#[inline]
pub(crate) fn uploaded(body: &[u8]) -> Result<Uploaded, Unreadable> {
    envelope(body).map(|_| Uploaded::default())
}

fn refused(envelope: &Envelope<'_>) -> Refusal {
    let first = envelope.errors.first();
    let code = first.and_then(|error| error.message_code.clone());
    // The reference has 0 for an error, and each refusal lists its errors. A third status without
    // any says nothing.
    let is_known = envelope.status.as_deref() == Some("0") || !envelope.errors.is_empty();
    let mut refusal = Refusal::new(code, None).meaning(match is_known {
        true => Meaning::No,
        false => Meaning::Undocumented,
    });
    refusal.fields = envelope
        .errors
        .iter()
        .map(|error| FieldRefusal::new(error.field_name.clone(), error.message_code.clone()))
        .collect();
    refusal
}
