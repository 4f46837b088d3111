//! The operation that is to be made: its names, and what follows from its table.

use std::fmt::Write as _;

use super::provider::Provider;
use super::table::{Field, Kind, Place, Rule};

/// An operation that there is not yet.
pub(super) struct Operation {
    pub(super) provider: &'static Provider,
    /// `lock-unlock`.
    pub(super) name: String,
    /// The document's title.
    pub(super) title: String,
    pub(super) method: Method,
    pub(super) path: String,
    /// The beginning of its requirements' ids.
    pub(super) prefix: String,
    pub(super) fields: Vec<Field>,
}

/// The HTTP method of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// The variant of `cards_model::Method`.
    pub(super) fn variant(self) -> &'static str {
        match self {
            Self::Get => "Get",
            Self::Post => "Post",
            Self::Put => "Put",
            Self::Patch => "Patch",
            Self::Delete => "Delete",
        }
    }

    /// The word in a request line.
    pub(super) fn word(self) -> String {
        self.variant().to_uppercase()
    }
}

impl Operation {
    /// Gives the name of its module, `lock_unlock`.
    pub(super) fn module(&self) -> String {
        self.name.replace('-', "_")
    }

    /// Gives the name of its type, `LockUnlock`.
    pub(super) fn type_name(&self) -> String {
        camel(&self.name)
    }

    /// The enum of a field's listed values: `LockUnlockFlag`.
    pub(super) fn enum_name(&self, field: &Field) -> String {
        format!("{}{}", self.type_name(), camel(&field.name))
    }

    /// All types that the model's file has.
    pub(super) fn types(&self) -> Vec<String> {
        let listed = self.fields.iter().filter(|field| field.values().is_some());
        let enums = listed.map(|field| self.enum_name(field));
        let mut types: Vec<_> = std::iter::once(self.type_name()).chain(enums).collect();
        types.sort();
        types
    }

    /// Tells where a field travels.
    pub(super) fn place(&self, field: &Field) -> Place {
        let in_path = self.path.contains(&format!("{{{}}}", field.name));
        let usual = match self.provider.name {
            "airpay" => Place::Form,
            _ if self.method == Method::Get => Place::Query,
            _ => Place::Json,
        };
        match in_path {
            true => Place::Path,
            false => field.place.unwrap_or(usual),
        }
    }

    /// The fields that travel there, by their names.
    pub(super) fn names_in(&self, place: Place) -> Vec<&str> {
        let fields = self.fields.iter();
        let there = fields.filter(|field| self.place(field) == place);
        there.map(|field| field.name.as_str()).collect()
    }

    /// The required fields with values that break no rule.
    pub(super) fn valid(&self) -> Vec<(&Field, String)> {
        let required = self.fields.iter().filter(|field| field.is_required);
        required.map(|field| (field, field.valid())).collect()
    }

    /// Writes the required fields with such values as JSON; of one place, or all.
    pub(super) fn valid_json(&self, place: Option<Place>) -> String {
        let valid = self.valid().into_iter();
        let there = valid.filter(|(field, _)| place.is_none_or(|one| one == self.place(field)));
        let pair = |(field, value): (&Field, String)| match field.kind {
            Kind::Number => format!("\"{}\": {value}", field.name),
            _ => format!("\"{}\": \"{value}\"", field.name),
        };
        format!("{{{}}}", there.map(pair).collect::<Vec<_>>().join(", "))
    }

    /// The path and the query of that request.
    pub(super) fn target(&self) -> String {
        let mut target = self.path.clone();
        let mut query = Vec::new();
        for (field, value) in self.valid() {
            match self.place(field) {
                Place::Path => target = target.replace(&format!("{{{}}}", field.name), &value),
                Place::Query => query.push(format!("{}={value}", field.name)),
                Place::Form | Place::Json => {}
            }
        }
        match query.is_empty() {
            true => target,
            false => format!("{target}?{}", query.join("&")),
        }
    }
}

