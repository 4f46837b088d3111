//! The checks of fields, as the macros write them for the rules in `#[validate(...)]`.
//!
//! The rules, their names and their errors are `validator`'s. Its derive is not used: it
//! brings nine crates, a second syn among them, that every consumer would wait for, and
//! it puts the value into each error.

use std::borrow::Cow;

use serde::Serialize;
use validator::{
    Validate, ValidateLength, ValidateRange, ValidateRequired, ValidationError, ValidationErrors,
};

use crate::value::FieldType;

/// A field that may have a value to check: absent ones break no rule but `required`.
pub trait Given {
    /// The value.
    type Value;

    /// The value, if there is one.
    fn given(&self) -> Option<&Self::Value>;
}

impl<T: FieldType> Given for T {
    type Value = T;

    fn given(&self) -> Option<&T> {
        Some(self)
    }
}

/// Months and the like, which only replies have.
impl Given for u8 {
    type Value = Self;

    fn given(&self) -> Option<&Self> {
        Some(self)
    }
}

impl<T> Given for Option<T> {
    type Value = T;

    fn given(&self) -> Option<&T> {
        self.as_ref()
    }
}

impl<T> Given for Vec<T> {
    type Value = Self;

    fn given(&self) -> Option<&Self> {
        Some(self)
    }
}

/// Names the bounds of a length or a range; `None`: there is none.
#[derive(Clone, Copy)]
pub struct Bounds<T> {
    /// The least.
    pub min: Option<T>,
    /// The most.
    pub max: Option<T>,
}

impl<T: Serialize> Bounds<T> {
    fn error(&self, code: &'static str) -> ValidationError {
        let mut error = ValidationError::new(code);
        for (name, bound) in [("min", &self.min), ("max", &self.max)] {
            if let Some(bound) = bound {
                error.add_param(Cow::Borrowed(name), bound);
            }
        }
        error
    }
}

