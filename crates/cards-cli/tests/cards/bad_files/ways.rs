//! The ways to name a file, found from completions and `help environment`.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;

use crate::config::make_private;
use crate::settings::{listed, secrets};
use crate::{cards, run};

/// A listener that takes connections, counts them and says nothing.
pub(super) struct Listener {
    pub(super) url: String,
    pub(super) calls: Arc<AtomicUsize>,
}

impl Listener {
    pub(super) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        thread::spawn(move || {
            for mut connection in listener.incoming().map_while(Result::ok) {
                counted.fetch_add(1, Ordering::SeqCst);
                // A refusal: who is answered tries no second time, with a pause before.
                let _ = connection.read(&mut [0; 4096]);
                let _ = connection.write_all(b"HTTP/1.1 400 \r\ncontent-length: 0\r\n\r\n");
            }
        });
        Self { url, calls }
    }

    pub(super) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

/// The place where a file is named.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// An argument, with `FILE` for the path.
    Argument(String),
    Variable(String),
    /// A key of a profile.
    Key(String),
}

/// One way to name a file.
#[derive(Clone, Debug)]
pub(super) struct Way {
    /// The command line without it.
    pub(super) call: Vec<String>,
    pub(super) place: Place,
    /// The beginning of a complaint about it.
    pub(super) by: String,
    /// A file that serves.
    pub(super) good: Vec<u8>,
    /// The most that it may hold, in MiB.
    pub(super) most: u64,
    /// Says whether any text is a value.
    pub(super) is_free_text: bool,
    /// Says whether any bytes are sent as they are.
    pub(super) takes_bytes: bool,
    /// Says whether an empty one serves too.
    pub(super) may_be_empty: bool,
    /// Says whether a good one leads to a call.
    pub(super) calls: bool,
}

impl Way {
    pub(super) fn new(call: &str, place: Place, by: &str, good: impl Into<Vec<u8>>) -> Self {
        Self {
            call: call.split(' ').map(str::to_owned).collect(),
            place,
            by: by.to_owned(),
            good: good.into(),
            most: 1,
            is_free_text: false,
            takes_bytes: false,
            may_be_empty: false,
            calls: true,
        }
    }

    pub(super) fn flag(call: &str, flag: &str, good: &str) -> Self {
        Self::new(call, Place::Argument(format!("{flag}=FILE")), flag, good)
    }

    pub(super) fn without_a_call(self) -> Self {
        Self {
            calls: false,
            ..self
        }
    }

    /// Runs it with a file.
    pub(super) fn run(&self, file: &Path, listener: &Listener) -> (i32, String, String) {
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
pub(super) fn credentials(url: &str) -> Vec<(String, String)> {
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
    // No document tells the path of this call.
    let path = "CARDS_AIRPAY_GENERATE_OTP_PATH";
    all.push((path.to_owned(), "/otp".to_owned()));
    all
}

pub(super) fn good_secret(name: &str, url: &str) -> String {
    match name {
        "CARDS_PROXY" => url.to_owned(),
        "CARDS_HEADERS" => "X-Trace: 1".to_owned(),
        "CARDS_AIRPAY_MOBILE_NO" => "9000007141".to_owned(),
        "CARDS_IBANERA_OTP" => "123456".to_owned(),
        "CARDS_PAYSAFE_SIGNATURE_KEY" => "ZmFrZQ==".to_owned(),
        "CARDS_IBANERA_TOTP_SECRET" => "GEZDGNBVGY3TQOJQ".to_owned(),
        _ => "quiet-sea-42".to_owned(),
    }
}

pub(super) const AIRPAY: &str =
    "airpay customer-preference --entity-id=1 --status=ALLOWED --type=ATM";
pub(super) const PAYSAFE: &str = "paysafe prepaid-cards --customer-id=12345678";
pub(super) const IBANERA: &str = "ibanera customer-cards";
pub(super) const FORM: &str = "entity_id=E1\nstatus=ALLOWED\n";
pub(super) const CURL: &str = "curl 'https://example.com/a' \\\n  -d 'entity_id=E1'\n";
pub(super) const PROFILE: &str = "[profile.default]\npaysafe_brand = 'b'\n";

/// The ways of flags, by the commands and flags that completions tell of.
pub(super) fn of_flags() -> Vec<Way> {
    let mut ways = Vec::new();
    for (command, flag) in file_flags() {
        let call = match &*command {
            // Where somebody else listens, it reads the world and ends.
            "sandbox" => "sandbox --listen=ADDRESS".to_owned(),
            "sign" if flag == "--config" => "sign a=1".to_owned(),
            "verify" if flag == "--config" => "verify --checksum=abc a=1".to_owned(),
            "sign" => "sign".to_owned(),
            "verify" => "verify --checksum=abc".to_owned(),
            "list" => "list --provider=paysafe --paysafe-customer=1".to_owned(),
            call => format!("{call} --no-validate{}", path_fields(call)),
        };
        let way = match &*flag {
            // They are written.
            "--tls-certificate" | "--dir" => continue,
            "--json" => Way::flag(&call, &flag, "{\n}\n"),
            "--file" => Way {
                most: 16,
                takes_bytes: true,
                ..Way::flag(&call, &flag, "%PDF-1.7")
            },
            "--form" => Way::flag(&call, &flag, FORM).without_a_call(),
            "--curl" => Way::flag(&call, &flag, CURL).without_a_call(),
            "--world" => Way {
                most: 64,
                ..Way::flag(&call, &flag, "{\n}\n").without_a_call()
            },
            "--config" => Way {
                may_be_empty: true,
                calls: command == "list" || command.contains(' '),
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
        ("airpay update-customer --no-validate", "--city", "Kochi\n"),
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
pub(super) fn path_fields(call: &str) -> &'static str {
    match call {
        "paysafe prepaid-cards" | "paysafe create-prepaid-card" => " --customer-id=1",
        "paysafe get-prepaid-card" | "paysafe update-prepaid-card" => {
            " --customer-id=1 --card-id=1"
        }
        "ibanera cards-by-customer" => " --customers-id=1",
        "ibanera card-transactions" => " --cards-id=1",
        _ => "",
    }
}

/// A certificate, and the same with its key.
pub(super) fn pair_of_pem() -> &'static (String, String) {
    static PAIR: OnceLock<(String, String)> = OnceLock::new();
    PAIR.get_or_init(|| {
        let pair = rcgen::generate_simple_self_signed(["own.example".to_owned()]).unwrap();
        let certificate = pair.cert.pem();
        let both = format!("{certificate}{}", pair.signing_key.serialize_pem());
        (certificate, both)
    })
}

/// The ways of variables and keys of profiles, by the list of variables.
pub(super) fn of_variables() -> Vec<Way> {
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
pub(super) fn file_flags() -> Vec<(String, String)> {
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

/// All ways, and whether each is the first of those that are read in one place.
pub(super) fn ways() -> Vec<(Way, bool)> {
    let mut seen = BTreeSet::new();
    let ways = of_flags().into_iter().chain(of_variables());
    ways.map(|way| {
        let is_key = matches!(way.place, Place::Key(_));
        let is_first = seen.insert(way.by.clone()) && !is_key;
        (way, is_first)
    })
    .collect()
}
