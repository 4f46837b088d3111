//! The parameters of `GET /_sandbox/events` and `GET /_sandbox/event-steps`.

use serde_json::{Value, json};

use crate::control::input::{MOST_LISTED, limit, number};
use crate::engine::field_error::FieldError;
use crate::engine::intake::Pairs;
use crate::engine::openapi::{Described, Document};
use crate::engine::outbox::{self, EventFilter, EventKind};

/// The number of events or steps that are listed where a query names none.
pub(super) const LISTED: usize = 100;

/// Holds what the query asks for.
#[derive(Debug, Default)]
pub(super) struct EventsQuery {
    pub(super) filter: EventFilter,
    /// Only events, or steps, with a greater number.
    pub(super) after: Option<i64>,
    /// The most that are listed.
    pub(super) limit: Option<usize>,
}

/// The parameters, in the document.
pub(super) fn described(document: &Document, operation: Described) -> Described {
    let senders = document.providers.senders();
    let providers: Vec<_> = senders.iter().map(|(provider, _)| *provider).collect();
    let kinds = senders.iter().flat_map(|(_, kinds)| kinds.iter());
    let names: Vec<_> = kinds.map(|kind| kind.name).collect();
    let parameters = [
        (
            "provider",
            "Only events of this provider.",
            json!({"type": "string", "enum": providers}),
        ),
        (
            "event",
            "Only events of this name.",
            json!({"type": "string", "enum": names}),
        ),
        (
            "subject",
            "Only events of this card, or whatever else they are in order of.",
            json!({"type": "string"}),
        ),
        (
            "after",
            "Only those with a greater number.",
            json!({"type": "integer", "minimum": 0, "maximum": i64::MAX}),
        ),
        (
            "limit",
            "So many at most: of events the newest, of steps the oldest. 100 where it is not \
             given, of a stream no limit.",
            json!({"type": "integer", "minimum": 1, "maximum": MOST_LISTED}),
        ),
    ];
    let with = |operation: Described, (name, description, schema): (&str, &str, Value)| {
        operation.with_parameter("query", name, description, &schema)
    };
    parameters.into_iter().fold(operation, with)
}

/// The query, or what is wrong with its first wrong parameter.
pub(super) fn parse(
    query: &Pairs,
    known: &[(&'static str, &'static [EventKind])],
) -> Result<EventsQuery, FieldError> {
    let mut asked = EventsQuery::default();
    for (at, (name, value)) in query.iter().enumerate() {
        let Some(name) = NAMES.iter().find(|known| *known == name) else {
            let wrong = format!("there are {}", NAMES.join(", "));
            return Err(FieldError::at("the query", wrong));
        };
        if query[..at].iter().any(|(other, _)| other == name) {
            return Err(FieldError::at(*name, "is given twice"));
        }
        let given = Some(value.to_string());
        match *name {
            "provider" => asked.filter.provider = given,
            "event" => asked.filter.name = given,
            "subject" => asked.filter.subject = given,
            "after" => {
                let after = number(value);
                let wrong = || FieldError::at("after", "has to be a whole number");
                asked.after = Some(after.ok_or_else(wrong)?);
            }
            _ => {
                let limit = limit(value).map_err(|what| FieldError::at("limit", what))?;
                asked.limit = Some(limit);
            }
        }
    }
    let (provider, event) = (&asked.filter.provider, &asked.filter.name);
    // No event of one provider has the name of another's: that is an empty list, and no mistake.
    outbox::check_scope(known, provider.as_deref(), None)?;
    outbox::check_scope(known, None, event.as_deref())?;
    Ok(asked)
}

const NAMES: [&str; 5] = ["provider", "event", "subject", "after", "limit"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::intake;

    const KNOWN: &[(&str, &[EventKind])] = &[(
        "acme",
        &[EventKind {
            name: "opened",
            path: "",
            about: "A card was opened.",
        }],
    )];

    fn asked(query: &str) -> Result<EventsQuery, FieldError> {
        let uri = format!("/_sandbox/events?{query}").parse().unwrap();
        parse(&intake::query(&uri), KNOWN)
    }

    #[test]
    fn each_parameter_narrows_what_it_names() {
        let all = asked("provider=acme&event=opened&subject=c1&after=7&limit=2").unwrap();
        assert_eq!(all.filter.provider.as_deref(), Some("acme"));
        assert_eq!(all.filter.name.as_deref(), Some("opened"));
        assert_eq!(all.filter.subject.as_deref(), Some("c1"));
        assert_eq!((all.after, all.limit), (Some(7), Some(2)));
        let none = asked("").unwrap();
        assert_eq!((none.filter.provider, none.after), (None, None));
    }

    #[test]
    fn a_wrong_parameter_is_named() {
        for (query, place) in [
            ("provider=none", "provider"),
            ("event=none", "event"),
            ("after=x", "after"),
            ("limit=0", "limit"),
            ("limit=2&limit=2", "limit"),
            ("other=1", "the query"),
        ] {
            let wrong = asked(query).err().map(|wrong| wrong.to_string());
            let is_named = wrong.as_ref().is_some_and(|wrong| wrong.starts_with(place));
            assert!(is_named, "{query}: {wrong:?}");
        }
    }
}
