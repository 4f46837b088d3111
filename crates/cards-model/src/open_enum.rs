//! Closed lists of the documents as enums that an unlisted value survives.

/// Defines an enum with one variant per documented value and `Unknown` for
/// everything else: a provider's new value must not break a payment.
macro_rules! open_enum {
    (
        $(#[$docs:meta])*
        pub enum $name:ident {
            $($(#[$variant_docs:meta])* $variant:ident = $text:literal,)+
        }
    ) => {
        $(#[$docs])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_docs])* $variant,)+
            /// A value that the document does not list, as received.
            Unknown(String),
        }

        impl $name {
            /// The documented values, in the document's order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The documented spellings, in the document's order.
            pub const VALUES: &[&str] = &[$($text),+];

            /// The documented spellings, in the document's order, for messages.
            pub const ALLOWED: &str = $crate::open_enum::joined!($($text),+);

            /// The value as it goes over the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Unknown(text) => text,
                }
            }

            /// Tells whether the document lists this value.
            pub fn is_known(&self) -> bool {
                !matches!(self, Self::Unknown(_))
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)+
                    _ => Self::Unknown(text.to_owned()),
                }
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                match text.as_str() {
                    $($text => Self::$variant,)+
                    _ => Self::Unknown(text),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $(Self::$variant => f.write_str(stringify!($variant)),)+
                    Self::Unknown(text) => write!(f, "Unknown({})", $crate::open_enum::code(text)),
                }
            }
        }

        impl $crate::Text for $name {
            fn text(&self) -> &str {
                self.as_str()
            }
        }

        impl $crate::open_enum::Listed for $name {
            const VALUES: &'static [&'static str] = Self::VALUES;
        }

        impl $crate::open_enum::OpenEnum for $name {
            const ALLOWED: &'static str = Self::ALLOWED;

            fn is_known(&self) -> bool {
                Self::is_known(self)
            }
        }

        $crate::lent::own!($name);

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::lenient::text(deserializer)
            }
        }
    };
}

/// `"a", "b"` as `"one of a, b"`.
macro_rules! joined {
    ($first:literal $(, $rest:literal)*) => {
        concat!("one of ", $first $(, ", ", $rest)*)
    };
}

pub(crate) use {joined, open_enum};

/// A field's type whose values are listed: an open enum, the option of one or a
/// list of them.
#[doc(hidden)]
pub trait Listed {
    const VALUES: &'static [&'static str];
}

impl<T: Listed> Listed for Option<T> {
    const VALUES: &'static [&'static str] = T::VALUES;
}

impl<T: Listed> Listed for Vec<T> {
    const VALUES: &'static [&'static str] = T::VALUES;
}

/// Lets a validation rule ask for an open enum's documented values.
#[doc(hidden)]
pub trait OpenEnum {
    const ALLOWED: &'static str;
    fn is_known(&self) -> bool;
}

impl<T: OpenEnum> OpenEnum for &T {
    const ALLOWED: &'static str = T::ALLOWED;

    fn is_known(&self) -> bool {
        T::is_known(self)
    }
}

/// Writes an unknown value where it is a word of capitals, and `[redacted]` in the place of any other:
/// a caller may have put a card number into the wrong field.
pub(crate) fn code(text: &str) -> &str {
    let is_code = |b: u8| b.is_ascii_uppercase() || b == b'_';
    match text.len() <= 32 && text.bytes().all(is_code) {
        true => text,
        false => "[redacted]",
    }
}

#[cfg(test)]
mod tests {
    use super::OpenEnum;
    use crate::paysafe::CardStatus;

    #[test]
    fn an_unlisted_value_survives_reading_and_writing() {
        let status: CardStatus = serde_json::from_str(r#""FROZEN""#).unwrap();
        assert_eq!(status, CardStatus::Unknown("FROZEN".into()));
        assert!(!status.is_known() && CardStatus::Active.is_known());
        assert!(!OpenEnum::is_known(&&status) && OpenEnum::is_known(&&CardStatus::Active));
        assert_eq!(serde_json::to_string(&status).unwrap(), r#""FROZEN""#);
        assert_eq!(format!("{status:?}"), "Unknown(FROZEN)");
    }

    #[test]
    fn a_number_in_the_wrong_field_is_not_shown() {
        let status = CardStatus::from("4622940000003713");
        assert_eq!(format!("{status:?}"), "Unknown([redacted])");
    }

    #[test]
    fn every_listed_value_reads_as_itself() {
        for status in CardStatus::ALL {
            assert_eq!(&CardStatus::from(status.as_str()), status);
        }
    }
}
