//! Single rules that are not applied: each of every operation's field table.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use cards_model::airpay::{
    AddCard, CardBalance, CardDetails, CustomerPreference, LockUnlock, RegisterUser, TopUp,
    UpdateCustomer, UserLogin,
};
use cards_model::ibanera::{CardsByCustomer, ListCustomerCards};
use cards_model::paysafe::{
    CreatePrepaidCard, GetPrepaidCard, ListPrepaidCards, UpdatePrepaidCard,
};
use cards_model::{
    Constraint, Date, Field, Kind, Operation, Place, Received, Request, Rule, Rules, Violations,
    Waiver, Waivers,
};
use serde_json::{Value, json};

const OPERATIONS: [&Operation; 15] = [
    RegisterUser::OPERATION,
    UpdateCustomer::OPERATION,
    CustomerPreference::OPERATION,
    LockUnlock::OPERATION,
    AddCard::OPERATION,
    CardDetails::OPERATION,
    CardBalance::OPERATION,
    TopUp::OPERATION,
    UserLogin::OPERATION,
    ListPrepaidCards::OPERATION,
    GetPrepaidCard::OPERATION,
    CreatePrepaidCard::OPERATION,
    UpdatePrepaidCard::OPERATION,
    ListCustomerCards::OPERATION,
    CardsByCustomer::OPERATION,
];

fn rules() -> Rules {
    Rules::on(Date::new(2026, 11, 21).unwrap())
}

/// Texts of which one breaks whatever rule a text can break.
const TEXTS: [&str; 12] = [
    "",
    "é-7, x",
    "x",
    "12345",
    "2026-02-30",
    "2999-01-01",
    "01/20",
    "..",
    "ACTIVE?",
    "Abcdefghij klmnopqrstuvwxyz Abcdefghij klmnopqrstuvwxyz Abcdefghij klmnopqrstuvwxyz Abcdefghij \
     klmnopqrstuvwxyz",
    "Delhi",
    "9",
];

/// Lists the rules that a request breaks in which every field holds this text, but
/// for those that a dependent rule looks at: these hold the word for which it applies.
fn broken<R: Request>(text: &str, rules: &Rules) -> Vec<(String, Rule)> {
    let fields = R::OPERATION.fields;
    let word = |field: &Field| {
        let mut dependents = R::OPERATION.dependents.iter();
        let on = dependents.find(|it| it.on == field.wire);
        on.and_then(|it| it.words.first())
            .map_or(text, |word| word)
            .to_owned()
    };
    let texts: Vec<_> = fields
        .iter()
        .map(|field| (field.place, field.wire, word(field)))
        .collect();
    let mut body = json!({});
    for (field, (_, wire, text)) in fields.iter().zip(&texts) {
        if field.place != Place::Json || field.kind == Kind::Object {
            continue;
        }
        let place = wire.split('.').fold(&mut body, |at, key| &mut at[key]);
        *place = match field.kind {
            Kind::Text => Value::from(text.as_str()),
            _ => continue,
        };
    }
    let mut received = Received::new().json(&body);
    for (place, wire, text) in &texts {
        if *place != Place::Json {
            received = received.pairs(*place, [(*wire, text.as_str())]);
        }
    }
    told(R::receive(&received, rules).err())
}

/// Tells whether a value can be of another type: a form's amount is a text like any other.
fn has_a_type(field: &Field) -> bool {
    let is_in_json = field.place == Place::Json;
    field.kind != Kind::Text && (field.kind != Kind::Decimal || is_in_json)
}

fn told(violations: Option<Violations>) -> Vec<(String, Rule)> {
    let all = violations.iter().flatten();
    all.map(|v| (v.field.clone(), v.rule)).collect()
}

/// A waived rule is gone and every other one is there, whatever is sent.
fn hold<R: Request>() -> usize {
    let operation = R::OPERATION;
    let mut held = 0;
    for field in operation.fields {
        for rule in Rule::ALL {
            let waived = Waivers::new([(field.wire, rule)], [operation]);
            let is_one = operation.rules_of(field).contains(&rule);
            let is_guard = match rule {
                Rule::Required => field.place == Place::Path || field.kind != Kind::Text,
                Rule::Format => field.place == Place::Path,
                _ => false,
            };
            assert_eq!(
                waived.is_ok(),
                is_one && !is_guard,
                "{operation} {} {rule}: {waived:?}",
                field.wire
            );
            let Ok(waivers) = waived else {
                let told = waived.unwrap_err().to_string();
                assert!(told.contains(field.wire), "{told}");
                continue;
            };
            let lenient = rules().waivers(waivers);
            for text in TEXTS {
                let all = broken::<R>(text, &rules());
                // That a value is of its field's type is not waived.
                let is_type = |it: &(String, Rule)| {
                    it.1 == Rule::Format && has_a_type(field) && it.0 == field.wire
                };
                let is_waived = |it: &(String, Rule)| it.0 == field.wire && it.1 == rule;
                let left = all.iter().filter(|it| is_type(it) || !is_waived(it));
                let left: Vec<_> = left.cloned().collect();
                held += all.len() - left.len();
                assert_eq!(broken::<R>(text, &lenient), left, "{} {rule}", field.wire);
            }
        }
    }
    held
}

