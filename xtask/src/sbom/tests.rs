//! Every bill, held to CycloneDX's own schema and to `Cargo.lock`.

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::{Registry, Validator};
use serde_json::{Value, json};

use super::*;

const TARGET: &str = "x86_64-unknown-linux-gnu";

const SCHEMA: &str = include_str!("schema/bom-1.6.schema.json");

/// The schemas that it refers to.
const OTHERS: [&str; 2] = [
    include_str!("schema/spdx.schema.json"),
    include_str!("schema/jsf-0.82.schema.json"),
];

/// Compiles the schema once, and tells what is wrong with a document.
fn validate(documents: &BTreeMap<String, Value>) -> Vec<String> {
    let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let mut registry = Registry::new();
    for other in OTHERS.map(parsed) {
        let id = other["$id"].as_str().unwrap().to_owned();
        registry = registry.add(id, other).unwrap();
    }
    let registry = registry.prepare().unwrap();
    let validator: Validator = jsonschema::options()
        .should_validate_formats(true)
        .with_registry(&registry)
        .build(&parsed(SCHEMA))
        .unwrap();
    let wrong = documents.iter().flat_map(|(name, document)| {
        let errors = validator.iter_errors(document);
        errors.map(move |error| format!("{name}: {}: {error}", error.instance_path()))
    });
    wrong.collect()
}

fn bills(timestamp: Option<&str>) -> BTreeMap<String, Value> {
    let root = crate::workspace();
    let sources = Sources::read(&root).unwrap();
    let bill = |choice: Choice| {
        let graph = graph::read(&root, &choice, TARGET).unwrap();
        let bill = sources.bill(&choice, &graph, TARGET, timestamp).unwrap();
        (choice.name(), bill)
    };
    choices(&sources.packages).into_iter().map(bill).collect()
}

/// The names of the components of a bill, or of those with a scope.
fn names<'a>(bill: &'a Value, scope: &str) -> BTreeSet<&'a str> {
    let components = bill["components"].as_array().unwrap().iter();
    components
        .filter(|it| scope.is_empty() || it["scope"] == scope)
        .map(|it| it["name"].as_str().unwrap())
        .collect()
}

#[test]
fn bills_are_as_their_schema_and_the_lock_say() {
    let bills = bills(None);
    assert_eq!(validate(&bills), Vec::<String>::new());
    assert_eq!(
        bills.keys().map(String::as_str).collect::<Vec<_>>(),
        [
            "cards-cli",
            "cards-model",
            "cards-model+jiff",
            "cards-paste",
            "cards-sandbox",
            "cards-sandbox-core",
            "cards-sign",
            "cards-transport",
            "cards-transport+reqwest",
            "cards-transport+reqwest+ureq",
            "cards-transport+ureq",
        ]
    );

    let locked = packages::checksums(&crate::workspace()).unwrap();
    for (name, bill) in &bills {
        let components = bill["components"].as_array().unwrap();
        let mut named: Vec<&Value> = components.iter().map(|it| &it["bom-ref"]).collect();
        named.push(&bill["metadata"]["component"]["bom-ref"]);
        let dependencies = bill["dependencies"].as_array().unwrap();
        let told: BTreeSet<&str> = dependencies
            .iter()
            .map(|it| it["ref"].as_str().unwrap())
            .collect();
        let named: BTreeSet<&str> = named.into_iter().map(|it| it.as_str().unwrap()).collect();
        assert_eq!(told, named, "{name}");
        for needed in dependencies
            .iter()
            .flat_map(|it| it["dependsOn"].as_array().unwrap())
        {
            assert!(named.contains(needed.as_str().unwrap()), "{name}: {needed}");
        }
        for component in components {
            let text = |key: &str| component[key].as_str().unwrap_or_default().to_owned();
            let hash = component["hashes"][0]["content"].as_str();
            let locked = locked.get(&(text("name"), text("version")));
            assert_eq!(hash, locked.map(String::as_str), "{name}: {component}");
            assert!(component["licenses"].is_array(), "{name}: {component}");
        }
        // The same sources, the same file.
        assert!(bill["metadata"].get("timestamp").is_none());
    }
}

#[test]
fn a_bill_has_what_its_features_bring_and_no_more() {
    let bills = bills(Some("2026-01-01T00:00:00Z"));
    assert_eq!(validate(&bills), Vec::<String>::new());
    let of = |name: &str| names(&bills[name], "required");
    let (bare, blocking) = (of("cards-transport"), of("cards-transport+ureq"));
    let is_async = of("cards-transport+reqwest");
    for backend in ["reqwest", "ureq", "rustls", "tokio", "ring"] {
        assert!(!bare.contains(backend), "{backend}");
    }
    assert!(blocking.contains("ureq") && blocking.contains("ring"));
    assert!(!blocking.contains("tokio") && !blocking.contains("reqwest"));
    assert!(is_async.contains("reqwest") && is_async.contains("tokio"));
    assert!(!is_async.contains("ureq"));
    assert!(of("cards-model+jiff").contains("jiff") && !of("cards-model").contains("jiff"));

    let program = &bills["cards-cli"];
    assert_eq!(program["metadata"]["component"]["type"], "application");
    assert_eq!(program["metadata"]["timestamp"], "2026-01-01T00:00:00Z");
    let linked = of("cards-cli");
    for name in [
        "cards-transport",
        "cards-sandbox-core",
        "rusqlite",
        "sqlite",
    ] {
        assert!(linked.contains(name), "{name}");
    }
    let built_with = names(program, "excluded");
    for name in ["serde_derive", "cc", "syn"] {
        assert!(
            built_with.contains(name) && !linked.contains(name),
            "{name}"
        );
    }
    for name in ["proptest", "insta", "conformance"] {
        assert!(
            !linked.contains(name) && !built_with.contains(name),
            "{name}"
        );
    }
    let dependencies = program["dependencies"].as_array().unwrap();
    let of_sqlite = dependencies.iter().find(|it| {
        let needs = it["dependsOn"].as_array().unwrap();
        needs
            .iter()
            .any(|it| it.as_str().unwrap().starts_with("pkg:generic/sqlite@3."))
    });
    let user = of_sqlite.unwrap()["ref"].as_str().unwrap();
    assert!(user.starts_with("pkg:cargo/libsqlite3-sys@"), "{user}");
}

#[test]
fn the_schema_refuses_what_is_no_bill() {
    let wrong = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "components": [{
            "type": "library",
            "name": "a",
            "licenses": [{ "license": { "id": "no such licence" } }],
        }],
        "serialNumber": "urn:uuid:1",
    });
    let told = validate(&BTreeMap::from([("a".to_owned(), wrong)])).join("\n");
    assert!(told.contains("a: /serialNumber"), "{told}");
    assert!(told.contains("a: /components/0/licenses"), "{told}");
}

#[test]
fn a_timestamp_is_that_of_the_sources_or_none() {
    assert_eq!(timestamp(None).unwrap(), None);
    assert_eq!(timestamp(Some("")).unwrap(), None);
    assert_eq!(
        timestamp(Some("0")).unwrap().unwrap(),
        "1970-01-01T00:00:00Z"
    );
    assert_eq!(
        timestamp(Some("1767225600")).unwrap().unwrap(),
        "2026-01-01T00:00:00Z"
    );
    for wrong in ["today", "99999999999999"] {
        assert!(
            matches!(timestamp(Some(wrong)), Err(Error::Epoch)),
            "{wrong}"
        );
    }
}
