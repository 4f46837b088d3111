//! Runs the cases that follow from the checks of requirements and errata, as
//! `conformance/fixtures/generate.py` wrote them down: values of one field that
//! are taken or refused, by the model and by the sandbox, and the request that
//! carries them, to the byte.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bytes::Bytes;
use cards_model::{DocExpiry, Rules, Samples};
use cards_transport::{Call, Visit};
use conformance::generated::{self, Case, Generated, Reply};
use conformance::ledger;
use http::Response;
use libtest_mimic::Trial;
use serde_json::Value;

use crate::case::ExchangeCase;
use crate::common::operations::{Input, visited};
use crate::common::rules;
use crate::exchange::Sandbox;
use crate::operation::{Sending, at, check, is_form, read, refused_here, same, wire};

/// A test for each row that has a check, and one that holds them to be those of
/// the rows.
pub(crate) fn trials() -> Result<Vec<Trial>, String> {
    let rows = generated::all().map_err(|error| error.to_string())?;
    let checks = rows
        .iter()
        .map(|row| (row.row.id.clone(), row.row.check.clone()));
    let checks: BTreeSet<_> = checks.collect();
    let from_the_rows = Trial::test("generated.from-the-rows", move || {
        from_the_rows(&checks).map_err(Into::into)
    });
    let trials = rows.into_iter().map(|row| {
        let id = row.row.id.clone();
        Trial::test(id, move || run(&row).map_err(Into::into))
    });
    Ok(trials.chain([from_the_rows]).collect())
}

fn from_the_rows(generated: &BTreeSet<(String, Vec<String>)>) -> Result<(), String> {
    let ledger = ledger::read(Path::new(ledger::DIRECTORY)).map_err(|e| e.to_string())?;
    let requirements = ledger.requirements().map(|row| (&row.id, &row.check));
    let requirements = requirements.map(|(id, check)| (id.clone(), check.clone()));
    // Each phrase of an erratum says first what it is about.
    let phrase = |text: &String| {
        text.split_once(": ")
            .map_or(&**text, |(_, it)| it)
            .to_owned()
    };
    let errata = ledger.errata.iter();
    let errata = errata.map(|row| (row.id.clone(), row.check.iter().map(phrase).collect()));
    let stated = requirements.chain(errata);
    let stated: BTreeSet<(String, Vec<String>)> =
        stated.filter(|(_, check)| !check.is_empty()).collect();
    match generated.symmetric_difference(&stated).next() {
        None => Ok(()),
        Some((id, _)) => Err(format!(
            "{id}: its cases do not follow from its check; run conformance/fixtures/generate.py"
        )),
    }
}

fn run(row: &Generated) -> Result<(), String> {
    if row.cases.is_empty() {
        return Err("no value is tried".to_owned());
    }
    visited(&row.row.operation, Tried(row))?
}

/// The operation that a row tries.
struct Tried<'a>(&'a Generated);

impl Visit for Tried<'_> {
    type Output = Result<(), String>;

    fn visit<C: Call>(self) -> Self::Output {
        let row = self.0;
        for case in &row.cases {
            let told = |why| format!("{}: {why}", Value::from_iter(case.input.clone()));
            if let Some(reply) = &case.reply {
                is_read::<C>(case, reply).map_err(told)?;
                continue;
            }
            let input = row.input(case);
            obeys::<C>(row, case, &input).map_err(told)?;
            let is_a_request = case.breaks != ["type"] && !is_missing(row, case, &input);
            if is_a_request && !case.breaks.is_empty() && case.rules.is_none() {
                stays_here::<C>(row, case, &input).map_err(told)?;
            }
            if let Some(request) = row.request(case) {
                if is_a_request {
                    goes_out::<C>(row, case, &input, &request).map_err(told)?;
                }
                if let Some(verdict) = &case.sandbox {
                    let answered = answered::<C>(row, case, request, verdict);
                    answered.map_err(|why| told(format!("sandbox: {why}")))?;
                }
            }
        }
        Ok(())
    }
}

/// Tells whether a required field is not there, for which a request's own type has no word, as it
/// has none for a value of another type.
fn is_missing(row: &Generated, case: &Case, input: &Input) -> bool {
    case.breaks == ["required"] && !input.contains_key(&row.row.field)
}

/// The client reads the value, whatever rules it breaks, and tells exactly those.
fn is_read<C: Call>(case: &Case, reply: &Reply) -> Result<(), String> {
    let read = match read::<C>(Response::new(Bytes::from(reply.body.clone())))? {
        Err(error) if case.breaks == ["type"] && error.json().is_some() => return Ok(()),
        read => read.map_err(|error| error.to_string())?,
    };
    same("the value", &reply.reads, at(&read.value, &reply.at))?;
    same_rules(&reply.field, &case.breaks, read.broken.unwrap_or_default())
}

