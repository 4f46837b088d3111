//! Reads `multipart/form-data` (RFC 7578) that is whole in memory.

use std::convert::Infallible;

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use cards_model::FileUpload;
use futures_util::FutureExt as _;
use futures_util::stream;
use multer::{Multipart, parse_boundary};

pub(crate) const MULTIPART: &str = "multipart/form-data";

/// The most parts that are read: no call has as many.
const MOST: usize = 64;

/// A part of a body, by its name.
pub(crate) enum Part {
    /// One without a file's name, as text.
    Text(String, String),
    /// One with a file's name.
    File(String, FileUpload),
}

impl Part {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Text(name, _) | Self::File(name, _) => name,
        }
    }
}

/// The parts in the order in which they came. `None`: it is no such body, or not to its end, or
/// has more parts than any call.
pub(crate) fn parts(headers: &HeaderMap, body: Bytes) -> Option<Vec<Part>> {
    let boundary = parse_boundary(headers.get(CONTENT_TYPE)?.to_str().ok()?).ok()?;
    let body = stream::iter([Ok::<_, Infallible>(body)]);
    let mut multipart = Multipart::new(body, boundary);
    let read = async {
        let mut parts = Vec::new();
        while let Some(field) = multipart.next_field().await.ok()? {
            if parts.len() == MOST {
                return None;
            }
            let name = field.name()?.to_owned();
            let file_name = field.file_name().map(str::to_owned);
            let media_type = field.content_type().map(ToString::to_string);
            let bytes = field.bytes().await.ok()?;
            parts.push(match file_name {
                Some(file_name) => {
                    let file = FileUpload::new(&*bytes).named(file_name);
                    let file = file.of_type(media_type.unwrap_or_default());
                    Part::File(name, file)
                }
                None => Part::Text(name, String::from_utf8(bytes.into()).ok()?),
            });
        }
        Some(parts)
    };
    // All of it is there: nothing is waited for.
    read.now_or_never().flatten()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn read(content_type: &str, body: &str) -> Option<Vec<String>> {
        let value = HeaderValue::try_from(content_type).unwrap();
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, value)]);
        let parts = parts(&headers, Bytes::copy_from_slice(body.as_bytes()))?;
        let shown = parts.iter().map(|part| match part {
            Part::Text(name, text) => format!("{name}={text}"),
            Part::File(name, file) => format!(
                "{name}: {} {} {}",
                file.name(),
                file.media_type(),
                file.bytes().len()
            ),
        });
        Some(shown.collect())
    }

    const TYPE: &str = "multipart/form-data; boundary=b";

    #[test]
    fn texts_and_files() {
        let body = "--b\r\nContent-Disposition: form-data; name=\"type\"\r\n\r\nTax Document\r\n\
                    --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\
                    Content-Type: image/tiff\r\n\r\n\0\r\n--cc\r\n--b--\r\n";
        let parts = read(TYPE, body).unwrap();
        assert_eq!(parts, ["type=Tax Document", "file: a.bin image/tiff 7"]);
        let empty =
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\n\r\n\r\n--b--";
        assert_eq!(
            read(TYPE, empty).unwrap(),
            ["file:  application/octet-stream 0"]
        );
    }

    #[test]
    fn what_is_none() {
        for (content_type, body) in [
            (TYPE, ""),
            (
                TYPE,
                "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx",
            ),
            (
                TYPE,
                "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--",
            ),
            (
                TYPE,
                "--c\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--c--",
            ),
            (TYPE, "--b\r\nno header\r\n\r\nx\r\n--b--"),
            ("multipart/form-data", "--b--"),
            ("multipart/mixed; boundary=b", "--b--"),
            ("text/plain", "--b--"),
        ] {
            assert!(read(content_type, body).is_none(), "{content_type} {body}");
        }
        let many = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n";
        assert_eq!(
            read(TYPE, &format!("{}--b--", many.repeat(MOST)))
                .unwrap()
                .len(),
            MOST
        );
        assert!(read(TYPE, &format!("{}--b--", many.repeat(MOST + 1))).is_none());
    }

    proptest! {
        #[test]
        fn no_body_makes_it_wait_or_panic(
            pieces in proptest::collection::vec(
                prop_oneof![
                    "--b", "\r\n", "--", "Content-Disposition: form-data; name=\"a\"", ".{0,4}",
                    "; filename=\"x\"", "Content-Type: a/b",
                ],
                0..24,
            )
        ) {
            drop(read(TYPE, &pieces.concat()));
        }
    }
}
