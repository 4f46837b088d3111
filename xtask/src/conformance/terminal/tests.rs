//! The report counts rows, tests and failures right.

use std::collections::BTreeMap;

use conformance::ledger::{Document, Erratum, Kind, Ledger, Party, Risk};

use super::*;
use crate::conformance::judge::Verdicts;

fn document(name: &str, source: Source, ids: &[&str]) -> Document {
    let requirement = |id: &&str| Requirement {
        id: (*id).to_owned(),
        section: "S".to_owned(),
        statement: "It is text.".to_owned(),
        operation: "o".to_owned(),
        field: "f".to_owned(),
        kind: "type".to_owned(),
        binds: vec![Bound::Request],
        checks: vec!["statements::o".to_owned()],
        erratum: String::new(),
        check: Vec::new(),
        holds: Vec::new(),
    };
    Document {
        document: name.to_owned(),
        title: name.to_owned(),
        source,
        file: None,
        requirement: ids.iter().map(requirement).collect(),
    }
}

fn erratum(document: &str, decision: &str) -> Erratum {
    Erratum {
        id: format!("E-{document}"),
        document: document.to_owned(),
        kind: Kind::Silence,
        says: Vec::new(),
        decision: decision.to_owned(),
        binds: Party::Both,
        risk: Risk::Low,
        ask: "Is it?".to_owned(),
        setting: Vec::new(),
        checks: Vec::new(),
        check: Vec::new(),
    }
}

#[test]
fn rows_are_counted_by_document_and_by_source() {
    let verdicts = [
        ("R1", Verdict::Held),
        ("R2", Verdict::Held),
        ("R3", Verdict::Broken),
        ("R4", Verdict::Held),
    ];
    let verdicts = verdicts.map(|(id, verdict)| (id.to_owned(), verdict));
    let report = Report {
        passed: false,
        filter: None,
        versions: Vec::new(),
        seconds: 0.0,
        verdicts: Verdicts {
            rows: BTreeMap::from(verdicts),
            troubles: Vec::new(),
        },
        suites: Vec::new(),
        ledger: Ledger {
            documents: vec![
                document("a", Source::Document, &["R1", "R2"]),
                document("b", Source::Reference, &["R3"]),
                document("c", Source::Reference, &["R4"]),
            ],
            errata: vec![
                erratum("b", "It is sent. Assumption: once."),
                erratum("c", "An assumption of the page: once."),
                erratum("across", "Assumption: never."),
            ],
            settings: Vec::new(),
            strays: Vec::new(),
        },
    };
    let told = counts(&report).into_iter();
    let told: Vec<_> = told
        .map(|count| format!("{} {}", count.name, count.cells().join(" ")))
        .collect();
    assert_eq!(
        told,
        [
            "a document 2 2 0 0 0",
            "b reference 1 0 1 0 1",
            "c reference 1 1 1 0 0",
            "across - 0 0 1 0 1",
            "(all) document 2 2 0 0 0",
            "(all) reference 2 1 2 0 1",
        ]
    );
    let page = crate::conformance::html::page(&report);
    for said in [
        "2 statements of one of the five documents.",
        "1 statements of another public page",
    ] {
        assert!(page.contains(said), "{said}");
    }
}
