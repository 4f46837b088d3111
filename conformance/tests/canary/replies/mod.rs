//! Replies with a marker in every field, by both backends, and those that cannot be read.
//!
//! The fields are found by what the replies' own types write, so that a field that is added
//! has to be filled here, and hidden by its type or listed as [`plain`].

mod broken;
mod echoed;
mod events;
mod fields;
mod filled;
mod plain;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use cards_model::ibanera::ListCustomerCards;
use cards_model::paysafe::ListPrepaidCards;
use cards_transport::{BackendOptions, Call, Error, Provider, Viewed, Visit, operations, visit};
use conformance::server::{RawServer, Reaction};
use conformance::trust::Report;
use serde::Serialize;
use serde_json::Value;

use self::fields::leaves;
use self::filled::{STYLES, bodies, filled};
use self::plain::{FRAMES, PLAIN};
use crate::common::clients::{AnyClient, Backend, Reqwest, Ureq};
use crate::markers::found;
use crate::traces::{clean_traces, traces};
use crate::values::{marked, provider, unchecked};

/// Tells whether the fields of a type are looked through here: `Card.card_id`.
pub(crate) fn is_known(provider: &str, field: &str) -> bool {
    let (name, _) = field.split_once('.').unwrap();
    let prefix = format!("{provider} {name}.");
    PLAIN.iter().any(|plain| plain.starts_with(&prefix))
}

/// The fields that were met, and what of them was shown.
#[derive(Default)]
struct Met {
    /// Each field, and whether a marker was in it at least once.
    filled: BTreeMap<String, bool>,
    /// Those of which a marker is written.
    shown: BTreeSet<String>,
    /// The cases, and what did not hold.
    tried: u64,
    failures: BTreeSet<String>,
}

impl Met {
    /// Looks through everything that shows a value.
    fn value<T: Serialize + Debug>(&mut self, what: &str, value: &T) {
        let plain = self.fields(what.split(' ').next().unwrap_or_default(), value);
        let mut clean = |how: &str, text: &str| self.clean(&format!("{what}, {how}"), text, &plain);
        clean("by Debug", &format!("{value:?}"));
        clean("by Debug in lines", &format!("{value:#?}"));
        clean("as JSON", &serde_json::to_string(value).unwrap());
    }

    /// Notes the fields of a value, and gives the texts of those that are plain.
    fn fields<T: Serialize>(&mut self, provider: &str, value: &T) -> Vec<String> {
        let mut plain = Vec::new();
        for leaf in leaves(value) {
            let field = format!("{provider} {}", leaf.field);
            let is_filled = leaf.text.is_some();
            *self.filled.entry(field.clone()).or_default() |= is_filled;
            let Some(text) = leaf.text.filter(|text| found(text).is_some()) else {
                continue;
            };
            if !PLAIN.contains(&&*field) {
                self.failures
                    .insert(format!("{field} is shown, and not listed as plain"));
            }
            self.shown.insert(field);
            plain.push(text);
        }
        // One may be a part of another.
        plain.sort_by_key(|text| Reverse(text.len()));
        plain
    }

    /// Looks through a text for the markers of all but plain fields.
    fn clean(&mut self, what: &str, text: &str, plain: &[String]) {
        self.tried += 1;
        let rest = plain
            .iter()
            .fold(text.to_owned(), |text, plain| text.replace(plain, ""));
        if let Some(found) = found(&rest) {
            self.failures.insert(format!("{what}: {found}"));
        }
    }

    /// Ends a report with what was tried.
    fn report(self, mut report: Report) {
        report.tried(self.tried);
        for failure in self.failures {
            report.failed(failure);
        }
        report.end();
    }

    /// Every field was filled, and the plain ones are those that are shown.
    fn end(&mut self) {
        for (field, is_filled) in &self.filled {
            if !is_filled {
                let what = format!("{field} is never filled: `OWN` needs a body with it");
                self.failures.insert(what);
            }
        }
        for field in PLAIN {
            if !self.shown.contains(*field) {
                self.failures
                    .insert(format!("{field} is listed as plain, and not shown"));
            }
        }
    }
}

/// Receives each body of a call by both backends.
struct Received<'a>(&'a Mutex<Met>);

