//! The order in which fields are sent and signed.

use std::fmt;
use std::str::FromStr;

/// A strategy for the order of a request's fields, which governs sending and signing alike.
///
/// The documents do not state the order, and give the fields of one operation in different ones. Airpay, User
/// Registration: the Request Body table has `title` after `last_name` and `city` before `state`, the Request
/// Example has `title` before `first_name` and `state` before `city`. Update Customer: the table has `country`
/// before `city`, the example has it after `state`. Signing in the order in which the body is sent is right for a
/// server that joins what it receives, and [`Order::Table`] is also right for one that follows its own table;
/// hence the default.
///
/// ```
/// use cards_sign::Order;
///
/// let order: Order = "example".parse()?;
/// assert_eq!(order, Order::Example);
/// assert_eq!(Order::default().as_str(), "table");
/// # Ok::<(), cards_sign::ParseOrderError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Order {
    /// As the document's parameter table lists the fields.
    #[default]
    Table,
    /// As the document's request example sends them.
    Example,
    /// By name, comparing bytes.
    Sorted,
}

impl Order {
    /// Every order, in the order of their declaration.
    pub const ALL: [Self; 3] = [Self::Table, Self::Example, Self::Sorted];

    /// The word that configuration and messages use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Example => "example",
            Self::Sorted => "sorted",
        }
    }

    /// Puts `fields`, which come in the order of the parameter table, into this order.
    ///
    /// `example` holds the names in the order of the document's request example; only [`Order::Example`] reads
    /// it. Fields that it lacks come last. Fields of equal standing (those, and a name sent twice) keep the order
    /// they came in.
    ///
    /// Works in place without allocating, for the few dozen fields of a form: the time grows with the square of
    /// their number.
    ///
    /// ```
    /// use cards_sign::Order;
    ///
    /// let mut fields = [("country", "India"), ("city", "City"), ("state", "Kerala")];
    /// Order::Example.arrange(&mut fields, &["city", "state", "country"]);
    /// assert_eq!(fields.map(|(name, _)| name), ["city", "state", "country"]);
    /// ```
    pub fn arrange<'a>(self, fields: &mut [(&'a str, &'a str)], example: &[&str]) {
        match self {
            Self::Table => {}
            Self::Example => arrange_by(fields, example),
            Self::Sorted => sort(fields),
        }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Order {
    type Err = ParseOrderError;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|order| order.as_str() == word)
            .ok_or(ParseOrderError { _private: () })
    }
}

/// A word that names no [`Order`]. It lists the allowed words and does not repeat the given one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown field order: expected `table`, `example` or `sorted`")]
pub struct ParseOrderError {
    _private: (),
}

/// Brings the fields named in `names` to the front, in that order.
pub(crate) fn arrange_by<'a>(fields: &mut [(&'a str, &'a str)], names: &[&str]) {
    let mut placed = 0;
    for name in names {
        let named = |(other, _): &(&str, &str)| other == name;
        while let Some(found) = fields[placed..].iter().position(named) {
            // A rotation, unlike a swap, keeps the order of the fields it passes.
            fields[placed..=placed + found].rotate_right(1);
            placed += 1;
        }
    }
}

/// An insertion sort: the standard library's stable sort allocates above 20 elements, and a form has 21.
fn sort<'a>(fields: &mut [(&'a str, &'a str)]) {
    for at in 1..fields.len() {
        let name = fields[at].0;
        let to = fields[..at].partition_point(|(before, _)| *before <= name);
        fields[to..=at].rotate_right(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Pairs = Vec<(String, String)>;

    fn borrowed(fields: &Pairs) -> Vec<(&str, &str)> {
        fields
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect()
    }

    /// Few names, so that some repeat; numbered values, so that every field can be told apart.
    fn fields() -> impl Strategy<Value = Pairs> {
        proptest::collection::vec("[a-e]{1,2}", 0..40).prop_map(|names| {
            let numbered = names.into_iter().enumerate();
            numbered.map(|(at, name)| (name, at.to_string())).collect()
        })
    }

    #[test]
    fn words_parse_back() {
        for order in Order::ALL {
            assert_eq!(order.to_string().parse(), Ok(order));
        }
    }

    #[test]
    fn an_unknown_word_is_answered_with_the_allowed_ones() {
        let error = "Table".parse::<Order>().unwrap_err();
        insta::assert_snapshot!(error, @"unknown field order: expected `table`, `example` or `sorted`");
    }

    #[test]
    fn a_width_pads_the_word() {
        assert_eq!(format!("{:>8}|", Order::Table), "   table|");
    }

    #[test]
    fn a_name_twice_in_the_example_counts_once() {
        let mut fields = [("a", "1"), ("b", "2"), ("c", "3")];
        Order::Example.arrange(&mut fields, &["c", "a", "c"]);
        assert_eq!(fields.map(|(_, value)| value), ["3", "1", "2"]);
    }

    proptest! {
        #[test]
        fn arranging_is_a_stable_permutation(fields in fields(), example in proptest::collection::vec("[a-e]{1,2}", 0..8)) {
            let example: Vec<&str> = example.iter().map(String::as_str).collect();
            let before = borrowed(&fields);
            for order in Order::ALL {
                let mut after = before.clone();
                order.arrange(&mut after, &example);

                // The standard library's stable sort is the reference, and fixes stability too.
                let mut expected = before.clone();
                match order {
                    Order::Table => {}
                    Order::Example => expected.sort_by_key(|(name, _)| example.iter().position(|at| at == name).unwrap_or(usize::MAX)),
                    Order::Sorted => expected.sort_by_key(|(name, _)| *name),
                }
                prop_assert_eq!(&after, &expected);

                order.arrange(&mut after, &example);
                prop_assert_eq!(&after, &expected, "arranging twice changes nothing more");
                after.sort_unstable();
                expected.clone_from(&before);
                expected.sort_unstable();
                prop_assert_eq!(after, expected, "no field is lost or doubled");
            }
        }
    }
}
