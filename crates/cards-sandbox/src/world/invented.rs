//! Makes up what a world does not say. All that is made up keeps the rules that
//! guard what is given, and is nobody else's where it has to be unique; a test
//! draws many of each.

use std::ops::RangeInclusive;

use uuid::Uuid;

use crate::world::file::{Refused, Wrong};

/// Draws `count` random digits, at most 18.
pub(crate) fn random_digits(count: u32) -> String {
    // The last 62 bits are random.
    let number = Uuid::new_v4().as_u64_pair().1 % 10_u64.pow(count);
    format!("{number:0width$}", width = count as usize)
}

/// Draws until one is free. There are far more to draw from than any store
/// holds.
pub(crate) fn free<T, E>(
    mut drawn: T,
    draw: impl Fn() -> T,
    is_taken: impl Fn(&T) -> Result<bool, E>,
) -> Result<T, E> {
    while is_taken(&drawn)? {
        drawn = draw();
    }
    Ok(drawn)
}

/// The number after the highest that was given out; the lowest that is free
/// where that one is beyond the range.
pub(crate) fn next_number(
    field: &'static str,
    highest: i64,
    range: RangeInclusive<i64>,
    is_taken: impl Fn(i64) -> Result<bool, Refused>,
) -> Result<i64, Refused> {
    let next = highest.saturating_add(1).max(*range.start());
    if range.contains(&next) {
        return Ok(next);
    }
    for number in range {
        if !is_taken(number)? {
            return Ok(number);
        }
    }
    Err(Wrong::at(field, "every number is given out").into())
}

#[cfg(test)]
mod tests;
