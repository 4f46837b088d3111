//! The settings of the engine.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use cards_model::{Body, Operation};

/// The place where a sandbox keeps its state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Storage {
    /// In memory, gone with the sandbox.
    #[default]
    Memory,
    /// In an SQLite file, which is made where there is none. One sandbox at a
    /// time has it, whatever name of it each was given. Elsewhere than on Linux
    /// the lock is a file beside it, `NAME.lock`: a hard link leads past it, and so
    /// does who deletes it.
    ///
    /// At the start it is checked for damage: whole, where it holds no more than an ordinary world;
    /// a larger one for a quarter of a second, its structure before its rows. What is damaged
    /// beyond that is told by the call that reads it.
    File(PathBuf),
}

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// Tells how many lines of the log could not be written so far.
pub(crate) type LostLogLines = Arc<dyn Fn() -> u64 + Send + Sync>;

/// Limits what a client may ask of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a request's body; 64 KiB. More is answered with 413, where the
    /// body matters at all. The JSON of the control API may have 16 MiB whatever
    /// this is, and a whole world 64 MiB.
    pub body: usize,
    /// Bytes of a request's body that carries a file; 11 MiB. More is answered with 413.
    pub upload: usize,
    /// The time that a connection may wait for a request, or take over its headers;
    /// 30 seconds. Then it is closed.
    pub header_time: Duration,
    /// Bytes of all bodies that are in memory at one time, but for the first 64 KiB of each; 192
    /// MiB, and at least what one whole world or one upload may have. More is answered with 503
    /// and `Retry-After`.
    pub bodies: usize,
    /// Bytes of all large replies that are in memory at one time, each of over 1 MiB, such as a whole
    /// world or a page of all cards; 256 MiB. One more waits for as long as a body may take, then it
    /// is answered with 503 and `Retry-After`; a provider's that only shows something is so at once. The
    /// reply to a world that was replaced is given then all the same, and the next world waits until
    /// it is taken.
    pub replies: usize,
    /// The time that a client may take over a body; 10 seconds. Then 408, or the
    /// answer that the call has without it. A whole world waits as long while
    /// another one is loaded, and an upload while eight others are read; then 503.
    pub body_time: Duration,
    /// The time for which a client may take nothing of what it is sent; 30 seconds. Then its
    /// connection is reset. Of a large reply it has to take 64 KiB a second beside that, on the
    /// whole.
    pub write_time: Duration,
    /// Connections at one time; 1024. More wait to be accepted.
    pub connections: usize,
    /// The most that follow event streams of the control API at one time, in all worlds; 256. They
    /// are not among the connections. Where one more comes, the stream ends that has had nothing to
    /// send for the longest time, whose client may ask again.
    pub followers: usize,
    /// Worlds beside the first one, each made when its paths are first used, which
    /// `/_worlds/{name}` stands before; 64. One more is answered with 409.
    pub worlds: usize,
    /// The time that a receiver of an event may take to answer; 10 seconds. Then the event is sent
    /// again, as one that was refused is.
    pub delivery_time: Duration,
}

impl Limits {
    /// The limits for a call of an operation, or of none that is known.
    pub(crate) fn of(self, operation: Option<&Operation>) -> Self {
        match operation.map(|operation| operation.body) {
            Some(Body::Multipart) => self.of_upload(),
            _ => self,
        }
    }

    /// The limits for a body that carries a file.
    pub(crate) const fn of_upload(self) -> Self {
        Self {
            body: self.upload,
            ..self
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 64 * 1024,
            upload: 11 * 1024 * 1024,
            header_time: Duration::from_secs(30),
            bodies: 192 * 1024 * 1024,
            replies: 256 * 1024 * 1024,
            body_time: Duration::from_secs(10),
            write_time: Duration::from_secs(30),
            connections: 1024,
            followers: 256,
            worlds: 64,
            delivery_time: Duration::from_secs(10),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_are_what_their_documentation_says() {
        let seconds = Duration::from_secs;
        let documented = Limits {
            body: 65_536,
            upload: 11_534_336,
            header_time: seconds(30),
            bodies: 201_326_592,
            replies: 268_435_456,
            body_time: seconds(10),
            write_time: seconds(30),
            connections: 1024,
            followers: 256,
            worlds: 64,
            delivery_time: seconds(10),
        };
        assert_eq!(Limits::default(), documented);
    }
}
