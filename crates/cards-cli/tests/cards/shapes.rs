//! The shapes of printed replies: JSON as the provider's documents have it, a
//! line for each item, and columns for what was asked for.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use conformance::server::{RawServer, Reaction};
use serde_json::Value;

use super::outcomes::{BACKENDS, always, call_at, json_reply};
use super::{cards_at, run, sandbox};

/// The one thing that a reply below holds which is not shown.
const LINK: &str = "http://localhost/1";

/// Every command with a body that a success of it may have, in which nothing else is
/// sensitive.
const REPLIES: &[(&str, &str)] = &[
    (
        "airpay register-user",
        r#"{"status":"200","message":"success","data":{"kycRefNo":"R1","entity_id":"E1","kyc_status":"MIN_KYC","kyc_expiry_date":"2027-01-01"}}"#,
    ),
    (
        "airpay update-customer --entity-id E1",
        r#"{"message":"Success","data":[],"status":200}"#,
    ),
    (
        "airpay customer-preference --entity-id E1",
        r#"{"status":200,"message":"success","data":{}}"#,
    ),
    (
        "airpay lock-unlock --entity-id E1",
        r#"{"status":200,"message":"success","data":[]}"#,
    ),
    (
        "airpay set-pin --entity-id E1",
        r#"{"status":200,"message":"SUCCESS","data":[]}"#,
    ),
    (
        "airpay card-replacement --entity-id E1",
        r#"{"status":200,"message":"success","data":[]}"#,
    ),
    (
        "airpay update-kyc-status --entity-id E1",
        r#"{"status":200,"message":"success","data":[]}"#,
    ),
    (
        "airpay forgot-password --mobile-no 9",
        r#"{"status":200,"message":"success","data":{"url":"http://localhost/1"}}"#,
    ),
    (
        "airpay generate-otp --path /otp --mobile-no 9",
        r#"{"status":200,"message":"success","data":[]}"#,
    ),
    (
        "airpay add-card --entity-id E1",
        r#"{"status":200,"message":"success","data":[]}"#,
    ),
    (
        "airpay card-details --entity-id E1",
        r#"{"status":200,"message":"success","data":[{"kit_no":"1","expity":"","card_status":"ALLOCATED"}]}"#,
    ),
    (
        "airpay card-balance --entity-id E1",
        r#"{"status":200,"message":"success","data":{"entity_id":"E1","balance":"440.0","productId":"GENERAL"}}"#,
    ),
    (
        "airpay topup --entity-id E1",
        r#"{"status":200,"message":"success","data":{"transaction_id":""}}"#,
    ),
    (
        "paysafe prepaid-cards --customer-id 1",
        r#"{"meta":{"limit":10,"numberOfRecords":1},"cards":[{"status":"ACTIVE","cardId":"C1","expiry":{"year":2028,"month":3}}]}"#,
    ),
    (
        "paysafe create-prepaid-card --customer-id 1",
        r#"{"cardId":"C1","isPinSet":false,"deliveryAddress":{"countryCode":"BG"}}"#,
    ),
    (
        "paysafe get-prepaid-card --customer-id 1 --card-id C1",
        r#"{"tokenizations":{"mobileWalletTokenizations":[{"walletType":"APPLE_PAY","status":"COMPLETED"}]},"cardId":"C1"}"#,
    ),
    (
        "paysafe update-prepaid-card --customer-id 1 --card-id C1",
        r#"{"status":"CANCELLED","cardId":"C1","isPinSet":true}"#,
    ),
    (
        "ibanera customer-cards",
        r#"{"status":"1","errors":[],"id":0,"details":[{"customersId":7,"customersReference":"R7","cards":[{"id":71,"currency":"usd","totalBalance":1.50,"bSuppressed":false}]}],"pageSize":10,"pageNumber":1,"numberOfPages":1}"#,
    ),
    (
        "ibanera cards-by-customer --customers-id 7",
        r#"{"details":{"cards":[],"customersId":7},"id":0,"errors":[],"status":"1"}"#,
    ),
    (
        "ibanera create-card --customers-id 7",
        r#"{"id":71,"details":{"customersId":7,"customersReference":"R7","card":{"id":71,"currency":"USD","totalBalance":0.00,"status":"Deactivated"}},"status":"1","errors":[]}"#,
    ),
    (
        "ibanera review-create-card --customers-id 7",
        r#"{"id":0,"details":{"personalReviewDetails":{"activelyEmployed":true},"types":{"sourceOfFunds":["Salary"]},"requiredDocuments":[]},"status":"1","errors":[]}"#,
    ),
    (
        "ibanera activate-card --cards-id 71",
        r#"{"status":"1","errors":[],"id":71,"details":{"customersId":7,"customerReference":"R7","card":{"id":71,"bSuppressed":false}}}"#,
    ),
    (
        "ibanera upload-document --customers-id 7",
        r#"{"id":0,"details":null,"status":"1","errors":[]}"#,
    ),
    (
        "ibanera card-balances",
        r#"{"id":0,"details":[{"id":71,"customersID":"7","currency":"usd","totalBalance":1.50,"status":"Active"}],"pageSize":10,"pageNumber":1,"numberOfPages":1,"status":"1","errors":[]}"#,
    ),
    (
        "ibanera card-balances --customers-id 7",
        r#"{"id":0,"details":[{"id":71,"CustomersReference":"R7","CardLast4":"1234","CustomersID":7,"currency":"usd","totalBalance":1.50,"status":"Active"}],"pageSize":10,"pageNumber":1,"numberOfPages":1,"status":"1","errors":[]}"#,
    ),
    (
        "ibanera card-transactions --cards-id 71",
        r#"{"id":0,"details":[{"id":1,"cardsId":71,"amount":1.50,"currency":"USD","bPending":false,"RefundTransactionsID":null}],"pageSize":10,"pageNumber":1,"numberOfPages":1,"status":"1","errors":[]}"#,
    ),
    (
        "ibanera simulate-payin --destination-account-id 71",
        r#"{"id":0,"status":"1","errors":[]}"#,
    ),
];

