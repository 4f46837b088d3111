//! A walk over pages takes the memory of a page, however long the list is: counted as the most bytes that
//! live at a time, of the transport's too.

use std::pin::pin;

use allocation_counter::measure;
use bytes::Bytes;
use cards_transport::ibanera::{Ibanera, OtpReuse};
use cards_transport::model::ibanera::ListCustomerCards;
use cards_transport::model::paysafe::ListPrepaidCards;
use cards_transport::paysafe::Paysafe;
use cards_transport::{Client, Limits, Paged, TransportError, blocking};
use futures_util::StreamExt as _;
use http::{Request, Response};

const FEW: u64 = 1_000;
const MANY: u64 = 100_000;

/// The records of a page.
const PAGE: u64 = 50;

type Answer = Result<Response<Bytes>, TransportError>;

/// Gives the number of this name in the query.
fn asked(request: &Request<Bytes>, name: &str) -> u64 {
    let query = request.uri().query().unwrap_or_default();
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let found = pairs.find(|(given, _)| *given == name);
    found.map_or(0, |(_, number)| number.parse().expect("a number"))
}

/// A page of as many cards as there are from the one on that is asked for, with every usual field.
fn paysafe_page(request: &Request<Bytes>, cards: u64) -> Answer {
    let offset = asked(request, "offset");
    let card = |n: u64| {
        format!(
            r#"{{"cardId":"f16ba382-eb42-481a-b08f-{n:012}","status":"ACTIVE","expiry":{{"month":3,"year":2028}},"bin":"533944","lastFour":"{:04}","customerId":"12345678","cardType":"VIRTUAL","programName":"BRAND-VIRTUAL-MC","currency":"EUR","mobile":"+359 888333333","createdDate":"2024-11-08T11:57:08.348Z","accountId":"127623047","scheme":"MC","isPinSet":true}}"#,
            n % 10_000
        )
    };
    let page: Vec<_> = (offset..cards.min(offset + PAGE)).map(card).collect();
    let (records, number) = (page.len(), offset / PAGE + 1);
    let body = format!(
        r#"{{"cards":[{}],"meta":{{"numberOfRecords":{records},"limit":{PAGE},"offset":{offset},"page":{number}}}}}"#,
        page.join(",")
    );
    Ok(Response::new(body.into()))
}

/// The same of customers with a card each.
fn ibanera_page(request: &Request<Bytes>, customers: u64) -> Answer {
    let number = asked(request, "pageNumber");
    let customer = |n: u64| {
        format!(
            r#"{{"customersId":{n},"customersReference":"CUST-{n:07}","cards":[{{"id":{n},"currency":"usd","totalBalance":12.50,"availableBalance":12.50,"pendingBalance":0,"bSuppressed":false}}]}}"#
        )
    };
    let first = (number - 1) * PAGE;
    let page: Vec<_> = (first..customers.min(first + PAGE))
        .map(|n| customer(10_000_000 + n))
        .collect();
    let pages = customers.div_ceil(PAGE);
    let body = format!(
        r#"{{"status":"1","errors":[],"id":null,"details":[{}],"pageSize":{PAGE},"pageNumber":{number},"numberOfPages":{pages}}}"#,
        page.join(",")
    );
    Ok(Response::new(body.into()))
}

fn paysafe() -> Paysafe {
    let base = "http://localhost:1".parse().expect("a base URL");
    Paysafe::new(base).token("fake-token")
}

fn ibanera() -> Ibanera {
    let base = "http://localhost:1".parse().expect("a base URL");
    Ibanera::new(base)
        .token("fake-token")
        .totp_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
        .expect("a secret")
        .otp_reuse(OtpReuse::Allowed)
}

/// The most bytes that live at a time while a list of so many is walked over, blocking.
fn blocking<C>(
    provider: C::Provider,
    list: C,
    page: fn(&Request<Bytes>, u64) -> Answer,
    most: u64,
) -> [u64; 2]
where
    C: Paged + Clone,
{
    let transport = move |request: Request<Bytes>, _: Limits| page(&request, most);
    let client = blocking::Client::new(provider, transport);
    let by_items = measure(|| {
        let items = client.items(list.clone());
        assert_eq!(
            items.map(|item| item.map(drop).expect("an item")).count() as u64,
            most
        );
    });
    let by_pages = measure(|| {
        let pages = client.pages(list.clone());
        let empty = u64::from(most.is_multiple_of(PAGE));
        let count = pages.map(|page| page.map(drop).expect("a page")).count() as u64;
        // Where the total is not told, an empty page is the last.
        assert!((most / PAGE..=most / PAGE + empty).contains(&count));
    });
    [by_items.bytes_max, by_pages.bytes_max]
}

