//! The sequences that a body's fields can be hashed in.

use crate::order::Order;
use std::fmt;

/// The order of the values in a [`Cause`](crate::Cause).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Arrangement {
    /// As the body has them.
    Received,
    /// As this strategy puts them.
    Strategy(Order),
    /// By value, comparing bytes.
    ByValue,
    /// As the body has them, the last first.
    Reversed,
    /// As this strategy puts them, the last first.
    StrategyReversed(Order),
    /// By value, the last first.
    ByValueReversed,
}

impl fmt::Display for Arrangement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Received => "the order received",
            Self::Strategy(Order::Table) => "the order of the parameter table",
            Self::Strategy(Order::Example) => "the order of the request example",
            Self::Strategy(Order::Sorted) => "the order of their names",
            Self::ByValue => "the order of the values themselves",
            Self::Reversed => "the order received, backwards",
            Self::StrategyReversed(Order::Table) => "the order of the parameter table, backwards",
            Self::StrategyReversed(Order::Example) => "the order of the request example, backwards",
            Self::StrategyReversed(Order::Sorted) => "the order of their names, backwards",
            Self::ByValueReversed => "the order of the values themselves, backwards",
        })
    }
}

/// A field: its place in the body, counted from 0, its name and its value.
pub(crate) type Placed<'a> = (usize, &'a str, &'a str);

/// The fields in one sequence, and the orders that give it.
pub(crate) struct Way<'a> {
    pub(crate) order: Arrangement,
    pub(crate) same_as: Vec<Arrangement>,
    pub(crate) fields: Vec<Placed<'a>>,
}

impl<'a> Way<'a> {
    pub(crate) fn received(fields: &[(&'a str, &'a str)]) -> Self {
        let placed = fields
            .iter()
            .enumerate()
            .map(|(at, (name, value))| (at, *name, *value));
        Self {
            order: Arrangement::Received,
            same_as: Vec::new(),
            fields: placed.collect(),
        }
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &'a str> {
        self.fields.iter().map(|(_, _, value)| *value)
    }
}

/// The different sequences of the fields, in tiers of what is likely: the order received and those that the documents
/// can be read to ask for; others that are usual; all others.
pub(crate) struct Ways<'a> {
    pub(crate) all: Vec<Way<'a>>,
    /// Counts those, from the first on, that are the order received or one that the documents can be read to ask
    /// for. Any other is a mistake by itself.
    pub(crate) asked_for: usize,
    /// Counts those, from the first on, that are of the likely ones.
    pub(crate) likely: usize,
}

impl<'a> Ways<'a> {
    pub(crate) fn of(fields: &[(&'a str, &'a str)], table: &[&str], example: &[&str]) -> Self {
        let received = Way::received(fields).fields;
        let mut ways = Self {
            all: vec![Way::received(fields)],
            asked_for: 1,
            likely: 1,
        };
        let mut in_table = received.clone();
        arrange_placed(&mut in_table, table);
        let mut strategies = Vec::new();
        for order in Order::ALL {
            let mut fields = in_table.clone();
            match order {
                Order::Table if table.is_empty() => continue,
                Order::Example if example.is_empty() => continue,
                Order::Table => {}
                Order::Example => arrange_placed(&mut fields, example),
                Order::Sorted => fields.sort_by_key(|(_, name, _)| *name),
            }
            ways.add(Arrangement::Strategy(order), fields.clone());
            strategies.push((order, fields));
        }
        ways.asked_for = ways.all.len();
        let mut by_value = received.clone();
        by_value.sort_by_key(|(_, _, value)| *value);
        ways.add(Arrangement::ByValue, by_value.clone());
        ways.add(Arrangement::Reversed, reversed(received));
        ways.likely = ways.all.len();
        for (order, fields) in strategies {
            ways.add(Arrangement::StrategyReversed(order), reversed(fields));
        }
        ways.add(Arrangement::ByValueReversed, reversed(by_value));
        ways
    }

    fn add(&mut self, order: Arrangement, fields: Vec<Placed<'a>>) {
        // Values that are alike may change places.
        let named = |fields: &[Placed<'a>]| -> Vec<(&'a str, &'a str)> {
            fields
                .iter()
                .map(|(_, name, value)| (*name, *value))
                .collect()
        };
        let same = self
            .all
            .iter_mut()
            .find(|way| named(&way.fields) == named(&fields));
        match same {
            // Others are no order that a document can be read to ask for.
            Some(way) if matches!(order, Arrangement::Strategy(_)) => way.same_as.push(order),
            Some(_) => {}
            None => self.all.push(Way {
                order,
                same_as: Vec::new(),
                fields,
            }),
        }
    }
}

fn reversed(mut fields: Vec<Placed<'_>>) -> Vec<Placed<'_>> {
    fields.reverse();
    fields
}

/// Brings the fields of these names to the front, in that order.
fn arrange_placed(fields: &mut [Placed<'_>], names: &[&str]) {
    fields.sort_by_key(|(_, name, _)| {
        names
            .iter()
            .position(|other| other == name)
            .unwrap_or(usize::MAX)
    });
}
