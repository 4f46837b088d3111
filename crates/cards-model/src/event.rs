//! Events that a provider sends by itself: the parts that are the same for each.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, StringDeserializer};
use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer as _, MapAccess, Visitor};
use serde::{Deserialize, de};
use zeroize::Zeroizing;

use crate::date::Timestamp;
use crate::open_enum::code;

/// An event of a type that the documents do not describe, kept whole.
///
/// `Debug` shows its type where that looks like a code word, and nothing else: nobody knows what
/// stands in it. The text is wiped when the event is dropped.
///
/// ```
/// use cards_model::UnknownEvent;
///
/// let text = r#"{"Type":"MANAGEE_KYC_UPDATED","Data":{"Name":"Ann Smith"}}"#;
/// let event = UnknownEvent::new(text).named(Some("MANAGEE_KYC_UPDATED".into()));
/// assert_eq!(format!("{event:?}"), "UnknownEvent(Unknown(MANAGEE_KYC_UPDATED))");
/// assert_eq!(event.expose(), text);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct UnknownEvent {
    name: Option<String>,
    id: Option<String>,
    time: Option<Timestamp>,
    text: Zeroizing<String>,
}

impl UnknownEvent {
    /// An event by its whole text, as it came.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            name: None,
            id: None,
            time: None,
            text: Zeroizing::new(text.into()),
        }
    }

    /// Sets the type that the event says it is of.
    #[must_use]
    pub fn named(self, name: Option<String>) -> Self {
        Self { name, ..self }
    }

    /// Sets the id of the event.
    #[must_use]
    pub fn with_id(self, id: Option<String>) -> Self {
        Self { id, ..self }
    }

    /// Sets the time of the event.
    #[must_use]
    pub fn at(self, time: Option<Timestamp>) -> Self {
        Self { time, ..self }
    }

    /// The type that the event says it is of. `None`: it says none.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The id of the event. `None`: none stands where those of the known events do.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The time of the event. `None`: none stands where those of the known events do.
    pub fn time(&self) -> Option<&Timestamp> {
        self.time.as_ref()
    }

    /// The JSON text in the clear, as it came. It may hold anything, personal values included.
    pub fn expose(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for UnknownEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = code(self.name.as_deref().unwrap_or_default());
        write!(f, "UnknownEvent(Unknown({name}))")
    }
}

/// An object whose names are read without regard to the case of their ASCII letters. `T` has them
/// in lowercase.
pub(crate) struct AnyCase<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for AnyCase<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
            type Value = AnyCase<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<AnyCase<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(Lowered(map))).map(AnyCase)
            }
        }

        deserializer.deserialize_map(Object(PhantomData))
    }
}

/// An object that gives its names in lowercase.
struct Lowered<A>(A);

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Lowered<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        self.0.next_key_seed(LoweredName(seed))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.0.next_value_seed(seed)
    }
}

/// A name of an object that is given on in lowercase.
struct LoweredName<K>(K);

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for LoweredName<K> {
    type Value = K::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<K::Value, D::Error> {
        let name = String::deserialize(deserializer)?.to_ascii_lowercase();
        let name: StringDeserializer<D::Error> = name.into_deserializer();
        self.0.deserialize(name)
    }
}

/// The names in an object whose values are not null, in the order in which they came.
pub(crate) struct Names(pub(crate) Vec<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Names;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Names, A::Error> {
                let mut names = Vec::new();
                while let Some(name) = map.next_key()? {
                    if map.next_value::<Option<de::IgnoredAny>>()?.is_some() {
                        names.push(name);
                    }
                }
                Ok(Names(names))
            }
        }

        deserializer.deserialize_map(Object)
    }
}
