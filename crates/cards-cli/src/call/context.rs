//! The facts of a call that are known before it is made, for whoever tells of its failure.

use std::time::Duration;

use cards_transport::model::Operation;

/// Describes a call to whoever tells of its failure.
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
    /// Which address is called, and where to change it.
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

/// Why a call ended without its reply, where the client does not say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The time was up.
    OutOfTime,
    /// Ctrl-C, or SIGTERM.
    Interrupted,
    /// The client's thread is gone.
    Lost,
}
