//! Clients page through a customer's cards while the control API adds, takes
//! away and changes some: over sockets, all at once.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;

use crate::common::{body, exchange, get, request, status};
use cards_sandbox::Sandbox;
use serde_json::Value;

const BEARER: (&str, &str) = ("authorization", "Bearer sandbox-paysafe-token");
const JSON: (&str, &str) = ("content-type", "application/json");

fn control(address: SocketAddr, method: &str, path: &str, json: &str) -> (u16, String) {
    let headers = if json.is_empty() { &[][..] } else { &[JSON] };
    let answer = exchange(address, request(method, path, headers, json).as_bytes());
    (status(&answer), body(&answer).to_owned())
}

fn page(address: SocketAddr, query: &str) -> (Vec<Value>, Value) {
    let target = format!("/customers/12345678/prepaid/cards?{query}");
    let answer = get(address, &target, &[BEARER]);
    assert_eq!(status(&answer), 200, "{answer}");
    let mut page: Value = serde_json::from_str(body(&answer)).unwrap();
    let cards = serde_json::from_value(page["cards"].take()).unwrap();
    (cards, page["meta"].take())
}

#[test]
fn paging_holds_while_cards_come_go_and_change() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let address = sandbox.addr();
    let is_over = AtomicBool::new(false);
    let rounds = AtomicU32::new(0);
    thread::scope(|scope| {
        let writers: Vec<_> = (0..3)
            .map(|writer| {
                let rounds = &rounds;
                scope.spawn(move || {
                    for round in 0..40 {
                        change(address, writer, round);
                        rounds.fetch_add(1, Ordering::SeqCst);
                    }
                })
            })
            .collect();
        let readers: Vec<_> = [
            ("LOCKED", ""),
            ("CANCELLED", "VIRTUAL"),
            ("", "PHYSICAL"),
            ("", ""),
        ]
        .into_iter()
        .map(|(status, card_type)| {
            let is_over = &is_over;
            scope.spawn(move || {
                let mut walks = 0;
                while !is_over.load(Ordering::SeqCst) || walks == 0 {
                    walk(address, status, card_type);
                    walks += 1;
                }
                walks
            })
        })
        .collect();
        for writer in writers {
            writer.join().unwrap();
        }
        is_over.store(true, Ordering::SeqCst);
        for reader in readers {
            assert!(reader.join().unwrap() > 0);
        }
    });
    assert_eq!(rounds.load(Ordering::SeqCst), 120);
    // The cards from the start are there, and those that every writer left.
    let (cards, _) = page(address, "limit=50&cardType=VIRTUAL&status=CANCELLED");
    assert!(cards.len() > 1);
    let failed = sandbox
        .exchanges()
        .into_iter()
        .find(|one| one.status >= 500);
    assert_eq!(failed, None);
}

/// Adds a card, locks, unlocks and cancels it, and takes every other away.
fn change(address: SocketAddr, writer: u32, round: u32) {
    let id = format!("card-{writer}-{round}");
    let cards = "/_sandbox/world/paysafe/customers/12345678/cards";
    let (status, answer) = control(address, "POST", cards, &format!(r#"{{"cardId":"{id}"}}"#));
    assert_eq!(status, 200, "{answer}");
    for action in ["LOCK", "UNLOCK", "CANCEL"] {
        let path = format!("/_sandbox/paysafe/cards/{id}/actions");
        let body = format!(r#"{{"action":"{action}"}}"#);
        assert_eq!(control(address, "POST", &path, &body).0, 200);
    }
    if round.is_multiple_of(2) {
        assert_eq!(
            control(address, "DELETE", &format!("{cards}/{id}"), "").0,
            200
        );
    }
}

/// Goes through all pages as the document says, and holds each to it.
fn walk(address: SocketAddr, status: &str, card_type: &str) {
    const LIMIT: usize = 5;
    let mut offset = 0;
    loop {
        let mut query = format!("limit={LIMIT}&offset={offset}&include=AVAILABLE_ACTIONS");
        for (name, value) in [("status", status), ("cardType", card_type)] {
            if !value.is_empty() {
                query.push_str(&format!("&{name}={value}"));
            }
        }
        let (cards, meta) = page(address, &query);
        assert_eq!(meta["numberOfRecords"], cards.len());
        assert_eq!(
            (&meta["limit"], &meta["offset"]),
            (&LIMIT.into(), &offset.into())
        );
        assert_eq!(meta["page"], offset / LIMIT + 1);
        assert!(cards.len() <= LIMIT);
        let ids: BTreeSet<_> = cards
            .iter()
            .map(|card| card["cardId"].to_string())
            .collect();
        assert_eq!(ids.len(), cards.len(), "a page has no card twice");
        for card in &cards {
            assert!(status.is_empty() || card["status"] == status, "{card}");
            assert!(
                card_type.is_empty() || card["cardType"] == card_type,
                "{card}"
            );
            // The card is of one moment: its status and its actions belong together.
            let actions = card["availableActions"].to_string();
            let is_locked = card["status"] == "LOCKED";
            assert_eq!(actions.contains("UNLOCK"), is_locked, "{card}");
        }
        offset += cards.len();
        if cards.len() < LIMIT {
            return;
        }
    }
}
