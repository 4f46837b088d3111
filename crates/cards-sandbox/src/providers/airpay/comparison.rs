//! A checksum beside the orders that it could have been made in, field by
//! field.

use std::borrow::Cow;

use cards_model::{Operation, UtcOffset};
use cards_sign::{Arrangement, Cause, Explain, Order, explain};
use schemars::JsonSchema;
use serde::Serialize;

use super::order::{ChecksumOrder, arrange};

/// A body's fields in one order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Sequence {
    /// The orders that put the fields into this sequence.
    pub orders: Vec<ChecksumOrder>,
    /// The fields' names. One that no document has may be anything, and goes by
    /// its place in the body: `field 3`.
    pub fields: Vec<Cow<'static, str>>,
    /// Whether the checksum was made from the values in this sequence, apart
    /// from the mistake where there is one.
    pub matches: bool,
}

impl Sequence {
    pub(super) fn weight(&self) -> usize {
        self.fields.len() * size_of::<Cow<'static, str>>() + size_of::<Self>()
    }
}

/// Holds what there is to say about a checksum.
pub(crate) struct Comparison {
    /// Whether nothing is wrong with it.
    pub(crate) is_right: bool,
    pub(crate) explanation: String,
    pub(crate) mistake: Option<String>,
    pub(crate) sequences: Vec<Sequence>,
}

/// Texts beside the body that senders hash by mistake.
#[derive(Clone, Copy, Default)]
pub(crate) struct Beside<'a> {
    /// The time, whose day other interfaces of the provider append. Unix seconds.
    pub(crate) now: i64,
    /// The documented headers that came, but for the checksum: name and value.
    pub(crate) headers: &'a [(&'a str, &'a str)],
}

/// Compares a checksum with those of the decoded `fields` in every order.
pub(crate) fn compare(
    operation: &'static Operation,
    fields: &[(&str, &str)],
    secret: &[u8],
    given: &str,
    beside: Beside<'_>,
) -> Comparison {
    let day = |zone: UtcOffset| zone.date(beside.now).to_string();
    let (india, utc) = (day(UtcOffset::INDIA), day(UtcOffset::UTC));
    let days = [("IST", &*india), ("UTC", &*utc)];
    let table: Vec<&str> = operation.fields.iter().map(|field| field.wire).collect();
    let input = Explain::new(fields, secret, given)
        .table(&table)
        .example(operation.example_order)
        .others(beside.headers)
        .days(&days);
    let explanation = explain(&input);
    let cause = explanation.matched();
    let sequences = if explanation.is_limited() {
        Vec::new()
    } else {
        let matching: Vec<_> = cause
            .into_iter()
            .flat_map(|cause| {
                [cause.order]
                    .into_iter()
                    .chain(cause.same_as.iter().copied())
            })
            .filter_map(order_of)
            .collect();
        sequences(operation, fields, &matching)
    };
    Comparison {
        is_right: explanation.is_right(),
        mistake: cause.and_then(Cause::mistake),
        explanation: explanation.to_string(),
        sequences,
    }
}

/// The different sequences that the orders give, the one received first.
pub(crate) fn sequences(
    operation: &'static Operation,
    fields: &[(&str, &str)],
    matching: &[ChecksumOrder],
) -> Vec<Sequence> {
    let names: Vec<Cow<'static, str>> = (1..)
        .zip(fields)
        .map(|(place, (name, _))| match operation.field(name) {
            Some(field) => Cow::Borrowed(field.wire),
            None => Cow::Owned(format!("field {place}")),
        })
        .collect();
    let mut found: Vec<Sequence> = Vec::new();
    for order in ChecksumOrder::ALL {
        // In place of the values, what tells the fields apart: orders look at
        // names only.
        let places: Vec<String> = (0..fields.len()).map(|place| place.to_string()).collect();
        let named: Vec<(&str, &str)> = fields
            .iter()
            .zip(&places)
            .map(|((name, _), place)| (*name, &**place))
            .collect();
        let arranged = arrange(operation, order, &named);
        let fields: Vec<_> = arranged
            .iter()
            .filter_map(|(_, place)| names.get(place.parse::<usize>().ok()?).cloned())
            .collect();
        let matches = matching.contains(&order);
        match found.iter_mut().find(|other| other.fields == fields) {
            Some(same) => {
                same.orders.push(order);
                same.matches |= matches;
            }
            None => found.push(Sequence {
                orders: vec![order],
                fields,
                matches,
            }),
        }
    }
    found
}

/// The order by its word. Others than these are no setting, and told in the explanation.
const fn order_of(arrangement: Arrangement) -> Option<ChecksumOrder> {
    Some(match arrangement {
        Arrangement::Received => ChecksumOrder::Received,
        Arrangement::Strategy(Order::Table) => ChecksumOrder::Table,
        Arrangement::Strategy(Order::Example) => ChecksumOrder::Example,
        Arrangement::Strategy(Order::Sorted) => ChecksumOrder::Sorted,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
