//! `Authorization: Bearer` and `otp`: the two headers of every call but login.

use axum::http::{HeaderMap, header};
use cards_model::{Provider, Rule};

use super::envelope::{ErrorItem, Refusal};
use super::one_time_password;
use crate::answer::UnmetRule;
use crate::app::App;
use crate::bearer;
use crate::builder::OneTimePasswords;
use crate::intake::{self, HeaderValue};
use crate::store::StoreError;
use crate::store::tokens::TokenState;
use crate::world::ibanera::{SAMPLE_AUTHORIZATION, SAMPLE_OTP, TOKEN};

const AUTHORIZATION: &str = "Authorization";
const OTP: &str = "otp";

/// Which credentials an operation has to carry.
#[derive(Clone, Copy)]
pub(super) enum Access {
    /// None but those in its body.
    Open,
    /// `Authorization: Bearer` and `otp`.
    Headers,
}

impl Access {
    /// The schemes of the OpenAPI document.
    pub(super) const fn schemes(self) -> &'static [&'static str] {
        match self {
            Self::Open => &[],
            Self::Headers => &["bearer", "otp"],
        }
    }

    pub(super) async fn verify(self, app: &App, headers: &HeaderMap) -> Result<(), Refusal> {
        match self {
            Self::Open => Ok(()),
            Self::Headers => verify(app, headers).await,
        }
    }
}

async fn verify(app: &App, headers: &HeaderMap) -> Result<(), Refusal> {
    let authorization = value(headers, header::AUTHORIZATION.as_str(), AUTHORIZATION)?;
    let otp = value(headers, OTP, OTP)?;
    if authorization == SAMPLE_AUTHORIZATION && otp == SAMPLE_OTP {
        return Ok(());
    }
    let Some(token) = intake::scheme(authorization, "Bearer") else {
        let why = "the header Authorization has to be: Bearer, a space, the token";
        let error = ErrorItem::invalid(AUTHORIZATION);
        let unmet = unmet_header(AUTHORIZATION, Rule::Format, "Bearer, a space, the token");
        return Err(Refusal::unauthorized(error, why).breaks([unmet]));
    };
    verify_token(app, token).await?;
    let refused = |why: &str| {
        let unmet = unmet_header(OTP, Rule::Allowed, "a code of now");
        Refusal::unauthorized(ErrorItem::invalid(OTP), why).breaks([unmet])
    };
    let Some(step) = one_time_password::step_of(otp, app.now()) else {
        let why = "the header otp holds no code of the last, this or the next 30 seconds";
        return Err(refused(why));
    };
    if app.config.one_time_passwords == OneTimePasswords::Reusable {
        return Ok(());
    }
    let now = app.now();
    let is_first = app
        .store
        .write(move |transaction| {
            one_time_password::use_up(transaction, step, now).map_err(StoreError::from)
        })
        .await?;
    if is_first {
        Ok(())
    } else {
        Err(refused(one_time_password::USED_UP))
    }
}

fn value<'a>(headers: &'a HeaderMap, name: &str, shown: &'static str) -> Result<&'a str, Refusal> {
    match intake::header(headers, name) {
        HeaderValue::Text(text) => Ok(text),
        HeaderValue::Missing => Err(Refusal::unauthorized(
            ErrorItem::required(shown),
            format!("the header {shown} is missing"),
        )
        .breaks([unmet_header(shown, Rule::Required, "must be given")])),
        HeaderValue::Unreadable(how) => Err(Refusal::unauthorized(
            ErrorItem::invalid(shown),
            format!("the header {shown} is {how}"),
        )
        .breaks([unmet_header(shown, Rule::Format, "one plain text")])),
    }
}

async fn verify_token(app: &App, token: &str) -> Result<(), Refusal> {
    let state = bearer::judge(app, Provider::Ibanera, &[TOKEN], token).await?;
    let why = match state {
        TokenState::Valid => return Ok(()),
        TokenState::Expired => "the token has expired",
        TokenState::Unknown => "the token is unknown",
    };
    let error = ErrorItem::invalid(AUTHORIZATION);
    let unmet = unmet_header(AUTHORIZATION, Rule::Allowed, "a token that has not expired");
    Err(Refusal::unauthorized(error, why).breaks([unmet]))
}

/// A header that the documents state by their request examples alone.
fn unmet_header(name: &'static str, rule: Rule, limit: &'static str) -> UnmetRule {
    UnmetRule::at(name, format!("request example, {name}"), rule, limit)
}

#[cfg(test)]
mod tests {
    use crate::ibanera::testing::{BEARER, otp};
    use crate::testing::Harness;
    use crate::{OneTimePasswords, Sandbox};

    const PATH: &str = "/api/v1/customer/cards/byuser?customersId=11057";

