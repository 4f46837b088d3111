//! Mutants as cargo-mutants lists them, and a sample of them.

use std::path::Path;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::Error;

/// A mutant.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Mutant {
    /// The place and the change, such as `src/a.rs:7:5: replace f with ()`.
    pub(super) name: String,
    pub(super) package: String,
    /// The path of the file, from the workspace's folder.
    pub(super) file: String,
    /// The change as a patch, with lines around it.
    pub(super) diff: String,
    /// The function that is changed; `None` for a constant.
    pub(super) function: Option<Function>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Function {
    pub(super) span: Span,
}

/// The lines of a function.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Span {
    pub(super) start: Place,
    pub(super) end: Place,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Place {
    /// The number of the line, from 1.
    pub(super) line: usize,
}

impl Mutant {
    /// The digest of what is changed: of the patch and of the whole function, without the numbers of
    /// their lines. What was seen of a mutant is true as long as it stays the same.
    pub(super) fn mark(&self, root: &Path) -> Result<String, Error> {
        let path = root.join(&self.file);
        let text = std::fs::read_to_string(&path).map_err(|source| Error::File { path, source })?;
        let mut digest = Sha256::new();
        let patch = self.diff.lines().filter(|line| !line.starts_with("@@ "));
        let function = self.function.iter().flat_map(|Function { span }| {
            let before = span.start.line.saturating_sub(1);
            text.lines().take(span.end.line).skip(before)
        });
        for line in patch.chain(function) {
            digest.update(line.as_bytes());
            digest.update(b"\n");
        }
        Ok(hex::encode(digest.finalize()))
    }
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
