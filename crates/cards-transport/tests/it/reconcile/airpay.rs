//! Airpay's mutations.

use cards_transport::model::airpay::{
    AddCard, CardReplacement, CardType, Channel, CustomerPreference, ForgotPassword, GenerateOtp,
    KycType, LockFlag, LockUnlock, PreferenceStatus, RegisterUser, SetPin, TopUp, UpdateCustomer,
    UpdateKycStatus,
};
use cards_transport::model::{Date, Decimal};

use super::{Answers, TOLD, UNTOLD, answers};

const CUSTOMER: &str = "AIRPAYCUST0001";
const KIT: &str = "100000000978";

/// Reads the registration of the fixtures.
pub(crate) fn registration() -> RegisterUser {
    let input =
        include_str!("../../../../../conformance/fixtures/airpay/register-user/valid/input.json");
    serde_json::from_str(input).unwrap()
}

pub(crate) fn lock(flag: LockFlag) -> LockUnlock {
    LockUnlock::new(CUSTOMER, KIT, flag, "Lost")
}

pub(crate) fn add_card() -> AddCard {
    AddCard {
        entity_id: CUSTOMER.into(),
        card_type: CardType::Virtual,
        kit_no: "100000007777".into(),
        card_no: "4622940000003713".into(),
        card_expiry: "12/2040".into(),
    }
}

pub(crate) fn all() {
    // A login that works tells where it was refused before, and nothing else does.
    let by_login = Answers {
        done_since: Some(true),
        ..UNTOLD
    };
    let new = RegisterUser {
        mobile_no: "9000000777".into(),
        ..registration()
    };
    answers(&new, &by_login);
    // The sandbox has a customer of this number and password from the start: a login that works
    // proves nothing by itself.
    answers(&registration(), &UNTOLD);
    answers(&lock(LockFlag::Lock), &TOLD);
    answers(&lock(LockFlag::Block), &TOLD);
    answers(&add_card(), &TOLD);
    answers(&TopUp::new(CUSTOMER, Decimal::new(700, 2)), &UNTOLD);

    let replaced = CardReplacement::new(CUSTOMER).old_kit_no(KIT);
    answers(&replaced, &UNTOLD);
    // Who has the new kit now may have had it before.
    let by_kit = Answers { done: None, ..TOLD };
    answers(&replaced.new_kit_no("100000008888"), &by_kit);

    answers(&UpdateCustomer::new(CUSTOMER).city("Kochi"), &UNTOLD);
    let no_cash = CustomerPreference::new(CUSTOMER).status(PreferenceStatus::NotAllowed);
    answers(&no_cash.channel(Channel::Atm), &UNTOLD);
    answers(&SetPin::new(CUSTOMER, KIT, "7141", "1249"), &UNTOLD);
    let kyc = UpdateKycStatus {
        entity_id: CUSTOMER.into(),
        doc_type: "PAN".into(),
        doc_number: "ABCDE1234F".into(),
        kyc_type: KycType::Full,
        reg_date: "2026-01-20".into(),
        reason_desc: "Verified".into(),
        update_kyc_address: None,
    };
    answers(&kyc, &UNTOLD);
    let born = Date::new(1990, 1, 31).unwrap();
    answers(&ForgotPassword::new("9000000978", born), &UNTOLD);
    answers(&GenerateOtp::new("9000000777"), &UNTOLD);
}
