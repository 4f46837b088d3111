//! A request as a server received it, before its fields are read.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value as Json;
use serde_json::value::RawValue;

use crate::constraint::Kind;
use crate::file_upload::FileUpload;
use crate::operation::{Field, Place};
use crate::rule_kind::{MUST_BE_GIVEN, Rule};

/// A request as it was received: decoded pairs, and a JSON body.
///
/// ```
/// use cards_model::paysafe::ListPrepaidCards;
/// use cards_model::{Date, Place, Received, Request, Rules};
///
/// let received = Received::new()
///     .pairs(Place::Path, [("customerId", "12345678")])
///     .pairs(Place::Query, [("limit", "ten"), ("offset", "0"), ("unknown", "1")]);
/// let rules = Rules::on(Date::new(2026, 11, 21)?);
/// let wrong = ListPrepaidCards::receive(&received, &rules).unwrap_err();
/// assert_eq!(
///     wrong.iter().next().unwrap().to_string(),
///     "limit: a whole number (format; Paysafe Get customer prepaid cards, Query Parameters, limit)"
/// );
/// assert_eq!(wrong.len(), 1);
/// # Ok::<(), cards_model::DateError>(())
/// ```
#[derive(Default)]
pub struct Received<'a> {
    pairs: Vec<(Place, &'a str, &'a str)>,
    files: Vec<(&'a str, &'a FileUpload)>,
    json: Option<&'a Json>,
    json_text: Option<&'a str>,
}

impl<'a> Received<'a> {
    /// A request without anything.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the decoded pairs of a path, a query or a form. Of a name that comes
    /// twice the last one counts, but for lists.
    #[must_use]
    pub fn pairs(
        mut self,
        place: Place,
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let pairs = pairs.into_iter();
        self.pairs
            .extend(pairs.map(|(name, value)| (place, name, value)));
        self
    }

    /// Adds the parts of a multipart body that are files, by their names. Of a name that
    /// comes twice the last one counts.
    #[must_use]
    pub fn files(mut self, files: impl IntoIterator<Item = (&'a str, &'a FileUpload)>) -> Self {
        self.files.extend(files);
        self
    }

    /// Adds a JSON body. Its `null` reads as absent.
    #[must_use]
    pub fn json(self, body: &'a Json) -> Self {
        Self {
            json: Some(body),
            ..self
        }
    }

    /// Adds the text of the JSON body, so that amounts are read by the digits that
    /// came: beyond 15 of them the numbers of [`json`](Self::json) are others.
    #[must_use]
    pub fn json_text(self, body: &'a str) -> Self {
        Self {
            json_text: Some(body),
            ..self
        }
    }

    /// The digits of a number in the JSON body. `None`: there is none, or the text
    /// is not known.
    fn digits(&self, wire: &str) -> Option<&'a str> {
        let mut value = self.json_text?;
        for step in wire.split('.') {
            let members: BTreeMap<Cow<'_, str>, &'a RawValue> = serde_json::from_str(value).ok()?;
            value = members.get(step)?.get();
        }
        let is_number = value.starts_with(|c: char| c == '-' || c.is_ascii_digit());
        is_number.then_some(value)
    }

    fn texts(&self, row: &Field) -> impl DoubleEndedIterator<Item = &'a str> {
        let (place, wire) = (row.place, row.wire);
        let pairs = self.pairs.iter();
        pairs.filter_map(move |&(at, name, value)| (at == place && name == wire).then_some(value))
    }
}

/// A value as it came for one field.
#[derive(Clone, Copy)]
pub(crate) enum Raw<'a> {
    /// A decoded text.
    Text(&'a str),
    /// The digits of a number in the JSON body.
    Number(&'a str),
    /// A value of the JSON body.
    Json(&'a Json),
    /// A part that is a file.
    File(&'a FileUpload),
}

/// Reads the fields of what was received, and notes those that cannot be read.
#[doc(hidden)]
pub struct Reader<'a> {
    received: &'a Received<'a>,
    unread: Vec<Unread>,
}

/// A field that cannot be read.
#[derive(Clone, Copy)]
pub(crate) struct Unread {
    pub(crate) field: &'static Field,
    pub(crate) rule: Rule,
    pub(crate) limit: &'static str,
}

impl Unread {
    /// A field that must be given and was not.
    pub(crate) fn missing(field: &'static Field) -> Self {
        Self {
            field,
            rule: Rule::Required,
            limit: MUST_BE_GIVEN,
        }
    }
}

impl<'a> Reader<'a> {
    pub(crate) fn new(received: &'a Received<'a>) -> Self {
        Self {
            received,
            unread: Vec::new(),
        }
    }

    /// Finds the value that came for a field. `None`: none did.
    pub(crate) fn raw(&self, row: &Field) -> Option<Raw<'a>> {
        let mut files = self.received.files.iter().rev();
        if row.place == Place::Part
            && let Some((_, file)) = files.find(|(name, _)| *name == row.wire)
        {
            return Some(Raw::File(file));
        }
        if row.place != Place::Json {
            return self.received.texts(row).next_back().map(Raw::Text);
        }
        if row.kind == Kind::Decimal
            && let Some(digits) = self.received.digits(row.wire)
        {
            return Some(Raw::Number(digits));
        }
        let mut steps = row.wire.split('.');
        let found = steps.try_fold(self.received.json?, |json, step| json.get(step))?;
        Some(found).filter(|found| !found.is_null()).map(Raw::Json)
    }

    /// All texts that came for a field.
    pub(crate) fn texts(&self, row: &Field) -> impl Iterator<Item = &'a str> {
        self.received.texts(row)
    }

    pub(crate) fn is_missing(&mut self, field: &'static Field) {
        self.unread.push(Unread::missing(field));
    }

    pub(crate) fn is_misread(&mut self, field: &'static Field) {
        let limit = match field.kind {
            Kind::Text => "a text",
            Kind::Integer { .. } => "a whole number",
            Kind::Decimal => "a decimal number",
            Kind::Boolean => "true or false",
            Kind::List => "a list of texts",
            Kind::Object => "an object",
            Kind::File => "a file",
        };
        self.unread.push(Unread {
            field,
            rule: Rule::Format,
            limit,
        });
    }

    pub(crate) fn into_unread(self) -> Vec<Unread> {
        self.unread
    }
}
