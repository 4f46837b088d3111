//! Airpay's part of the world.

/// The header `affiliate`.
pub const AFFILIATE: &str = "sandboxaff";
/// The header `processor-key`.
pub const PROCESSOR_KEY: &str = "sandbox-processor-key";
/// The secret key, which ends the text that a checksum is made of.
pub const SECRET_KEY: &str = "sandbox-secret-key";
/// A header `token` that never expires.
pub const TOKEN: &str = "sandbox-token";
/// The one-time password that every registration takes.
pub const ONE_TIME_PASSWORD: &str = "1234";

/// The placeholder that the documents print for every credential and id. It is taken as
/// `affiliate`, `processor-key` and `token`, and is the id of a customer, so
/// that the documented requests work as they are printed.
pub const PLACEHOLDER: &str = "91f5evhk72f56432ec678sdfes685h42sd2t21k430912508233b7r37562g2hps";

/// The address in the documents' requests, which any number of customers may
/// share: the examples of two calls use it for two customers.
pub const SAMPLE_EMAIL: &str = "xyz@airpay.co.in";

/// A customer who can log in, has a card, and is there from the start.
pub const CUSTOMER: &str = "AIRPAYCUST0001";
/// The mobile number that [`CUSTOMER`] sends to `user-login`.
pub const MOBILE_NO: &str = "9000000978";
/// The password that [`CUSTOMER`] sends to `user-login`.
pub const PASSWORD: &str = "PaSwd@1234";

/// ```
/// assert!(cards_sandbox::world::airpay::TEST_BINS.contains(&"462294"));
/// ```
pub use cards_sandbox_core::card_number::TEST_BINS;
