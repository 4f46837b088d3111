//! Idle connections after a call that failed.

use std::io::Write as _;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use cards_transport::{AsyncTransport as _, Limits, ReqwestTransport, TransportError};
use http::{Request, Response};

use super::backend::read_request;

/// A server that answers the first two calls once both are there, which takes two connections; answers
/// the third with what is no HTTP, and ends the other connection when it is told to; and answers all
/// others.
struct Server {
    opened: Mutex<Vec<TcpStream>>,
    calls: AtomicUsize,
    both: Barrier,
    end: Mutex<Receiver<()>>,
    ended: Sender<()>,
}

impl Server {
    fn serve(&self, mut stream: TcpStream) {
        while read_request(&mut stream) {
            match self.calls.fetch_add(1, Ordering::SeqCst) {
                0 | 1 => drop(self.both.wait()),
                2 => {
                    stream.write_all(b"no HTTP\r\n\r\n").unwrap();
                    self.end.lock().unwrap().recv().unwrap();
                    for other in &*self.opened.lock().unwrap() {
                        drop(other.shutdown(Shutdown::Both));
                    }
                    return self.ended.send(()).unwrap();
                }
                _ => {}
            }
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
            stream.write_all(answer).unwrap();
        }
    }
}

/// After a failed call no pause is needed for a look: its server may have ended the others too.
#[test]
fn after_a_failed_call_none_goes_to_a_connection_that_has_ended() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let ((end, told_to_end), (ended, has_ended)) = (channel(), channel());
    let server = Arc::new(Server {
        opened: Mutex::default(),
        calls: AtomicUsize::new(0),
        both: Barrier::new(2),
        end: Mutex::new(told_to_end),
        ended,
    });
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, server) = (stream.unwrap(), Arc::clone(&server));
            let opened = stream.try_clone().unwrap();
            server.opened.lock().unwrap().push(opened);
            thread::spawn(move || server.serve(stream));
        }
    });
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
    // The runtime sleeps meanwhile, and sees nothing of it before the next call.
    end.send(()).unwrap();
    has_ended.recv_timeout(Duration::from_secs(60)).unwrap();
    let outcome = runtime.block_on(get());
    assert!(outcome.is_ok(), "{outcome:?}");
}
