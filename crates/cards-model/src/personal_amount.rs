//! An amount that tells something of a person.

use std::fmt;

use rust_decimal::Decimal;
use serde::de::{self, Deserialize, Deserializer};
use serde::{Serialize, Serializer};

use crate::amount::Amount;
use crate::constraint::Kind;
use crate::operation::Sensitivity;
use crate::sensitive::Text;

/// An amount that tells something of a person, such as an income: as an
/// [`Amount`], of any sign and scale, but shown redacted, and wiped when it is dropped.
///
/// ```
/// use cards_model::PersonalAmount;
///
/// let income: PersonalAmount = serde_json::from_str("10000.00")?;
/// assert_eq!(income.expose(), "10000.00");
/// assert_eq!(format!("{income} {income:?}"), "[redacted] PersonalAmount([redacted])");
/// assert!(serde_json::from_str::<PersonalAmount>("\"ten\"").is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PersonalAmount(Amount);

const REDACTED: &str = "[redacted]";

impl PersonalAmount {
    /// The text in the clear.
    pub fn expose(&self) -> &str {
        self.0.as_str()
    }
}

impl Drop for PersonalAmount {
    fn drop(&mut self) {
        self.0.wipe();
    }
}

impl Text for PersonalAmount {
    const SENSITIVITY: Sensitivity = Sensitivity::Personal;
    const KIND: Kind = Kind::Decimal;

    fn text(&self) -> &str {
        self.0.as_str()
    }
}

impl From<&str> for PersonalAmount {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<Decimal> for PersonalAmount {
    fn from(amount: Decimal) -> Self {
        Self(amount.into())
    }
}

impl fmt::Display for PersonalAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(REDACTED)
    }
}

impl fmt::Debug for PersonalAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonalAmount({REDACTED})")
    }
}

/// Writes the redacted form, as of every sensitive value.
impl Serialize for PersonalAmount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(REDACTED)
    }
}

/// Reads a number, or the same as text, as it is written.
impl<'de> Deserialize<'de> for PersonalAmount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let amount = Self(Amount::deserialize(deserializer)?);
        match amount.0.value() {
            Some(_) => Ok(amount),
            None => Err(de::Error::custom("expected a decimal number")),
        }
    }
}
