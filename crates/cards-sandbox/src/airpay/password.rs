//! Passwords, kept as Argon2id hashes.
//!
//! The cost is far below what a real service would choose (1 MiB, one pass),
//! so that a thousand registrations in a test take about a second. The hash
//! names its parameters, so raising them leaves stored ones readable.

use argon2::password_hash::PasswordHasher;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordVerifier, Version};

use crate::store::StoreError;

const MEMORY_KIB: u32 = 1024;
const PASSES: u32 = 1;

/// Hashes with a fresh salt. It takes about a millisecond of work.
pub(super) fn hash(password: &str) -> Result<String, StoreError> {
    let hashed: Result<PasswordHash, _> = hasher()?.hash_password(password.as_bytes());
    Ok(hashed.map_err(|_| StoreError::Hash)?.to_string())
}

/// Whether this is the password that was hashed.
pub(super) fn verify(password: &str, hash: &str) -> bool {
    Argon2::default()
        .verify_password(password.as_bytes(), hash)
        .is_ok()
}

/// Whether this is such a hash, and not a password by mistake.
pub(super) fn is_hash(text: &str) -> bool {
    PasswordHash::new(text).is_ok_and(|hash| hash.hash.is_some())
}

fn hasher() -> Result<Argon2<'static>, StoreError> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|_| StoreError::Hash)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_verifies_its_password_only_and_has_its_own_salt() {
        let first = hash("PaSwd@1234").unwrap();
        assert!(
            first.starts_with("$argon2id$v=19$m=1024,t=1,p=1$"),
            "{first}"
        );
        assert!(verify("PaSwd@1234", &first));
        assert!(!verify("PaSwd@1235", &first));
        assert!(!verify("PaSwd@1234", "no hash at all"));
        assert_ne!(first, hash("PaSwd@1234").unwrap());
    }
}