    #[tokio::test]
    async fn each_header_is_needed_and_has_to_be_right() {
        let sandbox = Harness::new();
        let code = otp(&sandbox);
        let code = ("otp", &*code);
        for (headers, field, message_code) in [
            (&[code][..], "Authorization", "Required"),
            (
                &[("authorization", "Bearer other"), code],
                "Authorization",
                "Invalid",
            ),
            (
                &[("authorization", "sandbox-ibanera-token"), code],
                "Authorization",
                "Invalid",
            ),
            (&[BEARER, BEARER, code], "Authorization", "Invalid"),
            (&[BEARER], "otp", "Required"),
            (&[BEARER, ("otp", "000000")], "otp", "Invalid"),
            (&[BEARER, ("otp", "text")], "otp", "Invalid"),
            (
                &[("authorization", "YOUR_API_KEY"), code],
                "Authorization",
                "Invalid",
            ),
        ] {
            let reply = sandbox.get(PATH, headers).await;
            assert_eq!(reply.status, 401, "{field} {message_code}");
            assert_eq!(
                reply.body,
                format!(
                    r#"{{"status":"0","errors":[{{"fieldName":"{field}","messageCode":"{message_code}"}}],"id":0,"details":null}}"#
                )
            );
        }
        assert_eq!(sandbox.get(PATH, &[BEARER, code]).await.status, 200);
    }

    #[tokio::test]
    async fn the_documented_headers_are_taken() {
        let sandbox = Harness::new();
        let headers = [
            ("authorization", "YOUR_API_KEY"),
            ("otp", "text"),
            ("accept", "*/*"),
        ];
        assert_eq!(sandbox.get(PATH, &headers).await.status, 200);
        let list = "/api/v1/customer/cards/byuser/list";
        assert_eq!(sandbox.get(list, &headers).await.status, 200);
    }

    #[tokio::test]
    async fn a_code_that_is_used_once_lets_one_call_through() {
        let builder = Sandbox::builder().one_time_passwords(OneTimePasswords::SingleUse);
        let sandbox = Harness::with(builder);
        let code = otp(&sandbox);
        let headers = [BEARER, ("otp", &*code)];
        let calls: [_; 8] = std::array::from_fn(|_| sandbox.get(PATH, &headers));
        let mut statuses = Vec::new();
        for reply in futures_util::future::join_all(calls).await {
            statuses.push(reply.status.as_u16());
        }
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 401, 401, 401, 401, 401, 401, 401]);
        assert_eq!(sandbox.get(PATH, &headers).await.status, 401);
        assert_eq!(sandbox.why(), "otp: the code is used up by another call");

        // A login is a call like any other.
        let json = [("content-type", "application/json")];
        let login = format!(r#"{{"username":"sandbox","password":"Sandbox@1234","otp":"{code}"}}"#);
        let path = "/api/v1/public/auth/login";
        assert_eq!(sandbox.post(path, &json, &login).await.status, 400);
        assert_eq!(sandbox.why(), "otp: the code is used up by another call");

        // The next step has a code of its own; the old one stays used up.
        sandbox.advance(30);
        assert_eq!(sandbox.get(PATH, &headers).await.status, 401);
        assert_eq!(sandbox.why(), "otp: the code is used up by another call");
        let next = otp(&sandbox);
        let headers = [BEARER, ("otp", &*next)];
        assert_eq!(sandbox.get(PATH, &headers).await.status, 200);
    }

    #[tokio::test]
    async fn a_call_that_is_refused_uses_no_code_up() {
        let builder = Sandbox::builder().one_time_passwords(OneTimePasswords::SingleUse);
        let sandbox = Harness::with(builder);
        let code = otp(&sandbox);
        let stranger = [("authorization", "Bearer other"), ("otp", &*code)];
        assert_eq!(sandbox.get(PATH, &stranger).await.status, 401);
        let headers = [BEARER, ("otp", &*code)];
        assert_eq!(sandbox.get(PATH, &headers).await.status, 200);
    }

    #[tokio::test]
    async fn used_codes_are_forgotten_when_their_time_is_over() {
        let builder = Sandbox::builder().one_time_passwords(OneTimePasswords::SingleUse);
        let sandbox = Harness::with(builder);
        for _ in 0..3 {
            let code = otp(&sandbox);
            let headers = [BEARER, ("otp", &*code)];
            assert_eq!(sandbox.get(PATH, &headers).await.status, 200);
            let count =
                |connection: &rusqlite::Connection| -> Result<i64, crate::store::StoreError> {
                    let sql = "SELECT count(*) FROM used_code";
                    Ok(connection.query_row(sql, [], |row| row.get(0))?)
                };
            assert_eq!(sandbox.app.store.read(count).await.unwrap(), 1);
            sandbox.advance(90);
        }
    }

    #[tokio::test]
    async fn a_code_is_good_for_its_step_and_the_neighbours() {
        let sandbox = Harness::new();
        let code = otp(&sandbox);
        sandbox.advance(30);
        assert_eq!(
            sandbox.get(PATH, &[BEARER, ("otp", &code)]).await.status,
            200
        );
        sandbox.advance(30);
        assert_eq!(
            sandbox.get(PATH, &[BEARER, ("otp", &code)]).await.status,
            401
        );
    }
}
