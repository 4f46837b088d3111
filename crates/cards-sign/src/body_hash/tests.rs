use proptest::prelude::*;

use super::*;

fn secret(bytes: &[u8]) -> HashSecret {
    HashSecret::new(bytes).unwrap()
}

const APPROVAL: &[u8] = br#"{"Id":"2c58ed48-67d2-4d8e-bbb1-548864773d2c","Type":"MANAGEE_CARD_APPROVAL_UPDATED","Data":{"TopUpCardsId":1000,"RequestedTopUpCardsId":1000,"Status":"Approved","bManuallyUpdated":true}}"#;
const BASE64: &str = "sC8QdmsBpdsqOoI3Wg0E7kvhAmbZqnpTvT9Jd72Umfc=";
const HEX: &str = "b02f10766b01a5db2a3a82375a0d04ee4be10266d9aa7a53bd3f4977bd9499f7";

/// Worked out with another implementation.
#[test]
fn the_documented_approval_has_this_hash() {
    let hash = secret(b"test-secret").sign(APPROVAL);
    assert_eq!(hash.to_text(HashEncoding::default()), BASE64);
    assert_eq!(hash.to_text(HashEncoding::Hex), HEX);
    assert_eq!(hash.to_text(HashEncoding::UpperHex), HEX.to_uppercase());
    assert!(hash.verify(BASE64, HashEncoding::Base64));
    assert!(hash.verify(HEX, HashEncoding::Hex));
}

#[test]
fn the_exact_text_in_the_chosen_form_verifies_and_no_other() {
    let hash = secret(b"test-secret").sign(APPROVAL);
    let upper = HEX.to_uppercase();
    let exact = [BASE64, HEX, &upper];
    for (at, encoding) in HashEncoding::ALL.into_iter().enumerate() {
        for (other, text) in exact.iter().enumerate() {
            assert_eq!(
                hash.verify(text, encoding),
                at == other,
                "{encoding:?} {text}"
            );
            assert!(hash.verify_any(text), "{text}");
            for odd in [
                format!(" {text}"),
                format!("{text}\n"),
                format!("{text}{text}"),
                text[..text.len() - 1].to_owned(),
                text[..text.len() / 2].to_owned(),
                format!("sha256={text}"),
                String::new(),
            ] {
                assert!(!hash.verify(&odd, encoding), "{odd:?}");
                assert!(!hash.verify_any(&odd), "{odd:?}");
            }
        }
    }
    // Base64 of the first 16 bytes, and without its padding.
    for truncated in ["sC8QdmsBpdsqOoI3Wg0E7g==", BASE64.trim_end_matches('=')] {
        assert!(!hash.verify_any(truncated), "{truncated}");
    }
}

/// Of digits alone, upper and lower case are the same text.
#[test]
fn a_hash_that_fits_two_forms_verifies() {
    let hash = BodyHash([0x11; 32]);
    let text = "1".repeat(64);
    for encoding in [HashEncoding::Hex, HashEncoding::UpperHex] {
        assert!(hash.verify(&text, encoding), "{encoding:?}");
    }
    assert!(hash.verify_any(&text));
}

#[test]
fn the_secret_is_taken_as_it_is_and_not_shown() {
    assert_eq!(HashSecret::new("").unwrap_err(), HashSecretError::Empty);
    assert_eq!(
        HashSecretError::Empty.to_string(),
        "a hash secret is not empty"
    );
    let (plain, with_line) = (secret(b"Marker"), secret(b"Marker\n"));
    let hash = plain.sign(b"{}").to_text(HashEncoding::Base64);
    assert!(!with_line.sign(b"{}").verify(&hash, HashEncoding::Base64));
    assert_eq!(format!("{plain:?}"), "HashSecret([redacted])");
    assert_eq!(
        format!("{:?}", secret(b"test-secret").sign(APPROVAL)),
        format!("BodyHash({HEX})")
    );
}

