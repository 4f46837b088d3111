//! The settings of the events that the sandbox sends.

use std::time::Duration;

use cards_sandbox::{Builder, IbaneraCardApproval, ProviderId, Receiver};
use cards_transport::sign::HashEncoding;

/// Holds the flags that are about events.
#[derive(clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// Address to send a provider's events to, such as paysafe=http://127.0.0.1:9000/hooks, or
    /// those of one name: paysafe/card-status=URL; may be repeated
    #[arg(long = "receiver", value_name = "PROVIDER[/EVENT]=URL", value_parser = receiver)]
    receivers: Vec<Receiver>,

    /// A host beyond this machine that events may be sent to; may be repeated
    #[arg(long = "allow-receiver", value_name = "HOST")]
    allowed_receivers: Vec<String>,

    /// Seconds before an event of Paysafe's is sent again that was not taken
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    paysafe_event_pause: Duration,

    /// When a card that is asked for at Ibanera is made
    #[arg(long, value_enum, value_name = "WHEN", default_value = "at-once")]
    ibanera_card_approval: Approval,

    /// Form in which the hash of Ibanera's events is written
    #[arg(long, value_enum, value_name = "HOW", default_value = "base64")]
    ibanera_event_hash: Hash,

    /// Begin the type of Ibanera's events with a space, as the page's sample does
    #[arg(long)]
    ibanera_padded_event_type: bool,
}

/// [`IbaneraCardApproval`] for the command line.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Approval {
    /// At once
    AtOnce,
    /// Once `cards sandbox issuer ibanera approve-card` approves it
    Manual,
}

/// [`HashEncoding`] for the command line.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Hash {
    /// Base64
    Base64,
    /// Lowercase digits
    Hex,
    /// Uppercase digits
    UpperHex,
}

impl Args {
    /// Sets what is set here.
    pub(super) fn apply(&self, sandbox: Builder) -> Builder {
        let approval = match self.ibanera_card_approval {
            Approval::AtOnce => IbaneraCardApproval::AtOnce,
            Approval::Manual => IbaneraCardApproval::Manual,
        };
        let hash = match self.ibanera_event_hash {
            Hash::Base64 => HashEncoding::Base64,
            Hash::Hex => HashEncoding::Hex,
            Hash::UpperHex => HashEncoding::UpperHex,
        };
        let mut sandbox = sandbox
            .paysafe_event_pause(self.paysafe_event_pause)
            .ibanera_card_approval(approval)
            .ibanera_event_hash(hash);
        if self.ibanera_padded_event_type {
            sandbox = sandbox.ibanera_padded_event_type();
        }
        for host in &self.allowed_receivers {
            sandbox = sandbox.allow_receiver(host);
        }
        self.receivers
            .iter()
            .cloned()
            .fold(sandbox, Builder::receiver)
    }
}

/// Reads `paysafe=URL` or `paysafe/card-status=URL`. The sandbox knows which events there are.
fn receiver(text: &str) -> Result<Receiver, String> {
    const FORM: &str = "a provider and a URL, such as paysafe=http://127.0.0.1:9000/hooks";
    let (whose, url) = text.split_once('=').ok_or(FORM)?;
    let (provider, event) = match whose.split_once('/') {
        Some((provider, event)) => (provider, Some(event)),
        None => (whose, None),
    };
    let ids = [ProviderId::PAYSAFE, ProviderId::IBANERA];
    let provider = ids.into_iter().find(|id| id.as_str() == provider);
    let provider = provider.ok_or("events are sent by paysafe and ibanera")?;
    let receiver = Receiver::all(provider, url.parse()?);
    Ok(match event {
        Some(event) => receiver.only(event),
        None => receiver,
    })
}

fn seconds(text: &str) -> Result<Duration, String> {
    const MOST: u64 = 86_400;
    let number = text
        .parse()
        .ok()
        .filter(|number| (1..=MOST).contains(number));
    let number = number.ok_or_else(|| format!("a number from 1 to {MOST}"))?;
    Ok(Duration::from_secs(number))
}
