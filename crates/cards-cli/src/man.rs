//! `cards man`: the manual pages of this command line.

use std::path::{Path, PathBuf};

use clap_mangen::Man;

use crate::error::Error;
use crate::output;
use crate::repeat;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  cards man | man -l -
  cards man paysafe prepaid-cards | man -l -
  cards man --dir ~/.local/share/man/man1")]
pub(crate) struct Args {
    /// The command whose page is printed; without one, that of the program
    #[arg(value_name = "COMMAND", conflicts_with = "dir")]
    path: Vec<String>,

    /// Write the pages of all commands into this folder, in place of those there
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, command: clap::Command) -> Result<(), Error> {
    let mut command = command.disable_help_subcommand(true);
    // Names each command with those above it, as its page is named.
    command.build();
    match &args.dir {
        Some(folder) => write_all(&command, folder),
        None => output::out(&page(find(&command, &args.path)?)?),
    }
}

/// The command that words name, from the program on.
fn find<'a>(command: &'a clap::Command, path: &[String]) -> Result<&'a clap::Command, Error> {
    path.iter().try_fold(command, |command, word| {
        command.find_subcommand(word).ok_or_else(|| {
            let known: Vec<_> = visible(command).map(clap::Command::get_name).collect();
            let name = command.get_display_name().unwrap_or("cards");
            Error::usage(format!("{} has no such command", name.replace('-', " "))).hint(
                match known.is_empty() {
                    true => "it has none below it".to_owned(),
                    false => format!("it has {}", known.join(", ")),
                },
            )
        })
    })
}

/// The commands below one that its help lists.
fn visible(command: &clap::Command) -> impl Iterator<Item = &clap::Command> {
    let below = command.get_subcommands();
    below.filter(|command| !command.is_hide_set())
}

fn page(command: &clap::Command) -> Result<String, Error> {
    let mut page = Vec::new();
    let source = concat!("cards ", env!("CARGO_PKG_VERSION"));
    let made = Man::new(command.clone()).source(source).render(&mut page);
    made.map_err(|error| Error::failure("the page cannot be made").caused_by(error))?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

fn write_all(command: &clap::Command, folder: &Path) -> Result<(), Error> {
    let name = command.get_display_name().unwrap_or("cards");
    let path = folder.join(format!("{name}.1"));
    std::fs::write(&path, page(command)?).map_err(|error| {
        Error::failure(format!("--dir: {} cannot be written", repeat::path(&path))).caused_by(error)
    })?;
    visible(command).try_for_each(|below| write_all(below, folder))
}
