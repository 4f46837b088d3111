//! `POST /_sandbox/airpay/one-time-passwords`: a code for one registration, for
//! a mobile number or for any. `GET .../{mobile_no}` tells the one that a number has.

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::routing::on;
use cards_model::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::one_time_password;
use cards_sandbox_core::answer::Answer;
use cards_sandbox_core::app::App;
use cards_sandbox_core::clock;
use cards_sandbox_core::control::input;
use cards_sandbox_core::endpoint::Endpoint;
use cards_sandbox_core::problem::{problem, store_trouble, wrong};
use cards_sandbox_core::store::StoreError;

pub(super) const ISSUE: Endpoint = Endpoint {
    method: Method::Post,
    path: "/_sandbox/airpay/one-time-passwords",
    id: "issue-one-time-password",
    summary: "Gives out a code for one registration at Airpay",
    text: "For a mobile number, or for any.",
    serve: |method| on(method, issue),
    describe: |document, operation| {
        operation
            .body(document.json::<Wanted>())
            .responds(200, document.reply::<Issued>("The code."))
            .responds(
                409,
                document.failure("Every code is given out and not used."),
            )
    },
};

pub(super) const FIND: Endpoint = Endpoint {
    method: Method::Get,
    path: "/_sandbox/airpay/one-time-passwords/{mobile_no}",
    id: "find-one-time-password",
    summary: "Tells the code that a mobile number has at Airpay",
    text: "The code that a call at Airpay would have sent to the number.",
    serve: |method| on(method, find),
    describe: |document, operation| {
        operation
            .with_path_parameter("mobile_no", "The mobile number.", &"9000000777".into())
            .responds(200, document.reply::<Issued>("The code."))
            .responds(
                404,
                document.failure("The number has no code that is good now."),
            )
    },
};

/// Five minutes, where nothing is said.
pub(super) const LIFETIME: i64 = 5 * 60;
const LONGEST: i64 = 24 * 60 * 60;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "OneTimePasswordWanted")]
struct Wanted {
    /// Number of the person whose registration it is for; anybody's, where it is not given.
    #[schemars(regex(pattern = "^[0-9]{1,10}$"))]
    mobile_no: Option<String>,
    /// Five minutes, where it is not given.
    #[serde(rename = "lifetimeSeconds")]
    #[schemars(range(min = 1, max = LONGEST))]
    lifetime_seconds: Option<i64>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "OneTimePassword")]
struct Issued {
    otp: String,
    #[schemars(extend("format" = "date-time"))]
    expires_at: String,
}

