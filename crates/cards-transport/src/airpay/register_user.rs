//! `POST /airpay/ms/cards/api/register-user` with the headers `affiliate`, `processor-key` and `checksum`.

use bytes::Bytes;
use cards_model::airpay::{RegisterUser, Registered};
use cards_model::{Operation, Request as _, Rules, Violations};
use http::Request;

use super::{Access, Airpay, data, signed_form};
use crate::call::{Attempt, Call, Sealed};
use crate::cause::ConfigError;
use crate::unreadable::Unreadable;

impl Sealed for RegisterUser {}

impl Call for RegisterUser {
    type Provider = Airpay;
    type Reply = Registered;

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

    fn parse(body: &[u8]) -> Result<Registered, Unreadable> {
        data(body)
    }
}
