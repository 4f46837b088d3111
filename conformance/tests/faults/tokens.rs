//! Faults of a login, and those that a login mends.

use cards_model::ibanera::CardsByCustomer;
use cards_model::paysafe::ListPrepaidCards;
use cards_sandbox::Fault;
use cards_transport::{Call, Provider};

use crate::common::clients::{AnyClient, Backend, for_both_backends};
use crate::reads::{Issuer, Lookup};
use crate::setup::{Patience, arrived, sandbox};

for_both_backends! {
    a_401_that_a_new_token_mends,
    a_failing_login_fails_the_call,
}

/// The name of the operation that brings the token of a read.
fn login<C: Lookup>() -> &'static str {
    <C::Provider as Provider>::Login::operation().name
}

fn a_401_that_a_new_token_mends<B: Backend>() {
    mended::<B, ListPrepaidCards>();
    mended::<B, CardsByCustomer>();
}

fn mended<B: Backend, C: Lookup>() {
    let (sandbox, call) = (sandbox(), C::call());
    let name = C::operation().name;
    let fault = Fault::status(401).operation(name).times(1);
    sandbox.faults().add(fault).unwrap();
    let provider = C::Provider::of(&sandbox).with_token().with_login();
    let client = Patience::LONG.client::<B, _>(provider);
    assert_eq!(client.send(&call).unwrap().attempts(), 2);
    assert_eq!(arrived(&sandbox, login::<C>()), 1);
    assert_eq!(arrived(&sandbox, name), 2);
}

/// The call itself is then certainly not sent.
fn a_failing_login_fails_the_call<B: Backend>() {
    failed::<B, ListPrepaidCards>();
    failed::<B, CardsByCustomer>();
}

fn failed<B: Backend, C: Lookup>() {
    let (sandbox, call) = (sandbox(), C::call());
    let fault = Fault::reset_before_headers().operation(login::<C>());
    let id = sandbox.faults().add(fault).unwrap();
    let provider = C::Provider::of(&sandbox).with_login();
    let client = Patience::LONG.client::<B, _>(provider);
    let error = client.send(&call).unwrap_err();
    assert_eq!(error.operation().name, login::<C>());
    assert_eq!(arrived(&sandbox, C::operation().name), 0);
    sandbox.faults().remove(id).unwrap();
    client.send(&call).unwrap();
}
