//! Replies, whole exchanges, requests and events, as the client reads them.

use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::Bytes;
use cards_model::{Date, Operation, Rules, Timestamp};
use cards_transport::blocking::Client;
use cards_transport::ibanera::Ibanera;
use cards_transport::paysafe::Paysafe;
use cards_transport::webhook::Inbound;
use cards_transport::{
    BlockingTransport, Call, Limits, Provider, Retry, Settings, TransportError, Unreadable,
    Validation, Visit, operations, visit,
};
use conformance::canary::{WORD, found_among};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, header};
use serde_json::Value;

use crate::{choice, line};

/// Stands in every credential, and must be shown nowhere. Nothing about it looks like a number or a
/// key, which are not shown whoever's they are.
const MARKER: &str = WORD;

/// The noon of 2026-11-21, which the fixtures' day is.
const NOON: u64 = 1_795_262_400;

/// Reads a reply, or a refusal, of the operation that the first byte chooses.
pub fn reply(data: &[u8]) {
    struct Read<'a>(&'a [u8]);

    impl Visit for Read<'_> {
        type Output = ();

        fn visit<C: Call>(self) {
            match C::parse(self.0) {
                Ok(reply) => {
                    let shown = serde_json::to_string(&reply).expect("a reply is plain data");
                    let read: Value = serde_json::from_str(&shown).expect("it is JSON");
                    drop((read, format!("{reply:?}")));
                }
                Err(Unreadable::Malformed(json)) => drop(json.to_string()),
                Err(other) => drop(format!("{other:?}")),
            }
            let refusal = C::Provider::refusal(self.0);
            drop(refusal.map(|refusal| format!("{refusal} {refusal:?}")));
        }
    }

    let (operation, body) = chosen(data);
    visit(operation.name, Read(body));
}

/// Reads a request of the chosen operation from JSON, as recorded and written ones are, judges
/// it by the rules, and sends it: one that keeps them is sent.
pub fn request(data: &[u8]) {
    struct Read<'a>(&'a [u8]);

    impl Visit for Read<'_> {
        type Output = ();

        fn visit<C: Call>(self) {
            let Ok(call) = serde_json::from_slice::<C>(self.0) else {
                return;
            };
            let violations = call.violations(&rules());
            drop(format!("{call:?}"));
            let sent = client::<C>(Response::new(Bytes::new())).send(&call);
            match (violations, sent) {
                (Err(violations), _) => drop(format!("{violations} {violations:?}")),
                (Ok(()), Err(error)) => {
                    assert!(!error.is_not_sent(), "it keeps the rules: {error}");
                }
                (Ok(()), Ok(_)) => {}
            }
        }
    }

    let (operation, body) = chosen(data);
    visit(operation.name, Read(body));
}

/// Sends a call of the chosen operation to a server that replies with these bytes: two of
/// the status, lines of headers, an empty line, the body.
pub fn exchange(data: &[u8]) {
    struct Send<'a>(&'a [u8]);

    impl Visit for Send<'_> {
        type Output = ();

        fn visit<C: Call>(self) {
            let call: C = valid();
            let given = response(self.0);
            let outcome = client::<C>(given.clone()).send(&call);
            match &outcome {
                Ok(reply) => {
                    assert_eq!(reply.body(), given.body(), "another body");
                    // A field that is no secret shows what a server puts there.
                    let is_clean = !format!("{reply:?}").contains(MARKER);
                    assert!(is_clean || has_marker(&given), "a secret is shown");
                }
                Err(error) => {
                    let raw = error.raw().expect("a reply came");
                    assert_eq!(raw.status(), given.status(), "another status");
                    assert_eq!(raw.body(), given.body(), "another body");
                    // Whether the server repeats it or not, and however it is written.
                    let secret = found_among(&[MARKER], &format!("{error} {error:?}"));
                    assert_eq!(secret, None, "a secret is shown");
                }
            }
        }
    }

    let (operation, rest) = chosen(data);
    visit(operation.name, Send(rest));
}

/// Reads the parts of a form whose boundary the first line says.
pub fn form_parts(data: &[u8]) {
    let (boundary, body) = line(data);
    let Ok(value) =
        HeaderValue::from_bytes(&[b"multipart/form-data; boundary=".as_slice(), boundary].concat())
    else {
        return;
    };
    let mut request = Request::new(body.to_vec());
    request.headers_mut().insert(header::CONTENT_TYPE, value);
    for part in cards_transport::form_parts(&request) {
        drop(format!("{part:?}"));
    }
}

