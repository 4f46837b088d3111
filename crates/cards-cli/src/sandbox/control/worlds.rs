//! `cards sandbox worlds`

use super::at::{At, cell, items};
use crate::error::Error;
use crate::sheet::Sheet;

#[derive(clap::Args)]
#[command(after_help = "\
A world beside the first one has customers, clock, faults, journal and receivers
of its own. It is made when it is first used: by whatever is below
/_worlds/NAME, the commands here too.

Examples:
  eval \"$(cards sandbox --print-env --beside checkout)\"
  cards sandbox logs --url http://127.0.0.1:8484/_worlds/checkout
  cards sandbox worlds
  cards sandbox worlds remove checkout")]
pub(crate) struct Args {
    #[command(flatten)]
    at: At,

    #[command(subcommand)]
    change: Option<Change>,
}

#[derive(clap::Subcommand)]
enum Change {
    /// List the worlds, and how many calls each has had
    List,
    /// End one, and forget all that it holds
    Remove {
        /// Its name
        #[arg(value_name = "NAME", value_parser = name)]
        name: String,
    },
}

pub(super) fn run(args: &Args) -> Result<(), Error> {
    const WORLDS: &str = "/_sandbox/worlds";
    let client = args.at.client()?;
    match &args.change {
        None | Some(Change::List) => {
            let came = client.get(WORLDS, |came| came["worlds"].is_array())?;
            args.at.print(&came, |came| {
                const HEAD: [&str; 3] = ["name", "path", "exchanges"];
                let rows = items(came, "worlds").iter().map(|world| {
                    let cells = HEAD.iter().map(|name| cell(&world[*name]));
                    cells.collect()
                });
                Sheet::new(HEAD, rows.collect())
            })
        }
        Some(Change::Remove { name }) => {
            let came =
                client.delete(&format!("{WORLDS}/{name}"), |came| came["name"].is_string())?;
            args.at.done(&came, &format!("world {name} is removed"))
        }
    }
}

fn name(text: &str) -> Result<String, cards_sandbox::Error> {
    cards_sandbox::world::url_beside("", text).map(|_| text.to_owned())
}
