//! Single rules that are not applied: real people live in New Delhi and Tamil
//! Nadu, whatever a document says of the letters in a city's name.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::constraint::Kind;
use crate::operation::{Field, Operation, Place};
use crate::rule_kind::Rule;
use crate::violation::Violation;

/// Excuses one rule of one field: of every operation that has the field, or of
/// those of one provider, or of one operation.
///
/// Written as `state:characters`, `airpay/state:characters` or
/// `register-user/state:characters`; a nested field has its path,
/// `deliveryAddress.state:length`.
///
/// ```
/// use cards_model::{Rule, Waiver};
///
/// let waiver: Waiver = "register-user/state:characters".parse()?;
/// assert_eq!(waiver, Waiver::new("register-user/state", Rule::Characters));
/// assert!("state:lettres".parse::<Waiver>().is_err());
/// # Ok::<(), cards_model::WaiverError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// A provider or an operation, where it is not for all that have the field.
    scope: Option<Box<str>>,
    field: Box<str>,
    rule: Rule,
}

impl Waiver {
    /// Excuses a rule of a field, with `PROVIDER/` or `OPERATION/` before the
    /// field's wire name where it is not for all. The letter case of names does
    /// not count.
    pub fn new(field: &str, rule: Rule) -> Self {
        let (scope, field) = match field.rsplit_once('/') {
            Some((scope, field)) => (Some(scope.into()), field),
            None => (None, field),
        };
        Self {
            scope,
            field: field.into(),
            rule,
        }
    }

    /// Tells whether it is about this operation, as far as its scope tells.
    fn is_for(&self, operation: &Operation) -> bool {
        let scope = self.scope.as_deref();
        scope.is_none_or(|scope| {
            let names = [operation.name, operation.provider.as_str()];
            names.iter().any(|name| name.eq_ignore_ascii_case(scope))
        })
    }

    fn covers(&self, violation: &Violation) -> bool {
        let scope = self.scope.as_deref();
        self.field.eq_ignore_ascii_case(&violation.field)
            && self.rule == violation.rule
            && scope.is_none_or(|scope| {
                let names = [violation.operation, violation.provider.as_str()];
                names.iter().any(|name| name.eq_ignore_ascii_case(scope))
            })
    }

    /// Checks that one of the operations has the field and the field the rule, and
    /// that the rule can be waived.
    fn check(&self, operations: &[&'static Operation]) -> Result<(), WaiverError> {
        let within = operations.iter().filter(|operation| self.is_for(operation));
        let within: Vec<_> = within.copied().collect();
        if let (Some(scope), true) = (&self.scope, within.is_empty()) {
            let names = operations.iter().map(|operation| operation.name);
            let providers = operations.iter().map(|one| one.provider.as_str());
            return Err(WaiverError::unknown(
                "provider or operation",
                scope,
                providers.chain(names),
            ));
        }
        let of_name = |one: &&'static Operation| {
            let mut fields = one.fields.iter();
            let field = fields.find(|field| field.wire.eq_ignore_ascii_case(&self.field))?;
            Some((*one, field))
        };
        let found: Vec<_> = within.iter().filter_map(of_name).collect();
        if found.is_empty() {
            let rows = within.iter().flat_map(|operation| operation.fields);
            let names = rows.filter(|field| field.kind != Kind::Object);
            let names = names.map(|field| field.wire);
            return Err(WaiverError::unknown("field", &self.field, names));
        }
        let mut rules: Vec<_> = found
            .iter()
            .flat_map(|(one, it)| one.rules_of(it))
            .collect();
        rules.sort_unstable();
        rules.dedup();
        let guards = found.iter().filter(|(_, field)| is_guard(field, self.rule));
        if rules.contains(&self.rule) && guards.count() == found.len() {
            return Err(WaiverError(format!(
                "{}: its rule {} cannot be waived: the request could not be sent without it",
                self.field, self.rule
            )));
        }
        rules.retain(|rule| !found.iter().all(|(_, field)| is_guard(field, *rule)));
        if rules.contains(&self.rule) {
            return Ok(());
        }
        Err(WaiverError(match rules.is_empty() {
            true => format!("{}: it has no rule that can be waived", self.field),
            false => format!(
                "{}: it has no rule {}; its rules are {}",
                self.field,
                self.rule,
                joined(rules.into_iter().map(Rule::as_str))
            ),
        }))
    }
}

/// Tells whether a rule keeps a request in a form that can be sent, or read at all: an empty id or
/// `..` in a path names another resource, and what is no text has no empty value.
pub(crate) fn is_guard(field: &Field, rule: Rule) -> bool {
    match rule {
        Rule::Required => field.place == Place::Path || field.kind != Kind::Text,
        Rule::Format => field.place == Place::Path,
        _ => false,
    }
}

impl<F: AsRef<str>> From<(F, Rule)> for Waiver {
    fn from((field, rule): (F, Rule)) -> Self {
        Self::new(field.as_ref(), rule)
    }
}

