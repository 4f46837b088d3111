//! `multipart/form-data` (RFC 7578), in memory.

use std::collections::BTreeSet;
use std::fmt;

use bytes::Bytes;
use cards_model::{self as model, Place, Value};
use http::{HeaderValue, Request, header};

/// The start of every boundary.
const BOUNDARY: &str = "cards-boundary-";

/// Encodes the parts of a call: the content type, with the boundary, and the body. A file
/// goes in the part of the given name, or else of its field's.
///
/// The same call makes the same bytes each time, so that an attempt can be made again and
/// compared: the boundary is the first of a row that stands in no part.
pub(crate) fn encode<R: model::Request>(call: &R, file_part: Option<&str>) -> (HeaderValue, Bytes) {
    let number = free_boundary(call, file_part);
    let boundary = format!("{BOUNDARY}{number}");
    let mut body = Vec::new();
    call.visit(&mut |field, value| {
        if field.place != Place::Part {
            return;
        }
        let start = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"");
        body.extend_from_slice(start.as_bytes());
        if let Value::File(file) = value {
            let name = escaped(file_part.unwrap_or(field.wire));
            let file_name = escaped(last_segment(file.name()));
            let media_type = file.media_type();
            let head =
                format!("{name}\"; filename=\"{file_name}\"\r\nContent-Type: {media_type}\r\n\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(file.bytes());
        } else {
            let text = value.into_text().unwrap_or_default();
            let part = format!("{}\"\r\n\r\n{text}", escaped(field.wire));
            body.extend_from_slice(part.as_bytes());
        }
        body.extend_from_slice(b"\r\n");
    });
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    let content_type = format!("multipart/form-data; boundary={boundary}");
    let content_type = HeaderValue::try_from(content_type);
    (
        content_type.expect("letters, digits and hyphens"),
        body.into(),
    )
}

/// The first number with which the boundary stands in no part and in no name of one.
fn free_boundary<R: model::Request>(call: &R, file_part: Option<&str>) -> u64 {
    let mut taken = BTreeSet::new();
    note_boundaries(file_part.unwrap_or_default().as_bytes(), &mut taken);
    call.visit(&mut |field, value| {
        if field.place != Place::Part {
            return;
        }
        match value {
            Value::File(file) => {
                note_boundaries(file.name().as_bytes(), &mut taken);
                note_boundaries(file.media_type().as_bytes(), &mut taken);
                note_boundaries(file.bytes(), &mut taken);
            }
            value => {
                let text = value.into_text().unwrap_or_default();
                note_boundaries(text.as_bytes(), &mut taken);
            }
        }
    });
    // Of so many numbers and one more, one is not among them.
    let most = taken.len() as u64;
    (0..=most)
        .find(|number| !taken.contains(number))
        .unwrap_or(most)
}

/// Notes the numbers that follow the start of a boundary: of `cards-boundary-12`, both 1
/// and 12, as either would end there.
fn note_boundaries(bytes: &[u8], taken: &mut BTreeSet<u64>) {
    let mut rest = bytes;
    while let Some(at) = memchr::memmem::find(rest, BOUNDARY.as_bytes()) {
        rest = &rest[at + BOUNDARY.len()..];
        let mut number = 0_u64;
        for digit in rest.iter().take_while(|byte| byte.is_ascii_digit()).take(6) {
            number = number * 10 + u64::from(digit - b'0');
            taken.insert(number);
        }
    }
}

/// A file's name without the folders before it, which a server has to leave alone anyway
/// (RFC 7578, 4.2).
fn last_segment(name: &str) -> &str {
    let mut segments = name.rsplit(['/', '\\']);
    segments.find(|one| !one.is_empty()).unwrap_or_default()
}

/// A name as it stands within quotation marks: as browsers write it (WHATWG, HTML,
/// multipart form data); and without a backslash, behind which some servers read on
/// over the closing mark.
fn escaped(name: &str) -> String {
    name.replace('\\', "%5C")
        .replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// One part of a multipart body, as [`form_parts`] finds it. `Debug` shows neither its text
/// nor a file's name, which may tell of people.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FormPart {
    /// The name of the part.
    pub name: String,
    /// The text; of a file its name.
    pub text: String,
    /// The media type and the number of bytes of a file. `None`: it is a text.
    pub file: Option<(String, usize)>,
}

