//! Ibanera's part of the world.

/// The user who may log in.
pub const USERNAME: &str = "sandbox";
/// The password that [`USERNAME`] logs in with.
pub const PASSWORD: &str = "Sandbox@1234";
/// The secret that [`USERNAME`] makes one-time passwords with (SHA-1, 6 digits, 30
/// seconds, the neighbouring steps are taken too), in base32. It is the secret
/// of RFC 6238's test vectors.
pub const TOTP_SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
/// A bearer token that never expires. It needs a one-time password like any
/// other.
pub const TOKEN: &str = "sandbox-ibanera-token";

/// The secret that the hash of an event is made with.
pub const WEBHOOK_SECRET: &str = "sandbox-ibanera-webhook-secret";

/// The header `Authorization` as the document prints it. Together with
/// [`SAMPLE_OTP`] it is taken, so that the documented requests work as printed.
pub const SAMPLE_AUTHORIZATION: &str = "YOUR_API_KEY";
/// The header `otp` as the document prints it.
pub const SAMPLE_OTP: &str = "text";

/// The card programmes.
pub const PROGRAMS: [i64; 2] = [1001, 1002];

/// A customer with several cards, one of them suppressed.
pub const CUSTOMER: i64 = 11057;
/// A person and a business of whom something has to be told again before a card is
/// made.
pub const REVIEWED: [i64; 2] = [11078, 11079];
/// The number of customers there are, with ids from [`CUSTOMER`] on.
pub const CUSTOMERS: i64 = 23;

/// The name of who holds a card, which is everybody's: the sample's.
pub const HOLDER: &str = "John Doe";
