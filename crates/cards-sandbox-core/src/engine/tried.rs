//! Judges requests by the test values of their operation, and lists all of them for people.

use cards_model::ProviderId;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::engine::answer::Answer;
use crate::engine::app::App;
use crate::engine::provider::Providers;
use crate::engine::test_values::{self, Matches, TestValue, TestValues};

/// Makes the refusal that a request's values bring. `show` shows them by wire name, and the first
/// that is a test value counts. `None`: none of them is one, or the sandbox is set to have none.
pub fn refusal(
    app: &App,
    provider: ProviderId,
    all: TestValues,
    show: impl FnOnce(&mut dyn FnMut(&str, &str)),
) -> Option<Answer> {
    if !app.config.test_values {
        return None;
    }
    let mut found = None;
    show(&mut |field, value| {
        found = found.or_else(|| test_values::find(all, field, value));
    });
    let found: &TestValue = found?;
    let why = format!("the test value {found}: {}", found.brings());
    Some(answer(&app.providers, provider, found).because(why))
}

/// Makes the refusal as the provider's settings have it.
fn answer(providers: &Providers, provider: ProviderId, row: &TestValue) -> Answer {
    let found = providers.iter().find(|one| one.id() == provider);
    match found {
        Some(provider) => provider.as_set(row.answer()),
        None => row.answer(),
    }
}

/// A test value of an operation, as it is told to people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TestValue")]
#[non_exhaustive]
pub struct ListedTestValue {
    /// The provider's name.
    pub provider: &'static str,
    /// The operation's name.
    pub operation: &'static str,
    /// The wire name of the field.
    pub field: &'static str,
    /// The value to type, or the end of it.
    pub value: &'static str,
    /// Says whether every value that ends so brings the refusal, and not this one alone.
    pub is_ending: bool,
    /// The HTTP status of the refusal.
    pub status: u16,
    /// Tells what the refusal says.
    pub brings: &'static str,
    /// Tells what no page of the provider states of it, where there is such a thing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub assumption: Option<&'static str>,
    /// The body of the refusal.
    #[schemars(with = "serde_json::Map<String, Value>")]
    pub reply: Value,
}

/// Lists the test values of a provider, or, where none is named, of all; none where the sandbox is
/// set to have none.
pub(crate) fn list(app: &App, provider: Option<ProviderId>) -> Vec<ListedTestValue> {
    if !app.config.test_values {
        return Vec::new();
    }
    let rows = app.operations.of(provider).flat_map(|known| {
        let operation = known.operation;
        known.test_values().map(move |row| (operation, row))
    });
    let listed = rows.map(|(operation, row)| {
        let answer = answer(&app.providers, operation.provider, row);
        let (status, _, body) = answer.parts();
        ListedTestValue {
            provider: operation.provider.as_str(),
            operation: operation.name,
            field: row.field(),
            value: row.matches().text(),
            is_ending: matches!(row.matches(), Matches::EndsWith(_)),
            status: status.as_u16(),
            brings: row.brings(),
            assumption: row.assumes(),
            reply: serde_json::from_slice(body).unwrap_or_default(),
        }
    });
    listed.collect()
}
