use std::collections::BTreeMap;
use std::fs;

use super::rules::{Crate, Known, Lengths, Operations, Rules, Sentences, Words};
use super::*;

/// A house of one crate, `src`, with the files given.
fn house(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join("src").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn rules(layers: &[&[&str]]) -> Rules {
    let layer = |entries: &&[&str]| entries.iter().map(|&entry| entry.to_owned()).collect();
    Rules {
        crates: vec![Crate {
            src: "src".to_owned(),
            layers: layers.iter().map(layer).collect(),
            known: Vec::new(),
            in_circles: 0,
        }],
        words: vec![Words {
            words: vec!["acme".to_owned()],
            within: vec!["src/engine".to_owned()],
            except: vec!["src/engine/acme".to_owned()],
            because: "the engine knows no provider".to_owned(),
            known: BTreeMap::new(),
        }],
        operations: Operations {
            list: "src/operations.rs".to_owned(),
            rows: vec!["src/about.rs".to_owned()],
            known: BTreeMap::new(),
        },
        lengths: Lengths {
            file: 30,
            function: 5,
            known_files: BTreeMap::new(),
            known_functions: BTreeMap::new(),
        },
        sentences: Sentences {
            riddles: vec!["What".to_owned()],
            known: BTreeMap::new(),
        },
    }
}

/// Lists what is found, a line each: the place and what is wrong.
fn found(files: &[(&str, &str)], rules: &Rules) -> Vec<String> {
    let folder = house(files);
    let crates = read(folder.path(), rules).unwrap();
    judge(rules, &["make-card"], &crates)
        .into_iter()
        .map(|finding| format!("{}: {}", finding.place, finding.wrong))
        .collect()
}

const LAYERS: &[&[&str]] = &[&["low"], &["mid", "side"], &["crate"]];

#[test]
fn arrows_that_point_down_are_no_findings() {
    let files = [
        (
            "lib.rs",
            "mod low;\nmod mid;\nmod side;\npub use mid::Mid;\n\
             pub use std::collections::BTreeMap as Map;\n",
        ),
        ("low.rs", "pub struct Low;\n"),
        ("mid.rs", "use crate::low::Low;\npub struct Mid(Low);\n"),
        (
            "side.rs",
            "pub fn side() -> crate::low::Low { crate::low::Low }\npub fn map() -> crate::Map {}\n",
        ),
    ];
    assert_eq!(found(&files, &rules(LAYERS)), [""; 0]);
}

#[test]
fn an_arrow_up_or_sideways_is_found_in_whatever_way_it_is_written() {
    let ways = [
        ("use crate::mid::Mid;\nfn f(_: Mid) {}\n", "crate::mid::Mid"),
        ("use super::mid::Mid;\nfn f(_: Mid) {}\n", "super::mid::Mid"),
        (
            "use crate::{mid::{Mid as M}};\nfn f(_: M) {}\n",
            "crate::mid::Mid",
        ),
        ("use crate::mid;\nfn f(_: mid::Mid) {}\n", "crate::mid"),
        ("use crate::mid::*;\nfn f(_: Mid) {}\n", "crate::mid::*"),
        ("fn f(_: crate::mid::Mid) {}\n", "crate::mid::Mid"),
        (
            "fn f() { let _ = vec![crate::mid::Mid]; }\n",
            "crate::mid::Mid",
        ),
        // A facade above hides nothing: the arrow goes to the file of the item.
        ("use crate::Mid;\nfn f(_: Mid) {}\n", "crate::Mid"),
        (
            "mod inner { use super::super::mid::Mid; fn f(_: Mid) {} }\n",
            "super::super::mid::Mid",
        ),
    ];
    for (text, path) in ways {
        let files = [
            (
                "lib.rs",
                "mod low;\nmod mid;\nmod side;\npub use mid::Mid;\n",
            ),
            ("low.rs", text),
            ("mid.rs", "pub struct Mid;\n"),
            ("side.rs", ""),
        ];
        let expected = format!("src/low.rs:1: `low` uses `mid` above it ({path})");
        assert_eq!(found(&files, &rules(LAYERS)), [expected], "{text}");
    }
    let files = [
        ("lib.rs", "mod low;\nmod mid;\nmod side;\n"),
        ("low.rs", ""),
        ("mid.rs", "pub struct Mid;\n"),
        ("side.rs", "use crate::mid::Mid;\npub fn side(_: Mid) {}\n"),
    ];
    let expected = "src/side.rs:1: `side` uses `mid` beside it (crate::mid::Mid)";
    assert_eq!(found(&files, &rules(LAYERS)), [expected]);
}

#[test]
fn an_exported_macro_is_of_the_file_that_holds_it() {
    let macro_rules = "#[macro_export]\nmacro_rules! make { () => { $crate::Mid }; }\n\
                       pub struct Mid;\n";
    let user = "crate::make!();\n";
    let files = [
        (
            "lib.rs",
            "mod low;\nmod mid;\nmod side;\npub use mid::Mid;\n",
        ),
        ("low.rs", ""),
        ("mid.rs", macro_rules),
        ("side.rs", ""),
    ];
    assert_eq!(found(&files, &rules(LAYERS)), [""; 0]);
    let low = [files[0], ("low.rs", user), files[2], files[3]];
    let expected = "src/low.rs:1: `low` uses `mid` above it (crate::make)";
    assert_eq!(found(&low, &rules(LAYERS)), [expected]);
}

#[test]
fn code_of_tests_may_use_anything() {
    let files = [
        (
            "lib.rs",
            "mod low;\nmod mid;\nmod side;\n#[cfg(test)]\nmod testing;\n",
        ),
        (
            "low.rs",
            "#[cfg(test)]\nuse crate::mid::Mid;\n#[test]\nfn f() { crate::mid::Mid; }\n\
             #[cfg(all(test, unix))]\nmod tests { use crate::mid::Mid; }\n",
        ),
        ("mid.rs", "pub struct Mid;\n"),
        ("side.rs", ""),
    ];
    assert_eq!(found(&files, &rules(LAYERS)), [""; 0]);
    let not = files.map(|(path, text)| (path, text.replace("all(test, unix)", "not(test)")));
    let not = not.each_ref().map(|(path, text)| (*path, text.as_str()));
    assert_eq!(found(&not, &rules(LAYERS)).len(), 1);
}

#[test]
fn a_circle_within_one_layer_is_found() {
    let files = [
        ("lib.rs", "mod low;\n"),
        ("low/mod.rs", "mod a;\nmod b;\npub(crate) use a::A;\n"),
        ("low/a.rs", "use super::b::B;\npub(crate) struct A(B);\n"),
        (
            "low/b.rs",
            "use super::A;\npub(crate) struct B(Option<Box<A>>);\n",
        ),
    ];
    let mut rules = rules(&[&["low"], &["crate"]]);
    assert_eq!(
        found(&files, &rules),
        ["src: 2 files lead to each other: src/low/a.rs src/low/b.rs"]
    );
    rules.crates[0].in_circles = 2;
    assert_eq!(found(&files, &rules), [""; 0]);
    rules.crates[0].in_circles = 3;
    assert_eq!(
        found(&files, &rules),
        ["xtask/tidy.toml: src has 2 files in circles"]
    );
}

#[test]
fn every_file_has_a_layer_and_every_entry_a_file() {
    let files = [
        ("lib.rs", "mod low;\nmod new;\n"),
        ("low.rs", ""),
        ("new.rs", ""),
    ];
    assert_eq!(
        found(&files, &rules(LAYERS)),
        [
            "src/new.rs: `new` stands in no layer",
            "xtask/tidy.toml: `mid` of src is no module with a file",
            "xtask/tidy.toml: `side` of src is no module with a file",
        ]
    );
}

#[test]
fn a_known_arrow_is_allowed_until_it_is_cut() {
    let mut rules = rules(&[&["low"], &["mid"], &["crate"]]);
    rules.crates[0].known = vec![Known {
        from: "low".to_owned(),
        to: vec!["mid".to_owned()],
    }];
    let with = [
        ("lib.rs", "mod low;\nmod mid;\n"),
        ("low.rs", "use crate::mid::Mid;\npub fn f(_: Mid) {}\n"),
        ("mid.rs", "pub struct Mid;\n"),
    ];
    assert_eq!(found(&with, &rules), [""; 0]);
    let without = [with[0], ("low.rs", ""), with[2]];
    assert_eq!(
        found(&without, &rules),
        ["xtask/tidy.toml: `low` no longer uses `mid`"]
    );
}

#[test]
fn a_providers_name_in_the_engine_is_found_in_code_text_and_comment() {
    let mut rules = rules(&[&["engine"], &["crate"]]);
    for text in [
        "fn f() -> Acme {}\n",
        "/// Asks Acme.\nfn f() {}\n",
        "fn f() { \"acme-id\"; }\n",
    ] {
        let files = [
            ("lib.rs", "mod engine; // Acme may stand here\n"),
            ("engine.rs", text),
        ];
        let found = found(&files, &rules);
        assert_eq!(found.len(), 1, "{text}");
        assert!(
            found[0].contains("says `acme` (1 such lines, 0 known)"),
            "{found:?}"
        );
    }
    let files = [
        ("lib.rs", "mod engine;\n"),
        ("engine.rs", "#[cfg(test)]\nmod tests {\n    // Acme\n}\n"),
    ];
    assert_eq!(found(&files, &rules), [""; 0]);
    let beside = [
        ("lib.rs", "mod engine;\n"),
        ("engine.rs", "mod acme;\n"),
        ("engine/acme.rs", "pub struct Acme;\n"),
    ];
    assert_eq!(found(&beside, &rules).len(), 1, "the `mod` line alone");
    rules.words[0].known.insert("src/engine.rs".to_owned(), 1);
    assert_eq!(
        found(&files, &rules),
        ["xtask/tidy.toml: `words.known` allows 1 of src/engine.rs, which has 0"]
    );
}

#[test]
fn a_list_of_names_is_found_outside_the_list_and_the_operations_own_file() {
    let rules = rules(&[&["operations", "make_card"], &["crate"]]);
    let list = "pub const ALL: &[&str] = &[\"make-card\"];\n";
    let own = [
        (
            "lib.rs",
            "//! Knows make-card.\nmod operations;\nmod make_card;\n",
        ),
        ("operations.rs", list),
        ("make_card.rs", "pub const NAME: &str = \"make-card\";\n"),
    ];
    assert_eq!(found(&own, &rules), [""; 0]);
    for text in [
        "fn f(name: &str) -> bool { match name { \"make-card\" => true, _ => false } }",
        "fn f() -> String { format!(\"make-card has no {}\", 1) }",
        "const LIST: &[&str] = &[\"make-card\"];",
    ] {
        let files = [
            (
                "lib.rs",
                &*format!("mod operations;\nmod make_card;\n{text}\n"),
            ),
            own[1],
            own[2],
        ];
        let expected = "src/lib.rs:3: names the operation `make-card` (1 such texts, 0 known)";
        assert_eq!(found(&files, &rules), [expected]);
    }
    let other = [
        (
            "lib.rs",
            "mod operations;\nmod make_card;\nconst A: &str = \"/make-card\";\n",
        ),
        own[1],
        own[2],
    ];
    assert_eq!(found(&other, &rules), [""; 0], "part of a longer word");
}

#[test]
fn a_row_for_each_operation_may_stand_where_the_rules_say() {
    let rules = rules(&[
        &["operations", "make_card"],
        &["about", "other"],
        &["crate"],
    ]);
    let files = [
        (
            "lib.rs",
            "mod about;\nmod make_card;\nmod operations;\nmod other;\n",
        ),
        ("operations.rs", ""),
        ("make_card.rs", ""),
        ("about.rs", "const ABOUT: &str = \"make-card\";\n"),
        ("other.rs", "const ABOUT: &str = \"make-card\";\n"),
    ];
    let expected = "src/other.rs:1: names the operation `make-card` (1 such texts, 0 known)";
    assert_eq!(found(&files, &rules), [expected]);
}

#[test]
fn long_files_functions_and_riddles_are_found_on_both_sides_of_their_limits() {
    let rules = rules(&[&["crate"]]);
    let function = |lines: usize| format!("fn f() {{\n{}}}\n", "    g();\n".repeat(lines - 2));
    let file = |lines: usize| "\n".repeat(lines);
    assert_eq!(found(&[("lib.rs", &function(5))], &rules), [""; 0]);
    assert_eq!(
        found(&[("lib.rs", &function(6))], &rules),
        ["src/lib.rs:1: `f` has 6 lines; 5 are the most"]
    );
    assert_eq!(found(&[("lib.rs", &file(30))], &rules), [""; 0]);
    assert_eq!(
        found(&[("lib.rs", &file(31))], &rules),
        ["src/lib.rs: has 31 lines; 30 are the most"]
    );
    let riddle = "/// What stands here.\nstruct A;\n/// Holds\n/// What is here.\nstruct B;\n";
    assert_eq!(
        found(&[("lib.rs", riddle)], &rules),
        ["src/lib.rs:1: a doc comment opens with `What` (1 such, 0 known)"]
    );
}

#[test]
fn a_file_that_is_no_rust_is_an_error_that_names_it() {
    let folder = house(&[("lib.rs", "mod low;\n"), ("low.rs", "fn (\n")]);
    let error = read(folder.path(), &rules(LAYERS)).err().unwrap();
    assert!(error.to_string().starts_with("src/low.rs: "), "{error}");
    let folder = house(&[("lib.rs", "mod gone;\n")]);
    let error = read(folder.path(), &rules(LAYERS)).err().unwrap();
    assert!(error.to_string().contains("gone/mod.rs: "), "{error}");
}

#[test]
fn a_message_names_no_item_of_rust() {
    let text = r##"
/// See [`Settings::most_pages`] and `is_it()`.
#[derive(Debug, thiserror::Error)]
#[error("give Airpay::keys first")]
struct Wrong;
fn a() {
    tell("raise Settings::most_pages to walk on");
    tell("its is_unknown() is true");
    println!("call Options::new().roots(..)");
}
const PATH: &str = "crate::a";
const NONE: &str = "a note: http://[::1]:8484, f(x) (or a::) SELECT count(*) FROM x";
make! {
    /// Such as `Settings::most_pages` here.
    a
}
"##;
    assert_eq!(
        found(&[("lib.rs", text)], &rules(&[&["crate"]])),
        [
            "src/lib.rs:4: a message names `Airpay::keys`, an item of Rust",
            "src/lib.rs:7: a message names `Settings::most_pages`, an item of Rust",
            "src/lib.rs:8: a message names `is_unknown()`, an item of Rust",
            "src/lib.rs:9: a message names `Options::new().roots(..)`, an item of Rust",
        ]
    );
}