/// Verifies and reads an event. The first byte chooses the provider, and whether the body is
/// signed right or with what stands on the first line.
pub fn event(data: &[u8]) {
    let (kind, rest) = choice(data);
    let paysafe = || Paysafe::webhook("bWFya2VyMHNlY3JldDBmYWtl".parse().expect("a key"));
    let ibanera = || Ibanera::webhook(hash_secret());
    match kind % 4 {
        0 => signed(&paysafe(), rest),
        1 => signed(&ibanera(), rest),
        2 => unsigned(&paysafe(), rest),
        _ => unsigned(&ibanera(), rest),
    }
}

fn hash_secret() -> cards_sign::HashSecret {
    cards_sign::HashSecret::new(MARKER).expect("a secret")
}

/// Reads a body that was signed: what is signed is verified.
fn signed<P: Inbound>(webhook: &cards_transport::webhook::Webhook<P>, body: &[u8]) {
    let sent = webhook.sign(body.to_vec());
    assert_eq!(&sent.body()[..], body);
    match webhook.verify(sent.headers(), body) {
        Ok(verified) => match verified.event() {
            Ok(event) => drop(P::time(&event).map(Timestamp::unix_millis)),
            Err(error) => {
                assert!(error.is_verified());
                drop(format!("{error} {error:?}"));
            }
        },
        // Empty and too large ones are not verified.
        Err(error) => {
            let large = body.len() > cards_transport::webhook::Webhook::<P>::MOST_BYTES;
            assert!(
                large || body.is_empty(),
                "signed, and not verified: {error}"
            );
        }
    }
}

/// Reads a body whose signature is the first line. Nobody guesses a right one.
fn unsigned<P: Inbound>(webhook: &cards_transport::webhook::Webhook<P>, data: &[u8]) {
    let (signature, body) = line(data);
    let Ok(value) = HeaderValue::from_bytes(signature) else {
        return;
    };
    let sent = webhook.sign(body.to_vec());
    let names: Vec<HeaderName> = sent.headers().keys().cloned().collect();
    let right: Vec<HeaderValue> = sent.headers().values().cloned().collect();
    let headers: HeaderMap = names
        .into_iter()
        .map(|name| (name, value.clone()))
        .collect();
    match webhook.verify(&headers, body) {
        Ok(_) => assert!(right.contains(&value) || same_bytes(&right, &value)),
        Err(error) => {
            let shown = format!("{error} {error:?}");
            let in_body = contains(body, MARKER.as_bytes());
            assert!(in_body || !shown.contains(MARKER), "a secret is shown");
        }
    }
}

/// Tells whether a hash is another writing of a right one: the same 32 bytes.
fn same_bytes(right: &[HeaderValue], given: &HeaderValue) -> bool {
    let given = hash(given);
    given.is_some() && right.iter().any(|right| hash(right) == given)
}

/// Reads the 32 bytes of a hash in hex of either case, or in base64 of either alphabet, padded or
/// not.
fn hash(text: &HeaderValue) -> Option<[u8; 32]> {
    let text = text.to_str().ok()?;
    let mut bytes = [0; 32];
    if text.len() == 64 {
        hex::decode_to_slice(text, &mut bytes).ok()?;
        return Some(bytes);
    }
    let text = text.trim_end_matches('=').replace('-', "+");
    let bytes = STANDARD_NO_PAD.decode(text.replace('_', "/")).ok()?;
    bytes.try_into().ok()
}

/// The operation that the first byte chooses, and what follows.
fn chosen(data: &[u8]) -> (&'static Operation, &[u8]) {
    let (choice, rest) = choice(data);
    let count = operations().count();
    let operation = operations().nth(choice % count);
    (operation.expect("there are operations"), rest)
}

/// The call of an operation that breaks no rule, out of the fixtures: the one called `valid`, or
/// the largest.
fn valid<C: Call>() -> C {
    static CASES: OnceLock<Vec<conformance::fixture::Case>> = OnceLock::new();
    let cases = CASES.get_or_init(|| conformance::fixture::all().expect("fixtures"));
    let name = C::operation().name;
    let of_name = |case: &str| {
        let is_it = |one: &&conformance::fixture::Case| one.operation == name && one.name == case;
        cases.iter().find(is_it)?.input.clone()
    };
    let input = of_name("valid").or_else(|| of_name("largest"));
    serde_json::from_value(input.unwrap_or_default()).expect("a fixture that is a call")
}

/// The rules on the fixtures' day.
fn rules() -> Rules {
    Rules::on(Date::from_unix_seconds(NOON as i64))
}

