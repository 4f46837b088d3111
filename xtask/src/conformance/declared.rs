//! `conformance/settings.toml`, held to the code: what it lists is declared,
//! and no setting of the types that have them is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use conformance::ledger::{self, Setting};
use syn::visit::{self, Visit};
use syn::{Ident, ImplItem, Item, ReceiverKind, ReturnType, Signature, Type, Visibility};

/// The folders of the crates that have settings.
const SOURCES: [&str; 3] = [
    "crates/cards-model/src",
    "crates/cards-transport/src",
    "crates/cards-sandbox/src",
];

/// The types that hold settings and nothing else.
const HOLDERS: [&str; 11] = [
    "Airpay",
    "BackendOptions",
    "Builder",
    "CallOptions",
    "Ibanera",
    "OneTimeCodes",
    "Paysafe",
    "Retry",
    "Rules",
    "Settings",
    "Webhook",
];

/// The public functions and variants by `Type::name`, and whether each changes
/// what it is called on.
type Declared = BTreeMap<String, bool>;

fn declared() -> Declared {
    let mut declared = Declared::new();
    for folder in SOURCES {
        for path in rust_files(&crate::workspace().join(folder)) {
            let file = syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap();
            file.items.iter().for_each(|item| add(&mut declared, item));
        }
    }
    declared
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let files = entries.flat_map(|path| match path.is_dir() {
        true => rust_files(&path),
        false => vec![path],
    });
    files
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
        .collect()
}

fn add(declared: &mut Declared, item: &Item) {
    let is_public = |visibility: &Visibility| matches!(visibility, Visibility::Public(_));
    match item {
        Item::Enum(item) if is_public(&item.vis) => {
            for variant in &item.variants {
                declared.insert(format!("{}::{}", item.ident, variant.ident), false);
            }
        }
        Item::Impl(item) if item.trait_.is_none() => {
            let Type::Path(path) = &*item.self_ty else {
                return;
            };
            let Some(of) = path.path.segments.last() else {
                return;
            };
            for function in &item.items {
                let ImplItem::Fn(function) = function else {
                    continue;
                };
                if !is_public(&function.vis) {
                    continue;
                }
                let signature = &function.sig;
                let changes = is_changed(signature);
                declared.insert(format!("{}::{}", of.ident, signature.ident), changes);
            }
        }
        _ => {}
    }
}

/// Tells whether a function takes a value and gives it back, changed.
fn is_changed(signature: &Signature) -> bool {
    struct Finds(bool);
    impl<'ast> Visit<'ast> for Finds {
        fn visit_ident(&mut self, ident: &'ast Ident) {
            self.0 |= ident == "Self";
        }
    }
    let mut finds = Finds(false);
    if let ReturnType::Type(_, output) = &signature.output {
        visit::visit_type(&mut finds, output);
    }
    let receiver = signature.receiver();
    finds.0 && receiver.is_some_and(|it| matches!(it.kind, ReceiverKind::Value))
}

fn settings() -> Vec<Setting> {
    let ledger = ledger::read(&crate::workspace().join("conformance")).unwrap();
    ledger.settings
}

/// The names in the library that settings have.
fn named(settings: &[Setting]) -> BTreeSet<&str> {
    let names = settings
        .iter()
        .flat_map(|it| std::iter::once(&it.name).chain(&it.also));
    names
        .map(String::as_str)
        .filter(|name| !name.contains('/'))
        .collect()
}

#[test]
fn every_setting_that_is_listed_is_declared() {
    let declared = declared();
    let settings = settings();
    let named = named(&settings);
    assert!(named.len() > 60, "{}", named.len());
    for name in named {
        assert!(declared.contains_key(name), "{name}");
    }
}

#[test]
fn every_setting_that_is_declared_is_listed() {
    let declared = declared();
    let settings = settings();
    let named = named(&settings);
    for holder in HOLDERS {
        let of_it = |name: &&String| name.split("::").next() == Some(holder);
        let setters = declared.iter().filter(|(_, changes)| **changes);
        let setters: Vec<_> = setters.map(|(name, _)| name).filter(of_it).collect();
        assert!(!setters.is_empty(), "{holder}");
        for name in setters {
            assert!(
                named.contains(&**name),
                "conformance/settings.toml lacks {name}"
            );
        }
    }
}

#[test]
fn every_endpoint_that_is_listed_is_served() {
    let folders = ["crates/cards-sandbox/src", "crates/cards-sandbox-core/src"];
    let files = folders.map(|folder| rust_files(&crate::workspace().join(folder)));
    let texts: Vec<String> = files
        .iter()
        .flatten()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    for path in settings().iter().flat_map(|setting| &setting.endpoints) {
        let route = format!("path: \"{path}\"");
        assert!(texts.iter().any(|text| text.contains(&route)), "{path}");
    }
}
