//! The calls: their commands, and the way from a request to a printed reply.

mod about;
pub(crate) mod args;
pub(crate) mod client;
pub(crate) mod client_args;
pub(crate) mod command;
mod context;
mod departure;
mod dry_run;
mod failure;
mod field;
pub(crate) mod gather;
mod header;
mod hint;
mod run;
mod told;
mod verdict;
mod watch;
