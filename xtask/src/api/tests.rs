//! Listings of small libraries, made by the compiler itself.

use std::fs;
use std::process::Command;

use super::rules::Rules;
use super::*;

const OTHER: &str = "
pub mod inner { pub struct Thing; }
pub use inner::Thing;
pub trait Act { fn act(&self); }
#[macro_export] macro_rules! make { ($name:ident) => { pub struct $name { pub made: u8 } } }
";

/// Lists a library that uses a crate named `other`. `None`: the compiler is another than the
/// one that listings are made with.
fn listed(source: &str) -> Option<Vec<Line>> {
    let compiler = Compiler::current()?;
    let folder = tempfile::tempdir().unwrap();
    let run = |program: &Path, arguments: &[&str]| {
        let output = Command::new(program)
            .current_dir(folder.path())
            .args(["--edition=2024"])
            .args(arguments)
            .env("RUSTC_BOOTSTRAP", "1")
            .output()
            .unwrap();
        compiler::succeeded("a compiler", &output).unwrap();
    };
    let rustdoc = compiler.rustdoc().unwrap();
    fs::write(folder.path().join("other.rs"), OTHER).unwrap();
    fs::write(folder.path().join("own.rs"), source).unwrap();
    run(
        &rustdoc.with_file_name("rustc"),
        &["--crate-type=lib", "other.rs"],
    );
    let json = ["-Zunstable-options", "--output-format=json", "-oout"];
    run(
        &rustdoc,
        &[&["own.rs", "-L.", "--extern=other"][..], &json].concat(),
    );
    Some(listing::read(&folder.path().join("out/own.json")).unwrap())
}

fn texts(lines: &[Line]) -> Vec<&str> {
    lines.iter().map(|line| &*line.text).collect()
}

#[test]
fn methods_impls_generics_and_reexports_are_listed() {
    let Some(lines) = listed(
        "mod hidden {
            pub struct Inside<T>(pub T);
            impl<T: Copy> Inside<T> { pub fn get(&self) -> T { self.0 } fn own(&self) {} }
            impl<T> std::fmt::Display for Inside<T> {
                fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { Ok(()) }
            }
            #[derive(Clone)] pub struct Local(std::rc::Rc<u8>);
        }
        pub use hidden::{Inside, Local};
        pub use std::time::Duration as Wait;
        other::make!(Made);
        struct Private;
        #[doc(hidden)] pub struct Unseen;
        pub trait Ours { type Kind; fn does(&self) -> Self::Kind; }
        impl Ours for Private { type Kind = u8; fn does(&self) -> u8 { 1 } }
        impl Ours for u8 { type Kind = u16; fn does(&self) -> u16 { 1 } }",
    ) else {
        return;
    };
    assert_eq!(
        texts(&lines),
        [
            "pub mod own",
            "pub use own::Wait = std::time::Duration",
            "pub struct own::Inside<T>(pub T)",
            "impl<T: core::marker::Copy> own::Inside<T>",
            "pub fn own::Inside<T>::get(&self) -> T",
            "impl<T> core::fmt::Display for own::Inside<T>",
            "impl<T> core::marker::Send for own::Inside<T> where T: core::marker::Send",
            "impl<T> core::marker::Sync for own::Inside<T> where T: core::marker::Sync",
            "impl<T> core::marker::Unpin for own::Inside<T> where T: core::marker::Unpin",
            "impl<T> core::panic::unwind_safe::RefUnwindSafe for own::Inside<T> where T: core::panic::unwind_safe::RefUnwindSafe",
            "impl<T> core::panic::unwind_safe::UnwindSafe for own::Inside<T> where T: core::panic::unwind_safe::UnwindSafe",
            "pub struct own::Local(_)",
            "impl core::clone::Clone for own::Local",
            "impl !core::marker::Send for own::Local",
            "impl !core::marker::Sync for own::Local",
            "pub struct own::Made",
            "pub own::Made::made: u8",
            "pub trait own::Ours",
            "pub type own::Ours::Kind",
            "pub fn own::Ours::does(&self) -> Self::Kind",
            "impl own::Ours for u8",
            "pub type u8::Kind = u16",
        ]
    );
}

