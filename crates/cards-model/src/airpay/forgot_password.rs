//! `POST /airpay/ms/cards/api/forgot-password`
//!
//! Airpay, Forgot Password: a public page beside the five documents. Gives a
//! link with which a customer sets a new password; the page says that it is sent
//! to the mobile number too.

use serde::{Deserialize, Serialize};

use crate::capability::{Capability, Source};
use crate::operation::Operation;
use crate::provider::{Effect, Method, ProviderId};
use crate::rule;
use crate::sensitive::{Personal, Secret};

crate::request! {
    operation: Operation::new(
        ProviderId::AIRPAY,
        "forgot-password",
        Method::Post,
        "/airpay/ms/cards/api/forgot-password",
        Effect::Mutation,
        "Airpay Forgot Password",
    )
    .offers(&[Capability::ResetPassword])
    .known_from(Source::Reference),
    body: form in ["mobile_no", "dob"],
    /// Asks for a link to set a new password.
    ///
    /// ```
    /// use cards_model::Date;
    /// use cards_model::airpay::ForgotPassword;
    ///
    /// let forgot = ForgotPassword::new("9000000978", Date::new(1990, 1, 31)?);
    /// # Ok::<(), cards_model::DateError>(())
    /// ```
    pub struct ForgotPassword {
        /// Mobile number: 1 to 10 digits.
        #[validate(length(max = 10), custom(function = rule::required), custom(function = rule::digits))]
        "mobile_no" in "Parameter, mobile_no" sampled "9XXXXXX978" => pub mobile_no: Personal,
        /// Date of birth as `YYYY-MM-DD`. See [`Date`](crate::Date).
        #[validate(
            custom(function = rule::required), custom(function = rule::calendar_date),
            custom(function = rule::not_after_today, use_context)
        )]
        "dob" in "Parameter, dob" sampled "1958-01-02" => pub dob: Personal,
    }
    /// The customer with this number, born on this day.
    fn new(mobile_no: Personal, dob: Personal);
}

/// A link to set a new password (Success, `data`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ResetLink {
    /// The link, with which anybody can set the password, so that it is shown nowhere.
    pub url: Secret,
}
