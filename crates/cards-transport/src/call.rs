//! What the core needs to know of one operation.

use std::time::SystemTime;

use bytes::Bytes;
use cards_model::{Operation, Rules, Secret, Violations};
use http::Request;

use crate::error::Rejection;
use crate::provider::{ConfigError, Provider, Sealed};

/// An operation that a [`Client`](crate::Client) can carry out.
///
/// Every documented request implements it, one file an operation, and nothing
/// else does.
pub trait Call: Sealed + Sync {
    /// Whose operation it is.
    type Provider: Provider;

    /// What a success brings.
    type Reply;

    /// Whether the request carries a token that has to be fetched and renewed.
    const NEEDS_TOKEN: bool;

    /// What it is called, where it lives, whether it may be sent again.
    fn operation(&self) -> &'static Operation;

    /// Checks the documented rules.
    fn violations(&self, rules: &Rules) -> Result<(), Violations>;

    /// The whole request: address, headers, body, signed for this attempt.
    fn request(&self, attempt: &Attempt<'_, Self::Provider>)
    -> Result<Request<Bytes>, ConfigError>;

    /// Reads the body of a reply with a 2xx status, which may still be a
    /// refusal: two of the providers say so in the body.
    fn parse(body: &[u8]) -> Result<Self::Reply, Rejection>;
}

/// What changes from one attempt to the next.
#[derive(Debug)]
#[non_exhaustive]
pub struct Attempt<'a, P> {
    /// Where the call goes and who makes it.
    pub provider: &'a P,
    /// The token in force, for calls that need one.
    pub token: Option<&'a Secret>,
    /// The time of the attempt.
    pub now: SystemTime,
}
