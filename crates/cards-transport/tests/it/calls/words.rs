//! The words of a refusal, which never show a value that was sent.

mod sent;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use cards_transport::airpay::Airpay;
use cards_transport::ibanera::{Ibanera, LoginCall, OneTimeCodes, OtpReuse};
use cards_transport::model::airpay::{
    CustomerPreference, PreferenceStatus, RegisterUser, UpdateCustomer, UserLogin,
};
use cards_transport::model::ibanera::{CardsByCustomer, ListCustomerCards};
use cards_transport::model::paysafe::{CardStatus, Include, ListPrepaidCards};
use cards_transport::paysafe::{IssueAccessToken, Paysafe};
use cards_transport::{Call, Error, Provider, Validation, blocking};
use percent_encoding::utf8_percent_encode;
use proptest::prelude::*;
use serde_json::{Value, json};

use self::sent::{COMPONENT, Sent};
use crate::calls::samples::registration;
use crate::calls::script::Script;

const OUT: &str = "[redacted]";

/// The letters of all values that are drawn. No sentence of ours has two of
/// them in a row.
const LETTERS: &str = "qzxj\u{436}\u{449}\u{44e}\u{3c3}\u{3c2}\u{df}";

/// The body in which each provider says no, with a word wherever it has words,
/// and where that is a number, also wherever it has numbers.
fn refusal(provider: &str, word: &str) -> Value {
    let number = word.parse::<i64>().ok();
    // A short word within others is no trace of what was sent, a number is.
    let glued = number.map(|number| format!(", OTP{number}, No{number}x"));
    let glued = glued.unwrap_or_default();
    let sentence = format!("The value ({word}) is wrong: {word}{glued}");
    match provider {
        "airpay" => json!({ "status": number.unwrap_or(400), "message": sentence }),
        "paysafe" => json!({ "error": {
            "code": format!("BAD_{word}"),
            "message": sentence,
            "details": [word, sentence],
            "fieldErrors": [
                { "field": word, "error": sentence },
                { "field": "limit", "error": word },
            ],
        }}),
        _ => json!({ "status": number.unwrap_or(0), "errors": [
            { "fieldName": word, "messageCode": format!("BAD.{word}") },
            { "fieldName": sentence, "messageCode": word },
            { "errorType": word, "fieldName": number, "messageCode": number },
        ]}),
    }
}

/// The error of a call that is refused with this body.
pub(crate) fn refused<C: Call<Provider: Clone>>(
    provider: &C::Provider,
    call: &C,
    body: &Value,
) -> Error {
    let reply = http::Response::builder().status(400);
    let reply = reply.body(body.to_string().into()).unwrap();
    let script = Script::playing(vec![Ok(reply)]);
    let settings = script.settings().validation(Validation::Off);
    let client = blocking::Client::with_settings(provider.clone(), script, settings);
    let Err(error) = client.send(call) else {
        panic!("{} was not refused", C::operation());
    };
    assert!(error.refusal().is_some(), "{error:?}");
    error
}

/// All that an error shows without being asked for the provider's own words.
fn shown(error: &Error) -> Vec<String> {
    let refusal = error.refusal().unwrap();
    let mut shown = vec![
        error.to_string(),
        format!("{error:?}"),
        format!("{error:#?}"),
        refusal.to_string(),
        format!("{refusal:?}"),
        format!("{refusal:#?}"),
    ];
    shown.extend(refusal.shown_code());
    for field in &refusal.fields {
        shown.extend([
            field.to_string(),
            format!("{field:?}"),
            field.shown_field(),
            field.shown_error(),
        ]);
    }
    shown
}

fn has_letters(text: &str) -> bool {
    let is_drawn = |c: char| c.to_lowercase().any(|c| LETTERS.contains(c));
    let letters: Vec<bool> = text.chars().map(is_drawn).collect();
    letters.windows(2).any(|pair| pair[0] && pair[1])
}

/// Echoes each value in each spelling, and looks for it in all that is shown.
fn echo<C: Call<Provider: Clone>>(provider: &C::Provider, call: &C, sent: &[Sent]) {
    for (index, value) in sent.iter().enumerate() {
        for word in value.spellings() {
            let operation = C::operation();
            let error = refused(provider, call, &refusal(operation.provider.as_str(), &word));
            let bare = word.trim().to_lowercase();
            for text in shown(&error) {
                let is_clean = !has_letters(&text) && !text.to_lowercase().contains(&bare);
                assert!(is_clean, "{operation}, value {index}, {word:?}: {text}");
            }
            assert!(error.to_string().contains(OUT), "{error}");
        }
    }
}

