//! The house rules as data: `xtask/tidy.toml`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::Error;

/// The file, from the root of the workspace.
pub(super) const FILE: &str = "xtask/tidy.toml";

/// All rules.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rules {
    /// The crates whose product code is looked at.
    pub(super) crates: Vec<Crate>,
    /// Words that a part of the product does not say.
    pub(super) words: Vec<Words>,
    /// The places where the names of operations may stand.
    pub(super) operations: Operations,
    /// The most lines that a file and a function may have.
    pub(super) lengths: Lengths,
    /// The openings that comments do not have.
    pub(super) sentences: Sentences,
}

/// A crate and the order of its modules.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Crate {
    /// The folder of its sources.
    pub(super) src: String,
    /// Its layers, from the bottom up. Modules in one layer do not know each
    /// other; a module takes those inside it along, unless they are listed.
    pub(super) layers: Vec<Vec<String>>,
    /// Arrows that still point up, which are to be cut.
    #[serde(default)]
    pub(super) known: Vec<Known>,
    /// Counts the files that still are in circles.
    #[serde(default)]
    pub(super) in_circles: usize,
}

/// An arrow between two modules that breaks the order.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Known {
    /// The module that uses.
    pub(super) from: String,
    /// The modules that are used.
    pub(super) to: Vec<String>,
}

/// Words, and the part of the product that does not say them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    /// The words, in lower case.
    pub(super) words: Vec<String>,
    /// The beginnings of the paths where they do not stand.
    pub(super) within: Vec<String>,
    /// The beginnings of the paths among those where they may.
    #[serde(default)]
    pub(super) except: Vec<String>,
    /// The reason, which is printed.
    pub(super) because: String,
    /// Files that still say them, each with the number of lines.
    #[serde(default)]
    pub(super) known: BTreeMap<String, usize>,
}

/// The places where names of operations may stand.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Operations {
    /// The list of all operations.
    pub(super) list: String,
    /// Files with a row for each operation, under its name: what is said of it to
    /// people. A test of each holds that no row is missing or left over.
    #[serde(default)]
    pub(super) rows: Vec<String>,
    /// Files that still name an operation which is not their own, each with the
    /// number of texts.
    #[serde(default)]
    pub(super) known: BTreeMap<String, usize>,
}

/// Limits of length, in lines.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lengths {
    /// The most lines of a file, tests included.
    pub(super) file: usize,
    /// The most lines of a function, without its doc comment.
    pub(super) function: usize,
    /// Files that are longer, each with its lines.
    #[serde(default)]
    pub(super) known_files: BTreeMap<String, usize>,
    /// Functions that are longer, as `file name`, each with its lines.
    #[serde(default)]
    pub(super) known_functions: BTreeMap<String, usize>,
}

/// The openings that comments do not have.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sentences {
    /// First words that leave open what the item is.
    pub(super) riddles: Vec<String>,
    /// Files that still have some, each with their number.
    #[serde(default)]
    pub(super) known: BTreeMap<String, usize>,
}

/// Reads the rules.
pub(super) fn read(workspace: &Path) -> Result<Rules, Error> {
    let failed = |message: String| Error::File {
        path: FILE.to_owned(),
        message,
    };
    let text =
        fs::read_to_string(workspace.join(FILE)).map_err(|error| failed(error.to_string()))?;
    toml::from_str(&text).map_err(|error| failed(error.to_string()))
}
