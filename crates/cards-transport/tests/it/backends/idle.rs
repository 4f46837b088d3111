//! Idle connections after a call that failed.

use std::io::Write as _;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use cards_transport::{AsyncTransport as _, Limits, ReqwestTransport, TransportError};
use http::{Request, Response};

use super::backend::read_request;

/// A server that answers the first two calls, each on its connection; answers the third with what
/// is no HTTP, and ends the other connection; and answers all others.
fn serve(listener: &TcpListener) {
    let opened = Arc::new(Mutex::new((Vec::<TcpStream>::new(), 0)));
    for stream in listener.incoming() {
        let (mut stream, opened) = (stream.unwrap(), Arc::clone(&opened));
        opened.lock().unwrap().0.push(stream.try_clone().unwrap());
        thread::spawn(move || {
            while read_request(&mut stream) {
                let mut opened = opened.lock().unwrap();
                opened.1 += 1;
                if opened.1 == 3 {
                    stream.write_all(b"no HTTP\r\n\r\n").unwrap();
                    // After the answer, so that no call that is under way sees the end.
                    thread::sleep(Duration::from_millis(1));
                    for other in &opened.0 {
                        drop(other.shutdown(Shutdown::Both));
                    }
                    return;
                }
                drop(opened);
                // Not answered until both are there, which takes two connections.
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
                thread::sleep(Duration::from_millis(100));
                stream.write_all(answer).unwrap();
            }
        });
    }
}

/// After a failed call no pause is needed for a look: its server may have ended the others too.
#[test]
fn after_a_failed_call_none_goes_to_a_connection_that_has_ended() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    thread::spawn(move || serve(&listener));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let transport = ReqwestTransport::new().unwrap();
    let get = async || -> Result<Response<Bytes>, TransportError> {
        let request = Request::get(&url).body(Bytes::new()).unwrap();
        let limits = Limits::new(Duration::from_secs(60), 1_000);
        transport.send(request, limits).await
    };
    let (one, other) = runtime.block_on(async { futures_util::future::join(get(), get()).await });
    assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
    assert!(runtime.block_on(get()).is_err());
    // The runtime sleeps meanwhile, and less long than a pause after which it looks anyway.
    thread::sleep(Duration::from_millis(3));
    let outcome = runtime.block_on(get());
    assert!(outcome.is_ok(), "{outcome:?}");
}
