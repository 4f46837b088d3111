use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use super::*;

/// A server that hands each connection to a function, and its address.
fn serving(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    thread::spawn(move || {
        listener
            .incoming()
            .for_each(|stream| serve(stream.unwrap()));
    });
    url
}

fn post(transport: &ReqwestTransport, url: &str) -> Result<Response<Bytes>, TransportError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let request = Request::post(url).body(Bytes::from("a=b")).unwrap();
    let limits = Limits::new(Duration::from_secs(60), 100);
    runtime.block_on(transport.send(request, limits))
}

/// A limit of the builder's own would end a call with an error that leaves open whether it was sent.
#[test]
fn a_builders_own_limits_end_no_call() {
    let url = serving(|mut stream| {
        drop(stream.read(&mut [0; 4096]));
        thread::sleep(Duration::from_millis(300));
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\no";
        drop(stream.write_all(head));
        thread::sleep(Duration::from_millis(300));
        drop(stream.write_all(b"k"));
    });
    let short = Duration::from_millis(50);
    for builder in [
        ClientBuilder::new().timeout(short),
        ClientBuilder::new().read_timeout(short),
        ClientBuilder::new().connect_timeout(Duration::from_nanos(1)),
        ClientBuilder::new().timeout(short).read_timeout(short),
        ClientBuilder::new(),
    ] {
        let transport = ReqwestTransport::from_builder(builder, &BackendOptions::new()).unwrap();
        let reply = post(&transport, &url).unwrap();
        assert_eq!(reply.body(), "ok");
    }
    // Nor does one take the place of the limit on a connect, after which it is known.
    let silent = "http://127.0.0.1:1/";
    let looking_up = BackendOptions::new()
        .connect_timeout(Duration::from_millis(300))
        .resolver(|_| {
            thread::sleep(Duration::from_secs(2));
            Ok(Vec::new())
        });
    let builder = ClientBuilder::new().timeout(short);
    let transport = ReqwestTransport::from_builder(builder, &looking_up).unwrap();
    let error = post(&transport, "http://slow.test:1/").unwrap_err();
    assert!(!error.is_maybe_sent(), "{error:?}");
    assert_eq!(error.kind(), TransportErrorKind::Timeout);
    assert!(!post(&transport, silent).unwrap_err().is_maybe_sent());
}
