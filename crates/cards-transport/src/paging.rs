//! Walks from page to page, without IO and in memory that does not grow, however long the list is.

mod seen;

use seen::Seen;

use crate::call::Call;
use crate::cause::{Cause, PagingTrouble};
use crate::error::Error;
use crate::progress::Progress;
use crate::reply::{RawReply, Reply, Warning};
use crate::shown::Shown;
use crate::unreadable::Unreadable;

/// A call that brings one page of a list.
pub trait Paged: Call {
    /// The type of an item of the list.
    type Item;

    /// The name under which the items stand in a body.
    const ITEMS: &'static str;

    /// The items of a page as they came. See [`Call::shown`].
    fn shown_items(page: &Reply<Self::Reply>) -> Vec<Shown> {
        Self::shown(page).into_items(Self::ITEMS)
    }

    /// The items of a page.
    fn into_items(page: Self::Reply) -> Vec<Self::Item>;

    /// A text that tells one item from all others of its list, such as its id.
    fn identity(page: &Self::Reply) -> Vec<String>;

    /// The call that a walk begins with: this one, with its place in the list
    /// and its page size written out, as a server that is not told may choose
    /// any. A size that was not set is the largest documented one.
    fn first(self) -> Self;

    /// The call for the page after this one. `None` after the last.
    fn next(&self, page: &Self::Reply) -> Option<Self>;

    /// The number of the page that this asks for. `None`: the provider does not count pages.
    fn number(&self) -> Option<i64>;

    /// The number of pages that the provider says the list has. `None`: it does not say.
    fn announced(page: &Self::Reply) -> Option<i64>;

    /// Adds the page after this one to it. What describes one page goes: this is
    /// none any more.
    fn join(page: &mut Self::Reply, next: Self::Reply);

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

/// A list whose pages can be read without a copy of each of their texts.
///
/// For jobs that read bodies over again which they have kept, such as a portfolio of many
/// customers. What [`Call::parse`] takes is taken, and nothing else.
///
/// ```
/// use cards_transport::Viewed;
/// use cards_transport::model::paysafe::ListPrepaidCards;
///
/// let body = br#"{"cards":[{"cardId":"C1","mobile":"+35988000000"}],"meta":{"limit":10}}"#;
/// let Ok(page) = ListPrepaidCards::view(body) else {
///     panic!("a page");
/// };
/// assert_eq!(page.cards[0].card_id, "C1");
/// assert_eq!(format!("{:?}", page.cards[0].mobile), "Some(Personal([redacted]))");
/// // One that is to outlive the body is copied.
/// let card = page.cards.into_iter().next().map(|card| card.into_owned());
/// # assert!(card.is_some());
/// ```
pub trait Viewed: Paged {
    /// The page, whose texts stand in its body.
    type View<'a>;

    /// Reads the body of a page. See [`Call::parse`].
    fn view(body: &[u8]) -> Result<Self::View<'_>, Unreadable>;
}

/// Holds where a walk over pages stands.
pub(crate) struct Cursor<C> {
    next: Next<C>,
    left: u32,
    seen: Seen,
    /// Says whether a page held fewer records than it announced, or others were passed over for it.
    is_incomplete: bool,
    /// The most pages that any page has announced: a later one that announces fewer takes nothing
    /// back, as what was removed has moved others over a border that the walk had passed (E-IB-23).
    announced: i64,
    /// Says whether a page came with items on it.
    has_begun: bool,
}

enum Next<C> {
    Call(C),
    Trouble(Error),
    End,
}

/// Tells whether a page has fewer records than it announces, or stands behind the place that was
/// asked for, so that something of the list was passed over.
fn is_short(warning: &Warning) -> bool {
    match warning {
        Warning::PlaceDiffers { asked, told } => told > asked,
        Warning::RecordsDiffer { announced, came } => {
            u64::try_from(*announced).is_ok_and(|announced| announced > *came as u64)
        }
        _ => false,
    }
}

impl<C: Paged> Cursor<C> {
    pub(crate) fn new(first: C, most_pages: u32) -> Self {
        Self {
            next: Next::Call(first.first()),
            left: most_pages,
            seen: Seen::default(),
            is_incomplete: false,
            announced: 0,
            has_begun: false,
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
        let trouble = |trouble, raw: RawReply| {
            let progress = Progress::answered(C::operation(), raw.attempts());
            Error::new(progress, Cause::Paging(trouble), Some(raw))
        };
        let identities = C::identity(page.value());
        if self.seen.note(&identities) > 0 {
            return Err(trouble(PagingTrouble::Repeated, page.into_parts().raw));
        }
        self.is_incomplete |= page.warnings().iter().any(is_short);
        self.left = self.left.saturating_sub(1);
        // An empty page is the end of any list.
        let next = match identities.is_empty() {
            true => None,
            false => call.next(page.value()),
        };
        let announced = C::announced(page.value()).unwrap_or(0);
        self.announced = self.announced.max(announced);
        // An empty page is one that the list has not, but for the first of an empty list.
        let is_past = identities.is_empty() && self.has_begun;
        self.has_begun |= !identities.is_empty();
        let reached = call.number().map(|number| number - i64::from(is_past));
        let ends_early = reached.is_some_and(|reached| reached < self.announced);
        // This page is good and is handed out; a trouble comes in place of the
        // page that would follow.
        let then = |kind| Next::Trouble(trouble(kind, page.raw().clone()));
        self.next = match next {
            Some(next) if self.left > 0 => Next::Call(next),
            Some(_) => then(PagingTrouble::Endless),
            None if self.is_incomplete || ends_early => then(PagingTrouble::Missing),
            None => Next::End,
        };
        Ok(page)
    }
}