/// The same, async.
fn unblocking<C>(
    provider: C::Provider,
    list: C,
    page: fn(&Request<Bytes>, u64) -> Answer,
    most: u64,
) -> [u64; 2]
where
    C: Paged<Reply: Send, Item: Send> + Clone + Send + Sync,
{
    let transport =
        move |request: Request<Bytes>, _: Limits| std::future::ready(page(&request, most));
    let client = Client::new(provider, transport);
    let by_items = measure(|| {
        pollster::block_on(async {
            let items = client
                .items(list.clone())
                .map(|item| item.map(drop).expect("an item"));
            assert_eq!(pin!(items).count().await as u64, most);
        });
    });
    let by_pages = measure(|| {
        pollster::block_on(async {
            let pages = client
                .pages(list.clone())
                .map(|page| page.map(drop).expect("a page"));
            assert!(pin!(pages).count().await as u64 >= most / PAGE);
        });
    });
    [by_items.bytes_max, by_pages.bytes_max]
}

/// Takes the peaks of a short list and of a long one: the second is at most half a page above.
fn holds(name: &str, few: [u64; 2], many: [u64; 2]) {
    for (by, (few, many)) in ["items", "pages"]
        .into_iter()
        .zip(few.into_iter().zip(many))
    {
        // A page as a body alone has more than this.
        assert!(few > 20_000, "{name}, {by}: {few} bytes");
        assert!(
            many <= few + few / 2,
            "{name}, {by}: {few} bytes, then {many}"
        );
    }
}

#[test]
fn a_list_of_cards() {
    let list = || ListPrepaidCards::new("12345678").limit(PAGE as u32);
    let [few, many] = [FEW, MANY].map(|most| blocking(paysafe(), list(), paysafe_page, most));
    holds("blocking", few, many);
    let [few, many] = [FEW, MANY].map(|most| unblocking(paysafe(), list(), paysafe_page, most));
    holds("async", few, many);
}

#[test]
fn a_list_of_customers() {
    let list = || ListCustomerCards::new().page_size(PAGE as u32);
    let [few, many] = [FEW, MANY].map(|most| blocking(ibanera(), list(), ibanera_page, most));
    holds("blocking", few, many);
    let [few, many] = [FEW, MANY].map(|most| unblocking(ibanera(), list(), ibanera_page, most));
    holds("async", few, many);
}

/// A refusal takes a few times its body, whatever it lists: an item of three bytes may not become a
/// hundred.
#[test]
fn a_refusal_takes_a_few_times_its_body() {
    const SIZE: usize = 8 << 20;
    let many = |item: &str, separated: usize| vec![item; separated / (item.len() + 1)].join(",");
    let items = many("{}", SIZE - 100);
    let sentences = many("\"a\"", SIZE - 100);
    let nested = format!(r#"{{"fieldErrors":[{}]}}"#, many("{}", 3_000));
    let peak_of = |run: &dyn Fn()| measure(run).bytes_max;
    for body in [
        format!(r#"{{"error":{{"code":"C","fieldErrors":[{items}]}}}}"#),
        format!(r#"{{"error":{{"code":"C","details":[{sentences}]}}}}"#),
        format!(r#"{{"error":[{items}]}}"#),
        format!("[{items}]"),
        format!(r#"{{"error":[{}]}}"#, many(&nested, SIZE - 100)),
        format!(
            "[{}]",
            many(&format!(r#"{{"error":{nested}}}"#), SIZE - 100)
        ),
    ] {
        let body = Bytes::from(body);
        let transport = |_: Request<Bytes>, _: Limits| -> Answer {
            Ok(Response::builder()
                .status(400)
                .body(body.clone())
                .expect("a reply"))
        };
        let client = blocking::Client::new(paysafe(), transport);
        let peak = peak_of(&|| drop(client.send(&ListPrepaidCards::new("1"))));
        assert!(peak < 8 * SIZE as u64, "{peak}");
    }
    let body = Bytes::from(format!(r#"{{"status":"0","errors":[{items}]}}"#));
    let transport = |_: Request<Bytes>, _: Limits| -> Answer { Ok(Response::new(body.clone())) };
    let client = blocking::Client::new(ibanera(), transport);
    let peak = peak_of(&|| drop(client.send(&ListCustomerCards::new())));
    assert!(peak < 3 * SIZE as u64, "{peak}");
}
