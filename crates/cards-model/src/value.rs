//! The types that a field of a request may have, and how each travels.

use std::borrow::Cow;

use serde_json::Value as Json;

use crate::constraint::Kind;
use crate::file_upload::FileUpload;
use crate::found::Found;
use crate::operation::{Field, Sensitivity};
use crate::received::{Raw, Reader};
use crate::rule::Rules;
use crate::sensitive::Text;

/// The value of a field, in the clear, as it is written to the wire.
#[derive(Clone, Copy)]
pub enum Value<'a> {
    /// A text.
    Text(&'a str),
    /// A whole number.
    Integer(i128),
    /// A decimal number, by the text that was given.
    Decimal(&'a str),
    /// True or false.
    Boolean(bool),
    /// A list of texts.
    List(&'a dyn Texts),
    /// An object. Its own fields follow, each with its row.
    Object,
    /// A file.
    File(&'a FileUpload),
}

/// A list of texts.
pub trait Texts {
    /// The text at an index, counted from 0. `None` behind the last.
    fn at(&self, index: usize) -> Option<&str>;
}

impl<T: Text> Texts for Vec<T> {
    fn at(&self, index: usize) -> Option<&str> {
        self.get(index).map(T::text)
    }
}

/// The texts of a list in their order.
pub(crate) fn texts(list: &dyn Texts) -> impl Iterator<Item = &str> {
    (0..).map_while(|index| list.at(index))
}

impl<'a> Value<'a> {
    /// The value as it stands in a path, a query or a form, before it is
    /// encoded: a list with commas. `None` for an object and a file, which have no place
    /// there.
    pub fn into_text(self) -> Option<Cow<'a, str>> {
        Some(match self {
            Self::Text(text) | Self::Decimal(text) => text.into(),
            Self::Integer(number) => number.to_string().into(),
            Self::Boolean(value) => value.to_string().into(),
            Self::List(list) => texts(list).collect::<Vec<_>>().join(",").into(),
            Self::Object | Self::File(_) => return None,
        })
    }
}

/// Sees each field of a request that has a value.
pub type Visitor<'v, 'a> = dyn FnMut(&'static Field, Value<'a>) + 'v;

/// A type that a field's value is read into: a text, a number, a truth value or
/// an object.
pub trait FieldType: Sized {
    /// The kind of value.
    const KIND: Kind;
    /// The harm that its values can do; all but plain ones are redacted by the type.
    const SENSITIVITY: Sensitivity = Sensitivity::Plain;
    /// The rows of the type's own fields, which only an object has.
    const FIELDS: &'static [Field] = &[];

    /// A stand-in where a value that must be given was not received.
    fn empty() -> Self;

    /// The value to send.
    fn value(&self) -> Value<'_>;

    /// Reads a value out of a path, a query or a form. `None`: it is of another
    /// kind.
    fn from_text(text: &str) -> Option<Self>;

    /// Reads a value out of a JSON body, an object's fields from the reader.
    /// `None`: it is of another kind.
    fn from_json(json: &Json, reader: &mut Reader<'_>) -> Option<Self>;

    /// Reads a value out of a part that is a file. `None`: it is of another kind.
    fn from_file(file: &FileUpload) -> Option<Self> {
        let _ = file;
        None
    }

    /// Shows the type's own fields, which only an object has.
    fn visit<'a>(&'a self, visitor: &mut Visitor<'_, 'a>) {
        let _ = visitor;
    }

    /// Checks the type's own fields, which only an object has.
    fn check(&self, at: &'static str, rules: &Rules, found: &mut Found) {
        let _ = (at, rules, found);
    }
}

impl<T: Text + for<'a> From<&'a str>> FieldType for T {
    const KIND: Kind = T::KIND;
    const SENSITIVITY: Sensitivity = T::SENSITIVITY;

    fn empty() -> Self {
        T::from("")
    }

    fn value(&self) -> Value<'_> {
        match T::KIND {
            Kind::Decimal => Value::Decimal(self.text()),
            _ => Value::Text(self.text()),
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        Some(T::from(text))
    }

    fn from_json(json: &Json, _: &mut Reader<'_>) -> Option<Self> {
        match T::KIND {
            Kind::Decimal => json.as_number().map(|it| T::from(&*it.to_string())),
            _ => json.as_str().map(T::from),
        }
    }
}

/// Makes a type of whole numbers one of a field.
macro_rules! integer {
    ($($type:ty),+) => {
        $(impl FieldType for $type {
            const KIND: Kind = Kind::Integer {
                min: <$type>::MIN as i64,
                max: <$type>::MAX as u64,
            };

            fn empty() -> Self {
                0
            }

            fn value(&self) -> Value<'_> {
                Value::Integer((*self).into())
            }

            /// Takes no plus sign, which `parse` would take too.
            fn from_text(text: &str) -> Option<Self> {
                text.parse().ok().filter(|_| !text.starts_with('+'))
            }

            fn from_json(json: &Json, _: &mut Reader<'_>) -> Option<Self> {
                let number = json.as_i64().map(i128::from).or(json.as_u64().map(i128::from));
                number.and_then(|number| number.try_into().ok())
            }
        })+
    };
}

integer!(u32, u64, i64);

impl FieldType for bool {
    const KIND: Kind = Kind::Boolean;

    fn empty() -> Self {
        false
    }

    fn value(&self) -> Value<'_> {
        Value::Boolean(*self)
    }

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn from_json(json: &Json, _: &mut Reader<'_>) -> Option<Self> {
        json.as_bool()
    }
}

