//! `POST /airpay/ms/cards/api/update-kyc-status`
//!
//! Airpay, Update KYC Status: a public page beside the five documents. Changes
//! the degree to which a customer is known, with the document that proves it.

use crate::capability::{Capability, Source};
use crate::open_enum::open_enum;
use crate::operation::Operation;
use crate::provider::{Effect, Method, ProviderId};
use crate::rule;
use crate::sensitive::Personal;

crate::request! {
    operation: Operation::new(
        ProviderId::AIRPAY,
        "update-kyc-status",
        Method::Post,
        "/airpay/ms/cards/api/update-kyc-status",
        Effect::Mutation,
        "Airpay Update KYC Status",
    )
    .offers(&[Capability::Kyc])
    .known_from(Source::Reference),
    body: form in [
        "entity_id", "doc_type", "doc_number", "kyc_type", "reg_date", "reason_desc",
        "update_kyc_address",
    ],
    /// Changes a customer's KYC level.
    ///
    /// ```
    /// use cards_model::airpay::{KycType, UpdateKycStatus};
    /// use cards_model::{Date, Request, Rules};
    ///
    /// let verified = UpdateKycStatus {
    ///     entity_id: "AIRPAYCUST0001".into(),
    ///     doc_type: "PAN".into(),
    ///     doc_number: "ABCDE1234F".into(),
    ///     kyc_type: KycType::Full,
    ///     reg_date: Date::new(2026, 11, 20)?.to_string(),
    ///     reason_desc: "Verified".into(),
    ///     update_kyc_address: None,
    /// };
    /// verified.check(&Rules::on(Date::new(2026, 11, 21)?))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct UpdateKycStatus {
        /// The customer's id: 1 to 50 characters.
        #[validate(length(max = 50), custom(function = rule::required))]
        "entity_id" in "Parameter, entity_id"
            sampled "91f5evhk72f56432ec678sdfes685h42sd2t21k430912508233b7r37562g2hps"
            => pub entity_id: String,
        /// Kind of identity document: `PAN`, `passport` and the like.
        #[validate(custom(function = rule::required))]
        "doc_type" in "Parameter, doc_type" sampled "PAN" => pub doc_type: String,
        /// Number of that document.
        #[validate(custom(function = rule::required))]
        "doc_number" in "Parameter, doc_number" => pub doc_number: Personal,
        /// The new level.
        #[validate(custom(function = rule::required), custom(function = rule::listed))]
        "kyc_type" in "Parameter, kyc_type" sampled "MIN" => pub kyc_type: KycType,
        /// Day of the registration as `YYYY-MM-DD`. See [`Date`](crate::Date).
        #[validate(custom(function = rule::required), custom(function = rule::calendar_date))]
        "reg_date" in "Parameter, reg_date" sampled "2018-10-25" => pub reg_date: String,
        /// The reason, in free words.
        #[validate(custom(function = rule::required))]
        "reason_desc" in "Parameter, reason_desc" sampled "Kyc Details Updation"
            => pub reason_desc: Personal,
        /// The new address, where it changes too.
        "update_kyc_address" in "Parameter, update_kyc_address" sampled "Address"
            => pub update_kyc_address: Option<Personal>,
    }
}

open_enum! {
    /// The degree to which a customer is known (Parameter, `kyc_type`).
    pub enum KycType {
        /// The minimum. Assumption: it is what a registration calls `MIN_KYC`.
        Minimum = "MIN",
        /// Full.
        Full = "FULL",
        /// Partial.
        Partial = "PARTIAL",
    }
}
