//! The faults, as data: what a server or a look-up does, whether the request may have been
//! carried out by then, and what a call is told.

mod replies;
mod stages;
mod ways;

use std::time::Duration;

use cards_transport::ErrorKind;
use conformance::fixture::Canned;

use crate::cell::LONG;
use crate::certificates::Identity;
use crate::common::clients::{Backend as _, Ureq};
use crate::line::End;
use crate::server::{Act, Listens, Play};

/// One fault.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) listens: Listens,
    pub(crate) look_up: Option<LookUp>,
    /// Tells whether a call goes well on the connection before.
    pub(crate) is_warm: bool,
    /// Tells whether the server behaves again before the call: the fault is of an idle connection.
    pub(crate) is_over: bool,
    pub(crate) play: Play,
    /// Says what a call over reqwest is told.
    pub(crate) told: Told,
    /// Says what a call over ureq is told. It differs where ureq limits what hyper does not.
    pub(crate) told_by_ureq: Told,
    /// The time by which hyper may delay the end of a call, which the documentation of
    /// `ReqwestTransport` tells of.
    pub(crate) delay: Duration,
    /// The limit of connecting.
    pub(crate) connects_within: Duration,
}

/// Says what a call is told, and so whether it may have been carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// It goes well all the same.
    Value,
    /// It cannot have arrived: one of these kinds, whatever the call changes.
    NotSent(&'static [ErrorKind]),
    /// It may have been carried out: one of these kinds for a read, and that the outcome is
    /// unknown for what changes something.
    Open(&'static [ErrorKind]),
    /// The server says that it was not carried out: one of these kinds.
    Refused(&'static [ErrorKind]),
}

/// Names what comes of a look-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LookUp {
    Fails,
    FindsNothing,
    Hangs,
    /// An address where nobody listens, and then the right one.
    FindsTwo,
    /// An address where nobody answers, and then the right one.
    FindsSilent,
}

/// In each reply that is none, and never to be shown.
pub(crate) const MARK: &str = "QZ7MARK";

/// The most bytes that a client takes of a reply here.
pub(crate) const MOST_BYTES: usize = 64 * 1024;

impl Row {
    /// A server that plays and ends so, on connections of this kind.
    fn new(name: impl Into<String>, line: Line, acts: Vec<Act>, end: End, told: Told) -> Self {
        let tls = match line {
            Line::Plain | Line::Raw => None,
            Line::Tls(identity) => Some(identity),
        };
        Self {
            name: format!("{}{}", name.into(), line.word()),
            listens: Listens::Yes,
            look_up: None,
            is_warm: false,
            is_over: false,
            play: Play { tls, acts, end },
            told,
            told_by_ureq: told,
            delay: Duration::ZERO,
            connects_within: LONG,
        }
    }

    /// Takes what is expected of a call over this backend.
    pub(crate) fn over(mut self, backend: &str) -> Self {
        if backend == Ureq::NAME {
            self.told = self.told_by_ureq;
            self.delay = Duration::ZERO;
        }
        self
    }

    /// Tells whether only a limit of the client ends its call.
    pub(crate) fn waits(&self) -> bool {
        match self.told {
            Told::Value => false,
            Told::NotSent(kinds) | Told::Open(kinds) | Told::Refused(kinds) => {
                kinds.contains(&ErrorKind::Timeout)
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Line {
    Plain,
    /// TLS, of which the server speaks none.
    Raw,
    Tls(Identity),
}

impl Line {
    fn word(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Raw | Self::Tls(_) => ", TLS",
        }
    }
}

const TLS: Line = Line::Tls(Identity::Good);

/// Every fault but the sandbox's own, around an operation's good reply.
pub(crate) fn rows(good: &Canned) -> Vec<Row> {
    let all = [
        ways::ways_there(),
        ways::handshakes(),
        stages::stages(good),
        stages::idle(),
        replies::heads(good),
        replies::bodies(good),
        replies::statuses(),
        stages::trickles(good),
        stages::floods(),
    ];
    all.into_iter().flatten().collect()
}
