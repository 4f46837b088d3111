//! How much a world file may hold.
//!
//! A body has room for millions of customers who say nothing of
//! themselves, each of whom takes far more memory, and a password to hash.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

use super::file::Wrong;
use super::limits::{CARDS, CUSTOMERS};

/// Reads a list that ends in time; what is too much is not even kept.
pub(crate) fn at_most<'de, const MOST: usize, T, D>(input: D) -> Result<Vec<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    input.deserialize_seq(AtMost::<MOST, T>(PhantomData))
}

struct AtMost<const MOST: usize, T>(PhantomData<T>);

impl<'de, const MOST: usize, T: Deserialize<'de>> Visitor<'de> for AtMost<MOST, T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            if list.len() == MOST {
                return Err(A::Error::custom(format_args!("at most {MOST}")));
            }
            list.push(item);
        }
        Ok(list)
    }
}

/// What is left for the providers that are still to be counted.
pub(crate) struct Room {
    customers: usize,
    cards: usize,
}

impl Room {
    pub(crate) fn new() -> Self {
        Self {
            customers: CUSTOMERS,
            cards: CARDS,
        }
    }

    /// Counts a provider's customers, given as how many cards each has.
    pub(crate) fn take(&mut self, customers: impl Iterator<Item = usize>) -> Result<(), Wrong> {
        for (at, cards) in customers.enumerate() {
            self.customers = self.customers.checked_sub(1).ok_or_else(|| {
                Wrong::at(
                    "customers",
                    format!("at most {CUSTOMERS} in a file, of all providers"),
                )
            })?;
            self.cards = self.cards.checked_sub(cards).ok_or_else(|| {
                let what = format!("at most {CARDS} in a file, of all customers");
                Wrong::at(format!("customers[{at}].cards"), what)
            })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::World;

    /// A world of so many customers each, the last of them with cards.
    fn world(airpay: usize, ibanera: usize, cards: usize) -> Result<(), String> {
        let list = |count: usize| vec!["{}"; count].join(",");
        let text = format!(
            r#"{{"airpay":{{"customers":[{}]}},"ibanera":{{"customers":[{}]}},
                "paysafe":{{"customers":[{{"cards":[{}]}}]}}}}"#,
            list(airpay),
            list(ibanera),
            list(cards)
        );
        let read = World::from_json(&text).map_err(|error| error.to_string())?;
        let counted = read.0.check_size();
        counted.map_err(|refused| format!("{refused:?}"))
    }

    #[test]
    fn a_file_holds_so_much_and_no_more() {
        assert_eq!(world(9_000, 999, 50_000), Ok(()));
        let customers = "at most 10000 in a file, of all providers";
        for (size, field, what) in [
            ((10_001, 0, 0), "airpay.customers", "at most 10000"),
            ((0, 10_001, 0), "ibanera.customers", "at most 10000"),
            (
                (0, 0, 50_001),
                "paysafe.customers[0].cards",
                "at most 50000",
            ),
            ((10_000, 0, 0), "paysafe.customers", customers),
            ((9_000, 1_000, 0), "ibanera.customers", customers),
        ] {
            let said = world(size.0, size.1, size.2).unwrap_err();
            assert!(
                said.contains(field) && said.contains(what),
                "{size:?}: {said}"
            );
        }
        // Of more than one customer.
        let mut room = Room::new();
        assert_eq!(room.take([25_000, 0].into_iter()), Ok(()));
        assert_eq!(room.take([24_999, 1].into_iter()), Ok(()));
        let wrong = room.take([0, 1].into_iter()).unwrap_err();
        assert_eq!(
            wrong.to_string(),
            "customers[1].cards: at most 50000 in a file, of all customers"
        );
    }
}
