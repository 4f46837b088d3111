//! `Authorization: Bearer` and `otp`: the two headers of every call but login.

use axum::http::{HeaderMap, header};
use cards_model::{Provider, Rule};

use super::envelope::{ErrorItem, Refusal};
use super::one_time_password;
use crate::answer::Broken;
use crate::app::App;
use crate::intake::{self, Given, same};
use crate::store::StoreError;
use crate::store::tokens::{self, TokenState};
use crate::world::ibanera::{SAMPLE_AUTHORIZATION, SAMPLE_OTP, TOKEN};

const AUTHORIZATION: &str = "Authorization";
const OTP: &str = "otp";

pub(super) async fn verify(app: &App, headers: &HeaderMap) -> Result<(), Refusal> {
    let authorization = value(headers, header::AUTHORIZATION.as_str(), AUTHORIZATION)?;
    let otp = value(headers, OTP, OTP)?;
    if authorization == SAMPLE_AUTHORIZATION && otp == SAMPLE_OTP {
        return Ok(());
    }
    let Some(token) = intake::scheme(authorization, "Bearer") else {
        let why = "the header Authorization has to be: Bearer, a space, the token";
        let error = ErrorItem::invalid(AUTHORIZATION);
        let broken = broken(AUTHORIZATION, Rule::Format, "Bearer, a space, the token");
        return Err(Refusal::unauthorized(error, why).breaks([broken]));
    };
    verify_token(app, token).await?;
    if one_time_password::is_valid(otp, app.now()) {
        Ok(())
    } else {
        let why = "the header otp holds no code of the last, this or the next 30 seconds";
        let broken = broken(OTP, Rule::Allowed, "a code of now");
        Err(Refusal::unauthorized(ErrorItem::invalid(OTP), why).breaks([broken]))
    }
}

fn value<'a>(headers: &'a HeaderMap, name: &str, shown: &'static str) -> Result<&'a str, Refusal> {
    match intake::header(headers, name) {
        Given::Text(text) => Ok(text),
        Given::Missing => Err(Refusal::unauthorized(
            ErrorItem::required(shown),
            format!("the header {shown} is missing"),
        )
        .breaks([broken(shown, Rule::Required, "must be given")])),
        Given::Unreadable(how) => Err(Refusal::unauthorized(
            ErrorItem::invalid(shown),
            format!("the header {shown} is {how}"),
        )
        .breaks([broken(shown, Rule::Format, "one plain text")])),
    }
}

async fn verify_token(app: &App, token: &str) -> Result<(), Refusal> {
    if same(token, TOKEN) {
        return Ok(());
    }
    let (token, now) = (token.to_owned(), app.now());
    let state = app
        .store
        .read(move |connection| {
            tokens::state(connection, Provider::Ibanera, &token, now).map_err(StoreError::from)
        })
        .await?;
    let why = match state {
        TokenState::Valid => return Ok(()),
        TokenState::Expired => "the token has expired",
        TokenState::Unknown => "the token is unknown",
    };
    let error = ErrorItem::invalid(AUTHORIZATION);
    let broken = broken(AUTHORIZATION, Rule::Allowed, "a token that has not expired");
    Err(Refusal::unauthorized(error, why).breaks([broken]))
}

/// A header that the documents state by their request examples alone.
fn broken(name: &'static str, rule: Rule, limit: &'static str) -> Broken {
    Broken::at(name, format!("request example, {name}"), rule, limit)
}

#[cfg(test)]
mod tests {
    use crate::ibanera::testing::{BEARER, otp};
    use crate::testing::Harness;

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
