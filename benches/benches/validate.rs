//! The rules of register-user over a valid form, beside the same rules as they
//! are usually written, with `validator` and compiled regular expressions.

use std::hint::black_box;
use std::sync::LazyLock;

use benches::{FORM, TODAY};
use cards_model::airpay::RegisterUser;
use cards_model::{Date, Form, Request, Rules};
use criterion::{Criterion, criterion_group, criterion_main};
use regex::Regex;
use validator::{Validate, ValidationError};

criterion_group! {
    name = benches;
    config = Criterion::default().without_plots();
    targets = validating
}
criterion_main!(benches);

fn validating(c: &mut Criterion) {
    let (year, month, day) = TODAY;
    let today = Date::new(year, month, day).expect("a day of the calendar");
    let rules = Rules::on(today);
    let ours = RegisterUser::from_fields(FORM);
    assert_eq!(ours.check(&rules), Ok(()));
    let theirs = Usual::from_form();
    assert!(theirs.validate().is_ok());
    assert_same_verdicts(&rules);

    let mut group = c.benchmark_group("validate");
    group.bench_function("floor", |b| {
        b.iter(|| {
            let values = black_box(&FORM).iter().map(|(_, value)| *value);
            values.flat_map(str::bytes).fold(0, |all, byte| all ^ byte)
        });
    });
    group.bench_function("check", |b| {
        b.iter(|| black_box(&ours).check(black_box(&rules)));
    });
    group.bench_function("validator-regex", |b| {
        b.iter(|| black_box(&theirs).validate());
    });
    group.finish();
}

/// A peer that checks less would be no peer: both refuse the same forms.
fn assert_same_verdicts(rules: &Rules) {
    for (at, (name, _)) in FORM.iter().enumerate() {
        for wrong in ["", "\u{e9} #", "2027-02-30", "12/26/2026"] {
            let mut form = FORM;
            form[at].1 = wrong;
            let refused = RegisterUser::from_fields(form).check(rules).is_err();
            let refused_by_peer = Usual::from(form).validate().is_err();
            assert_eq!(refused, refused_by_peer, "{name} = {wrong:?}");
        }
    }
}

/// `static NAME: Regex`, compiled once.
macro_rules! regexes {
    ($($name:ident = $pattern:literal;)+) => {
        $(static $name: LazyLock<Regex> =
            LazyLock::new(|| Regex::new($pattern).expect("the pattern is right"));)+
    };
}

regexes! {
    MOBILE = "^[0-9]{1,10}$";
    CARD_TYPE = "^(?:P|V)$";
    CARD_NUMBER = "^[0-9]{16}$";
    EXPIRY = "^(0[1-9]|1[0-2])/([0-9]{2})$";
    NAME = "^[A-Za-z]{1,30}$";
    TITLE = "^(?:Mr|Mrs|Ms)$";
    GENDER = "^(?:M|F|T)$";
    DAY = "^([0-9]{4})-([0-9]{2})-([0-9]{2})$";
    ADDRESS = "^[A-Za-z0-9 ]{1,100}$";
    CITY = "^[A-Za-z]{1,20}$";
    STATE = "^[A-Za-z ]{1,20}$";
    PINCODE = "^[0-9]{1,15}$";
    INDIAN_PINCODE = "^[0-9]{6}$";
    DOC_TYPE = "^(?:AADHAAR|PAN|VOTERID|DL|PASSPORT)$";
    OTP = "^[0-9]{1,4}$";
    UPPER = "[A-Z]";
    LOWER = "[a-z]";
    DIGIT = "[0-9]";
    SPECIAL = r"[^\p{Alphabetic}\p{N}\s]";
}

