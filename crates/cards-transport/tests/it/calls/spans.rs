//! Checks that the span of a call, and that of a login, tell how each ended.

use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use cards_transport::ibanera::Ibanera;
use cards_transport::model::ibanera::CardsByCustomer;
use cards_transport::{Client, blocking};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber, subscriber};

use crate::calls::samples::ONE_CUSTOMER;
use crate::calls::script::{Outcome, Script, response};

/// Keeps what spans are told after they began: the span's number, the field and its value.
#[derive(Clone, Default)]
struct Told {
    lines: Arc<Mutex<Vec<String>>>,
    spans: Arc<AtomicU64>,
}

impl Subscriber for Told {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_span() && metadata.target().starts_with("cards_transport")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(self.spans.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        struct Lines<'a>(u64, &'a mut Vec<String>);
        impl Visit for Lines<'_> {
            fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
                let value = match field.name() {
                    "http.client.request.duration" => "measured".to_owned(),
                    _ => format!("{value:?}"),
                };
                self.1.push(format!("{} {} {value}", self.0, field.name()));
            }
        }
        let mut lines = self.lines.lock().unwrap();
        values.record(&mut Lines(span.into_u64(), &mut lines));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// Makes a call over both drivers, and gives what its spans were told, which is the same of both.
fn told(replies: &[fn() -> Outcome]) -> Vec<String> {
    let call = CardsByCustomer::new(7);
    let provider = || {
        Ibanera::new("http://localhost:1".parse().unwrap())
            .login("fake-user", "fake-password")
            .totp_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
            .unwrap()
    };
    let of_blocking = Told::default();
    subscriber::with_default(of_blocking.clone(), || {
        let script = Script::new(replies);
        let settings = script.settings();
        drop(blocking::Client::with_settings(provider(), script, settings).send(&call));
    });
    let of_async = Told::default();
    subscriber::with_default(of_async.clone(), || {
        let script = Script::new(replies);
        let settings = script.settings();
        let client = Client::with_settings(provider(), script, settings);
        drop(pollster::block_on(client.send(&call)));
    });
    let lines = |told: Told| told.lines.lock().unwrap().clone();
    let of_blocking = lines(of_blocking);
    assert_eq!(of_blocking, lines(of_async));
    of_blocking
}

const LOGGED_IN: fn() -> Outcome = || {
    response(
        201,
        r#"{"status":"1","errors":[],"details":{"accessToken":"fake-new"}}"#,
    )
};

#[test]
fn a_call_and_its_login_tell_their_statuses() {
    let busy = || response(503, "");
    assert_eq!(
        told(&[LOGGED_IN, busy, ONE_CUSTOMER]),
        [
            "2 http.request.resend_count 0",
            "2 http.client.request.duration measured",
            "2 http.response.status_code 201",
            "1 http.request.resend_count 1",
            "1 http.client.request.duration measured",
            "1 http.response.status_code 200",
        ]
    );
}

#[test]
fn a_failure_tells_its_status_and_its_kind() {
    let refused = || {
        response(
            404,
            r#"{"status":"0","errors":[{"messageCode":"Unknown"}]}"#,
        )
    };
    assert_eq!(
        told(&[LOGGED_IN, refused])[3..],
        [
            "1 http.request.resend_count 0",
            "1 http.client.request.duration measured",
            "1 http.response.status_code 404",
            r#"1 error.type "refused""#,
        ]
    );
    let locked = || {
        let body = r#"{"status":"0","errors":[{"messageCode":"Account_Locked"}]}"#;
        response(403, body)
    };
    let of_login = told(&[locked]);
    assert!(of_login.contains(&"2 http.response.status_code 403".to_owned()));
}
