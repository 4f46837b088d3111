//! The six calls against a sandbox, through both backends, in every format.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use serde_json::Value;

use super::{assert_no_secret, cards, cards_at, registration, run, sandbox};

const BACKENDS: [&str; 2] = ["ureq", "reqwest"];
const FORMATS: [&str; 3] = ["table", "json", "csv"];

/// Runs a call through both backends in every format, which have to agree.
fn in_every_way(args: &[&str]) -> [String; 3] {
    let sandbox = sandbox();
    FORMATS.map(|format| {
        let [one, two] = BACKENDS.map(|backend| {
            let mut command = cards_at(&sandbox, args);
            command.args(["--backend", backend, "--output", format]);
            let (code, out, err) = run(&mut command);
            assert_eq!(code, 0, "{backend} {format}: {err}");
            assert!(!out.contains('\u{1b}'));
            out
        });
        assert_eq!(one, two);
        one
    })
}

#[test]
fn register_user_in_every_way() {
    for backend in BACKENDS {
        for format in FORMATS {
            let sandbox = sandbox();
            let mut command = cards_at(&sandbox, &["airpay", "register-user", "--json", "-"]);
            command.args(["--backend", backend, "--output", format]);
            command.write_stdin(registration().to_string());
            let (code, out, err) = run(&mut command);
            assert_eq!((code, &*err), (0, ""));
            assert_no_secret(&out);
            match format {
                "json" => {
                    let json: Value = serde_json::from_str(&out).unwrap();
                    assert_eq!(json["data"]["kyc_status"], "MIN_KYC");
                    assert_eq!(json["status"], 200);
                }
                "csv" => {
                    assert!(out.starts_with("entity_id,kyc_status,kyc_expiry_date,kycRefNo\n"));
                }
                _ => assert!(
                    out.starts_with("ENTITY_ID") && out.contains("MIN_KYC"),
                    "{out}"
                ),
            }
            assert!(sandbox.exchanges()[0].accepted);
        }
    }
}

#[test]
fn update_customer_in_every_way() {
    let call = [
        "airpay",
        "update-customer",
        "--entity-id",
        "AIRPAYCUST0001",
        "--city",
        "Kochi",
    ];
    let [table, json, csv] = in_every_way(&call);
    assert_eq!(table, "RESULT\naccepted\n");
    let json: Value = serde_json::from_str(&json).unwrap();
    let wire = serde_json::json!({"status": 200, "message": "success", "data": []});
    assert_eq!(json, wire);
    assert_eq!(csv, "result\naccepted\n");
}

#[test]
fn customer_preference_in_every_way() {
    let [table, ..] = in_every_way(&[
        "airpay",
        "customer-preference",
        "--entity-id",
        "AIRPAYCUST0001",
        "--status",
        "NOTALLOWED",
        "--type",
        "ATM",
    ]);
    assert_eq!(table, "RESULT\naccepted\n");
}

