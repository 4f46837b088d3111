//! Plays what a connection does instead of sending a reply.

use std::fmt;
use std::io;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::response::Parts;
use axum::http::{HeaderName, header};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::FiredFault;
use crate::engine::pause::Pause;
use crate::engine::stream::Stream;

/// Says what is to be done with a reply on its way out. It rides in the reply's
/// extensions, by the journal, to the connection.
#[derive(Clone, Debug)]
pub(crate) struct ConnectionFault {
    /// The faults that were ordered, and fired.
    pub(crate) fired: Vec<FiredFault>,
    /// The pauses that come first, all of them.
    pub(crate) delays: Vec<Pause>,
    /// Replaces the reply, after the pause.
    pub(crate) script: Option<Script>,
}

impl ConnectionFault {
    /// Tells whether it keeps the whole head of the reply from the client.
    pub(crate) fn is_unanswered(&self) -> bool {
        self.script
            .as_ref()
            .is_some_and(|script| !script.has_head())
    }

    /// Tells whether it keeps the reply's body, or some of it, from the client.
    pub(crate) fn keeps_body_back(&self) -> bool {
        self.is_unanswered() || self.fired.iter().any(|fired| fired.kind.cuts_body())
    }
}

/// A connection's last acts.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    steps: Vec<Step>,
    /// The number of bytes that are sent at a time, and the pause after them.
    pace: Option<(usize, Pause)>,
    end: End,
}

#[derive(Clone)]
pub(crate) enum Step {
    /// The reply's head, announcing so many bytes of body.
    Head(u64),
    /// The same, and that the connection ends behind the body.
    LastHead(u64),
    Write(Bytes),
    /// Waits, or until the client has gone.
    Hold(Pause),
}

impl fmt::Debug for Step {
    /// Shows how many bytes are written, and none of them: they are a reply's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Head(bytes) => write!(f, "Head({bytes})"),
            Self::LastHead(bytes) => write!(f, "LastHead({bytes})"),
            Self::Write(bytes) => write!(f, "Write({} bytes)", bytes.len()),
            Self::Hold(pause) => write!(f, "Hold({pause:?})"),
        }
    }
}

/// Names the way in which a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// In order: with everything sent.
    Close,
    /// With a TCP reset.
    Reset,
}

/// Time for the client to read what was sent: on some systems a reset takes
/// away what it has not read by then.
const BEFORE_RESET: Duration = Duration::from_millis(20);

/// The time that a client may take to end its side, too.
const LINGER: Duration = Duration::from_secs(1);

impl Script {
    pub(crate) const fn new(steps: Vec<Step>, end: End) -> Self {
        Self {
            steps,
            pace: None,
            end,
        }
    }

    pub(crate) fn paced(self, bytes: usize, pause: Pause) -> Self {
        Self {
            pace: Some((bytes.max(1), pause)),
            ..self
        }
    }

    /// Tells whether the client gets to see the head of the reply.
    fn has_head(&self) -> bool {
        let is_head = |step: &Step| matches!(step, Step::Head(_) | Step::LastHead(_));
        self.steps.iter().any(is_head)
    }

    /// Takes the connection to its end, with this head of the reply. When the
    /// sandbox stops, pauses do, and the connection ends where it is.
    pub(crate) async fn play(self, head: Parts, mut stream: Stream, mut stop: watch::Receiver<()>) {
        let acts = async {
            for step in &self.steps {
                match step {
                    Step::Head(length) => {
                        let head = wire(&head, *length, false);
                        self.write(&mut stream, &head).await?;
                    }
                    Step::LastHead(length) => {
                        let head = wire(&head, *length, true);
                        self.write(&mut stream, &head).await?;
                    }
                    Step::Write(bytes) => self.write(&mut stream, bytes).await?,
                    Step::Hold(pause) => tokio::select! {
                        () = pause.wait() => {}
                        () = until_it_ends(&mut stream) => {}
                    },
                }
            }
            match self.end {
                End::Close => close(&mut stream).await,
                End::Reset if self.steps.is_empty() => Ok(()),
                End::Reset => {
                    sleep(BEFORE_RESET).await;
                    Ok(())
                }
            }
        };
        let outcome = tokio::select! {
            biased;
            outcome = acts => outcome,
            _ = stop.changed() => Ok(()),
        };
        if let Err(error) = outcome {
            tracing::debug!(%error, "the client went away before the fault was over");
        }
        if self.end == End::Reset
            && let Err(error) = stream.tcp().set_zero_linger()
        {
            tracing::debug!(%error, "no reset");
        }
    }

    async fn write(&self, stream: &mut Stream, bytes: &[u8]) -> io::Result<()> {
        let Some((size, pause)) = &self.pace else {
            return write(stream, bytes).await;
        };
        for piece in bytes.chunks(*size) {
            write(stream, piece).await?;
            pause.wait().await;
        }
        Ok(())
    }
}

/// The head of a reply as it stands on the wire, its length as ordered.
fn wire(head: &Parts, length: u64, is_last: bool) -> Vec<u8> {
    const OURS: [HeaderName; 2] = [header::CONTENT_LENGTH, header::CONNECTION];
    let reason = head.status.canonical_reason().unwrap_or_default();
    let mut wire = format!("HTTP/1.1 {} {reason}\r\n", head.status.as_u16()).into_bytes();
    for (name, value) in head.headers.iter().filter(|(name, _)| !OURS.contains(name)) {
        for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            wire.extend_from_slice(part);
        }
    }
    if is_last {
        wire.extend_from_slice(b"connection: close\r\n");
    }
    wire.extend_from_slice(format!("content-length: {length}\r\n\r\n").as_bytes());
    wire
}

async fn write(stream: &mut Stream, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes).await?;
    stream.flush().await
}

/// Ends our side and waits a little for the client to end its own: a socket
/// that is closed over unread bytes is reset, and the client may lose what was
/// sent.
async fn close(stream: &mut Stream) -> io::Result<()> {
    stream.shutdown().await?;
    drop(timeout(LINGER, until_it_ends(stream)).await);
    Ok(())
}

async fn until_it_ends(stream: &mut Stream) {
    let mut unread = [0; 1024];
    while stream.read(&mut unread).await.is_ok_and(|read| read > 0) {}
}

#[cfg(test)]
mod tests;