impl fmt::Debug for FormPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FormPart")
            .field("name", &self.name)
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

/// Finds the parts in the multipart body of a request that this crate made, so that it can be
/// shown: those of files without what is in them. Any other request has none.
///
/// ```
/// use cards_transport::{form_parts, http};
///
/// let body = "--b\r\nContent-Disposition: form-data; name=\"type\"\r\n\r\nTax Document\r\n--b--\r\n";
/// let request = http::Request::post("/upload")
///     .header("content-type", "multipart/form-data; boundary=b")
///     .body(body)?;
/// assert_eq!(form_parts(&request)[0].text, "Tax Document");
/// # Ok::<(), http::Error>(())
/// ```
pub fn form_parts(request: &Request<impl AsRef<[u8]>>) -> Vec<FormPart> {
    let content_type = request.headers().get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    let boundary =
        content_type.and_then(|text| text.strip_prefix("multipart/form-data; boundary="));
    let Some(boundary) = boundary else {
        return Vec::new();
    };
    let (mark, mut rest) = (format!("--{boundary}"), request.body().as_ref());
    let mut parts = Vec::new();
    while let Some(at) = memchr::memmem::find(rest, mark.as_bytes()) {
        let (before, after) = rest.split_at(at);
        rest = &after[mark.len()..];
        parts.extend(part(before));
    }
    parts
}

/// A part, from behind its boundary up to the next one. `None`: it has no head.
fn part(bytes: &[u8]) -> Option<FormPart> {
    let end = memchr::memmem::find(bytes, b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]);
    let content = &bytes[end + 4..];
    let content = content.strip_suffix(b"\r\n").unwrap_or(content);
    let quoted = |key: &str| {
        let (_, value) = head.split_once(&format!(" {key}=\""))?;
        Some(value.split_once('"')?.0.to_owned())
    };
    let name = quoted("name")?;
    Some(match quoted("filename") {
        Some(text) => {
            // Names have no line break.
            let media_type = head.split_once("\r\nContent-Type: ");
            let media_type = media_type.map_or("", |(_, rest)| rest.trim_end());
            let file = Some((media_type.to_owned(), content.len()));
            FormPart { name, text, file }
        }
        None => FormPart {
            name,
            text: String::from_utf8_lossy(content).into_owned(),
            file: None,
        },
    })
}

#[cfg(test)]
mod tests {
    use cards_model::FileUpload;
    use cards_model::ibanera::{DocumentSide, DocumentType, UploadDocument};
    use proptest::prelude::*;

    use super::*;

    fn upload(file: FileUpload) -> UploadDocument {
        UploadDocument::new(11057, DocumentType::TaxDocument, file)
    }

    fn encoded(call: &UploadDocument, file_part: Option<&str>) -> Request<Bytes> {
        let (content_type, body) = encode(call, file_part);
        let mut request = Request::new(body);
        request
            .headers_mut()
            .insert(header::CONTENT_TYPE, content_type);
        request
    }

