//! `cards capabilities`: what each provider offers, and where that is known from.

use cards_transport::model::{Capability, Operation, ProviderId, Source};
use serde_json::{Value, json};

use crate::error::Error;
use crate::output::{self, Reader};
use crate::sheet::{Format, Sheet};

const PROVIDERS: [ProviderId; 3] = [ProviderId::AIRPAY, ProviderId::PAYSAFE, ProviderId::IBANERA];

#[derive(clap::Args)]
#[command(after_help = "\
A call without a mark is in one of the five documents; one with * is on another
public page of its provider; of one with ? the path or the fields are inferred,
and `cards PROVIDER CALL --help` says what. `-`: no page of the provider has
such a call.

Examples:
  cards capabilities
  cards capabilities --output json | jq '.[] | select(.source == \"assumption\")'")]
pub(crate) struct Args {
    /// Format to print in
    #[arg(
        short,
        long,
        value_enum,
        value_name = "FORMAT",
        default_value = "table"
    )]
    output: Format,
}

pub(crate) fn run(args: &Args) -> Result<(), Error> {
    let reader = Reader::of_stdout();
    let text = match args.output {
        Format::Table | Format::Curl => sheet().to_table(None, reader),
        Format::Csv => sheet().to_csv(reader)?,
        Format::Ndjson => offers()
            .map(|offer| output::json_line(&described(&offer)))
            .collect(),
        Format::Json => {
            let all: Vec<_> = offers().map(|offer| described(&offer)).collect();
            output::json_text(&all)?
        }
    };
    output::data(&text, reader)
}

/// One purpose of one operation.
type Offer = (Capability, &'static Operation);

/// Lists the purposes in their order, each with the operations that serve it.
fn offers() -> impl Iterator<Item = Offer> {
    Capability::ALL.iter().flat_map(|capability| {
        cards_transport::operations()
            .filter(|operation| operation.capabilities.contains(capability))
            .map(|operation| (*capability, operation))
    })
}

fn described((capability, operation): &Offer) -> Value {
    json!({
        "capability": capability,
        "provider": operation.provider,
        "operation": operation.name,
        "method": operation.method.as_str(),
        "path": operation.path,
        "changes": operation.effect == cards_transport::model::Effect::Mutation,
        "source": operation.source,
        "title": operation.document,
    })
}

/// A line for each purpose, a column for each provider.
fn sheet() -> Sheet {
    let rows = Capability::ALL.iter().map(|capability| {
        let cells = PROVIDERS.map(|provider| {
            let own = offers()
                .filter(|(what, operation)| what == capability && operation.provider == provider);
            let names: Vec<_> = own.map(|(_, operation)| marked(operation)).collect();
            names.join("\n")
        });
        [capability.as_str().to_owned()]
            .into_iter()
            .chain(cells)
            .collect()
    });
    let head = ["capability"]
        .into_iter()
        .chain(PROVIDERS.map(ProviderId::as_str));
    Sheet::new(head, rows.collect())
}

fn marked(operation: &Operation) -> String {
    let mark = match operation.source {
        Source::Reference => "*",
        Source::Assumption => "?",
        _ => "",
    };
    format!("{}{mark}", operation.name)
}
