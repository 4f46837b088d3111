//! The settings of the sandbox's Paysafe.

use cards_sandbox::world::paysafe::SIGNATURE_KEY;
use cards_sandbox::{
    Builder, PaysafePhysicalUpdates, PaysafeSignatures, PaysafeUpdateRefusal, PaysafeUpdateReply,
};

/// Holds the flags that are about Paysafe.
#[derive(clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// Statuses that an update at Paysafe takes for a PHYSICAL card
    #[arg(long, value_enum, value_name = "WHICH", default_value = "all")]
    paysafe_physical_updates: Physical,

    /// Reply to an update at Paysafe
    #[arg(long, value_enum, value_name = "HOW", default_value = "card")]
    paysafe_update_reply: Reply,

    /// The HTTP status of an update at Paysafe that the card's life forbids
    #[arg(long, value_enum, value_name = "STATUS", default_value = "409")]
    paysafe_update_refusal: Refusal,

    /// Requests at Paysafe that have to carry a right header Signature; --print-env with it has the
    /// key
    #[arg(long, value_enum, value_name = "WHICH", default_value = "not-checked")]
    paysafe_signatures: Signatures,
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

/// [`PaysafeSignatures`] for the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Signatures {
    /// None
    NotChecked,
    /// Those with a body, over its bytes
    Bodies,
    /// Those too, over their path, which have none
    BodiesAndPaths,
}

impl Args {
    /// The variables that clients need beside those of every sandbox.
    pub(super) fn env(&self) -> Vec<(&'static str, String)> {
        let scope = match self.paysafe_signatures {
            Signatures::NotChecked => return Vec::new(),
            Signatures::Bodies => "bodies",
            Signatures::BodiesAndPaths => "bodies-and-paths",
        };
        vec![
            ("CARDS_PAYSAFE_SIGNATURE_KEY", SIGNATURE_KEY.to_owned()),
            ("CARDS_PAYSAFE_SIGNATURE_SCOPE", scope.to_owned()),
        ]
    }

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
        let signatures = match self.paysafe_signatures {
            Signatures::NotChecked => PaysafeSignatures::NotChecked,
            Signatures::Bodies => PaysafeSignatures::Bodies,
            Signatures::BodiesAndPaths => PaysafeSignatures::BodiesAndPaths,
        };
        sandbox
            .paysafe_signatures(signatures)
            .paysafe_physical_updates(physical)
            .paysafe_update_reply(reply)
            .paysafe_update_refusal(refusal)
    }
}