#[test]
fn a_mistake_is_named() {
    const HMAC: [u8; 32] = [
        0xa7, 0x74, 0xb6, 0x63, 0x44, 0x73, 0xd8, 0x19, 0x6d, 0xc1, 0xbe, 0x36, 0xa1, 0x30, 0xbd,
        0xb1, 0x64, 0xda, 0xfa, 0x6d, 0xc7, 0x2a, 0x85, 0xbc, 0xb1, 0xf5, 0xe2, 0x02, 0xc5, 0x0b,
        0x3c, 0x95,
    ];
    let (secret, body) = (secret(b"Marker\n"), br#"{"Id": "1"}"#);
    let own = |bytes: &[u8]| HashSecret::new(bytes).unwrap();
    for (made, says) in [
        (secret.sign(body), "it is right"),
        (
            secret.sign(br#"{"Id":"1"}"#),
            "it is of the body with other white space",
        ),
        (
            secret.sign(b"{\n  \"Id\": \"1\"\n}"),
            "it is of the body with other white space",
        ),
        (
            own(body).sign(b"Marker\n"),
            "it was made with the secret before the body",
        ),
        (
            // Worked out with another implementation.
            BodyHash(HMAC),
            "it is an HMAC, and has to be a plain hash of body and secret",
        ),
        (
            own(b"Marker").sign(body),
            "it was made without the white space around the secret",
        ),
        (
            own(b"other").sign(body),
            "the secret or the hashed bytes are others",
        ),
    ] {
        for form in HashEncoding::ALL {
            let mistake = secret.explain(body, form, &made.to_text(form));
            assert_eq!(mistake.to_string(), says);
        }
    }
    for form in HashEncoding::ALL {
        for other in HashEncoding::ALL {
            let given = secret.sign(body).to_text(other);
            let expected = if other == form {
                HashMistake::None
            } else {
                HashMistake::WrittenAs(other)
            };
            assert_eq!(secret.explain(body, form, &given), expected);
            assert!(other.can_be(&given) && (other == form || !form.can_be(&given)));
        }
        for odd in ["", "x", &HEX[1..], &format!(" {BASE64}"), &BASE64[..43]] {
            assert_eq!(
                secret.explain(body, form, odd),
                HashMistake::NoHash,
                "{odd}"
            );
        }
    }
}

/// The hash is a plain one: where the body ends and the secret begins is not part of it.
#[test]
fn the_secret_follows_the_body() {
    let whole = secret(b"abc").sign(b"").to_text(HashEncoding::Hex);
    assert_eq!(
        whole,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    assert!(secret(b"c").sign(b"ab").verify(&whole, HashEncoding::Hex));
}

proptest! {
    /// A flipped bit in the secret, the body or the text, and it is refused.
    #[test]
    fn a_hash_is_of_one_secret_and_one_body(
        bytes in proptest::collection::vec(any::<u8>(), 1..100),
        body in proptest::collection::vec(any::<u8>(), 1..200),
        at: prop::sample::Index,
        bit in 0_u32..8,
    ) {
        let flipped = |bytes: &[u8]| {
            let mut bytes = bytes.to_vec();
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            bytes
        };
        let hash = secret(&bytes).sign(&body);
        for encoding in HashEncoding::ALL {
            let text = hash.to_text(encoding);
            prop_assert!(hash.verify(&text, encoding));
            prop_assert!(!secret(&flipped(&bytes)).sign(&body).verify(&text, encoding));
            prop_assert!(!secret(&bytes).sign(&flipped(&body)).verify(&text, encoding));
            let changed = String::from_utf8_lossy(&flipped(text.as_bytes())).into_owned();
            prop_assert!(!hash.verify(&changed, encoding));
        }
    }

    #[test]
    fn nothing_panics(bytes: Vec<u8>, body: Vec<u8>, given in ".{0,70}") {
        if let Ok(secret) = HashSecret::new(bytes) {
            prop_assert!(!secret.sign(&body).verify_any(&given));
            let _ = secret.explain(&body, HashEncoding::Base64, &given).to_string();
        }
    }
}
