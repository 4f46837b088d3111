//! `cards sandbox`: the three APIs on this machine.

mod certificate;
mod client;
mod control;
mod descriptors;
mod events;
mod exports;
mod health;
mod ibanera;
mod limits;
mod paysafe;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use cards_sandbox::{
    Builder, DocExpiry, Running, Sandbox, Store, Tls, UtcOffset, Waiver, World, world,
};
use cards_transport::sign::Recipe;
use clap::builder::TypedValueParser;

use self::exports::Shell;
use self::ibanera::{Authorization, BalanceNames, Codes};
use crate::checksum::Recipes;
use crate::config::CA_FILE;
use crate::error::Error;
use crate::file::Named;
use crate::input::waiver;
use crate::output::{self, LogFormat};
use crate::signals;
use crate::words::one_of;

#[derive(clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Prints `listening on http://ADDR` first and serves until Ctrl-C. The log on
standard error tells of each call why it was answered so.

Examples:
  cards sandbox
  cards sandbox --port 0 --store cards.db
  cards sandbox --world world.json --one-time-passwords single-use
  cards sandbox --tls --tls-certificate sandbox.pem
  cards sandbox --health && echo up
  eval \"$(cards sandbox --print-env)\"     in another shell, then any call
  cards sandbox --print-env=fish | source
  cards sandbox --print-env=powershell | Out-String | Invoke-Expression
  cards sandbox logs --follow             in another shell"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    control: Option<control::Control>,

    /// Address of this machine to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8484", value_parser = address)]
    listen: SocketAddr,

    /// The port, in place of that of --listen
    #[arg(long, value_name = "N", value_parser = port)]
    port: Option<u16>,

    /// Needed to listen where other machines can reach it: whoever does can
    /// read and change everything, as the credentials are published
    #[arg(long)]
    expose: bool,

    /// A name or address by which clients call it, beside those of this
    /// machine; may be repeated
    #[arg(long = "allow-host", value_name = "NAME")]
    allowed_hosts: Vec<String>,

    /// Place of the state: `memory`, or an SQLite file
    #[arg(long, value_name = "memory|FILE", default_value = "memory")]
    store: String,

    /// The order in which Airpay's checksum is taken over the values
    /// or, after the order and a comma, a recipe: `table,joint=|`
    #[arg(long, value_name = "ORDER", value_parser = Recipes, default_value = "received")]
    checksum_order: Recipe,

    /// A JSON file of customers and cards to start with, as GET
    /// /_sandbox/world/file saves it or a few lines of your own; a store that
    /// has some already keeps them. - for standard input
    #[arg(long, value_name = "FILE")]
    world: Option<PathBuf>,

    /// Uses of one of Ibanera's codes: one call, or more than one
    #[arg(long, value_enum, value_name = "HOW", default_value = "reusable")]
    one_time_passwords: Codes,

    /// Form in which the token stands in Ibanera's Authorization
    #[arg(long, value_enum, value_name = "HOW", default_value = "bearer")]
    ibanera_authorization: Authorization,

    /// Spelling of the fields in Ibanera's list of balances, in which two copies of its page differ
    #[arg(long, value_enum, value_name = "COPY", default_value = "newer")]
    ibanera_balance_names: BalanceNames,

    #[command(flatten)]
    paysafe: paysafe::Args,

    #[command(flatten)]
    events: events::Args,

    /// Refuse a mobile number at Airpay that another customer has
    #[arg(long)]
    unique_mobile_numbers: bool,

    /// Let a token of Airpay's user-login speak for its own customer alone
    #[arg(long)]
    bound_tokens: bool,

    /// Let Airpay's set-pin take an expiryDate that is not the card's
    #[arg(long)]
    any_pin_expiry: bool,

    /// Let Airpay's card-replacement replace a card only once it is blocked
    #[arg(long)]
    replaces_blocked_only: bool,

    /// Let a KYC level at Airpay come after any other
    #[arg(long)]
    any_kyc_order: bool,

    /// Let Airpay's registration take no one-time password but one that was given out
    #[arg(long)]
    issued_otp_only: bool,

    /// Load customers at Airpay without the limits of a month
    #[arg(long)]
    unlimited_loads: bool,

    /// Tell cards and balances at Airpay as the pages' tables do, not their samples
    #[arg(long)]
    table_replies: bool,

    /// Let no test value bring a refusal of its own; `cards sandbox test-values`
    /// lists them
    #[arg(long)]
    no_test_values: bool,

    /// When Airpay's doc_expiry has to be filled: by the doc_type, always, or
    /// never
    #[arg(long, value_name = "HOW", default_value = "by-type", value_parser = doc_expiry())]
    doc_expiry_rule: DocExpiry,

    /// The zone whose day is today at Airpay: UTC, or an offset such as +05:30
    #[arg(
        long,
        value_name = "OFFSET",
        default_value = "+05:30",
        allow_hyphen_values = true
    )]
    airpay_utc_offset: UtcOffset,

    /// A rule of a field that is not applied, such as state:characters or, for
    /// one operation, register-user/city:characters; may be repeated
    #[arg(long, value_name = "FIELD:RULE,...", value_delimiter = ',', value_parser = waiver)]
    waive: Vec<Waiver>,

    #[command(flatten)]
    limits: limits::Args,

    /// Exchanges to keep for /_sandbox/exchanges before the oldest is forgotten
    #[arg(long, value_name = "N", default_value = "256", value_parser = exchanges)]
    journal: usize,

    /// Keep the values of calls and replies, all but secrets, for
    /// /_sandbox/exchanges, the page and `cards sandbox logs`; only where no
    /// other machine reaches it, so not with --expose or --allow-host. Then
    /// /_sandbox/world too shows what is personal of whoever was registered
    #[arg(long)]
    keep_values: bool,

    /// Serve https, with a certificate made at the start, and no plain http
    #[arg(long)]
    tls: bool,

    /// With --tls: the PEM file to write what clients have to trust to
    #[arg(long, value_name = "FILE", requires = "tls")]
    tls_certificate: Option<PathBuf>,

    /// Format of the log on standard error
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    log_format: LogFormat,

    /// Serve nothing: print the lines that set the variables for a sandbox at the
    /// address of --listen, for a shell or a file [default: sh]
    #[arg(
        long,
        value_enum,
        value_name = "SHELL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "sh"
    )]
    print_env: Option<Shell>,

    /// Serve nothing: ask whether the sandbox at URL is up, and exit with 0 if
    /// it is [default: that of --listen]
    #[arg(long, value_name = "URL", num_args = 0..=1, default_missing_value = "", conflicts_with = "print_env")]
    health: Option<String>,
}

