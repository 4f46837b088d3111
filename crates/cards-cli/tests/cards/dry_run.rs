//! `--dry-run`: shows the request, hides its values, sends nothing.

use super::{assert_no_secret, cards, cards_at, registration, run, sandbox};

/// An address at which nobody listens: whatever is sent fails.
const NOBODY: &str = "http://127.0.0.1:1";

/// The output that was shown, whatever the version.
fn shown(out: &str) -> String {
    out.replace(env!("CARGO_PKG_VERSION"), "[version]")
}

#[test]
fn register_user() {
    let sandbox = sandbox();
    let mut command = cards_at(
        &sandbox,
        &["airpay", "register-user", "--json", "-", "--dry-run"],
    );
    command
        .args(["--base-url", NOBODY])
        .write_stdin(registration().to_string());
    let (code, out, err) = run(&mut command);
    assert_eq!((code, &*err), (0, "dry run: nothing was sent\n"));
    assert_no_secret(&out);
    let checksum = out
        .lines()
        .find(|line| line.starts_with("checksum: "))
        .unwrap();
    assert_eq!(checksum.len(), "checksum: ".len() + 64);
    insta::assert_snapshot!(shown(&out).replace(checksum, "checksum: [64 digits]"), @"
    POST http://127.0.0.1:1/airpay/ms/cards/api/register-user
    accept: application/json
    affiliate: [redacted]
    checksum: [64 digits]
    content-type: application/x-www-form-urlencoded
    processor-key: [redacted]
    user-agent: cards-transport/[version]
    content-length: 385

    mobile_no=[redacted]
    kit_no=KIT0001
    card_type=V
    card_no=462294******3713
    card_expiry=12/40
    first_name=[redacted]
    last_name=[redacted]
    title=Ms
    gender=[redacted]
    dob=[redacted]
    email=[redacted]
    address=[redacted]
    city=[redacted]
    state=[redacted]
    pincode=[redacted]
    doc_type=PASSPORT
    doc_number=[redacted]
    doc_expiry=[redacted]
    doc_country_issue=[redacted]
    otp=[redacted]
    password=[redacted]
    ");
    assert!(sandbox.exchanges().is_empty());
}

#[test]
fn reads_show_their_address_and_no_token() {
    let sandbox = sandbox();
    let mut command = cards_at(
        &sandbox,
        &["paysafe", "prepaid-cards", "--customer-id", "a b"],
    );
    command.args([
        "--status",
        "ACTIVE,LOCKED",
        "--dry-run",
        "--base-url",
        NOBODY,
    ]);
    let (_, out, _) = run(&mut command);
    insta::assert_snapshot!(shown(&out), @"
    GET http://127.0.0.1:1/customers/a%20b/prepaid/cards?status=ACTIVE,LOCKED
    accept: application/json
    authorization: Bearer [redacted]
    user-agent: cards-transport/[version]
    ");
    let mut command = cards_at(
        &sandbox,
        &["ibanera", "cards-by-customer", "--customers-id", "7"],
    );
    let (_, out, _) = run(command.args(["--dry-run", "--base-url", NOBODY]));
    insta::assert_snapshot!(shown(&out), @"
    GET http://127.0.0.1:1/api/v1/customer/cards/byuser?customersId=7
    accept: application/json
    authorization: Bearer [redacted]
    otp: [redacted]
    user-agent: cards-transport/[version]
    ");
}

#[test]
fn a_token_that_would_be_fetched_is_not() {
    let mut command = cards(&[
        "paysafe",
        "prepaid-cards",
        "--customer-id",
        "1",
        "--dry-run",
    ]);
    command
        .env("CARDS_PAYSAFE_BRAND", "b")
        .env("CARDS_PAYSAFE_CLIENT_ID", "MARKER1")
        .env("CARDS_PAYSAFE_CLIENT_SECRET", "MARKER2");
    let (code, out, err) = run(command.args(["--base-url", NOBODY]));
    assert_eq!(code, 0);
    assert!(out.starts_with("GET http://127.0.0.1:1/customers/1/prepaid/cards\n"));
    assert_no_secret(&out);
    insta::assert_snapshot!(err, @"
    dry run: the token would be fetched first, by logging in
    dry run: nothing was sent
    ");
}

#[test]
fn without_its_check_a_request_is_shown_as_it_is() {
    let sandbox = sandbox();
    let mut command = cards_at(&sandbox, &["airpay", "customer-preference", "--dry-run"]);
    command.args([
        "--no-validate",
        "--entity-id",
        "4622940000003713",
        "--type",
        "Marker\u{7}",
    ]);
    let (code, out, _) = run(&mut command);
    assert_eq!(code, 0);
    assert!(
        out.ends_with("\nentity_id=[redacted]\ntype=Marker\u{fffd}\n"),
        "{out}"
    );
    assert!(sandbox.exchanges().is_empty());
}

#[test]
fn what_could_not_be_sent_is_not_shown_either() {
    let sandbox = sandbox();
    let call = ["airpay", "customer-preference", "--dry-run"];
    let (code, out, err) = run(&mut cards_at(&sandbox, &call));
    assert_eq!((code, &*out), (2, ""));
    assert!(err.contains("entity_id: must be given"), "{err}");
}

#[test]
fn a_word_of_a_closed_list_is_sent_as_the_list_has_it() {
    let sandbox = sandbox();
    let call = "airpay customer-preference --entity-id 1 --status NotAllowed --type atm --dry-run";
    let call: Vec<_> = call.split(' ').collect();
    let (code, out, err) = run(&mut cards_at(&sandbox, &call));
    assert_eq!(code, 0, "{err}");
    assert!(
        out.ends_with("\nentity_id=1\nstatus=NOTALLOWED\ntype=ATM\n"),
        "{out}"
    );
    // Unless it is to be sent as it is.
    let (_, out, _) = run(cards_at(&sandbox, &call).arg("--no-validate"));
    assert!(out.ends_with("\nstatus=NotAllowed\ntype=atm\n"), "{out}");
    let call = "paysafe prepaid-cards --customer-id 1 --status active,Locked --include \
                tokenizations --dry-run";
    let call: Vec<_> = call.split(' ').collect();
    let (code, out, err) = run(cards_at(&sandbox, &call).args(["--backend", "UREQ"]));
    assert_eq!(code, 0, "{err}");
    assert!(
        out.contains("?status=ACTIVE,LOCKED&include=TOKENIZATIONS\n"),
        "{out}"
    );
    let call = "airpay customer-preference --entity-id 1 --status ALOWED --type ATM";
    let call: Vec<_> = call.split(' ').collect();
    let (code, _, err) = run(&mut cards_at(&sandbox, &call));
    assert_eq!(code, 2);
    assert!(err.contains("status: one of ALLOWED, NOTALLOWED"), "{err}");
    assert!(sandbox.exchanges().is_empty());
}

#[test]
fn as_a_curl_command_and_as_json() {
    let sandbox = sandbox();
    let with = |format: &str| {
        let call = ["airpay", "register-user", "--json", "-", "--dry-run"];
        let mut command = cards_at(&sandbox, &call);
        command.args([
            "--address",
            "it's 7 $HOME",
            "--no-validate",
            "--output",
            format,
        ]);
        let (code, out, err) = run(command.write_stdin(registration().to_string()));
        assert_eq!(code, 0, "{err}");
        assert_no_secret(&out);
        (out, err)
    };
    let (out, err) = with("curl");
    assert_eq!(err, "dry run: nothing was sent\n");
    let words = shlex::split(&out).unwrap();
    assert_eq!(words[..3], ["curl", "--request", "POST"]);
    assert!(
        words[3].ends_with("/airpay/ms/cards/api/register-user"),
        "{out}"
    );
    let after = |flag: &str| -> Vec<&str> {
        let pairs = words.windows(2).filter(|pair| pair[0] == flag);
        pairs.map(|pair| pair[1].as_str()).collect()
    };
    assert_eq!(after("--data-urlencode").len(), 21);
    assert!(after("--data-urlencode").contains(&"kit_no=KIT0001"));
    assert!(after("--data-urlencode").contains(&"otp=[redacted]"));
    assert!(after("--header").contains(&"affiliate: [redacted]"));

    let (out, err) = with("json");
    assert_eq!(err, "");
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (&json["method"], &json["is_sent"]),
        (&"POST".into(), &false.into())
    );
    assert_eq!(json["body"]["kit_no"], "KIT0001");
    assert_eq!(json["body"]["otp"], "[redacted]");
    assert_eq!(json["headers"]["affiliate"], "[redacted]");
    assert_eq!(with("ndjson").0.lines().count(), 1);
    assert!(sandbox.exchanges().is_empty());

    let call = [
        "paysafe",
        "prepaid-cards",
        "--customer-id=1",
        "--output=curl",
    ];
    let (code, out, err) = run(&mut cards_at(&sandbox, &call));
    assert_eq!((code, &*out), (2, ""));
    assert_eq!(
        err,
        "error: --output curl goes with --dry-run, which sends nothing\n"
    );
}

/// The check would stop some of these before they are shown.
#[test]
fn no_format_shows_a_card_number_in_an_address() {
    let sandbox = sandbox();
    let card = "4111111111111111";
    let calls = [
        (
            "paysafe prepaid-cards --customer-id",
            "/customers/[redacted]/prepaid/cards",
        ),
        (
            "paysafe prepaid-cards --customer-id 1 --include",
            "/customers/1/prepaid/cards?include=[redacted]",
        ),
        (
            "paysafe get-prepaid-card --customer-id 1 --card-id",
            "/customers/1/prepaid/cards/[redacted]",
        ),
        (
            "paysafe update-prepaid-card --customer-id 1 --status ACTIVE --card-id",
            "/customers/1/prepaid/cards/[redacted]",
        ),
        (
            "ibanera cards-by-customer --customers-id",
            "/api/v1/customer/cards/byuser?customersId=[redacted]",
        ),
    ];
    for (call, address) in calls {
        let call: Vec<_> = call.split(' ').collect();
        for format in ["table", "json", "ndjson", "curl"] {
            let mut command = cards_at(&sandbox, &call);
            command.args([
                card,
                "--header",
                &format!("x-card: {card}"),
                "--no-validate",
            ]);
            command.args(["--dry-run", "--base-url", NOBODY, "--output", format]);
            let (code, out, err) = run(&mut command);
            assert_eq!(code, 0, "{call:?} {format}: {err}");
            assert!(!out.contains(card) && !err.contains(card), "{out}{err}");
            assert!(out.contains(&format!("{NOBODY}{address}")), "{out}");
        }
    }
    assert!(sandbox.exchanges().is_empty());
}

/// A dry run shows values as they are sent, of which the checksum beside them is made.
#[test]
fn values_are_shown_as_they_would_be_sent() {
    let sandbox = sandbox();
    let id = "E1\u{200f}\tx'\\\u{1b}[2Jö";
    let shown = |format: &str| {
        let mut command = cards_at(&sandbox, &["airpay", "card-balance", "--entity-id", id]);
        command.args([
            "--no-validate",
            "--dry-run",
            "--base-url",
            NOBODY,
            "--output",
            format,
        ]);
        let (code, out, _) = run(&mut command);
        assert_eq!(code, 0, "{format}");
        assert!(!out.contains(['\u{200f}', '\t', '\u{1b}']), "{out:?}");
        out
    };
    for format in ["json", "ndjson"] {
        let json: serde_json::Value = serde_json::from_str(&shown(format)).unwrap();
        assert_eq!(json["body"]["entity_id"], id);
    }
    let curl = shown("curl");
    let word = r"--data-urlencode $'entity_id=E1\342\200\217\011x\'\\\033[2Jö'";
    assert!(curl.contains(word), "{curl}");
    let text = shown("table");
    assert!(
        text.contains("entity_id=E1\u{fffd}\u{fffd}x'\\\u{fffd}[2Jö\n"),
        "{text}"
    );

    let call = [
        "airpay",
        "card-balance",
        "--dry-run",
        "--no-validate",
        "--json=-",
        "--output",
    ];
    let of_nul = |format: &str| {
        let mut command = cards_at(&sandbox, &call);
        run(command
            .arg(format)
            .write_stdin("{\"entity_id\": \"a\\u0000b\"}"))
    };
    assert_eq!(of_nul("json").0, 0);
    let (code, out, err) = of_nul("curl");
    assert_eq!((code, &*out), (2, ""));
    assert!(err.contains("a value has a NUL character"), "{err}");
}

#[test]
fn a_request_is_no_csv() {
    let sandbox = sandbox();
    let call = [
        "airpay",
        "card-balance",
        "--entity-id=E1",
        "--dry-run",
        "--output=csv",
    ];
    let (code, out, err) = run(&mut cards_at(&sandbox, &call));
    assert_eq!((code, &*out), (2, ""));
    insta::assert_snapshot!(err, @"
    error: --output csv: a request is no table of rows
      hint: --dry-run prints it as table, json, ndjson or curl
    ");
}

#[test]
fn two_headers_of_one_name_are_refused() {
    let sandbox = sandbox();
    let call = ["airpay", "card-balance", "--entity-id=E1", "--dry-run"];
    let (code, out, _) = run(cards_at(&sandbox, &call).args(["--header=X: a", "--header=y: b"]));
    assert_eq!(code, 0);
    assert!(out.contains("\nx: [redacted]\ny: [redacted]\n"), "{out}");
    let mut of_flags = cards_at(&sandbox, &call);
    of_flags.args(["--header=X: MARKER", "--header=x: MARKER"]);
    let mut of_variable = cards_at(&sandbox, &call);
    of_variable.env("CARDS_HEADERS", "x: MARKER\nX : MARKER");
    for (mut command, set_by) in [(of_flags, "--header"), (of_variable, "CARDS_HEADERS")] {
        let (code, out, err) = run(&mut command);
        assert_eq!((code, &*out), (2, ""));
        let says =
            format!("error: {set_by}: two headers have one name, of which one can be sent\n");
        assert!(err.starts_with(&says) && !err.contains("MARKER"), "{err}");
    }
}
