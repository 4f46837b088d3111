//! `POST /airpay/ms/cards/api/update-customer`
//!
//! Airpay, Update Customer. Changes what is given; what is absent stays as it is, and so does
//! what is empty, where the rules let it pass. The e-mail address must be nobody else's.

use cards_model::Personal;
use cards_model::airpay::UpdateCustomer;
use rusqlite::params;
use serde_json::{Value, json};

use super::access::Access;
use super::call::Handle;
use super::customers;
use super::reply::{Nothing, Refusal};
use super::settings::Airpay;
use super::test_values::{BY_CUSTOMER, TAKEN_EMAIL, TAKEN_MOBILE_NO};
use cards_sandbox_core::app::App;
use cards_sandbox_core::card_number;
use cards_sandbox_core::openapi::About;
use cards_sandbox_core::store::Fingerprints;
use cards_sandbox_core::test_values::TestValues;

impl Handle for UpdateCustomer {
    const ACCESS: Access = Access::Token;
    const ABOUT: About = About {
        tag: "customers",
        summary: "Change a customer",
        text: "Changes what is given and leaves the rest as it is. An empty e-mail address or \
               pincode is refused; any other field that is empty counts as not given. The e-mail \
               address must be nobody else's.",
        page: Some("https://docs.airpay.co.in/v4/prepaid-card/update-customer/"),
    };
    const TEST_VALUES: TestValues = &[BY_CUSTOMER, &[TAKEN_EMAIL, TAKEN_MOBILE_NO]];
    type Data = Nothing;

    fn example() -> Value {
        json!([])
    }

    async fn carry_out(self, app: &App) -> Result<Nothing, Refusal> {
        let is_unique = app.providers.get::<Airpay>().unique_mobile_numbers;
        app.store
            .write(move |transaction| {
                let fingerprints = Fingerprints::of(transaction)?;
                let email_key = non_empty(self.email.as_ref()).and_then(|email| {
                    customers::email_key(email, |email| fingerprints.make(email))
                });
                if customers::is_email_taken(transaction, email_key.as_ref(), &self.entity_id)? {
                    return Err(Refusal::because("email: another customer has it")
                        .breaks(customers::EMAIL_IS_UNIQUE));
                }
                let id = &self.entity_id;
                let mobile_no = masked(self.mobile_no.as_ref()).filter(|_| is_unique);
                if let Some(mobile_no) = mobile_no
                    && customers::is_mobile_no_taken(transaction, &mobile_no, id)?
                {
                    return Err(Refusal::because("mobile_no: another customer has it")
                        .breaks(customers::MOBILE_NO_IS_UNIQUE));
                }
                let changed = transaction
                    .prepare_cached(
                        "UPDATE airpay_customer SET
                            email = coalesce(?2, email),
                            email_key = CASE WHEN ?2 IS NULL THEN email_key ELSE ?3 END,
                            mobile_no = coalesce(?4, mobile_no),
                            address = coalesce(?5, address),
                            country = coalesce(?6, country),
                            city = coalesce(?7, city),
                            state = coalesce(?8, state),
                            pincode = coalesce(?9, pincode)
                         WHERE entity_id = ?1",
                    )?
                    .execute(params![
                        self.entity_id,
                        masked(self.email.as_ref()),
                        email_key,
                        masked(self.mobile_no.as_ref()),
                        masked(self.address.as_ref()),
                        masked(self.country.as_ref()),
                        masked(self.city.as_ref()),
                        masked(self.state.as_ref()),
                        masked(self.pincode.as_ref()),
                    ])?;
                if changed == 0 {
                    return Err(Refusal::because("entity_id: there is no such customer"));
                }
                Ok([])
            })
            .await
    }
}

fn non_empty(value: Option<&Personal>) -> Option<&str> {
    value.map(Personal::expose).filter(|text| !text.is_empty())
}

fn masked(value: Option<&Personal>) -> Option<String> {
    non_empty(value).map(card_number::masked)
}

#[cfg(test)]
mod tests;
