//! A call on a thread of its own, and what can end it: its reply, the time that
//! it may take, and whoever interrupts the program.
//!
//! Once the end is known, that thread makes no further call, and the program does not
//! wait for it: a look-up of a name by the system may hold it, which nothing can end.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use cards_transport::model::Effect;
use cards_transport::{Error as CallError, Settings};

use super::context::{Context, Ending};
use crate::error::Error;
use crate::signals;

/// The time for which the client may go on once the time is up: it has the same limit for a call,
/// and knows more of how that ended.
const GRACE: Duration = Duration::from_secs(1);

enum Event<T> {
    /// A reply, or a page of a list.
    Reply(T),
    /// The client has made all that there was to make.
    Done(Result<(), CallError>),
    Ended(Ending),
}

/// Takes a reply, and says whether more are wanted.
pub(super) type HandOn<'a, T> = &'a mut dyn FnMut(T) -> ControlFlow<()>;

/// Does the work, which hands each reply on, and takes the replies as they come,
/// until there are no more or no more are wanted. To hand one on that nobody waits
/// for any more is a break, at which the work has to end.
pub(super) fn watch<T, W>(
    context: &Context,
    work: W,
    mut take: impl FnMut(T) -> ControlFlow<()>,
) -> Result<(), Error>
where
    T: Send + 'static,
    W: Fn(HandOn<'_, T>) -> Result<ControlFlow<()>, CallError> + Send + 'static,
{
    let started = Instant::now();
    let (tell, told) = mpsc::channel();
    let interrupt = tell.clone();
    let of = context.clone();
    let last_words = move || Error::of_ending(Ending::Interrupted, &of);
    let tell_it = move || {
        // Nobody listens once another end is known.
        drop(interrupt.send(Event::Ended(Ending::Interrupted)));
    };
    signals::waiting(tell_it, last_words);
    begin(work, tell)?;

    let mut grace = GRACE;
    let ending = loop {
        let left = match context.timeout {
            Some(timeout) => (timeout + grace).saturating_sub(started.elapsed()),
            // For each call, in which the client ends earlier.
            None => Settings::LONGEST_DEFAULT + GRACE,
        };
        match told.recv_timeout(left) {
            Ok(Event::Reply(reply)) => {
                if take(reply).is_break() {
                    break None;
                }
                // From here on, the client's limit for a call ends later.
                grace = Duration::ZERO;
            }
            Ok(Event::Done(Ok(()))) => break None,
            Ok(Event::Done(Err(error))) => {
                known(&error, context);
                return Err(Error::of_call(error, context));
            }
            Ok(Event::Ended(ending)) => break Some(ending),
            Err(RecvTimeoutError::Timeout) => break Some(Ending::OutOfTime),
            Err(RecvTimeoutError::Disconnected) => break Some(Ending::Lost),
        }
    };
    signals::printing();
    match ending {
        None => Ok(()),
        Some(ending) => Err(Error::of_ending(ending, context)),
    }
}

/// Lets a signal tell from here on how a change ended: to find out more about that takes a while.
fn known(error: &CallError, context: &Context) {
    signals::printing();
    if context.operation.effect == Effect::Mutation {
        let (error, of) = (error.clone(), context.clone());
        signals::ends_with(move || Error::of_failure(&error, &of));
    }
}

/// Does the work on a thread of its own, which tells of each reply and of its end.
fn begin<T, W>(work: W, tell: Sender<Event<T>>) -> Result<(), Error>
where
    T: Send + 'static,
    W: Fn(HandOn<'_, T>) -> Result<ControlFlow<()>, CallError> + Send + 'static,
{
    let client = thread::Builder::new().name("client".to_owned());
    let begun = client.spawn(move || {
        let mut hand_on = |reply| match tell.send(Event::Reply(reply)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        };
        let outcome = catch_unwind(AssertUnwindSafe(|| work(&mut hand_on)));
        // What it panicked with might panic again when it is dropped.
        let outcome = outcome.map_err(std::mem::forget);
        let last = outcome.map_or(Event::Ended(Ending::Lost), |done| {
            Event::Done(done.map(drop))
        });
        drop(tell.send(last));
        // Only now, as it may wait for a look-up.
        drop(work);
    });
    begun
        .map(drop)
        .map_err(|error| Error::failure("no thread for the client").caused_by(error))
}
