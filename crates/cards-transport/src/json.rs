//! Reading JSON bodies, and saying where they are not what was expected.

use std::fmt;

use crate::error::Rejection;

/// Where a JSON body is not what was expected. It shows no part of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonTrouble {
    path: String,
    line: usize,
    column: usize,
    is_syntax: bool,
}

impl JsonTrouble {
    pub(crate) fn new(path: String, error: &serde_json::Error) -> Self {
        let is_syntax = error.is_syntax() || error.is_eof();
        Self {
            path,
            line: error.line(),
            column: error.column(),
            is_syntax,
        }
    }

    /// The path of the field at fault, such as `cards[0].expiry.month`; `.`
    /// for the whole.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The line in the body, counted from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column in the body, counted from 1.
    pub fn column(&self) -> usize {
        self.column
    }

    /// Whether the text is no JSON at all, or ends too early.
    pub fn is_syntax(&self) -> bool {
        self.is_syntax
    }
}

impl fmt::Display for JsonTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.is_syntax {
            "no JSON"
        } else {
            "not what the document describes"
        };
        write!(
            f,
            "{what} at {} (line {}, column {})",
            self.path, self.line, self.column
        )
    }
}

impl Rejection {
    /// A field is absent without which the reply means nothing.
    pub(crate) fn missing(path: &str) -> Self {
        Self::Malformed(JsonTrouble {
            path: path.into(),
            line: 1,
            column: 1,
            is_syntax: false,
        })
    }
}

/// Reads JSON; where that fails, reads it once more to learn the path.
pub(crate) fn read_json<'de, T: serde::Deserialize<'de>>(text: &'de str) -> Result<T, Rejection> {
    read_part("", text, text)
}

/// As [`read_json`], for the part of a body that stands at `path`; troubles
/// are placed in the whole body.
pub(crate) fn read_part<'de, T: serde::Deserialize<'de>>(
    path: &str,
    body: &str,
    part: &'de str,
) -> Result<T, Rejection> {
    serde_json::from_str(part).map_err(|error| {
        let mut deserializer = serde_json::Deserializer::from_str(part);
        let inner = match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
            Err(located) => located.path().to_string(),
            Ok(_) => ".".to_owned(),
        };
        let path = match (path, inner.as_str()) {
            ("", inner) => inner.to_owned(),
            (path, ".") => path.to_owned(),
            (path, inner) if inner.starts_with('[') => format!("{path}{inner}"),
            (path, inner) => format!("{path}.{inner}"),
        };
        // `part` is borrowed from `body`, or is a stand-in for what is absent.
        let start = (part.as_ptr() as usize).wrapping_sub(body.as_ptr() as usize);
        let before = body.get(..start).unwrap_or_default();
        let mut trouble = JsonTrouble::new(path, &error);
        if trouble.line == 1 {
            trouble.column += before.len() - before.rfind('\n').map_or(0, |at| at + 1);
        }
        trouble.line += before.matches('\n').count();
        Rejection::Malformed(trouble)
    })
}

/// The body as text: one UTF-8 check for all that is read from it.
pub(crate) fn body_text(body: &[u8]) -> Result<&str, Rejection> {
    std::str::from_utf8(body).map_err(|error| {
        let before = &body[..error.valid_up_to()];
        let line = 1 + before.iter().filter(|&&b| b == b'\n').count();
        let column = 1 + before.iter().rev().take_while(|&&b| b != b'\n').count();
        Rejection::Malformed(JsonTrouble {
            path: ".".into(),
            line,
            column,
            is_syntax: true,
        })
    })
}
