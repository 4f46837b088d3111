//! A proxy is used where it was asked for, and not because it is in the
//! environment.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use cards_transport::{BackendOptions, TransportErrorKind};

use crate::backends::backend::{Backend, Reqwest, Server, Ureq, for_both_backends};
use crate::backends::roots::{NAME, authority, greeting};

for_both_backends! {
    the_variables_choose_the_proxy_of_each_address,
    this_machine_is_called_directly_whatever_the_proxy,
    a_proxy_is_told_who_asks,
    a_proxy_that_does_not_answer_is_no_request_sent,
    a_proxy_has_the_time_to_connect_and_no_more,
}

const TARGET: &str = "TARGET";

/// An address that a proxy is asked for.
const ELSEWHERE: &str = "https://cards.invalid:1/";

/// A proxy that leads everybody to one server, whatever they ask for, and keeps
/// the heads of what it was asked.
fn proxy(to: std::net::SocketAddr) -> (Server, Arc<Mutex<Vec<String>>>) {
    let heads = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&heads);
    let server = Server::accepting(move |mut client| {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            match client.read(&mut byte) {
                Ok(1) => head.push(byte[0]),
                _ => return,
            }
        }
        let head = String::from_utf8(head).unwrap();
        kept.lock().unwrap().push(head.clone());
        let mut target = TcpStream::connect(to).unwrap();
        match head.starts_with("CONNECT ") {
            true => client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap(),
            false => target.write_all(head.as_bytes()).unwrap(),
        }
        let (mut up, mut down) = (client.try_clone().unwrap(), target.try_clone().unwrap());
        thread::spawn(move || std::io::copy(&mut up, &mut target));
        let _ = std::io::copy(&mut down, &mut client);
    });
    (server, heads)
}

/// Names lead to this machine, and certificates are for one of them and for its address.
fn local(root: &[u8]) -> BackendOptions {
    named().extra_roots([root.to_vec()])
}

/// Names lead to this machine, which a proxy is not asked for by another of its names.
fn named() -> BackendOptions {
    BackendOptions::new().resolver(|_| Ok(vec![Ipv4Addr::LOCALHOST.into()]))
}

fn with(options: BackendOptions, vars: &[(&str, &str)]) -> BackendOptions {
    let var = |name: &str| {
        let set = vars.iter().find(|(var, _)| *var == name)?;
        Some(set.1.to_owned())
    };
    options.proxies_from_vars(var).unwrap()
}

fn the_variables_choose_the_proxy_of_each_address<B: Backend>() {
    let (config, root) = authority();
    let secure = greeting(config);
    let plain = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nplain");
    let (of_https, https_heads) = proxy(secure.address);
    let (of_http, http_heads) = proxy(plain.address);
    let https = format!("https://{NAME}:{}/", secure.address.port());
    let http = format!("http://{NAME}:{}/", plain.address.port());
    let for_https = format!("http://{}", of_https.address);
    let for_http = format!("{}", of_http.address);
    let asked = || {
        let count = |heads: &Mutex<Vec<String>>| heads.lock().unwrap().len();
        [count(&https_heads), count(&http_heads)]
    };
    let get = |vars: &[(&str, &str)]| {
        let options = with(local(&root), vars);
        let before = asked();
        assert_eq!(
            B::get_with(&options, &https, 1_000).unwrap().body(),
            "hello"
        );
        assert_eq!(B::get_with(&options, &http, 1_000).unwrap().body(), "plain");
        let after = asked();
        [after[0] - before[0], after[1] - before[1]]
    };
    let (yes, no) = (1, 0);
    assert_eq!(get(&[]), [no, no]);
    assert_eq!(get(&[("https_proxy", &for_https)]), [yes, no]);
    assert_eq!(get(&[("HTTP_PROXY", &for_http)]), [no, yes]);
    let both = [("HTTPS_PROXY", &*for_https), ("http_proxy", &*for_http)];
    assert_eq!(get(&both), [yes, yes]);
    for direct in [NAME, "*", "10.0.0.0/8, .invalid"] {
        assert_eq!(get(&[both[0], both[1], ("no_proxy", direct)]), [no, no]);
    }
    assert_eq!(
        get(&[both[0], both[1], ("NO_PROXY", "example.com")]),
        [yes, yes]
    );
    let heads = https_heads.lock().unwrap();
    let target = format!("CONNECT {NAME}:{} HTTP/1.1\r\n", secure.address.port());
    assert!(
        heads.iter().all(|head| head.starts_with(&target)),
        "{heads:?}"
    );
}

fn this_machine_is_called_directly_whatever_the_proxy<B: Backend>() {
    let (config, root) = authority();
    let secure = greeting(config);
    let plain = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nplain");
    let server = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nproxy");
    let proxy = format!("http://{}", server.address);
    let port = plain.address.port();
    let mut urls = [
        "127.0.0.1",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "a.localhost",
    ]
    .map(|host| (format!("http://{host}:{port}/"), "plain"))
    .to_vec();
    urls.push((format!("https://{}/", secure.address), "hello"));
    for options in [
        local(&root).proxy(&proxy),
        with(local(&root), &[("all_proxy", &proxy)]),
        with(
            local(&root),
            &[("http_proxy", &proxy), ("https_proxy", &proxy)],
        ),
    ] {
        for (url, greeting) in &urls {
            assert_eq!(options.proxy_of(&url.parse().unwrap()), None, "{url}");
            let reply = B::get_with(&options, url, 1_000).unwrap();
            assert_eq!(reply.body(), greeting, "{url}");
        }
    }
    assert_eq!(server.connections(), 0);
}

