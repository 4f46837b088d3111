//! Every fixture, stage by stage: the model, the checksum, the core without a
//! network, both backends against closures, against a server of plain bytes,
//! and against the sandbox. A failure names the fixture and the stage.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "this is test code, outside of `#[test]` functions"
)]

#[path = "../common/mod.rs"]
mod common;

use std::collections::BTreeMap;

use cards_model::airpay::{CustomerPreference, RegisterUser, UpdateCustomer, UserLogin};
use cards_model::paysafe::CardPage;
use cards_model::{DocExpiry, Form, Request as _, Samples};
use cards_sign::Order;
use cards_transport::airpay::Airpay;
use cards_transport::{BackendOptions, Call, Retry, Settings, Validation};
use conformance::fixture::{self, Case, Direction, Kind, Stages};
use conformance::server::{RawServer, Reaction};
use serde_json::Value;

use common::clients::{AnyClient, Backend, for_both_backends};
use common::fake::{Fake, FakeClock, json};
use common::operations::{Operation, for_operation, outcome};
use common::{case, cases, named, normal, on_the_wire, rules};

/// Fails with the fixture and the stage before the two texts.
#[track_caller]
fn same<T: PartialEq + std::fmt::Debug>(case: &Case, stage: &str, actual: &T, expected: &T) {
    assert!(
        actual == expected,
        "fixtures/{}: stage {stage}\n  expected: {expected:#?}\n    actual: {actual:#?}",
        case.id()
    );
}

fn input<C: Operation>(case: &Case) -> C {
    let input = case.input.as_ref().unwrap();
    match C::from_input(input) {
        Ok(call) => call,
        Err(error) => panic!("fixtures/{}: {error}", case.id()),
    }
}

fn requests() -> impl Iterator<Item = Case> {
    let is_request = |case: &Case| case.meta.direction == Direction::Request;
    cases().into_iter().filter(is_request)
}

fn replies() -> impl Iterator<Item = Case> {
    let is_reply = |case: &Case| case.meta.direction == Direction::Reply;
    cases().into_iter().filter(is_reply)
}

/// Stage 1: the fields are read, checked, and listed.
mod model {
    use super::*;

    #[test]
    fn inputs_break_exactly_the_stated_rules() {
        for case in requests() {
            for_operation!(case, checked(&case));
        }
    }

    fn checked<C: Operation>(case: &Case) {
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
            // One letter is found in any sentence.
            assert!(
                value.len() < 3 || !shown.contains(value),
                "{field}: {shown}"
            );
        }
    }

    #[test]
    fn airpay_register_user_boundaries() {
        boundaries("airpay/register-user/boundaries");
    }

    #[test]
    fn airpay_update_customer_boundaries() {
        boundaries("airpay/update-customer/boundaries");
    }

    #[test]
    fn airpay_customer_preference_boundaries() {
        boundaries("airpay/customer-preference/boundaries");
    }

    #[test]
    fn paysafe_list_prepaid_cards_boundaries() {
        boundaries("paysafe/list-prepaid-cards/boundaries");
    }

    fn boundaries(id: &str) {
        let case = case(id);
        for_operation!(case, request_rules(&case));
    }

    /// Every row at once, so that one failure does not hide the next.
    fn request_rules<C: Operation>(case: &Case) {
        each_row(case, |changed| {
            let call = C::from_input(changed)?;
            Ok(named(&call.violations(&rules())))
        });
    }

    #[test]
    fn paysafe_card_rules_are_told_on_request_and_fail_no_reply() {
        let case = case("paysafe/list-prepaid-cards/card-rules");
        each_row(&case, |changed| {
            let page = serde_json::from_slice::<CardPage>(changed.to_string().as_bytes());
            Ok(named(&page.map_err(|error| error.to_string())?.check()))
        });
    }

    fn each_row(case: &Case, judge: impl Fn(&Value) -> Result<Vec<String>, String>) {
        let rules = case.rules.as_ref().unwrap();
        let mut failures = Vec::new();
        assert_eq!(
            judge(&rules.base),
            Ok(vec![]),
            "fixtures/{}: base",
            case.id()
        );
        for row in &rules.rows {
            let judged = row
                .applied_to(&rules.base)
                .and_then(|changed| judge(&changed));
            if judged.as_ref() != Ok(&row.breaks) {
                failures.push(format!(
                    "{:?} {:?}: expected {:?}, was {judged:?}",
                    row.requirements, row.set, row.breaks
                ));
            }
        }
        assert!(
            failures.is_empty(),
            "fixtures/{}:\n{}",
            case.id(),
            failures.join("\n")
        );
    }

    #[test]
    fn documented_replies_are_told_their_own_breaches() {
        let mut told = 0;
        for case in replies().filter(|case| case.check.is_some()) {
            let page =
                serde_json::from_slice::<CardPage>(&case.reply.as_ref().unwrap().body).unwrap();
            let strict = &case.check.as_ref().unwrap().strict;
            same(&case, "check", &named(&page.check()), strict);
            told += 1;
        }
        assert_eq!(told, 3);
    }
}

