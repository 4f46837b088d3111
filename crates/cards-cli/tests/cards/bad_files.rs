//! Every flag and every variable that names a file, with every kind of file
//! that cannot be used: what named it, its path and what to do are said, what
//! is in it is not, and nothing is sent.

use std::collections::BTreeSet;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;

use super::config::make_private;
use super::settings::{listed, secrets};
use super::{cards, run};

/// A listener that takes connections, counts them and says nothing.
struct Listener {
    url: String,
    calls: Arc<AtomicUsize>,
}

impl Listener {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        thread::spawn(move || {
            for _ in listener.incoming() {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { url, calls }
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

/// The place where a file is named.
#[derive(Clone, Debug)]
enum Place {
    /// An argument, with `FILE` for the path.
    Argument(String),
    Variable(String),
    /// A key of a profile.
    Key(String),
}

/// One way to name a file.
#[derive(Clone, Debug)]
struct Way {
    /// The command line without it.
    call: Vec<String>,
    place: Place,
    /// The beginning of a complaint about it.
    by: String,
    /// A file that serves.
    good: Vec<u8>,
    /// The most that it may hold, in MiB.
    most: u64,
    /// Whether any text is a value.
    is_free_text: bool,
    /// Whether an empty one serves too.
    may_be_empty: bool,
    /// Whether a good one leads to a call.
    calls: bool,
}

impl Way {
    fn new(call: &str, place: Place, by: &str, good: impl Into<Vec<u8>>) -> Self {
        Self {
            call: call.split(' ').map(str::to_owned).collect(),
            place,
            by: by.to_owned(),
            good: good.into(),
            most: 1,
            is_free_text: false,
            may_be_empty: false,
            calls: true,
        }
    }

    fn flag(call: &str, flag: &str, good: &str) -> Self {
        Self::new(call, Place::Argument(format!("{flag}=FILE")), flag, good)
    }

    fn without_a_call(self) -> Self {
        Self {
            calls: false,
            ..self
        }
    }

    /// Runs it with a file.
    fn run(&self, file: &Path, listener: &Listener) -> (i32, String, String) {
        let folder = tempfile::tempdir().unwrap();
        let mut call = self.call.clone();
        let mut env = credentials(&listener.url);
        match &self.place {
            Place::Argument(argument) => {
                call.push(argument.replace("FILE", file.to_str().unwrap()));
            }
            Place::Variable(name) => {
                env.retain(|(set, _)| name != &format!("{set}_FILE"));
                env.push((name.clone(), file.to_str().unwrap().to_owned()));
            }
            Place::Key(key) => {
                let profile = folder.path().join("config.toml");
                let path = serde_json::json!(file.to_str().unwrap());
                fs::write(&profile, format!("[profile.default]\n{key} = {path}\n")).unwrap();
                make_private(&profile);
                let name = format!("CARDS_{}", key.to_uppercase());
                env.retain(|(set, _)| name != format!("{set}_FILE"));
                call.extend(["--config".to_owned(), profile.display().to_string()]);
            }
        }
        let url = call.iter().map(|arg| {
            let address = listener.url.trim_start_matches("http://");
            arg.replace("URL", &listener.url)
                .replace("ADDRESS", address)
        });
        let args: Vec<_> = url.collect();
        if self.by.to_lowercase().contains("client_key") {
            let pair = folder.path().join("pair.pem");
            fs::write(&pair, &pair_of_pem().1).unwrap();
            let pair = pair.display().to_string();
            env.push(("CARDS_CLIENT_CERT_FILE".to_owned(), pair));
        }
        let mut command = cards(&args.iter().map(String::as_str).collect::<Vec<_>>());
        run(command
            .envs(env)
            .timeout(std::time::Duration::from_secs(60)))
    }
}

/// All credentials, so that no call lacks one.
fn credentials(url: &str) -> Vec<(String, String)> {
    let mut all: Vec<_> = secrets()
        .into_iter()
        .filter(|name| !matches!(&**name, "CARDS_PROXY" | "CARDS_HEADERS"))
        .map(|name| {
            let value = good_secret(&name, url);
            (name, value)
        })
        .collect();
    for provider in ["AIRPAY", "PAYSAFE", "IBANERA"] {
        all.push((format!("CARDS_{provider}_BASE_URL"), url.to_owned()));
    }
    all.push(("CARDS_PAYSAFE_BRAND".to_owned(), "b".to_owned()));
    all
}

fn good_secret(name: &str, url: &str) -> String {
    match name {
        "CARDS_PROXY" => url.to_owned(),
        "CARDS_HEADERS" => "X-Trace: 1".to_owned(),
        "CARDS_AIRPAY_MOBILE_NO" => "9000007141".to_owned(),
        "CARDS_IBANERA_OTP" => "123456".to_owned(),
        "CARDS_IBANERA_TOTP_SECRET" => "GEZDGNBVGY3TQOJQ".to_owned(),
        _ => "quiet-sea-42".to_owned(),
    }
}

const AIRPAY: &str = "airpay customer-preference --entity-id=1 --status=ALLOWED --type=ATM";
const PAYSAFE: &str = "paysafe prepaid-cards --customer-id=12345678";
const IBANERA: &str = "ibanera customer-cards";
const FORM: &str = "entity_id=E1\nstatus=ALLOWED\n";
const CURL: &str = "curl 'https://example.com/a' \\\n  -d 'entity_id=E1'\n";
const PROFILE: &str = "[profile.default]\npaysafe_brand = 'b'\n";

/// The ways of flags, by the commands and flags that completions tell of.
fn of_flags() -> Vec<Way> {
    let mut ways = Vec::new();
    for (command, flag) in file_flags() {
        let call = match &*command {
            // Where somebody else listens, it reads the world and ends.
            "sandbox" => "sandbox --listen=ADDRESS".to_owned(),
            "sign" if flag == "--config" => "sign a=1".to_owned(),
            "verify" if flag == "--config" => "verify --checksum=abc a=1".to_owned(),
            "sign" => "sign".to_owned(),
            "verify" => "verify --checksum=abc".to_owned(),
            call => format!("{call} --no-validate{}", path_fields(call)),
        };
        let way = match &*flag {
            // They are written.
            "--tls-certificate" | "--dir" => continue,
            "--json" => Way::flag(&call, &flag, "{\n}\n"),
            "--form" => Way::flag(&call, &flag, FORM).without_a_call(),
            "--curl" => Way::flag(&call, &flag, CURL).without_a_call(),
            "--world" => Way {
                most: 64,
                ..Way::flag(&call, &flag, "{\n}\n").without_a_call()
            },
            "--config" => Way {
                may_be_empty: true,
                calls: command.contains(' '),
                ..Way::flag(&call, &flag, PROFILE)
            },
            other => {
                assert!(
                    other.is_empty(),
                    "{command} {other}: no file is tried with it"
                );
                continue;
            }
        };
        ways.push(way);
    }
    let load = "sandbox world load --url=URL";
    ways.push(Way {
        most: 64,
        ..Way::new(load, Place::Argument("FILE".into()), "world load", "{\n}\n")
    });
    for (call, flag, value) in [
        (
            "airpay customer-preference --no-validate",
            "--entity-id",
            "E1\n",
        ),
        (
            "ibanera cards-by-customer --customers-id=1",
            "--otp",
            "123456\n",
        ),
    ] {
        let place = Place::Argument(format!("{flag}=@FILE"));
        ways.push(Way {
            is_free_text: true,
            ..Way::new(call, place, flag, value)
        });
    }
    ways
}

/// The flags without which there is no address to call.
fn path_fields(call: &str) -> &'static str {
    match call {
        "paysafe prepaid-cards" | "paysafe create-prepaid-card" => " --customer-id=1",
        "paysafe get-prepaid-card" => " --customer-id=1 --card-id=1",
        "ibanera cards-by-customer" => " --customers-id=1",
        _ => "",
    }
}

/// A certificate, and the same with its key.
fn pair_of_pem() -> &'static (String, String) {
    static PAIR: OnceLock<(String, String)> = OnceLock::new();
    PAIR.get_or_init(|| {
        let pair = rcgen::generate_simple_self_signed(["own.example".to_owned()]).unwrap();
        let certificate = pair.cert.pem();
        let both = format!("{certificate}{}", pair.signing_key.serialize_pem());
        (certificate, both)
    })
}

/// The ways of variables and keys of profiles, by the list of variables.
fn of_variables() -> Vec<Way> {
    let (certificate, both) = pair_of_pem();
    let mut ways = Vec::new();
    for name in listed() {
        let Some(secret) = name.strip_suffix("_FILE") else {
            continue;
        };
        let call = match secret.split('_').nth(1).unwrap() {
            "AIRPAY" => AIRPAY,
            "PAYSAFE" => PAYSAFE,
            _ => IBANERA,
        };
        let key = name.trim_start_matches("CARDS_").to_lowercase();
        let is_secret = secrets().iter().any(|known| known == secret);
        let good = match secret {
            "CARDS_CA" | "CARDS_EXTRA_CA" => certificate.clone(),
            "CARDS_CLIENT_CERT" | "CARDS_CLIENT_KEY" => both.clone(),
            _ => format!("{}\n", good_secret(secret, "URL")),
        };
        for (place, by) in [
            (Place::Variable(name.clone()), name.clone()),
            (Place::Key(key.clone()), format!("{key} in the profile")),
        ] {
            ways.push(Way {
                is_free_text: is_secret,
                ..Way::new(call, place, &by, good.clone())
            });
        }
    }
    let place = Place::Variable("CARDS_CONFIG".into());
    ways.push(Way {
        may_be_empty: true,
        ..Way::new(PAYSAFE, place, "CARDS_CONFIG", PROFILE)
    });
    ways
}

/// The commands and their flags whose values are files, as completions have them.
fn file_flags() -> Vec<(String, String)> {
    let (code, script, _) = run(&mut cards(&["completions", "fish"]));
    assert_eq!(code, 0);
    let mut found = Vec::new();
    for line in script.lines() {
        let Some((_, rest)) = line.split_once("__fish_cards_using_subcommand ") else {
            continue;
        };
        let (condition, rest) = rest.split_once('"').unwrap();
        let completes_files = rest.ends_with(" -r -F") || rest.contains(" -r -F ");
        if !completes_files {
            continue;
        }
        let long = rest.split(" -l ").nth(1).unwrap().split(' ').next();
        let command = condition.split("; and ").collect::<Vec<_>>();
        let below = command
            .get(1)
            .and_then(|text| text.strip_prefix("__fish_seen_subcommand_from "));
        let command = [Some(command[0]), below].into_iter().flatten();
        let command = command.collect::<Vec<_>>().join(" ");
        found.push((command, format!("--{}", long.unwrap())));
    }
    found
}

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
        line.contains(":_files'") || line.contains("FILE:") || line.contains("FILE]")
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

/// Holds one file that cannot be used.
struct Bad {
    kind: &'static str,
    path: PathBuf,
    /// The reason that is told; without one, it is that of what was to be read.
    says: Option<&'static str>,
    /// Whether text with anything in it may have it.
    is_text: bool,
    /// Whether there is nothing in it.
    is_empty: bool,
}

fn bad(folder: &Path) -> Vec<Bad> {
    let write = |name: &str, content: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, content).unwrap();
        make_private(&path);
        path
    };
    let row = |kind, path, says| Bad {
        kind,
        path,
        says,
        is_text: false,
        is_empty: false,
    };
    let utf_16 = |mark: [u8; 2]| [&mark[..], b"M\0A\0R\0K\0E\0R\0"].concat();
    let mut all = vec![
        row("missing", folder.join("nowhere"), Some("No such file")),
        row(
            "below a file",
            write("plain", b"MARKER").join("x"),
            Some("Not a directory"),
        ),
        row("a folder", folder.to_owned(), Some("Is a directory")),
        row("not UTF-8", write("latin", b"MARKER\xe9"), None),
        row("UTF-16", write("le", &utf_16([0xff, 0xfe])), Some("UTF-16")),
        row(
            "UTF-16, the other",
            write("be", &utf_16([0xfe, 0xff])),
            Some("UTF-16"),
        ),
        row("NUL", write("nul", b"MARKER\0MARKER"), None),
        Bad {
            is_empty: true,
            ..row("empty", write("empty", b""), Some("it is empty"))
        },
        Bad {
            is_empty: true,
            ..row(
                "a BOM alone",
                write("bom", b"\xef\xbb\xbf"),
                Some("it is empty"),
            )
        },
        Bad {
            is_text: true,
            ..row(
                "commands",
                write("commands", b"\x1b[2JMARKER\x07\x9b"),
                None,
            )
        },
        Bad {
            is_text: true,
            ..row(
                "commands in UTF-8",
                write("c1", "MARKER\u{1b}]0;x\u{9b}2J\u{202e}".as_bytes()),
                None,
            )
        },
        Bad {
            is_text: true,
            ..row(
                "a secret",
                write("secret", b"{\"MARKER 4622940000003713"),
                None,
            )
        },
        row(
            "missing, with commands in its name",
            folder.join("x\u{1b}[2J\u{9b}2J\u{202e}\ny"),
            Some("No such file"),
        ),
        row(
            "a name with commands",
            write("x\u{1b}[2J\u{7}\n", b"MARKER\xe9"),
            None,
        ),
    ];
    #[cfg(target_os = "linux")]
    {
        all.push(row(
            "without an end",
            "/dev/zero".into(),
            Some("it holds more than"),
        ));
        // Its first byte can be read by nobody.
        all.push(row(
            "unreadable",
            "/proc/self/mem".into(),
            Some("Input/output error"),
        ));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let locked = write("locked", b"MARKER");
        fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
        // Nothing stops root.
        if fs::read(&locked).is_err() {
            all.push(row("no permission", locked, Some("Permission denied")));
        }
    }
    all
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

/// All ways, and whether each is the first of those that are read in one place.
fn ways() -> Vec<(Way, bool)> {
    let mut seen = BTreeSet::new();
    let ways = of_flags().into_iter().chain(of_variables());
    ways.map(|way| {
        let is_key = matches!(way.place, Place::Key(_));
        let is_first = seen.insert(way.by.clone()) && !is_key;
        (way, is_first)
    })
    .collect()
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
    let large = [1, 64].map(|most| (most, too_long(most)));
    let all = bad(folder.path());
    each_way(|way, is_first, listener| {
        let large = large.iter().filter(|(most, _)| *most == way.most);
        let all = all.iter().chain(large.map(|(_, bad)| bad));
        for bad in all.take(if is_first { usize::MAX } else { 4 }) {
            let came = way.run(&bad.path, listener);
            assert_harmless(way, bad.kind, &came.2);
            let may_serve = way.is_free_text && bad.is_text || way.may_be_empty && bad.is_empty;
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
