//! Calls through a proxy, where one is asked for.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::outcomes::tls::TlsServer;
use super::run;
use super::wire::{NO_CARDS, READERS, each_of, each_way, read_at, server};

/// A proxy that leads everybody to one server, whatever they ask for.
struct Tunnel {
    address: SocketAddr,
    asked: Arc<AtomicUsize>,
}

impl Tunnel {
    fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&asked);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                counted.fetch_add(1, Ordering::SeqCst);
                thread::spawn(move || lead(client, target));
            }
        });
        Self { address, asked }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The number of times that it was asked.
    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn lead(mut client: TcpStream, target: SocketAddr) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        match client.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return,
        }
    }
    assert!(head.starts_with(b"CONNECT cards.invalid:443 HTTP/1.1\r\n"));
    let mut target = TcpStream::connect(target).unwrap();
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
    let (mut up, mut down) = (client.try_clone().unwrap(), target.try_clone().unwrap());
    thread::spawn(move || std::io::copy(&mut up, &mut target));
    let _ = std::io::copy(&mut down, &mut client);
}

#[test]
fn a_proxy_is_used_where_it_is_asked_for() {
    let secure = TlsServer::start("cards.invalid", 1, 2);
    let folder = tempfile::tempdir().unwrap();
    let roots = folder.path().join("roots.pem");
    fs::write(&roots, &secure.authority).unwrap();
    for reader in READERS {
        let proxy = Tunnel::to(secure.address);
        let call = || {
            let mut command = read_at("https://cards.invalid", reader);
            command.arg("--timeout=20").env("CARDS_CA_FILE", &roots);
            command
        };
        let ok = |code: i32, _: &str, err: &str| assert_eq!(code, 0, "{err}");
        each_way(call, Some("--proxy"), "CARDS_PROXY", &proxy.url(), ok);
        assert!(proxy.asked() >= 3);
        let seen = proxy.asked();
        let of_environment = || {
            let mut command = call();
            command.env("HTTPS_PROXY", proxy.url());
            command
        };
        each_way(of_environment, Some("--proxy"), "CARDS_PROXY", "env", ok);
        assert!(proxy.asked() >= seen + 3);
        let seen = proxy.asked();
        // Not without being asked for, and not for the hosts that are named: no system knows it.
        for command in [
            &mut of_environment(),
            of_environment()
                .arg("--proxy=env")
                .env("no_proxy", "cards.invalid"),
            of_environment()
                .arg("--proxy=none")
                .env("CARDS_PROXY", proxy.url()),
        ] {
            let (code, _, err) = run(command);
            assert_eq!(code, 5, "{err}");
            assert!(err.contains("is the name cards.invalid right?"), "{err}");
        }
        assert_eq!(proxy.asked(), seen);
    }
}

/// A proxy would read what plain http carries, and look for the server on its own machine.
#[test]
fn this_machine_is_called_directly_whatever_the_proxy() {
    for reader in READERS {
        let (proxy, target) = (server(NO_CARDS), server(NO_CARDS));
        let ok = |code: i32, _: &str, err: &str| assert_eq!(code, 0, "{err}");
        let port = target.address().port();
        for base_url in [target.url(), format!("http://localhost:{port}")] {
            let call = || read_at(&base_url, reader);
            each_way(call, Some("--proxy"), "CARDS_PROXY", &proxy.url(), ok);
            let of_environment = || {
                let mut command = call();
                command.env("ALL_PROXY", proxy.url());
                command
            };
            each_way(of_environment, Some("--proxy"), "CARDS_PROXY", "env", ok);
        }
        assert!(target.received().len() >= 12 && proxy.received().is_empty());
    }
}

#[test]
fn a_proxy_of_another_kind_is_refused() {
    let target = server(NO_CARDS);
    for (reader, wrong) in each_of([
        "socks5://MARKER:1",
        "https://MARKER",
        "http://",
        "ftp://MARKER",
    ]) {
        let call = || read_at(&target.url(), reader);
        each_way(
            call,
            Some("--proxy"),
            "CARDS_PROXY",
            wrong,
            |code, out, err| {
                assert_eq!((code, out), (2, ""), "{err}");
                let is_named = err.contains("--proxy: ")
                    || err.contains("CARDS_PROXY: ")
                    || err.contains("proxy in the profile: ");
                assert!(is_named && !err.contains("MARKER"), "{err}");
            },
        );
        let mut call = read_at(&target.url(), reader);
        let (code, _, err) = run(call.arg("--proxy=env").env("http_proxy", wrong));
        assert_eq!(code, 2, "{err}");
        assert!(
            err.contains("http_proxy is not") && !err.contains("MARKER"),
            "{err}"
        );
    }
    for reader in READERS {
        let mut call = read_at(&target.url(), reader);
        let (code, _, err) = run(call.arg("--proxy=http://u:MARKER@127.0.0.1:1"));
        assert_eq!(code, 2);
        assert!(
            err.contains("CARDS_PROXY") && !err.contains("MARKER"),
            "{err}"
        );
    }
    assert!(target.received().is_empty());
}
