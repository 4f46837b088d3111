//! Follows something whose items are numbered.

use serde_json::Value;

use super::at::items;
use crate::error::Error;
use crate::sandbox::client::Client;

/// The names of what is followed in a reply.
pub(super) struct Names {
    pub(super) items: &'static str,
    /// The member of an item that is its number.
    pub(super) number: &'static str,
    /// The number of the last item that there is, whether it is wanted or not.
    pub(super) last: &'static str,
}

/// Gives the number after which to go on, once what came after `after` is read: the last that came
/// of a full page, else the last that there is. A sandbox that was started anew counts from 1
/// again, and so is followed from there.
pub(super) fn next(
    client: &Client,
    names: &Names,
    came: &Value,
    after: u64,
    page: Option<usize>,
) -> Result<u64, Error> {
    let items = items(came, names.items);
    let numbers = items.iter().map(|item| item[names.number].as_u64());
    let numbers: Option<Vec<_>> = numbers.collect();
    let (numbers, last) = numbers
        .zip(came[names.last].as_u64())
        .ok_or_else(|| client.is_something_else(true))?;
    let mut before = after;
    for number in &numbers {
        if *number <= before {
            return Err(client.is_something_else(true));
        }
        before = *number;
    }
    Ok(match page {
        Some(page) if items.len() >= page => before,
        _ if last < after && numbers.is_empty() => 0,
        _ => before.max(last),
    })
}
