//! The reads that show what a call did, without IO.

use std::marker::PhantomData;

use crate::call::{Call, Provider};
use crate::error::{Error, ErrorKind};
use crate::paging::{Cursor, Paged};
use crate::reply::Reply;

/// Reads that are made one after another, as a driver asks for them.
pub trait Sight: Sized + Send {
    /// The provider that is asked.
    type Provider: Provider;

    /// A read.
    type Read: Call<Provider = Self::Provider>;

    /// The thing that all of them show together.
    type Shown;

    /// The read to make now. `None`: there is none left.
    fn take(&mut self) -> Option<Result<Self::Read, Error>>;

    /// Takes in the outcome of a read.
    ///
    /// # Errors
    ///
    /// The read failed, and nothing is known.
    fn advance(
        &mut self,
        read: &Self::Read,
        outcome: Result<Reply<<Self::Read as Call>::Reply>, Error>,
    ) -> Result<(), Error>;

    /// The thing that they showed. `None`: they were not all made.
    fn shown(self) -> Option<Self::Shown>;
}

/// One read, of which a refusal may tell something too. A failure that is no refusal tells nothing.
pub struct Once<R: Call> {
    read: Option<R>,
    shown: Option<Result<R::Reply, Error>>,
}

impl<R: Call> Once<R> {
    pub(crate) fn new(read: R) -> Self {
        Self {
            read: Some(read),
            shown: None,
        }
    }
}

impl<R: Call> Sight for Once<R> {
    type Provider = R::Provider;
    type Read = R;
    type Shown = Result<R::Reply, Error>;

    fn take(&mut self) -> Option<Result<R, Error>> {
        self.read.take().map(Ok)
    }

    fn advance(&mut self, _: &R, outcome: Result<Reply<R::Reply>, Error>) -> Result<(), Error> {
        self.shown = Some(match outcome {
            Ok(reply) => Ok(reply.into_value()),
            Err(error) if error.kind() == ErrorKind::Refused && !error.is_rate_limited() => {
                Err(error)
            }
            Err(error) => return Err(error),
        });
        Ok(())
    }

    fn shown(self) -> Option<Self::Shown> {
        self.shown
    }
}

/// A walk over all pages of a list.
pub struct Walk<R: Paged> {
    cursor: Cursor<R>,
    items: Vec<R::Item>,
}

impl<R: Paged> Walk<R> {
    pub(crate) fn new(first: R, most_pages: u32) -> Self {
        Self {
            cursor: Cursor::new(first, most_pages),
            items: Vec::new(),
        }
    }
}

impl<R: Paged> Sight for Walk<R>
where
    R::Item: Send,
{
    type Provider = R::Provider;
    type Read = R;
    type Shown = Vec<R::Item>;

    fn take(&mut self) -> Option<Result<R, Error>> {
        self.cursor.take()
    }

    fn advance(&mut self, read: &R, outcome: Result<Reply<R::Reply>, Error>) -> Result<(), Error> {
        let page = self.cursor.advance(read, outcome?)?;
        self.items.extend(R::into_items(page.into_value()));
        Ok(())
    }

    fn shown(self) -> Option<Vec<R::Item>> {
        Some(self.items)
    }
}

/// Tells whether an item is the one.
type Test<T> = Box<dyn Fn(&T) -> bool + Send>;

/// A walk over the pages of a list that ends with the item it looks for, and keeps no other.
pub struct Search<R: Paged> {
    cursor: Cursor<R>,
    is_it: Test<R::Item>,
    found: Option<R::Item>,
}

impl<R: Paged> Search<R> {
    pub(crate) fn new(
        first: R,
        most_pages: u32,
        is_it: impl Fn(&R::Item) -> bool + Send + 'static,
    ) -> Self {
        Self {
            cursor: Cursor::new(first, most_pages),
            is_it: Box::new(is_it),
            found: None,
        }
    }
}

impl<R: Paged> Sight for Search<R>
where
    R::Item: Send,
{
    type Provider = R::Provider;
    type Read = R;
    type Shown = Option<R::Item>;

    fn take(&mut self) -> Option<Result<R, Error>> {
        match self.found {
            Some(_) => None,
            None => self.cursor.take(),
        }
    }

    fn advance(&mut self, read: &R, outcome: Result<Reply<R::Reply>, Error>) -> Result<(), Error> {
        let page = self.cursor.advance(read, outcome?)?;
        self.found = R::into_items(page.into_value())
            .into_iter()
            .find(&self.is_it);
        Ok(())
    }

    fn shown(self) -> Option<Option<R::Item>> {
        Some(self.found)
    }
}

/// The call that would be made where none is.
type LoginOf<P> = <P as Provider>::Login;

/// Takes no read at all.
pub struct Blind<P>(PhantomData<P>);

impl<P: Provider> Sight for Blind<P> {
    type Provider = P;
    type Read = LoginOf<P>;
    type Shown = ();

    fn take(&mut self) -> Option<Result<LoginOf<P>, Error>> {
        None
    }

    fn advance(
        &mut self,
        _: &LoginOf<P>,
        outcome: Result<Reply<<LoginOf<P> as Call>::Reply>, Error>,
    ) -> Result<(), Error> {
        outcome.map(drop)
    }

    fn shown(self) -> Option<()> {
        Some(())
    }
}
