//! Schemas that list the documents' own values.

use cards_model::airpay::{CardType, KycStatus};
use schemars::{Schema, SchemaGenerator, json_schema};

use super::kyc;

cards_sandbox_core::listed! {
    kyc_status: KycStatus,
    card_type: CardType,
}

/// The level of a KYC after any call.
pub(super) fn kyc_level(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "enum": [kyc::MINIMUM, kyc::PARTIAL, kyc::FULL]})
}

/// The ways in which a card is locked.
pub(super) const LOCKS: [&str; 2] = ["L", "BL"];

pub(super) fn lock(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "enum": LOCKS})
}

/// The same, or null.
pub(super) fn lock_or_null(_: &mut SchemaGenerator) -> Schema {
    let [lock, for_good] = LOCKS;
    json_schema!({"type": ["string", "null"], "enum": [lock, for_good, null]})
}
