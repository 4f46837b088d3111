//! Keeps the values of a call where that was asked for, all but the secret ones.

mod hidden;
mod read;
mod secrecy;
#[cfg(test)]
mod tests;

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use self::hidden::Hidden;
pub(super) use self::read::{Draft, LONGEST_BODY, Reader};
use self::secrecy::LONGEST;
use super::documented::Part;

/// The values of a call and of its reply, which are kept where that was asked for. Secrets are in
/// neither: a stand-in is in their place, and of card numbers the first six and last four digits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Values {
    /// Values of the request: of the path, the documented headers, the query and the body.
    pub request: KeptValues,
    /// Values of the reply's body; none where a fault let no reply out, or cut its body off.
    pub reply: KeptValues,
}

/// The values of a request or of a reply, in the order in which they came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct KeptValues {
    /// The values, up to 16 KiB of them with their names.
    pub values: Vec<KeptValue>,
    /// Number of values that there were beyond these.
    pub left_out: usize,
    /// Number of bytes of a body that is neither a form nor JSON, or too long to be read, or of the
    /// files in its parts.
    pub unread_bytes: u64,
}

/// One value, by its name. `Debug` shows the name alone.
#[derive(Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct KeptValue {
    /// Part of the request or reply in which it came.
    pub part: Part,
    /// The name as it came; in JSON the way to it, as in `cards[0].cardId`. `[redacted]` where it
    /// may be no name.
    pub name: String,
    /// A text, or the beginning of one; a number and the like as JSON writes them; or
    /// `[redacted]`.
    pub value: String,
    /// Says whether it is a text, which JSON has in quotes.
    pub is_text: bool,
    /// Number of bytes that it had beyond these.
    pub more_bytes: usize,
}

/// The most bytes of the values of one side, with their names.
const MOST: usize = 16 * 1024;

impl Values {
    /// Keeps what may be kept of both sides.
    pub(super) fn of(request: Draft, reply: Draft) -> Self {
        let hidden = Hidden::of(request.entries.iter().chain(&reply.entries));
        Self {
            request: KeptValues::of(request, &hidden),
            reply: KeptValues::of(reply, &hidden),
        }
    }

    pub(super) fn weight(&self) -> usize {
        self.request.weight() + self.reply.weight()
    }
}

impl KeptValues {
    fn of(draft: Draft, hidden: &Hidden) -> Self {
        let mut kept = Self {
            left_out: draft.left_out,
            unread_bytes: draft.unread_bytes,
            ..Self::default()
        };
        let mut weight = 0;
        for entry in draft.entries {
            if weight > MOST {
                kept.left_out += 1;
                continue;
            }
            let (name, value) = hidden.shown(&entry);
            let value = KeptValue::new(entry.part, name, value, entry.is_text);
            weight += value.weight();
            if weight > MOST {
                kept.left_out += 1;
            } else {
                kept.values.push(value);
            }
        }
        kept.values.shrink_to_fit();
        kept
    }

    fn weight(&self) -> usize {
        self.values.iter().map(KeptValue::weight).sum()
    }
}

impl KeptValue {
    fn new(part: Part, name: String, mut value: String, is_text: bool) -> Self {
        let mut end = LONGEST.min(value.len());
        while !value.is_char_boundary(end) {
            end -= 1;
        }
        let more_bytes = value.len() - end;
        value.truncate(end);
        value.shrink_to_fit();
        Self {
            part,
            name,
            value,
            is_text,
            more_bytes,
        }
    }

    /// Counts its bytes of memory, about.
    fn weight(&self) -> usize {
        size_of::<Self>() + self.name.len() + self.value.len()
    }
}

/// Shows no value: who prints an exchange in a test need not have a person in the log.
impl fmt::Debug for KeptValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptValue")
            .field("part", &self.part)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