/// The model tells exactly the broken rules of the one field.
fn obeys<C: Call>(row: &Generated, case: &Case, input: &Input) -> Result<(), String> {
    let rules: Rules = match case.rules.as_deref() {
        None => rules(),
        Some("samples") => rules().samples(Samples::Accept),
        Some("doc_expiry_required") => rules().doc_expiry(DocExpiry::Required),
        Some("doc_expiry") => rules().doc_expiry(DocExpiry::MayBeEmpty),
        Some(other) => return Err(format!("rules = {other} means nothing")),
    };
    let broken = match check::<C>(input, &rules) {
        Ok(broken) => broken,
        Err(_) if case.breaks == ["type"] || is_missing(row, case, input) => return Ok(()),
        Err(why) => return Err(why),
    };
    same_rules(&row.row.field, &case.breaks, broken)
}

fn same_rules(
    field: &str,
    breaks: &[String],
    mut found: Vec<(String, String)>,
) -> Result<(), String> {
    let stated = breaks.iter().map(|rule| (field.to_owned(), rule.clone()));
    let mut stated: Vec<_> = stated.collect();
    stated.sort();
    found.sort();
    match found == stated {
        true => Ok(()),
        false => Err(format!("breaks {found:?} and not {stated:?}")),
    }
}

/// The client sends nothing, and does not tell what it was given; but a list's
/// words are told, and one of them may be in it.
fn stays_here<C: Call>(row: &Generated, case: &Case, input: &Input) -> Result<(), String> {
    let error = refused_here::<C>(input)?;
    let told = serde_json::to_string(&error.violations()).map_err(|e| e.to_string())?;
    let told = format!("{error} {error:?} {told}");
    let value = input.get(&row.row.field).and_then(Value::as_str);
    let is_telling = |value: &str| value.len() >= 6 && told.contains(value);
    match value.is_some_and(is_telling) && case.breaks != ["allowed"] {
        true => Err(format!("tells {told}")),
        false => Ok(()),
    }
}

/// The client sends the stated bytes, checks aside.
fn goes_out<C: Call>(
    row: &Generated,
    case: &Case,
    input: &Input,
    (target, body): &(String, String),
) -> Result<(), String> {
    let request = wire::<C>(input, Sending::default())?;
    let sent = request
        .uri()
        .path_and_query()
        .map(http::uri::PathAndQuery::as_str);
    let sum = request.headers().get("checksum");
    let found = (
        request.method().as_str(),
        sent.unwrap_or_default(),
        std::str::from_utf8(request.body()).map_err(|error| error.to_string())?,
        sum.and_then(|sum| sum.to_str().ok()),
    );
    let stated = (
        &*row.base.method,
        &**target,
        &**body,
        case.checksum.as_deref(),
    );
    match found == stated {
        true => Ok(()),
        false => Err(format!("sends {found:?}, expected {stated:?}")),
    }
}

/// The sandbox judges the same bytes, and its journal tells the same rules.
fn answered<C: Call>(
    row: &Generated,
    case: &Case,
    (target, body): (String, String),
    verdict: &str,
) -> Result<(), String> {
    let sandbox = Sandbox::start_with("received")?;
    let content_type = match &row.base.body {
        Some(body) if body.starts_with("--") => "multipart/form-data; boundary=cards-boundary-0",
        Some(_) => "application/json",
        None => "application/x-www-form-urlencoded",
    };
    let mut headers = BTreeMap::new();
    if row.base.body.is_some() || case.checksum.is_some() {
        headers.insert("content-type".to_owned(), content_type.to_owned());
    }
    headers.extend(
        case.checksum
            .iter()
            .map(|sum| ("checksum".to_owned(), sum.clone())),
    );
    let exchange = ExchangeCase {
        method: Some(row.base.method.clone()),
        path: Some(target),
        auth: Some(row.base.auth.clone()),
        headers,
        body: Some(body),
        ..ExchangeCase::default()
    };
    let reply = sandbox.send(sandbox.request(&exchange)?)?;
    let said: Value = serde_json::from_slice(reply.body()).unwrap_or_default();
    let is_accepted = reply.status() == 200 && (!is_form::<C>() || said["status"] == 200);
    if is_accepted != (verdict == "accepted") {
        return Err(format!(
            "HTTP {} {said}, expected {verdict}",
            reply.status()
        ));
    }
    let journal = sandbox.running.exchanges();
    let told = journal.last().into_iter().flat_map(|last| &last.violations);
    let told = told.map(|violation| (violation.field.clone(), violation.rule.to_string()));
    let told: Vec<_> = told.collect();
    let field = &row.row.field;
    match verdict {
        // Whether a code is the one that was sent is the sandbox's own to say.
        "unknown" => {
            let is_ruled = |rule: &(String, String)| *rule != (field.clone(), "allowed".to_owned());
            same_rules(field, &[], told.into_iter().filter(is_ruled).collect())
        }
        "refused" if case.breaks == ["type"] => {
            match !told.is_empty() && told.iter().all(|(name, _)| name == field) {
                true => Ok(()),
                false => Err(format!("tells {told:?}")),
            }
        }
        "refused" => same_rules(field, &case.breaks, told),
        _ => same_rules(field, &[], told),
    }
}
