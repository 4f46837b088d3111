//! Files of one's own, read with a limit: whoever names a device or the wrong
//! file is told so, and the program neither waits nor grows for it.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// The most that one file may hold. Requests, settings and certificates are
/// far smaller.
pub(crate) const MOST_BYTES: u64 = 1024 * 1024;

/// The most that a file of a whole world may hold.
pub(crate) const MOST_BYTES_OF_A_WORLD: u64 = 64 * MOST_BYTES;

/// The most that a file may hold that is to be sent: more than the rules let through.
pub(crate) const MOST_BYTES_OF_AN_UPLOAD: u64 = 16 * MOST_BYTES;

/// The mark at the beginning of a text that tells of UTF-8, and is no part of it.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Says whether standard input was read: it is there once.
static STDIN_IS_READ: AtomicBool = AtomicBool::new(false);

/// The reason why a file cannot be used. It holds nothing of what is in it.
#[derive(Debug)]
pub(crate) enum Unreadable {
    /// The system does not let it be read.
    Io(io::Error),
    /// It holds more than this many bytes.
    TooLong(u64),
    Empty,
    NotUtf8,
    Utf16,
    /// It holds characters of the value zero.
    Nul,
    /// It is standard input, which something else has read.
    ReadAlready,
    /// It is a pipe that nobody writes to.
    NoWriter,
}

use Unreadable::{Empty, Io, NoWriter, NotUtf8, Nul, ReadAlready, TooLong, Utf16};

impl Unreadable {
    /// Tells whether there is no such file.
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self, Io(error) if error.kind() == io::ErrorKind::NotFound)
    }

    /// Says what to do about it.
    pub(crate) fn advice(&self) -> &'static str {
        match self {
            Io(error) => match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => "check the path",
                io::ErrorKind::PermissionDenied => "let this user read it",
                io::ErrorKind::IsADirectory => "name a file, and not its folder",
                _ => "take another file",
            },
            TooLong(_) => "check that it is the right file",
            Empty => "check what was to write it",
            NotUtf8 | Utf16 | Nul => "save it as UTF-8 text",
            ReadAlready => "put one of them into a file",
            NoWriter => "start first what writes to it",
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Io(error) => error.fmt(f),
            TooLong(most) => write!(f, "it holds more than {} MiB", most / 1024 / 1024),
            Empty => f.write_str("it is empty"),
            NotUtf8 => f.write_str("it is not UTF-8 text"),
            Utf16 => f.write_str("it is UTF-16 text, and not UTF-8"),
            Nul => f.write_str("it holds NUL characters, and is no text or in another encoding"),
            ReadAlready => f.write_str("standard input was read already: - can stand once"),
            NoWriter => f.write_str("it is a pipe, and nobody writes to it"),
        }
    }
}

impl std::error::Error for Unreadable {}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Self {
        Io(error)
    }
}

/// The text of standard input.
pub(crate) fn stdin_text(most: u64) -> Result<String, Unreadable> {
    utf8(without_mark(stdin_raw(most)?))
}

/// The bytes of standard input, whatever they are.
pub(crate) fn stdin_raw(most: u64) -> Result<Vec<u8>, Unreadable> {
    if STDIN_IS_READ.swap(true, Ordering::Relaxed) {
        return Err(ReadAlready);
    }
    limited(io::stdin(), most)
}

/// A file's text.
pub(crate) fn text(path: &Path, most: u64) -> Result<String, Unreadable> {
    utf8(without_mark(limited(open(path)?, most)?))
}

/// A file's bytes, whatever they are.
pub(crate) fn raw(path: &Path, most: u64) -> Result<Vec<u8>, Unreadable> {
    limited(open(path)?, most)
}

/// A file's bytes, of which most are ASCII: no text of two bytes a character.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, Unreadable> {
    let bytes = without_mark(limited(open(path)?, MOST_BYTES)?);
    match is_utf16(&bytes) {
        true => Err(Utf16),
        false => Ok(bytes),
    }
}

/// A text without the one line break at its end.
pub(crate) fn without_line_break(text: &str) -> &str {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text)
}

/// Reads all.
fn limited(source: impl Read, most: u64) -> Result<Vec<u8>, Unreadable> {
    let mut bytes = Vec::new();
    // One byte over the limit shows that there is more.
    source.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(TooLong(most));
    }
    Ok(bytes)
}

/// Takes away the mark of a text in UTF-8.
fn without_mark(mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.starts_with(MARK) {
        bytes.drain(..MARK.len());
    }
    bytes
}

fn is_utf16(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff")
}

fn utf8(bytes: Vec<u8>) -> Result<String, Unreadable> {
    if is_utf16(&bytes) {
        return Err(Utf16);
    }
    // The error's own text would say where; its bytes stay out of it.
    let text = String::from_utf8(bytes).map_err(|_| NotUtf8)?;
    match text.contains('\0') {
        true => Err(Nul),
        false => Ok(text),
    }
}

/// Opens a file. A pipe with a name keeps whoever opens it until somebody opens
/// its other end: not for ever.
#[cfg(unix)]
fn open(path: &Path) -> Result<File, Unreadable> {
    use std::os::unix::fs::FileTypeExt;
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    /// The time in which the other end of a pipe has to be opened.
    const PATIENCE: Duration = Duration::from_secs(10);

    let is_pipe = path.metadata().is_ok_and(|meta| meta.file_type().is_fifo());
    if !is_pipe {
        return Ok(File::open(path)?);
    }
    let (opened, wait) = mpsc::channel();
    let path = path.to_owned();
    // Where nobody comes, it waits on, and ends with the program.
    thread::spawn(move || drop(opened.send(File::open(path))));
    Ok(wait.recv_timeout(PATIENCE).map_err(|_| NoWriter)??)
}

#[cfg(not(unix))]
fn open(path: &Path) -> Result<File, Unreadable> {
    Ok(File::open(path)?)
}
