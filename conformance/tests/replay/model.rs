//! Stage 1: the fields are read, checked, and listed.

use cards_model::airpay::RegisterUser;
use cards_model::paysafe::CardPage;
use cards_model::{DocExpiry, Request as _, Samples};
use cards_transport::Call;
use conformance::fixture::Case;

use crate::common::{case, named, rules};
use crate::stage::{Stage, input, replay, replies, requests, same};

#[test]
fn inputs_break_exactly_the_stated_rules() {
    for case in requests() {
        replay::<Checked>(&case);
    }
}

struct Checked;

impl Stage for Checked {
    fn replay<C: Call>(case: &Case) {
        let call = input::<C>(case);
        let Some(check) = &case.check else {
            same(case, "check", &named(&call.violations(&rules())), &vec![]);
            return;
        };
        same(
            case,
            "check",
            &named(&call.violations(&rules())),
            &check.strict,
        );
        let samples = check.samples.as_ref().unwrap_or(&check.strict);
        let excused = call.violations(&rules().samples(Samples::Accept));
        same(case, "check with samples", &named(&excused), samples);
    }
}

#[test]
fn an_empty_document_expiry_is_a_setting() {
    let call = input::<RegisterUser>(&case("airpay/register-user/request-example"));
    let lenient = named(&call.check(&rules().doc_expiry(DocExpiry::MayBeEmpty)));
    assert!(
        !lenient.contains(&"doc_expiry required".to_owned()),
        "{lenient:?}"
    );
}

#[test]
fn one_error_names_all_21_fields_and_no_value() {
    let case = case("airpay/register-user/everything-wrong");
    let call = input::<RegisterUser>(&case);
    let wrong = call.check(&rules()).unwrap_err();
    assert_eq!(wrong.fields().count(), 21);
    let shown = format!(
        "{wrong}\n{wrong:?}\n{}",
        serde_json::to_string(&wrong).unwrap()
    );
    for (field, value) in case.input.as_ref().unwrap().as_object().unwrap() {
        let value = value.as_str().unwrap();
        // A single letter is found in any sentence.
        assert!(
            value.len() < 3 || !shown.contains(value),
            "{field}: {shown}"
        );
    }
}

#[test]
fn documented_replies_are_told_their_own_breaches() {
    let mut told = 0;
    for case in replies().filter(|case| case.check.is_some()) {
        let page = serde_json::from_slice::<CardPage>(&case.reply.as_ref().unwrap().body).unwrap();
        let strict = &case.check.as_ref().unwrap().strict;
        same(&case, "check", &named(&page.check()), strict);
        told += 1;
    }
    assert_eq!(told, 3);
}
