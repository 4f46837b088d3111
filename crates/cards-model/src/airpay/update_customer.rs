//! `POST /airpay/ms/cards/api/update-customer`
//!
//! Airpay, Update Customer: changes a customer's contact and address.

use validator::ValidationError;

use crate::capability::Capability;
use crate::operation::Operation;
use crate::provider::{Effect, Method, ProviderId};
use crate::rule;
use crate::rule_kind::{Rule, unmet_rule_at};
use crate::sensitive::Personal;

crate::request! {
    operation: Operation::new(
        ProviderId::AIRPAY,
        "update-customer",
        Method::Post,
        "/airpay/ms/cards/api/update-customer",
        Effect::Mutation,
        "Airpay Update Customer",
    )
    .offers(&[Capability::UpdateCustomer])
    .dependents(&[rule::indian_pincode("country", true)]),
    body: form in [
        "entity_id", "email", "mobile_no", "address", "city", "state", "country", "pincode",
    ],
    /// Changes what is given and leaves the rest as it is.
    ///
    /// ```
    /// use cards_model::airpay::UpdateCustomer;
    ///
    /// let update = UpdateCustomer::new("AIRPAYCUST0001").city("Kochi").pincode("682308");
    /// assert!(update.email.is_none());
    /// ```
    #[validate(schema(
        function = indian_pincode,
        skip_on_field_errors = false
    ))]
    pub struct UpdateCustomer {
        /// The customer's id: 1 to 50 characters.
        #[validate(length(max = 50), custom(function = rule::required))]
        "entity_id" in "Request Body, entity_id"
            sampled "91f5evhk72f56432ec678sdfes685h42sd2t21k430912508233b7r37562g2hps"
            => pub entity_id: String,
        /// E-mail address, not used by another customer.
        #[validate(custom(function = rule::required), custom(function = rule::email))]
        "email" in "Request Body, email" sampled "xyz@airpay.co.in" => pub email: Option<Personal>,
        /// Mobile number; this page states no rule for it.
        "mobile_no" in "Request Body, mobile_no" sampled "9XXXXXX879"
            => pub mobile_no: Option<Personal>,
        /// Address: letters, digits and spaces.
        #[validate(custom(function = rule::alphanumeric_and_spaces))]
        "address" in "Request Body, address" sampled "Address" => pub address: Option<Personal>,
        /// Country name.
        "country" in "Request Body, country" sampled "India" => pub country: Option<Personal>,
        /// City: letters, no spaces.
        #[validate(custom(function = rule::letters))]
        "city" in "Request Body, city" sampled "City" => pub city: Option<Personal>,
        /// State: letters, no spaces (other than when registering).
        #[validate(custom(function = rule::letters))]
        "state" in "Request Body, state" sampled "Kerala" => pub state: Option<Personal>,
        /// Pincode: 1 to 6 digits, 6 in India.
        #[validate(length(min = 1, max = 6), custom(function = rule::digits))]
        "pincode" in "Request Body, pincode" sampled "682308" => pub pincode: Option<Personal>,
    }
    /// A change of nothing yet, for the customer with this id.
    fn new(entity_id: String);
}

/// Six digits for India, and where no country is given, or an empty one: the document's portal
/// is Indian.
fn indian_pincode(form: &UpdateCustomer) -> Result<(), ValidationError> {
    let Some(pincode) = form.pincode.as_ref() else {
        return Ok(());
    };
    let in_india = form
        .country
        .as_ref()
        .map(|country| country.expose().trim())
        .is_none_or(|country| country.is_empty() || rule::is_india(country));
    // A text that is not a number of 1 to 6 digits breaks the field's own rules
    // already.
    let is_short = (1..rule::INDIAN_PINCODE).contains(&pincode.expose().len())
        && rule::digits(pincode).is_ok();
    if in_india && is_short {
        Err(unmet_rule_at(
            "pincode",
            Rule::Length,
            "exactly 6 digits in India",
        ))
    } else {
        Ok(())
    }
}
