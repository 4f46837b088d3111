//! Uploads that the sandbox answers before it would have to read them: the answer arrives.

use cards_model::FileUpload;
use cards_model::ibanera::{DocumentType, UploadDocument};
use cards_sandbox::Fault;
use cards_transport::ibanera::Ibanera;
use cards_transport::{CallOptions, Validation};

use crate::common::clients::{AnyClient, Backend, for_both_backends};
use crate::common::sandbox::{Carries, provider_of, sandbox};
use crate::setup::Patience;

for_both_backends! {
    a_fault_on_a_large_upload_arrives,
    so_does_the_refusal_of_one_that_is_too_large,
}

const MEGABYTE: usize = 1 << 20;

fn upload(bytes: usize) -> UploadDocument {
    let file = FileUpload::new(vec![b'x'; bytes]);
    UploadDocument::new(11079, DocumentType::TaxDocument, file)
}

fn a_fault_on_a_large_upload_arrives<B: Backend>() {
    let sandbox = sandbox();
    let provider = provider_of::<Ibanera>(&sandbox, Carries::Token);
    let client = Patience::LONG.client::<B, _>(provider);
    for megabytes in [1, 4, 5, 9] {
        sandbox.faults().add(Fault::status(503).times(1)).unwrap();
        let error = client.send(&upload(megabytes * MEGABYTE)).unwrap_err();
        assert_eq!(
            error.status().map(|it| it.as_u16()),
            Some(503),
            "{megabytes}: {error}"
        );
        let exchange = sandbox.exchanges().pop().unwrap();
        assert!(exchange.request.body_bytes > (megabytes * MEGABYTE) as u64);
        assert_eq!(exchange.request.fields.len(), 4);
    }
    client.send(&upload(9 * MEGABYTE)).unwrap();
}

fn so_does_the_refusal_of_one_that_is_too_large<B: Backend>() {
    let sandbox = sandbox();
    let provider = provider_of::<Ibanera>(&sandbox, Carries::Token);
    let client = Patience::LONG.client::<B, _>(provider);
    let unchecked = CallOptions::new().validation(Validation::Off);
    for megabytes in [12, 15, 20, 30] {
        let sent = client.send_with(&upload(megabytes * MEGABYTE), &unchecked);
        let error = sent.unwrap_err();
        assert_eq!(
            error.status().map(|it| it.as_u16()),
            Some(413),
            "{megabytes}: {error}"
        );
    }
    client.send(&upload(MEGABYTE)).unwrap();
}
