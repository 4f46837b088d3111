//! Numbers that a store draws once, so that what is counted from one of them meets nothing that is
//! counted in another store.

use std::ops::Range;

use rusqlite::{OptionalExtension, Transaction, params};
use uuid::Uuid;

/// Gives the number that this store has drawn under a name; where it has none yet, it draws one from
/// the range, which must not be empty. A reset keeps it, and so does a world that is put.
///
/// # Errors
///
/// The store cannot be read or written, or has another thing of this name.
pub fn drawn(transaction: &Transaction<'_>, name: &str, from: Range<u64>) -> rusqlite::Result<u64> {
    debug_assert!(!from.is_empty(), "a range to draw from");
    // Apart from the store's own settings.
    let name = format!("drawn {name}");
    let kept: Option<[u8; 8]> = transaction
        .prepare_cached("SELECT value FROM setting WHERE name = ?1")?
        .query_row([&name], |row| row.get(0))
        .optional()?;
    if let Some(kept) = kept {
        return Ok(u64::from_be_bytes(kept));
    }
    let (_, random) = Uuid::new_v4().as_u64_pair();
    let number = from.start + random % from.end.saturating_sub(from.start).max(1);
    transaction
        .prepare_cached("INSERT INTO setting (name, value) VALUES (?1, ?2)")?
        .execute(params![name, number.to_be_bytes()])?;
    Ok(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acme::open;
    use crate::engine::settings::Storage;
    use crate::engine::store::StoreError;

    #[tokio::test]
    async fn a_number_is_drawn_once_by_each_store_and_is_in_the_range() {
        const FROM: Range<u64> = 10_000_000_000..90_000_000_000;
        let (one, other) = (
            open(&Storage::Memory).unwrap(),
            open(&Storage::Memory).unwrap(),
        );
        let draw = |tx: &Transaction<'_>| Ok::<_, StoreError>(drawn(tx, "first", FROM)?);
        let first = one.write(draw).await.unwrap();
        assert!(FROM.contains(&first));
        assert_eq!(one.write(draw).await.unwrap(), first);
        let kept = one.replace(move |tx| draw(tx)).await.unwrap();
        assert_eq!(kept, first, "everything else is emptied");
        let another = |tx: &Transaction<'_>| Ok::<_, StoreError>(drawn(tx, "second", FROM)?);
        assert_ne!(one.write(another).await.unwrap(), first);
        assert_ne!(other.write(draw).await.unwrap(), first);
    }
}
