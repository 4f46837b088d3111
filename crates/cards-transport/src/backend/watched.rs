//! Shares one call's state with ureq's connections. ureq does everything on the
//! calling thread, and shows its resolver, connectors and streams no call.

use std::cell::Cell;
use std::fmt;
use std::io;
use std::time::{Duration, Instant};

use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};
use ureq::{Error, Timeout};

use crate::transport::bounded;

/// The size of ureq's buffer for what it receives, and so the longest that a
/// head or a line within chunks can be there.
pub(super) const BUFFER: usize = 128 * 1024;

thread_local! {
    static CALL: Cell<Option<Call>> = const { Cell::new(None) };
}

#[derive(Clone, Copy)]
struct Call {
    /// The time at which the call's time is over.
    deadline: Instant,
    /// The time at which look-up and connect together have to be done.
    connects_until: Instant,
    /// Says whether a connection is being made, be it with a proxy's answer or a handshake.
    is_connecting: bool,
    /// Says whether any byte of the request was handed to a connected stream.
    is_sent: bool,
    /// Says whether the server ended the connection while it was read from.
    was_ended: bool,
}

/// The call that this thread carries out, for as long as it is held.
pub(super) struct OnThisThread(());

impl OnThisThread {
    pub(super) fn begin(total: Duration) -> Self {
        let deadline = Instant::now() + bounded(total);
        CALL.set(Some(Call {
            deadline,
            connects_until: deadline,
            is_connecting: false,
            is_sent: false,
            was_ended: false,
        }));
        Self(())
    }

    pub(super) fn is_sent(&self) -> bool {
        CALL.get().is_none_or(|call| call.is_sent)
    }

    /// Notes that the head has come: from here on the end is the body's.
    pub(super) fn reads_body(&self) {
        change(|call| call.was_ended = false);
    }

    pub(super) fn was_ended(&self) -> bool {
        CALL.get().is_some_and(|call| call.was_ended)
    }

    pub(super) fn set_sent(is_sent: bool) {
        change(|call| call.is_sent = is_sent);
    }

    /// Begins the look-up, and says until when it may take: connecting shares
    /// the time.
    pub(super) fn connects_until(limit: Duration) -> Instant {
        let now = Instant::now();
        let until = now.checked_add(limit);
        change(|call| {
            call.connects_until = until.unwrap_or(call.deadline).min(call.deadline);
        });
        CALL.get().map_or(now, |call| call.connects_until)
    }

    /// Connects in the time that is left for it, each read and write included: ureq gives each
    /// piece of a proxy's answer the whole time anew. Within it the connection to a proxy is made.
    pub(super) fn connecting<T>(
        timeout: NextTimeout,
        connect: impl FnOnce(NextTimeout) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let Some(call) = CALL.get() else {
            return connect(timeout);
        };
        let timeout = capped(timeout, call.connects_until, Timeout::Connect)?;
        change(|call| call.is_connecting = true);
        let connected = connect(timeout);
        change(|within| within.is_connecting = call.is_connecting);
        connected
    }
}

impl Drop for OnThisThread {
    fn drop(&mut self) {
        CALL.set(None);
    }
}

fn change(change: impl FnOnce(&mut Call)) {
    CALL.set(CALL.get().map(|mut call| {
        change(&mut call);
        call
    }));
}

/// A limit that ends with the call at the latest, and with the time to connect where that is not
/// over yet. Setting it here and not for
/// each request spares ureq a copy of its settings, and the socket a new limit
/// for each read and write.
fn within_call(timeout: NextTimeout) -> Result<NextTimeout, Error> {
    match CALL.get() {
        Some(call) if call.is_connecting => capped(timeout, call.connects_until, Timeout::Connect),
        Some(call) => capped(timeout, call.deadline, Timeout::Global),
        None => Ok(timeout),
    }
}

fn capped(timeout: NextTimeout, until: Instant, reason: Timeout) -> Result<NextTimeout, Error> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(Error::Timeout(reason));
    }
    Ok(match left < *timeout.after {
        true => NextTimeout {
            after: left.into(),
            reason,
            ..timeout
        },
        false => timeout,
    })
}

