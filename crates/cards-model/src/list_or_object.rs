//! A part of a reply that the documents show in two shapes.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Serialize, Serializer};

use crate::quiet::Quiet;

/// A list by itself, or an object that holds one: where the documents show both,
/// either is read, and it is written in the shape in which it came.
///
/// Each is read as it comes, without a copy in between: the error of a broken part
/// has its place, and amounts keep their digits.
///
/// ```
/// use cards_model::ListOrObject;
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Cards {
///     cards: Vec<String>,
/// }
///
/// impl AsRef<[String]> for Cards {
///     fn as_ref(&self) -> &[String] {
///         &self.cards
///     }
/// }
///
/// for reply in [r#"["c-1"]"#, r#"{"cards":["c-1"]}"#] {
///     let cards: ListOrObject<String, Cards> = serde_json::from_str(reply)?;
///     assert_eq!(cards.items(), ["c-1"]);
/// }
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListOrObject<T, O> {
    /// The list by itself.
    List(Vec<T>),
    /// The object that holds it.
    Object(O),
}

impl<T, O: AsRef<[T]>> ListOrObject<T, O> {
    /// The items, in whichever shape they came.
    pub fn items(&self) -> &[T] {
        match self {
            Self::List(items) => items,
            Self::Object(object) => object.as_ref(),
        }
    }
}

impl<T: Serialize, O: Serialize> Serialize for ListOrObject<T, O> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::List(items) => items.serialize(serializer),
            Self::Object(object) => object.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>, O: Deserialize<'de>> Deserialize<'de> for ListOrObject<T, O> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T, O>(PhantomData<(T, O)>);

        impl<'de, T: Deserialize<'de>, O: Deserialize<'de>> Visitor<'de> for Either<T, O> {
            type Value = ListOrObject<T, O>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list or an object")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(ListOrObject::List)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                O::deserialize(MapAccessDeserializer::new(map)).map(ListOrObject::Object)
            }
        }

        Quiet(deserializer).deserialize_any(Either(PhantomData))
    }
}
