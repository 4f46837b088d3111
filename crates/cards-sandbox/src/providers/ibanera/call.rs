//! The way of all Ibanera operations: the body, the two headers, the documented rules, and
//! then the operation's own work.

use axum::extract::{Request, State};
use cards_model::{self as model, Operation, Rules};
use schemars::JsonSchema;

use super::access::Access;
use super::envelope::{Refusal, rejected};
use cards_sandbox_core::answer::Answer;
use cards_sandbox_core::app::App;
use cards_sandbox_core::incoming::{Incoming, Takes, Unreadable};
use cards_sandbox_core::openapi::{About, Described, Document};
use cards_sandbox_core::test_values::TestValues;
use cards_sandbox_core::tried;
use cards_sandbox_core::written::Written;

/// An Ibanera operation, as far as it differs from the others.
pub(super) trait Handle: Sized + Send + 'static {
    const OPERATION: &'static Operation;

    /// The credentials that it has to carry.
    const ACCESS: Access;

    /// The kind of body that it takes.
    const TAKES: Takes;

    /// Its own text in the OpenAPI document.
    const ABOUT: About;

    /// The values that bring one of its documented refusals each.
    const TEST_VALUES: TestValues;

    /// Says whether each error has a type, as in the document's sample.
    const HAS_ERROR_TYPE: bool = false;

    /// The reply to a success: the document gives each operation's its own keys.
    type Reply: JsonSchema;

    /// Tells what it takes beside the fields of its table, and its own replies.
    fn describe(document: &mut Document, operation: Described) -> Described;

    /// Reads the request, or tells all that is wrong with it.
    fn read(incoming: &Incoming, rules: &Rules) -> Result<Self, Refusal>;

    /// Shows the values that may be test values, by wire name.
    fn show(&self, see: &mut dyn FnMut(&str, &str));

    /// Does the operation's own work, once everything about the request is right.
    fn carry_out(
        self,
        app: &App,
    ) -> impl Future<Output = Result<Written<Self::Reply>, Refusal>> + Send;
}

pub(super) async fn handle<H: Handle>(State(app): State<App>, request: Request) -> Answer {
    let answer = match Incoming::receive(request, H::TAKES, app.config.limits).await {
        Ok(incoming) => answer::<H>(&app, &incoming).await,
        Err(rejection) => rejected(rejection),
    };
    answer.of(H::OPERATION)
}

async fn answer<H: Handle>(app: &App, incoming: &Incoming) -> Answer {
    let provider = H::OPERATION.provider;
    let request = match read_request::<H>(app, incoming).await {
        Ok(request) => request,
        Err(refusal) => return refused::<H>(refusal),
    };
    if let Some(refusal) = tried::refusal(app, provider, H::TEST_VALUES, |see| request.show(see)) {
        return refusal;
    }
    match request.carry_out(app).await {
        Ok(reply) => reply.into(),
        Err(refusal) => refused::<H>(refusal),
    }
}

/// Gives the request, once its headers are right and it keeps every rule.
async fn read_request<H: Handle>(app: &App, incoming: &Incoming) -> Result<H, Refusal> {
    H::ACCESS.verify(app, incoming.headers()).await?;
    H::read(incoming, &app.rules(H::OPERATION.provider))
}

pub(super) fn refused<H: Handle>(refusal: Refusal) -> Answer {
    if H::HAS_ERROR_TYPE {
        refusal.with_error_type().into()
    } else {
        refusal.into()
    }
}

/// Reads a request by its table of fields, or tells all that is wrong with it.
pub(super) fn read<R: model::Request>(incoming: &Incoming, rules: &Rules) -> Result<R, Refusal> {
    incoming.read(rules).map_err(|unreadable| match unreadable {
        Unreadable::Rejected(rejection) => Refusal::rejected(rejection),
        Unreadable::Unmet(violations) => Refusal::unmet::<R>(violations),
    })
}
