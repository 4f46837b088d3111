//! `cards list`: the cards of several providers in one view.

use assert_cmd::Command;
use cards_sandbox::{Fault, Running, Sandbox, world};
use cards_transport::model::ProviderId;
use conformance::server::{RawServer, Reaction};
use serde_json::Value;

use super::outcomes::{NOBODY, always, json_reply};
use super::{assert_no_secret, cards, cards_at, run, sandbox};

const ALL: [&str; 8] = [
    "list",
    "--all-providers",
    "--airpay-customer",
    world::airpay::CUSTOMER,
    "--paysafe-customer",
    world::paysafe::CUSTOMER,
    "--ibanera-customer",
    "11057",
];

const CSV_HEAD: &str = "provider,customer_id,card_id,masked_number,kind,scheme,currency,state,\
                        expiry,total_balance,available_balance,pending_balance";

/// The settings of the sandbox for some providers alone.
fn only(sandbox: &Running, providers: &[&str], args: &[&str]) -> Command {
    let mut command = cards(args);
    let is_wanted = |name: &str| {
        let of = |provider: &&str| name.starts_with(&format!("CARDS_{}_", provider.to_uppercase()));
        providers.iter().any(of)
    };
    command.envs(
        sandbox
            .env()
            .into_iter()
            .filter(|(name, _)| is_wanted(name)),
    );
    command
}

/// A list of what one server has in Paysafe's place.
fn paysafe_alone(server: &RawServer, format: &str) -> Command {
    let mut command = cards(&["list", "--provider", "paysafe", "--paysafe-customer", "1"]);
    command.env("CARDS_PAYSAFE_BASE_URL", server.url());
    command.env("CARDS_PAYSAFE_TOKEN", "t");
    command.args(["--output", format]);
    command
}

fn json(text: &str) -> Vec<Value> {
    serde_json::from_str(text).unwrap()
}

/// The providers of the rows, each once.
fn providers(rows: &[Value]) -> Vec<&str> {
    let mut all: Vec<_> = rows
        .iter()
        .map(|row| row["provider"].as_str().unwrap())
        .collect();
    all.dedup();
    all
}

/// The number of cards that a command of one provider lists in a spreadsheet.
fn count(sandbox: &Running, args: &[&str]) -> usize {
    let (code, out, err) = run(cards_at(sandbox, args).args(["--output", "csv"]));
    assert_eq!((code, &*err), (0, ""), "{args:?}");
    out.lines().count() - 1
}

#[test]
fn the_cards_of_all_providers_are_in_one_table() {
    let sandbox = sandbox();
    let (code, out, err) = run(&mut cards_at(&sandbox, &ALL));
    assert_eq!((code, &*err), (0, ""));
    let head: Vec<_> = out.lines().next().unwrap().split_whitespace().collect();
    let columns = [
        "PROVIDER", "CARD", "NUMBER", "KIND", "STATE", "EXPIRY", "BALANCE",
    ];
    assert_eq!(head, columns);
    for provider in ["airpay", "paysafe", "ibanera"] {
        assert!(out.lines().any(|line| line.starts_with(provider)), "{out}");
    }
    assert!(out.contains("active") && out.contains(" USD"), "{out}");
    assert_no_secret(&out);
    assert_eq!(
        run(cards_at(&sandbox, &ALL).args(["--backend", "reqwest"])).1,
        out
    );
}