fn a_proxy_is_told_who_asks<B: Backend>() {
    let (config, root) = authority();
    let secure = greeting(config);
    let plain = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello");
    for (scheme, target) in [("https", secure.address), ("http", plain.address)] {
        is_told_who_asks::<B>(&root, scheme, target);
    }
}

fn is_told_who_asks<B: Backend>(root: &[u8], scheme: &str, target: std::net::SocketAddr) {
    let (server, heads) = proxy(target);
    let url = format!("{scheme}://{NAME}:{}/", target.port());
    let variable = format!("{scheme}_proxy");
    let of = |user: &str| format!("http://{user}{}", server.address);
    let user = of("user:p%40ss@");
    let options = [
        with(local(root), &[(&variable, &user)]),
        local(root).proxy(&user),
        with(local(root), &[(&variable, &of(""))]),
    ];
    for options in &options {
        let reply = B::get_with(options, &url, 1_000).unwrap();
        assert_eq!(reply.body(), "hello");
        assert!(!format!("{options:?}").contains("p%40ss"));
    }
    let heads = heads.lock().unwrap();
    let told = heads.iter().map(|head| {
        let lines = head.lines().map(str::to_ascii_lowercase);
        lines
            .filter(|line| line.starts_with("proxy-authorization: basic "))
            .count()
    });
    assert_eq!(told.collect::<Vec<_>>(), [1, 1, 0]);
    assert!(heads[0].contains("dXNlcjpwQHNz"), "{heads:?}");
    assert!(heads[1].contains("dXNlcjpwQHNz"), "{heads:?}");
}

fn a_proxy_that_does_not_answer_is_no_request_sent<B: Backend>() {
    let closing = Server::accepting(drop);
    let refusing = Server::saying("HTTP/1.1 407 Who\r\ncontent-length: 0\r\n\r\n");
    for server in [closing, refusing] {
        let proxy = format!("http://{}", server.address);
        let options = with(named(), &[("all_proxy", &proxy)]);
        let error = B::get_with(&options, ELSEWHERE, 1_000).unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Connect, "{error:?}");
        assert!(!error.is_maybe_sent());
    }
}

/// A proxy that sends nothing, or a byte now and then, before its answer or behind it, where the
/// handshake with the server is, ends the connect at its limit.
fn a_proxy_has_the_time_to_connect_and_no_more<B: Backend>() {
    const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\n\r\n";
    let beginnings: [&[u8]; 4] = [b"", b"HTTP/1.1 200 OK\r\nx: ", ANSWER, b"HTTP/1.1 "];
    for (beginning, drips) in beginnings.into_iter().zip([false, true, true, true]) {
        let server = Server::accepting(move |mut client| {
            let mut head = [0; 1024];
            let _ = client.read(&mut head);
            let mut goes_on = client.write_all(beginning).is_ok();
            while goes_on {
                thread::sleep(Duration::from_millis(50));
                // As a record of TLS it has no end that soon either.
                goes_on = !drips || client.write_all(&[0x16]).is_ok();
            }
        });
        let options = named()
            .connect_timeout(Duration::from_millis(400))
            .proxy(format!("http://{}", server.address));
        let begun = Instant::now();
        let error = B::get_with(&options, ELSEWHERE, 30_000).unwrap_err();
        let took = begun.elapsed();
        assert!(!error.is_maybe_sent(), "{error:?}");
        // A busy machine has its time; the call has thirty seconds.
        assert!(took < Duration::from_secs(10), "{took:?}: {error:?}");
    }
}

/// The environment of a process cannot be changed for one test alone, so this
/// is a process of its own.
#[test]
fn proxies_of_the_environment_are_followed_where_that_is_set_alone() {
    let proxy = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nproxy");
    let target = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\ntarget");
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args([
        "--exact",
        "--ignored",
        "backends::proxies::with_proxies_in_the_environment",
    ]);
    let proxy_url = format!("http://{}", proxy.address);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        child.env(name, &proxy_url);
        child.env(name.to_lowercase(), &proxy_url);
    }
    // With it, HTTP_PROXY would count for nothing.
    child.env_remove("REQUEST_METHOD");
    child.env_remove("NO_PROXY").env_remove("no_proxy");
    let output = child
        .env(TARGET, format!("{NAME}:{}", target.address.port()))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
    // Each backend, over http and over https: directly, and then not.
    assert_eq!(target.connections(), 4);
    assert_eq!(proxy.connections(), 4);
}

#[test]
#[ignore = "started by the test above, with proxies in its environment"]
fn with_proxies_in_the_environment() {
    let target = std::env::var(TARGET).unwrap();
    calls::<Reqwest>(&target);
    calls::<Ureq>(&target);
}

fn calls<B: Backend>(target: &str) {
    let get = |scheme: &str| B::get_with(&named(), &format!("{scheme}://{target}/"), 1_000);
    let reply = get("http").unwrap();
    assert_eq!(reply.body(), "target");
    // It speaks no TLS, but it is where the call went.
    let error = get("https").unwrap_err();
    assert!(!error.is_maybe_sent(), "{error:?}");

    let follows = named().proxies_from_vars(|name| std::env::var(name).ok());
    let follows = follows.unwrap();
    for scheme in ["http", "https"] {
        // A proxy that answers a tunnel as it answers a request.
        let _ = B::get_with(&follows, &format!("{scheme}://{target}/"), 1_000);
    }
}
