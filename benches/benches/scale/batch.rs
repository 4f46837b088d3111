//! Signing and checking many requests at once, over the cores and on one of them.

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::time::Instant;

use benches::row::{Range, Row};
use benches::{FORM, SECRET, goals};
use cards_sign::{Batch, ChecksumHex, checksum};

const FEW: usize = 1_000;
const MANY: usize = 1_000_000;
const ROUNDS: usize = 3;

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    rows.extend(compared("batch, signing", sign));
    rows.extend(compared("batch, checking", verify));
    rows
}

fn sign(batch: Batch, requests: &[ChecksumHex]) {
    black_box(batch.checksums(requests, SECRET, values));
}

fn verify(batch: Batch, requests: &[ChecksumHex]) {
    let are_right = batch.verify(requests, SECRET, values, ChecksumHex::as_str);
    assert!(are_right.iter().all(|is_right| *is_right));
}

/// The same values for each request: what is measured is what an item costs.
fn values(_: &ChecksumHex) -> impl Iterator<Item = &str> {
    FORM.iter().map(|(_, value)| *value)
}

/// Measures a million over the cores beside a thousand, and beside one core.
fn compared(step: &str, work: fn(Batch, &[ChecksumHex])) -> [Row; 2] {
    let sum = checksum(FORM.iter().map(|(_, value)| *value), SECRET).to_hex();
    let requests = vec![sum; MANY];
    let one = Batch::new().threads(NonZeroUsize::MIN);
    // A batch of a thousand runs on one thread, so it is compared with a million on one thread.
    let round = |_| {
        let few = per_item(FEW, MANY / FEW / 10, || work(one, &requests[..FEW]));
        let many = per_item(MANY, 1, || work(one, &requests));
        let spread = per_item(MANY, 1, || work(Batch::new(), &requests));
        [few, many, spread]
    };
    let rounds: Vec<[f64; 3]> = (0..ROUNDS).map(round).collect();
    let row = |ours: (&str, usize), beside: (&str, usize), goal| {
        let took = |at: usize| Range::of(rounds.iter().map(|round| round[at]));
        let ratios = Range::of(rounds.iter().map(|round| round[ours.1] / round[beside.1]));
        Row {
            step: step.to_owned(),
            ours: ours.0.to_owned(),
            beside: beside.0.to_owned(),
            unit: "ns an item".to_owned(),
            ours_took: took(ours.1).map(|all| all.median),
            beside_took: took(beside.1).map(|all| all.median),
            ratio: ratios.map(|all| all.median),
            spread: ratios.map(|all| [all.low, all.high]),
            goal: Some(goal),
        }
    };
    let many = ("1,000,000 on one core", 1);
    [
        row(many, ("1,000", 0), goals::FLAT),
        row(("1,000,000 over the cores", 2), many, goals::OVER_THE_CORES),
    ]
}

/// The time of an item, in nanoseconds.
fn per_item(items: usize, times: usize, work: impl Fn()) -> f64 {
    let begun = Instant::now();
    for _ in 0..times {
        work();
    }
    begun.elapsed().as_nanos() as f64 / (items * times) as f64
}
