//! Keeps a panic of a job where it arose.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::error::StoreError;

/// Does a job that may panic, which fails it.
pub(super) fn caught<T, E: From<StoreError>>(job: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(job)).unwrap_or_else(|panic| {
        // Its own drop might panic again, on the thread that all wait for.
        std::mem::forget(panic);
        Err(StoreError::Panicked.into())
    })
}
