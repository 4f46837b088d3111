//! What Airpay's three pages say.

use std::time::{SystemTime, UNIX_EPOCH};

use cards_transport::airpay::Airpay;
use cards_transport::blocking::Client;
use cards_transport::model::airpay::{
    CardType, Channel, CustomerPreference, DocType, Gender, PreferenceStatus, RegisterUser, Title,
    UpdateCustomer,
};
use cards_transport::model::{Date, Form};
use cards_transport::{CallOptions, ConfigError, Error, Retry, UreqTransport, Validation};

use crate::question::{Asker, Question, ensure, fails, told, vars};

pub(crate) fn questions(
    url: &str,
    transport: &UreqTransport,
    mutating: bool,
) -> Result<Vec<Question>, ConfigError> {
    let var = vars("CARDS_AIRPAY_BASE_URL", url.to_owned());
    let client = Client::new(Airpay::from_vars(&var)?, transport.clone());
    let wrong_key = |name: &str| match name {
        "CARDS_AIRPAY_SECRET_KEY" => Some("not-the-secret-key".to_owned()),
        other => var(other),
    };
    let stranger = Client::new(Airpay::from_vars(wrong_key)?, transport.clone());
    let anyway = CallOptions::new()
        .validation(Validation::Off)
        .retry(Retry::never());
    let mut asker = Asker::new("airpay");

    // Nobody has this id, so that nothing changes where a check is missing.
    let nobody = CustomerPreference::new("conformance-no-such-customer")
        .status(PreferenceStatus::Allowed)
        .channel(Channel::Contactless);
    asker.ask(
        "an unknown customer is refused with status 400",
        &["AP-REPLY-status-400"],
        || fails(client.send(&nobody), Error::is_refused),
    );
    asker.ask(
        "a wrong checksum is refused",
        &["AP-HEADER-checksum-required"],
        || {
            fails(stranger.send(&nobody), |error| {
                error.is_refused() || error.is_unauthorized()
            })
        },
    );
    if !mutating {
        for asked in ["a registration", "a change of address", "a preference"] {
            asker.skip(asked, &[], "it changes the server's state; give --mutating");
        }
        return Ok(asker.done());
    }

    let request = registration();
    let mut entity_id = None;
    asker.ask(
        "a registration brings an entity id",
        &["AR-REPLY-data-entity_id"],
        || {
            let reply = client.send(&request).map_err(told)?;
            ensure(!reply.entity_id.is_empty(), "the entity id is empty")?;
            entity_id = Some(reply.entity_id.clone());
            Ok(())
        },
    );
    asker.ask(
        "a registration that breaks a rule is refused",
        &["AR-BODY-card_type-closed"],
        || {
            let broken = RegisterUser {
                card_type: CardType::from("X"),
                ..registration()
            };
            fails(client.send_with(&broken, &anyway), |error| {
                error.is_refused()
            })
        },
    );
    asker.ask(
        "each required field is required",
        &["AR-BODY-otp-required"],
        || {
            let form = registration();
            let fields = form.fields();
            // The document's own example sends these two empty.
            let names = fields.iter().map(|(name, _)| *name);
            for name in names.filter(|name| !["otp", "doc_expiry"].contains(name)) {
                let emptied = fields
                    .iter()
                    .map(|&(n, v)| (n, if n == name { "" } else { v }));
                let broken = RegisterUser::from_fields(emptied);
                fails(client.send_with(&broken, &anyway), |error| {
                    error.is_refused()
                })
                .map_err(|why| format!("{name} left empty: {why}"))?;
            }
            Ok(())
        },
    );
    let Some(entity_id) = entity_id else {
        return Ok(asker.done());
    };
    asker.ask(
        "a change of address is acknowledged",
        &["AU-REPLY-status-200"],
        || {
            let update = UpdateCustomer::new(&entity_id)
                .city("Kochi")
                .state("Kerala");
            client.send(&update).map(drop).map_err(told)
        },
    );
    asker.ask(
        "a preference is acknowledged",
        &["AP-REPLY-status-200"],
        || {
            let preference = CustomerPreference {
                entity_id,
                ..nobody
            };
            client.send(&preference).map(drop).map_err(told)
        },
    );
    Ok(asker.done())
}

/// A customer who has not been there before: kit and card follow the clock.
fn registration() -> RegisterUser {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let unique = since.as_nanos() % 10_000_000_000;
    let today = Date::from_unix_seconds(i64::try_from(since.as_secs()).unwrap_or_default());
    RegisterUser {
        mobile_no: format!("{unique:010}").into(),
        kit_no: format!("{unique:012}"),
        card_type: CardType::Virtual,
        card_no: format!("462294{unique:010}").into(),
        card_expiry: format!("12/{:02}", (today.year() + 2) % 100),
        first_name: "Conformance".into(),
        last_name: "Check".into(),
        title: Title::Ms,
        gender: Gender::Female,
        dob: "1989-11-09".into(),
        email: format!("conformance{unique}@example.com").into(),
        address: "Kochi".into(),
        city: "Ernakulam".into(),
        state: "Kerala".into(),
        pincode: "689673".into(),
        doc_type: DocType::Aadhaar,
        doc_number: format!("{unique:011}").into(),
        doc_expiry: format!("{}-12-31", today.year() + 5).into(),
        doc_country_issue: "India".into(),
        otp: std::env::var("CARDS_AIRPAY_OTP")
            .unwrap_or_else(|_| "1234".to_owned())
            .into(),
        password: "PaSwd@1234".into(),
    }
}