fn response(data: &[u8]) -> Response<Bytes> {
    let (high, rest) = choice(data);
    let (low, rest) = choice(rest);
    let mut response = Response::new(Bytes::new());
    let status = 200 + (high * 256 + low) % 400;
    *response.status_mut() = u16::try_from(status)
        .ok()
        .and_then(|status| status.try_into().ok())
        .expect("200 to 599");
    let mut rest = rest;
    while !rest.is_empty() {
        let (header, after) = line(rest);
        rest = after;
        if header.is_empty() {
            break;
        }
        let at = header.iter().position(|byte| *byte == b':');
        let (name, value) = header.split_at(at.unwrap_or(header.len()));
        let value = value.strip_prefix(b":").unwrap_or(value);
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name), HeaderValue::from_bytes(value))
        {
            response.headers_mut().append(name, value);
        }
    }
    *response.body_mut() = Bytes::copy_from_slice(rest);
    response
}

/// Tells whether a server put the marker into a reply.
fn has_marker(given: &Response<Bytes>) -> bool {
    let headers = given.headers().values();
    let mut parts = headers
        .map(HeaderValue::as_bytes)
        .chain([&given.body()[..]]);
    parts.any(|part| contains(part, MARKER.as_bytes()))
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// A server in the process that answers every request alike. Nobody waits.
struct Server(Response<Bytes>);

impl BlockingTransport for Server {
    fn send(&self, _: Request<Bytes>, _: Limits) -> Result<Response<Bytes>, TransportError> {
        Ok(self.0.clone())
    }

    fn sleep(&self, _: Duration) {}
}

/// A client of the operation's provider, whose every credential is the marker.
fn client<C: Call>(reply: Response<Bytes>) -> Client<C::Provider, Server> {
    let provider = C::Provider::from_vars(|name| {
        let value = match name {
            "CARDS_AIRPAY_GENERATE_OTP_PATH" => "/airpay/ms/cards/api/generate-otp",
            "CARDS_IBANERA_TOTP_SECRET" => "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
            "CARDS_AIRPAY_SECRET_KEY"
            | "CARDS_AIRPAY_AFFILIATE"
            | "CARDS_AIRPAY_PROCESSOR_KEY"
            | "CARDS_AIRPAY_TOKEN"
            | "CARDS_PAYSAFE_TOKEN"
            | "CARDS_IBANERA_TOKEN" => MARKER,
            name if name.ends_with("_BASE_URL") => "http://localhost",
            _ => return None,
        };
        Some(value.to_owned())
    });
    let noon: SystemTime = UNIX_EPOCH + Duration::from_secs(NOON);
    let settings = Settings::new()
        .clock(move || noon)
        .retry(Retry::never())
        .validation(Validation::Off);
    Client::with_settings(provider.expect("settings"), Server(reply), settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_call_of_an_exchange_keeps_the_rules_whatever_the_operation() {
        struct Keeps;

        impl Visit for Keeps {
            type Output = ();

            fn visit<C: Call>(self) {
                let kept = valid::<C>().violations(&rules());
                assert!(kept.is_ok(), "{}: {kept:?}", C::operation().name);
            }
        }

        for operation in operations() {
            visit(operation.name, Keeps).unwrap();
        }
    }

    #[test]
    fn a_hash_is_the_same_in_each_way_of_writing_its_bytes_and_no_other_is() {
        // So that the alphabets of base64 differ in it.
        let right = HeaderValue::from_static("+/+/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxw=");
        let is_right =
            |given: &str| same_bytes(std::slice::from_ref(&right), &given.try_into().unwrap());
        let written = right.to_str().unwrap();
        let url_safe = written.replace('+', "-").replace('/', "_");
        let in_hex = "fbffbf000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c";
        let ways = [written, &url_safe, in_hex, &in_hex.to_uppercase()];
        for given in ways {
            assert!(is_right(given), "{given}");
            assert!(is_right(given.trim_end_matches('=')), "{given}");
            let forged = given.replace(['A', 'a', '0'], "B");
            assert!(forged != given && !is_right(&forged), "{forged}");
            assert!(!is_right(&format!("{given}AAAA")), "longer");
            assert!(!is_right(&given[..given.len() - 4]), "shorter");
        }
        for given in ["", "=", &"0".repeat(64), &"A".repeat(43), &"A".repeat(200)] {
            assert!(!is_right(given), "{given}");
        }
        assert!(!same_bytes(
            &["no hash".try_into().unwrap()],
            &"no hash".try_into().unwrap()
        ));
    }
}
