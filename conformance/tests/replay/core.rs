//! Stage 3: the whole request, without sending it.

use cards_sign::Order;
use cards_transport::Call;
use conformance::fixture::Case;

use crate::common::clients::{AnyClient, Backend, Reqwest, Ureq};
use crate::common::fake::{Fake, FakeClock, json, request};
use crate::common::operations::outcome;
use crate::common::{normal, on_the_wire};
use crate::stage::{
    Stage, any_call, input, login_code, provider, provider_in_order, replay, replies, requests,
    same,
};

#[test]
fn requests_stand_on_the_wire_as_stated() {
    for case in requests() {
        replay::<Built>(&case);
    }
}

struct Built;

impl Stage for Built {
    fn replay<C: Call>(case: &Case) {
        let provider = provider::<C>(case, "http://localhost:1");
        let request = request(&input::<C>(case), provider).unwrap();
        let text = login_code(&normal(&on_the_wire(&request)));
        let name = case.id().replace('/', "__");
        insta::assert_snapshot!(format!("request__{name}"), text);
    }
}

#[test]
fn replies_are_read_as_stated() {
    for case in replies() {
        replay::<Read>(&case);
    }
}

/// Through both clients, over a transport that is a function.
struct Read;

impl Stage for Read {
    fn replay<C: Call>(case: &Case) {
        let shown = read_by::<C, Ureq>(case);
        let same_shown = read_by::<C, Reqwest>(case);
        same(case, "both clients", &same_shown, &shown);
        let name = case.id().replace('/', "__");
        insta::assert_snapshot!(format!("reply__{name}"), shown);
    }
}

fn read_by<C: Call, B: Backend>(case: &Case) -> String {
    let reply = case.reply.as_ref().unwrap();
    let (status, body) = (reply.status, reply.body.clone());
    let clock = FakeClock::new();
    let fake = Fake::new(&clock, move |_, _| json(status, body.clone()));
    let provider = provider::<C>(case, "http://localhost:1");
    let client = B::faked(provider, &fake, clock.unchecked());
    let result = client.send(&any_call::<C>(case));
    let shown = outcome(&result, |reply| reply.value());
    same(case, "parsed reply", &shown, case.parsed.as_ref().unwrap());
    let raw = match &result {
        Ok(reply) => reply.raw(),
        Err(error) => error.raw().unwrap(),
    };
    same(case, "raw reply", &&raw.body()[..], &&reply.body[..]);
    assert_eq!(raw.status().as_u16(), status, "{}", case.id());
    match &result {
        Ok(reply) => format!("{:#?}", reply.value()),
        Err(error) => format!("{error}\n{shown:#?}"),
    }
}

/// The table's order is the default; the others move sending and signing
/// together.
#[test]
fn every_order_sends_what_it_signs() {
    for case in requests().filter(|case| case.stages.is_some()) {
        replay::<InEachOrder>(&case);
    }
}

struct InEachOrder;

impl Stage for InEachOrder {
    fn replay<C: Call>(case: &Case) {
        for order in Order::ALL {
            let provider = provider_in_order::<C>(case, "http://localhost:1", order);
            let request = request(&input::<C>(case), provider).unwrap();
            let stage = &case.stages.as_ref().unwrap().orders[order.as_str()];
            let sent: Vec<String> = form_urlencoded::parse(request.body())
                .map(|(name, _)| name.into_owned())
                .collect();
            same(case, &format!("{order}: order sent"), &sent, &stage.fields);
            let checksum = request.headers()["checksum"].to_str().unwrap();
            same(
                case,
                &format!("{order}: checksum"),
                &checksum,
                &&*stage.digest,
            );
        }
    }
}