    #[test]
    fn each_field_has_a_part() {
        let request = encoded(&upload(FileUpload::new(*b"%PDF-1")), None);
        insta::assert_snapshot!(String::from_utf8_lossy(request.body()).replace("\r\n", "|\n"), @r#"
        --cards-boundary-0|
        Content-Disposition: form-data; name="customersId"|
        |
        11057|
        --cards-boundary-0|
        Content-Disposition: form-data; name="type"|
        |
        Tax Document|
        --cards-boundary-0|
        Content-Disposition: form-data; name="documentSide"|
        |
        Front|
        --cards-boundary-0|
        Content-Disposition: form-data; name="file"; filename="document.pdf"|
        Content-Type: application/pdf|
        |
        %PDF-1|
        --cards-boundary-0--|
        "#);
        assert_eq!(
            request.headers()[header::CONTENT_TYPE],
            "multipart/form-data; boundary=cards-boundary-0"
        );
    }

    #[test]
    fn the_part_of_a_file_is_named_by_setting() {
        let file = FileUpload::new(*b"x").named("a\"b\r\nc: d.pdf");
        let request = encoded(&upload(file), Some("docu\"ment"));
        let body = String::from_utf8_lossy(request.body()).into_owned();
        let head = "name=\"docu%22ment\"; filename=\"a%22b%0D%0Ac: d.pdf\"\r\n";
        assert!(body.contains(head), "{body}");
    }

    #[test]
    fn no_folder_and_no_backslash_goes_out() {
        for (name, sent) in [
            ("C:\\scans\\asha.pdf", "asha.pdf"),
            ("/home/asha/scan.pdf", "scan.pdf"),
            ("..\\scans\\", "scans"),
            ("\\", ""),
            ("", ""),
        ] {
            let file = FileUpload::new(*b"x").named(name);
            let request = encoded(&upload(file), Some("scan\\"));
            let body = String::from_utf8_lossy(request.body()).into_owned();
            let head = format!("name=\"scan%5C\"; filename=\"{sent}\"\r\n");
            assert!(body.contains(&head), "{body}");
        }
    }

    #[test]
    fn a_name_is_no_media_type() {
        let file = FileUpload::new(*b"x").named("Content-Type: asha.pdf");
        let request = encoded(&upload(file), Some("Content-Type: scan"));
        let parts = form_parts(&request);
        let of_file = Some(("application/octet-stream".to_owned(), 1));
        assert_eq!(
            (&*parts[3].name, &parts[3].file),
            ("Content-Type: scan", &of_file)
        );
        assert!(!format!("{parts:?}").contains("asha"));
    }

    #[test]
    fn a_part_is_shown_without_its_text() {
        let file = FileUpload::new(*b"SECRET").named("asha-nair.pdf");
        let shown = format!("{:?}", form_parts(&encoded(&upload(file), None)));
        let is_told = shown.contains("customersId") && shown.contains("octet-stream");
        assert!(is_told, "{shown}");
        for secret in ["11057", "SECRET", "asha"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }

    #[test]
    fn a_boundary_stands_in_no_part() {
        for (content, expected) in [
            ("cards-boundary-", 0),
            ("cards-boundary-0", 1),
            ("cards-boundary-1 cards-boundary-00", 2),
            ("cards-boundary-0cards-boundary-1", 2),
            ("--cards-boundary-21--", 0),
        ] {
            let call = upload(FileUpload::new(content.as_bytes().to_vec()));
            assert_eq!(free_boundary(&call, None), expected, "{content}");
            let named = upload(FileUpload::new(*b"x").named(content));
            assert_eq!(free_boundary(&named, None), expected, "{content}");
            let of_type = upload(FileUpload::new(*b"x").of_type(format!("x/{content}")));
            let is_type = !content.contains(' ');
            assert_eq!(
                free_boundary(&of_type, None),
                if is_type { expected } else { 0 }
            );
            let plain = upload(FileUpload::new(*b"x"));
            assert_eq!(free_boundary(&plain, Some(content)), expected, "{content}");
            let by_text = upload(FileUpload::new(*b"x"))
                .document_side(DocumentSide::Unknown(content.to_owned()));
            assert_eq!(free_boundary(&by_text, None), expected, "{content}");
        }
    }

    proptest! {
        /// Holds that the boundary stands in no file and no text, and that the texts are read back.
        #[test]
        fn what_is_encoded_is_whole(
            parts in proptest::collection::vec(
                prop_oneof!["cards-boundary-", "[0-9]{1,3}", "--", "\r\n", ".{0,4}"], 0..12
            ),
            side in "[^\r]{1,12}",
        ) {
            let content = parts.concat();
            let call = upload(FileUpload::new(content.clone().into_bytes()));
            let call = call.document_side(side.as_str().into());
            let request = encoded(&call, None);
            let content_type = request.headers()[header::CONTENT_TYPE].to_str().unwrap();
            let (_, boundary) = content_type.split_once("boundary=").unwrap();
            prop_assert!(!content.contains(boundary) && !side.contains(boundary));
            let parts = form_parts(&request);
            prop_assert_eq!(parts.len(), 4);
            let named = |name: &str| {
                let mut all = parts.iter();
                all.find(|part| part.name == name).map(|part| part.text.as_str())
            };
            prop_assert_eq!(parts[3].file.as_ref().map(|(_, bytes)| *bytes), Some(content.len()));
            prop_assert_eq!(named("customersId"), Some("11057"));
            prop_assert_eq!(named("documentSide"), Some(&*side));
            prop_assert_eq!(named("file"), Some("document"));
        }
    }
}