#[test]
fn every_rule_of_every_field_can_be_waived_by_itself() {
    let held = [
        hold::<RegisterUser>(),
        hold::<UpdateCustomer>(),
        hold::<CustomerPreference>(),
        hold::<LockUnlock>(),
        hold::<AddCard>(),
        hold::<CardDetails>(),
        hold::<CardBalance>(),
        hold::<TopUp>(),
        hold::<UserLogin>(),
        hold::<CreatePrepaidCard>(),
        hold::<UpdatePrepaidCard>(),
    ];
    assert!(held.iter().all(|held| *held > 0), "{held:?}");
    hold::<ListPrepaidCards>();
    hold::<GetPrepaidCard>();
    hold::<ListCustomerCards>();
    hold::<CardsByCustomer>();
}

/// Every rule that a check tells of a request is one that the table has, so that
/// it can be named in a waiver.
#[test]
fn the_table_has_every_rule_that_a_check_tells() {
    fn hold<R: Request>() {
        for text in TEXTS {
            for (wire, rule) in broken::<R>(text, &rules()) {
                let field = R::OPERATION.field(&wire).unwrap();
                let is_type = rule == Rule::Format && has_a_type(field);
                let has = R::OPERATION.rules_of(field);
                assert!(is_type || has.contains(&rule), "{wire} {rule}: {has:?}");
            }
        }
    }
    hold::<RegisterUser>();
    hold::<UpdateCustomer>();
    hold::<CustomerPreference>();
    hold::<LockUnlock>();
    hold::<AddCard>();
    hold::<CardDetails>();
    hold::<CardBalance>();
    hold::<TopUp>();
    hold::<UserLogin>();
    hold::<ListPrepaidCards>();
    hold::<GetPrepaidCard>();
    hold::<CreatePrepaidCard>();
    hold::<UpdatePrepaidCard>();
    hold::<ListCustomerCards>();
    hold::<CardsByCustomer>();
}

#[test]
fn a_scope_limits_a_waiver() {
    let check = |waiver: &str| {
        let waivers = Waivers::new([waiver.parse::<Waiver>().unwrap()], OPERATIONS).unwrap();
        let update = UpdateCustomer::new("1").city("New Delhi");
        told(update.check(&rules().waivers(waivers)).err())
    };
    for waives in [
        "city:characters",
        " city : characters ",
        "airpay/city:characters",
        "update-customer/city:characters",
        "City:CHARACTERS",
        "Update-Customer/CITY:characters",
    ] {
        assert_eq!(check(waives), [], "{waives}");
    }
    let kept = [("city".to_owned(), Rule::Characters)];
    assert_eq!(check("register-user/city:characters"), kept);
    assert_eq!(check("city:length"), kept);
}

#[test]
fn what_there_is_not_is_named_with_what_there_is() {
    let wrong = |waiver: &str| {
        let waiver = waiver.parse::<Waiver>();
        let waivers = waiver.and_then(|waiver| Waivers::new([waiver], OPERATIONS));
        waivers.unwrap_err().to_string()
    };
    assert_eq!(
        wrong("state"),
        "a waiver is FIELD:RULE, such as state:characters"
    );
    assert!(
        wrong("sttae:characters").starts_with("no field `sttae`: did you mean `state`? There are")
    );
    assert_eq!(
        wrong("state:charcters"),
        "no rule `charcters`: did you mean `characters`? There are allowed, characters, \
         composition, consistency, format, length, range, required"
    );
    assert_eq!(
        wrong("kit_no:characters"),
        "kit_no: it has no rule characters; its rules are required, length"
    );
    let scope = wrong("register-usr/state:characters");
    assert!(scope.contains("did you mean `register-user`?"), "{scope}");
    let path = wrong("customerId:format");
    assert!(
        path.starts_with("customerId: its rule format cannot be waived"),
        "{path}"
    );
    // Nothing that may be a value is repeated.
    let value = wrong("462294XXXXXX3713:required");
    assert!(!value.contains("3713"), "{value}");
}

#[test]
fn rules_over_two_fields_are_those_that_the_check_applies() {
    let rules_of = |wire: &str| {
        let operation = CreatePrepaidCard::OPERATION;
        operation.rules_of(operation.field(wire).unwrap())
    };
    let state = [Rule::Required, Rule::Length, Rule::Characters];
    assert_eq!(rules_of("deliveryAddress.state"), state);
    assert!(rules_of("deliveryAddress.postalCode").contains(&Rule::Characters));
    let passport = RegisterUser::OPERATION.dependents.iter();
    assert!(
        passport
            .last()
            .is_some_and(|it| it.constraint == Constraint::Required)
    );
}
