//! The calls that a program under development makes to the sandbox.

use base64::prelude::{BASE64_STANDARD, Engine};
use cards_sandbox::world::airpay::{CUSTOMER, SECRET_KEY, TOKEN};
use cards_sandbox::world::paysafe;
use cards_sandbox::world::paysafe::{BRAND, CLIENT_ID, CLIENT_SECRET};
use cards_sandbox::{IssuerAction, IssuerOrder, ProviderId, Running};
use form_urlencoded::Serializer;

use super::Error;
use crate::client;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// `customer-preference`, signed over `signed` and not over what is sent.
pub(super) fn preference(
    sandbox: &Running,
    fields: &[(&str, &str)],
    signed: &[&str],
) -> Result<(), Error> {
    let sum = cards_sign::checksum(signed.iter().copied(), SECRET_KEY.as_bytes()).to_string();
    let url = format!("{}/airpay/ms/cards/api/customer-preference", sandbox.url());
    let headers = [FORM, ("token", TOKEN), ("checksum", &sum)];
    let body = Serializer::new(String::new()).extend_pairs(fields).finish();
    client::call("POST", &url, headers, &body)?;
    Ok(())
}

/// A list of cards, with a token or without.
pub(super) fn cards(sandbox: &Running, token: Option<&str>) -> Result<(), Error> {
    let url = format!("{}/customers/12345678/prepaid/cards?limit=5", sandbox.url());
    let bearer = token.map(|token| format!("Bearer {token}"));
    let headers = bearer.as_deref().map(|bearer| ("authorization", bearer));
    client::call("GET", &url, headers, "")?;
    Ok(())
}

/// A registration whose path is mistyped, by the name of the call and by what stands before it.
pub(super) fn mistyped_path(sandbox: &Running) -> Result<(), Error> {
    let url = format!("{}/airpay/ms/card/api/register_user", sandbox.url());
    client::call("POST", &url, [FORM], "")?;
    Ok(())
}

/// A change of address that writes `City` for `city`.
pub(super) fn wrong_case(sandbox: &Running) -> Result<(), Error> {
    let fields = [("entity_id", CUSTOMER), ("City", "Kochi")];
    let sum = cards_sign::checksum(fields.map(|(_, value)| value), SECRET_KEY.as_bytes());
    let url = format!("{}/airpay/ms/cards/api/update-customer", sandbox.url());
    let headers = [FORM, ("token", TOKEN), ("checksum", &sum.to_string())];
    let body = Serializer::new(String::new()).extend_pairs(fields).finish();
    client::call("POST", &url, headers, &body)?;
    Ok(())
}

/// A list of cards with `status[]` for `status`.
pub(super) fn brackets(sandbox: &Running) -> Result<(), Error> {
    let path = "/customers/12345678/prepaid/cards?status%5B%5D=ACTIVE";
    let bearer = format!("Bearer {}", paysafe::TOKEN);
    let url = format!("{}{path}", sandbox.url());
    client::call("GET", &url, [("authorization", &*bearer)], "")?;
    Ok(())
}

/// A new Paysafe token.
pub(super) fn access_token(sandbox: &Running) -> Result<String, Error> {
    let url = format!(
        "{}/digitalwallets/v1/auth/brands/{BRAND}/token",
        sandbox.url()
    );
    let basic = BASE64_STANDARD.encode(format!("{CLIENT_ID}:{CLIENT_SECRET}"));
    let headers = [FORM, ("authorization", &format!("Basic {basic}"))];
    let reply = client::call("POST", &url, headers, "grant_type=client_credentials")?;
    let body: serde_json::Value = serde_json::from_str(&reply.body).unwrap_or_default();
    match body["access_token"].as_str() {
        Some(token) => Ok(token.to_owned()),
        None => Err(Error::Page(format!("no token in: {}", reply.body))),
    }
}

/// The issuer ends a card, of which Paysafe's events tell.
pub(super) fn expire(sandbox: &Running) -> Result<(), Error> {
    let order = IssuerOrder::new(IssuerAction::Expire).card(EXPIRED);
    let done = sandbox.act_as_issuer(ProviderId::PAYSAFE, order);
    done.map(drop)
        .map_err(|error| Error::Page(error.to_string()))
}

/// A card of the seeded customer that is in the post.
const EXPIRED: &str = "12345678-0000-4000-8000-000000000002";
