//! `POST /airpay/ms/cards/api/lock-unlock`
//!
//! Airpay, Lock / Unlock: a public page beside the five documents. Locks a
//! card, unlocks it, or blocks it for good.
//!
//! The flag names a state, so sending it twice may well do no more than sending
//! it once; but the page does not say that a card may be locked again, a block
//! is permanent, and a late lock undoes what was done in the meantime. So it is a
//! mutation, which no client sends again by itself.

use crate::capability::{Capability, Source};
use crate::open_enum::open_enum;
use crate::operation::Operation;
use crate::provider::{Effect, Method, ProviderId};
use crate::rule;
use crate::sensitive::Personal;

crate::request! {
    operation: Operation::new(
        ProviderId::AIRPAY,
        "lock-unlock",
        Method::Post,
        "/airpay/ms/cards/api/lock-unlock",
        Effect::Mutation,
        "Airpay Lock / Unlock",
    )
    .offers(&[Capability::CardState])
    .known_from(Source::Reference),
    body: form in ["entity_id", "kit_no", "flag", "reason"],
    /// Locks a card, unlocks it, or blocks it for good.
    ///
    /// ```
    /// use cards_model::airpay::{LockFlag, LockUnlock};
    ///
    /// let lost = LockUnlock::new("AIRPAYCUST0001", "100000000978", LockFlag::Lock, "Lost");
    /// ```
    pub struct LockUnlock {
        /// The customer's id: 1 to 50 characters.
        #[validate(length(max = 50), custom(function = rule::required))]
        "entity_id" in "Parameter, entity_id"
            sampled "91f5evhk72f56432ec678sdfes685h42sd2t21k430912508233b7r37562g2hps"
            => pub entity_id: String,
        /// The kit number of the customer's card; the page gives no length.
        #[validate(custom(function = rule::required))]
        "kit_no" in "Parameter, kit_no" sampled "100000001111" => pub kit_no: String,
        /// Lock, unlock, or block for good.
        #[validate(custom(function = rule::required), custom(function = rule::listed))]
        "flag" in "Parameter, flag" sampled "L" => pub flag: LockFlag,
        /// The reason, in free words.
        #[validate(custom(function = rule::required))]
        "reason" in "Parameter, reason" sampled "Inactive" => pub reason: Personal,
    }
    /// The change of one customer's card.
    fn new(entity_id: String, kit_no: String, flag: LockFlag, reason: Personal);
}

open_enum! {
    /// The state to bring a card into (Parameter, `flag`).
    pub enum LockFlag {
        /// Locked, until it is unlocked.
        Lock = "L",
        /// Unlocked.
        Unlock = "UL",
        /// Blocked for good.
        Block = "BL",
    }
}
