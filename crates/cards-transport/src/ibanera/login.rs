//! `POST /api/v1/public/auth/login` with the one-time code in the body.
//!
//! Ibanera, Authentication and authorization: a user's name, password and code
//! for a bearer token.

use bytes::Bytes;
use cards_model::ibanera::{LoggedIn, Login};
use cards_model::{Operation, Rules, Violations};
use http::{HeaderMap, Request, header};

use super::reply::envelope;
use super::{Ibanera, LoginCall, code};
use crate::authorization;
use crate::call::{Attempt, Call, Provider as _};
use crate::cause::ConfigError;
use crate::json::{body_text, read_object};
use crate::request::{JSON, request};
use crate::unreadable::Unreadable;

impl Call for LoginCall {
    type Provider = Ibanera;
    type Reply = LoggedIn;

    const NEEDS_TOKEN: bool = false;
    const NEEDS_CODE: bool = true;

    fn operation() -> &'static Operation {
        Login::OPERATION
    }

    #[inline]
    fn violations(&self, _: &Rules) -> Result<(), Violations> {
        Ok(())
    }

    fn request(&self, attempt: &Attempt<'_, Ibanera>) -> Result<Request<Bytes>, ConfigError> {
        Ibanera::check_login(self)?;
        let login = Login {
            username: self.username.clone(),
            password: self.password.clone(),
            otp: code(attempt)?.clone(),
        };
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, JSON)]);
        let base = attempt.provider.address(true);
        let url = base.join(Login::OPERATION.path, &[], &[])?;
        let method = Login::OPERATION.method;
        Ok(request(method, url, headers, login.to_json().into()))
    }

    #[inline]
    fn parse(body: &[u8]) -> Result<LoggedIn, Unreadable> {
        let details = envelope(body)?.details_text();
        let issued: LoggedIn = read_object("details", body_text(body)?, details)?;
        authorization::issued("details.accessToken", &issued.access_token)?;
        Ok(issued)
    }
}
