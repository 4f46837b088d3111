//! The flags of every call, and what they and the call's own set.

use std::path::PathBuf;

use cards_transport::model::{Waiver, Waivers};
use cards_transport::{BaseUrl, Call, Provider, Retry, Settings, Validation, operations};
use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::client_args::ClientArgs;
use super::context::{Address, Context};
use crate::config::{CA_FILE, Vars, WAIVE};
use crate::error::Error;
use crate::input::waiver;
use crate::sheet::Format;

/// The flags of every call.
#[derive(clap::Args)]
#[command(next_help_heading = "Call")]
pub(crate) struct CallArgs {
    /// Take the fields from a JSON object in a file (- for standard input);
    /// flags win over it
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,

    /// Format of the reply; with json and ndjson, errors are JSON too
    #[arg(
        short,
        long,
        value_name = "FORMAT",
        default_value = "table",
        value_parser = format()
    )]
    pub(super) output: Format,

    /// The provider's address, in place of the configured one
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,

    /// The address to log in at, in place of the configured one. Without any,
    /// it is that of the calls
    #[arg(long, value_name = "URL")]
    login_url: Option<String>,

    /// Print the request, secrets and personal values masked, and send nothing
    #[arg(long)]
    pub(super) dry_run: bool,

    /// Send it even if it breaks the documented rules
    #[arg(long)]
    pub(super) no_validate: bool,

    /// Send it even if it breaks this rule of this field, such as
    /// state:characters; may be repeated
    #[arg(
        long,
        value_name = "FIELD:RULE,...",
        value_delimiter = ',',
        value_parser = waiver,
        conflicts_with = "no_validate"
    )]
    waive: Vec<Waiver>,

    #[command(flatten)]
    pub(super) client: ClientArgs,
}

/// Holds the settings of one call: those of the flags that every call has, and
/// those of its own flags.
pub(crate) struct Setup<'a> {
    pub(super) args: &'a CallArgs,
    pub(super) settings: Settings,
    /// The settings that win over environment and profile, each under the name
    /// of its variable.
    set: Vec<(&'static str, String)>,
    /// Environment and profile, where they are read already.
    read: Option<Vars>,
}

impl<'a> From<&'a CallArgs> for Setup<'a> {
    fn from(args: &'a CallArgs) -> Self {
        Self {
            args,
            settings: args.settings(),
            set: Vec::new(),
            read: None,
        }
    }
}

