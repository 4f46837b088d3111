//! From page to page, without IO.

use std::collections::BTreeSet;
use std::fmt;

use crate::call::Call;
use crate::error::Error;
use crate::reply::Reply;

/// A call that brings one page of a list.
pub trait Paged: Call + Clone + Send + 'static {
    /// What the list is made of.
    type Item;

    /// The items of a page.
    fn into_items(page: Self::Reply) -> Vec<Self::Item>;

    /// A text that tells one item from all others of its list, such as its id.
    fn identity(page: &Self::Reply) -> Vec<String>;

    /// The call for the page after this one; nothing after the last.
    fn next(&self, page: &Self::Reply) -> Option<Self>;

    /// The items of a page, or the page's error as the only item.
    fn spread(page: Result<Reply<Self::Reply>, Error>) -> Vec<Result<Self::Item, Error>> {
        match page {
            Ok(page) => Self::into_items(page.into_value())
                .into_iter()
                .map(Ok)
                .collect(),
            Err(error) => vec![Err(error)],
        }
    }
}

/// How a list's pages can contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PagingTrouble {
    /// A page came that had come before.
    Repeated,
    /// More pages than the settings allow.
    Endless,
}

impl fmt::Display for PagingTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Repeated => {
                "the server sent a page that it had sent before; its paging is broken"
            }
            Self::Endless => {
                "the list has more pages than the client may follow; raise Settings::most_pages"
            }
        })
    }
}

/// Where a walk over pages stands.
pub(crate) struct Cursor<C> {
    next: Next<C>,
    left: u32,
    seen: BTreeSet<Vec<String>>,
}

enum Next<C> {
    Call(C),
    Trouble(Error),
    End,
}

impl<C: Paged> Cursor<C> {
    pub(crate) fn new(first: C, most_pages: u32) -> Self {
        Self {
            next: Next::Call(first),
            left: most_pages,
            seen: BTreeSet::new(),
        }
    }

    /// The call to make now, or why there is none to make.
    pub(crate) fn take(&mut self) -> Option<Result<C, Error>> {
        match std::mem::replace(&mut self.next, Next::End) {
            Next::Call(call) => Some(Ok(call)),
            Next::Trouble(error) => Some(Err(error)),
            Next::End => None,
        }
    }

    /// Looks at the page that the call brought and decides what comes next.
    pub(crate) fn advance(
        &mut self,
        call: &C,
        page: Reply<C::Reply>,
    ) -> Result<Reply<C::Reply>, Error> {
        let identity = C::identity(page.value());
        if !identity.is_empty() && !self.seen.insert(identity) {
            let (_, raw) = page.into_parts();
            return Err(Error::paging(
                call.operation(),
                PagingTrouble::Repeated,
                raw,
            ));
        }
        self.left = self.left.saturating_sub(1);
        self.next = match call.next(page.value()) {
            None => Next::End,
            Some(next) if self.left > 0 => Next::Call(next),
            // This page is good and is handed out; the trouble comes in place
            // of the page that would follow.
            Some(_) => {
                let raw = page.raw().clone();
                Next::Trouble(Error::paging(call.operation(), PagingTrouble::Endless, raw))
            }
        };
        Ok(page)
    }
}