impl Args {
    /// The format of the log, if there will be calls to log.
    pub(crate) fn log(&self) -> Option<LogFormat> {
        let serves = self.print_env.is_none() && self.health.is_none() && self.control.is_none();
        serves.then_some(self.log_format)
    }

    fn address(&self) -> SocketAddr {
        let mut address = self.listen;
        address.set_port(self.port.unwrap_or(address.port()));
        address
    }

    /// Gives the address at which clients find it.
    fn url(&self) -> String {
        let scheme = if self.tls { "https" } else { "http" };
        let mut address = self.address();
        // Nobody can connect to "any address".
        if address.ip().is_unspecified() {
            address.set_ip(Ipv4Addr::LOCALHOST.into());
        }
        format!("{scheme}://{address}")
    }
}

pub(crate) fn run(args: &Args) -> Result<(), Error> {
    if let Some(control) = &args.control {
        return control::run(control);
    }
    if let Some(url) = &args.health {
        return match url.is_empty() {
            true => health::ask(&args.limits.url(args.url())?),
            false => health::ask(&args.limits.url(url.clone())?),
        };
    }
    if let Some(shell) = args.print_env {
        return print_env(args, shell);
    }
    args.limits.check_serves()?;
    let address = args.address();
    let is_reachable = !address.ip().to_canonical().is_loopback();
    if is_reachable && !args.expose {
        let message = format!("other machines could reach the sandbox on {address}");
        return Err(Error::usage(message).hint(
            "its credentials are published: whoever reaches it can read and change everything \
             in it;\n  --expose says that this is meant, 127.0.0.1 and [::1] are this machine's own",
        ));
    }
    let running = start(args)?;
    if let (Some(path), Some(pem)) = (&args.tls_certificate, running.certificate_pem()) {
        certificate::write(path, pem)?;
    }
    // Before anybody learns that it serves, and may want to end it.
    let (tell, end) = mpsc::channel();
    signals::serving(move || {
        // It may have been told already.
        let _ = tell.send(());
    });
    output::out(&format!("listening on {}\n", running.url()))?;
    if is_reachable {
        tracing::warn!(
            "other machines can reach the sandbox; whoever does can read and change everything in \
             it"
        );
    }
    // Every line of a log for programs is the log's.
    if args.log_format == LogFormat::Text {
        output::note(&welcome(args, &running));
    }
    // It has threads of its own, which go on while this one waits. Whoever tells never goes.
    let _ = end.recv();
    running.shutdown_blocking();
    Ok(())
}

