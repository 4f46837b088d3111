//! Counts what a world holds: in a file, in the store, and on the way from one to
//! the other.
//!
//! A body has room for millions of customers who say nothing of
//! themselves, each of whom takes far more memory, and a password to hash.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

use crate::engine::field_error::FieldError;
use crate::engine::limits::{BYTES, CARDS, CUSTOMERS};

/// Counts what a world holds, or may hold at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quota {
    /// Customers of all providers.
    pub(crate) customers: i64,
    /// Cards of all customers.
    pub(crate) cards: i64,
    /// Bytes of the file that it is saved as, or somewhat more.
    pub(crate) bytes: i64,
}

impl Quota {
    pub(crate) const MOST: Self = Self {
        customers: CUSTOMERS as i64,
        cards: CARDS as i64,
        bytes: BYTES as i64,
    };

    pub(crate) const NOTHING: Self = Self {
        customers: 0,
        cards: 0,
        bytes: 0,
    };

    #[cfg(test)]
    pub(crate) const UNLIMITED: Self = Self {
        customers: i64::MAX,
        cards: i64::MAX,
        bytes: i64::MAX,
    };

    /// Takes the larger of each number.
    pub(crate) fn or_more(self, other: Self) -> Self {
        Self {
            customers: self.customers.max(other.customers),
            cards: self.cards.max(other.cards),
            bytes: self.bytes.max(other.bytes),
        }
    }

    /// Checks that a world holds no more than `most`.
    pub(crate) fn check(self, most: Self) -> Result<(), Limit> {
        let exceeded = [
            (self.customers > most.customers, Limit::Customers),
            (self.cards > most.cards, Limit::Cards),
            (self.bytes > most.bytes, Limit::Bytes),
        ];
        match exceeded.into_iter().find(|(is_exceeded, _)| *is_exceeded) {
            None => Ok(()),
            Some((_, limit)) => Err(limit),
        }
    }

    /// Counts a provider's customers, given as how many cards each has, up to the
    /// first that is too much.
    pub(crate) fn count(
        &mut self,
        customers: impl Iterator<Item = usize>,
    ) -> Result<(), FieldError> {
        for (at, cards) in customers.enumerate() {
            self.customers += 1;
            self.cards += cards as i64;
            self.check(Self::MOST).map_err(|limit| {
                let field = match limit {
                    Limit::Cards => format!("customers[{at}].cards"),
                    Limit::Customers | Limit::Bytes => "customers".to_owned(),
                };
                FieldError::at(field, limit.to_string())
            })?;
        }
        Ok(())
    }
}

/// Names the number of `Quota::MOST` that is exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The customers of all providers.
    Customers,
    /// The cards of all customers.
    Cards,
    /// The bytes of the file that it is saved as.
    Bytes,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a world holds at most ")?;
        match self {
            Self::Customers => write!(f, "{CUSTOMERS} customers, of all providers"),
            Self::Cards => write!(f, "{CARDS} cards, of all customers"),
            Self::Bytes => write!(f, "{} MiB, as a file", BYTES / (1024 * 1024)),
        }
    }
}

/// Reads a list of customers, of which no more are kept than a world may hold.
pub fn customers<'de, T, D>(input: D) -> Result<Vec<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    input.deserialize_seq(AtMost(CUSTOMERS, Limit::Customers, PhantomData))
}

/// Reads a list of cards, of which no more are kept than a world may hold.
pub fn cards<'de, T, D>(input: D) -> Result<Vec<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    input.deserialize_seq(AtMost(CARDS, Limit::Cards, PhantomData))
}

/// The bytes that a row of a card's or a customer's money counts at least, of which there may be any
/// number.
pub const LEAST_ROW: usize = 150;

/// Reads a list of rows of a card or a customer, of which no more are kept than a world's bytes have
/// room for.
pub fn rows<'de, T, D>(input: D) -> Result<Vec<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    input.deserialize_seq(AtMost(BYTES / LEAST_ROW, Limit::Bytes, PhantomData))
}

struct AtMost<T>(usize, Limit, PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for AtMost<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
        let Self(most, limit, _) = self;
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            if list.len() == most {
                return Err(A::Error::custom(limit));
            }
            list.push(item);
        }
        Ok(list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_of_several_customers_are_counted_together() {
        let mut held = Quota::NOTHING;
        assert_eq!(held.count([25_000, 0].into_iter()), Ok(()));
        assert_eq!(held.count([24_999, 1].into_iter()), Ok(()));
        let wrong = held.count([0, 1].into_iter()).unwrap_err();
        assert_eq!(
            wrong.to_string(),
            "customers[1].cards: a world holds at most 50000 cards, of all customers"
        );
    }
}
