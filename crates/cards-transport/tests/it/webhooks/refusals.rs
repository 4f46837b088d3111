//! Events that are refused, and the words of each refusal.

use cards_transport::http::{HeaderMap, HeaderValue, StatusCode};
use cards_transport::ibanera::{HashReading, Ibanera};
use cards_transport::paysafe::Paysafe;
use cards_transport::sign::{HashEncoding, HashSecret, SignatureKey};
use cards_transport::webhook::{Inbound, Webhook, WebhookError, WebhookErrorKind};

use super::{APPROVAL, KEY, SECRET, STATUS, ibanera, paysafe};

fn headers(name: &'static str, values: &[&str]) -> HeaderMap {
    let values = values
        .iter()
        .map(|value| HeaderValue::try_from(*value).unwrap());
    let name = || cards_transport::http::HeaderName::from_static(name);
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append(name(), value);
    }
    headers
}

fn refused<P: Inbound>(webhook: &Webhook<P>, headers: &HeaderMap, body: &[u8]) -> WebhookError {
    let error = webhook.verify(headers, body).unwrap_err();
    let shown = format!("{error} {error:?} {webhook:?}");
    for marker in ["MARKER", "TUFSS0VS", "TWFSS0VS"] {
        assert!(!shown.contains(marker), "{shown}");
    }
    assert!(!error.is_verified());
    error
}

#[test]
fn a_header_that_is_missing_or_comes_twice() {
    let signed = paysafe().headers(STATUS.as_bytes());
    let signature = signed["signature"].to_str().unwrap();
    for (given, kind, says) in [
        (
            HeaderMap::new(),
            WebhookErrorKind::Missing,
            "event not taken: there is no header Signature; Paysafe signs events once that is \
             switched on for the account, and unsigned ones are anybody's",
        ),
        (
            // That of the other provider.
            headers("webhook-signature", &[signature]),
            WebhookErrorKind::Missing,
            "event not taken: there is no header Signature; Paysafe signs events once that is \
             switched on for the account, and unsigned ones are anybody's",
        ),
        (
            headers("signature", &[signature, signature]),
            WebhookErrorKind::Repeated,
            "event not taken: the header Signature came 2 times, and has to come once",
        ),
        (
            headers("signature", &[&format!("{signature}, {signature}")]),
            WebhookErrorKind::Malformed,
            "event not taken: the header Signature is no signature: it is no base64 of 32 bytes",
        ),
        (
            headers("signature", &[""]),
            WebhookErrorKind::Malformed,
            "event not taken: the header Signature is no signature: it is no base64 of 32 bytes",
        ),
        (
            headers("signature", &[&"0f".repeat(32)]),
            WebhookErrorKind::Malformed,
            "event not taken: the header Signature is no signature: it is hex, and has to be base64",
        ),
        (
            headers("signature", &[&signature[..43]]),
            WebhookErrorKind::Malformed,
            "event not taken: the header Signature is no signature: it is no base64 of 32 bytes",
        ),
    ] {
        let error = refused(&paysafe(), &given, STATUS.as_bytes());
        assert_eq!((error.kind(), &*error.to_string()), (kind, says));
        assert_eq!(error.answer(), StatusCode::UNAUTHORIZED);
    }
    let mut bytes = HeaderMap::new();
    bytes.insert("signature", HeaderValue::from_bytes(b"\xff").unwrap());
    let error = refused(&paysafe(), &bytes, b"");
    assert_eq!(error.kind(), WebhookErrorKind::Malformed);
}

#[test]
fn a_wrong_signature_and_the_mistake_behind_it() {
    let pretty = "{\n  \"cardId\": \"MARKER\"\n}";
    let compact = br#"{"cardId":"MARKER"}"#;
    let as_text: SignatureKey = base64_of(KEY).parse().unwrap();
    let other = Paysafe::webhook("b3RoZXI=".parse().unwrap());
    for (signed, why) in [
        (
            paysafe().headers(pretty.as_bytes()),
            "it is of the body with other white space",
        ),
        (
            Paysafe::webhook(as_text).headers(compact),
            "it was made with the key's text: its base64 has to be decoded first",
        ),
        (
            other.headers(compact),
            "the key or the signed bytes are others",
        ),
        (
            paysafe().headers(b"{}"),
            "the key or the signed bytes are others",
        ),
    ] {
        let error = refused(&paysafe(), &signed, compact);
        assert_eq!(error.kind(), WebhookErrorKind::WrongSignature);
        assert_eq!(
            error.to_string(),
            format!(
                "event not taken: the header Signature is not of this body by the key: {why}; \
                 verify the bytes as they came, before any JSON parsing"
            )
        );
    }
    let error = refused(&paysafe(), &other.headers(b""), b"");
    assert_eq!(error.kind(), WebhookErrorKind::WrongSignature);
    let two = other.or_key(KEY.parse().unwrap());
    let error = refused(&two, &paysafe().headers(pretty.as_bytes()), compact);
    let says = "by any of the 2 keys: it is of the body with other white space;";
    assert!(error.to_string().contains(says), "{error}");
}

fn base64_of(text: &str) -> String {
    use base64::Engine as _;
    base64::prelude::BASE64_STANDARD.encode(text)
}