#[test]
fn every_format_has_every_card_of_the_providers_own_lists() {
    let sandbox = sandbox();
    let customer = ["--customer-id", world::paysafe::CUSTOMER_WITH_MANY, "--all"];
    let expected = [
        count(
            &sandbox,
            &[
                "airpay",
                "card-details",
                "--entity-id",
                world::airpay::CUSTOMER,
            ],
        ),
        count(
            &sandbox,
            &[&["paysafe", "prepaid-cards"], &customer[..]].concat(),
        ),
    ];
    let (code, out, err) = run(&mut cards_at(
        &sandbox,
        &["ibanera", "customer-cards", "--all", "-ojson"],
    ));
    assert_eq!((code, &*err), (0, ""));
    let customers = json(&out).into_iter().flat_map(|page| {
        let details = page["details"].as_array().unwrap().clone();
        details
            .into_iter()
            .map(|one| one["cards"].as_array().unwrap().len())
    });
    let ibanera: usize = customers.sum();
    let args = [
        "list",
        "--all-providers",
        "--airpay-customer",
        world::airpay::CUSTOMER,
        "--paysafe-customer",
        world::paysafe::CUSTOMER_WITH_MANY,
        // Named twice, listed once.
        "--paysafe-customer",
        world::paysafe::CUSTOMER_WITH_MANY,
        "--output",
    ];
    let printed = |format| {
        let (code, out, err) = run(cards_at(&sandbox, &args).arg(format));
        assert_eq!((code, &*err), (0, ""), "{format}");
        out
    };
    let rows = json(&printed("json"));
    let of = |provider| {
        rows.iter()
            .filter(|row| row["provider"] == provider)
            .count()
    };
    assert_eq!([of("airpay"), of("paysafe")], expected);
    assert_eq!(of("ibanera"), ibanera);
    assert_eq!(of("paysafe"), world::paysafe::MANY as usize);

    let lines = printed("ndjson");
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines, rows);

    let csv = printed("csv");
    assert!(csv.starts_with(CSV_HEAD), "{csv}");
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let names: Vec<_> = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    for (record, row) in reader.records().zip(&rows) {
        for (cell, name) in record.unwrap().iter().zip(&names) {
            match &row[name] {
                Value::Null => assert_eq!(cell, ""),
                Value::String(text) => assert_eq!(cell, text),
                number => assert_eq!(cell.parse::<f64>().unwrap(), number.as_f64().unwrap()),
            }
        }
        // Whose card it is.
        assert!(row["customer_id"].is_string(), "{row}");
    }
    assert_eq!(csv.lines().count() - 1, rows.len());
    let table = printed("table");
    for row in &rows {
        assert!(table.contains(row["card_id"].as_str().unwrap()), "{row}");
    }
}

/// A customer without cards is no failure: the list is whole, and empty.
#[test]
fn a_list_without_cards_is_empty_in_each_format() {
    let none = always(json_reply(
        "200 OK",
        r#"{"cards":[],"meta":{"numberOfRecords":0,"limit":50,"offset":0,"page":1}}"#,
    ));
    for (format, expected) in [
        ("json", "[]"),
        ("ndjson", ""),
        ("csv", CSV_HEAD),
        ("table", "nothing found"),
    ] {
        let (code, out, err) = run(&mut paysafe_alone(&none, format));
        assert_eq!((code, out.trim_end()), (0, expected), "{format}: {err}");
    }
}

#[test]
fn a_provider_without_settings_is_noted_and_no_failure() {
    let sandbox = sandbox();
    let args = [&["list", "--all-providers"], &ALL[2..4]].concat();
    let (code, out, err) = run(&mut only(&sandbox, &["airpay", "ibanera"], &args));
    assert_eq!(code, 0, "{err}");
    assert!(
        out.contains("\nibanera") && out.contains("\nairpay"),
        "{out}"
    );
    assert_eq!(err.lines().count(), 1, "{err}");
    assert!(
        err.starts_with("paysafe has no settings, and is left out"),
        "{err}"
    );
    // JSON tells nothing beside the cards.
    let mut command = only(&sandbox, &["airpay", "ibanera"], &args);
    let (code, out, err) = run(command.args(["--output", "json"]));
    assert_eq!((code, &*err), (0, ""));
    assert_eq!(providers(&json(&out)), ["airpay", "ibanera"]);
    // Who names a customer of it, or the provider, means it.
    let meant: [&[&str]; 2] = [
        &["list", "--all-providers", "--paysafe-customer", "1"],
        &[
            "list",
            "--provider",
            "ibanera",
            "--provider",
            "paysafe",
            "--paysafe-customer",
            "1",
        ],
    ];
    for args in meant {
        let (code, out, err) = run(&mut only(&sandbox, &["ibanera"], args));
        assert_eq!(code, 1, "{err}");
        assert!(out.contains("\nibanera"), "{out}");
        assert!(err.contains("error: paysafe: "), "{err}");
        assert!(err.contains("CARDS_PAYSAFE_TOKEN"), "{err}");
    }
}

#[test]
fn where_no_provider_has_settings_they_are_named() {
    let (code, out, err) = run(&mut cards(&ALL));
    assert_eq!((code, &*out), (2, ""));
    for told in [
        "no provider has settings",
        "airpay: ",
        "CARDS_AIRPAY_BASE_URL (airpay_base_url)",
        "paysafe: ",
        "ibanera: ",
        "cards help environment",
    ] {
        assert!(err.contains(told), "{told}: {err}");
    }
    let (code, out, err) = run(cards(&ALL).args(["--output", "ndjson"]));
    assert_eq!((code, &*out), (2, ""));
    let error: Value = serde_json::from_str(&err).unwrap();
    assert_eq!(
        (&error["kind"], &error["outcome"]),
        (&"config".into(), &"not_sent".into())
    );
}

