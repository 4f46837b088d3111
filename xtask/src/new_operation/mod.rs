//! `cargo xtask new-operation PROVIDER NAME`: the files of a new operation and its
//! lines in lists, from a table of its fields.
//!
//! What is written compiles. Its tests fail where somebody has to go on, and say
//! what there is to do.

mod ledger;
mod lists;
mod model;
mod operation;
mod plan;
mod provider;
mod sandbox;
mod table;
#[cfg(test)]
mod tests;

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anstream::println;

use self::operation::Method;
use self::plan::{Change, Place};
use self::table::TableError;
use crate::workspace;

/// The form of the table, as the help has it.
pub(crate) const TABLE: &str = "\
The table has a line for each field, its cells separated by tabs, under a line of
headings: name, type and required; and where it has them place, rules, sample and
about. Empty lines, and those that begin with #, are passed over.

  type      text, personal, secret, number, or `one of` and the values
  required  yes or no
  place     form, query, path or json; where the provider's usual is another
  rules     with semicolons between: length 1..50; number 1..50; number 1..;
            letters; letters and spaces; letters, digits and spaces; digits;
            email; date
  sample    the value of the document's own example
  about     a few words for people

For example (with tabs):

  name       type              required  rules         sample
  entity_id  text              yes       length 1..50
  flag       one of L UL BL    yes                     L

Exit status: 0 when all is well, 1 when something does not hold or the chore
could not be done (it tells which), 2 when the arguments are wrong.";

/// The options of `cargo xtask new-operation`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Names the provider of the operation: airpay, paysafe or ibanera.
    provider: String,
    /// Its name, such as lock-unlock.
    name: String,
    /// The table of its fields (- for standard input).
    #[arg(long, value_name = "FILE", default_value = "-")]
    fields: PathBuf,
    /// The document's title [default: the provider and the name].
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// The HTTP method [default: post at Airpay, get at the others].
    #[arg(long, value_enum, value_name = "METHOD", hide_possible_values = true)]
    method: Option<Method>,
    /// The path, with {customerId} and the like for parameters [default: at Airpay
    /// the usual one, with the name].
    #[arg(long, value_name = "PATH")]
    path: Option<String>,
    /// The beginning of its requirements' ids [default: two letters].
    #[arg(long, value_name = "LETTERS")]
    prefix: Option<String>,
    /// Prints what would be written, and writes nothing.
    #[arg(long)]
    dry_run: bool,
}

/// The reason why nothing was written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{0:?} is no provider; those are airpay, paysafe and ibanera")]
    Provider(String),
    #[error("give the path of the operation, which begins with a slash: --path")]
    Path,
    #[error("the table has no required field {0}, which is a parameter of the path")]
    Parameter(String),
    #[error("{0:?} is no name: small letters and digits, in words with one hyphen between")]
    Name(String),
    #[error("{0} is a number, and a form holds texts: make it text, with the rule digits")]
    NumberInForm(String),
    #[error("{0} has the operation {1} already")]
    Exists(&'static str, String),
    #[error("{path}: {error}")]
    Table { path: String, error: TableError },
    #[error("{path} is there already; it is another's, or left over")]
    Taken { path: String },
    #[error("{path}: {why}, so that a line would find no place; nothing is written")]
    NoPlace { path: String, why: String },
    #[error("the prefix {0} is that of other requirements; give another with --prefix")]
    Prefix(String),
    #[error("{path}: {error}")]
    File { path: String, error: std::io::Error },
    #[error("rustfmt: {0}")]
    Format(String),
}

/// Makes the operation, or tells why it cannot be made.
pub(crate) fn run(options: &Options) -> Result<bool, Error> {
    let root = workspace();
    let table = read_table(&options.fields)?;
    let operation = plan::operation(options, &table)?;
    let changes = plan::changes(&root, &operation)?;
    for change in &changes {
        tell(change, options.dry_run);
    }
    if !options.dry_run {
        plan::write(&root, &changes)?;
    }
    println!("\n{}", plan::next_steps(&operation));
    Ok(true)
}

fn read_table(path: &Path) -> Result<String, Error> {
    let failed = |error| Error::File {
        path: path.display().to_string(),
        error,
    };
    if path != Path::new("-") {
        return fs::read_to_string(path).map_err(failed);
    }
    let mut text = String::new();
    let read = std::io::stdin().read_to_string(&mut text);
    read.map_err(failed)?;
    Ok(text)
}

/// Prints what changes; with the text where nothing is written.
fn tell(change: &Change, is_dry: bool) {
    match &change.place {
        Place::New => println!("new      {}", change.path),
        Place::Lines(_) => println!("line in  {}", change.path),
    }
    if is_dry {
        for line in change.added() {
            println!("    + {line}");
        }
    }
}
