//! `cards sandbox logs`, `faults`, `clock`, `reset` and `world`

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::Value;

use super::super::outcomes::NOBODY;
use super::super::{SECRETS, cards, cards_at, run, sandbox};
use super::{control, json, succeeds};

#[test]
fn the_journal_is_told_in_each_form() {
    let sandbox = sandbox();
    let url = sandbox.url();
    assert_eq!(succeeds(&url, &["logs"]), "");
    let read = ["paysafe", "prepaid-cards", "--customer-id", "12345678"];
    assert_eq!(run(&mut cards_at(&sandbox, &read)).0, 0);
    let unknown = [
        "airpay",
        "update-customer",
        "--entity-id",
        "E1",
        "--city",
        "Kochi",
    ];
    assert_eq!(run(&mut cards_at(&sandbox, &unknown)).0, 3);

    let all = succeeds(&url, &["logs"]);
    assert!(
        all.contains("GET paysafe list-prepaid-cards 200 accepted"),
        "{all}"
    );
    assert!(
        all.contains("POST airpay update-customer 200 refused"),
        "{all}"
    );
    for (only, count) in [
        (&["--refused"][..], 1),
        (&["--provider", "PAYSAFE"], 1),
        (&["--operation", "update-customer"], 1),
        (&["-n", "1"], 1),
        (&["-n", "5"], 2),
        (&["--provider", "ibanera"], 0),
    ] {
        let told = json(&url, &[&["logs"], only].concat());
        assert_eq!(
            told["exchanges"].as_array().unwrap().len(),
            count,
            "{only:?}"
        );
        let csv = succeeds(&url, &[&["logs", "-o", "csv"], only].concat());
        assert_eq!(csv.lines().count(), 1 + count, "{csv}");
    }
    let (code, out, err) = control(&url, &["logs", "--operation", "nope"]);
    assert_eq!((code, &*out), (3, ""));
    assert!(
        err.contains("operation: has to be one of register-user"),
        "{err}"
    );
    assert!(err.contains("update-customer"), "{err}");
}

#[test]
fn values_are_told_where_they_are_kept() {
    let sandbox = cards_sandbox::Sandbox::builder().keep_values();
    let sandbox = sandbox.start_blocking().unwrap();
    let url = sandbox.url();
    let city = "Ko\u{1b}[31mchi\nforged 7 refused";
    let update = [
        "airpay",
        "update-customer",
        "--no-validate",
        "--entity-id",
        "E1",
        "--city",
        city,
    ];
    let read = [
        "paysafe",
        "prepaid-cards",
        "--customer-id",
        "12345678",
        "--limit",
        "1",
    ];
    for call in [&update[..], &read] {
        run(&mut cards_at(&sandbox, call));
    }
    let told = succeeds(&url, &["logs"]);
    for line in [
        "    request entity_id = \"E1\"\n",
        "    header token = \"[redacted]\"\n",
        "    path customerId = \"12345678\"\n",
        "    query limit = \"1\"\n",
        "    reply cards[0].isPinSet = ",
    ] {
        assert!(told.contains(line), "{line} in {told}");
    }
    assert!(told.contains("chi") && !told.contains('\u{1b}'), "{told}");
    assert!(
        !told.lines().any(|line| line.starts_with("forged")),
        "{told}"
    );
    let values = &json(&url, &["logs", "-n", "1"])["exchanges"][0]["values"];
    assert_eq!(values["request"]["values"][0]["value"], "12345678");
    let without = self::sandbox();
    run(&mut cards_at(&without, &read));
    assert!(!succeeds(&without.url(), &["logs"]).contains("12345678"));
}

#[test]
fn the_journal_is_followed() {
    let sandbox = sandbox();
    let url = sandbox.url();
    let args = ["sandbox", "logs", "--follow", "--url", &url, "-o", "json"];
    let mut following = std::process::Command::new(env!("CARGO_BIN_EXE_cards"))
        .args(args)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let out = BufReader::new(following.stdout.take().unwrap());
    let (sender, lines) = std::sync::mpsc::channel();
    std::thread::spawn(move || out.lines().try_for_each(|line| sender.send(line)));
    for id in 1..=3 {
        let read = ["paysafe", "prepaid-cards", "--customer-id", "12345678"];
        assert_eq!(run(&mut cards_at(&sandbox, &read)).0, 0);
        let line = lines.recv_timeout(std::time::Duration::from_secs(60));
        let line = line.unwrap().unwrap();
        let exchange: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(exchange["id"], id);
    }
    following.kill().unwrap();
    following.wait().unwrap();
    for nothing_is_asked in [&*url, NOBODY] {
        let (code, _, err) = control(nothing_is_asked, &["logs", "--follow", "-o", "csv"]);
        assert_eq!(code, 2);
        assert!(err.contains("--output table, json or ndjson"), "{err}");
    }
}