#[test]
fn prepaid_cards_in_every_way() {
    let [table, json, csv] = in_every_way(&[
        "paysafe",
        "prepaid-cards",
        "--customer-id",
        "12345678",
        "--limit",
        "1",
        "--include",
        "TOKENIZATIONS,AVAILABLE_ACTIONS",
    ]);
    insta::assert_snapshot!(table, @"
    CARD ID                              NUMBER      TYPE    STATUS EXPIRY  CUR WALLETS              ACTIONS
    f16ba382-eb42-481a-b08f-c57bdc9aae24 533944…7009 VIRTUAL ACTIVE 03/2028 EUR GOOGLE_PAY COMPLETED CANCEL, LOCK, SHOW_DETAILS, SHOW_PIN, SET_PIN
    ");
    insta::assert_snapshot!(csv, @r#"
    customerId,cardId,number,cardType,scheme,currency,status,expiry,programName,accountId,isPinSet,createdDate,activationDate,tokenizations,availableActions
    12345678,f16ba382-eb42-481a-b08f-c57bdc9aae24,533944******7009,VIRTUAL,MC,EUR,ACTIVE,03/2028,BRAND-VIRTUAL-MC,127623047,true,2019-08-24T14:15:22Z,2019-08-24T14:15:22Z,GOOGLE_PAY COMPLETED DAPLMC00002125433c0c34a2821f4f86866e7576963baf8b NMZlGi8-DezZZKaU06orvl0f,"CANCEL, LOCK, SHOW_DETAILS, SHOW_PIN, SET_PIN"
    "#);
    let json: Value = serde_json::from_str(&json).unwrap();
    let card = &json["cards"][0];
    assert_eq!(card["mobile"], "[redacted]");
    assert_eq!(
        card["tokenizations"]["mobileWalletTokenizations"][0]["walletType"],
        "GOOGLE_PAY"
    );
    assert_eq!(json["meta"]["limit"], 1);
}

#[test]
fn customer_cards_in_every_way() {
    let [table, json, csv] = in_every_way(&["ibanera", "customer-cards", "--page-size", "2"]);
    assert!(table.starts_with("CUSTOMER  CARD ID"));
    assert!(csv.starts_with("customersId,customersReference,id,number,currency,totalBalance,"));
    // Money keeps the digits it came with.
    assert!(json.contains("\"pendingBalance\": 50.50"));
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["details"].as_array().unwrap().len(), 2);
    assert_eq!(
        (&json["status"], &json["pageSize"]),
        (&"1".into(), &2.into())
    );
}

#[test]
fn cards_by_customer_in_every_way() {
    let [table, _, csv] =
        in_every_way(&["ibanera", "cards-by-customer", "--customers-id", "11057"]);
    assert!(table.contains("1250.75    1200.25    50.50"), "{table}");
    assert_eq!(csv.lines().count(), 5);
}

#[test]
fn all_pages() {
    let call = [
        "paysafe",
        "prepaid-cards",
        "--customer-id",
        "87654321",
        "--all",
        "--limit",
        "50",
    ];
    let [_, json, csv] = in_every_way(&call);
    assert_eq!(csv.lines().count(), 1 + 137);
    let json: Value = serde_json::from_str(&json).unwrap();
    // The pages as they came.
    let pages = json.as_array().unwrap();
    let cards = |page: &Value| page["cards"].as_array().unwrap().len();
    assert_eq!(Vec::from_iter(pages.iter().map(cards)), [50, 50, 37]);
    assert_eq!(json[1]["meta"]["offset"], 50);

    let [_, json, _] = in_every_way(&["ibanera", "customer-cards", "--all", "--page-size", "5"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    let pages = json.as_array().unwrap();
    let customers = |page: &Value| page["details"].as_array().unwrap().len();
    assert_eq!(Vec::from_iter(pages.iter().map(customers)), [5, 5, 5, 5, 3]);
    assert_eq!(json[4]["pageNumber"], 5);
}

#[test]
fn what_was_read_before_a_page_failed_is_printed() {
    let paysafe = r#"{"cards":[{"cardId":"C1","status":"ACTIVE"}],"meta":{"numberOfRecords":1,"limit":1,"offset":0,"page":1}}"#;
    let ibanera = r#"{"status":"1","errors":[],"id":0,"details":[{"customersId":7,"customersReference":"R7","cards":[{"id":71,"currency":"usd","cardNumber":"424242******4242","totalBalance":1.50}]}],"pageSize":1,"pageNumber":1,"numberOfPages":2}"#;
    let lists: [(&[&str], &str); 2] = [
        (
            &["paysafe", "prepaid-cards", "--customer-id=1", "--limit=1"],
            paysafe,
        ),
        (&["ibanera", "customer-cards", "--page-size=1"], ibanera),
    ];
    for (call, page) in lists {
        for backend in BACKENDS {
            for format in FORMATS {
                let url = answer_each(vec![reply("200 OK", page), reply("400 Bad Request", "{}")]);
                let mut command = cards(call);
                command
                    .env("CARDS_PAYSAFE_TOKEN", "t")
                    .env("CARDS_IBANERA_TOKEN", "t")
                    .env("CARDS_IBANERA_TOTP_TEXT", "text")
                    .args(["--all", "--base-url", &url])
                    .args(["--backend", backend, "--output", format]);
                let (code, out, err) = run(&mut command);
                assert_eq!(code, 1, "{call:?} {backend} {format}: {err}");
                let said = format!("the list is not complete: {} ", call[0]);
                let begins = match format {
                    "json" => r#"{"kind":"http","#.to_owned(),
                    _ => format!("error: {said}"),
                };
                assert!(err.starts_with(&begins) && err.contains(&said), "{err}");
                assert!(err.contains("HTTP 400"), "{err}");
                match (call[0], format) {
                    ("paysafe", "table") => {
                        assert!(out.starts_with("CARD ID") && out.contains("\nC1 "), "{out}");
                    }
                    ("paysafe", "csv") => assert!(out.contains("\n,C1,"), "{out}"),
                    ("paysafe", _) => {
                        let json: Value = serde_json::from_str(&out).unwrap();
                        assert_eq!(json[0]["cards"][0]["cardId"], "C1");
                    }
                    (_, "table") => assert!(
                        out.starts_with("CUSTOMER") && out.contains(" 1.50"),
                        "{out}"
                    ),
                    (_, "csv") => assert!(out.contains("\n7,R7,71,"), "{out}"),
                    _ => {
                        let json: Value = serde_json::from_str(&out).unwrap();
                        assert_eq!(json[0]["details"][0]["customersId"], 7);
                    }
                }
            }
        }
    }
}

#[test]
fn where_the_first_page_fails_there_is_nothing_to_print() {
    let url = answer_each(vec![reply("400 Bad Request", "{}")]);
    let mut command = cards(&["paysafe", "prepaid-cards", "--customer-id=1", "--all"]);
    command.env("CARDS_PAYSAFE_TOKEN", "t");
    let (code, out, err) = run(command.args(["--base-url", &url]));
    assert_eq!((code, &*out), (1, ""));
    assert!(err.starts_with("error: paysafe "), "{err}");
}

#[test]
fn one_page_tells_that_there_are_more() {
    let sandbox = sandbox();
    let call = ["paysafe", "prepaid-cards", "--customer-id", "87654321"];
    for (format, says) in [
        ("table", "there are more: --all brings them\n"),
        ("csv", "there are more: --all brings them\n"),
        // It has the page's place in it.
        ("json", ""),
    ] {
        let (code, _, err) = run(cards_at(&sandbox, &call).args(["--output", format]));
        assert_eq!((code, &*err), (0, says));
    }
}

#[test]
fn nothing_found_is_no_failure() {
    let sandbox = sandbox();
    let mut call = cards_at(
        &sandbox,
        &["paysafe", "prepaid-cards", "--customer-id", "12345678"],
    );
    let (code, out, _) = run(call.args(["--offset", "500"]));
    assert_eq!((code, &*out), (0, "nothing found\n"));
}

#[test]
fn a_refusal_is_a_failure_and_the_body_is_shown_when_asked_for() {
    let sandbox = sandbox();
    let call = ["ibanera", "cards-by-customer", "--customers-id", "5"];
    let (code, out, err) = run(&mut cards_at(&sandbox, &call));
    assert_eq!((code, &*out), (3, ""));
    insta::assert_snapshot!(err, @"
    error: ibanera cards-by-customer: refused: Invalid: customersId Invalid (HTTP 400, 99 bytes)
      sandbox: there is no such customer
      hint: --show-body prints what the server sent
    ");
    let (_, _, err) = run(cards_at(&sandbox, &call).arg("--show-body"));
    insta::assert_snapshot!(err, @r#"
    error: ibanera cards-by-customer: refused: Invalid: customersId Invalid (HTTP 400, 99 bytes)
      sandbox: there is no such customer
      reply: HTTP 400 Bad Request, application/json
    {"status":"0","errors":[{"fieldName":"customersId","messageCode":"Invalid"}],"id":0,"details":null}
    "#);
}

#[test]
fn a_reply_cannot_command_the_terminal() {
    let body = "<html>\u{1b}[2J\u{7}gone</html>";
    let url = answer_once(format!(
        "HTTP/1.1 404 Not Found\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    ));
    let mut command = cards(&[
        "paysafe",
        "prepaid-cards",
        "--customer-id",
        "1",
        "--show-body",
    ]);
    let (code, _, err) = run(command
        .env("CARDS_PAYSAFE_TOKEN", "t")
        .args(["--base-url", &url]));
    assert_eq!(code, 1);
    assert!(!err.contains('\u{1b}') && !err.contains('\u{7}'), "{err:?}");
    assert!(err.contains("gone</html>"));
}

#[test]
fn an_unknown_outcome_is_told_as_such() {
    for backend in BACKENDS {
        let url = answer_once(String::new());
        let mut command = cards(&["airpay", "update-customer", "--entity-id", "E1"]);
        command
            .env("CARDS_AIRPAY_TOKEN", "t")
            .env("CARDS_AIRPAY_SECRET_KEY", "s");
        let (code, _, err) = run(command.args(["--base-url", &url, "--backend", backend]));
        assert_eq!(code, 6);
        assert!(
            err.starts_with("error: airpay update-customer: outcome unknown: "),
            "{err}"
        );
    }
}

#[test]
fn nobody_there_is_a_failure() {
    let mut command = cards(&["airpay", "update-customer", "--entity-id", "E1"]);
    command
        .env("CARDS_AIRPAY_TOKEN", "t")
        .env("CARDS_AIRPAY_SECRET_KEY", "s");
    let (code, _, err) = run(command.args(["--base-url", "http://127.0.0.1:1"]));
    assert_eq!(code, 5);
    insta::assert_snapshot!(err, @"
    error: airpay update-customer: no connection after 3 attempts
      caused by: Connection refused
      hint: is the server up, and is the address right? --base-url is http://127.0.0.1:1
    ");
}

#[test]
fn a_log_on_request_shows_no_secret() {
    let sandbox = sandbox();
    let mut command = cards_at(&sandbox, &["-vv", "airpay", "register-user", "--json", "-"]);
    command
        .write_stdin(registration().to_string())
        .env("RUST_LOG", "trace");
    let (code, _, err) = run(&mut command);
    assert_eq!(code, 0);
    assert!(err.contains("register-user"), "{err}");
    assert_no_secret(&err);
}

/// A reply that is the last of its connection.
fn reply(status: &str, json: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n{json}",
        json.len()
    )
}

fn answer_once(reply: String) -> String {
    answer_each(vec![reply])
}

/// Serves a connection for each reply: reads what fits into one read, answers,
/// closes.
fn answer_each(replies: Vec<String>) -> String {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", server.local_addr().unwrap());
    thread::spawn(move || {
        for reply in replies {
            let (mut stream, _) = server.accept().unwrap();
            let mut request = [0; 4096];
            let length = stream.read(&mut request).unwrap();
            assert!(length > 0);
            stream.write_all(reply.as_bytes()).unwrap();
        }
    });
    url
}
