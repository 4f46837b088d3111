//! `/_sandbox/clock`: the sandbox's clock, read, set, stopped and let go.
//!
//! `GET` reads it, `PUT` sets the time, stops it or both, `POST
//! /_sandbox/clock/advance` moves it by seconds (back, where they are
//! negative), `DELETE` gives it back to the real time.

use axum::extract::{Request, State};
use axum::routing::on;
use cards_model::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::input;
use crate::engine::answer::Answer;
use crate::engine::app::App;
use crate::engine::clock::{self, RANGE, Reading};
use crate::engine::endpoint::Endpoint;
use crate::engine::listed::one_of;
use crate::engine::problem::wrong;

pub(super) const READ: Endpoint = Endpoint {
    method: Method::Get,
    path: "/_sandbox/clock",
    id: "read-clock",
    summary: "The clock",
    text: "Whatever depends on the time goes by this clock: tokens, one-time passwords, dates of expiry.",
    serve: |method| on(method, read),
    describe: |document, operation| {
        operation.responds(200, document.reply::<Shown>("The clock, as it is now."))
    },
};

pub(super) const SET: Endpoint = Endpoint {
    method: Method::Put,
    path: "/_sandbox/clock",
    id: "set-clock",
    summary: "Sets the clock, stops it or lets it go on",
    text: "What is not given stays as it is; one of the two has to be given.",
    serve: |method| on(method, set),
    describe: |document, operation| {
        operation
            .body(document.json::<Set>())
            .responds(200, document.reply::<Shown>("The clock, as it is now."))
    },
};

pub(super) const RESET: Endpoint = Endpoint {
    method: Method::Delete,
    path: "/_sandbox/clock",
    id: "reset-clock",
    summary: "Gives the clock back to the real time",
    text: "It shows the real time and runs.",
    serve: |method| on(method, reset),
    describe: |document, operation| {
        operation.responds(200, document.reply::<Shown>("The clock, as it is now."))
    },
};

pub(super) const ADVANCE: Endpoint = Endpoint {
    method: Method::Post,
    path: "/_sandbox/clock/advance",
    id: "advance-clock",
    summary: "Moves the clock",
    text: "By so many seconds; back, where the number is negative.",
    serve: |method| on(method, advance),
    describe: |document, operation| {
        operation
            .body(document.json::<Advance>())
            .responds(200, document.reply::<Shown>("The clock, as it is now."))
    },
};

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Clock")]
struct Shown {
    #[schemars(extend("format" = "date-time"))]
    now: String,
    /// Says whether it stands still.
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

/// One or both.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ClockSetting", extend("anyOf" = one_of(&[("now", "string"), ("frozen", "boolean")])))]
struct Set {
    /// ISO 8601 with an offset, within the years 1 to 9999.
    #[schemars(extend("format" = "date-time"))]
    now: Option<String>,
    /// Says whether it stands still from now on.
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
        Some(None) => {
            let what = "ISO 8601 with an offset, as in 2026-11-21T08:00:00Z, up to \
                        9999-12-30T22:00:00Z";
            return wrong("now", what);
        }
        Some(now) => now,
        None => None,
    };
    match app.clock.set(now, frozen) {
        Ok(reading) => shown(reading),
        Err(_) => wrong("now", RANGE),
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ClockAdvance")]
struct Advance {
    /// Back, where negative; no further than the years 1 to 9999.
    #[schemars(range(min = -315_537_897_600_i64, max = 315_537_897_600_i64))]
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
