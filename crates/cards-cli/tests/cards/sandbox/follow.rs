//! Following a journal, or the steps of events: what is missed is said, and what is no sandbox's
//! ends it.

use conformance::server::RawServer;
use serde_json::{Value, json};

use super::super::outcomes::json_reply;
use super::control;

/// Plays replies one after the other, and ends who follows.
fn playing(replies: &[Value]) -> RawServer {
    let replies = replies
        .iter()
        .map(|reply| json_reply("200 OK", &reply.to_string()));
    let end = [json_reply("504 Gateway Timeout", "")];
    RawServer::playing(replies.chain(end)).unwrap()
}

fn calls(ids: impl IntoIterator<Item = u64>, last: u64) -> Value {
    let calls = ids
        .into_iter()
        .map(|id| json!({"id": id, "verdict": "said"}));
    json!({"exchanges": calls.collect::<Vec<_>>(), "lastId": last})
}

fn steps(numbers: impl IntoIterator<Item = u64>, last: u64) -> Value {
    let steps = numbers.into_iter().map(|number| json!({"number": number}));
    json!({"steps": steps.collect::<Vec<_>>(), "lastStep": last})
}

/// The numbers after which was asked.
fn asked(server: &RawServer) -> Vec<String> {
    let targets = server.received().into_iter();
    let after = targets.map(|got| {
        let target = got.request().unwrap().target;
        let after = target.split_once("after=").map_or("", |(_, after)| after);
        after.split('&').next().unwrap_or_default().to_owned()
    });
    after.collect()
}

#[test]
fn what_was_forgotten_between_two_looks_is_said() {
    let mut some = calls([258, 259], 259);
    some["missed"] = 255.into();
    let mut one = calls([261], 261);
    one["missed"] = 1.into();
    let replies = [calls([1, 2], 2), some, calls([], 259), one];
    let server = playing(&replies);
    let (_, out, err) = control(&server.url(), &["logs", "--follow"]);
    assert_eq!(out.matches("said").count(), 5, "{out}");
    let said: Vec<_> = err.lines().take(2).collect();
    let expected = [
        "warning: 255 calls were forgotten before they could be read",
        "warning: 1 call was forgotten before it could be read",
    ];
    assert_eq!(said, expected);
    assert_eq!(asked(&server), ["", "2", "259", "259", "261"]);
    let (_, out, err) = control(
        &playing(&replies).url(),
        &["logs", "--follow", "-o", "json"],
    );
    assert_eq!(out.lines().count(), 5, "{out}");
    let first: Value = serde_json::from_str(err.lines().next().unwrap()).unwrap();
    let words = "255 calls were forgotten before they could be read";
    assert_eq!(first, json!({"warnings": [words]}));
}

#[test]
fn a_sandbox_that_was_started_anew_is_followed_from_its_start() {
    let server = playing(&[calls([1, 2], 2), calls([], 1), calls([1], 1), calls([], 1)]);
    control(&server.url(), &["logs", "--follow"]);
    assert_eq!(asked(&server), ["", "2", "0", "1", "1"]);
    let server = playing(&[steps([3, 9], 12), steps([], 2), steps([2], 2)]);
    control(&server.url(), &["events", "--follow"]);
    assert_eq!(asked(&server), ["0", "12", "0", "2"]);
    // More than are read at a time.
    let server = playing(&[steps(1..=1000, 1500), steps(1001..=1500, 1500)]);
    control(&server.url(), &["events", "--follow"]);
    assert_eq!(asked(&server), ["0", "1000", "1500"]);
}

#[test]
fn numbers_that_do_not_fit_end_it() {
    let without = |mut reply: Value, member: &str| {
        reply.as_object_mut().unwrap().remove(member);
        reply
    };
    let full = || steps(1..=1000, 5000);
    for (args, replies) in [
        ("logs", vec![calls([1], 1), calls([1], 1)]),
        ("logs", vec![calls([2, 2], 2)]),
        ("logs", vec![calls([2, 1], 2)]),
        ("logs", vec![without(calls([1], 1), "lastId")]),
        ("logs", vec![calls([1], 1), without(calls([], 1), "lastId")]),
        (
            "logs",
            vec![calls([1], 1), json!({"exchanges": [{}], "lastId": 2})],
        ),
        (
            "logs",
            vec![calls([1], 1), json!({"exchanges": [], "lastId": "2"})],
        ),
        ("events", vec![full(), full()]),
        ("events", vec![steps([0; 1000], 5000)]),
        ("events", vec![without(steps([1], 1), "lastStep")]),
        ("events", vec![steps([1], 1), steps([1], 1)]),
        (
            "events",
            vec![json!({"steps": vec![json!({}); 1000], "lastStep": 1})],
        ),
    ] {
        // Where it went on, it would be told the same, and then something else.
        let last = replies.last().unwrap().clone();
        let server = playing(&[&replies[..], &[last.clone(), last.clone()]].concat());
        let (code, _, err) = control(&server.url(), &[args, "--follow"]);
        let last = last.to_string();
        assert_eq!(code, 1, "{args} {last:.200}: {err}");
        assert!(err.contains("what answers is something else"), "{err}");
    }
}
