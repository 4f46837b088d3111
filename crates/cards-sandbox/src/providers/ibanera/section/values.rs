//! The values of rows that have rules of their own: amounts, and short texts.

use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

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

    /// The amount of a plain decimal; null of any other text.
    pub(crate) fn of(decimal: &str) -> Self {
        let read = RawValue::from_string(decimal.to_owned());
        Self(read.unwrap_or_else(|_| RawValue::NULL.to_owned()))
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

impl ToSql for Amount {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.as_str().to_sql()
    }
}

impl FromSql for Amount {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let amount = RawValue::from_string(String::column_result(value)?);
        amount.map(Self).map_err(FromSqlError::other)
    }
}