/// Tells what to do in another shell.
fn welcome(args: &Args, running: &Running) -> String {
    let mut env = format!("cards sandbox --print-env --listen {}", running.addr());
    let mut trust = String::new();
    if args.tls {
        env.push_str(" --tls");
        match &args.tls_certificate {
            Some(path) => {
                env.push_str(&format!(" --tls-certificate {}", certificate::quoted(path)));
                trust = certificate::how_to_trust(path);
            }
            None => trust = certificate::HOW_TO_GET_IT.to_owned(),
        }
    }
    format!("in another shell: eval \"$({env})\"\n{trust}Ctrl-C stops it\n")
}

/// Turns on what is off without its flag.
fn switched_on(args: &Args, mut sandbox: Builder) -> Builder {
    if args.unique_mobile_numbers {
        sandbox = sandbox.unique_mobile_numbers();
    }
    if args.bound_tokens {
        sandbox = sandbox.bound_tokens();
    }
    if args.any_pin_expiry {
        sandbox = sandbox.any_pin_expiry();
    }
    if args.replaces_blocked_only {
        sandbox = sandbox.replaces_blocked_only();
    }
    if args.any_kyc_order {
        sandbox = sandbox.any_kyc_order();
    }
    if args.issued_otp_only {
        sandbox = sandbox.issued_otp_only();
    }
    if args.table_replies {
        sandbox = sandbox.table_replies();
    }
    if args.unlimited_loads {
        sandbox = sandbox.unlimited_loads();
    }
    if args.no_test_values {
        sandbox = sandbox.without_test_values();
    }
    if args.keep_values {
        sandbox = sandbox.keep_values();
    }
    if args.expose {
        sandbox = sandbox.expose();
    }
    if args.tls {
        sandbox = sandbox.tls(Tls::generated());
    }
    sandbox
}

