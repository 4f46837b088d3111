//! The part that a provider adds to the journal's account of a call.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use maud::Markup;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// Something that only the provider can tell of a call, such as what came of a signature. No
/// value of a request may be in it.
pub trait Detail: Any + fmt::Debug + Send + Sync {
    /// Gives its name in an exchange's JSON, which is that of its [`DetailKind`].
    fn name(&self) -> &'static str;

    /// Counts the bytes of memory that it takes, about.
    fn weight(&self) -> usize;

    /// Writes it as JSON.
    fn json(&self) -> Option<Box<RawValue>>;

    /// Tells people why the call got this verdict, where the verdict is about this.
    fn reason(&self, verdict: &str) -> Option<Markup>;

    /// Shows people the rest.
    fn show(&self) -> Markup;
}

/// Names what a provider may add, whether or not a call has it.
#[derive(Clone, Copy)]
pub struct DetailKind {
    /// The name of the member in an exchange's JSON.
    pub name: &'static str,
    /// Makes the schema of that member.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
}

/// Holds the detail of one exchange, which is one provider's at most. In JSON every
/// kind has a member, null where there is none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Details {
    pub(crate) kinds: Arc<[&'static str]>,
    pub(crate) given: Option<Arc<dyn Detail>>,
}

impl Details {
    pub(crate) fn get<T: Any>(&self) -> Option<&T> {
        let given: &dyn Any = &**self.given.as_ref()?;
        given.downcast_ref()
    }

    pub(crate) fn weight(&self) -> usize {
        self.given.as_ref().map_or(0, |detail| detail.weight())
    }

    fn json(&self) -> Option<(&'static str, Box<RawValue>)> {
        let detail = self.given.as_ref()?;
        Some((detail.name(), detail.json()?))
    }
}

impl Serialize for Details {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let given = self.json();
        let mut map = serializer.serialize_map(Some(self.kinds.len()))?;
        for kind in &*self.kinds {
            let json = given.as_ref().filter(|(name, _)| name == kind);
            map.serialize_entry(kind, &json.map(|(_, json)| json))?;
        }
        map.end()
    }
}

/// A schema cannot know which kinds there are: [`Document`](crate::engine::openapi::Document) puts
/// theirs into this place.
impl JsonSchema for Details {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        PLACE.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "object", "properties": {PLACE: true}, "required": [PLACE]})
    }
}

/// The name of the member in whose place the kinds of details come in a schema.
pub(crate) const PLACE: &str = "details of each provider";

/// Details are the same where their JSON is.
impl PartialEq for Details {
    fn eq(&self, other: &Self) -> bool {
        let [one, other] = [self, other].map(Self::json);
        let texts = |json: &Option<(&'static str, Box<RawValue>)>| {
            json.as_ref()
                .map(|(name, json)| (*name, json.get().to_owned()))
        };
        texts(&one) == texts(&other)
    }
}

impl Eq for Details {}
