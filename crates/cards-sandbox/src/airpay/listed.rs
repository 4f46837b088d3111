//! Schemas that list the documents' own values.

use cards_model::airpay::{CardType, KycStatus};

crate::listed::listed! {
    kyc_status: KycStatus,
    card_type: CardType,
}
