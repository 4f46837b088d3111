//! `POST /api/v1/customer/cards/documentupload`
//!
//! Ibanera, Review customer details: a page beside the five documents. It names three
//! fields; neither the name of the part that holds the file nor the reply was seen.

use serde::Serialize;

use crate::capability::{Capability, Source};
use crate::file_upload::FileUpload;
use crate::open_enum::open_enum;
use crate::operation::Operation;
use crate::provider::{Effect, Method, ProviderId};
use crate::rule;

crate::request! {
    operation: Operation::new(
        ProviderId::IBANERA,
        "upload-document",
        Method::Post,
        "/api/v1/customer/cards/documentupload",
        Effect::Mutation,
        "Ibanera Upload Document",
    )
    .offers(&[Capability::Documents])
    .known_from(Source::Reference),
    body: multipart,
    /// Uploads a document of a customer, as the review asks for it before a card is made.
    ///
    /// ```
    /// use cards_model::ibanera::{DocumentType, UploadDocument};
    ///
    /// let upload = UploadDocument::new(11057, DocumentType::TaxDocument, *b"%PDF-1.7 ...");
    /// assert_eq!(upload.file.media_type(), "application/pdf");
    /// assert_eq!(upload.document_side.to_string(), "Front");
    /// ```
    pub struct UploadDocument {
        /// The customer's id, at least 1.
        #[serde(default)]
        #[validate(required, range(min = 1))]
        "customersId" in "Body, customersId" => pub customers_id: Option<i64>,
        /// The kind of document.
        #[validate(custom(function = rule::required), custom(function = rule::listed))]
        "type" in "Body, type" sampled "Tax Document" => pub document_type: DocumentType,
        /// The side of the document that the file shows: `Front`, or another one that the page
        /// may name, as its list was not seen to its end.
        #[validate(custom(function = rule::required))]
        "documentSide" in "Body, documentSide" sampled "Front" => pub document_side: DocumentSide,
        /// The file, at most 10 MiB: the limit and the name of its part are assumptions, as
        /// the page was not seen to its end.
        #[validate(custom(function = rule::file_given), custom(function = rule::file_size))]
        "file" in "Body, file" => pub file: FileUpload,
    }
}

impl UploadDocument {
    /// A document of a customer, the front of it.
    pub fn new(
        customers_id: i64,
        document_type: DocumentType,
        file: impl Into<FileUpload>,
    ) -> Self {
        Self {
            customers_id: Some(customers_id),
            document_type,
            document_side: DocumentSide::Front,
            file: file.into(),
        }
    }

    /// Sets the side of the document that the file shows.
    #[must_use]
    pub fn document_side(self, document_side: DocumentSide) -> Self {
        Self {
            document_side,
            ..self
        }
    }
}

/// Says that a document was uploaded: nothing more of the reply was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Uploaded {}

open_enum! {
    /// The kind of a document (Body, `type`).
    pub enum DocumentType {
        /// Of a person.
        TaxDocument = "Tax Document",
        /// Of a business.
        CorporateAuthorization = "Corporate Authorization Document",
    }
}

open_enum! {
    /// The side of a document (Body, `documentSide`). Identity documents may have others.
    pub enum DocumentSide {
        /// The front, which is the default.
        Front = "Front",
    }
}