impl FieldType for FileUpload {
    const KIND: Kind = Kind::File;
    const SENSITIVITY: Sensitivity = Sensitivity::Personal;

    fn empty() -> Self {
        Self::new([])
    }

    fn value(&self) -> Value<'_> {
        Value::File(self)
    }

    /// A part without a file's name is none.
    fn from_text(_: &str) -> Option<Self> {
        None
    }

    fn from_json(_: &Json, _: &mut Reader<'_>) -> Option<Self> {
        None
    }

    fn from_file(file: &FileUpload) -> Option<Self> {
        Some(file.clone())
    }
}

/// A field: a value, the option of one, or a list of texts.
pub trait FieldValue: Sized {
    /// Says whether the request cannot do without it.
    const REQUIRED: bool;
    /// The kind of value.
    const KIND: Kind;
    /// The harm that its values can do; all but plain ones are redacted by the type.
    const SENSITIVITY: Sensitivity;
    /// The rows of the value's own fields, which only an object has.
    const FIELDS: &'static [Field];

    /// The field where nothing is given for it.
    fn absent() -> Self;

    /// Shows the value, where there is one, and its own fields.
    fn visit<'a>(&'a self, row: &'static Field, visitor: &mut Visitor<'_, 'a>);

    /// Reads what was received for a row.
    fn read(row: &'static Field, reader: &mut Reader<'_>) -> Self;

    /// Checks the value's own fields, which only an object has.
    fn check(&self, row: &'static Field, rules: &Rules, found: &mut Found);
}

impl<T: FieldType> FieldValue for T {
    const REQUIRED: bool = true;
    const KIND: Kind = T::KIND;
    const SENSITIVITY: Sensitivity = T::SENSITIVITY;
    const FIELDS: &'static [Field] = T::FIELDS;

    fn absent() -> Self {
        T::empty()
    }

    fn visit<'a>(&'a self, row: &'static Field, visitor: &mut Visitor<'_, 'a>) {
        visitor(row, self.value());
        FieldType::visit(self, visitor);
    }

    fn read(row: &'static Field, reader: &mut Reader<'_>) -> Self {
        match reader.raw(row) {
            Some(raw) => of_its_kind(raw, row, reader).unwrap_or_else(T::empty),
            None => {
                reader.is_missing(row);
                T::empty()
            }
        }
    }

    fn check(&self, row: &'static Field, rules: &Rules, found: &mut Found) {
        FieldType::check(self, row.wire, rules, found);
    }
}

impl<T: FieldType> FieldValue for Option<T> {
    const REQUIRED: bool = false;
    const KIND: Kind = T::KIND;
    const SENSITIVITY: Sensitivity = T::SENSITIVITY;
    const FIELDS: &'static [Field] = T::FIELDS;

    fn absent() -> Self {
        None
    }

    fn visit<'a>(&'a self, row: &'static Field, visitor: &mut Visitor<'_, 'a>) {
        if let Some(value) = self {
            FieldValue::visit(value, row, visitor);
        }
    }

    fn read(row: &'static Field, reader: &mut Reader<'_>) -> Self {
        let raw = reader.raw(row)?;
        of_its_kind(raw, row, reader)
    }

    fn check(&self, row: &'static Field, rules: &Rules, found: &mut Found) {
        if let Some(value) = self {
            FieldValue::check(value, row, rules, found);
        }
    }
}

impl<T: Text + for<'a> From<&'a str>> FieldValue for Vec<T> {
    const REQUIRED: bool = false;
    const KIND: Kind = Kind::List;
    const SENSITIVITY: Sensitivity = T::SENSITIVITY;
    const FIELDS: &'static [Field] = &[];

    fn absent() -> Self {
        Self::new()
    }

    /// An empty list is left out: no document says what one would mean.
    fn visit<'a>(&'a self, row: &'static Field, visitor: &mut Visitor<'_, 'a>) {
        if !self.is_empty() {
            visitor(row, Value::List(self));
        }
    }

    fn read(row: &'static Field, reader: &mut Reader<'_>) -> Self {
        let mut read = Self::new();
        match reader.raw(row) {
            None => {}
            // A name that comes twice adds to its list.
            Some(Raw::Text(_) | Raw::Number(_)) => {
                let all = reader.texts(row).flat_map(|text| text.split(','));
                read.extend(all.map(T::from));
            }
            Some(Raw::Json(json)) => {
                let items = json.as_array();
                match items
                    .and_then(|items| items.iter().map(Json::as_str).collect::<Option<Vec<_>>>())
                {
                    Some(items) => read.extend(items.into_iter().map(T::from)),
                    None => reader.is_misread(row),
                }
            }
            Some(Raw::File(_)) => reader.is_misread(row),
        }
        read
    }

    fn check(&self, _: &'static Field, _: &Rules, _: &mut Found) {}
}

/// Reads what came, and notes where it is of another kind.
fn of_its_kind<T: FieldType>(
    raw: Raw<'_>,
    row: &'static Field,
    reader: &mut Reader<'_>,
) -> Option<T> {
    let value = match raw {
        Raw::Text(text) | Raw::Number(text) => T::from_text(text),
        Raw::Json(json) => T::from_json(json, reader),
        Raw::File(file) => T::from_file(file),
    };
    if value.is_none() {
        reader.is_misread(row);
    }
    value
}
