//! All that is wrong with a request, without a word of what was in it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use validator::{ValidationError, ValidationErrors, ValidationErrorsKind};

use crate::found::Found;
use crate::operation::Operation;
use crate::provider::ProviderId;
use crate::received::Unread;
use crate::rule_kind::{AT, MUST_BE_GIVEN, Rule};

/// Names one broken rule of one field. It never holds the value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Violation {
    /// The provider whose document it is.
    pub provider: ProviderId,
    /// The operation, as [`Operation::name`].
    pub operation: &'static str,
    /// The field's name on the wire, with a path where it is nested.
    pub field: String,
    /// The kind of rule.
    pub rule: Rule,
    /// The limit that the field should keep: `at most 30 characters`.
    pub limit: Cow<'static, str>,
    /// The document and the row that say so.
    pub source: String,
}

impl Violation {
    /// A rule that a request's type cannot check, found by whoever serves the
    /// operation: a header that is not there, text where a number belongs, an
    /// e-mail address that somebody else has.
    ///
    /// `row` says where the operation's document states it.
    ///
    /// ```
    /// use cards_model::airpay::UpdateCustomer;
    /// use cards_model::{Request, Rule, Violation};
    ///
    /// let operation = UpdateCustomer::OPERATION;
    /// let broken = Violation::new(operation, "token", "Header, token", Rule::Required, "must be given");
    /// assert_eq!(
    ///     broken.to_string(),
    ///     "token: must be given (required; Airpay Update Customer, Header, token)"
    /// );
    /// ```
    pub fn new(
        operation: &Operation,
        field: impl Into<String>,
        row: &str,
        rule: Rule,
        limit: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            provider: operation.provider,
            operation: operation.name,
            field: field.into(),
            rule,
            limit: limit.into(),
            source: format!("{}, {row}", operation.document),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} ({}; {})",
            self.field, self.limit, self.rule, self.source
        )
    }
}

/// Everything that is wrong with one request, in the order of the document's
/// table; at least one violation.
///
/// ```
/// use cards_model::airpay::{Channel, CustomerPreference};
/// use cards_model::{Date, Request, Rules};
///
/// let request = CustomerPreference::new("").channel(Channel::Unknown("WEB".into()));
/// let wrong = request.check(&Rules::on(Date::new(2026, 11, 21)?)).unwrap_err();
/// assert_eq!(wrong.fields().collect::<Vec<_>>(), ["entity_id", "type"]);
/// # Ok::<(), cards_model::DateError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// Each broken rule; a field may break several.
    pub fn iter(&self) -> std::slice::Iter<'_, Violation> {
        self.0.iter()
    }

    /// The wire names of the fields at fault, each once.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.0
            .chunk_by(|a, b| a.field == b.field)
            .map(|of_field| of_field[0].field.as_str())
    }

    /// The number of broken rules.
    #[expect(clippy::len_without_is_empty, reason = "there is at least one")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Drops the violations that are `excused`, and keeps the others.
    pub(crate) fn without(self, excused: impl Fn(&Violation) -> bool) -> Result<(), Self> {
        let left: Vec<_> = self
            .0
            .into_iter()
            .filter(|violation| !excused(violation))
            .collect();
        if left.is_empty() {
            Ok(())
        } else {
            Err(Self(left))
        }
    }

    /// Adds these unread fields to what was found: each of them breaks that rule
    /// and no other, nor do the fields of an object that cannot be read. That a field
    /// is there can be waived, that it is of its type cannot.
    pub(crate) fn with_unread(
        operation: &Operation,
        found: Result<(), Self>,
        unread: &[Unread],
        is_waived: impl Fn(&Violation) -> bool,
    ) -> Result<(), Self> {
        let is_unread = |violation: &Violation| {
            unread.iter().any(|unread| {
                let rest = violation.field.strip_prefix(unread.field.wire);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        };
        let mut all = found.map_or_else(|violations| violations.0, |()| Vec::new());
        all.retain(|violation| !is_unread(violation));
        let unread = unread.iter().map(|unread| {
            let Unread { field, rule, limit } = *unread;
            Violation::new(operation, field.wire, field.row, rule, limit)
        });
        all.extend(unread.filter(|v| v.rule != Rule::Required || !is_waived(v)));
        if all.is_empty() {
            return Ok(());
        }
        Err(Self::sorted(operation, all))
    }

    /// The one boundary where `validator`'s errors become ours.
    ///
    /// They carry the value as a parameter and print it; only the code, the
    /// message and the limits cross over.
    pub(crate) fn from_found(operation: &Operation, found: &Found) -> Self {
        let mut collected = Vec::new();
        for (at, errors) in found.iter() {
            collect(operation, at, errors, &mut collected);
        }
        Self::sorted(operation, collected)
    }

    /// Reads as [`from_found`](Self::from_found) does, of a reply.
    pub(crate) fn from_validator(operation: &Operation, errors: &ValidationErrors) -> Self {
        let mut collected = Vec::new();
        collect(operation, "", errors, &mut collected);
        Self::sorted(operation, collected)
    }

    /// Puts all in the order of the document's table.
    fn sorted(operation: &Operation, mut all: Vec<Violation>) -> Self {
        let place = |violation: &Violation| {
            let base = violation.field.split(['.', '[']).next().unwrap_or_default();
            let position = |wire: &str| operation.fields.iter().position(|f| f.wire == wire);
            let place = position(&violation.field).or_else(|| position(base));
            place.unwrap_or(usize::MAX)
        };
        all.sort_by(|a, b| (place(a), &a.field, a.rule).cmp(&(place(b), &b.field, b.rule)));
        Self(all)
    }
}

impl<'a> IntoIterator for &'a Violations {
    type Item = &'a Violation;
    type IntoIter = std::slice::Iter<'a, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = self.fields().count();
        if let Some(first) = self.0.first() {
            write!(f, "{} {}: ", first.provider, first.operation)?;
        }
        let (noun, verb) = if fields == 1 {
            ("field", "breaks")
        } else {
            ("fields", "break")
        };
        write!(f, "{fields} {noun} {verb} the document's rules")?;
        self.0
            .iter()
            .try_for_each(|violation| write!(f, "\n  {violation}"))
    }
}