#[test]
fn a_fault_is_ordered_fires_and_is_removed() {
    let sandbox = sandbox();
    let url = sandbox.url();
    let order = ["faults", "add", "Status", "--status", "503", "--times", "1"];
    let only = ["--provider", "paysafe", "--header", "retry-after: 7"];
    let added = json(&url, &[&order[..], &only].concat());
    assert_eq!(added["fault"], "status");
    assert_eq!(added["headers"]["retry-after"], "7");
    let read = ["paysafe", "prepaid-cards", "--customer-id", "12345678"];
    assert_eq!(run(&mut cards_at(&sandbox, &read)).0, 0, "it is sent again");
    let list = json(&url, &["faults"]);
    assert_eq!(
        (&list["faults"][0]["fired"], &list["faults"][0]["spent"]),
        (&1.into(), &true.into())
    );
    let table = succeeds(&url, &["faults", "list"]);
    assert!(table.contains("status 503"), "{table}");
    let id = added["id"].to_string();
    assert_eq!(
        succeeds(&url, &["faults", "remove", &id]),
        format!("fault {id} is removed\n")
    );
    let (code, _, err) = control(&url, &["faults", "remove", &id]);
    assert_eq!(code, 3);
    assert!(err.contains("no fault has this id"), "{err}");

    // Every kind can be asked for; one that needs a setting says so.
    for kind in cards_sandbox::FaultKind::ALL {
        let (code, out, err) = control(&url, &["faults", "add", kind.as_str()]);
        match code {
            0 => assert!(out.contains(kind.as_str()), "{out}"),
            _ => assert!(
                code == 3 && err.contains("needs it") && err.contains("--millis"),
                "{err}"
            ),
        }
    }
    assert!(succeeds(&url, &["faults", "remove"]).starts_with("faults removed: "));
    assert_eq!(json(&url, &["faults"])["faults"], Value::Array(Vec::new()));
}

#[test]
fn what_a_change_has_brought_is_a_row_of_csv() {
    let sandbox = sandbox();
    let url = sandbox.url();
    succeeds(&url, &["faults", "add", "status", "--status", "503"]);
    for (change, row) in [
        (&["faults", "remove", "1"][..], "fault 1 is removed"),
        (&["faults", "remove"], "faults removed: 0"),
        (&["reset"], "everything is as it was at the start"),
    ] {
        let csv = succeeds(&url, &[change, &["-o", "csv"]].concat());
        assert_eq!(csv, format!("result\n{row}\n"));
    }
}

#[test]
fn the_clock_is_read_and_moved() {
    let sandbox = sandbox();
    let url = sandbox.url();
    assert_eq!(json(&url, &["clock"])["frozen"], false);
    assert_eq!(json(&url, &["clock", "stop"])["frozen"], true);
    let now = "2028-03-01T00:00:00.000Z";
    assert_eq!(json(&url, &["clock", "set", now])["now"], now);
    assert_eq!(
        json(&url, &["clock", "advance", "1d 2h"])["now"],
        "2028-03-02T02:00:00.000Z"
    );
    assert_eq!(
        json(&url, &["clock", "advance", "-2h"])["now"],
        "2028-03-02T00:00:00.000Z"
    );
    assert_eq!(json(&url, &["clock", "start"])["frozen"], false);
    assert_eq!(json(&url, &["clock", "reset"])["ahead"], 0);
    for (wrong, is, why) in [
        (["clock", "set", "tomorrow"], 3, "ISO 8601"),
        (["clock", "advance", "1mo"], 2, "such as 90s"),
    ] {
        let (code, out, err) = control(&url, &wrong);
        assert_eq!((code, &*out), (is, ""), "{wrong:?}");
        assert!(err.contains(why), "{err}");
    }
}

