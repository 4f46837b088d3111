//! The report for people at a terminal.

use std::collections::BTreeSet;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};

use super::judge::Verdict;
use super::{Report, risks};
use conformance::ledger::{Bound, Requirement, Source};

const BOLD: Style = Style::new().bold();
const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();

pub(crate) fn print(report: &Report) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    let heading = |text: &str| format!("\n{BOLD}{text}{BOLD:#}");

    risks::print(&mut out, &report.ledger)?;
    writeln!(
        out,
        "{}",
        heading("Statements held, by operation and by whom they bind")
    )?;
    let mut matrix = table(&["operation", "request", "reply", "client", "sandbox", "all"]);
    for operation in operations(report) {
        let mut row = vec![label(&operation).to_owned()];
        row.extend(Bound::ALL.map(|bound| cell(report, &operation, Some(bound))));
        row.push(cell(report, &operation, None));
        matrix.add_row(row);
    }
    writeln!(out, "{}", numbers_right(matrix))?;

    writeln!(
        out,
        "{}",
        heading("Checks that hold them, by operation and kind")
    )?;
    let mut kinds = table(&[&["operation"][..], &KINDS[..]].concat());
    for operation in operations(report) {
        let mut row = vec![label(&operation).to_owned()];
        row.extend(checks_by_kind(report, &operation).map(|count| count.to_string()));
        kinds.add_row(row);
    }
    writeln!(out, "{}", numbers_right(kinds))?;

    writeln!(out, "{}", heading("Suites"))?;
    let mut suites = table(&["suite", "tests", "passed", "seconds"]);
    for suite in &report.suites {
        suites.add_row([
            suite.name.clone(),
            suite.tests.len().to_string(),
            suite.passed().to_string(),
            format!("{:.1}", suite.seconds),
        ]);
    }
    writeln!(out, "{}", numbers_right(suites))?;

    writeln!(out, "{}", heading("Documents"))?;
    let mut documents = table(&[&["document"][..], &COUNTED[..]].concat());
    for count in counts(report) {
        let mut row = vec![count.name.clone()];
        row.extend(count.cells());
        documents.add_row(row);
    }
    writeln!(out, "{}", numbers_right(documents))?;

    if let Some(filter) = &report.filter {
        let count = report
            .suites
            .iter()
            .map(|suite| suite.tests.len())
            .sum::<usize>();
        writeln!(
            out,
            "\nFiltered by {filter:?}: {count} tests ran, the rest was not asked."
        )?;
    }
    if report.passed {
        writeln!(
            out,
            "\n{GOOD}{}{GOOD:#} ({:.0} s)",
            verdict(report),
            report.seconds
        )?;
    } else {
        let count = report.verdicts.troubles.len();
        writeln!(
            out,
            "\n{BAD}{count} troubles{BAD:#} ({:.0} s)",
            report.seconds
        )?;
        for trouble in &report.verdicts.troubles {
            writeln!(
                out,
                "\n  {BOLD}{}{BOLD:#} {}",
                trouble.subject, trouble.what
            )?;
            for (id, statement) in trouble.breaks.iter().take(8) {
                writeln!(out, "    {BAD}{id}{BAD:#} {statement}")?;
            }
            if trouble.breaks.len() > 8 {
                writeln!(out, "    and {} more rows", trouble.breaks.len() - 8)?;
            }
        }
    }
    writeln!(
        out,
        "\nReports: target/conformance/report.html, report.json, junit.xml"
    )
}

/// Claims what a report without troubles may.
pub(crate) fn verdict(report: &Report) -> &'static str {
    if report.filter.is_some() {
        "What ran holds"
    } else {
        "Everything holds"
    }
}

/// Operations in the order of the documents; `*` last.
pub(crate) fn operations(report: &Report) -> Vec<String> {
    let mut operations: Vec<String> = Vec::new();
    for requirement in report.ledger.requirements() {
        if requirement.operation != "*" && !operations.contains(&requirement.operation) {
            operations.push(requirement.operation.clone());
        }
    }
    if report
        .ledger
        .requirements()
        .any(|requirement| requirement.operation == "*")
    {
        operations.push("*".to_owned());
    }
    operations
}

pub(crate) fn label(operation: &str) -> &str {
    if operation == "*" { "(all)" } else { operation }
}

