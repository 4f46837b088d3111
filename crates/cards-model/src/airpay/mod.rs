//! Airpay (India): the prepaid-card portal's calls, all of them form posts
//! under `/airpay/ms/cards/api/`, signed with a checksum.

mod add_card;
mod card_balance;
mod card_details;
mod card_replacement;
mod customer_preference;
mod envelope;
mod forgot_password;
mod generate_otp;
mod lock_unlock;
mod register_user;
mod set_pin;
mod topup;
mod update_customer;
mod update_kyc_status;
mod user_login;

pub use add_card::AddCard;
pub use card_balance::{Balance, CardBalance};
pub use card_details::{CardDetails, CardList, CardStatus, CustomerCard, CustomerCards};
pub use card_replacement::CardReplacement;
pub use customer_preference::{Channel, CustomerPreference, PreferenceStatus};
pub use envelope::{Acknowledged, Envelope};
pub use forgot_password::{ForgotPassword, ResetLink};
pub use generate_otp::GenerateOtp;
pub use lock_unlock::{LockFlag, LockUnlock};
pub use register_user::{CardType, DocType, Gender, KycStatus, RegisterUser, Registered, Title};
pub use set_pin::SetPin;
pub use topup::{TopUp, ToppedUp};
pub use update_customer::UpdateCustomer;
pub use update_kyc_status::{KycType, UpdateKycStatus};
pub use user_login::{LoggedIn, UserLogin};

/// The names of the headers that say who calls and for whom, beside the one of the checksum. Their
/// values are no part of it (Airpay: User Registration, Update Customer, Customer Preference;
/// Header tables).
pub const IDENTIFYING_HEADERS: [&str; 3] = ["affiliate", "processor-key", "token"];
