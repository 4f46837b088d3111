//! Checks the choice of mutants and the reading of outcomes, without cargo-mutants.

use std::collections::BTreeMap;

use super::outcome::{Outcome, by_crate, is_open, named, parse, untried};
use super::sample::{Function, Mutant, Place, Span, change, draw};
use super::survivors::Survivors;
use super::{CRATES, Part, Tally, by_tests, leave_out};

fn mutant(package: &str, file: &str, line: u32) -> Mutant {
    Mutant {
        name: format!("{file}:{line}:5: replace f -> bool with true"),
        package: package.to_owned(),
        file: file.to_owned(),
        diff: format!("+++ replace f\n@@ -{line},1 +{line},1 @@\n-    a\n+    true\n"),
        function: None,
    }
}

#[test]
fn a_part_is_told_by_the_file() {
    let part = |package: &str, file: &str| Part::of(&mutant(package, file, 1));
    let of_transport = |module: &str| {
        let file = format!("crates/cards-transport/src/{module}");
        part("cards-transport", &file)
    };
    assert_eq!(
        part("cards-sign", "crates/cards-sign/src/run.rs"),
        Part::Sign
    );
    for module in [
        "run.rs",
        "run/hurry.rs",
        "session/state.rs",
        "retry.rs",
        "paging.rs",
    ] {
        assert_eq!(of_transport(module), Part::Call, "{module}");
    }
    assert_eq!(of_transport("runs.rs"), Part::Sample);
    assert_eq!(
        part("cards-model", "crates/cards-model/src/run.rs"),
        Part::Sample
    );
}

#[test]
fn what_was_missed_is_tried_against_all_tests_and_what_was_caught_no_more() {
    for (known, without_slow, with_all) in [
        (None, true, true),
        (Some(Outcome::Missed), false, true),
        (Some(Outcome::Caught), false, false),
        (Some(Outcome::Unviable), false, false),
    ] {
        let open = [is_open(known, false), is_open(known, true)];
        assert_eq!(open, [without_slow, with_all], "{known:?}");
    }
}

#[test]
fn what_the_tests_of_its_own_crate_miss_is_tried_against_those_of_others_too() {
    let mutants = CRATES.map(|name| mutant(name, "src/a.rs", 1));
    let together = |with_all| -> Vec<(usize, usize)> {
        let together = by_tests(mutants.iter(), with_all);
        let counts = together
            .iter()
            .map(|(beside, mutants)| (beside.len(), mutants.len()));
        counts.collect()
    };
    assert_eq!(together(false), [(0, 4)]);
    // The sandbox's core alone has its tests in two crates.
    assert_eq!(together(true), [(0, 3), (2, 1)]);
}

#[test]
fn a_sample_hangs_on_its_seed_and_not_on_lines() {
    let at = |line: u32| -> Vec<Mutant> {
        let file = |number: u32| format!("crates/cards-model/src/{number}.rs");
        (0..200)
            .map(|number| mutant("cards-model", &file(number), line))
            .collect()
    };
    let (here, moved) = (at(7), at(90));
    let files = |all: &[Mutant], seed| -> Vec<String> {
        let drawn = draw(all.iter(), seed, 20);
        drawn
            .into_iter()
            .map(|mutant| mutant.file.clone())
            .collect()
    };
    assert_eq!(files(&here, 1).len(), 20);
    assert_eq!(files(&here, 1), files(&moved, 1));
    assert_ne!(files(&here, 1), files(&here, 2));
    assert_eq!(draw(here.iter(), 1, 1_000).len(), 200);
}

#[test]
fn a_mutant_stays_the_same_while_its_function_does() {
    let folder = tempfile::tempdir().unwrap();
    let mark = |before: usize, function: [&str; 4], change: &str| {
        let text = format!("{}{}\n", "\n".repeat(before), function.join("\n"));
        std::fs::write(folder.path().join("a.rs"), text).unwrap();
        let mut mutant = mutant("a", "a.rs", 7);
        mutant.diff = format!("+++ {change}\n@@ -{before},1 +{before},1 @@\n");
        let place = |line| Place { line };
        mutant.function = Some(Function {
            span: Span {
                start: place(before + 1),
                end: place(before + 3),
            },
        });
        mutant.mark(folder.path()).unwrap()
    };
    let function = ["fn f() -> bool {", "    a()", "}", "fn g() {}"];
    let here = mark(0, function, "replace f");
    assert_eq!(here, mark(90, function, "replace f"), "it moved");
    let [first, _, last, behind] = function;
    let without = [first, "    a()", last, ""];
    assert_eq!(here, mark(0, without, "replace f"), "another function");
    let other = [first, "    b()", last, behind];
    assert_ne!(here, mark(0, other, "replace f"), "another body");
    assert_ne!(here, mark(0, function, "delete !"), "another change");
}

