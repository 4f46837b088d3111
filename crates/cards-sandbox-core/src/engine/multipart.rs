//! Reads `multipart/form-data` (RFC 7578) that is whole in memory.

use std::convert::Infallible;
use std::string::FromUtf8Error;

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use cards_model::{FileUpload, Kind, Operation};
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

/// The reason why a body's parts are not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoParts {
    /// It is no such body, or not to its end, or a part has no name.
    NotWhole,
    /// A part without a file's name is no text.
    NoText,
    /// It has more parts than any call.
    TooMany,
}

impl NoParts {
    /// Says it in words, for the journal.
    pub(crate) const fn why(self) -> &'static str {
        match self {
            Self::NotWhole => {
                "the body is no multipart/form-data: it lacks its boundary, its end, or the name \
                 of a part"
            }
            Self::NoText => {
                "a part of the body is no text in UTF-8, and has no file's name (filename=\"...\"), \
                 without which it is no file"
            }
            Self::TooMany => "the body has more than 64 parts",
        }
    }
}

/// The parts in the order in which they came.
pub(crate) fn parts(headers: &HeaderMap, body: Bytes) -> Result<Vec<Part>, NoParts> {
    let mut multipart = multipart(headers, [body])?;
    let read = async {
        let mut parts = Vec::new();
        while let Some(field) = multipart.next_field().await? {
            if parts.len() == MOST {
                return Ok(Err(NoParts::TooMany));
            }
            let Some(name) = field.name().map(str::to_owned) else {
                return Ok(Err(NoParts::NotWhole));
            };
            let file_name = field.file_name().map(str::to_owned);
            let media_type = field.content_type().map(ToString::to_string);
            let bytes = field.bytes().await?;
            parts.push(match (file_name, String::from_utf8(bytes.into())) {
                (Some(file_name), bytes) => {
                    let bytes = bytes.map_or_else(FromUtf8Error::into_bytes, String::into_bytes);
                    let file = FileUpload::new(bytes).named(file_name);
                    let file = file.of_type(media_type.unwrap_or_default());
                    Part::File(name, file)
                }
                (None, Ok(text)) => Part::Text(name, text),
                (None, Err(_)) => return Ok(Err(NoParts::NoText)),
            });
        }
        Ok(Ok(parts))
    };
    now(read)?
}

/// The field that a file of an unknown name is for: the operation's first one with a file, where
/// no file is named after it, as no document tells the name of such a part.
pub(crate) fn open_field<'a>(
    operation: &'static Operation,
    mut files: impl Iterator<Item = &'a str>,
) -> Option<&'static str> {
    let mut fields = operation.fields.iter();
    let first = fields.find(|field| field.kind == Kind::File)?.wire;
    files.all(|name| name != first).then_some(first)
}

/// The names of the parts, each with whether it is a file, of a body that lies in pieces: nothing
/// of it is copied. None where its parts cannot be read.
pub(crate) fn names(headers: &HeaderMap, body: Vec<Bytes>) -> Vec<(String, bool)> {
    let Ok(mut multipart) = multipart(headers, body) else {
        return Vec::new();
    };
    let read = async {
        let mut names = Vec::new();
        while let Some(field) = multipart.next_field().await? {
            let is_file = field.file_name().is_some();
            names.extend(field.name().map(|name| (name.to_owned(), is_file)));
            if names.len() > MOST {
                return Ok(Vec::new());
            }
        }
        Ok(names)
    };
    now(read).unwrap_or_default()
}

fn multipart(
    headers: &HeaderMap,
    body: impl IntoIterator<Item = Bytes, IntoIter: Send + 'static>,
) -> Result<Multipart<'static>, NoParts> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let boundary = content_type.and_then(|text| parse_boundary(text).ok());
    let body = body.into_iter().map(Ok::<_, Infallible>);
    let of = |boundary| Multipart::new(stream::iter(body), boundary);
    boundary.map(of).ok_or(NoParts::NotWhole)
}

/// Reads what is all there: nothing is waited for.
fn now<T>(read: impl Future<Output = Result<T, multer::Error>>) -> Result<T, NoParts> {
    let read = read.now_or_never();
    read.and_then(Result::ok).ok_or(NoParts::NotWhole)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn headers(content_type: &str) -> HeaderMap {
        let value = HeaderValue::try_from(content_type).unwrap();
        HeaderMap::from_iter([(CONTENT_TYPE, value)])
    }

    fn read(content_type: &str, body: &str) -> Option<Vec<String>> {
        let body = Bytes::copy_from_slice(body.as_bytes());
        let parts = parts(&headers(content_type), body).ok()?;
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

    #[test]
    fn why_there_are_none() {
        let of = |body: Vec<u8>| parts(&headers(TYPE), body.into()).err();
        let head = b"--b\r\nContent-Disposition: form-data; name=\"file\"";
        let scan = [head, &b"\r\n\r\n\x89PNG\r\n--b--"[..]].concat();
        assert_eq!(of(scan), Some(NoParts::NoText));
        let named = [head, &b"; filename=\"\"\r\n\r\n\x89PNG\r\n--b--"[..]].concat();
        assert_eq!(of(named), None);
        assert_eq!(of(head.to_vec()), Some(NoParts::NotWhole));
        let many = [head, &b"\r\n\r\nx\r\n"[..]].concat().repeat(MOST + 1);
        assert_eq!(of([&many, &b"--b--"[..]].concat()), Some(NoParts::TooMany));
    }

    proptest! {
        /// Holds that the names are those of the parts, into whatever pieces a body is cut.
        #[test]
        fn names_are_those_of_the_parts(
            parts_of in proptest::collection::vec(("[a-z]{1,4}", any::<bool>(), "[^-]{0,9}"), 0..5),
            cut in 1_usize..20,
        ) {
            let mut body = String::new();
            for (name, is_file, content) in &parts_of {
                let file = if *is_file { "; filename=\"x\"" } else { "" };
                body.push_str(&format!(
                    "--b\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{content}\r\n"
                ));
            }
            body.push_str("--b--\r\n");
            let whole = Bytes::from(body);
            let read = parts(&headers(TYPE), whole.clone()).unwrap();
            let pieces: Vec<_> = whole.chunks(cut).map(Bytes::copy_from_slice).collect();
            let names = names(&headers(TYPE), pieces);
            let named = read.iter().map(|part| match part {
                Part::Text(name, _) => (name.clone(), false),
                Part::File(name, _) => (name.clone(), true),
            });
            prop_assert_eq!(&names, &named.collect::<Vec<_>>());
            prop_assert_eq!(names.len(), parts_of.len());
        }

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
