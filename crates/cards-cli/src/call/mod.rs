//! Holds what every call has in common: its flags, and the way from a request
//! to a printed reply.

pub(crate) mod client;
mod dry_run;
pub(crate) mod signals;
pub(crate) mod watch;

use std::path::PathBuf;
use std::time::Duration;

use cards_transport::model::Operation;
use cards_transport::model::ibanera::CustomerCardsReply;
use cards_transport::model::paysafe::CardPage;
use cards_transport::{
    BaseUrl, Call, Paged, Provider, Reply, Retry, Settings, Validation, Warning, airpay, paysafe,
};

use crate::config::{CA_FILE, ConfigArgs, Vars};
use crate::error::Error;
use crate::output;
use crate::sheet::{self, Format, Show};
use client::{Backend, Client};
use watch::{Ending, watch};

/// The flags of every call.
#[derive(clap::Args)]
#[command(next_help_heading = "Call")]
pub(crate) struct CallArgs {
    /// Take the fields from a JSON object in a file (- for standard input);
    /// flags win over it
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,

    /// The HTTP client that sends the request
    #[arg(long, value_enum, value_name = "NAME", default_value = "ureq")]
    backend: Backend,

    /// How the reply is printed; with json, errors are JSON too
    #[arg(
        short,
        long,
        value_enum,
        value_name = "FORMAT",
        default_value = "table"
    )]
    output: Format,

    /// The provider's address, in place of the configured one
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,

    /// Print the request, secrets and personal values masked, and send nothing
    #[arg(long)]
    dry_run: bool,

    /// Send it even if it breaks the documented rules
    #[arg(long)]
    no_validate: bool,

    /// The longest that all may take: logins, attempts, pauses and, with a
    /// list, every page [default: 60 for a call, and two steps of one-time
    /// codes more where it may wait for them (120); a list takes as long as
    /// its pages]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    timeout: Option<Duration>,

    /// Where a call fails, print what the server sent, on standard error; it
    /// may hold personal data. Without this, the reply to a change is kept in
    /// a private file
    #[arg(long)]
    show_body: bool,

    #[command(flatten)]
    config: ConfigArgs,
}

/// Holds what an error of a call is told with.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    /// The call, whatever fails on its behalf.
    pub(crate) operation: &'static Operation,
    pub(crate) base_url: String,
    /// The flag or variable that the address is from.
    pub(crate) set_by: String,
    pub(crate) has_ca_file: bool,
    /// The limit for all, where one is set.
    pub(crate) timeout: Option<Duration>,
    pub(crate) show_body: bool,
}

impl Context {
    /// Says which address is called, and where to change it.
    pub(crate) fn address(&self) -> String {
        format!("{} is {}", self.set_by, self.base_url)
    }

    /// The host's name.
    pub(crate) fn host(&self) -> String {
        let uri = self.base_url.parse::<cards_transport::http::Uri>().ok();
        let host = uri.as_ref().and_then(|uri| uri.host());
        host.unwrap_or("of the server").to_owned()
    }
}

/// A provider that is set up from settings.
pub(crate) trait Configured: Provider {
    /// Checks what the calls' own flags set.
    fn check_flags(_vars: &Vars) -> Result<(), Error> {
        Ok(())
    }

    /// Adds what earlier runs leave for one that sends.
    fn remembering(_vars: &Vars, settings: Settings) -> Settings {
        settings
    }
}

/// Holds the settings of one call: those of the flags that every call has, and
/// those of its own flags.
pub(crate) struct Setup<'a> {
    args: &'a CallArgs,
    settings: Settings,
    /// The settings that win over environment and profile, each under the name
    /// of its variable.
    set: Vec<(&'static str, String)>,
}

impl<'a> From<&'a CallArgs> for Setup<'a> {
    fn from(args: &'a CallArgs) -> Self {
        Self {
            args,
            settings: args.settings(),
            set: Vec::new(),
        }
    }
}

impl Setup<'_> {
    /// Changes what the client is told.
    #[must_use]
    pub(crate) fn settings(self, change: impl FnOnce(Settings) -> Settings) -> Self {
        Self {
            settings: change(self.settings),
            ..self
        }
    }

    /// Sets a variable, whatever environment and profile say.
    #[must_use]
    pub(crate) fn with(mut self, variable: &'static str, value: impl Into<String>) -> Self {
        self.set.push((variable, value.into()));
        self
    }
}

impl Configured for airpay::Airpay {}

impl Configured for paysafe::Paysafe {}

/// Pages that can be put together.
pub(crate) trait Pages {
    /// Adds the next page's items.
    fn append(&mut self, next: Self);
}

impl Pages for CardPage {
    fn append(&mut self, next: Self) {
        self.cards.extend(next.cards);
        // It describes one page, and this is no page any more.
        self.meta = None;
    }
}

impl Pages for CustomerCardsReply {
    fn append(&mut self, next: Self) {
        self.customers.extend(next.customers);
        (self.page_size, self.page_number, self.number_of_pages) = (None, None, None);
    }
}

/// Carries a call out and prints the reply.
pub(crate) fn run<'a, C>(call: C, setup: impl Into<Setup<'a>>) -> Result<(), Error>
where
    C: Call<Provider: Configured, Reply: Show + Send + 'static> + Send + 'static,
{
    let setup = setup.into();
    let args = setup.args;
    let Some(Ready { client, context }) = ready(&call, setup)? else {
        return Ok(());
    };
    let reply = send(client, call, &context)?;
    Warnings::default().of(&reply);
    sheet::print(reply.value(), args.output)
        .map_err(|error| error.after_success(reply.raw(), &context))
}

