//! TCP under ureq's requests.
//!
//! ureq's own stream looks at the time once for each piece that it hands over. Where the system has
//! taken a part of one when its time is over, it says so, and to hand over the rest it waits as long
//! again: a call would last twice its time, or longer with a server that takes a little now and then.
//!
//! Nor does it look for a reply once nothing more can be sent. A server that has enough of a body says
//! so and closes, and what it has said is there to be read.

use std::fmt;
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, Transport,
};
use ureq::{Error, Timeout};

/// The least time that an address has to answer in.
const LEAST: Duration = Duration::from_millis(10);

/// Connects to a server, unless a connector before it has.
#[derive(Debug)]
pub(super) struct Tcp;

impl<In: Transport> Connector<In> for Tcp {
    type Out = Either<In, Stream>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        if let Some(chained) = chained {
            return Ok(Some(Either::A(chained)));
        }
        let stream = connected(&details.addrs, details.timeout)?;
        let config = details.config;
        stream.set_nodelay(config.no_delay())?;
        Ok(Some(Either::B(Stream {
            stream,
            buffers: LazyBuffers::new(config.input_buffer_size(), config.output_buffer_size()),
            reads_for: None,
            writes_for: None,
            closed: None,
            is_closed: false,
        })))
    }
}

/// Tries the addresses one after the other. Each but the last has half of the time that is left.
fn connected(addresses: &[SocketAddr], timeout: NextTimeout) -> Result<TcpStream, Error> {
    let until = timeout
        .not_zero()
        .and_then(|after| Instant::now().checked_add(*after));
    let mut failure = Error::Io(io::ErrorKind::ConnectionRefused.into());
    for (after_it, address) in (0..addresses.len()).rev().zip(addresses) {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let stream = match left {
            Some(left) => {
                let share = if after_it == 0 { left } else { left / 2 };
                TcpStream::connect_timeout(address, share.max(LEAST))
            }
            None => TcpStream::connect(address),
        };
        failure = match stream {
            Ok(stream) => return Ok(stream),
            Err(error) if is_over(&error) => Error::Timeout(Timeout::Connect),
            Err(error) if is_of_the_address(&error) => Error::Io(error),
            Err(error) => return Err(Error::Io(error)),
        };
        if left.is_some_and(|left| left.is_zero()) {
            return Err(Error::Timeout(timeout.reason));
        }
    }
    Err(failure)
}

/// Tells whether another address of the same server may do, as one of another family.
fn is_of_the_address(error: &io::Error) -> bool {
    use io::ErrorKind::{
        AddrNotAvailable, ConnectionRefused, HostUnreachable, NetworkUnreachable, PermissionDenied,
    };
    matches!(
        error.kind(),
        ConnectionRefused | HostUnreachable | NetworkUnreachable | AddrNotAvailable
    ) || cfg!(windows) && error.kind() == PermissionDenied
}

fn is_over(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock
    )
}

/// Tells whether the other side takes nothing more on a connection.
fn is_closed(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
    matches!(
        error.kind(),
        BrokenPipe | ConnectionReset | ConnectionAborted
    )
}

/// A connection without TLS.
pub(super) struct Stream {
    stream: TcpStream,
    buffers: LazyBuffers,
    /// The limits that the system knows: to set one costs a call.
    reads_for: Option<Duration>,
    writes_for: Option<Duration>,
    /// The failure after which the other side takes nothing more, until the reply is looked for.
    closed: Option<io::Error>,
    /// Says whether there was such a failure.
    is_closed: bool,
}

impl Stream {
    /// Notes that the other side takes nothing more.
    fn closes(&mut self, error: io::Error) {
        self.closed = Some(error);
        self.is_closed = true;
    }

    /// Writes some of the bytes, and tells how many.
    fn write(&mut self, range: std::ops::Range<usize>, wait: Duration) -> io::Result<usize> {
        if self.writes_for != Some(wait) && is_set(self.stream.set_write_timeout(Some(wait)))? {
            self.writes_for = Some(wait);
        }
        self.stream.write(&self.buffers.output()[range])
    }

