//! The way from a request to a printed reply, which every call goes.

use cards_transport::{Call, Paged, Reply, Warning};

use super::args::{self, Setup};
use super::client::Client;
use super::context::{Context, Ending};
use super::dry_run;
use super::watch::watch;
use crate::codes::{flags, memory};
use crate::config::Needs;
use crate::error::Error;
use crate::output;
use crate::reply;
use crate::sheet::Format;

/// Carries a call out and prints the reply.
pub(super) fn run<C: Call>(call: C, setup: Setup<'_>) -> Result<(), Error> {
    let format = setup.args.output;
    let Some(Ready { client, context }) = ready(&call, setup)? else {
        return Ok(());
    };
    let reply = send(client, call, &context)?;
    Warnings::default().of(&reply);
    reply::print(reply.value(), format).map_err(|error| error.after_success(reply.raw(), &context))
}

/// The same for one page of a list.
pub(super) fn run_page<C: Paged>(call: C, setup: Setup<'_>) -> Result<(), Error> {
    let format = setup.args.output;
    let Some(Ready { client, context }) = ready(&call, setup)? else {
        return Ok(());
    };
    let reply = send(client, call.clone(), &context)?;
    Warnings::default().of(&reply);
    reply::print(reply.value(), format)?;
    // JSON has it in the reply.
    if call.next(reply.value()).is_some() && format != Format::Json {
        output::note("there are more: --all brings them\n");
    }
    Ok(())
}

/// The same for a whole list. Where a page of it fails, those before it are
/// printed all the same.
pub(super) fn run_all<C: Paged>(call: C, setup: Setup<'_>) -> Result<(), Error> {
    let format = setup.args.output;
    let Some(Ready { client, context }) = ready(&call, setup)? else {
        return Ok(());
    };
    let mut whole: Option<C::Reply> = None;
    let walk = move |hand_on: &mut dyn FnMut(_)| client.each_page(call.clone(), hand_on);
    let mut warnings = Warnings::default();
    let read = watch(&context, walk, |page| {
        warnings.of(&page);
        match &mut whole {
            None => whole = Some(page.into_value()),
            Some(whole) => C::join(whole, page.into_value()),
        }
    });
    let Some(whole) = whole else {
        return read;
    };
    let printed = reply::print(&whole, format);
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
    C: Call,
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
fn ready<C: Call>(call: &C, setup: Setup<'_>) -> Result<Option<Ready<C::Provider>>, Error> {
    let vars = setup.vars::<C::Provider>()?;
    Needs::of_call::<C>().check(&vars)?;
    if C::NEEDS_CODE {
        flags::check(&vars)?;
    }
    let context = setup.context::<C>(&vars);
    let args = setup.args;
    let settings = vars.client_settings(setup.validated::<C>(&vars)?)?;
    if args.dry_run {
        dry_run::print(call, &vars, settings, &context)?;
        return Ok(None);
    }
    let options = vars.backend_options()?;
    let provider = args::provider(&vars)?;
    let settings = match C::NEEDS_CODE {
        true => memory::remembering(&vars, settings),
        false => settings,
    };
    let client = Client::new(provider, args.backend, settings, options, context.timeout)?;
    Ok(Some(Ready { client, context }))
}
