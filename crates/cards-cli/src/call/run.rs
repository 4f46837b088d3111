//! The way from a request to a printed reply, which every call goes.

use std::ops::ControlFlow;

use cards_transport::model::{Effect, Operation};
use cards_transport::{Call, Paged, Reply, Warning};

use super::args::{self, Setup};
use super::client::Client;
use super::context::{Context, Ending};
use super::departure;
use super::dry_run;
use super::watch::{HandOn, watch};
use crate::codes::{flags, memory};
use crate::config::Needs;
use crate::error::Error;
use crate::output;
use crate::reply::{self, Columns};
use crate::sheet::Format;
use crate::signals;

/// Carries a call out and prints the reply.
pub(super) fn run<C: Call>(call: C, setup: Setup<'_>) -> Result<(), Error> {
    let format = setup.args.output;
    let Some(Ready { client, context }) = ready(&call, setup)? else {
        return Ok(());
    };
    let columns = Columns::of(&call);
    let reply = send(client, call, &context)?;
    Warnings::default().of(&reply, || None);
    let printed = match format {
        Format::Table | Format::Csv | Format::Curl => reply::print(reply.value(), format, columns),
        Format::Json => reply::print_json("", &C::shown(&reply), "\n"),
        Format::Ndjson => reply::print_lines(&[C::shown(&reply)]),
    };
    printed.map_err(|error| error.after_success(reply.raw(), &context))
}

/// Carries out a call for one page of a list, and prints the page.
pub(super) fn run_page<C: Paged>(call: C, setup: Setup<'_>) -> Result<(), Error> {
    let format = setup.args.output;
    let Some(Ready { client, context }) = ready(&call, setup)? else {
        return Ok(());
    };
    let reply = send(client, call.clone(), &context)?;
    Warnings::default().of(&reply, || None);
    match format {
        Format::Table | Format::Csv | Format::Curl => {
            reply::print(reply.value(), format, Columns::of(&call))?;
        }
        Format::Json => reply::print_json("", &C::shown(&reply), "\n")?,
        Format::Ndjson => reply::print_lines(&C::shown_items(&reply))?,
    }
    // JSON tells nothing beside the reply.
    if call.next(reply.value()).is_some() && !format.is_json() {
        output::note("there are more: --all brings them\n");
    }
    Ok(())
}

/// Carries out the calls for a whole list, and prints it. Where a page of it fails, those before it
/// are printed all the same.
pub(super) fn run_all<C: Paged>(call: C, setup: Setup<'_>) -> Result<(), Error> {
    let format = setup.args.output;
    let Some(Ready { client, context }) = ready(&call, setup)? else {
        return Ok(());
    };
    let mut came = Came::new(&call, format);
    let mut printed = Ok(());
    let mut warnings = Warnings::default();
    let walk = move |hand_on: HandOn<'_, _>| client.each_page(call.clone(), hand_on);
    let read = watch(&context, walk, |page| {
        warnings.of(&page, || None);
        printed = came.take(page);
        match printed {
            Ok(()) => ControlFlow::Continue(()),
            // Nobody reads on.
            Err(_) => ControlFlow::Break(()),
        }
    });
    printed?;
    let is_part = came.pages > 0;
    let printed = came.end();
    match is_part {
        // The list's failure says more than that of the output.
        true => read.map_err(Error::in_the_middle).and(printed),
        false => read,
    }
}

/// The pages of a whole list, which are printed as they come where the format
/// allows it.
struct Came<C: Paged> {
    format: Format,
    columns: Columns,
    pages: usize,
    /// All of them, for a table.
    whole: Option<C::Reply>,
}

impl<C: Paged> Came<C> {
    fn new(call: &C, format: Format) -> Self {
        Self {
            format,
            columns: Columns::of(call),
            pages: 0,
            whole: None,
        }
    }