/// The same for one page of a list, or with `all` for the whole list. Where a
/// page of it fails, those before it are printed all the same.
pub(crate) fn run_paged<'a, C>(call: C, all: bool, setup: impl Into<Setup<'a>>) -> Result<(), Error>
where
    C: Paged<Reply: Show + Pages + Send + 'static> + Call<Provider: Configured>,
{
    let setup = setup.into();
    let args = setup.args;
    let Some(Ready { client, context }) = ready(&call, setup)? else {
        return Ok(());
    };
    if !all {
        let reply = send(client, call.clone(), &context)?;
        Warnings::default().of(&reply);
        sheet::print(reply.value(), args.output)?;
        // JSON has it in the reply.
        if call.next(reply.value()).is_some() && args.output != Format::Json {
            output::note("there are more: --all brings them\n");
        }
        return Ok(());
    }
    let mut whole: Option<C::Reply> = None;
    let walk = move |hand_on: &mut dyn FnMut(_)| client.each_page(call.clone(), hand_on);
    let mut warnings = Warnings::default();
    let read = watch(&context, walk, |page| {
        warnings.of(&page);
        match &mut whole {
            None => whole = Some(page.into_value()),
            Some(whole) => whole.append(page.into_value()),
        }
    });
    let Some(whole) = whole else {
        return read;
    };
    let printed = sheet::print(&whole, args.output);
    // The list's failure says more than that of the output.
    read.map_err(Error::in_the_middle).and(printed)
}

/// Warns of what is odd about replies: once where it is odd about many.
#[derive(Default)]
struct Warnings(Vec<Warning>);

impl Warnings {
    fn of<T>(&mut self, reply: &Reply<T>) {
        for warning in reply.warnings() {
            if !self.0.contains(warning) {
                output::warn(&warning.to_string());
                self.0.push(warning.clone());
            }
        }
    }
}

/// Makes the one call.
fn send<C>(
    client: Client<C::Provider>,
    call: C,
    context: &Context,
) -> Result<Reply<C::Reply>, Error>
where
    C: Call<Provider: Configured, Reply: Send + 'static> + Send + 'static,
{
    let mut came = None;
    let work = move |hand_on: &mut dyn FnMut(_)| client.send(&call).map(hand_on);
    watch(context, work, |reply| came = Some(reply))?;
    came.ok_or_else(|| Error::of_ending(Ending::Lost, context))
}

/// A call that can be made.
struct Ready<P> {
    client: Client<P>,
    context: Context,
}

/// The client to call with, and what is told where the call fails; `None`
/// after a dry run, which is done already.
fn ready<C>(call: &C, setup: Setup<'_>) -> Result<Option<Ready<C::Provider>>, Error>
where
    C: Call<Provider: Configured>,
{
    let Setup {
        args,
        settings,
        set,
    } = setup;
    let vars = args.vars::<C::Provider>(set)?;
    let context = args.context::<C>(&vars);
    if args.dry_run {
        dry_run::print(call, &vars, settings, &context)?;
        return Ok(None);
    }
    let options = vars.backend_options()?;
    let provider = provider(&vars)?;
    let settings = C::Provider::remembering(&vars, settings);
    let client = Client::new(provider, args.backend, settings, options, args.timeout)?;
    Ok(Some(Ready { client, context }))
}

/// Sets a provider up, or says which setting is missing and where it goes.
fn provider<P: Configured>(vars: &Vars) -> Result<P, Error> {
    P::from_vars(|name| vars.get(name)).map_err(|error| {
        Error::from(error).hint(
            "settings are environment variables or keys of a profile in \
             ~/.config/cards/config.toml\n  (CARDS_AIRPAY_TOKEN is airpay_token there); \
             `cards sandbox --print-env` prints a set to try",
        )
    })
}

impl CallArgs {
    fn vars<P: Configured>(&self, set: Vec<(&'static str, String)>) -> Result<Vars, Error> {
        let mut vars = self.config.vars()?;
        for (variable, value) in set {
            vars = vars.with(variable, value);
        }
        if let Some(url) = &self.base_url {
            // By hand: the parser's own message would repeat a password in it.
            url.parse::<BaseUrl>().map_err(|error| {
                Error::usage(format!("--base-url: {error}, such as {}", P::PRODUCTION))
            })?;
            vars = vars.with(&base_url_of::<P>(), url);
        }
        vars.check(P::PREFIX)?;
        P::check_flags(&vars)?;
        Ok(vars)
    }

    fn settings(&self) -> Settings {
        let validation = match self.no_validate {
            true => Validation::Off,
            false => Validation::On,
        };
        let settings = Settings::new()
            .validation(validation)
            .retry(Retry::default());
        match self.timeout {
            Some(timeout) => settings.total_timeout(timeout),
            None => settings,
        }
    }

    fn context<C: Call<Provider: Configured>>(&self, vars: &Vars) -> Context {
        let variable = base_url_of::<C::Provider>();
        Context {
            operation: C::operation(),
            base_url: vars.get(&variable).unwrap_or_default(),
            set_by: match self.base_url {
                Some(_) => "--base-url".to_owned(),
                None => variable,
            },
            has_ca_file: vars.get(CA_FILE).is_some(),
            timeout: self.timeout,
            show_body: self.show_body,
        }
    }
}

/// The setting that holds a provider's address.
fn base_url_of<P: Configured>() -> String {
    format!("{}_BASE_URL", P::PREFIX)
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().ok().filter(|seconds| *seconds > 0.0);
    seconds
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .filter(|timeout| !timeout.is_zero() && *timeout <= Duration::from_secs(86_400))
        .ok_or_else(|| "a number of seconds above 0, at most 86400".to_owned())
}
