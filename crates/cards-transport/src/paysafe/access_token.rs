//! `POST /auth/brands/{brandIdentity}/token` with HTTP Basic authentication.
//!
//! Paysafe, Issue access token: client credentials for a bearer token.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use cards_model::paysafe::AccessToken;
use cards_model::{Operation, Rules, Secret, Violations};
use http::{HeaderMap, Request, header};
use percent_encoding::utf8_percent_encode;

use super::{IssueAccessToken, Paysafe};
use crate::authorization::{self, secret_header};
use crate::base_url::COMPONENT;
use crate::call::{Attempt, Call, Provider as _};
use crate::cause::ConfigError;
use crate::encode::encode_form;
use crate::json::{body_text, read_object};
use crate::request::{FORM, request};
use crate::unreadable::Unreadable;

impl Call for IssueAccessToken {
    type Provider = Paysafe;
    type Reply = AccessToken;

    const NEEDS_TOKEN: bool = false;

    fn operation() -> &'static Operation {
        AccessToken::OPERATION
    }

    #[inline]
    fn violations(&self, _: &Rules) -> Result<(), Violations> {
        Ok(())
    }

    fn request(&self, attempt: &Attempt<'_, Paysafe>) -> Result<Request<Bytes>, ConfigError> {
        Paysafe::check_login(self)?;
        // Both parts are percent-encoded before they are joined, so that a
        // colon inside one of them cannot shift the border (RFC 6749, 2.3.1).
        let part = |secret: &Secret| utf8_percent_encode(secret.expose(), COMPONENT).to_string();
        let pair = format!("{}:{}", part(&self.client_id), part(&self.client_secret));
        let basic = format!("Basic {}", BASE64_STANDARD.encode(pair));
        let mut headers = HeaderMap::with_capacity(4);
        headers.insert(
            header::AUTHORIZATION,
            secret_header("the client's credentials", &basic)?,
        );
        headers.insert(header::CONTENT_TYPE, FORM);
        let operation = AccessToken::OPERATION;
        let brand = ("brandIdentity", self.brand.as_str().into());
        let base = attempt.provider.address(true);
        let url = base.join(operation.path, &[brand], &[])?;
        let body = encode_form(&[("grant_type", "client_credentials")]);
        Ok(request(operation.method, url, headers, body.into()))
    }

    #[inline]
    fn parse(body: &[u8]) -> Result<AccessToken, Unreadable> {
        let body = body_text(body)?;
        let issued: AccessToken = read_object("", body, body)?;
        authorization::issued("access_token", &issued.access_token)?;
        Ok(issued)
    }
}
