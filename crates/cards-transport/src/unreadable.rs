//! The reasons why a reply with a 2xx status brings no value.

use crate::cause::JsonTrouble;
use crate::refusal::Refusal;

/// The reason why a 2xx reply brings no value.
#[derive(Debug)]
#[non_exhaustive]
pub enum Unreadable {
    /// The body says no.
    Refused(Box<Refusal>),
    /// The body is not what the document describes.
    Malformed(JsonTrouble),
}

impl From<Refusal> for Unreadable {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}
