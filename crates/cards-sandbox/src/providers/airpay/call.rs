//! Runs what all Airpay calls go through: the form, the credentials, the
//! checksum, the documented rules, and then the call's own work.

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use cards_model::{Form, Violations};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::access::Access;
use super::checksum;
use super::reply::{Refusal, Success, refused, rejected};
use super::settings::Airpay;
use cards_sandbox_core::answer::Answer;
use cards_sandbox_core::app::App;
use cards_sandbox_core::intake;
use cards_sandbox_core::openapi::{About, Described};
use cards_sandbox_core::test_values::{self, TestValues};
use cards_sandbox_core::tried;

/// An Airpay operation, as far as it differs from the others.
pub(super) trait Handle: Form + Send + 'static {
    /// The headers that it has to carry beside the checksum.
    const ACCESS: Access;

    /// Its own text in the OpenAPI document.
    const ABOUT: About;

    /// The word of a success.
    const MESSAGE: &'static str = "success";

    /// The `data` of a success.
    type Data: Serialize + JsonSchema + Send;

    /// Makes the `data` of the OpenAPI document's example.
    fn example() -> Value;

    /// Values for the fields of the example request of which the page shows none.
    const VALUES: &'static [(&'static str, &'static str)] = &[];

    /// The values that bring its failure, by reason.
    const TEST_VALUES: TestValues;

    /// Adds to the OpenAPI document what only this operation has.
    fn describe(described: Described) -> Described {
        described
    }

    /// Completes the `data` with the address at which the caller reached the sandbox.
    fn place(data: &mut Self::Data, origin: &str) {
        let _ = (data, origin);
    }

    /// Does the operation's own work, once everything about the request is right.
    fn carry_out(self, app: &App) -> impl Future<Output = Result<Self::Data, Refusal>> + Send;
}

pub(super) async fn handle<H: Handle>(State(app): State<App>, request: Request) -> Answer {
    let (parts, body) = request.into_parts();
    let answer = match intake::form(&parts, body, app.config.limits).await {
        Ok(pairs) => judge::<H>(&app, &parts.headers, &pairs).await,
        Err(rejection) => rejected(rejection),
    };
    answer.of(H::OPERATION)
}

async fn judge<H: Handle>(app: &App, headers: &HeaderMap, pairs: &intake::Pairs) -> Answer {
    let fields: Vec<(&str, &str)> = pairs
        .iter()
        .map(|(name, value)| (&**name, &**value))
        .collect();
    let recipe = app.providers.get::<Airpay>().checksum;
    // Worked out whatever else is wrong: the journal tells all that it can.
    let checksum = checksum::judge(H::OPERATION, recipe, headers, &fields, app.now());
    let form = H::from_fields(fields.iter().copied());
    let came = |wire: &str| fields.iter().any(|(name, _)| *name == wire);

    let answer = if let Err(refusal) = H::ACCESS.verify(app, headers).await {
        refused(app, refusal)
    } else if !checksum.is_right() {
        refused(
            app,
            Refusal::because(checksum.to_string()).breaks(checksum.unmet_rule()),
        )
    } else if let Err(violations) = form.check_received(came, &app.rules(H::OPERATION.provider)) {
        refused(app, Refusal::because(summary(&violations))).violations(&violations)
    } else if let Err(refusal) = H::ACCESS.speaks_for(app, headers, &fields).await {
        refused(app, refusal)
    } else if let Some(answer) = tried(app, &form) {
        answer
    } else {
        match form.carry_out(app).await {
            Ok(mut data) => {
                H::place(&mut data, &app.origin(headers).unwrap_or_default());
                Answer::accepted(&Success::new(H::MESSAGE, data))
            }
            Err(refusal) => refused(app, refusal),
        }
    };
    answer.detail(checksum)
}

/// The failure that a test value of the form brings.
fn tried<H: Handle>(app: &App, form: &H) -> Option<Answer> {
    tried::refusal(app, H::OPERATION.provider, H::TEST_VALUES, |see| {
        test_values::show(form, see);
    })
}

/// The violations on one line; in full they go to the journal beside it.
fn summary(violations: &Violations) -> String {
    let each = violations
        .iter()
        .map(|broken| format!("{}: {}", broken.field, broken.limit));
    each.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests;