/// Stage 2: the fields in order, the pre-image, the digest.
mod sign {
    use super::*;

    #[test]
    fn each_stage_of_each_order() {
        let mut signed = 0;
        for case in requests() {
            let Some(stages) = &case.stages else { continue };
            signed += 1;
            match &*case.operation {
                "register-user" => each_order::<RegisterUser>(&case, stages),
                "update-customer" => each_order::<UpdateCustomer>(&case, stages),
                "customer-preference" => each_order::<CustomerPreference>(&case, stages),
                "user-login" => each_order::<UserLogin>(&case, stages),
                other => panic!("{other} is not signed"),
            }
        }
        assert!(signed >= 13, "{signed}");
    }

    fn each_order<F: Form + Operation>(case: &Case, stages: &Stages) {
        let form = input::<F>(case);
        let pairs = |fields: &[(&str, &str)]| -> Vec<(String, String)> {
            let owned = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
            fields.iter().map(owned).collect()
        };
        same(case, "fields", &pairs(&form.fields()), &stages.fields);
        for order in Order::ALL {
            let stage = &stages.orders[order.as_str()];
            let mut fields = form.fields();
            order.arrange(&mut fields, F::EXAMPLE_ORDER);
            let names: Vec<String> = fields.iter().map(|(name, _)| (*name).to_owned()).collect();
            same(
                case,
                &format!("{order}: fields in order"),
                &names,
                &stage.fields,
            );
            let mut pre_image: String = fields.iter().map(|(_, value)| *value).collect();
            pre_image.push_str("<secret>");
            same(
                case,
                &format!("{order}: pre-image"),
                &pre_image,
                &stage.pre_image,
            );
            let values = || fields.iter().map(|(_, value)| *value);
            let secret = stages.secret.as_bytes();
            let digest = cards_sign::checksum(values(), secret).to_string();
            same(case, &format!("{order}: digest"), &digest, &stage.digest);
            assert!(cards_sign::verify(values(), secret, &stage.digest));
        }
    }
}

/// Stage 3: the whole request, without sending it.
mod core {
    use super::*;

    #[test]
    fn requests_stand_on_the_wire_as_stated() {
        for case in requests() {
            for_operation!(case, built(&case));
        }
    }

    fn built<C: Operation>(case: &Case) {
        let request = request(&input::<C>(case), provider::<C>(case, "http://localhost:1"));
        let text = login_code(&normal(&on_the_wire(&request)));
        same(case, "wire request", &text, case.request.as_ref().unwrap());
        let name = case.id().replace('/', "__");
        insta::assert_snapshot!(format!("request__{name}"), text);
    }

    #[test]
    fn replies_are_read_as_stated() {
        for case in replies() {
            for_operation!(case, read(&case));
        }
    }

    /// Through both clients, over a transport that is a function.
    fn read<C: Operation>(case: &Case) {
        let shown = read_by::<C, common::clients::Ureq>(case);
        let same_shown = read_by::<C, common::clients::Reqwest>(case);
        same(case, "both clients", &same_shown, &shown);
        let name = case.id().replace('/', "__");
        insta::assert_snapshot!(format!("reply__{name}"), shown);
    }

    fn read_by<C: Operation, B: Backend>(case: &Case) -> String {
        let reply = case.reply.as_ref().unwrap();
        let (status, body) = (reply.status, reply.body.clone());
        let clock = FakeClock::new();
        let fake = Fake::new(&clock, move |_, _| json(status, body.clone()));
        let provider = provider::<C>(case, "http://localhost:1");
        let client = B::faked(provider, &fake, quiet(&clock));
        let result = client.send(&any_call::<C>(case));
        let shown = outcome::<C, _>(&result, |reply| reply.value());
        same(case, "parsed reply", &shown, case.parsed.as_ref().unwrap());
        let raw = match &result {
            Ok(reply) => reply.raw(),
            Err(error) => error.raw().unwrap(),
        };
        same(case, "raw reply", &&raw.body()[..], &&reply.body[..]);
        assert_eq!(raw.status().as_u16(), status, "{}", case.id());
        match &result {
            Ok(reply) => format!("{:#?}", reply.value()),
            Err(error) => format!("{error}\n{shown:#?}"),
        }
    }

    /// The table's order is the default; the others move sending and signing
    /// together.
    #[test]
    fn every_order_sends_what_it_signs() {
        for case in requests().filter(|case| case.stages.is_some()) {
            match &*case.operation {
                "register-user" => ordered::<RegisterUser>(&case),
                "update-customer" => ordered::<UpdateCustomer>(&case),
                "customer-preference" => ordered::<CustomerPreference>(&case),
                _ => ordered::<UserLogin>(&case),
            }
        }
    }

