//! The body of a reply, before it is read.

/// A body without the byte order mark that may stand before it, which means nothing (E-X-58).
pub(crate) fn unmarked(body: &[u8]) -> &[u8] {
    body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body)
}

/// Tells whether there is no body, which white space alone is not either (E-X-58).
pub(crate) fn is_blank(body: &[u8]) -> bool {
    unmarked(body).trim_ascii().is_empty()
}
