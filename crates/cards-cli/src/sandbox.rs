//! `cards sandbox`: the three APIs on this machine.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use cards_sandbox::{ChecksumOrder, Running, Sandbox, Store, world};

use crate::error::Error;
use crate::output;

#[derive(clap::Args)]
#[command(after_help = "\
Prints `listening on http://ADDR` first and serves until Ctrl-C. The log on
standard error tells of each call why it was answered so.

Examples:
  cards sandbox
  cards sandbox --listen 127.0.0.1:0 --store cards.db
  eval \"$(cards sandbox --print-env)\"     in another shell, then any call")]
pub(crate) struct Args {
    /// Address of this machine to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8484", value_parser = address)]
    listen: SocketAddr,

    /// Where the state is kept: `memory`, or an SQLite file
    #[arg(long, value_name = "memory|FILE", default_value = "memory")]
    store: String,

    /// The order in which Airpay's checksum is taken over the values
    #[arg(long, value_enum, value_name = "ORDER", default_value = "received")]
    checksum_order: Joined,

    /// Serve nothing: print `export` lines for a sandbox at the address of
    /// --listen
    #[arg(long)]
    print_env: bool,
}

/// [`ChecksumOrder`] for the command line.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Joined {
    /// As the body has them
    Received,
    /// As the document's parameter table lists them
    Table,
    /// As the document's request example sends them
    Example,
    /// By name
    Sorted,
}

impl Args {
    /// Whether there will be calls to log.
    pub(crate) fn serves(&self) -> bool {
        !self.print_env
    }
}

pub(crate) fn run(args: &Args) -> Result<(), Error> {
    let address = args.listen;
    if !address.ip().is_loopback() {
        let message = format!("the sandbox does not listen on {address}");
        return Err(Error::usage(message).hint(
            "its credentials are public and it has no TLS: only addresses of this machine are \
             taken,\n  such as 127.0.0.1 and [::1]",
        ));
    }
    if args.print_env {
        return print_env(address);
    }
    let cannot_wait = |error| Error::failure("cannot wait for signals").caused_by(error);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.map_err(cannot_wait)?.block_on(async {
        // Before anybody learns that it serves, and may want to end it.
        let end = end().map_err(cannot_wait)?;
        let running = start(args)?;
        output::out(&format!("listening on {}\n", running.url()))?;
        output::note(&format!(
            "in another shell: eval \"$(cards sandbox --print-env --listen {})\"\n\
             Ctrl-C stops it\n",
            running.addr()
        ));
        end.await.map_err(cannot_wait)?;
        // It has a thread of its own, which goes on while this one waits.
        running.shutdown_blocking();
        Ok(())
    })
}

fn start(args: &Args) -> Result<Running, Error> {
    let store = match args.store.as_str() {
        "memory" => Store::Memory,
        path => Store::File(path.into()),
    };
    let order = match args.checksum_order {
        Joined::Received => ChecksumOrder::Received,
        Joined::Table => ChecksumOrder::Table,
        Joined::Example => ChecksumOrder::Example,
        Joined::Sorted => ChecksumOrder::Sorted,
    };
    let sandbox = Sandbox::builder()
        .listen(args.listen)
        .store(store)
        .checksum_order(order);
    sandbox.start_blocking().map_err(|error| {
        let hint = match (error.is_listen(), error.is_store()) {
            (true, _) => "another sandbox may be running; --listen 127.0.0.1:0 takes a free port",
            (_, true) => "--store takes `memory` or a file",
            _ => return not_started(error),
        };
        not_started(error).hint(hint)
    })
}

/// Prints what a shell's `eval` understands.
fn print_env(address: SocketAddr) -> Result<(), Error> {
    if address.port() == 0 {
        let message = "--print-env needs the port that the sandbox listens on: --listen ADDR";
        return Err(Error::usage(message));
    }
    let lines: String = world::env(address)
        .into_iter()
        .map(|(name, value)| format!("export {name}='{}'\n", value.replace('\'', r"'\''")))
        .collect();
    output::out(&lines)
}

pub(crate) fn not_started(error: cards_sandbox::Error) -> Error {
    Error::failure("the sandbox did not start").caused_by(error)
}

/// From now on waits for Ctrl-C, and for the polite way to end a process.
#[cfg(unix)]
fn end() -> io::Result<impl Future<Output = io::Result<()>>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        Ok(())
    })
}

#[cfg(not(unix))]
fn end() -> io::Result<impl Future<Output = io::Result<()>>> {
    Ok(tokio::signal::ctrl_c())
}

/// `127.0.0.1:8484`, `[::1]:8484`, `localhost:8484`, or a port alone.
fn address(text: &str) -> Result<SocketAddr, String> {
    let port = text.strip_prefix("localhost:").unwrap_or(text);
    if let Ok(port) = port.parse::<u16>() {
        return Ok((Ipv4Addr::LOCALHOST, port).into());
    }
    text.parse()
        .map_err(|_| "an address with a port, such as 127.0.0.1:8484".to_owned())
}
