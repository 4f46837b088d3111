//! Says what is wrong with a row that holds what it may not.

use rusqlite::types::{Type, ValueRef};
use rusqlite::{Error, Row};

use crate::engine::card_number;
use crate::engine::limits::ID;

/// Holds what is told of a damaged row.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Damage(String);

/// Reads a row by `read`. Where a value of it is not of its column's kind, the error names the table
/// and the row: by what `id` holds, a column that the row has. The value is not repeated.
///
/// # Errors
///
/// Those of `read`.
pub fn of_row<T>(
    table: &str,
    id: &str,
    row: &Row<'_>,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    read(row).map_err(|error| {
        // A part of the row may have been read by itself, and named already.
        let Some(what) = damage(&error).filter(|_| named(&error).is_none()) else {
            return error;
        };
        damaged(match named_by(row, id) {
            Some(name) => format!("{what}, where {id} is {name} in {table}"),
            None => format!("{what}, in {table}"),
        })
    })
}

/// Gives what a row is named by; `None` where that may be damaged itself.
fn named_by(row: &Row<'_>, id: &str) -> Option<String> {
    match row.get_ref(id).ok()? {
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Text(text) => {
            let text = str::from_utf8(text).ok()?;
            let is_id = text.chars().count() <= ID && !text.contains(char::is_control);
            is_id.then(|| card_number::starred(text))
        }
        _ => None,
    }
}

fn damaged(what: String) -> Error {
    // SQLite's bindings have this for a place that they do not know.
    Error::FromSqlConversionFailure(usize::MAX, Type::Null, Box::new(Damage(what)))
}

/// Gives what is told of a row that is named; `None` where none is.
fn named(error: &Error) -> Option<&str> {
    let Error::FromSqlConversionFailure(.., source) = error else {
        return None;
    };
    let Damage(what) = source.downcast_ref()?;
    Some(what)
}

/// Says what of a row that was read holds no value of its kind, without repeating it; `None` where the
/// error is another.
pub fn damage(error: &Error) -> Option<String> {
    let (at, is) = match error {
        Error::InvalidColumnType(_, name, kind) => {
            return Some(format!(
                "the column {name} of a row holds a value of type {kind}"
            ));
        }
        Error::FromSqlConversionFailure(at, ..) | Error::IntegralValueOutOfRange(at, _) => {
            if let Some(what) = named(error) {
                return Some(what.to_owned());
            }
            (*at, "what it may not")
        }
        Error::Utf8Error(at, _) => (*at, "bytes that are no text"),
        _ => return None,
    };
    Some(match at {
        usize::MAX => format!("a row that was read holds {is}"),
        at => format!("column {at} of a row that was read holds {is}"),
    })
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    fn of(error: Error) -> String {
        match super::super::StoreError::from(error) {
            super::super::StoreError::Corrupt(what) => what,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_value_that_does_not_belong_is_damage_and_is_not_repeated() {
        let kind = Error::InvalidColumnType(2, "status".to_owned(), Type::Null);
        assert_eq!(
            of(kind),
            "the column status of a row holds a value of type Null"
        );
        let failure = |at| {
            let why = "4622940000003713 is no day".into();
            of(Error::FromSqlConversionFailure(at, Type::Text, why))
        };
        assert_eq!(
            failure(3),
            "column 3 of a row that was read holds what it may not"
        );
        assert_eq!(
            failure(usize::MAX),
            "a row that was read holds what it may not"
        );
        let number = Error::IntegralValueOutOfRange(0, 4_622_940_000_003_713);
        assert!(!of(number).contains("4622"));
    }

    #[test]
    fn the_row_is_named() {
        let database = Connection::open_in_memory().unwrap();
        let read = |sql: &str| {
            let sql = format!("SELECT {sql}");
            let row = |row: &Row<'_>| of_row("cards", "id", row, |row| row.get::<_, u8>("size"));
            of(database.query_row(&sql, [], row).unwrap_err())
        };
        for (row, said) in [
            (
                "7 AS id, NULL AS size",
                "the column size of a row holds a value of type Null, where id is 7 in cards",
            ),
            (
                "'E1' AS id, 256 AS size",
                "column 1 of a row that was read holds what it may not, where id is E1 in cards",
            ),
            (
                "'4111111111111111' AS id, '5555555555554444' AS size",
                "the column size of a row holds a value of type Text, where id is 411111******1111 \
                 in cards",
            ),
            (
                "CAST(x'ff41' AS TEXT) AS id, 256 AS size",
                "column 1 of a row that was read holds what it may not, in cards",
            ),
            (
                "'E1' || char(10) AS id, 256 AS size",
                "column 1 of a row that was read holds what it may not, in cards",
            ),
            (
                "printf('%51s', 'E') AS id, 256 AS size",
                "column 1 of a row that was read holds what it may not, in cards",
            ),
            (
                "NULL AS id, 256 AS size",
                "column 1 of a row that was read holds what it may not, in cards",
            ),
            (
                "256 AS size",
                "column 0 of a row that was read holds what it may not, in cards",
            ),
        ] {
            assert_eq!(read(row), said);
        }
        let part = |row: &Row<'_>| of_row("cards", "id", row, |row| row.get::<_, u8>("size"));
        let twice = |row: &Row<'_>| of_row("customers", "customer", row, part);
        let sql = "SELECT 3 AS customer, 7 AS id, 256 AS size";
        assert_eq!(
            of(database.query_row(sql, [], twice).unwrap_err()),
            "column 2 of a row that was read holds what it may not, where id is 7 in cards"
        );
        let size = database.query_row("SELECT 7 AS id, 8 AS size", [], part);
        assert_eq!(size.unwrap(), 8);
        let none = |row: &Row<'_>| of_row("cards", "id", row, |row| row.get::<_, u8>("other"));
        let error = database.query_row("SELECT 7 AS id", [], none).unwrap_err();
        assert!(matches!(error, Error::InvalidColumnName(_)), "{error}");
    }
}
