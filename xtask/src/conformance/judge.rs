//! Joins what the ledger promises with what the suites did.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::suites::{Outcome, Suite, telling_line};
use conformance::ledger::Ledger;

/// Holds the verdict on every row.
#[derive(Serialize)]
pub(crate) struct Verdicts {
    /// The verdicts by the id of a requirement or an erratum.
    pub(crate) rows: BTreeMap<String, Verdict>,
    /// All that makes the harness fail, worst first.
    pub(crate) troubles: Vec<Trouble>,
}

/// The verdict on one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Verdict {
    /// A check failed, is missing, or was ignored.
    Broken,
    /// Not all of its checks ran, because of a filter.
    NotRun,
    /// Every check passed.
    Held,
}

/// Gives one reason to fail.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Trouble {
    /// The test, row or case.
    pub(crate) subject: String,
    /// Says what is wrong with it.
    pub(crate) what: String,
    /// The rows that it breaks, with their statements.
    pub(crate) breaks: Vec<(String, String)>,
}

struct Row<'a> {
    id: &'a str,
    statement: &'a str,
    checks: &'a [String],
}

/// Judges every row. With a filter, tests that did not run are no trouble.
pub(crate) fn judge(ledger: &Ledger, suites: &[Suite], is_filtered: bool) -> Verdicts {
    let mut ran = BTreeMap::new();
    for suite in suites {
        for (name, outcome) in &suite.tests {
            ran.insert(format!("{}::{name}", suite.name), outcome);
        }
    }
    let rows: Vec<Row<'_>> = rows(ledger).collect();
    let mut by_check: BTreeMap<&str, Vec<(String, String)>> = BTreeMap::new();
    for row in &rows {
        for check in row.checks {
            let broken = (row.id.to_owned(), row.statement.to_owned());
            by_check.entry(check).or_default().push(broken);
        }
    }

    let mut troubles = Vec::new();
    for (name, outcome) in &ran {
        let what = match outcome {
            Outcome::Passed => continue,
            Outcome::Ignored if !by_check.contains_key(name.as_str()) => continue,
            Outcome::Ignored => "is ignored".to_owned(),
            Outcome::Failed(lines) => format!("failed: {}", telling_line(lines)),
        };
        let breaks = by_check.get(name.as_str()).cloned().unwrap_or_default();
        troubles.push(Trouble {
            subject: name.clone(),
            what,
            breaks,
        });
    }
    if !is_filtered {
        for (check, breaks) in &by_check {
            if !ran.contains_key(*check) {
                let what = "is named by a row and does not exist".to_owned();
                troubles.push(Trouble {
                    subject: (*check).to_owned(),
                    what,
                    breaks: breaks.clone(),
                });
            }
        }
    }
    troubles.extend(disagreements(ledger, &rows));

    let verdict = |row: &Row<'_>| {
        let outcomes: Vec<_> = row.checks.iter().map(|check| ran.get(check)).collect();
        if row.checks.is_empty() {
            return Verdict::Broken;
        }
        let is_bad = |outcome: &Option<&&Outcome>| match outcome {
            None => !is_filtered,
            Some(outcome) => ***outcome != Outcome::Passed,
        };
        match outcomes.iter().any(is_bad) {
            true => Verdict::Broken,
            false if outcomes.iter().any(Option::is_none) => Verdict::NotRun,
            false => Verdict::Held,
        }
    };
    let rows = rows
        .iter()
        .map(|row| (row.id.to_owned(), verdict(row)))
        .collect();
    Verdicts { rows, troubles }
}

