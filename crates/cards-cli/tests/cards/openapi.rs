//! `cards openapi`

use cards_sandbox::openapi::{Api, document};

use super::{cards, run};

#[test]
fn each_document_is_printed_as_the_sandbox_serves_it() {
    for api in Api::ALL {
        let (code, out, err) = run(&mut cards(&["openapi", api.as_str()]));
        assert_eq!((code, &*err), (0, ""));
        assert_eq!(out, document(*api));
        assert!(out.starts_with("{\n  \"openapi\": \"3.1.0\",\n"));
        serde_json::from_str::<serde_json::Value>(&out).unwrap();
    }
}

#[test]
fn an_api_has_to_be_named_and_has_to_be_one() {
    let (code, out, err) = run(&mut cards(&["openapi"]));
    assert_eq!((code, &*out), (2, ""));
    assert!(err.contains("<API>"), "{err}");

    let (code, out, err) = run(&mut cards(&["openapi", "4622940000003713"]));
    assert_eq!((code, &*out), (2, ""));
    assert!(err.contains("airpay, paysafe, ibanera, control"), "{err}");
    assert!(!err.contains("4622940000003713"), "{err}");
}
