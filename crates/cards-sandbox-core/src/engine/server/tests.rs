//! Ends connections whose clients take large replies too slowly.

use std::time::Duration;

use axum::Router;
use axum::response::Response;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::serve;
use crate::engine::large_replies::held;
use crate::engine::settings::Limits;

/// Six seconds' worth, of which the system and the connection hold the lesser part.
const REPLY: usize = 6 * 64 * 1024;
const BUFFER: u32 = 8 * 1024;

/// Takes a reply that is counted in so large steps, with a pause after each, and gives how much
/// came and how long it took.
async fn take(step: usize, pause: Duration) -> (usize, Duration) {
    let (server, client) = (TcpSocket::new_v4().unwrap(), TcpSocket::new_v4().unwrap());
    server.set_send_buffer_size(BUFFER).unwrap();
    client.set_recv_buffer_size(BUFFER).unwrap();
    server.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = server.listen(8).unwrap();
    let address = listener.local_addr().unwrap();
    let reply = || async { held(Response::new(vec![b'x'; REPLY].into()), ()).await };
    let router = Router::new().route("/", axum::routing::get(reply));
    let limits = Limits {
        write_time: Duration::from_secs(3),
        ..Limits::default()
    };
    let (_running, stop) = watch::channel(());
    tokio::spawn(serve(listener, router, limits, None, stop));
    let begun = Instant::now();
    let mut client = client.connect(address).await.unwrap();
    let get = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";
    client.write_all(get).await.unwrap();
    let (mut came, mut bytes) = (0, vec![0; step]);
    while came < REPLY {
        match client.read(&mut bytes).await {
            Ok(0) | Err(_) => break,
            Ok(read) => came += read,
        }
        sleep(pause).await;
    }
    (came, begun.elapsed())
}

/// A client takes a little of a large reply every 100 ms, so that only the time for the whole of it ends
/// the connection.
#[tokio::test]
async fn a_large_reply_has_to_be_taken_at_a_pace() {
    let (came, time) = take(1024, Duration::from_millis(100)).await;
    assert!(came < REPLY, "{came} in {time:?}");
    // Not earlier, as if nothing had been taken.
    assert!(time > Duration::from_secs(9), "{came} in {time:?}");
}

#[tokio::test]
async fn a_large_reply_that_is_taken_comes_whole() {
    let (came, time) = take(8 * 1024, Duration::from_millis(10)).await;
    assert!(came >= REPLY, "{came} in {time:?}");
}
