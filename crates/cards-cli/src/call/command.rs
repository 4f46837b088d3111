//! The commands of a provider: one for each of its operations, made from the
//! table of its fields.

use std::marker::PhantomData;

use cards_transport::model::{DocExpiry, Operation, UtcOffset};
use cards_transport::{Call, Paged, Provider, Visit, operations, visit};
use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, Subcommand};
use serde_json::{Map, Value};

use super::args::{CallArgs, Setup};
use super::{about, field, run};
use crate::codes::flags::CodeArgs;
use crate::error::Error;
use crate::input;
use crate::words::one_of;

/// A command of a provider's, as it was given.
pub(crate) struct Chosen<P> {
    operation: &'static Operation,
    /// The fields that have flags, by their names on the wire.
    fields: Map<String, Value>,
    call: CallArgs,
    codes: Option<CodeArgs>,
    doc_expiry: DocExpiry,
    /// The zone whose day is "today", where dates are judged and it is set.
    utc_offset: Option<UtcOffset>,
    /// The path, with the variable that it takes the place of, where a flag sets it.
    path: Option<(&'static str, String)>,
    /// Says whether all pages of a list are wanted.
    all: bool,
    provider: PhantomData<P>,
}

/// The arguments that only some commands have.
const EXCUSE: &str = "doc_expiry_rule";
const MAY_BE_EMPTY: &str = "may_be_empty";
const UTC_OFFSET: &str = "utc_offset";
const ALL: &str = "all";
const PATH: &str = "path";

/// The setting that `--utc-offset` sets: dates are judged for one provider alone.
const UTC_OFFSET_VARIABLE: &str = "CARDS_AIRPAY_UTC_OFFSET";

impl<P: Provider> Chosen<P> {
    /// The operations that are commands: a client logs in by itself.
    fn operations() -> impl Iterator<Item = &'static Operation> {
        let login = P::Login::operation();
        operations().filter(move |one| one.provider == login.provider && one.name != login.name)
    }

    /// Makes the call, and prints the reply.
    pub(crate) fn run(self) -> Result<(), Error> {
        let ran = visit(self.operation.name, Run(self));
        ran.unwrap_or_else(|| Err(Error::failure("this operation is in no list")))
    }
}

/// The name of an operation's command: that it lists need not be said.
fn name(operation: &Operation) -> &'static str {
    let name = operation.name;
    name.strip_prefix("list-").unwrap_or(name)
}

/// The traits of an operation that give its command more than its fields.
#[derive(Clone, Copy)]
struct Traits {
    is_paged: bool,
    needs_code: bool,
    /// The variable that its path is set with, where no document tells one.
    path_variable: Option<&'static str>,
}

impl Traits {
    fn of(operation: &Operation) -> Self {
        struct Look;

        impl Visit for Look {
            type Output = Traits;

            fn visit<C: Call>(self) -> Traits {
                Traits {
                    is_paged: false,
                    needs_code: C::NEEDS_CODE,
                    path_variable: C::PATH_VARIABLE,
                }
            }

            fn visit_paged<C: Paged>(self) -> Traits {
                Traits {
                    is_paged: true,
                    ..self.visit::<C>()
                }
            }
        }

        visit(operation.name, Look).unwrap_or(Self {
            is_paged: false,
            needs_code: false,
            path_variable: None,
        })
    }
}

fn command(operation: &'static Operation) -> Command {
    let traits = Traits::of(operation);
    let mut command = Command::new(name(operation));
    let all_required = field::are_all_required(operation);
    let heading = match all_required {
        true => "Fields (all required)",
        false => "Fields",
    };
    let fields = field::with_flags(operation);
    let fields = fields.map(|field| field::arg(field, !all_required).help_heading(heading));
    command = command.args(fields);
    let flag = |id, long: String, help: String| {
        let flag = Arg::new(id).long(long).help(help).help_heading("Call");
        flag.action(ArgAction::SetTrue)
    };
    if let Some(field) = field::excused(operation) {
        let long = field::long(field);
        let help = format!(
            "When --{long} has to be filled: by the --doc-type, always, or never \
             [default: by-type]"
        );
        let names = one_of(DocExpiry::ALL.map(DocExpiry::as_str));
        let rule = Arg::new(EXCUSE).long(format!("{long}-rule")).help(help);
        let rule = rule.value_name("HOW").hide_possible_values(true);
        let rule = rule.value_parser(names.try_map(str::parse::<DocExpiry>));
        // Its older name, which says less.
        let older = flag(MAY_BE_EMPTY, format!("{long}-may-be-empty"), String::new());
        command = command.arg(rule.help_heading("Call"));
        command = command.arg(older.hide(true).conflicts_with(EXCUSE));
    }
    if field::depends_on_today(operation) {
        let help = "The zone whose day is today where dates are checked: UTC, or an offset \
                    such as +05:30 [default: +05:30, India's]";
        let zone = Arg::new(UTC_OFFSET).long("utc-offset").help(help);
        let zone = zone.value_name("OFFSET").allow_hyphen_values(true);
        let zone = zone.value_parser(|text: &str| text.parse::<UtcOffset>());
        command = command.arg(zone.help_heading("Call"));
    }
    if traits.path_variable.is_some() {
        let help = "The path to send it to, which no document tells";
        let path = Arg::new(PATH).long(PATH).help(help).value_name("PATH");
        command = command.arg(path.help_heading("Call"));
    }
    if traits.is_paged {
        let help = "All pages from the given one on; where one fails, those before it are printed";
        command = command.arg(flag(ALL, ALL.to_owned(), help.to_owned()));
    }
    if traits.needs_code {
        command = CodeArgs::augment_args(command);
    }
    command = CallArgs::augment_args(command);
    match about::of(operation) {
        Some(about) => command
            .about(about.about)
            .after_help(about::end(operation, about)),
        None => command.about(operation.document),
    }
}

