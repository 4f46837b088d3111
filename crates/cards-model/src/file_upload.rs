//! The file of a multipart request.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

/// A file to send, such as a scanned document: its bytes, a name and a media type.
///
/// Such files tell of people, and so may their names: nothing shows either, and the
/// name that goes out is a neutral one unless [`named`](Self::named) sets it. A clone
/// shares the bytes; bytes and name are wiped when the last one is dropped.
///
/// ```
/// use cards_model::FileUpload;
///
/// let file = FileUpload::new(b"%PDF-1.7 ...".to_vec());
/// assert_eq!((file.name(), file.media_type()), ("document.pdf", "application/pdf"));
/// assert_eq!(format!("{file:?}"), "FileUpload([redacted], 12 bytes)");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct FileUpload {
    bytes: Arc<Zeroizing<Vec<u8>>>,
    name: Zeroizing<String>,
    media_type: String,
}

/// The first bytes of files of some media types, and the end of their names.
const KNOWN: [(&[u8], &str, &str); 4] = [
    (b"%PDF-", "application/pdf", "document.pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "document.png"),
    (b"\xff\xd8\xff", "image/jpeg", "document.jpg"),
    (b"", "application/octet-stream", "document"),
];

const REDACTED: &str = "[redacted]";

impl FileUpload {
    /// Takes the bytes. The media type of PDF, PNG and JPEG is told by their beginning;
    /// anything else is `application/octet-stream`.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = Arc::new(Zeroizing::new(bytes.into()));
        let known = KNOWN.iter().find(|(start, ..)| bytes.starts_with(start));
        let (_, media_type, name) = known.unwrap_or(&KNOWN[KNOWN.len() - 1]);
        Self {
            name: Zeroizing::new((*name).to_owned()),
            media_type: (*media_type).to_owned(),
            bytes,
        }
    }

    /// Sets the name that goes out with the file; of a path its last segment.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self {
            name: Zeroizing::new(name.into()),
            ..self
        }
    }

    /// Sets the media type. A text that is none, such as one with a line break, is not
    /// taken over.
    ///
    /// ```
    /// use cards_model::FileUpload;
    ///
    /// let file = FileUpload::new(*b"II*\0").of_type("image/tiff");
    /// assert_eq!(file.media_type(), "image/tiff");
    /// assert_eq!(file.of_type("image/\r\nx: y").media_type(), "image/tiff");
    /// ```
    #[must_use]
    pub fn of_type(self, media_type: impl Into<String>) -> Self {
        let media_type = media_type.into();
        match is_media_type(&media_type) {
            true => Self { media_type, ..self },
            false => self,
        }
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The name that goes out with the file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The media type, as `type/subtype`.
    pub fn media_type(&self) -> &str {
        &self.media_type
    }
}

/// Tells whether a text is a media type without parameters (RFC 9110, 8.3.1).
fn is_media_type(text: &str) -> bool {
    let is_token = |part: &str| {
        let is_in_tokens = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
        !part.is_empty() && part.bytes().all(is_in_tokens)
    };
    let parts = text.split_once('/');
    parts.is_some_and(|(of, subtype)| is_token(of) && is_token(subtype))
}

impl<const N: usize> From<[u8; N]> for FileUpload {
    fn from(bytes: [u8; N]) -> Self {
        Self::new(bytes)
    }
}

impl From<Vec<u8>> for FileUpload {
    fn from(bytes: Vec<u8>) -> Self {
        Self::new(bytes)
    }
}

impl fmt::Debug for FileUpload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileUpload({REDACTED}, {} bytes)", self.bytes.len())
    }
}

/// Writes the redacted form, as of every sensitive value.
impl Serialize for FileUpload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(REDACTED)
    }
}

/// Reads the bytes as base64 (RFC 4648, 4).
impl<'de> Deserialize<'de> for FileUpload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        let bytes = STANDARD.decode(&*text);
        // The decoder's own words name bytes of the file.
        let bytes = bytes.map_err(|_| de::Error::custom("expected a file as base64"))?;
        Ok(Self::new(bytes))
    }
}
