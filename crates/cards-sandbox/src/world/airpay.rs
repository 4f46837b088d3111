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

/// The first six digits of the card numbers that can be registered. Nobody's
/// card belongs in a sandbox, and numbers outside these ranges could be one.
///
/// ```
/// assert!(cards_sandbox::world::airpay::TEST_BINS.contains(&"462294"));
/// ```
#[rustfmt::skip]
pub const TEST_BINS: &[&str] = &[
    // The documents' own: 462294XXXXXX3713.
    "462294",
    // Visa, as published for testing by Stripe, PayPal, Cybersource,
    // Braintree, Worldpay and Cashfree: 4242424242424242, 4000000000000002,
    // 4000056655665556, 4111111111111111, 4012888888881881, 4005519200000004,
    // 4009348888881881, 4012000033330026, 4500600000000061, 4444333322221111,
    // 4917610000000000, 4462030000000000, 4706131211212123.
    "424242", "400000", "400005", "411111", "401288", "400551",
    "400934", "401200", "450060", "444433",
    "491761", "446203", "470613",
    // Mastercard, by the same: 5555555555554444, 5105105105105100,
    // 5200828282828210, 2223003122003222, 2223000048400011, 5424000000000015,
    // 5424180279791732, 5454545454545454, 5500000000000004, 5111111111111118,
    // 5409162669381034.
    "555555", "510510", "520082", "222300", "542400",
    "542418", "545454", "550000", "511111",
    "540916",
    // RuPay, by Cashfree: 6074825972083818.
    "607482",
];
