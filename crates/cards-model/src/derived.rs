//! Constraints from the attributes that `validator` reads, so that each rule
//! is stated once.
//!
//! [`request!`](crate::request!) reads a field's `#[validate(...)]`; the function of
//! `rule.rs` that it names has one of the same name in [`ConstraintOf`], which
//! says what it asks for. A property test holds that the two agree.

use std::marker::PhantomData;

use crate::constraint::{Constraint, Kind};
use crate::open_enum::Listed;
use crate::rule;

/// Tells whether a value that may be absent by its type must be given all the same: `required` asks
/// a text not to be empty, and anything else to be there.
#[doc(hidden)]
pub const fn is_required(kind: Kind, constraints: &[Constraint]) -> bool {
    let mut at = 0;
    while at < constraints.len() {
        if matches!(constraints[at], Constraint::Required) {
            return !matches!(kind, Kind::Text);
        }
        at += 1;
    }
    false
}

/// Lists the constraint that each function of `rule.rs` checks, under the
/// function's name, for a field of the type `T`.
#[doc(hidden)]
pub struct ConstraintOf<T>(PhantomData<T>);

const fn expiry(year_digits: u32) -> Constraint {
    Constraint::CardExpiry {
        year_digits,
        min_months: *rule::CARD_EXPIRY_MONTHS.start() as u32,
        max_months: *rule::CARD_EXPIRY_MONTHS.end() as u32,
    }
}

#[doc(hidden)]
impl<T: Listed> ConstraintOf<T> {
    pub const fn listed() -> Constraint {
        Constraint::OneOf(T::VALUES)
    }

    pub const fn all_listed() -> Constraint {
        Constraint::EachOneOf(T::VALUES)
    }
}

#[doc(hidden)]
impl<T> ConstraintOf<T> {
    pub const fn required() -> Constraint {
        Constraint::Required
    }

    pub const fn digits() -> Constraint {
        Constraint::Characters("0-9")
    }

    pub const fn letters() -> Constraint {
        Constraint::Characters("A-Za-z")
    }

    pub const fn letters_and_spaces() -> Constraint {
        Constraint::Characters("A-Za-z ")
    }

    pub const fn alphanumeric_and_spaces() -> Constraint {
        Constraint::Characters("A-Za-z0-9 ")
    }

    pub const fn card_number() -> Constraint {
        Constraint::Format(&["^[0-9]{16}$"])
    }

    pub const fn calendar_date() -> Constraint {
        Constraint::Date
    }

    pub const fn utc_time() -> Constraint {
        Constraint::UtcTime
    }

    pub const fn not_after_today() -> Constraint {
        Constraint::NotAfterToday
    }

    pub const fn card_expiry() -> Constraint {
        expiry(2)
    }

    pub const fn card_expiry_in_full() -> Constraint {
        expiry(4)
    }

    pub const fn amount() -> Constraint {
        Constraint::Amount {
            digits: rule::AMOUNT_DIGITS as u32,
            decimals: rule::AMOUNT_DECIMALS as u32,
        }
    }

    pub const fn pin_length() -> Constraint {
        Constraint::Length {
            min: Some(4),
            max: Some(4),
        }
    }

    pub const fn month_and_year() -> Constraint {
        Constraint::Format(&["^(0[1-9]|1[0-2])[0-9]{2}$"])
    }

    pub const fn doc_expiry_given() -> Constraint {
        Constraint::RequiredBySetting
    }

    pub const fn email() -> Constraint {
        Constraint::Email(&[
            "^[^@]{1,64}@[^@]{1,253}$",
            "^[A-Za-z0-9!#$%&'*+\\-/=?^_`{|}~]+(\\.[A-Za-z0-9!#$%&'*+\\-/=?^_`{|}~]+)*@",
            "@([A-Za-z0-9]([A-Za-z0-9\\-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z0-9]([A-Za-z0-9\\-]{0,61}[A-Za-z0-9])?$",
        ])
    }

    pub const fn password_length() -> Constraint {
        Constraint::Length {
            min: Some(*rule::PASSWORD_LENGTH.start() as u64),
            max: Some(*rule::PASSWORD_LENGTH.end() as u64),
        }
    }

    pub const fn password() -> Constraint {
        Constraint::Composition(&["[A-Z]", "[a-z]", "[0-9]", "[^A-Za-z0-9\\s]"])
    }

    pub const fn international_mobile() -> Constraint {
        Constraint::Format(&["^\\+[0-9]+[ \\t\\n\\f\\r]?[0-9]{1,16}$"])
    }

    pub const fn city() -> Constraint {
        Constraint::Characters("\\p{Alphabetic} .\\-")
    }

    pub const fn file_given() -> Constraint {
        Constraint::Required
    }

    pub const fn file_size() -> Constraint {
        Constraint::FileSize {
            max: rule::FILE_BYTES as u64,
        }
    }

    pub const fn path_segment() -> Constraint {
        Constraint::NoneOf(rule::DOT_SEGMENTS)
    }
}