async fn issue(State(app): State<App>, request: Request) -> Answer {
    let Wanted {
        mobile_no,
        lifetime_seconds,
    } = match input::json(&app, request).await {
        Ok(wanted) => wanted,
        Err(answer) => return answer,
    };
    let is_number = |text: &String| {
        (1..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !mobile_no.as_ref().is_none_or(is_number) {
        return wrong("mobile_no", "1 to 10 digits");
    }
    let lifetime = lifetime_seconds.unwrap_or(LIFETIME);
    if !(1..=LONGEST).contains(&lifetime) {
        return wrong("lifetimeSeconds", format_args!("1 to {LONGEST}"));
    }
    let now = app.now();
    let issue = move |transaction: &rusqlite::Transaction<'_>| {
        one_time_password::issue(transaction, mobile_no.as_deref(), now, lifetime)
            .map_err(StoreError::from)
    };
    match app.store.write(issue).await {
        Ok(Some(otp)) => Answer::accepted(&Issued {
            otp,
            expires_at: clock::iso(now.saturating_add(lifetime).saturating_mul(1000)),
        }),
        Ok(None) => {
            let error = "every code of four digits is given out and not used".to_owned();
            problem(StatusCode::CONFLICT, error)
        }
        Err(error) => store_trouble(&error),
    }
}

async fn find(State(app): State<App>, Path(mobile_no): Path<String>) -> Answer {
    let now = app.now();
    let find = move |connection: &rusqlite::Connection| {
        one_time_password::find(connection, &mobile_no, now).map_err(StoreError::from)
    };
    match app.store.read(find).await {
        Ok(Some((otp, end))) => Answer::accepted(&Issued {
            otp,
            expires_at: clock::iso(end.saturating_mul(1000)),
        }),
        Ok(None) => {
            let error = "the number has no code that is good now".to_owned();
            problem(StatusCode::NOT_FOUND, error)
        }
        Err(error) => store_trouble(&error),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{Harness, registration};

    async fn one_time_password(sandbox: &Harness, body: &str) -> String {
        let path = "/_sandbox/airpay/one-time-passwords";
        let reply = sandbox.control("POST", path, body).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let issued: Value = serde_json::from_str(&reply.body).unwrap();
        issued["otp"].as_str().unwrap().to_owned()
    }

    /// Registers with a card, kit and address of its own.
    async fn register(sandbox: &Harness, number: u8, otp: &str) -> bool {
        let (kit, card) = (number.to_string(), format!("{}{number:02}", "42".repeat(7)));
        let email = format!("{number}@example.com");
        let changes = [
            ("kit_no", &*kit),
            ("card_no", &card),
            ("email", &email),
            ("otp", otp),
        ];
        let reply = sandbox
            .airpay("register-user", &registration(&changes))
            .await;
        reply.body.contains("success")
    }

    #[tokio::test]
    async fn a_one_time_password_registers_one_customer() {
        let sandbox = Harness::new();
        let otp = one_time_password(&sandbox, "{}").await;
        assert!(
            otp.len() == 4 && otp.bytes().all(|b| b.is_ascii_digit()),
            "{otp}"
        );
        // A registration that is refused for another reason leaves it good.
        let taken = registration(&[("otp", &*otp), ("email", "standing@sandbox.example")]);
        sandbox.airpay("register-user", &taken).await;
        assert_eq!(sandbox.why(), "email: another customer has it");
        assert!(register(&sandbox, 1, &otp).await, "{}", sandbox.why());
        assert!(!register(&sandbox, 2, &otp).await);
        assert_eq!(
            sandbox.why(),
            "the one-time password is used up by another registration"
        );
        for number in 3..6 {
            assert!(
                register(&sandbox, number, "1234").await,
                "the standing one goes on"
            );
        }
    }

    #[tokio::test]
    async fn of_two_registrations_at_once_one_gets_it() {
        let sandbox = Harness::new();
        let otp = one_time_password(&sandbox, "{}").await;
        let calls = (1..=8).map(|number| register(&sandbox, number, &otp));
        let done = futures_util::future::join_all(calls).await;
        assert_eq!(done.into_iter().filter(|done| *done).count(), 1);
    }

    #[tokio::test]
    async fn it_expires_on_command() {
        let sandbox = Harness::new();
        for (body, lifetime) in [("{}", 300), (r#"{"lifetimeSeconds":7}"#, 7)] {
            let (good, late) = (
                one_time_password(&sandbox, body).await,
                one_time_password(&sandbox, body).await,
            );
            sandbox.advance(lifetime - 1);
            assert!(
                register(&sandbox, lifetime as u8, &good).await,
                "{}",
                sandbox.why()
            );
            sandbox.advance(1);
            assert!(!register(&sandbox, 99, &late).await);
            assert_eq!(sandbox.why(), "the one-time password has expired");
        }
        sandbox.advance(2 * 86_400);
        let otp = one_time_password(&sandbox, "{}").await;
        assert!(register(&sandbox, 98, &otp).await);
    }

    #[tokio::test]
    async fn one_for_a_number_is_for_that_number() {
        let sandbox = Harness::new();
        let otp = one_time_password(&sandbox, r#"{"mobile_no":"9000000778"}"#).await;
        assert!(
            !register(&sandbox, 1, &otp).await,
            "the number ends with 777"
        );
        assert_eq!(sandbox.why(), "the one-time password is not the sandbox's");
        let otp = one_time_password(&sandbox, r#"{"mobile_no":"9000000777"}"#).await;
        assert!(register(&sandbox, 1, &otp).await);
    }

    #[tokio::test]
    async fn malformed_wishes_name_the_field() {
        let sandbox = Harness::new();
        for (body, field) in [
            (r#"{"mobile_no":"12345678901"}"#, "mobile_no"),
            (r#"{"mobile_no":""}"#, "mobile_no"),
            (r#"{"mobile_no":"9XX"}"#, "mobile_no"),
            (r#"{"lifetimeSeconds":0}"#, "lifetimeSeconds"),
            (r#"{"lifetimeSeconds":86401}"#, "lifetimeSeconds"),
            (r#"{"otp":"1"}"#, "body"),
            ("[]", "body"),
        ] {
            let path = "/_sandbox/airpay/one-time-passwords";
            let reply = sandbox.control("POST", path, body).await;
            let problem: Value = serde_json::from_str(&reply.body).unwrap();
            assert_eq!(
                (reply.status.as_u16(), &problem["field"]),
                (400, &json!(field)),
                "{body}"
            );
        }
    }

    #[tokio::test]
    async fn four_digits_run_out_and_no_code_is_given_out_twice() {
        let sandbox = Harness::new();
        let all_but_one = |transaction: &rusqlite::Transaction<'_>| {
            super::super::one_time_password::issue_all_but(transaction, "7141", 1_795_248_060)
                .map_err(cards_sandbox_core::store::StoreError::from)
        };
        sandbox.app.store.write(all_but_one).await.unwrap();
        assert_eq!(one_time_password(&sandbox, "{}").await, "7141");
        let path = "/_sandbox/airpay/one-time-passwords";
        let reply = sandbox.control("POST", path, "{}").await;
        assert_eq!(reply.status, 409, "{}", reply.body);
        // For a number of its own there is one, and for all when they expire.
        one_time_password(&sandbox, r#"{"mobile_no":"1"}"#).await;
        sandbox.advance(60);
        one_time_password(&sandbox, "{}").await;
    }
}