/// The program with credentials for each provider, at this address.
fn at(url: &str, call: &str, backend: &str) -> assert_cmd::Command {
    let call: Vec<_> = call.split(' ').collect();
    let mut command = call_at(url, &call, backend);
    command.arg("--no-validate");
    command
        .env("CARDS_AIRPAY_AFFILIATE", "a")
        .env("CARDS_AIRPAY_PROCESSOR_KEY", "p")
        .env("CARDS_IBANERA_TOKEN", "t")
        .env("CARDS_IBANERA_TOTP_TEXT", "text");
    command
}

/// JSON without its layout, with the order and the digits that it has.
fn compact(json: &str) -> String {
    let lines = json.lines().map(str::trim_start);
    lines.collect::<String>().replace("\": ", "\":")
}

#[test]
fn json_has_the_names_the_order_and_the_digits_of_the_wire() {
    for &(call, body) in REPLIES {
        let server = always(json_reply("200 OK", body));
        for backend in BACKENDS {
            let (code, out, err) = run(at(&server.url(), call, backend).args(["-o", "json"]));
            assert_eq!((code, &*err), (0, ""), "{call}");
            assert_eq!(compact(&out), body.replace(LINK, "[redacted]"), "{call}");
        }
    }
}

#[test]
fn every_reply_is_a_table_and_a_spreadsheet() {
    for &(call, body) in REPLIES {
        let server = always(json_reply("200 OK", body));
        for format in ["table", "csv"] {
            let mut command = at(&server.url(), call, "ureq");
            let (code, out, err) = run(command.args(["-o", format]));
            assert_eq!((code, &*err), (0, ""), "{call}");
            assert!(
                out.lines().count() >= 2 || out == "nothing found\n",
                "{call}: {out}"
            );
        }
    }
}

