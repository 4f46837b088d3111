//! The names that a call has by its documents, and the parts of a request that they are in.

use cards_model::{Operation, Place};
use schemars::JsonSchema;
use serde::Serialize;

use super::difference::{Difference, nearest};

/// The names that a provider's documents have beside the tables of fields.
#[derive(Clone, Copy, Debug, Default)]
pub struct Documented {
    /// The headers, as the documents write them.
    pub headers: &'static [&'static str],
    /// The fields in the bodies of calls that have no table, such as a login.
    pub fields: &'static [&'static str],
    /// Says whether parameters of the query are taken in any letter case.
    pub has_caseless_query: bool,
    /// Says whether the first counts of a parameter of the query that comes twice, and not the last.
    pub takes_first_of_query: bool,
}

/// A part of a request that has names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Part {
    /// The headers.
    Headers,
    /// The path: named parameters in it.
    Path,
    /// The query.
    Query,
    /// The body: a form's fields, or the members of JSON objects.
    Body,
}

impl Part {
    /// Names one of its names as sentences have it.
    pub(super) const fn one(self) -> &'static str {
        match self {
            Self::Headers => "header",
            Self::Path => "parameter of the path",
            Self::Query => "parameter of the query",
            Self::Body => "field of the body",
        }
    }

    pub(super) const fn many(self) -> &'static str {
        match self {
            Self::Headers => "headers",
            Self::Path => "parameters of the path",
            Self::Query => "parameters of the query",
            Self::Body => "fields of the body",
        }
    }

    pub(super) const fn whole(self) -> &'static str {
        match self {
            Self::Headers => "the headers",
            Self::Path => "the path",
            Self::Query => "the query",
            Self::Body => "the body",
        }
    }
}

/// The names that a call has by its documents, with their parts.
pub(super) struct Names {
    pub(super) all: Vec<(Part, &'static str)>,
    pub(super) has_caseless_query: bool,
    pub(super) takes_first_of_query: bool,
    /// Says whether a table or a list says what the call takes.
    pub(super) is_known: bool,
}

impl Names {
    pub(super) fn of(documented: Documented, operation: Option<&'static Operation>) -> Self {
        let table = operation.map_or(&[][..], |operation| operation.fields);
        let part = |place| match place {
            Place::Path => Part::Path,
            Place::Query => Part::Query,
            Place::Form | Place::Json | Place::Part => Part::Body,
        };
        let rows = table.iter().map(|field| (part(field.place), field.wire));
        let headers = documented.headers.iter().map(|name| (Part::Headers, *name));
        let mut all: Vec<_> = rows.chain(headers).collect();
        if table.is_empty() {
            all.extend(documented.fields.iter().map(|name| (Part::Body, *name)));
        }
        Self {
            all,
            has_caseless_query: documented.has_caseless_query,
            takes_first_of_query: documented.takes_first_of_query,
            is_known: operation.is_some(),
        }
    }

    /// The documented name that a name of this part is, in whichever part the documents have it.
    /// Headers have no letter case.
    pub(super) fn exact(&self, part: Part, given: &str) -> Option<(Part, &'static str)> {
        let is_it = |(_, name): &&(Part, &'static str)| match part {
            Part::Headers => name.eq_ignore_ascii_case(given),
            _ => *name == given,
        };
        let here = |one: &&(Part, &'static str)| one.0 == part && is_it(one);
        let mut found = self.all.iter();
        let found = found.find(here).or_else(|| self.all.iter().find(is_it));
        found.copied()
    }

    /// The documented name that a name is nearest to, those of its own part first.
    pub(super) fn near(&self, part: Part, given: &str) -> Option<(&'static str, Vec<Difference>)> {
        if part == Part::Headers {
            return self.near_header(given);
        }
        let of = |is_here: bool| {
            let names = self.all.iter();
            let names = names.filter(move |one| (one.0 == part) == is_here);
            names.map(|(_, name)| *name)
        };
        if let Some(found) = nearest(given, of(true)) {
            return Some(found);
        }
        // From another part only what can hardly be chance.
        let (name, mut differences) = nearest(given, of(false))?;
        let is_sure = differences.iter().all(|one| *one < Difference::Nesting);
        differences.push(Difference::Part);
        is_sure.then_some((name, differences))
    }

    /// The documented header that a header is nearest to. Their names have no letter case.
    fn near_header(&self, given: &str) -> Option<(&'static str, Vec<Difference>)> {
        let given = given.to_ascii_lowercase();
        if is_usual_header(&given) {
            return None;
        }
        let headers = self.all.iter().filter(|one| one.0 == Part::Headers);
        let small: Vec<_> = headers
            .map(|(_, name)| (name.to_ascii_lowercase(), *name))
            .collect();
        let (found, differences) = nearest(&given, small.iter().map(|(small, _)| &**small))?;
        let (_, name) = small.iter().find(|(small, _)| small == found)?;
        Some((name, differences))
    }
}

/// Headers that any client sends, and that are meant for nobody's call.
fn is_usual_header(name: &str) -> bool {
    const USUAL: [&str; 29] = [
        "accept",
        "cache-control",
        "connection",
        "cookie",
        "date",
        "dnt",
        "expect",
        "forwarded",
        "from",
        "host",
        "keep-alive",
        "origin",
        "pragma",
        "priority",
        "range",
        "referer",
        "te",
        "trailer",
        "traceparent",
        "tracestate",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "via",
        "warning",
        "x-request-id",
        "x-correlation-id",
        "idempotency-key",
        "baggage",
    ];
    const FAMILIES: [&str; 7] = [
        "accept-",
        "access-control-",
        "content-",
        "if-",
        "proxy-",
        "sec-",
        "x-forwarded-",
    ];
    USUAL.contains(&name) || FAMILIES.iter().any(|family| name.starts_with(family))
}
