//! The rules of a request's fields as data: for descriptions of an API, such
//! as OpenAPI documents, that must not drift from what [`check`] does.
//!
//! Each constraint is read off the very attribute that `validator` reads, by
//! `constraints!`; what a function of `rule.rs` asks for is told by the
//! function of the same name in `Told`. A property test holds that the two
//! agree.
//!
//! [`check`]: crate::Request::check

use std::marker::PhantomData;

use crate::open_enum::Listed;
use crate::rule;

/// A rule of a field. Lengths count characters, patterns are in the dialect of
/// JSON Schema (ECMA-262) without look-around.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Constraint {
    /// Given, and not empty.
    Required,
    /// As [`Required`](Self::Required), unless
    /// [`DocExpiry::MayBeEmpty`](crate::DocExpiry::MayBeEmpty) is set.
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
    /// A day that is not after today.
    NotAfterToday,
    /// Month and year as `MM/YY`, so many calendar months ahead, or empty.
    CardExpiry {
        /// The least.
        min_months: u32,
        /// The most.
        max_months: u32,
    },
    /// One of these values, or empty.
    OneOf(&'static [&'static str]),
    /// A list of these values.
    EachOneOf(&'static [&'static str]),
    /// None of these values.
    NoneOf(&'static [&'static str]),
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
    /// Values with commas between them.
    List,
}

/// A rule over two fields: a length that depends on a country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dependent {
    /// The field that the rule is about.
    pub field: &'static str,
    /// The exact number of characters that it has to have then.
    pub length: u64,
    /// The field that it depends on.
    pub on: &'static str,
    /// The word that this field has to hold, in any case, with spaces around it
    /// or without.
    pub word: &'static str,
    /// Whether the rule applies too where that field is absent.
    pub or_absent: bool,
}

/// Whether these constraints make a field one that must be given.
pub(crate) const fn is_required(constraints: &[Constraint]) -> bool {
    let mut at = 0;
    while at < constraints.len() {
        if matches!(constraints[at], Constraint::Required) {
            return true;
        }
        at += 1;
    }
    false
}

/// The kind of value that a type of a request's field holds.
pub(crate) trait Valued {
    const KIND: Kind;
}

impl Valued for String {
    const KIND: Kind = Kind::Text;
}

impl Valued for Option<u32> {
    const KIND: Kind = Kind::Integer {
        min: 0,
        max: u32::MAX as u64,
    };
}

impl Valued for Option<u64> {
    const KIND: Kind = Kind::Integer {
        min: 0,
        max: u64::MAX,
    };
}

impl Valued for Option<i64> {
    const KIND: Kind = Kind::Integer {
        min: i64::MIN,
        max: i64::MAX as u64,
    };
}

impl<T> Valued for Vec<T> {
    const KIND: Kind = Kind::List;
}

/// Lists the constraint that each function of `rule.rs` checks, under the
/// function's name, for a field of the type `T`.
pub(crate) struct Told<T>(PhantomData<T>);

impl<T: Listed> Told<T> {
    pub(crate) const fn listed() -> Constraint {
        Constraint::OneOf(T::VALUES)
    }

    pub(crate) const fn all_listed() -> Constraint {
        Constraint::EachOneOf(T::VALUES)
    }
}

impl<T> Told<T> {
    pub(crate) const fn required() -> Constraint {
        Constraint::Required
    }

    pub(crate) const fn digits() -> Constraint {
        Constraint::Characters("0-9")
    }

    pub(crate) const fn letters() -> Constraint {
        Constraint::Characters("A-Za-z")
    }

    pub(crate) const fn letters_and_spaces() -> Constraint {
        Constraint::Characters("A-Za-z ")
    }

    pub(crate) const fn alphanumeric_and_spaces() -> Constraint {
        Constraint::Characters("A-Za-z0-9 ")
    }

    pub(crate) const fn card_number() -> Constraint {
        Constraint::Format(&["^[0-9]{16}$"])
    }

    pub(crate) const fn calendar_date() -> Constraint {
        Constraint::Date
    }

    pub(crate) const fn not_after_today() -> Constraint {
        Constraint::NotAfterToday
    }

    pub(crate) const fn card_expiry() -> Constraint {
        Constraint::CardExpiry {
            min_months: *rule::CARD_EXPIRY_MONTHS.start() as u32,
            max_months: *rule::CARD_EXPIRY_MONTHS.end() as u32,
        }
    }

    pub(crate) const fn doc_expiry_given() -> Constraint {
        Constraint::RequiredBySetting
    }

    pub(crate) const fn email() -> Constraint {
        Constraint::Email(&[
            "^[^@]{1,64}@[^@]{1,253}$",
            "^[A-Za-z0-9!#$%&'*+\\-/=?^_`{|}~]+(\\.[A-Za-z0-9!#$%&'*+\\-/=?^_`{|}~]+)*@",
            "@([A-Za-z0-9]([A-Za-z0-9\\-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z0-9]([A-Za-z0-9\\-]{0,61}[A-Za-z0-9])?$",
        ])
    }

    pub(crate) const fn password_length() -> Constraint {
        Constraint::Length {
            min: Some(*rule::PASSWORD_LENGTH.start() as u64),
            max: Some(*rule::PASSWORD_LENGTH.end() as u64),
        }
    }

    pub(crate) const fn password() -> Constraint {
        Constraint::Composition(&["[A-Z]", "[a-z]", "[0-9]", "[^A-Za-z0-9\\s]"])
    }

    pub(crate) const fn path_segment() -> Constraint {
        Constraint::NoneOf(rule::DOT_SEGMENTS)
    }
}

/// The constraints of a field, from the rules of its `#[validate(...)]`. A rule
/// that nothing is told of does not compile.
macro_rules! constraints {
    ($type:ty; $($rule:ident $(($($args:tt)*))?),* $(,)?) => {
        &[$($crate::constraint::constraint!($type; $rule $(($($args)*))?)),*]
    };
}

macro_rules! constraint {
    ($type:ty; required) => {
        $crate::Constraint::Required
    };
    ($type:ty; length(min = $min:literal, max = $max:literal)) => {
        $crate::Constraint::Length {
            min: Some($min),
            max: Some($max),
        }
    };
    ($type:ty; length(max = $max:literal)) => {
        $crate::Constraint::Length {
            min: None,
            max: Some($max),
        }
    };
    ($type:ty; range(min = $min:literal, max = $max:literal)) => {
        $crate::Constraint::Range {
            min: Some($min),
            max: Some($max),
        }
    };
    ($type:ty; range(min = $min:literal)) => {
        $crate::Constraint::Range {
            min: Some($min),
            max: None,
        }
    };
    ($type:ty; custom(function = rule::$rule:ident $(, use_context)?)) => {
        $crate::constraint::Told::<$type>::$rule()
    };
}

pub(crate) use {constraint, constraints};
