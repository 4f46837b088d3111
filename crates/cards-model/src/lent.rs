//! The values of a view: texts that stand in the body that they were read from.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use crate::lenient;

/// A text that stands in a reply's body and means a `T`: something personal, a card number
/// or a time. It is shown as a `T` is.
///
/// Only a text that holds escapes is a copy, which is wiped when it is dropped.
///
/// ```
/// use cards_model::{Lent, Personal};
///
/// let mobile: Lent<'_, Personal> = serde_json::from_str("\"+359 888333333\"")?;
/// assert_eq!(format!("{mobile:?}"), "Personal([redacted])");
/// assert_eq!(mobile.expose(), "+359 888333333");
/// assert_eq!(mobile.value(), Personal::new("+359 888333333"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
pub struct Lent<'a, T> {
    text: Cow<'a, str>,
    of: PhantomData<fn() -> T>,
}

impl<T> Lent<'_, T> {
    /// The text in the clear. Every reading of it is this visible.
    pub fn expose(&self) -> &str {
        &self.text
    }
}

impl<T: for<'t> From<&'t str>> Lent<'_, T> {
    /// A copy that outlives the body.
    pub fn value(&self) -> T {
        T::from(&*self.text)
    }
}

impl<'a, T> From<&'a str> for Lent<'a, T> {
    fn from(text: &'a str) -> Self {
        Self {
            text: Cow::Borrowed(text),
            of: PhantomData,
        }
    }
}

impl<T> From<String> for Lent<'_, T> {
    fn from(text: String) -> Self {
        Self {
            text: Cow::Owned(text),
            of: PhantomData,
        }
    }
}

impl<T: for<'t> From<&'t str> + fmt::Debug> fmt::Debug for Lent<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value().fmt(f)
    }
}

impl<T: for<'t> From<&'t str> + fmt::Display> fmt::Display for Lent<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value().fmt(f)
    }
}

/// Writes what a `T` writes, which is the redacted form of a sensitive one.
impl<T: for<'t> From<&'t str> + Serialize> Serialize for Lent<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

/// Reads text, or a whole number by its digits.
impl<'de: 'a, 'a, T> Deserialize<'de> for Lent<'a, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::text(deserializer)
    }
}

impl<T> PartialEq for Lent<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        self.text.as_bytes().ct_eq(other.text.as_bytes()).into()
    }
}

impl<T> Eq for Lent<'_, T> {}

impl<T> Drop for Lent<'_, T> {
    fn drop(&mut self) {
        if let Cow::Owned(text) = &mut self.text {
            text.zeroize();
        }
    }
}

/// A part of a view, of which there can be a copy that outlives the body.
pub(crate) trait IntoOwned {
    /// The type of the copy.
    type Owned;

    fn into_owned(self) -> Self::Owned;
}

impl IntoOwned for Cow<'_, str> {
    type Owned = String;

    fn into_owned(self) -> String {
        self.into_owned()
    }
}

impl<T: From<String>> IntoOwned for Lent<'_, T> {
    type Owned = T;

    fn into_owned(mut self) -> T {
        T::from(std::mem::take(&mut self.text).into_owned())
    }
}

impl<T: IntoOwned> IntoOwned for Option<T> {
    type Owned = Option<T::Owned>;

    fn into_owned(self) -> Self::Owned {
        self.map(T::into_owned)
    }
}

impl<T: IntoOwned> IntoOwned for Vec<T> {
    type Owned = Vec<T::Owned>;

    fn into_owned(self) -> Self::Owned {
        self.into_iter().map(T::into_owned).collect()
    }
}

/// Makes parts of a view of types that borrow nothing.
macro_rules! own {
    ($($type:ty),+ $(,)?) => {
        $(impl $crate::lent::IntoOwned for $type {
            type Owned = Self;

            fn into_owned(self) -> Self {
                self
            }
        })+
    };
}

own!(bool, i64, rust_decimal::Decimal);

pub(crate) use own;