impl Setup<'_> {
    /// Has the client check the rules that are to be checked: those of the flags,
    /// and of the environment or profile.
    ///
    /// # Errors
    ///
    /// Names a waiver of what there is not; one of a flag has to be this call's.
    pub(super) fn validated<C: Call>(self, vars: &Vars) -> Result<Settings, Error> {
        let Self { args, settings, .. } = self;
        if args.no_validate {
            return Ok(settings);
        }
        let waived = vars.get(WAIVE).unwrap_or_default();
        let waived = waived.split(',').filter(|one| !one.trim().is_empty());
        let waived = waived
            .map(str::parse::<Waiver>)
            .collect::<Result<Vec<_>, _>>();
        let everywhere = waived.and_then(|waived| Waivers::new(waived, operations()));
        let everywhere = everywhere
            .map_err(|error| Error::usage(error.to_string()).within(&vars.place(WAIVE)))?;
        let here = Waivers::new(args.waive.iter().cloned(), [C::operation()]);
        let here = here.map_err(|error| Error::usage(format!("--waive: {error}")))?;
        Ok(settings.validation(Validation::Except(everywhere.and(&here))))
    }

    /// Changes what the client is told.
    #[must_use]
    pub(super) fn settings(self, change: impl FnOnce(Settings) -> Settings) -> Self {
        Self {
            settings: change(self.settings),
            ..self
        }
    }

    /// Sets variables, whatever environment and profile say.
    #[must_use]
    pub(super) fn with(mut self, set: Vec<(&'static str, String)>) -> Self {
        self.set.extend(set);
        self
    }

    /// Takes environment and profile as they were read, with what is [checked for
    /// all](Vars::checked_for_all) providers.
    #[must_use]
    pub(crate) fn read(self, vars: Vars) -> Self {
        Self {
            read: Some(vars),
            ..self
        }
    }

    /// Gathers everything that is set, for a call of this provider.
    pub(super) fn vars<P: Provider>(&self) -> Result<Vars, Error> {
        let mut vars = match &self.read {
            Some(vars) => vars.clone(),
            None => self.args.client.vars()?,
        };
        for (variable, value) in &self.set {
            vars = vars.with(variable, value);
        }
        for (flag, url, variable) in [
            ("--base-url", &self.args.base_url, base_url_of::<P>()),
            (
                "--login-url",
                &self.args.login_url,
                token_base_url_of::<P>(),
            ),
        ] {
            let Some(url) = url else {
                continue;
            };
            // By hand: the parser's own message would repeat a password in it.
            url.parse::<BaseUrl>().map_err(|error| {
                Error::usage(format!("{flag}: {error}, such as {}", P::PRODUCTION))
            })?;
            vars = vars.with(&variable, url);
        }
        match self.read {
            // What is everybody's is checked already.
            Some(_) => vars.checked(P::PREFIX),
            None => vars.checked_for(P::PREFIX),
        }
    }

    /// Describes a call for whoever tells of its failure.
    pub(super) fn context<C: Call>(&self, vars: &Vars) -> Context {
        let address = |flag: &str, given: &Option<String>, variable: String| {
            let base_url = vars.get(&variable)?;
            let set_by = match given {
                Some(_) => flag.to_owned(),
                None => variable,
            };
            let proxy = vars.proxy_of(&base_url);
            let proxy = proxy.map(|(set_by, base_url)| Address {
                base_url,
                set_by,
                proxy: None,
            });
            Some(Address {
                base_url,
                set_by,
                proxy: proxy.map(Box::new),
            })
        };
        let args = &self.args;
        let calls = base_url_of::<C::Provider>();
        let tokens = token_base_url_of::<C::Provider>();
        Context {
            operation: C::operation(),
            address: address("--base-url", &args.base_url, calls).unwrap_or_default(),
            token_address: address("--login-url", &args.login_url, tokens),
            has_ca_file: vars.get(CA_FILE).is_some(),
            timeout: self.args.client.timeout,
            show_body: self.args.client.show_body,
        }
    }
}

/// Sets a provider up, or says which setting cannot be used.
pub(super) fn provider<P: Provider>(vars: &Vars) -> Result<P, Error> {
    P::from_vars(|name| vars.get(name)).map_err(|error| {
        vars.at_its_place(error).hint(
            "settings are environment variables or keys of a profile in \
             ~/.config/cards/config.toml\n  (CARDS_AIRPAY_TOKEN is airpay_token there); \
             `cards help environment` lists them",
        )
    })
}

impl CallArgs {
    /// Gives the flags of a call that is made by a command which has no others.
    pub(crate) fn of(client: ClientArgs, output: Format) -> Self {
        Self {
            json: None,
            output,
            base_url: None,
            login_url: None,
            dry_run: false,
            no_validate: false,
            waive: Vec::new(),
            client,
        }
    }

    fn settings(&self) -> Settings {
        let validation = match self.no_validate {
            true => Validation::Off,
            false => Validation::On,
        };
        let settings = Settings::new()
            .validation(validation)
            .retry(Retry::default());
        match self.client.timeout {
            Some(timeout) => settings.total_timeout(timeout),
            None => settings,
        }
    }
}

/// The setting that holds a provider's address.
fn base_url_of<P: Provider>() -> String {
    format!("{}_BASE_URL", P::PREFIX)
}

/// The setting that holds the address to log in at.
fn token_base_url_of<P: Provider>() -> String {
    format!("{}_TOKEN_BASE_URL", P::PREFIX)
}

/// Reads a format: one of a reply's, or that of a request which is not sent.
fn format() -> impl TypedValueParser<Value = Format> {
    let formats = Format::value_variants().iter();
    let formats = formats.filter_map(ValueEnum::to_possible_value);
    let curl = PossibleValue::new("curl")
        .help("With --dry-run: a curl command, secrets and personal values masked");
    PossibleValuesParser::new(formats.chain([curl]))
        .map(|word| Format::from_str(&word, true).unwrap_or(Format::Curl))
}