impl FromStr for Rule {
    type Err = WaiverError;

    /// Reads the name in any letter case; an error lists the names.
    fn from_str(text: &str) -> Result<Self, WaiverError> {
        let mut all = Self::ALL.into_iter();
        let found = all.find(|rule| rule.as_str().eq_ignore_ascii_case(text));
        let names = Self::ALL.into_iter().map(Self::as_str);
        found.ok_or_else(|| WaiverError::unknown("rule", text, names))
    }
}

impl FromStr for Waiver {
    type Err = WaiverError;

    /// Reads `FIELD:RULE`, with `PROVIDER/` or `OPERATION/` before it or without.
    fn from_str(text: &str) -> Result<Self, WaiverError> {
        let Some((field, rule)) = text.trim().rsplit_once(':') else {
            return Err(WaiverError(
                "a waiver is FIELD:RULE, such as state:characters".to_owned(),
            ));
        };
        Ok(Self::new(field.trim(), rule.trim().parse()?))
    }
}

impl fmt::Display for Waiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(scope) = &self.scope {
            write!(f, "{scope}/")?;
        }
        write!(f, "{}:{}", self.field, self.rule)
    }
}

/// Holds rules that are not applied, each known to be one of its field's.
///
/// A waived rule is not checked; all others are, and nothing else changes: values
/// stay redacted, are encoded and signed as ever. Three kinds of rules stay in
/// force: that a parameter of a path is given and is no `.` or `..`, that a
/// number is given where it must be, and that a value is of its field's type.
///
/// ```
/// use cards_model::airpay::UpdateCustomer;
/// use cards_model::{Date, Request, Rule, Rules, Waivers};
///
/// let waivers = Waivers::new([("city", Rule::Characters)], [UpdateCustomer::OPERATION])?;
/// let rules = Rules::on(Date::new(2026, 11, 21)?).waivers(waivers);
/// UpdateCustomer::new("AIRPAYCUST0001").city("New Delhi").check(&rules)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waivers(Option<Arc<[Waiver]>>);

impl Waivers {
    /// Collects waivers of the rules of these operations' fields.
    ///
    /// # Errors
    ///
    /// Names the first field or rule that there is not, or that cannot be waived,
    /// and lists those that there are.
    pub fn new(
        waivers: impl IntoIterator<Item = impl Into<Waiver>>,
        operations: impl IntoIterator<Item = &'static Operation>,
    ) -> Result<Self, WaiverError> {
        let waivers = Self::unchecked(waivers);
        let operations: Vec<_> = operations.into_iter().collect();
        waivers.iter().try_for_each(|it| it.check(&operations))?;
        Ok(waivers)
    }

    fn unchecked(waivers: impl IntoIterator<Item = impl Into<Waiver>>) -> Self {
        let waivers: Vec<_> = waivers.into_iter().map(Into::into).collect();
        Self((!waivers.is_empty()).then(|| waivers.into()))
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Waiver> {
        self.0.iter().flat_map(|waivers| waivers.iter())
    }

    /// These, and others.
    #[must_use]
    pub fn and(&self, others: &Self) -> Self {
        Self::unchecked(self.iter().chain(others.iter()).cloned())
    }

    /// Checks that each of them is about a field of this operation.
    ///
    /// # Errors
    ///
    /// As for [`Waivers::new`].
    pub fn check(&self, operation: &'static Operation) -> Result<(), WaiverError> {
        self.iter().try_for_each(|it| it.check(&[operation]))
    }

    /// Tells whether the rule that is broken is not applied.
    pub(crate) fn cover(&self, operation: &Operation, violation: &Violation) -> bool {
        let is_guard = || {
            let field = operation.field(&violation.field);
            field.is_none_or(|field| is_guard(field, violation.rule))
        };
        self.iter().any(|it| it.covers(violation)) && !is_guard()
    }
}

/// A waiver of what there is not, or of what cannot be waived. It never tells a
/// value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct WaiverError(String);

impl WaiverError {
    /// Names the name that is near to it, and lists all.
    pub(crate) fn unknown(
        what: &str,
        given: &str,
        known: impl Iterator<Item = &'static str>,
    ) -> Self {
        let mut names: Vec<_> = known.collect();
        names.sort_unstable();
        names.dedup();
        let distance =
            |name: &&str| strsim::osa_distance(&given.to_lowercase(), &name.to_lowercase());
        let near = names.iter().copied().min_by_key(distance);
        let near = near.filter(|name| distance(name) <= 1 + name.len() / 4);
        // What is near to a name may be told; anything else may be a value.
        Self(match near {
            Some(near) => format!(
                "no {what} `{}`: did you mean `{near}`? There are {}",
                given.escape_debug(),
                joined(names)
            ),
            None => format!("no {what} of that name; there are {}", joined(names)),
        })
    }
}

fn joined(words: impl IntoIterator<Item = &'static str>) -> String {
    words.into_iter().collect::<Vec<_>>().join(", ")
}
