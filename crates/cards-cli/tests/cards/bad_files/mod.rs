//! Every flag and every variable that names a file, with every kind of file
//! that cannot be used: what named it, its path and what to do are said, what
//! is in it is not, and nothing is sent.

mod kinds;
mod ways;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::thread;

use super::config::make_private;
use super::{cards, run};
use kinds::{Bad, bad};
use ways::{Listener, Place, Way, file_flags, of_variables, ways};

#[test]
fn no_flag_and_no_variable_of_a_file_is_forgotten() {
    let flags = file_flags();
    // Each operation has two.
    let operations = cards_transport::operations().filter(|it| it.name != "user-login");
    assert!(flags.len() >= 2 * operations.count() - 2, "{flags:?}");
    // Those without a dash, and those that another parser reads.
    let (_, script, _) = run(&mut cards(&["completions", "zsh"]));
    let mut others = BTreeSet::new();
    for line in script.lines().filter(|line| {
        let is_file = line.contains(":_files'") || line.contains("FILE:") || line.contains("FILE]");
        // A value in a file is read in one way, of which two flags are among the ways.
        is_file && !line.contains("|@FILE:")
    }) {
        let name = line.trim_start_matches(['\'', '(']);
        let name: Vec<_> = name.split(['=', '[', '\'']).collect();
        let name = name[0].rsplit(')').next().unwrap();
        others.insert(name.to_owned());
    }
    let told = |name: &str| flags.iter().any(|(_, flag)| flag == name);
    others.retain(|name| !told(name));
    let others: Vec<_> = others.iter().map(String::as_str).collect();
    let known = [
        "--store", // A database, which has tests of its own.
        ":file -- A file as `save` writes it, or a few lines of your own; - for standard input:_files",
        ":file -- A new file, for this user alone; - for standard output:_files",
    ];
    assert_eq!(others, known);
    let (_, topic, _) = run(&mut cards(&["help", "environment"]));
    let ways = of_variables();
    for row in topic.split("\n  CARDS_").skip(1) {
        let name = format!("CARDS_{}", row.split(' ').next().unwrap());
        let about = row.split_once(' ').unwrap().1;
        let is_tried = ways
            .iter()
            .any(|way| matches!(&way.place, Place::Variable(variable) if *variable == name));
        assert_eq!(is_tried, about.contains(" file"), "{name}");
    }
}

/// Checks a complaint: what named the file, its path, what to do, and nothing of
/// what is in it.
fn assert_told(way: &Way, bad: &Bad, (code, out, err): &(i32, String, String)) {
    let about = format!("{} {:?}: {err}", bad.kind, way.place);
    assert_eq!((*code, &**out), (2, ""), "{about}");
    let mut errors = err.lines().filter(|line| line.starts_with("error: "));
    assert!(errors.any(|line| line.contains(&way.by)), "{about}");
    let name = bad.path.file_name().unwrap().to_str().unwrap();
    let name = name.split(|c: char| c.is_control()).next().unwrap();
    let path = bad.path.parent().unwrap().join(name);
    assert!(err.contains(path.to_str().unwrap()), "{about}");
    if let Some(says) = bad.says {
        assert!(err.contains(says), "{about}");
        let tells_what_to_do = err.contains("\n  hint: ") || err.contains("; ");
        assert!(tells_what_to_do, "{about}");
    }
}

fn assert_harmless(way: &Way, kind: &str, err: &str) {
    let about = format!("{kind} {:?}: {err:?}", way.place);
    let commands = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
    assert!(!err.contains(commands), "{about}");
    for secret in ["MARKER", "4622940000003713", "panicked", "::"] {
        assert!(!err.contains(secret), "{about}");
    }
}

/// Tries each way with a listener, some at a time.
fn each_way(see: impl Fn(&Way, bool, &Listener) + Sync) {
    let ways = ways();
    assert!(ways.len() > 50, "{}", ways.len());
    thread::scope(|scope| {
        for some in ways.chunks(ways.len() / 4 + 1) {
            let see = &see;
            scope.spawn(move || {
                let listener = Listener::new();
                some.iter()
                    .for_each(|(way, is_first)| see(way, *is_first, &listener));
            });
        }
    });
}

