//! The row of an operation in the list of those that are served.

use axum::http::StatusCode;
use axum::routing::on;

use super::call::{Handle, handle, refused};
use super::envelope::Refusal;
use super::openapi;
use cards_sandbox_core::answer::Answer;
use cards_sandbox_core::operations::KnownOperation;
use cards_sandbox_core::served::Served;

/// Makes the row of an operation.
pub(super) const fn served<H: Handle>() -> Served {
    Served {
        known: KnownOperation {
            operation: H::OPERATION,
            prefixes: &[""],
            fail: failure::<H>,
            test_values: H::TEST_VALUES,
        },
        serve: |method| on(method, handle::<H>),
        describe: openapi::describe::<H>,
    }
}

fn failure<H: Handle>(status: StatusCode) -> Answer {
    refused::<H>(Refusal::ordered(status))
}
