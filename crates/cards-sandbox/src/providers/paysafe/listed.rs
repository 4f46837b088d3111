//! Schemas that list the document's own values.

use cards_model::paysafe::{Action, CardStatus, CardType, Scheme, TokenizationStatus, WalletType};

cards_sandbox_core::listed! {
    card_status: CardStatus,
    card_type: CardType,
    scheme: Scheme,
    wallet_type: WalletType,
    tokenization_status: TokenizationStatus,
    action: Action,
}