/// Checks the number of characters of a text.
pub fn length<G>(errors: &mut ValidationErrors, field: &'static str, value: &G, bounds: Bounds<u64>)
where
    G: Given<Value: ValidateLength<u64>>,
{
    let fits = |value: &G::Value| value.validate_length(bounds.min, bounds.max, None);
    if !value.given().is_none_or(fits) {
        errors.add(field, bounds.error("length"));
    }
}

/// Checks that a text has exactly so many characters.
pub fn equal_length<G>(errors: &mut ValidationErrors, field: &'static str, value: &G, equal: u64)
where
    G: Given<Value: ValidateLength<u64>>,
{
    let fits = |value: &G::Value| value.validate_length(None, None, Some(equal));
    if !value.given().is_none_or(fits) {
        let mut error = ValidationError::new("length");
        error.add_param(Cow::Borrowed("equal"), &equal);
        errors.add(field, error);
    }
}

/// Checks that a number lies within bounds.
pub fn range<N, G>(errors: &mut ValidationErrors, field: &'static str, value: &G, bounds: Bounds<N>)
where
    N: Copy + Serialize,
    G: Given<Value: ValidateRange<N>>,
{
    let fits = |value: &G::Value| value.validate_range(bounds.min, bounds.max, None, None);
    if !value.given().is_none_or(fits) {
        errors.add(field, bounds.error("range"));
    }
}

/// Checks that a value is given.
pub fn required(errors: &mut ValidationErrors, field: &'static str, value: &impl ValidateRequired) {
    if !value.validate_required() {
        errors.add(field, ValidationError::new("required"));
    }
}

/// Adds what a function found of a field.
pub fn custom(
    errors: &mut ValidationErrors,
    field: &'static str,
    outcome: Option<Result<(), ValidationError>>,
) {
    if let Some(Err(error)) = outcome {
        errors.add(field, error);
    }
}

/// Adds what the check of an object found, unless the field has broken a rule of its
/// own.
pub fn nested(
    errors: &mut ValidationErrors,
    field: &'static str,
    value: &impl Given<Value: Validate>,
) {
    if !errors.errors().contains_key(field)
        && let Some(value) = value.given()
    {
        errors.merge_self(field, value.validate());
    }
}

/// Adds what a function found of the whole.
pub fn whole(errors: &mut ValidationErrors, outcome: Result<(), ValidationError>) {
    if let Err(error) = outcome {
        errors.add("__all__", error);
    }
}

/// Tells what was found.
pub fn outcome(errors: ValidationErrors) -> Result<(), ValidationErrors> {
    match errors.is_empty() {
        true => Ok(()),
        false => Err(errors),
    }
}

/// Checks one rule of one field of `$this`.
#[doc(hidden)]
#[macro_export]
macro_rules! __check {
    ($this:ident.$field:ident, $errors:ident, $rules:ident; required) => {
        $crate::__macro::required($errors, stringify!($field), &$this.$field)
    };
    ($this:ident.$field:ident, $errors:ident, $rules:ident; length(equal = $equal:literal)) => {
        $crate::__macro::equal_length($errors, stringify!($field), &$this.$field, $equal)
    };
    (
        $this:ident.$field:ident, $errors:ident, $rules:ident;
        length(min = $min:literal, max = $max:literal)
    ) => {{
        let bounds = $crate::__macro::Bounds {
            min: Some($min),
            max: Some($max),
        };
        $crate::__macro::length($errors, stringify!($field), &$this.$field, bounds)
    }};
    (
        $this:ident.$field:ident, $errors:ident, $rules:ident;
        length(min = $min:literal)
    ) => {{
        let bounds = $crate::__macro::Bounds {
            min: Some($min),
            max: None,
        };
        $crate::__macro::length($errors, stringify!($field), &$this.$field, bounds)
    }};
    (
        $this:ident.$field:ident, $errors:ident, $rules:ident;
        length(max = $max:literal)
    ) => {{
        let bounds = $crate::__macro::Bounds {
            min: None,
            max: Some($max),
        };
        $crate::__macro::length($errors, stringify!($field), &$this.$field, bounds)
    }};
    (
        $this:ident.$field:ident, $errors:ident, $rules:ident;
        range(min = $min:literal, max = $max:literal)
    ) => {{
        let bounds = $crate::__macro::Bounds {
            min: Some($min),
            max: Some($max),
        };
        $crate::__macro::range($errors, stringify!($field), &$this.$field, bounds)
    }};
    (
        $this:ident.$field:ident, $errors:ident, $rules:ident;
        range(min = $min:literal)
    ) => {{
        let bounds = $crate::__macro::Bounds {
            min: Some($min),
            max: None,
        };
        $crate::__macro::range($errors, stringify!($field), &$this.$field, bounds)
    }};
    (
        $this:ident.$field:ident, $errors:ident, $rules:ident;
        range(max = $max:literal)
    ) => {{
        let bounds = $crate::__macro::Bounds {
            min: None,
            max: Some($max),
        };
        $crate::__macro::range($errors, stringify!($field), &$this.$field, bounds)
    }};
    (
        $this:ident.$field:ident, $errors:ident, $rules:ident;
        custom(function = $function:path, use_context)
    ) => {{
        let outcome =
            $crate::__macro::Given::given(&$this.$field).map(|value| $function(value, $rules));
        $crate::__macro::custom($errors, stringify!($field), outcome)
    }};
    ($this:ident.$field:ident, $errors:ident, $rules:ident; custom(function = $function:path)) => {{
        let outcome = $crate::__macro::Given::given(&$this.$field).map(|value| $function(value));
        $crate::__macro::custom($errors, stringify!($field), outcome)
    }};
    ($this:ident.$field:ident, $errors:ident, $rules:ident; nested) => {
        $crate::__macro::nested($errors, stringify!($field), &$this.$field)
    };
    ($this:ident, $errors:ident, $rules:ident; $function:ident, use_context) => {
        $crate::__macro::whole($errors, $function($this, $rules))
    };
    ($this:ident, $errors:ident, $rules:ident; $function:ident) => {
        $crate::__macro::whole($errors, $function($this))
    };
}