    fn take(&mut self, page: Reply<C::Reply>) -> Result<(), Error> {
        self.pages += 1;
        match (self.format, &mut self.whole) {
            (Format::Ndjson, _) => return reply::print_lines(&C::shown_items(&page)),
            (Format::Json, _) => {
                let before = if self.pages == 1 { "[\n" } else { ",\n" };
                return reply::print_json(before, &C::shown(&page), "");
            }
            (_, None) => self.whole = Some(page.into_value()),
            (_, Some(whole)) => C::join(whole, page.into_value()),
        }
        Ok(())
    }

    fn end(&self) -> Result<(), Error> {
        match (self.format, &self.whole) {
            (Format::Json, _) if self.pages > 0 => reply::print_text("\n]\n"),
            (_, Some(whole)) => reply::print(whole, self.format, self.columns),
            (_, None) => Ok(()),
        }
    }
}

/// Warns of what is odd about replies: once where it is odd about many, but of each call whose reply is
/// about another.
#[derive(Default)]
pub(super) struct Warnings {
    /// Those that were told, each with the name of the call that it is about.
    told: Vec<(Option<String>, Warning)>,
    /// The call that they are about, where there are several.
    of: Option<&'static Operation>,
}

impl Warnings {
    /// Warnings that say which call they are about.
    pub(super) fn about(operation: &'static Operation) -> Self {
        Self {
            told: Vec::new(),
            of: Some(operation),
        }
    }

    /// Tells those of a reply that were not told yet. One that is about the call of this `name` alone has
    /// it with it.
    pub(super) fn of<T>(&mut self, reply: &Reply<T>, name: impl Fn() -> Option<String>) {
        for warning in reply.warnings() {
            let name = match warning {
                Warning::AboutAnother { .. } => name(),
                _ => None,
            };
            let one = (name, warning.clone());
            if !self.told.contains(&one) {
                output::warn(&match (self.of, &one.0) {
                    (Some(operation), Some(name)) => format!("{operation}: {name}: {warning}"),
                    (Some(operation), None) => format!("{operation}: {warning}"),
                    (None, _) => warning.to_string(),
                });
                self.told.push(one);
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
    C: Call,
{
    let mut came = None;
    let work = move |hand_on: HandOn<'_, _>| client.send(&call).map(hand_on);
    watch(context, work, |reply: Reply<C::Reply>| {
        if context.operation.effect == Effect::Mutation {
            let (raw, of) = (reply.raw().clone(), context.clone());
            signals::ends_with(move || Error::interrupted().after_success(&raw, &of));
        }
        came = Some(reply);
        ControlFlow::Break(())
    })?;
    came.ok_or_else(|| Error::of_ending(Ending::Lost, context))
}

/// A call that can be made.
pub(super) struct Ready<P> {
    pub(super) client: Client<P>,
    pub(super) context: Context,
}

/// The client to call with, and what is told where the call fails; `None`
/// after a dry run, which is done already.
pub(super) fn ready<C: Call>(
    call: &C,
    setup: Setup<'_>,
) -> Result<Option<Ready<C::Provider>>, Error> {
    if setup.args.output == Format::Curl && !setup.args.dry_run {
        return Err(Error::usage(
            "--output curl goes with --dry-run, which sends nothing",
        ));
    }
    let vars = setup.vars::<C::Provider>()?;
    Needs::of_call::<C>().check(&vars)?;
    if C::NEEDS_CODE {
        flags::check(&vars)?;
    }
    let context = setup.context::<C>(&vars);
    let args = setup.args;
    let settings = vars.client_settings(setup.validated::<C>(&vars)?)?;
    if args.dry_run {
        dry_run::print(call, &vars, settings, &context, args.output)?;
        return Ok(None);
    }
    let options = vars.backend_options()?;
    let provider = args::provider(&vars)?;
    let settings = match C::NEEDS_CODE {
        true => memory::remembering(&vars, settings),
        false => settings,
    };
    let client = Client::new(
        provider,
        args.client.backend,
        departure::watched(settings, C::operation()),
        options,
        context.timeout,
    )?;
    Ok(Some(Ready { client, context }))
}
