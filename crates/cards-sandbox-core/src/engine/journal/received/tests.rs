//! Checks how a body is held that comes in pieces of any size.

use proptest::prelude::*;

use super::*;

fn seen(limit: usize, body: &[u8], sizes: &[usize]) -> Seen {
    let mut seen = Seen {
        limit,
        ..Seen::default()
    };
    let (mut rest, mut sizes) = (body, sizes.iter().cycle());
    while !rest.is_empty() {
        let size = sizes.next().copied().unwrap_or(1).clamp(1, rest.len());
        seen.add(&rest[..size]);
        rest = &rest[size..];
    }
    seen
}

#[test]
fn a_body_in_chunks_of_a_byte_is_held_as_a_whole_one_is() {
    let body = vec![7; 3 * PIECE + 1];
    for sizes in [&[1][..], &[1, 1024], &[PIECE + 1], &[body.len()]] {
        let seen = seen(body.len(), &body, sizes);
        assert_eq!(seen.pieces.len(), 4, "{sizes:?}");
        let held: usize = seen.pieces.iter().map(Vec::capacity).sum();
        assert!(held <= body.len() + PIECE, "{sizes:?}: {held}");
    }
    let seen = seen(body.len() - 1, &body, &[1]);
    assert_eq!((seen.pieces.len(), seen.bytes), (0, body.len() as u64));
}

proptest! {
    #[test]
    fn a_body_is_what_came(
        length in 0_usize..400_000,
        sizes in proptest::collection::vec(1_usize..100_000, 1..9),
    ) {
        let body: Vec<_> = (0..length).map(|at| (at % 251) as u8).collect();
        let seen = seen(body.len(), &body, &sizes);
        prop_assert!(seen.pieces.len() <= body.len() / PIECE + 1);
        prop_assert_eq!(seen.pieces.concat(), body);
    }
}