/// Writes `held` or `held/all`.
pub(crate) fn cell(report: &Report, operation: &str, bound: Option<Bound>) -> String {
    let fits = |requirement: &&Requirement| {
        requirement.operation == operation
            && bound.is_none_or(|bound| requirement.binds.contains(&bound))
    };
    let rows: Vec<_> = report.ledger.requirements().filter(fits).collect();
    let held = rows.iter().filter(|row| is_held(report, &row.id)).count();
    match (held, rows.len()) {
        (_, 0) => "-".to_owned(),
        (held, all) if held == all => held.to_string(),
        (held, all) => format!("{held}/{all}"),
    }
}

/// The suites that have a column of their own in the second matrix.
pub(crate) const KINDS: [&str; 5] = ["cases", "replay", "parity", "fuzz", "other"];

/// Counts the different checks of each of [`KINDS`] that hold an operation's
/// rows.
pub(crate) fn checks_by_kind(report: &Report, operation: &str) -> [usize; 5] {
    let rows = report
        .ledger
        .requirements()
        .filter(|row| row.operation == operation);
    let checks: BTreeSet<&str> = rows
        .flat_map(|row| &row.checks)
        .map(String::as_str)
        .collect();
    let mut counts = [0; 5];
    for check in checks {
        let suite = check.split("::").next().unwrap_or_default();
        let kind = if suite == "statements" {
            "cases"
        } else {
            suite
        };
        counts[KINDS.iter().position(|known| *known == kind).unwrap_or(4)] += 1;
    }
    counts
}

/// The rows of one document, or of all from one source.
pub(crate) struct Count {
    pub(crate) name: String,
    /// The source of the statements. `None`: of errata across documents.
    source: Option<Source>,
    statements: usize,
    held: usize,
    errata: usize,
    /// The errata with a check that passes.
    decided: usize,
    /// The errata whose decision is an assumption.
    assumed: usize,
}

/// The columns of a [`Count`] beside its name.
pub(crate) const COUNTED: [&str; 6] = [
    "source",
    "statements",
    "held",
    "errata",
    "decided",
    "assumptions",
];

impl Count {
    /// The text of each of [`COUNTED`].
    pub(crate) fn cells(&self) -> [String; 6] {
        [
            self.source.map_or("-", Source::as_str).to_owned(),
            self.statements.to_string(),
            self.held.to_string(),
            self.errata.to_string(),
            self.decided.to_string(),
            self.assumed.to_string(),
        ]
    }
}

/// Counts the rows of each document, and of all from each source.
pub(crate) fn counts(report: &Report) -> Vec<Count> {
    let documents = &report.ledger.documents;
    let mut names: Vec<&str> = documents
        .iter()
        .map(|document| document.document.as_str())
        .collect();
    for erratum in &report.ledger.errata {
        if !names.contains(&erratum.document.as_str()) {
            names.push(&erratum.document);
        }
    }
    let count = |name: &str| {
        let document = documents.iter().find(|d| d.document == name);
        let rows = document.map_or(&[][..], |document| &document.requirement);
        let errata = report.ledger.errata.iter();
        let errata: Vec<_> = errata.filter(|e| e.document == name).collect();
        Count {
            name: name.to_owned(),
            source: document.map(|document| document.source),
            statements: rows.len(),
            held: rows.iter().filter(|row| is_held(report, &row.id)).count(),
            errata: errata.len(),
            decided: errata.iter().filter(|row| is_held(report, &row.id)).count(),
            assumed: errata.iter().filter(|row| row.is_assumption()).count(),
        }
    };
    let each: Vec<_> = names.into_iter().map(count).collect();
    let of_source = |source: Source| {
        let own: Vec<_> = each.iter().filter(|c| c.source == Some(source)).collect();
        let sum = |part: fn(&Count) -> usize| own.iter().map(|&count| part(count)).sum();
        (!own.is_empty()).then(|| Count {
            name: "(all)".to_owned(),
            source: Some(source),
            statements: sum(|count| count.statements),
            held: sum(|count| count.held),
            errata: sum(|count| count.errata),
            decided: sum(|count| count.decided),
            assumed: sum(|count| count.assumed),
        })
    };
    let sums: Vec<_> = Source::ALL.into_iter().filter_map(of_source).collect();
    each.into_iter().chain(sums).collect()
}

pub(crate) fn is_held(report: &Report, id: &str) -> bool {
    report.verdicts.rows.get(id) == Some(&Verdict::Held)
}

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(header.to_vec());
    table
}

fn numbers_right(mut table: Table) -> Table {
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

#[cfg(test)]
mod tests;
