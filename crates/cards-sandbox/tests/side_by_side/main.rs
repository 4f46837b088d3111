//! Worlds beside the first one in one process: each has a state of its own, is made when it is first
//! used, and ends where it is told to; their number has an end.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

#[path = "../common/mod.rs"]
mod common;

mod end;
mod links;
mod refused;
mod state;
mod story;

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use cards_sandbox::{
    Fault, IssuerAction, IssuerOrder, Limits, ProviderId, RateLimit, Receiver as To, Running,
    RunningWorld, Sandbox, World,
};
use common::receiver::Receiver;
use common::{airpay_request, body, connect, exchange, get, post, registration, request, status};
use proptest::prelude::*;
use serde_json::{Value, json};

fn json(answer: &str) -> Value {
    serde_json::from_str(body(answer)).unwrap_or_else(|_| panic!("no JSON: {answer}"))
}

/// An Airpay call below a prefix.
fn airpay(address: SocketAddr, prefix: &str, name: &str, fields: &[(&str, &str)]) -> String {
    let (target, headers, body) = airpay_request(common::TOKEN, name, fields);
    let headers = headers.each_ref().map(|(name, value)| (*name, &**value));
    post(address, &format!("{prefix}{target}"), &headers, &body)
}

fn registers(address: SocketAddr, prefix: &str) -> bool {
    airpay(address, prefix, "register-user", &registration(&[])).contains("AIRPAYCUST")
}

fn customers(world: &RunningWorld) -> usize {
    world.airpay_customers().unwrap().len()
}

fn with_worlds(worlds: usize) -> Running {
    let mut limits = Limits::default();
    limits.worlds = worlds;
    Sandbox::builder().limits(limits).start_blocking().unwrap()
}

fn tokenise(world: &RunningWorld, wallet: &str) {
    let card = "12345678-0000-4000-8000-000000000001";
    let order = IssuerOrder::new(IssuerAction::Tokenise).card(card);
    let done = world.act_as_issuer(ProviderId::PAYSAFE, order.wallet(wallet));
    done.unwrap();
}

fn names(address: SocketAddr) -> Vec<String> {
    let told = json(&get(address, "/_sandbox/worlds", &[]));
    let each = told["worlds"].as_array().unwrap().iter();
    each.map(|world| world["name"].as_str().unwrap().to_owned())
        .collect()
}
