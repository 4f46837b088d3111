//! A request, as far as a pasted text tells of it.

use std::fmt;

use crate::error::Unread;
use crate::form::Pairs;

/// Holds what a curl command would send. `Debug` shows no value.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pasted {
    /// The body's fields, `(name, value)`, decoded, in the order in which they are sent.
    pub fields: Pairs,
    /// The headers, `(name, value)`, both without surrounding white space.
    pub headers: Pairs,
    /// The addresses, as they are written.
    pub urls: Vec<String>,
    /// The text behind the end of the command, where there is some.
    pub unread: Option<Unread>,
}

impl Pasted {
    /// The value of a header, whose name is in any letter case. `None` where it does not come; of two, the last.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut named = self.headers.iter().rev();
        let found = named.find(|(other, _)| other.eq_ignore_ascii_case(name));
        found.map(|(_, value)| &**value)
    }

    /// Tells whether the body's content type is that of a urlencoded form, as curl says unless a
    /// header says otherwise.
    ///
    /// ```
    /// let is_form = |text| cards_paste::curl(text).map(|pasted| pasted.is_form());
    /// assert_eq!(is_form("curl http://h -d a=1"), Ok(true));
    /// assert_eq!(is_form("curl http://h -H 'Content-Type: application/json' -d '{}'"), Ok(false));
    /// ```
    #[must_use]
    pub fn is_form(&self) -> bool {
        const FORM: &str = "application/x-www-form-urlencoded";
        let said = self.header("content-type").unwrap_or(FORM);
        let media_type = said.split(';').next().unwrap_or_default();
        media_type.trim().eq_ignore_ascii_case(FORM)
    }

    /// The headers of these names that come, in the order of the names.
    #[must_use]
    pub fn headers_named<'n>(&self, names: &[&'n str]) -> Vec<(&'n str, String)> {
        let named = names.iter();
        named
            .filter_map(|name| Some((*name, self.header(name)?.to_owned())))
            .collect()
    }

    /// Tells whether the path of an address ends with the same segment as `path` does. What stands before it
    /// may be a provider's, a proxy's or a sandbox's.
    #[must_use]
    pub fn goes_to(&self, path: &str) -> bool {
        self.urls.iter().any(|url| last(url) == last(path))
    }
}

/// Fields of which nothing else is known.
impl From<Pairs> for Pasted {
    fn from(fields: Pairs) -> Self {
        Self {
            fields,
            ..Self::default()
        }
    }
}

/// The last segment of a path, without a query or fragment.
fn last(url: &str) -> Option<&str> {
    let path = url.split(['?', '#']).next()?;
    path.trim_end_matches('/').rsplit('/').next()
}

impl fmt::Debug for Pasted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pasted")
            .field("fields", &self.fields.len())
            .field("headers", &self.headers.len())
            .field("urls", &self.urls.len())
            .finish_non_exhaustive()
    }
}