impl std::error::Error for Violations {}

fn collect(operation: &Operation, path: &str, errors: &ValidationErrors, out: &mut Vec<Violation>) {
    // validator keeps its errors in a HashMap: give them an order.
    for (name, kind) in errors.errors().iter().collect::<BTreeMap<_, _>>() {
        match kind {
            ValidationErrorsKind::Field(broken) => {
                for error in broken {
                    let name = error
                        .params
                        .get(AT)
                        .and_then(|at| at.as_str())
                        .unwrap_or(name);
                    out.push(violation(operation, join(operation, path, name), error));
                }
            }
            ValidationErrorsKind::Struct(nested) => {
                collect(operation, &join(operation, path, name), nested, out);
            }
            ValidationErrorsKind::List(items) => {
                for (index, nested) in items {
                    let item = format!("{}[{index}]", join(operation, path, name));
                    collect(operation, &item, nested, out);
                }
            }
        }
    }
}

fn violation(operation: &Operation, field: String, error: &ValidationError) -> Violation {
    let row = operation
        .field(&field)
        .map_or(field.as_str(), |field| field.row);
    Violation {
        provider: operation.provider,
        operation: operation.name,
        rule: Rule::from_code(&error.code),
        limit: error
            .message
            .clone()
            .unwrap_or_else(|| bounds(error).into()),
        source: format!("{}, {row}", operation.document),
        field,
    }
}

/// The limits of `validator`'s own `length` and `range`, in words.
fn bounds(error: &ValidationError) -> String {
    let unit = if error.code == "length" {
        " characters"
    } else {
        ""
    };
    let bound = |name: &str| error.params.get(name).map(ToString::to_string);
    match (bound("min"), bound("max"), bound("equal")) {
        (_, _, Some(equal)) => format!("exactly {equal}{unit}"),
        (Some(min), Some(max), _) => format!("{min} to {max}{unit}"),
        (Some(min), None, _) => format!("at least {min}{unit}"),
        (None, Some(max), _) => format!("at most {max}{unit}"),
        (None, None, None) => MUST_BE_GIVEN.to_owned(),
    }
}

/// A field's wire path. Request fields look theirs up in the table; what is
/// nested in a reply (Paysafe's card) is the Rust name in camel case.
fn join(operation: &Operation, path: &str, rust: &str) -> String {
    let mut fields = operation.fields.iter();
    let row = fields.find(|field| field.rust == rust && field.parent() == path);
    match row {
        Some(field) => field.wire.to_owned(),
        None if path.is_empty() => camel(rust),
        None => format!("{path}.{}", camel(rust)),
    }
}

fn camel(rust: &str) -> String {
    let mut words = rust.trim_start_matches("r#").split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut name, word| {
        let (head, tail) = word.split_at(word.len().min(1));
        name.push_str(&head.to_ascii_uppercase());
        name.push_str(tail);
        name
    })
}
