use std::io::{Read, Write};

use tokio::net::TcpListener;

use super::*;
use crate::engine::pause::Force;
use crate::engine::socket::Socket;

/// Plays a script. Gives what the client gets to see of it, and how it ends.
async fn seen(script: Script, stop: watch::Receiver<()>) -> (Vec<u8>, io::Result<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let client = std::thread::spawn(move || {
        let mut client = std::net::TcpStream::connect(address).unwrap();
        client.write_all(b"unread").unwrap();
        let mut bytes = Vec::new();
        let end = client.read_to_end(&mut bytes).map(drop);
        (bytes, end)
    });
    let (tcp, _) = listener.accept().await.unwrap();
    tcp.peek(&mut [0]).await.unwrap();
    script.play(head(), Stream::Plain(socket(tcp)), stop).await;
    tokio::task::spawn_blocking(|| client.join().unwrap())
        .await
        .unwrap()
}

fn socket(tcp: tokio::net::TcpStream) -> Socket {
    Socket::new(tcp, Duration::from_millis(200))
}

fn head() -> Parts {
    axum::http::Response::new(()).into_parts().0
}

#[tokio::test]
async fn a_close_is_in_order_and_a_reset_is_none() {
    let (_run, stop) = watch::channel(());
    let hello = || vec![Step::Write(Bytes::from_static(b"hello"))];
    let (bytes, end) = seen(Script::new(hello(), End::Close), stop.clone()).await;
    assert_eq!(bytes, b"hello");
    end.unwrap();
    let (bytes, end) = seen(Script::new(hello(), End::Reset), stop.clone()).await;
    assert_eq!(bytes, b"hello");
    assert_eq!(end.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
    let (bytes, end) = seen(Script::new(Vec::new(), End::Reset), stop).await;
    assert_eq!(bytes, b"");
    assert_eq!(end.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn pauses_end_when_the_sandbox_stops() {
    let force = Force::default();
    let long = || force.watch().pause(Duration::from_secs(300));
    let hello = Step::Write(Bytes::from_static(b"hello"));
    for script in [
        Script::new(vec![Step::Hold(long())], End::Close),
        Script::new(vec![hello], End::Close).paced(1, long()),
    ] {
        let (run, stop) = watch::channel(());
        let stopper = tokio::spawn(async move {
            sleep(Duration::from_millis(50)).await;
            drop(run);
        });
        let patience = Duration::from_secs(60);
        // The end that the client sees depends on what was unread.
        let (..) = timeout(patience, seen(script, stop)).await.unwrap();
        stopper.await.unwrap();
    }
}

#[tokio::test]
async fn a_client_that_leaves_ends_the_wait() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (tcp, _) = listener.accept().await.unwrap();
    drop(client);
    let (_run, stop) = watch::channel(());
    let force = Force::default();
    let long = force.watch().pause(Duration::from_secs(300));
    let hold = Script::new(vec![Step::Hold(long)], End::Close);
    let patience = Duration::from_secs(60);
    timeout(
        patience,
        hold.play(head(), Stream::Plain(socket(tcp)), stop),
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn a_client_that_takes_nothing_ends_it() {
    let (_run, stop) = watch::channel(());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (tcp, _) = listener.accept().await.unwrap();
    // More than any system's buffers hold.
    let much = Step::Write(Bytes::from(vec![b'x'; 64 * 1024 * 1024]));
    let script = Script::new(vec![much], End::Close);
    let patience = Duration::from_secs(60);
    timeout(
        patience,
        script.play(head(), Stream::Plain(socket(tcp)), stop),
    )
    .await
    .unwrap();
    drop(client);
}

#[test]
fn debug_shows_no_byte_of_a_reply() {
    let steps = [
        Step::Head(9),
        Step::Write(Bytes::from_static(b"a-fake-token")),
    ];
    assert_eq!(format!("{steps:?}"), "[Head(9), Write(12 bytes)]");
}

#[test]
fn a_head_has_the_length_that_is_ordered_and_no_other() {
    let mut head = head();
    head.status = axum::http::StatusCode::CREATED;
    head.headers.insert("content-length", "7".parse().unwrap());
    head.headers
        .insert("connection", "keep-alive".parse().unwrap());
    head.headers.insert("x-one", "1".parse().unwrap());
    let text = |is_last| String::from_utf8(wire(&head, 99, is_last)).unwrap();
    let begin = "HTTP/1.1 201 Created\r\nx-one: 1\r\n";
    assert_eq!(text(false), format!("{begin}content-length: 99\r\n\r\n"));
    let last = format!("{begin}connection: close\r\ncontent-length: 99\r\n\r\n");
    assert_eq!(text(true), last);
}
