//! `cards completions`: a script that completes this command line.

use clap_complete::Shell;

use crate::error::Error;
use crate::output;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  cards completions bash > ~/.local/share/bash-completion/completions/cards
  cards completions zsh > ~/.zfunc/_cards
  cards completions fish > ~/.config/fish/completions/cards.fish")]
pub(crate) struct Args {
    /// The shell to print the script for
    shell: Shell,
}

pub(crate) fn run(args: &Args, command: &mut clap::Command) -> Result<(), Error> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, command, "cards", &mut script);
    output::out(&String::from_utf8_lossy(&script))
}
