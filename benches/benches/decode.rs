//! Pages of cards as the client reads them, and views of them, beside
//! `serde_json::from_slice` into the same types, and beside a UTF-8 check with a copy.

use std::fmt::Debug;
use std::hint::black_box;

use benches::{ibanera_page, paysafe_page};
use cards_model::ibanera::{CustomerCards, CustomerCardsReply, Envelope, ListCustomerCards};
use cards_model::paysafe::{CardPage, ListPrepaidCards};
use cards_transport::Viewed;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

criterion_group! {
    name = benches;
    config = Criterion::default().without_plots();
    targets = paysafe, ibanera
}
criterion_main!(benches);

fn paysafe(c: &mut Criterion) {
    let theirs = |body: &[u8]| serde_json::from_slice::<CardPage>(body).expect("a page");
    decoding::<ListPrepaidCards>(c, "decode-paysafe", &paysafe_page(), theirs);
}

fn ibanera(c: &mut Criterion) {
    decoding::<ListCustomerCards>(c, "decode-ibanera", &ibanera_page(), ibanera_from_slice);
}

/// Reads with `from_slice` at both levels: `details` may be an object or an array, so that it is
/// read on its own.
fn ibanera_from_slice(body: &[u8]) -> CustomerCardsReply {
    let envelope: Envelope<'_> = serde_json::from_slice(body).expect("an envelope");
    let details = envelope.details_text().as_bytes();
    let customers: Vec<CustomerCards> = serde_json::from_slice(details).expect("customers");
    let mut reply = CustomerCardsReply::default();
    reply.customers = customers;
    reply.page_size = envelope.page_size;
    reply.page_number = envelope.page_number;
    reply.number_of_pages = envelope.number_of_pages;
    reply
}

fn decoding<C: Viewed>(
    c: &mut Criterion,
    name: &str,
    page: &str,
    from_slice: impl Fn(&[u8]) -> C::Reply,
) where
    C::Reply: PartialEq + Debug,
{
    let body = page.as_bytes();
    let ours = |body| C::parse(body).ok();
    assert_eq!(ours(body), Some(from_slice(body)), "both read the same");

    let mut group = c.benchmark_group(name);
    group.throughput(Throughput::Bytes(body.len() as u64));
    group.bench_function("floor", |b| {
        b.iter(|| str::from_utf8(black_box(body)).map(str::to_owned));
    });
    group.bench_function("parse", |b| b.iter(|| ours(black_box(body))));
    group.bench_function("view", |b| b.iter(|| C::view(black_box(body)).ok()));
    group.bench_function("from_slice", |b| b.iter(|| from_slice(black_box(body))));
    group.finish();
}
