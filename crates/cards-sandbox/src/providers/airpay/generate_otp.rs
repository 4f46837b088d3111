//! `POST /airpay/ms/cards/api/generate-otp`
//!
//! Airpay, Generate OTP, of which no public page tells more than the name: all of it is assumed. A
//! one-time password for a mobile number, in the place of the one before, which the control API
//! tells and a registration uses up.

use cards_model::airpay::GenerateOtp;
use serde_json::{Value, json};

use super::access::Access;
use super::call::Handle;
use super::control::LIFETIME;
use super::one_time_password;
use super::reply::{Nothing, Refusal};
use super::test_values::is;
use cards_sandbox_core::app::App;
use cards_sandbox_core::openapi::About;
use cards_sandbox_core::test_values::TestValues;

impl Handle for GenerateOtp {
    const ACCESS: Access = Access::Affiliate;
    const ABOUT: About = About {
        tag: "customers",
        summary: "Send a one-time password for a registration",
        text: "Assumption: all of it, for a document names this call and no public page shows its path \
               or its fields. A code of four digits for the mobile number, good for five minutes, one \
               registration and three wrong ones; it takes the place of the one before. Nothing is \
               sent: `GET /_sandbox/airpay/one-time-passwords/{mobile_no}` tells the code.",
        page: None,
    };
    const VALUES: &'static [(&'static str, &'static str)] = &[("mobile_no", "9000000777")];
    const TEST_VALUES: TestValues = &[&[is(
        "mobile_no",
        "6000000429",
        "every code is given out and not used",
    )]];
    type Data = Nothing;

    fn example() -> Value {
        json!([])
    }

    async fn carry_out(self, app: &App) -> Result<Nothing, Refusal> {
        let now = app.now();
        app.store
            .write(move |transaction| {
                let mobile_no = self.mobile_no.expose();
                one_time_password::forget(transaction, mobile_no)?;
                let code = one_time_password::issue(transaction, Some(mobile_no), now, LIFETIME)?;
                match code {
                    Some(_) => Ok([]),
                    None => Err(Refusal::because("every code is given out and not used")),
                }
            })
            .await
    }
}

#[cfg(test)]
mod tests;
