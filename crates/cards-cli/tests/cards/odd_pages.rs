//! Pages that are odd and lose nothing: what is odd is warned of.

use conformance::server::{RawServer, Reaction};

use crate::outcomes::{BACKENDS, call_at};
use crate::run;

const LIST: &[&str] = &["paysafe", "prepaid-cards", "--customer-id=1", "--limit=4"];

/// Pages of two cards, though four were asked for; the third breaks off.
fn server() -> RawServer {
    RawServer::deciding(|request| {
        let offset = request.target.split("offset=").nth(1);
        let offset = offset.and_then(|rest| rest.split('&').next()?.parse().ok());
        let offset: usize = offset.unwrap_or(0);
        if offset == 4 {
            return Reaction::json("400 Bad Request", r#"{"error":{"code":"5068"}}"#);
        }
        let cards = format!(r#"{{"cardId":"c{offset}"}},{{"cardId":"c{}"}}"#, offset + 1);
        let meta = format!(r#"{{"numberOfRecords":2,"limit":2,"offset":{offset}}}"#);
        Reaction::json("200 OK", format!(r#"{{"cards":[{cards}],"meta":{meta}}}"#))
    })
    .unwrap()
}

const WARNING: &str = "pages of 4 were asked for, and the server makes them of 2";

#[test]
fn of_one_page() {
    for backend in BACKENDS {
        let server = server();
        let (code, _, err) = run(call_at(&server.url(), LIST, backend).arg("-ocsv"));
        assert_eq!(code, 0);
        assert!(err.starts_with(&format!("warning: {WARNING}\n")), "{err}");
        let (code, _, err) = run(call_at(&server.url(), LIST, backend).arg("-ojson"));
        assert_eq!(
            (code, err),
            (0, format!("{{\"warnings\":[\"{WARNING}\"]}}\n"))
        );
    }
}

/// Each page is odd in the same way, which is said once; the error comes last,
/// and what was read is there.
#[test]
fn of_a_list_that_breaks_off() {
    for backend in BACKENDS {
        let server = server();
        let (code, out, err) = run(call_at(&server.url(), LIST, backend).args(["-ocsv", "--all"]));
        assert_eq!((code, out.lines().count()), (3, 1 + 4), "{out}{err}");
        assert_eq!(err.matches("warning: ").count(), 1, "{err}");
        assert!(
            err.starts_with(&format!(
                "warning: {WARNING}\nerror: the list is not complete: "
            )),
            "{err}"
        );
        let (_, out, err) = run(call_at(&server.url(), LIST, backend).args(["-ojson", "--all"]));
        let error: serde_json::Value = serde_json::from_str(&err).unwrap();
        assert_eq!(error["warnings"], serde_json::json!([WARNING]));
        assert_eq!(error["exit_code"], 3);
        assert!(out.contains("c3"), "{out}");
    }
}
