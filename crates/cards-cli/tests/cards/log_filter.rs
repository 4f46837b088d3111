//! A `RUST_LOG` that does not do what it was set for is told of.

use std::ffi::OsString;

use crate::{cards, run};

/// A command that logs nothing.
const QUIET: [&str; 2] = ["completions", "bash"];

/// All that is said to that setting.
fn said(log: impl Into<OsString>, args: &[&str]) -> String {
    let (code, _, err) = run(cards(args).env("RUST_LOG", log.into()));
    assert_eq!(code, 0, "{err}");
    err
}

#[test]
fn what_is_no_filter() {
    for (log, shown) in [
        ("cards=loud", "cards=loud"),
        (
            "info,cards_transport=debug=x,hyper",
            "cards_transport=debug=x",
        ),
        ("=\u{7}", "=\u{fffd}"),
        ("x=4622940000003713", "[a value]"),
    ] {
        let line = format!(
            "warning: RUST_LOG is passed over: `{shown}` is no level, such as debug, and no \
             TARGET=LEVEL, such as cards_transport=debug\n"
        );
        assert_eq!(said(log, &QUIET), line);
    }
    for log in ["off", "cards_transport=debug,WARN", "hyper", "2", "", ","] {
        assert_eq!(said(log, &QUIET), "", "{log}");
    }
}

#[test]
fn what_is_read_as_the_name_of_a_crate_and_was_meant_as_a_level() {
    for log in ["debgu", "cards=info,verbose"] {
        let err = said(log, &QUIET);
        assert!(err.starts_with("warning: RUST_LOG: `"), "{err}");
        let ends = "is taken for the name of a crate; the levels are off, error, warn, info, \
                    debug, trace\n";
        assert!(err.ends_with(ends), "{err}");
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_text() {
    use std::os::unix::ffi::OsStringExt;
    let log = OsString::from_vec(b"debug\xff".to_vec());
    let line = "warning: RUST_LOG is passed over: it is not UTF-8 text\n";
    assert_eq!(said(log, &QUIET), line);
}

#[test]
fn json_tells_it_in_its_one_object() {
    let call = ["paysafe", "prepaid-cards", "--customer-id=1", "-ojson"];
    let mut call = cards(&[&call[..], &["--base-url=http://127.0.0.1:1"]].concat());
    call.env("CARDS_PAYSAFE_TOKEN", "t");
    let (code, _, err) = run(call.env("RUST_LOG", "a=b=c"));
    assert_eq!(code, 5);
    let error: serde_json::Value = serde_json::from_str(&err).unwrap();
    let warning = error["warnings"][0].as_str().unwrap();
    assert!(warning.contains("RUST_LOG is passed over: `a=b=c`"));
}

#[test]
fn a_sandbox_logs_it_in_its_own_format() {
    for log in ["cards=loud", "debgu"] {
        // It does not start, so that it ends.
        let args = ["sandbox", "--world", "missing.json", "--port", "0"];
        let args = [&args[..], &["--log-format", "json"]].concat();
        let (code, _, err) = run(cards(&args).env("RUST_LOG", log));
        assert_eq!(code, 2);
        let lines = err.lines().map(serde_json::from_str::<serde_json::Value>);
        let first = lines.map(Result::unwrap).next().unwrap();
        assert_eq!(first["target"], "cards::settings", "{err}");
        assert_eq!(first["level"], "WARN");
        assert!(first["message"].as_str().unwrap().starts_with("RUST_LOG"));
    }
}
