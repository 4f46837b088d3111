//! A request to one of a provider's operations, as far as reading it is the same for all.

use axum::RequestExt;
use axum::extract::{RawPathParams, Request};
use axum::http::HeaderMap;
use axum::http::request::Parts;

use crate::answer::Rejection;
use crate::intake::{self, Pairs};
use crate::settings::Limits;

/// The kind of body that an operation takes.
#[derive(Clone, Copy)]
pub(crate) enum Takes {
    /// None: whatever comes does not matter.
    Nothing,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// JSON under one of these content types, of which a rejection names the first.
    Json(&'static [&'static str]),
}

/// A request whose body is read, within limits. Its text is judged by the operation.
pub(crate) struct Incoming {
    head: Parts,
    parameters: Option<RawPathParams>,
    form: Pairs,
    json: Vec<u8>,
}

impl Incoming {
    pub(crate) async fn receive(
        mut request: Request,
        takes: Takes,
        limits: Limits,
    ) -> Result<Self, Rejection> {
        // It fails where the path is no UTF-8, and such a one comes no further than the journal.
        let parameters = request.extract_parts::<RawPathParams>().await.ok();
        let (head, body) = request.into_parts();
        let (mut form, mut json) = (Pairs::new(), Vec::new());
        match takes {
            Takes::Nothing => {}
            Takes::Form => form = intake::form(&head.headers, body, limits).await?,
            Takes::Json(types) => json = intake::json(&head.headers, body, types, limits).await?,
        }
        Ok(Self {
            head,
            parameters,
            form,
            json,
        })
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    /// The decoded value that the path has for `{name}`.
    pub(crate) fn parameter(&self, name: &str) -> &str {
        let mut all = self.parameters.iter().flatten();
        all.find(|(other, _)| *other == name)
            .map_or("", |(_, value)| value)
    }

    pub(crate) fn query(&self) -> Pairs {
        intake::query(&self.head.uri)
    }

    pub(crate) fn form(&self) -> &Pairs {
        &self.form
    }

    pub(crate) fn json(&self) -> &[u8] {
        &self.json
    }
}
