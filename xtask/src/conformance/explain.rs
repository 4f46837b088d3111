//! `cargo xtask conformance --explain ROW`: the cases that follow from the
//! check of a requirement or an erratum.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use anstyle::Style;
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use conformance::generated::{self, Case, Generated};
use conformance::ledger::{self, Ledger};
use serde_json::Value;

use super::Error;

const BOLD: Style = Style::new().bold();

/// Shows the rows whose id begins so. `Ok(false)`: none of them has a check.
pub(crate) fn run(root: &Path, id: &str) -> Result<bool, Error> {
    let ledger = ledger::read(&root.join("conformance"))?;
    let mut rows = generated::all()?;
    rows.retain(|row| row.row.id.starts_with(id));
    let shown = rows.iter().try_for_each(|row| show(&ledger, row));
    shown.map_err(|error| Error::Tool(error.to_string()))?;
    Ok(!rows.is_empty())
}

fn show(ledger: &Ledger, generated: &Generated) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    let row = &generated.row;
    let requirement = ledger.requirements().find(|other| other.id == row.id);
    let erratum = ledger.errata.iter().find(|other| other.id == row.id);
    let statement = requirement
        .map(|row| &row.statement)
        .or(erratum.map(|row| &row.decision));
    let check = row.check.join("; ");
    let (id, operation, field) = (&row.id, &row.operation, &row.field);
    writeln!(out, "{BOLD}{id}{BOLD:#} ({operation}, {field})")?;
    writeln!(out, "{}", statement.map_or("", String::as_str))?;
    writeln!(out, "Check: {check}")?;
    let mut table = Table::new();
    table
        .load_style(NOTHING)
        .set_header(["value", "model", "sandbox", "on the wire"]);
    for case in &generated.cases {
        let sandbox = case.sandbox.as_deref().unwrap_or("not asked");
        table.add_row([&*given(&case.input), &*verdict(case), sandbox, &*sent(case)]);
    }
    writeln!(out, "{table}\n")
}

fn verdict(case: &Case) -> String {
    let setting = case.rules.as_ref().map(|rules| format!(" ({rules})"));
    let setting = setting.unwrap_or_default();
    match case.breaks.is_empty() {
        true => format!("takes it{setting}"),
        false => format!("breaks {}{setting}", case.breaks.join(", ")),
    }
}

/// Tells what differs from the request that the cases start from, or the reply.
fn sent(case: &Case) -> String {
    if let Some(reply) = &case.reply {
        return reply.body.clone();
    }
    let pairs = case.pairs.iter().flatten();
    let pairs = pairs.map(|(name, pair)| match pair {
        Some(pair) => pair.clone(),
        None => format!("no {name}"),
    });
    case.path
        .clone()
        .into_iter()
        .chain(pairs)
        .collect::<Vec<_>>()
        .join("&")
}

fn given(input: &BTreeMap<String, Value>) -> String {
    let pairs = input.iter().map(|(name, value)| match value.is_null() {
        true => format!("no {name}"),
        false => format!("{name} = {value}"),
    });
    pairs.collect::<Vec<_>>().join(", ")
}
