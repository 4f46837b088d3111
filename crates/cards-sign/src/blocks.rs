//! SHA-256 over many short parts.

use sha2::block_api::compress256;
use zeroize::optimization_barrier;

/// The blocks that are hashed at once. With one more there is always room for the padding.
const AT_ONCE: usize = 2;

/// A message's first state (FIPS 180-4, 5.3.3).
const START: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// SHA-256 of a message that comes in many short parts, as the values of a form do.
///
/// The compression is `sha2`'s. Its `Sha256` spends as much time on taking in 21 values as on two compressions; this
/// takes them into two blocks at a time, and short ones without a call. The blocks are wiped: they hold what is hashed.
pub(crate) struct Blocks {
    state: [u32; 8],
    blocks: [[u8; 64]; AT_ONCE + 1],
    /// The bytes in the blocks, always less than those of [`AT_ONCE`].
    held: usize,
    /// The bytes that were hashed.
    hashed: u64,
}

impl Blocks {
    #[inline]
    pub(crate) const fn new() -> Self {
        Self {
            state: START,
            blocks: [[0; 64]; AT_ONCE + 1],
            held: 0,
            hashed: 0,
        }
    }

    /// Takes a part in.
    #[inline(always)]
    pub(crate) fn put(&mut self, mut part: &[u8]) {
        loop {
            let room = &mut self.blocks[..AT_ONCE].as_flattened_mut()[self.held..];
            if part.len() < room.len() {
                copy(&mut room[..part.len()], part);
                self.held += part.len();
                return;
            }
            let (now, later) = part.split_at(room.len());
            room.copy_from_slice(now);
            compress256(&mut self.state, &self.blocks[..AT_ONCE]);
            self.hashed += 64 * AT_ONCE as u64;
            self.held = 0;
            part = later;
        }
    }

    /// Hashes what is left with its padding.
    #[inline(always)]
    pub(crate) fn finish(&mut self) -> [u8; 32] {
        let bits = (self.hashed + self.held as u64).wrapping_mul(8);
        // A bit that is set, and the length in 64 bits at the end of a block.
        let used = (self.held + 9).div_ceil(64);
        let padding = &mut self.blocks[..used].as_flattened_mut()[self.held..];
        padding.fill(0);
        padding[0] = 0x80;
        if let Some(length) = padding.last_chunk_mut() {
            *length = bits.to_be_bytes();
        }
        compress256(&mut self.state, &self.blocks[..used]);
        let mut digest = [0; 32];
        for (bytes, word) in digest.as_chunks_mut().0.iter_mut().zip(self.state) {
            *bytes = word.to_be_bytes();
        }
        digest
    }

    #[inline]
    fn wipe(&mut self) {
        self.blocks = [[0; 64]; AT_ONCE + 1];
        optimization_barrier(&self.blocks);
    }
}

/// Wipes the blocks, after a panic of the values' own iterator too.
impl Drop for Blocks {
    #[inline]
    fn drop(&mut self) {
        self.wipe();
    }
}

/// Copies a slice to one of the same length, a short one by its two ends, which may overlap: a call for each of a form's
/// values takes longer than the copies.
#[inline(always)]
fn copy(to: &mut [u8], from: &[u8]) {
    match from.len() {
        8..=16 => ends::<8>(to, from),
        4..8 => ends::<4>(to, from),
        0..4 => to.iter_mut().zip(from).for_each(|(to, from)| *to = *from),
        _ => to.copy_from_slice(from),
    }
}

/// Copies the first `N` bytes and the last `N`.
#[inline(always)]
fn ends<const N: usize>(to: &mut [u8], from: &[u8]) {
    if let (Some(to), Some(from)) = (to.first_chunk_mut::<N>(), from.first_chunk()) {
        *to = *from;
    }
    if let (Some(to), Some(from)) = (to.last_chunk_mut::<N>(), from.last_chunk()) {
        *to = *from;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sha2::{Digest, Sha256};

    fn in_parts<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> [u8; 32] {
        let mut blocks = Blocks::new();
        for part in parts {
            blocks.put(part);
        }
        blocks.finish()
    }

    #[test]
    fn every_length_around_the_blocks_has_its_padding() {
        let message: Vec<u8> = (0..=255).cycle().take(600).collect();
        for length in 0..message.len() {
            let (message, _) = message.split_at(length);
            let digest: [u8; 32] = Sha256::digest(message).into();
            assert_eq!(in_parts([message]), digest, "{length} bytes at once");
            assert_eq!(in_parts(message.chunks(1)), digest, "{length} bytes, each");
        }
    }

    #[test]
    fn no_part_of_a_message_is_left() {
        let mut blocks = Blocks::new();
        blocks.put(&[7; 100]);
        assert_ne!(blocks.blocks, [[0; 64]; AT_ONCE + 1]);
        blocks.finish();
        blocks.wipe();
        assert_eq!(blocks.blocks, [[0; 64]; AT_ONCE + 1]);
    }

    proptest! {
        #[test]
        fn parts_of_any_length_make_the_digest_of_the_whole(
            parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..150), 0..40)
        ) {
            let digest: [u8; 32] = Sha256::digest(parts.concat()).into();
            prop_assert_eq!(in_parts(parts.iter().map(|part| &part[..])), digest);
        }
    }
}