    fn ordered<F: Form + Operation + Call<Provider = cards_transport::airpay::Airpay>>(
        case: &Case,
    ) {
        let world = fixture::world().unwrap();
        let keys = world.keys(case.meta.credentials);
        for order in Order::ALL {
            let base = "http://localhost:1".parse().unwrap();
            let airpay = common::operations::airpay(base, keys).order(order);
            let request = request(&input::<F>(case), airpay);
            let stage = &case.stages.as_ref().unwrap().orders[order.as_str()];
            let sent: Vec<String> = form_urlencoded::parse(request.body())
                .map(|(name, _)| name.into_owned())
                .collect();
            same(case, &format!("{order}: order sent"), &sent, &stage.fields);
            let checksum = request.headers()["checksum"].to_str().unwrap();
            same(
                case,
                &format!("{order}: checksum"),
                &checksum,
                &&*stage.digest,
            );
        }
    }
}

/// What the core hands to a transport, which here goes nowhere.
fn request<C: Operation>(call: &C, provider: C::Provider) -> http::Request<bytes::Bytes> {
    let clock = FakeClock::new();
    let fake = Fake::new(&clock, |_, _| json(200, "{}"));
    let client = common::clients::Ureq::faked(provider, &fake, quiet(&clock));
    let _ = client.send(call);
    fake.sent().remove(0)
}

/// Nothing is checked, so that the documents' own examples can be sent, and
/// nothing is sent twice.
fn quiet(clock: &FakeClock) -> Settings {
    let settings = clock.settings().validation(Validation::Off);
    settings.retry(Retry::never())
}

fn provider<C: Operation>(case: &Case, base: &str) -> C::Provider {
    let world = fixture::world().unwrap();
    C::provider(base.parse().unwrap(), world.keys(case.meta.credentials))
}

/// A call of this operation, for fixtures that are about the reply.
fn any_call<C: Operation>(case: &Case) -> C {
    let same_operation =
        |other: &Case| (&other.provider, &other.operation) == (&case.provider, &case.operation);
    input(&requests().find(same_operation).unwrap())
}

