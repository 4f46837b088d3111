//! Passwords, kept as Argon2id hashes.
//!
//! The cost is far below what a real service would choose (1 MiB, one pass),
//! so that a thousand registrations in a test take about a second. The hash
//! names its parameters, so raising them leaves stored ones readable.

use argon2::password_hash::PasswordHasher;
use argon2::password_hash::phc::PasswordHash;
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Params, PasswordVerifier, Version};

use crate::store::StoreError;

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

/// Whether this is the password that was hashed.
pub(super) fn verify(password: &str, hash: &str) -> bool {
    Argon2::default()
        .verify_password(password.as_bytes(), hash)
        .is_ok()
}

/// Whether this is such a hash, and not a password by mistake; and whether it
/// is verified at a bounded cost.
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

    /// At the least cost, and fewer than of anything else that is drawn: even so
    /// each takes half a millisecond.
    #[test]
    fn every_hash_is_taken_as_one() {
        let params = Params::new(8, 1, 1, None).unwrap();
        let cheap = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        for _ in 0..crate::testing::DRAWS / 10 {
            let hash: PasswordHash = cheap.hash_password(b"PaSwd@1234").unwrap();
            assert!(is_hash(&hash.to_string()));
        }
    }

    #[test]
    fn a_hash_that_would_cost_too_much_is_none() {
        let own = hash("PaSwd@1234").unwrap();
        assert!(is_hash(&own));
        assert!(!is_hash("PaSwd@1234"));
        let own_start = "$argon2id$v=19$m=1024,t=1,p=1$";
        for (start, is_taken) in [
            ("$argon2id$v=19$m=65536,t=16,p=1$", true),
            ("$argon2id$v=19$m=8,t=1,p=1$", true),
            ("$argon2id$v=19$m=65537,t=1,p=1$", false),
            ("$argon2id$v=19$m=7,t=1,p=1$", false),
            ("$argon2id$v=19$m=1024,t=17,p=1$", false),
            ("$argon2id$v=19$m=1024,t=0,p=1$", false),
            ("$argon2id$v=19$m=1024,t=1,p=2$", false),
            ("$argon2id$v=19$m=4294967295,t=4294967295,p=1$", false),
            ("$argon2id$v=16$m=1024,t=1,p=1$", false),
            ("$argon2id$m=1024,t=1,p=1$", false),
            ("$argon2i$v=19$m=1024,t=1,p=1$", false),
            ("$argon2d$v=19$m=1024,t=1,p=1$", false),
            ("$pbkdf2-sha256$i=1000$", false),
        ] {
            assert_eq!(is_hash(&own.replace(own_start, start)), is_taken, "{start}");
        }
        let salt_only = own.rsplit_once('$').unwrap().0;
        assert!(!is_hash(salt_only));
        assert!(!is_hash("$argon2id$v=19$m=1024,t=1,p=1"));
    }
}
