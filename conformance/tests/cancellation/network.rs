//! Drops over reqwest at points that only a network has: connecting, TLS, a body that
//! comes slowly, a login that is never answered.

use std::io::copy;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use cards_model::paysafe::ListPrepaidCards;
use cards_sandbox::{Sandbox, Tls, world};
use cards_transport::paysafe::Paysafe;
use cards_transport::{BackendOptions, Client, ReqwestTransport, Retry, Settings};
use conformance::server::{RawServer, Reaction, reply};
use futures_util::future::join_all;

use crate::common::fake::FakeClock;
use crate::common::sandbox::{Carries, provider_of};
use crate::polls::{LONG, MANY, polled, runtime, within};

const CARDS: &str = r#"{"cards":[],"meta":{}}"#;

fn settings() -> Settings {
    let settings = FakeClock::new().settings().total_timeout(LONG);
    settings.most_at_once(1)
}

fn list() -> ListPrepaidCards {
    ListPrepaidCards::new("1")
}

/// The connection of a body that is not read to its end serves for no other call.
#[test]
fn a_call_is_dropped_while_the_body_comes_slowly() {
    let asked = AtomicUsize::new(0);
    let server = RawServer::deciding(move |_| {
        let whole = reply("200 OK", &["content-type: application/json"], CARDS);
        match asked.fetch_add(1, Ordering::SeqCst) % 2 {
            0 => Reaction::Drip(whole, 9, Duration::from_millis(3)),
            _ => Reaction::Send(whole),
        }
    });
    let server = server.unwrap();
    let paysafe = Paysafe::new(server.url().parse().unwrap()).token("t");
    let transport = ReqwestTransport::new().unwrap();
    let client = Client::with_settings(paysafe, transport, settings());
    runtime().block_on(async {
        for polls in 0..MANY {
            let before = server.received().len();
            let dropped = polled(client.send(&list()), polls).await;
            // Whether it was the slow one or the quick one, the next is whole.
            client.send(&list()).await.unwrap();
            let sent = server.received().len() - before;
            assert!((1..=2).contains(&sent), "{sent} after {polls} polls");
            if dropped.is_some() {
                assert!(polls >= 3, "{polls}");
                return;
            }
        }
        panic!("it never ends");
    });
}

/// Passes connections on to a server, but says nothing on the first few.
fn silent_at_first(to: SocketAddr, silent: usize) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let mut held = Vec::new();
        for (number, near) in listener.incoming().enumerate() {
            let (Ok(mut near), true) = (near, number >= silent) else {
                held.push(());
                continue;
            };
            let mut far = TcpStream::connect(to).unwrap();
            let (mut back, mut there) = (near.try_clone().unwrap(), far.try_clone().unwrap());
            thread::spawn(move || {
                let _ = copy(&mut near, &mut far);
                let _ = far.shutdown(Shutdown::Write);
            });
            thread::spawn(move || {
                let _ = copy(&mut there, &mut back);
                let _ = back.shutdown(Shutdown::Write);
            });
        }
    });
    address
}

#[test]
fn a_call_is_dropped_while_it_connects_or_shakes_hands() {
    const SILENT: usize = 4;
    let sandbox = Sandbox::builder().tls(Tls::generated()).start_blocking();
    let sandbox = sandbox.unwrap();
    let address = silent_at_first(sandbox.addr(), SILENT);
    let root = sandbox.certificate_der().unwrap().to_vec();
    let options = BackendOptions::new().roots([root]);
    let transport = ReqwestTransport::with_options(&options).unwrap();
    let (own, through) = (sandbox.addr().to_string(), address.to_string());
    let url = sandbox.paysafe_url().replace(&own, &through);
    assert!(url.contains(&through), "{url}");
    let known: Paysafe = provider_of(&sandbox, Carries::Token);
    let token = cards_transport::Provider::standing_token(&known).unwrap().0;
    let paysafe = Paysafe::new(url.parse().unwrap()).token(token);
    let client = Client::with_settings(paysafe, transport, settings());
    let list = ListPrepaidCards::new(world::paysafe::CUSTOMER);
    runtime().block_on(async {
        for polls in 1..=SILENT {
            let call = client.send(&list);
            let limit = Duration::from_millis(40 * polls as u64);
            // The handshake is never answered.
            assert!(tokio::time::timeout(limit, call).await.is_err());
        }
        client.send(&list).await.unwrap();
    });
    assert_eq!(sandbox.exchanges().len(), 1);
}

/// The server takes the login and never answers it.
#[test]
fn a_login_that_is_never_answered_costs_nobody_elses_call() {
    let logins = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&logins);
    let server = RawServer::deciding(move |request| {
        if !request.target.starts_with("/auth/") {
            return Reaction::json("200 OK", CARDS);
        }
        match counted.fetch_add(1, Ordering::SeqCst) {
            0 => Reaction::SendAndStall(Vec::new()),
            _ => Reaction::json("200 OK", r#"{"access_token":"t","expires_in":900}"#),
        }
    });
    let server = server.unwrap();
    let base = server.url().parse().unwrap();
    let paysafe = Paysafe::new(base).client("b", "id", "secret");
    let transport = ReqwestTransport::new().unwrap();
    let settings = FakeClock::new().settings().total_timeout(LONG);
    let client = Client::with_settings(paysafe, transport, settings);
    let list = list();
    runtime().block_on(async {
        let hasty = within(Duration::from_millis(1_500)).retry(Retry::never());
        let first = client.send_with(&list, &hasty);
        let others = async {
            while logins.load(Ordering::SeqCst) == 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            join_all((0..6).map(|_| client.send(&list))).await
        };
        let (first, others) = tokio::join!(first, others);
        assert!(first.unwrap_err().is_timeout());
        others.into_iter().for_each(|other| drop(other.unwrap()));
    });
    assert_eq!(logins.load(Ordering::SeqCst), 2);
}
