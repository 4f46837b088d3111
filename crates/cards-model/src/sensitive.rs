//! Values that must not end up in a log.
//!
//! Redaction lives in the type, so that no struct that holds one can forget it.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use subtle::ConstantTimeEq;
use validator::ValidateLength;
use zeroize::Zeroize;

use crate::constraint::Kind;
use crate::lenient;
use crate::operation::Sensitivity;

/// A value that travels as text.
///
/// Validation and encoding read any field of a request through this trait.
pub trait Text {
    /// The harm that its values can do; all but plain ones are redacted by the type.
    const SENSITIVITY: Sensitivity = Sensitivity::Plain;
    /// The kind of value that the text is.
    const KIND: Kind = Kind::Text;

    /// The text as it goes over the wire.
    fn text(&self) -> &str;
}

impl Text for String {
    fn text(&self) -> &str {
        self
    }
}

impl<T: Text> Text for &T {
    const SENSITIVITY: Sensitivity = T::SENSITIVITY;
    const KIND: Kind = T::KIND;

    fn text(&self) -> &str {
        T::text(self)
    }
}

macro_rules! sensitive {
    ($(#[$docs:meta])* $name:ident: $sensitivity:ident) => {
        $(#[$docs])*
        #[derive(Clone, Default)]
        pub struct $name(String);

        impl $name {
            /// Takes the text over as it is; nothing is checked here.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The value in the clear. Every reading of it is this visible.
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl Text for $name {
            const SENSITIVITY: Sensitivity = Sensitivity::$sensitivity;

            fn text(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.redacted())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.redacted())
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
            }
        }

        impl Eq for $name {}

        impl Drop for $name {
            fn drop(&mut self) {
                self.0.zeroize();
            }
        }

        /// Writes the redacted form: a serialised request or reply is made to
        /// be shown. What goes over the wire is exposed explicitly.
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.redacted())
            }
        }

        /// Reads text, or a whole number by its digits.
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                lenient::text(deserializer).map(Self)
            }
        }

        impl ValidateLength<u64> for $name {
            fn length(&self) -> Option<u64> {
                Some(self.0.chars().count() as u64)
            }
        }
    };
}

sensitive! {
    /// A card number (PAN). Shown as its first six and last four characters.
    ///
    /// ```
    /// use cards_model::Pan;
    ///
    /// let pan = Pan::new("4622940000003713");
    /// assert_eq!(pan.to_string(), "462294******3713");
    /// assert_eq!(format!("{pan:?}"), "Pan(462294******3713)");
    /// assert_eq!(Pan::new("4622").to_string(), "[redacted]");
    /// ```
    Pan: CardNumber
}

sensitive! {
    /// The first digits of a card number, which name its bank. A text of more than eight characters
    /// is shown as its first six: it may be a whole number.
    ///
    /// ```
    /// use cards_model::Bin;
    ///
    /// assert_eq!(Bin::new("53394412").to_string(), "53394412");
    /// assert_eq!(Bin::new("4622940000003713").to_string(), "462294******");
    /// assert_eq!(Bin::new("4622940000003713").expose(), "4622940000003713");
    /// ```
    Bin: CardNumber
}

sensitive! {
    /// The last four digits of a card number. A text of more than five characters is shown as its
    /// last four: it may be a whole number.
    ///
    /// ```
    /// use cards_model::LastFour;
    ///
    /// assert_eq!(LastFour::new("3713").to_string(), "3713");
    /// assert_eq!(LastFour::new("4622940000003713").to_string(), "******3713");
    /// ```
    LastFour: CardNumber
}

sensitive! {
    /// A credential: a password, one-time password, PIN, token or key.
    ///
    /// ```
    /// use cards_model::Secret;
    ///
    /// let otp = Secret::new("1234");
    /// assert_eq!(format!("{otp} {otp:?}"), "[redacted] Secret([redacted])");
    /// assert_eq!(otp.expose(), "1234");
    /// ```
    Secret: Secret
}

sensitive! {
    /// Something about a person: a name, address, birth date, phone number,
    /// e-mail address or document number.
    ///
    /// ```
    /// use cards_model::{Date, Personal};
    ///
    /// let born = Personal::from(Date::new(1989, 11, 9)?);
    /// assert_eq!(born.to_string(), "[redacted]");
    /// assert_eq!(born.expose(), "1989-11-09");
    /// # Ok::<(), cards_model::DateError>(())
    /// ```
    Personal: Personal
}

const REDACTED: &str = "[redacted]";

impl Pan {
    /// The first six and the last four characters with stars between, or no
    /// character at all where the number is too short for that to be safe.
    pub fn redacted(&self) -> Cow<'static, str> {
        match (self.bin(), self.last_four()) {
            (Some(bin), Some(last_four)) => Cow::Owned(format!("{bin}******{last_four}")),
            _ => Cow::Borrowed(REDACTED),
        }
    }

    /// The bank identification number: the first six characters.
    pub fn bin(&self) -> Option<&str> {
        self.is_card_length().then(|| &self.0[..6])
    }

    /// The last four characters.
    pub fn last_four(&self) -> Option<&str> {
        self.is_card_length().then(|| &self.0[self.0.len() - 4..])
    }

    /// Card numbers have 13 to 19 digits; of anything else, six and four could
    /// give too much away. ASCII makes the slices above safe; letters and stars
    /// stand in numbers that a provider has masked already.
    fn is_card_length(&self) -> bool {
        let is_taken = |b: u8| b.is_ascii_alphanumeric() || b == b'*';
        (13..=19).contains(&self.0.len()) && self.0.bytes().all(is_taken)
    }
}