#[test]
fn every_way_to_name_another_crate_is_found() {
    let ways = [
        "pub fn take(_: &other::Thing) {}",
        "pub fn give() -> Option<other::Thing> { None }",
        "pub struct Has { pub it: Vec<other::Thing> }",
        "pub enum Is { This(other::Thing) }",
        "pub fn any<T: other::Act>(_: T) {}",
        "pub fn some() -> impl Iterator<Item = other::Thing> { None.into_iter() }",
        "pub fn dynamic(_: Box<dyn other::Act>) {}",
        "pub struct Acts; impl other::Act for Acts { fn act(&self) {} }",
        "pub struct From1; impl From<other::Thing> for From1 { fn from(_: other::Thing) -> Self { Self } }",
        "pub type Alias = other::Thing;",
        "pub trait Has { type It; } impl Has for u8 { type It = other::Thing; }",
        "pub static ONE: other::Thing = other::Thing;",
        "pub use other;",
        "pub use other::Thing;",
        "pub use other::inner;",
        "pub use ::other::Thing as Renamed;",
    ];
    for way in ways {
        let Some(lines) = listed(way) else {
            return;
        };
        let rules: Rules = "[may_name.own]".parse().unwrap();
        let found = rules.judge("own", &lines).join("\n");
        assert!(
            found.contains("own names `other`"),
            "{way}: {:?}",
            texts(&lines)
        );
        let rules: Rules = "[may_name.own]\nother = \"so\"".parse().unwrap();
        assert_eq!(rules.judge("own", &lines), Vec::<String>::new(), "{way}");
    }
    let inside = "mod hidden { pub fn take(_: other::Thing) {} }
        pub struct Has { it: Option<other::Thing> }
        impl Has { fn own(&self, _: other::Thing) {} pub(crate) fn near(_: other::Thing) {} }";
    let Some(lines) = listed(inside) else {
        return;
    };
    let rules: Rules = "[may_name.own]".parse().unwrap();
    assert_eq!(
        rules.judge("own", &lines),
        Vec::<String>::new(),
        "{:?}",
        texts(&lines)
    );
}

#[test]
fn rules_that_nothing_needs_are_found() {
    let line = |text: &str, names: &[&str]| Line {
        text: text.to_owned(),
        names: names.iter().map(|&name| name.to_owned()).collect(),
    };
    let lines = [
        line("pub fn a::b(http::Uri)", &["http"]),
        line("pub fn a::c(tokio::X)", &["tokio"]),
    ];
    let known = |item: &str| {
        format!(
            "[[known]]\nlibrary = \"a\"\nitem = \"{item}\"\nnames = \"tokio\"\nbecause = \"so\""
        )
    };
    let judged = |text: &str| text.parse::<Rules>().unwrap().judge("a", &lines);
    let may = "[may_name.a]\nhttp = \"so\"\n";
    assert_eq!(
        judged(&format!("{may}{}", known("a::c("))),
        Vec::<String>::new()
    );
    let [leak] = &judged(may)[..] else {
        panic!("one leak");
    };
    assert!(leak.contains("`tokio`") && leak.contains("a::c"), "{leak}");
    let found = judged(&format!("{may}bytes = \"so\"\n{}", known("a::d("))).join("\n");
    for told in [
        "names `tokio`, which",
        "names `bytes` no more",
        "`a::d(` names `tokio` no more",
    ] {
        assert!(found.contains(told), "{told}: {found}");
    }
    let rules: Rules = format!("{may}{}", known("a::c(")).parse().unwrap();
    assert_eq!(rules.of_others(&["a"]), Vec::<String>::new());
    assert_eq!(rules.of_others(&["b"]).len(), 1);
    assert!("[may_name.a]\nhttp = 1".parse::<Rules>().is_err());
}

#[test]
fn what_changed_is_told_both_ways() {
    assert_eq!(differences(&["a", "b"], &["a", "b"]), Vec::<String>::new());
    assert_eq!(differences(&["a", "b"], &["b", "c"]), ["- a", "+ c"]);
    let turned = differences(&["a", "b"], &["b", "a"]);
    assert_eq!(turned, ["the same lines stand in another order"]);
    let folder = tempfile::tempdir().unwrap();
    let line = Line {
        text: "pub mod a".to_owned(),
        names: BTreeSet::new(),
    };
    let path = folder.path().join("api/a.txt");
    assert_eq!(
        compare(&path, std::slice::from_ref(&line)).unwrap(),
        ["+ pub mod a"]
    );
    write(&path, std::slice::from_ref(&line)).unwrap();
    assert_eq!(compare(&path, &[line]).unwrap(), Vec::<String>::new());
    let kept = folder.path().join("api");
    assert_eq!(strays(&kept, &["a"]).unwrap(), Vec::<String>::new());
    assert_eq!(strays(&kept, &["b"]).unwrap().len(), 1);
}
