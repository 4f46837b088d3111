//! The register-user form as a body, beside serde_urlencoded and beside a copy
//! of the finished bytes.

use std::hint::black_box;

use benches::FORM;
use cards_transport::encode_form;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

criterion_group! {
    name = benches;
    config = Criterion::default().without_plots();
    targets = encoding
}
criterion_main!(benches);

fn encoding(c: &mut Criterion) {
    let reference = serde_urlencoded::to_string(FORM).expect("pairs of text can be encoded");
    assert_eq!(encode_form(&FORM), reference);

    let mut group = c.benchmark_group("encode");
    group.throughput(Throughput::Bytes(reference.len() as u64));
    group.bench_function("floor", |b| b.iter(|| black_box(&*reference).to_owned()));
    group.bench_function("encode_form", |b| b.iter(|| encode_form(black_box(&FORM))));
    group.bench_function("serde_urlencoded", |b| {
        b.iter(|| serde_urlencoded::to_string(black_box(&FORM[..])));
    });
    group.finish();
}
