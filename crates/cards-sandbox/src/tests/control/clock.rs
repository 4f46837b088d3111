//! Checks the clock of the control API.

use crate::testing::Harness;

#[tokio::test]
async fn read_set_stop_move_and_let_go() {
    let sandbox = Harness::new();
    let path = "/_sandbox/clock";
    for (method, path, body, answer) in [
        (
            "GET",
            path,
            "",
            r#"{"now":"2026-11-21T08:00:00.000Z","frozen":false,"ahead":0}"#,
        ),
        (
            "PUT",
            path,
            r#"{"frozen":true}"#,
            r#"{"now":"2026-11-21T08:00:00.000Z","frozen":true,"ahead":0}"#,
        ),
        (
            "POST",
            "/_sandbox/clock/advance",
            r#"{"seconds":90}"#,
            r#"{"now":"2026-11-21T08:01:30.000Z","frozen":true,"ahead":90}"#,
        ),
        (
            "POST",
            "/_sandbox/clock/advance",
            r#"{"seconds":-91}"#,
            r#"{"now":"2026-11-21T07:59:59.000Z","frozen":true,"ahead":-1}"#,
        ),
        (
            "PUT",
            path,
            r#"{"now":"2030-01-01T00:00:00+01:00","frozen":false}"#,
            r#"{"now":"2029-12-31T23:00:00.000Z","frozen":false,"ahead":98204400}"#,
        ),
        (
            "DELETE",
            path,
            "",
            r#"{"now":"2026-11-21T08:00:00.000Z","frozen":false,"ahead":0}"#,
        ),
    ] {
        let reply = sandbox.control(method, path, body).await;
        assert_eq!(
            (reply.status.as_u16(), &*reply.body),
            (200, answer),
            "{method} {body}"
        );
    }
}

#[tokio::test]
async fn what_cannot_be_set_is_a_400_that_names_the_field() {
    let sandbox = Harness::new();
    for (method, path, body, field) in [
        ("PUT", "/_sandbox/clock", "{}", "body"),
        ("PUT", "/_sandbox/clock", r#"{"now":"tomorrow"}"#, "now"),
        (
            "PUT",
            "/_sandbox/clock",
            r#"{"now":"0000-12-31T23:59:59Z"}"#,
            "now",
        ),
        (
            "PUT",
            "/_sandbox/clock",
            r#"{"now":"9999-12-31T00:00:00Z"}"#,
            "now",
        ),
        ("PUT", "/_sandbox/clock", r#"{"now":7}"#, "now"),
        ("PUT", "/_sandbox/clock", r#"{"frozen":"yes"}"#, "frozen"),
        ("POST", "/_sandbox/clock/advance", "{}", "body"),
        (
            "POST",
            "/_sandbox/clock/advance",
            r#"{"seconds":1.5}"#,
            "seconds",
        ),
        (
            "POST",
            "/_sandbox/clock/advance",
            r#"{"seconds":9223372036854775807}"#,
            "seconds",
        ),
        (
            "POST",
            "/_sandbox/clock/advance",
            r#"{"seconds":-9223372036854775808}"#,
            "seconds",
        ),
        (
            "POST",
            "/_sandbox/clock/advance",
            r#"{"seconds":252000000000}"#,
            "seconds",
        ),
    ] {
        let reply = sandbox.control(method, path, body).await;
        assert_eq!(reply.status, 400, "{body}");
        let problem: serde_json::Value = serde_json::from_str(&reply.body).unwrap();
        assert_eq!(problem["field"], field, "{body}: {}", reply.body);
    }
    let now = sandbox.get_json("/_sandbox/clock").await;
    assert_eq!(now["ahead"], 0, "nothing of it moved the clock");
}
