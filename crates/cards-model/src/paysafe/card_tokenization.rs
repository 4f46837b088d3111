//! `POST <your address>/prepaid/card/tokenization/events`
//!
//! Paysafe, Webhooks, Card tokenization.

use serde::{Deserialize, Serialize};

use super::card::WalletType;
use crate::date::Timestamp;
use crate::lenient;
use crate::open_enum::open_enum;
use crate::sensitive::{Personal, Secret};

/// Tells how far a card is on its way into a wallet.
///
/// ```
/// use cards_model::paysafe::{CardTokenization, EnrollmentStatus, TokenWallet, WalletType};
///
/// let event: CardTokenization = serde_json::from_str(
///     r#"{"id": "af5c8b52-0afd-4799-85ab-fe659a076932", "cardId": "C1", "walletType": "APPLE",
///         "deviceMobileNumber": "+35988000000", "enrollmentStatus": "ENROLLMENT_SUCCESSFUL"}"#,
/// )?;
/// assert_eq!(event.enrollment_status, Some(EnrollmentStatus::Successful));
/// assert_eq!(TokenWallet::Apple.wallet_type(), Some(WalletType::ApplePay));
/// assert!(!format!("{event:?}").contains("35988"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CardTokenization {
    /// An id, a UUID.
    #[serde(default, deserialize_with = "lenient::optional_text")]
    pub id: Option<String>,
    /// The card's id.
    #[serde(deserialize_with = "lenient::id")]
    pub card_id: String,
    /// The id of the customer whose card it is, at most 50 characters.
    #[serde(default, deserialize_with = "lenient::optional_text")]
    pub customer_id: Option<String>,
    /// The wallet.
    #[serde(default)]
    pub wallet_type: Option<TokenWallet>,
    /// The mobile number of the device.
    #[serde(default, deserialize_with = "lenient::text_if_any")]
    pub device_mobile_number: Option<Personal>,
    /// The IP address of the device.
    #[serde(default, deserialize_with = "lenient::text_if_any")]
    pub device_ip: Option<Personal>,
    /// The id of the device.
    #[serde(default, deserialize_with = "lenient::text_if_any")]
    pub device_id: Option<Personal>,
    /// The kind of device.
    #[serde(default)]
    pub device_type: Option<DeviceType>,
    /// The state of the token at who made it.
    #[serde(default)]
    pub creator_status: Option<CreatorStatus>,
    /// The language, in no documented form.
    #[serde(default, deserialize_with = "lenient::optional_text")]
    pub lang: Option<String>,
    /// The way in which the cardholder proves who they are.
    #[serde(default)]
    pub activation_method: Option<ActivationMethod>,
    /// The data of that way, such as a number or an address, or a code.
    #[serde(default, deserialize_with = "lenient::text_if_any")]
    pub activation_method_data: Option<Secret>,
    /// The time of the event.
    #[serde(default)]
    pub event_timestamp: Option<Timestamp>,
    /// The step that was reached.
    #[serde(default)]
    pub enrollment_status: Option<EnrollmentStatus>,
    /// The id of the event, which the page does not list here.
    #[serde(
        default,
        deserialize_with = "lenient::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub event_id: Option<String>,
}

open_enum! {
    /// The names of wallets in events, which are others than those of [`WalletType`].
    pub enum TokenWallet {
        /// Apple's.
        Apple = "APPLE",
        /// Google's.
        Google = "GOOGLE",
        /// A merchant's, for cards on file.
        Merchant = "MRCHTOKEN",
    }
}

impl TokenWallet {
    /// Gives the same wallet by its name at the card. `None`: it has none there.
    ///
    /// Assumption: `APPLE` is the card's `APPLE_PAY`, and `GOOGLE` its `GOOGLE_PAY`. No page says
    /// so.
    pub fn wallet_type(&self) -> Option<WalletType> {
        match self {
            Self::Apple => Some(WalletType::ApplePay),
            Self::Google => Some(WalletType::GooglePay),
            Self::Merchant | Self::Unknown(_) => None,
        }
    }
}

open_enum! {
    /// The kinds of device that hold a token. The page says no more of them.
    pub enum DeviceType {
        /// `POS`.
        Pos = "POS",
        /// `ATM`.
        Atm = "ATM",
        /// `GPT`.
        Gpt = "GPT",
    }
}

open_enum! {
    /// The states of a token at who made it.
    pub enum CreatorStatus {
        /// It can be used.
        Active = "A",
        /// It was deleted.
        Deleted = "D",
        /// It cannot be used.
        Inactive = "I",
        /// There is none.
        NotTokenised = "N",
        /// It is not decided.
        Pending = "P",
        /// It cannot be used for now.
        Suspended = "S",
        /// The page calls it unknown.
        NotKnown = "U",
        /// It was switched off.
        Deactivated = "X",
    }
}

open_enum! {
    /// The ways in which a cardholder proves who they are.
    pub enum ActivationMethod {
        /// None.
        NoMethod = "0",
        /// A text message.
        Sms = "1",
        /// An e-mail.
        Email = "2",
        /// A call centre without a person.
        AutomatedCallCentre = "3",
        /// A call centre with one.
        CallCentre = "4",
        /// A website.
        Website = "5",
        /// An app.
        App = "6",
        /// A call.
        VoiceCall = "7",
    }
}

open_enum! {
    /// The steps of a card's way into a wallet. The page lists more; its end was not seen.
    pub enum EnrollmentStatus {
        /// It began.
        Initiated = "TOKENIZATION_INITIATED",
        /// It failed.
        Failed = "TOKENIZATION_FAILED",
        /// The enrolment brought nothing.
        Unsuccessful = "TOKENIZATION_ENROLLMENT_UNSUCCESSFUL",
        /// The card is in the wallet.
        Successful = "ENROLLMENT_SUCCESSFUL",
        /// The cardholder was sent a code.
        OtpSent = "ACTIVATION_OTP_SENT",
    }
}
