//! Passwords, kept as Argon2id hashes.
//!
//! The cost is far below what a real service would choose (1 MiB, one pass),
//! so that a thousand registrations in a test take about a second. The hash
//! names its parameters, so raising them leaves stored ones readable.

use argon2::password_hash::PasswordHasher;
use argon2::password_hash::phc::PasswordHash;
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Params, PasswordVerifier, Version};

use cards_sandbox_core::store::StoreError;

const MEMORY_KIB: u32 = 1024;
const PASSES: u32 = 1;

/// The dearest hash that is taken: whoever loads one decides what every login
/// against it costs.
const MOST_MEMORY_KIB: u32 = 64 * 1024;
const MOST_PASSES: u32 = 16;

/// Hashes with a fresh salt. It takes about a millisecond of work.
pub(super) fn hash(password: &str) -> Result<String, StoreError> {
    let hashed: Result<PasswordHash, _> = hasher()?.hash_password(password.as_bytes());
    Ok(hashed.map_err(|_| StoreError::Hash)?.to_string())
}

/// Tells whether this is the password that was hashed.
pub(super) fn verify(password: &str, hash: &str) -> bool {
    Argon2::default()
        .verify_password(password.as_bytes(), hash)
        .is_ok()
}

/// Tells whether this is such a hash, and not a password by mistake; and whether it is verified at
/// a bounded cost.
pub(super) fn is_hash(text: &str) -> bool {
    PasswordHash::new(text).is_ok_and(|hash| {
        let is_affordable = |params: Params| {
            params.m_cost() <= MOST_MEMORY_KIB
                && params.t_cost() <= MOST_PASSES
                && params.p_cost() == 1
        };
        hash.algorithm == ARGON2ID_IDENT
            && hash.version == Some(Version::V0x13.into())
            && hash.salt.is_some()
            && hash.hash.is_some()
            && Params::try_from(&hash.params).is_ok_and(is_affordable)
    })
}

fn hasher() -> Result<Argon2<'static>, StoreError> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|_| StoreError::Hash)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests;
