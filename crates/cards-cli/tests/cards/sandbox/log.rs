//! Checks what a sandbox logs.

use super::{Serving, settings};
use crate::{cards, run};

#[cfg(unix)]
#[test]
fn its_log_is_read_by_people_or_by_programs() {
    let list = |address: &str, customer: &str| {
        let mut call = cards(&["paysafe", "prepaid-cards", "--customer-id", customer]);
        let settings = settings(&["--listen", address]);
        run(call.envs(settings)).0
    };
    let (serving, address) = Serving::start(&["--log-format", "json"]);
    assert_eq!(list(&address, "12345678"), 0);
    assert_ne!(list(&address, "nobody"), 0);
    let said = serving.end("-TERM");
    let lines = said.lines();
    let lines: Vec<serde_json::Value> = lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let mut exchanges = lines.iter().filter(|line| line["message"] == "exchange");
    for (id, level, status, verdict) in [
        (1, "INFO", 200, "accepted"),
        (2, "WARN", 404, "there is no such customer"),
    ] {
        let exchange = exchanges.next().unwrap();
        for (name, value) in [
            ("level", level),
            ("target", "cards_sandbox::journal"),
            ("provider", "paysafe"),
            ("operation", "list-prepaid-cards"),
            ("method", "GET"),
            ("path", "/customers/{customerId}/prepaid/cards"),
            ("verdict", verdict),
        ] {
            assert_eq!(exchange[name], value, "{name}");
        }
        assert_eq!(exchange["id"], id);
        assert_eq!(exchange["status"], status);
        assert_eq!(exchange["accepted"], level == "INFO");
        assert_eq!(exchange["remarks"], 0);
        assert!(exchange["duration_micros"].is_u64());
        assert!(exchange["timestamp"].is_string());
    }

    let (serving, address) = Serving::start(&[]);
    assert_eq!(list(&address, "12345678"), 0);
    let said = serving.end("-INT");
    assert!(said.contains("Ctrl-C stops it"), "{said}");
    let line = r#" INFO exchange id=1 provider="paysafe" operation="list-prepaid-cards" method="GET" path="/customers/{customerId}/prepaid/cards" status=200 accepted=true duration_micros="#;
    assert!(said.contains(line), "{said}");
}

/// The one line that a sandbox says which does not start, but for its time and
/// the number of a system's error.
fn failure(settings: &[&str], log: Option<&str>) -> (i32, serde_json::Value) {
    let mut command = cards(&["sandbox", "--log-format", "json"]);
    let output = command
        .args(settings)
        .envs(log.map(|log| ("RUST_LOG", log)));
    let output = output.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        (output.stdout.len(), said.lines().count()),
        (0, 1),
        "{said}"
    );
    let mut line: serde_json::Value = serde_json::from_str(&said).unwrap();
    let time = line.as_object_mut().unwrap().remove("timestamp");
    assert!(time.is_some_and(|time| time.is_string()), "{said}");
    let error = line["error"].as_str().unwrap_or_default();
    if let Some((error, _)) = error.split_once(" (os error ") {
        line["error"] = error.into();
    }
    (output.status.code().unwrap(), line)
}

#[test]
fn a_log_for_programs_tells_of_a_failure_to_start_too() {
    let (_serving, address) = Serving::start(&[]);
    // However little else is asked for.
    for log in [
        None,
        Some("off"),
        Some("cards_sandbox=info"),
        Some("cards=off"),
    ] {
        let (code, line) = failure(&["--listen", &address], log);
        assert_eq!(code, 1);
        let line = line.to_string().replace(&address, "[address]");
        insta::allow_duplicates! {
            insta::assert_snapshot!(line, @r#"{"error":"cannot listen on [address]: Address already in use","hint":"another sandbox may be running; --port 0 takes a free port","level":"ERROR","message":"the sandbox did not start","target":"cards::error"}"#);
        }
    }
    let (code, line) = failure(&["--listen", "0.0.0.0:0"], None);
    assert_eq!(code, 2);
    insta::assert_snapshot!(line, @r#"{"hint":"its credentials are published: whoever reaches it can read and change everything in it; --expose says that this is meant, 127.0.0.1 and [::1] are this machine's own","level":"ERROR","message":"other machines could reach the sandbox on 0.0.0.0:0","target":"cards::error"}"#);
    let (code, line) = failure(&["--port", "0", "--world", "missing.json"], None);
    assert_eq!(code, 2);
    insta::assert_snapshot!(line, @r#"{"error":"No such file or directory","hint":"check the path, which begins at the folder that cards was started in","level":"ERROR","message":"--world: cannot read the file missing.json","target":"cards::error"}"#);
    // Without a cause.
    let (code, line) = failure(&["--port", "0", "--allow-host", "a b"], None);
    assert_eq!(code, 2);
    insta::assert_snapshot!(line, @r#"{"level":"ERROR","message":"an allowed host has to be a name such as sandbox.test, without a port","target":"cards::error"}"#);
}

#[cfg(unix)]
#[test]
fn where_others_can_reach_it_it_warns() {
    let (serving, url) = Serving::start_at(&[
        "--listen",
        "0.0.0.0",
        "--port",
        "0",
        "--expose",
        "--allow-host",
        "sandbox",
    ]);
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    let said = serving.end("-TERM");
    assert!(
        said.contains("WARN other machines can reach the sandbox"),
        "{said}"
    );
    let (serving, _) = Serving::start_at(&["--listen", "127.0.0.1", "--port", "0", "--expose"]);
    assert!(!serving.end("-TERM").contains("WARN"));
}
