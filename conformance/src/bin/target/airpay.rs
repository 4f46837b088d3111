//! Asks what Airpay's three pages say.

use std::time::{SystemTime, UNIX_EPOCH};

use cards_transport::airpay::Airpay;
use cards_transport::blocking::Client;
use cards_transport::model::airpay::{
    CardType, Channel, CustomerPreference, DocType, Gender, PreferenceStatus, RegisterUser, Title,
    UpdateCustomer, UserLogin,
};
use cards_transport::model::{Date, Form, Request as _};
use cards_transport::{
    BlockingTransport, Call, CallOptions, ConfigError, Error, Retry, UreqTransport, Validation,
    http,
};

use crate::question::{Asker, Question, ensure, fails, told, vars};

pub(crate) fn questions(
    url: &str,
    transport: &UreqTransport,
    mutating: bool,
) -> Result<Vec<Question>, ConfigError> {
    let var = vars("CARDS_AIRPAY_BASE_URL", url.to_owned());
    let airpay = Airpay::from_vars(&var)?;
    let wrong_key = |name: &str| match name {
        "CARDS_AIRPAY_SECRET_KEY" => Some("not-the-secret-key".to_owned()),
        other => var(other),
    };
    let server = Server {
        client: Client::new(airpay.clone(), transport.clone()),
        stranger: Client::new(Airpay::from_vars(wrong_key)?, transport.clone()),
        airpay,
        transport,
    };
    let mut asker = Asker::new("airpay");

    // The one call that changes nothing, and so the one to ask while reading.
    let login = var("CARDS_AIRPAY_MOBILE_NO").zip(var("CARDS_AIRPAY_PASSWORD"));
    match login {
        Some((mobile_no, password)) => {
            let login = UserLogin {
                mobile_no: mobile_no.into(),
                password: password.into(),
            };
            asker.ask("a login is signed, or refused", &SIGNED, || {
                server.takes_it_only_signed(&login)
            });
        }
        None => asker.skip(
            "a login is signed, or refused",
            &SIGNED,
            "set CARDS_AIRPAY_MOBILE_NO and CARDS_AIRPAY_PASSWORD",
        ),
    }
    if mutating {
        server.ask_all(&mut asker);
    } else {
        for asked in ["a registration", "a change of address", "a preference"] {
            asker.skip(asked, &[], "it changes the server's state; give --mutating");
        }
    }
    Ok(asker.done())
}

/// The requirements that every signed call stands for.
const SIGNED: [&str; 2] = [
    "AP-HEADER-checksum-required",
    "AP-HEADER-checksum-algorithm",
];

struct Server<'a> {
    airpay: Airpay,
    client: Client<Airpay, UreqTransport>,
    /// Signs with another key.
    stranger: Client<Airpay, UreqTransport>,
    transport: &'a UreqTransport,
}

impl Server<'_> {
    fn ask_all(&self, asker: &mut Asker) {
        let anyway = CallOptions::new()
            .validation(Validation::Off)
            .retry(Retry::never());
        let mut entity_id = None;
        asker.ask(
            "a registration brings an entity id",
            &["AR-REPLY-data-entity_id", "AR-REPLY-status-200"],
            || {
                let reply = self.client.send(&registration()).map_err(told)?;
                ensure(!reply.entity_id.is_empty(), "the entity id is empty")?;
                entity_id = Some(reply.entity_id.clone());
                Ok(())
            },
        );
        let Some(entity_id) = entity_id else { return };

        asker.ask(
            "a card type that is not listed is refused",
            &["AR-BODY-card_type-closed", "AR-REPLY-status-400"],
            || {
                let broken = RegisterUser {
                    card_type: CardType::from("X"),
                    ..registration()
                };
                fails(self.client.send_with(&broken, &anyway), Error::is_refused)
            },
        );
        // The document's own example sends these two empty.
        let names = RegisterUser::OPERATION
            .fields
            .iter()
            .map(|field| field.wire);
        let names: Vec<_> = names
            .filter(|name| !["otp", "doc_expiry"].contains(name))
            .collect();
        let rows: Vec<_> = names
            .iter()
            .map(|name| format!("AR-BODY-{name}-required"))
            .collect();
        let rows: Vec<_> = rows.iter().map(String::as_str).collect();
        asker.ask("a required field left empty is refused", &rows, || {
            for name in &names {
                let form = registration();
                let fields = form.fields();
                let emptied = fields
                    .iter()
                    .map(|&(n, v)| (n, if n == *name { "" } else { v }));
                let broken = RegisterUser::from_fields(emptied);
                fails(self.client.send_with(&broken, &anyway), Error::is_refused)
                    .map_err(|why| format!("{name} left empty: {why}"))?;
            }
            Ok(())
        });
        asker.ask(
            "a change of address is signed, or refused",
            &["AU-REPLY-status-200", "AU-HEADER-checksum-required"],
            || {
                let update = UpdateCustomer::new(&entity_id)
                    .city("Kochi")
                    .state("Kerala");
                self.takes_it_only_signed(&update)
            },
        );
        asker.ask(
            "a preference is signed, or refused",
            &["AP-REPLY-status-200", "AP-HEADER-checksum-required"],
            || {
                let preference = CustomerPreference::new(&entity_id)
                    .status(PreferenceStatus::Allowed)
                    .channel(Channel::Contactless);
                self.takes_it_only_signed(&preference)
            },
        );
        asker.ask(
            "a customer whom nobody knows is refused",
            &["AP-REPLY-status-400"],
            || {
                let nobody = CustomerPreference::new("conformance-no-such-customer");
                fails(self.client.send(&nobody), Error::is_refused)
            },
        );
    }

    /// The same call is taken as it is, and refused with the checksum of
    /// another key and without one.
    fn takes_it_only_signed<C: Call<Provider = Airpay>>(&self, call: &C) -> Result<(), String> {
        self.client.send(call).map_err(told)?;
        let is_no = |error: &Error| error.is_refused() || error.is_unauthorized();
        fails(self.stranger.send(call), is_no).map_err(|why| format!("wrong checksum: {why}"))?;
        let bare = |mut request: http::Request<_>, limits| {
            request.headers_mut().remove("checksum");
            self.transport.send(request, limits)
        };
        let unsigned = Client::new(self.airpay.clone(), bare);
        fails(unsigned.send(call), is_no).map_err(|why| format!("no checksum: {why}"))
    }
}

/// A customer who has not been there before: kit and card follow the clock. The
/// card number fails the Luhn check, so that it is nobody's.
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
        card_no: nobodys_card(unique).into(),
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

/// Sixteen digits of the documents' BIN whose check digit is wrong.
fn nobodys_card(unique: u128) -> String {
    let stem = format!("462294{:09}", unique % 1_000_000_000);
    let doubled = |(index, digit): (usize, u8)| {
        let digit = u32::from(digit - b'0');
        if index % 2 == 0 {
            digit * 2 / 10 + digit * 2 % 10
        } else {
            digit
        }
    };
    let sum: u32 = stem.bytes().enumerate().map(doubled).sum();
    let right = (10 - sum % 10) % 10;
    format!("{stem}{}", (right + 1) % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_card_is_nobodys() {
        // With a 7 at its end it would pass the Luhn check.
        assert_eq!(nobodys_card(0), "4622940000000008");
        assert_eq!(nobodys_card(u128::MAX).len(), 16);
    }
}
