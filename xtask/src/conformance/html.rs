//! The report as one self-contained page, for a desktop, a phone or an
//! auditor's printer.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::judge::Verdict;
use super::terminal::{
    COUNTED, KINDS, cell, checks_by_kind, counts, label, operations, verdict as verdict_words,
};
use super::{Report, risks};
use conformance::ledger::{Bound, Document, Erratum, Quote};

pub(crate) fn page(report: &Report) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Cards: conformance" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { "Cards: conformance" }
                    p { "What three providers' documents say, how their contradictions are read, and the checks that hold it." }
                    (verdict(report))
                    @if let Some(filter) = &report.filter {
                        p { "Filtered by " code { (filter) } ": the rest was not asked." }
                    }
                    dl class="versions" {
                        @for (name, version) in &report.versions {
                            div { dt { (name) } dd { (version) } }
                        }
                    }
                    nav {
                        a href="#risks" { "High risks" }
                        a href="#matrix" { "Matrix" }
                        a href="#suites" { "Suites" }
                        @for document in &report.ledger.documents {
                            a href={ "#" (document.document) } { (document.title) }
                        }
                        a href="#errata" { "Errata" }
                    }
                }
                main {
                    (risks::section(&report.ledger))
                    @if !report.passed { (troubles(report)) }
                    (matrix(report))
                    (suites(report))
                    @for document in &report.ledger.documents { (statements(report, document)) }
                    section id="errata" {
                        h2 { "Errata" }
                        p { "Each contradiction and each silence of the documents: what is said where, what is done, what to ask the provider, and the settings that change it." }
                        @for erratum in &report.ledger.errata { (errata(report, erratum)) }
                    }
                }
            }
        }
    }
    .into_string()
}

fn verdict(report: &Report) -> Markup {
    html! {
        @if report.passed {
            p class="verdict held" { (verdict_words(report)) "." }
        } @else {
            p class="verdict broken" { (report.verdicts.troubles.len()) " troubles." }
        }
    }
}

