//! A walk over a list whose pages announce how many there are is held to the most that any of them
//! announced.

use std::sync::atomic::{AtomicI64, Ordering};

use bytes::Bytes;
use cards_transport::ibanera::{Ibanera, OtpReuse};
use cards_transport::model::ibanera::{ListCardBalances, ListCardTransactions, ListCustomerCards};
use cards_transport::{Client, ErrorKind, Limits, Paged, Settings, blocking};
use futures_util::StreamExt as _;
use http::{Request, Response};
use proptest::prelude::*;

use crate::calls::samples::ibanera;
use crate::calls::script::Outcome;

const SIZE: i64 = 10;

/// A page: how many items it has, and how many pages it announces.
type Page = (i64, Option<i64>);

/// Answers with one page after the other, and with empty ones after the last.
fn server(pages: Vec<Page>) -> impl Fn(Request<Bytes>, Limits) -> Outcome {
    let asked = AtomicI64::new(0);
    move |_, _| {
        let at = asked.fetch_add(1, Ordering::Relaxed);
        let page = usize::try_from(at).ok().and_then(|at| pages.get(at));
        let (count, announced) = page.copied().unwrap_or((0, None));
        let item = |place| {
            let id = at * SIZE + place + 1;
            format!(r#"{{"id":{id},"customersId":{id}}}"#)
        };
        let items: Vec<_> = (0..count).map(item).collect();
        let announced = announced.map(|pages| format!(r#","numberOfPages":{pages}"#));
        let body = format!(
            r#"{{"status":"1","details":[{}],"pageSize":{SIZE}{}}}"#,
            items.join(","),
            announced.unwrap_or_default()
        );
        Ok(Response::new(body.into()))
    }
}

fn provider() -> Ibanera {
    ibanera().otp_reuse(OtpReuse::Allowed)
}

/// The number of items that a walk brings, and how it ends: the same by both drivers.
fn walked<C: Paged<Provider = Ibanera> + Clone>(
    call: &C,
    pages: &[Page],
) -> (usize, Option<ErrorKind>) {
    let settings = Settings::new;
    let transport = server(pages.to_vec());
    let client = blocking::Client::with_settings(provider(), transport, settings());
    let told: Vec<_> = client.items(call.clone()).map(|it| it.map(drop)).collect();
    let transport = server(pages.to_vec());
    let transport = move |request, limits| std::future::ready(transport(request, limits));
    let client = Client::with_settings(provider(), transport, settings());
    let also = client.items(call.clone()).map(|it| it.map(drop));
    let also: Vec<_> = pollster::block_on(also.collect());
    let ends = |all: Vec<Result<(), cards_transport::Error>>| {
        let error = all.last().and_then(|it| it.as_ref().err());
        let error = error.map(cards_transport::Error::kind);
        (all.len() - usize::from(error.is_some()), error)
    };
    let told = ends(told);
    assert_eq!(told, ends(also), "{pages:?}");
    told
}

/// The same of each list that counts its pages.
fn walks(pages: &[Page]) -> (usize, Option<ErrorKind>) {
    let told = walked(&ListCustomerCards::new(), pages);
    assert_eq!(walked(&ListCardBalances::new().page_size(10), pages), told);
    let transactions = ListCardTransactions::new(1004).page_size(10);
    assert_eq!(walked(&transactions, pages), told);
    told
}

#[test]
fn a_page_takes_nothing_back_that_an_earlier_one_announced() {
    let missing = Some(ErrorKind::Paging);
    for (pages, items, ends) in [
        // Twenty-one customers, of whom one of the first ten is removed: the eleventh is lost.
        (&[(10, Some(3)), (10, Some(2))][..], 20, missing),
        (&[(10, Some(3)), (10, Some(3)), (0, Some(2))], 20, missing),
        (&[(10, Some(5)), (3, None)], 13, missing),
        (&[(10, Some(5)), (3, Some(0))], 13, missing),
        (&[(10, Some(2)), (0, None)], 10, missing),
        (&[(0, Some(2))], 0, missing),
        // What was announced has come, and more.
        (&[(10, Some(2)), (10, Some(3)), (1, Some(3))], 21, None),
        (&[(10, Some(3)), (10, None), (1, Some(0))], 21, None),
        (&[(10, Some(1))], 10, None),
        (&[(0, Some(1))], 0, None),
        (&[(0, Some(0))], 0, None),
        (&[(10, None), (0, None)], 10, None),
    ] {
        assert_eq!(walks(pages), (items, ends), "{pages:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// A walk that is told as whole has come as far as any of its pages said that the list goes.
    #[test]
    fn no_walk_is_whole_that_ends_before_what_was_announced(
        pages in proptest::collection::vec(
            (prop_oneof![3 => Just(SIZE), 1 => 0..SIZE], proptest::option::of(-1_i64..6)),
            1..6,
        ),
    ) {
        let (items, ends) = walks(&pages);
        // The pages that it read, by the items that they brought and one that was empty.
        let mut read = 0;
        let mut came = 0;
        let mut most = 0;
        for &(count, announced) in pages.iter().chain(&[(0, None)]) {
            let is_last = match announced.filter(|&pages| pages > 0) {
                Some(pages) => read + 1 >= pages,
                None => count < SIZE,
            };
            most = most.max(announced.unwrap_or(0));
            came += count;
            read += i64::from(count > 0 || read == 0);
            if is_last || count == 0 {
                break;
            }
        }
        prop_assert_eq!(items as i64, came);
        let expected = (read < most).then_some(ErrorKind::Paging);
        prop_assert_eq!(ends, expected, "{:?}", pages);
    }
}