#[test]
fn all_mutants_but_those_to_try_are_left_out_and_a_run_before_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("mutants.out");
    std::fs::create_dir(&out).unwrap();
    std::fs::write(out.join("caught.txt"), "a.rs:1:5: of the run before\n").unwrap();
    let all = [1, 2, 3].map(|line| mutant("cards-model", "a.rs", line));
    leave_out(folder.path(), &all, &[&all[1]]).unwrap();
    let names = std::fs::read_to_string(out.join("previously_caught.txt")).unwrap();
    assert_eq!(names, format!("{}\n{}\n", all[0].name, all[2].name));
    assert!(!out.join("caught.txt").exists());
}

#[test]
fn a_change_is_named_without_its_place() {
    let name = "src/a.rs:7:5: replace <impl Debug for A>::fmt -> Result<(), B> with Ok(&[1..])";
    assert_eq!(
        change(name),
        "src/a.rs: replace <impl Debug for A>::fmt -> Result<(), B> with Ok(&[1..])"
    );
}

#[test]
fn outcomes_are_read_and_counted_by_crate() {
    let text = br#"{"outcomes": [
        {"scenario": "Baseline", "summary": "Success"},
        {"scenario": {"Mutant": {"name": "crates/cards-sign/src/a.rs:1:2: replace a with ()"}}, "summary": "CaughtMutant"},
        {"scenario": {"Mutant": {"name": "crates/cards-sign/src/a.rs:3:2: replace b with ()"}}, "summary": "Timeout"},
        {"scenario": {"Mutant": {"name": "crates/cards-sign/src/a.rs:4:2: replace c with ()"}}, "summary": "MissedMutant"},
        {"scenario": {"Mutant": {"name": "crates/cards-model/src/a.rs:4:2: replace c with ()"}}, "summary": "Unviable"}
    ]}"#;
    let outcomes = parse(text).unwrap();
    assert_eq!(
        outcomes["crates/cards-sign/src/a.rs:4:2: replace c with ()"],
        Outcome::Missed
    );
    let tallies = by_crate(&outcomes);
    let tally = |caught, missed, unviable| Tally {
        caught,
        missed,
        unviable,
    };
    assert_eq!(tallies["cards-sign"], tally(2, 1, 0));
    assert_eq!(tallies["cards-model"], tally(0, 0, 1));
    assert_eq!(tallies["cards-sign"].viable(), 3);
}

#[test]
fn a_survivor_is_known_wherever_it_stands() {
    let text = "[[survivor]]\nmutant = 'src/a.rs: replace f with ()'\nreason = 'it only hurries'\n";
    let survivors = Survivors::parse(text).unwrap();
    let reason = |mutant| survivors.reason(mutant);
    assert_eq!(
        reason("src/a.rs:7:5: replace f with ()"),
        Some("it only hurries")
    );
    assert_eq!(reason("src/a.rs:7:5: replace g with ()"), None);
    assert!(Survivors::parse("[[survivor]]\nmutant = 'a'").is_err());
}

#[test]
fn a_survivor_stands_for_as_many_places_as_it_says() {
    let strays = |places: &str, lines: &[u32]| {
        let name = "a.rs: replace f -> bool with true";
        let text = format!("[[survivor]]\nmutant = '{name}'\nreason = 'so'\n{places}");
        let all: Vec<_> = lines
            .iter()
            .map(|line| mutant("a", "a.rs", *line))
            .collect();
        Survivors::parse(&text).unwrap().strays(&all).len()
    };
    assert_eq!(strays("", &[7]), 0);
    assert_eq!(strays("", &[7, 9]), 1, "one reason for two");
    assert_eq!(strays("", &[]), 1, "it is no more");
    assert_eq!(strays("places = 2", &[7, 9]), 0);
    assert_eq!(strays("places = 2", &[7]), 1);
}

#[test]
fn mutants_that_were_drawn_and_not_tried_are_told() {
    let mark = |name: &str| format!("mark of {name}");
    let drawn = ["a", "b", "c"].map(|name| (name.to_owned(), mark(name)));
    let drawn = BTreeMap::from(drawn);
    let untried = |drawn: &BTreeMap<String, String>, names: &[&str]| {
        let caught = names.iter().map(|name| (mark(name), Outcome::Caught));
        untried(drawn, &named(drawn, &caught.collect()))
    };
    assert_eq!(untried(&drawn, &["a", "b", "c"]), None);
    let missing = untried(&drawn, &["a", "another"]);
    assert_eq!(missing.unwrap(), "2 of 3 have no outcome yet");
    assert!(untried(&BTreeMap::new(), &["a"]).is_some());
}

#[test]
fn every_survivor_has_a_reason_and_no_line() {
    for (mutant, reason) in Survivors::read().unwrap().all() {
        assert!(!reason.trim().is_empty(), "{mutant}");
        assert_eq!(change(mutant), mutant);
    }
}
