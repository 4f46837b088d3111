//! Says how customers are shown, and which facts about a person are.

use std::borrow::Cow;
use std::fmt;

use crate::engine::view::HIDDEN;
use cards_model::{Date, Personal};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};

/// The view in which customers are shown.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Showing {
    /// The sandbox's day.
    pub today: Date,
    /// Says whether facts about everybody are shown, and not only those of the sandbox's own
    /// people.
    pub everybody: bool,
}

impl Showing {
    /// Shows customers as of a day, and facts of the sandbox's own people only.
    pub const fn on(today: Date) -> Self {
        Self {
            today,
            everybody: false,
        }
    }
}

/// A fact about a person: a name, an address, a day of birth. It is shown where the sandbox made
/// the person up; that of somebody who was registered is hidden in JSON and on the page, unless
/// values are kept. `Debug` always hides it.
///
/// ```
/// use cards_sandbox_core::showing::Fact;
///
/// let city = Fact::new("Kochi", false);
/// assert_eq!((city.to_string(), city.expose()), ("[redacted]".to_owned(), "Kochi"));
/// assert_eq!(Fact::new("Kochi", true).to_string(), "Kochi");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    value: Personal,
    is_shown: bool,
}

impl Fact {
    /// Makes a fact that is shown or not.
    pub fn new(value: impl Into<Personal>, is_shown: bool) -> Self {
        Self {
            value: value.into(),
            is_shown,
        }
    }

    /// Gives the value in the clear. Every reading of it is this visible.
    pub fn expose(&self) -> &str {
        self.value.expose()
    }

    /// Gives the value, if it is shown.
    pub fn shown(&self) -> Option<&str> {
        self.is_shown.then(|| self.expose())
    }

    fn text(&self) -> Cow<'_, str> {
        self.shown()
            .map_or_else(|| self.value.redacted(), Cow::Borrowed)
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl Serialize for Fact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

impl JsonSchema for Fact {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Fact".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<String>()
    }
}

/// Joins facts to a line for people; those that are hidden are told by one word.
pub fn line<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> String {
    let facts = facts.into_iter().filter(|fact| !fact.expose().is_empty());
    let mut parts: Vec<&str> = facts.map(|fact| fact.shown().unwrap_or(HIDDEN)).collect();
    if parts.iter().all(|part| *part == HIDDEN) {
        parts.truncate(1);
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_facts() {
        let [street, city] = ["1 Test Road", "Kochi"].map(|text| Fact::new(text, true));
        let hidden = Fact::new("Canary", false);
        assert_eq!(line([&street, &city]), "1 Test Road, Kochi");
        assert_eq!(
            line([&street, &hidden, &Fact::new("", false)]),
            "1 Test Road, hidden"
        );
        assert_eq!(line([&hidden, &hidden]), "hidden");
        assert_eq!(line([]), "");
        assert!(!format!("{city:?}").contains("Kochi"));
    }
}