fn troubles(report: &Report) -> Markup {
    html! {
        section id="troubles" {
            h2 { "Troubles" }
            @for trouble in &report.verdicts.troubles {
                article class="broken" {
                    h3 { code { (trouble.subject) } }
                    p { (trouble.what) }
                    @if !trouble.breaks.is_empty() {
                        ul {
                            @for (id, statement) in &trouble.breaks {
                                li { a href={ "#" (id) } { (id) } " " (statement) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn matrix(report: &Report) -> Markup {
    html! {
        section id="matrix" {
            h2 { "Statements held" }
            p { "By operation, and by whom the statements bind; a statement may bind several." }
            div class="wide" { table {
                thead { tr {
                    th scope="col" { "operation" }
                    @for bound in Bound::ALL { th scope="col" class="number" { (bound.as_str()) } }
                    th scope="col" class="number" { "all" }
                } }
                tbody {
                    @for operation in operations(report) {
                        tr {
                            th scope="row" { (label(&operation)) }
                            @for bound in Bound::ALL {
                                td class="number" { (cell(report, &operation, Some(bound))) }
                            }
                            td class="number" { (cell(report, &operation, None)) }
                        }
                    }
                }
            } }
            p { "The different checks that hold them, by kind." }
            div class="wide" { table {
                thead { tr {
                    th scope="col" { "operation" }
                    @for kind in KINDS { th scope="col" class="number" { (kind) } }
                } }
                tbody {
                    @for operation in operations(report) {
                        tr {
                            th scope="row" { (label(&operation)) }
                            @for count in checks_by_kind(report, &operation) {
                                td class="number" { (count) }
                            }
                        }
                    }
                }
            } }
            div class="wide" { table {
                thead { tr {
                    th scope="col" { "document" }
                    @for name in COUNTED {
                        th scope="col" class="number" { (name) }
                    }
                } }
                tbody {
                    @for count in counts(report) {
                        tr {
                            th scope="row" { (count.name) }
                            @for cell in count.cells() { td class="number" { (cell) } }
                        }
                    }
                }
            } }
        }
    }
}

fn suites(report: &Report) -> Markup {
    html! {
        section id="suites" {
            h2 { "Suites" }
            div class="wide" { table {
                thead { tr {
                    th scope="col" { "suite" }
                    @for name in ["tests", "passed", "seconds"] {
                        th scope="col" class="number" { (name) }
                    }
                } }
                tbody {
                    @for suite in &report.suites {
                        tr {
                            th scope="row" { (suite.name) }
                            td class="number" { (suite.tests.len()) }
                            td class="number" { (suite.passed()) }
                            td class="number" { (format!("{:.1}", suite.seconds)) }
                        }
                    }
                }
            } }
        }
    }
}

fn statements(report: &Report, document: &Document) -> Markup {
    html! {
        section id=(document.document) {
            h2 { (document.title) }
            p { (document.requirement.len()) " statements of " (document.source.description()) "." }
            table class="rows" {
                thead { tr {
                    @for name in ["row", "where", "statement", "binds", "checks"] {
                        th scope="col" { (name) }
                    }
                } }
                tbody {
                    @for row in &document.requirement {
                        tr id=(row.id) class=(class(report, &row.id)) {
                            td data-label="row" { (mark(report, &row.id)) " " (row.id) }
                            td data-label="where" { (row.section) }
                            td data-label="statement" {
                                (row.statement)
                                @if !row.erratum.is_empty() {
                                    " " a href={ "#" (row.erratum) } { (row.erratum) }
                                }
                            }
                            td data-label="binds" { (row.binds.iter().map(|bound| bound.as_str()).collect::<Vec<_>>().join(", ")) }
                            td data-label="checks" class="checks" { (checks(&row.checks)) }
                        }
                    }
                }
            }
        }
    }
}

fn errata(report: &Report, erratum: &Erratum) -> Markup {
    html! {
        article id=(erratum.id) class=(class(report, &erratum.id)) {
            h3 { (mark(report, &erratum.id)) " " (erratum.id) " " span class="kind" { (erratum.kind.as_str()) ", " (erratum.document) } }
            dl {
                @for says in &erratum.says {
                    div { dt { (says.r#where) } dd { (says.what) (quotes(report, &says.quotes)) } }
                }
                div { dt { "Decided" } dd { (erratum.decision) } }
                div { dt { "Binds" } dd { (erratum.binds.as_str()) } }
                div { dt { "To ask" } dd { (erratum.ask) } }
                @if !erratum.setting.is_empty() {
                    div { dt { "Settings" } dd { (settings(report, erratum)) } }
                }
                div { dt { "Checks" } dd class="checks" { (checks(&erratum.checks)) } }
            }
        }
    }
}

/// Every name of each setting that changes a row.
fn settings(report: &Report, erratum: &Erratum) -> Markup {
    let all = report.ledger.settings.iter();
    let named = all.filter(|setting| erratum.setting.contains(&setting.name));
    html! {
        @for setting in named {
            div {
                @for name in setting.names() { code { (name) } " " }
                "(" (setting.of.as_str()) ") " (setting.about)
            }
        }
    }
}

/// The words of the documents, each with its document and line.
fn quotes(report: &Report, quotes: &[Quote]) -> Markup {
    let documents = &report.ledger.documents;
    let document = |quote: &Quote| {
        let of_file = documents.iter().find(|d| d.file == Some(quote.file));
        of_file.map_or_else(
            || quote.file.to_string(),
            |document| document.document.clone(),
        )
    };
    html! {
        @for quote in quotes {
            div class="quote" { q { (quote.words) } " " (document(quote)) ", line " (quote.line) }
        }
    }
}

fn checks(names: &[String]) -> Markup {
    html! { @for name in names { code { (name) } " " } }
}

fn class(report: &Report, id: &str) -> &'static str {
    match report.verdicts.rows.get(id) {
        Some(Verdict::Held) => "held",
        Some(Verdict::NotRun) => "not-run",
        _ => "broken",
    }
}

/// A sign and a word: colour alone tells nothing to some readers.
fn mark(report: &Report, id: &str) -> Markup {
    let (sign, word) = match class(report, id) {
        "held" => ("✓", "held"),
        "not-run" => ("–", "not run"),
        _ => ("✗", "broken"),
    };
    html! { span class="mark" role="img" aria-label=(word) title=(word) { (sign) } }
}

const STYLE: &str = "
:root { --ink: #1c2126; --paper: #fff; --line: #d6dbe0; --soft: #f4f6f8; --quiet: #5a6672; --good: #15703a; --bad: #b3261e; --link: #0b57a4; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ec; --paper: #15191d; --line: #343c44; --soft: #1d2328; --quiet: #9aa6b2; --good: #5fd08d; --bad: #ff8a80; --link: #82b8f2; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.8rem; } h2 { margin: 3rem 0 .5rem; font-size: 1.3rem; } h3 { margin: 0; font-size: 1rem; }
a { color: var(--link); } code { font-size: .85em; overflow-wrap: anywhere; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin-top: 1rem; }
.verdict { font-size: 1.2rem; font-weight: 600; } .verdict.held { color: var(--good); } .verdict.broken { color: var(--bad); }
.versions { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: 0; color: var(--quiet); font-size: .9rem; }
.versions div { display: flex; gap: .4rem; } .versions dd { margin: 0; color: var(--ink); }
.wide { overflow-x: auto; margin-bottom: 1.5rem; }
table { border-collapse: collapse; width: 100%; } th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { color: var(--quiet); font-weight: 500; font-size: .85rem; } tbody th { font-weight: 500; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.rows { font-size: .9rem; table-layout: fixed; } .rows td { overflow-wrap: anywhere; }
.rows th:nth-child(1) { width: 16%; } .rows th:nth-child(2) { width: 17%; } .rows th:nth-child(4) { width: 11%; } .rows th:nth-child(5) { width: 24%; }
.risks th:nth-child(1) { width: 8%; } .risks th:nth-child(2) { width: 30%; } .risks th:nth-child(3) { width: 9%; } .risks th:nth-child(5) { width: 20%; }
.held .mark { color: var(--good); } .broken .mark { color: var(--bad); } .not-run .mark { color: var(--quiet); }
tr:target, article:target { background: var(--soft); }
.quote { color: var(--quiet); font-size: .9em; }
.checks { color: var(--quiet); } .kind { color: var(--quiet); font-weight: 400; }
article { margin: .75rem 0; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .4rem; }
article dl { margin: .4rem 0 0; font-size: .9rem; } article dl div { display: grid; grid-template-columns: 14rem 1fr; gap: 1rem; }
article dt { color: var(--quiet); } article dd { margin: 0; overflow-wrap: anywhere; }
#troubles article { border-color: var(--bad); }
@media (max-width: 46rem) {
  body { padding: 1rem; }
  .rows, .rows tbody, .rows tr, .rows td { display: block; width: 100%; } .rows thead { display: none; }
  .rows tr { padding: .6rem 0; border-bottom: 1px solid var(--line); } .rows td { border: 0; padding: .1rem 0; }
  .rows td::before { content: attr(data-label) ': '; color: var(--quiet); }
  article dl div { grid-template-columns: 1fr; gap: 0; margin-bottom: .3rem; }
}
@media print { nav { display: none; } body { max-width: none; } #risks { break-after: page; } }
";
