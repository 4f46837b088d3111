//! `POST /airpay/ms/cards/api/customer-preference`
//!
//! Airpay, Customer Preference. The page's title calls it a read of bank
//! accounts, its text a "get", its parameters a switch; it is treated as a
//! mutation, which is the reading that cannot do harm.

use crate::capability::Capability;
use crate::open_enum::open_enum;
use crate::operation::Operation;
use crate::provider::{Effect, Method, ProviderId};
use crate::rule;

crate::request! {
    operation: Operation::new(
        ProviderId::AIRPAY,
        "customer-preference",
        Method::Post,
        "/airpay/ms/cards/api/customer-preference",
        Effect::Mutation,
        "Airpay Customer Preference",
    )
    .offers(&[Capability::Preferences]),
    body: form in ["entity_id", "status", "type"],
    /// Says whether a customer's card may be used in one kind of place.
    ///
    /// ```
    /// use cards_model::airpay::{Channel, CustomerPreference, PreferenceStatus};
    ///
    /// let no_cash = CustomerPreference::new("AIRPAYCUST0001")
    ///     .status(PreferenceStatus::NotAllowed)
    ///     .channel(Channel::Atm);
    /// ```
    pub struct CustomerPreference {
        /// The customer's id: 1 to 50 characters.
        #[validate(length(max = 50), custom(function = rule::required))]
        "entity_id" in "Parameter, entity_id"
            sampled "91f5evhk72f56432ec678sdfes685h42sd2t21k430912508233b7r37562g2hps"
            => pub entity_id: String,
        /// Allowed or not.
        #[validate(custom(function = rule::listed))]
        "status" in "Parameter, status" sampled "ALLOWED" => pub status: Option<PreferenceStatus>,
        /// The kind of place (`type` on the wire).
        #[validate(custom(function = rule::listed))]
        "type" in "Parameter, type" sampled "CONTACTLESS" => pub channel: Option<Channel>,
    }
    /// A call for the customer with this id, nothing else given yet.
    fn new(entity_id: String);
}

open_enum! {
    /// Says whether a use is allowed (Parameter, `status`).
    pub enum PreferenceStatus {
        /// Allowed.
        Allowed = "ALLOWED",
        /// Not allowed.
        NotAllowed = "NOTALLOWED",
    }
}

open_enum! {
    /// The kind of place where a card is used (Parameter, `type`).
    pub enum Channel {
        /// Cash machines.
        Atm = "ATM",
        /// Terminals in shops.
        Pos = "POS",
        /// Online shops.
        Ecom = "ECOM",
        /// Contactless terminals.
        Contactless = "CONTACTLESS",
    }
}
