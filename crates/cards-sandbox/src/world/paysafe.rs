//! Paysafe's part of the world.

/// The public prefix of the API; every documented path works without it too.
pub const PREFIX: &str = "/digitalwallets/v1";
/// Another prefix of the card calls, below which others call them.
pub const OTHER_PREFIX: &str = "/v2";
/// The brand in the path of the token call.
pub const BRAND: &str = "sandbox";
/// The client that may ask for tokens.
pub const CLIENT_ID: &str = "sandbox-client";
/// The secret that [`CLIENT_ID`] asks for tokens with.
pub const CLIENT_SECRET: &str = "sandbox-client-secret";
/// A bearer token that never expires.
pub const TOKEN: &str = "sandbox-paysafe-token";

/// The key, in base64, that requests are signed with where the sandbox checks that.
pub const SIGNATURE_KEY: &str = "c2FuZGJveC1zaWduYXR1cmUta2V5";

/// A customer with cards in every state, of both types and both schemes, some
/// of them in mobile wallets. The first card is the document's example.
pub const CUSTOMER: &str = "12345678";
/// A customer with [`MANY`] cards, for paging.
pub const CUSTOMER_WITH_MANY: &str = "87654321";
/// The number of that customer's cards.
pub const MANY: u32 = 137;
