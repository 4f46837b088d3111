//! Properties of the verifier: a changed message is refused, a signed one taken, and no input panics.

use cards_transport::http::{HeaderMap, HeaderName, HeaderValue};
use cards_transport::ibanera::{HashReading, Ibanera};
use cards_transport::model::{ibanera as ibanera_model, paysafe as paysafe_model};
use cards_transport::paysafe::Paysafe;
use cards_transport::sign::{HashEncoding, HashSecret};
use cards_transport::webhook::{Inbound, Webhook, WebhookErrorKind};
use proptest::prelude::*;

use super::{ibanera, paysafe};

fn flipped(bytes: &[u8], at: prop::sample::Index, bit: u32) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let at = at.index(bytes.len());
    bytes[at] ^= 1 << bit;
    bytes
}

/// A webhook whose key has these bytes.
fn by_key(bytes: &[u8]) -> Webhook<Paysafe> {
    use base64::Engine as _;
    Paysafe::webhook(
        base64::prelude::BASE64_STANDARD
            .encode(bytes)
            .parse()
            .unwrap(),
    )
}

fn by_secret(bytes: &[u8], form: HashEncoding) -> Webhook<Ibanera> {
    Ibanera::webhook(HashSecret::new(bytes).unwrap()).encoding(form)
}

/// A signed body is taken, and refused once a bit of it, of its header or of the key is another.
fn any_bit_counts<P: Inbound>(
    webhook: &Webhook<P>,
    other_key: &Webhook<P>,
    body: &[u8],
    at: prop::sample::Index,
    bit: u32,
) -> Result<(), TestCaseError> {
    let signed = webhook.headers(body);
    prop_assert!(webhook.verify(&signed, body).is_ok());
    prop_assert!(webhook.verify(&signed, &flipped(body, at, bit)).is_err());
    let wrong = other_key.verify(&signed, body).unwrap_err();
    prop_assert_eq!(wrong.kind(), WebhookErrorKind::WrongSignature);
    let name = HeaderName::try_from(P::HEADER).unwrap();
    let value = flipped(signed[&name].as_bytes(), at, bit);
    if let Ok(value) = HeaderValue::from_bytes(&value) {
        let changed = HeaderMap::from_iter([(name, value)]);
        prop_assert!(webhook.verify(&changed, body).is_err());
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_flipped_bit_is_refused(
        key in proptest::collection::vec(any::<u8>(), 1..64),
        body in proptest::collection::vec(any::<u8>(), 1..300),
        at: prop::sample::Index,
        bit in 0_u32..8,
        form in prop::sample::select(HashEncoding::ALL.to_vec()),
    ) {
        let other = flipped(&key, at, bit);
        any_bit_counts(&by_key(&key), &by_key(&other), &body, at, bit)?;
        any_bit_counts(&by_secret(&key, form), &by_secret(&other, form), &body, at, bit)?;
        let any = |bytes: &[u8]| by_secret(bytes, form).encoding(HashReading::Any);
        any_bit_counts(&any(&key), &any(&other), &body, at, bit)?;
    }

    #[test]
    fn nothing_panics_and_nothing_unsigned_is_taken(
        body: Vec<u8>,
        name in prop::sample::select(vec!["signature", "webhook-signature", "x"]),
        values in proptest::collection::vec("[ -~]{0,70}|[A-Za-z0-9+/]{43}=|[0-9a-f]{64}", 0..3),
    ) {
        let mut headers = HeaderMap::new();
        for value in &values {
            headers.append(name, HeaderValue::try_from(value).unwrap());
        }
        prop_assert!(paysafe().verify(&headers, &body).is_err());
        prop_assert!(ibanera().verify(&headers, &body).is_err());
        prop_assert!(ibanera().encoding(HashReading::Any).verify(&headers, &body).is_err());
    }

    /// A signed body is read or refused, whatever it is, and an unknown event is whole.
    #[test]
    fn a_signed_body_is_read_or_refused(body in json_or_any()) {
        let (webhook, sender) = (paysafe(), ibanera());
        let signed = webhook.sign(body.clone());
        match webhook.verify(signed.headers(), signed.body()).unwrap().event() {
            Ok(paysafe_model::Event::Unknown(event)) => {
                prop_assert_eq!(event.expose().as_bytes(), body.as_slice());
            }
            Ok(_) => {}
            Err(error) => prop_assert_eq!(error.kind(), WebhookErrorKind::Unreadable),
        }
        let signed = sender.sign(body.clone());
        match sender.verify(signed.headers(), signed.body()).unwrap().event() {
            Ok(ibanera_model::Event::Unknown(event)) => {
                prop_assert_eq!(event.expose().as_bytes(), body.as_slice());
            }
            Ok(_) => {}
            Err(error) => prop_assert_eq!(error.kind(), WebhookErrorKind::Unreadable),
        }
    }
}

/// Bytes, or an object of the names that events have, with values of any kind.
fn json_or_any() -> impl Strategy<Value = Vec<u8>> {
    let name = prop::sample::select(vec![
        "id",
        "cardId",
        "newStatus",
        "oldStatus",
        "tokenAction",
        "walletType",
        "eventTimestamp",
        "enrollmentStatus",
        "eventId",
        "Id",
        "Type",
        "Data",
        "more",
    ]);
    let value = prop::sample::select(vec![
        r#""ACTIVE""#,
        "null",
        "1",
        "1e999",
        "true",
        "[]",
        "{}",
        r#""""#,
        r#"{"Status":"Approved"}"#,
        r#"" MANAGEE_CARD_APPROVAL_UPDATED""#,
        r#""2021-07-15T17:54:12Z""#,
        r#""\ud800""#,
    ]);
    let member = (name, value).prop_map(|(name, value)| format!("{name:?} : {value}"));
    let object = proptest::collection::vec(member, 0..8)
        .prop_map(|members| format!("{{{}}}", members.join(",")).into_bytes());
    prop_oneof![any::<Vec<u8>>(), object]
}
