//! `POST /airpay/ms/cards/api/customer-preference` with the headers `token` and `checksum`.

use bytes::Bytes;
use cards_model::airpay::{Acknowledged, CustomerPreference};
use cards_model::{Operation, Request as _, Rules, Violations};
use http::Request;

use super::{Access, Airpay, acknowledged, signed_form};
use crate::call::{Attempt, Call, Sealed};
use crate::cause::ConfigError;
use crate::unreadable::Unreadable;

impl Sealed for CustomerPreference {}

impl Call for CustomerPreference {
    type Provider = Airpay;
    type Reply = Acknowledged;

    const NEEDS_TOKEN: bool = true;

    fn operation(&self) -> &'static Operation {
        Self::OPERATION
    }

    fn violations(&self, rules: &Rules) -> Result<(), Violations> {
        self.check(rules)
    }

    fn request(&self, attempt: &Attempt<'_, Airpay>) -> Result<Request<Bytes>, ConfigError> {
        signed_form(self, Self::OPERATION, Access::Token, attempt)
    }

    fn parse(body: &[u8]) -> Result<Acknowledged, Unreadable> {
        acknowledged(body)
    }
}
