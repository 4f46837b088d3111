//! `POST`, to a path that no public page tells.
//!
//! Airpay, Generate OTP: a call that the document of User Registration names
//! and no public page shows. Assumption: it takes the mobile number in
//! `mobile_no` and the affiliate's keys, as User Registration does, and answers as
//! all others do. Its path here is the sandbox's; a client sends it where it is
//! set to, and nowhere as long as nobody has set anything.

use crate::capability::{Capability, Source};
use crate::operation::Operation;
use crate::provider::{Effect, Method, ProviderId};
use crate::rule;
use crate::sensitive::Personal;

crate::request! {
    operation: Operation::new(
        ProviderId::AIRPAY,
        "generate-otp",
        Method::Post,
        "/airpay/ms/cards/api/generate-otp",
        Effect::Mutation,
        "Airpay Generate OTP",
    )
    .offers(&[Capability::OneTimePassword])
    .known_from(Source::Assumption),
    body: form in ["mobile_no"],
    /// Has a one-time password sent to a mobile number, for a registration.
    ///
    /// ```
    /// use cards_model::airpay::GenerateOtp;
    ///
    /// let otp = GenerateOtp::new("9000000777");
    /// ```
    pub struct GenerateOtp {
        /// Mobile number: 1 to 10 digits. Assumption: the name of the field is that of
        /// User Registration.
        #[validate(length(max = 10), custom(function = rule::required), custom(function = rule::digits))]
        "mobile_no" in "Assumption, mobile_no" => pub mobile_no: Personal,
    }
    /// A one-time password for this number.
    fn new(mobile_no: Personal);
}
