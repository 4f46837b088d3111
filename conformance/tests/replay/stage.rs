//! Holds what the stages share: the fixtures, and the calls that they hold.

use conformance::fixture::{self, Case, Direction};

use crate::common::cases;
use crate::common::operations::Operation;

/// Fails with the fixture and the stage before the two texts.
#[track_caller]
pub(crate) fn same<T: PartialEq + std::fmt::Debug>(
    case: &Case,
    stage: &str,
    actual: &T,
    expected: &T,
) {
    assert!(
        actual == expected,
        "fixtures/{}: stage {stage}\n  expected: {expected:#?}\n    actual: {actual:#?}",
        case.id()
    );
}

pub(crate) fn input<C: Operation>(case: &Case) -> C {
    let input = case.input.as_ref().unwrap();
    match C::from_input(input) {
        Ok(call) => call,
        Err(error) => panic!("fixtures/{}: {error}", case.id()),
    }
}

pub(crate) fn requests() -> impl Iterator<Item = Case> {
    let is_request = |case: &Case| case.meta.direction == Direction::Request;
    cases().into_iter().filter(is_request)
}

pub(crate) fn replies() -> impl Iterator<Item = Case> {
    let is_reply = |case: &Case| case.meta.direction == Direction::Reply;
    cases().into_iter().filter(is_reply)
}

pub(crate) fn provider<C: Operation>(case: &Case, base: &str) -> C::Provider {
    let world = fixture::world().unwrap();
    C::provider(base.parse().unwrap(), world.keys(case.meta.credentials))
}

/// A call of this operation, for fixtures that are about the reply.
pub(crate) fn any_call<C: Operation>(case: &Case) -> C {
    let same_operation =
        |other: &Case| (&other.provider, &other.operation) == (&case.provider, &case.operation);
    input(&requests().find(same_operation).unwrap())
}

/// The one-time code in a login's body, as the fixture writes it.
pub(crate) fn login_code(text: &str) -> String {
    match text.split_once(r#"{"otp":""#) {
        Some((before, after)) => format!(r#"{before}{{"otp":"<otp>{}"#, &after[6..]),
        None => text.to_owned(),
    }
}
