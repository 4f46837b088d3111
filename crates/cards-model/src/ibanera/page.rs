//! One page of a list whose items are no customers.

use serde::{Deserialize, Serialize};

use crate::lenient;

/// Holds one page of a list, and where in the whole list it stands.
///
/// Ibanera, List card balances and transactions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Page<T> {
    /// The items.
    #[serde(default = "Vec::new", deserialize_with = "lenient::list")]
    #[serde(bound(deserialize = "T: Deserialize<'de>"))]
    pub details: Vec<T>,
    /// Records a page.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub page_size: Option<i64>,
    /// The page's number, counted from 1.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub page_number: Option<i64>,
    /// The number of pages, where the provider tells.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub number_of_pages: Option<i64>,
}
