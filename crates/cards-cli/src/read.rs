//! Files of one's own, read with a limit: whoever names a device or the wrong
//! file is told so, and the program neither waits nor grows for it.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// The most that one file may hold. Requests, settings and certificates are
/// far smaller.
const MOST_BYTES: u64 = 1024 * 1024;

/// The most that a file of a whole world may hold.
const MOST_BYTES_OF_A_WORLD: u64 = 64 * MOST_BYTES;

/// Whether standard input was read: it is there once.
static STDIN_IS_READ: AtomicBool = AtomicBool::new(false);

/// A file's text, or that of standard input for `-`.
pub(crate) fn text_or_stdin(path: &Path) -> io::Result<String> {
    any_or_stdin(path, MOST_BYTES)
}

/// The same of a sandbox's customers and cards, which may be many.
pub(crate) fn world_or_stdin(path: &Path) -> io::Result<String> {
    any_or_stdin(path, MOST_BYTES_OF_A_WORLD)
}

fn any_or_stdin(path: &Path, most: u64) -> io::Result<String> {
    if path != Path::new("-") {
        return utf8(limited(File::open(path)?, most)?);
    }
    if STDIN_IS_READ.swap(true, Ordering::Relaxed) {
        return Err(io::Error::other(
            "standard input was read already: - can stand once",
        ));
    }
    utf8(limited(io::stdin(), most)?)
}

/// A file's text.
pub(crate) fn text(path: &Path) -> io::Result<String> {
    utf8(bytes(path)?)
}

/// A file's bytes.
pub(crate) fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    limited(File::open(path)?, MOST_BYTES)
}

/// Reads all, without the mark of a text in UTF-8.
fn limited(source: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte over the limit shows that there is more.
    source.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        let mebibytes = most / 1024 / 1024;
        return Err(io::Error::other(format!(
            "it holds more than {mebibytes} MiB"
        )));
    }
    if bytes.starts_with(MARK) {
        bytes.drain(..MARK.len());
    }
    Ok(bytes)
}

/// A text without the one line break at its end.
pub(crate) fn without_line_break(text: &str) -> &str {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text)
}

/// The mark at the beginning of a text that tells of UTF-8, and is no part of it.
const MARK: &[u8] = b"\xef\xbb\xbf";

fn utf8(bytes: Vec<u8>) -> io::Result<String> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(io::Error::other("it is UTF-16 text, and not UTF-8"));
    }
    // The error's own text would say where; its bytes stay out of it.
    String::from_utf8(bytes).map_err(|_| io::Error::other("it is not UTF-8 text"))
}
