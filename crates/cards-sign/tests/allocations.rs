//! Signing and verifying a request allocates nothing, and many of them no more than the list of results.

use allocation_counter::measure;
use cards_sign::{Batch, Checksum, Order, checksum, verify};

const NAMES: [&str; 21] = [
    "u", "t", "s", "r", "q", "p", "o", "n", "m", "l", "k", "j", "i", "h", "g", "f", "e", "d", "c",
    "b", "a",
];
const VALUE: &str = "a value of some twenty";
const SECRET: [u8; 64] = *b"fake-secret-for-tests-fake-secret-for-tests-fake-secret-for-test";

#[test]
fn the_counter_counts() {
    let counted = measure(|| drop(std::hint::black_box(vec![1, 2, 3])));
    assert_eq!(counted.count_total, 1);
}

#[test]
fn arranging_signing_and_verifying() {
    let mut fields = NAMES.map(|name| (name, VALUE));
    let example = ["a", "b", "c", "z", "u"];
    let mut sums: Vec<Checksum> = Vec::with_capacity(Order::ALL.len());
    let counted = measure(|| {
        for order in Order::ALL {
            order.arrange(&mut fields, &example);
            let values = || fields.iter().map(|(_, value)| *value);
            let sum = checksum(values(), &SECRET);
            let header = sum.to_hex();
            assert!(verify(values(), &SECRET, header.as_str()));
            assert!(!verify(values(), &SECRET, "no checksum"));
            assert_eq!(header.parse(), Ok(sum));
            sums.push(sum);
        }
    });
    assert_eq!(sums.len(), 3);
    assert_eq!(counted.count_total, 0);
}

/// Takes the list of results and, for threads, what starting one takes: the same for any number of requests.
#[test]
fn signing_and_verifying_many() {
    let of = |threads: usize| Batch::new().threads(threads.try_into().expect("there is one"));
    let header = checksum([VALUE], &SECRET).to_hex();
    for (batch, most) in [(of(1), 1), (of(2), 30)] {
        let counts = [1, 1_000, 100_000].map(|requests| {
            let requests = vec![[VALUE]; requests];
            let signed = measure(|| drop(batch.checksums(&requests, &SECRET, |values| *values)));
            let checked =
                measure(|| drop(batch.verify(&requests, &SECRET, |values| *values, |_| &header)));
            [signed, checked].map(|counted| counted.count_total)
        });
        assert!(
            counts
                .as_flattened()
                .iter()
                .all(|count| (1..=most).contains(count)),
            "{counts:?}"
        );
    }
}