#[test]
fn a_profile_has_the_settings_too() {
    let sandbox = sandbox();
    let mut profile = String::from("[profile.paysafe-alone]\n");
    for (name, value) in sandbox.env() {
        if name.starts_with("CARDS_PAYSAFE") {
            let key = name.trim_start_matches("CARDS_").to_lowercase();
            profile.push_str(&format!("{key} = {value:?}\n"));
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    std::fs::write(&file, profile).unwrap();
    super::config::make_private(&file);
    let mut command = cards(&["list", "--all-providers", "--profile", "paysafe-alone"]);
    let command = command.args(["--paysafe-customer", world::paysafe::CUSTOMER, "--config"]);
    let (code, out, err) = run(command.arg(&file));
    assert_eq!(code, 0, "{err}");
    assert!(
        out.contains("\npaysafe") && !out.contains("airpay"),
        "{out}"
    );
    assert_eq!(err.lines().count(), 2, "{err}");
}

#[test]
fn one_provider_fails_and_the_others_list_their_cards() {
    let broken = Fault::status(400).at(ProviderId::PAYSAFE);
    let sandbox = Sandbox::builder().fault(broken).start_blocking().unwrap();
    let (code, out, err) = run(&mut cards_at(&sandbox, &ALL));
    let alone = [
        "paysafe",
        "prepaid-cards",
        "--customer-id",
        world::paysafe::CUSTOMER,
    ];
    assert_eq!(code, run(&mut cards_at(&sandbox, &alone)).0, "{err}");
    assert_ne!(code, 0);
    assert!(
        out.contains("\nairpay") && out.contains("\nibanera"),
        "{out}"
    );
    assert!(!out.contains("\npaysafe"), "{out}");
    assert!(err.contains("paysafe list-prepaid-cards: "), "{err}");
    assert_no_secret(&err);
    for format in ["json", "ndjson"] {
        let (again, out, err) = run(cards_at(&sandbox, &ALL).args(["--output", format]));
        assert_eq!(again, code);
        assert!(out.contains("ibanera"), "{out}");
        let error: Value = serde_json::from_str(&err).unwrap();
        assert_eq!(error["provider"], "paysafe");
        assert_eq!(error["exit_code"], code);
    }
}

#[test]
fn a_list_that_breaks_off_is_printed_as_far_as_it_came() {
    let sandbox = sandbox();
    let paysafe = RawServer::deciding(|request| match request.target.contains("offset=2") {
        true => Reaction::json("400 Bad Request", r#"{"error":{"code":"5068"}}"#),
        false => Reaction::json(
            "200 OK",
            r#"{"cards":[{"cardId":"c0"},{"cardId":"c1"}],"meta":{"numberOfRecords":2,"limit":2,"offset":0}}"#,
        ),
    });
    let paysafe = paysafe.unwrap();
    let mut command = cards_at(&sandbox, &ALL);
    command.env("CARDS_PAYSAFE_BASE_URL", paysafe.url());
    let (code, out, err) = run(command.args(["--output", "json"]));
    assert_eq!(code, 3, "{err}");
    let rows = json(&out);
    assert_eq!(providers(&rows), ["airpay", "paysafe", "ibanera"]);
    let of_paysafe = rows.iter().filter(|row| row["provider"] == "paysafe");
    assert_eq!(of_paysafe.count(), 2);
    let error: Value = serde_json::from_str(&err).unwrap();
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("the list is not complete"), "{err}");
    // The warning says whose page it is about.
    let warning = error["warnings"][0].as_str().unwrap();
    assert!(warning.starts_with("paysafe list-prepaid-cards: "), "{err}");
}

#[test]
fn a_provider_that_needs_a_customer_says_with_which_flag() {
    let sandbox = sandbox();
    let (code, out, err) = run(&mut cards_at(&sandbox, &["list", "--all-providers"]));
    // Ibanera was called.
    assert_eq!(code, 1, "{err}");
    assert!(out.contains("\nibanera"), "{out}");
    for flag in ["--airpay-customer", "--paysafe-customer"] {
        assert!(err.contains(flag), "{err}");
    }
    assert_eq!(err.matches("error:").count(), 2, "{err}");
    let alone = ["list", "--provider", "AirPay", "--output", "json"];
    let (code, out, err) = run(&mut cards_at(&sandbox, &alone));
    assert_eq!((code, &*out), (2, ""));
    let error: Value = serde_json::from_str(&err).unwrap();
    assert_eq!(error["provider"], "airpay");
    // All of them are in the one object.
    let (_, _, err) = run(cards_at(&sandbox, &["list", "--all-providers"]).arg("-ojson"));
    let error: Value = serde_json::from_str(&err).unwrap();
    assert_eq!(error["exit_code"], 1);
    assert_eq!(error["outcome"], "failed");
    assert_eq!(error["others"][0]["provider"], "paysafe");
    assert_eq!(error["others"][0]["outcome"], "not_sent");
}

#[test]
fn nobodys_customer_keeps_none_of_the_others() {
    const UNKNOWN: &str = "40404040";
    let sandbox = sandbox();
    let mut args = ALL.to_vec();
    // One that is named again is asked for once, and counts as one more flag.
    args.extend(["--ibanera-customer", "11057"]);
    args.extend(["--ibanera-customer", UNKNOWN, "--output", "json"]);
    for flag in ["--airpay-customer", "--paysafe-customer"] {
        let at = args.iter().position(|arg| *arg == flag).unwrap();
        // Before the other.
        args.splice(at..at, [flag, UNKNOWN]);
    }
    let (code, out, err) = run(&mut cards_at(&sandbox, &args));
    assert_eq!(code, 3, "{err}");
    let (_, whole, _) = run(cards_at(&sandbox, &ALL).args(["--output", "json"]));
    assert_eq!(json(&out), json(&whole));
    let error: Value = serde_json::from_str(&err).unwrap();
    let others = error["others"].as_array().unwrap();
    let told: Vec<_> = [&error].into_iter().chain(others).collect();
    for (error, place) in told.iter().zip([
        "--airpay-customer, number 1",
        "--paysafe-customer, number 1",
        "--ibanera-customer, number 3",
    ]) {
        assert!(
            error["message"].as_str().unwrap().starts_with(place),
            "{error}"
        );
        assert_eq!(error["exit_code"], 3);
    }
    assert_eq!(told.len(), 3);
    assert!(!err.contains(UNKNOWN), "{err}");
}

#[test]
fn flags_that_do_not_go_together_are_told_and_nothing_is_sent() {
    let calls: [(&[&str], &str); 4] = [
        (&["list"], "--all-providers"),
        (
            &["list", "--all-providers", "--provider", "airpay"],
            "cannot be used with",
        ),
        (&["list", "--provider", "airpal"], "ibanera"),
        (
            &["list", "--provider", "ibanera", "--paysafe-customer", "1"],
            "--paysafe-customer is given, and paysafe is not listed",
        ),
    ];
    let sandbox = sandbox();
    for (args, told) in calls {
        let (code, out, err) = run(&mut cards_at(&sandbox, args));
        assert_eq!((code, &*out), (2, ""), "{args:?}");
        assert!(err.contains(told), "{err}");
    }
    assert_eq!(sandbox.exchanges().len(), 0);
}

#[test]
fn a_spreadsheet_runs_nothing_that_a_server_sends() {
    let page = r#"{"cards":[{"cardId":"=1+1","status":"@SUM(A1)","bin":"4622940000003713","lastFour":"000000371"}],"meta":{"numberOfRecords":1,"limit":50,"offset":0,"page":1}}"#;
    let server = always(json_reply("200 OK", page));
    for format in ["csv", "json", "ndjson", "table"] {
        let (code, out, err) = run(&mut paysafe_alone(&server, format));
        assert_eq!(code, 0, "{err}");
        assert_no_secret(&out);
        if format == "csv" {
            assert!(
                out.contains("1,'=1+1,") && out.contains(",'@SUM(A1),"),
                "{out}"
            );
        }
    }
}

#[test]
fn a_provider_that_is_not_reached_is_asked_once_whoever_else_is_named() {
    let sandbox = sandbox();
    let mut command = cards_at(&sandbox, &ALL);
    command.env("CARDS_PAYSAFE_BASE_URL", NOBODY);
    let (code, out, err) = run(command.args(["--paysafe-customer", "2"]));
    assert_eq!(code, 5, "{err}");
    assert!(
        out.contains("\nairpay") && out.contains("\nibanera"),
        "{out}"
    );
    assert_eq!(err.matches("error:").count(), 1, "{err}");
    assert!(err.contains("(1 more customer was not asked for)"), "{err}");
}

#[cfg(unix)]
#[test]
fn of_an_interrupted_list_the_cards_so_far_are_printed_and_nobody_else_is_asked() {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    let sandbox = sandbox();
    let silent = always(Reaction::SendAndStall(Vec::new()));
    let mut command = Command::new(env!("CARGO_BIN_EXE_cards"));
    command.env_clear().envs(sandbox.env()).args(ALL);
    command.env("CARDS_PAYSAFE_BASE_URL", silent.url());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let started = Instant::now();
    while silent.received().is_empty() {
        assert!(started.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(5));
    }
    let pid = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .unwrap()
            .success()
    );
    let output = child.wait_with_output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(130), "{out}");
    assert!(out.contains("\nairpay"), "{out}");
    let calls = sandbox.calls("list-customer-cards").unwrap();
    assert!(calls.is_empty() && sandbox.calls("cards-by-customer").unwrap().is_empty());
}
