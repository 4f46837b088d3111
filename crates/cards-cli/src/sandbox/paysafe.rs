//! The settings of the sandbox's Paysafe.

use cards_sandbox::{Builder, PaysafePhysicalUpdates, PaysafeUpdateRefusal, PaysafeUpdateReply};

/// What can be set about Paysafe.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Which statuses an update at Paysafe takes for a PHYSICAL card
    #[arg(long, value_enum, value_name = "WHICH", default_value = "all")]
    paysafe_physical_updates: Physical,

    /// How an update at Paysafe is answered
    #[arg(long, value_enum, value_name = "HOW", default_value = "card")]
    paysafe_update_reply: Reply,

    /// The HTTP status of an update at Paysafe that the card's life forbids
    #[arg(long, value_enum, value_name = "STATUS", default_value = "409")]
    paysafe_update_refusal: Refusal,
}

/// [`PaysafePhysicalUpdates`] for the command line.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Physical {
    /// All that the card's life allows
    All,
    /// ACTIVE and CANCELLED
    ActiveOrCancelled,
}

/// [`PaysafeUpdateReply`] for the command line.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Reply {
    /// With 200 and the card
    Card,
    /// With 204 and no body
    NoContent,
}

/// [`PaysafeUpdateRefusal`] for the command line.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Refusal {
    /// Conflict
    #[value(name = "409")]
    Conflict,
    /// Bad Request
    #[value(name = "400")]
    BadRequest,
}

impl Args {
    /// Sets what is set here.
    pub(super) fn apply(&self, sandbox: Builder) -> Builder {
        let physical = match self.paysafe_physical_updates {
            Physical::All => PaysafePhysicalUpdates::All,
            Physical::ActiveOrCancelled => PaysafePhysicalUpdates::ActiveOrCancelled,
        };
        let reply = match self.paysafe_update_reply {
            Reply::Card => PaysafeUpdateReply::Card,
            Reply::NoContent => PaysafeUpdateReply::NoContent,
        };
        let refusal = match self.paysafe_update_refusal {
            Refusal::Conflict => PaysafeUpdateRefusal::Conflict,
            Refusal::BadRequest => PaysafeUpdateRefusal::BadRequest,
        };
        sandbox
            .paysafe_physical_updates(physical)
            .paysafe_update_reply(reply)
            .paysafe_update_refusal(refusal)
    }
}
