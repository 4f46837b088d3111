//! `POST /airpay/ms/cards/api/user-login` with the headers `affiliate`, `processor-key` and `checksum`.

use bytes::Bytes;
use cards_model::airpay::{LoggedIn, UserLogin};
use cards_model::{Operation, Request as _, Rules, Violations};
use http::Request;

use super::{Access, Airpay, data, signed_form};
use crate::authorization;
use crate::call::{Attempt, Call, Sealed};
use crate::cause::ConfigError;
use crate::unreadable::Unreadable;

impl Sealed for UserLogin {}

impl Call for UserLogin {
    type Provider = Airpay;
    type Reply = LoggedIn;

    const NEEDS_TOKEN: bool = false;

    fn operation(&self) -> &'static Operation {
        Self::OPERATION
    }

    fn violations(&self, rules: &Rules) -> Result<(), Violations> {
        self.check(rules)
    }

    fn request(&self, attempt: &Attempt<'_, Airpay>) -> Result<Request<Bytes>, ConfigError> {
        signed_form(self, Self::OPERATION, Access::Keys, attempt)
    }

    fn parse(body: &[u8]) -> Result<LoggedIn, Unreadable> {
        let issued: LoggedIn = data(body)?;
        authorization::issued("data.token", &issued.token)?;
        Ok(issued)
    }
}
