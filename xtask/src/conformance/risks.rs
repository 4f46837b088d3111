//! The first page of every report: decisions that may cost money, a secret or
//! somebody's data if they are wrong, and what to ask the provider about each.

use std::io::{self, Write};

use anstyle::Style;
use conformance::ledger::{Erratum, Ledger, Risk};
use maud::{Markup, html};

const BOLD: Style = Style::new().bold();

/// The subject of the page, in lines of a terminal.
const ABOUT: [&str; 2] = [
    "Where the documents are silent or disagree, and a wrong reading may cost money, make a second card or",
    "customer, show a secret or another person's data, or lose something that nobody notices.",
];

/// The rows of high risk, in the ledger's order.
fn high(ledger: &Ledger) -> impl Iterator<Item = &Erratum> {
    let errata = ledger.errata.iter();
    errata.filter(|erratum| erratum.risk == Risk::High)
}

/// The first sentence of a decision.
fn first_sentence(decision: &str) -> &str {
    match decision.find(". ") {
        Some(end) => &decision[..=end],
        None => decision,
    }
}

/// Names the settings that change a row.
fn settings(erratum: &Erratum) -> String {
    match &*erratum.setting {
        [] => "none".to_owned(),
        names => names.join(", "),
    }
}

/// Prints a line for each row: what to ask, which the page is for. The report in HTML tells what
/// was decided, too.
pub(super) fn print(out: &mut impl Write, ledger: &Ledger) -> io::Result<()> {
    writeln!(out, "{BOLD}High risks: what to ask the providers{BOLD:#}")?;
    writeln!(out, "{}\n", ABOUT.join("\n"))?;
    for row in high(ledger) {
        let (id, binds) = (&row.id, row.binds.as_str());
        let (ask, settings) = (&row.ask, settings(row));
        writeln!(
            out,
            "{BOLD}{id:<8}{BOLD:#} {binds:<8} {ask} [setting: {settings}]"
        )?;
    }
    Ok(())
}

/// The rows as a section that prints on a page of its own.
pub(super) fn section(ledger: &Ledger) -> Markup {
    html! {
        section id="risks" {
            h2 { "High risks" }
            p { (ABOUT.join(" ")) }
            table class="rows risks" {
                thead { tr {
                    @for name in ["row", "decided", "binds", "to ask the provider", "setting"] {
                        th scope="col" { (name) }
                    }
                } }
                tbody {
                    @for row in high(ledger) {
                        tr {
                            td data-label="row" { a href={ "#" (row.id) } { (row.id) } }
                            td data-label="decided" { (first_sentence(&row.decision)) }
                            td data-label="binds" { (row.binds.as_str()) }
                            td data-label="to ask the provider" { (row.ask) }
                            td data-label="setting" { (settings(row)) }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use conformance::ledger;

    use super::*;

    fn read() -> Ledger {
        ledger::read(&crate::workspace().join(Path::new("conformance"))).unwrap()
    }

    fn printed(ledger: &Ledger) -> String {
        let mut out = Vec::new();
        print(&mut out, ledger).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_page_has_each_row_of_high_risk_and_no_other() {
        let mut ledger = read();
        let text = printed(&ledger);
        let page = section(&ledger).into_string();
        for row in &ledger.errata {
            let is_high = row.risk == Risk::High;
            let id = format!("{BOLD}{:<8}", row.id);
            assert_eq!(text.contains(&id), is_high, "{}", row.id);
            assert!(!is_high || text.contains(&row.ask), "{}", row.id);
            assert_eq!(
                page.contains(&format!("\"#{}\"", row.id)),
                is_high,
                "{}",
                row.id
            );
        }
        ledger.errata.retain(|row| row.id == "E-AP-02");
        insta::assert_snapshot!(anstream::adapter::strip_str(&printed(&ledger)), @r"
        High risks: what to ask the providers
        Where the documents are silent or disagree, and a wrong reading may cost money, make a second card or
        customer, show a secret or another person's data, or lose something that nobody notices.

        E-AP-02  both     Does this call change the preference or read it, and can it be repeated without harm? [setting: Settings::retry]
        ");
    }

    /// A printed page has room for about 70 lines.
    #[test]
    fn it_is_one_page() {
        let ledger = read();
        let lines = printed(&ledger).lines().count();
        assert!((40..=72).contains(&lines), "{lines}");
        let longest = high(&ledger)
            .map(|row| first_sentence(&row.decision).len())
            .max();
        assert!(longest < Some(160), "{longest:?}");
    }
}
