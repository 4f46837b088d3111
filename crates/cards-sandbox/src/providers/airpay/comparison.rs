//! A checksum beside the orders that it could have been made in, field by
//! field.

use std::borrow::Cow;

use cards_model::{Operation, UtcOffset};
use cards_sign::{Arrangement, Cause, Explain, Order, Recipe, explain};
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
    /// The order in words where it is none of those, and only the checksum tells of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<String>,
    /// The fields' names. One that no document has may be anything, and goes by
    /// its place in the body: `field 3`.
    pub fields: Vec<Cow<'static, str>>,
    /// Says whether the checksum was made from the values in this sequence, apart from the mistake
    /// where there is one.
    pub matches: bool,
}

impl Sequence {
    pub(super) fn weight(&self) -> usize {
        let other = self.other.as_ref().map_or(0, String::len);
        self.fields.len() * size_of::<Cow<'static, str>>() + other + size_of::<Self>()
    }
}

/// Holds what there is to say about a checksum.
pub(crate) struct Comparison {
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

/// Compares a checksum with that of the decoded `fields`, made by the recipe. `None` where it is that; if not, what
/// else it was made from.
pub(crate) fn compare(
    operation: &'static Operation,
    recipe: Recipe,
    fields: &[(&str, &str)],
    secret: &[u8],
    given: &str,
    beside: Beside<'_>,
) -> Option<Comparison> {
    let arranged = arrange(operation, recipe.into(), fields);
    if recipe.verify(&arranged, secret, given) {
        return None;
    }
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
        sequences(operation, fields, cause)
    };
    Some(Comparison {
        mistake: cause.and_then(Cause::mistake),
        explanation: explanation.to_string(),
        sequences,
    })
}

/// Names a recipe that is not what the sandbox takes by default: `None` for that.
pub(crate) fn set_to(recipe: Recipe) -> Option<String> {
    if recipe == Recipe::RECEIVED {
        None
    } else if recipe.is_plain() {
        Some(format!("the order `{recipe}`"))
    } else {
        Some(format!("the recipe `{recipe}`"))
    }
}

/// The different sequences that the orders give, the one received first, and at the end the one that the checksum was
/// made in where that is none of them.
fn sequences(
    operation: &'static Operation,
    fields: &[(&str, &str)],
    cause: Option<&Cause>,
) -> Vec<Sequence> {
    let names: Vec<Cow<'static, str>> = (1..)
        .zip(fields)
        .map(|(place, (name, _))| match operation.field(name) {
            Some(field) => Cow::Borrowed(field.wire),
            None => Cow::Owned(format!("field {place}")),
        })
        .collect();
    // In place of the values, what tells the fields apart: most orders look at names only.
    let places: Vec<String> = (0..fields.len()).map(|place| place.to_string()).collect();
    let in_order = |order: ChecksumOrder| -> Vec<usize> {
        let placed = fields.iter().zip(&places);
        let placed: Vec<(&str, &str)> =
            placed.map(|((name, _), place)| (*name, &**place)).collect();
        let arranged = arrange(operation, order, &placed);
        let places = arranged.iter().filter_map(|(_, place)| place.parse().ok());
        places.collect()
    };
    let named = |places: &[usize]| -> Vec<Cow<'static, str>> {
        places
            .iter()
            .filter_map(|place| names.get(*place).cloned())
            .collect()
    };

    let made: Vec<Arrangement> = cause.map_or_else(Vec::new, |cause| {
        let same = cause.same_as.iter().copied();
        [cause.order].into_iter().chain(same).collect()
    });
    let mut found: Vec<Sequence> = Vec::new();
    for order in ChecksumOrder::ALL {
        let fields = named(&in_order(order));
        let matches = made.iter().any(|made| order_of(*made) == Some(order));
        match found.iter_mut().find(|other| other.fields == fields) {
            Some(same) => {
                same.orders.push(order);
                same.matches |= matches;
            }
            None => found.push(Sequence {
                orders: vec![order],
                other: None,
                fields,
                matches,
            }),
        }
    }
    let odd = made.into_iter().find(|made| order_of(*made).is_none());
    found.extend(odd.map(|made| Sequence {
        orders: Vec::new(),
        other: Some(made.to_string()),
        fields: named(&odd_places(made, fields, in_order)),
        matches: true,
    }));
    found
}

/// The fields' places in an order that is no setting.
fn odd_places(
    made: Arrangement,
    fields: &[(&str, &str)],
    in_order: impl Fn(ChecksumOrder) -> Vec<usize>,
) -> Vec<usize> {
    let by_value = || {
        let mut places = in_order(ChecksumOrder::Received);
        places.sort_by_key(|place| fields.get(*place).map(|(_, value)| *value));
        places
    };
    let (mut places, is_reversed) = match made {
        Arrangement::ByValue => (by_value(), false),
        Arrangement::ByValueReversed => (by_value(), true),
        Arrangement::StrategyReversed(order) => (in_order(of_strategy(order)), true),
        _ => (in_order(ChecksumOrder::Received), true),
    };
    if is_reversed {
        places.reverse();
    }
    places
}

/// The order by its word. Others than these are no setting.
const fn order_of(arrangement: Arrangement) -> Option<ChecksumOrder> {
    match arrangement {
        Arrangement::Received => Some(ChecksumOrder::Received),
        Arrangement::Strategy(order) => Some(of_strategy(order)),
        _ => None,
    }
}

const fn of_strategy(order: Order) -> ChecksumOrder {
    match order {
        Order::Table => ChecksumOrder::Table,
        Order::Example => ChecksumOrder::Example,
        Order::Sorted => ChecksumOrder::Sorted,
    }
}

#[cfg(test)]
mod tests;
