//! Describes one odd reply: its bytes, what the server does behind them, and
//! how it is to be judged.

/// A reply that is hardly HTTP, or more of it than anybody expects.
pub(super) struct Odd {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    pub(super) then: Then,
    pub(super) verdict: Verdict,
}

/// The server's next act once the bytes are out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// Ends the connection in order.
    Closes,
    /// Resets the connection.
    Resets,
    /// Leaves it open and says nothing more.
    Stays,
}

/// The outcome that a caller is told. The bodies are those of the reply that
/// the caller can look at, so the numbers are their lengths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The value: status 200 and the whole body.
    Value,
    /// A reply that was read whole, but is not the documented success.
    Reply(u16, usize),
    /// The reply is no HTTP, or none that this client takes.
    Protocol,
    /// It ended too soon, or went wrong in its body, of which so much came.
    Cut(usize),
    /// It ended before its head did.
    CutHead,
    /// The server sent no more; so much of the body had come.
    Late(usize),
    /// The server sent no more, and the head was not whole.
    LateHead,
}

impl Odd {
    pub(super) fn new(
        name: impl Into<String>,
        bytes: impl Into<Vec<u8>>,
        verdict: Verdict,
    ) -> Self {
        Self {
            name: name.into(),
            bytes: bytes.into(),
            then: Then::Closes,
            verdict,
        }
    }

    pub(super) fn then(self, then: Then) -> Self {
        Self { then, ..self }
    }
}

/// Replies that differ in one text, which is their name too, and are judged alike.
pub(super) fn each(
    what: &str,
    verdict: Verdict,
    texts: &[&str],
    reply: impl Fn(&str) -> Vec<u8>,
) -> Vec<Odd> {
    let odd = |text: &&str| Odd::new(format!("{what} {text:?}"), reply(text), verdict);
    texts.iter().map(odd).collect()
}

/// A reply with this first line and these header lines.
pub(super) fn reply(line: &str, headers: &[&str], body: impl AsRef<[u8]>) -> Vec<u8> {
    let mut bytes = format!("{line}\r\n").into_bytes();
    for header in headers {
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body.as_ref());
    bytes
}

pub(super) const OK: &str = "HTTP/1.1 200 OK";
pub(super) const CHUNKED: &str = "transfer-encoding: chunked";

pub(super) fn length(body: &str) -> String {
    format!("content-length: {}", body.len())
}

/// The body in one chunk, and the last chunk.
pub(super) fn one_chunk(body: &str) -> String {
    format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len())
}
