//! Mutants as cargo-mutants lists them, and a sample of them.

use serde::Deserialize;
use sha2::{Digest, Sha256};

/// A mutant.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Mutant {
    /// The place and the change, such as `src/a.rs:7:5: replace f with ()`.
    pub(super) name: String,
    pub(super) package: String,
    /// The path of the file, from the workspace's folder.
    pub(super) file: String,
}

/// Draws so many mutants. A mutant's place in the draw hangs on the seed, its file and what is
/// changed, and not on its line: a sample stays the same while code moves.
pub(super) fn draw<'m>(
    mutants: impl Iterator<Item = &'m Mutant>,
    seed: u64,
    count: usize,
) -> Vec<&'m Mutant> {
    let mut all: Vec<_> = mutants.map(|mutant| (lot(mutant, seed), mutant)).collect();
    all.sort_by(|(one, of_one), (other, of_other)| {
        one.cmp(other).then_with(|| of_one.name.cmp(&of_other.name))
    });
    all.into_iter().take(count).map(|(_, one)| one).collect()
}

fn lot(mutant: &Mutant, seed: u64) -> [u8; 32] {
    let mut digest = Sha256::new();
    digest.update(seed.to_be_bytes());
    digest.update(mutant.file.as_bytes());
    digest.update(change(&mutant.name).as_bytes());
    digest.finalize().into()
}

/// The name of a mutant without its line and column: `src/a.rs: replace f with ()`.
pub(super) fn change(name: &str) -> String {
    let parts: Vec<_> = name.splitn(4, ':').collect();
    let is_number = |part: &str| part.parse::<u32>().is_ok();
    match parts[..] {
        [file, line, column, change] if is_number(line) && is_number(column) => {
            format!("{file}:{change}")
        }
        _ => name.to_owned(),
    }
}
