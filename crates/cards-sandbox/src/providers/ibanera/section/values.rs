//! The values of rows that have rules of their own: amounts, and short texts.

use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use cards_sandbox_core::decimal;
use cards_sandbox_core::field_error::FieldError;
use cards_sandbox_core::limits::TEXT;
use cards_sandbox_core::world::invented::no_card_number;

/// Checks a text of which no document says anything.
pub(super) fn check_text(field: &'static str, text: &str) -> Result<(), FieldError> {
    if !(1..=TEXT).contains(&text.chars().count()) {
        return Err(FieldError::at(field, format!("1 to {TEXT} characters")));
    }
    no_card_number(field, text)
}

/// An amount with its own digits, which no float has rounded.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Amount(Box<RawValue>);

impl Amount {
    /// Gives the digits: `1234.50`.
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    /// Makes the amount of a plain decimal, which may have zeros before it, as JSON has it. `None`: the
    /// text is another.
    pub(crate) fn of(decimal: &str) -> Option<Self> {
        let number = decimal::sum([decimal])?;
        RawValue::from_string(number).ok().map(Self)
    }

    /// Checks for a plain decimal, which any client can read.
    pub(super) fn check(&self, field: &'static str) -> Result<(), FieldError> {
        self.check_digits(field, 28)
    }

    /// Checks for a plain decimal of so many digits at most.
    pub(super) fn check_digits(&self, field: &'static str, most: usize) -> Result<(), FieldError> {
        let text = self.as_str();
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let digits = unsigned.bytes().filter(u8::is_ascii_digit).count();
        let is_plain = unsigned
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
        if is_plain && (1..=most).contains(&digits) {
            return Ok(());
        }
        let what = format!("a number of at most {most} digits, without an exponent");
        Err(FieldError::at(field, what))
    }
}

/// A text in the place of an amount, which is not repeated.
#[derive(Debug, thiserror::Error)]
#[error("no plain decimal")]
struct NotPlain;

impl ToSql for Amount {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.as_str().to_sql()
    }
}

impl FromSql for Amount {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let text = value.as_str()?;
        let normal = Self::of(text).ok_or_else(|| FromSqlError::other(NotPlain))?;
        // Its digits are as they were given; sandboxes before kept zeros before them, too.
        Ok(RawValue::from_string(text.to_owned()).map_or(normal, Self))
    }
}