fn start(args: &Args) -> Result<Running, Error> {
    let store = match args.store.as_str() {
        "memory" => Store::Memory,
        path => Store::File(path.into()),
    };
    if let Some(path) = &args.tls_certificate {
        // Before a store is opened, or made.
        certificate::can_be_written(path)?;
    }
    let mut sandbox = Sandbox::builder()
        .listen(args.address())
        .store(store)
        .journal(args.journal)
        .checksum_order(args.checksum_order)
        .one_time_passwords(args.one_time_passwords.into())
        .ibanera_authorization(args.ibanera_authorization.into())
        .ibanera_balance_names(args.ibanera_balance_names.into())
        .doc_expiry(args.doc_expiry_rule)
        .airpay_utc_offset(args.airpay_utc_offset)
        .lost_log_lines(output::lost_log_lines);
    if let Some(path) = &args.world {
        let text = world_file(path).text()?;
        sandbox = sandbox.world(World::from_json(&text).map_err(|error| in_world(path, error))?);
    }
    sandbox = args.events.apply(args.paysafe.apply(sandbox));
    sandbox = args.limits.apply(sandbox);
    sandbox = args.waive.iter().cloned().fold(sandbox, Builder::waive);
    for host in &args.allowed_hosts {
        sandbox = sandbox.allow_host(host);
    }
    switched_on(args, sandbox)
        .start_blocking()
        .map_err(|error| {
            if error.is_settings() {
                return Error::usage(error.to_string());
            }
            if let (true, Some(path)) = (error.is_world(), &args.world) {
                return in_world(path, error);
            }
            let is_listen = error.is_listen();
            let error = not_started(error);
            if is_listen {
                error.hint("another sandbox may be running; --port 0 takes a free port")
            } else {
                // An error of a store or a world says what to do.
                error
            }
        })
}

fn world_file(path: &Path) -> Named<'_> {
    Named::new("--world", path).or_stdin().of_a_world()
}

/// Says that what is in the file of a world cannot be used.
fn in_world(path: &Path, error: cards_sandbox::Error) -> Error {
    Error::usage("it cannot be loaded")
        .within(&world_file(path).place())
        .caused_by(error)
}

/// Prints lines that a shell's `eval`, or a reader of such files, understands.
fn print_env(args: &Args, shell: Shell) -> Result<(), Error> {
    if args.address().port() == 0 {
        let message = "--print-env needs the port that the sandbox listens on: --listen ADDR";
        return Err(Error::usage(message));
    }
    let mut settings = world::env_at(&args.limits.url(args.url())?);
    settings.extend(args.paysafe.env());
    if let Some(path) = &args.tls_certificate {
        // The other shell may be in another folder.
        let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
        settings.push((CA_FILE, path.display().to_string()));
    }
    let lines = settings.into_iter().map(|(name, value)| {
        shell.line(name, &value).ok_or_else(|| {
            Error::usage(format!(
                "{name} holds quotation marks or line breaks, which have no form that is sure to \
                 be read there"
            ))
        })
    });
    output::out(&lines.collect::<Result<String, _>>()?)
}

pub(crate) fn not_started(error: cards_sandbox::Error) -> Error {
    Error::failure("the sandbox did not start").caused_by(error)
}

fn doc_expiry() -> impl TypedValueParser<Value = DocExpiry> {
    let names = one_of(DocExpiry::ALL.map(DocExpiry::as_str));
    names.try_map(str::parse::<DocExpiry>)
}

// clap's own parsers of numbers repeat what was typed.

fn port(text: &str) -> Result<u16, String> {
    text.parse()
        .map_err(|_| "a number from 0 to 65535".to_owned())
}

fn exchanges(text: &str) -> Result<usize, String> {
    const MOST: usize = 1_000_000;
    let number = text.parse().ok().filter(|number| *number <= MOST);
    number.ok_or_else(|| format!("a number from 0 to {MOST}"))
}

const PORT: u16 = 8484;

/// `127.0.0.1:8484`, `[::1]:8484`, `localhost:8484`, or a port or an address
/// alone.
fn address(text: &str) -> Result<SocketAddr, String> {
    let port = text.strip_prefix("localhost:").unwrap_or(text);
    if let Ok(port) = port.parse::<u16>() {
        return Ok((Ipv4Addr::LOCALHOST, port).into());
    }
    if port == "localhost" {
        return Ok((Ipv4Addr::LOCALHOST, PORT).into());
    }
    let ip = text.trim_start_matches('[').trim_end_matches(']');
    if let Ok(ip) = ip.parse::<IpAddr>() {
        return Ok((ip, PORT).into());
    }
    text.parse()
        .map_err(|_| "an address with a port, such as 127.0.0.1:8484".to_owned())
}
