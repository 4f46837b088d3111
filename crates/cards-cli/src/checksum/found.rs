//! The fields that a checksum is made over, as they were found.

use cards_paste::{Pasted, Unread};
use cards_transport::model::Operation;
use cards_transport::model::airpay::IDENTIFYING_HEADERS;

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
    /// The text behind a pasted command, which was not read.
    pub(super) unread: Option<Unread>,
}

impl Found {
    pub(super) fn of(pasted: Pasted) -> Self {
        Self {
            operation: signed().find(|operation| pasted.goes_to(operation.path)),
            checksum: pasted.header("checksum").map(str::to_owned),
            headers: pasted.headers_named(&IDENTIFYING_HEADERS),
            pairs: pasted.fields,
            unread: pasted.unread,
        }
    }

    pub(super) fn borrowed(&self) -> Vec<(&str, &str)> {
        self.pairs
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect()
    }
}