#[test]
fn every_command_that_calls_is_among_them() {
    for provider in ["airpay", "paysafe", "ibanera"] {
        let (_, help, _) = run(&mut super::cards(&[provider, "--help"]));
        let (_, commands) = help.split_once("Commands:\n").unwrap();
        let commands = commands.lines().take_while(|line| !line.is_empty());
        for line in commands.filter(|line| line.starts_with("  ") && !line.starts_with("   ")) {
            let name = line.split_whitespace().next().unwrap();
            let call = format!("{provider} {name}");
            let is_known = REPLIES
                .iter()
                .any(|(known, _)| *known == call || known.starts_with(&format!("{call} ")));
            assert!(is_known || name == "help", "{call}");
        }
    }
}

/// A sensitive value, or one in no document, is left out, and its name is there.
#[test]
fn json_shows_no_sensitive_and_no_unknown_value() {
    let card = concat!("424242", "4242", "424242");
    for (call, body) in [
        (
            "paysafe prepaid-cards --customer-id 1",
            r#"{"cards":[{"cardId":"C1","mobile":"MARK","deliveryAddress":{"city":"MARK"},"holder":{"name":"MARK"}}],"meta":{"x":"MARK"},"MARK 1":2}"#.to_owned(),
        ),
        (
            "ibanera customer-cards",
            format!(r#"{{"status":"1","details":[{{"customersId":7,"name":"MARK","cards":[{{"id":1,"cardNumber":"{card}"}}]}}],"warning":"MARK"}}"#),
        ),
        (
            "airpay register-user",
            r#"{"status":200,"message":"MARK is registered","data":{"entity_id":"E1","kyc_status":"MIN_KYC","name":["MARK"]}}"#.to_owned(),
        ),
        (
            "airpay update-customer --entity-id E1",
            r#"{"status":200,"message":"success","data":{"name":"MARK"}}"#.to_owned(),
        ),
    ] {
        let server = always(json_reply("200 OK", &body));
        for format in ["json", "ndjson"] {
            let (code, out, err) = run(at(&server.url(), call, "ureq").args(["-o", format]));
            assert_eq!(code, 0, "{call}: {err}");
            assert!(!out.contains("MARK") && !out.contains(card), "{out}");
            assert!(out.contains("[redacted]"), "{out}");
            serde_json::from_str::<Value>(&out).unwrap();
        }
    }
}

#[test]
fn ndjson_is_a_line_for_each_item_or_for_the_reply() {
    let items: [(&str, &str); 4] = [
        ("paysafe prepaid-cards --customer-id 1", "cards"),
        ("ibanera customer-cards", "details"),
        ("ibanera cards-by-customer --customers-id 7", ""),
        ("airpay register-user", ""),
    ];
    for (call, list) in items {
        let (_, body) = REPLIES.iter().find(|(known, _)| *known == call).unwrap();
        let server = always(json_reply("200 OK", body));
        let (code, out, err) = run(at(&server.url(), call, "ureq").args(["-o", "ndjson"]));
        assert_eq!((code, &*err), (0, ""), "{call}");
        let body: Value = serde_json::from_str(body).unwrap();
        let wanted = match list {
            "" => vec![body],
            list => body[list].as_array().unwrap().clone(),
        };
        let lines = out.lines().map(serde_json::from_str::<Value>);
        assert_eq!(Vec::from_iter(lines.map(Result::unwrap)), wanted, "{call}");
    }
    let sandbox = sandbox();
    let call = ["ibanera", "customer-cards", "--all", "--page-size=5"];
    for backend in BACKENDS {
        let mut command = cards_at(&sandbox, &call);
        let (_, out, _) = run(command.args(["--backend", backend, "--output", "NDJSON"]));
        assert_eq!(out.lines().count(), 23);
        assert!(
            out.lines()
                .all(|line| line.starts_with(r#"{"customersId":"#))
        );
    }
}

/// A page of one card, with the offset in its id; it never ends.
fn endless(offset: usize) -> Reaction {
    let page = format!(
        r#"{{"cards":[{{"cardId":"C{offset}"}}],"meta":{{"numberOfRecords":1,"limit":1,"offset":{offset}}}}}"#
    );
    Reaction::json("200 OK", page)
}

fn offset(target: &str) -> usize {
    let offset = target.split("offset=").nth(1);
    let offset = offset.and_then(|rest| rest.split('&').next()?.parse().ok());
    offset.unwrap_or(0)
}

/// The program on its way, whose output is read as it comes.
fn reading(url: &str, backend: &str) -> (Child, impl BufRead + use<>) {
    let call = ["paysafe", "prepaid-cards", "--customer-id=1", "--limit=1"];
    let mut child = Command::new(env!("CARGO_BIN_EXE_cards"))
        .env_clear()
        .env("CARDS_PAYSAFE_TOKEN", "t")
        .args(call)
        .args(["--all", "--output=ndjson", "--base-url", url])
        .args(["--backend", backend])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    (child, out)
}

/// Each page is answered once the items of the one before were read.
#[test]
fn ndjson_comes_as_the_pages_arrive() {
    for backend in BACKENDS {
        let (go_on, wait) = mpsc::channel();
        let wait = Mutex::new(wait);
        let server = RawServer::deciding(move |request| {
            let offset = offset(&request.target);
            if offset > 0 {
                wait.lock().unwrap().recv().unwrap();
            }
            match offset {
                3 => Reaction::json("400 Bad Request", r#"{"error":{"code":"5068"}}"#),
                offset => endless(offset),
            }
        })
        .unwrap();
        let (child, mut out) = reading(&server.url(), backend);
        for page in 0..3 {
            let mut line = String::new();
            out.read_line(&mut line).unwrap();
            assert_eq!(line, format!("{{\"cardId\":\"C{page}\"}}\n"));
            go_on.send(()).unwrap();
        }
        let ended = child.wait_with_output().unwrap();
        assert_eq!(ended.status.code(), Some(3));
        // Errors are JSON, and say that something was printed.
        let error: Value = serde_json::from_slice(&ended.stderr).unwrap();
        let message = error["message"].as_str().unwrap();
        assert!(message.starts_with("the list is not complete: "));
    }
}

#[test]
fn a_reader_who_has_seen_enough_ends_the_list() {
    for backend in BACKENDS {
        let (closed, wait) = mpsc::channel::<()>();
        let wait = Arc::new(Mutex::new(wait));
        let server = RawServer::deciding(move |request| {
            let offset = offset(&request.target);
            if offset == 1 {
                wait.lock().unwrap().recv().unwrap();
            }
            thread::sleep(Duration::from_millis(50));
            endless(offset)
        })
        .unwrap();
        let (child, mut out) = reading(&server.url(), backend);
        out.read_line(&mut String::new()).unwrap();
        drop(out);
        closed.send(()).unwrap();
        let ended = child.wait_with_output().unwrap();
        assert_eq!((ended.status.code(), &*ended.stderr), (Some(0), &b""[..]));
        // The client may be some pages ahead.
        assert!(server.received().len() < 40);
    }
}

#[test]
fn columns_for_what_was_asked_for() {
    let body = r#"{"cards":[{"cardId":"C1","tokenizations":{"mobileWalletTokenizations":[{"dpanRef":"D1","walletId":"W1","walletType":"GOOGLE_PAY","status":"COMPLETED"},{"dpanRef":"D2","walletType":"APPLE_PAY","status":"INITIATED"}]},"availableActions":[{"action":"LOCK"},{"action":"SHOW_PIN"}]},{"cardId":"C2"}],"meta":{"numberOfRecords":2,"limit":10,"offset":0}}"#;
    let server = always(json_reply("200 OK", body));
    let printed = |include: &str, format: &str| {
        let call = format!("paysafe prepaid-cards --customer-id 1{include} --output {format}");
        let (code, out, err) = run(&mut at(&server.url(), &call, "ureq"));
        assert_eq!(code, 0, "{err}");
        Vec::from_iter(out.lines().map(|line| line.trim_end().to_owned()))
    };
    let both = " --include TOKENIZATIONS,AVAILABLE_ACTIONS";
    let table = printed(both, "table");
    for (line, ends) in [
        "CUR WALLETS                                   ACTIONS",
        "-   GOOGLE_PAY COMPLETED, APPLE_PAY INITIATED LOCK, SHOW_PIN",
        "-   -                                         -",
    ]
    .into_iter()
    .enumerate()
    {
        assert!(table[line].ends_with(ends), "{table:?}");
    }
    let csv = printed(both, "csv");
    for (line, ends) in [
        ",activationDate,tokenizations,availableActions",
        r#","GOOGLE_PAY COMPLETED D1 W1, APPLE_PAY INITIATED D2","LOCK, SHOW_PIN""#,
        ",,,",
    ]
    .into_iter()
    .enumerate()
    {
        assert!(csv[line].ends_with(ends), "{csv:?}");
    }
    // Only what was asked for has a column, whatever comes.
    let csv = printed(" --include AVAILABLE_ACTIONS", "csv");
    assert!(csv[0].ends_with(",activationDate,availableActions"));
    assert!(printed("", "csv")[0].ends_with(",activationDate"));
    assert!(printed("", "table")[0].ends_with("CUR"));

    let body = r#"{"cardId":"C1","tokenizations":{"mobileWalletTokenizations":[{"walletType":"APPLE_PAY","status":"COMPLETED"}]}}"#;
    let server = always(json_reply("200 OK", body));
    let call = "paysafe get-prepaid-card --customer-id 1 --card-id C1 --include TOKENIZATIONS";
    let (_, out, _) = run(&mut at(&server.url(), call, "ureq"));
    assert!(
        out.contains("WALLETS") && out.contains("APPLE_PAY COMPLETED"),
        "{out}"
    );
}

#[test]
fn customers_without_cards_have_a_row() {
    let body = r#"{"status":"1","errors":[],"id":0,"details":[{"customersId":7,"customersReference":"R7","cards":[]},{"customersId":8,"customersReference":"R8","cards":[{"id":81,"currency":"usd","totalBalance":1.50}]},{"customersId":9}]}"#;
    let server = always(json_reply("200 OK", body));
    let printed = |format: &str| {
        let mut call = at(&server.url(), "ibanera customer-cards", "ureq");
        run(call.args(["--output", format])).1
    };
    insta::assert_snapshot!(printed("csv"), @"
    customersId,customersReference,id,number,currency,totalBalance,availableBalance,pendingBalance,bSuppressed
    7,R7,,,,,,,
    8,R8,81,,USD,1.50,,,
    9,,,,,,,,
    ");
    let table = printed("table");
    assert_eq!(table.lines().count(), 4, "{table}");
    assert!(
        table.lines().nth(1).unwrap().starts_with("7         -"),
        "{table}"
    );
}

#[test]
fn a_command_line_that_cannot_be_read_is_told_as_json_in_any_case() {
    for flags in [
        ["-o", "JSON"],
        ["--output", "Json"],
        ["-o", "ndjson"],
        ["--output", "NDJSON"],
    ] {
        let mut command = super::cards(&["paysafe", "prepaid-cards", "--unknown"]);
        let (code, _, err) = run(command.args(flags));
        assert_eq!(code, 2);
        let error: Value = serde_json::from_str(&err).unwrap();
        assert_eq!(error["kind"], "usage");
    }
}
