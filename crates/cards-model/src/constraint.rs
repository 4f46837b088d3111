//! The rules of a request's fields as data: for descriptions of an API, such
//! as OpenAPI documents, that must not drift from what [`check`] does.
//!
//! They are read off the very attributes that `validator` reads: see
//! `derived.rs`.
//!
//! [`check`]: crate::Request::check

use crate::rule_kind::Rule;

/// A rule of a field. Lengths count characters, patterns are in the dialect of
/// JSON Schema (ECMA-262) without look-around.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Constraint {
    /// Given, and not empty.
    Required,
    /// As [`Required`](Self::Required), where
    /// [`DocExpiry::Required`](crate::DocExpiry::Required) is set; by default a
    /// [`Dependent`] says where.
    RequiredBySetting,
    /// At least and at most so many characters.
    Length {
        /// The fewest, where there is a bound.
        min: Option<u64>,
        /// The most, where there is a bound.
        max: Option<u64>,
    },
    /// A number from and up to these.
    Range {
        /// The smallest, where there is a bound.
        min: Option<u64>,
        /// The largest, where there is a bound.
        max: Option<u64>,
    },
    /// Only characters of this class, written as inside the brackets of a
    /// pattern: `A-Za-z`.
    Characters(&'static str),
    /// Matches every one of these patterns. An empty text is for
    /// [`Required`](Self::Required) to refuse.
    Format(&'static [&'static str]),
    /// As [`Format`](Self::Format): upper and lower case letters, a digit and
    /// a special character. Which letters beyond ASCII are no special
    /// characters is more than the patterns tell.
    Composition(&'static [&'static str]),
    /// Shaped like an e-mail address, by these patterns.
    Email(&'static [&'static str]),
    /// A day of the calendar as `YYYY-MM-DD`, or empty.
    Date,
    /// A moment in UTC as ISO 8601, `2025-07-10T16:43:50.359Z`, or empty.
    UtcTime,
    /// A day that is not after today.
    NotAfterToday,
    /// Month and year, as `MM/YY` or `MM/YYYY`, so many calendar months ahead, or empty.
    CardExpiry {
        /// The digits of the year: 2 or 4.
        year_digits: u32,
        /// The least.
        min_months: u32,
        /// The most.
        max_months: u32,
    },
    /// A decimal number above 0 in plain digits, or empty.
    Amount {
        /// The most digits before the point.
        digits: u32,
        /// The most digits behind it.
        decimals: u32,
    },
    /// One of these values, or empty.
    OneOf(&'static [&'static str]),
    /// A list of these values.
    EachOneOf(&'static [&'static str]),
    /// None of these values.
    NoneOf(&'static [&'static str]),
    /// A file of at most so many bytes.
    FileSize {
        /// The most.
        max: u64,
    },
}

impl Constraint {
    /// The kinds of rules that a value breaks which does not keep it.
    pub const fn rules(self) -> &'static [Rule] {
        match self {
            Self::Required | Self::RequiredBySetting => &[Rule::Required],
            Self::Length { .. } | Self::FileSize { .. } => &[Rule::Length],
            Self::Range { .. } | Self::NotAfterToday => &[Rule::Range],
            Self::Characters(_) => &[Rule::Characters],
            Self::Format(_) | Self::Email(_) | Self::Date | Self::UtcTime | Self::NoneOf(_) => {
                &[Rule::Format]
            }
            Self::CardExpiry { .. } | Self::Amount { .. } => &[Rule::Format, Rule::Range],
            Self::Composition(_) => &[Rule::Composition],
            Self::OneOf(_) | Self::EachOneOf(_) => &[Rule::Allowed],
        }
    }
}

/// The kind of value that a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// Text.
    Text,
    /// A whole number that fits the type that it is read into.
    Integer {
        /// The smallest that fits.
        min: i64,
        /// The largest that fits.
        max: u64,
    },
    /// A decimal number: in a JSON body a number, elsewhere the text that was given.
    Decimal,
    /// Texts: with commas between them in a query, an array in JSON.
    List,
    /// True or false.
    Boolean,
    /// An object, whose own fields have rows of their own.
    Object,
    /// A file, in a part of a multipart body.
    File,
}

/// A rule over two fields: a constraint of one that holds where another one is
/// given, or holds a certain word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dependent {
    /// The field that the rule is about.
    pub field: &'static str,
    /// The rule that it has to keep then. A length, or a class of characters, is
    /// asked of a value that there is.
    pub constraint: Constraint,
    /// The field that it depends on.
    pub on: &'static str,
    /// The words of which this field has to hold one, in any case, with spaces
    /// around it or without. None at all: it has to be given, whatever it holds.
    pub words: &'static [&'static str],
    /// Says whether the rule applies too where that field is absent or empty.
    pub or_absent: bool,
}
