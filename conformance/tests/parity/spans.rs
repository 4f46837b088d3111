//! The span of a call, as a subscriber sees it.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use cards_model::airpay::UpdateCustomer;
use cards_model::paysafe::ListPrepaidCards;
use cards_transport::paysafe::Paysafe;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Subscriber, subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

use crate::common::clients::{AnyClient, Backend, for_both_backends};
use crate::common::fake::{Fake, FakeClock, json};
use crate::setup::{GET_CARDS, airpay, soon};

for_both_backends! {
    a_call_is_a_span_with_the_names_of_opentelemetry,
    a_login_is_a_span_within_that_of_its_call,
    an_error_has_its_type_and_no_address_has_its_values,
}

type Fields = BTreeMap<&'static str, String>;

/// A span's id, whose child it is, and its fields.
type Span = (u64, Option<u64>, Fields);

/// Every span in the order in which they began.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<Span>>>);

struct Noted<'a>(&'a mut Fields);

impl Visit for Noted<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if !attributes
            .metadata()
            .target()
            .starts_with("cards_transport")
        {
            return;
        }
        let mut fields = Fields::new();
        attributes.record(&mut Noted(&mut fields));
        let parent = context.current_span().id().map(Id::into_u64);
        let mut spans = self.0.lock().unwrap();
        spans.push((id.into_u64(), parent, fields));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut spans = self.0.lock().unwrap();
        if let Some((.., fields)) = spans.iter_mut().rev().find(|one| one.0 == id.into_u64()) {
            values.record(&mut Noted(fields));
        }
    }
}

/// Does something, and returns the spans of it.
fn spans_of(work: impl FnOnce()) -> Vec<Span> {
    let spans = Spans::default();
    let all = tracing_subscriber::registry().with(spans.clone());
    subscriber::with_default(all, work);
    let spans = spans.0.lock().unwrap();
    spans.clone()
}

fn shown(fields: &Fields) -> String {
    let shown = fields.iter().map(|(name, value)| match *name {
        "cards.call.id" => format!("{name} {}", value.parse::<u64>().is_ok()),
        "http.client.request.duration" => format!("{name} {}", value.parse::<f64>().is_ok()),
        _ => format!("{name} {value}"),
    });
    shown.collect::<Vec<_>>().join("\n")
}

fn a_call_is_a_span_with_the_names_of_opentelemetry<B: Backend>() {
    let clock = FakeClock::new();
    let fake = Fake::new(&clock, |_, number| match number {
        0 => json(503, "{}"),
        _ => json(200, GET_CARDS),
    });
    let paysafe = Paysafe::new("http://localhost:8/v1".parse().unwrap()).token("t");
    let client = B::faked(paysafe, &fake, soon(3));
    let spans = spans_of(|| drop(client.send(&ListPrepaidCards::new("71417141")).unwrap()));
    assert_eq!(spans.len(), 1, "{spans:?}");
    let expected = [
        "cards.call.id true",
        "cards.operation list-prepaid-cards",
        "http.client.request.duration true",
        "http.request.method GET",
        "http.request.resend_count 1",
        "http.response.status_code 200",
        "otel.kind client",
        "server.address localhost",
        "server.port 8",
        "url.template /customers/{customerId}/prepaid/cards",
    ];
    assert_eq!(shown(&spans[0].2), expected.join("\n"));
}

fn a_login_is_a_span_within_that_of_its_call<B: Backend>() {
    let clock = FakeClock::new();
    let fake = Fake::new(&clock, |request, _| {
        match request.uri().path().contains("/auth/") {
            true => json(200, r#"{"access_token":"t"}"#),
            false => json(200, GET_CARDS),
        }
    });
    let paysafe = Paysafe::new("https://cards.example".parse().unwrap())
        .client("b", "id", "secret")
        .token_base("https://tokens.example".parse().unwrap());
    let client = B::faked(paysafe, &fake, clock.settings());
    let spans = spans_of(|| drop(client.send(&ListPrepaidCards::new("1")).unwrap()));
    let [(call, _, of_call), (_, above, of_login)] = &spans[..] else {
        panic!("{spans:?}");
    };
    assert_eq!(*above, Some(*call));
    assert_eq!(of_call["server.address"], "cards.example");
    assert_eq!(of_login["server.address"], "tokens.example");
    assert_eq!(of_login["server.port"], "443");
    assert_eq!(of_login["cards.operation"], "issue-access-token");
    assert_eq!(of_login["cards.call.id"], of_call["cards.call.id"]);
    assert_eq!(of_login["http.response.status_code"], "200");
}

fn an_error_has_its_type_and_no_address_has_its_values<B: Backend>() {
    let clock = FakeClock::new();
    let fake = Fake::new(&clock, |_, _| json(500, "{}"));
    let airpay = airpay("http://localhost").token("t");
    let client = B::faked(airpay, &fake, clock.settings());
    let spans = spans_of(|| drop(client.send(&UpdateCustomer::new("ENTITY7141"))));
    assert_eq!(spans[0].2["error.type"], "outcome_unknown");
    assert_eq!(spans[0].2["http.response.status_code"], "500");

    let paysafe = Paysafe::new("http://localhost".parse().unwrap()).token("t");
    let client = B::faked(paysafe, &fake, soon(1));
    let call = ListPrepaidCards::new("ENTITY7141").offset(7_141);
    let more = spans_of(|| drop(client.send(&call)));
    assert_eq!(more[0].2["error.type"], "http");
    let all = format!("{spans:?} {more:?}");
    assert!(!all.contains("7141"), "{all}");
}
