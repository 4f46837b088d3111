//! A world of one's own in a file that lasts, and the way back to it.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use crate::common::{airpay, body, exchange, get, registration, request, status};
use cards_sandbox::{Running, Sandbox, Store, World};
use serde_json::Value;

const WORLD: &str =
    r#"{"airpay": {"customers": [{"mobile_no": "9000000001", "password": "Other#Sea42"}]}}"#;

fn start(path: &std::path::Path) -> Running {
    Sandbox::builder()
        .store(Store::File(path.to_owned()))
        .world(World::from_json(WORLD).unwrap())
        .start_blocking()
        .unwrap()
}

fn customers(sandbox: &Running) -> usize {
    let answer = get(sandbox.addr(), "/_sandbox/world", &[]);
    let world: Value = serde_json::from_str(body(&answer)).unwrap();
    world["airpay"]["customers"].as_array().unwrap().len()
}

#[test]
fn a_given_world_is_for_a_new_store_and_for_a_reset() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cards.db");
    let sandbox = start(&path);
    assert_eq!(customers(&sandbox), 1);
    let login = [("mobile_no", "9000000001"), ("password", "Other#Sea42")];
    assert!(airpay(sandbox.addr(), "user-login", &login).contains("success"));
    let registered = airpay(sandbox.addr(), "register-user", &registration(&[]));
    assert!(registered.contains("AIRPAYCUST0002"), "{registered}");
    sandbox.shutdown_blocking();

    let sandbox = start(&path);
    assert_eq!(customers(&sandbox), 2, "what was acknowledged is there");
    sandbox.reset_blocking().unwrap();
    assert_eq!(customers(&sandbox), 1);
    assert!(airpay(sandbox.addr(), "user-login", &login).contains("success"));
    sandbox.shutdown_blocking();
    let sandbox = start(&path);
    assert_eq!(customers(&sandbox), 1, "a reset lasts");
}

#[tokio::test]
async fn a_reset_within_a_runtime() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.clock().freeze();
    sandbox.reset().await.unwrap();
    assert!(!sandbox.clock().is_frozen());
    sandbox.shutdown().await;
}

#[test]
fn a_loaded_world_lasts_and_keeps_its_fingerprints() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cards.db");
    let first = Sandbox::start_blocking().unwrap();
    let registered = airpay(first.addr(), "register-user", &registration(&[]));
    assert!(registered.contains("success"), "{registered}");
    let answer = get(first.addr(), "/_sandbox/world/file", &[]);
    let file = body(&answer).to_owned();

    let second = start(&path);
    let json = [("content-type", "application/json")];
    let put = request("PUT", "/_sandbox/world", &json, &file);
    assert_eq!(status(&exchange(second.addr(), put.as_bytes())), 200);
    second.shutdown_blocking();
    let second = start(&path);
    let changes = [("email", "other@example.com"), ("kit_no", "1")];
    airpay(second.addr(), "register-user", &registration(&changes));
    let last = second.exchanges().pop().unwrap();
    assert_eq!(last.verdict, "card_no: the card is registered already");
}

#[test]
fn a_world_that_breaks_a_rule_starts_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cards.db");
    let world = r#"{"paysafe": {"customers": [{"cards": [{"currency": "EURO"}]}]}}"#;
    let error = Sandbox::builder()
        .store(Store::File(path.clone()))
        .world(World::from_json(world).unwrap())
        .start_blocking()
        .unwrap_err();
    assert!(error.is_world());
    let field = "paysafe.customers[0].cards[0].currency";
    assert!(error.to_string().contains(field), "{error}");
    assert!(!path.exists());
    let error = World::from_json("{").unwrap_err();
    assert!(error.is_world(), "{error}");
}

/// The limits hold wherever a world is read from: that of a start has none of its own.
#[test]
fn a_world_that_could_not_be_saved_and_loaded_starts_nothing() {
    let customers = "{},".repeat(10_000) + "{}";
    let cards = "{},".repeat(50_000) + "{}";
    let country = "x".repeat(64 * 1024 * 1024);
    for (world, why) in [
        (
            format!(r#"{{"ibanera": {{"customers": [{customers}]}}}}"#),
            "customers: a world holds at most 10000 customers, of all providers",
        ),
        (
            format!(r#"{{"ibanera": {{"customers": [{{"cards": [{cards}]}}]}}}}"#),
            "cards: a world holds at most 50000 cards, of all customers",
        ),
        (
            format!(r#"{{"airpay": {{"customers": [{{"country": "{country}"}}]}}}}"#),
            "world: a world holds at most 64 MiB, as a file",
        ),
    ] {
        let started = World::from_json(&world)
            .and_then(|world| Sandbox::builder().world(world).start_blocking());
        let error = started.unwrap_err();
        assert!(error.is_world() && !error.is_store(), "{error}");
        assert!(error.to_string().contains(why), "{error}");
    }
}

#[test]
fn a_world_shows_nobody_in_its_debug_form() {
    let world = World::from_json(WORLD).unwrap();
    assert_eq!(format!("{world:?}"), "World { .. }");
}
