//! Checks files to send: their rules, what shows of them, and how they are read.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use cards_model::ibanera::{DocumentType, UploadDocument};
use cards_model::{Date, FileUpload, Place, Received, Request, Rule, Rules};
use proptest::prelude::*;

const MOST: usize = 10 * 1024 * 1024;

fn upload(file: impl Into<FileUpload>) -> UploadDocument {
    UploadDocument::new(11057, DocumentType::TaxDocument, file)
}

fn broken(request: &UploadDocument) -> Vec<(String, Rule)> {
    let rules = Rules::on(Date::new(2026, 11, 21).unwrap());
    let violations = request.check(&rules).err();
    let all = violations.iter().flatten();
    all.map(|one| (one.field.to_string(), one.rule)).collect()
}

#[test]
fn a_file_has_ten_mebibytes_at_most() {
    assert_eq!(broken(&upload(vec![0; MOST])), []);
    let file = || "file".to_owned();
    assert_eq!(broken(&upload(vec![0; MOST + 1])), [(file(), Rule::Length)]);
    assert_eq!(broken(&upload(Vec::new())), [(file(), Rule::Required)]);
}

#[test]
fn its_kind_is_told_by_how_it_begins() {
    for (bytes, media_type, name) in [
        (&b"%PDF-1.7"[..], "application/pdf", "document.pdf"),
        (b"\x89PNG\r\n\x1a\nx", "image/png", "document.png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg", "document.jpg"),
        (b"%PDF", "application/octet-stream", "document"),
        (b"", "application/octet-stream", "document"),
    ] {
        let file = FileUpload::new(bytes);
        assert_eq!((file.media_type(), file.name()), (media_type, name));
    }
}

/// A server finds it among the parts, and a text in its place is none.
#[test]
fn it_is_read_from_a_part_that_is_a_file() {
    let rules = Rules::on(Date::new(2026, 11, 21).unwrap());
    let file = FileUpload::new(*b"%PDF-1.7").named("scan.pdf");
    let texts = [
        ("customersId", "7"),
        ("type", "Tax Document"),
        ("documentSide", "Front"),
    ];
    let received = Received::new().pairs(Place::Part, texts);
    let read = UploadDocument::receive(&received.files([("file", &file)]), &rules).unwrap();
    assert_eq!(read.file, file);
    assert_eq!(read.customers_id, Some(7));
    let all = texts.into_iter().chain([("file", "%PDF-1.7")]);
    let received = Received::new().pairs(Place::Part, all);
    let wrong = UploadDocument::receive(&received, &rules).unwrap_err();
    let wrong: Vec<_> = wrong.iter().map(ToString::to_string).collect();
    assert_eq!(
        wrong,
        ["file: a file (format; Ibanera Upload Document, Body, file)"]
    );
}

proptest! {
    #[test]
    fn nothing_of_it_shows(bytes in proptest::collection::vec(b'a'..=b'z', 6..40), name in "[A-Z]{6,9}") {
        let text = String::from_utf8(bytes.clone()).unwrap();
        let request = upload(FileUpload::new(bytes).named(&name));
        let json = serde_json::to_string(&request.file).unwrap();
        let shown = format!("{request:?} {json} {:?}", request.check(&Rules::on(Date::new(2026, 1, 1).unwrap())));
        prop_assert!(!shown.contains(&text) && !shown.contains(&name), "{}", shown);
    }

    #[test]
    fn it_reads_from_base64_and_from_nothing_else(bytes in proptest::collection::vec(any::<u8>(), 0..40), other in "[^A-Za-z0-9+/=]{1,9}") {
        use base64::Engine as _;
        let text = base64::engine::general_purpose::STANDARD.encode(&bytes);
        let read: FileUpload = serde_json::from_value(text.into()).unwrap();
        prop_assert_eq!(read.bytes(), bytes);
        let error = serde_json::from_value::<FileUpload>(other.clone().into()).unwrap_err();
        prop_assert_eq!(error.to_string(), "expected a file as base64");
    }
}
