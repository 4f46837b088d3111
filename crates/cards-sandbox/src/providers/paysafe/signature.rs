//! The header `Signature` of requests with a token, where the sandbox is set to check it.
//!
//! Assumption: one that is missing or wrong is answered as a missing or wrong credential is. No
//! page shows that answer.

use cards_sign::SignatureKey;

use super::access::Access;
use super::error::{CREDENTIALS_ABSENT, CREDENTIALS_INVALID, Unauthorized, unsigned};
use super::settings::{Paysafe, PaysafeSignatures};
use crate::world::paysafe::SIGNATURE_KEY;
use cards_sandbox_core::answer::Answer;
use cards_sandbox_core::app::App;
use cards_sandbox_core::incoming::Incoming;
use cards_sandbox_core::intake::{self, HeaderValue};

/// Checks the signature of a request, whose path is below one of these prefixes.
pub(super) fn verify(app: &App, incoming: &Incoming, prefixes: &[&str]) -> Result<(), Answer> {
    let whole = incoming.path();
    let path = below(whole, prefixes);
    let message = match (incoming.json(), app.providers.get::<Paysafe>().signatures) {
        (_, PaysafeSignatures::NotChecked) | ([], PaysafeSignatures::Bodies) => return Ok(()),
        ([], PaysafeSignatures::BodiesAndPaths) => path.as_bytes(),
        (body, _) => body,
    };
    let refuse = |what: Unauthorized, why: &str| {
        let why = format!("the header Signature {why}");
        Err(unsigned(what, Access::Bearer.challenge(), &why))
    };
    let given = match intake::header(incoming.headers(), "signature") {
        HeaderValue::Text(given) => given,
        HeaderValue::Missing => return refuse(CREDENTIALS_ABSENT, "is missing"),
        HeaderValue::Unreadable(why) => return refuse(CREDENTIALS_INVALID, &format!("is {why}")),
    };
    // A test holds that it is a key.
    let Ok(key) = SIGNATURE_KEY.parse::<SignatureKey>() else {
        return refuse(CREDENTIALS_INVALID, "cannot be checked");
    };
    if key.sign(message).verify(given) {
        return Ok(());
    }
    let others = [
        ("the path without its prefix", path.as_bytes()),
        ("the path with its prefix", whole.as_bytes()),
        ("an empty body", &[]),
    ];
    let mistake = key.explain(message, &others, given);
    refuse(CREDENTIALS_INVALID, &format!("is wrong: {mistake}"))
}

/// The path without the prefix that it has: the longest that fits.
fn below<'a>(path: &'a str, prefixes: &[&str]) -> &'a str {
    let fits = prefixes
        .iter()
        .filter_map(|prefix| path.strip_prefix(prefix));
    fits.min_by_key(|rest| rest.len()).unwrap_or(path)
}

#[cfg(test)]
mod tests;
