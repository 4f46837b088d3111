//! The progress of a call, which its error tells.

use cards_model::Operation;

/// The progress of a call: its attempts, and whether one may have arrived.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Progress {
    pub(crate) operation: &'static Operation,
    pub(crate) attempts: u32,
    /// Says whether any attempt may have reached the provider.
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

    /// Makes the progress of a call that was answered.
    pub(crate) fn answered(operation: &'static Operation, attempts: u32) -> Self {
        Self {
            operation,
            attempts,
            is_sent: true,
        }
    }
}
