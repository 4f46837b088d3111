//! How far a call got, which its error tells.

use cards_model::Operation;

/// How far a call got.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Progress {
    pub(crate) operation: &'static Operation,
    pub(crate) attempts: u32,
    /// Whether any attempt may have reached the provider.
    pub(crate) is_sent: bool,
}

impl Progress {
    pub(crate) fn new(operation: &'static Operation) -> Self {
        Self {
            operation,
            attempts: 0,
            is_sent: false,
        }
    }

    /// That of a call that was answered.
    pub(crate) fn answered(operation: &'static Operation, attempts: u32) -> Self {
        Self {
            operation,
            attempts,
            is_sent: true,
        }
    }
}