/// The one-time code in a login's body, as the fixture writes it.
fn login_code(text: &str) -> String {
    match text.split_once(r#"{"otp":""#) {
        Some((before, after)) => format!(r#"{before}{{"otp":"<otp>{}"#, &after[6..]),
        None => text.to_owned(),
    }
}

/// Stage 4: both backends, against a server of plain bytes.
mod wire {
    use super::*;

    for_both_backends!(
        captured_bytes_are_the_stated_request,
        recorded_replies_are_read_as_stated,
    );

    fn captured_bytes_are_the_stated_request<B: Backend>() {
        for case in requests() {
            for_operation!(case, captured::<B>(&case));
        }
    }

    fn captured<C: Operation, B: Backend>(case: &Case) {
        let server = RawServer::playing([Reaction::json("200 OK", "{}")]).unwrap();
        let clock = FakeClock::new();
        let provider = provider::<C>(case, &server.url());
        let client = B::client(provider, &BackendOptions::new(), quiet(&clock));
        let _ = client.send(&input::<C>(case));
        let received = server.received();
        assert_eq!(received.len(), 1, "fixtures/{}: {}", case.id(), B::NAME);
        let request = received[0].request().unwrap();
        assert_eq!(request.header("host"), Some(&*server.address().to_string()));
        let stage = format!("captured bytes, {}", B::NAME);
        same(
            case,
            &stage,
            &login_code(&normal(&request)),
            case.request.as_ref().unwrap(),
        );
    }

    fn recorded_replies_are_read_as_stated<B: Backend>() {
        for case in replies() {
            for_operation!(case, recorded::<B>(&case));
        }
    }

    fn recorded<C: Operation, B: Backend>(case: &Case) {
        let reply = case.reply.as_ref().unwrap();
        let server = RawServer::playing([Reaction::Send(reply.to_bytes())]).unwrap();
        let provider = provider::<C>(case, &server.url());
        let client = B::client(provider, &BackendOptions::new(), quiet(&FakeClock::new()));
        let result = client.send(&any_call::<C>(case));
        let shown = outcome::<C, _>(&result, |reply| reply.value());
        let stage = format!("parsed reply, {}", B::NAME);
        same(case, &stage, &shown, case.parsed.as_ref().unwrap());
        let raw = match &result {
            Ok(reply) => reply.raw(),
            Err(error) => error.raw().unwrap(),
        };
        same(case, "raw reply", &&raw.body()[..], &&reply.body[..]);
        for (name, value) in &reply.headers {
            assert_eq!(raw.headers()[name], &**value, "{}", case.id());
        }
    }
}

/// The documents' own curl commands.
mod curl {
    use super::*;

    fn commands() -> Vec<Case> {
        let commands: Vec<_> = cases()
            .into_iter()
            .filter(|case| case.curl.is_some())
            .collect();
        assert_eq!(commands.len(), 3);
        commands
    }

    /// With the example's order and the masked digits filled in alike, the
    /// client sends what curl sends: the same line, headers and fields.
    #[test]
    fn the_client_sends_the_fields_of_the_documents_command() {
        for case in commands() {
            match &*case.operation {
                "register-user" => compared::<RegisterUser>(&case),
                "update-customer" => compared::<UpdateCustomer>(&case),
                _ => compared::<CustomerPreference>(&case),
            }
        }
    }

    fn compared<F: Form + Operation + Call<Provider = Airpay>>(case: &Case) {
        let mut filled = case.input.clone().unwrap();
        for (name, value) in &case.meta.substitutions {
            filled[name] = value.as_str().into();
        }
        let airpay = provider::<F>(case, "http://localhost:1").order(Order::Example);
        let ours = on_the_wire(&request(&F::from_input(&filled).unwrap(), airpay));
        let theirs = curl_request(case, "localhost:1");
        same(case, "curl: method", &ours.method, &theirs.method);
        same(case, "curl: path", &ours.target, &theirs.target);
        for (name, value) in &theirs.headers {
            if !["accept", "user-agent"].contains(&&*name.to_ascii_lowercase()) {
                same(
                    case,
                    &format!("curl: {name}"),
                    &ours.header(name),
                    &Some(value),
                );
            }
        }
        let fields = |body: &[u8]| -> Vec<(String, String)> {
            form_urlencoded::parse(body).into_owned().collect()
        };
        same(
            case,
            "curl: fields",
            &fields(&ours.body),
            &fields(&theirs.body),
        );
    }
}

/// The bytes of a case's `curl.http`, for this host.
fn curl_bytes(case: &Case, host: &str) -> Vec<u8> {
    let text = case.curl.as_ref().unwrap().replace("<host>", host);
    let (head, body) = text.split_once("\n\n").unwrap();
    format!("{}\r\n\r\n{body}", head.replace('\n', "\r\n")).into_bytes()
}

fn curl_request(case: &Case, host: &str) -> conformance::wire::WireRequest {
    conformance::wire::WireRequest::parse(&curl_bytes(case, host)).unwrap()
}

/// The fixtures themselves.
mod fixtures {
    use super::*;

    /// Every document's examples are there, and say where they come from.
    #[test]
    fn every_documented_example_is_there() {
        let mut documented = BTreeMap::<String, usize>::new();
        for case in cases()
            .iter()
            .filter(|case| case.meta.kind == Kind::Documented)
        {
            *documented.entry(case.meta.document.clone()).or_default() += 1;
            assert!(!case.meta.requirements.is_empty(), "{}", case.id());
            assert!(!case.meta.section.is_empty(), "{}", case.id());
        }
        let expected = [
            ("airpay-customer-preference", 3),
            ("airpay-register-user", 3),
            ("airpay-update-customer", 3),
            ("ibanera-get-customer-cards", 9),
            ("paysafe-get-prepaid-cards", 5),
        ];
        let expected = expected.map(|(document, count)| (document.to_owned(), count));
        assert_eq!(documented, BTreeMap::from(expected));
    }

    #[test]
    fn every_cited_row_exists() {
        let known = rows();
        let rules = |case: &Case| {
            let rows = case.rules.iter().flat_map(|rules| rules.rows.clone());
            rows.flat_map(|row| row.requirements).collect::<Vec<_>>()
        };
        for case in cases() {
            let meta = &case.meta;
            for id in meta
                .requirements
                .iter()
                .chain(&meta.errata)
                .chain(&rules(&case))
            {
                assert!(known.contains(id), "fixtures/{}: no row {id}", case.id());
            }
        }
    }

    fn rows() -> std::collections::BTreeSet<String> {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut rows = std::collections::BTreeSet::new();
        for (folder, table) in [("requirements", "requirement"), ("errata", "erratum")] {
            for entry in std::fs::read_dir(root.join(folder)).unwrap() {
                let path = entry.unwrap().path();
                if path
                    .extension()
                    .is_some_and(|extension| extension == "toml")
                {
                    let text = std::fs::read_to_string(&path).unwrap();
                    let file: toml::Table = text.parse().unwrap();
                    for row in file[table].as_array().unwrap() {
                        rows.insert(row["id"].as_str().unwrap().to_owned());
                    }
                }
            }
        }
        rows
    }

    /// The numbers that payment providers publish for testing.
    const PUBLISHED: &[&str] = &[
        "2223000048400011",
        "2223003122003222",
        "4000000000000002",
        "4000056655665556",
        "4005519200000004",
        "4009348888881881",
        "4012000033330026",
        "4012888888881881",
        "4111111111111111",
        "4242424242424242",
        "4444333322221111",
        "4462030000000000",
        "4500600000000061",
        "4706131211212123",
        "4917610000000000",
        "5105105105105100",
        "5111111111111118",
        "5200828282828210",
        "5409162669381034",
        "5424000000000015",
        "5424180279791732",
        "5454545454545454",
        "5500000000000004",
        "5555555555554444",
        "6074825972083818",
    ];

    /// Digits that add up like those of a card and are none: zeros, counting,
    /// made-up identity numbers beside a date, a published number in an address.
    const NO_CARDS: &[&str] = &[
        "0000000000000000",
        "112345678901234567",
        "45678901234567",
        "590489612342031",
        "59048961234203001",
        "74111117141997141",
    ];

    /// The documents' own 462294, zeros, and four digits of any kind.
    fn is_padded(digits: &str) -> bool {
        digits.len() == 16 && digits.starts_with("462294000000")
    }

    fn is_luhn(digits: &str) -> bool {
        let digits = digits.bytes().rev().map(|digit| u32::from(digit - b'0'));
        let sum: u32 = digits
            .enumerate()
            .map(|(at, digit)| match (at % 2, digit) {
                (0, _) => digit,
                (_, 0..=4) => 2 * digit,
                _ => 2 * digit - 9,
            })
            .sum();
        sum.is_multiple_of(10)
    }

    /// Every run of digits, with where it begins; what stands within a long
    /// hexadecimal number is none.
    fn runs(text: &[u8]) -> Vec<(usize, &[u8])> {
        let mut runs = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let rest = &text[at..];
            let hex = rest.iter().take_while(|byte| byte.is_ascii_hexdigit());
            let length = hex.count();
            let stretch = &rest[..length];
            if length < 32 || stretch.iter().all(u8::is_ascii_digit) {
                let mut from = at;
                for run in stretch.split(|byte| !byte.is_ascii_digit()) {
                    if !run.is_empty() {
                        runs.push((from, run));
                    }
                    from += run.len() + 1;
                }
            }
            at += length + 1;
        }
        runs
    }

    /// All that could be a card number: 13 to 19 digits that satisfy the Luhn
    /// check, in one run or in groups with one space or hyphen between.
    fn card_numbers(text: &[u8]) -> std::collections::BTreeSet<String> {
        let runs = runs(text);
        let mut found = std::collections::BTreeSet::new();
        for first in 0..runs.len() {
            let mut digits = String::new();
            let mut end = None;
            for &(from, run) in &runs[first..] {
                let follows =
                    end.is_none_or(|end| from == end + 1 && matches!(text[end], b' ' | b'-'));
                if !follows || digits.len() + run.len() > 19 {
                    break;
                }
                digits.push_str(&String::from_utf8_lossy(run));
                end = Some(from + run.len());
                if digits.len() >= 13 && is_luhn(&digits) {
                    found.insert(digits.clone());
                }
            }
        }
        found
    }

    #[test]
    fn card_numbers_are_found_in_one_run_and_in_groups() {
        let groups = ["4111", "1111", "1111", "1111"];
        for text in [groups.concat(), groups.join(" "), groups.join("-")] {
            for around in [text.clone(), format!("\"{text}\""), format!("12 {text} 34")] {
                let found = card_numbers(around.as_bytes());
                assert!(found.contains(&groups.concat()), "{around}");
            }
        }
        let one = groups.concat();
        for none in [
            groups.join("  "),
            groups.join("/"),
            format!("{one}0000"),
            format!("{}{one}", "ab".repeat(8)),
            one.replace('4', "5"),
        ] {
            assert_eq!(card_numbers(none.as_bytes()).len(), 0, "{none}");
        }
    }

    /// In no file of the repository.
    #[test]
    fn no_card_number_looks_real() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let listed = std::process::Command::new("git")
            .args(["ls-files", "-z"])
            .current_dir(&root)
            .output()
            .unwrap();
        assert!(listed.status.success(), "{listed:?}");
        let names = String::from_utf8(listed.stdout).unwrap();
        let mut read = 0;
        let mut real = Vec::new();
        for name in names.split_terminator('\0') {
            // A file may be gone and not yet taken out.
            let Ok(text) = std::fs::read(root.join(name)) else {
                continue;
            };
            if name.ends_with("Cargo.lock") || text.contains(&0) {
                continue;
            }
            read += 1;
            let is_known = |digits: &String| {
                is_padded(digits) || PUBLISHED.contains(&&**digits) || NO_CARDS.contains(&&**digits)
            };
            let numbers = card_numbers(&text).into_iter();
            let unknown = numbers.filter(|digits| !is_known(digits));
            real.extend(unknown.map(|digits| format!("{name}: {digits}")));
        }
        assert!(read > 100, "{read}");
        assert_eq!(real, Vec::<String>::new());
    }

    #[test]
    fn every_operation_has_a_smallest_a_largest_and_a_refused_request() {
        for (provider, operations) in [
            (
                "airpay",
                &["register-user", "update-customer", "customer-preference"][..],
            ),
            ("paysafe", &["list-prepaid-cards"]),
            ("ibanera", &["list-customer-cards", "cards-by-customer"]),
        ] {
            for operation in operations {
                let id = |name: &str| format!("{provider}/{operation}/{name}");
                for name in ["smallest", "largest"] {
                    assert_eq!(case(&id(name)).check.unwrap().strict, Vec::<String>::new());
                }
                let refused = requests().any(|case| {
                    case.id().starts_with(&id(""))
                        && case.check.is_some_and(|c| !c.strict.is_empty())
                });
                assert!(refused, "{operation}");
            }
        }
    }
}

