//! The vectors of Wycheproof and RFC 4231 against the verifier of Paysafe's `Signature`: every whole tag
//! that is valid is taken, and every other one refused, a truncated one included.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use cards_sign::SignatureKey;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    number_of_tests: usize,
    test_groups: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    tag_size: usize,
    tests: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    tc_id: usize,
    key: String,
    msg: String,
    tag: String,
    result: Verdict,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
enum Verdict {
    Valid,
    Invalid,
}

fn bytes(hex: &str) -> Vec<u8> {
    let mut bytes = vec![0; hex.len() / 2];
    hex::decode_to_slice(hex, &mut bytes).expect("an even number of hex digits");
    bytes
}

fn is_taken(key: &[u8], message: &[u8], tag: &[u8]) -> bool {
    let key: SignatureKey = BASE64_STANDARD.encode(key).parse().expect("a key");
    key.sign(message).verify(&BASE64_STANDARD.encode(tag))
}

#[test]
fn the_vectors_of_wycheproof() {
    let file: File = serde_json::from_str(include_str!("../wycheproof/hmac_sha256_test.json"))
        .expect("a file of vectors");
    let (mut taken, mut refused, mut truncated) = (0, 0, 0);
    for group in &file.test_groups {
        for case in &group.tests {
            let tag = bytes(&case.tag);
            assert_eq!(tag.len() * 8, group.tag_size, "test {}", case.tc_id);
            let is_whole = group.tag_size == 256;
            let is_good = case.result == Verdict::Valid && is_whole;
            let is_taken = is_taken(&bytes(&case.key), &bytes(&case.msg), &tag);
            assert_eq!(is_taken, is_good, "test {}", case.tc_id);
            match (is_whole, is_good) {
                (false, _) => truncated += 1,
                (true, true) => taken += 1,
                (true, false) => refused += 1,
            }
        }
    }
    assert_eq!(taken + refused + truncated, file.number_of_tests);
    assert_eq!((taken, refused, truncated), (33, 54, 87));
}

/// A text with `0x` before it is hex, as the RFC writes it; any other one is taken as it is.
fn given(text: &str) -> Vec<u8> {
    match text.strip_prefix("0x") {
        Some(hex) => bytes(hex),
        None => text.as_bytes().to_vec(),
    }
}

/// RFC 4231, 4.2 to 4.8.
#[test]
fn the_vectors_of_rfc_4231() {
    let ascending = "0x0102030405060708090a0b0c0d0e0f10111213141516171819";
    let long = format!("0x{}", "aa".repeat(131));
    for (case, key, message, tag) in [
        (
            1,
            &*format!("0x{}", "0b".repeat(20)),
            "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        ),
        (
            2,
            "Jefe",
            "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (
            3,
            &*format!("0x{}", "aa".repeat(20)),
            &*format!("0x{}", "dd".repeat(50)),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
        ),
        (
            4,
            ascending,
            &*format!("0x{}", "cd".repeat(50)),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
        ),
        (
            6,
            &*long,
            "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
        (
            7,
            &*long,
            "This is a test using a larger than block-size key and a larger than block-size data. \
            The key needs to be hashed before being used by the HMAC algorithm.",
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
        ),
    ] {
        assert!(
            is_taken(&given(key), &given(message), &bytes(tag)),
            "test case {case}"
        );
    }
    // Test case 5 has only the first 16 bytes of its tag.
    let truncated = bytes("a3b6167473100ee06e0c796c2955552b");
    let key = [0x0c; 20];
    assert!(!is_taken(&key, b"Test With Truncation", &truncated));
    let whole = bytes("a3b6167473100ee06e0c796c2955552bfa6f7c0a6a8aef8b93f860aab0cd20c5");
    assert!(is_taken(&key, b"Test With Truncation", &whole));
}
