//! The fields that a checksum is made over, as they were found.

use cards_paste::{Pasted, Unread};
use cards_transport::model::Operation;
use cards_transport::model::airpay::IDENTIFYING_HEADERS;
use cards_transport::sign::is_json;

use super::signed;

/// Holds the fields that were found. There is no `Debug`: it would show values.
#[derive(Default)]
pub(super) struct Found {
    /// Decoded, in the order received.
    pub(super) pairs: Vec<(String, String)>,
    pub(super) operation: Option<&'static Operation>,
    /// The checksum of a curl command's header.
    pub(super) checksum: Option<String>,
    /// The documented headers of a curl command beside it: name and value.
    pub(super) headers: Vec<(&'static str, String)>,
    /// Says whether the body's content type is that of a form, where it is known.
    pub(super) says_form: Option<bool>,
    /// The text behind a pasted command, which was not read.
    pub(super) unread: Option<Unread>,
}

impl Found {
    pub(super) fn of(pasted: Pasted) -> Self {
        Self {
            operation: signed().find(|operation| pasted.goes_to(operation.path)),
            checksum: pasted.header("checksum").map(str::to_owned),
            headers: pasted.headers_named(&IDENTIFYING_HEADERS),
            says_form: Some(pasted.is_form()),
            pairs: pasted.fields,
            unread: pasted.unread,
        }
    }

    /// Says why a checksum of it would be none of its values: such a one is made of the secret key
    /// alone, or of what is no field (E-X-05).
    pub(super) fn unsigned(&self) -> Option<&'static str> {
        if is_json(&self.borrowed()) {
            Some("the body is JSON, and no form with values to sign")
        } else if self.says_form == Some(false) {
            Some("the body's content type is not that of a form, whose values are signed")
        } else if self.pairs.iter().all(|(_, value)| value.is_empty()) {
            Some("no field has a value: the checksum would be of the secret key alone")
        } else {
            None
        }
    }

    pub(super) fn borrowed(&self) -> Vec<(&str, &str)> {
        self.pairs
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect()
    }
}
