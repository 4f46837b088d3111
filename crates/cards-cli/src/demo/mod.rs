//! `cards demo`: everything at work in one screen or two, offline.

mod calls;
mod failures;
mod lives;
mod people;
mod text;

use cards_sandbox::Sandbox;

use crate::config::Vars;
use crate::error::Error;
use crate::output::{self, BOLD};
use crate::overview;
use crate::sandbox::not_started;

pub(crate) fn run() -> Result<(), Error> {
    let sandbox = Sandbox::start_blocking().map_err(not_started)?;
    let vars = Vars::only(sandbox.env());
    output::out(&format!(
        "{BOLD}Three card APIs, the life of a card at each, two backends{BOLD:#}\n\
         A sandbox of all three runs inside this process, at {}.\n",
        sandbox.url()
    ))?;

    let (count, cards) = lives::run(&sandbox, &vars)?;
    output::out(&format!(
        "\n{BOLD}{count} calls; the cards, whoever issued them{BOLD:#}\n"
    ))?;
    output::out(&overview::short_table(&cards))?;

    output::out(&format!(
        "\n{BOLD}Three failures, and what they tell{BOLD:#}\n"
    ))?;
    failures::broken_rules(&sandbox, &vars)?;
    output::out("\n")?;
    failures::wrong_checksum(&sandbox, &vars)?;
    output::out("\n")?;
    failures::reset_connection(&vars)?;

    let next: String = NEXT.iter().map(|line| format!("  {line}\n")).collect();
    output::out(&format!("\n{BOLD}Try next{BOLD:#}\n{next}"))
}

const NEXT: [&str; 6] = [
    "cards sandbox                          serve the three APIs on port 8484",
    "eval \"$(cards sandbox --print-env)\"    in another shell; then, for example:",
    "cards paysafe prepaid-cards --customer-id 12345678 --all",
    "cards ibanera cards-by-customer --customers-id 11057 --output json",
    "cards airpay customer-preference --entity-id AIRPAYCUST0001 --dry-run",
    "cards verify --help                    find out why a checksum is refused",
];
