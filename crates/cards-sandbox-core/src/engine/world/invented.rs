//! Makes up what a world does not say. All that is made up keeps the rules that
//! guard what is given, and is nobody else's where it has to be unique; a test
//! draws many of each. What rows of several providers are checked by is here too.

use std::cell::Cell;
use std::ops::RangeInclusive;

use uuid::Uuid;

use crate::engine::card_number;
use crate::engine::field_error::FieldError;
use crate::engine::world_error::WorldError;

/// Draws `count` random digits, at most 18.
pub fn random_digits(count: u32) -> String {
    // The last 62 bits are random.
    let number = Uuid::new_v4().as_u64_pair().1 % 10_u64.pow(count);
    format!("{number:0width$}", width = count as usize)
}

/// Draws an id, without digits in a row that could be a card's number.
pub fn uuid() -> String {
    let draw = || Uuid::new_v4().to_string();
    let mut drawn = draw();
    while card_number::is_in(&drawn) {
        drawn = draw();
    }
    drawn
}

/// Draws until one is free. There are far more to draw from than any store
/// holds.
pub fn free<T, E>(
    mut drawn: T,
    draw: impl Fn() -> T,
    is_taken: impl Fn(&T) -> Result<bool, E>,
) -> Result<T, E> {
    while is_taken(&drawn)? {
        drawn = draw();
    }
    Ok(drawn)
}

/// Holds the number at which the search for a free one goes on: each before it is taken. It is good
/// for as long as none is given back.
#[derive(Default)]
pub struct Free(Cell<i64>);

/// Gives the number after the highest that was given out; the lowest that is free
/// where that one is beyond the range.
///
/// # Errors
///
/// Every number of the range is taken, or `is_taken` fails.
pub fn next_number(
    field: &'static str,
    highest: i64,
    range: RangeInclusive<i64>,
    free: &Free,
    is_taken: impl Fn(i64) -> Result<bool, WorldError>,
) -> Result<i64, WorldError> {
    let next = highest.saturating_add(1).max(*range.start());
    if range.contains(&next) {
        return Ok(next);
    }
    for number in free.0.get().max(*range.start())..=*range.end() {
        if !is_taken(number)? {
            free.0.set(number);
            return Ok(number);
        }
    }
    Err(FieldError::at(field, "every number is given out").into())
}

/// Writes 64 hex digits.
pub fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads the 64 digits that [`hex()`] wrote.
pub fn fingerprint_from(field: &str, text: Option<&str>) -> Result<Option<[u8; 32]>, FieldError> {
    let read = |text| {
        let mut bytes = [0; 32];
        let read = hex::decode_to_slice(text, &mut bytes);
        read.map_err(|_| FieldError::at(field, "64 hex digits"))?;
        Ok(bytes)
    };
    text.map(read).transpose()
}

/// Refuses a text in which a card number stands: none is ever kept whole.
pub fn no_card_number(field: &str, text: &str) -> Result<(), FieldError> {
    if card_number::is_in(text) {
        return Err(FieldError::at(field, "a card number does not belong here"));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
