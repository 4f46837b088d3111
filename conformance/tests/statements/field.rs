//! Values that a request field takes or does not take.

use std::collections::BTreeMap;

use cards_model::{DocExpiry, Rules, Samples};
use cards_transport::{Call, Visit};
use serde_json::Value;

use crate::case::{ExchangeCase, FieldCase};
use crate::common::operations::visited;
use crate::common::rules;
use crate::exchange::{self, Sandbox};
use crate::operation::{Input, check, is_form, pairs, valid};

pub(crate) fn run(case: &FieldCase) -> Result<(), String> {
    visited(&case.operation, case)?
}

impl Visit for &FieldCase {
    type Output = Result<(), String>;

    fn visit<C: Call>(self) -> Self::Output {
        tried::<C>(self)
    }
}

fn tried<C: Call>(case: &FieldCase) -> Result<(), String> {
    let mut rules = rules();
    match case.samples.as_deref() {
        None => {}
        Some("accept") => rules = rules.samples(Samples::Accept),
        Some(other) => return Err(format!("samples = {other} means nothing")),
    }
    match case.doc_expiry.as_deref() {
        None => {}
        Some("may-be-empty") => rules = rules.doc_expiry(DocExpiry::MayBeEmpty),
        Some(other) => return Err(format!("doc_expiry = {other} means nothing")),
    }
    let valid = valid(&case.operation)?;
    let with = |value: Option<&Value>| {
        let mut input = valid.clone();
        input.extend(case.given.clone());
        match value {
            Some(value) => input.insert(case.field.clone(), value.clone()),
            None => input.remove(&case.field),
        };
        input
    };
    for value in &case.accept {
        let input = with(Some(value));
        expect_none::<C>(&input, &rules).map_err(|why| format!("accept {value}: {why}"))?;
        ask_sandbox::<C>(case, &input, true).map_err(|why| format!("accept {value}: {why}"))?;
    }
    for refuse in &case.refuse {
        let input = with(Some(&refuse.value));
        let told = |why| format!("refuse {}: {why}", refuse.value);
        expect_one::<C>(&input, &rules, &case.field, &refuse.rule).map_err(told)?;
        ask_sandbox::<C>(case, &input, false).map_err(told)?;
    }
    match case.absent.as_deref() {
        None => {}
        Some("accepted") => {
            expect_none::<C>(&with(None), &rules).map_err(|why| format!("absent: {why}"))?;
            ask_sandbox::<C>(case, &with(None), true).map_err(|why| format!("absent: {why}"))?;
        }
        Some(rule) => {
            let told = |why| format!("absent: {why}");
            expect_one::<C>(&with(None), &rules, &case.field, rule).map_err(told)?;
            ask_sandbox::<C>(case, &with(None), false).map_err(told)?;
        }
    }
    let tried = case.accept.len() + case.refuse.len() + usize::from(case.absent.is_some());
    if tried == 0 {
        Err("no value is tried".to_owned())
    } else {
        Ok(())
    }
}

fn expect_none<C: Call>(input: &Input, rules: &Rules) -> Result<(), String> {
    let broken = check::<C>(input, rules)?;
    if broken.is_empty() {
        Ok(())
    } else {
        Err(format!("breaks {broken:?}"))
    }
}

/// The rule, or the rules that go together, on the one field, and nothing
/// else.
fn expect_one<C: Call>(
    input: &Input,
    rules: &Rules,
    field: &str,
    rule: &str,
) -> Result<(), String> {
    let broken = match check::<C>(input, rules) {
        Ok(broken) => broken,
        Err(_) if rule == "type" => return Ok(()),
        Err(why) => return Err(why),
    };
    let mut rules: Vec<_> = rule.split(", ").collect();
    let mut found: Vec<_> = broken.iter().map(|(_, rule)| rule.as_str()).collect();
    rules.sort_unstable();
    found.sort_unstable();
    if broken.iter().any(|(name, _)| name != field) || found != rules {
        return Err(format!("breaks {broken:?} and not {rule} of {field}"));
    }
    Ok(())
}

/// The sandbox applies the same rules, as of its own day.
fn ask_sandbox<C: Call>(case: &FieldCase, input: &Input, is_accepted: bool) -> Result<(), String> {
    if !case.sandbox || case.samples.is_some() || case.doc_expiry.is_some() {
        return Ok(());
    }
    let (status, reads) = if is_form::<C>() {
        let code = if is_accepted { 200 } else { 400 };
        (
            200,
            BTreeMap::from([("/status".to_owned(), Value::from(code))]),
        )
    } else {
        (if is_accepted { 200 } else { 400 }, BTreeMap::new())
    };
    let form = pairs::<C>(input);
    let exchange = ExchangeCase {
        reads,
        form: is_form::<C>().then_some(form),
        ..exchange::call(&case.operation, input, status)?
    };
    Sandbox::start()?
        .exchange(&exchange)
        .map_err(|why| format!("sandbox: {why}"))
}
