//! `cards sign` and `cards verify`

use std::fs;

use super::{cards, run};

const PUBLISHED: &str = "e78ba833888b4be6ecc0c551770dadd53fbb0ea12e13627d6cbcc309af90773d";

/// Runs with the key of the published digest.
fn with_key(args: &[&str], stdin: &str) -> (i32, String, String) {
    let mut command = cards(args);
    command
        .env("CARDS_AIRPAY_SECRET_KEY", "test-secret")
        .write_stdin(stdin);
    let (code, out, err) = run(&mut command);
    for said in [&out, &err] {
        assert!(
            !said.contains("test-secret") && !said.contains("MARKER"),
            "{said}"
        );
    }
    (code, out, err)
}

#[test]
fn signs_what_it_is_given_however_it_is_given() {
    let expected = (0, format!("{PUBLISHED}\n"), String::new());
    let pairs = ["sign", "entity_id=E1", "status=ALLOWED", "type=ATM"];
    assert_eq!(with_key(&pairs, ""), expected);
    let form = ["sign", "--form", "-"];
    assert_eq!(
        with_key(&form, "entity_id=E1\nstatus=ALLOWED\ntype=ATM\n"),
        expected
    );
    assert_eq!(
        with_key(&form, "entity_id=E1&status=%41LLOWED&type=ATM\n"),
        expected
    );
    let curl = "curl -d entity_id=E1 \\\n --data-urlencode 'status=ALLOWED' -d type=ATM http://h/x";
    assert_eq!(with_key(&["sign", "--curl", "-"], curl), expected);

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("form");
    fs::write(&file, "entity_id=E1&status=ALLOWED&type=ATM").unwrap();
    assert_eq!(
        with_key(&["sign", "--form", file.to_str().unwrap()], ""),
        expected
    );
}

#[test]
fn a_single_field_is_decoded_where_it_is_urlencoded() {
    let signed = |stdin: &str| with_key(&["sign", "--form", "-"], stdin);
    let plain = with_key(&["sign", "city=New Delhi"], "");
    for line in [
        "city=New+Delhi",
        "city=New%20Delhi\r\n",
        "city=New Delhi",
        "c%69ty=New+Delhi",
    ] {
        assert_eq!(signed(line), plain, "{line}");
    }
    // A percent sign by itself encodes nothing, and several lines are as they are.
    assert_eq!(signed("a=5%"), with_key(&["sign", "a=5%"], ""));
    assert_eq!(
        signed("a=1+2\nb=3"),
        with_key(&["sign", "a=1+2", "b=3"], "")
    );
}

#[test]
fn a_curl_command_is_read_as_its_shell_reads_it() {
    let expected = (0, format!("{PUBLISHED}\n"), String::new());
    for command in [
        "curl -d entity_id=E1 \\\r\n  --data-urlencode 'status=ALLOWED' -d type=ATM http://h/x\r\n",
        "curl http://h/x -d 'entity_id=E1&status=ALLOWED&type=ATM';",
        "curl ^\"http://h/x^\" ^\r\n  --data-raw ^\"entity_id=E1^&status=^%^41LLOWED^&type=ATM^\"\r\n",
    ] {
        assert_eq!(
            with_key(&["sign", "--curl", "-"], command),
            expected,
            "{command}"
        );
    }
    let (code, out, err) = with_key(
        &["sign", "--curl", "-"],
        "curl -d 'entity_id=E1&status=ALLOWED&type=ATM' http://h/x | MARKER",
    );
    assert_eq!((code, out), (0, format!("{PUBLISHED}\n")));
    insta::assert_snapshot!(err, @"warning: --curl: line 1, column 59: the shell ends the command at `|`; what follows was not read");
}

