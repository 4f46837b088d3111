//! Paysafe Embedded Wallets (Europe): a customer's prepaid cards, read as JSON
//! page by page, and the events that tell of them.

mod access_token;
mod card;
mod card_status_update;
mod card_token_update;
mod card_tokenization;
mod create_prepaid_card;
mod error;
mod event;
mod get_prepaid_card;
mod list_prepaid_cards;
mod update_prepaid_card;
mod us_address;

pub use access_token::AccessToken;
pub use card::{
    Action, AvailableAction, Card, CardStatus, CardType, CardView, DeliveryAddress,
    DeliveryAddressView, Expiry, MobileWalletTokenization, MobileWalletTokenizationView, Scheme,
    TokenizationStatus, Tokenizations, TokenizationsView, WalletType,
};
pub use card_status_update::CardStatusUpdate;
pub use card_token_update::{CardTokenUpdate, TokenAction};
pub use card_tokenization::{
    ActivationMethod, CardTokenization, CreatorStatus, DeviceType, EnrollmentStatus, TokenWallet,
};
pub use create_prepaid_card::{CardAddress, CreatePrepaidCard};
pub use error::{ErrorBodies, ErrorBody, ErrorDetails, FieldError};
pub use event::{Event, EventKind};
pub use get_prepaid_card::{CardInclude, GetPrepaidCard};
pub use list_prepaid_cards::{CardPage, CardPageView, Include, ListPrepaidCards, Meta};
pub use update_prepaid_card::{UpdatePrepaidCard, UpdatedCard};
