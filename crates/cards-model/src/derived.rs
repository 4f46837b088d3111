//! Constraints from the attributes that `validator` reads, so that each rule
//! is stated once.
//!
//! `constraints!` reads a field's `#[validate(...)]`; the function of
//! `rule.rs` that it names has one of the same name in [`ConstraintOf`], which
//! says what it asks for. A property test holds that the two agree.

use std::marker::PhantomData;

use crate::constraint::{Constraint, Kind};
use crate::open_enum::Listed;
use crate::rule;

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
pub(crate) struct ConstraintOf<T>(PhantomData<T>);

impl<T: Listed> ConstraintOf<T> {
    pub(crate) const fn listed() -> Constraint {
        Constraint::OneOf(T::VALUES)
    }

    pub(crate) const fn all_listed() -> Constraint {
        Constraint::EachOneOf(T::VALUES)
    }
}

impl<T> ConstraintOf<T> {
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
/// without its function in [`ConstraintOf`] does not compile.
macro_rules! constraints {
    ($type:ty; $($rule:ident $(($($args:tt)*))?),* $(,)?) => {
        &[$($crate::derived::constraint!($type; $rule $(($($args)*))?)),*]
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
        $crate::derived::ConstraintOf::<$type>::$rule()
    };
}

pub(crate) use {constraint, constraints};
