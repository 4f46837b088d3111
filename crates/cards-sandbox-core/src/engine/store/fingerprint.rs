//! Makes the fingerprints that stand for secret numbers in the database.

use hmac::{Hmac, KeyInit, Mac};
use rusqlite::Connection;
use sha2::Sha256;

/// Makes fingerprints under the store's key: the same number gives the same
/// one, in this store only.
///
/// The key is read inside the transaction that compares or writes: a world
/// that is loaded brings the key of its own fingerprints along.
pub struct Fingerprints([u8; 32]);

impl Fingerprints {
    /// Makes fingerprints with the key of this store.
    pub fn of(connection: &Connection) -> rusqlite::Result<Self> {
        let sql = "SELECT value FROM setting WHERE name = 'fingerprint_key'";
        let key = connection
            .prepare_cached(sql)?
            .query_row([], |row| row.get(0))?;
        Ok(Self(key))
    }

    /// Makes fingerprints with this key, which is the store's from now on.
    pub(crate) fn adopt(connection: &Connection, key: [u8; 32]) -> rusqlite::Result<Self> {
        let sql = "UPDATE setting SET value = ?1 WHERE name = 'fingerprint_key'";
        connection.prepare_cached(sql)?.execute([&key[..]])?;
        Ok(Self(key))
    }

    /// The key, which is as secret as the store itself.
    pub fn key(&self) -> &[u8; 32] {
        &self.0
    }

    /// Makes the fingerprint of a number.
    pub fn make(&self, number: &str) -> [u8; 32] {
        fingerprint(&self.0, number)
    }
}

pub(crate) fn fingerprint(key: &[u8; 32], number: &str) -> [u8; 32] {
    // HMAC fills a key up to a block with zeros; done here, nothing can fail.
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(number.as_bytes());
    mac.finalize().into_bytes().into()
}
