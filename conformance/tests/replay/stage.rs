//! Holds what the stages share: the fixtures, and the calls that they hold.

use std::marker::PhantomData;

use cards_sign::Order;
use cards_transport::{Call, Visit};
use conformance::fixture::{self, Case, Direction};

use crate::common::cases;
use crate::common::operations::{self, visited};

/// A stage that a case is taken through, whatever its operation.
pub(crate) trait Stage {
    fn replay<C: Call>(case: &Case);
}

/// Takes a case through a stage.
#[track_caller]
pub(crate) fn replay<S: Stage>(case: &Case) {
    struct Replayed<'a, S>(&'a Case, PhantomData<S>);

    impl<S: Stage> Visit for Replayed<'_, S> {
        type Output = ();

        fn visit<C: Call>(self) {
            S::replay::<C>(self.0);
        }
    }

    let replayed = visited(&case.operation, Replayed::<S>(case, PhantomData));
    replayed.unwrap_or_else(|why| panic!("fixtures/{}: {why}", case.id()));
}

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
    let input = case.input.as_ref().unwrap();
    match operations::from_input(input) {
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

pub(crate) fn provider<C: Call>(case: &Case, base: &str) -> C::Provider {
    provider_in_order::<C>(case, base, Order::default())
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