#[test]
fn a_hash_in_another_form_is_told_and_taken_where_it_is_set() {
    let secret = || HashSecret::new(SECRET).unwrap();
    let body = APPROVAL.as_bytes();
    for (form, word) in [
        (HashEncoding::Hex, "lowercase"),
        (HashEncoding::UpperHex, "uppercase"),
    ] {
        let sender = Ibanera::webhook(secret()).encoding(form);
        let signed = sender.headers(body);
        let error = refused(&ibanera(), &signed, body);
        assert_eq!(error.kind(), WebhookErrorKind::Malformed);
        assert_eq!(
            error.to_string(),
            format!(
                "event not taken: the header webhook-signature is no signature: it is {word} hex, \
                 and base64 of 32 bytes is expected; the form is a setting"
            )
        );
        assert!(sender.verify(&signed, body).is_ok());
        assert!(
            ibanera()
                .encoding(HashReading::Any)
                .verify(&signed, body)
                .is_ok()
        );
        let error = refused(&sender, &ibanera().headers(body), body);
        assert!(
            error.to_string().contains("it is base64, and 64"),
            "{error}"
        );
    }
    let any = ibanera().encoding(HashReading::Any);
    assert!(any.verify(&ibanera().headers(body), body).is_ok());
    let error = refused(&any, &ibanera().headers(b"{}"), body);
    assert_eq!(error.kind(), WebhookErrorKind::WrongSignature);
    let odd = refused(&any, &headers("webhook-signature", &["x"]), body);
    assert!(
        odd.to_string()
            .ends_with("it is not base64 or hex of 32 bytes"),
        "{odd}"
    );
    let spaced = format!(
        "{} ",
        ibanera().headers(body)["webhook-signature"]
            .to_str()
            .unwrap()
    );
    let error = refused(&any, &headers("webhook-signature", &[&spaced]), body);
    assert_eq!(error.kind(), WebhookErrorKind::Malformed);
}

#[test]
fn a_body_above_the_limit_is_refused_whoever_signed_it() {
    let body = vec![b' '; Webhook::<Paysafe>::MOST_BYTES + 1];
    let signed = paysafe().headers(&body);
    let error = refused(&paysafe(), &signed, &body);
    assert_eq!(error.kind(), WebhookErrorKind::TooLarge);
    assert_eq!(error.answer(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(
        error.to_string(),
        "event not taken: its body has 65537 bytes, and at most 65536 are taken; \
         that limit is a setting"
    );
    assert!(
        paysafe()
            .most_bytes(body.len())
            .verify(&signed, &body)
            .is_ok()
    );
    let body = &body[1..];
    assert!(paysafe().verify(&paysafe().headers(body), body).is_ok());
    // Before the signature, which is not looked at.
    let error = refused(&paysafe().most_bytes(0), &HeaderMap::new(), b" ");
    assert_eq!(error.kind(), WebhookErrorKind::TooLarge);
}

#[test]
fn the_matching_key_is_told() {
    let (new, old): (SignatureKey, SignatureKey) =
        ("bmV3".parse().unwrap(), "b2xk".parse().unwrap());
    let both = Paysafe::webhook(new.clone())
        .or_key(old.clone())
        .or_key(new.clone());
    for (at, key) in [(0, new), (1, old)] {
        let signed = Paysafe::webhook(key).sign(STATUS);
        let verified = both.verify(signed.headers(), signed.body()).unwrap();
        assert_eq!((verified.key(), verified.body()), (at, STATUS.as_bytes()));
        assert_eq!(
            format!("{verified:?}"),
            format!("Verified {{ key: {at}, bytes: {}, .. }}", STATUS.len())
        );
    }
    let signed = both.sign(STATUS);
    assert_eq!(
        both.verify(signed.headers(), STATUS.as_bytes())
            .unwrap()
            .key(),
        0
    );
    assert_eq!(signed.headers()["content-type"], "application/json");
    assert_eq!(
        (signed.method().as_str(), signed.headers().len()),
        ("POST", 2)
    );
}

/// The vectors of the reference, which were made by another implementation.
#[test]
fn what_the_providers_send_is_taken() {
    let key = base64_of_bytes(&Vec::from_iter(0..=255));
    let webhook = Paysafe::webhook(key.parse().unwrap());
    let body = br#"{"id":1,"name":"John Smith"}"#;
    let signed = headers(
        "signature",
        &["6hfJajBare9SHlQUmWLv5MxV3HHfpzHLKbLndJ4o+4I="],
    );
    assert!(webhook.verify(&signed, body).is_ok());
    assert_eq!(webhook.headers(body)["signature"], signed["signature"]);

    let webhook = Ibanera::webhook(HashSecret::new("test-secret").unwrap());
    let body = APPROVAL.replace("\" MANAGEE", "\"MANAGEE");
    let signed = headers(
        "webhook-signature",
        &["sC8QdmsBpdsqOoI3Wg0E7kvhAmbZqnpTvT9Jd72Umfc="],
    );
    assert!(webhook.verify(&signed, body.as_bytes()).is_ok());
    let hex = "b02f10766b01a5db2a3a82375a0d04ee4be10266d9aa7a53bd3f4977bd9499f7";
    let signed = headers("webhook-signature", &[hex]);
    assert!(
        webhook
            .encoding(HashEncoding::Hex)
            .verify(&signed, body.as_bytes())
            .is_ok()
    );
}

fn base64_of_bytes(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::prelude::BASE64_STANDARD.encode(bytes)
}
