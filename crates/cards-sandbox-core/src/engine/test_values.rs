//! Test values: texts for somebody who tests through an app's screen, each of which brings one
//! documented refusal.
//!
//! They are rows of the operations. A request that is right in every other way is judged by them
//! before anything is changed; see [`tried`](crate::engine::tried).

use std::collections::BTreeSet;
use std::fmt;

use axum::http::StatusCode;
use cards_model::Record;

use crate::engine::answer::Answer;

/// The test values of an operation, in groups, as operations share some of them.
pub type TestValues = &'static [&'static [TestValue]];

/// A value of a field that brings a refusal.
#[derive(Clone, Copy, Debug)]
pub struct TestValue {
    field: &'static str,
    matches: Matches,
    brings: &'static str,
    assumes: Option<&'static str>,
    answer: fn() -> Answer,
}

/// Says which texts a test value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matches {
    /// This text alone.
    Is(&'static str),
    /// Every text that ends with this one.
    EndsWith(&'static str),
}

impl Matches {
    /// Gives the text, or the end of it.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Is(text) | Self::EndsWith(text) => text,
        }
    }

    /// Tells whether a value is one of these.
    pub fn has(self, value: &str) -> bool {
        match self {
            Self::Is(text) => value == text,
            Self::EndsWith(end) => value.ends_with(end),
        }
    }
}

impl TestValue {
    /// Makes a row for exactly this text of a field, by its wire name. `brings` tells what the
    /// refusal says, without a full stop.
    pub const fn is(
        field: &'static str,
        text: &'static str,
        brings: &'static str,
        answer: fn() -> Answer,
    ) -> Self {
        Self {
            field,
            matches: Matches::Is(text),
            brings,
            assumes: None,
            answer,
        }
    }

    /// Makes a row for every text of a field that ends with this one.
    pub const fn ends_with(
        field: &'static str,
        end: &'static str,
        brings: &'static str,
        answer: fn() -> Answer,
    ) -> Self {
        Self {
            matches: Matches::EndsWith(end),
            ..Self::is(field, end, brings, answer)
        }
    }

    /// Says what no page states of it: words that follow "Assumption:", without a full stop.
    pub const fn assuming(self, assumes: &'static str) -> Self {
        Self {
            assumes: Some(assumes),
            ..self
        }
    }

    /// Gives the wire name of the field.
    pub const fn field(&self) -> &'static str {
        self.field
    }

    /// Gives the texts that bring it.
    pub const fn matches(&self) -> Matches {
        self.matches
    }

    /// Tells what the refusal says.
    pub const fn brings(&self) -> &'static str {
        self.brings
    }

    /// Tells what no page states of it.
    pub const fn assumes(&self) -> Option<&'static str> {
        self.assumes
    }

    /// Makes the refusal, as the documents have it.
    pub fn answer(&self) -> Answer {
        (self.answer)()
    }
}

/// Writes the field and its value, as in `otp = 9401`.
impl fmt::Display for TestValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.matches {
            Matches::Is(text) => write!(f, "{} = {text}", self.field),
            Matches::EndsWith(end) => write!(f, "{} ending in {end}", self.field),
        }
    }
}

/// Shows a request's values to somebody, by wire name, as they stand in a path or a form.
pub fn show(request: &impl Record, see: &mut dyn FnMut(&str, &str)) {
    request.visit(&mut |field, value| {
        if let Some(text) = value.into_text() {
            see(field.wire, &text);
        }
    });
}

/// Finds the test value that a field's value is.
pub fn find(all: TestValues, field: &str, value: &str) -> Option<&'static TestValue> {
    let mut rows = all.iter().copied().flatten();
    rows.find(|row| row.field == field && row.matches.has(value))
}

/// Tells of test values as Markdown: a list, in which an assumption stands once before the rows that
/// rest on it. Empty where there are none.
pub(crate) fn markdown(all: TestValues) -> String {
    let rows: Vec<_> = all.iter().copied().flatten().collect();
    if rows.is_empty() {
        return String::new();
    }
    let mut text = "Test values: a request with one of these, and right in every other way, is \
                    refused, and nothing is changed."
        .to_owned();
    let assumed: BTreeSet<_> = rows.iter().map(|row| row.assumes).collect();
    // What is documented comes first.
    for assumes in assumed {
        text.push('\n');
        if let Some(assumes) = assumes {
            text.push_str(&format!("\nAssumption: {assumes}.\n"));
        }
        for row in rows.iter().filter(|row| row.assumes == assumes) {
            let field = row.field;
            let answer = row.answer();
            let status = match answer.parts().0 {
                StatusCode::OK => String::new(),
                status => format!("{}, ", status.as_u16()),
            };
            let value = match row.matches {
                Matches::Is(text) => format!("`{text}`"),
                Matches::EndsWith(end) => format!("ending in `{end}`"),
            };
            text.push_str(&format!("\n- `{field}` {value}: {status}{}", row.brings));
        }
    }
    text + "\n\nA sandbox can be started without them."
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: TestValues = &[
        &[TestValue::is("otp", "9401", "it is wrong", refuse)],
        &[TestValue::ends_with("card", "0409", "it is taken", refuse).assuming("all of it")],
    ];

    fn refuse() -> Answer {
        Answer::refused(StatusCode::BAD_REQUEST, &(), "")
    }

    #[test]
    fn a_row_is_of_one_field() {
        let all = ROWS.iter().copied().flatten();
        let fields: Vec<_> = all.map(TestValue::field).collect();
        assert_eq!(fields, ["otp", "card"]);
        assert!(find(ROWS, "card", "1230409").is_some() && find(ROWS, "otp", "1230409").is_none());
    }

    #[test]
    fn a_list_tells_each_assumption_once() {
        assert_eq!(markdown(&[]), "");
        insta::assert_snapshot!(markdown(ROWS), @r"
        Test values: a request with one of these, and right in every other way, is refused, and nothing is changed.

        - `otp` `9401`: 400, it is wrong

        Assumption: all of it.

        - `card` ending in `0409`: 400, it is taken

        A sandbox can be started without them.
        ");
    }

    #[test]
    fn a_text_matches_as_a_whole_or_by_its_end_in_its_own_field() {
        let found = |field, value| find(ROWS, field, value).map(ToString::to_string);
        assert_eq!(found("otp", "9401").as_deref(), Some("otp = 9401"));
        let card = Some("card ending in 0409");
        assert_eq!(found("card", "12340409").as_deref(), card);
        assert_eq!(found("card", "0409").as_deref(), card);
        for (field, value) in [
            ("otp", "09401"),
            ("otp", "94010"),
            ("otp", ""),
            ("card", "409"),
            ("card", "04090"),
            ("card", ""),
            ("card", "9401"),
            ("pin", "9401"),
        ] {
            assert_eq!(found(field, value), None, "{field} {value}");
        }
    }
}