#[test]
fn signs_in_the_order_asked_for() {
    let call = "customer-preference";
    let mixed = ["type=ATM", "entity_id=E1", "status=ALLOWED"];
    let sign = |order: &str| {
        let mut args = vec!["sign", "--operation", call, "--order", order];
        args.extend(mixed);
        with_key(&args, "").1
    };
    assert_ne!(sign("received"), format!("{PUBLISHED}\n"));
    for order in ["table", "example", "sorted"] {
        assert_eq!(sign(order), format!("{PUBLISHED}\n"), "{order}");
    }
}

#[test]
fn verify_matches() {
    let args = [
        "verify",
        "--checksum",
        PUBLISHED,
        "entity_id=E1",
        "status=ALLOWED",
        "type=ATM",
    ];
    let (code, out, err) = with_key(&args, "");
    assert_eq!((code, &*err), (0, ""));
    insta::assert_snapshot!(out, @"match: the checksum is made from 3 fields in the order received and the secret key");
}

#[test]
fn verify_explains_a_swapped_order() {
    // Signed in the order of the example, sent in that of the table.
    let signed = ["sign", "city=MARKER1", "state=MARKER2", "country=MARKER3"];
    let sum = with_key(&signed, "").1;
    let curl = format!(
        "curl --request POST 'https://kraken.airpay.co.in/airpay/ms/cards/api/update-customer' \\\n\
         --header 'token: MARKER' --header 'checksum: {}' \\\n\
         --data-urlencode 'country=MARKER3' --data-urlencode 'city=MARKER1' -d state=MARKER2",
        sum.trim()
    );
    let (code, out, err) = with_key(&["verify", "--curl", "-"], &curl);
    assert_eq!((code, &*err), (1, ""));
    insta::assert_snapshot!(out, @"
    mismatch: the checksum is not made from 3 fields in the order received and the secret key
    The sender hashed the values in the order of the request example, and then the secret, but sent them in another order. Send them as they are signed, or let the verifier use the order `example`.
    ");
    let (code, out, _) = with_key(&["verify", "--curl", "-", "--order", "example"], &curl);
    assert_eq!(code, 0);
    insta::assert_snapshot!(out, @"match: the checksum is made from 3 fields in the order of the request example and the secret key");
}

#[test]
fn a_recipe_signs_and_verifies() {
    // From Python: hashlib.sha256(b"test-secretE1|ATM").hexdigest()
    const MADE: &str = "5a57d728c695b08708c067d215db4a2be499e36478a99ac3e619410019619160";
    let order = ["--order", "received,joint=|,secret=first"];
    let fields = ["entity_id=E1", "type=ATM"];
    let sign = [&["sign"], &order[..], &fields].concat();
    assert_eq!(with_key(&sign, ""), (0, format!("{MADE}\n"), String::new()));
    let verify = [&["verify", "--checksum", MADE], &order[..], &fields].concat();
    let (code, out, _) = with_key(&verify, "");
    assert_eq!(code, 0);
    insta::assert_snapshot!(out, @"match: the checksum is made from 2 fields in the order received and the secret key, by the recipe `received,joint=|,secret=first`");
    let (code, _, err) = with_key(&["sign", "--order", "table,secret=middle", "a=1"], "");
    assert_eq!(code, 2);
    assert!(
        err.contains("secret of the recipe is wrong: expected `last`, `first`, `both` or `key`"),
        "{err}"
    );
}

#[test]
fn verify_finds_a_day_a_header_and_a_json_body_in_a_curl_command() {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = i64::try_from(now.unwrap().as_secs()).unwrap();
    let today = cards_transport::model::UtcOffset::INDIA.date(now);
    let verify = |hashed: &str, body: &str| {
        let sum = with_key(&["sign", "city=MARKER1", hashed], "").1;
        let curl = format!(
            "curl http://h/update-customer -H 'Token: MARKER2' -H 'checksum: {}' {body}\n",
            sum.trim()
        );
        let (code, out, _) = with_key(&["verify", "--curl", "-"], &curl);
        assert_eq!(code, 1);
        out.lines().skip(1).collect::<Vec<_>>().join("\n")
    };
    let form = "-d city=MARKER1";
    insta::assert_snapshot!(verify(&format!("x={today}"), form), @"The sender hashed the values in the order received, with the day in IST (`Y-m-d`) after them. Leave the day out: other interfaces of the provider append it, this one does not.");
    insta::assert_snapshot!(verify("x=MARKER2", form), @"The sender hashed the values in the order received, with `token`, which is not of the body, after them. Hash the values of the body alone.");
    insta::assert_snapshot!(verify("state=", r#"-d '{"city": "MARKER1", "state": ""}'"#), @"The body is a JSON text, though its content type says that it is a form: send the fields urlencoded, as `name=value&name=value`. The sender hashed the values in the order received (here the same as the order of the parameter table and the order of the request example and the order of their names), and then the secret, as documented.");
}

/// SHA-256 of the secret key alone, which goes into no header.
const BARE: &str = "9caf06bb4436cdbfa20af9121a626bc1093c4f54b31c0fa937957856135345b6";

#[test]
fn nothing_is_signed_in_which_no_value_takes_part() {
    let json = r#"{"entity_id":"MARKER","city":"Kochi"}"#;
    let typed = "curl http://h/update-customer -H 'Content-Type: application/json'";
    for (command, says) in [
        (
            format!("{typed} -d '{json}'"),
            "the body is JSON, and no form",
        ),
        (
            format!("curl http://h/update-customer -d '{json}'"),
            "the body is JSON, and no form",
        ),
        (
            r#"curl http://h -d '{"a": "MARKER=1&b", "c": [7]}'"#.to_owned(),
            "the body is JSON",
        ),
        (
            format!("{typed} -d city=MARKER"),
            "the body's content type is not that of a form",
        ),
        (
            "curl http://h -H 'content-type: text/plain' -d a=MARKER".to_owned(),
            "content type",
        ),
        ("curl http://h -d MARKER".to_owned(), "no field has a value"),
        (
            "curl http://h -d 'city=&MARKER='".to_owned(),
            "no field has a value",
        ),
    ] {
        let (code, out, err) = with_key(&["sign", "--curl", "-"], &command);
        assert_eq!((code, &*out), (2, ""), "{command}");
        assert!(err.contains(says), "{command}: {err}");
        // Nor is it called a match.
        let verify = ["verify", "--curl", "-", "--checksum", BARE];
        let (code, out, err) = with_key(&verify, &command);
        assert!(code == 1 || err.contains(says), "{command}: {out}{err}");
    }
    for args in [
        &["sign", "city="][..],
        &["sign", "city=", "--order", "sorted,joint=|"],
    ] {
        let (code, out, err) = with_key(args, "");
        assert_eq!((code, &*out), (2, ""));
        assert!(err.contains("no field has a value"), "{err}");
    }
    let form = "curl http://h -H 'content-type: APPLICATION/x-www-form-urlencoded; charset=utf-8'";
    assert_eq!(
        with_key(&["sign", "--curl", "-"], &format!("{form} -d city=Kochi")).0,
        0
    );
    let json = format!("{typed} -d '{json}'");
    let (code, out, _) = with_key(&["verify", "--curl", "-", "--checksum", PUBLISHED], &json);
    assert_eq!(code, 1);
    let says = "The body is a JSON text, and its content type is not that of a form: send";
    assert!(out.contains(says), "{out}");
}

#[test]
fn verify_by_a_recipe_advises_nothing_that_the_recipe_refuses() {
    let fields = ["entity_id=MARKER", "city=Kochi"];
    let sum = |order: &str| {
        let sign = [&["sign", "--order", order], &fields[..]].concat();
        with_key(&sign, "").1.trim().to_owned()
    };
    let told = |made: &str, order: &str| {
        let made = sum(made);
        let verify = [
            &["verify", "--order", order, "--checksum", &made],
            &fields[..],
        ]
        .concat();
        let (code, out, err) = with_key(&verify, "");
        assert_eq!((code, &*err), (1, ""));
        out.lines().nth(1).unwrap().to_owned()
    };
    insta::assert_snapshot!(told("received", "received,secret=first"), @"The sender hashed the values in the order received, and then the secret, as documented. The recipe `received,secret=first` asks for another way: sign by it, or verify by the way of the sender.");
    insta::assert_snapshot!(told("received,secret=first", "received,joint=|"), @"The sender hashed the values in the order received, with the secret before them instead of after them. The recipe `received,joint=|` asks for another way: sign by it, or verify by the way of the sender.");
    for word in [
        "secret=key",
        "secret=both",
        "parts=pairs",
        "case=upper",
        "hash=twice",
    ] {
        let told = told("received", &format!("received,{word}"));
        assert!(
            told.contains(&format!("The recipe `received,{word}` asks")),
            "{told}"
        );
        assert!(!told.contains("another order"), "{told}");
    }
}

#[test]
fn verify_explains_other_mistakes() {
    let verify = |sum: &str| {
        let args = [
            "verify",
            "--checksum",
            sum,
            "entity_id=E1",
            "status=ALLOWED",
            "type=ATM",
        ];
        let (code, out, _) = with_key(&args, "");
        assert_eq!(code, 1);
        out
    };
    assert!(verify(&PUBLISHED.to_uppercase()).contains("The checksum is in uppercase hex"));
    assert!(verify("abc").contains("SHA-256 gives 64 hex digits"));
    assert!(verify(&"0".repeat(64)).contains("Compare the secret on both sides"));
}

#[test]
fn what_cannot_be_used_is_said_without_values() {
    let says = |args: &[&str], stdin: &str| {
        let (code, out, err) = with_key(args, stdin);
        assert_eq!((code, &*out), (2, ""));
        err
    };
    insta::assert_snapshot!(says(&["sign"], ""), @"error: no fields: give NAME=VALUE, --form or --curl");
    insta::assert_snapshot!(says(&["sign", "a=1", "MARKER"], ""), @"error: argument 2: no `=`; write name=value");
    insta::assert_snapshot!(says(&["sign", "--form", "-"], "a=1\n\nMARKER\n"), @"error: --form: line 3: no `=`; write name=value");
    insta::assert_snapshot!(says(&["sign", "--order", "table", "a=1"], ""), @"error: --order table needs --operation, which says whose table it is");
    insta::assert_snapshot!(says(&["verify", "a=MARKER"], ""), @"error: no checksum: give --checksum HEX, or a curl command with its header");
    insta::assert_snapshot!(says(&["sign", "--curl", "-"], "curl -d 'a=MARKER"), @"error: --curl: a quotation mark or a backslash is left open");
    insta::assert_snapshot!(says(&["sign", "--curl", "-"], "curl -sGd a=MARKER"), @"error: --curl: the option -G is not known here, and may change what is sent: leave it out");
    insta::assert_snapshot!(says(&["sign", "--curl", "MARKER"], ""), @"
    error: --curl: cannot read the file that it names, which is not repeated: it may be a value
      caused by: No such file or directory
      hint: check the path, which begins at the folder that cards was started in
    ");
    assert!(says(&["sign", "a=MARKER", "--form", "-"], "").contains("cannot be used with"));

    let (code, _, err) = run(&mut cards(&["sign", "a=1"]));
    assert_eq!(code, 2);
    insta::assert_snapshot!(err, @"
    error: a setting is missing:
      CARDS_AIRPAY_SECRET_KEY or ..._FILE (airpay_secret_key)
      hint: the names in brackets are keys of a profile in ~/.config/cards/config.toml;
      `cards help environment` lists all, `cards sandbox --print-env` prints a set to try
    ");
}
