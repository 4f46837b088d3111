//! The rules of a delivery address that hold in the US alone, of what is sent and
//! of what is read.

use validator::ValidationError;

use crate::constraint::{Constraint, Dependent};
use crate::rule_kind::{Rule, unmet_rule_at};
use crate::sensitive::Personal;

/// The rules of a request's address, as data.
pub(super) const DEPENDENTS: &[Dependent] = &[
    in_us("deliveryAddress.state", Constraint::Required),
    in_us("deliveryAddress.state", length(2, 3)),
    in_us("deliveryAddress.state", Constraint::Characters("A-Za-z")),
    in_us("deliveryAddress.postalCode", length(4, 10)),
    in_us(
        "deliveryAddress.postalCode",
        Constraint::Characters("A-Za-z0-9 \\-"),
    ),
];

const fn in_us(field: &'static str, constraint: Constraint) -> Dependent {
    Dependent {
        field,
        constraint,
        on: "deliveryAddress.countryCode",
        words: &["US"],
        or_absent: false,
    }
}

const fn length(min: u64, max: u64) -> Constraint {
    Constraint::Length {
        min: Some(min),
        max: Some(max),
    }
}

/// Requires a state of 2 or 3 characters.
pub(super) fn state(country: &str, state: Option<&Personal>) -> Result<(), ValidationError> {
    let state = state.map_or("", Personal::expose);
    if !is_us(country) || (2..=3).contains(&state.chars().count()) {
        return Ok(());
    }
    let (rule, limit) = if state.is_empty() {
        (Rule::Required, "must be given in the US")
    } else {
        (Rule::Length, "2 to 3 characters in the US")
    };
    Err(unmet_rule_at("state", rule, limit))
}

/// Requires a state of 2 or 3 letters, as the request's document does.
pub(super) fn state_letters(
    country: &str,
    state: Option<&Personal>,
) -> Result<(), ValidationError> {
    self::state(country, state)?;
    let mut bytes = state.map_or("", Personal::expose).bytes();
    if is_us(country) && !bytes.all(|b| b.is_ascii_alphabetic()) {
        let limit = "letters in the US";
        return Err(unmet_rule_at("state", Rule::Characters, limit));
    }
    Ok(())
}

/// Requires 4 to 10 letters, digits, hyphens and spaces, where there is a code.
pub(super) fn postal_code(country: &str, code: Option<&Personal>) -> Result<(), ValidationError> {
    let Some(code) = code.filter(|_| is_us(country)) else {
        return Ok(());
    };
    let code = code.expose();
    let is_taken = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b' ';
    if !code.bytes().all(is_taken) {
        let limit = "letters, digits, hyphens and spaces in the US";
        return Err(unmet_rule_at("postal_code", Rule::Characters, limit));
    }
    if (4..=10).contains(&code.len()) {
        Ok(())
    } else {
        Err(unmet_rule_at(
            "postal_code",
            Rule::Length,
            "4 to 10 characters in the US",
        ))
    }
}

fn is_us(country: &str) -> bool {
    country == "US"
}
