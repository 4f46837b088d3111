//! Schemas that list the documents' own values.

use cards_model::airpay::{CardType, KycStatus};

cards_sandbox_core::listed! {
    kyc_status: KycStatus,
    card_type: CardType,
}