    /// Reads what has come.
    fn read(&mut self, wait: Duration) -> io::Result<usize> {
        if self.reads_for != Some(wait) && is_set(self.stream.set_read_timeout(Some(wait)))? {
            self.reads_for = Some(wait);
        }
        self.stream.read(self.buffers.input_append_buf())
    }
}

/// Tells whether a limit was set. macOS sets none once the peer has closed, whose reply may be there.
fn is_set(outcome: io::Result<()>) -> io::Result<bool> {
    match outcome {
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(false),
        outcome => outcome.map(|()| true),
    }
}

/// The time for one call of the system: the limit of one such call, within what is left of all.
struct Wait {
    until: Option<Instant>,
    whole: NextTimeout,
    each: NextTimeout,
}

impl Wait {
    fn new(whole: NextTimeout, each: NextTimeout) -> Self {
        let left = whole.not_zero();
        Self {
            until: left.and_then(|left| Instant::now().checked_add(*left)),
            whole,
            each,
        }
    }

    /// Gives the first wait.
    fn first(&self) -> Result<Duration, Error> {
        match self.each.after.is_zero() {
            true => Err(Error::Timeout(self.each.reason)),
            false => Ok(*self.each.after),
        }
    }

    /// Gives a wait after some time has passed.
    fn next(&self) -> Result<Duration, Error> {
        let each = *self.each.after;
        let Some(until) = self.until else {
            return Ok(each);
        };
        let left = until.saturating_duration_since(Instant::now());
        match left.is_zero() {
            true => Err(Error::Timeout(self.whole.reason)),
            false => Ok(each.min(left)),
        }
    }

    /// Makes the error of a call of the system.
    fn failed(&self, error: io::Error) -> Error {
        match is_over(&error) {
            true => Error::Timeout(self.each.reason),
            false => Error::Io(error),
        }
    }
}

impl Transport for Stream {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        if self.is_closed {
            return Ok(());
        }
        let limits = Wait::new(timeout, timeout.for_write());
        let mut wait = limits.first()?;
        let mut written = 0;
        loop {
            match self.write(written..amount, wait) {
                Ok(0) => return Err(Error::Io(io::ErrorKind::WriteZero.into())),
                Ok(some) => written += some,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // Its reply may be there.
                Err(error) if is_closed(&error) => {
                    self.closes(error);
                    return Ok(());
                }
                Err(error) => return Err(limits.failed(error)),
            }
            if written == amount {
                return Ok(());
            }
            wait = limits.next()?;
        }
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let each = timeout.for_read();
        // A silence goes on while signals come.
        let limits = Wait::new(each, each);
        let mut wait = limits.first()?;
        loop {
            match self.read(wait) {
                Ok(amount) => {
                    // Without a reply, what ended the request counts.
                    if let Some(error) = self.closed.take().filter(|_| amount == 0) {
                        return Err(Error::Io(error));
                    }
                    self.buffers.input_appended(amount);
                    return Ok(amount > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(limits.failed(error)),
            }
            wait = limits.next()?;
        }
    }

    /// Looks for a byte that nobody asked for, and for the end.
    fn is_open(&mut self) -> bool {
        let is_silent = |stream: &mut TcpStream| -> io::Result<bool> {
            stream.set_nonblocking(true)?;
            let read = stream.read(&mut [0]);
            stream.set_nonblocking(false)?;
            Ok(read.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock))
        };
        !self.is_closed && is_silent(&mut self.stream).unwrap_or(false)
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Stream").field(&self.stream).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No test can have macOS refuse a limit.
    #[test]
    fn a_limit_that_a_closed_connection_refuses_is_not_set_and_any_other_refusal_is_an_error() {
        use io::ErrorKind::{InvalidInput, NotConnected, PermissionDenied};
        assert!(is_set(Ok(())).unwrap());
        assert!(!is_set(Err(InvalidInput.into())).unwrap());
        for kind in [NotConnected, PermissionDenied] {
            assert_eq!(is_set(Err(kind.into())).unwrap_err().kind(), kind);
        }
    }
}