/// Tells whether a file can be read, and has anything in it that is not too much.
fn is_sendable(path: &Path) -> bool {
    let length = fs::metadata(path).map_or(0, |it| if it.is_file() { it.len() } else { 0 });
    (1..=16 * 1024 * 1024).contains(&length) && fs::read(path).is_ok()
}

#[test]
fn a_file_that_cannot_be_used_is_told_of_and_nothing_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let too_long = |most: u64| {
        let path = folder.path().join(format!("large-{most}"));
        let file = fs::File::create(&path).unwrap();
        file.set_len(most * 1024 * 1024 + 1).unwrap();
        make_private(&path);
        Bad {
            kind: "too long",
            path,
            says: Some("it holds more than"),
            is_text: false,
            is_empty: false,
        }
    };
    let large = [1, 16, 64].map(|most| (most, too_long(most)));
    let all = bad(folder.path());
    each_way(|way, is_first, listener| {
        let large = large.iter().filter(|(most, _)| *most == way.most);
        let all = all.iter().chain(large.map(|(_, bad)| bad));
        for bad in all.take(if is_first { usize::MAX } else { 4 }) {
            let came = way.run(&bad.path, listener);
            assert_harmless(way, bad.kind, &came.2);
            let may_serve = way.is_free_text && bad.is_text
                || way.may_be_empty && bad.is_empty
                || way.takes_bytes && is_sendable(&bad.path);
            let sent = listener.calls.swap(0, Ordering::SeqCst);
            // A value is judged by its rules, whatever file it is from.
            if !may_serve {
                assert_told(way, bad, &came);
            }
            if !may_serve || came.0 == 2 {
                assert_eq!(sent, 0, "{} {way:?}", bad.kind);
            }
        }
    });
}

#[test]
fn a_good_one_is_read_with_a_mark_and_with_the_line_breaks_of_windows() {
    let folder = tempfile::tempdir().unwrap();
    each_way(|way, is_first, listener| {
        let file = tempfile::NamedTempFile::new_in(&folder).unwrap();
        let file = file.path();
        let text = String::from_utf8(way.good.clone()).unwrap();
        let text = text.replace("URL", &listener.url);
        for text in [
            format!("\u{feff}{}", text.replace('\n', "\r\n")),
            format!("\u{feff}{text}"),
            text.replace('\n', "\r\n"),
            text,
        ]
        .into_iter()
        .take(if is_first { 4 } else { 1 })
        {
            fs::write(file, &text).unwrap();
            make_private(file);
            let (code, _, err) = way.run(file, listener);
            let sent = listener.calls.swap(0, Ordering::SeqCst);
            let about = format!("{:?} {:?}: {err}", way.call, way.place);
            assert!(code != 2, "{about}");
            assert!(!err.contains(file.to_str().unwrap()), "{about}");
            assert_eq!(sent > 0, way.calls, "{about}");
        }
    });
}

#[cfg(unix)]
#[test]
fn a_pipe_that_nobody_writes_to_is_not_waited_for_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, mode).unwrap();
    let listener = Listener::new();
    let bad = Bad {
        kind: "a pipe",
        path: pipe,
        says: Some("nobody writes to it"),
        is_text: false,
        is_empty: false,
    };
    thread::scope(|scope| {
        for (way, _) in ways().into_iter().filter(|(_, is_first)| *is_first) {
            let (bad, listener) = (&bad, &listener);
            scope.spawn(move || assert_told(&way, bad, &way.run(&bad.path, listener)));
        }
    });
    assert_eq!(listener.calls(), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_to_write_is_not_read_for_ever_before() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, mode).unwrap();
    for path in [Path::new("/dev/zero"), &pipe, folder.path()] {
        let mut command = cards(&["sandbox", "--port=0", "--tls", "--tls-certificate"]);
        let (code, out, err) = run(command
            .arg(path)
            .timeout(std::time::Duration::from_secs(30)));
        assert_eq!((code, &*out), (1, ""), "{err}");
        let path = path.display();
        let says = format!("error: --tls-certificate: {path} is there, and is no plain file\n");
        assert!(err.starts_with(&says), "{err}");
    }
}
