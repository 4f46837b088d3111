//! Invents whom the demonstration registers: one person a backend, with
//! published test card numbers.

use std::time::{SystemTime, UNIX_EPOCH};

use cards_transport::model::airpay::{CardType, DocType, Gender, RegisterUser, Title};
use cards_transport::model::{CardExpiry, Date};

use crate::call::client::Backend;
use crate::error::Error;

/// A registration that keeps every documented rule.
pub(super) fn person(backend: Backend) -> Result<RegisterUser, Error> {
    let is_first = backend == Backend::Reqwest;
    let pick = |first: &'static str, second: &'static str| if is_first { first } else { second };
    let year = today().year();
    let wrong_clock = |_| Error::failure("the clock of this machine is far off");
    Ok(RegisterUser {
        mobile_no: pick("9000000101", "9000000102").into(),
        kit_no: pick("DEMOKIT01", "DEMOKIT02").into(),
        card_type: if is_first {
            CardType::Virtual
        } else {
            CardType::Physical
        },
        card_no: pick("4622940000003713", "4111111111111111").into(),
        card_expiry: CardExpiry::new(12, year + 3).map_err(wrong_clock)?.into(),
        first_name: pick("Asha", "Ravi").into(),
        last_name: pick("Menon", "Nair").into(),
        title: if is_first { Title::Ms } else { Title::Mr },
        gender: if is_first {
            Gender::Female
        } else {
            Gender::Male
        },
        dob: pick("1990-01-31", "1988-02-29").into(),
        email: pick("asha@demo.example", "ravi@demo.example").into(),
        address: pick("1 Demo Road", "2 Demo Road").into(),
        city: pick("Kochi", "Ernakulam").into(),
        state: "Kerala".into(),
        pincode: "682308".into(),
        doc_type: if is_first {
            DocType::Passport
        } else {
            DocType::DrivingLicence
        },
        doc_number: pick("DEMO101", "DEMO102").into(),
        doc_expiry: Date::new(year + 5, 12, 31).map_err(wrong_clock)?.into(),
        doc_country_issue: "India".into(),
        otp: cards_sandbox::world::airpay::ONE_TIME_PASSWORD.into(),
        password: "Demo@1234".into(),
    })
}

fn today() -> Date {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Date::from_unix_seconds(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
