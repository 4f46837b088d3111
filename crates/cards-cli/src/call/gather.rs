//! Reads what several calls of one provider bring, one failure or another among
//! them.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cards_transport::model::Operation;
use cards_transport::{Call, Error as CallError, ErrorKind, Paged, Reply};

use super::args::Setup;
use super::client::Client;
use super::run::{Ready, Warnings, ready};
use super::watch::{HandOn, watch};
use crate::error::Error;
use crate::exit::Exit;

/// Makes a call, and hands each reply on for as long as more are wanted.
pub(crate) type Fetch<C> = fn(
    &Client<<C as Call>::Provider>,
    &C,
    HandOn<'_, Reply<<C as Call>::Reply>>,
) -> Result<ControlFlow<()>, CallError>;

/// Makes a call that has one reply.
pub(crate) fn one<C: Call>(
    client: &Client<C::Provider>,
    call: &C,
    hand_on: HandOn<'_, Reply<C::Reply>>,
) -> Result<ControlFlow<()>, CallError> {
    client.send(call).map(hand_on)
}

/// Makes the calls for all pages of a list.
pub(crate) fn pages<C: Paged>(
    client: &Client<C::Provider>,
    call: &C,
    hand_on: HandOn<'_, Reply<C::Reply>>,
) -> Result<ControlFlow<()>, CallError> {
    client.each_page(call.clone(), hand_on)
}

/// Holds one failure among several calls.
pub(crate) struct Failure {
    pub(crate) error: Error,
    /// The call that was refused for what it asks, by its place; `None` where the
    /// others would fare no better.
    pub(crate) at: Option<usize>,
    /// The number of calls that are not made because of it.
    pub(crate) left_out: usize,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self {
            error,
            at: None,
            left_out: 0,
        }
    }
}

/// The event of a call, with its place.
enum Came<T> {
    Reply(usize, Reply<T>),
    Failed(usize, CallError),
}

/// Makes the calls one after the other with one client, which logs in once, and
/// takes each reply with the place of its call, until no more are wanted. A
/// refusal of one call keeps none of the others, nor does a reply that cannot be read; any other
/// failure ends them. Warnings have the `name` of the call at a place, where it has one.
pub(crate) fn gather<C: Call>(
    setup: Setup<'_>,
    calls: Vec<C>,
    fetch: Fetch<C>,
    name: impl Fn(usize) -> Option<String>,
    mut take: impl FnMut(usize, C::Reply) -> ControlFlow<()>,
) -> Vec<Failure> {
    let Some(first) = calls.first() else {
        return Vec::new();
    };
    let Ready { client, context } = match ready(first, setup) {
        Ok(Some(ready)) => ready,
        // A dry run, which nobody asks for here.
        Ok(None) => return Vec::new(),
        Err(error) => return vec![error.into()],
    };
    let count = calls.len();
    let asked = Arc::new(AtomicUsize::new(0));
    let asks = Arc::clone(&asked);
    let work = move |hand_on: HandOn<'_, _>| Ok(make(&client, &calls, &asks, fetch, hand_on));
    let mut warnings = Warnings::about(C::operation());
    let mut answered = Vec::new();
    let mut failed = Vec::new();
    let ended = watch(&context, work, |came| match came {
        Came::Reply(at, reply) => {
            warnings.of(&reply, || name(at));
            answered.push(at);
            take(at, reply.into_value())
        }
        Came::Failed(at, error) => {
            failed.push((at, error));
            ControlFlow::Continue(())
        }
    });
    // At once: a failure below may take its time.
    let not_asked = count.saturating_sub(asked.load(Ordering::Relaxed));
    // Only now: to ask a sandbox for its reason takes a call too.
    let failed = failed.into_iter().map(|(at, error)| {
        let is_about_one = is_about_one(&error, C::operation());
        let error = Error::of_call(error, &context);
        Failure {
            error: after(error, answered.contains(&at)),
            at: is_about_one.then_some(at),
            left_out: if is_about_one { 0 } else { count - at - 1 },
        }
    });
    let ended = ended.err().map(|error| Failure {
        error: after(error, !answered.is_empty()),
        at: None,
        left_out: not_asked,
    });
    failed.chain(ended).collect()
}

/// Makes the calls up to the last, to a failure that each of them would meet, or to
/// the one after which no more are wanted, and counts those that are `asked`.
fn make<C: Call>(
    client: &Client<C::Provider>,
    calls: &[C],
    asked: &AtomicUsize,
    fetch: Fetch<C>,
    hand_on: HandOn<'_, Came<C::Reply>>,
) -> ControlFlow<()> {
    for (at, call) in calls.iter().enumerate() {
        asked.store(at + 1, Ordering::Relaxed);
        match fetch(client, call, &mut |reply| hand_on(Came::Reply(at, reply))) {
            Ok(wanted) => wanted?,
            Err(error) => {
                let ends_all = !is_about_one(&error, C::operation());
                hand_on(Came::Failed(at, error))?;
                if ends_all {
                    break;
                }
            }
        }
    }
    ControlFlow::Continue(())
}

/// Says of an error whether a part of the list was read before it.
fn after(error: Error, is_part_read: bool) -> Error {
    match is_part_read {
        true => error.in_the_middle(),
        false => error,
    }
}

/// Tells whether an error is about what one call asks for, and the next may do better.
fn is_about_one(error: &CallError, operation: &'static Operation) -> bool {
    let is_missing = error.status().is_some_and(|status| status.as_u16() == 404);
    let is_it = match error.kind() {
        // But not one of a server that is busy, or of the credentials.
        ErrorKind::Refused => Error::from(error.clone()).exit == Exit::Refused,
        ErrorKind::Invalid | ErrorKind::Malformed | ErrorKind::Paging | ErrorKind::TooLarge => true,
        ErrorKind::Http => is_missing && !error.is_failed_in_passing(),
        _ => false,
    };
    // A login that is refused is refused again.
    is_it && error.operation() == operation
}
