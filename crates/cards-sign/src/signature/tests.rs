use proptest::prelude::*;

use super::*;
use crate::digest::Checksum;

fn key(bytes: &[u8]) -> SignatureKey {
    BASE64_STANDARD.encode(bytes).parse().unwrap()
}

fn hex(bytes: [u8; 32]) -> String {
    Checksum::from_bytes(bytes).to_string()
}

/// The bytes 0x00 to 0xff: as long as the documented key.
fn long() -> SignatureKey {
    key(&Vec::from_iter(0..=255))
}

const COMPACT: &[u8] = br#"{"id":1,"name":"John Smith"}"#;
const PRETTY: &[u8] = b"{\n  \"id\": 1,\n  \"name\": \"John Smith\"\n}";

/// Worked out with another implementation.
#[test]
fn the_documented_message_has_these_signatures() {
    for (message, signature) in [
        (COMPACT, "6hfJajBare9SHlQUmWLv5MxV3HHfpzHLKbLndJ4o+4I="),
        (PRETTY, "fBpYMQsLgtS0Ufl+VI//xBvXPTqjSdUjmBGgwnbRzuo="),
        (
            &b"/customers/1234567890"[..],
            "GMJ2bCAEjHSXr1Ks396Uy23rpNDnOAKn2jw6Yzx6hJ0=",
        ),
    ] {
        assert_eq!(long().sign(message).to_string(), signature);
        assert!(long().sign(message).verify(signature));
    }
}

/// RFC 4231, 4.2 to 4.4 and 4.7, 4.8: short keys, and such as are longer than a block.
#[test]
fn the_vectors_of_rfc_4231() {
    let long_key = [0xaa; 131];
    for (key_bytes, message, digest) in [
        (
            &[0x0b; 20][..],
            &b"Hi There"[..],
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        ),
        (
            &b"Jefe"[..],
            &b"what do ya want for nothing?"[..],
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (
            &[0xaa; 20][..],
            &[0xdd; 50][..],
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
        ),
        (
            &long_key[..],
            &b"Test Using Larger Than Block-Size Key - Hash Key First"[..],
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
        (
            &long_key[..],
            &b"This is a test using a larger than block-size key and a larger than block-size data. \
              The key needs to be hashed before being used by the HMAC algorithm."[..],
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
        ),
    ] {
        let signature = key(key_bytes).sign(message);
        assert_eq!(hex(signature.0), digest);
    }
}

#[test]
fn a_text_that_is_no_key_is_not_repeated() {
    let error = |text: &str| text.parse::<SignatureKey>().unwrap_err();
    assert_eq!(error(""), SignatureKeyError::Empty);
    for text in [
        "Marker",
        "Mark-r__",
        "Mark er=",
        "TWFya2Vy\n",
        "TWFya2V",
        "é",
    ] {
        assert_eq!(error(text), SignatureKeyError::NoBase64, "{text}");
        assert!(!error(text).to_string().contains("Mark"));
    }
    assert_eq!(format!("{:?}", key(b"Marker")), "SignatureKey([redacted])");
}

#[test]
fn a_mistake_is_named() {
    let path: (&str, &[u8]) = ("the path", b"/customers/1");
    let says = |given: &str| long().explain(COMPACT, &[path], given).to_string();
    let as_text = BASE64_STANDARD.encode(&*long().0);
    let text_key = key(as_text.as_bytes());
    for (given, expected) in [
        (
            text_key.sign(COMPACT).to_string(),
            "it was made with the key's text: its base64 has to be decoded first",
        ),
        (
            long()
                .sign(br#"{"id": 1, "name": "John Smith"}"#)
                .to_string(),
            "it is of the body with other white space",
        ),
        (long().sign(path.1).to_string(), "it is of the path"),
        (
            text_key.sign(path.1).to_string(),
            "it is of the path, and was made with the key's text: its base64 has to be decoded first",
        ),
        (hex([7; 32]), "it is hex, and has to be base64"),
        ("x".repeat(44), "it is no base64 of 32 bytes"),
        (String::new(), "it is no base64 of 32 bytes"),
        (
            key(b"another").sign(COMPACT).to_string(),
            "the key or the signed bytes are others",
        ),
    ] {
        assert_eq!(says(&given), expected);
    }
    let of_pretty = long().sign(COMPACT).to_string();
    let space = SignatureMistake::Of {
        what: Some(OTHER_SPACE),
        is_text: false,
    };
    assert_eq!(long().explain(PRETTY, &[], &of_pretty), space);
    let of_pretty = long().sign(PRETTY).to_string();
    assert_eq!(long().explain(COMPACT, &[], &of_pretty), space);
}

proptest! {
    /// One more or another byte in the key, the message or the signature, and it is another one.
    #[test]
    fn a_signature_is_of_one_key_and_one_message(
        bytes in proptest::collection::vec(any::<u8>(), 1..100),
        message: Vec<u8>,
        at: prop::sample::Index,
        with in 1_u8..,
    ) {
        let signature = key(&bytes).sign(&message);
        let text = signature.to_string();
        prop_assert_eq!(text.len(), 44);
        prop_assert!(signature.verify(&text));
        prop_assert_eq!(read(&text), Some(signature.0));
        let mut other = bytes.clone();
        let at_key = at.index(bytes.len());
        other[at_key] ^= with;
        prop_assert!(!key(&other).sign(&message).verify(&text));
        prop_assert!(!key(&bytes).sign(&[&message[..], &[with]].concat()).verify(&text));
        let mut changed = text.clone().into_bytes();
        let place = at.index(44);
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        prop_assert!(!signature.verify(&String::from_utf8(changed).unwrap()));
    }

    #[test]
    fn nothing_panics(message: Vec<u8>, given in ".{0,60}", other: Vec<u8>) {
        let _ = long().explain(&message, &[("another", other.as_slice())], &given).to_string();
        let _ = given.parse::<SignatureKey>();
    }
}