/// Stage 5: the sandbox, which has to answer as documented.
mod sandbox {
    use std::io::{Read, Write};
    use std::net::TcpStream;
    use std::sync::Arc;

    use cards_model::ibanera::{CardsByCustomer, ListCustomerCards};
    use cards_model::paysafe::ListPrepaidCards;
    use cards_sandbox::{Running, Sandbox};
    use cards_transport::ibanera::Ibanera;
    use cards_transport::paysafe::Paysafe;
    use serde_json::json;

    use super::*;
    use crate::common::noon;

    for_both_backends!(
        documented_airpay_requests_are_answered_as_documented,
        a_wrong_checksum_is_answered_with_the_documented_failure,
        paysafe_examples_come_back_as_documented,
        ibanera_examples_come_back_as_documented,
        requests_of_our_own_are_accepted,
        a_list_of_137_cards_is_walked_to_its_end,
        tokens_are_fetched_with_the_worlds_credentials,
    );

    fn start() -> Running {
        let clock = Arc::new(noon);
        Sandbox::builder().clock(clock).start_blocking().unwrap()
    }

    fn from_env<P, E: std::fmt::Debug>(
        sandbox: &Running,
        from_vars: impl Fn(&dyn Fn(&str) -> Option<String>) -> Result<P, E>,
    ) -> P {
        let env = sandbox.env();
        let var = |name: &str| {
            let found = env.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| value.clone())
        };
        from_vars(&var).unwrap()
    }

    fn strict() -> Settings {
        FakeClock::new().settings().retry(Retry::never())
    }

    /// Exactly these bytes; the status and the JSON that come back.
    fn exchange(sandbox: &Running, request: &[u8]) -> (u16, Value) {
        let mut stream = TcpStream::connect(sandbox.addr()).unwrap();
        stream.write_all(request).unwrap();
        // The connection stays open; the length tells where the reply ends.
        let mut reply = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            let size = stream.read(&mut buffer).unwrap();
            reply.extend_from_slice(&buffer[..size]);
            let text = String::from_utf8_lossy(&reply);
            let Some((head, body)) = text.split_once("\r\n\r\n") else {
                assert!(size > 0, "{text}");
                continue;
            };
            let length = head.to_ascii_lowercase();
            let length = length.split("content-length: ").nth(1).unwrap();
            let length: usize = length.lines().next().unwrap().parse().unwrap();
            if body.len() >= length {
                let status = head[9..12].parse().unwrap();
                return (status, serde_json::from_str(&body[..length]).unwrap());
            }
            assert!(size > 0, "{text}");
        }
    }

    fn documented(id: &str) -> Value {
        let reply = case(id).reply.unwrap();
        serde_json::from_slice(&reply.body).unwrap()
    }

    /// The keys of an object and of what is in it, values aside.
    fn shape(value: &Value) -> Value {
        match value {
            Value::Object(object) => {
                let pairs = object
                    .iter()
                    .map(|(key, value)| (key.clone(), shape(value)));
                Value::Object(pairs.collect())
            }
            Value::Array(items) => items.first().map_or(json!([]), |item| json!([shape(item)])),
            _ => json!(""),
        }
    }

    /// As the documents' curl commands send them, with only host, checksum and
    /// masked digits replaced.
    #[test]
    fn the_documents_curl_commands_are_answered_as_documented() {
        let sandbox = start();
        for case in cases().iter().filter(|case| case.curl.is_some()) {
            let host = sandbox.addr().to_string();
            let (status, answer) = exchange(&sandbox, &curl_bytes(case, &host));
            let verdict = sandbox.exchanges().pop().unwrap().verdict;
            assert_eq!(status, 200, "fixtures/{}: {verdict}", case.id());
            let expected = documented(&case.id().replace("request-example", "success-example"));
            assert_eq!(
                answer["status"],
                expected["status"],
                "fixtures/{}: {verdict}",
                case.id()
            );
            assert_eq!(answer["message"], expected["message"]);
            assert_eq!(shape(&answer), shape(&expected), "fixtures/{}", case.id());
            if case.operation == "register-user" {
                assert_eq!(answer["data"]["kyc_status"], "MIN_KYC");
                assert_eq!(answer["data"]["kycRefNo"], Value::Null);
            } else {
                assert_eq!(answer, expected);
            }
        }
    }

    /// Ibanera's samples with their placeholders for credentials, as printed
    /// but for the host.
    #[test]
    fn the_documents_ibanera_samples_are_answered_as_documented() {
        let sandbox = start();
        let send = |target: &str| {
            let host = sandbox.addr();
            let request = format!(
                "GET {target} HTTP/1.1\r\nHost: {host}\r\nAuthorization: YOUR_API_KEY\r\n\
                 otp: text\r\nAccept: */*\r\n\r\n"
            );
            exchange(&sandbox, request.as_bytes())
        };
        let example = documented("ibanera/cards-by-customer/success-example");

        let (status, list) = send("/api/v1/customer/cards/byuser/list");
        assert_eq!((status, &list["status"]), (200, &json!("1")), "{list}");
        assert_eq!(list["errors"], json!([]));
        let sample = documented("ibanera/list-customer-cards/generated-sample");
        within(&shape(&list["details"]), &shape(&sample["details"]));
        within(&shape(&list), &merged(&shape(&sample), &shape(&example)));

        let (status, one) = send("/api/v1/customer/cards/byuser?customersId=11057");
        assert_eq!((status, &one["status"]), (200, &json!("1")), "{one}");
        let customer = match &one["details"] {
            Value::Array(customers) => customers[0].clone(),
            customer => customer.clone(),
        };
        assert_eq!(customer["customersId"], json!(11057));
        within(&shape(&example["details"][0]), &shape(&customer));

        let (_, none) = send("/api/v1/customer/cards/byuser");
        assert_eq!(none["status"], json!("0"), "{none}");
        let error = &none["errors"][0];
        assert_eq!(error["messageCode"], json!("Required"));
        assert_eq!(
            error["fieldName"].as_str().unwrap().to_lowercase(),
            "customersid"
        );
    }

    /// Every key of the one is in the other.
    #[track_caller]
    fn within(some: &Value, all: &Value) {
        match (some, all) {
            (Value::Object(some), Value::Object(all)) => {
                for (key, value) in some {
                    let other = all
                        .get(key)
                        .unwrap_or_else(|| panic!("{key} is not in {all:?}"));
                    within(value, other);
                }
            }
            (Value::Array(some), Value::Array(all)) => {
                for (value, other) in some.iter().zip(all) {
                    within(value, other);
                }
            }
            _ => {}
        }
    }

    fn merged(one: &Value, two: &Value) -> Value {
        let mut merged = one.clone();
        for (key, value) in two.as_object().unwrap() {
            merged
                .as_object_mut()
                .unwrap()
                .entry(key)
                .or_insert_with(|| value.clone());
        }
        merged
    }

    fn filled<C: Operation>(case: &Case) -> C {
        let mut input = case.input.clone().unwrap();
        for (name, value) in &case.meta.substitutions {
            input[name] = value.as_str().into();
        }
        C::from_input(&input).unwrap()
    }

    fn documented_airpay_requests_are_answered_as_documented<B: Backend>() {
        for order in Order::ALL {
            let sandbox = start();
            documented_request::<RegisterUser, B>(&sandbox, order);
            documented_request::<UpdateCustomer, B>(&sandbox, order);
            documented_request::<CustomerPreference, B>(&sandbox, order);
        }
    }

    fn documented_request<C, B>(sandbox: &Running, order: Order)
    where
        C: Operation + cards_model::Request + Call<Provider = Airpay>,
        B: Backend,
    {
        let case = case(&format!("airpay/{}/request-example", C::OPERATION.name));
        let provider = provider::<C>(&case, &sandbox.airpay_url()).order(order);
        let client = B::client(provider, &BackendOptions::new(), quiet(&FakeClock::new()));
        let reply = client.send(&filled::<C>(&case));
        let verdict = sandbox.exchanges().pop().unwrap();
        let reply = reply.unwrap_or_else(|error| panic!("{order}: {error}: {verdict:?}"));
        let body: Value = serde_json::from_slice(reply.body()).unwrap();
        let expected = documented(&format!("airpay/{}/success-example", C::OPERATION.name));
        assert_eq!(shape(&body), shape(&expected));
        assert!(verdict.checksum.unwrap().is_right());
    }

    fn a_wrong_checksum_is_answered_with_the_documented_failure<B: Backend>() {
        let sandbox = start();
        let wrong = Airpay::new(sandbox.airpay_url().parse().unwrap(), "another-key");
        let client = B::client(
            wrong.token("sandbox-token"),
            &BackendOptions::new(),
            strict(),
        );
        let error = client
            .send(&UpdateCustomer::new("AIRPAYCUST0001"))
            .unwrap_err();
        assert!(error.is_refused(), "{error:?}");
        let body: Value = serde_json::from_slice(error.raw().unwrap().body()).unwrap();
        assert_eq!(body, documented("airpay/update-customer/error-example"));
        assert!(
            !sandbox
                .exchanges()
                .pop()
                .unwrap()
                .checksum
                .unwrap()
                .is_right()
        );
    }

    fn paysafe_examples_come_back_as_documented<B: Backend>() {
        let sandbox = start();
        let paysafe = from_env(&sandbox, |var| Paysafe::from_vars(var));
        let client = B::client(paysafe, &BackendOptions::new(), strict());
        for (include, example) in [
            (false, "get-prepaid-cards"),
            (true, "get-prepaid-cards-tokenizations"),
        ] {
            let mut call = input::<ListPrepaidCards>(&case("paysafe/list-prepaid-cards/filtered"));
            if !include {
                call.include.clear();
            }
            let reply = client.send(&call).unwrap();
            let body: Value = serde_json::from_slice(reply.body()).unwrap();
            let expected = documented(&format!("paysafe/list-prepaid-cards/{example}"));
            assert_eq!(body["cards"][0], expected["cards"][0], "{example}");
            within(&shape(&expected["meta"]), &shape(&body["meta"]));
            assert_eq!(named(&reply.check()), Vec::<String>::new());
        }
    }

    fn ibanera_examples_come_back_as_documented<B: Backend>() {
        let sandbox = start();
        let ibanera = from_env(&sandbox, |var| Ibanera::from_vars(var));
        let client = B::client(ibanera, &BackendOptions::new(), strict());
        let call = input::<CardsByCustomer>(&case("ibanera/cards-by-customer/request-example"));
        let reply = client.send(&call).unwrap();
        assert_eq!(reply.customers.len(), 1);
        assert_eq!(reply.customers[0].customers_id, 11057);
        assert!(reply.cards().any(|card| card.suppressed == Some(true)));
        assert!(reply.cards().all(|card| card.total_balance.is_some()));
        let page = client.send(&ListCustomerCards::new()).unwrap();
        assert_eq!((page.page_number, page.page_size), (Some(1), Some(10)));
        assert_eq!(page.customers.len(), 10);
    }

    /// Without switching any check off.
    fn requests_of_our_own_are_accepted<B: Backend>() {
        let sandbox = start();
        let airpay = || from_env(&sandbox, |var| Airpay::from_vars(var));
        let client = B::client(airpay(), &BackendOptions::new(), strict());
        let registered = client.send(&input::<RegisterUser>(&case("airpay/register-user/valid")));
        let entity_id = registered.unwrap().entity_id.clone();
        client.send(&UpdateCustomer::new(&*entity_id)).unwrap();
        let update = input::<UpdateCustomer>(&case("airpay/update-customer/largest"));
        client
            .send(&UpdateCustomer {
                entity_id: entity_id.clone(),
                ..update
            })
            .unwrap();
        let preference = input::<CustomerPreference>(&case("airpay/customer-preference/largest"));
        client
            .send(&CustomerPreference {
                entity_id,
                ..preference
            })
            .unwrap();

        let paysafe = from_env(&sandbox, |var| Paysafe::from_vars(var));
        let client = B::client(paysafe, &BackendOptions::new(), strict());
        let call = input::<ListPrepaidCards>(&case("paysafe/list-prepaid-cards/largest"));
        let call = ListPrepaidCards {
            customer_id: "12345678".into(),
            ..call
        };
        assert_eq!(client.send(&call).unwrap().cards.len(), 0);

        let ibanera = from_env(&sandbox, |var| Ibanera::from_vars(var));
        let client = B::client(ibanera, &BackendOptions::new(), strict());
        let call = input::<ListCustomerCards>(&case("ibanera/list-customer-cards/largest"));
        assert_eq!(client.send(&call).unwrap().customers.len(), 0);
    }

    fn a_list_of_137_cards_is_walked_to_its_end<B: Backend>() {
        let sandbox = start();
        let paysafe = from_env(&sandbox, |var| Paysafe::from_vars(var));
        let client = B::client(paysafe, &BackendOptions::new(), strict());
        let customer = cards_sandbox::world::paysafe::CUSTOMER_WITH_MANY;
        let items = client.items(ListPrepaidCards::new(customer).limit(50), 1_000);
        let ids: std::collections::BTreeSet<_> = items
            .into_iter()
            .map(|card| card.unwrap().card_id)
            .collect();
        assert_eq!(ids.len(), 137);
        assert_eq!(sandbox.exchanges().len(), 3);
        let ibanera = from_env(&sandbox, |var| Ibanera::from_vars(var));
        let client = B::client(ibanera, &BackendOptions::new(), strict());
        assert_eq!(client.items(ListCustomerCards::new(), 1_000).len(), 23);
    }

    /// No standing token: each provider's login is used.
    fn tokens_are_fetched_with_the_worlds_credentials<B: Backend>() {
        use cards_sandbox::world;
        let sandbox = start();
        let airpay = Airpay::new(
            sandbox.airpay_url().parse().unwrap(),
            world::airpay::SECRET_KEY,
        )
        .keys(world::airpay::AFFILIATE, world::airpay::PROCESSOR_KEY)
        .login(world::airpay::MOBILE_NO, world::airpay::PASSWORD);
        let client = B::client(airpay, &BackendOptions::new(), strict());
        client
            .send(&UpdateCustomer::new(world::airpay::CUSTOMER))
            .unwrap();
        let paysafe = Paysafe::new(sandbox.paysafe_url().parse().unwrap()).client(
            world::paysafe::BRAND,
            world::paysafe::CLIENT_ID,
            world::paysafe::CLIENT_SECRET,
        );
        let client = B::client(paysafe, &BackendOptions::new(), strict());
        client
            .send(&ListPrepaidCards::new(world::paysafe::CUSTOMER))
            .unwrap();
        let ibanera = Ibanera::new(sandbox.ibanera_url().parse().unwrap())
            .totp_base32(world::ibanera::TOTP_SECRET)
            .unwrap()
            .login(world::ibanera::USERNAME, world::ibanera::PASSWORD);
        let client = B::client(ibanera, &BackendOptions::new(), strict());
        client
            .send(&CardsByCustomer::new(world::ibanera::CUSTOMER))
            .unwrap();
        assert_eq!(sandbox.exchanges().len(), 6);
        assert!(sandbox.exchanges().iter().all(|exchange| exchange.accepted));
    }
}
