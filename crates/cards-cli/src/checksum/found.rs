//! The fields that a checksum is made over, as they were found.

use cards_transport::model::Operation;

/// Holds the fields that were found. There is no `Debug`: it would show values.
#[derive(Default)]
pub(super) struct Found {
    /// Decoded, in the order received.
    pub(super) pairs: Vec<(String, String)>,
    pub(super) operation: Option<&'static Operation>,
    /// From a curl command's header.
    pub(super) checksum: Option<String>,
    /// The documented headers of a curl command beside it: name and value.
    pub(super) headers: Vec<(&'static str, String)>,
    /// A warning of what a pasted command has and was not read.
    pub(super) unread: Option<String>,
}

impl Found {
    pub(super) fn borrowed(&self) -> Vec<(&str, &str)> {
        self.pairs
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect()
    }
}
