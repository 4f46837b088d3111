//! `GET /api/v1/customer/cards/byuser` with a bearer token and a one-time code.

use bytes::Bytes;
use cards_model::ibanera::{CardsByCustomer, CustomerCardsReply};
use cards_model::{Operation, Request as _, Rules, Violations};
use http::Request;

use super::{Ibanera, customers, lookup};
use crate::call::{Attempt, Call, Sealed};
use crate::cause::ConfigError;
use crate::unreadable::Unreadable;

impl Sealed for CardsByCustomer {}

impl Call for CardsByCustomer {
    type Provider = Ibanera;
    type Reply = CustomerCardsReply;

    const NEEDS_TOKEN: bool = true;
    const NEEDS_CODE: bool = true;

    fn operation(&self) -> &'static Operation {
        Self::OPERATION
    }

    fn violations(&self, rules: &Rules) -> Result<(), Violations> {
        self.check(rules)
    }

    fn request(&self, attempt: &Attempt<'_, Ibanera>) -> Result<Request<Bytes>, ConfigError> {
        lookup(self, attempt)
    }

    fn parse(body: &[u8]) -> Result<CustomerCardsReply, Unreadable> {
        customers(body)
    }
}