#[test]
fn the_world_is_shown_saved_replaced_and_reset() {
    let sandbox = sandbox();
    let url = sandbox.url();
    let table = succeeds(&url, &["world"]);
    for customer in [
        "AIRPAYCUST0001",
        "12345678",
        "11057",
        "1 Test Road",
        "Salt Lake City",
    ] {
        assert!(table.contains(customer), "{table}");
    }
    // One without cards has a row.
    assert!(
        table
            .lines()
            .any(|line| line.contains("11060") && line.contains(" - ")),
        "{table}"
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("world.json");
    let file = file.to_str().unwrap();
    assert_eq!(succeeds(&url, &["world", "save", file]), "");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let (code, _, err) = control(&url, &["world", "save", file]);
    assert_eq!(code, 1, "what is there is not overwritten");
    assert!(err.contains("cannot be written"), "{err}");
    let saved = std::fs::read_to_string(file).unwrap();
    assert_eq!(succeeds(&url, &["world", "save", "-"]), saved);

    let empty = folder.path().join("empty.json");
    std::fs::write(&empty, "\u{feff}{\"version\":1}").unwrap();
    succeeds(&url, &["world", "load", empty.to_str().unwrap()]);
    assert_eq!(succeeds(&url, &["world"]), "nothing found\n");
    succeeds(&url, &["world", "load", file]);
    assert_eq!(succeeds(&url, &["world"]), table);
    succeeds(&url, &["world", "load", empty.to_str().unwrap()]);
    assert_eq!(
        succeeds(&url, &["reset"]),
        "everything is as it was at the start\n"
    );
    assert_eq!(succeeds(&url, &["world"]), table);

    std::fs::write(&empty, "{\"airpayy\": 1}").unwrap();
    let (code, _, err) = control(&url, &["world", "load", empty.to_str().unwrap()]);
    assert_eq!(code, 3);
    assert!(
        err.contains("an unknown field") && err.contains("empty.json"),
        "{err}"
    );
    let (code, _, err) = control(&url, &["world", "load", "/nonexistent"]);
    assert_eq!(code, 2);
    assert!(
        err.contains("world load: cannot read the file /nonexistent"),
        "{err}"
    );
}

#[test]
fn where_no_sandbox_answers_each_command_says_so() {
    let nobody = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    for args in [
        &["logs"][..],
        &["logs", "--follow"],
        &["faults"],
        &["faults", "add", "lost-reply"],
        &["faults", "remove"],
        &["clock"],
        &["clock", "stop"],
        &["reset"],
        &["world"],
        &["world", "save", "-"],
        &["issuer", "paysafe", "expire", "--card", "c"],
        &["events"],
        &["events", "--follow"],
        &["events", "resend", "1"],
        &["receivers"],
        &["delivery-faults"],
        &["test-values"],
    ] {
        let (code, out, err) = control(&nobody, args);
        assert_eq!((code, &*out), (5, ""), "{args:?}");
        assert!(
            err.contains(&format!("no sandbox answers at {nobody}")),
            "{err}"
        );
        let (code, out, err) = control("MARKER secret", args);
        assert_eq!((code, &*out), (2, ""), "{args:?}");
        assert!(err.contains("--url: ") && !err.contains("MARKER"), "{err}");
    }
    // A server of something else: a provider's part of the sandbox.
    let sandbox = sandbox();
    let (code, _, err) = control(&format!("{}/elsewhere", sandbox.url()), &["clock"]);
    assert_eq!(code, 1);
    assert!(err.contains("no sandbox answers at"), "{err}");
    // Settings of one that serves have no place here.
    let (code, _, err) = run(&mut cards(&["sandbox", "--port", "0", "reset"]));
    assert_eq!(code, 2);
    assert!(err.contains("--port"), "{err}");
}

#[test]
fn test_values_are_listed_by_provider() {
    let sandbox = sandbox();
    let url = sandbox.url();
    let told = succeeds(&url, &["test-values"]);
    let has = |words: [&str; 3]| {
        let mut lines = told.lines().map(|line| line.split_whitespace().skip(1));
        lines.any(|cells| cells.take(3).eq(words))
    };
    assert!(has(["register-user", "card_no", "...00009409"]), "{told}");
    assert!(has(["user-login", "mobile_no", "6000000404"]), "{told}");
    let told = succeeds(&url, &["test-values", "--provider", "paysafe", "-o", "csv"]);
    let row = "paysafe,list-prepaid-cards,customerId,90005275,401,";
    assert!(told.contains(row) && !told.contains("airpay"), "{told}");
    let told = succeeds(&url, &["test-values", "-o", "json"]);
    assert!(told.contains(r#""messageCode": "Card_Active""#), "{told}");
    let (code, _, err) = control(&url, &["test-values", "--provider", "other"]);
    assert_eq!(code, 2, "{err}");
}

#[test]
fn no_secret_is_told() {
    let sandbox = sandbox();
    let url = sandbox.url();
    for args in [
        &["logs"][..],
        &["faults"],
        &["clock"],
        &["world"],
        &["world", "-o", "json"],
    ] {
        let told = succeeds(&url, args);
        // The sandbox's own people, whom it made up, were born on that day too.
        for secret in SECRETS.iter().filter(|one| **one != "1990-01-31") {
            assert!(!told.contains(secret), "{args:?}: {secret}");
        }
    }
}