impl Visit for Received<'_> {
    type Output = ();

    fn visit<C: Call>(self) {
        let bodies = bodies::<C>();
        assert!(!bodies.is_empty(), "no reply of {}", C::operation());
        let fill = |body: &Value| STYLES.map(|style| filled::<C>(body, style));
        let bodies: Vec<_> = bodies.iter().flat_map(fill).collect();
        if C::is_login() {
            let login = provider::<C::Provider>("http://localhost").login().unwrap();
            received::<Reqwest, _>(&login, &bodies, self.0);
            received::<Ureq, _>(&login, &bodies, self.0);
        } else {
            received::<Reqwest, _>(&marked::<C>(), &bodies, self.0);
            received::<Ureq, _>(&marked::<C>(), &bodies, self.0);
        }
    }
}

fn received<B: Backend, C: Call>(call: &C, bodies: &[Value], met: &Mutex<Met>) {
    let replies = bodies
        .iter()
        .map(|body| Reaction::json("200 OK", body.to_string()));
    let server = RawServer::playing(replies).unwrap();
    let client = B::client(provider(&server.url()), &BackendOptions::new(), unchecked());
    for body in bodies {
        let text = body.to_string();
        assert!(found(&text).is_some(), "no marker in {text}");
        let outcome = client.send(call);
        let met = &mut met.lock().unwrap();
        let what = format!("{} by {}", C::operation(), B::NAME);
        let reply = match outcome {
            Ok(reply) => reply,
            Err(error) => {
                met.failures.insert(format!("{what}: {error}"));
                continue;
            }
        };
        met.value(&what, reply.value());
        let plain = met.fields(C::operation().provider.as_str(), reply.value());
        met.clean(&what, &format!("{reply:?} {reply:#?}"), &plain);
        let shown = C::shown(&reply);
        let framed = [&*plain, &frame::<C>(body)].concat();
        met.clean(&what, &format!("{shown:?}"), &framed);
        met.clean(&what, &serde_json::to_string(&shown).unwrap(), &framed);
        let warnings = reply.warnings();
        met.clean(&what, &format!("{warnings:?} {:?}", reply.raw()), &[]);
        met.clean(&what, &panics(Ok(reply)), &plain);
    }
}

/// The texts of what stands around the values of a body.
fn frame<C: Call>(body: &Value) -> Vec<String> {
    let name = C::operation().provider.as_str();
    let members = FRAMES.iter().find(|(provider, _)| *provider == name);
    let members = members.into_iter().flat_map(|(_, members)| *members);
    let texts = members.filter_map(|member| body.get(member));
    let text = |value: &Value| value.as_str().map_or(value.to_string(), str::to_owned);
    texts.map(text).collect()
}

/// The words of a panic over a reply that nobody expected.
fn panics<T: Debug>(outcome: Result<T, Error>) -> String {
    let panic = catch_unwind(AssertUnwindSafe(|| outcome.unwrap_err())).unwrap_err();
    *panic.downcast::<String>().unwrap()
}

#[test]
fn every_field_of_every_reply_is_hidden_or_known_as_plain() {
    traces();
    let met = Mutex::default();
    for operation in operations() {
        visit(operation.name, Received(&met)).unwrap();
    }
    let mut met = met.into_inner().unwrap();
    viewed::<ListPrepaidCards>(&mut met);
    viewed::<ListCustomerCards>(&mut met);
    events::all(&mut met);
    met.end();
    clean_traces();
    let mut report = Report::new("canary-replies");
    report.figure("fields", met.filled.len());
    report.figure("plain", PLAIN.len());
    met.report(report);
}

/// The views of pages, which borrow from the body.
fn viewed<C: Viewed>(met: &mut Met)
where
    for<'a> C::View<'a>: Serialize + Debug,
{
    for body in bodies::<C>() {
        for style in STYLES {
            let text = filled::<C>(&body, style).to_string();
            // Escaped, so that the view has to copy.
            for text in [text.clone(), text.replace('M', "\\u004d")] {
                let view = C::view(text.as_bytes()).unwrap();
                met.value(&format!("{} viewed", C::operation()), &view);
            }
        }
    }
}
