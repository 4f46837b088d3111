//! The text between the parts of a checksum.

use std::fmt;

/// A text of at most [`Joint::MOST`] bytes, kept in place so that a recipe can be copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Joint {
    bytes: [u8; Self::MOST],
    length: u8,
}

impl Joint {
    pub(crate) const MOST: usize = 15;

    pub(crate) const EMPTY: Self = Self {
        bytes: [0; Self::MOST],
        length: 0,
    };

    /// Reads a text in which `%XX` stands for a byte. `None`: it is too long, no text, or has white space as it is.
    pub(crate) fn read(text: &str) -> Option<Self> {
        if text.contains(char::is_whitespace) {
            return None;
        }
        let mut joint = Self::EMPTY;
        let mut rest = text.as_bytes();
        while let [first, more @ ..] = rest {
            let mut byte = [*first];
            rest = more;
            if *first == b'%' {
                hex::decode_to_slice(more.get(..2)?, &mut byte).ok()?;
                rest = more.get(2..)?;
            }
            *joint.bytes.get_mut(usize::from(joint.length))? = byte[0];
            joint.length += 1;
        }
        str::from_utf8(joint.bytes.get(..usize::from(joint.length))?).ok()?;
        Some(joint)
    }

    pub(crate) fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..usize::from(self.length));
        bytes
            .and_then(|bytes| str::from_utf8(bytes).ok())
            .unwrap_or_default()
    }
}

/// Writes it as [`Joint::read`] reads it.
impl fmt::Display for Joint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.as_str().chars() {
            if matches!(character, '%' | ',') || character.is_whitespace() || character.is_control()
            {
                for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                    write!(f, "%{byte:02X}")?;
                }
            } else {
                write!(f, "{character}")?;
            }
        }
        Ok(())
    }
}
