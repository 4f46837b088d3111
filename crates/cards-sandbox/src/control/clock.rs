//! `/_sandbox/clock`: the sandbox's clock, read, set, stopped and let go.
//!
//! `GET` reads it, `PUT` sets the time, stops it or both, `POST
//! /_sandbox/clock/advance` moves it by seconds (back, where they are
//! negative), `DELETE` gives it back to the real time.

use axum::Router;
use axum::extract::{Request, State};
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};

use super::{input, wrong};
use crate::answer::Answer;
use crate::app::App;
use crate::clock::{self, RANGE, Reading};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/_sandbox/clock", get(read).put(set).delete(reset))
        .route("/_sandbox/clock/advance", post(advance))
}

#[derive(Serialize)]
struct Shown {
    now: String,
    frozen: bool,
    /// Seconds ahead of the real time.
    ahead: i64,
}

fn shown(reading: Reading) -> Answer {
    Answer::accepted(&Shown {
        now: clock::iso(reading.now),
        frozen: reading.is_frozen,
        ahead: reading.ahead.div_euclid(1000),
    })
}

async fn read(State(app): State<App>) -> Answer {
    shown(app.clock.read())
}

async fn reset(State(app): State<App>) -> Answer {
    shown(app.clock.reset())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Set {
    now: Option<String>,
    frozen: Option<bool>,
}

async fn set(State(app): State<App>, request: Request) -> Answer {
    let Set { now, frozen } = match input::json(&app, request).await {
        Ok(set) => set,
        Err(answer) => return answer,
    };
    if now.is_none() && frozen.is_none() {
        return wrong("body", "now, frozen or both have to be given");
    }
    let now = match now.as_deref().map(clock::parse_iso) {
        Some(None) => return wrong("now", "ISO 8601 with an offset, as in 2026-11-21T08:00:00Z"),
        Some(now) => now,
        None => None,
    };
    match app.clock.set(now, frozen) {
        Ok(reading) => shown(reading),
        Err(_) => wrong("now", RANGE),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    seconds: i64,
}

async fn advance(State(app): State<App>, request: Request) -> Answer {
    let Advance { seconds } = match input::json(&app, request).await {
        Ok(advance) => advance,
        Err(answer) => return answer,
    };
    let moved = seconds
        .checked_mul(1000)
        .and_then(|millis| app.clock.advance(millis).ok());
    match moved {
        Some(reading) => shown(reading),
        None => wrong("seconds", format!("they have to lead to {RANGE}")),
    }
}

#[cfg(test)]
mod tests {
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
}
