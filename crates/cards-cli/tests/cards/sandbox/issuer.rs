//! `cards sandbox issuer`, `events`, `receivers` and `delivery-faults`

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use super::super::{cards, run, sandbox};
use super::{Serving, control, json, succeeds};

const CARD: &str = "12345678-0000-4000-8000-000000000002";

#[test]
fn the_issuer_acts_and_an_event_is_told_sent_and_resent() {
    let sandbox = sandbox();
    let url = sandbox.url();
    assert_eq!(json(&url, &["events"])["events"], serde_json::json!([]));
    let done = json(&url, &["issuer", "paysafe", "expire", "--card", CARD]);
    assert_eq!(
        (&done["action"], &done["card"]),
        (&"expire".into(), &CARD.into())
    );
    let table = succeeds(&url, &["events"]);
    assert!(
        table.contains("card-status") && table.contains("no receiver"),
        "{table}"
    );
    let (code, _, err) = control(&url, &["events", "resend", "1"]);
    assert!(
        code == 3 && err.contains("there is no receiver for it"),
        "{err}"
    );

    let added = succeeds(
        &url,
        &[
            "receivers",
            "add",
            "paysafe",
            "http://127.0.0.1:1/x",
            "--event",
            "card-status",
        ],
    );
    assert!(
        added.contains("card-status") && added.contains("http://127.0.0.1:1/x"),
        "{added}"
    );
    assert_eq!(
        succeeds(&url, &["events", "resend", "1"]),
        "event 1 is sent once more\n"
    );
    for (only, count) in [
        (&["--provider", "paysafe"][..], 1),
        (&["--provider", "ibanera"], 0),
        (&["--event", "card-status"], 1),
        (&["--card", CARD], 1),
        (&["--card", "another"], 0),
    ] {
        let told = json(&url, &[&["events"], only].concat());
        assert_eq!(told["events"].as_array().unwrap().len(), count, "{only:?}");
    }
    let (code, _, err) = control(&url, &["events", "--event", "nope"]);
    assert!(
        code == 3 && err.contains("event: one of card-status"),
        "{err}"
    );
    assert_eq!(
        succeeds(&url, &["receivers", "remove", "1"]),
        "receiver 1 is removed\n"
    );
    let (code, _, err) = control(&url, &["receivers", "remove", "1"]);
    assert!(
        code == 3 && err.contains("no receiver has this number"),
        "{err}"
    );
}

#[test]
fn whoever_follows_events_sees_each_step_on_a_line() {
    let sandbox = sandbox();
    let url = sandbox.url();
    let mut follow = Command::new(env!("CARGO_BIN_EXE_cards"))
        .args(["sandbox", "events", "--follow", "--url", &url])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(follow.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    succeeds(
        &url,
        &["receivers", "add", "paysafe", "http://127.0.0.1:1/x"],
    );
    succeeds(&url, &["issuer", "paysafe", "expire", "--card", CARD]);
    let made = lines.next().unwrap();
    assert!(
        made.ends_with(&format!("paysafe card-status event 1 of {CARD} made")),
        "{made}"
    );
    let failed = lines.next().unwrap();
    assert!(
        failed.contains("failed http://127.0.0.1:1/x: no connection"),
        "{failed}"
    );
    assert!(failed.contains("; again at 20"), "{failed}");
    follow.kill().unwrap();
    follow.wait().unwrap();
}

#[test]
fn orders_that_make_no_sense_say_what_does() {
    let sandbox = sandbox();
    let url = sandbox.url();
    for (args, said) in [
        (
            &["issuer", "paysafe", "authorise", "--card", "1"][..],
            "action: one of paysafe's: approve-card",
        ),
        (
            &["issuer", "airpay", "clear"],
            "transaction: this action needs it",
        ),
        (
            &[
                "issuer",
                "ibanera",
                "authorise",
                "--card",
                "1005",
                "--amount",
                "0",
            ],
            "amount: a number above 0",
        ),
        (
            &["delivery-faults", "add", "delay"],
            "millis: this fault needs it",
        ),
        (
            &["receivers", "add", "airpay", "http://127.0.0.1:1/x"],
            "provider: one that sends events",
        ),
        (&["receivers", "add", "paysafe", "x"], "url: a URL as in"),
    ] {
        let (code, out, err) = control(&url, args);
        assert_eq!((code, &*out), (3, ""), "{args:?}");
        assert!(err.contains(said), "{err}");
    }
    for (args, said) in [
        (["--receiver", "x"], "a provider and a URL"),
        (
            ["--receiver", "airpay=http://127.0.0.1:1"],
            "events are sent by paysafe and ibanera",
        ),
        (
            ["--receiver", "paysafe/x=http://127.0.0.1:1"],
            "event: one of card-status",
        ),
        (["--receiver", "paysafe=x"], "a URL as in"),
        (["--allow-receiver", "a/b"], "a name or an address"),
        (["--paysafe-event-pause", "0"], "a number from 1"),
    ] {
        let (code, _, err) = run(&mut cards(
            &[&["sandbox", "--port", "0"][..], &args].concat(),
        ));
        assert!(code == 2 && err.contains(said), "{args:?}: {err}");
    }
}

#[test]
fn faults_on_deliveries_are_ordered_listed_and_removed() {
    let sandbox = sandbox();
    let url = sandbox.url();
    for kind in ["no-answer", "wrong-signature", "duplicate", "out-of-order"] {
        succeeds(&url, &["delivery-faults", "add", kind, "--times", "1"]);
    }
    succeeds(
        &url,
        &["delivery-faults", "add", "status", "--status", "503"],
    );
    let listed = json(&url, &["delivery-faults"]);
    assert_eq!(listed["faults"].as_array().unwrap().len(), 5);
    assert_eq!(
        succeeds(&url, &["delivery-faults", "remove", "1"]),
        "fault 1 is removed\n"
    );
    assert_eq!(
        succeeds(&url, &["delivery-faults", "remove"]),
        "faults removed: 4\n"
    );
}

#[test]
fn the_flags_of_events_are_taken() {
    let (_serving, address) = Serving::start(&[
        "--receiver",
        "paysafe/card-status=http://127.0.0.1:1/a?key=1",
        "--receiver",
        "ibanera=http://127.0.0.1:1/b",
        "--allow-receiver",
        "hooks.example",
        "--paysafe-event-pause",
        "5",
        "--ibanera-card-approval",
        "manual",
        "--ibanera-event-hash",
        "hex",
        "--ibanera-padded-event-type",
    ]);
    let listed = json(&format!("http://{address}"), &["receivers"]);
    let urls: Vec<_> = listed["receivers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["url"])
        .collect();
    assert_eq!(urls, ["http://127.0.0.1:1/a", "http://127.0.0.1:1/b"]);
}
