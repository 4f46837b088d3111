//! The checksum of a register-user form beside the six compressions that no
//! implementation can do without, and beside what people write instead.

use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SigningParams, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use benches::{FORM, SECRET};
use cards_model::Form;
use cards_model::airpay::RegisterUser;
use cards_sign::{Explain, Order, Recipe, checksum, explain, verify};
use criterion::{Criterion, criterion_group, criterion_main};
use sha2::{Digest, Sha256};

criterion_group! {
    name = benches;
    config = Criterion::default().without_plots();
    targets = signing, hex_forms
}
criterion_main!(benches);

fn signing(c: &mut Criterion) {
    let mut group = c.benchmark_group("sign");

    // 288 bytes of values, 64 of the secret, 9 of padding at least.
    let blocks = [[7_u8; 64]; 6];
    let start: [u32; 8] = [7; 8];
    group.bench_function("floor", |b| {
        b.iter(|| {
            let mut state = start;
            sha2::block_api::compress256(&mut state, black_box(&blocks));
            state
        });
    });

    let values = || black_box(&FORM).iter().map(|(_, value)| *value);
    let secret = || black_box(&SECRET[..]);
    group.bench_function("checksum", |b| b.iter(|| checksum(values(), secret())));
    group.bench_function("checksum-header", |b| {
        b.iter(|| checksum(values(), secret()).to_hex());
    });
    group.bench_function("concat", |b| b.iter(|| concatenated(values(), secret())));
    group.bench_function("format", |b| b.iter(|| formatted(values(), secret())));

    let form = serde_urlencoded::to_string(FORM).expect("pairs of text can be encoded");
    let identity = Credentials::new("fake-key-id", "fake-key", None, None, "benches").into();
    let params: SigningParams<'_> = v4::SigningParams::builder()
        .identity(&identity)
        .region("eu-central-1")
        .name("cards")
        .time(SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_219_200))
        .settings(SigningSettings::default())
        .build()
        .expect("all parameters are given")
        .into();
    group.bench_function("aws-sigv4", |b| {
        b.iter(|| {
            let request = SignableRequest::new(
                "POST",
                "https://cards.example/airpay/ms/cards/api/register-user",
                [
                    ("content-type", "application/x-www-form-urlencoded"),
                    ("affiliate", "sandboxaff"),
                ]
                .into_iter(),
                SignableBody::Bytes(black_box(form.as_bytes())),
            )
            .expect("the request is well formed");
            sign(request, &params).expect("the parameters are complete")
        });
    });

    let recipe: Recipe = black_box(Order::Table).into();
    group.bench_function("recipe", |b| {
        b.iter(|| recipe.sign(black_box(&FORM), secret()));
    });
    let other: Recipe = "table,joint=|,secret=first"
        .parse()
        .expect("the words are documented");
    group.bench_function("recipe-joint", |b| {
        b.iter(|| other.sign(black_box(&FORM), secret()));
    });
    let example = RegisterUser::EXAMPLE_ORDER;
    group.bench_function("order-example", |b| {
        b.iter(|| {
            let mut fields = black_box(FORM);
            Order::Example.arrange(&mut fields, example);
            checksum(fields.iter().map(|(_, value)| *value), secret()).to_hex()
        });
    });
    let recipe: Recipe = black_box(Order::Example).into();
    group.bench_function("recipe-example", |b| {
        b.iter(|| {
            let mut fields = black_box(FORM);
            recipe.arrange(&mut fields, example);
            recipe.sign(&fields, secret())
        });
    });

    let right = checksum(values(), SECRET).to_hex();
    group.bench_function("verify", |b| {
        b.iter(|| verify(values(), secret(), black_box(&right)));
    });

    let table = FORM.map(|(name, _)| name);
    let mut sent = FORM;
    Order::Example.arrange(&mut sent, example);
    let other_order = checksum(sent.iter().map(|(_, value)| *value), SECRET).to_hex();
    let other_secret = checksum(values(), b"fake-other-secret").to_hex();
    let ask = |given| {
        let question = Explain::new(black_box(&FORM), secret(), black_box(given));
        explain(&question.table(&table).example(example))
    };
    group.bench_function("explain-order", |b| b.iter(|| ask(&other_order)));
    group.bench_function("explain-nothing", |b| b.iter(|| ask(&other_secret)));
    // With all that the sandbox knows beside the body.
    let headers = [
        ("affiliate", "fake-affiliate"),
        ("processor-key", "fake-processor"),
        ("token", "fake-token"),
    ];
    let days = [("IST", "2026-11-27"), ("UTC", "2026-11-26")];
    group.bench_function("explain-nothing-beside", |b| {
        b.iter(|| {
            let question = Explain::new(black_box(&FORM), secret(), black_box(&other_secret));
            let question = question.table(&table).example(example);
            explain(&question.others(&headers).days(&days))
        });
    });
    group.finish();
}

fn hex_forms(c: &mut Criterion) {
    let digest: [u8; 32] = *checksum(["a digest"], SECRET).as_bytes();
    let mut group = c.benchmark_group("hex");
    group.bench_function("encode_to_slice", |b| {
        b.iter(|| {
            let mut digits = [0; 64];
            hex::encode_to_slice(black_box(&digest), &mut digits).expect("64 digits hold 32 bytes");
            digits
        });
    });
    group.bench_function("encode", |b| b.iter(|| hex::encode(black_box(&digest))));
    group.bench_function("write", |b| b.iter(|| written(black_box(&digest))));
    group.finish();
}

/// The usual careful way: one buffer, `hex::encode`.
fn concatenated<'a>(values: impl Iterator<Item = &'a str>, secret: &[u8]) -> String {
    let mut joined = Vec::new();
    values.for_each(|value| joined.extend_from_slice(value.as_bytes()));
    joined.extend_from_slice(secret);
    hex::encode(Sha256::digest(joined))
}

/// The way of the documents' sample, `$string = $param.self::$secret_key`, one
/// value after the other.
fn formatted<'a>(values: impl Iterator<Item = &'a str>, secret: &[u8]) -> String {
    let joined = values.fold(String::new(), |joined, value| format!("{joined}{value}"));
    let joined = format!("{joined}{}", String::from_utf8_lossy(secret));
    written(&Sha256::digest(joined).into())
}

fn written(digest: &[u8; 32]) -> String {
    digest.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