/// The form as it is usually written: strings, `validator`, one expression a
/// field.
#[derive(Validate)]
#[validate(schema(function = indian_pincode))]
struct Usual {
    #[validate(regex(path = *MOBILE))]
    mobile_no: String,
    #[validate(length(min = 1, max = 16))]
    kit_no: String,
    #[validate(regex(path = *CARD_TYPE))]
    card_type: String,
    #[validate(regex(path = *CARD_NUMBER))]
    card_no: String,
    #[validate(custom(function = expiry))]
    card_expiry: String,
    #[validate(regex(path = *NAME))]
    first_name: String,
    #[validate(regex(path = *NAME))]
    last_name: String,
    #[validate(regex(path = *TITLE))]
    title: String,
    #[validate(regex(path = *GENDER))]
    gender: String,
    #[validate(custom(function = birth))]
    dob: String,
    #[validate(length(max = 50), email)]
    email: String,
    #[validate(regex(path = *ADDRESS))]
    address: String,
    #[validate(regex(path = *CITY))]
    city: String,
    #[validate(regex(path = *STATE))]
    state: String,
    #[validate(regex(path = *PINCODE))]
    pincode: String,
    #[validate(regex(path = *DOC_TYPE))]
    doc_type: String,
    #[validate(length(min = 1, max = 20))]
    doc_number: String,
    #[validate(custom(function = day))]
    doc_expiry: String,
    #[validate(regex(path = *STATE))]
    doc_country_issue: String,
    #[validate(regex(path = *OTP))]
    otp: String,
    #[validate(length(min = 7, max = 20), custom(function = password))]
    password: String,
}

impl Usual {
    fn from_form() -> Self {
        Self::from(FORM)
    }
}

impl From<[(&str, &str); 21]> for Usual {
    fn from(form: [(&str, &str); 21]) -> Self {
        let [
            mobile_no,
            kit_no,
            card_type,
            card_no,
            card_expiry,
            first_name,
            last_name,
            title,
            gender,
            dob,
            email,
            address,
            city,
            state,
            pincode,
            doc_type,
            doc_number,
            doc_expiry,
            doc_country_issue,
            otp,
            password,
        ] = form.map(|(_, value)| value.to_owned());
        Self {
            mobile_no,
            kit_no,
            card_type,
            card_no,
            card_expiry,
            first_name,
            last_name,
            title,
            gender,
            dob,
            email,
            address,
            city,
            state,
            pincode,
            doc_type,
            doc_number,
            doc_expiry,
            doc_country_issue,
            otp,
            password,
        }
    }
}

fn ensure(holds: bool, code: &'static str) -> Result<(), ValidationError> {
    if holds {
        Ok(())
    } else {
        Err(ValidationError::new(code))
    }
}

fn expiry(text: &str) -> Result<(), ValidationError> {
    let months = EXPIRY.captures(text).and_then(|found| {
        let month: i32 = found[1].parse().ok()?;
        let year: i32 = found[2].parse().ok()?;
        Some((2000 + year - i32::from(TODAY.0)) * 12 + month - i32::from(TODAY.1))
    });
    ensure(
        months.is_some_and(|months| (1..=300).contains(&months)),
        "expiry",
    )
}

fn date(text: &str) -> Option<Date> {
    let found = DAY.captures(text)?;
    Date::new(
        found[1].parse().ok()?,
        found[2].parse().ok()?,
        found[3].parse().ok()?,
    )
    .ok()
}

fn day(text: &str) -> Result<(), ValidationError> {
    ensure(date(text).is_some(), "day")
}

fn birth(text: &str) -> Result<(), ValidationError> {
    let (year, month, day) = TODAY;
    let today = Date::new(year, month, day).ok();
    ensure(date(text).is_some_and(|date| Some(date) <= today), "birth")
}

fn password(text: &str) -> Result<(), ValidationError> {
    let kinds = [&UPPER, &LOWER, &DIGIT, &SPECIAL];
    ensure(kinds.iter().all(|kind| kind.is_match(text)), "composition")
}

fn indian_pincode(form: &Usual) -> Result<(), ValidationError> {
    let is_india = form.doc_country_issue.eq_ignore_ascii_case("india");
    ensure(
        !is_india || INDIAN_PINCODE.is_match(&form.pincode),
        "pincode",
    )
}
