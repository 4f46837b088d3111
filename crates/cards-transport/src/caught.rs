//! Keeps a panic of the caller's own functions where it arose.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Calls a function of the caller's. `None`: it panicked, where panics unwind.
pub(crate) fn caught<T>(call: impl FnOnce() -> T) -> Option<T> {
    let outcome = catch_unwind(AssertUnwindSafe(call));
    // What it panicked with might panic again when it is dropped.
    outcome.map_err(std::mem::forget).ok()
}
