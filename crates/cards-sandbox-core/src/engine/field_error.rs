//! Defines the error of one field of what a file or a request brings.

use std::borrow::Cow;
use std::fmt;

/// A field that is wrong. No value is in here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name, with the names of what it is within: `customers[0].cards`.
    pub field: String,
    /// The limit that it breaks, in words.
    pub what: Cow<'static, str>,
}

/// The name of the field that is wrong where the whole is: of a request its body.
const WHOLE: &str = "body";

impl FieldError {
    /// Makes the error of the field with this name.
    pub fn at(field: impl Into<String>, what: impl Into<Cow<'static, str>>) -> Self {
        Self {
            field: field.into(),
            what: what.into(),
        }
    }

    /// Makes the error of something that is wrong as a whole.
    pub fn of_whole(what: impl Into<Cow<'static, str>>) -> Self {
        Self::at(WHOLE, what)
    }

    /// Gives the same error of something that is a member of an object.
    pub(crate) fn within(self, name: &str) -> Self {
        let field = match &*self.field {
            WHOLE => name.to_owned(),
            of_list if of_list.starts_with('[') => format!("{name}{of_list}"),
            field => format!("{name}.{field}"),
        };
        Self { field, ..self }
    }
}

impl std::error::Error for FieldError {}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.what)
    }
}
