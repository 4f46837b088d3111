//! `POST /api/v1/customer/simulations/payins`
//!
//! Ibanera, Simulated testing: a page beside the five documents. Only the provider's
//! sandbox has the call, which a client cannot tell by an address: sent elsewhere, it
//! is refused there.
//!
//! Every call pays in: a repetition pays in once more, and nothing in it lets the
//! provider see that it is one. No client sends it again once it may have been sent.

use serde::Serialize;

use crate::amount::Amount;
use crate::capability::{Capability, Source};
use crate::open_enum::open_enum;
use crate::operation::Operation;
use crate::provider::{Effect, Method, ProviderId};
use crate::rule;
use crate::sensitive::Personal;

crate::request! {
    operation: Operation::new(
        ProviderId::IBANERA,
        "simulate-payin",
        Method::Post,
        "/api/v1/customer/simulations/payins",
        Effect::Mutation,
        "Ibanera Simulated Testing",
    )
    .offers(&[Capability::Load])
    .known_from(Source::Reference),
    body: json,
    /// Pays an amount into an account of the provider's sandbox, as a bank would.
    ///
    /// ```
    /// use cards_model::ibanera::{SimulatePayin, TransferType};
    /// use cards_model::{Decimal, Request};
    ///
    /// let payin = SimulatePayin::new(1001, TransferType::Ach, Decimal::new(550, 2));
    /// assert_eq!(
    ///     payin.json(),
    ///     r#"{"DestinationAccountId":1001,"TransferType":"ACH","Amount":5.50}"#
    /// );
    /// ```
    pub struct SimulatePayin {
        /// The id of the account, at least 1.
        #[serde(default)]
        #[validate(required, range(min = 1))]
        "DestinationAccountId" in "Body, DestinationAccountId" sampled "1001"
            => pub destination_account_id: Option<i64>,
        /// The way of the payment.
        #[validate(custom(function = rule::required), custom(function = rule::listed))]
        "TransferType" in "Body, TransferType" sampled "ACH" => pub transfer_type: TransferType,
        /// The amount, above 0: at most 12 digits, and 2 behind the point. The page says
        /// no more than that it is a decimal: the limits are an assumption.
        #[validate(custom(function = rule::required), custom(function = rule::amount))]
        "Amount" in "Body, Amount" sampled "5" => pub amount: Amount,
        /// The name of who pays.
        #[serde(default)]
        "Name" in "Body, Name" sampled "Customer Name" => pub name: Option<Personal>,
        /// The reference, which a pooled account needs.
        #[serde(default)]
        "Reference" in "Body, Reference" sampled "1234567890" => pub reference: Option<Personal>,
    }
    /// A payment of an amount into an account.
    fn new(destination_account_id: i64, transfer_type: TransferType, amount: Amount);
}

/// Says that an amount was paid in: the reply holds nothing else.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PaidIn {}

open_enum! {
    /// The way of a payment (Body, `TransferType`).
    pub enum TransferType {
        /// Within the US, in a batch.
        Ach = "ACH",
        /// Within the US, at once.
        Wire = "WIRE",
        /// International.
        Swift = "SWIFT",
    }
}
