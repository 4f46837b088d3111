//! The examples receive events over a socket.

#[allow(dead_code, reason = "the tests do without its main")]
#[path = "../../../examples/receive_ibanera.rs"]
mod receive_ibanera;
#[allow(dead_code, reason = "the tests do without its main")]
#[path = "../../../examples/receive_paysafe.rs"]
mod receive_paysafe;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::channel;
use std::time::Duration;

use axum::Router;
use cards_transport::http::{HeaderMap, Request};
use cards_transport::model::{ibanera as ibanera_model, paysafe as paysafe_model};

use super::{APPROVAL, STATUS, TOKEN, ibanera, paysafe};

/// Serves until the test process ends.
fn serve(router: Router) -> SocketAddr {
    let (told, address) = channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }.enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            told.send(listener.local_addr().unwrap()).unwrap();
            axum::serve(listener, router).await.unwrap();
        });
    });
    address.recv_timeout(Duration::from_secs(10)).unwrap()
}

/// Sends a request as it is, and tells the status of the answer.
fn send(to: SocketAddr, path: &str, request: &Request<impl AsRef<[u8]>>) -> u16 {
    let body = request.body().as_ref();
    let mut head = format!("{} {path} HTTP/1.1\r\nHost: {to}\r\n", request.method());
    for (name, value) in request.headers() {
        head += &format!("{name}: {}\r\n", value.to_str().unwrap());
    }
    head += &format!(
        "Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(to).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    // A receiver may answer before it has read all of a body that is too large.
    let _ = stream.write_all(body);
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

#[test]
fn paysafes_events_are_received() {
    const PATH: &str = "/prepaid/card/status/events";
    let (later, events) = channel();
    let to = serve(receive_paysafe::router(paysafe(), later));
    let signed = paysafe().sign(STATUS);
    assert_eq!(send(to, PATH, &signed), 200);
    assert_eq!(
        send(to, PATH, &signed),
        200,
        "it came before, and is passed over"
    );
    assert_eq!(
        send(to, "/prepaid/card/token/events", &paysafe().sign(TOKEN)),
        200
    );
    let event = || events.recv_timeout(Duration::from_secs(10)).unwrap();
    assert!(matches!(event(), paysafe_model::Event::CardStatus(_)));
    assert!(matches!(event(), paysafe_model::Event::CardToken(_)));

    let mut other_body = signed.clone();
    *other_body.body_mut() = STATUS.replace("ACTIVE", "LOCKED").into();
    assert_eq!(send(to, PATH, &other_body), 401);
    let mut unsigned = signed.clone();
    *unsigned.headers_mut() = HeaderMap::new();
    assert_eq!(send(to, PATH, &unsigned), 401);
    assert_eq!(send(to, PATH, &paysafe().sign("no JSON")), 400);
    assert_eq!(send(to, PATH, &paysafe().sign(vec![b' '; 70_000])), 413);
    assert!(events.try_recv().is_err(), "none of these was acted on");
}

#[test]
fn ibaneras_events_are_received() {
    const PATH: &str = "/callbacks/ibanera";
    let (later, events) = channel();
    let to = serve(receive_ibanera::router(ibanera(), later));
    let signed = ibanera().sign(APPROVAL);
    assert_eq!(send(to, PATH, &signed), 200);
    assert_eq!(send(to, PATH, &signed), 200);
    let event = events.recv_timeout(Duration::from_secs(10)).unwrap();
    assert!(matches!(event, ibanera_model::Event::CardApproval(_)));
    let mut other_body = signed;
    *other_body.body_mut() = APPROVAL.replace("Approved", "Rejected").into();
    assert_eq!(send(to, PATH, &other_body), 401);
    assert!(events.try_recv().is_err());
}