impl Bin {
    /// The text, where it cannot be a card number; its first six characters otherwise (E-PP-26).
    pub fn redacted(&self) -> Cow<'_, str> {
        // The longest first digits of a bank.
        match is_part(&self.0, 8) {
            true => Cow::Borrowed(&self.0),
            false => Cow::Owned(format!("{:.6}******", self.0)),
        }
    }
}

impl LastFour {
    /// The text, where it cannot be a card number; its last four characters otherwise (E-PP-26).
    pub fn redacted(&self) -> Cow<'_, str> {
        // One more than it should have: beside a bank's eight, too few for a number.
        match is_part(&self.0, 5) {
            true => Cow::Borrowed(&self.0),
            false => Cow::Owned(format!("******{}", last_four(&self.0))),
        }
    }
}

/// Tells whether a text is no more of a card number than it should be: it has so many characters at
/// most, or no digit at all.
fn is_part(text: &str, most: usize) -> bool {
    text.chars().nth(most).is_none() || !text.contains(char::is_numeric)
}

/// The last four characters of a text.
pub(crate) fn last_four(text: &str) -> &str {
    let mut last = text.char_indices().rev();
    last.nth(3).map_or(text, |(at, _)| &text[at..])
}

impl Secret {
    /// A stand-in that tells nothing, not even the length.
    pub fn redacted(&self) -> Cow<'static, str> {
        Cow::Borrowed(REDACTED)
    }
}

impl Personal {
    /// A stand-in that tells nothing, not even the length.
    pub fn redacted(&self) -> Cow<'static, str> {
        Cow::Borrowed(REDACTED)
    }
}

impl From<crate::Date> for Personal {
    fn from(date: crate::Date) -> Self {
        Self(date.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_rendering_shows_the_value() {
        let marker = "MARKER-7141";
        for shown in [
            format!("{:?} {}", Secret::new(marker), Secret::new(marker)),
            format!("{:?} {}", Personal::new(marker), Personal::new(marker)),
            format!("{:#?} {}", Pan::new(marker), Pan::new(marker)),
            serde_json::to_string(&(Secret::new(marker), Personal::new(marker))).unwrap(),
        ] {
            assert!(!shown.contains("7141"), "{shown}");
        }
    }

    #[test]
    fn a_card_number_shows_six_and_four_at_most() {
        assert_eq!(Pan::new("4622940000003713").to_string(), "462294******3713");
        assert_eq!(Pan::new("462294XXXXXX3713").to_string(), "462294******3713");
        assert_eq!(Pan::new("462294******3713").to_string(), "462294******3713");
        assert_eq!(Pan::new("462294000371").to_string(), "[redacted]");
        // Slicing between the bytes of a character would panic.
        assert_eq!(Pan::new("éééééééééééééééé").to_string(), "[redacted]");
        assert_eq!(Pan::new("").to_string(), "[redacted]");
    }

    proptest::proptest! {
        /// A number that stands where the first or the last digits belong.
        #[test]
        fn parts_of_a_card_number_never_show_a_whole_one(
            number in "[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{1,7}|[0-9٠-٩]{9,30}",
        ) {
            let (bin, last) = (Bin::new(&*number), LastFour::new(&*number));
            let six: String = number.chars().take(6).collect();
            let json = serde_json::to_string(&(&bin, &last)).unwrap();
            let (first, end) = (format!("{six}******"), format!("******{}", last_four(&number)));
            proptest::prop_assert_eq!(json, serde_json::to_string(&(&first, &end)).unwrap());
            let (shown, shown_end) = (format!("{bin} {bin:?}"), format!("{last} {last:?}"));
            proptest::prop_assert_eq!(shown, format!("{first} Bin({first})"));
            proptest::prop_assert_eq!(shown_end, format!("{end} LastFour({end})"));
            proptest::prop_assert_eq!((bin.expose(), last.expose()), (&*number, &*number));
        }
    }

    #[test]
    fn two_parts_of_a_card_number_are_never_all_of_it() {
        let (bin, last) = (Bin::new("46229400"), LastFour::new("00003713"));
        assert_eq!(format!("{bin} {last}"), "46229400 ******3713");
        let parts = (Bin::new("533944123"), LastFour::new("12345"));
        assert_eq!(format!("{} {}", parts.0, parts.1), "533944****** 12345");
    }

    #[test]
    fn reads_text_and_whole_numbers() {
        let read: Vec<Secret> = serde_json::from_str(r#"["0123", 1234]"#).unwrap();
        assert_eq!(read[0].expose(), "0123");
        assert_eq!(read[1].expose(), "1234");
        assert!(serde_json::from_str::<Secret>("[]").is_err());
    }
}
