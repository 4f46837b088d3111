//! Makes each call through both backends, and shows it on one line.

use std::time::Duration;

use cards_sandbox::{ChecksumVerdict, Exchange, Running};
use cards_transport::{Call, Provider, Reply, Settings};

use super::text;
use crate::call::client::{Backend, Client};
use crate::config::Vars;
use crate::error::Error;
use crate::output::{self, BAD, BOLD, DIM, GOOD};

/// The clients of one provider: one for each backend, with somebody of its own to call for.
pub(super) struct Clients<'a, P> {
    sandbox: &'a Running,
    clients: [Client<P>; Backend::ALL.len()],
    count: usize,
}

impl<'a, P: Provider> Clients<'a, P> {
    /// Makes the clients, and prints the head of their calls.
    pub(super) fn new(sandbox: &'a Running, vars: &Vars, title: &str) -> Result<Self, Error> {
        let timeout = Duration::from_secs(20);
        let client = |backend| {
            let settings = Settings::new().total_timeout(timeout);
            let provider = P::from_vars(|name| vars.get(name))?;
            let options = vars.backend_options()?;
            Client::new(provider, backend, settings, options, Some(timeout))
        };
        let [first, second] = Backend::ALL;
        let clients = [client(first)?, client(second)?];
        output::out(&format!(
            "\n{BOLD}{title}{BOLD:#}\n{DIM}{:22}  {:6}  {:8}  {:>8}  {:>8}  RESULT{DIM:#}\n",
            "CALL",
            "STATUS",
            "CHECKSUM",
            first.as_str().to_uppercase(),
            second.as_str().to_uppercase(),
        ))?;
        Ok(Self {
            sandbox,
            clients,
            count: 0,
        })
    }

    /// Makes a call through each backend, and shows what came of both.
    pub(super) fn show<C>(
        &mut self,
        calls: [C; Backend::ALL.len()],
        result: impl Fn(&C::Reply) -> String,
    ) -> Result<[Reply<C::Reply>; Backend::ALL.len()], Error>
    where
        C: Call<Provider = P>,
    {
        let [first, second] = &calls;
        let replies = [self.clients[0].send(first)?, self.clients[1].send(second)?];
        self.count += replies.len();
        // The sandbox's journal has seen them too, and knows of the checksums.
        let exchanges = self.sandbox.exchanges();
        let verdicts = exchanges.iter().rev().take(replies.len());
        let verdicts: Vec<_> = verdicts.map(Exchange::detail).collect();
        let (colour, verdict) = match verdicts.as_slice() {
            [Some(ChecksumVerdict::Right), Some(ChecksumVerdict::Right)] => (GOOD, "right"),
            [None, None] => (DIM, "-"),
            _ => (BAD, "wrong"),
        };
        let [first, second] = &replies;
        let told = [result(first.value()), result(second.value())];
        let told = match told[0] == told[1] {
            true => told[0].clone(),
            false => told.join(", "),
        };
        output::out(&format!(
            "{:22}  {GOOD}{:6}{GOOD:#}  {colour}{verdict:8}{colour:#}  {:>8}  {:>8}  {told}\n",
            C::operation().name,
            first.status().as_u16(),
            text::time(first.elapsed()),
            text::time(second.elapsed()),
        ))?;
        Ok(replies)
    }

    /// The number of calls that were made.
    pub(super) const fn count(&self) -> usize {
        self.count
    }
}
