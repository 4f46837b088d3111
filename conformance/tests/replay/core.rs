//! The stages of a fixture: the model, the checksum in each order, the core
//! without a network, and both backends against a server of plain bytes.

use cards_model::Samples;
use cards_model::paysafe::CardPage;
use cards_sign::Order;
use cards_transport::{BackendOptions, Call, Visit};
use conformance::fixture::Case;
use conformance::server::{RawServer, Reaction};

use crate::common::clients::{AnyClient, Backend, Reqwest, Ureq};
use crate::common::fake::{FakeClock, request};
use crate::common::operations::{outcome, visited};
use crate::common::{named, normal, on_the_wire, rules};
use crate::curl::{commands, compared};
use crate::stage::{any_call, input, login_code, provider_in_order, replies, requests, same};

#[test]
fn requests_are_as_stated() {
    let signed = requests().filter(|case| case.stages.is_some()).count();
    assert!(signed >= 13, "{signed}");
    assert!(commands().count() >= 3);
    for case in requests() {
        let sent = visited(&case.operation, Requested(&case));
        sent.unwrap_or_else(|why| panic!("fixtures/{}: {why}", case.id()));
    }
}

struct Requested<'a>(&'a Case);

impl Visit for Requested<'_> {
    type Output = ();

    fn visit<C: Call>(self) {
        let call = input::<C>(self.0);
        checked(self.0, &call);
        built(self.0, &call);
        in_each_order(self.0, &call);
        captured::<Reqwest, C>(self.0, &call);
        captured::<Ureq, C>(self.0, &call);
        if self.0.curl.is_some() {
            compared::<C>(self.0);
        }
    }
}

/// The input breaks exactly the stated rules.
fn checked<C: Call>(case: &Case, call: &C) {
    let none = Vec::new();
    let strict = case.check.as_ref().map_or(&none, |check| &check.strict);
    let broken = named(&call.violations(&rules()));
    same(case, "check", &broken, strict);
    let samples = case.check.as_ref().and_then(|check| check.samples.as_ref());
    let excused = named(&call.violations(&rules().samples(Samples::Accept)));
    same(
        case,
        "check with samples",
        &excused,
        samples.unwrap_or(strict),
    );
}

/// The whole request, without sending it.
fn built<C: Call>(case: &Case, call: &C) {
    let provider = provider_in_order::<C>(case, "http://localhost:1", Order::default());
    let request = request(call, provider).unwrap();
    let text = login_code(&normal(&on_the_wire(&request)));
    let name = case.id().replace('/', "__");
    insta::assert_snapshot!(format!("request__{name}"), text);
}

/// Checks that the fields, the pre-image and the digest are as stated in each order, and that the
/// client sends what it signs. Without another order, it is that of the table.
fn in_each_order<C: Call>(case: &Case, call: &C) {
    let Some(stages) = &case.stages else {
        return;
    };
    let sent_in = |order| {
        let provider = provider_in_order::<C>(case, "http://localhost:1", order);
        let request = request(call, provider).unwrap();
        let pairs = form_urlencoded::parse(request.body()).into_owned();
        let checksum = request.headers()["checksum"].to_str().unwrap().to_owned();
        (pairs.collect::<Vec<_>>(), checksum)
    };
    same(case, "fields", &sent_in(Order::default()).0, &stages.fields);
    for order in Order::ALL {
        let stage = &stages.orders[order.as_str()];
        let (pairs, checksum) = sent_in(order);
        let names: Vec<_> = pairs.iter().map(|(name, _)| name.clone()).collect();
        same(case, &format!("{order}: fields"), &names, &stage.fields);
        let values = || pairs.iter().map(|(_, value)| &**value);
        let pre_image: String = values().chain(["<secret>"]).collect();
        same(
            case,
            &format!("{order}: pre-image"),
            &pre_image,
            &stage.pre_image,
        );
        same(case, &format!("{order}: digest"), &checksum, &stage.digest);
        let secret = stages.secret.as_bytes();
        assert!(cards_sign::verify(values(), secret, &stage.digest));
    }
}

fn client<B: Backend, C: Call>(case: &Case, server: &RawServer) -> B::Client<C::Provider> {
    let provider = provider_in_order::<C>(case, &server.url(), Order::default());
    let settings = FakeClock::new().unchecked();
    B::client(provider, &BackendOptions::new(), settings)
}

/// The bytes that a server gets are the stated request.
fn captured<B: Backend, C: Call>(case: &Case, call: &C) {
    let server = RawServer::playing([Reaction::json("200 OK", "{}")]).unwrap();
    let _ = client::<B, C>(case, &server).send(call);
    let received = server.received();
    assert_eq!(received.len(), 1, "fixtures/{}: {}", case.id(), B::NAME);
    let request = received[0].request().unwrap();
    assert_eq!(request.header("host"), Some(&*server.address().to_string()));
    let stage = format!("captured bytes, {}", B::NAME);
    // A snapshot has line feeds alone, and none at its end.
    let text = login_code(&normal(&request)).replace("\r\n", "\n");
    let text = match request.body.is_empty() {
        true => &text,
        false => text.trim_end_matches('\n'),
    };
    same(case, &stage, &text, &case.request.as_deref().unwrap());
}

#[test]
fn replies_are_read_as_stated() {
    let mut told = 0;
    for case in replies() {
        let read = visited(&case.operation, Replied(&case));
        read.unwrap_or_else(|why| panic!("fixtures/{}: {why}", case.id()));
        if let Some(check) = &case.check {
            let body = &case.reply.as_ref().unwrap().body;
            let page = serde_json::from_slice::<CardPage>(body).unwrap();
            same(&case, "check", &named(&page.check()), &check.strict);
            told += 1;
        }
    }
    assert!(told >= 3, "{told}");
}

struct Replied<'a>(&'a Case);

impl Visit for Replied<'_> {
    type Output = ();

    fn visit<C: Call>(self) {
        recorded::<Reqwest, C>(self.0);
        recorded::<Ureq, C>(self.0);
    }
}

fn recorded<B: Backend, C: Call>(case: &Case) {
    let reply = case.reply.as_ref().unwrap();
    let server = RawServer::playing([Reaction::Send(reply.to_bytes())]).unwrap();
    let result = client::<B, C>(case, &server).send(&any_call::<C>(case));
    let shown = outcome(&result, |reply| reply.value());
    let stage = format!("parsed reply, {}", B::NAME);
    same(case, &stage, &shown, case.parsed.as_ref().unwrap());
    let (raw, text) = match &result {
        Ok(reply) => (reply.raw(), format!("{:#?}", reply.value())),
        Err(error) => (error.raw().unwrap(), format!("{error}\n{shown:#?}")),
    };
    let name = case.id().replace('/', "__");
    insta::assert_snapshot!(format!("reply__{name}"), text);
    same(case, "raw reply", &&raw.body()[..], &&reply.body[..]);
    assert_eq!(raw.status().as_u16(), reply.status, "{}", case.id());
    for (name, value) in &reply.headers {
        assert_eq!(raw.headers()[name], &**value, "{}", case.id());
    }
}
