//! Describes an operation: its name, its path and its fields.

use std::fmt;

use crate::capability::{Capability, Source};
use crate::constraint::{Constraint, Dependent, Kind};
use crate::provider::{Effect, Method, ProviderId};
use crate::rule_kind::Rule;

/// Describes one documented operation.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operation {
    /// The provider whose operation it is.
    pub provider: ProviderId,
    /// The name, as in the path where the path has one: `register-user`.
    pub name: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path, with `{customerId}` and the like for parameters.
    pub path: &'static str,
    /// Says whether it may be sent again.
    pub effect: Effect,
    /// The document's title, as violations cite it.
    pub document: &'static str,
    /// The request's fields in the order of the document's table.
    pub fields: &'static [Field],
    /// The rules over two fields.
    pub dependents: &'static [Dependent],
    /// The kind of body that the request has.
    pub body: Body,
    /// The fields of a signed form, by their wire names, in the order of the
    /// document's request example, which need not be that of its table. Empty
    /// where a request is not signed.
    pub example_order: &'static [&'static str],
    /// The purposes that it serves, in words that fit every provider.
    pub capabilities: &'static [Capability],
    /// The source of what is known of it.
    pub source: Source,
}

impl Operation {
    /// An operation without a table of fields, such as a login.
    pub const fn new(
        provider: ProviderId,
        name: &'static str,
        method: Method,
        path: &'static str,
        effect: Effect,
        document: &'static str,
    ) -> Self {
        Self {
            provider,
            name,
            method,
            path,
            effect,
            document,
            fields: &[],
            dependents: &[],
            body: Body::None,
            example_order: &[],
            capabilities: &[],
            source: Source::Document,
        }
    }

    /// Says what it is for.
    #[must_use]
    pub const fn offers(self, capabilities: &'static [Capability]) -> Self {
        Self {
            capabilities,
            ..self
        }
    }

    /// Says where it is known from, where that is none of the five documents.
    #[must_use]
    pub const fn known_from(self, source: Source) -> Self {
        Self { source, ..self }
    }

    /// Adds the rules over two fields.
    #[must_use]
    pub const fn dependents(self, dependents: &'static [Dependent]) -> Self {
        Self { dependents, ..self }
    }

    /// Tells whether the request carries a checksum over its fields.
    pub const fn is_signed(&self) -> bool {
        !self.example_order.is_empty()
    }

    /// Lists the kinds of rules that a value of a field can break, each once.
    ///
    /// ```
    /// use cards_model::airpay::UpdateCustomer;
    /// use cards_model::{Request, Rule};
    ///
    /// let operation = UpdateCustomer::OPERATION;
    /// let rules = operation.rules_of(operation.field("city").unwrap());
    /// assert_eq!(rules, [Rule::Characters]);
    /// ```
    pub fn rules_of(&self, field: &Field) -> Vec<Rule> {
        let own = field.constraints.iter().copied();
        let over_two = self.dependents.iter().filter(|it| it.field == field.wire);
        let of_type = field.required.then_some(Constraint::Required);
        let all = own.chain(over_two.map(|it| it.constraint)).chain(of_type);
        let mut rules: Vec<_> = all.flat_map(Constraint::rules).copied().collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    }

    /// The row of a request field, by its wire name.
    pub fn field(&self, wire: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.wire == wire)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.provider, self.name)
    }
}

/// The kind of body that a request has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// No body.
    None,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// A JSON object.
    Json,
    /// `multipart/form-data`.
    Multipart,
}

/// The part of a request that a field travels in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the path, for the parameter of its name.
    Path,
    /// In the query.
    Query,
    /// In a form body.
    Form,
    /// In a JSON body.
    Json,
    /// In a part of a multipart body.
    Part,
}

/// The harm that a value can do where it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sensitivity {
    /// It is not sensitive: it tells nothing of a person.
    Plain,
    /// It tells something of a person: see [`Personal`](crate::Personal).
    Personal,
    /// It is a card's number: see [`Pan`](crate::Pan).
    CardNumber,
    /// It lets whoever has it do something: see [`Secret`](crate::Secret).
    Secret,
}

/// Holds one row of a document's table of request fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name on the wire, with a path where it is nested:
    /// `deliveryAddress.city`.
    pub wire: &'static str,
    /// The name in Rust, of a nested field without a path.
    pub rust: &'static str,
    /// The part of the request that it travels in.
    pub place: Place,
    /// Says whether the document requires it; of a nested field, where the object that holds it is
    /// given.
    pub required: bool,
    /// The place where the document says so: section and row.
    pub row: &'static str,
    /// The value that the document's own request example sends, which may
    /// break the document's own rules.
    pub sample: Option<&'static str>,
    /// The kind of value that it holds.
    pub kind: Kind,
    /// The harm that its values can do where they are shown, by their type.
    pub sensitivity: Sensitivity,
    /// Says whether it chooses the page of a list, or the length of one, so that its values tell
    /// nothing of a person.
    pub is_page: bool,
    /// The rules that the value has to keep, as [`check`](crate::Request::check)
    /// applies them.
    pub constraints: &'static [Constraint],
    /// The description of the field, line by line.
    pub docs: &'static [&'static str],
}

impl Field {
    /// Tells whether its values belong to a person or are secrets, and so are shown redacted.
    pub const fn is_sensitive(&self) -> bool {
        !matches!(self.sensitivity, Sensitivity::Plain)
    }

    /// Joins what the field is into one text that ends with a full stop, without
    /// references into the Rust documentation.
    pub fn prose(&self) -> String {
        let lines: Vec<_> = self.docs.iter().map(|line| line.trim()).collect();
        let text = lines.join(" ");
        let reference = ["; see [", " See ["].iter().find_map(|see| text.find(see));
        let text = text[..reference.unwrap_or(text.len())].trim_end();
        format!("{}.", text.trim_end_matches('.'))
    }

    /// The object that holds a nested field, by its wire name; empty for others.
    pub fn parent(&self) -> &'static str {
        self.wire.rsplit_once('.').map_or("", |(parent, _)| parent)
    }

    /// The name within the object that holds it.
    pub fn key(&self) -> &'static str {
        self.wire.rsplit_once('.').map_or(self.wire, |(_, key)| key)
    }
}