/// Rows that nothing holds, and what names a row that is not there.
fn disagreements(ledger: &Ledger, rows: &[Row<'_>]) -> Vec<Trouble> {
    let trouble = |subject: &str, what: String| Trouble {
        subject: subject.to_owned(),
        what,
        breaks: Vec::new(),
    };
    let mut troubles = Vec::new();
    let mut seen = BTreeSet::new();
    for row in rows {
        if !seen.insert(row.id) {
            troubles.push(trouble(row.id, "is the id of two rows".to_owned()));
        }
        if row.checks.is_empty() {
            troubles.push(trouble(row.id, format!("has no check: {}", row.statement)));
        }
    }
    let errata: BTreeSet<_> = ledger
        .errata
        .iter()
        .map(|erratum| erratum.id.as_str())
        .collect();
    for requirement in ledger.requirements() {
        if !requirement.erratum.is_empty() && !errata.contains(requirement.erratum.as_str()) {
            let what = format!(
                "names erratum {}, which does not exist",
                requirement.erratum
            );
            troubles.push(trouble(&requirement.id, what));
        }
    }
    let strays = ledger.strays.iter();
    troubles.extend(strays.map(|(case, id)| trouble(case, format!("holds {id}, which is no row"))));
    troubles
}

fn rows(ledger: &Ledger) -> impl Iterator<Item = Row<'_>> {
    let requirements = ledger.requirements().map(|requirement| Row {
        id: &requirement.id,
        statement: &requirement.statement,
        checks: &requirement.checks,
    });
    let errata = ledger.errata.iter().map(|erratum| Row {
        id: &erratum.id,
        statement: &erratum.decision,
        checks: &erratum.checks,
    });
    requirements.chain(errata)
}

#[cfg(test)]
mod tests {
    use super::*;
    use conformance::ledger::{Bound, Document, Requirement, Source};

    fn ledger(checks: &[&str], strays: &[(&str, &str)]) -> Ledger {
        let requirement = Requirement {
            id: "R1".into(),
            section: "S".into(),
            statement: "Digits only.".into(),
            operation: "register-user".into(),
            field: "otp".into(),
            kind: "characters".into(),
            binds: vec![Bound::Request],
            checks: checks.iter().map(ToString::to_string).collect(),
            erratum: String::new(),
            check: Vec::new(),
            holds: Vec::new(),
        };
        let document = Document {
            document: "d".into(),
            title: "D".into(),
            source: Source::Document,
            file: None,
            requirement: vec![requirement],
        };
        let owned = |(case, id): &(&str, &str)| ((*case).to_owned(), (*id).to_owned());
        Ledger {
            documents: vec![document],
            errata: vec![],
            settings: Vec::new(),
            strays: strays.iter().map(owned).collect(),
        }
    }

    fn suite(outcome: Option<Outcome>) -> Vec<Suite> {
        let tests = outcome
            .into_iter()
            .map(|outcome| ("otp.digits".to_owned(), outcome))
            .collect();
        vec![Suite {
            name: "statements".into(),
            seconds: 0.0,
            tests,
        }]
    }

    fn told(ledger: &Ledger, outcome: Option<Outcome>) -> Vec<String> {
        let verdicts = judge(ledger, &suite(outcome), false);
        verdicts
            .troubles
            .iter()
            .map(|t| format!("{} {}", t.subject, t.what))
            .collect()
    }

    #[test]
    fn each_way_to_leave_a_row_unheld_is_a_trouble() {
        let whole = ledger(&["statements::otp.digits"], &[]);
        assert!(told(&whole, Some(Outcome::Passed)).is_empty());
        assert_eq!(
            told(&whole, Some(Outcome::Ignored)),
            ["statements::otp.digits is ignored"]
        );
        assert_eq!(
            told(&whole, None),
            ["statements::otp.digits is named by a row and does not exist"]
        );
        let failed = Outcome::Failed(vec!["breaks []".into()]);
        let verdicts = judge(&whole, &suite(Some(failed)), false);
        assert_eq!(verdicts.rows["R1"], Verdict::Broken);
        assert_eq!(verdicts.troubles[0].what, "failed: breaks []");
        assert_eq!(
            verdicts.troubles[0].breaks,
            [("R1".into(), "Digits only.".into())]
        );

        let unchecked = ledger(&[], &[]);
        assert_eq!(
            told(&unchecked, Some(Outcome::Passed)),
            ["R1 has no check: Digits only."]
        );
        let stray = ledger(
            &["statements::otp.digits"],
            &[("statements::otp.digits", "R2")],
        );
        assert_eq!(
            told(&stray, Some(Outcome::Passed)),
            ["statements::otp.digits holds R2, which is no row"]
        );
    }

    #[test]
    fn with_a_filter_what_did_not_run_is_no_trouble() {
        let whole = ledger(&["statements::otp.digits"], &[]);
        let verdicts = judge(&whole, &suite(None), true);
        assert!(verdicts.troubles.is_empty());
        assert_eq!(verdicts.rows["R1"], Verdict::NotRun);
    }
}
