//! The checksum that signs an Airpay request, the signatures of Paysafe and Ibanera, and an explanation when one is refused.
//!
//! Airpay takes SHA-256 over the body's values, joined with nothing between them and followed by a secret key,
//! as 64 lowercase hex digits in the header `checksum` (Airpay: User Registration, Update Customer, Customer
//! Preference; Header tables). No document says in which order the values are joined, and a refusal says only
//! "fail". So this crate names the possible orders ([`Order`]), computes the digest ([`checksum`]), checks one in
//! constant time ([`verify`]), and works out what a wrong one was made from ([`explain`]).
//!
//! ```
//! use cards_sign::{Order, checksum, verify};
//!
//! let mut fields = [("entity_id", "E1"), ("status", "ALLOWED"), ("type", "ATM")];
//! Order::Table.arrange(&mut fields, &[]);
//!
//! let sum = checksum(fields.iter().map(|(_, value)| *value), b"test-secret");
//! let header = sum.to_hex();
//! assert_eq!(&*header, "e78ba833888b4be6ecc0c551770dadd53fbb0ea12e13627d6cbcc309af90773d");
//! assert!(verify(["E1", "ALLOWED", "ATM"], b"test-secret", &header));
//! ```
//!
//! # In scope
//!
//! Orders, the digest and its hex form, verification, and the explanation of a mismatch. Values go in borrowed,
//! already decoded, exactly as they are put into the body before the body is encoded. Beside that Paysafe's
//! `Signature`, HMAC-SHA-256 of a message's bytes ([`SignatureKey`]), and Ibanera's `webhook-signature`, SHA-256 of
//! a body's bytes followed by a secret ([`HashSecret`]). And all of it for many requests at once, over the cores
//! ([`Batch`]).
//!
//! # Out of scope
//!
//! - Which fields an operation has, in which order its table and its example list them, and whether a value is
//!   valid: the caller passes names and values.
//! - Encoding a body, sending it, and the header's name. No IO, no clock, no HTTP, and no threads but those of a
//!   [`Batch`].
//! - Keeping the secret of a checksum. It is borrowed for one call; wiping it is its owner's work.
//! - Ibanera's requests, which are not signed: only its callbacks are.
//!
//! # Invariants
//!
//! - The pre-image is never one buffer: values and secret are fed to the hash one by one, which holds two blocks at
//!   most. Making or checking a checksum allocates nothing, and what the hash held is wiped when it is dropped. A text
//!   that an explanation makes of a value or the secret is wiped too; not wiped are what a buffer leaves behind that
//!   grows, the hash of a secret, and what is read of a list or an object within a JSON body.
//! - No error, no `Debug`, no [`Explanation`] holds the secret or a field's value. An explanation holds field
//!   names only, and of those only the ones that the caller listed.
//! - Digests are compared in constant time, [`PartialEq`] of [`Checksum`] included, and whole: a truncated one is
//!   refused.
//! - Nothing panics, whatever the input, and [`explain`]'s work has a stated bound. A [`Batch`] passes on the panic of
//!   a function that it was given.
//! - Orders are stable: fields of equal standing keep the order they came in.

mod apply;
mod base;
mod batch;
mod blocks;
mod body_hash;
mod day;
mod digest;
mod draft;
mod encoding;
mod explain;
mod explanation;
mod given;
mod joint;
mod json_body;
mod json_layout;
mod mistake;
mod order;
mod recipe;
mod rewrite;
mod says;
mod search;
mod signature;
mod space;
mod way;

pub use batch::Batch;
pub use body_hash::{BodyHash, HashEncoding, HashMistake, HashSecret, HashSecretError};
pub use day::DateFormat;
pub use digest::{Checksum, ChecksumHex, ParseChecksumError, checksum, verify};
pub use encoding::Encoding;
pub use explain::{Explain, MAX_BYTES, MAX_FIELDS, explain};
pub use explanation::{Cause, Explanation};
pub use given::Given;
pub use json_body::is_json;
pub use json_layout::MOST_EXPLAINED_BYTES;
pub use mistake::{
    Charset, Cut, End, FieldRef, HmacKey, Json, Kept, LineBreak, Mistake, Names, Place, Reach,
    SecretForm, Twice,
};
pub use order::{Order, ParseOrderError};
pub use recipe::{ParseRecipeError, Recipe};
pub use rewrite::{Rewrite, Word};
pub use search::{MAX_HASHED, MAX_TRIED};
pub use signature::{Signature, SignatureKey, SignatureKeyError, SignatureMistake};
pub use way::Arrangement;
