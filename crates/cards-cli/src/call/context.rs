//! The facts of a call that are known before it is made, for whoever tells of its failure.

use std::time::Duration;

use cards_transport::model::Operation;

/// Describes a call to whoever tells of its failure.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    /// The call, whatever fails on its behalf.
    pub(crate) operation: &'static Operation,
    pub(crate) address: Address,
    /// The address to log in at, where it is another.
    pub(crate) token_address: Option<Address>,
    pub(crate) has_ca_file: bool,
    /// The limit for all, where one is set.
    pub(crate) timeout: Option<Duration>,
    pub(crate) show_body: bool,
}

/// An address, and where it was set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Address {
    pub(crate) base_url: String,
    /// The flag or variable that the address is from.
    pub(crate) set_by: String,
    /// The proxy that it is called through, without user and password.
    pub(crate) proxy: Option<Box<Address>>,
}

impl Context {
    /// The address that an operation is called at: this call, or its login.
    pub(crate) fn address_of(&self, operation: &Operation) -> &Address {
        let is_login = operation != self.operation;
        let token_address = self.token_address.as_ref().filter(|_| is_login);
        token_address.unwrap_or(&self.address)
    }
}

impl Address {
    /// Tells which address is called, and where to change it.
    pub(crate) fn told(&self) -> String {
        format!("{} is {}", self.set_by, self.base_url)
    }

    /// The host's name.
    pub(crate) fn host(&self) -> String {
        let uri = self.base_url.parse::<cards_transport::http::Uri>().ok();
        let host = uri.as_ref().and_then(|uri| uri.host());
        host.unwrap_or("of the server").to_owned()
    }
}

/// The reason why a call ended without its reply, where the client does not say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The time was up.
    OutOfTime,
    /// Ctrl-C, or SIGTERM.
    Interrupted,
    /// The client's thread is gone.
    Lost,
}