/// Draws texts that a form may hold.
fn text() -> impl Strategy<Value = String> {
    let word = format!("[{LETTERS}QZXJ\u{416}\u{3a3}\u{1e9e}]{{2,6}}");
    let inner = r#"[ \t\u{a0}&=%+/"'\\@:.,#?_~-]"#;
    format!(r"[ \t\u{{a0}}]{{0,1}}{word}({inner}{word}){{0,2}}[ \n]{{0,1}}").prop_map_regex()
}

/// Draws texts that a header may hold.
fn credential() -> impl Strategy<Value = String> {
    let word = "[qzxjQZXJ]{2,6}";
    format!(r#"{word}([ &=%+/"'\\@:.,#?_~-]{word}){{0,2}}"#).prop_map_regex()
}

trait AsRegex {
    fn prop_map_regex(self) -> proptest::string::RegexGeneratorStrategy<String>;
}

impl AsRegex for String {
    fn prop_map_regex(self) -> proptest::string::RegexGeneratorStrategy<String> {
        proptest::string::string_regex(&self).unwrap()
    }
}

fn values<const N: usize>(
    value: impl Strategy<Value = String>,
) -> impl Strategy<Value = [String; N]> {
    proptest::collection::vec(value, N).prop_map(|values| values.try_into().unwrap())
}

fn registered(values: &[String; 21]) -> RegisterUser {
    let [
        a,
        b,
        c,
        d,
        e,
        f,
        g,
        h,
        i,
        j,
        k,
        l,
        m,
        n,
        o,
        p,
        q,
        r,
        s,
        t,
        u,
    ] = values;
    RegisterUser {
        mobile_no: a.as_str().into(),
        kit_no: b.clone(),
        card_type: c.as_str().into(),
        card_no: d.as_str().into(),
        card_expiry: e.clone(),
        first_name: f.as_str().into(),
        last_name: g.as_str().into(),
        title: h.as_str().into(),
        gender: i.as_str().into(),
        dob: j.as_str().into(),
        email: k.as_str().into(),
        address: l.as_str().into(),
        city: m.as_str().into(),
        state: n.as_str().into(),
        pincode: o.as_str().into(),
        doc_type: p.as_str().into(),
        doc_number: q.as_str().into(),
        doc_expiry: r.as_str().into(),
        doc_country_issue: s.as_str().into(),
        otp: t.as_str().into(),
        password: u.as_str().into(),
    }
}

fn all(values: &[String], sent: fn(&str) -> Sent) -> Vec<Sent> {
    values.iter().map(|value| sent(value)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn airpays_words_show_nothing_that_was_sent(
        form in values::<21>(text()), [affiliate, key, token] in values(credential())
    ) {
        let airpay = Airpay::new("http://localhost:1".parse().unwrap(), "fake-secret")
            .keys(&*affiliate, &*key)
            .token(&*token);
        let keys = || [Sent::plain(&affiliate), Sent::plain(&key)].into_iter();
        let token = || std::iter::once(Sent::plain(&token));
        let of_form = |count: usize| all(&form[..count], Sent::form);

        let sent: Vec<_> = of_form(21).into_iter().chain(keys()).collect();
        echo(&airpay, &registered(&form), &sent);
        let sent: Vec<_> = of_form(2).into_iter().chain(keys()).collect();
        let login = UserLogin {
            mobile_no: form[0].as_str().into(),
            password: form[1].as_str().into(),
        };
        echo(&airpay, &login, &sent);
        let sent: Vec<_> = of_form(7).into_iter().chain(token()).collect();
        let mut update = UpdateCustomer::new(&*form[0])
            .email(form[1].as_str())
            .mobile_no(form[2].as_str())
            .address(form[3].as_str())
            .city(form[4].as_str())
            .state(form[5].as_str())
            .pincode(form[6].as_str());
        echo(&airpay, &update, &sent);
        update.country = Some(form[7].as_str().into());
        echo(&airpay, &update, &of_form(8)[7..]);
        let sent: Vec<_> = of_form(3).into_iter().chain(token()).collect();
        let preference = CustomerPreference::new(&*form[0])
            .status(form[1].as_str())
            .channel(form[2].as_str());
        echo(&airpay, &preference, &sent);
    }

    #[test]
    fn paysafes_words_show_nothing_that_was_sent(
        [customer, status, include] in values(text()), pair in values::<2>(text()),
        brand in text(), token in credential()
    ) {
        let paysafe = Paysafe::new("http://localhost:1/v1".parse().unwrap()).token(&*token);
        let call = ListPrepaidCards::new(&*customer)
            .status([CardStatus::Active, status.as_str().into()])
            .include([include.as_str().into()]);
        let sent = [
            Sent::component(&customer), Sent::component(&status), Sent::component(&include),
            Sent::plain(&token),
        ];
        echo(&paysafe, &call, &sent);

        let [user, password] = &pair;
        let call = IssueAccessToken::new(&*brand, user.as_str(), password.as_str());
        let joined = pair.each_ref().map(|half| utf8_percent_encode(half, COMPONENT).to_string());
        let joined = joined.join(":");
        let basic = BASE64_STANDARD.encode(&joined);
        let padding = basic.trim_end_matches('=').to_owned();
        let sent = [
            Sent::component(&brand), Sent::component(user), Sent::component(password),
            Sent { value: joined, encoded: vec![basic, padding] },
        ];
        echo(&paysafe, &call, &sent);
    }

    #[test]
    fn ibaneras_words_show_nothing_that_was_sent(
        [token, code] in values(credential()), login in values::<2>(text()),
    ) {
        let ibanera = Ibanera::new("http://localhost:1".parse().unwrap())
            .token(&*token)
            .one_time_codes(OneTimeCodes::fixed(&*code))
            .otp_reuse(OtpReuse::Allowed);
        let sent = [Sent::plain(&token), Sent::plain(&code)];
        echo(&ibanera, &ListCustomerCards::new(), &sent);
        echo(&ibanera, &CardsByCustomer::new(7), &sent);
        let [user, password] = &login;
        let sent = [Sent::json(user), Sent::json(password), Sent::json(&code)];
        echo(&ibanera, &LoginCall::new(&**user, password.as_str()), &sent);
    }

    /// The login that a call needs is refused, and not the call.
    #[test]
    fn a_login_for_a_call_shows_nothing_that_it_sent(
        login in values::<2>(text()), brand in text(), [key, code] in values(credential()),
    ) {
        let [user, password] = &login;
        let airpay = Airpay::new("http://localhost:1".parse().unwrap(), "fake-secret")
            .keys("fake-affiliate", &*key)
            .login(user, password.as_str());
        let call = CustomerPreference::new("E1");
        echo(&airpay, &call, &[Sent::form(user), Sent::form(password), Sent::plain(&key)]);
        prop_assert_eq!(refused(&airpay, &call, &refusal("airpay", "x")).operation().name, "user-login");

        let paysafe = Paysafe::new("http://localhost:1/v1".parse().unwrap())
            .client(&*brand, user.as_str(), password.as_str());
        let call = ListPrepaidCards::new("1");
        let sent = [Sent::component(&brand), Sent::component(user), Sent::component(password)];
        echo(&paysafe, &call, &sent);
        let error = refused(&paysafe, &call, &refusal("paysafe", "x"));
        prop_assert_eq!(error.operation().name, "issue-access-token");

        let ibanera = Ibanera::new("http://localhost:1".parse().unwrap())
            .login(&**user, password.as_str())
            .one_time_codes(OneTimeCodes::fixed(&*code))
            .otp_reuse(OtpReuse::Allowed);
        let call = CardsByCustomer::new(7);
        echo(&ibanera, &call, &[Sent::json(user), Sent::json(password), Sent::json(&code)]);
        prop_assert_eq!(refused(&ibanera, &call, &refusal("ibanera", "x")).operation().name, "login");
    }
}

proptest! {
    /// A customer's number, of however many digits. 200 is Airpay's success.
    #[test]
    fn no_words_show_a_customers_number(
        id in prop_oneof![100..1_000_i64, 10..100_000_i64, 10..i64::MAX]
            .prop_filter("no refusal", |id| *id != 200)
    ) {
        let holds = |error: &Error| {
            let words = shown(error).into_iter().map(|text| {
                // The error's words about itself are cut off: `(HTTP 400, 90
                // bytes)`.
                text.split(" (HTTP").next().unwrap().to_owned()
            });
            let words: Vec<_> = words.collect();
            let mut words = words.iter().flat_map(|text| text.split(|c: char| !c.is_ascii_digit()));
            words.any(|word| word == id.to_string())
        };
        let body = |provider| refusal(provider, &id.to_string());
        let call = CardsByCustomer::new(id);
        prop_assert!(!holds(&refused(&crate::calls::samples::ibanera(), &call, &body("ibanera"))));
        let call = ListPrepaidCards::new(id.to_string());
        prop_assert!(!holds(&refused(&crate::calls::samples::paysafe(), &call, &body("paysafe"))));
        let call = UpdateCustomer::new(id.to_string());
        prop_assert!(!holds(&refused(&crate::calls::samples::airpay(), &call, &body("airpay"))));
        let call = UpdateCustomer::new("E1").mobile_no(id.to_string());
        prop_assert!(!holds(&refused(&crate::calls::samples::airpay(), &call, &body("airpay"))));
    }

    /// Nor one that is too large for what it stands for, whoever's it is.
    #[test]
    fn neither_a_status_nor_a_warning_shows_the_number_of_somebody(
        number in prop_oneof![100_000..10_000_000_000_i64, any::<i64>()]
            .prop_filter("small", |number| number.unsigned_abs() >= 100_000)
    ) {
        let digits = number.unsigned_abs().to_string();
        let body = json!({ "status": number, "message": "no" });
        let error = refused(&crate::calls::samples::airpay(), &UpdateCustomer::new("E1"), &body);
        prop_assert_eq!(error.refusal().unwrap().status, Some(number));
        prop_assert!(shown(&error).iter().all(|text| !text.contains(&digits)), "{}", error);
        prop_assert!(error.to_string().contains(&format!("status {OUT}: no")), "{}", error);

        fn warned<C: Call<Provider: Clone>>(
            provider: &C::Provider,
            call: &C,
            body: &Value,
        ) -> Vec<String> {
            let reply = http::Response::new(body.to_string().into());
            let script = Script::playing(vec![Ok(reply)]);
            let settings = script.settings();
            let client = blocking::Client::with_settings(provider.clone(), script, settings);
            let reply = client.send(call).unwrap();
            let warnings = reply.warnings().iter();
            warnings.flat_map(|w| [w.to_string(), format!("{w:?}"), format!("{w:#?}")]).collect()
        }
        let meta = json!({ "numberOfRecords": number, "limit": number, "offset": number });
        let body = json!({ "cards": [], "meta": meta });
        let call = ListPrepaidCards::new("1").limit(7);
        let paysafe = warned(&crate::calls::samples::paysafe(), &call, &body);
        let body = json!({
            "status": "1", "details": [], "pageSize": number, "pageNumber": number,
        });
        let call = ListCustomerCards::new().page_size(7);
        let ibanera = warned(&crate::calls::samples::ibanera(), &call, &body);
        // A negative size is not worth a warning.
        prop_assert!(paysafe.len() == 3 * 3 && ibanera.len() >= 3);
        for text in paysafe.iter().chain(&ibanera) {
            prop_assert!(text.contains(OUT) && !text.contains(&digits), "{}", text);
        }
    }
}

/// A body's own name is shown only as far as it is the documented one.
#[test]
fn a_name_spelled_with_a_megabyte_of_hyphens_is_not_shown() {
    let said = |name: &str| {
        let reply = http::Response::new(json!({ name: [] }).to_string().into());
        let script = Script::playing(vec![Ok(reply)]);
        let settings = script.settings();
        let client =
            blocking::Client::with_settings(crate::calls::samples::paysafe(), script, settings);
        let error = client.send(&ListPrepaidCards::new("1")).unwrap_err();
        error.json().unwrap().to_string()
    };
    assert!(said("CA-R_DS").contains("CA-R_DS"));
    let hyphens = format!("card{}s", "-".repeat(1 << 20));
    assert!(said(&hyphens).starts_with("cards is missing (line 1, "));
}

/// A word that names nobody helps, also where the request held it.
#[test]
fn words_that_a_document_lists_and_pages_numbers_stay() {
    fn says<C: Call<Provider: Provider + Clone>>(
        provider: &C::Provider,
        call: &C,
        body: &Value,
    ) -> String {
        refused(provider, call, body).refusal().unwrap().to_string()
    }
    let call = ListPrepaidCards::new("1")
        .limit(50)
        .offset(10)
        .status([CardStatus::Active, CardStatus::Locked])
        .include([Include::AvailableActions]);
    let body = json!({ "error": {
        "code": "INVALID_MOBILE",
        "message": "limit must be between 1 and 50, offset 10, ACTIVE or LOCKED",
    }});
    let said = says(&crate::calls::samples::paysafe(), &call, &body);
    assert_eq!(
        said,
        "INVALID_MOBILE: limit must be between 1 and 50, offset 10, ACTIVE or LOCKED"
    );
    let airpay = crate::calls::samples::airpay();
    let call = CustomerPreference::new("E1").status(PreferenceStatus::Allowed);
    let body = json!({ "status": 400, "message": "E1 is ALLOWED already" });
    let said = says(&airpay, &call, &body);
    assert_eq!(said, format!("{OUT} is ALLOWED already"));
    // As the document's example sends it: `V`, `Mr`, `M`, `AADHAAR`.
    let body = json!({ "status": 400, "message": "AADHAAR of a Mr must have more digits" });
    let said = says(&airpay.keys("fake-a", "fake-p"), &registration(), &body);
    assert_eq!(said, "AADHAAR of a Mr must have more digits");
}
