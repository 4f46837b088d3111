//! Bad flags, bad JSON, bad values: named, not repeated, exit code 2.

use std::fs;

use super::help::commands;
use super::{assert_no_secret, cards, cards_at, registration, run, sandbox};

#[test]
fn all_that_is_wrong_is_named_at_once_and_nothing_is_sent() {
    let sandbox = sandbox();
    let (code, out, err) = run(&mut cards_at(&sandbox, &["airpay", "register-user"]));
    assert_eq!((code, &*out), (2, ""));
    assert!(
        err.starts_with("error: not sent: airpay register-user: 21 fields break"),
        "{err}"
    );
    assert!(sandbox.exchanges().is_empty());
}

#[test]
fn a_broken_rule() {
    let sandbox = sandbox();
    let call = [
        "airpay",
        "update-customer",
        "--entity-id",
        "E1",
        "--pincode",
        "71417",
    ];
    let (code, _, err) = run(&mut cards_at(&sandbox, &call));
    assert_eq!(code, 2);
    assert!(!err.contains("71417"));
    insta::assert_snapshot!(err, @"
    error: not sent: airpay update-customer: 1 field breaks the document's rules
      pincode: exactly 6 digits in India (length; Airpay Update Customer, Request Body, pincode)
      hint: --waive pincode:length sends it as it is, --no-validate whatever it breaks
    ");
    let (code, _, err) = run(cards_at(&sandbox, &call).arg("--no-validate"));
    // The sandbox keeps the rules as well.
    assert_eq!(code, 3, "{err}");
    assert_eq!(sandbox.exchanges().len(), 1);
}

#[test]
fn an_expiry_that_a_document_does_not_have() {
    let sandbox = sandbox();
    let mut fields = registration();
    fields["doc_expiry"] = "".into();
    fields["doc_type"] = "PASSPORT".into();
    let with = |flags: &[&str], fields: &serde_json::Value| {
        let mut command = cards_at(&sandbox, &["airpay", "register-user", "--json", "-"]);
        run(command.args(flags).write_stdin(fields.to_string()))
    };
    let aadhaar = ["--doc-type", "AADHAAR"];
    let strict = ["--doc-type", "AADHAAR", "--doc-expiry-rule", "required"];
    for flags in [&[][..], &strict] {
        let (code, _, err) = with(flags, &fields);
        assert_eq!(code, 2);
        assert!(err.contains("\n  doc_expiry: "), "{err}");
    }
    assert!(sandbox.exchanges().is_empty());

    let flag = "--doc-expiry-may-be-empty";
    for flags in [
        &[flag][..],
        &["--doc-expiry-rule", "may-be-empty"],
        &aadhaar,
    ] {
        let (code, out, err) = with(&[flags, &["--dry-run"]].concat(), &fields);
        assert_eq!(code, 0, "{err}");
        assert!(out.contains("\ndoc_expiry=\n"), "{out}");
    }
    // It lets nothing else pass.
    let (code, _, err) = with(&[flag, "--doc-expiry", "2040-13-01"], &fields);
    assert_eq!(code, 2);
    assert!(err.contains("\n  doc_expiry: "), "{err}");
    let (code, _, err) = with(&[flag, "--city", "7"], &fields);
    assert_eq!(code, 2);
    assert!(err.contains("\n  city: "), "{err}");

    fields.as_object_mut().unwrap().remove("doc_expiry");
    let (code, _, err) = with(&aadhaar, &fields);
    assert_eq!((code, &*err), (0, ""));
    assert!(sandbox.exchanges()[0].accepted);
}

#[test]
fn a_single_rule_is_waived_by_flag_and_by_setting() {
    let sandbox = sandbox();
    let call = "airpay update-customer --entity-id 1 --city";
    let call: Vec<_> = call.split(' ').chain(["New Delhi", "--dry-run"]).collect();
    let with = |flags: &[&str], waived: &str| {
        let mut command = cards_at(&sandbox, &call);
        run(command.args(flags).env("CARDS_WAIVE", waived))
    };
    let (code, _, err) = with(&[], "");
    assert_eq!(code, 2);
    assert!(err.contains("--waive city:characters"), "{err}");
    for (flags, waived) in [
        (&["--waive", "city:characters"][..], ""),
        (&["--waive", "entity_id:length,city:characters"], ""),
        (
            &[
                "--waive",
                "entity_id:length",
                "--waive",
                "update-customer/city:characters",
            ],
            "",
        ),
        (&[], "city:characters"),
        (&[], " kit_no:length , airpay/city:characters"),
        (&["--waive", "entity_id:length"], "city:characters"),
    ] {
        let (code, out, err) = with(flags, waived);
        assert_eq!(code, 0, "{flags:?} {err}");
        assert!(!out.contains("Delhi"), "{out}");
    }
    for (flags, waived, says) in [
        (&["--waive", "kit_no:length"][..], "", "--waive: no field"),
        (
            &["--waive", "citty:length"],
            "",
            "--waive: no field `citty`: did you mean `city`?",
        ),
        (&["--waive", "city:lenght"], "", "did you mean `length`?"),
        (
            &["--waive", "city:format"],
            "",
            "--waive: city: it has no rule format",
        ),
        (
            &[],
            "citty:length",
            "CARDS_WAIVE: no field `citty`: did you mean `city`?",
        ),
        (
            &["--no-validate", "--waive", "city:length"],
            "",
            "cannot be used with",
        ),
    ] {
        let (code, _, err) = with(flags, waived);
        assert_eq!(code, 2, "{flags:?} {waived}");
        assert!(err.contains(says), "{err}");
    }
    assert!(sandbox.exchanges().is_empty());
}

#[test]
fn flags_win_over_json_and_read_files() {
    let sandbox = sandbox();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let mut fields = registration();
    fields["otp"] = "0000".into();
    fields["city"] = "7 is no letter".into();
    fs::write(path("customer.json"), fields.to_string()).unwrap();
    fs::write(path("otp"), "1234\n").unwrap();

    let mut command = cards_at(&sandbox, &["airpay", "register-user", "--json"]);
    command.args([
        &*path("customer.json"),
        "--otp",
        &format!("@{}", path("otp")),
    ]);
    let (code, _, err) = run(command.args(["--city", "Kochi"]));
    assert_eq!((code, &*err), (0, ""));
}

#[test]
fn a_file_that_is_not_there() {
    let mut command = cards(&["airpay", "register-user", "--otp", "@nowhere/otp"]);
    let (code, _, err) = run(&mut command);
    assert_eq!(code, 2);
    insta::assert_snapshot!(err, @"
    error: --otp: cannot read the file after @, which is not repeated: it may be the value
      caused by: No such file or directory
      hint: check the path, which begins at the folder that cards was started in;
      @FILE reads a value from a file, and a text that begins with @ is written @@
    ");
}

#[test]
fn a_password_that_begins_with_an_at_sign() {
    let call = ["airpay", "register-user", "--password"];
    let (code, out, err) = run(cards(&call).arg("@Passw0rd99"));
    assert_eq!((code, &*out), (2, ""));
    insta::assert_snapshot!(err, @"
    error: --password: cannot read the file after @, which is not repeated: it may be the value
      caused by: No such file or directory
      hint: check the path, which begins at the folder that cards was started in;
      @FILE reads a value from a file, and a text that begins with @ is written @@
    ");
    let (_, _, err) = run(cards(&call).arg("@@Passw0rd99"));
    assert!(!err.contains("cannot read") && !err.contains("Passw0rd99"));
}

/// A script passes ids on from elsewhere, and is to send no file with them.
#[test]
fn a_flag_reads_a_file_where_its_help_says_so_and_only_there() {
    let mut read = 0;
    for command in commands() {
        let (_, help, _) = run(cards(&command).arg("--help"));
        let flags = help.lines().filter_map(|line| {
            let flag = line.trim_start().trim_start_matches("-o, ");
            let (flag, value) = flag.strip_prefix("--")?.split_once(" <")?;
            Some((flag, value.split_once('>')?.0))
        });
        let flags: Vec<_> = flags.collect();
        // Of the codes, the flag says it.
        let are_told = flags
            .iter()
            .any(|(flag, value)| *flag != "otp" && value.ends_with("|@FILE"));
        let is_airpay = command[0] == "airpay";
        assert_eq!(
            help.contains("@@ begins"),
            are_told || is_airpay && help.contains("otp <")
        );
        for (flag, value) in flags {
            let mut command = cards(&command);
            command.args([
                "--no-validate",
                "--dry-run",
                &format!("--{flag}=@/nonexistent/MARKER"),
            ]);
            let (_, _, err) = run(&mut command);
            let reads = err.contains("cannot read the file after @");
            assert_eq!(reads, value.ends_with("|@FILE"), "{command:?}: {err}");
            read += usize::from(reads);
        }
    }
    assert!(read > 40, "{read}");
}

#[test]
fn an_id_that_begins_with_an_at_sign_is_sent_as_it_is() {
    let sandbox = sandbox();
    let call = [
        "airpay",
        "card-balance",
        "--dry-run",
        "--output=curl",
        "--entity-id",
    ];
    for id in ["@/etc/hostname", "@@E1", "@-"] {
        let (code, out, _) = run(cards_at(&sandbox, &call).arg(id));
        assert_eq!(code, 0);
        assert!(out.contains(&format!("'entity_id={id}'")), "{out}");
    }
}

#[test]
fn json_that_cannot_be_used() {
    let says = |json: &str, provider: &str, call: &str| {
        let mut command = cards(&[provider, call, "--json", "-"]);
        let (code, out, err) = run(command.write_stdin(json));
        assert_eq!((code, &*out), (2, ""));
        assert!(!err.contains("MARKER") && !err.contains("7141"), "{err}");
        err
    };
    insta::assert_snapshot!(says("{\"otp\": MARKER}", "airpay", "register-user"), @"error: --json: no JSON at line 1, column 9");
    insta::assert_snapshot!(says("[\"MARKER\"]", "airpay", "register-user"), @"error: --json: an object with the request's fields is wanted");
    insta::assert_snapshot!(says("{\"entity\": \"MARKER\", \"type\": \"x\"}", "airpay", "customer-preference"), @"error: --json: airpay customer-preference has no field `entity`; it has entity_id, status, type");
    insta::assert_snapshot!(says("{\"entity_id\": {\"a\": 7141}}", "airpay", "customer-preference"), @"error: airpay customer-preference: `entity_id` must be a text");
    insta::assert_snapshot!(says("{\"customerId\": \"1\", \"limit\": \"7141\"}", "paysafe", "prepaid-cards"), @"error: paysafe list-prepaid-cards: `limit` must be a whole number, not negative");
    insta::assert_snapshot!(says("{\"customerId\": \"1\", \"status\": \"MARKER\"}", "paysafe", "prepaid-cards"), @"error: paysafe list-prepaid-cards: `status` must be a list of texts");
    insta::assert_snapshot!(says("{\"customersId\": 7141.5}", "ibanera", "cards-by-customer"), @"error: ibanera cards-by-customer: `customersId` must be a whole number");
}

#[test]
fn flags_that_cannot_be_used() {
    let says = |args: &[&str]| {
        let (code, out, err) = run(&mut cards(args));
        assert_eq!((code, &*out), (2, ""));
        err
    };
    let stray = says(&["airpay", "register-user", "4622940000003713"]);
    assert_no_secret(&stray);
    insta::assert_snapshot!(stray, @"
    error: unexpected argument '[a value] after register-user' found

    Usage: cards airpay register-user [OPTIONS]

    For more information, try '--help'.
    ");
    assert_no_secret(&says(&["airpay", "4622940000003713"]));
    assert_no_secret(&says(&[
        "airpay",
        "register-user",
        "--dry-run=4622940000003713",
    ]));
    insta::assert_snapshot!(says(&["airpay", "registre-user"]), @"
    error: unrecognized subcommand 'registre-user'

      tip: a similar subcommand exists: 'register-user'

    Usage: cards airpay [OPTIONS] <COMMAND>

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(says(&["airpay", "Secretpassword"]), @"
    error: unrecognized subcommand '[a value] after airpay'

    Usage: cards airpay [OPTIONS] <COMMAND>

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(says(&["airpay", "register-user", "--card-no4622940000003713"]), @"
    error: unexpected argument '--card-no...' found

      tip: a similar argument exists: '--card-no'

    Usage: cards airpay register-user --card-no <DIGITS|@FILE>

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(says(&["airpay", "register-user", "--passwordSecretpassword"]), @"
    error: unexpected argument '--password...' found

      tip: a similar argument exists: '--password'

    Usage: cards airpay register-user --password <TEXT|@FILE>

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(says(&["airpay", "register-user", "-4622940000003713"]), @"
    error: unexpected argument '[a value] after register-user' found

    Usage: cards airpay register-user [OPTIONS]

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(says(&["airpay", "register-user", "--json", "4622940000003713"]), @"
    error: --json: cannot read the file that it names, which is not repeated: it may be a value
      caused by: No such file or directory
      hint: check the path, which begins at the folder that cards was started in
    ");
    insta::assert_snapshot!(says(&["sign", "--city4622940000003713"]), @"
    error: unexpected argument '--city...' found

    Usage: cards sign [OPTIONS] [NAME=VALUE]...

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(says(&["paysafe", "prepaid-cards", "--limit", "4622940000003713"]), @"
    error: invalid value '[a value]' for '--limit <N>': the number is too large

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(says(&["paysafe", "prepaid-cards", "--output", "4622940000003713"]), @"
    error: invalid value '[a value]' for '--output <FORMAT>'
      [possible values: table, json, ndjson, csv, curl]

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(says(&["paysafe", "prepaid-cards", "--output"]), @"
    error: a value is required for '--output <FORMAT>' but none was supplied
      [possible values: table, json, ndjson, csv, curl]

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(says(&["ibanera", "cards-by-customer", "--customers-id", "4622940000003713X"]), @"
    error: invalid value '[a value]' for '--customers-id <N>': a whole number is wanted

    For more information, try '--help'.
    ");
    let unknown = says(&["airpay", "register-user", "--card-nu=4622940000003713"]);
    assert_no_secret(&unknown);
    assert!(
        unknown.contains("unexpected argument '--card...'") && unknown.contains("'--card-no'"),
        "{unknown}"
    );
    assert!(says(&["paysafe", "prepaid-cards", "--limit", "many"]).contains("--limit <N>"));
    assert!(says(&["paysafe", "prepaid-cards", "--timeout", "0"]).contains("a number of seconds"));
    assert!(
        says(&["paysafe", "prepaid-cards", "--output", "xml"]).contains("table, json, ndjson, csv")
    );
    assert!(says(&["paysafe"]).contains("Usage: cards paysafe"));
    let url = says(&[
        "paysafe",
        "prepaid-cards",
        "--customer-id",
        "1",
        "--base-url",
        "https://u:MARKER@h",
    ]);
    assert_no_secret(&url);
    insta::assert_snapshot!(url, @"error: --base-url: a base URL has no user, query or fragment, such as https://api.paysafe.com/digitalwallets/v1");
    insta::assert_snapshot!(
        says(&["paysafe", "prepaid-cards", "--customer-id", "1", "--base-url", "http://example.com"]),
        @"error: --base-url: plain http is for this machine only; use https, such as https://api.paysafe.com/digitalwallets/v1"
    );
}

#[test]
fn a_wrong_address_is_told_beside_one_of_that_provider() {
    for (call, example) in [
        (
            &["airpay", "update-customer"],
            "https://kraken.airpay.co.in",
        ),
        (
            &["paysafe", "prepaid-cards"],
            "https://api.paysafe.com/digitalwallets/v1",
        ),
        (
            &["ibanera", "customer-cards"],
            "https://public-api.ibanera.com",
        ),
    ] {
        let (code, _, err) = run(cards(call).arg("--base-url=127.0.0.1"));
        assert_eq!(code, 2);
        let says = "--base-url: not a URL with a scheme and a host, such as";
        assert_eq!(err, format!("error: {says} {example}\n"));
    }
}