/// A connected and, for https, handshaken stream, or the one beneath TLS.
///
/// The first byte that a stream is handed is the border between what was
/// certainly not sent and what perhaps was. It also tells how a reply ended,
/// which ureq keeps to itself, and sends the head of a request together with its
/// body, which ureq would send one after the other.
pub(super) struct Watched {
    inner: Box<dyn Transport>,
    /// The bytes that are held back until there are more, or a reply is waited
    /// for. `None`: nothing is held back, as beneath TLS.
    held: Option<Vec<u8>>,
}

impl Watched {
    /// Hands the first `amount` bytes of the output over.
    fn hand_over(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let timeout = within_call(timeout)?;
        OnThisThread::set_sent(true);
        self.inner.transmit_output(amount, timeout)
    }

    /// Hands over what was held back, before the first `amount` bytes of the
    /// output.
    fn release(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let held = match &mut self.held {
            Some(held) if !held.is_empty() => std::mem::take(held),
            _ => return self.hand_over(amount, timeout),
        };
        let output = self.inner.buffers().output();
        let rest = match output.len() - amount >= held.len() {
            true => {
                output.copy_within(..amount, held.len());
                Vec::new()
            }
            false => output[..amount].to_vec(),
        };
        output[..held.len()].copy_from_slice(&held);
        if rest.is_empty() {
            return self.hand_over(held.len() + amount, timeout);
        }
        self.hand_over(held.len(), timeout)?;
        self.inner.buffers().output()[..rest.len()].copy_from_slice(&rest);
        self.hand_over(rest.len(), timeout)
    }

    fn is_holding(&self) -> bool {
        self.held.as_ref().is_some_and(|held| !held.is_empty())
    }
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What is held back is a request.
        f.debug_tuple("Watched").field(&self.inner).finish()
    }
}

/// Puts a [`Watched`] around what the connector before it made.
#[derive(Debug)]
pub(super) enum Watch {
    /// Around a stream that TLS goes over.
    BeneathTls,
    /// Around the stream that requests go over.
    Outermost,
}

impl<In: Transport> Connector<In> for Watch {
    type Out = Watched;

    fn connect(
        &self,
        _: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Watched>, Error> {
        Ok(chained.map(|transport| Watched {
            inner: Box::new(transport),
            held: match self {
                Self::BeneathTls => None,
                Self::Outermost => Some(Vec::new()),
            },
        }))
    }
}

impl Transport for Watched {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        if self.is_holding() || self.held.is_none() {
            return self.release(amount, timeout);
        }
        let head = self.inner.buffers().output()[..amount].to_vec();
        self.held = Some(head);
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        if self.is_holding() {
            self.release(0, timeout)?;
        }
        // With no room left, ureq reads nothing and takes that for the end.
        if self.inner.buffers().input_append_buf().is_empty() {
            return Err(Error::Other(Box::new(Full)));
        }
        match self.inner.await_input(within_call(timeout)?) {
            Ok(false) => {
                change(|call| call.was_ended = true);
                Ok(false)
            }
            Err(Error::Io(error)) => Err(Error::Io(no_end(error))),
            outcome => outcome,
        }
    }

    /// Counts a connection with a byte that was not read as closed: it belongs
    /// to no later reply. Beneath TLS it is encrypted, and ureq does not look
    /// for it there.
    fn is_open(&mut self) -> bool {
        self.inner.buffers().input().is_empty() && self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

/// ureq takes these kinds for the end of a body that has no length. A reset is
/// no such end, nor is an end that TLS did not announce.
fn no_end(error: io::Error) -> io::Error {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    match error.kind() {
        UnexpectedEof | ConnectionAborted | ConnectionReset => io::Error::new(BrokenPipe, error),
        _ => error,
    }
}

/// Fails a read for which ureq's buffer has no room, though it needs more.
#[derive(Debug)]
pub(super) struct Full;

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kib = BUFFER / 1024;
        write!(f, "a head or a line of the reply is longer than {kib} KiB")
    }
}

impl std::error::Error for Full {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_told_with_how_long_it_may_be() {
        let said = Full.to_string();
        assert_eq!(said, "a head or a line of the reply is longer than 128 KiB");
    }
}
