//! The row of an operation in the list of those that are served.

use axum::routing::on;

use super::call::{Handle, handle};
use super::error::failure;
use super::openapi;
use cards_sandbox_core::operations::KnownOperation;
use cards_sandbox_core::served::Served;

/// Makes the row of an operation.
pub(super) const fn served<H: Handle>() -> Served {
    Served {
        known: KnownOperation {
            operation: H::OPERATION,
            prefixes: H::PREFIXES,
            test_values: H::TEST_VALUES,
            fail: |status| failure(status, H::ACCESS.challenge()),
        },
        serve: |method| on(method, handle::<H>),
        describe: openapi::describe::<H>,
    }
}
