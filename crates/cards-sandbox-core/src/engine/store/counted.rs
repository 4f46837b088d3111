//! Reads how many rows a table has, and where the row of a number is, from what its triggers count.

use rusqlite::{Connection, OptionalExtension, params};

/// A table whose triggers keep `row_count`: all its rows, and for [`Counted::place`] those of each
/// block of ids.
///
/// Neither costs more where there are more rows: a sandbox may hold a million, and is asked for pages
/// of them by number.
#[derive(Clone, Copy, Debug)]
pub struct Counted {
    table: &'static str,
}

/// The place of a row among all, by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowPlace {
    /// The id from which on to look.
    pub from: i64,
    /// The rows from there on that come before it.
    pub before: i64,
}

/// The low bits of an id that name no block: all rows are in one.
const ALL: i64 = 63;
/// The same of the blocks of ids, the larger first.
const BLOCKS: [i64; 3] = [15, 10, 5];

impl Counted {
    /// The rows of this table.
    pub const fn new(table: &'static str) -> Self {
        Self { table }
    }

    /// Counts the rows.
    ///
    /// # Errors
    ///
    /// The store cannot be read.
    pub fn count(&self, connection: &Connection) -> rusqlite::Result<u64> {
        let sql = "SELECT rows FROM row_count WHERE name = ?1 AND bits = ?2 AND block = 0";
        let rows: Option<i64> = connection
            .prepare_cached(sql)?
            .query_row(params![self.table, ALL], |row| row.get(0))
            .optional()?;
        Ok(rows.unwrap_or(0).unsigned_abs())
    }

    /// Finds the row that has so many others before it, by id. `None`: there are no more than that.
    ///
    /// # Errors
    ///
    /// The store cannot be read.
    pub fn place(
        &self,
        connection: &Connection,
        offset: u64,
    ) -> rusqlite::Result<Option<RowPlace>> {
        let sql = "SELECT block, rows FROM row_count
            WHERE name = ?1 AND bits = ?2 AND block BETWEEN ?3 AND ?4 AND rows > 0 ORDER BY block";
        let mut blocks = connection.prepare_cached(sql)?;
        let Ok(mut before) = i64::try_from(offset) else {
            return Ok(None);
        };
        let (mut first, mut last) = (i64::MIN, i64::MAX);
        for bits in BLOCKS {
            let bounds = params![self.table, bits, first >> bits, last >> bits];
            let mut blocks = blocks.query(bounds)?;
            let found = loop {
                let Some(row) = blocks.next()? else {
                    return Ok(None);
                };
                let (block, rows): (i64, i64) = (row.get(0)?, row.get(1)?);
                if before < rows {
                    break block;
                }
                before -= rows;
            };
            first = found << bits;
            last = first | !(-1 << bits);
        }
        Ok(Some(RowPlace {
            from: first,
            before,
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Ids on both sides of the blocks' bounds, below nothing too.
    const IDS: [i64; 14] = [
        -70_000, -33, -32, -1, 0, 31, 32, 1_023, 1_024, 32_767, 32_768, 40_000, 70_000, 5_000_000,
    ];

    #[test]
    fn the_row_of_each_number_is_found() {
        let connection = Connection::open_in_memory().unwrap();
        let sql = "CREATE TABLE row_count (name TEXT, bits INT, block INT, rows INT)";
        connection.execute(sql, []).unwrap();
        let mut counts = BTreeMap::<(i64, i64), i64>::new();
        for id in IDS {
            for bits in BLOCKS {
                *counts.entry((bits, id >> bits)).or_default() += 1;
            }
            *counts.entry((ALL, 0)).or_default() += 1;
        }
        for ((bits, block), rows) in counts {
            let sql = "INSERT INTO row_count VALUES ('card', ?1, ?2, ?3)";
            connection.execute(sql, params![bits, block, rows]).unwrap();
        }
        let cards = Counted::new("card");
        assert_eq!(cards.count(&connection).unwrap(), IDS.len() as u64);
        for (at, id) in IDS.iter().enumerate() {
            let place = cards.place(&connection, at as u64).unwrap().unwrap();
            let mut behind = IDS.iter().filter(|other| **other >= place.from);
            assert_eq!(
                behind.nth(place.before as usize),
                Some(id),
                "{at}: {place:?}"
            );
            // It is near: no more than a small block is gone through.
            assert!(id - place.from < 1 << BLOCKS[2], "{at}: {place:?}");
        }
        for beyond in [IDS.len() as u64, u64::MAX] {
            assert_eq!(cards.place(&connection, beyond).unwrap(), None);
        }
        assert_eq!(Counted::new("none").count(&connection).unwrap(), 0);
    }
}
