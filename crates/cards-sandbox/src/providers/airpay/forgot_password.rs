//! `POST /airpay/ms/cards/api/forgot-password`
//!
//! Airpay, Forgot Password. A link for the one customer who has the number and the day of birth; a
//! token in it, of which a digest is kept, sets a new password once: see [`password_reset`].

use cards_model::airpay::ForgotPassword;
use rusqlite::{Connection, params};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::access::Access;
use super::call::Handle;
use super::password_reset;
use super::reply::Refusal;
use super::test_values::is;
use cards_sandbox_core::app::App;
use cards_sandbox_core::openapi::About;
use cards_sandbox_core::test_values::TestValues;

/// `data` of the success.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AirpayResetLink")]
pub(crate) struct ResetLink {
    /// The link, at the address at which the sandbox was called.
    url: String,
}

impl Handle for ForgotPassword {
    const ACCESS: Access = Access::Affiliate;
    const ABOUT: About = About {
        tag: "customers",
        summary: "Get a link to set a new password",
        text: "A link for the customer who has the mobile number and the day of birth. Nothing is sent \
               to the number. The sandbox's link leads to its own control API, where a new password \
               is set with the token in it, once and within 30 minutes. Assumption: where no customer \
               or more than one has both, the answer is the documented failure.",
        page: Some("https://docs.airpay.co.in/v4/prepaid-card/forgot-password/"),
    };
    const TEST_VALUES: TestValues = &[&[
        is(
            "mobile_no",
            "6000000404",
            "no customer has this mobile number and day of birth",
        ),
        is(
            "mobile_no",
            "6000000409",
            "more than one customer has this mobile number and day of birth",
        ),
    ]];
    type Data = ResetLink;

    fn example() -> Value {
        json!({"url": "https://testcards.arpy.co.in/user/resetpass/AIRPAYCUST0001"})
    }

    fn place(data: &mut ResetLink, origin: &str) {
        data.url.insert_str(0, origin);
    }

    async fn carry_out(self, app: &App) -> Result<ResetLink, Refusal> {
        let now = app.now();
        app.store
            .write(move |transaction| {
                let found = customers(transaction, self.mobile_no.expose(), self.dob.expose())?;
                let [entity_id] = &found[..] else {
                    return Err(not_one(found.len()));
                };
                let token = password_reset::issue(transaction, entity_id, now)?;
                Ok(ResetLink {
                    url: password_reset::path(&token),
                })
            })
            .await
    }
}

/// Refuses alike for nobody and for more than one, and whichever part is wrong.
fn not_one(count: usize) -> Refusal {
    let why = match count {
        0 => "no customer has this mobile number and day of birth",
        _ => "more than one customer has this mobile number and day of birth",
    };
    Refusal::because(why)
}

/// The ids of those who have both, two at most.
fn customers(connection: &Connection, mobile_no: &str, dob: &str) -> rusqlite::Result<Vec<String>> {
    connection
        .prepare_cached(
            "SELECT entity_id FROM airpay_customer WHERE mobile_no = ?1 AND dob = ?2 LIMIT 2",
        )?
        .query_map(params![mobile_no, dob], |row| row.get(0))?
        .collect()
}

#[cfg(test)]
mod tests;
