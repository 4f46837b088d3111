//! The fields of a value, by the names that it is written with, those included that are
//! left out.

use std::fmt::Display;

use serde::Serialize;
use serde::de::value::Error;
use serde::ser::{self, Impossible, SerializeSeq, SerializeStruct, Serializer};

/// A field, and what is written for it; the fields of an object come behind its own.
#[derive(Debug)]
pub(crate) struct Leaf {
    /// The type that it is a field of, and its name on the wire: `Card.lastFour`.
    pub(crate) field: String,
    /// The text that is written for it, an empty one for an object. `None`: it has no value.
    pub(crate) text: Option<String>,
}

/// Lists the fields of a value, and of what it holds.
pub(crate) fn leaves(value: &impl Serialize) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    let of = Fields {
        field: "",
        of: "",
        leaves: &mut leaves,
    };
    value.serialize(of).unwrap();
    leaves
}

/// Notes what is written in the place of a JSON text.
struct Fields<'a> {
    /// The type and the field that the value stands in.
    of: &'static str,
    field: &'static str,
    leaves: &'a mut Vec<Leaf>,
}

impl Fields<'_> {
    fn is(self, text: Option<&dyn Display>) -> Result<(), Error> {
        self.leaves.push(Leaf {
            field: format!("{}.{}", self.of, self.field),
            text: text.map(ToString::to_string),
        });
        Ok(())
    }
}

macro_rules! leaf {
    ($($method:ident: $type:ty),+ $(,)?) => {
        $(fn $method(self, value: $type) -> Result<(), Error> {
            self.is(Some(&value))
        })+
    };
}

impl<'a> Serializer for Fields<'a> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Items<'a>;
    type SerializeTuple = Impossible<(), Error>;
    type SerializeTupleStruct = Impossible<(), Error>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = Impossible<(), Error>;
    type SerializeStruct = Members<'a>;
    type SerializeStructVariant = Impossible<(), Error>;

    leaf! {
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32,
        serialize_i64: i64, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32,
        serialize_u64: u64, serialize_f32: f32, serialize_f64: f64, serialize_char: char,
        serialize_str: &str,
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), Error> {
        Err(other("bytes"))
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.is(None)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.is(None)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        Ok(())
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Error> {
        self.is(Some(&variant))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items<'a>, Error> {
        let before = self.leaves.len();
        Ok(Items { of: self, before })
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Error> {
        Err(other("a tuple"))
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, Error> {
        Err(other("a tuple"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        Err(other("a tuple"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Error> {
        Err(other("a map"))
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Members<'a>, Error> {
        // A number by its digits, which serde_json writes as a struct of its own.
        let is_raw = name.starts_with('$');
        if !is_raw && !self.field.is_empty() {
            self.leaves.push(Leaf {
                field: format!("{}.{}", self.of, self.field),
                text: Some(String::new()),
            });
        }
        Ok(Members {
            is_raw,
            name: name.strip_suffix("View").unwrap_or(name),
            of: self,
        })
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Error> {
        Err(other("a variant with fields"))
    }
}

/// No reply has one of these. Once one does, somebody has to say how its fields are called.
fn other(what: &str) -> Error {
    ser::Error::custom(format!("{what} in a reply"))
}

struct Items<'a> {
    of: Fields<'a>,
    before: usize,
}

impl SerializeSeq for Items<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(Fields {
            of: self.of.of,
            field: self.of.field,
            leaves: self.of.leaves,
        })
    }

    fn end(self) -> Result<(), Error> {
        if self.of.leaves.len() == self.before {
            // An empty list, as a field without a value.
            return self.of.is(None);
        }
        Ok(())
    }
}

struct Members<'a> {
    of: Fields<'a>,
    name: &'static str,
    is_raw: bool,
}

impl SerializeStruct for Members<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        field: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        let (of, field) = match self.is_raw {
            true => (self.of.of, self.of.field),
            false => (self.name, field),
        };
        value.serialize(Fields {
            of,
            field,
            leaves: self.of.leaves,
        })
    }

    fn skip_field(&mut self, field: &'static str) -> Result<(), Error> {
        let of = Fields {
            of: self.name,
            field,
            leaves: self.of.leaves,
        };
        of.is(None)
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}
