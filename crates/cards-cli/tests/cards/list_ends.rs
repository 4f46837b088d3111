//! `cards list` where a provider or the whole list ends before its last card: the
//! time is up, or nobody reads on.

use std::io::{BufRead, BufReader};
use std::process::{Output, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use assert_cmd::Command;
use conformance::server::{RawServer, Reaction, reply};
use serde_json::Value;

use super::outcomes::{BACKENDS, NOBODY, always, json_reply};
use super::{cards, cards_at, run, sandbox};

/// The names of the providers that were asked, in the order of the requests.
type Asked = Arc<Mutex<Vec<&'static str>>>;

/// A server that notes each request under a name, and answers it after a pause.
fn noted(asked: &Asked, name: &'static str, pause: Duration, body: &'static str) -> RawServer {
    let asked = Arc::clone(asked);
    let headers = ["content-type: application/json"];
    let answer = Reaction::Delay(pause, reply("200 OK", &headers, body));
    RawServer::deciding(move |_| {
        asked.lock().unwrap().push(name);
        answer.clone()
    })
    .unwrap()
}

const AIRPAY: &str = r#"{"status":200,"message":"success","data":[{"kit_no":"1","expity":"","card_status":"ALLOCATED"}]}"#;
const PAYSAFE: &str =
    r#"{"cards":[{"cardId":"C1"}],"meta":{"numberOfRecords":1,"limit":50,"offset":0}}"#;

/// The settings for a list of Airpay's and Paysafe's cards, at these addresses.
fn settings(airpay: &str, paysafe: &str) -> [(&'static str, String); 7] {
    [
        ("CARDS_AIRPAY_BASE_URL", airpay.to_owned()),
        ("CARDS_AIRPAY_TOKEN", "t".to_owned()),
        ("CARDS_AIRPAY_SECRET_KEY", "s".to_owned()),
        ("CARDS_AIRPAY_AFFILIATE", "a".to_owned()),
        ("CARDS_AIRPAY_PROCESSOR_KEY", "p".to_owned()),
        ("CARDS_PAYSAFE_BASE_URL", paysafe.to_owned()),
        ("CARDS_PAYSAFE_TOKEN", "t".to_owned()),
    ]
}

/// A list of many customers of Airpay's, and of one of Paysafe's.
fn many(customers: usize) -> Command {
    let mut command = cards(&["list", "--provider=airpay", "--provider=paysafe"]);
    for number in 0..customers {
        command.arg(format!("--airpay-customer=E{number}"));
    }
    command.arg("--paysafe-customer=1");
    command
}

#[test]
fn a_provider_whose_time_is_up_is_asked_no_more_while_the_next_one_is() {
    for backend in BACKENDS {
        let asked = Asked::default();
        let airpay = noted(&asked, "airpay", Duration::from_millis(60), AIRPAY);
        let paysafe = noted(&asked, "paysafe", Duration::from_millis(600), PAYSAFE);
        let mut list = many(500);
        list.envs(settings(&airpay.url(), &paysafe.url()));
        let (code, out, err) = run(list.args(["--timeout=1", "--backend", backend]));
        assert_eq!(code, 5, "{err}");
        assert!(
            err.contains("airpay card-details: the time limit ran out"),
            "{err}"
        );
        assert!(out.contains("\npaysafe"), "{out}");
        let told = err.split_once("ran out (").unwrap().1;
        let (left_out, rest) = told.split_once(' ').unwrap();
        assert!(
            rest.starts_with("more customers were not asked for)"),
            "{err}"
        );
        let asked = asked.lock().unwrap();
        let of_airpay = asked.iter().filter(|name| **name == "airpay").count();
        // One may have been begun just when the time was up.
        let left_out = left_out.parse::<usize>().unwrap();
        assert!((500..=501).contains(&(left_out + of_airpay)), "{err}");
        let next = asked.iter().position(|name| *name == "paysafe").unwrap();
        // One may have been on its way.
        let late = asked[next..]
            .iter()
            .filter(|name| **name == "airpay")
            .count();
        assert!(next > 2 && late <= 1, "{next} {late}");
    }
}

/// Lists the cards of these providers, and stops reading after the first card of Paysafe's many
/// customers. Gives the program's output and the providers that were asked.
fn left_early(providers: &[&str], airpay: &RawServer, backend: &str) -> (Output, Asked) {
    let asked = Asked::default();
    let (closed, wait) = mpsc::channel::<()>();
    let note = Arc::clone(&asked);
    let paysafe = RawServer::deciding(move |_| {
        let mut asked = note.lock().unwrap();
        asked.push("paysafe");
        if asked.len() == 2 {
            wait.recv().unwrap();
        }
        json_reply("200 OK", PAYSAFE)
    })
    .unwrap();
    let ibanera = noted(&asked, "ibanera", Duration::ZERO, "{}");
    let mut list = std::process::Command::new(env!("CARGO_BIN_EXE_cards"));
    list.env_clear()
        .envs(settings(&airpay.url(), &paysafe.url()))
        .env("CARDS_IBANERA_BASE_URL", ibanera.url())
        .env("CARDS_IBANERA_TOKEN", "t")
        .env("CARDS_IBANERA_OTP", "123456")
        .args(["list", "--output=ndjson", "--backend", backend])
        .args(providers.iter().map(|it| format!("--provider={it}")))
        .args((0..100).map(|number| format!("--paysafe-customer={number}")))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if providers.contains(&"airpay") {
        list.arg("--airpay-customer=E1");
    }
    let mut list = list.spawn().unwrap();
    let mut out = BufReader::new(list.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    assert!(line.starts_with(r#"{"provider":"paysafe""#), "{line}");
    drop(out);
    closed.send(()).unwrap();
    (list.wait_with_output().unwrap(), asked)
}

#[test]
fn a_reader_who_has_seen_enough_ends_the_list_and_nobody_else_is_asked() {
    let refusal = json_reply("400 Bad Request", r#"{"status":400,"message":"no"}"#);
    let airpay = always(refusal);
    for backend in BACKENDS {
        for (providers, code) in [
            (&["paysafe", "ibanera"][..], 0),
            // What failed before that counts all the same.
            (&["airpay", "paysafe", "ibanera"][..], 3),
        ] {
            let (ended, asked) = left_early(providers, &airpay, backend);
            let err = String::from_utf8(ended.stderr).unwrap();
            assert_eq!(ended.status.code(), Some(code), "{err}");
            if code == 0 {
                assert_eq!(err, "");
            } else {
                let error: Value = serde_json::from_str(&err).unwrap();
                assert_eq!(error["provider"], "airpay");
                assert_eq!(error["others"], Value::Null);
            }
            let asked = asked.lock().unwrap();
            // The client may be some customers ahead.
            assert!(asked.len() < 40 && !asked.contains(&"ibanera"), "{asked:?}");
        }
    }
}

#[test]
fn a_list_is_not_sent_only_where_nothing_was() {
    let sandbox = sandbox();
    for (providers, code, outcome) in [
        (&["--provider=paysafe"][..], 5, "not_sent"),
        (&["--provider=airpay", "--provider=paysafe"], 2, "not_sent"),
        (&["--provider=paysafe", "--provider=ibanera"], 5, "failed"),
    ] {
        let mut command = cards_at(&sandbox, &["list", "-ojson", "--paysafe-customer=1"]);
        command
            .args(providers)
            .env("CARDS_PAYSAFE_BASE_URL", NOBODY);
        let (ended, out, err) = run(&mut command);
        let error: Value = serde_json::from_str(&err).unwrap();
        let told = (ended, error["outcome"].as_str());
        assert_eq!(told, (code, Some(outcome)), "{providers:?}: {err}");
        assert_eq!(out.is_empty(), outcome == "not_sent", "{out}");
    }
}

/// A server whose reply depends on the customer in Paysafe's path.
fn of_paysafe(reply: fn(&str) -> &'static str) -> RawServer {
    let customer = |target: &str| target.split('/').nth(2).unwrap_or_default().to_owned();
    RawServer::deciding(move |request| json_reply("200 OK", reply(&customer(&request.target))))
        .unwrap()
}

/// A list of these customers of Paysafe's.
fn customers(server: &RawServer, ids: &[&str]) -> Command {
    let mut command = cards(&["list", "--provider=paysafe"]);
    command.args(ids.iter().map(|id| format!("--paysafe-customer={id}")));
    command.env("CARDS_PAYSAFE_BASE_URL", server.url());
    command.env("CARDS_PAYSAFE_TOKEN", "t");
    command
}

/// The rows, each by its customer and its card.
fn shown(out: &str) -> Vec<(String, String)> {
    let rows: Vec<Value> = serde_json::from_str(out).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let of = |row: &Value| (text(&row["customer_id"]), text(&row["card_id"]));
    rows.iter().map(of).collect()
}

#[test]
fn a_reply_that_cannot_be_read_keeps_none_of_the_others_cards() {
    let server = of_paysafe(|customer| match customer {
        "11" => r#"{"cards":[{"status":"ACTIVE"}]}"#,
        "12" => r#"{"cards":[],"meta":{"numberOfRecords":3,"limit":50}}"#,
        _ => r#"{"cards":[{"cardId":"C1"}],"meta":{"limit":50}}"#,
    });
    let mut command = customers(&server, &["10", "11", "12", "13"]);
    let (code, out, err) = run(command.args(["--output", "json"]));
    assert_eq!(code, 1, "{err}");
    let pair = |customer: &str| (customer.to_owned(), "C1".to_owned());
    assert_eq!(shown(&out), [pair("10"), pair("13")]);
    let error: Value = serde_json::from_str(&err).unwrap();
    let others = error["others"].as_array().unwrap();
    let messages = [&error, &others[0]].map(|error| error["message"].as_str().unwrap());
    assert_eq!(others.len(), 1, "{err}");
    for (message, number) in messages.iter().zip([2, 3]) {
        let flag = format!("--paysafe-customer, number {number}");
        assert!(message.contains(&flag), "{message}");
        assert!(!message.contains("not asked for"), "{message}");
    }
}

#[test]
fn a_card_of_another_customer_is_shown_as_theirs_and_told() {
    let server = of_paysafe(|customer| match customer {
        "0010" => r#"{"cards":[{"cardId":"C1","customerId":10}],"meta":{"limit":50}}"#,
        "11" => r#"{"cards":[{"cardId":"C1","customerId":"1*"}],"meta":{"limit":50}}"#,
        "12" => r#"{"cards":[{"cardId":"C1","customerId":""}],"meta":{"limit":50}}"#,
        _ => r#"{"cards":[{"cardId":"C1","customerId":"999"}],"meta":{"limit":50}}"#,
    });
    let mut command = customers(&server, &["0010", "11", "12", "13", "14"]);
    let (code, out, err) = run(command.args(["--output", "json"]));
    assert_eq!(code, 0, "{err}");
    let pair = |customer: &str| (customer.to_owned(), "C1".to_owned());
    let expected = ["0010", "11", "12", "999", "999"].map(pair);
    assert_eq!(shown(&out), expected);
    let told: Value = serde_json::from_str(&err).unwrap();
    let warnings = told["warnings"].as_array().unwrap();
    let warnings: Vec<_> = warnings.iter().map(|one| one.as_str().unwrap()).collect();
    assert_eq!(warnings.len(), 2, "{err}");
    for (warning, number) in warnings.iter().zip([4, 5]) {
        let whose =
            format!("--paysafe-customer, number {number}: the reply has another `customerId`");
        assert!(warning.contains(&whose), "{warning}");
    }
}
