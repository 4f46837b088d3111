//! The amount of money in a request.

use std::fmt;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use zeroize::{Zeroize as _, Zeroizing};

use crate::constraint::Kind;
use crate::money::is_number;
use crate::sensitive::Text;

/// An amount of money to send: a decimal number whose text is kept as it was given.
///
/// A form carries exactly this text, and a checksum is made of it; a JSON body
/// carries the number with all its digits. No float is ever made of it.
///
/// ```
/// use cards_model::{Amount, Decimal};
///
/// let amount = Amount::new("99.50");
/// assert_eq!(amount.as_str(), "99.50");
/// assert_eq!(amount.value(), Some(Decimal::new(9950, 2)));
/// assert_eq!(amount.minor_units(2), Some(9950));
/// assert_eq!(Amount::from(Decimal::new(9950, 2)), amount);
/// assert_eq!(Amount::new("99,50").value(), None);
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Amount(String);

impl Amount {
    /// Takes the text over as it is; nothing is checked here.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Wipes the text, for an amount that tells of a person.
    pub(crate) fn wipe(&mut self) {
        self.0.zeroize();
    }

    /// The number. `None`: the text is not digits, perhaps with a minus before
    /// them and a point within, or has more of them than fit.
    pub fn value(&self) -> Option<Decimal> {
        is_number(&self.0).then(|| Decimal::from_str_exact(&self.0).ok())?
    }

    /// The whole number of cents, paise or the like, of which there are
    /// 10 to the power of `decimals` in one. `None`: the text is no number, a finer
    /// one or one that does not fit.
    pub fn minor_units(&self, decimals: u32) -> Option<i64> {
        let factor = Decimal::from(10_i64.checked_pow(decimals)?);
        let units = self.value()?.checked_mul(factor)?;
        units.is_integer().then(|| units.to_i64())?
    }
}

impl Text for Amount {
    const KIND: Kind = Kind::Decimal;

    fn text(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Amount {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Amount {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<Decimal> for Amount {
    fn from(number: Decimal) -> Self {
        Self(number.to_string())
    }
}

impl From<u32> for Amount {
    fn from(number: u32) -> Self {
        Self(number.to_string())
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Shows an amount, and nothing else that somebody may have put there: a card's
/// number has more digits than any amount that keeps the rules.
impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = match self.0.len() <= 12 && is_number(&self.0) {
            true => &self.0,
            false => "[redacted]",
        };
        write!(f, "Amount({shown})")
    }
}

/// Reads a number by its own digits, or the same as text.
impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        // The amount may tell of a person, and so a copy of it is wiped.
        let mut raw = Zeroizing::new(String::from(Box::<str>::from(raw)));
        let text = match serde_json::from_str(&raw) {
            Ok(text) => text,
            Err(_) if is_number(&raw) => std::mem::take(&mut *raw),
            Err(_) => return Err(serde::de::Error::custom("expected a decimal number")),
        };
        Ok(Self(text))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_plain_digits_are_a_number() {
        for text in [
            "", ".", "1.", ".5", "+1", "--1", "1e2", "1_000", " 1", "1 ", "1,5", "٣", "1.2.3",
        ] {
            assert_eq!(Amount::new(text).value(), None, "{text:?}");
        }
        let huge = Amount::new("9".repeat(40));
        assert_eq!((huge.value(), huge.minor_units(2)), (None, None));
        assert_eq!(Amount::new("0.001").minor_units(2), None);
        assert_eq!(Amount::new("1.000").minor_units(2), Some(100));
        assert_eq!(
            Amount::new("92233720368547758.07").minor_units(2),
            Some(i64::MAX)
        );
        assert_eq!(Amount::new("92233720368547758.08").minor_units(2), None);
        assert_eq!(Amount::new("1").minor_units(99), None);
    }

    #[test]
    fn what_is_no_amount_is_not_shown() {
        assert_eq!(format!("{:?}", Amount::new("99.50")), "Amount(99.50)");
        for text in ["4622940000003713", "MARKER", "123456789012.34"] {
            assert_eq!(format!("{:?}", Amount::new(text)), "Amount([redacted])");
        }
    }

    #[test]
    fn a_wiped_amount_is_empty() {
        let mut amount = Amount::new("99.50");
        amount.wipe();
        assert_eq!(amount, Amount::default());
    }

    #[test]
    fn json_is_read_by_its_digits() {
        let read = |json: &str| serde_json::from_str::<Amount>(json).map(|amount| amount.0);
        assert_eq!(read("12.50").unwrap(), "12.50");
        assert_eq!(
            read("0.1000000000000000055").unwrap(),
            "0.1000000000000000055"
        );
        assert_eq!(read(r#""012.5""#).unwrap(), "012.5");
        let value = serde_json::json!(12.5);
        assert_eq!(serde_json::from_value::<Amount>(value).unwrap().0, "12.5");
        for wrong in ["null", "true", "[1]", "{}", "1e2"] {
            let error = read(wrong).unwrap_err().to_string();
            assert!(error.starts_with("expected a decimal number"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn minor_units_are_the_same_number(units in any::<i64>(), decimals in 0u32..=6) {
            let amount = Amount::from(Decimal::new(units, decimals));
            prop_assert_eq!(amount.minor_units(decimals), Some(units));
            prop_assert_eq!(amount.value(), Some(Decimal::new(units, decimals)));
        }
    }
}
