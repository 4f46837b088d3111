//! The way of all Paysafe operations: the body, the credentials, the documented rules, and
//! then the operation's own work.

use axum::extract::{Request, State};
use cards_model::{self as model, Operation, Rule, Rules, Violation, Violations};
use schemars::JsonSchema;
use serde_json::Value;

use super::access::Access;
use super::error::{FieldError, refused_fields, rejected};
use super::signature;
use crate::world::paysafe::{OTHER_PREFIX, PREFIX};
use cards_sandbox_core::answer::{Answer, UnmetRule};
use cards_sandbox_core::app::App;
use cards_sandbox_core::incoming::{Incoming, Takes, Unreadable};
use cards_sandbox_core::openapi::{About, Described, Document};
use cards_sandbox_core::test_values::TestValues;
use cards_sandbox_core::tried;
use cards_sandbox_core::written::Written;

/// A Paysafe operation, as far as it differs from the others.
pub(super) trait Handle: Sized + Send + 'static {
    const OPERATION: &'static Operation;

    /// The prefixes of the paths where it is served: the document's path, and that path below the
    /// prefixes.
    const PREFIXES: &'static [&'static str] = &["", PREFIX, OTHER_PREFIX];

    /// The credentials that it has to carry.
    const ACCESS: Access;

    /// The kind of body that it takes.
    const TAKES: Takes = Takes::stated_by(Self::OPERATION);

    /// Its own text in the OpenAPI document.
    const ABOUT: About;

    /// The values that bring one of its documented refusals each.
    const TEST_VALUES: TestValues;

    /// The reply to a success.
    type Data: JsonSchema;

    /// Tells what it takes beside the fields of its table, and its own replies.
    fn describe(document: &mut Document, operation: Described) -> Described;

    /// Reads the request, or tells all that is wrong with it.
    fn read(incoming: &Incoming, rules: &Rules) -> Result<Self, Answer>;

    /// Shows the values that may be test values, by wire name.
    fn show(&self, see: &mut dyn FnMut(&str, &str));

    /// Does the operation's own work, once everything about the request is right.
    fn carry_out(
        self,
        app: &App,
    ) -> impl Future<Output = Result<Written<Self::Data>, Answer>> + Send;
}

pub(super) async fn handle<H: Handle>(State(app): State<App>, request: Request) -> Answer {
    let answer = match Incoming::receive(request, H::TAKES, app.config.limits).await {
        Ok(incoming) => match answer::<H>(&app, &incoming).await {
            Ok(reply) => reply.into(),
            Err(refusal) => refusal,
        },
        Err(rejection) => rejected(rejection),
    };
    answer.of(H::OPERATION)
}

async fn answer<H: Handle>(app: &App, incoming: &Incoming) -> Result<Written<H::Data>, Answer> {
    H::ACCESS.verify(app, incoming.headers()).await?;
    if matches!(H::ACCESS, Access::Bearer) {
        signature::verify(app, incoming, H::PREFIXES)?;
    }
    let provider = H::OPERATION.provider;
    let request = H::read(incoming, &app.rules(provider))?;
    match tried::refusal(app, provider, H::TEST_VALUES, |see| request.show(see)) {
        Some(refusal) => Err(refusal),
        None => request.carry_out(app).await,
    }
}

/// Reads a request by its table of fields, or tells all that is wrong with it.
pub(super) fn read<R: model::Request>(incoming: &Incoming, rules: &Rules) -> Result<R, Answer> {
    read_without(None, incoming, rules)
}

/// Reads a request that has to come without a field which is none of its table: its name, and
/// what is wrong with it.
pub(super) fn read_without<R: model::Request>(
    barred: Option<(&'static str, &'static str)>,
    incoming: &Incoming,
    rules: &Rules,
) -> Result<R, Answer> {
    let body: Option<Value> = barred.and_then(|_| serde_json::from_slice(incoming.json()).ok());
    let came = barred.filter(|(name, _)| body.is_some_and(|body| !body[name].is_null()));
    let unmet = came.map(|(field, limit)| UnmetRule::field(field, Rule::Allowed, limit));
    let came = came.map(|(field, limit)| FieldError {
        field,
        error: limit.to_owned(),
    });
    match incoming.read(rules) {
        Ok(request) => match came {
            None => Ok(request),
            Some(came) => Err(refused_fields(&[came]).unmet(unmet)),
        },
        Err(Unreadable::Rejected(rejection)) => Err(rejected(rejection)),
        Err(Unreadable::Unmet(violations)) => {
            let mut all = wrong::<R>(&violations);
            all.extend(came);
            Err(refused_fields(&all).violations(&violations).unmet(unmet))
        }
    }
}

/// Gives the request back where it keeps every rule and all of it could be read; or tells all that
/// is wrong.
pub(super) fn checked<R: model::Request>(
    request: R,
    unread: Vec<FieldError>,
    rules: &Rules,
) -> Result<R, Answer> {
    let unmet: Vec<_> = unread
        .iter()
        .map(|unread| UnmetRule::field(unread.field, Rule::Format, "a whole number"))
        .collect();
    let mut all = unread;
    let violations = request.check(rules).err();
    all.extend(violations.iter().flat_map(wrong::<R>));
    if all.is_empty() {
        return Ok(request);
    }
    let answer = refused_fields(&all).unmet(unmet);
    Err(match violations {
        Some(violations) => answer.violations(&violations),
        None => answer,
    })
}

/// The fields that break rules, as the reply names them.
fn wrong<R: model::Request>(violations: &Violations) -> Vec<FieldError> {
    let error = |violation: &Violation| {
        // Only names of the document's table come out of a check.
        Some(FieldError {
            field: R::OPERATION.field(&violation.field)?.wire,
            error: violation.limit.clone().into_owned(),
        })
    };
    violations.iter().filter_map(error).collect()
}