impl<P: Provider> Subcommand for Chosen<P> {
    fn augment_subcommands(command: Command) -> Command {
        command.subcommands(Self::operations().map(self::command))
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        Self::operations().any(|operation| self::name(operation) == name)
    }
}

impl<P: Provider> FromArgMatches for Chosen<P> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let missing = || clap::Error::new(ErrorKind::MissingSubcommand);
        let (name, matches) = matches.subcommand().ok_or_else(missing)?;
        let mut operations = Self::operations();
        let operation = operations.find(|operation| self::name(operation) == name);
        let operation = operation.ok_or_else(missing)?;
        let traits = Traits::of(operation);
        let call = CallArgs::from_arg_matches(matches)?;
        let fields = field::with_flags(operation);
        let given = fields.filter_map(|field| {
            let value = field::value(field, matches, !call.no_validate)?;
            Some((field.wire.to_owned(), value))
        });
        let excused = field::excused(operation);
        let doc_expiry = excused.and_then(|_| match matches.get_flag(MAY_BE_EMPTY) {
            true => Some(DocExpiry::MayBeEmpty),
            false => matches.get_one(EXCUSE).copied(),
        });
        let path = traits.path_variable.and_then(|variable| {
            let path = matches.get_one::<String>(PATH)?;
            Some((variable, path.clone()))
        });
        let is_dated = field::depends_on_today(operation);
        let utc_offset = is_dated.then(|| matches.get_one(UTC_OFFSET).copied());
        let codes = traits
            .needs_code
            .then(|| CodeArgs::from_arg_matches(matches));
        Ok(Self {
            operation,
            fields: given.collect(),
            call,
            codes: codes.transpose()?,
            doc_expiry: doc_expiry.unwrap_or_default(),
            utc_offset: utc_offset.flatten(),
            path,
            all: traits.is_paged && matches.get_flag(ALL),
            provider: PhantomData,
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Runs a command with the type of its request.
struct Run<P>(Chosen<P>);

impl<P> Run<P> {
    fn request<C: Call>(&self) -> Result<(C, Setup<'_>), Error> {
        let Self(chosen) = self;
        let request = input::request(&chosen.fields, chosen.call.json.as_deref())?;
        let setup = Setup::from(&chosen.call);
        let setup = setup.settings(|settings| settings.doc_expiry(chosen.doc_expiry));
        let offset = chosen.utc_offset.map(|offset| offset.to_string());
        let offset = offset.map(|offset| (UTC_OFFSET_VARIABLE, offset));
        let setup = setup.with(offset.into_iter().chain(chosen.path.clone()).collect());
        match &chosen.codes {
            Some(codes) => Ok((request, setup.with(codes.set()?))),
            None => Ok((request, setup)),
        }
    }
}

impl<P> Visit for Run<P> {
    type Output = Result<(), Error>;

    fn visit<C: Call>(self) -> Self::Output {
        let (request, setup) = self.request::<C>()?;
        run::run(request, setup)
    }

    fn visit_paged<C: Paged>(self) -> Self::Output {
        let (request, setup) = self.request::<C>()?;
        match self.0.all {
            true => run::run_all(request, setup),
            false => run::run_page(request, setup),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use cards_transport::airpay::Airpay;
    use cards_transport::ibanera::Ibanera;
    use cards_transport::paysafe::Paysafe;

    use super::*;

    fn every() -> Vec<&'static Operation> {
        let airpay = Chosen::<Airpay>::operations();
        let rest = Chosen::<Paysafe>::operations().chain(Chosen::<Ibanera>::operations());
        airpay.chain(rest).collect()
    }

    #[test]
    fn every_operation_but_the_logins_is_a_described_command() {
        assert_eq!(every().len(), operations().len() - 3);
        for operation in every() {
            assert!(about::of(operation).is_some(), "{operation}");
            command(operation).debug_assert();
        }
        for name in about::names() {
            let is_known = every().iter().any(|operation| operation.name == name);
            assert!(is_known, "{name} is no command");
        }
    }

    #[test]
    fn every_field_has_a_flag_of_its_own() {
        for operation in every() {
            let command = command(operation);
            let flags: BTreeSet<_> = command
                .get_arguments()
                .filter(|arg| {
                    arg.get_help_heading()
                        .is_some_and(|it| it.starts_with("Fields"))
                })
                .filter_map(|arg| Some(format!("--{}", arg.get_long()?)))
                .collect();
            let fields: Vec<_> = field::with_flags(operation).collect();
            let wanted = fields.iter().map(|field| input::flag(field.wire));
            assert_eq!(flags, wanted.collect(), "{operation}");
            assert_eq!(flags.len(), fields.len(), "{operation}");
        }
    }
}
