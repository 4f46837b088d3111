//! `POST /api/v1/customer/cards/documentupload`
//!
//! Ibanera, Upload document. Of a document the sandbox keeps that it is on file, and nothing
//! that is in it.

use cards_model::ibanera::UploadDocument;
use cards_model::{Operation, Request, Rules};

use super::access::Access;
use super::call::{self, Handle};
use super::cards_by_customer::invalid;
use super::documents;
use super::envelope::{DONE, Done, Refusal};
use super::numbered::CUSTOMER;
use super::test_values::{by_id, row};
use crate::world::ibanera::REVIEWED;
use cards_sandbox_core::app::App;
use cards_sandbox_core::incoming::{Incoming, Takes};
use cards_sandbox_core::openapi::{About, Described, Document};
use cards_sandbox_core::store::StoreError;
use cards_sandbox_core::test_values::{self, TestValues};
use cards_sandbox_core::written::Written;

impl Handle for UploadDocument {
    const OPERATION: &'static Operation = <Self as Request>::OPERATION;
    const ACCESS: Access = Access::Headers;
    const TAKES: Takes = Takes::stated_by(<Self as Request>::OPERATION);
    const ABOUT: About = About {
        tag: "cards",
        summary: "Upload a document of a customer",
        text: "Of the document the sandbox keeps that it is on file, and nothing that is in it: a \
               business such as 11079 is no longer asked for its corporate authorization document \
               then. Assumption: the part that holds the file is `file`, and a part with a file's \
               name is it under any other name too; a file has 10 MiB at most; the reply is an \
               envelope without details. The page was not seen to its end.",
        page: Some(
            "https://customer-api-docs.ibanera.com/api-endpoints/cards/review-customer-details",
        ),
    };
    const TEST_VALUES: TestValues = &[by_id!("customersId", CODE)];
    type Reply = Done;

    fn describe(document: &mut Document, operation: Described) -> Described {
        operation
            .parameter("customersId", "example", &REVIEWED[1].into())
            .responds(200, document.reply::<Done>("The document is on file."))
            .responds(
                400,
                document.failure(
                    "A field is missing (`Required`), or breaks a rule, or is nobody's id \
                     (`Invalid`). Or malformed: no multipart/form-data, or another content type.",
                ),
            )
            .responds(
                409,
                document.failure("The sandbox holds as much as it can."),
            )
            .responds(
                413,
                document.failure("The body is larger than that of any file that is taken."),
            )
    }

    fn read(incoming: &Incoming, rules: &Rules) -> Result<Self, Refusal> {
        call::read(incoming, rules)
    }

    fn show(&self, see: &mut dyn FnMut(&str, &str)) {
        test_values::show(self, see);
    }

    async fn carry_out(self, app: &App) -> Result<Written<Done>, Refusal> {
        // The rule that it has to be given may be waived.
        let customers_id = self.customers_id.unwrap_or_default();
        let put = move |transaction: &rusqlite::Transaction<'_>| -> Result<_, StoreError> {
            let is_there = CUSTOMER.has(transaction, customers_id)?;
            if is_there {
                documents::put(transaction, customers_id, &self.document_type)?;
            }
            Ok(is_there)
        };
        match app.store.write(put).await? {
            true => Ok(Written::of(&DONE)),
            false => Err(invalid("there is no such customer")),
        }
    }
}

#[cfg(test)]
mod tests;