impl Field {
    /// The name in Rust.
    pub(super) fn rust(&self) -> String {
        let mut name = String::new();
        for c in self.name.chars() {
            if c.is_ascii_uppercase() {
                name.push('_');
            }
            name.push(c.to_ascii_lowercase());
        }
        let name = name.replace("__", "_");
        let name = name.trim_start_matches('_');
        match name {
            "type" => "kind".to_owned(),
            "ref" | "as" | "in" | "use" | "match" | "move" | "where" | "self" | "box" => {
                format!("{name}_value")
            }
            name => name.to_owned(),
        }
    }

    /// The flag of the command line: `--entity-id`.
    pub(super) fn flag(&self) -> String {
        let mut flag = "--".to_owned();
        for c in self.name.chars() {
            match c {
                '_' => flag.push('-'),
                c if c.is_ascii_uppercase() => flag.extend(['-', c.to_ascii_lowercase()]),
                c => flag.push(c),
            }
        }
        flag
    }

    /// The values, where they are listed.
    pub(super) fn values(&self) -> Option<&[String]> {
        match &self.kind {
            Kind::OneOf(values) => Some(values),
            _ => None,
        }
    }

    /// The lengths that its rules allow.
    pub(super) fn length(&self) -> Option<(u64, u64)> {
        self.rules.iter().find_map(|rule| match rule {
            Rule::Length(least, most) => Some((*least, *most)),
            _ => None,
        })
    }

    /// Tells whether the document's own example breaks the length.
    pub(super) fn breaks_length(&self) -> bool {
        let count = self.sample.chars().count() as u64;
        let bounds = self.length().filter(|_| count > 0);
        bounds.is_some_and(|(least, most)| count < least || count > most)
    }

    /// A value that breaks no rule: of somebody whom the sandbox knows, the
    /// document's own, or made up.
    pub(super) fn valid(&self) -> String {
        let known = match self.name.as_str() {
            "entity_id" => "AIRPAYCUST0001",
            "customerId" => "12345678",
            "customersId" => "11057",
            _ => "",
        };
        if !known.is_empty() {
            return known.to_owned();
        }
        if !self.sample.is_empty() && !self.breaks_length() {
            return self.sample.clone();
        }
        if let Some(values) = self.values() {
            return values[0].clone();
        }
        let least = self.length().map_or(1, |(least, _)| least.max(1));
        let least = usize::try_from(least).unwrap_or(1);
        let mut value = None;
        for rule in &self.rules {
            value = match rule {
                Rule::Range(least, _) => Some(least.to_string()),
                Rule::Phrase("digits", _) => Some("1".repeat(least)),
                Rule::Phrase("email", _) => Some("a@b.example".to_owned()),
                Rule::Phrase("date", _) => Some("2026-11-21".to_owned()),
                _ => value,
            };
        }
        let other = || match self.kind {
            Kind::Number => "1".to_owned(),
            _ => "x".repeat(least),
        };
        value.unwrap_or_else(other)
    }

    /// The phrases of its rules, as they stand in a requirement's check.
    pub(super) fn phrases(&self) -> Vec<String> {
        let phrase = |rule: &Rule| match rule {
            Rule::Length(least, most) => format!("length {least}..{most}"),
            Rule::Range(least, most) => {
                let mut phrase = format!("number {least}..");
                if let Some(most) = most {
                    let _ = write!(phrase, "{most}");
                }
                phrase
            }
            Rule::Phrase(phrase, _) => (*phrase).to_owned(),
        };
        self.rules.iter().map(phrase).collect()
    }
}

/// Writes `lock-unlock` or `card_type` as `LockUnlock` or `CardType`.
pub(super) fn camel(name: &str) -> String {
    let mut camel = String::new();
    for part in name.split(['-', '_']) {
        let (first, rest) = part.split_at(part.len().min(1));
        camel.push_str(&first.to_uppercase());
        camel.push_str(rest);
    }
    camel
}
