//! Holds what the stages share: the fixtures, and the calls that they hold.

use cards_sign::Order;
use cards_transport::Call;
use conformance::fixture::{self, Case, Direction};

use crate::common::cases;
use crate::common::operations;

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

pub(crate) fn input<C: Call>(case: &Case) -> C {
    let input = operations::from_input(case.input.as_ref().unwrap());
    input.unwrap_or_else(|error| panic!("fixtures/{}: {error}", case.id()))
}

pub(crate) fn requests() -> impl Iterator<Item = Case> {
    going(Direction::Request)
}

pub(crate) fn replies() -> impl Iterator<Item = Case> {
    going(Direction::Reply)
}

fn going(direction: Direction) -> impl Iterator<Item = Case> {
    let cases = cases().into_iter();
    cases.filter(move |case| case.meta.direction == direction)
}

pub(crate) fn provider_in_order<C: Call>(case: &Case, base: &str, order: Order) -> C::Provider {
    let world = fixture::world().unwrap();
    operations::provider_in_order(base, world.keys(case.meta.credentials), order)
}

/// A call of this operation, for fixtures that are about the reply.
pub(crate) fn any_call<C: Call>(case: &Case) -> C {
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
