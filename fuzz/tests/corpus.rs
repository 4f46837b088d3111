//! Feeds every target with its seeds, with `corpus/`, and with damaged copies of both.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::BTreeSet;
use std::path::Path;

use cards_fuzz::{TARGETS, Target, dictionary, seeds};

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus");

/// Reads what is in `corpus/` for a target.
fn kept(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(CORPUS).join(target);
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect()
}

fn feed((name, target): (&str, Target)) -> usize {
    let inputs = [seeds(name), kept(name)].concat();
    // Hundreds of whole requests, over the network, are enough of these.
    let step = match name {
        "http_intake" | "explain" | "world" => 7,
        _ => 1,
    };
    for (at, input) in inputs.iter().enumerate() {
        target(input);
        if at % step != 0 || input.is_empty() {
            continue;
        }
        let mut damaged = input.clone();
        let place = (at * 31) % damaged.len();
        damaged[place] ^= 1 << (at % 8);
        target(&damaged);
        damaged.truncate(place);
        target(&damaged);
    }
    target(&[]);
    inputs.len()
}

#[test]
fn every_target_holds_on_what_is_known() {
    for target in TARGETS {
        let fed = feed(target);
        assert!(fed > 0, "{} has no seed", target.0);
    }
}

#[test]
fn every_kind_of_input_has_a_seed() {
    let kinds = |target: &str| {
        let seeds = seeds(target);
        let kinds: BTreeSet<u8> = seeds
            .iter()
            .filter_map(|seed| seed.first().copied())
            .collect();
        kinds.len()
    };
    assert_eq!(kinds("fixture"), 5);
    assert_eq!(kinds("event"), 4);
    assert_eq!(kinds("text"), 22);
    assert_eq!(kinds("reply"), cards_transport::operations().count());
}

#[test]
fn every_target_is_a_program_of_its_name() {
    let manifest = include_str!("../Cargo.toml");
    for (name, _) in TARGETS {
        let program = format!("fuzz_targets/{name}.rs");
        assert!(manifest.contains(&program), "{program}");
        let source = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&program));
        assert!(
            source
                .unwrap()
                .contains(&format!("cards_fuzz::{name}(data)")),
            "{program}"
        );
    }
}

#[test]
fn every_folder_of_the_corpus_is_a_target() {
    for folder in std::fs::read_dir(CORPUS).unwrap() {
        let name = folder.unwrap().file_name().into_string().unwrap();
        assert!(TARGETS.iter().any(|(known, _)| *known == name), "{name}");
    }
}

#[test]
fn the_dictionary_has_the_names_of_the_wire() {
    let words = dictionary();
    for word in ["\"entity_id\"", "\"deliveryAddress.city\"", "\"card_no\""] {
        assert!(words.lines().any(|line| line == word), "{word}");
    }
}
